//! The null module, but for its allocator: one function that returns a block.

extern crate alloc;
use alloc::boxed::Box;

linmem::trap_on_panic!();

#[unsafe(no_mangle)]
pub extern "C" fn simple_arr() -> *mut [i32; 4] {
    Box::into_raw(Box::new([100, 200, 300, 400]))
}
