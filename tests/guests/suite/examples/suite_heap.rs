//! The suite over `Heap`.
#![cfg_attr(target_family = "wasm", no_std)]

suite::guest!(HEAP, |world| suite::is_whole(&A, world), A: linmem::Heap = linmem::Heap::new());
