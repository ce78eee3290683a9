//! `linked_list_allocator` knows a heap of fixed size: here it grows memory by what is missing.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::cell::UnsafeCell;
use core::ptr::{self, NonNull};
use linked_list_allocator::Heap;

const PAGE: usize = 1 << 16;

pub struct LinkedList(UnsafeCell<Heap>);

// SAFETY: a module without the atomics feature has one thread.
unsafe impl Sync for LinkedList {}

impl LinkedList {
    pub const fn new() -> Self {
        Self(UnsafeCell::new(Heap::empty()))
    }
}

// SAFETY: the blocks are the inner allocator's. It is given pages that `memory.grow` has just handed out, and none
// else in these modules grows memory.
unsafe impl GlobalAlloc for LinkedList {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: one thread, and the inner allocator does not call back.
        let heap = unsafe { &mut *self.0.get() };
        loop {
            if let Ok(block) = heap.allocate_first_fit(layout) {
                return block.as_ptr();
            }
            // Room for the block, its alignment and the inner allocator's bookkeeping.
            let size = (layout.size() + layout.align() + 16).next_multiple_of(PAGE);
            let page = wasm32::memory_grow(0, size / PAGE);
            if page == usize::MAX {
                return ptr::null_mut();
            }
            if heap.size() == 0 {
                // SAFETY: fresh pages.
                unsafe { heap.init(ptr::with_exposed_provenance_mut(page * PAGE), size) };
            } else {
                // SAFETY: fresh pages directly behind the last ones.
                unsafe { heap.extend(size) };
            }
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as in `alloc`.
        let heap = unsafe { &mut *self.0.get() };
        // SAFETY: a live block is not null.
        let block = unsafe { NonNull::new_unchecked(block) };
        // SAFETY: the caller's duty.
        unsafe { heap.deallocate(block, layout) };
    }
}
