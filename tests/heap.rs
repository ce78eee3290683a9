//! What `Heap` promises beyond the conformance suite: what it joins, what stays in place, how much one call does, what
//! is left when memory runs out; and that `check` fires when something wrote to free memory.
//!
//! All of it runs under Miri too, on 64 and on 32 bits: `cargo +nightly miri test --test heap`.

mod common {
    pub mod arena;
    pub mod blocks;
}

use common::arena::Arena;
use common::blocks::{assert_filled, block, free, layout, refused, resize};
use linmem::{Bump, Heap, PAGE, Pages, Usage};
use std::alloc::GlobalAlloc;
use std::ptr;

/// An interpreter that checks every access is a thousand times slower.
const SLOW: bool = cfg!(miri);
const WORD: usize = size_of::<usize>();
/// Blocks lie at multiples of this, and their sizes are multiples of it.
const GRANULE: usize = 4 * WORD;
/// The largest size that is rounded up to a class: a larger block shrinks where it is.
const LARGEST: usize = GRANULE << 11;
/// How many blocks one call coalesces at most.
const BATCH: usize = 4096;

/// An arena with room for small tests from the start.
fn arena() -> Arena {
    Arena::new(PAGE / 2, 8)
}

/// A heap over an arena. A block was freed before, so all that reuses is at work, whichever test runs first.
fn heap(arena: &Arena) -> Heap<&Arena> {
    let other = &self::arena();
    let other = &Heap::over(other);
    free(other, block(other, 8, 8, 0), 8, 8);
    Heap::over(arena)
}

/// Asserts that nothing is used, when all is coalesced, and that a block of this size is there without growth.
#[track_caller]
fn assert_whole(heap: &Heap<&Arena>, arena: &Arena, size: usize) {
    heap.coalesce();
    let usage = heap.check();
    assert!(arena.foreign_runs(usage.used_size).is_some() && usage.listed_blocks == 0, "{usage:?}");
    let pages = arena.size();
    let all = block(heap, size, 8, 1);
    assert_eq!(arena.size(), pages, "{size} bytes are not in one piece");
    free(heap, all, size, 8);
}

#[test]
fn a_freed_block_serves_the_next_request_of_its_class_and_the_newest_first() {
    let arena = &arena();
    let heap = &heap(arena);
    let blocks = [1, 2, 3].map(|fill| block(heap, 10 * GRANULE, 8, fill));
    let used = heap.check();
    free(heap, blocks[0], 10 * GRANULE, 8);
    free(heap, blocks[2], 10 * GRANULE, 8);
    let usage = heap.check();
    assert_eq!((usage.listed_blocks, usage.listed_size, usage.runs), (2, 20 * GRANULE, 0));
    assert_eq!(usage.used_size, used.used_size - 20 * GRANULE);
    assert_eq!(block(heap, 9 * GRANULE - 3, 8, 4), blocks[2].wrapping_add(0), "another class");
}

#[test]
fn coalesce_joins_both_neighbours_in_any_order() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let arena = &arena();
        let heap = &heap(arena);
        let blocks = [1, 2, 3].map(|fill| block(heap, 64, 8, fill));
        let last = block(heap, 64, 8, 4);
        for index in order {
            free(heap, blocks[index], 64, 8);
            heap.coalesce();
            heap.check();
        }
        let usage = heap.check();
        assert_eq!((usage.runs, usage.runs_size, usage.listed_blocks), (1, last.addr() - blocks[0].addr(), 0));
        assert_eq!(block(heap, usage.runs_size, 8, 5), blocks[0], "it is as long as the three were");
        assert_filled(last, 64, 4);
    }
}

#[test]
fn coalesce_joins_blocks_of_different_sizes_and_their_gaps() {
    let arena = &arena();
    let heap = &heap(arena);
    let sizes = [(1, 1), (40, 8), (3000, 1024), (100, 64), (20_000, 4096), (LARGEST + 1, 8)];
    let blocks = sizes.map(|(size, align)| (block(heap, size, align, 7), size, align));
    for (block, size, align) in blocks {
        free(heap, block, size, align);
    }
    heap.coalesce();
    let usage = heap.check();
    assert_eq!((usage.used_size, usage.listed_blocks, usage.runs), (0, 0, 1));
    assert!(usage.bits_size > 0);
}

#[test]
fn all_that_is_freed_is_one_block_again() {
    let arena = &Arena::new(0, 20);
    let heap = &heap(arena);
    let blocks: Vec<_> = (0..8).map(|fill| block(heap, PAGE, 8, fill)).collect();
    for (fill, &block) in (0..).zip(&blocks) {
        assert_filled(block, PAGE, fill);
        free(heap, block, PAGE, 8);
    }
    assert_whole(heap, arena, 8 * PAGE);
}

