//! What `Heap` promises beyond the conformance suite: the sizes of its blocks, what it coalesces and when, what stays in
//! place, how much one call does, what is left when memory runs out; and that `check` fires when something wrote to free
//! memory.
//!
//! All of it runs under Miri too, on 64 and on 32 bits: `cargo +nightly miri test --test heap`.

mod common {
    pub mod arena;
    pub mod blocks;
    pub mod random;
}

use common::arena::Arena;
use common::blocks::{assert_filled, block, free, layout, refused, resize};
use common::random::Random;
use linmem::{Bump, Heap, PAGE, Pages, Unclaimed, Usage};
use std::alloc::GlobalAlloc;
use std::cell::Cell;
use std::ptr;

/// An interpreter that checks every access is a thousand times slower.
const SLOW: bool = cfg!(miri);
const WORD: usize = size_of::<usize>();
/// Blocks lie at multiples of this, and their sizes are multiples of it.
const GRANULE: usize = 2 * WORD;
/// A size that is neither small nor a page, and a class's.
const LARGE: usize = GRANULE << 11;
/// How many blocks one call coalesces at most.
const BATCH: usize = 19_000;

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

/// What a size is rounded up to, as the documentation of `Heap` says.
fn rounded(size: usize, align: usize) -> usize {
    let size = size.next_multiple_of(align).next_multiple_of(GRANULE);
    if size <= 8 * GRANULE { size } else { size.next_multiple_of((1 << (size - 1).ilog2()) / 4) }
}

/// The blocks that free memory of so many bytes is listed in, from its end on: each the largest that fits.
fn pieces(mut size: usize) -> Vec<usize> {
    let mut pieces = Vec::new();
    while size > 0 {
        let largest = (1..=size / GRANULE).rev().map(|granules| granules * GRANULE).find(|&it| rounded(it, 1) == it);
        pieces.push(largest.expect("one granule is a block"));
        size -= pieces[pieces.len() - 1];
    }
    pieces
}

/// Bytes that a heap keeps for its bits: one for each granule of the pages that it or others have.
fn bits(arena: &Arena) -> usize {
    (arena.size() - arena.start().addr() / PAGE) * (PAGE / GRANULE / 8)
}

/// The end of memory.
fn end(arena: &Arena) -> usize {
    arena.at(arena.size()).addr()
}

/// Asserts that nothing is used, when all is coalesced, and that a block of this size is there without growth.
#[track_caller]
fn assert_whole(heap: &Heap<&Arena>, arena: &Arena, size: usize) {
    heap.coalesce();
    assert_eq!(heap.check(), Usage::default(), "all is unclaimed again");
    let pages = arena.pages();
    let all = block(heap, size, 8, 1);
    assert_eq!(arena.pages(), pages, "{size} bytes are not in one piece");
    free(heap, all, size, 8);
}

/// Takes all that there is in blocks of one size, until the heap refuses.
fn take_all(heap: &Heap<&Arena>, size: usize) -> Vec<*mut u8> {
    // SAFETY: no test asks for a size of 0.
    let next = || Some(unsafe { heap.alloc(layout(size, 1)) }).filter(|block| !block.is_null());
    std::iter::from_fn(next).collect()
}

// Sizes.

/// Pages that are addresses only. A heap over them that frees nothing touches none.
struct Addresses {
    size: Cell<usize>,
    unclaimed: Unclaimed,
}

impl Addresses {
    fn new() -> Self {
        Self { size: Cell::new(1), unclaimed: Unclaimed::new() }
    }
}

// SAFETY: a page is given away once; none is accessed, for nothing is freed and no gap is left.
unsafe impl Pages for &Addresses {
    fn unclaimed(&self) -> &Unclaimed {
        &self.unclaimed
    }

    fn slack(&self) -> (*mut u8, usize) {
        (self.at(1), 1)
    }

    fn at(&self, page: usize) -> *mut u8 {
        ptr::without_provenance_mut(page.wrapping_mul(PAGE))
    }

    fn size(&self) -> usize {
        self.size.get()
    }

    fn grow(&self, count: usize) -> usize {
        if count > usize::MAX / PAGE - self.size.get() {
            usize::MAX
        } else {
            self.size.replace(self.size.get() + count)
        }
    }
}

/// The bytes from a block to the next one, and the alignment of the block.
fn taken(size: usize, align: usize) -> usize {
    let pages = &Addresses::new();
    let heap = Heap::over(pages);
    // SAFETY: the sizes are not 0.
    let blocks = [(size, align), (1, 1)].map(|(size, align)| unsafe { heap.alloc(layout(size, align)) }.addr());
    assert!(blocks[0] == PAGE && blocks[1] != 0, "no memory for {size} bytes");
    blocks[1] - blocks[0]
}

#[test]
fn blocks_have_the_sizes_of_the_table_in_class_rs() {
    let row = |name| {
        let rows = include_str!("../src/class.rs").lines().filter_map(|line| line.strip_prefix("//! "));
        let mut row = rows.filter_map(|row| row.strip_prefix(name));
        let numbers = row.next().expect(name).split_whitespace();
        numbers.map(|number| number.parse::<usize>().expect("a number")).collect::<Vec<_>>()
    };
    let (last_bytes, sizes) = (row("last byte  "), row("size  "));
    assert_eq!(sizes, [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160]);
    // The table is of 32 bits.
    let scale = GRANULE / 8;
    let mut from = 1;
    for (last_byte, size) in last_bytes.into_iter().zip(sizes) {
        assert_eq!(last_byte + 1, size);
        for request in [from, from + 1, size * scale - 1, size * scale] {
            assert_eq!(taken(request.min(size * scale), 1), size * scale, "{request} bytes");
        }
        from = size * scale + 1;
    }
}

#[test]
fn sizes_are_rounded_up_by_a_quarter_at_most_up_to_the_largest() {
    const MAX: usize = isize::MAX as usize;
    let powers = (0..usize::BITS - 1).map(|log| 1_usize << log);
    let around = powers.flat_map(|power| {
        let quarters = [4, 5, 6, 7].map(|quarters| (power as u128 * quarters / 4) as usize);
        quarters.into_iter().flat_map(|size| [size - size.min(1), size, size.saturating_add(1)])
    });
    let sizes = around.chain(MAX - 9..=MAX).chain(1..if SLOW { 40 } else { 5000 });
    for size in sizes.step_by(if SLOW { 11 } else { 1 }).filter(|size| (1..=MAX).contains(size)) {
        for align in [1, 2, GRANULE, 8 * GRANULE, 4096, PAGE] {
            if size > MAX - (align - 1) {
                continue;
            }
            let (taken, rounded) = (taken(size, align), rounded(size, align));
            // Above 2^53 a size can count as the next power of two, and be rounded up from there.
            let most = if (size as u128) < 1 << 53 { rounded } else { rounded / 4 * 5 };
            assert!((rounded..=most).contains(&taken), "{taken} for {size} bytes at a multiple of {align}");
        }
    }
}

