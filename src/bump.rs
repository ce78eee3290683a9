//! A pointer that only moves up: the smallest allocator that grows memory.
//!
//! ```text
//! | freed or live blocks | last block |    room    |
//!                                     ^ start      ^ end      of the source's unclaimed span
//! ```
//!
//! The last block can be freed, and resized where it is; every other free is forgotten, and so is the gap that an
//! alignment leaves in front of a block. To allocate, to free and to resize are one operation: the last block's bytes
//! count as free, and the new size is placed where the free bytes begin. When the room runs out, memory grows by the
//! missing pages. If somebody else has grown memory since, the span starts anew behind those pages, and what was left
//! of the old one is forgotten; a request that fails changes nothing.
//!
//! A placed block ends below the end of the span, never at it. So no block holds the last byte of the address space,
//! and the pages to grow are the missing bytes divided by the page size, plus one.

use crate::memory::{Memory, PAGE, Pages, Span, THREADS, room};
use core::alloc::{GlobalAlloc, Layout};
use core::ptr;

/// A bump allocator: never frees but for the last block, which it can also resize in place.
///
/// The right one for a module that lives for one call, or that allocates once and keeps. Each operation takes constant
/// time, but for a `memory.grow` and for the copy of a block that is resized and is not the last. All the `Bump`s of a
/// module are one allocator, because they share its unclaimed memory.
///
/// Off wasm it runs over a [`Pages`] source only, which keeps it on one thread.
///
/// # Examples
///
/// ```
/// # #[cfg(target_family = "wasm")]
/// #[global_allocator]
/// static ALLOCATOR: linmem::Bump = linmem::Bump::new();
/// ```
pub struct Bump<P = Memory> {
    pages: P,
}

impl Bump {
    /// Makes an allocator over the module's linear memory. It takes nothing until the first allocation.
    pub const fn new() -> Self {
        Self::over(Memory)
    }
}

impl Default for Bump {
    fn default() -> Self {
        Self::new()
    }
}

impl<P> Bump<P> {
    /// Makes an allocator over `pages`. It takes nothing until the first allocation.
    pub const fn over(pages: P) -> Self {
        Self { pages }
    }
}

impl<P: Pages> Bump<P> {
    /// Makes the block at `ptr` one of `size` bytes, here or elsewhere, and returns it, or null with all as it was.
    ///
    /// A block of `old_size` 0 is none: then `ptr` is null. To free is to resize to 0.
    fn resize(&self, ptr: *mut u8, old_size: usize, size: usize, align: usize) -> *mut u8 {
        let pages = &self.pages;
        let place = |span: &mut Span| {
            let (mut start, mut end) = span.get(pages);
            if ptr.wrapping_add(old_size) == start {
                start = start.with_addr(ptr.addr());
            } else if size <= old_size {
                return ptr;
            }
            loop {
                // At most `align - 1 + size`, which `Layout` keeps at or below `isize::MAX`.
                let need = (start.addr().wrapping_neg() & (align - 1)) + size;
                let room = room(pages, start, end);
                if need < room {
                    start = start.wrapping_add(need);
                    break;
                }
                let (mut here, mut count) = (pages.size(), 0);
                if here != end {
                    start = pages.at(here);
                } else {
                    count = (need - room) / PAGE + 1;
                    let grown = pages.grow(count);
                    if grown == usize::MAX {
                        return ptr::null_mut();
                    }
                    // Another thread may have grown memory since `size` was asked; without threads, nobody can have.
                    if THREADS && grown != here {
                        here = grown;
                        start = pages.at(here);
                    }
                }
                end = if THREADS { here + count } else { pages.size() };
            }
            span.set(start, end);
            let block = start.wrapping_sub(size);
            if block != ptr {
                // SAFETY: the old block is live. If it was the last, the new one is elsewhere only if the span moved
                // behind others' pages; if not, it lies before the span. So they are disjoint; and the new one is the
                // larger, for a block that shrinks stays.
                unsafe { ptr::copy_nonoverlapping(ptr, block, old_size) }
            }
            block
        };
        // SAFETY: `place` calls nothing but `pages`; the span that it leaves lies behind all that it handed out.
        unsafe { pages.unclaimed().with(place) }
    }
}

// SAFETY: a block is `size` bytes at a multiple of `align`, in front of the unclaimed span. The span's start moves down
// only over the last block, when that is freed or resized. Nothing here panics.
unsafe impl<P: Pages> GlobalAlloc for Bump<P> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.resize(ptr::null_mut(), 0, layout.size(), layout.align())
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        self.resize(ptr, layout.size(), 0, 1);
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        self.resize(ptr, layout.size(), new_size, layout.align())
    }
}
