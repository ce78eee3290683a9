//! What `alloc`, `free`, `realloc` and `cabi_realloc` return in every case of `abi/SPEC.md`, over each allocator.

mod common {
    pub mod engine;
    pub mod tools;
}
#[path = "../examples/hosts/rust/guest.rs"]
mod guest;

use common::engine::{Guest, PAGE};
use common::tools;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

/// Modules of the package `exports`, the prefix of their exports, and whether they have `cabi_realloc`.
const MODULES: &[(&str, &str, bool)] = &[
    ("exports_heap", "", true),
    ("exports_bump", "", true),
    ("exports_checked", "", true),
    ("exports_checked_bump", "", true),
    ("exports_dlmalloc", "", true),
    ("exports_wee_alloc", "", true),
    ("exports_talc", "", true),
    ("exports_plain", "", false),
    ("exports_prefix", "abi_", false),
    ("exports_prefix_cabi", "abi_", true),
];
/// Pages that the ordinary instance can have.
const LIMIT: usize = 100;
/// `isize::MAX` of wasm32.
const MAX: u32 = i32::MAX as u32;
const BAD_ALIGNS: &[u32] = &[0, 3, 5, 6, 7, 12, 24, 1000, (1 << 31) + 1, (1 << 31) - 1, u32::MAX];

fn module(name: &str) -> PathBuf {
    static FOLDER: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
        guest::build("exports", &["--examples"])?;
        let others = ["--features", "dlmalloc,wee_alloc", "--example", "*_dlmalloc", "--example", "*_wee_alloc"];
        guest::build("exports", &others)
    });
    let folder = FOLDER.as_ref().unwrap_or_else(|error| panic!("{error}"));
    folder.join("examples").join(name).with_extension("wasm")
}

