//! The suite over `Bump`.
#![cfg_attr(target_family = "wasm", no_std)]

suite::guest!(BUMP, |_| true, A: linmem::Bump = linmem::Bump::new());