#[test]
fn every_block_counts_as_what_it_is_rounded_up_to() {
    for size in (1..3000).step_by(if SLOW { 371 } else { 1 }) {
        for align in [1, 64, 1024] {
            let arena = &arena();
            let heap = &heap(arena);
            let at = block(heap, size, align, 1);
            let usage = heap.check();
            // What lies before it is free.
            let gap = at.addr() - arena.start().addr();
            assert_eq!((usage.used_size, usage.free_size), (rounded(size, align), gap), "{size} at {align}");
            free(heap, at, size, align);
            heap.coalesce();
            assert_eq!(heap.check(), Usage::default());
        }
    }
}

// Free blocks.

#[test]
fn a_freed_block_serves_the_next_request_of_its_class_and_the_newest_first() {
    let arena = &arena();
    let heap = &heap(arena);
    let blocks = [1, 2, 3].map(|fill| block(heap, 10 * GRANULE, 8, fill));
    let used = heap.check();
    free(heap, blocks[0], 10 * GRANULE, 8);
    free(heap, blocks[2], 10 * GRANULE, 8);
    let free_size = 20 * GRANULE;
    let used_size = used.used_size - free_size;
    let usage = heap.check();
    assert_eq!((usage.used_size, usage.free_size), (used_size, free_size));
    assert_eq!((usage.free_blocks, usage.runs), (2, 2));
    assert_eq!(block(heap, 9 * GRANULE - 3, 8, 4), blocks[2], "the newest of its class");
    assert_eq!(block(heap, 8 * GRANULE + 1, 8, 4), blocks[0], "the next one");
    assert_eq!(heap.check(), used);
}

#[test]
fn a_request_is_cut_out_of_the_next_larger_free_block_and_the_rest_is_listed() {
    let arena = &arena();
    let heap = &heap(arena);
    let sizes = [4, 96, 20, 40].map(|granules| granules * GRANULE);
    let blocks = sizes.map(|size| [block(heap, size, 8, 1), block(heap, 8, 8, 2)][0]);
    for (block, size) in blocks.into_iter().zip(sizes) {
        free(heap, block, size, 8);
    }
    assert_eq!(block(heap, 5 * GRANULE, 8, 3), blocks[2], "twenty granules are the next after four");
    let usage = heap.check();
    assert_eq!((usage.free_blocks, usage.runs), (3 + pieces(15 * GRANULE).len(), 4));
    assert_eq!(usage.free_size, (4 + 96 + 15 + 40) * GRANULE);
    assert_eq!(block(heap, 14 * GRANULE, 8, 4), blocks[2].wrapping_add(6 * GRANULE), "the end of the rest");
    assert_eq!(block(heap, GRANULE, 8, 5), blocks[2].wrapping_add(5 * GRANULE), "the start of the rest");
    assert_eq!(block(heap, 80 * GRANULE, 8, 6), blocks[1]);
    assert_eq!(heap.check().free_size, (4 + 16 + 40) * GRANULE);
}

#[test]
fn coalesce_joins_both_neighbours_in_any_order() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let arena = &arena();
        let heap = &heap(arena);
        let blocks = [1, 2, 3].map(|fill| block(heap, 4 * GRANULE, 8, fill));
        let last = block(heap, 4 * GRANULE, 8, 4);
        for index in order {
            free(heap, blocks[index], 4 * GRANULE, 8);
            heap.coalesce();
            heap.check();
        }
        let usage = heap.check();
        assert_eq!((usage.runs, usage.free_size, usage.free_blocks), (1, 12 * GRANULE, 1));
        assert_eq!(block(heap, 12 * GRANULE, 8, 5), blocks[0], "it is as long as the three were");
        assert_filled(last, 4 * GRANULE, 4);
    }
}

#[test]
fn coalesce_joins_blocks_of_different_sizes_and_their_gaps() {
    let arena = &arena();
    let heap = &heap(arena);
    let sizes = [(1, 1), (40, 8), (3000, 1024), (100, 64), (20_000, 4096), (LARGE + 1, 8)];
    let blocks = sizes.map(|(size, align)| (block(heap, size, align, 7), size, align));
    for (block, size, align) in blocks {
        free(heap, block, size, align);
        heap.check();
    }
    assert_whole(heap, arena, LARGE + 30_000);
}

