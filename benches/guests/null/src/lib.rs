//! The least module that allocates: one function that returns a block.
#![no_std]

extern crate alloc;
use alloc::boxed::Box;
use allocator as _;

#[unsafe(no_mangle)]
pub extern "C" fn simple_arr() -> *mut [i32; 4] {
    Box::into_raw(Box::new([100, 200, 300, 400]))
}