#[test]
fn realloc_grows_into_a_run_behind_and_leaves_the_rest() {
    let arena = &arena();
    let heap = &heap(arena);
    let [a, b, c] = [4, 8, 4].map(|granules| block(heap, granules * GRANULE, 8, granules as u8));
    free(heap, b, 8 * GRANULE, 8);
    heap.coalesce();
    assert_eq!(resize(heap, a, 4 * GRANULE, 7 * GRANULE), a);
    assert_eq!(heap.check().runs_size, 5 * GRANULE);
    assert_eq!(resize(heap, a, 7 * GRANULE, 12 * GRANULE), a, "exactly what there is");
    assert_eq!(heap.check().runs, 0);
    assert_filled(a, 4 * GRANULE, 4);
    // Nothing is left behind it: the next step has to move.
    let moved = resize(heap, a, 12 * GRANULE, 13 * GRANULE);
    assert_ne!(moved, a);
    assert_filled(moved, 4 * GRANULE, 4);
    assert_filled(c, 4 * GRANULE, 4);
}

#[test]
fn realloc_moves_when_the_run_behind_is_too_short() {
    let arena = &arena();
    let heap = &heap(arena);
    let [a, b, c] = [1, 2, 3].map(|fill| block(heap, 4 * GRANULE, 8, fill));
    free(heap, b, 4 * GRANULE, 8);
    heap.coalesce();
    let before = heap.check();
    let moved = resize(heap, a, 4 * GRANULE, 10 * GRANULE);
    assert_ne!(moved, a);
    assert_filled(moved, 4 * GRANULE, 1);
    assert_filled(c, 4 * GRANULE, 3);
    let usage = heap.check();
    assert_eq!((usage.runs, usage.runs_size, usage.listed_blocks), (1, before.runs_size, 1), "the run is as it was");
}

#[test]
fn realloc_of_the_last_block_moves_its_end_with_and_without_growth() {
    let arena = &arena();
    let heap = &heap(arena);
    let before = block(heap, 100, 8, 1);
    let last = block(heap, 100, 8, 2);
    assert_eq!(resize(heap, last, 100, 3000), last);
    assert_eq!(arena.size(), 1);
    assert_eq!(resize(heap, last, 3000, 3 * PAGE), last);
    assert_eq!(arena.size(), 1 + 3, "the pages that are missing, and no more");
    assert_eq!(resize(heap, last, 3 * PAGE, 100), last);
    let usage = heap.check();
    assert_eq!((usage.listed_blocks, usage.runs), (0, 0));
    assert_eq!(
        block(heap, 3 * PAGE - 4096, 8, 3).addr(),
        last.addr() + 112_usize.next_multiple_of(GRANULE),
        "what it gave back"
    );
    assert_eq!(arena.size(), 1 + 3);
    assert_filled(before, 100, 1);
    assert_filled(last, 100, 2);
}

#[test]
fn realloc_to_a_smaller_class_moves_if_a_block_is_at_hand_and_else_stays() {
    let arena = &arena();
    let heap = &heap(arena);
    let a = block(heap, 1000, 8, 1);
    let small = block(heap, 100, 8, 2);
    block(heap, 8, 8, 3);
    let used = heap.check().used_size;
    assert_eq!(resize(heap, a, 1000, 100), a, "no block of the size is free");
    assert!(used - heap.check().used_size >= 1000 - 100 - GRANULE);
    assert_eq!(heap.check().listed_blocks, 1, "the rest is free");
    let b = block(heap, 1000, 8, 4);
    free(heap, small, 100, 8);
    block(heap, 8, 8, 5);
    assert_eq!(resize(heap, b, 1000, 100), small, "a block of the size is free");
    assert_filled(small, 100, 4);
    assert_filled(a, 100, 1);
    assert_eq!(block(heap, 1000, 8, 6), b, "the whole block is free");
}

#[test]
fn realloc_of_a_large_block_shrinks_in_place() {
    let arena = &arena();
    let heap = &heap(arena);
    let a = block(heap, LARGEST + 5000, 8, 1);
    block(heap, 8, 8, 2);
    assert_eq!(resize(heap, a, LARGEST + 5000, LARGEST + 100), a);
    let usage = heap.check();
    assert_eq!(usage.listed_blocks, 1);
    assert_eq!(
        usage.listed_size,
        (LARGEST + 5000).next_multiple_of(GRANULE) - (LARGEST + 100).next_multiple_of(GRANULE)
    );
    assert_filled(a, LARGEST + 100, 1);
}

