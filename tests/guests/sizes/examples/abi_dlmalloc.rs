//! The null module on `Dlmalloc`, and the allocator's exports.

#![cfg_attr(target_family = "wasm", no_std)]

#[path = "../src/null.rs"]
mod null;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Dlmalloc = linmem::Dlmalloc::new();
linmem::export_allocator!();
