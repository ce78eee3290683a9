//! `Checked`: what it finds, what it says of it, and that it finds nothing where nothing is wrong.
//!
//! Runs under Miri too: `cargo +nightly miri test --test checked`.

mod common {
    pub mod arena;
    pub mod blocks;
    #[cfg(not(miri))]
    pub mod engine;
    pub mod random;
}

use common::arena::Arena;
use common::blocks::{assert_filled, block, free, layout, refused};
use common::random::Random;
use linmem::{Bump, Checked, Heap, Live, PAGE};
use std::alloc::GlobalAlloc;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

type Subject<'a> = Checked<Heap<&'a Arena>>;

fn arena() -> Arena {
    Arena::new(PAGE / 2, 64)
}

/// What a call says of what it finds. `None` if it finds nothing.
fn found<R>(call: impl FnOnce() -> R) -> Option<String> {
    let result = catch_unwind(AssertUnwindSafe(call));
    result.err().map(|reason| *reason.downcast::<String>().expect("a text"))
}

/// Asserts that a call finds what `want` says, in which `@` stands for the block's address. Then every other call says so too.
#[track_caller]
fn finds<R>(checked: &Subject, at: *mut u8, want: &str, call: impl FnOnce() -> R) {
    let want = want.replace('@', &format!("0x{:08x}", at.addr()));
    assert_eq!(found(call), Some(want.clone()));
    assert_eq!(found(|| checked.check()), Some(want.clone()));
    assert_eq!(found(|| block(checked, 1, 1, 0)), Some(want));
}

/// Runs a body on a checked heap that has handed out one block, of 12 bytes with align 4.
#[track_caller]
fn with_block(body: impl FnOnce(&Subject, *mut u8)) {
    let arena = &arena();
    let checked = Checked::new(Heap::over(arena));
    checked.set_tag(7);
    let ptr = block(&checked, 12, 4, 1);
    body(&checked, ptr);
}

const BLOCK: &str = "the block of 12 bytes at @, align 4, tag 7, number 1";

#[test]
fn free_finds_a_block_that_was_freed() {
    with_block(|checked, ptr| {
        free(checked, ptr, 12, 4);
        finds(checked, ptr, &format!("free: it was freed before: {BLOCK}"), || free(checked, ptr, 12, 4));
    });
}

#[test]
fn free_finds_another_size_and_another_align() {
    with_block(|checked, ptr| {
        finds(checked, ptr, &format!("free with size 8 and align 4: {BLOCK}"), || free(checked, ptr, 8, 4));
    });
    with_block(|checked, ptr| {
        finds(checked, ptr, &format!("free with size 12 and align 1: {BLOCK}"), || free(checked, ptr, 12, 1));
    });
}

#[test]
fn realloc_finds_what_free_finds() {
    // SAFETY: that these are not a block's layout is what is tested: they are compared, and nothing else.
    let resize = |checked: &Subject, ptr, size| unsafe { checked.realloc(ptr, layout(size, 4), 20) };
    with_block(|checked, ptr| {
        finds(checked, ptr, &format!("realloc with size 13 and align 4: {BLOCK}"), || resize(checked, ptr, 13));
    });
    with_block(|checked, ptr| {
        free(checked, ptr, 12, 4);
        finds(checked, ptr, &format!("realloc: it was freed before: {BLOCK}"), || resize(checked, ptr, 12));
    });
}

#[test]
fn free_finds_a_pointer_that_was_never_handed_out() {
    with_block(|checked, ptr| {
        let inside = ptr.wrapping_add(4);
        let want = format!("free of 0x{:08x}, which lies inside, at byte 4: {BLOCK}", inside.addr());
        finds(checked, ptr, &want, || free(checked, inside, 12, 4));
    });
    let arena = &arena();
    let checked = &Checked::new(Heap::over(arena));
    let ptr = block(checked, 1000, 8, 0);
    let elsewhere = block(&Bump::over(arena), 1000, 8, 0).wrapping_add(100);
    finds(checked, elsewhere, "free of @, where no block is", || free(checked, elsewhere, 8, 4));
    assert!(!ptr.is_null());
    // One has no room for a header in front of it, the other has it at address 0.
    for low in [16, size_of::<Header>()] {
        let checked = &Checked::new(Heap::over(arena));
        let low = ptr::without_provenance_mut(low);
        finds(checked, low, "free of @, where no block is", || free(checked, low, 8, 4));
    }
}

