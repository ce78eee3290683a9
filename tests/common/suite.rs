//! The conformance suite of the allocators: one text, run natively over an arena and inside wasm over linear memory.
//!
//! It keeps its own books in arrays of fixed size, because inside a module the allocator under test is the only one.
//! Every live block is filled with a pattern of its own, and all of its bytes are compared before it is freed and
//! around each `realloc`; every new block is held against all live ones. Nothing depends on anything but the seed.
//!
//! An allocator is asked for what its [`Profile`] says. A part that fails returns a [`Failure`]: a guest passes its
//! numbers out, so that no formatting code is needed there.

#![allow(dead_code, reason = "each test takes the profiles that it needs")]

use core::alloc::{GlobalAlloc, Layout};
use core::panic::Location;
use core::{ptr, slice};
use linmem::{PAGE, Usage};

/// The memory under the allocators.
pub trait World {
    /// Number of pages, whoever grew them.
    fn pages(&self) -> usize;

    /// How many pages there can be. None if that is unknown: then memory does not run out.
    fn limit(&self) -> Option<usize>;

    /// Grows `count` pages as somebody else would, who fills them. False if there is no room.
    fn foreign(&self, count: usize) -> bool;

    /// How many runs of pages others had grown when those were `size` bytes in all. None if they never were.
    fn foreign_runs(&self, size: usize) -> Option<usize>;

    /// Whether what others own is as they left it.
    fn foreign_intact(&self) -> bool;

    /// Whether an allocator may hand out the `size` bytes at `block`.
    fn holds(&self, block: *mut u8, size: usize) -> bool;
}

/// What is asked of an allocator beyond blocks that are aligned, disjoint and left alone.
#[derive(Clone, Copy)]
pub struct Profile {
    /// Memory of freed blocks is used again, in whatever order they were freed.
    pub reuses: bool,
    /// The newest block, freed, gives its place to the next; resized, it stays where it is.
    pub last_in_place: bool,
    /// Freed neighbours are coalesced: when all is freed, so many sixteenths of it can be one block.
    pub joins: usize,
    /// The same requests over again need no more pages.
    pub steady: bool,
    /// A request is refused only if fewer than this many times its own pages are left. None: at any time.
    pub demand: Option<usize>,
    /// A request is rounded up by at most the quarter of its size.
    pub rounds: bool,
    /// Bytes to a page of memory that are kept for books, and are not left for requests.
    pub books: usize,
}

/// All that the suite knows to ask.
///
/// Three quarters of a run are no more than the whole of it when they are rounded up.
pub const HEAP: Profile = Profile {
    reuses: true,
    last_in_place: true,
    joins: 12,
    steady: true,
    demand: Some(1),
    rounds: true,
    books: PAGE / 64,
};

/// Forgets every block that is freed and is not the last.
pub const BUMP: Profile =
    Profile { reuses: false, last_in_place: true, joins: 0, steady: false, demand: Some(1), rounds: false, books: 0 };

/// Has bookkeeping of its own at the end of what it grows, and places blocks as it likes.
pub const DLMALLOC: Profile =
    Profile { reuses: true, last_in_place: false, joins: 16, steady: true, demand: Some(2), rounds: false, books: 0 };

/// Leaks, keeps small blocks apart from large ones for ever, and has returned null with memory left: it is asked for
/// nothing but correct blocks.
pub const WEE_ALLOC: Profile =
    Profile { reuses: false, last_in_place: false, joins: 0, steady: false, demand: None, rounds: false, books: 0 };

/// `Checked`, over whatever allocator: freed blocks wait, and each has a header and guards.
pub const CHECKED: Profile = WEE_ALLOC;

/// The allocator of another crate that stands for all of them.
pub const FOREIGN: Profile = DLMALLOC;

/// Two `Heap`s over one memory: their blocks alternate, so those of one do not join over the other's, and one may leave
/// no room for the other's books.
pub const TWO_HEAPS: Profile = Profile { last_in_place: false, joins: 0, steady: false, demand: Some(2), ..HEAP };

