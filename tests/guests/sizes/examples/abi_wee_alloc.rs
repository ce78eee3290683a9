//! The null module on `WeeAlloc`, and the allocator's exports.

#![cfg_attr(target_family = "wasm", no_std)]

#[path = "../src/null.rs"]
mod null;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::WeeAlloc = linmem::WeeAlloc::new();
linmem::export_allocator!();