/// Changes a byte near a block, or in one that waits.
fn write(ptr: *mut u8, offset: isize) {
    let place = ptr.wrapping_offset(offset);
    // SAFETY: `Checked` keeps bytes there: a header of 32 and more, and a guard of 8.
    let byte = unsafe { place.read() };
    // SAFETY: as above.
    unsafe { place.write(!byte) }
}

#[test]
fn writes_behind_a_block_are_found() {
    for offset in 12..20 {
        with_block(|checked, ptr| {
            write(ptr, offset);
            finds(checked, ptr, &format!("written behind it, to byte {offset}: {BLOCK}"), || free(checked, ptr, 12, 4));
        });
        with_block(|checked, ptr| {
            write(ptr, offset);
            finds(checked, ptr, &format!("written behind it, to byte {offset}: {BLOCK}"), || checked.check());
        });
    }
}

#[test]
fn writes_in_front_of_a_block_are_found() {
    let word = size_of::<usize>() as isize;
    for offset in -word..0 {
        with_block(|checked, ptr| {
            write(ptr, offset);
            finds(checked, ptr, &format!("written in front of it: {BLOCK}"), || free(checked, ptr, 12, 4));
        });
    }
    // The mark: of the block no more is known than where it is.
    for offset in -2 * word..-word {
        for call in [|checked: &Subject, ptr| free(checked, ptr, 12, 4), |checked: &Subject, _| checked.check()] {
            with_block(|checked, ptr| {
                write(ptr, offset);
                finds(checked, ptr, "written in front of the block at @", || call(checked, ptr));
            });
        }
    }
}

/// What lies in front of a block. Of its eight words, the first four are two links, the size and the align.
type Header = [*mut u8; 8];

fn header(ptr: *mut u8) -> *mut u8 {
    ptr.wrapping_sub(size_of::<Header>())
}

/// Overwrites a word of a block's header.
fn overwrite(ptr: *mut u8, word: usize, value: *mut u8) {
    let place = header(ptr).cast::<*mut u8>().wrapping_add(word);
    // SAFETY: `Checked` keeps a header there. What it breaks is what the test is about.
    unsafe { place.write(value) }
}

#[test]
fn links_that_were_overwritten_are_not_followed() {
    for link in [0, 1] {
        for value in [1, usize::MAX, usize::MAX - 15] {
            with_block(|checked, ptr| {
                overwrite(ptr, link, ptr::without_provenance_mut(value));
                finds(checked, ptr, &format!("written in front of it: {BLOCK}"), || free(checked, ptr, 12, 4));
            });
        }
    }
}

#[test]
fn a_size_and_an_align_that_were_overwritten_are_not_believed() {
    for (size, align) in [(usize::MAX, 4), (usize::MAX - 8, 4), (12, 0), (12, 3)] {
        with_block(|checked, ptr| {
            overwrite(ptr, 2, ptr::without_provenance_mut(size));
            overwrite(ptr, 3, ptr::without_provenance_mut(align));
            let block = format!("the block of {size} bytes at @, align {align}, tag 7, number 1");
            finds(checked, ptr, &format!("written in front of it: {block}"), || free(checked, ptr, 12, 4));
        });
    }
}

#[test]
fn a_link_that_leaves_out_a_live_block_is_found() {
    // The newest block's link to the next, and the oldest one's to the one before.
    for (from, link, to) in [(2, 0, 0), (0, 1, 2)] {
        let arena = &arena();
        let checked = &Checked::new(Heap::over(arena));
        let blocks = [1, 2, 3].map(|fill| block(checked, 12, 4, fill));
        overwrite(blocks[from], link, header(blocks[to]));
        let block = format!("the block of 12 bytes at @, align 4, tag 0, number {}", from + 1);
        let want = format!("written in front of it: {block}");
        finds(checked, blocks[from], &want, || free(checked, blocks[from], 12, 4));
    }
}

#[test]
fn a_live_list_that_ends_early_is_found() {
    with_block(|checked, _| {
        let newest = block(checked, 12, 4, 2);
        overwrite(newest, 0, ptr::null_mut());
        let want = "written in front of it: the block of 12 bytes at @, align 4, tag 7, number 2";
        finds(checked, newest, want, || checked.check());
    });
}

