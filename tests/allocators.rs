//! The allocators, held against the conformance suite natively and inside wasm, and the house's own one by one.
//!
//! All but the modules runs under Miri too, on 64 and on 32 bits: `cargo +nightly miri test --test allocators`.

mod common {
    pub mod arena;
    #[cfg(not(miri))]
    pub mod engine;
    pub mod suite;
}
#[cfg(not(miri))]
#[path = "../examples/hosts/rust/guest.rs"]
mod guest;

use common::arena::Arena;
use common::suite::{self, PARTS, Part, Profile, Test, World};
use linmem::{Bump, Heap, PAGE, Usage};
use std::alloc::{GlobalAlloc, Layout};
use std::ptr;

/// An interpreter that checks every access is a thousand times slower.
const SLOW: bool = cfg!(miri);
/// Seeds, how often to do what is done in a loop, and the largest block of ordinary requests.
const RUNS: &[(u32, usize, usize)] = if SLOW {
    &[(0x2545_F491, 100, 4096)]
} else {
    &[(0x2545_F491, 1000, 300_000), (7, 3000, 70_000), (0xDEAD_BEEF, 6000, 4096)]
};
/// Bytes that are there from the start: none, one granule, too few for a region, an odd number of granules, more than
/// a page.
const SLACKS: &[usize] = if SLOW { &[0, 16 * 1001] } else { &[0, 16, 48, 16 * 1001, 3 * PAGE + 16] };
/// Pages for the parts that memory must last for, and for the one that uses it up.
const LIMIT: usize = if SLOW { 80 } else { 700 };
const SMALL_LIMIT: usize = if SLOW { 5 } else { 70 };

impl World for Arena {
    fn pages(&self) -> usize {
        linmem::Pages::size(&self)
    }

    fn limit(&self) -> Option<usize> {
        Some(self.limit())
    }

    fn foreign(&self, count: usize) -> bool {
        self.foreign(count)
    }

    fn foreign_intact(&self) -> bool {
        self.foreign_intact()
    }

    fn holds(&self, block: *mut u8, size: usize) -> bool {
        self.holds(block, size)
    }
}

/// Runs one part, and fails with the line that found something wrong.
fn run_part(name: &str, part: Part, test: &Test) {
    if let Err(suite::Failure { line, step, what }) = part(test) {
        panic!("{name}, seed {}: {what}: tests/common/suite.rs:{line}, step {step}", test.seed);
    }
}

/// Pages for a part.
fn limit(name: &str) -> usize {
    if name == "memory_runs_out" { SMALL_LIMIT } else { LIMIT }
}

/// Runs all parts over arenas, each over a fresh one, then one after another over the same.
///
/// `make` makes the allocators over an arena and hands them to its second argument.
fn run_suite(profile: Profile, make: impl Fn(&Arena, &dyn Fn(&[&dyn GlobalAlloc], &dyn Fn() -> bool))) {
    for &slack in SLACKS {
        for &(seed, rounds, largest) in RUNS {
            let run = |world: &Arena, parts: &[(&str, Part)], fresh| {
                make(world, &|allocators, whole| {
                    for &(name, part) in parts {
                        let test = Test { allocators, profile, world, whole, fresh, rounds, largest, seed };
                        run_part(&format!("slack {slack}, {name}"), part, &test);
                    }
                });
                world.foreign_untouched();
            };
            for part in PARTS {
                run(&Arena::new(slack, limit(part.0)), &[*part], true);
            }
            if profile.reuses && profile.joins {
                run(&Arena::new(slack, LIMIT / 2), &PARTS[..PARTS.len() - 1], false);
            }
        }
    }
}

#[test]
fn heap_passes_the_suite() {
    run_suite(suite::HEAP, |arena, run| {
        let heap = Heap::over(arena);
        run(&[&heap], &|| suite::is_whole(heap.check()));
    });
}

#[test]
fn bump_passes_the_suite() {
    run_suite(suite::BUMP, |arena, run| run(&[&Bump::over(arena)], &|| true));
}

#[test]
fn two_heaps_over_one_memory_pass_the_suite() {
    run_suite(suite::TWO_HEAPS, |arena, run| {
        let (a, b) = (Heap::over(arena), Heap::over(arena));
        run(&[&a, &b], &|| suite::is_whole(a.check()) && suite::is_whole(b.check()));
    });
}