#[test]
fn a_run_is_listed_in_the_largest_blocks_that_fit_from_its_end_on() {
    for granules in (1..if SLOW { 40 } else { 700 }).step_by(if SLOW { 13 } else { 1 }) {
        let arena = &arena();
        let heap = &heap(arena);
        // Blocks that are so long together, the smallest first.
        let mut sizes = pieces(granules * GRANULE);
        let blocks: Vec<_> = sizes.iter().rev().map(|&size| (block(heap, size, 1, 1), size)).collect();
        let after = block(heap, 8, 8, 2);
        let start = blocks[0].0;
        for &(block, size) in &blocks {
            free(heap, block, size, 1);
        }
        heap.coalesce();
        let usage = heap.check();
        assert_eq!((usage.runs, usage.free_size), (1, granules * GRANULE));
        assert_eq!(usage.free_blocks, sizes.len(), "{granules} granules");
        // Of two pieces that are equal, the one that lies first was listed last.
        let mut end = after;
        let mut places: Vec<_> = sizes
            .iter()
            .map(|&size| {
                (size, {
                    end = end.wrapping_sub(size);
                    end
                })
            })
            .collect();
        assert_eq!(end, start);
        places.reverse();
        places.sort_by_key(|&(size, _)| size);
        sizes.reverse();
        for (size, place) in places {
            assert_eq!(block(heap, size, 1, 3), place, "{size} of {granules} granules");
        }
        assert_eq!(heap.check().free_blocks, 0);
        assert_filled(after, 8, 2);
    }
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
fn the_gap_before_an_aligned_block_is_listed() {
    for log in GRANULE.ilog2()..13 {
        let align = 1 << log;
        let arena = &arena();
        let heap = &heap(arena);
        let first = block(heap, 1, 1, 1);
        let aligned = block(heap, 1, align, 2);
        let gap = aligned.addr() - (first.addr() + GRANULE);
        assert!(gap < align);
        let usage = heap.check();
        assert_eq!((usage.free_size, usage.free_blocks), (gap, pieces(gap).len()), "{align}");
        assert_eq!(usage.used_size, GRANULE + align);
        for size in pieces(gap) {
            let inside = block(heap, size, 1, 3);
            assert!(inside > first && inside < aligned, "the gap is not used");
        }
        assert_eq!(heap.check().free_size, 0);
    }
}

#[test]
fn an_aligned_block_out_of_a_free_one_leaves_gaps_on_both_sides() {
    let arena = &arena();
    let heap = &heap(arena);
    // So that the next one does not begin at a multiple of 4,096.
    block(heap, 8, 8, 0);
    let blocks = [block(heap, 16_384, GRANULE, 1), block(heap, 8, 8, 2)];
    free(heap, blocks[0], 16_384, GRANULE);
    let aligned = block(heap, 1024, 4096, 3);
    let (before, behind) = (aligned.addr() - blocks[0].addr(), 16_384 - 4096 - (aligned.addr() - blocks[0].addr()));
    assert_eq!(before, 4096 - GRANULE);
    let usage = heap.check();
    assert_eq!(usage.free_size, 16_384 - 4096, "1,024 bytes are rounded up to their alignment");
    assert_eq!(usage.free_blocks, pieces(before).len() + pieces(behind).len());
    assert_eq!(usage.runs, 2);
}

#[test]
fn freed_large_blocks_are_found_again_by_requests_of_the_same_size() {
    for size in [LARGE + GRANULE, LARGE + LARGE / 8, 70_000] {
        let arena = &Arena::new(0, if SLOW { 16 } else { 200 });
        let heap = &heap(arena);
        let count = if SLOW { 4 } else { 40 };
        let blocks: Vec<_> = (0..count).map(|_| [block(heap, size, 8, 1), block(heap, 8, 8, 2)][0]).collect();
        for block in blocks {
            free(heap, block, size, 8);
        }
        let pages = arena.pages();
        arena.set_full(true);
        for fill in 0..count {
            block(heap, size, 8, fill as u8);
        }
        assert_eq!(arena.pages(), pages);
    }
}

// Resizing.

#[test]
fn realloc_within_what_the_size_is_rounded_to_does_nothing() {
    for (size, most) in [(1, GRANULE), (8 * GRANULE + 1, 10 * GRANULE), (LARGE - 1, LARGE), (LARGE + 1, LARGE / 4 * 5)]
    {
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
fn realloc_of_the_last_block_moves_its_end_with_and_without_growth() {
    let arena = &arena();
    let heap = &heap(arena);
    let before = block(heap, 100, 8, 1);
    let last = block(heap, 100, 8, 2);
    assert_eq!(resize(heap, last, 100, 3000), last);
    assert_eq!(arena.pages(), 1);
    assert_eq!(resize(heap, last, 3000, 3 * PAGE), last);
    assert_eq!(arena.pages(), 1 + 3, "the pages that are missing, and no more");
    assert_eq!(resize(heap, last, 3 * PAGE, 100), last);
    assert_eq!((heap.check().free_blocks, heap.check().used_size), (0, 2 * rounded(100, 8)));
    let next = last.wrapping_add(rounded(100, 8));
    assert_eq!(block(heap, 5 * PAGE / 2, 8, 3), next, "what it gave back");
    assert_eq!(arena.pages(), 1 + 3);
    assert_filled(before, 100, 1);
    assert_filled(last, 100, 2);
}

#[test]
fn realloc_of_the_last_block_stays_for_every_two_sizes() {
    let sizes = [1, GRANULE + 1, 100, 1000, 5000, PAGE / 2, PAGE, PAGE + 1, 3 * PAGE];
    for (old, new) in sizes.iter().flat_map(|&old| sizes.map(|new| (old, new))).step_by(if SLOW { 7 } else { 1 }) {
        let arena = &arena();
        let heap = &heap(arena);
        let before = block(heap, 100, 8, 1);
        let last = block(heap, old, 8, 2);
        let pages = arena.pages();
        assert_eq!(resize(heap, last, old, new), last, "{old} to {new}");
        assert_filled(last, old.min(new), 2);
        assert_eq!(heap.check().used_size, rounded(100, 8) + rounded(new, 8));
        assert_eq!(heap.check().free_blocks, 0);
        // Behind it the room for the bits is left, and no whole page.
        let left = end(arena) - (last.addr() + rounded(new, 8));
        assert!(left > bits(arena), "{old} to {new}: {left} bytes are left");
        assert!(arena.pages() == pages || left - bits(arena) <= PAGE, "{old} to {new}: {left} bytes are left");
        assert_filled(before, 100, 1);
        free(heap, last, new, 8);
        free(heap, before, 100, 8);
        heap.coalesce();
        assert_eq!(heap.check(), Usage::default());
    }
}

#[test]
fn realloc_of_a_block_in_between_moves_and_frees_the_whole_of_the_old_one() {
    for (old, new) in [(1000, 100), (100, 1000), (2 * LARGE, LARGE + 100), (LARGE, 2 * LARGE), (PAGE / 2, 1)] {
        let arena = &arena();
        let heap = &heap(arena);
        let a = block(heap, old, 8, 1);
        let behind = block(heap, 8, 8, 2);
        let moved = resize(heap, a, old, new);
        assert!(moved > behind, "{old} to {new}");
        assert_filled(moved, old.min(new), 1);
        let usage = heap.check();
        assert_eq!((usage.free_blocks, usage.free_size), (1, rounded(old, 8)), "{old} to {new}");
        assert_eq!(usage.used_size, rounded(new, 8) + GRANULE);
        assert_eq!(block(heap, old, 8, 3), a, "the whole block is free");
        assert_filled(behind, 8, 2);
        assert_filled(moved, old.min(new), 1);
    }
}

#[test]
fn realloc_takes_a_block_of_the_new_size_that_is_free() {
    let arena = &arena();
    let heap = &heap(arena);
    let [a, small, b] = [(1000, 1), (100, 2), (8, 3)].map(|(size, fill)| block(heap, size, 8, fill));
    free(heap, small, 100, 8);
    assert_eq!(resize(heap, a, 1000, 100), small);
    assert_filled(small, 100, 1);
    assert_eq!(resize(heap, small, 100, 1000), a);
    assert_filled(a, 100, 1);
    assert_filled(b, 8, 3);
}

#[test]
fn the_last_block_moves_into_a_free_one_when_memory_cannot_grow() {
    let arena = &arena();
    let heap = &heap(arena);
    let [large, last] = [(20_000, 1), (3000, 2)].map(|(size, fill)| block(heap, size, 8, fill));
    free(heap, large, 20_000, 8);
    arena.set_full(true);
    assert_eq!(resize(heap, last, 3000, 18_000), large);
    assert_filled(large, 3000, 2);
    assert!(resize(heap, large, 18_000, 30_000).is_null());
    assert_filled(large, 3000, 2);
    free(heap, large, 18_000, 8);
    heap.coalesce();
    assert_eq!(heap.check(), Usage::default());
}

#[test]
fn a_shrink_that_finds_no_memory_leaves_the_block_whole() {
    for (old, new) in [(1000, 100), (PAGE / 4, 8), (3000, 2000)] {
        let arena = &Arena::new(PAGE / 2, 2);
        let heap = &heap(arena);
        let blocks = take_all(heap, old);
        let rest = [32 * GRANULE, GRANULE].map(|size| take_all(heap, size));
        assert!(blocks.len() > 2 && rest.iter().any(|rest| !rest.is_empty()));
        let a = blocks[1];
        // SAFETY: the block is live and `old` bytes long.
        unsafe { a.write_bytes(7, old) }
        let usage = heap.check();
        assert_eq!(usage.free_blocks, 0);
        assert!(resize(heap, a, old, new).is_null());
        assert_filled(a, old, 7);
        assert_eq!(heap.check(), usage);
        // Any memory will do.
        free(heap, blocks[0], old, 8);
        assert_eq!(resize(heap, a, old, new), blocks[0]);
        assert_filled(blocks[0], new, 7);
        assert_eq!(block(heap, old, 8, 8), a, "the old block is free");
        heap.check();
    }
}

#[test]
fn a_failed_realloc_leaves_the_block() {
    let arena = &arena();
    let heap = &heap(arena);
    let blocks = [1, 2].map(|fill| block(heap, 5000, 8, fill));
    let pages = arena.pages();
    let usage = heap.check();
    for (fill, block) in (1..).zip(blocks) {
        for size in [arena.limit() * PAGE, isize::MAX as usize / 2, isize::MAX as usize - 7] {
            assert!(resize(heap, block, 5000, size).is_null());
            assert_filled(block, 5000, fill);
        }
    }
    assert_eq!(arena.pages(), pages);
    assert_eq!(heap.check(), usage);
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
    assert!(arena.pages() <= 10, "{} pages", arena.pages());
}

// Others.

#[test]
fn what_others_growth_cuts_off_is_listed_and_their_pages_are_left_alone() {
    let arena = &arena();
    let heap = &heap(arena);
    let a = block(heap, 100, 8, 1);
    assert!(arena.foreign(2));
    let b = block(heap, PAGE, 8, 2);
    assert!(b.addr() - a.addr() > 2 * PAGE, "the block lies behind the pages of others");
    let rest = PAGE / 2 - rounded(100, 8);
    let usage = heap.check();
    assert_eq!((usage.free_size, usage.free_blocks, usage.runs), (rest, pieces(rest).len(), 1));
    arena.foreign_untouched();
    free(heap, a, 100, 8);
    free(heap, b, PAGE, 8);
    heap.coalesce();
    let usage = heap.check();
    assert_eq!((usage.used_size, usage.free_size, usage.runs), (2 * PAGE, PAGE / 2, 1));
    assert_eq!(block(heap, PAGE / 2, 8, 3), a, "all before the pages of others is one run");
}

#[test]
fn the_last_block_moves_when_others_have_grown_memory_behind_it() {
    for (old, new) in [(100, PAGE), (PAGE / 4, 2 * PAGE), (PAGE / 2 - 4096, PAGE / 2)] {
        let arena = &arena();
        let heap = &heap(arena);
        let a = block(heap, old, 8, 1);
        assert!(arena.foreign(1));
        let moved = resize(heap, a, old, new);
        assert!(moved.addr() > a.addr() + PAGE / 2, "{old} to {new}");
        assert_filled(moved, old, 1);
        assert_eq!(heap.check().used_size, PAGE + rounded(new, 8));
        arena.foreign_untouched();
    }
}

/// A step of a program that others interrupt.
#[derive(Clone, Copy, Debug)]
enum Step {
    Foreign,
    Alloc(usize),
    ResizeLast(usize),
    FreeFirst,
    FreeLast,
    Coalesce,
}

/// Runs a program, with every byte and the heap checked after each step.
fn run(steps: &[Step]) {
    let arena = &Arena::new(16 * 100, 40);
    let heap = &heap(arena);
    let mut live: Vec<(*mut u8, usize, u8)> = Vec::new();
    for (index, &step) in steps.iter().enumerate() {
        match step {
            Step::Foreign => assert!(arena.foreign(1)),
            Step::Alloc(size) => live.push((block(heap, size, 8, index as u8), size, index as u8)),
            Step::ResizeLast(size) => {
                let Some((block, old, fill)) = live.pop() else { continue };
                let block = resize(heap, block, old, size);
                assert_filled(block, old.min(size), fill);
                // SAFETY: the block is live and `size` bytes long.
                unsafe { block.write_bytes(fill, size) }
                live.push((block, size, fill));
            }
            Step::FreeFirst | Step::FreeLast if live.is_empty() => {}
            Step::FreeFirst => {
                let (block, size, _) = live.remove(0);
                free(heap, block, size, 8);
            }
            Step::FreeLast => {
                let (block, size, _) = live.pop().expect("there is one");
                free(heap, block, size, 8);
            }
            Step::Coalesce => heap.coalesce(),
        }
        for &(block, size, fill) in &live {
            assert!(arena.holds(block, size), "{steps:?}");
            assert_filled(block, size, fill);
        }
        let usage = heap.check();
        let used: usize = live.iter().map(|&(_, size, _)| rounded(size, 8)).sum();
        assert!(arena.foreign_runs(usage.used_size - used).is_some(), "{usage:?} after {steps:?}");
    }
    arena.foreign_untouched();
}

#[test]
fn every_byte_stays_in_whatever_order_others_grow_memory() {
    let steps = [
        Step::Foreign,
        Step::Alloc(40),
        Step::Alloc(40_000),
        Step::ResizeLast(70_000),
        Step::ResizeLast(500),
        Step::FreeFirst,
        Step::FreeLast,
        Step::Coalesce,
    ];
    let length = 5;
    let programs = steps.len().pow(length);
    // A prime, so that all steps come at all places.
    for program in (0..programs).step_by(if SLOW { 3001 } else { 7 }) {
        let digits = (0..length).map(|place| steps[program / steps.len().pow(place) % steps.len()]);
        run(&digits.collect::<Vec<_>>());
    }
}

#[test]
fn free_blocks_before_the_pages_of_others_are_coalesced_before_memory_grows() {
    let arena = &Arena::new(0, 90);
    let heap = &heap(arena);
    let count = if SLOW { 40 } else { 1000 };
    let blocks: Vec<_> = (0..count).map(|_| block(heap, 500, 8, 1)).collect();
    let own = (arena.pages() - 1) * PAGE;
    assert!(arena.foreign(60 - arena.pages()));
    for &block in &blocks {
        free(heap, block, 500, 8);
    }
    // More was cut than the bits take, and that others grew memory does not change it.
    let most = block(heap, own / 4 * 3, 8, 2);
    assert_eq!((most, arena.pages()), (blocks[0], 60));
    assert_eq!(heap.check().free_blocks, 0);
    free(heap, most, own / 4 * 3, 8);
    // What does not fit there lies behind their pages.
    let more = block(heap, 20 * PAGE, 8, 3);
    heap.coalesce();
    let usage = heap.check();
    assert_eq!((usage.used_size, usage.runs), (59 * PAGE - own + 20 * PAGE, 1));
    assert_eq!(usage.free_blocks, pieces(own).len());
    assert_filled(more, 20 * PAGE, 3);
    arena.foreign_untouched();
}

/// A bump allocator leaves the memory that nobody claimed at any address.
#[test]
fn a_block_behind_a_bump_is_aligned_and_its_gap_is_listed_in_granules() {
    for size in (1..70).step_by(if SLOW { 23 } else { 1 }) {
        for align in [1, 2 * GRANULE, 4 * GRANULE, 256] {
            let arena = &arena();
            let (heap, bump) = (&heap(arena), &Bump::over(arena));
            let odd = block(bump, size, 1, 1);
            let a = block(heap, 1, align, 2);
            let gap = (a.addr() - (odd.addr() + size)) / GRANULE * GRANULE;
            let usage = heap.check();
            assert_eq!((usage.free_size, usage.free_blocks), (gap, pieces(gap).len()), "behind {size}, at {align}");
            for fill in 3..6 {
                assert_eq!(block(heap, 40, 1, fill).addr() % GRANULE, 0, "behind a block of {size} bytes");
            }
            heap.coalesce();
            heap.check();
            assert_filled(odd, size, 1);
        }
    }
}

#[test]
fn what_others_growth_cuts_off_behind_a_bump_is_listed_in_granules() {
    for size in (1..70).step_by(if SLOW { 23 } else { 1 }) {
        let arena = &arena();
        let (heap, bump) = (&heap(arena), &Bump::over(arena));
        let odd = block(bump, size, 1, 1);
        assert!(arena.foreign(1));
        block(heap, PAGE, 8, 2);
        let rest = (PAGE / 2 - size) / GRANULE * GRANULE;
        let usage = heap.check();
        assert_eq!((usage.free_size, usage.free_blocks, usage.runs), (rest, pieces(rest).len(), 1), "behind {size}");
        heap.coalesce();
        assert_eq!(heap.check(), usage);
        assert_filled(odd, size, 1);
    }
}

/// Frees pairs of neighbours that used blocks keep apart. Coalescing makes one block of each.
fn scatter(heap: &Heap<&Arena>, pairs: usize) {
    let blocks: Vec<_> = (0..pairs).map(|_| [1, 1, 2].map(|fill| block(heap, GRANULE, 8, fill))).collect();
    for [a, b, _] in blocks {
        assert_eq!(a.wrapping_add(GRANULE), b);
        free(heap, a, GRANULE, 8);
        free(heap, b, GRANULE, 8);
    }
}

#[test]
fn nothing_is_coalesced_where_a_bump_took_the_room_for_the_bits() {
    for over in [usize::MAX, 0, 1] {
        let arena = &Arena::new(0, 4);
        let (heap, bump) = (&heap(arena), &Bump::over(arena));
        let pairs = 50;
        scatter(heap, pairs);
        let last = block(heap, 4 * GRANULE, 8, 3);
        arena.set_full(true);
        // So much is left, give or take a byte.
        let left = bits(arena).wrapping_add(over);
        let size = end(arena) - (last.addr() + 4 * GRANULE) - left;
        let others = block(bump, size, 1, 4);
        assert_eq!(others.addr() + size + left, end(arena));
        let usage = heap.check();
        assert_eq!(usage.free_blocks, 2 * pairs);
        refused(heap, 2 * PAGE, 8);
        heap.coalesce();
        let Usage { free_blocks, runs, .. } = heap.check();
        // Without that room, `check` counts no runs.
        let expected = if over == 1 { (pairs, pairs) } else { (2 * pairs, 0) };
        assert_eq!((free_blocks, runs), expected, "with {left} bytes left");
        assert_filled(others, size, 4);
        assert_filled(last, 4 * GRANULE, 3);
        // To free goes on, and so does what is listed.
        free(heap, block(heap, GRANULE, 8, 5), GRANULE, 8);
        free(bump, others, size, 1);
        heap.coalesce();
        assert_eq!(heap.check().free_blocks, pairs, "the room is there again");
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

// When free blocks are coalesced.

#[test]
#[cfg_attr(miri, ignore = "a batch takes an interpreter minutes")]
fn one_call_coalesces_no_more_than_a_batch_and_the_largest_blocks_first() {
    let pairs = 3 * BATCH / 2 + BATCH / 4;
    let arena = &Arena::new(0, pairs * 3 * GRANULE / PAGE + 3);
    let heap = &heap(arena);
    scatter(heap, pairs);
    arena.set_full(true);
    let mut free_blocks = 2 * pairs;
    assert_eq!(heap.check().free_blocks, free_blocks);
    // Each call begins with the blocks that the calls before it have made, until those alone are a batch.
    for joined in [BATCH / 2, BATCH / 4, BATCH / 8, BATCH / 16] {
        refused(heap, arena.limit() * PAGE, 8);
        free_blocks -= joined;
        assert_eq!(heap.check().free_blocks, free_blocks);
    }
    heap.coalesce();
    assert_eq!(heap.check().free_blocks, pairs, "`coalesce` has no limit");
}

#[test]
#[cfg_attr(miri, ignore = "a batch takes an interpreter minutes")]
fn a_call_that_fails_coalesces_once() {
    let limit = 3 * BATCH * GRANULE / PAGE + 3;
    // The first is owed more than the bits take, and coalesces before memory is asked for; the second only after that.
    for size in [limit * PAGE, 3 * GRANULE] {
        let arena = &Arena::new(0, limit);
        let heap = &heap(arena);
        let blocks: Vec<_> = (0..BATCH).map(|_| [1, 1, 2].map(|fill| block(heap, GRANULE, 8, fill))).collect();
        arena.set_full(true);
        take_all(heap, GRANULE);
        for block in blocks.into_iter().flat_map(|[a, b, _]| [a, b]) {
            free(heap, block, GRANULE, 8);
        }
        refused(heap, size, 8);
        // A second time would join a quarter more.
        assert_eq!(heap.check().free_blocks, 2 * BATCH - BATCH / 2, "{size} bytes");
    }
}

#[test]
#[cfg_attr(miri, ignore = "a batch takes an interpreter minutes")]
fn a_full_memory_of_free_blocks_serves_a_large_request() {
    for count in [1000, BATCH, 3 * BATCH] {
        let arena = &Arena::new(0, count * GRANULE / PAGE + 3);
        let heap = &heap(arena);
        let blocks: Vec<_> = (0..count).map(|_| block(heap, GRANULE, 8, 1)).collect();
        arena.set_full(true);
        let last = take_all(heap, GRANULE);
        for &block in &blocks {
            free(heap, block, GRANULE, 8);
        }
        let usage = heap.check();
        assert_eq!((usage.free_blocks, usage.runs), (count, 1));
        // Four fifths of a batch are one block, whatever they are rounded up to.
        let most = count.min(BATCH) * GRANULE;
        let large = block(heap, most / 5 * 4, 8, 2);
        assert!(large >= blocks[0] && large < last[0]);
        heap.check();
        assert_filled(large, most / 5 * 4, 2);
        if count > BATCH {
            // The blocks that were not coalesced are there still.
            assert!(heap.check().free_blocks >= count - BATCH);
        }
    }
}

#[test]
fn a_small_request_is_met_by_coalescing_when_memory_cannot_grow() {
    let arena = &Arena::new(0, 3);
    let heap = &heap(arena);
    let blocks = [1; 8].map(|fill| block(heap, GRANULE, 8, fill));
    take_all(heap, if SLOW { PAGE / 32 } else { 8 * GRANULE });
    take_all(heap, if SLOW { PAGE / 128 } else { GRANULE });
    take_all(heap, GRANULE);
    for block in blocks {
        free(heap, block, GRANULE, 8);
    }
    // Nothing is owed since the request that failed, and this is less than would be.
    assert!(8 * GRANULE < bits(arena));
    assert_eq!(block(heap, 8 * GRANULE, 8, 2), blocks[0]);
    assert_eq!(heap.check().free_blocks, 0);
}

#[test]
fn a_request_that_fails_has_coalesced_what_is_free() {
    let pairs = if SLOW { 20 } else { 1000 };
    let arena = &Arena::new(0, pairs * 3 * GRANULE / PAGE + 3);
    let heap = &heap(arena);
    scatter(heap, pairs);
    refused(heap, arena.limit() * PAGE, 8);
    let usage = heap.check();
    assert_eq!((usage.free_blocks, usage.runs), (pairs, pairs));
}

/// Free blocks are coalesced when memory would grow and more has been cut since the last time than the bits take.
#[test]
#[cfg_attr(miri, ignore = "so much memory takes minutes there")]
fn free_blocks_are_coalesced_when_a_64th_of_the_heap_was_cut_and_no_earlier() {
    let pages = 300;
    let arena = &Arena::new(0, pages + 64);
    let heap = &heap(arena);
    block(heap, (pages - 4) * PAGE, 8, 1);
    let mut stock: Vec<_> = (0..40).map(|_| [1, 1, 2].map(|fill| block(heap, GRANULE, 8, fill))).collect();
    // More is cut than the bits take, and no memory grows.
    free(heap, block(heap, 4 * PAGE, 8, 1), 4 * PAGE, 8);
    for fill in 0..4 {
        block(heap, PAGE, 8, fill);
    }
    // From here on nothing is owed.
    heap.coalesce();
    let size = rounded(bits(arena) / 23, 8);
    let half = rounded(size / 2, 8);
    let spare = block(heap, half, 8, 2);
    let mut next = block(heap, size, 8, 2).addr() + size;
    free(heap, spare, half, 8);
    // What was cut since the last time, and the two blocks of a pair that wait beside the spare one.
    let (mut debt, mut waiting) = (half + size, 0);
    let (mut coalesced, mut grown) = (0, 0);
    while arena.pages() + 2 < arena.limit() {
        // What a list serves is not cut.
        for _ in 0..4 {
            assert_eq!(block(heap, half, 8, 3), spare);
            free(heap, spare, half, 8);
        }
        if waiting == 0 {
            let [a, b, _] = stock.pop().expect("a pair");
            free(heap, a, GRANULE, 8);
            free(heap, b, GRANULE, 8);
            waiting = 2;
        }
        let (room, before) = (end(arena) - next, arena.pages());
        debt += size;
        let due = size + bits(arena) >= room && debt > bits(arena);
        assert_eq!(block(heap, size, 8, 2).addr(), next);
        next += size;
        grown += usize::from(arena.pages() != before);
        if due {
            (debt, waiting) = (0, 0);
            coalesced += 1;
        }
        assert_eq!(heap.check().free_blocks, 1 + coalesced + waiting, "{debt} bytes were cut since the last time");
    }
    assert!(coalesced > 1 && grown > coalesced, "coalesced {coalesced} times, grown {grown} times");
}

// When memory runs out.

#[test]
fn the_room_for_the_bits_is_kept_at_every_limit() {
    for (slack, limit) in [(0, 2), (0, 6), (16, 2), (16 * 1001, 3), (PAGE - 16, 2), (PAGE, 5), (3 * PAGE + 16, 40)] {
        if SLOW && limit > 2 {
            continue;
        }
        for size in [if SLOW { 2000 } else { GRANULE }, if SLOW { 5000 } else { 500 }, LARGE + 1, 3000] {
            let arena = &Arena::new(slack, limit);
            let heap = &heap(arena);
            let mut blocks: Vec<_> = take_all(heap, size).into_iter().map(|block| (block, size)).collect();
            if !SLOW {
                blocks.extend(take_all(heap, GRANULE).into_iter().map(|block| (block, GRANULE)));
                let left = end(arena) - arena.start().addr() - heap.check().used_size;
                assert!(left > bits(arena) && left <= bits(arena) + GRANULE, "{left} bytes are left");
            }
            assert_eq!(heap.check().free_blocks, 0);
            for &(block, size) in &blocks {
                free(heap, block, size, 1);
            }
            // There is no room but that of the bits.
            heap.coalesce();
            assert_eq!(heap.check(), Usage::default(), "slack {slack}, {limit} pages");
            assert_eq!(take_all(heap, size).len(), blocks.iter().filter(|it| it.1 == size).count());
        }
    }
}

#[test]
fn requests_around_what_is_left_are_met_or_leave_all_as_it_was() {
    let limit = 3;
    for used in [0, 100, PAGE, PAGE + 3000] {
        for align in [1, 64, 4096] {
            let step = if SLOW { 999 } else { 19 };
            let mut met = 0;
            for less in (0..2000).step_by(step).chain((2000..PAGE / 2).step_by(step * 5)) {
                let arena = &Arena::new(0, limit);
                let heap = &heap(arena);
                if used > 0 {
                    block(heap, used, 8, 1);
                }
                let Some(size) = ((limit - 1) * PAGE - used).checked_sub(less).filter(|&size| size > 0) else {
                    continue;
                };
                let (before, pages) = (heap.check(), arena.pages());
                // SAFETY: the size is not 0.
                let block = unsafe { heap.alloc(layout(size, align)) };
                if block.is_null() {
                    let usage = heap.check();
                    assert_eq!(usage.used_size, before.used_size);
                    // Memory may have grown before it turned out that the bits of the added pages have no room.
                    let grown = arena.pages() != pages;
                    let need = rounded(size, align) + align + bits(arena) + GRANULE;
                    assert!(
                        need + rounded(used.max(1), 1) > (limit - 1) * PAGE,
                        "{size} bytes at {align} behind {used}"
                    );
                    assert!(!grown || less < PAGE / 2, "{size} bytes at a multiple of {align} behind {used}");
                } else {
                    met += 1;
                    assert!(arena.holds(block, size + 1), "the last byte of memory is in a block");
                    // SAFETY: the block is new and `size` bytes long.
                    unsafe { block.write_bytes(2, size) }
                    heap.check();
                }
            }
            assert!(met > 0, "nothing fits behind {used}");
        }
    }
}

#[test]
fn a_block_grows_up_to_what_is_left_and_never_holds_the_last_byte() {
    let arena = &Arena::new(0, 3);
    let heap = &heap(arena);
    let mut size = 1;
    let a = block(heap, size, 1, 1);
    loop {
        let larger = rounded(size + 1, 1);
        // SAFETY: the block is live and has this layout.
        let grown = unsafe { heap.realloc(a, layout(size, 1), larger) };
        if grown.is_null() {
            assert!(larger + 2 * (PAGE / GRANULE / 8) >= 2 * PAGE, "{larger} bytes are less than there are");
            break;
        }
        assert_eq!(grown, a);
        size = larger;
        heap.check();
    }
    assert!(arena.holds(a, size + 1));
    assert_filled(a, 1, 1);
    for size in [32 * GRANULE, GRANULE] {
        take_all(heap, size);
    }
    refused(heap, 1, 1);
    heap.check();
    free(heap, a, size, 1);
    heap.check();
}

/// What a live block must be.
#[derive(Clone, Copy)]
struct Shadow {
    ptr: *mut u8,
    size: usize,
    align: usize,
    fill: u8,
    /// Whether it is a `Bump`'s, and not the heap's.
    bump: bool,
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

/// What a model does beside requests to a heap.
#[derive(Clone, Copy)]
struct Besides {
    /// Others grow memory.
    foreign: bool,
    /// A `Bump` takes a fourth of the blocks.
    bump: bool,
    /// The step at which no more memory is to be had.
    full_at: usize,
}

const ALONE: Besides = Besides { foreign: false, bump: false, full_at: usize::MAX };

/// Random requests, with the heap checked after every one and its sizes added up.
fn model(arena: &Arena, seed: u32, steps: usize, sizes: [usize; 3], besides: Besides) {
    let (heap, bump) = (&heap(arena), &Bump::over(arena));
    let owner = |is_bump| if is_bump { bump as &dyn GlobalAlloc } else { heap };
    let random = &mut Random(seed);
    let mut live: Vec<Shadow> = Vec::new();
    let most = if SLOW { 12 } else { 60 };
    let sizes = sizes.map(|size| if SLOW { size.min(3000) } else { size });
    let Besides { foreign, full_at, .. } = besides;
    for step in 0..steps {
        let choice = random.below(16);
        let fill = step as u8;
        if step == full_at {
            arena.set_full(true);
        }
        if live.is_empty() || choice < 7 && live.len() < most {
            let largest = sizes[random.below(3)];
            let (size, align) = (1 + random.below(largest), 1 << random.below([4, 13][choice % 2]));
            let bump = besides.bump && random.below(4) == 0;
            // SAFETY: the size is not 0.
            let ptr = unsafe { owner(bump).alloc(layout(size, align)) };
            if ptr.is_null() {
                assert!(step >= full_at, "no memory for {size} bytes");
            } else {
                live.push(Shadow { ptr, size, align, fill, bump }.accept(arena, &live));
            }
        } else if choice < 12 {
            let Shadow { ptr, size, align, fill, bump } = live.swap_remove(random.below(live.len()));
            assert_filled(ptr, size, fill);
            // SAFETY: the block is live, is its owner's and has this layout.
            unsafe { owner(bump).dealloc(ptr, layout(size, align)) }
        } else if choice < 15 {
            let old = live.swap_remove(random.below(live.len()));
            let largest = sizes[random.below(3)];
            let size = 1 + random.below(largest);
            // SAFETY: the block is live, is its owner's and has this layout.
            let ptr = unsafe { owner(old.bump).realloc(old.ptr, layout(old.size, old.align), size) };
            if ptr.is_null() {
                assert!(step >= full_at, "{} bytes cannot be made {size}", old.size);
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
        }
        if SLOW && step % 4 != 0 {
            continue;
        }
        let usage = heap.check();
        let used: usize = live.iter().filter(|it| !it.bump).map(|it| rounded(it.size, it.align)).sum();
        if besides.bump {
            assert!(usage.used_size >= used, "{usage:?} for {used} bytes");
        } else {
            let others = usage.used_size.checked_sub(used);
            let runs = others.and_then(|others| arena.foreign_runs(others));
            assert!(runs.is_some(), "{usage:?} for {used} bytes");
        }
        for block in &live {
            assert_filled(block.ptr, block.size, block.fill);
        }
    }
    arena.foreign_untouched();
    for Shadow { ptr, size, align, fill, bump } in live {
        assert_filled(ptr, size, fill);
        // SAFETY: as above.
        unsafe { owner(bump).dealloc(ptr, layout(size, align)) }
    }
    heap.coalesce();
    let usage = heap.check();
    if !besides.bump {
        let runs = arena.foreign_runs(usage.used_size);
        assert!(runs.is_some_and(|runs| usage.runs <= runs), "{usage:?}");
        assert!(foreign || usage.free_blocks == 0, "{usage:?}");
    }
}

const SEEDS: &[u32] = if SLOW { &[0x9E37_79B9] } else { &[0x9E37_79B9, 1, 77, 0xDEAD_BEEF, 4_000_000_000] };

#[test]
fn every_block_keeps_its_bytes_through_random_requests() {
    let cases = [(16 * 1001, [8, 70, LARGE / 8]), (0, [30, 300, 9000]), (16, [2000, 9000, 2 * LARGE])];
    for &seed in SEEDS {
        for &(slack, sizes) in &cases[..if SLOW { 1 } else { cases.len() }] {
            let steps = if SLOW { 60 } else { 2000 };
            model(&Arena::new(slack, if SLOW { 40 } else { 400 }), seed, steps, sizes, ALONE);
        }
    }
}

#[test]
fn every_block_keeps_its_bytes_while_others_grow_memory() {
    for &seed in SEEDS {
        for bump in [false, true] {
            let steps = if SLOW { 60 } else { 2000 };
            let arena = &Arena::new(48, if SLOW { 60 } else { 2000 });
            model(arena, seed, steps, [30, 3000, LARGE], Besides { foreign: true, bump, ..ALONE });
        }
    }
}

#[test]
fn every_block_keeps_its_bytes_beside_a_bump() {
    for &seed in SEEDS {
        for sizes in [[8, 70, LARGE / 8], [30, 300, 9000]] {
            let steps = if SLOW { 60 } else { 2000 };
            let arena = &Arena::new(16 * 1001, if SLOW { 40 } else { 1000 });
            model(arena, seed, steps, sizes, Besides { bump: true, ..ALONE });
        }
    }
}

#[test]
fn every_block_keeps_its_bytes_when_memory_runs_out() {
    for &seed in SEEDS {
        for &(foreign, bump) in if SLOW { &[(true, true)][..] } else { &[(false, false), (true, false), (true, true)] }
        {
            let steps = if SLOW { 80 } else { 2000 };
            let full_at = Random(seed).below(steps / 2);
            let arena = &Arena::new(16 * 1001, if SLOW { 40 } else { 400 });
            model(arena, seed, steps, [100, 3000, LARGE], Besides { foreign, bump, full_at });
        }
    }
}

// `check`.

/// A heap over an arena with blocks of four granules, of which the second and the fourth are free.
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
        free(&heap, blocks[3], 4 * GRANULE, 8);
        Self { heap, arena, blocks }
    }

    /// Overwrites the link in the free block that was freed last.
    fn link(&self, to: *mut u8) {
        // SAFETY: the word lies in the arena. What it breaks is what the test is about.
        unsafe { self.blocks[3].cast::<*mut u8>().write(to) }
    }
}

/// Breaks a heap, and asserts that `check` says so under the number of the invariant.
#[track_caller]
fn check_says(message: &str, corrupt: impl FnOnce(&Scene)) {
    let arena = &arena();
    let scene = &Scene::new(arena);
    let usage = scene.heap.check();
    assert_eq!((usage.runs, usage.free_blocks, usage.free_size), (2, 2, 8 * GRANULE));
    corrupt(scene);
    let check = std::panic::AssertUnwindSafe(|| scene.heap.check());
    let panic = std::panic::catch_unwind(check).expect_err(message);
    let said = panic.downcast_ref::<String>().expect("a message");
    assert!(said.contains(message), "check says {said:?}, not {message:?}");
}

#[test]
fn check_fires_when_a_list_leads_where_no_block_is() {
    check_says("1: no block is here", |scene| scene.link(scene.blocks[2].wrapping_add(WORD)));
    check_says("1: no block is here", |scene| scene.link(scene.blocks[5].wrapping_add(4 * GRANULE)));
    check_says("1: no block is here", |scene| scene.link(scene.arena.start().wrapping_sub(GRANULE)));
}

#[test]
fn check_fires_when_a_free_block_goes_on_into_what_is_unclaimed() {
    check_says("2: no block has this size", |scene| scene.link(scene.blocks[5].wrapping_add(GRANULE)));
    check_says("2: no block has this size", |scene| free(&scene.heap, scene.blocks[5], 5 * GRANULE, 8));
}

#[test]
fn check_fires_when_a_block_is_listed_twice() {
    // A block that is freed twice makes a ring.
    check_says("3: this is listed twice, or in a ring", |scene| free(&scene.heap, scene.blocks[3], 4 * GRANULE, 8));
    check_says("3: this is listed twice, or in a ring", |scene| scene.link(scene.blocks[3]));
    // In two lists.
    check_says("3: blocks overlap, or one is listed twice", |scene| {
        // SAFETY: the word lies in a free block of the arena.
        unsafe { scene.blocks[1].cast::<*mut u8>().write(ptr::null_mut()) }
        free(&scene.heap, scene.blocks[3], 3 * GRANULE, 8);
        scene.link(ptr::null_mut());
    });
}

#[test]
fn check_fires_when_free_blocks_overlap() {
    check_says("3: blocks overlap", |scene| {
        // The one before a free one is freed as if it went on into that.
        free(&scene.heap, scene.blocks[0], 6 * GRANULE, 8);
    });
    check_says("3: blocks overlap", |scene| {
        free(&scene.heap, scene.blocks[1].wrapping_add(2 * GRANULE), 3 * GRANULE, 8);
    });
}

#[test]
fn check_of_an_unused_heap_counts_nothing() {
    let arena = &arena();
    let heap = &heap(arena);
    assert_eq!(heap.check(), Usage::default());
    heap.coalesce();
    assert_eq!(heap.check(), Usage::default());
    assert_eq!(arena.pages(), 1);
}
