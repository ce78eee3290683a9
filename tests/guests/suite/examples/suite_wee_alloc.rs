//! The suite over `WeeAlloc`.
#![cfg_attr(target_family = "wasm", no_std)]

suite::guest!(WEE_ALLOC, |_| true, A: linmem::WeeAlloc = linmem::WeeAlloc::new());