#[test]
fn heap_and_bump_over_one_memory_pass_the_suite() {
    run_suite(suite::WITH_BUMP, |arena, run| {
        let (heap, bump) = (Heap::over(arena), Bump::over(arena));
        run(&[&heap, &bump], &|| suite::is_whole(heap.check()));
    });
}

#[test]
fn two_bumps_over_one_memory_pass_the_suite() {
    run_suite(suite::BUMP, |arena, run| run(&[&Bump::over(arena), &Bump::over(arena)], &|| true));
}

/// Memory of the operating system, as the allocators of other crates take it off wasm: nothing is known of it.
#[cfg(all(any(feature = "dlmalloc", feature = "wee_alloc"), not(miri)))]
fn run_suite_over_system(profile: Profile, allocator: &dyn GlobalAlloc) {
    struct System;

    impl World for System {
        fn pages(&self) -> usize {
            0
        }

        fn limit(&self) -> Option<usize> {
            None
        }

        fn foreign(&self, _: usize) -> bool {
            false
        }

        fn foreign_intact(&self) -> bool {
            true
        }

        fn holds(&self, block: *mut u8, size: usize) -> bool {
            block.addr().checked_add(size).is_some()
        }
    }

    for &(seed, rounds, largest) in RUNS {
        for &(name, part) in PARTS {
            let allocators = &[allocator];
            let test =
                Test { allocators, profile, world: &System, whole: &|| true, fresh: false, rounds, largest, seed };
            run_part(name, part, &test);
        }
    }
}

#[cfg(all(feature = "dlmalloc", not(miri)))]
#[test]
fn dlmalloc_passes_the_suite() {
    // How much memory it leaves to a request is the system's matter here.
    run_suite_over_system(Profile { demand: None, ..suite::DLMALLOC }, &linmem::Dlmalloc::new());
}

#[cfg(all(feature = "wee_alloc", not(miri)))]
#[test]
fn wee_alloc_passes_the_suite() {
    run_suite_over_system(suite::WEE_ALLOC, &linmem::WeeAlloc::new());
}

/// The same suite inside the modules of the package `suite`.
#[cfg(not(miri))]
mod wasm {
    use super::common::engine::Guest;
    use super::common::suite::PARTS;
    use super::guest;
    use std::path::PathBuf;
    use std::sync::LazyLock;

    const SEEDS: &[u32] = &[0x2545_F491, 12345];
    /// An interpreter runs the modules.
    const ROUNDS: u32 = 2000;
    const LARGEST: u32 = 70_000;
    const LIMIT: usize = 400;
    const SMALL_LIMIT: usize = 60;

    fn module(name: &str) -> Vec<u8> {
        static FOLDER: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
            guest::build("suite", &["--examples"])?;
            let others = ["--features", "dlmalloc,wee_alloc", "--example", "*_dlmalloc", "--example", "*_wee_alloc"];
            guest::build("suite", &others)
        });
        let folder = FOLDER.as_ref().unwrap_or_else(|error| panic!("{error}"));
        let path = folder.join("examples").join(name).with_extension("wasm");
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn run_part(guest: &mut Guest, what: &str, part: usize, fresh: bool, seed: u32, limit: usize) {
        let args = [part as u32, fresh.into(), seed, ROUNDS, LARGEST, limit as u32];
        let line = match guest.call("run", &args) {
            Ok(line) => line.expect("`run` returns a line"),
            Err(trap) => panic!("{what}: {}, seed {seed}: {trap}", PARTS[part].0),
        };
        if line != 0 {
            let step = guest.get("step", &[]);
            let text = include_str!("common/suite.rs").lines().nth(line as usize - 1).unwrap_or_default().trim();
            panic!("{what}: {}, seed {seed}: tests/common/suite.rs:{line}, step {step}: {text}", PARTS[part].0);
        }
    }

    fn run_suite(name: &str, reuses: bool) {
        let wasm = module(name);
        for &seed in SEEDS {
            for (part, &(part_name, _)) in PARTS.iter().enumerate() {
                let limit = if part_name == "memory_runs_out" { SMALL_LIMIT } else { LIMIT };
                run_part(&mut Guest::load(&wasm, limit), name, part, true, seed, limit);
            }
        }
        if reuses {
            let mut guest = Guest::load(&wasm, LIMIT);
            for part in 0..PARTS.len() - 1 {
                run_part(&mut guest, &format!("{name}, one after another"), part, false, SEEDS[0], LIMIT);
            }
        }
    }

    #[test]
    fn heap_passes_the_suite() {
        run_suite("suite_heap", true);
    }

    #[test]
    fn bump_passes_the_suite() {
        run_suite("suite_bump", false);
    }

    #[test]
    fn dlmalloc_passes_the_suite() {
        run_suite("suite_dlmalloc", true);
    }

    #[test]
    fn wee_alloc_passes_the_suite() {
        run_suite("suite_wee_alloc", false);
    }

    #[test]
    fn an_allocator_of_another_crate_passes_the_suite() {
        run_suite("suite_talc", true);
    }

    #[test]
    fn two_heaps_in_one_module_pass_the_suite() {
        run_suite("pair_heap_heap", false);
    }

    #[test]
    fn heap_and_bump_in_one_module_pass_the_suite() {
        run_suite("pair_heap_bump", false);
    }

    #[test]
    fn two_bumps_in_one_module_pass_the_suite() {
        run_suite("pair_bump_bump", false);
    }
}

