//! What the bytes of a fuzzer mean: operations on allocators over one memory, held against a model.
//!
//! The fuzz target and a test of the stable toolchain (`tests/fuzz_corpus.rs`) run the same text. The first two bytes
//! say which allocators there are, and how much memory; then come operations of one to three bytes, up to the end.
//!
//! The model is an ordered map of the live blocks. Every new block lies in memory that the allocators own, is aligned
//! and is disjoint from its neighbours in the map; every block holds a pattern, that is compared before it is freed and
//! after it is resized. The heap is checked often. A request may be refused only if too few pages are left. A
//! heap that is alone with its memory uses exactly what its live blocks add up to. In the end all is freed and
//! coalesced, and all of the memory is had again.

#[allow(dead_code, reason = "the other tests take more of it")]
#[path = "../tests/common/arena.rs"]
mod arena;

use arena::Arena;
use linmem::{Bump, Checked, Heap, PAGE, Pages, Unclaimed, Usage};
use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::collections::BTreeMap;

/// Block sizes are multiples of this.
const GRANULE: usize = 2 * size_of::<usize>();
/// How many pages there can be.
const LIMIT: usize = 24;
/// How many blocks can live at once: more than a heap coalesces in one call.
const BLOCKS: usize = 10_000;

/// Bytes that allocators over the system's memory are asked for at most, in all: one of them leaks.
const SYSTEM: usize = 1 << 22;

/// The arena's pages, with a limit that changes.
struct Source<'a> {
    arena: &'a Arena,
    limit: Cell<usize>,
}

impl Source<'_> {
    fn left(&self) -> usize {
        self.limit.get().saturating_sub(self.arena.pages())
    }
}

// SAFETY: this is the arena's source, but for refusing more often.
unsafe impl Pages for &Source<'_> {
    fn unclaimed(&self) -> &Unclaimed {
        self.arena.unclaimed()
    }

    fn slack(&self) -> (*mut u8, usize) {
        self.arena.slack()
    }

    fn at(&self, page: usize) -> *mut u8 {
        self.arena.at(page)
    }

    fn size(&self) -> usize {
        self.arena.size()
    }

    fn grow(&self, count: usize) -> usize {
        if count > self.left() { usize::MAX } else { self.arena.grow(count) }
    }
}

/// One of the allocators.
enum Allocator<'a> {
    Heap(Box<Heap<&'a Source<'a>>>),
    Bump(Bump<&'a Source<'a>>),
    /// One that finds misuse: here, none.
    CheckedHeap(Box<Checked<Heap<&'a Source<'a>>>>),
    CheckedBump(Box<Checked<Bump<&'a Source<'a>>>>),
    /// One of another crate, which takes memory from the system off wasm.
    #[cfg(feature = "dlmalloc")]
    Dlmalloc(linmem::Dlmalloc),
    #[cfg(feature = "wee_alloc")]
    WeeAlloc(Box<linmem::WeeAlloc>),
}

impl Allocator<'_> {
    fn get(&self) -> &dyn GlobalAlloc {
        match self {
            Self::Heap(heap) => &**heap,
            Self::Bump(bump) => bump,
            Self::CheckedHeap(checked) => &**checked,
            Self::CheckedBump(checked) => &**checked,
            #[cfg(feature = "dlmalloc")]
            Self::Dlmalloc(dlmalloc) => dlmalloc,
            #[cfg(feature = "wee_alloc")]
            Self::WeeAlloc(wee_alloc) => &**wee_alloc,
        }
    }

    /// Whether its blocks lie in the arena, and are refused only if that has no room.
    fn is_ours(&self) -> bool {
        matches!(self, Self::Heap(_) | Self::Bump(_)) || self.is_checked()
    }

    fn is_checked(&self) -> bool {
        matches!(self, Self::CheckedHeap(_) | Self::CheckedBump(_))
    }
}

/// A live block.
#[derive(Clone, Copy)]
struct Block {
    ptr: *mut u8,
    layout: Layout,
    fill: u8,
    /// The allocator's index.
    owner: usize,
}

impl Block {
    fn write(&self) {
        // SAFETY: a live block has this size.
        unsafe { self.ptr.write_bytes(self.fill, self.layout.size()) }
    }

    /// Asserts that the first `size` bytes are `fill`.
    fn assert_filled(&self, size: usize, fill: u8) {
        // SAFETY: a live block has at least this size, and was written.
        let bytes = unsafe { std::slice::from_raw_parts(self.ptr, size) };
        let pattern = [fill; 4096];
        assert!(bytes.chunks(4096).all(|part| part == &pattern[..part.len()]), "{:p} was written to", self.ptr);
    }
}

