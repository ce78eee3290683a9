//! The exports, and a function that calls the host in the middle of its work, over `Bump`.
#![cfg_attr(target_family = "wasm", no_std)]

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Bump = linmem::Bump::new();
exports::reenter!();
