//! The exports over `Bump`, and where it is.
#![cfg_attr(target_family = "wasm", no_std)]

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Bump = linmem::Bump::new();
linmem::export_allocator!();
linmem::export_heap!(ALLOCATOR);
linmem::trap_on_panic!();
