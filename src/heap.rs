//! The general-purpose allocator: free lists by size, and deferred coalescing.
//!
//! A block that is freed is put on the list of its size and taken off again by the next request of that size: that is
//! all that most calls do. The size comes with every call, so a used block has no header. When a list is empty, the
//! block is cut out of free memory that has been coalesced (`runs.rs`), or off the memory that nobody has claimed yet.
//! Before memory grows, the blocks on the lists are coalesced, some thousand at a time, if about as much has been cut as
//! they can hold.
//!
//! ```text
//! free  -> lists by size -> coalesced runs -> unclaimed memory      what joins moves right
//! alloc <- lists by size <- coalesced runs <- unclaimed memory <- memory.grow
//! ```
//!
//! Two other stores for what is coalesced were measured. A bit for each free granule, searched from a cursor for each
//! class, is 260 bytes smaller, takes a twentieth more pages, and goes on growing through a long churn. To sort all
//! freed blocks and list them anew has no bound: one call took 56 ms.
//!
//! Invariants, asserted by [`Heap::check`] under these numbers, after those of `runs.rs`:
//!
//! 4. A listed block lies at a multiple of GRANULE, below the unclaimed memory, and is on one list only.
//! 5. It has the size of its class; on the first list it says its size, a multiple of GRANULE.
//! 6. No run begins, ends or lies in it.

use crate::class::{CLASSES, GRANULE, LARGE, LOG, block_size, class};
use crate::lock::Lock;
use crate::memory::{Memory, PAGE, Pages, Span, room};
use crate::runs::{Runs, align_up, bits_size};
use core::alloc::{GlobalAlloc, Layout};
use core::ptr;
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// How many blocks one call coalesces at most, unless memory has run out.
const BATCH: usize = 4096;
/// Blocks are coalesced when this much has been cut since, and a sixteenth of the heap, which is eight times its bits.
/// With less, lists are emptied that will be needed: slower, and no tighter.
const DEBT: usize = 24 << 10;

/// How many runs that may be too short a call looks at, unless memory has run out.
const LOOK: usize = 32;

/// Bytes of bits for a page.
const BITS: usize = PAGE >> (LOG + 3);

/// Whether a block was ever freed. In a static of its own, so that a module that never frees loses all that reuses.
static FREED: AtomicBool = AtomicBool::new(false);

/// The general-purpose allocator: fast and tight.
///
/// A call takes constant time, but for what it may meet on the way, each with a bound: some calls of `memory.grow`; the
/// coalescing of up to 4,096 freed blocks, when free memory has run out (under a millisecond, if no cache has them); a
/// copy of the books, when the heap has outgrown them; and the copy of a block that is resized and cannot stay. Only a
/// request for which memory cannot grow coalesces everything before it fails.
///
/// A block has no header. Its size is rounded up to its alignment, and then to a multiple of 16 bytes up to 128, of a
/// quarter of the power of two below it up to 32 KiB, and of 16 bytes above. The books take 1/128 of the heap, and as
/// much is kept for larger ones. Memory grows by the pages that are missing, joins its neighbours, and is never given
/// back; pages that others grew are never touched.
///
/// At worst, as found by search: blocks of 17 bytes take 1.9 times their bytes, those just over a larger class 1.3
/// times. A program that frees very many small blocks and then asks for large ones takes up to 2.4 times what was live,
/// because coalescing is put off, and 1.02 times if it calls [`coalesce`](Self::coalesce) in between. Blocks that stay
/// and pin what is free around them have cost 4.6 times (dlmalloc: 4.6).
///
/// A block grows in place where coalesced or unclaimed memory behind it is enough. It shrinks in place, unless a free
/// block of the new size is at hand and it is not the last: to break blocks up costs more memory than it saves (1.4 times
/// dlmalloc's under random load, against 1.1).
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
    state: Lock<State>,
    pub(crate) pages: P,
}

pub(crate) struct State {
    /// Bytes cut since all lists were coalesced.
    debt: usize,
    /// Free blocks: first those of any size, then one list for each class.
    pub(crate) lists: [*mut Listed; 1 + CLASSES],
    pub(crate) runs: Runs,
}

/// A block on a list.
#[repr(C)]
pub(crate) struct Listed {
    pub(crate) next: *mut Listed,
    /// On the first list only.
    pub(crate) size: usize,
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
        let state = State { debt: 0, lists: [ptr::null_mut(); 1 + CLASSES], runs: Runs::new() };
        Self { state: Lock::new(state), pages }
    }
}