#[test]
fn realloc_within_what_the_size_is_rounded_to_does_nothing() {
    for (size, most) in [(1, GRANULE), (8 * GRANULE + 1, 10 * GRANULE), (LARGEST - 1, LARGEST)] {
        let arena = &arena();
        let heap = &heap(arena);
        let a = block(heap, size, 8, 1);
        block(heap, 8, 8, 2);
        let usage = heap.check();
        assert_eq!(resize(heap, a, size, most), a);
        assert_eq!(resize(heap, a, most, size), a);
        assert_eq!(heap.check(), usage);
        assert_ne!(resize(heap, a, size, most + 1), a, "{most} bytes are all that there are");
    }
}

#[test]
fn blocks_are_rounded_up_as_the_doc_comment_says() {
    let rounded = |size: usize| {
        if size <= 8 * GRANULE || size > LARGEST {
            return size.next_multiple_of(GRANULE);
        }
        let power = 1 << (size - 1).ilog2();
        size.next_multiple_of(power / 4)
    };
    let sizes =
        (1..40).chain((1..15).flat_map(|log| [(8 << log) - 1, 8 << log, (8 << log) + 1, 10 << log, (13 << log) + 1]));
    for size in sizes.step_by(if SLOW { 7 } else { 1 }) {
        let arena = &Arena::new(0, 12);
        let heap = &heap(arena);
        block(heap, size, 1, 1);
        assert_eq!(heap.check().used_size, rounded(size), "{size} bytes");
    }
}

#[test]
fn the_gap_before_an_aligned_block_is_free() {
    let arena = &Arena::new(0, 8);
    let heap = &heap(arena);
    block(heap, 1, 1, 1);
    let aligned = block(heap, PAGE, PAGE, 2);
    let usage = heap.check();
    assert_eq!((usage.listed_blocks, usage.used_size), (1, PAGE + GRANULE));
    heap.coalesce();
    let pages = arena.size();
    let in_gap = block(heap, 40_000, 8, 3);
    assert!(in_gap < aligned && arena.size() == pages, "the gap is not used");
    // Out of a run, an aligned block leaves gaps on both sides.
    free(heap, in_gap, 40_000, 8);
    heap.coalesce();
    let inside = block(heap, 1024, 16 * 1024, 4);
    assert!(inside < aligned);
    assert_eq!(heap.check().runs, 2);
}

#[test]
fn what_others_growth_cuts_off_is_listed_and_their_pages_are_left_alone() {
    let arena = &arena();
    let heap = &heap(arena);
    let a = block(heap, 100, 8, 1);
    assert!(arena.foreign(2));
    let b = block(heap, PAGE, 8, 2);
    assert!(b.addr() - a.addr() > 2 * PAGE, "the block lies behind the pages of others");
    let usage = heap.check();
    assert_eq!(usage.listed_blocks, 1);
    assert_eq!(usage.listed_size, PAGE / 2 - 100_usize.next_multiple_of(GRANULE) - usage.bits_size);
    arena.foreign_untouched();
    free(heap, a, 100, 8);
    free(heap, b, PAGE, 8);
    heap.coalesce();
    let usage = heap.check();
    assert_eq!((usage.used_size, usage.listed_blocks), (2 * PAGE, 0));
    assert_eq!(block(heap, PAGE / 2, 8, 3), a, "all before the pages of others is one run");
}

#[test]
fn the_last_block_moves_when_others_have_grown_memory_behind_it() {
    let arena = &arena();
    let heap = &heap(arena);
    let a = block(heap, 100, 8, 1);
    assert!(arena.foreign(1));
    let moved = resize(heap, a, 100, PAGE);
    assert_ne!(moved, a);
    assert_filled(moved, 100, 1);
    arena.foreign_untouched();
}

#[test]
fn a_text_that_grows_at_the_end_in_every_round_takes_no_new_pages_in_every_round() {
    let arena = &Arena::new(PAGE / 2, 300);
    let heap = &Heap::over(arena);
    let rounds = if SLOW { 20 } else { 200 };
    for round in 0..rounds {
        let parts: Vec<_> = (0..100).map(|part| block(heap, 20 + part % 60, 8, 1)).collect();
        let mut text = block(heap, 8, 8, 2);
        let mut size = 8;
        let end = 40_000 + round % 7 * 9_000;
        while size < end {
            let larger = (2 * size).min(end);
            text = resize(heap, text, size, larger);
            size = larger;
        }
        assert_filled(text, 8, 2);
        for (part, block) in parts.into_iter().enumerate() {
            free(heap, block, 20 + part % 60, 8);
        }
        free(heap, text, size, 8);
    }
    assert!(arena.size() <= 10, "{} pages", arena.size());
}