const WORD: usize = size_of::<usize>();

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).expect("a layout")
}

/// A block that is filled with `fill`.
fn block(allocator: &impl GlobalAlloc, size: usize, align: usize, fill: u8) -> *mut u8 {
    // SAFETY: no test asks for a size of 0.
    let block = unsafe { allocator.alloc(layout(size, align)) };
    assert!(!block.is_null(), "no memory for {size} bytes at a multiple of {align}");
    assert!(block.addr() % align == 0, "{block:p} is not aligned to {align}");
    // SAFETY: the block is new and `size` bytes long.
    unsafe { block.write_bytes(fill, size) }
    block
}

/// Asks for a block that cannot be had.
fn refused(allocator: &impl GlobalAlloc, size: usize, align: usize) {
    // SAFETY: no test asks for a size of 0.
    let block = unsafe { allocator.alloc(layout(size, align)) };
    assert!(block.is_null(), "{size} bytes at a multiple of {align} are at {block:p}");
}

/// Frees a live block.
fn free(allocator: &impl GlobalAlloc, block: *mut u8, size: usize, align: usize) {
    // SAFETY: every test passes a block of this allocator with its layout.
    unsafe { allocator.dealloc(block, layout(size, align)) }
}

/// Resizes a live block with alignment 8.
fn resize(allocator: &impl GlobalAlloc, block: *mut u8, size: usize, new_size: usize) -> *mut u8 {
    // SAFETY: as for `free`; no test asks for a new size of 0.
    unsafe { allocator.realloc(block, layout(size, 8), new_size) }
}

#[track_caller]
fn assert_filled(block: *mut u8, size: usize, fill: u8) {
    // SAFETY: every test passes a live block of at least this size, which is filled.
    let bytes = unsafe { std::slice::from_raw_parts(block, size) };
    assert!(bytes == vec![fill; size], "the block at {block:p} was written to");
}

/// An arena with room for small tests from the start.
fn arena() -> Arena {
    Arena::new(PAGE / 2, 8)
}

#[test]
fn free_coalesces_both_neighbours() {
    let arena = &arena();
    let heap = &Heap::over(arena);
    let [a, b, c, _d] = [1, 2, 3, 4].map(|fill| block(heap, 64, 8, fill));
    let whole = heap.check();
    free(heap, a, 64, 8);
    free(heap, c, 64, 8);
    assert_eq!(heap.check().free_blocks, whole.free_blocks + 2);
    free(heap, b, 64, 8);
    let usage = heap.check();
    assert_eq!(usage.free_blocks, whole.free_blocks + 1, "three freed neighbours are one block");
    assert_eq!(usage.used_size + usage.free_size, whole.used_size + whole.free_size);
    assert_eq!(block(heap, c.addr() - a.addr() + 64, 8, 5), a, "it is as long as the three were");
}

#[test]
fn free_coalesces_with_the_block_before_and_with_the_block_after() {
    for first in [0, 1] {
        let arena = &arena();
        let heap = &Heap::over(arena);
        let blocks = [1, 2, 3].map(|fill| block(heap, 64, 8, fill));
        let free_blocks = heap.check().free_blocks;
        free(heap, blocks[first], 64, 8);
        free(heap, blocks[1 - first], 64, 8);
        assert_eq!(heap.check().free_blocks, free_blocks + 1);
        assert_filled(blocks[2], 64, 3);
    }
}