/// Two allocators over one memory of which one is a `Bump`, which forgets.
pub const WITH_BUMP: Profile = Profile { reuses: false, ..TWO_HEAPS };

/// A part of the suite that did not go as it must.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Line of this file.
    pub line: u32,
    /// How many blocks were asked for, resized or freed before.
    pub step: u32,
    /// What is wrong.
    pub what: &'static str,
}

type Outcome<T = ()> = Result<T, Failure>;

/// Allocators and what to do with them.
pub struct Test<'a> {
    /// One, or several over the same memory.
    pub allocators: &'a [&'a dyn GlobalAlloc],
    pub profile: Profile,
    pub world: &'a dyn World,
    /// Whether the allocators are whole when nothing is allocated.
    pub whole: &'a dyn Fn() -> bool,
    /// Whether nothing was allocated before.
    pub fresh: bool,
    /// How often to do what is done in a loop.
    pub rounds: usize,
    /// The largest block of the ordinary requests.
    pub largest: usize,
    pub seed: u32,
}

/// Whether a heap with nothing allocated is whole, when all is coalesced: only others have something in between, and no
/// more runs are left than they divide. A run is listed in pieces, of which each is at least four fifths of what is left.
///
/// Behind the pages of others the bits have no room until the heap grows memory again; then nothing is coalesced, and no
/// runs are counted.
pub fn is_whole(usage: Usage, world: &dyn World) -> bool {
    let Some(runs) = world.foreign_runs(usage.used_size) else { return false };
    let coalesced = usage.free_blocks <= 13 * usage.runs && usage.runs <= runs;
    coalesced || runs > 0 && usage.runs == 0
}

/// Something to do with allocators.
pub type Part = fn(&Test) -> Outcome;

/// The parts, to be run one by one over fresh memory, or one after another over the same.
pub const PARTS: &[(&str, Part)] = &[
    ("blocks_have_their_size_and_alignment", sizes_and_alignments),
    ("zeroed_blocks_are_zero", zeroed),
    ("blocks_freed_newest_first", newest_first),
    ("blocks_freed_oldest_first", oldest_first),
    ("the_newest_block_is_resized_in_place", in_place),
    ("vectors_that_grow_in_turn", vectors),
    ("huge_requests_are_refused", huge),
    ("others_grow_memory_in_between", foreign),
    ("the_same_requests_need_the_same_memory", steady),
    ("random_requests", random),
    ("memory_runs_out", out_of_memory),
];

macro_rules! ensure {
    ($live:expr, $condition:expr, $what:literal) => {
        if !$condition {
            return Err(Failure { line: Location::caller().line(), step: $live.step, what: $what });
        }
    };
}

/// Marsaglia's xorshift with 32 bits.
struct Random(u32);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        ((u64::from(self.next()) * end as u64) >> 32) as usize
    }

    /// From 1 to `largest`, small ones as often as large ones.
    fn size(&mut self, largest: usize) -> usize {
        let bits = self.below(largest.ilog2() as usize + 2);
        (1 + self.below(1 << bits)).min(largest)
    }
}

#[derive(Clone, Copy)]
struct Block {
    ptr: *mut u8,
    size: usize,
    align: usize,
    key: u32,
    /// Which of the allocators it is from.
    owner: usize,
}

impl Block {
    const NONE: Self = Self { ptr: ptr::null_mut(), size: 0, align: 1, key: 0, owner: 0 };

    fn layout(&self) -> Layout {
        Layout::from_size_align(self.size, self.align).expect("blocks have layouts")
    }

    /// What the block is filled with, in pieces: each with its offset in the block.
    fn pieces(&self, size: usize) -> impl Iterator<Item = (usize, &'static [u8])> {
        let mut offset = 0;
        let mut from = self.key as usize % PATTERN.len();
        core::iter::from_fn(move || {
            let piece = &PATTERN[from..][..(size - offset).min(PATTERN.len() - from)];
            let item = (offset, piece);
            (offset, from) = (offset + piece.len(), 0);
            if piece.is_empty() { None } else { Some(item) }
        })
    }