#[test]
#[cfg_attr(miri, ignore = "so much memory takes minutes there")]
fn memory_is_coalesced_though_others_left_little_behind_their_pages() {
    let arena = &Arena::new(0, 623);
    let heap = &Heap::over(arena);
    let blocks: Vec<_> = (0..2540).map(|_| block(heap, 500, 8, 1)).collect();
    assert!(arena.foreign(600 - arena.size()));
    // SAFETY: the size is not 0.
    let more = unsafe { heap.alloc(layout(60_000, 8)) };
    for block in blocks {
        free(heap, block, 500, 8);
    }
    if !more.is_null() {
        free(heap, more, 60_000, 8);
    }
    heap.coalesce();
    assert_eq!(heap.check().listed_blocks, 0);
    block(heap, 600_000, 8, 2);
}

#[test]
fn a_failed_realloc_leaves_the_block() {
    let arena = &arena();
    let heap = &heap(arena);
    let blocks = [1, 2].map(|fill| block(heap, 5000, 8, fill));
    let pages = arena.size();
    let usage = heap.check();
    for (fill, block) in (1..).zip(blocks) {
        for size in [arena.limit() * PAGE, isize::MAX as usize / 2, isize::MAX as usize - 7] {
            assert!(resize(heap, block, 5000, size).is_null());
            assert_filled(block, 5000, fill);
        }
    }
    assert_eq!(arena.size(), pages);
    assert_eq!(heap.check().used_size, usage.used_size);
}

/// A bump allocator leaves the memory that nobody claimed at any address.
#[test]
fn a_block_behind_a_bump_is_aligned_to_a_granule() {
    for size in 1..if SLOW { 4 } else { 70 } {
        let arena = &arena();
        let (heap, bump) = (&heap(arena), &Bump::over(arena));
        let odd = block(bump, size, 1, 1);
        for fill in 2..6 {
            assert_eq!(block(heap, 40, 1, fill).addr() % GRANULE, 0, "behind a block of {size} bytes");
            heap.check();
        }
        assert_filled(odd, size, 1);
    }
}

/// What one gives back may end where the other's run does, and is not the other's.
#[test]
fn check_holds_when_another_allocator_gives_memory_back_behind_a_run() {
    let arena = &arena();
    let (heap, other, bump) = (&heap(arena), &Heap::over(arena), &Bump::over(arena));
    let before = block(heap, 100, 8, 0);
    free(heap, block(heap, 64, 8, 0), 64, 8);
    heap.coalesce();
    let a = block(heap, 4000, 8, 1);
    let b = block(bump, 4 * GRANULE, 8, 2);
    free(heap, a, 4000, 8);
    heap.coalesce();
    heap.check();
    free(bump, b, 4 * GRANULE, 8);
    heap.check();
    // Taken by another, and given back.
    let c = block(other, 5000, 8, 3);
    other.coalesce();
    free(other, c, 5000, 8);
    other.coalesce();
    other.check();
    heap.check();
    assert_filled(before, 100, 0);
}

#[test]
fn freed_large_blocks_are_found_again_by_requests_of_the_same_size() {
    for size in [LARGEST + GRANULE, LARGEST + LARGEST / 8, 70_000] {
        let arena = &Arena::new(0, if SLOW { 16 } else { 200 });
        let heap = &heap(arena);
        let count = if SLOW { 4 } else { 40 };
        let blocks: Vec<_> = (0..count).map(|_| [block(heap, size, 8, 1), block(heap, 8, 8, 2)][0]).collect();
        for block in blocks {
            free(heap, block, size, 8);
        }
        let pages = arena.size();
        arena.set_full(true);
        for fill in 0..count {
            block(heap, size, 8, fill as u8);
        }
        assert_eq!(arena.size(), pages);
    }
}

#[test]
fn a_full_heap_finds_the_one_block_that_fits_behind_many_that_do_not() {
    let arena = &Arena::new(PAGE / 2, 2);
    let heap = &heap(arena);
    // One list holds runs of both sizes. Used blocks between them keep them apart.
    let (large, small) = (11 * GRANULE, 10 * GRANULE);
    let fits = [block(heap, 10 * GRANULE, 8, 1), block(heap, GRANULE, 8, 2)];
    block(heap, 8, 8, 3);
    let count = if SLOW { 10 } else { 60 };
    let others: Vec<_> = (0..count).map(|_| [block(heap, small, 8, 3), block(heap, 8, 8, 4)][0]).collect();
    for size in [4096, 1024, 256, 8] {
        // SAFETY: the size is not 0.
        while !unsafe { heap.alloc(layout(size, 8)) }.is_null() {}
    }
    free(heap, fits[0], 10 * GRANULE, 8);
    free(heap, fits[1], GRANULE, 8);
    for other in others {
        free(heap, other, small, 8);
    }
    // The request is rounded up to twelve granules, which nobody has; ten are had at once.
    refused(heap, large, 8);
    assert_eq!(heap.check().listed_blocks, 0, "a request that fails has coalesced all");
    for _ in 0..count {
        block(heap, small, 8, 5);
    }
    block(heap, small, 8, 5);
    heap.check();
}

