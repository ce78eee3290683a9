//! One-line calls of an allocator for tests, each with what the tests ask of every block.

#![allow(dead_code, reason = "each test takes the calls that it needs")]

use std::alloc::{GlobalAlloc, Layout};

/// A layout that there is.
pub fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).expect("a layout")
}

/// A block that is filled with `fill`.
#[track_caller]
pub fn block(allocator: &impl GlobalAlloc, size: usize, align: usize, fill: u8) -> *mut u8 {
    // SAFETY: no test asks for a size of 0.
    let block = unsafe { allocator.alloc(layout(size, align)) };
    assert!(!block.is_null(), "no memory for {size} bytes at a multiple of {align}");
    assert!(block.addr() % align == 0, "{block:p} is not aligned to {align}");
    // SAFETY: the block is new and `size` bytes long.
    unsafe { block.write_bytes(fill, size) }
    block
}

/// Asks for a block that cannot be had.
#[track_caller]
pub fn refused(allocator: &impl GlobalAlloc, size: usize, align: usize) {
    // SAFETY: no test asks for a size of 0.
    let block = unsafe { allocator.alloc(layout(size, align)) };
    assert!(block.is_null(), "{size} bytes at a multiple of {align} are at {block:p}");
}

/// Frees a live block.
pub fn free(allocator: &impl GlobalAlloc, block: *mut u8, size: usize, align: usize) {
    // SAFETY: every test passes a block of this allocator with its layout.
    unsafe { allocator.dealloc(block, layout(size, align)) }
}

/// Resizes a live block with alignment 8.
pub fn resize(allocator: &impl GlobalAlloc, block: *mut u8, size: usize, new_size: usize) -> *mut u8 {
    // SAFETY: as for `free`; no test asks for a new size of 0.
    unsafe { allocator.realloc(block, layout(size, 8), new_size) }
}

/// Asserts that a block is as `block` filled it.
#[track_caller]
pub fn assert_filled(block: *mut u8, size: usize, fill: u8) {
    // SAFETY: every test passes a live block of at least this size, which is filled.
    let bytes = unsafe { std::slice::from_raw_parts(block, size) };
    assert!(bytes == vec![fill; size], "the block at {block:p} was written to");
}
