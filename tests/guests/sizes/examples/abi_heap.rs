//! The null module on `Heap`, and the allocator's exports.

#![cfg_attr(target_family = "wasm", no_std)]

#[path = "../src/null.rs"]
mod null;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Heap = linmem::Heap::new();
linmem::export_allocator!();
