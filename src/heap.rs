//! The general-purpose allocator: boundary tags and segregated free lists.
//!
//! Memory is cut into blocks that lie one after another, each with a word in front that holds its size. A free block
//! repeats its size in its last word, so that a block that is freed finds and joins both neighbours at once. Free
//! blocks are linked in lists, two to a doubling of the size, and one word of bits tells which lists have a block: a
//! fitting list is found with a shift and a count of zeros.
//!
//! ```text
//! region  | link | block | block | ... | block | sentinel |      link: the region before, or null
//! ```
//!
//! A region is a span of the source, or several that turned out to be neighbours: then the sentinel of the old end
//! becomes the header of the first block beyond. The sentinel is a used block of size 0.
//!
//! Invariants, asserted by [`Heap::check`] under these numbers:
//! 1. Blocks tile their region from the link to the sentinel; sizes are multiples of GRANULE, at least MIN.
//! 2. No two neighbours are both free.
//! 3. A block's PREVIOUS_FREE is set iff the block before it is free, whose last word then holds its size.
//! 4. A free block is in the list of its size's class, and nowhere else; links agree both ways.
//! 5. A bit of `map` is set iff its list has a block.

use crate::block::{Block, GRANULE, MIN, NEXT, PREVIOUS, PREVIOUS_FREE, USED, WORD, block_size};
use crate::lock::Lock;
use crate::memory::{Memory, Pages, Span};
use core::alloc::{GlobalAlloc, Layout};
use core::ptr;

/// Free lists: a bit of a `u64` for each.
const CLASSES: usize = u64::BITS as usize;
/// How many blocks of the request's own class are looked at, before a larger class that fits without looking.
const LOOK: usize = 32;

/// The general-purpose allocator: frees, coalesces at once, and resizes in place where the next block is free or the
/// block is the last.
///
/// Each operation takes constant time (at most 32 blocks are looked at), but for a `memory.grow`, for a look at all free
/// blocks of a class before that, and for the copy of a block that is resized and cannot stay. A live block costs one
/// word more than its size, rounded up to 8 bytes on wasm32, and at least 16; to place it at an alignment over 8 takes
/// room for the alignment as well. Memory grows by the pages that are missing. The last block grows in place even where
/// a free block would hold it. Pages join their neighbours; pages that others grew are never touched.
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
    pages: P,
}

struct State {
    /// Start of the newest region, where its link word is; null before the first.
    region: *mut u8,
    /// Sentinel of the newest region.
    end: Block,
    /// Bit `c` is set iff `lists[c]` is not null.
    map: u64,
    lists: [Block; CLASSES],
}

// SAFETY: the pointers lead to memory that the state alone hands out; no thread owns it.
unsafe impl Send for State {}

/// What a heap holds, as [`Heap::check`] counts it. Sizes are in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Regions: spans of the source, neighbours counted as one.
    pub regions: usize,
    /// Used blocks.
    pub used_blocks: usize,
    /// Bytes in used blocks, their headers included.
    pub used_size: usize,
    /// Free blocks.
    pub free_blocks: usize,
    /// Bytes in free blocks.
    pub free_size: usize,
}

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
        Self { state: Lock::new(State::EMPTY), pages }
    }

    /// Walks every block, asserts the invariants that the module's source numbers, and counts.
    ///
    /// For tests: it takes time linear in the blocks. Not every overwrite breaks an invariant, and a size that was
    /// overwritten with a wild one can lead the walk out of memory, into a trap.
    ///
    /// # Panics
    ///
    /// If an invariant does not hold: something wrote outside its block.
    pub fn check(&self) -> Usage {
        // SAFETY: `State::check` reaches no lock, and does not panic: it is done here, outside, because std's way to
        // panic allocates.
        match unsafe { self.state.with(|state| state.check()) } {
            Ok(usage) => usage,
            Err((invariant, block)) => panic!("{invariant}, at {block:p}"),
        }
    }
}

/// The list for free blocks of `size`: two to a doubling, larger ones for larger sizes.
fn class(size: usize) -> usize {
    // `| 1` changes nothing, but tells the compiler that this cannot panic.
    let log = (size | 1).ilog2() as usize;
    // On wasm32 the largest size gives 63. Where words have 64 bits, all that is larger shares this list.
    (2 * log + (size >> (log - 1) & 1)).min(CLASSES - 1)
}

impl State {
    const EMPTY: Self = Self { region: ptr::null_mut(), end: Block::NULL, map: 0, lists: [Block::NULL; CLASSES] };

