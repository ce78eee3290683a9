//! The exports over a checked `Heap`.
#![cfg_attr(target_family = "wasm", no_std)]

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Checked<linmem::Heap> = linmem::Checked::new(linmem::Heap::new());
linmem::export_allocator!(cabi_realloc);
linmem::trap_on_panic!();
