//! The general-purpose allocator: free lists by size, and deferred coalescing.
//!
//! A block that is freed is put on the list of its size and taken off again by the next request of that size: that is
//! all that most calls do. The size comes with every call, so a used block has no header. When a list is empty, the
//! block is cut out of a larger free one, or off the memory that nobody has claimed yet. Before memory grows, the free
//! blocks are coalesced (`coalesce.rs`), if a sixty-fourth of the heap has been cut since the last time.
//!
//! ```text
//! free -> lists by size -> runs of free memory -> unclaimed memory     coalescing
//!         lists by size <- pieces of block size <-
//! ```
//!
//! Other designs were measured: bytes over a bump, bytes taken in percent of what lives where blocks of up to twenty sizes
//! take turns four times in 1 and in 8 MiB, and the longest call with 200,000 scattered free blocks of 8 to 128.
//!
//! ```text
//!                                           bytes   percent         longest call
//! up to 19,000 blocks in a call               880   118 to 1,908    3 to 5 ms
//! up to 64,000 blocks in a call               880   106 to 1,303    13 ms
//! up to 8,000 blocks in a call                879   202 to 2,120    1.3 ms
//! all blocks in a call                        878   100 to 164      34 ms
//! runs that are kept in lists by size       1,760   119 to 343      0.74 ms
//! ```
//!
//! The last also grows a block into free memory behind it. Marks that are kept from call to call would bound both, in
//! about 1,150 bytes. To sort the blocks by address instead of marking them: as small, and one call took 27 ms.
//!
//! Invariants, asserted by [`Heap::check`] under these numbers:
//!
//! 1. A free block lies at a multiple of GRANULE, between the start of the slack and the unclaimed memory.
//! 2. It has the size of its class, and ends there, too.
//! 3. No two free blocks overlap, and none is on two lists.

use crate::class::{END, FIRST, GRANULE, block_size, class};
use crate::coalesce::bits_size;
use crate::lock::Lock;
use crate::memory::{Memory, PAGE, Pages, Span, THREADS, room};
use core::alloc::{GlobalAlloc, Layout};
use core::ptr;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// How many blocks one call coalesces at most: where no cache has their links, each takes 200 ns and more.
const BATCH: usize = 19_000;

/// Whether a block was ever freed. In a static of its own, so that a module that never frees loses all that reuses.
static FREED: AtomicBool = AtomicBool::new(false);

/// The general-purpose allocator: small, fast and tight.
///
/// A call takes constant time, but for what it may meet on the way: up to four calls of `memory.grow`; the coalescing of
/// up to 19,000 free blocks, when free memory has run out; and the copy of a block that is resized and cannot stay. To
/// coalesce so many took 0.7 ms in a heap of 4 MiB and 3 to 5 ms in one of 25 MiB: the larger, the fewer of the blocks
/// a cache has. A bit for each 8 bytes of the heap is cleared and read, in 1 GiB in 13 ms.
///
/// A block has no header. Its size is rounded up to its alignment, and then to a multiple of 8 bytes up to 64, and of a
/// quarter of the power of two below it above: 80, 96, 112, 128, 160. Memory grows by the pages that are missing, keeps
/// 1/64 of itself for coalescing, and is never given back; pages that others grew are never touched. Where others have
/// grown memory, nothing is kept until the heap grows again: if it cannot, nothing is coalesced from then on.
///
/// A block grows in place at the end of the heap, and shrinks there. Elsewhere one that is resized to another of those
/// sizes moves: to shrink all blocks in place would break them up, and take up to four times the memory under random load.
/// So a call that shrinks a block can fail when memory has run out; the block is then as it was.
///
/// Off wasm it runs over a [`Pages`] source only and is not `Sync`.
///
/// # Examples
///
/// ```
/// # #[cfg(target_family = "wasm")]
/// #[global_allocator]
/// static ALLOCATOR: linmem::Heap = linmem::Heap::new();
/// ```
pub struct Heap<P = Memory> {
    pub(crate) state: Lock<State>,
    pub(crate) pages: P,
}

pub(crate) struct State {
    /// Bytes cut since free blocks were coalesced.
    debt: usize,
    /// Free blocks, a list for each class.
    pub(crate) lists: [*mut Listed; END - FIRST],
}

/// A free block.
pub(crate) struct Listed {
    pub(crate) next: *mut Listed,
}

// SAFETY: the pointers lead to memory that the state alone hands out; no thread owns it.
unsafe impl Send for State {}

impl Heap {
    /// Makes an allocator over the module's linear memory. It takes nothing until the first allocation.
    pub const fn new() -> Self {
        Self::over(Memory)
    }
}

impl Default for Heap {
    fn default() -> Self {
        Self::new()
    }
}

