//! The suite over two `Bump`s in one module.
#![cfg_attr(target_family = "wasm", no_std)]

suite::guest!(BUMP, |_| true, A: linmem::Bump = linmem::Bump::new(), B: linmem::Bump = linmem::Bump::new());
