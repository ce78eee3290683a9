//! The null module with `alloc`, `free` and `realloc` that check nothing.
#![no_std]

extern crate alloc;
use alloc::boxed::Box;

allocator::export_unchecked!();

#[unsafe(no_mangle)]
pub extern "C" fn simple_arr() -> *mut [i32; 4] {
    Box::into_raw(Box::new([100, 200, 300, 400]))
}
