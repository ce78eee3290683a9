#![cfg_attr(target_family = "wasm", no_std)]
extern crate alloc;
use alloc::boxed::Box;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Bump = linmem::Bump::new();
linmem::trap_on_panic!();

#[unsafe(no_mangle)]
pub extern "C" fn simple_arr() -> *mut [i32; 4] {
    Box::into_raw(Box::new([100, 200, 300, 400]))
}
