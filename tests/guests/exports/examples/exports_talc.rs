//! The exports over an allocator that this crate knows nothing of.
#![cfg_attr(target_family = "wasm", no_std)]

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
linmem::export_allocator!(cabi_realloc);
linmem::trap_on_panic!();
