//! What is allocated at this moment, counted by the allocator; how memory grows; and an allocator that lies or traps.

use crate::values::Pair;
use alloc::alloc::{alloc, dealloc};
use alloc::boxed::Box;
use core::alloc::{GlobalAlloc, Layout};
use core::ptr;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use linmem::{AbiError, try_box};

static BLOCKS: AtomicU32 = AtomicU32::new(0);
static BYTES: AtomicU32 = AtomicU32::new(0);
/// What the next allocation returns instead of a block, if `TRUE` is 0.
static LIE: AtomicU32 = AtomicU32::new(0);
static TRUE: AtomicU32 = AtomicU32::new(1);
/// Whether the next allocation traps.
static BROKEN: AtomicU32 = AtomicU32::new(0);

/// An allocator that counts.
pub struct Counted<A>(pub A);

// SAFETY: the other allocator keeps the duties. It lies or traps at the wish of a host that tests itself.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Counted<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        assert!(BROKEN.load(Relaxed) == 0, "at the wish of the host");
        if TRUE.swap(1, Relaxed) == 0 {
            return ptr::without_provenance_mut(LIE.load(Relaxed) as usize);
        }
        // SAFETY: the caller's duty.
        let ptr = unsafe { self.0.alloc(layout) };
        if !ptr.is_null() {
            BLOCKS.fetch_add(1, Relaxed);
            BYTES.fetch_add(layout.size() as u32, Relaxed);
        }
        ptr
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        BLOCKS.fetch_sub(1, Relaxed);
        BYTES.fetch_sub(layout.size() as u32, Relaxed);
        // SAFETY: the caller's duty.
        unsafe { self.0.dealloc(ptr, layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's duty.
        let new = unsafe { self.0.realloc(ptr, layout, new_size) };
        if !new.is_null() {
            BYTES.fetch_add((new_size as u32).wrapping_sub(layout.size() as u32), Relaxed);
        }
        new
    }
}

/// Adds pages to memory; the old number of them, or `usize::MAX`.
fn add_pages(pages: usize) -> usize {
    #[cfg(target_arch = "wasm32")]
    return core::arch::wasm32::memory_grow(0, pages);
    #[cfg(not(target_arch = "wasm32"))]
    return pages | usize::MAX;
}

/// Where memory ends.
fn size() -> usize {
    #[cfg(target_arch = "wasm32")]
    return core::arch::wasm32::memory_size(0) << 16;
    #[cfg(not(target_arch = "wasm32"))]
    return 0;
}

linmem::abi! {
    /// The number of blocks that are allocated.
    pub fn live_blocks() -> u32 {
        BLOCKS.load(Relaxed)
    }

    /// The bytes in them.
    pub fn live_bytes() -> u32 {
        BYTES.load(Relaxed)
    }

    /// Adds pages to memory, and says whether that succeeded.
    pub fn grow(pages: u32) -> bool {
        add_pages(pages as usize) != usize::MAX
    }

    /// Adds a page before it looks at the pair: a view that the host made before is dead when this returns.
    pub fn grow_and_sum(pair: &Pair) -> f64 {
        add_pages(1);
        f64::from(pair.a) + pair.b
    }

    /// The address so many bytes before the end of memory.
    pub fn before_end(bytes: u32) -> u32 {
        (size() as u32).wrapping_sub(bytes)
    }

    /// Grows memory to 2 GiB and uses up what is free below that: each block from here on has an address above. What is used
    /// up is not counted.
    pub fn climb() -> Result<(), AbiError> {
        const HIGH: usize = 1 << 31;
        let counted = (live_blocks(), live_bytes());
        if size() < HIGH && add_pages((HIGH - size()) >> 16) == usize::MAX {
            return Err(AbiError::OutOfMemory);
        }
        let mut size = 1 << 16;
        while size > 0 {
            let Ok(layout) = Layout::from_size_align(size, 1) else { return Err(AbiError::TooLong) };
            // SAFETY: the size is not 0.
            let block = unsafe { alloc(layout) };
            if block.is_null() {
                return Err(AbiError::OutOfMemory);
            }
            if block.addr() >= HIGH {
                // SAFETY: it was allocated so.
                unsafe { dealloc(block, layout) }
                size /= 2;
            }
        }
        BLOCKS.store(counted.0, Relaxed);
        BYTES.store(counted.1, Relaxed);
        Ok(())
    }

    /// A pair in a block of its own.
    pub fn make_pair(a: i32, b: f64) -> Option<Box<Pair>> {
        try_box(Pair { a, b }).ok()
    }

    /// The next allocation returns this address instead of a block.
    pub fn lie(addr: u32) {
        LIE.store(addr, Relaxed);
        TRUE.store(0, Relaxed);
    }

    /// The next allocation traps.
    pub fn trap_in_alloc() {
        BROKEN.store(1, Relaxed);
    }
}