#[test]
fn a_ring_of_links_ends() {
    for freed in [false, true] {
        with_block(|checked, ptr| {
            let second = block(checked, 12, 4, 2);
            if freed {
                free(checked, ptr, 12, 4);
                free(checked, second, 12, 4);
            }
            // A live list begins with the newest block, one of freed blocks with the oldest.
            let (first, last) = if freed { (ptr, second) } else { (second, ptr) };
            overwrite(last, 0, header(first));
            let said = found(|| checked.check()).unwrap();
            assert!(said.starts_with("written in front of it: the block of 12 bytes at 0x"), "{said}");
        });
    }
}

#[test]
fn writes_after_free_are_found_on_demand_and_when_the_block_leaves() {
    for offset in if cfg!(miri) { 5..6 } else { 0..12 } {
        let want = format!("written after it was freed, to byte {offset}: {BLOCK}");
        with_block(|checked, ptr| {
            free(checked, ptr, 12, 4);
            checked.check();
            write(ptr, offset);
            finds(checked, ptr, &want, || checked.check());
        });
        with_block(|checked, ptr| {
            free(checked, ptr, 12, 4);
            write(ptr, offset);
            let next = block(checked, PAGE, 8, 0);
            finds(checked, ptr, &want, || free(checked, next, PAGE, 8));
        });
    }
}

#[test]
fn freed_blocks_wait_until_they_are_more_than_64_kib() {
    let arena = &arena();
    let checked = &Checked::new(Heap::over(arena));
    let [a, b, c] = [PAGE / 2, PAGE / 2, 1].map(|size| block(checked, size, 8, 0));
    free(checked, a, PAGE / 2, 8);
    write(a, 0);
    // Both wait: what leaves is compared.
    free(checked, b, PAGE / 2, 8);
    let block = format!("the block of {} bytes at @, align 8, tag 0, number 1", PAGE / 2);
    finds(checked, a, &format!("written after it was freed, to byte 0: {block}"), || free(checked, c, 1, 8));
}

#[test]
fn reads_of_new_and_of_freed_bytes_stand_out() {
    let arena = &arena();
    let checked = &Checked::new(Heap::over(arena));
    // SAFETY: the size is not 0.
    let ptr = unsafe { checked.alloc(layout(100, 8)) };
    assert_filled(ptr, 100, 0xA5);
    free(checked, ptr, 100, 8);
    assert_filled(ptr, 100, 0xDD);
    // SAFETY: the size is not 0.
    let zeroed = unsafe { checked.alloc_zeroed(layout(100, 8)) };
    assert_ne!(zeroed, ptr, "what was freed waits");
    assert_filled(zeroed, 100, 0);
    free(checked, zeroed, 100, 8);
}

#[test]
fn resized_blocks_move_and_keep_their_bytes() {
    let arena = &arena();
    let checked = &Checked::new(Heap::over(arena));
    for (size, new_size) in [(100, 200), (200, 100), (64, 64), (1, if cfg!(miri) { 3000 } else { 3 * PAGE })] {
        let ptr = block(checked, size, 8, 3);
        // SAFETY: the block is live and has this layout.
        let new = unsafe { checked.realloc(ptr, layout(size, 8), new_size) };
        assert!(new != ptr && !new.is_null());
        assert_filled(new, size.min(new_size), 3);
        assert_filled(ptr, size, 0xDD);
        free(checked, new, new_size, 8);
    }
    checked.check();
    assert_eq!(checked.statistics().blocks, 0);
}

#[test]
fn live_blocks_are_listed_and_counted() {
    let arena = &arena();
    let checked = &Checked::new(Heap::over(arena));
    let first = block(checked, 10, 1, 0);
    assert_eq!(checked.set_tag(5), 0);
    let second = block(checked, 20, 64, 0);
    assert_eq!(checked.set_tag(6), 5);
    let third = block(checked, 30, 2, 0);
    let list = |most: usize| {
        let mut list = vec![Live::default(); most];
        let count = checked.live(&mut list);
        (count, list.iter().map(|live| (live.addr, live.size, live.align, live.tag, live.number)).collect::<Vec<_>>())
    };
    let all = [(third.addr(), 30, 2, 6, 3), (second.addr(), 20, 64, 5, 2), (first.addr(), 10, 1, 0, 1)];
    assert_eq!(list(3), (3, all.to_vec()));
    assert_eq!(list(1), (3, all[..1].to_vec()));
    assert_eq!(list(4).1[3], (0, 0, 0, 0, 0));
    let statistics = checked.statistics();
    assert_eq!((statistics.blocks, statistics.size, statistics.peak, statistics.count), (3, 60, 60, 3));
    free(checked, second, 20, 64);
    assert_eq!(list(2), (2, vec![all[0], all[2]]));
    let statistics = checked.statistics();
    assert_eq!((statistics.blocks, statistics.size, statistics.peak, statistics.count), (2, 40, 60, 3));
    free(checked, third, 30, 2);
    free(checked, first, 10, 1);
    let statistics = checked.statistics();
    assert_eq!((statistics.blocks, statistics.size, statistics.peak, statistics.count), (0, 0, 60, 3));
    assert_eq!(list(0), (0, vec![]));
}