/// Frees `count` blocks that used ones keep apart.
fn scatter(heap: &Heap<&Arena>, count: usize) {
    let blocks: Vec<_> = (0..count).map(|_| [block(heap, 3 * GRANULE, 8, 1), block(heap, 8, 8, 2)][0]).collect();
    for block in blocks {
        free(heap, block, 3 * GRANULE, 8);
    }
}

#[test]
#[cfg_attr(miri, ignore = "a batch takes an interpreter minutes")]
fn one_call_coalesces_no_more_than_a_batch() {
    let count = 10 * BATCH;
    let arena = &Arena::new(0, count * 6 * GRANULE / PAGE + 200);
    let heap = &heap(arena);
    scatter(heap, count);
    let mut listed = heap.check().listed_blocks;
    assert_eq!(listed, count);
    let (mut most, mut calls) = (0, 0);
    while listed > 0 {
        // None of these is on a list, or in a run.
        let large = block(heap, PAGE, 8, 3);
        let left = heap.check().listed_blocks;
        most = most.max(listed - left);
        listed = left;
        calls += 1;
        assert!(calls < 400, "{listed} blocks stay listed");
        if calls % 2 == 0 {
            let grown = resize(heap, large, PAGE, PAGE + 5000);
            let left = heap.check().listed_blocks;
            assert!(!grown.is_null() && listed - left <= BATCH);
            listed = left;
        }
    }
    assert_eq!(most, BATCH);
}

#[test]
fn a_request_that_fails_has_coalesced_all() {
    let count = if SLOW { 40 } else { 3 * BATCH };
    let arena = &Arena::new(0, count * 6 * GRANULE / PAGE + 3);
    let heap = &heap(arena);
    scatter(heap, count);
    refused(heap, arena.limit() * PAGE, 8);
    let usage = heap.check();
    assert_eq!((usage.listed_blocks, usage.runs), (0, count));
}

#[test]
fn a_block_that_coalescing_frees_is_found_before_memory_grows_no_more() {
    let count = if SLOW { 40 } else { 3 * BATCH };
    let arena = &Arena::new(0, 8 + count * 4 * GRANULE / PAGE);
    let heap = &heap(arena);
    let blocks: Vec<_> = (0..count).map(|_| block(heap, 3 * GRANULE, 8, 1)).collect();
    for block in blocks {
        free(heap, block, 3 * GRANULE, 8);
    }
    arena.set_full(true);
    // One call goes on until it has joined them all.
    block(heap, count * 3 * GRANULE, 8, 2);
    heap.check();
}

/// Marsaglia's xorshift.
struct Random(u32);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % end
    }
}

/// What a live block must be.
#[derive(Clone, Copy)]
struct Shadow {
    ptr: *mut u8,
    size: usize,
    align: usize,
    fill: u8,
}

impl Shadow {
    /// Fills the block, unless it overlaps another or lies where none may.
    fn accept(self, arena: &Arena, live: &[Self]) -> Self {
        let (start, end) = (self.ptr.addr(), self.ptr.addr() + self.size);
        assert!(start % self.align == 0 && arena.holds(self.ptr, self.size));
        assert!(live.iter().all(|other| end <= other.ptr.addr() || other.ptr.addr() + other.size <= start));
        // SAFETY: the block is live and `size` bytes long.
        unsafe { self.ptr.write_bytes(self.fill, self.size) }
        self
    }
}

