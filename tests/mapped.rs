//! What `export_heap!` exports, read from memory alone, as SPEC has it ("Heap modules"): after any calls every byte of the heap
//! is accounted for, once.

mod common {
    pub mod engine;
    pub mod random;
}
#[path = "../examples/hosts/rust/guest.rs"]
mod guest;

use common::engine::{Guest, PAGE};
use common::random::Random;
use linmem_host::Checks;
use std::sync::LazyLock;

const SPEC: &str = include_str!("../abi/SPEC.md");

/// Pages that an instance can have.
const LIMIT: usize = 40;

/// A block with its layout: address, size, align.
type Block = (u32, u32, u32);

fn load(name: &str) -> Guest {
    static FOLDER: LazyLock<Result<std::path::PathBuf, String>> =
        LazyLock::new(|| guest::build("mapped", &["--examples"]));
    let folder = FOLDER.as_ref().unwrap_or_else(|error| panic!("{error}"));
    Guest::load(&std::fs::read(folder.join("examples").join(name).with_extension("wasm")).unwrap(), LIMIT)
}

fn word(guest: &Guest, addr: u32) -> u32 {
    u32::from_le_bytes(guest.read(addr, 4).try_into().unwrap())
}

/// A field of the map, by SPEC's table.
fn field(guest: &Guest, name: &str) -> u32 {
    let (_, rows) = SPEC.split_once("| map | offset | meaning |\n").expect("SPEC has the table");
    let row = rows.lines().find(|row| row.starts_with(&format!("| `{name}` |"))).expect("the table has the field");
    let offset: u32 = row.split('|').nth(2).unwrap().trim().parse().unwrap();
    word(guest, guest.global("linmem_heap") + offset)
}

/// The size of the blocks in a list.
fn size(list: u32) -> u32 {
    (4 + list % 4) << (list / 4 + 1)
}

/// The size of the block that a layout takes.
fn whole(size: u32, align: u32) -> u32 {
    let least = size.next_multiple_of(align.max(8));
    (0..116).map(self::size).find(|size| size % 8 == 0 && *size >= least).expect("a list has such blocks")
}

fn end(guest: &Guest) -> u32 {
    (guest.pages() * PAGE) as u32
}

/// Where the free blocks begin and end.
fn free(guest: &Guest) -> Vec<(u32, u32)> {
    let mut blocks = Vec::new();
    for list in 0..field(guest, "count") {
        let mut block = word(guest, field(guest, "lists") + 4 * list);
        while block != 0 {
            assert!(block % 8 == 0 && size(list) % 8 == 0, "no block of {} bytes lies at {block}", size(list));
            blocks.push((block, block + size(list)));
            assert!(blocks.len() < guest.pages() * PAGE / 8, "a list without an end");
            block = word(guest, block);
        }
    }
    blocks
}

/// Where unclaimed memory begins and ends.
fn unclaimed(guest: &Guest) -> (u32, u32) {
    let span = field(guest, "unclaimed");
    (word(guest, span), word(guest, span + 4) * PAGE as u32)
}

/// Asserts that the spans lie one behind the other, and fill the heap.
#[track_caller]
fn assert_whole(guest: &Guest, mut spans: Vec<(u32, u32)>) {
    spans.extend(free(guest));
    spans.push(unclaimed(guest));
    spans.sort_unstable();
    let mut here = field(guest, "base");
    for (start, end) in spans {
        assert_eq!(start, here, "the span that ends at {end} begins where the one before ended");
        here = end;
    }
    assert_eq!(here, end(guest), "the last one ends where memory does");
}

