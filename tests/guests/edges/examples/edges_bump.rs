//! The views, over `Bump`.
#![cfg_attr(target_family = "wasm", no_std)]

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Bump = linmem::Bump::new();
edges::export_views!();
