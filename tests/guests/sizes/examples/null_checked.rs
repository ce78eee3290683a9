//! The null module on a checked `Heap`: it exports one function.

#![cfg_attr(target_family = "wasm", no_std)]

#[path = "../src/null.rs"]
mod null;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Checked<linmem::Heap> = linmem::Checked::new(linmem::Heap::new());
