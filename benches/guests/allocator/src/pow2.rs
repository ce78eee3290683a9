//! Free lists of powers of two, without coalescing: the design of Zig's `WasmAllocator`, about the least that reuses
//! memory. A block never changes its size, so a program that changes its sizes pays for each anew.

use crate::bump::Bump;
use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::ptr;

struct Lists([Cell<*mut u8>; 32]);

// SAFETY: a module without the atomics feature has one thread.
unsafe impl Sync for Lists {}

/// The free blocks of 2^i bytes; each holds the next one's address in its first word.
static LISTS: Lists = Lists([const { Cell::new(ptr::null_mut()) }; 32]);

pub struct Pow2;

fn class(layout: Layout) -> u32 {
    let size = layout.size().max(layout.align()).max(8);
    usize::BITS - (size - 1).leading_zeros()
}

// SAFETY: a block of a class has 2^class bytes, which hold every layout of it, and is in a list or handed out once.
unsafe impl GlobalAlloc for Pow2 {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let class = class(layout);
        let list = &LISTS.0[class as usize & 31];
        let block = list.get();
        if block.is_null() {
            let size = 1 << (class & 31);
            // A block serves every layout of its class, so it is aligned to its size.
            let Ok(whole) = Layout::from_size_align(size, size) else { return ptr::null_mut() };
            // SAFETY: the size is not 0.
            return unsafe { Bump.alloc(whole) };
        }
        // SAFETY: a block in a list holds a link.
        list.set(unsafe { block.cast::<*mut u8>().read() });
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let list = &LISTS.0[class(layout) as usize & 31];
        // SAFETY: the block is free from here on and has at least 8 bytes.
        unsafe { block.cast::<*mut u8>().write_unaligned(list.get()) };
        list.set(block);
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's duty.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        if class(layout) == class(new_layout) {
            return block;
        }
        // SAFETY: the caller's duty.
        let new = unsafe { self.alloc(new_layout) };
        if !new.is_null() {
            // SAFETY: both are live, different blocks.
            unsafe { ptr::copy_nonoverlapping(block, new, layout.size().min(new_size)) };
            // SAFETY: the caller's duty.
            unsafe { self.dealloc(block, layout) };
        }
        new
    }
}