#[test]
fn one_allocation_is_refused_on_demand() {
    let arena = &arena();
    let checked = &Checked::new(Heap::over(arena));
    let ptr = block(checked, 8, 8, 1);
    checked.refuse(2);
    let other = block(checked, 8, 8, 2);
    // SAFETY: the block is live and has this layout.
    assert!(unsafe { checked.realloc(ptr, layout(8, 8), 16) }.is_null(), "the second is refused");
    assert_filled(ptr, 8, 1);
    for (ptr, size) in [(block(checked, 100, 1, 3), 100), (ptr, 8), (other, 8)] {
        free(checked, ptr, size, if size == 8 { 8 } else { 1 });
    }
    checked.refuse(1);
    checked.refuse(0);
    free(checked, block(checked, 1, 1, 0), 1, 1);
    checked.check();
    assert_eq!(checked.statistics().blocks, 0);
}

#[test]
fn what_waits_is_used_when_memory_has_run_out() {
    let arena = &Arena::new(16, 4);
    let checked = &Checked::new(Heap::over(arena));
    let size = 3 * PAGE / 2;
    let ptr = block(checked, size, 8, 0);
    free(checked, ptr, size, 8);
    let again = block(checked, size, 8, 1);
    refused(checked, 2 * PAGE, 8);
    refused(checked, 8, 1 << (usize::BITS - 2));
    refused(checked, isize::MAX as usize, 1);
    assert_filled(again, size, 1);
    free(checked, again, size, 8);
    checked.check();
}

/// Random operations over several allocators, without a mistake and then with one: nothing is found before, and that after.
#[test]
fn one_mistake_in_many_operations_is_found() {
    let rounds = if cfg!(miri) { 2 } else { 300 };
    for seed in 1..=rounds {
        let random = &mut Random(0x9E37_79B9_u32.wrapping_mul(seed));
        let arena = &Arena::new(PAGE / 2, 256);
        let checked = &Checked::new(Heap::over(arena));
        let mut live: Vec<(*mut u8, usize, usize, u8)> = Vec::new();
        for step in 0..200 {
            if live.len() < 2 || random.below(2) == 0 {
                let (size, align) = (1 + random.below(500), 1 << random.below(8));
                live.push((block(checked, size, align, step as u8), size, align, step as u8));
                continue;
            }
            let (ptr, size, align, fill) = live.swap_remove(random.below(live.len()));
            assert_filled(ptr, size, fill);
            if random.below(3) == 0 {
                let new_size = 1 + random.below(700);
                // SAFETY: the block is live and has this layout.
                let new = unsafe { checked.realloc(ptr, layout(size, align), new_size) };
                assert!(!new.is_null());
                assert_filled(new, size.min(new_size), fill);
                // SAFETY: the block is live and this long.
                unsafe { new.write_bytes(fill, new_size) };
                live.push((new, new_size, align, fill));
            } else {
                free(checked, ptr, size, align);
            }
        }
        checked.check();
        assert_eq!(checked.statistics().blocks, live.len());
        let (ptr, size, align, _) = live.swap_remove(random.below(live.len()));
        let place = format!("0x{:08x}", ptr.addr());
        let said = match random.below(6) {
            0 => {
                free(checked, ptr, size, align);
                found(|| free(checked, ptr, size, align))
            }
            1 => found(|| free(checked, ptr, size + 1, align)),
            2 => {
                write(ptr, (size + random.below(8)) as isize);
                found(|| checked.check())
            }
            3 => {
                write(ptr, -1 - random.below(2 * size_of::<usize>()) as isize);
                found(|| checked.check())
            }
            4 => {
                free(checked, ptr, size, align);
                write(ptr, random.below(size) as isize);
                found(|| checked.check())
            }
            _ => found(|| free(checked, ptr, size, if align == 1 { 2 } else { 1 })),
        };
        let said = said.unwrap_or_else(|| panic!("seed {seed}: nothing was found"));
        assert!(said.contains(&place), "seed {seed}: {said}, but not of {place}");
    }
}

