//! The floor of every comparison: a pointer that only moves up, and a free that forgets.
//!
//! It keeps what the others keep: no block holds the last byte of the address space, and pages that others grew are
//! never touched.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::cell::Cell;
use core::ptr;

const PAGE: usize = 1 << 16;

unsafe extern "C" {
    static __heap_base: u8;
    static __heap_end: u8;
}

/// The room that is left: its first byte and the byte behind it. Before the first use, both are 0.
struct Room {
    start: Cell<usize>,
    end: Cell<usize>,
}

// SAFETY: a module without the atomics feature has one thread.
unsafe impl Sync for Room {}

static ROOM: Room = Room { start: Cell::new(0), end: Cell::new(0) };

pub struct Bump;

// SAFETY: a block lies in the room, at a multiple of the alignment, and the room starts behind it from then on.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (mut start, mut end) = (ROOM.start.get(), ROOM.end.get());
        if start == 0 {
            (start, end) = ((&raw const __heap_base).addr(), (&raw const __heap_end).addr());
        }
        loop {
            // At most `isize::MAX`, by the rule for layouts.
            let need = (start.wrapping_neg() & (layout.align() - 1)) + layout.size();
            let room = end.wrapping_sub(start);
            if need < room {
                ROOM.start.set(start + need);
                ROOM.end.set(end);
                return ptr::with_exposed_provenance_mut(start + need - layout.size());
            }
            let missing = (need - room) / PAGE + 1;
            let page = wasm32::memory_grow(0, missing);
            if page == usize::MAX {
                return ptr::null_mut();
            }
            if page * PAGE != end {
                start = page * PAGE;
            }
            // One past the last page of the address space that is 0.
            end = (page + missing).wrapping_mul(PAGE);
        }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}
