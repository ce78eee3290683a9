//! The suite over an allocator that this crate knows nothing of.
#![cfg_attr(target_family = "wasm", no_std)]

suite::guest!(FOREIGN, |_| true, A: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator());
