//! The allocators, held against the conformance suite natively and inside wasm; `Bump`, and what is asked of `Heap` and
//! `Bump` alike. What `Heap` alone promises is in `heap.rs`.
//!
//! All but the modules runs under Miri too, on 64 and on 32 bits: `cargo +nightly miri test --test allocators`.

mod common {
    pub mod arena;
    pub mod blocks;
    #[cfg(not(miri))]
    pub mod engine;
    #[cfg(not(miri))]
    pub mod module_suite;
    pub mod suite;
}
#[cfg(not(miri))]
#[path = "../examples/hosts/rust/guest.rs"]
mod guest;

use common::arena::Arena;
use common::blocks::{assert_filled, block, free, refused, resize};
use common::suite::{self, PARTS, Part, Profile, Test, World};
#[cfg(not(miri))]
use linmem::Checked;
use linmem::{Bump, Heap, PAGE, Usage};
use std::alloc::GlobalAlloc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// An interpreter that checks every access is a thousand times slower.
const SLOW: bool = cfg!(miri);
/// Seeds, how often to do what is done in a loop, and the largest block of ordinary requests.
const RUNS: &[(u32, usize, usize)] = if SLOW {
    &[(0x2545_F491, 100, 4096)]
} else {
    &[(0x2545_F491, 1000, 300_000), (7, 3000, 70_000), (0xDEAD_BEEF, 6000, 4096)]
};
/// Bytes that are there from the start: none, one granule at most, a few, an odd number of granules, more than a page.
const SLACKS: &[usize] = if SLOW { &[16 * 1001] } else { &[0, 16, 48, 16 * 1001, 3 * PAGE + 16] };
/// Pages for the parts that memory must last for, and for the one that uses it up.
const LIMIT: usize = if SLOW { 80 } else { 700 };
const SMALL_LIMIT: usize = if SLOW { 5 } else { 70 };

impl World for Arena {
    fn pages(&self) -> usize {
        self.pages()
    }

    fn limit(&self) -> Option<usize> {
        Some(self.limit())
    }

    fn foreign(&self, count: usize) -> bool {
        self.foreign(count)
    }

    fn foreign_runs(&self, size: usize) -> Option<usize> {
        self.foreign_runs(size)
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
            if profile.reuses && profile.joins > 0 {
                run(&Arena::new(slack, LIMIT / 2), &PARTS[..PARTS.len() - 1], false);
            }
        }
    }
}

#[test]
fn heap_passes_the_suite() {
    run_suite(suite::HEAP, |arena, run| {
        let heap = Heap::over(arena);
        run(&[&heap], &|| {
            heap.coalesce();
            check(&heap).is_none_or(|usage| suite::is_whole(usage, arena))
        });
    });
}

#[test]
fn bump_passes_the_suite() {
    run_suite(suite::BUMP, |arena, run| run(&[&Bump::over(arena)], &|| true));
}

/// Every byte is compared one by one: under an interpreter, `tests/checked.rs` has to do.
#[cfg(not(miri))]
#[test]
fn checked_heap_and_bump_pass_the_suite() {
    run_suite(suite::CHECKED, |arena, run| {
        let checked = Checked::new(Heap::over(arena));
        run(&[&checked], &|| {
            checked.check();
            true
        });
    });
    run_suite(suite::CHECKED, |arena, run| run(&[&Checked::new(Bump::over(arena))], &|| true));
}

/// Checks a heap, under an interpreter one time in eight: a walk of all its memory takes long there.
fn check(heap: &Heap<&Arena>) -> Option<Usage> {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let skip = SLOW && CALLS.fetch_add(1, Relaxed) % 8 != 0;
    (!skip).then(|| heap.check())
}

#[test]
fn two_heaps_over_one_memory_pass_the_suite() {
    run_suite(suite::TWO_HEAPS, |arena, run| {
        let (a, b) = (Heap::over(arena), Heap::over(arena));
        run(&[&a, &b], &|| {
            check(&a);
            check(&b);
            true
        });
    });
}

