//! Tells the host of every call, and makes memory that nobody may read look like nothing useful.

use core::alloc::{GlobalAlloc, Layout};
use core::slice;

#[link(wasm_import_module = "bench")]
unsafe extern "C" {
    /// A block was handed out. It traps if the block overlaps a live one, is misaligned or leaves memory.
    safe fn on_alloc(block: *mut u8, size: usize, align: usize);
    /// A block is about to be freed. It traps if there is no such block.
    safe fn on_free(block: *mut u8, size: usize, align: usize);
    /// A block was resized: `on_free` of the old one and `on_alloc` of the new one.
    safe fn on_realloc(block: *mut u8, size: usize, align: usize, new: *mut u8, new_size: usize);
}

/// What fresh and freed blocks are filled with.
const JUNK: u8 = 0xa5;

pub struct Observe<A>(pub A);

// SAFETY: every call goes to the inner allocator.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Observe<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's duties are the same.
        let block = unsafe { self.0.alloc(layout) };
        on_alloc(block, layout.size(), layout.align());
        // SAFETY: the host has seen that the block is not null and lies in memory.
        unsafe { block.write_bytes(JUNK, layout.size()) };
        block
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's duties are the same.
        let block = unsafe { self.0.alloc_zeroed(layout) };
        on_alloc(block, layout.size(), layout.align());
        // SAFETY: the host has seen that the block is not null and lies in memory, and zeroed bytes are initialised.
        let bytes = unsafe { slice::from_raw_parts(block, layout.size()) };
        assert!(bytes.iter().all(|&byte| byte == 0));
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        on_free(block, layout.size(), layout.align());
        // SAFETY: by the caller's duty the block is live, and nobody reads it any more.
        unsafe { block.write_bytes(JUNK, layout.size()) };
        // SAFETY: the caller's duties are the same.
        unsafe { self.0.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's duties are the same.
        let new = unsafe { self.0.realloc(block, layout, new_size) };
        on_realloc(block, layout.size(), layout.align(), new, new_size);
        if new_size > layout.size() {
            // SAFETY: the host has seen that the new block is not null and lies in memory.
            unsafe { new.wrapping_add(layout.size()).write_bytes(JUNK, new_size - layout.size()) };
        }
        new
    }
}
