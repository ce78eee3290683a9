//! The null module with linmem's own exports, which check what the host hands over.
#![no_std]

extern crate alloc;
use alloc::boxed::Box;
use allocator as _;

linmem::export_allocator!();

#[unsafe(no_mangle)]
pub extern "C" fn simple_arr() -> *mut [i32; 4] {
    Box::into_raw(Box::new([100, 200, 300, 400]))
}