/// Calls the exports at random, and `account` now and then, until nothing is live any more.
fn run(guest: &mut Guest, seed: u32, mut account: impl FnMut(&mut Guest, &[Block])) {
    let random = &mut Random(seed);
    let mut live: Vec<Block> = Vec::new();
    let layout = |random: &mut Random| {
        let most = [16, 100, 1000, 30_000][random.below(4)];
        let aligns = if random.below(20) == 0 { 14 } else { 5 };
        (1 + random.below(most) as u32, 1 << random.below(aligns))
    };
    for turn in 0..4000 {
        // Towards the end there is more to free than to allocate.
        if live.is_empty() || random.below(4000) > 1000 + turn / 2 {
            let (size, align) = layout(random);
            match guest.get("alloc", &[size, align]) {
                0 => {}
                ptr => live.push((ptr, size, align)),
            }
        } else {
            let index = random.below(live.len());
            let (ptr, size, align) = live[index];
            if random.below(4) == 0 {
                let (new_size, _) = layout(random);
                match guest.get("realloc", &[ptr, size, align, new_size]) {
                    0 => {}
                    new => live[index] = (new, new_size, align),
                }
            } else {
                guest.call("free", &[ptr, size, align]).unwrap();
                live.swap_remove(index);
            }
        }
        if turn % 100 == 0 {
            account(guest, &live);
        }
    }
    for (ptr, size, align) in live.drain(..) {
        guest.call("free", &[ptr, size, align]).unwrap();
    }
    account(guest, &[]);
}

#[test]
fn sizes_are_those_that_the_specification_lists() {
    let (_, line) = SPEC.split_once("\nsize(i) = (4 + i mod 4) << (i div 4 + 1) ").expect("SPEC has this formula");
    let listed = line.lines().next().unwrap().trim().strip_suffix(", ..").expect("there are more");
    let sizes: Vec<String> = (0..10).map(|list| size(list).to_string()).collect();
    assert_eq!(listed, sizes.join(", "));
    assert_eq!(field(&load("mapped_heap"), "count"), 116);
    assert!(SPEC.contains("a `count` over 116"));
}

#[test]
fn map_notes_nothing_before_the_first_allocation() {
    for (name, front) in [("mapped_heap", 0), ("mapped_bump", 0), ("mapped_checked", 32)] {
        let mut guest = load(name);
        assert_eq!((free(&guest), unclaimed(&guest)), (vec![], (0, 0)), "{name}");
        assert_eq!(guest.get("alloc", &[8, 8]), field(&guest, "base") + front, "{name}");
    }
}

#[test]
fn map_accounts_for_every_byte_of_a_heap() {
    for seed in 1..=2 {
        let mut guest = load("mapped_heap");
        let mut listed = 0;
        run(&mut guest, seed, |guest, live| {
            let spans = live.iter().map(|&(ptr, size, align)| (ptr, ptr + whole(size, align)));
            assert_whole(guest, spans.collect());
            listed = listed.max(free(guest).len());
        });
        assert!(listed > 100, "seed {seed}: only {listed} blocks were free");
    }
}

#[test]
fn map_leaves_out_pages_that_the_host_grew() {
    for seed in 1..=2 {
        let mut guest = load("mapped_heap");
        let mut grown = Vec::new();
        run(&mut guest, seed, |guest, live| {
            let spans = live.iter().map(|&(ptr, size, align)| (ptr, ptr + whole(size, align)));
            assert_whole(guest, spans.chain(grown.iter().copied()).collect());
            if grown.len() < 5 {
                let start = end(guest);
                guest.grow(1).expect("there is room");
                grown.push((start, end(guest)));
            }
        });
        assert_eq!(grown.len(), 5);
    }
}

#[test]
fn map_and_report_account_for_every_byte_of_a_checked_heap() {
    let mut guest = load("mapped_checked");
    run(&mut guest, 1, |guest, live| {
        let checks = Checks::new(guest.memory(), guest.global("linmem_checks"));
        let (reported, waiting) = (checks.live().unwrap(), checks.freed().unwrap());
        assert_eq!(reported.len(), live.len());
        let spans = reported.iter().chain(&waiting).map(|block| {
            let front = block.align.max(32);
            let start = block.addr - front;
            (start, start + whole(front + block.size + 8, block.align.max(4)))
        });
        assert_whole(guest, spans.collect());
    });
}

#[test]
fn map_of_bump_has_no_lists_and_what_is_left() {
    let mut guest = load("mapped_bump");
    assert_eq!(field(&guest, "count"), 0);
    let ptr = guest.get("alloc", &[5, 1]);
    assert_eq!((ptr, unclaimed(&guest).0), (field(&guest, "base"), ptr + 5));
    run(&mut guest, 1, |guest, live| {
        let (start, end) = unclaimed(guest);
        assert_eq!(end, self::end(guest));
        for &(ptr, size, _) in live {
            assert!(field(guest, "base") <= ptr && ptr + size <= start, "{size} bytes at {ptr}");
        }
    });
}