fn wasm(name: &str) -> Vec<u8> {
    let path = module(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A host of one of the modules, with a block that nothing may touch.
struct Host {
    guest: Guest,
    module: &'static str,
    prefix: &'static str,
    witness: u32,
}

const WITNESS: usize = 1000;

impl Host {
    fn new(&(module, prefix, _): &(&'static str, &'static str, bool), wasm: &[u8], limit: usize) -> Self {
        let mut host = Self { guest: Guest::load(wasm, limit), module, prefix, witness: 0 };
        host.witness = host.alloc(WITNESS as u32, 8);
        host.fill(host.witness, WITNESS, 0xA7);
        host
    }

    fn call(&mut self, name: &str, args: &[u32]) -> Option<u32> {
        let name = format!("{}{name}", self.prefix);
        let result = self.guest.call(&name, args);
        result.unwrap_or_else(|trap| panic!("{}: {name}{args:?} traps: {trap}", self.module))
    }

    fn alloc(&mut self, size: u32, align: u32) -> u32 {
        self.call("alloc", &[size, align]).expect("`alloc` returns a pointer")
    }

    fn free(&mut self, ptr: u32, size: u32, align: u32) {
        assert_eq!(self.call("free", &[ptr, size, align]), None);
    }

    fn realloc(&mut self, ptr: u32, old_size: u32, align: u32, new_size: u32) -> u32 {
        self.call("realloc", &[ptr, old_size, align, new_size]).expect("`realloc` returns a pointer")
    }

    fn fill(&mut self, ptr: u32, size: usize, fill: u8) {
        self.guest.write(ptr, &vec![fill; size]);
    }

    #[track_caller]
    fn assert_filled(&self, ptr: u32, size: usize, fill: u8) {
        let bytes = &self.guest.memory()[ptr as usize..][..size];
        assert!(bytes.iter().all(|&byte| byte == fill), "{}: the block at {ptr} was written to", self.module);
    }

    /// A block that must be there, filled.
    #[track_caller]
    fn block(&mut self, size: u32, align: u32, fill: u8) -> u32 {
        let ptr = self.alloc(size, align);
        assert!(ptr != 0, "{}: no memory for {size} bytes at a multiple of {align}", self.module);
        self.assert_block(ptr, size, align);
        self.fill(ptr, size as usize, fill);
        ptr
    }

    /// Asserts that a block may lie where it does.
    #[track_caller]
    fn assert_block(&self, ptr: u32, size: u32, align: u32) {
        let end = u64::from(ptr) + u64::from(size);
        assert!(ptr % align == 0, "{}: {ptr} is no multiple of {align}", self.module);
        assert!(end <= (self.guest.pages() * PAGE) as u64, "{}: {ptr} + {size} is outside", self.module);
        let witness = u64::from(self.witness);
        let disjoint = end <= witness || u64::from(ptr) >= witness + WITNESS as u64;
        assert!(disjoint, "{}: {ptr} + {size} overlaps a live block", self.module);
    }

    /// Asserts that the block is live: nothing that is allocated overlaps it, and nothing wrote to it.
    #[track_caller]
    fn assert_live(&mut self, ptr: u32, size: u32, fill: u8, what: &str) {
        let mut others = Vec::new();
        for other_size in [size, size, 1, 8, size / 2, size, size * 2] {
            let other = self.alloc(other_size, 8);
            if other != 0 {
                assert!(
                    other + other_size <= ptr || other >= ptr + size,
                    "{}: after {what}, {other} + {other_size} overlaps the live block at {ptr}",
                    self.module
                );
                self.fill(other, other_size as usize, 0x33);
                others.push((other, other_size));
            }
        }
        self.assert_filled(ptr, size as usize, fill);
        for (other, other_size) in others.into_iter().rev() {
            self.free(other, other_size, 8);
        }
        self.assert_filled(ptr, size as usize, fill);
        self.assert_filled(self.witness, WITNESS, 0xA7);
    }
}

/// Calls `test` with a host of each module.
fn each(test: impl Fn(&mut Host)) {
    for module in MODULES {
        test(&mut Host::new(module, &wasm(module.0), LIMIT));
    }
}

#[test]
fn exports_have_their_names_and_types() {
    for &(module, prefix, cabi_realloc) in MODULES {
        let mut expected = vec![
            ("memory".to_owned(), "memory".to_owned()),
            (format!("{prefix}alloc"), "(i32 i32) -> (i32)".to_owned()),
            (format!("{prefix}free"), "(i32 i32 i32) -> ()".to_owned()),
            (format!("{prefix}realloc"), "(i32 i32 i32 i32) -> (i32)".to_owned()),
        ];
        if cabi_realloc {
            expected.push(("cabi_realloc".to_owned(), "(i32 i32 i32 i32) -> (i32)".to_owned()));
        }
        expected.sort();
        // rustc exports two addresses as globals from every module.
        let mut exports = Guest::load(&wasm(module), LIMIT).exports();
        exports.retain(|(_, what)| what != "global");
        exports.sort();
        assert_eq!(exports, expected, "{module}");
    }
}

#[test]
fn alloc_returns_null_for_what_is_no_layout() {
    each(|host| {
        for &align in BAD_ALIGNS {
            for size in [0, 1, 8, 1000, MAX, MAX + 1, u32::MAX] {
                assert_eq!(host.alloc(size, align), 0, "{}: alloc({size}, {align})", host.module);
            }
        }
        for log in 0..32 {
            let align = 1_u32 << log;
            let max = MAX - (align - 1);
            for size in [max + 1, max + 2, max.saturating_add(PAGE as u32), MAX + 1, u32::MAX - align, u32::MAX] {
                if size > max {
                    assert_eq!(host.alloc(size, align), 0, "{}: alloc({size}, {align})", host.module);
                }
            }
        }
        host.assert_live(host.witness, WITNESS as u32, 0xA7, "requests that are no layout");
    });
}

#[test]
fn alloc_of_nothing_returns_the_align() {
    each(|host| {
        let pages = host.guest.pages();
        for log in 0..32 {
            let align = 1 << log;
            for _ in 0..3 {
                assert_eq!(host.alloc(0, align), align, "{}: alloc(0, {align})", host.module);
                host.free(align, 0, align);
            }
        }
        assert_eq!(host.guest.pages(), pages);
        host.assert_live(host.witness, WITNESS as u32, 0xA7, "blocks of no size");
    });
}

#[test]
fn alloc_returns_blocks_of_every_alignment() {
    each(|host| {
        for log in 0..=16 {
            for size in [1, 7, 100, 5000] {
                let ptr = host.block(size, 1 << log, log);
                host.free(ptr, size, 1 << log);
            }
        }
        host.assert_filled(host.witness, WITNESS, 0xA7);
        // Alignments over what memory there is: a block or null, and no trap.
        for log in 17..32 {
            let align = 1 << log;
            for size in [1, 5000] {
                let ptr = host.alloc(size, align);
                if ptr != 0 {
                    host.assert_block(ptr, size, align);
                    host.free(ptr, size, align);
                }
            }
        }
        host.assert_live(host.witness, WITNESS as u32, 0xA7, "large alignments");
    });
}

#[test]
fn alloc_returns_null_when_there_is_no_memory() {
    each(|host| {
        for log in 0..32 {
            let align = 1_u32 << log;
            for less in [0, 1, 8, 65_535, 65_536, 1 << 20, 1 << 30] {
                let max = MAX - (align - 1);
                if let Some(size @ 1..) = max.checked_sub(less).filter(|&size| size as usize > LIMIT * PAGE) {
                    assert_eq!(host.alloc(size, align), 0, "{}: alloc({size}, {align})", host.module);
                }
            }
        }
        host.assert_live(host.witness, WITNESS as u32, 0xA7, "huge requests");
        // All that there is, in blocks of one page and then of a few bytes.
        let mut blocks = Vec::new();
        for (fill, size) in [PAGE as u32, 4000, 100].into_iter().enumerate() {
            loop {
                let ptr = host.alloc(size, 8);
                if ptr == 0 {
                    break;
                }
                host.assert_block(ptr, size, 8);
                host.fill(ptr, size as usize, fill as u8);
                blocks.push((ptr, size, fill as u8));
            }
        }
        assert_eq!(host.realloc(host.witness, WITNESS as u32, 8, 1 << 20), 0);
        let mut sorted = blocks.clone();
        sorted.sort_unstable();
        assert!(sorted.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0), "{}: blocks overlap", host.module);
        for &(ptr, size, fill) in &blocks {
            host.assert_filled(ptr, size as usize, fill);
        }
        host.assert_filled(host.witness, WITNESS, 0xA7);
        // The newest block is one that every allocator takes back.
        let (ptr, size, _) = blocks[blocks.len() - 1];
        host.free(ptr, size, 8);
        host.block(size, 8, 1);
    });
}

#[test]
fn free_of_what_is_no_block_does_nothing() {
    each(|host| {
        let (size, align, fill) = (200, 8, 0x5C);
        let ptr = host.block(size, align, fill);
        let mut cases = vec![
            (0, 0, 8),
            (0, size, align),
            (0, u32::MAX, 0),
            (ptr, 0, align),
            (ptr, 0, 1),
            (ptr, 0, 0),
            (8, 0, 8),
            (u32::MAX, 0, 1),
            (ptr, MAX - 6, 8),
            (ptr, MAX + 1, 1),
            (ptr, MAX, 2),
            (ptr, u32::MAX, 1),
            (ptr, u32::MAX - 7, 8),
            (ptr, size, u32::MAX),
        ];
        cases.extend(BAD_ALIGNS.iter().map(|&align| (ptr, size, align)));
        for (case, size_of_case, align_of_case) in cases {
            let what = format!("free({case}, {size_of_case}, {align_of_case})");
            host.free(case, size_of_case, align_of_case);
            host.assert_live(ptr, size, fill, &what);
        }
        host.free(ptr, size, align);
    });
}

/// One block at a time is what every allocator takes back, so that memory stays as it is: from the first on, and where freed
/// blocks wait, from the fortieth. A `Bump` below that takes back none of these, because others are behind them by then.
#[track_caller]
fn expect_no_growth(host: &mut Host, take: impl Fn(&mut Host)) {
    if host.module != "exports_checked_bump" {
        let waiting = if host.module == "exports_checked" { 40 } else { 1 };
        (0..waiting).for_each(|_| take(host));
        let pages = host.guest.pages();
        (0..1000).for_each(|_| take(host));
        assert_eq!(host.guest.pages(), pages, "{}: what is freed is not used again", host.module);
    }
}

#[test]
fn free_gives_the_memory_back() {
    each(|host| {
        expect_no_growth(host, |host| {
            let ptr = host.block(5000, 16, 2);
            host.free(ptr, 5000, 16);
        });
    });
}

#[test]
fn realloc_of_no_block_is_alloc() {
    each(|host| {
        for (ptr, old_size) in [(0, 0), (0, 8), (0, MAX), (0, u32::MAX), (8, 0), (host.witness, 0), (u32::MAX, 0)] {
            let new = host.realloc(ptr, old_size, 8, 300);
            let what = format!("{}: realloc({ptr}, {old_size}, 8, 300)", host.module);
            assert!(new != 0, "{what}");
            host.assert_block(new, 300, 8);
            host.fill(new, 300, 9);
            host.assert_live(new, 300, 9, &what);
            host.free(new, 300, 8);
            assert_eq!(host.realloc(ptr, old_size, 16, 0), 16, "{}: to no size", host.module);
            assert_eq!(host.realloc(ptr, old_size, 8, (LIMIT * PAGE) as u32), 0, "{}: no memory", host.module);
            for &align in BAD_ALIGNS {
                assert_eq!(host.realloc(ptr, old_size, align, 8), 0, "{}: align {align}", host.module);
                assert_eq!(host.realloc(ptr, old_size, align, 0), 0, "{}: align {align}", host.module);
            }
            for log in 0..32 {
                let align = 1 << log;
                let size = MAX - (align - 1) + 1;
                assert_eq!(host.realloc(ptr, old_size, align, size), 0, "{}: align {align}", host.module);
            }
        }
        host.assert_filled(host.witness, WITNESS, 0xA7);
    });
}

#[test]
fn realloc_that_fails_leaves_the_block() {
    each(|host| {
        let (size, align, fill) = (300, 8, 0x5C);
        let ptr = host.block(size, align, fill);
        let mut cases = vec![
            // No layout, or no memory.
            (size, align, MAX),
            (size, align, MAX - 6),
            (size, align, MAX - 7),
            (size, align, MAX + 1),
            (size, align, u32::MAX),
            (size, align, (LIMIT * PAGE) as u32),
            // The old size is one that no block has.
            (u32::MAX, align, 8),
            (u32::MAX, align, 0),
            (MAX - 6, align, 8),
            (MAX - 6, align, 0),
            (MAX + 1, 1, 300),
            (MAX + 1, 1, 0),
        ];
        for &bad in BAD_ALIGNS {
            cases.extend([(size, bad, 600), (size, bad, 100), (size, bad, size), (size, bad, 0), (u32::MAX, bad, 0)]);
        }
        for (old_size, align, new_size) in cases {
            let what = format!("realloc({ptr}, {old_size}, {align}, {new_size})");
            assert_eq!(host.realloc(ptr, old_size, align, new_size), 0, "{}: {what}", host.module);
            host.assert_live(ptr, size, fill, &what);
        }
        // And it can still be resized and freed.
        let new = host.realloc(ptr, size, align, 400);
        host.assert_filled(new, size as usize, fill);
        host.free(new, 400, align);
    });
}

#[test]
fn realloc_to_nothing_frees() {
    each(|host| {
        for log in 0..=12 {
            let align = 1 << log;
            let ptr = host.block(3000, align, 1);
            assert_eq!(host.realloc(ptr, 3000, align, 0), align, "{}", host.module);
        }
        expect_no_growth(host, |host| {
            let ptr = host.block(3000, 8, 1);
            assert_eq!(host.realloc(ptr, 3000, 8, 0), 8, "{}", host.module);
        });
        host.assert_filled(host.witness, WITNESS, 0xA7);
    });
}

#[test]
fn realloc_keeps_the_bytes_and_the_alignment() {
    each(|host| {
        for log in [0, 1, 2, 3, 4, 6, 9, 12, 16] {
            let align = 1 << log;
            let mut size = 10;
            let mut ptr = host.block(size, align, 0);
            let mut between = Vec::new();
            for (step, new_size) in [11, 100, 99, 5000, 5000, 70_000, 20, 1, 3000, 2].into_iter().enumerate() {
                let bytes: Vec<u8> = (0..size).map(|index| (index * 31 + index / 256 + step as u32) as u8).collect();
                host.guest.write(ptr, &bytes);
                ptr = host.realloc(ptr, size, align, new_size);
                assert!(ptr != 0, "{}: {size} to {new_size}, align {align}", host.module);
                host.assert_block(ptr, new_size, align);
                let kept = size.min(new_size) as usize;
                assert!(host.guest.read(ptr, kept) == bytes[..kept], "{}: {size} to {new_size}", host.module);
                size = new_size;
                if step % 2 == 0 {
                    // In its way, so that the next step has to move.
                    between.push(host.block(40, 8, 0x44));
                }
            }
            host.free(ptr, size, align);
            for ptr in between {
                host.assert_filled(ptr, 40, 0x44);
                host.free(ptr, 40, 8);
            }
        }
        host.assert_filled(host.witness, WITNESS, 0xA7);
    });
}

#[test]
fn cabi_realloc_is_realloc_and_traps_on_failure() {
    for module in MODULES.iter().filter(|module| module.2) {
        let wasm = wasm(module.0);
        let host = &mut Host::new(module, &wasm, LIMIT);
        let call = |host: &mut Host, args: [u32; 4]| host.guest.get("cabi_realloc", &args);
        assert_eq!(call(host, [0, 0, 8, 0]), 8);
        let ptr = call(host, [0, 0, 8, 100]);
        host.assert_block(ptr, 100, 8);
        host.fill(ptr, 100, 7);
        let ptr = call(host, [ptr, 100, 8, 9000]);
        host.assert_block(ptr, 9000, 8);
        host.assert_filled(ptr, 100, 7);
        let ptr = call(host, [ptr, 9000, 8, 50]);
        host.assert_filled(ptr, 50, 7);
        // It works on the same blocks as the other three.
        let ptr = host.realloc(ptr, 50, 8, 60);
        host.assert_filled(ptr, 50, 7);
        assert_eq!(call(host, [ptr, 60, 8, 0]), 8);

        let witness = host.witness;
        for args in [
            [0, 0, 0, 8],
            [0, 0, 0, 0],
            [0, 0, 3, 8],
            [0, 0, 1, MAX + 1],
            [0, 0, 8, MAX - 6],
            [0, 0, 1, u32::MAX],
            [0, 0, 8, (LIMIT * PAGE) as u32],
            [0, 0, 1, MAX],
            [witness, WITNESS as u32, 5, 8],
            [witness, WITNESS as u32, 0, 0],
            [witness, WITNESS as u32, 8, (LIMIT * PAGE) as u32],
            [witness, u32::MAX, 8, 8],
        ] {
            // A trap is the end of an instance, so each case has its own.
            let host = &mut Host::new(module, &wasm, LIMIT);
            assert_eq!(host.witness, witness);
            let trap = host.guest.call("cabi_realloc", &args).expect_err("a trap");
            assert!(trap.contains("unreachable"), "{}: cabi_realloc{args:?}: {trap}", module.0);
            host.assert_filled(witness, WITNESS, 0xA7);
        }
    }
}

#[test]
fn pages_that_the_host_grows_stay_the_hosts() {
    each(|host| {
        let mut pages = Vec::new();
        let mut blocks = Vec::new();
        for round in 0..6 {
            let page = host.guest.grow(1 + round % 2).expect("there is room") as u32;
            host.fill(page * PAGE as u32, (1 + round % 2) * PAGE, 0xF5);
            pages.push((page * PAGE as u32, (1 + round % 2) * PAGE));
            let size = 20_000 + 9000 * round as u32;
            let ptr = host.block(size, 8, round as u8);
            blocks.push((ptr, size, round as u8));
        }
        for &(start, len) in &pages {
            host.assert_filled(start, len, 0xF5);
        }
        for &(ptr, size, fill) in &blocks {
            host.assert_filled(ptr, size as usize, fill);
            host.free(ptr, size, 8);
        }
        for &(start, len) in &pages {
            host.assert_filled(start, len, 0xF5);
        }
    });
}

/// A host that allocates, resizes and frees by the guest's exports, and calls `nest` again, each time it is called.
mod reentry {
    use std::collections::VecDeque;
    use wasmi::{Caller, Linker, StoreLimits, TypedFunc};

    type Host<'a> = Caller<'a, StoreLimits>;
    const SIZE: u32 = 100;

    fn typed<Params: wasmi::WasmParams, Result: wasmi::WasmResults>(
        host: &Host,
        name: &str,
    ) -> TypedFunc<Params, Result> {
        let function = host.get_export(name).and_then(wasmi::Extern::into_func).expect("the export");
        function.typed(host).expect("its type")
    }

    fn again(mut host: Host, depth: u32) {
        let memory = host.get_export("memory").and_then(wasmi::Extern::into_memory).expect("the memory");
        let (alloc, free) = (typed::<(u32, u32), u32>(&host, "alloc"), typed::<(u32, u32, u32), ()>(&host, "free"));
        let realloc = typed::<(u32, u32, u32, u32), u32>(&host, "realloc");
        let mut blocks = VecDeque::new();
        for tag in 0..3 {
            let block = alloc.call(&mut host, (SIZE, 8)).unwrap();
            memory.write(&mut host, block as usize, &[tag; SIZE as usize]).unwrap();
            blocks.push_back((block, tag));
        }
        if depth > 0 {
            let nest = typed::<(u32, u32), u32>(&host, "nest");
            assert_eq!(nest.call(&mut host, (depth - 1, 9)).unwrap(), 0, "depth {depth}");
        }
        while let Some((block, tag)) = blocks.pop_front() {
            let block = realloc.call(&mut host, (block, SIZE, 8, 3 * SIZE)).unwrap();
            let mut bytes = [0; SIZE as usize];
            memory.read(&host, block as usize, &mut bytes).unwrap();
            assert_eq!(bytes, [tag; SIZE as usize], "depth {depth}");
            free.call(&mut host, (block, 3 * SIZE, 8)).unwrap();
        }
    }

    pub fn define(linker: &mut Linker<StoreLimits>) {
        linker.func_wrap("env", "again", again).expect("a new name");
    }
}

#[test]
fn import_that_allocates_in_the_middle_of_a_call_leaves_the_callers_blocks() {
    for name in ["reentered_heap", "reentered_bump", "reentered_checked", "reentered_checked_bump"] {
        let mut guest = Guest::load_with(&wasm(name), LIMIT, reentry::define);
        assert_eq!(guest.call("nest", &[2, 9]), Ok(Some(0)), "{name}");
    }
}

/// Memory of 65,536 pages, in V8, which takes real memory only for what is touched.
#[test]
fn no_block_holds_the_last_byte_of_the_address_space() {
    if !tools::have("node") {
        return;
    }
    for name in ["exports_heap", "exports_bump"] {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/full_memory.mjs");
        print!("{}", tools::run(Command::new("node").arg(script).arg(module(name))));
    }
}

#[test]
fn blocks_at_the_seams_of_the_address_space_keep_their_bytes() {
    if tools::have("node") {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/seams.mjs");
        for name in ["exports_heap", "exports_bump", "exports_checked", "exports_checked_bump"] {
            tools::run(Command::new("node").arg(script).arg(module(name)));
        }
    }
}

#[test]
fn the_whole_address_space_from_the_start_is_handled_to_its_end() {
    if tools::have("node") {
        let modules = guest::build("edges", &["--examples"]).unwrap_or_else(|error| panic!("{error}")).join("examples");
        for name in ["edges_heap", "edges_bump"] {
            let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/edges.mjs");
            tools::run(Command::new("node").arg(script).arg(modules.join(name).with_extension("wasm")));
        }
    }
}

#[test]
fn ranges_past_the_end_of_memory_are_refused() {
    let tour = guest::build("tour", &[]).unwrap_or_else(|error| panic!("{error}")).join("tour.wasm");
    let wasm = std::fs::read(tour).expect("the tour was built");
    let mut guest = Guest::load_with(&wasm, LIMIT, |linker| {
        linker.func_wrap("env", "log_nr", |_: u32| {}).expect("a new name");
        linker.func_wrap("env", "on_point", |_: u32, _: u32| {}).expect("a new name");
    });
    let out = guest.get("alloc", &[8, 8]);
    // The last page is the host's own.
    guest.grow(1).expect("there is room");
    let end = (guest.pages() * PAGE) as u32;
    for (ptr, len, status) in [
        (end - 16, 4, 0),
        (end - 16, 5, 4),
        (end, 1, 4),
        (end - 16, MAX / 4, 4),
        (end - 16, MAX / 4 + 1, 3),
        (u32::MAX - 3, 1, 4),
        (0, 1, 1),
    ] {
        assert_eq!(guest.get("average", &[ptr, len, out]), status, "{len} numbers at {ptr:#x}");
    }
    assert_eq!(guest.get("average", &[end - 16, 4, end - 8]), 0);
    assert_eq!(guest.get("average", &[end - 16, 4, end]), 4);
    // The name of a point, which ends nowhere, is not freed, and not read past the end.
    let point = guest.get("alloc", &[12, 4]);
    guest.write(end - 16, &[0x61; 16]);
    guest.write(point + 8, &(end - 16).to_le_bytes());
    assert_eq!(guest.call("drop_point", &[point]), Ok(None));
}
