//! The suite over a `Heap` and a `Bump` in one module.
#![cfg_attr(target_family = "wasm", no_std)]

suite::guest!(
    WITH_BUMP,
    |_| {
        A.check();
        true
    },
    A: linmem::Heap = linmem::Heap::new(),
    B: linmem::Bump = linmem::Bump::new()
);