/// Random requests, with the heap checked after every one and its sizes added up.
fn model(arena: &Arena, seed: u32, steps: usize, sizes: [usize; 3], foreign: bool, full_at: usize) {
    let heap = &heap(arena);
    let random = &mut Random(seed);
    let mut live: Vec<Shadow> = Vec::new();
    let most = if SLOW { 12 } else { 60 };
    let sizes = sizes.map(|size| if SLOW { size.min(3000) } else { size });
    for step in 0..steps {
        let choice = random.below(16);
        let fill = step as u8;
        if step == full_at {
            arena.set_full(true);
        }
        if live.is_empty() || choice < 7 && live.len() < most {
            let largest = sizes[random.below(3)];
            let (size, align) = (1 + random.below(largest), 1 << random.below([4, 13][choice % 2]));
            // SAFETY: the size is not 0.
            let ptr = unsafe { heap.alloc(layout(size, align)) };
            if ptr.is_null() {
                assert!(step >= full_at, "no memory for {size} bytes");
                assert_eq!(heap.check().listed_blocks, 0, "a request that fails has coalesced all");
            } else {
                live.push(Shadow { ptr, size, align, fill }.accept(arena, &live));
            }
        } else if choice < 12 {
            let Shadow { ptr, size, align, fill } = live.swap_remove(random.below(live.len()));
            assert_filled(ptr, size, fill);
            free(heap, ptr, size, align);
        } else if choice < 15 {
            let old = live.swap_remove(random.below(live.len()));
            let largest = sizes[random.below(3)];
            let size = 1 + random.below(largest);
            // SAFETY: the block is live and has this layout.
            let ptr = unsafe { heap.realloc(old.ptr, layout(old.size, old.align), size) };
            if ptr.is_null() {
                assert!(step >= full_at && size > old.size, "{} bytes cannot be made {size}", old.size);
                assert_filled(old.ptr, old.size, old.fill);
                live.push(old);
            } else {
                assert_filled(ptr, size.min(old.size), old.fill);
                live.push(Shadow { ptr, size, fill, ..old }.accept(arena, &live));
            }
        } else if foreign && step % 8 == 0 {
            arena.foreign(1);
        } else if step % 64 < 4 {
            heap.coalesce();
            assert_eq!(heap.check().listed_blocks, 0);
        }
        if SLOW && step % 4 != 0 {
            continue;
        }
        let usage = heap.check();
        let payload: usize = live.iter().map(|block| block.size).sum();
        // A quarter is rounded up at most, and a granule, and the alignment.
        let most: usize = live.iter().map(|it| (it.size.next_multiple_of(it.align) * 5 / 4) + GRANULE).sum();
        assert!(usage.used_size >= payload, "{usage:?} for {payload} bytes");
        assert!(foreign || usage.used_size <= most + GRANULE, "{usage:?} for {payload} bytes");
        for block in &live {
            assert_filled(block.ptr, block.size, block.fill);
        }
    }
    arena.foreign_untouched();
    for Shadow { ptr, size, align, fill } in live {
        assert_filled(ptr, size, fill);
        free(heap, ptr, size, align);
    }
    heap.coalesce();
    let usage = heap.check();
    let runs = arena.foreign_runs(usage.used_size);
    assert!(runs.is_some_and(|runs| usage.runs <= runs + 1), "{usage:?}");
}

const SEEDS: &[u32] = if SLOW { &[0x9E37_79B9] } else { &[0x9E37_79B9, 1, 77, 0xDEAD_BEEF, 4_000_000_000] };

#[test]
fn every_block_keeps_its_bytes_through_random_requests() {
    let cases = [(16 * 1001, [8, 70, LARGEST / 8]), (0, [30, 300, 9000]), (16, [2000, 9000, 2 * LARGEST])];
    for &seed in SEEDS {
        for &(slack, sizes) in &cases[..if SLOW { 1 } else { cases.len() }] {
            let steps = if SLOW { 60 } else { 2000 };
            model(&Arena::new(slack, if SLOW { 40 } else { 400 }), seed, steps, sizes, false, usize::MAX);
        }
    }
}

#[test]
fn every_block_keeps_its_bytes_while_others_grow_memory() {
    for &seed in SEEDS {
        let steps = if SLOW { 60 } else { 2000 };
        model(&Arena::new(48, if SLOW { 60 } else { 2000 }), seed, steps, [30, 3000, LARGEST], true, usize::MAX);
    }
}

#[test]
fn every_block_keeps_its_bytes_when_memory_runs_out() {
    for &seed in SEEDS {
        for &foreign in if SLOW { &[true][..] } else { &[false, true] } {
            let steps = if SLOW { 80 } else { 2000 };
            let full_at = Random(seed).below(steps / 2);
            let arena = &Arena::new(16 * 1001, if SLOW { 40 } else { 400 });
            model(arena, seed, steps, [100, 3000, LARGEST], foreign, full_at);
        }
    }
}

#[test]
fn a_memory_that_ran_out_before_anything_was_freed_is_one_block_again() {
    let arenas: &[_] = if SLOW { &[(16 * 1001, 2)] } else { &[(0, 6), (16 * 1001, 3), (PAGE, 40)] };
    for &(slack, limit) in arenas {
        for size in [if SLOW { 2000 } else { 500 }, LARGEST + 1, 3000] {
            let arena = &Arena::new(slack, limit);
            let heap = &heap(arena);
            let mut blocks = Vec::new();
            loop {
                // SAFETY: the size is not 0.
                let block = unsafe { heap.alloc(layout(size, 8)) };
                if block.is_null() {
                    break;
                }
                blocks.push(block);
            }
            assert_eq!(heap.check().listed_blocks, 0);
            for &block in &blocks {
                free(heap, block, size, 8);
            }
            assert_whole(heap, arena, blocks.len() * size);
        }
    }
}

