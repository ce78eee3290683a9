//! What `export_heap!` exports: where the free lists, the unclaimed memory and the start of the heap are, for hosts.
//!
//! ```text
//! linmem_heap -> | lists | count | unclaimed | base |
//!                    |               |          `-> __heap_base
//!                    |               `-> | start | end |   of the span, in `memory.rs`
//!                    `-> | first | first | ..              of the lists, in `heap.rs`
//! ```
//!
//! All of these are addresses that the linker knows. No code is behind them, and none runs for them: hosts read memory. SPEC
//! ("Heap modules") has this layout, and that of what it leads to.

use crate::bump::Bump;
use crate::checked::Checked;
use crate::class::{END, FIRST};
use crate::heap::{Heap, State};
use crate::lock::Lock;
use crate::memory::{Memory, Span};
use core::mem::offset_of;
use core::ptr;

/// What the exported data symbol is.
#[repr(C)]
pub struct HeapMap {
    lists: *const u8,
    count: usize,
    unclaimed: *const Span,
    base: *const u8,
}

impl HeapMap {
    /// The map of an allocator over the module's linear memory.
    pub const fn of<A: Mapped>(allocator: &'static A) -> Self {
        let (offset, count) = A::LISTS;
        let lists = ptr::from_ref(allocator).cast::<u8>().wrapping_add(offset);
        let (unclaimed, base) = Memory::MAP;
        Self { lists, count, unclaimed, base }
    }
}

// SAFETY: nothing in the module reads through it.
unsafe impl Sync for HeapMap {}

/// An allocator over the module's linear memory whose free blocks, if it has any, are in lists by size.
pub trait Mapped {
    /// The offset of the first list's head in the allocator, and how many lists there are.
    const LISTS: (usize, usize);
}

impl Mapped for Heap {
    const LISTS: (usize, usize) =
        (offset_of!(Self, state) + Lock::<State>::VALUE + offset_of!(State, lists), END - FIRST);
}

impl Mapped for Bump {
    const LISTS: (usize, usize) = (0, 0);
}

impl<A: Mapped> Mapped for Checked<A> {
    const LISTS: (usize, usize) = (offset_of!(Self, inner) + A::LISTS.0, A::LISTS.1);
}