/// The bytes that a heap takes for a block.
fn taken(layout: Layout) -> usize {
    let size = layout.size().next_multiple_of(layout.align());
    let quarter = if size > 1 { (1 << (size - 1).ilog2()) / 4 } else { 1 };
    size.next_multiple_of(quarter.max(GRANULE))
}

/// The fuzzer's bytes.
struct Bytes<'a>(std::slice::Iter<'a, u8>);

impl Bytes<'_> {
    fn next(&mut self) -> Option<usize> {
        self.0.next().copied().map(usize::from)
    }

    /// A size, near one of which there are eight to a doubling: from 1 byte to more than the address space has.
    fn size(&mut self) -> Option<usize> {
        let (kind, near) = (self.next()?, self.next()?);
        let log = match kind >> 3 {
            log @ 0..24 => log,
            log => usize::BITS as usize - 32 + log,
        };
        let size = (((8 | (kind & 7)) as u128) << log) >> 3;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        Some(size.saturating_add_signed(isize::from(near as u8 as i8)).max(1))
    }
}

struct World<'a> {
    source: &'a Source<'a>,
    allocators: Vec<Allocator<'a>>,
    /// The allocator that serves new requests.
    current: usize,
    /// The live blocks by their addresses, and in an order that operations refer to.
    map: BTreeMap<usize, Block>,
    live: Vec<usize>,
    fill: u8,
    foreign_pages: usize,
    /// Bytes that allocators over the system's memory were asked for.
    asked: usize,
}

impl<'a> World<'a> {
    /// Asserts that a new block is what was asked for, and notes it.
    fn add(&mut self, block: Block) {
        let (start, size) = (block.ptr.addr(), block.layout.size());
        assert!(start % block.layout.align() == 0, "{:p} is not aligned for {:?}", block.ptr, block.layout);
        let holds = !self.allocators[block.owner].is_ours() || self.source.arena.holds(block.ptr, size);
        assert!(holds, "{:p} for {size} bytes is not the allocators'", block.ptr);
        if let Some((&before, other)) = self.map.range(..=start).next_back() {
            assert!(before + other.layout.size() <= start, "two blocks at {:p}", block.ptr);
        }
        if let Some((&behind, _)) = self.map.range(start..).next() {
            assert!(start + size <= behind, "{:p} for {size} bytes overlaps the block behind", block.ptr);
        }
        block.write();
        self.map.insert(start, block);
    }

    /// Whether there is memory for a request: the system has no limit that an allocator of another crate could meet.
    fn may_ask(&mut self, owner: usize, layout: Layout) -> bool {
        if !self.allocators[owner].is_ours() {
            self.asked = self.asked.saturating_add(layout.size()).saturating_add(layout.align());
        }
        self.asked < SYSTEM
    }

    /// A request was refused: there is less memory left to grow than it needs.
    fn assert_used_up(&self, owner: usize, layout: Layout) {
        let owner = &self.allocators[owner];
        if !owner.is_ours() {
            return;
        }
        // A header of eight words, which is as long as the align at least, and a guard.
        let more = if owner.is_checked() { layout.align().max(size_of::<[usize; 8]>()) + 8 } else { 0 };
        // With what a larger size is rounded up by.
        let rounded = if owner.is_checked() { taken(layout).saturating_add(more) / 4 } else { 0 };
        let most = taken(layout).saturating_add(more + rounded + layout.align() + 3 * PAGE);
        assert!(self.source.left() * PAGE < most, "{layout:?} is refused with {} pages left", self.source.left());
    }

    fn alloc(&mut self, size: usize, align: usize, zeroed: bool) -> bool {
        let Ok(layout) = Layout::from_size_align(size, align) else { return false };
        if !self.may_ask(self.current, layout) {
            return false;
        }
        let allocator = self.allocators[self.current].get();
        let ptr = if zeroed {
            // SAFETY: the size is not 0.
            unsafe { allocator.alloc_zeroed(layout) }
        } else {
            // SAFETY: the size is not 0.
            unsafe { allocator.alloc(layout) }
        };
        if ptr.is_null() {
            self.assert_used_up(self.current, layout);
            return false;
        }
        self.fill = self.fill.wrapping_add(1);
        let block = Block { ptr, layout, fill: self.fill, owner: self.current };
        let there = !self.allocators[self.current].is_ours() || self.source.arena.holds(ptr, size);
        if zeroed && there {
            block.assert_filled(size, 0);
        }
        self.add(block);
        self.live.push(ptr.addr());
        true
    }

