//! The suite over `Heap`.
#![cfg_attr(target_family = "wasm", no_std)]

suite::guest!(
    HEAP,
    |world| {
        A.coalesce();
        suite::suite::is_whole(A.check(), world)
    },
    A: linmem::Heap = linmem::Heap::new()
);
