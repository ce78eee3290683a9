//! The exports over a checked `Bump`.
#![cfg_attr(target_family = "wasm", no_std)]

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Checked<linmem::Bump> = linmem::Checked::new(linmem::Bump::new());
linmem::export_allocator!(cabi_realloc);
linmem::trap_on_panic!();