#[test]
fn heap_and_bump_over_one_memory_pass_the_suite() {
    run_suite(suite::WITH_BUMP, |arena, run| {
        let (heap, bump) = (Heap::over(arena), Bump::over(arena));
        run(&[&heap, &bump], &|| {
            check(&heap);
            true
        });
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

        fn foreign_runs(&self, _: usize) -> Option<usize> {
            None
        }

        fn foreign_intact(&self) -> bool {
            true
        }

        fn holds(&self, block: *mut u8, size: usize) -> bool {
            block.addr().checked_add(size).is_some()
        }
    }

    // Where nobody knows what memory there is, the suite takes every refusal for right.
    let small = std::alloc::Layout::new::<[u64; 8]>();
    // SAFETY: the size is not 0.
    let block = unsafe { allocator.alloc(small) };
    assert!(!block.is_null(), "a small request is refused");
    // SAFETY: the block is live and has this layout.
    unsafe { allocator.dealloc(block, small) }

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
    use super::common::module_suite;
    use super::guest;
    use std::path::PathBuf;
    use std::sync::LazyLock;

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

    fn run_suite(name: &str, reuses: bool) {
        module_suite::run(&module(name), name, reuses);
    }

    #[test]
    fn heap_passes_the_suite() {
        run_suite("suite_heap", true);
    }

    #[test]
    fn heap_that_leaves_the_slack_to_dlmalloc_passes_the_suite() {
        run_suite("heap_with_dlmalloc", true);
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
    fn checked_heap_passes_the_suite() {
        run_suite("suite_checked", false);
    }

    #[test]
    fn checked_bump_passes_the_suite() {
        run_suite("suite_checked_bump", false);
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
    fn checked_heap_and_bump_in_one_module_pass_the_suite() {
        run_suite("pair_checked_bump", false);
    }

    #[test]
    fn two_bumps_in_one_module_pass_the_suite() {
        run_suite("pair_bump_bump", false);
    }
}

/// An arena with room for small tests from the start.
fn arena() -> Arena {
    Arena::new(PAGE / 2, 8)
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
fn a_block_of_a_bump_never_holds_the_last_byte() {
    let arena = &Arena::new(PAGE / 2, 1);
    let bump = &Bump::over(arena);
    refused(bump, PAGE / 2, 1);
    let all = block(bump, PAGE / 2 - 1, 8, 1);
    assert_eq!(all, arena.start());
    refused(bump, 1, 1);
    assert!(resize(bump, all, PAGE / 2 - 1, PAGE / 2).is_null());
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
fn a_request_grows_the_pages_that_are_missing_and_no_more() {
    // A heap keeps room for its bits behind the block: less than a page here. The last two are rounded up to 57,344 bytes
    // and to five pages.
    for (size, in_heap, in_bump) in [(1, 1, 1), (PAGE, 2, 2), (2 * PAGE, 3, 3), (57_000, 1, 1), (4 * PAGE + 1, 6, 5)] {
        let arenas = [Arena::new(0, 8), Arena::new(0, 8)];
        block(&Heap::over(&arenas[0]), size, 8, 1);
        block(&Bump::over(&arenas[1]), size, 8, 1);
        assert_eq!(arenas.map(|arena| arena.pages()), [1 + in_heap, 1 + in_bump], "{size} bytes");
    }
}

#[test]
fn the_slack_is_used_first() {
    for size in [1, 100, PAGE / 2] {
        let arenas = [Arena::new(PAGE, 4), Arena::new(PAGE, 4)];
        let in_heap = block(&Heap::over(&arenas[0]), size, 8, 1);
        let in_bump = block(&Bump::over(&arenas[1]), size, 8, 1);
        assert_eq!([in_heap, in_bump], [arenas[0].start(), arenas[1].start()], "not at the start of the slack");
        assert!(arenas.iter().all(|arena| arena.pages() == 2), "memory grew though there was slack");
    }
}