#[test]
fn realloc_grows_into_the_free_neighbour() {
    let arena = &arena();
    let heap = &Heap::over(arena);
    let [a, b, c] = [1, 2, 3].map(|fill| block(heap, 64, 8, fill));
    free(heap, b, 64, 8);
    assert_eq!(resize(heap, a, 64, 128), a);
    assert_filled(a, 64, 1);
    assert_filled(c, 64, 3);
    // The neighbour is used up: the next step has to move.
    let moved = resize(heap, a, 128, 400);
    assert_ne!(moved, a);
    assert_filled(moved, 64, 1);
    assert_filled(c, 64, 3);
    assert_eq!(heap.check().used_blocks, 2);
}

#[test]
fn realloc_of_a_block_that_shrinks_frees_the_rest_in_place() {
    let arena = &arena();
    let heap = &Heap::over(arena);
    let a = block(heap, 1000, 8, 1);
    let b = block(heap, 64, 8, 2);
    let used = heap.check().used_size;
    assert_eq!(resize(heap, a, 1000, 100), a);
    let usage = heap.check();
    assert!(used - usage.used_size >= 900 - 2 * WORD, "{usage:?}");
    let c = block(heap, 800, 8, 3);
    assert!(a < c && c < b, "the rest is not used again");
    assert_filled(a, 100, 1);
    assert_filled(b, 64, 2);
}

#[test]
fn realloc_of_the_last_block_grows_memory_in_place() {
    let arena = &arena();
    let heap = &Heap::over(arena);
    let before = block(heap, 100, 8, 1);
    let last = block(heap, 100, 8, 2);
    assert_eq!(resize(heap, last, 100, 3 * PAGE), last);
    assert_eq!(arena.pages(), 1 + 3, "the pages that are missing, and no more");
    assert_filled(before, 100, 1);
    assert_filled(last, 100, 2);
    assert_eq!(heap.check().regions, 1);
}

#[test]
fn adjacent_growth_joins_into_one_region() {
    let arena = &Arena::new(0, 8);
    let heap = &Heap::over(arena);
    let blocks: Vec<_> = (0..5).map(|fill| block(heap, PAGE, 8, fill)).collect();
    assert_eq!(heap.check().regions, 1);
    assert_eq!(arena.pages(), 7, "five pages with headers need six");
    for (fill, &block) in (0..).zip(&blocks) {
        assert_filled(block, PAGE, fill);
        free(heap, block, PAGE, 8);
    }
    assert!(suite::is_whole(heap.check()));
    block(heap, 5 * PAGE, 8, 9);
    assert_eq!(arena.pages(), 7);
}

#[test]
fn foreign_growth_starts_a_region() {
    let arena = &arena();
    let heap = &Heap::over(arena);
    let a = block(heap, 100, 8, 1);
    assert!(arena.foreign(2));
    let b = block(heap, PAGE, 8, 2);
    assert_eq!(heap.check().regions, 2);
    assert!(b.addr() - a.addr() > 2 * PAGE, "the block lies behind the pages of others");
    arena.foreign_untouched();
    free(heap, a, 100, 8);
    free(heap, b, PAGE, 8);
    let usage = heap.check();
    assert_eq!((usage.regions, usage.free_blocks, usage.used_blocks), (2, 2, 0));
}

#[test]
fn the_last_block_moves_when_others_have_grown_memory_behind_it() {
    let arena = &arena();
    let heap = &Heap::over(arena);
    let a = block(heap, 100, 8, 1);
    assert!(arena.foreign(1));
    let moved = resize(heap, a, 100, PAGE);
    assert_ne!(moved, a);
    assert_filled(moved, 100, 1);
    assert_eq!(heap.check().used_blocks, 1);
}

#[test]
fn the_slack_is_used_first() {
    for size in [1, 100, PAGE / 2] {
        let arenas = [Arena::new(PAGE, 4), Arena::new(PAGE, 4)];
        let (heap, bump) = (Heap::over(&arenas[0]), Bump::over(&arenas[1]));
        let in_heap = block(&heap, size, 8, 1);
        let in_bump = block(&bump, size, 8, 1);
        assert_eq!(in_bump, arenas[1].start(), "the first block lies at the start of the slack");
        assert_eq!(in_heap, arenas[0].start().wrapping_add(2 * WORD), "behind the link and the header");
        assert!(arenas.iter().all(|arena| arena.pages() == 2), "memory grew though there was slack");
    }
}