#[test]
fn requests_around_what_is_left_are_met_or_leave_all_as_it_was() {
    let limit = 3;
    for used in [0, 100, PAGE, 2 * PAGE - 3000] {
        for align in [1, 64, 4096] {
            let step = if SLOW { 999 } else { 19 };
            let mut met = 0;
            for less in (0..2000).step_by(step).chain((2000..12_000).step_by(step * 5)) {
                let arena = &Arena::new(0, limit);
                let heap = &heap(arena);
                if used > 0 {
                    block(heap, used, 8, 1);
                }
                let Some(size) = ((limit - 1) * PAGE - used).checked_sub(less).filter(|&size| size > 0) else {
                    continue;
                };
                let (before, pages) = (heap.check(), arena.size());
                // SAFETY: the size is not 0.
                let block = unsafe { heap.alloc(layout(size, align)) };
                if block.is_null() {
                    let usage = heap.check();
                    assert_eq!(usage.used_size, before.used_size);
                    // Where it is the books of the added pages that have no room, memory has grown already.
                    let grown = arena.size() != pages;
                    assert!(!grown || less < PAGE / 8, "{size} bytes at a multiple of {align} behind {used}");
                } else {
                    met += 1;
                    assert!(arena.holds(block, size + 1), "the last byte of memory is in a block");
                    // SAFETY: the block is new and `size` bytes long.
                    unsafe { block.write_bytes(2, size) }
                    heap.check();
                }
            }
            assert!(met > 0 || used > PAGE, "nothing fits behind {used}");
        }
    }
}

#[test]
fn a_block_grows_up_to_what_is_left_and_never_holds_the_last_byte() {
    let arena = &Arena::new(0, 3);
    let heap = &heap(arena);
    let mut size = 2 * PAGE - if SLOW { 1100 } else { 2048 };
    let first = size;
    let a = block(heap, size, 1, 1);
    while !{
        // SAFETY: the block is live and has this layout.
        unsafe { heap.realloc(a, layout(size, 1), size + 1) }
    }
    .is_null()
    {
        size += 1;
    }
    assert!(arena.holds(a, size + 1));
    assert!(size + PAGE / 32 > 2 * PAGE, "{size} bytes are less than there are");
    assert_filled(a, first, 1);
    refused(heap, 1, 1);
    heap.check();
    free(heap, a, size, 1);
    heap.check();
}

/// A heap over an arena with blocks of four granules: the second is coalesced, the fourth is listed.
struct Scene<'a> {
    heap: Heap<&'a Arena>,
    arena: &'a Arena,
    blocks: [*mut u8; 6],
}

impl<'a> Scene<'a> {
    fn new(arena: &'a Arena) -> Self {
        let heap = heap(arena);
        let blocks = [1, 2, 3, 4, 5, 6].map(|fill| block(&heap, 4 * GRANULE, 8, fill));
        free(&heap, blocks[1], 4 * GRANULE, 8);
        heap.coalesce();
        free(&heap, blocks[3], 4 * GRANULE, 8);
        Self { heap, arena, blocks }
    }

    /// The run: its words are the links to the next and to the previous one, and its size.
    fn run(&self) -> *mut usize {
        self.blocks[1].cast()
    }

    /// The listed block, whose first word is the link to the next one.
    fn listed(&self) -> *mut usize {
        self.blocks[3].cast()
    }

    /// The bits lie behind the blocks.
    fn bits(&self) -> *mut u8 {
        self.blocks[5].wrapping_add(4 * GRANULE)
    }

    fn set(&self, at: *mut usize, value: usize) {
        // SAFETY: the word lies in the arena. What it breaks is what the test is about.
        unsafe { at.write(value) }
    }

    fn link(&self, at: *mut usize, to: *mut u8) {
        // SAFETY: as for `set`.
        unsafe { at.cast::<*mut u8>().write(to) }
    }

    /// The place of the only word of the heap's state that leads to `to`.
    fn state(&mut self, to: *mut u8) -> *mut usize {
        let words = ptr::from_mut(&mut self.heap).cast::<usize>();
        let len = size_of::<Heap<&Arena>>() / WORD;
        // SAFETY: a heap is a number of words without padding.
        let found = (0..len).filter(|&word| unsafe { words.wrapping_add(word).read() } == to.addr());
        let found: Vec<_> = found.collect();
        assert_eq!(found.len(), 1, "the state leads to it once");
        words.wrapping_add(found[0])
    }
}

