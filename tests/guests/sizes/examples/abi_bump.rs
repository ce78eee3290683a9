//! The null module on `Bump`, and the allocator's exports.

#![cfg_attr(target_family = "wasm", no_std)]

#[path = "../src/null.rs"]
mod null;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Bump = linmem::Bump::new();
linmem::export_allocator!();