#[test]
fn slack_that_is_too_short_for_a_region_is_left() {
    let arena = &Arena::new(16, 4);
    let heap = &Heap::over(arena);
    let a = block(heap, 1, 1, 1);
    assert_eq!(heap.check().regions, 1);
    assert_eq!(arena.pages(), 2);
    free(heap, a, 1, 1);
    assert!(suite::is_whole(heap.check()));
}

#[test]
fn a_request_grows_the_pages_that_are_missing_and_no_more() {
    for (size, pages) in [(1, 1), (PAGE - 64, 1), (PAGE, 2), (2 * PAGE - 64, 2), (4 * PAGE + 1, 5)] {
        let arenas = [Arena::new(0, 8), Arena::new(0, 8)];
        block(&Heap::over(&arenas[0]), size, 8, 1);
        block(&Bump::over(&arenas[1]), size, 8, 1);
        for arena in &arenas {
            assert_eq!(arena.pages(), 1 + pages, "{size} bytes");
        }
    }
}

#[test]
fn the_gap_before_an_aligned_block_is_free() {
    let arena = &Arena::new(16, 8);
    let heap = &Heap::over(arena);
    block(heap, 1, 1, 1);
    let aligned = block(heap, 100, PAGE, 2);
    let usage = heap.check();
    assert!(usage.used_size < 300, "{usage:?}");
    // One fits before it, one behind it.
    let pages = arena.pages();
    let blocks = [3, 4].map(|fill| block(heap, 40_000, 8, fill));
    assert_eq!(arena.pages(), pages, "the gap is not used");
    assert!(blocks.iter().any(|&block| block < aligned) && blocks.iter().any(|&block| block > aligned));
    free(heap, aligned, 100, PAGE);
    assert_eq!(heap.check().used_blocks, 3);
}

#[test]
fn a_failed_realloc_leaves_the_block() {
    fn fails(arena: &Arena, allocator: &impl GlobalAlloc) {
        let a = block(allocator, 5000, 8, 1);
        let b = block(allocator, 5000, 8, 2);
        let pages = arena.pages();
        for (block, fill) in [(a, 1), (b, 2)] {
            for size in [arena.limit() * PAGE, isize::MAX as usize / 2, isize::MAX as usize - 7] {
                assert!(resize(allocator, block, 5000, size).is_null());
                assert_filled(block, 5000, fill);
            }
        }
        assert_eq!(arena.pages(), pages);
        assert_eq!(resize(allocator, b, 5000, 6000), b, "the last block is still the last");
    }

    let arena = &arena();
    let heap = Heap::over(arena);
    fails(arena, &heap);
    assert_eq!(heap.check().used_blocks, 2);
    let arena = &self::arena();
    fails(arena, &Bump::over(arena));
}

/// Short random runs with the heap checked after every operation, and its sizes added up.
#[test]
fn check_holds_after_every_operation() {
    let arena = &Arena::new(16 * 1001, 64);
    let heap = &Heap::over(arena);
    let mut random = 0x9E37_79B9_u32;
    let mut below = |end: usize| {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        random as usize % end
    };
    let mut live: Vec<(*mut u8, usize, usize, u8)> = Vec::new();
    for step in 0..if SLOW { 150 } else { 5000 } {
        let choice = below(8);
        if live.is_empty() || choice < 3 && live.len() < 24 {
            let (sizes, logs) = ([30, 300, 9000][below(3)], [4, 13][below(2)]);
            let (size, align) = (1 + below(sizes), 1 << below(logs));
            let fill = step as u8;
            live.push((block(heap, size, align, fill), size, align, fill));
        } else if choice < 6 {
            let (block, size, align, fill) = live.swap_remove(below(live.len()));
            assert_filled(block, size, fill);
            free(heap, block, size, align);
        } else {
            let index = below(live.len());
            let (old, size, align, fill) = live[index];
            let new_size = 1 + below(6000);
            // SAFETY: the block is live and has this layout.
            let new = unsafe { heap.realloc(old, layout(size, align), new_size) };
            assert!(!new.is_null() && new.addr() % align == 0);
            assert_filled(new, size.min(new_size), fill);
            // SAFETY: the block is `new_size` bytes long.
            unsafe { new.write_bytes(fill, new_size) }
            live[index] = (new, new_size, align, fill);
        }
        let usage = heap.check();
        let payload: usize = live.iter().map(|block| block.1).sum();
        assert_eq!(usage.used_blocks, live.len());
        assert!(usage.used_size >= payload + live.len() * WORD, "{usage:?} for {payload} bytes");
        assert!(usage.used_size <= payload + live.len() * (6 * WORD), "{usage:?} for {payload} bytes");
        let claimed = 16 * 1001 + (arena.pages() - 1) * PAGE;
        assert_eq!(usage.used_size + usage.free_size + usage.regions * 2 * WORD, claimed);
        assert_eq!(usage.regions, 1);
    }
    for (block, size, align, fill) in live {
        assert_filled(block, size, fill);
        free(heap, block, size, align);
        heap.check();
    }
    assert!(suite::is_whole(heap.check()));
}