    fn free(&mut self, index: usize) {
        let block = self.map.remove(&self.live.swap_remove(index)).expect("it is live");
        block.assert_filled(block.layout.size(), block.fill);
        // SAFETY: the block is live, and was allocated there with this layout.
        unsafe { self.allocators[block.owner].get().dealloc(block.ptr, block.layout) }
    }

    fn realloc(&mut self, index: usize, size: usize) {
        let old = self.map[&self.live[index]];
        let Ok(layout) = Layout::from_size_align(size, old.layout.align()) else { return };
        if !self.may_ask(old.owner, layout) {
            return;
        }
        // SAFETY: the block is live, and was allocated there with this layout; the new one is valid.
        let ptr = unsafe { self.allocators[old.owner].get().realloc(old.ptr, old.layout, size) };
        if ptr.is_null() {
            // To shrink fails at the limit, too, where no block of the smaller size is to be had.
            self.assert_used_up(old.owner, layout);
            old.assert_filled(old.layout.size(), old.fill);
            return;
        }
        self.map.remove(&old.ptr.addr());
        let new = Block { ptr, layout, ..old };
        if !self.allocators[old.owner].is_ours() || self.source.arena.holds(ptr, size) {
            new.assert_filled(size.min(old.layout.size()), old.fill);
        }
        self.add(new);
        self.live[index] = ptr.addr();
    }

    /// Checks the heaps, and sums up what they use.
    fn check(&self) {
        for allocator in &self.allocators {
            let heap = match allocator {
                Allocator::Heap(heap) => heap,
                Allocator::CheckedHeap(checked) => {
                    checked.check();
                    assert_eq!(checked.statistics().blocks, self.map.len());
                    continue;
                }
                Allocator::CheckedBump(checked) => {
                    checked.check();
                    continue;
                }
                _ => continue,
            };
            let usage = heap.check();
            if self.allocators.len() == 1 && self.foreign_pages == 0 {
                let taken: usize = self.map.values().map(|block| taken(block.layout)).sum();
                assert_eq!(usage.used_size, taken, "{usage:?}");
            }
        }
    }

    /// Runs one operation. None at the end of the bytes.
    fn step(&mut self, bytes: &mut Bytes) -> Option<()> {
        let operation = bytes.next()?;
        let (kind, parameter) = (operation & 15, operation >> 4);
        let align = 1 << [0, 1, 2, 3, 3, 3, 3, 4, 4, 5, 6, 7, 9, 12, 16, 20][parameter];
        match kind {
            0..4 => {
                let size = bytes.size()?;
                if self.live.len() < BLOCKS {
                    self.alloc(size, align, kind == 3);
                }
            }
            4..6 => {
                let index = bytes.next()? | parameter << 8;
                if !self.live.is_empty() {
                    self.free(index % self.live.len());
                }
            }
            6 => {
                for _ in 0..=parameter {
                    if !self.live.is_empty() {
                        self.free(self.live.len() - 1);
                    }
                }
            }
            7..9 => {
                let index = bytes.next()? | parameter << 8;
                let size = bytes.size()?;
                if !self.live.is_empty() {
                    self.realloc(index % self.live.len(), size);
                }
            }
            9 => {
                let size = bytes.size()?;
                if !self.live.is_empty() {
                    self.realloc(self.live.len() - 1, size);
                }
            }
            10 => {
                // Many of one size.
                let count = 1 + bytes.next()?;
                let size = bytes.size()?;
                for _ in 0..count * if parameter > 12 { 16 } else { 1 } {
                    if self.live.len() == BLOCKS || !self.alloc(size, align.min(64), false) {
                        break;
                    }
                }
            }
            11 => {
                // All but every n-th, or every n-th, of those behind a place.
                let from = bytes.next()? * BLOCKS / 256;
                let (all_but, n) = (parameter & 1 != 0, 2 + (parameter >> 1));
                for index in (from..self.live.len()).rev() {
                    if (index % n != 0) == all_but {
                        self.free(index);
                    }
                }
            }
            12 => {
                for allocator in &self.allocators {
                    if let Allocator::Heap(heap) = allocator {
                        heap.coalesce();
                    }
                }
            }
            13 => {
                let count = 1 + (parameter & 3);
                if count <= self.source.left() && self.source.arena.foreign(count) {
                    self.foreign_pages += count;
                }
            }
            14 => self.source.limit.set(LIMIT.min(bytes.next()?)),
            _ => self.current = parameter % self.allocators.len(),
        }
        Some(())
    }

