//! The null module on `Heap`: it exports one function.

#![cfg_attr(target_family = "wasm", no_std)]

#[path = "../src/null.rs"]
mod null;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Heap = linmem::Heap::new();
