//! The views, over `Heap`.
#![cfg_attr(target_family = "wasm", no_std)]

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Heap = linmem::Heap::new();
edges::export_views!();