#[test]
fn all_that_is_freed_leaves_the_inner_heap_whole() {
    let arena = &arena();
    let heap = Heap::over(arena);
    let checked = &Checked::new(Heap::over(arena));
    let blocks: Vec<_> = (1..200).map(|size| (block(checked, size, 8, 0), size)).collect();
    for (ptr, size) in blocks {
        free(checked, ptr, size, 8);
    }
    // The pages of a second heap begin behind those of the first.
    free(&heap, block(&heap, PAGE, 8, 0), PAGE, 8);
    heap.check();
    checked.check();
    assert_eq!(checked.statistics().size, 0);
}

/// In a module: what the exported symbol leads to, as SPEC lays it out.
#[cfg(not(miri))]
#[path = "../examples/hosts/rust/guest.rs"]
mod guest;

#[cfg(not(miri))]
mod wasm {
    use super::common::engine::Guest;
    use super::guest;
    use std::sync::LazyLock;

    /// The offset of a field in SPEC's table of the report or of the header.
    fn offset(table: &str, field: &str) -> u32 {
        let spec = include_str!("../abi/SPEC.md");
        let (_, rows) = spec.split_once(&format!("| {table} | offset | meaning |\n")).expect("SPEC has the table");
        let row = rows.lines().find(|row| row.starts_with(&format!("| `{field}` |"))).expect("the table has the field");
        row.split('|').nth(2).unwrap().trim().parse().unwrap()
    }

    /// What lies in front of a block.
    const HEADER: u32 = 32;

    fn checked() -> Guest {
        static WASM: LazyLock<Vec<u8>> = LazyLock::new(|| {
            let folder = guest::build("checked", &[]).unwrap_or_else(|error| panic!("{error}"));
            std::fs::read(folder.join("checked.wasm")).unwrap()
        });
        Guest::load_with(&WASM, 100, |linker| {
            linker.func_wrap("env", "log_nr", |_: i32| {}).unwrap();
            linker.func_wrap("env", "on_point", |_: i32, _: i32| {}).unwrap();
        })
    }

    fn word(guest: &Guest, addr: u32) -> u32 {
        u32::from_le_bytes(guest.read(addr, 4).try_into().unwrap())
    }

    /// The address of a field of the report.
    fn report(guest: &Guest, field: &str) -> u32 {
        word(guest, guest.global("linmem_checks")) + offset("report", field)
    }

    fn reported(guest: &Guest, field: &str) -> u32 {
        word(guest, report(guest, field))
    }

    fn text(guest: &Guest) -> String {
        let text = report(guest, "text");
        let (ptr, len) = (word(guest, text), word(guest, text + 4));
        String::from_utf8(guest.read(ptr, len as usize)).unwrap()
    }

    /// Address, size, align, tag and number of the blocks in a list.
    fn list(guest: &Guest, list: &str) -> Vec<[u32; 5]> {
        let mut blocks = Vec::new();
        let mut header = reported(guest, list);
        let mut prev = 0;
        while header != 0 {
            let at = |field| word(guest, header + offset("header", field));
            let mark = if list == "live" { 0x4556_494C } else { 0x4545_5246 };
            assert_eq!(at("mark"), mark ^ header);
            assert_eq!(at("guard"), 0xFBFB_FBFB);
            assert!(list != "live" || at("prev") == prev);
            blocks.push([header + HEADER, at("size"), at("align"), at("tag"), at("number")]);
            prev = header;
            header = at("next");
        }
        blocks
    }

