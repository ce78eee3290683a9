//! The exports over `Dlmalloc`.
#![cfg_attr(target_family = "wasm", no_std)]

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Dlmalloc = linmem::Dlmalloc::new();
linmem::export_allocator!(cabi_realloc);
linmem::trap_on_panic!();