impl<P> Heap<P> {
    /// Makes an allocator over `pages`. It takes nothing until the first allocation.
    pub const fn over(pages: P) -> Self {
        let state = State { debt: 0, lists: [ptr::null_mut(); END - FIRST] };
        Self { state: Lock::new(state), pages }
    }
}

impl<P: Pages> Heap<P> {
    /// Coalesces all free memory now, in time linear in the free blocks and the size of the heap: for a moment when nobody
    /// waits.
    ///
    /// A program that has freed more than 19,000 blocks in no order, and goes on with other sizes, needs less memory with
    /// it: half as much, with twenty sizes an eighth. One for which memory has run out may find some.
    pub fn coalesce(&self) {
        let coalesce = |state: &mut State, span: &mut Span| {
            let bits = bits_size(&self.pages, span);
            if room(&self.pages, span.start, span.end) > bits {
                state.debt = 0;
                // SAFETY: there is room for the bits.
                unsafe { state.coalesce(&self.pages, span, bits, usize::MAX) }
            }
        };
        // SAFETY: `coalesce` calls nothing but the source, which does not call back, and does not panic.
        unsafe { self.with_span(coalesce) }
    }

    /// Calls `f` with the state and the unclaimed memory.
    ///
    /// # Safety
    ///
    /// `f` calls no allocator and does not panic.
    pub(crate) unsafe fn with_span<R>(&self, f: impl FnOnce(&mut State, &mut Span) -> R) -> R {
        let with_span = |state: &mut State| {
            let with_start = |span: &mut Span| {
                span.init(&self.pages);
                f(state, span)
            };
            // SAFETY: the caller's duty.
            unsafe { self.pages.unclaimed().with(with_start) }
        };
        // SAFETY: the caller's duty, and `init` calls the source alone.
        unsafe { self.state.with(with_span) }
    }
}

/// What an address has none of at the multiples of an alignment, and of GRANULE.
#[inline]
fn mask(align: usize) -> usize {
    (align - 1) | (GRANULE - 1)
}

/// The class of the blocks for a request. Its size is rounded up to its alignment: then the blocks of one class are mostly
/// as aligned as the requests of that class ask.
#[inline]
fn fit(size: usize, mask: usize) -> usize {
    // A size is not 0, and `Layout` keeps it, rounded up, within `isize::MAX`.
    class(size.wrapping_sub(1) | mask)
}

/// Bytes from an address to the next one that has none of the mask.
#[inline]
fn gap(at: *mut u8, mask: usize) -> usize {
    at.addr().wrapping_neg() & mask
}

/// The SAFETY comments below rest on the invariants, and on the duty of those who free: a listed block is used by nobody
/// else and has room for a `Listed`.
impl State {
    #[inline]
    pub(crate) fn list(&mut self, class: usize) -> &mut *mut Listed {
        // SAFETY: a class of a size is at least FIRST, for its last byte has the bits below GRANULE, and less than END.
        unsafe { self.lists.get_unchecked_mut(class.wrapping_sub(FIRST)) }
    }

    #[inline]
    fn push(list: &mut *mut Listed, block: *mut u8) {
        let block = block.cast::<Listed>();
        // SAFETY: the block is free from here on.
        unsafe { (*block).next = *list }
        *list = block;
    }

    /// Lists free memory in pieces of block size, which begin at its end, at a multiple of GRANULE. What is too small for
    /// one is lost: `Bump`, which packs bytes, can leave such a rest where both allocate.
    #[inline(never)]
    pub(crate) fn list_pieces(&mut self, start: *mut u8, mut end: *mut u8) {
        loop {
            let left = (end.addr() - start.addr()) & GRANULE.wrapping_neg();
            if left == 0 {
                break;
            }
            let class = class(left) - 1;
            end = end.wrapping_sub(block_size(class));
            Self::push(self.list(class), end);
        }
    }

    /// Allocates from the list, or if it has no such block from elsewhere; see `cut` for `old`, which comes before the list.
    #[inline]
    fn alloc(&mut self, pages: &impl Pages, size: usize, align: usize, old: *mut u8, old_end: *mut u8) -> *mut u8 {
        let mask = mask(align);
        let fit = fit(size, mask);
        let list = self.list(fit);
        let block = *list;
        // One test for both: it is shorter.
        if block.is_null() || (old.addr() | block.addr() & mask) != 0 {
            return self.cut(pages, fit, mask, old, old_end);
        }
        // SAFETY: a list leads to a listed block.
        *list = unsafe { (*block).next };
        block.cast()
    }

