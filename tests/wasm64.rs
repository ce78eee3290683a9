//! Modules for wasm64, with 64-bit addresses: the conformance suite of the allocators, the exports at their edges, and the
//! map of a heap. Needs nightly, which builds the target's libraries.

mod common {
    pub mod engine;
    pub mod module_suite;
    pub mod suite;
}
#[path = "common/tools.rs"]
mod tools;

use common::module_suite;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs};
use wasmi::{Engine, Linker, Module, Store};

const TARGET: &str = "wasm64-unknown-unknown";

/// The folder of the modules.
fn modules() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let target_dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wasm64");
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--quiet", "--release", "--target", TARGET, tools::BUILD_STD, "--package", "suite"]);
        for example in ["suite_heap", "suite_bump", "suite_checked", "pair_heap_heap", "pair_heap_bump"] {
            cargo.args(["--example", example]);
        }
        cargo.args([
            "--package",
            "exports",
            "--example",
            "exports_heap",
            "--package",
            "mapped",
            "--example",
            "mapped_heap",
        ]);
        cargo.arg("--target-dir").arg(&target_dir);
        tools::run(
            cargo.env("RUSTUP_TOOLCHAIN", "nightly").env_remove("CARGO").current_dir(env!("CARGO_MANIFEST_DIR")),
        );
        target_dir.join(TARGET).join("release/examples")
    })
}

fn module(name: &str) -> Vec<u8> {
    let path = modules().join(name).with_extension("wasm");
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn run_suite(name: &str, reuses: bool) {
    if tools::have_nightly() {
        module_suite::run(&module(name), name, reuses);
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
fn checked_heap_passes_the_suite() {
    run_suite("suite_checked", false);
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
fn exports_keep_the_tables_of_spec_with_64_bits() {
    if !tools::have_nightly() {
        return;
    }
    let engine = Engine::default();
    let module = Module::new(&engine, module("exports_heap")).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
    let alloc = instance.get_typed_func::<(u64, u64), u64>(&store, "alloc").unwrap();
    let free = instance.get_typed_func::<(u64, u64, u64), ()>(&store, "free").unwrap();
    let realloc = instance.get_typed_func::<(u64, u64, u64, u64), u64>(&store, "realloc").unwrap();
    let memory = instance.get_memory(&store, "memory").unwrap();
    assert!(memory.ty(&store).is_64());
    let most = i64::MAX as u64;
    for align in [1, 8, 4096, 1 << 32, 1 << 63] {
        assert_eq!(alloc.call(&mut store, (0, align)).unwrap(), align);
        assert_eq!(alloc.call(&mut store, (most - (align - 1) + 1, align)).unwrap(), 0);
        if align < 1 << 63 {
            assert_eq!(alloc.call(&mut store, (most - (align - 1), align)).unwrap(), 0, "no engine has so much");
        }
        assert_eq!(realloc.call(&mut store, (0, 0, align, 0)).unwrap(), align);
    }
    for align in [0, 3, u64::MAX] {
        assert_eq!(alloc.call(&mut store, (8, align)).unwrap(), 0);
    }
    let ptr = alloc.call(&mut store, (100, 64)).unwrap();
    assert!(ptr != 0 && ptr % 64 == 0);
    memory.write(&mut store, ptr as usize, &[7; 100]).unwrap();
    assert_eq!(realloc.call(&mut store, (ptr, 100, 64, most)).unwrap(), 0);
    let new = realloc.call(&mut store, (ptr, 100, 64, 100_000)).unwrap();
    assert!(new != 0 && new % 64 == 0);
    assert_eq!(&memory.data(&store)[new as usize..][..100], [7; 100]);
    free.call(&mut store, (new, 100_000, 3)).unwrap();
    free.call(&mut store, (0, 8, 8)).unwrap();
    free.call(&mut store, (new, 100_000, 64)).unwrap();
    assert_eq!(alloc.call(&mut store, (100_000, 64)).unwrap(), new, "what was freed is used again");
}

/// What SPEC says of the map under "Reserved".
#[test]
fn map_of_a_heap_accounts_for_every_byte_with_64_bits() {
    if !tools::have_nightly() {
        return;
    }
    let engine = Engine::default();
    let module = Module::new(&engine, module("mapped_heap")).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
    let alloc = instance.get_typed_func::<(u64, u64), u64>(&store, "alloc").unwrap();
    let free = instance.get_typed_func::<(u64, u64, u64), ()>(&store, "free").unwrap();
    let memory = instance.get_memory(&store, "memory").unwrap();
    let map = instance.get_global(&store, "linmem_heap").unwrap().get(&store).i64().unwrap() as u64;
    let blocks: Vec<(u64, u64)> =
        (0..3000_u64).map(|i| 1 + i * 7 % 600).map(|size| (alloc.call(&mut store, (size, 8)).unwrap(), size)).collect();
    for (ptr, size) in blocks.iter().filter(|(ptr, _)| ptr % 48 != 0) {
        free.call(&mut store, (*ptr, *size, 8)).unwrap();
    }

    let bytes = memory.data(&store);
    let word = |addr: u64| u64::from_le_bytes(bytes[addr as usize..][..8].try_into().unwrap());
    let [lists, count, unclaimed, base] = [0, 8, 16, 24].map(|offset| word(map + offset));
    assert_eq!(count, 241);
    // The last list is one of blocks of 2^64 bytes.
    let size = |list: u64| (4 + u128::from(list % 4)) << (list / 4 + 2);
    let sizes: Vec<u64> = (0..count - 1).map(|list| size(list) as u64).filter(|size| size % 16 == 0).collect();
    let whole = |size: u64| sizes.iter().find(|&&whole| whole >= size.next_multiple_of(16)).unwrap();
    let live = blocks.iter().filter(|(ptr, _)| ptr % 48 == 0);
    let mut spans: Vec<(u64, u64)> = live.map(|&(ptr, size)| (ptr, ptr + whole(size))).collect();
    let all_live = spans.len();
    for list in 0..count {
        let mut block = word(lists + 8 * list);
        while block != 0 {
            spans.push((block, block + u64::try_from(size(list)).unwrap()));
            block = word(block);
        }
    }
    assert_eq!(spans.len(), blocks.len());
    assert!(all_live > 100 && all_live < blocks.len() - 100, "{all_live} are live");
    spans.push((word(unclaimed), 65536 * word(unclaimed + 8)));
    spans.sort_unstable();
    let end = spans.into_iter().fold(base, |here, (start, end)| {
        assert_eq!(start, here, "no gap, and no overlap");
        end
    });
    assert_eq!(end as usize, bytes.len());
}