    /// Takes what a heap has, in the largest blocks that it gives, and returns their bytes. The memory cannot grow.
    fn take_all(&mut self) -> usize {
        let mut sum = 0;
        let mut size = (LIMIT * PAGE).next_power_of_two();
        while size >= GRANULE {
            while self.alloc(size, 1, false) {
                sum += size;
            }
            size /= 2;
        }
        sum
    }

    /// Frees all blocks, and takes all of the memory again.
    fn finish(&mut self, oldest_first: bool) {
        if oldest_first {
            self.live.reverse();
        }
        while let Some(index) = self.live.len().checked_sub(1) {
            self.free(index);
        }
        self.check();
        self.source.limit.set(0);
        let alone = self.allocators.len() == 1;
        for current in 0..self.allocators.len() {
            self.current = current;
            let Allocator::Heap(heap) = &self.allocators[current] else { continue };
            heap.coalesce();
            let usage = heap.check();
            if alone {
                self.assert_whole(usage);
            }
            let taken = self.take_all();
            assert!(taken >= usage.free_size, "{taken} of {usage:?}");
            if alone {
                let (start, first) = self.source.slack();
                let slack = self.source.at(first).addr() - start.addr();
                let owned = slack + (self.source.size() - first - self.foreign_pages) * PAGE;
                // A bit for each granule of all pages that the slack or what is behind it has a part of, and more than
                // none are left over.
                let bits = (self.source.size() - start.addr() / PAGE) * (PAGE / (8 * GRANULE));
                assert!(taken + bits + GRANULE >= owned, "{taken} of {owned} bytes are had again: {usage:?}");
            }
        }
        self.check();
        while let Some(index) = self.live.len().checked_sub(1) {
            self.free(index);
        }
        self.check();
    }

    /// Asserts of a heap that is alone, with all freed and coalesced, that nothing is missing.
    fn assert_whole(&self, usage: Usage) {
        let runs = self.source.arena.foreign_runs(usage.used_size);
        assert!(runs.is_some_and(|runs| usage.runs <= runs), "{usage:?}: the heap is not whole");
        // Behind the pages of others there may be no room for the bits.
        assert!(usage.free_blocks == 0 || self.foreign_pages > 0, "{usage:?}: the heap is not coalesced");
    }
}

/// Runs what the bytes say.
///
/// # Panics
///
/// If an allocator did something wrong.
pub fn run(data: &[u8]) {
    let mut bytes = Bytes(data.iter());
    let (Some(kind), Some(pages)) = (bytes.next(), bytes.next()) else { return };
    let slack = [0, 16, 32, 48, 16 * 1001, PAGE - 16, PAGE, 3 * PAGE + 16][kind & 7];
    let arena = Arena::new(slack, LIMIT);
    let source = &Source { arena: &arena, limit: Cell::new(pages.min(LIMIT)) };
    let heap = || Allocator::Heap(Box::new(Heap::over(source)));
    let allocators = match kind >> 3 & 7 {
        0 => vec![heap(), heap()],
        1 => vec![heap(), Allocator::Bump(Bump::over(source))],
        2 => vec![Allocator::Bump(Bump::over(source))],
        3 => vec![Allocator::CheckedHeap(Box::new(Checked::new(Heap::over(source))))],
        4 => vec![Allocator::CheckedBump(Box::new(Checked::new(Bump::over(source))))],
        #[cfg(feature = "dlmalloc")]
        5 => vec![Allocator::Dlmalloc(linmem::Dlmalloc::new())],
        #[cfg(feature = "wee_alloc")]
        6 => vec![Allocator::WeeAlloc(Box::new(linmem::WeeAlloc::new()))],
        _ => vec![heap()],
    };
    let (map, live) = (BTreeMap::new(), Vec::new());
    let mut world = World { source, allocators, current: 0, map, live, fill: 0, foreign_pages: 0, asked: 0 };
    for step in 0.. {
        if world.step(&mut bytes).is_none() {
            break;
        }
        // The walk takes most of the time.
        if step % 4 == 0 {
            world.check();
        }
    }
    world.finish(kind & 64 != 0);
}