    fn alloc(&mut self, pages: &impl Pages, layout: Layout) -> *mut u8 {
        let (size, align) = (block_size(layout.size()), layout.align());
        // A block for a larger alignment may begin with a gap that becomes a free block. The gap is less than `align`,
        // or if that is too small for a block, up to a GRANULE more than `align`.
        let room = if align > GRANULE { size + align + GRANULE } else { size };
        let mut block = loop {
            match self.find(room) {
                Some(block) => break block,
                None if self.grow(pages, room) => {}
                None => return ptr::null_mut(),
            }
        };
        self.unlink(block);
        let mut whole = block.size();
        let mut gap = block.payload().addr().wrapping_neg() & (align - 1);
        if gap != 0 {
            if gap < MIN {
                gap += align;
            }
            whole -= gap;
            let before = block;
            block = before.after(gap);
            block.set_word(USED);
            self.set_free(before, gap);
        }
        self.set_used(block, whole, size);
        block.payload()
    }

    /// Makes a used block free, and joins it with its free neighbours.
    fn free(&mut self, mut block: Block) {
        let mut size = block.size();
        let next = block.after(size);
        if !next.has(USED) {
            self.unlink(next);
            size += next.size();
        }
        if block.has(PREVIOUS_FREE) {
            let before = block.previous_size();
            block = block.before(before);
            self.unlink(block);
            size += before;
        }
        self.set_free(block, size);
    }

    /// Makes a used block `size` bytes long where it is, or returns false and leaves it as it was.
    fn resize(&mut self, pages: &impl Pages, block: Block, size: usize) -> bool {
        loop {
            let next = block.next();
            let mut whole = block.size();
            let mut last = next;
            if whole < size && !next.has(USED) {
                whole += next.size();
                last = block.after(whole);
            }
            if whole >= size {
                if last != next {
                    self.unlink(next);
                }
                self.set_used(block, whole, size);
                return true;
            }
            // What is missing can only come from pages behind the last block, if they join.
            let region = self.region;
            if last != self.end || !self.grow(pages, size - block.size()) || self.region != region {
                return false;
            }
        }
    }

    /// A free block of at least `size` bytes: one of the first LOOK in its class; or the first of the next class that has
    /// any; or, where else memory would have to grow, any other of its class.
    fn find(&self, size: usize) -> Option<Block> {
        let class = class(size);
        let larger = self.map & (u64::MAX << class << 1);
        let mut block = self.lists[class];
        let mut look = LOOK;
        loop {
            if larger != 0 && (look == 0 || block.is_null()) {
                return Some(self.lists[larger.trailing_zeros() as usize]);
            }
            if block.is_null() {
                return None;
            }
            if block.size() >= size {
                return Some(block);
            }
            block = block.link(NEXT);
            look = look.wrapping_sub(1);
        }
    }

    /// Adds a span of the source that makes room for a block of `size` bytes at the end, if it joins; else the next
    /// call will. False if there is no more memory.
    fn grow(&mut self, pages: &impl Pages, size: usize) -> bool {
        let mut missing = size + 2 * WORD;
        if !self.end.is_null() && self.end.has(PREVIOUS_FREE) {
            missing = missing.saturating_sub(self.end.previous_size());
        }
        let claim = |span: &mut Span| span.claim(pages, missing);
        // SAFETY: `claim` calls nothing but `pages`.
        let Some((start, len)) = (unsafe { pages.unclaimed().with(claim) }) else { return false };
        let block;
        if !self.end.is_null() && self.end.payload() == start {
            block = self.end;
            block.set_word(block.word() + len);
        } else if len < MIN + 2 * WORD {
            return true;
        } else {
            // SAFETY: the span is ours, its start is a multiple of 16, and it holds more than a word.
            unsafe { start.cast::<*mut u8>().write(self.region) }
            self.region = start;
            block = Block::at(start.wrapping_add(WORD));
            block.set_word((len - 2 * WORD) | USED);
        }
        self.end = block.next();
        self.end.set_word(USED);
        self.free(block);
        true
    }

    /// Makes a block of `whole` bytes, in no list, a used one of `size` bytes; what is over becomes free, if it is
    /// enough for a block. Only the block's PREVIOUS_FREE has to be right before.
    fn set_used(&mut self, block: Block, whole: usize, size: usize) {
        let flags = block.word() & PREVIOUS_FREE | USED;
        if whole - size < MIN {
            block.set_word(whole | flags);
            let next = block.after(whole);
            next.set_word(next.word() & !PREVIOUS_FREE);
        } else {
            block.set_word(size | flags);
            let rest = block.after(size);
            rest.set_word((whole - size) | USED);
            self.free(rest);
        }
    }

