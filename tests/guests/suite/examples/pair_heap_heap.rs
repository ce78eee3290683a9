//! The suite over two `Heap`s in one module.
#![cfg_attr(target_family = "wasm", no_std)]

suite::guest!(
    TWO_HEAPS,
    |_| {
        A.check();
        B.check();
        true
    },
    A: linmem::Heap = linmem::Heap::new(),
    B: linmem::Heap = linmem::Heap::new()
);
