//! The suite over `Heap`.
#![cfg_attr(target_family = "wasm", no_std)]

suite::guest!(HEAP, suite::suite::is_whole(A.check()), A: linmem::Heap = linmem::Heap::new());
