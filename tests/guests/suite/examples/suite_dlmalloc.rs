//! The suite over `Dlmalloc`.
#![cfg_attr(target_family = "wasm", no_std)]

suite::guest!(DLMALLOC, |_| true, A: linmem::Dlmalloc = linmem::Dlmalloc::new());