#[test]
fn two_allocators_over_one_memory_never_start_at_the_same_place() {
    let arena = &arena();
    let (heap, other, bump) = (&Heap::over(arena), &Heap::over(arena), &Bump::over(arena));
    let blocks = [block(bump, 100, 8, 1), block(heap, 100, 8, 2), block(bump, 100, 8, 3), block(other, 100, 8, 4)];
    for (fill, block) in (1..).zip(blocks) {
        assert_filled(block, 100, fill);
    }
    heap.check();
    other.check();
}

/// A bump allocator leaves the memory that nobody claimed at any address.
#[test]
fn a_heap_aligns_the_region_that_it_starts_behind_a_bump() {
    for size in 1..40 {
        let arena = &arena();
        let (heap, bump) = (&Heap::over(arena), &Bump::over(arena));
        let odd = block(bump, size, 1, 1);
        for fill in 2..6 {
            let block = block(heap, 40, 8, fill);
            heap.check();
            assert_eq!(block.addr() % (2 * WORD), 0, "behind a block of {size} bytes");
        }
        assert_filled(odd, size, 1);
    }
}

/// A heap over an arena with five used blocks of 100 bytes, of which the second is freed.
struct Scene<'a> {
    heap: Heap<&'a Arena>,
    blocks: [*mut u8; 5],
    /// The word of the heap that tells by its bits which lists have a block, or the half of it that tells of the freed
    /// block.
    map: usize,
}

impl<'a> Scene<'a> {
    fn new(arena: &'a Arena) -> Self {
        let mut heap = Heap::over(arena);
        let blocks = [1, 2, 3, 4, 5].map(|fill| block(&heap, 100, 8, fill));
        let before = Self::words(&mut heap);
        free(&heap, blocks[1], 100, 8);
        let after = Self::words(&mut heap);
        let header = blocks[1].addr() - WORD;
        let map = (0..after.len()).find(|&word| before[word] != after[word] && after[word] != header);
        Self { heap, blocks, map: map.expect("a bit was set") }
    }

    fn words(heap: &mut Heap<&Arena>) -> Vec<usize> {
        let len = size_of_val(heap) / WORD;
        let words = ptr::from_mut(heap).cast::<usize>();
        // SAFETY: a heap is a number of words without padding.
        (0..len).map(|word| unsafe { words.wrapping_add(word).read() }).collect()
    }

    /// The word at a distance from a payload: the header is at -1, the links of a free block at 0 and 1.
    fn at(&self, block: usize, word: isize) -> *mut usize {
        self.blocks[block].cast::<usize>().wrapping_offset(word)
    }

    fn get(&self, block: usize, word: isize) -> usize {
        // SAFETY: the word lies in the arena, in memory that is written.
        unsafe { self.at(block, word).read() }
    }

    fn set(&self, block: usize, word: isize, value: usize) {
        // SAFETY: the word lies in the arena. What it breaks is what the test is about.
        unsafe { self.at(block, word).write(value) }
    }

    /// Makes a word a link to a block, as one that is free has.
    fn link(&self, block: usize, word: isize, to: *mut usize) {
        // SAFETY: as for `set`.
        unsafe { self.at(block, word).cast::<*mut usize>().write(to) }
    }