    fn fill(&self) {
        for (offset, piece) in self.pieces(self.size) {
            // SAFETY: the block is live, and the pieces are `size` bytes in all.
            unsafe { ptr::copy_nonoverlapping(piece.as_ptr(), self.ptr.wrapping_add(offset), piece.len()) }
        }
    }

    /// Whether the first `size` bytes at `ptr` are those of this block.
    fn is_at(&self, ptr: *mut u8, size: usize) -> bool {
        self.pieces(size).all(|(offset, piece)| {
            // SAFETY: `ptr` leads to a live block of at least `size` bytes, which are written.
            let bytes = unsafe { slice::from_raw_parts(ptr.wrapping_add(offset), piece.len()) };
            same(bytes, piece)
        })
    }

    fn is_zero(&self) -> bool {
        (0..self.size).step_by(ZEROS.len()).all(|offset| {
            let len = ZEROS.len().min(self.size - offset);
            // SAFETY: a zeroed block is live and all of its bytes are written.
            let bytes = unsafe { slice::from_raw_parts(self.ptr.wrapping_add(offset), len) };
            same(bytes, &ZEROS[..len])
        })
    }
}

static ZEROS: [u8; 1024] = [0; 1024];

/// Bytes that blocks are filled with, from an offset of their own on, over and over. The length is a prime, so no block
/// is moved by a multiple of it unseen.
static PATTERN: [u8; 4093] = {
    let mut bytes = [0; 4093];
    let mut random = 0x2545_F491_u32;
    let mut index = 0;
    while index < bytes.len() {
        random = random.wrapping_mul(0x9E37_79B9).wrapping_add(0x7F4A_7C15);
        bytes[index] = (random >> 24) as u8;
        index += 1;
    }
    bytes
};

/// Whether two slices of the same length are equal.
fn same(a: &[u8], b: &[u8]) -> bool {
    if cfg!(not(target_family = "wasm")) {
        return a == b;
    }
    // What slices are compared with inside a module goes byte by byte: eight at a time are faster in an interpreter.
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let word = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap_or_default());
    a.remainder() == b.remainder() && a.zip(b).all(|(a, b)| word(a) == word(b))
}

/// Most blocks that are live at a time.
const MOST: usize = 512;

/// The live blocks, oldest first.
struct Live<'a> {
    test: &'a Test<'a>,
    blocks: [Block; MOST],
    len: usize,
    random: Random,
    step: u32,
}

impl<'a> Live<'a> {
    fn new(test: &'a Test<'a>) -> Self {
        Self { test, blocks: [Block::NONE; MOST], len: 0, random: Random(test.seed | 1), step: 0 }
    }