    /// Makes a block between used neighbours a free one of `size` bytes, and pushes it.
    fn set_free(&mut self, block: Block, size: usize) {
        block.set_word(size);
        let next = block.after(size);
        next.set_previous_size(size);
        next.set_word(next.word() | PREVIOUS_FREE);
        let class = class(size);
        let head = self.lists[class];
        block.set_link(NEXT, head);
        block.set_link(PREVIOUS, Block::NULL);
        if !head.is_null() {
            head.set_link(PREVIOUS, block);
        }
        self.lists[class] = block;
        self.map |= 1 << class;
    }

    /// Takes a free block out of its list.
    fn unlink(&mut self, block: Block) {
        let (next, previous) = (block.link(NEXT), block.link(PREVIOUS));
        if !next.is_null() {
            next.set_link(PREVIOUS, previous);
        }
        if previous.is_null() {
            let class = class(block.size());
            self.lists[class] = next;
            if next.is_null() {
                self.map &= !(1 << class);
            }
        } else {
            previous.set_link(NEXT, next);
        }
    }

    /// Counts what there is, or says which invariant does not hold, and the payload of which block shows it.
    fn check(&self) -> Result<Usage, (&'static str, *mut u8)> {
        macro_rules! ensure {
            ($holds:expr, $invariant:literal, $block:expr) => {
                if !$holds {
                    return Err(($invariant, $block.payload()));
                }
            };
        }
        let mut usage = Usage::default();
        let mut region = self.region;
        while !region.is_null() {
            usage.regions += 1;
            let mut block = Block::at(region.wrapping_add(WORD));
            let mut previous_free = false;
            loop {
                let (size, free) = (block.size(), !block.has(USED));
                ensure!(block.has(PREVIOUS_FREE) == previous_free, "3: PREVIOUS_FREE is wrong", block);
                if size == 0 {
                    break;
                }
                ensure!(size % GRANULE == 0 && size >= MIN, "1: no block has this size", block);
                if free {
                    ensure!(!previous_free, "2: two neighbours are free", block);
                    ensure!(block.after(size).previous_size() == size, "3: the last word is not the size", block);
                    let previous = block.link(PREVIOUS);
                    let to = if previous.is_null() { self.lists[class(size)] } else { previous.link(NEXT) };
                    ensure!(to == block, "4: no link leads here", block);
                    usage.free_blocks += 1;
                    usage.free_size += size;
                } else {
                    usage.used_blocks += 1;
                    usage.used_size += size;
                }
                previous_free = free;
                block = block.after(size);
            }
            ensure!(region != self.region || block == self.end, "1: the newest region does not end here", block);
            // SAFETY: a region starts with the link that `grow` wrote.
            region = unsafe { region.cast::<*mut u8>().read() };
        }
        let mut linked = 0;
        for (index, &list) in self.lists.iter().enumerate() {
            ensure!((self.map >> index & 1 == 1) != list.is_null(), "5: the bit of this list is wrong", list);
            let mut block = list;
            while !block.is_null() {
                ensure!(!block.has(USED) && class(block.size()) == index, "4: this is in a list of others", block);
                linked += 1;
                ensure!(linked <= usage.free_blocks, "4: this is in two lists, or in a ring", block);
                block = block.link(NEXT);
            }
        }
        ensure!(linked == usage.free_blocks, "4: a free block is in no list", self.end);
        Ok(usage)
    }
}

// SAFETY: by invariant 1 a used block is in no other block and in no list, so it is handed out once, until it is freed.
// Its payload has at least the layout's size and is at a multiple of its alignment. Only `check` panics.
unsafe impl<P: Pages> GlobalAlloc for Heap<P> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: `State::alloc` calls nothing but the source, which does not call back.
        unsafe { self.state.with(|state| state.alloc(&self.pages, layout)) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, _: Layout) {
        // SAFETY: `free` calls nothing outside.
        unsafe { self.state.with(|state| state.free(Block::of_payload(ptr))) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let block = Block::of_payload(ptr);
        let resize = |state: &mut State| {
            if state.resize(&self.pages, block, block_size(new_size)) {
                return ptr;
            }
            // SAFETY: the caller keeps `new_size`, rounded up to the alignment, within `isize::MAX`.
            let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
            let new = state.alloc(&self.pages, new_layout);
            if !new.is_null() {
                // SAFETY: both blocks are used, so they are disjoint, and the new one is larger: shrinking stays.
                unsafe { ptr::copy_nonoverlapping(ptr, new, layout.size()) }
                state.free(block);
            }
            new
        };
        // SAFETY: `resize` calls nothing but the source, which does not call back.
        unsafe { self.state.with(resize) }
    }
}