    /// Makes a block look like one that a list leads to, without a list.
    fn fake_link(&self, block: usize) {
        self.link(block, 1, self.at(block, 2));
        self.link(block, 3, self.at(block, -1));
    }
}

/// Breaks a heap, and asserts that `check` says so under the number of the invariant.
fn check_says(message: &str, corrupt: impl FnOnce(&mut Scene)) {
    let arena = &arena();
    let scene = &mut Scene::new(arena);
    scene.heap.check();
    corrupt(scene);
    let check = std::panic::AssertUnwindSafe(|| scene.heap.check());
    let panic = std::panic::catch_unwind(check).expect_err(message);
    let said = panic.downcast_ref::<String>().map_or_else(|| panic.downcast_ref::<&str>().copied(), |it| Some(it));
    let said = said.expect("a message");
    assert!(said.contains(message), "check says {said:?}, not {message:?}");
}

#[test]
fn a_full_heap_finds_the_one_block_that_fits_behind_many_that_do_not() {
    let arena = &Arena::new(PAGE / 2, 2);
    let heap = &Heap::over(arena);
    // One class holds both sizes. Used blocks between them keep them apart.
    let (large, small) = (21 * WORD * 2 - WORD, 17 * WORD * 2 - WORD);
    let fits = block(heap, large, 8, 1);
    block(heap, 8, 8, 2);
    let others: Vec<_> = (0..100).map(|_| [block(heap, small, 8, 3), block(heap, 8, 8, 4)][0]).collect();
    for size in [4096, 1024, 256, 8] {
        // SAFETY: the size is not 0.
        while !unsafe { heap.alloc(layout(size, 8)) }.is_null() {}
    }
    free(heap, fits, large, 8);
    for other in others {
        free(heap, other, small, 8);
    }
    assert_eq!(block(heap, large, 8, 5), fits);
    heap.check();
}

#[test]
fn check_fires_when_sizes_do_not_tile_the_region() {
    // Half a granule, used.
    check_says("1: no block has this size", |scene| scene.set(0, -1, WORD | 1));
    // A sentinel, with a free block before it, in the middle.
    check_says("1: the newest region does not end here", |scene| scene.set(2, -1, 3));
}

#[test]
fn check_fires_when_two_neighbours_are_free() {
    check_says("2: two neighbours are free", |scene| {
        let size = scene.get(0, -1) & !3;
        scene.set(0, -1, size);
        scene.link(0, 0, ptr::null_mut());
        scene.fake_link(0);
        scene.set(1, -2, size);
        scene.set(1, -1, scene.get(1, -1) | 2);
    });
}

#[test]
fn check_fires_when_the_tag_of_a_free_block_is_wrong() {
    check_says("3: PREVIOUS_FREE is wrong", |scene| scene.set(2, -1, scene.get(2, -1) & !2));
    check_says("3: PREVIOUS_FREE is wrong", |scene| scene.set(3, -1, scene.get(3, -1) | 2));
    check_says("3: the last word is not the size", |scene| scene.set(2, -2, 5));
}

#[test]
fn check_fires_when_a_list_is_wrong() {
    check_says("4: no link leads here", |scene| scene.link(1, 1, scene.at(1, -1)));
    check_says("4: this is in a list of others", |scene| scene.link(1, 0, scene.at(0, -1)));
    check_says("4: this is in two lists, or in a ring", |scene| scene.link(1, 0, scene.at(1, -1)));
    check_says("4: a free block is in no list", |scene| {
        // The fourth becomes the head, and no longer leads to the second.
        free(&scene.heap, scene.blocks[3], 100, 8);
        scene.link(3, 0, ptr::null_mut());
        scene.fake_link(1);
    });
}

#[test]
fn check_fires_when_a_bit_of_the_map_is_wrong() {
    check_says("5: the bit of this list is wrong", |scene| {
        let map = (&raw mut scene.heap).cast::<usize>().wrapping_add(scene.map);
        // SAFETY: the word lies in the heap, which is borrowed alone.
        unsafe { map.write(0) }
    });
}

#[test]
fn check_of_an_unused_heap_counts_nothing() {
    let arena = &arena();
    assert_eq!(Heap::over(arena).check(), Usage::default());
    assert_eq!(arena.pages(), 1);
}