    fn owner(&self, block: Block) -> &'a dyn GlobalAlloc {
        self.test.allocators[block.owner]
    }

    /// Asks one of the allocators for a block. False if there is no memory.
    #[track_caller]
    fn alloc(&mut self, size: usize, align: usize) -> Outcome<bool> {
        self.take(size, align, false)
    }

    #[track_caller]
    fn take(&mut self, size: usize, align: usize, zeroed: bool) -> Outcome<bool> {
        let owner = self.random.below(self.test.allocators.len());
        self.take_from(owner, size, align, zeroed)
    }

    #[track_caller]
    fn take_from(&mut self, owner: usize, size: usize, align: usize, zeroed: bool) -> Outcome<bool> {
        ensure!(self, self.len < MOST, "the suite has no room for another block");
        let mut block = Block { ptr: ptr::null_mut(), size, align, key: self.random.next(), owner };
        let allocator = self.owner(block);
        let layout = Layout::from_size_align(size, align);
        ensure!(self, layout.is_ok(), "the suite asked for what is no layout");
        self.step += 1;
        block.ptr = if zeroed {
            // SAFETY: the size is not 0.
            unsafe { allocator.alloc_zeroed(block.layout()) }
        } else {
            // SAFETY: as above.
            unsafe { allocator.alloc(block.layout()) }
        };
        if block.ptr.is_null() {
            self.refused(size, align)?;
            return Ok(false);
        }
        self.accept(block)?;
        ensure!(self, !zeroed || block.is_zero(), "a zeroed block is not zero");
        block.fill();
        self.blocks[self.len] = block;
        self.len += 1;
        Ok(true)
    }

    /// Asks for a block that must be there.
    #[track_caller]
    fn need(&mut self, size: usize, align: usize) -> Outcome {
        let got = self.alloc(size, align)?;
        ensure!(self, got || self.test.profile.demand.is_none(), "a request was refused");
        Ok(())
    }

    /// Frees the block at `index`.
    #[track_caller]
    fn free(&mut self, index: usize) -> Outcome {
        let block = self.blocks[index];
        ensure!(self, block.is_at(block.ptr, block.size), "a block was written to before it was freed");
        self.step += 1;
        // SAFETY: the block is live, is its owner's, and has this layout.
        unsafe { self.owner(block).dealloc(block.ptr, block.layout()) }
        self.blocks.copy_within(index + 1..self.len, index);
        self.len -= 1;
        Ok(())
    }

    /// Resizes the block at `index`. False if there is no memory; then it is as it was.
    #[track_caller]
    fn realloc(&mut self, index: usize, size: usize) -> Outcome<bool> {
        let old = self.blocks[index];
        ensure!(self, old.is_at(old.ptr, old.size), "a block was written to before it was resized");
        let layout = Layout::from_size_align(size, old.align);
        ensure!(self, layout.is_ok(), "the suite asked for what is no layout");
        self.step += 1;
        // SAFETY: the block is live, is its owner's, and has this layout; the new size is not 0 and makes a layout.
        let ptr = unsafe { self.owner(old).realloc(old.ptr, old.layout(), size) };
        if ptr.is_null() {
            self.refused(size, old.align)?;
            ensure!(self, old.is_at(old.ptr, old.size), "a block that could not be resized was written to");
            return Ok(false);
        }
        // The old one is no longer live.
        self.blocks[index] = Block::NONE;
        let new = Block { ptr, size, key: self.random.next(), ..old };
        self.accept(new)?;
        ensure!(self, old.is_at(ptr, size.min(old.size)), "a resized block lost its bytes");
        new.fill();
        self.blocks[index] = new;
        Ok(true)
    }

    /// Checks a new block's place.
    #[track_caller]
    fn accept(&self, block: Block) -> Outcome {
        let (start, size) = (block.ptr.addr(), block.size);
        ensure!(self, start % block.align == 0, "a block is not aligned");
        ensure!(self, self.test.world.holds(block.ptr, size), "a block lies where no allocator may hand out memory");
        let disjoint = |other: &Block| start + size <= other.ptr.addr() || other.ptr.addr() + other.size <= start;
        ensure!(self, self.blocks[..self.len].iter().all(disjoint), "a block overlaps another");
        Ok(())
    }

    /// Checks that a request could be refused.
    #[track_caller]
    fn refused(&self, size: usize, align: usize) -> Outcome {
        let Some(demand) = self.test.profile.demand else { return Ok(()) };
        let limit = self.test.world.limit().unwrap_or(usize::MAX);
        let books = (limit.min(1 << 16)) * self.test.profile.books;
        let quarter = if self.test.profile.rounds { size / 4 } else { 0 };
        let own = size.saturating_add(quarter).saturating_add(align + 128 + books) / PAGE + 1;
        let left = limit - self.test.world.pages();
        ensure!(self, left < own.saturating_mul(demand), "a request was refused with memory left");
        Ok(())
    }

    /// Checks all bytes of all blocks, and the memory of others.
    #[track_caller]
    fn verify(&self) -> Outcome {
        let intact = self.blocks[..self.len].iter().all(|block| block.is_at(block.ptr, block.size));
        ensure!(self, intact, "a block was written to");
        ensure!(self, self.test.world.foreign_intact(), "memory of others was written to");
        Ok(())
    }

    #[track_caller]
    fn free_newest_first(&mut self) -> Outcome {
        while self.len > 0 {
            self.free(self.len - 1)?;
        }
        self.end()
    }

    #[track_caller]
    fn free_oldest_first(&mut self) -> Outcome {
        while self.len > 0 {
            self.free(0)?;
        }
        self.end()
    }

    #[track_caller]
    fn free_all(&mut self) -> Outcome {
        while self.len > 0 {
            let index = self.random.below(self.len);
            self.free(index)?;
        }
        self.end()
    }

    /// Checks that nothing is left of what was freed.
    #[track_caller]
    fn end(&self) -> Outcome {
        ensure!(self, self.test.world.foreign_intact(), "memory of others was written to");
        ensure!(self, (self.test.whole)(), "all is freed, but the heap is not whole");
        Ok(())
    }
}