    #[test]
    fn host_lists_what_is_live_and_tags_it() {
        let mut guest = checked();
        assert_eq!(list(&guest, "live"), [] as [[u32; 5]; 0]);
        let first = guest.get("alloc", &[10, 2]);
        guest.write(report(&guest, "tag"), &77_u32.to_le_bytes());
        let second = guest.get("alloc", &[100, 64]);
        assert_eq!(list(&guest, "live"), [[second, 100, 64, 77, 2], [first, 10, 2, 0, 1]]);
        let counts = |guest: &Guest| ["blocks", "size", "peak", "pages", "count"].map(|field| reported(guest, field));
        assert_eq!(counts(&guest), [2, 110, 110, guest.pages() as u32, 2]);
        guest.call("free", &[first, 10, 2]).unwrap();
        assert_eq!(list(&guest, "live"), [[second, 100, 64, 77, 2]]);
        assert_eq!(list(&guest, "freed"), [[first, 10, 2, 0, 1]]);
        assert_eq!(counts(&guest), [1, 100, 110, guest.pages() as u32, 2]);
        guest.call("linmem_check", &[]).unwrap();
        assert_eq!(text(&guest), "");
    }

    #[test]
    fn host_has_an_allocation_refused() {
        let mut guest = checked();
        guest.write(report(&guest, "refuse"), &2_u32.to_le_bytes());
        let results = [(); 3].map(|()| guest.get("alloc", &[8, 8]) != 0);
        assert_eq!(results, [true, false, true]);
    }

    #[test]
    fn misuse_traps_and_leaves_its_reason() {
        type Misuse = fn(&mut Guest, u32) -> Result<Option<u32>, String>;
        let cases: [(&str, Misuse); 7] = [
            ("free: it was freed before: the block of 16 bytes at @, align 8, tag 0, number 1", |guest, ptr| {
                guest.call("free", &[ptr, 16, 8])?;
                guest.call("free", &[ptr, 16, 8])
            }),
            ("free with size 12 and align 8: the block of 16 bytes at @, align 8, tag 0, number 1", |guest, ptr| {
                guest.call("free", &[ptr, 12, 8])
            }),
            ("realloc with size 16 and align 4: the block of 16 bytes at @, align 8, tag 0, number 1", |guest, ptr| {
                guest.call("realloc", &[ptr, 16, 4, 20])
            }),
            // What waits is used when memory has run out, in the middle of an allocation.
            (
                "written after it was freed, to byte 3: the block of 16 bytes at @, align 8, tag 0, number 1",
                |guest, ptr| {
                    guest.call("free", &[ptr, 16, 8])?;
                    guest.write(ptr + 3, &[7]);
                    guest.call("alloc", &[100 << 16, 8])
                },
            ),
            ("written behind it, to byte 17: the block of 16 bytes at @, align 8, tag 0, number 1", |guest, ptr| {
                guest.write(ptr + 17, &[7]);
                guest.call("realloc", &[ptr, 16, 8, 20])
            }),
            ("free of 0x00000001, where no block is", |guest, _| guest.call("free", &[1, 12, 8])),
            ("free of 0xfffffff0, where no block is", |guest, _| guest.call("free", &[0xFFFF_FFF0, 12, 8])),
        ];
        for (want, misuse) in cases {
            let mut guest = checked();
            let ptr = guest.get("alloc", &[16, 8]);
            misuse(&mut guest, ptr).unwrap_err();
            assert_eq!(text(&guest), want.replace('@', &format!("0x{ptr:08x}")));
            // A host that goes on all the same gets no further.
            guest.call("alloc", &[1, 1]).unwrap_err();
            guest.call("linmem_check", &[]).unwrap_err();
        }
    }

    #[test]
    fn every_wild_pointer_is_refused_without_leaving_memory() {
        let end = checked().pages() as u32 * 0x1_0000;
        for ptr in (0..64).chain(end - 40..end + 40).chain(u32::MAX - 40..u32::MAX) {
            let mut guest = checked();
            guest.get("alloc", &[16, 8]);
            if ptr == 0 {
                guest.call("free", &[ptr, 16, 8]).unwrap();
            } else {
                guest.call("free", &[ptr, 16, 8]).unwrap_err();
                assert_eq!(text(&guest), format!("free of 0x{ptr:08x}, where no block is"));
                assert_eq!(reported(&guest, "addr"), ptr);
            }
        }
    }

    #[test]
    fn mistakes_of_the_guest_are_found() {
        let mut guest = checked();
        guest.call("leak", &[300]).unwrap();
        assert_eq!(list(&guest, "live").iter().map(|block| block[1]).collect::<Vec<_>>(), [300]);
        guest.call("overrun", &[]).unwrap_err();
        let said = text(&guest);
        assert!(said.starts_with("written behind it, to byte 5: the block of 5 bytes at 0x"), "{said}");
    }
}
