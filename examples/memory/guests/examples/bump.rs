//! `Bump` and its exports, for what the page plays through all allocators.

#![cfg_attr(target_family = "wasm", no_std)]

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Bump = linmem::Bump::new();
linmem::export_allocator!();
linmem::trap_on_panic!();