/// Every alignment beside every other, with sizes around all that an allocator may round to.
fn sizes_and_alignments(test: &Test) -> Outcome {
    const SIZES: [usize; 24] = [
        1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 100, 255, 1000, 1024, 4095, 4097, 20_000, 65_535, 65_537,
        300_000,
    ];
    let live = &mut Live::new(test);
    for (round, &size) in SIZES.iter().filter(|&&size| size <= test.largest).enumerate() {
        for log in 0..=16 {
            // Upwards, downwards, and mixed.
            let log = [log, 16 - log, log * 5 % 17][round % 3];
            live.need(size, 1 << log)?;
        }
        live.verify()?;
        match round % 4 {
            0 => live.free_newest_first()?,
            1 => live.free_oldest_first()?,
            2 => live.free_all()?,
            _ => {
                for _ in 0..8 {
                    let index = live.random.below(live.len.max(1));
                    if index < live.len {
                        live.free(index)?;
                    }
                }
                for log in 0..8 {
                    live.need(size, 1 << log)?;
                }
                live.free_newest_first()?;
            }
        }
    }
    Ok(())
}

/// Zeroed blocks where filled ones were.
fn zeroed(test: &Test) -> Outcome {
    let live = &mut Live::new(test);
    for round in 0..8 {
        for _ in 0..16 {
            let size = live.random.size(test.largest / 16 + 1);
            let align = 1 << live.random.below(8);
            live.take(size, align, round % 2 == 1)?;
        }
        live.free_newest_first()?;
    }
    Ok(())
}

fn newest_first(test: &Test) -> Outcome {
    let live = &mut Live::new(test);
    let mut first = ptr::null_mut();
    for round in 0..test.rounds.div_ceil(100) {
        for step in 0..50 {
            let size = live.random.size(test.largest / 4 + 1).next_multiple_of(16);
            if !live.alloc(size, 16)? {
                break;
            }
            if step == 0 && round == 0 {
                first = live.blocks[0].ptr;
            }
        }
        let same = live.len > 0 && live.blocks[0].ptr == first;
        ensure!(live, same || !test.fresh || !test.profile.last_in_place, "what was freed is not taken again");
        live.free_newest_first()?;
    }
    Ok(())
}

fn oldest_first(test: &Test) -> Outcome {
    let live = &mut Live::new(test);
    for _ in 0..test.rounds / 2 {
        let size = live.random.size(test.largest / 64 + 1);
        let align = 1 << live.random.below(5);
        live.alloc(size, align)?;
        if live.len == 40 {
            live.free(0)?;
        }
    }
    live.verify()?;
    live.free_oldest_first()
}

fn in_place(test: &Test) -> Outcome {
    if !test.fresh || !test.profile.last_in_place {
        return Ok(());
    }
    let live = &mut Live::new(test);
    live.need(100, 8)?;
    for align in [1, 8, 16, 64, 4096] {
        live.need(16, align)?;
        let index = live.len - 1;
        let ptr = live.blocks[index].ptr;
        // Across several pages, and back.
        for size in [17, 40, 1000, 65_536, 65_537, 200_000, 200_008, 199_999, 70_000, 33, 16, 1, 3] {
            if size > test.largest * 20 {
                continue;
            }
            let grown = live.realloc(index, size)?;
            ensure!(live, grown, "a request was refused");
            ensure!(live, live.blocks[index].ptr == ptr, "the newest block has moved");
        }
    }
    live.verify()?;
    live.free_newest_first()
}