    /// Cuts a block of class `fit` out of a free one, or off the unclaimed memory. If `old` is not null, it is a used
    /// block at the start of that, which is resized there if there is room, or memory to be had.
    #[inline(never)]
    fn cut(&mut self, pages: &impl Pages, fit: usize, mask: usize, mut old: *mut u8, old_end: *mut u8) -> *mut u8 {
        let size = block_size(fit);
        let freed = FREED.load(Relaxed);
        let mut debt = 0;
        if freed {
            debt = self.debt.wrapping_add(size);
            self.debt = debt;
        }
        let cut = |span: &mut Span| {
            if THREADS && span.start != old_end {
                // Another allocator has claimed what lies behind it since `realloc` looked.
                old = ptr::null_mut();
            }
            loop {
                let from = if old.is_null() { span.start } else { old };
                let gap_here = gap(from, mask);
                let bits = bits_size(pages, span);
                // What is unclaimed keeps room for the bits. Before the first use nothing is less than no room.
                let need = gap_here.wrapping_add(size).wrapping_add(bits);
                let room = room(pages, from, span.end);
                if freed && (need >= room || old.is_null()) {
                    let mut class = fit;
                    while class != END {
                        let list = self.list(class);
                        let free = *list;
                        if !free.is_null() {
                            let start = free.cast::<u8>();
                            let (gap, whole) = (gap(start, mask), block_size(class));
                            // Of a size up to 2^31 and a gap below half of it, as both come from one `Layout`.
                            if gap + size <= whole {
                                // SAFETY: a list leads to a listed block.
                                *list = unsafe { (*free).next };
                                let block = start.wrapping_add(gap);
                                self.list_pieces(start, block);
                                self.list_pieces(block.wrapping_add(size), start.wrapping_add(whole));
                                return block;
                            }
                        }
                        class += 1;
                    }
                }
                if need < room {
                    let block = from.wrapping_add(gap_here);
                    span.start = block.wrapping_add(size);
                    self.list_pieces(from, block);
                    return block;
                }
                if debt <= bits {
                    let page = pages.size();
                    if page != span.end {
                        // Others have grown memory, or this is the first use.
                        old = ptr::null_mut();
                        // Up to the end of the span.
                        self.list_pieces(span.start, from.wrapping_add(room));
                        (span.start, span.end) = if span.end == 0 { pages.slack() } else { (pages.at(page), page) };
                        continue;
                    }
                    let count = (need - room) / PAGE + 1;
                    let page = pages.grow(count);
                    if page != usize::MAX {
                        if THREADS && page != span.end {
                            old = ptr::null_mut();
                            self.list_pieces(span.start, pages.at(span.end));
                            span.start = pages.at(page);
                        }
                        span.end = if THREADS { page + count } else { pages.size() };
                        continue;
                    }
                    if debt == 0 {
                        return ptr::null_mut();
                    }
                }
                debt = 0;
                self.debt = 0;
                if room > bits {
                    // SAFETY: there is room for the bits.
                    unsafe { self.coalesce(pages, span, bits, BATCH) }
                }
            }
        };
        // SAFETY: `cut` calls nothing but `pages`.
        unsafe { pages.unclaimed().with(cut) }
    }

    /// Lists a block that is no longer used.
    #[inline]
    fn free(&mut self, block: *mut u8, size: usize, align: usize) {
        FREED.store(true, Relaxed);
        Self::push(self.list(fit(size, mask(align))), block);
    }

    /// # Safety
    ///
    /// The block is used, and `layout` is its layout.
    unsafe fn realloc(&mut self, pages: &impl Pages, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        let mask = mask(align);
        let (old_fit, new_fit) = (fit(size, mask), fit(new_size, mask));
        if old_fit == new_fit {
            return block;
        }
        let end = block.wrapping_add(block_size(old_fit));
        // SAFETY: the closure calls nothing.
        let is_last = unsafe { pages.unclaimed().with(|span| span.start) } == end;
        let old = if is_last { block } else { ptr::null_mut() };
        let new = self.alloc(pages, new_size, align, old, end);
        if !new.is_null() && new != block {
            // SAFETY: both blocks are used, so they are disjoint, and both hold the smaller size.
            unsafe { ptr::copy_nonoverlapping(block, new, size.min(new_size)) }
            self.free(block, size, align);
        }
        new
    }
}

// SAFETY: a block comes from a list, or is cut out of a free one or off the unclaimed memory, and what is left of that is
// listed: by invariant 3 it is handed out once, until it is freed. It has at least the layout's size and lies at a multiple
// of its alignment. Only `check` panics.
unsafe impl<P: Pages> GlobalAlloc for Heap<P> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let null = ptr::null_mut();
        let alloc = |state: &mut State| state.alloc(&self.pages, layout.size(), layout.align(), null, null);
        // SAFETY: `State::alloc` calls nothing but the source, which does not call back.
        unsafe { self.state.with(alloc) }
    }

    #[inline]
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: `free` calls nothing outside.
        unsafe { self.state.with(|state| state.free(ptr, layout.size(), layout.align())) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller's duty: the block is used and has this layout.
        let realloc = |state: &mut State| unsafe { state.realloc(&self.pages, ptr, layout, new_size) };
        // SAFETY: `realloc` calls nothing but the source, which does not call back.
        unsafe { self.state.with(realloc) }
    }
}