impl<P: Pages> Heap<P> {
    /// Coalesces all free memory now, in time linear in the blocks freed since: for a moment when nobody waits.
    pub fn coalesce(&self) {
        let coalesce = |state: &mut State, span: &mut Span| while state.flush(&self.pages, span) {};
        // SAFETY: `flush` calls nothing but the source, which does not call back, and does not panic.
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

/// The offset of the last byte of a request, whose size is rounded up to its alignment: then blocks of one class are mostly
/// as aligned as the requests of that class ask.
#[inline]
fn last(size: usize, align: usize) -> usize {
    // A size is not 0, and `Layout` keeps it, rounded up, within `isize::MAX`.
    size.wrapping_sub(1) | (align - 1)
}

/// The SAFETY comments below rest on invariants 4 to 6, and on the duty of those who free: a listed block is used by nobody
/// else and has room for a `Listed`.
impl State {
    #[inline]
    fn list(&mut self, class: usize) -> &mut *mut Listed {
        // SAFETY: `class` gives less than CLASSES.
        unsafe { self.lists.get_unchecked_mut(1 + class) }
    }

    #[inline]
    fn push(list: &mut *mut Listed, block: *mut u8) {
        let block = block.cast::<Listed>();
        // SAFETY: the block is free from here on.
        unsafe { (*block).next = *list }
        *list = block;
    }

    /// Lists free memory of any size, or none.
    #[inline(never)]
    fn list_sized(&mut self, start: *mut u8, size: usize) {
        if size != 0 {
            // SAFETY: the memory is free, and its size is a multiple of GRANULE.
            unsafe { (*start.cast::<Listed>()).size = size }
            Self::push(&mut self.lists[0], start);
        }
    }

    /// Allocates from the list, or if it has no such block from elsewhere, if `cut`.
    #[inline(always)]
    fn alloc(&mut self, pages: &impl Pages, size: usize, align: usize, cut: bool) -> *mut u8 {
        let last = last(size, align);
        if FREED.load(Relaxed) {
            let list = self.list(class(last));
            let block = *list;
            if !block.is_null() && block.addr() & (align - 1) == 0 {
                // SAFETY: a list leads to a listed block.
                *list = unsafe { (*block).next };
                return block.cast();
            }
        }
        if cut { self.cut(pages, last, align) } else { ptr::null_mut() }
    }

    /// Cuts a block out of a run, or off the unclaimed memory.
    #[inline(never)]
    fn cut(&mut self, pages: &impl Pages, last: usize, align: usize) -> *mut u8 {
        let size = block_size(last);
        let freed = FREED.load(Relaxed);
        let mut look = if freed { LOOK } else { usize::MAX };
        let mut debt = self.debt.wrapping_add(size);
        self.debt = debt;
        let cut = |span: &mut Span| {
            span.init(pages);
            loop {
                if freed {
                    let run = self.runs.find(size, align, look);
                    if !run.is_null() {
                        let block = align_up(run, align);
                        self.runs.take(pages, span, run, block.wrapping_add(size));
                        self.runs.insert(pages, span, run, block);
                        return block;
                    }
                }
                let bits = bits_size(pages, span);
                let start = align_up(span.start, GRANULE);
                let gap = start.addr().wrapping_neg() & (align - 1);
                let block = start.wrapping_add(gap);
                // What is unclaimed keeps room for the bits, so that a full memory can still be coalesced.
                let need = gap + size + bits;
                let room = room(pages, start, span.end);
                if need < room {
                    span.start = block.wrapping_add(size);
                    self.list_sized(start, gap);
                    return block;
                }
                if freed && debt >= DEBT + (bits << (LOG - 1)) {
                    debt = 0;
                    if self.flush(pages, span) {
                        continue;
                    }
                }
                if !(self.grow(pages, span, need, room) || freed && self.flush(pages, span)) {
                    if look == usize::MAX {
                        return ptr::null_mut();
                    }
                    look = usize::MAX;
                }
            }
        };
        // SAFETY: `cut` calls nothing but `pages`.
        unsafe { pages.unclaimed().with(cut) }
    }

    /// Adds pages, so that more than `need` bytes fit where `fits` do. False if there are none.
    fn grow(&mut self, pages: &impl Pages, span: &mut Span, need: usize, fits: usize) -> bool {
        let others = pages.size() - span.end;
        // Behind the pages of others there is no room, and they take bits.
        let missing = if others == 0 { need - fits } else { need + others * BITS };
        let count = missing / PAGE + 1;
        let page = pages.grow(count);
        if page == usize::MAX {
            return false;
        }
        if page != span.end {
            let start = align_up(span.start, GRANULE);
            self.list_sized(start, room(pages, start, span.end));
            span.start = pages.at(page);
        }
        span.end = page + count;
        true
    }

    /// Coalesces listed blocks, up to BATCH. False if there was none, or no room for the bits.
    #[inline(never)]
    fn flush(&mut self, pages: &impl Pages, span: &mut Span) -> bool {
        if !self.runs.cover(pages, span) {
            return false;
        }
        let mut left = BATCH;
        // Of the first list, whose blocks say their size: the large ones come first.
        let mut size = 0;
        for list in &mut self.lists {
            while !list.is_null() {
                if left == 0 {
                    return true;
                }
                left -= 1;
                let block = *list;
                // SAFETY: a list leads to a listed block.
                *list = unsafe { (*block).next };
                // SAFETY: as above; on the first list it says its size.
                let size = if size == 0 { unsafe { (*block).size } } else { size };
                let start = block.cast::<u8>();
                self.runs.insert(pages, span, start, start.wrapping_add(size));
            }
            size = block_size(size);
        }
        self.debt = 0;
        left != BATCH
    }

    /// Lists a block that is no longer used.
    fn free(&mut self, block: *mut u8, size: usize, align: usize) {
        FREED.store(true, Relaxed);
        let last = last(size, align);
        let class = class(last);
        if class < LARGE {
            Self::push(self.list(class), block);
        } else {
            self.list_sized(block, block_size(last));
        }
    }

    /// Moves the end of a used block, if unclaimed memory or a run begins there and has room.
    fn move_end(&mut self, pages: &impl Pages, span: &mut Span, block: *mut u8, end: *mut u8, to: *mut u8) -> bool {
        while end == span.start {
            let bits = bits_size(pages, span);
            let size = to.addr().wrapping_sub(block.addr());
            let (need, room) = (size + bits, room(pages, block, span.end));
            if need < room {
                span.start = to;
                self.debt = self.debt.wrapping_add(to.addr().saturating_sub(end.addr()));
                return true;
            }
            // Rather than memory grows, the block moves and all is coalesced, if that is due and the block is small.
            if self.debt >= size && self.debt >= DEBT + (bits << (LOG - 1)) || !self.grow(pages, span, need, room) {
                return false;
            }
        }
        to > end && self.runs.begins(pages, end) && self.runs.take(pages, span, end, to)
    }

    /// # Safety
    ///
    /// The block is used, and `layout` is its layout.
    unsafe fn realloc(&mut self, pages: &impl Pages, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        let end = block.wrapping_add(block_size(last(size, align)));
        let new_end = block.wrapping_add(block_size(last(new_size, align)));
        let move_end = |span: &mut Span| self.move_end(pages, span, block, end, new_end);
        // SAFETY: `move_end` calls nothing but `pages`.
        if end == new_end || unsafe { pages.unclaimed().with(move_end) } {
            return block;
        }
        // To shrink where it is would break up a block that serves as it is, so that is done only if another is not at hand.
        let shrinks = new_size < size;
        let new = self.alloc(pages, new_size, align, !shrinks);
        if !new.is_null() {
            // SAFETY: both blocks are used, so they are disjoint, and both hold the smaller size.
            unsafe { ptr::copy_nonoverlapping(block, new, size.min(new_size)) }
            self.free(block, size, align);
        } else if shrinks {
            FREED.store(true, Relaxed);
            self.list_sized(new_end, end.addr() - new_end.addr());
            return block;
        }
        new
    }
}

// SAFETY: a block is cut out of a run, off unclaimed memory, or comes from a list: by invariants 3, 4 and 6 it is in none of
// them from then on, so it is handed out once, until it is freed. It has at least the layout's size and lies at a multiple of
// its alignment. Only `check` panics.
unsafe impl<P: Pages> GlobalAlloc for Heap<P> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: `State::alloc` calls nothing but the source, which does not call back.
        unsafe { self.state.with(|state| state.alloc(&self.pages, layout.size(), layout.align(), true)) }
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