/// Four vectors that are pushed to in turn, each twice as large when it is full, then all shrunk.
fn vectors(test: &Test) -> Outcome {
    let live = &mut Live::new(test);
    for _ in 0..4 {
        live.need(8, 8)?;
    }
    let mut len = [0; 4];
    for push in 0.. {
        let index = push % 4;
        if index >= live.len || len[index] >= test.largest / 8 {
            break;
        }
        len[index] += 1 + push % 13;
        while len[index] > live.blocks[index].size {
            let size = live.blocks[index].size;
            // A vector doubles; the other two grow by half, as some do.
            let size = if index < 2 { size * 2 } else { size + size / 2 };
            if !live.realloc(index, size)? {
                len[index] = live.blocks[index].size;
            }
        }
    }
    live.verify()?;
    for (index, len) in len.into_iter().enumerate().take(live.len) {
        let size = len.clamp(1, live.blocks[index].size);
        let shrunk = live.realloc(index, size)?;
        ensure!(live, shrunk || test.profile.demand.is_none(), "a block could not be made smaller");
    }
    live.verify()?;
    live.free_all()
}

/// What no memory can hold: null, and nothing has changed.
fn huge(test: &Test) -> Outcome {
    const MAX: usize = isize::MAX as usize;
    let live = &mut Live::new(test);
    for _ in 0..8 {
        let size = live.random.size(test.largest);
        live.need(size, 8)?;
    }
    let most = test.world.limit().map_or(1 << (usize::BITS - 8), |limit| limit * PAGE);
    let pages = test.world.pages();
    // An interpreter takes long to look for what is not there.
    for log in (0..=16).step_by(if cfg!(miri) { 8 } else { 1 }) {
        let align = 1 << log;
        let top = MAX - (align - 1);
        let edges = [MAX / 2, MAX / 4 * 3, 1 << 31, u32::MAX as usize, (u32::MAX as usize).wrapping_add(1), most];
        let sizes = (0..17)
            .map(|less| top - less)
            .chain((0..6).map(|edge| top - edge * PAGE))
            .chain(edges)
            .chain(edges.map(|edge| edge.saturating_sub(1)))
            .chain(edges.map(|edge| edge.saturating_add(1)));
        for size in sizes.filter(|&size| size >= most && size <= top) {
            let got = live.take(size, align, size % 2 == 0)?;
            ensure!(live, !got, "a huge request was met");
            // Only a block of this alignment can be resized with it.
            let index = live.random.below(live.len.max(1));
            if index < live.len && size <= MAX - 7 {
                let grown = live.realloc(index, size)?;
                ensure!(live, !grown, "a huge request was met");
            }
        }
    }
    ensure!(live, test.world.pages() == pages, "a huge request grew memory");
    live.verify()?;
    live.need(100, 8)?;
    live.free_all()
}

fn foreign(test: &Test) -> Outcome {
    let live = &mut Live::new(test);
    for round in 0..24 {
        let size = [PAGE, PAGE / 2, 3 * PAGE, 40, PAGE - 16, 2 * PAGE - 8][round % 6] + live.random.below(64);
        let size = size.min(test.largest * 2);
        live.alloc(size, 1 << live_log(round))?;
        if round % 2 == 0 {
            test.world.foreign(1 + round % 3);
        }
        if round % 3 == 0 && live.len > 0 {
            // The newest first, whose room ends where the others' pages begin.
            let index = live.len - 1;
            live.realloc(index, size + PAGE)?;
        }
        if round % 5 == 0 && live.len > 2 {
            live.free(live.len / 2)?;
        }
        if round % 4 == 3 {
            live.verify()?;
        }
    }
    live.free_all()
}

fn live_log(round: usize) -> usize {
    [3, 0, 12, 4, 16, 6, 2][round % 7]
}

fn steady(test: &Test) -> Outcome {
    if !test.profile.steady {
        return Ok(());
    }
    let live = &mut Live::new(test);
    let mut pages = 0;
    for round in 0..5 {
        live.random = Random(test.seed | 1);
        for _ in 0..test.rounds / 10 {
            one_of_all(live, 100, test.largest / 64 + 1)?;
        }
        live.free_all()?;
        if round == 0 {
            pages = test.world.pages();
        }
        ensure!(live, test.world.pages() == pages, "the same requests need more memory the second time");
    }
    Ok(())
}

