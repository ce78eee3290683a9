//! The suite over two `Heap`s in one module.
#![cfg_attr(target_family = "wasm", no_std)]

suite::guest!(
    TWO_HEAPS,
    suite::suite::is_whole(A.check()) && suite::suite::is_whole(B.check()),
    A: linmem::Heap = linmem::Heap::new(),
    B: linmem::Heap = linmem::Heap::new()
);