/// Breaks a heap, and asserts that `check` says so under the number of the invariant.
#[track_caller]
fn check_says(message: &str, corrupt: impl FnOnce(&mut Scene)) {
    let arena = &arena();
    let scene = &mut Scene::new(arena);
    let usage = scene.heap.check();
    assert_eq!((usage.runs, usage.listed_blocks), (1, 1));
    corrupt(scene);
    let check = std::panic::AssertUnwindSafe(|| scene.heap.check());
    let panic = std::panic::catch_unwind(check).expect_err(message);
    let said = panic.downcast_ref::<String>().expect("a message");
    assert!(said.contains(message), "check says {said:?}, not {message:?}");
}

#[test]
fn check_fires_when_a_run_is_linked_wrongly() {
    check_says("1: the link back is wrong", |scene| scene.link(scene.run().wrapping_add(1), scene.blocks[0]));
    check_says("1: the link back is wrong", |scene| scene.link(scene.run(), scene.blocks[1]));
    check_says("1: this is in the list of others", |scene| {
        let run = scene.blocks[1];
        let list = scene.state(run);
        scene.link(list.wrapping_add(1), run);
        scene.link(list, ptr::null_mut());
    });
    check_says("1: this is in the list of others", |scene| scene.set(scene.run().wrapping_add(2), 3 * GRANULE));
}

#[test]
fn check_fires_when_the_size_of_a_run_is_wrong() {
    for size in [0, 4 * GRANULE + WORD, 1] {
        check_says("2: no run has this size", |scene| scene.set(scene.run().wrapping_add(2), size));
    }
    check_says("2: the last word is not the size", |scene| {
        scene.set(scene.run().wrapping_byte_add(4 * GRANULE - WORD), 3 * GRANULE);
    });
}

#[test]
fn check_fires_when_a_bit_is_wrong() {
    let set = |scene: &Scene| -> Vec<(*mut u8, u8)> {
        let bytes = (0..scene.heap.check().bits_size).map(|byte| scene.bits().wrapping_add(byte));
        let bits = bytes.flat_map(|byte| (0..8).map(move |bit| (byte, 1 << bit)));
        // SAFETY: the bits are a block in the arena.
        bits.filter(|&(byte, bit)| unsafe { byte.read() } & bit != 0).collect()
    };
    for end in [0, 1] {
        check_says("3: the bit of an end is not set", |scene| {
            let bits = set(scene);
            assert_eq!(bits.len(), 2, "a run has two ends");
            let (byte, bit) = bits[end];
            // SAFETY: the byte is one of the bits.
            unsafe { *byte ^= bit }
        });
    }
    check_says("3: a bit is set where no run ends", |scene| {
        // SAFETY: the first byte of the bits.
        unsafe { *scene.bits() ^= 1 }
    });
}

#[test]
fn check_fires_when_a_list_leads_where_no_block_is() {
    check_says("4: no block is here", |scene| scene.link(scene.listed(), scene.blocks[2].wrapping_add(WORD)));
    check_says("4: no block is here", |scene| {
        scene.link(scene.listed(), scene.bits().wrapping_add(scene.heap.check().bits_size));
    });
    check_says("4: no block is here", |scene| scene.link(scene.listed(), scene.arena.start().wrapping_sub(GRANULE)));
    // A block that is freed twice makes a ring.
    check_says("4: this is listed twice, or in a ring", |scene| free(&scene.heap, scene.blocks[3], 4 * GRANULE, 8));
}

#[test]
fn check_fires_when_a_listed_block_has_another_size() {
    for size in [0, GRANULE + WORD, 1 << 20] {
        check_says("5: no block has this size", |scene| {
            let large = block(&scene.heap, LARGEST + 1, 8, 1);
            free(&scene.heap, large, LARGEST + 1, 8);
            scene.set(large.cast::<usize>().wrapping_add(1), size);
        });
    }
}

#[test]
fn check_fires_when_a_run_lies_in_a_listed_block() {
    check_says("6: a run begins or ends in this", |scene| {
        // The one before the run is freed as if it went on into it.
        free(&scene.heap, scene.blocks[0], 6 * GRANULE, 8);
    });
    check_says("6: a run begins or ends in this", |scene| {
        free(&scene.heap, scene.blocks[1].wrapping_add(2 * GRANULE), 4 * GRANULE, 8);
    });
}

#[test]
fn check_of_an_unused_heap_counts_nothing() {
    let arena = &arena();
    let heap = &heap(arena);
    assert_eq!(heap.check(), Usage::default());
    heap.coalesce();
    let usage = heap.check();
    assert_eq!((usage.used_size, usage.listed_blocks, usage.runs), (0, 0, 0));
    assert_eq!(arena.size(), 1);
}
