//! A module that can panic: what the others must not be like.

#![cfg_attr(target_family = "wasm", no_std)]

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Bump = linmem::Bump::new();
linmem::trap_on_panic!();

/// Panics for an index that is not in the array.
#[unsafe(no_mangle)]
pub extern "C" fn nth(index: usize) -> u32 {
    core::hint::black_box(&[1, 2, 3, 4])[index]
}