/// Allocates, frees or resizes, with at most `most` blocks live.
#[track_caller]
fn one_of_all(live: &mut Live, most: usize, largest: usize) -> Outcome {
    let choice = live.random.below(16);
    if live.len == 0 || choice < 7 && live.len < most {
        let size = live.random.size(largest);
        let log = if choice == 0 { live.random.below(17) } else { live.random.below(5) };
        live.take(size, 1 << log, choice == 1)?;
    } else if choice < 12 {
        // The newest as often as all the others.
        let index = if choice & 1 == 0 { live.len - 1 } else { live.random.below(live.len) };
        live.free(index)?;
    } else {
        let index = if choice & 1 == 0 { live.len - 1 } else { live.random.below(live.len) };
        let size = live.random.size(largest);
        live.realloc(index, size)?;
    }
    Ok(())
}

fn random(test: &Test) -> Outcome {
    let live = &mut Live::new(test);
    for round in 0..test.rounds {
        // Mostly small ones, as programs have them; a large one now and then.
        let largest = if round % 64 == 0 { test.largest } else { test.largest / 256 + 16 };
        one_of_all(live, 200, largest)?;
        if round % 256 == 255 {
            live.verify()?;
        }
        if round % 512 == 300 {
            test.world.foreign(1);
        }
    }
    live.verify()?;
    live.free_all()
}

/// Takes all that there is, in blocks from large to small, until every allocator refuses.
#[track_caller]
fn exhaust(live: &mut Live) -> Outcome {
    let mut size = live.test.world.limit().map_or(live.test.largest, |limit| limit * PAGE / 64);
    while size > 0 {
        for owner in 0..live.test.allocators.len() {
            while live.len < MOST && live.take_from(owner, size, 8, false)? {}
        }
        size /= 2;
    }
    live.verify()
}

fn out_of_memory(test: &Test) -> Outcome {
    let Some(limit) = test.world.limit() else { return Ok(()) };
    let live = &mut Live::new(test);
    exhaust(live)?;
    ensure!(live, live.len > 4 && live.len < MOST, "the suite could not take all memory with the blocks that it has");
    let total: usize = live.blocks[..live.len].iter().map(|block| block.size).sum();
    for index in 0..live.len {
        let grown = live.realloc(index, limit * PAGE / 2)?;
        ensure!(live, !grown || total < limit * PAGE / 2, "there was memory left");
        let got = live.take(limit * PAGE / 64, 8, index % 2 == 0)?;
        ensure!(live, !got || test.profile.demand.is_none(), "there was memory left");
    }
    live.verify()?;
    if test.profile.reuses {
        // Every other block, so that one allocator's have no free neighbour; then the same sizes again, in this order.
        let mut freed = [Block::NONE; MOST / 2];
        let count = live.len / 2;
        for (index, block) in freed[..count].iter_mut().enumerate() {
            *block = live.blocks[index];
            live.free(index)?;
        }
        live.verify()?;
        // With several allocators, two blocks that lie side by side may both have been freed, have joined, and have been
        // split again at another place.
        let may_miss = if test.allocators.len() == 1 { 0 } else { count / 8 };
        let mut missed = 0;
        for block in &freed[..count] {
            let got = live.take_from(block.owner, block.size, block.align, false)?;
            missed += usize::from(!got);
            ensure!(live, missed <= may_miss, "what was freed is not found again");
        }
        live.verify()?;
    }
    if test.profile.last_in_place {
        let newest = live.blocks[live.len - 1];
        live.free(live.len - 1)?;
        let got = live.take_from(newest.owner, newest.size, newest.align, false)?;
        ensure!(live, got, "what was freed is not found again");
    }
    live.free_all()?;
    if test.profile.joins > 0 {
        live.need(total / 16 * test.profile.joins, 8)?;
        live.free_all()?;
    }
    // From the start again, and with what is left after others took some.
    exhaust(live)?;
    live.free_all()
}