#[test]
fn the_last_block_of_a_bump_grows_in_place_across_pages() {
    let arena = &Arena::new(16 * 1001, 8);
    let bump = &Bump::over(arena);
    let before = block(bump, 100, 8, 1);
    let last = block(bump, 100, 8, 2);
    for (old, new) in [(100, 101), (101, 16_000), (16_000, PAGE), (PAGE, 5 * PAGE)] {
        assert_eq!(resize(bump, last, old, new), last);
        assert_filled(last, 100, 2);
    }
    assert_eq!(arena.pages(), 6);
    assert_eq!(resize(bump, last, 5 * PAGE, 100), last);
    assert_eq!(block(bump, 8, 4, 3), last.wrapping_add(100), "what it gave back is not used");
    assert_filled(before, 100, 1);
    assert_filled(last, 100, 2);
}

#[test]
fn a_bump_takes_back_the_last_block_and_no_other() {
    let arena = &arena();
    let bump = &Bump::over(arena);
    let [a, b, c] = [1, 2, 3].map(|fill| block(bump, 64, 8, fill));
    free(bump, a, 64, 8);
    assert_eq!(block(bump, 64, 8, 4), c.wrapping_add(64));
    free(bump, c.wrapping_add(64), 64, 8);
    free(bump, c, 64, 8);
    free(bump, b, 64, 8);
    assert_eq!(block(bump, 64, 8, 5), b, "freed newest first, the blocks are all taken back");
}

#[test]
fn a_block_of_a_bump_that_is_not_the_last_shrinks_in_place_and_moves_to_grow() {
    let arena = &arena();
    let bump = &Bump::over(arena);
    let a = block(bump, 100, 8, 1);
    let b = block(bump, 100, 8, 2);
    assert_eq!(resize(bump, a, 100, 50), a);
    assert_eq!(resize(bump, a, 50, 50), a);
    let moved = resize(bump, a, 50, 51);
    assert!(moved > b);
    assert_filled(moved, 50, 1);
    assert_filled(b, 100, 2);
}

#[test]
fn a_request_that_a_bump_refuses_changes_nothing() {
    for others in [0, 1, 3] {
        let arena = &arena();
        let bump = &Bump::over(arena);
        let a = block(bump, 104, 8, 1);
        if others > 0 {
            assert!(arena.foreign(others));
        }
        let pages = arena.pages();
        for align in [1, 8, 4096, PAGE] {
            refused(bump, 8 * PAGE, align);
            refused(bump, isize::MAX as usize - (align - 1), align);
        }
        for size in [8 * PAGE, isize::MAX as usize - 7] {
            assert!(resize(bump, a, 104, size).is_null());
        }
        assert_eq!(arena.pages(), pages);
        assert_eq!(resize(bump, a, 104, 112), a, "the last block is still the last");
        assert_eq!(block(bump, 8, 8, 2), a.wrapping_add(112), "the room behind it is lost");
        assert_filled(a, 104, 1);
    }
}

#[test]
fn a_bump_goes_on_behind_the_pages_of_others() {
    let arena = &arena();
    let bump = &Bump::over(arena);
    let a = block(bump, 100, 8, 1);
    assert!(arena.foreign(2));
    let moved = resize(bump, a, 100, PAGE);
    assert_eq!(moved.addr(), a.addr().next_multiple_of(PAGE) + 2 * PAGE);
    assert_filled(moved, 100, 1);
    // The old last block is not the last any more, and to free it does nothing.
    free(bump, a, 100, 8);
    assert_eq!(block(bump, 8, 8, 2), moved.wrapping_add(PAGE));
    arena.foreign_untouched();
}

#[test]
fn no_block_holds_the_last_byte_of_memory() {
    let arena = &Arena::new(0, 3);
    let bump = &Bump::over(arena);
    refused(bump, 2 * PAGE, 1);
    let a = block(bump, 2 * PAGE - 1, 1, 1);
    refused(bump, 1, 1);
    free(bump, a, 2 * PAGE - 1, 1);

    let arena = &Arena::new(0, 3);
    let heap = &Heap::over(arena);
    refused(heap, 2 * PAGE - 2 * WORD, 1);
    let mut size = 2 * PAGE - 8 * WORD;
    let a = block(heap, size, 1, 1);
    // Until it is as long as it can get.
    while !resize(heap, a, size, size + 1).is_null() {
        size += 1;
    }
    assert!(a.addr() + size < arena.start().addr() + 2 * PAGE);
    heap.check();
}
