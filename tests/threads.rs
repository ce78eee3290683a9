//! Threads: what the toolchain refuses, and what runs on several threads where it does not, in node and in browsers.

#[allow(dead_code, reason = "shared with other tests, each of which uses a part")]
#[path = "../examples/hosts/rust/guest.rs"]
mod guest;
#[path = "fixtures/package.rs"]
mod package;
#[path = "common/tools.rs"]
mod tools;

use guest::TARGET;
use package::{PROFILE, Package, assert_quoted, dependency, have_target, manifest, read, refusal};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use tools::{have_nightly, run};

/// Pages of the shared memory at the start.
const PAGES: usize = 32;
/// 1 GiB, as `fixtures/threads/shared.mjs` has it in pages.
const MAX_MEMORY: usize = 1 << 30;
/// Steps that the threads do together: each allocates and frees eight small blocks, and allocates, resizes, passes on or
/// frees another one.
const OPERATIONS: usize = 1_000_000;
/// Where blocks are not used again, or a call takes long.
const FEWER_OPERATIONS: usize = 300_000;

fn shared_memory() -> Vec<String> {
    vec![
        "--shared-memory".to_owned(),
        "--import-memory".to_owned(),
        format!("--initial-memory={}", PAGES * (1 << 16)),
        format!("--max-memory={MAX_MEMORY}"),
        "--export=__stack_pointer".to_owned(),
    ]
}

/// Flags for code with atomics, linked for shared memory.
fn rustflags() -> String {
    let link_args = shared_memory().into_iter().map(|arg| format!(" -Clink-arg={arg}"));
    link_args.fold("-Ctarget-feature=+atomics,+bulk-memory,+mutable-globals".to_owned(), |flags, arg| flags + &arg)
}

const GUEST: &str = r#"#![no_std]
extern crate alloc;

#[global_allocator]
static ALLOCATOR: linmem::Heap = linmem::Heap::new();
linmem::export_allocator!();
linmem::trap_on_panic!();
"#;

#[test]
fn linker_refuses_shared_memory_to_a_guest_that_was_compiled_without_atomics() {
    assert!(have_target(TARGET));
    let args = shared_memory();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let guest = Package::guest("shared_memory", "2024", GUEST).link_args(&args);
    for profile in ["dev", "release"] {
        let said = guest.refusal(TARGET, &["--profile", profile]);
        assert!(said.contains("'atomics' feature must be used in order to use shared memory"), "{profile}: {said}");
    }
}

/// The allocators that run on several threads.
const HOUSES: [&str; 3] = ["heap", "bump", "checked"];

/// The module of `fixtures/threads` with one of [`HOUSES`]; none if the test is skipped.
fn module(house: &str) -> Option<PathBuf> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let build = || {
        if !have_nightly() || !tools::have("node") {
            return None;
        }
        let example = |house| format!("[[example]]\nname = \"threads_{house}\"\ncrate-type = [\"cdylib\"]\n\n");
        let examples: String = HOUSES.map(example).concat();
        let manifest = manifest("threads", "2024", "rlib", &dependency("")) + &examples + PROFILE;
        let mut package = Package::new("threads", &manifest, "#![no_std]\n");
        for fixture in ["churn.rs", "contend.rs", "hold.rs"] {
            package = package.write(fixture, &read(&format!("tests/fixtures/threads/{fixture}")));
        }
        for house in HOUSES {
            let main = format!("examples/threads_{house}.rs");
            package = package.write(&main, &read(&format!("tests/fixtures/threads/{house}.rs")));
        }
        let args = ["build", "--release", "--examples", "--target", TARGET, tools::BUILD_STD];
        run(package.nightly_cargo(&args).env("RUSTFLAGS", rustflags()));
        Some(package.nightly_target_dir().join(TARGET).join("release/examples"))
    };
    let folder = FOLDER.get_or_init(build).as_ref();
    folder.map(|folder| folder.join(format!("threads_{house}.wasm")))
}

/// Runs a mode of `fixtures/threads/workers.mjs` on a module, if there is one, and asserts what it prints.
fn assert_workers(house: &str, mode: &str, args: &[String], printed: &str) {
    let Some(module) = module(house) else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/threads/workers.mjs");
    let said = run(Command::new("node").arg(script).arg(mode).arg(module).arg(PAGES.to_string()).args(args));
    assert_eq!(said.trim(), printed);
}

/// Runs `churn` in node.
fn assert_churns(house: &str, mode: &str, operations: usize, printed: &str) {
    assert_workers(house, "churn", &[mode.to_owned(), operations.to_string()], printed);
}

#[test]
fn heap_keeps_every_byte_while_five_threads_use_it_and_spin() {
    assert_churns("heap", "spin", OPERATIONS, "live blocks: 0");
}

#[test]
fn heap_keeps_every_byte_while_five_threads_use_it_and_four_park() {
    assert_churns("heap", "park", OPERATIONS, "live blocks: 0");
}

#[test]
fn bump_keeps_every_byte_while_five_threads_use_it_and_four_park() {
    assert_churns("bump", "park", FEWER_OPERATIONS, "live blocks: unknown");
}

#[test]
fn checked_heap_finds_nothing_while_five_threads_use_it_and_four_park() {
    assert_churns("checked", "park", FEWER_OPERATIONS, "live blocks: 0");
}

#[test]
fn threads_that_may_wait_sleep_while_another_holds_the_lock_and_others_spin() {
    assert_workers("heap", "hold", &[], "spinning: sleepers: 0, parking: sleepers: 2");
}

/// Runs the same in a browser. `on_main` is what becomes there of a main thread that waits.
fn browser_test(program: &str, on_main: &str) {
    if !tools::have(program) {
        return;
    }
    let Some(module) = module("heap") else { return };
    let page = |query: String| {
        let page = format!("tests/fixtures/threads/page.mjs?{query}");
        run(&mut tools::browser(Path::new(env!("CARGO_MANIFEST_DIR")), program, &page, &module)).trim().to_owned()
    };
    for mode in ["spin", "park"] {
        assert_eq!(page(format!("churn,{PAGES},{mode},{OPERATIONS}")), "live blocks: 0");
    }
    assert_eq!(page(format!("hold,{PAGES},spin,{on_main}")), "sleepers: 0");
    assert_eq!(page(format!("hold,{PAGES},park,{on_main}")), "sleepers: 2");
}

#[test]
fn heap_serves_workers_and_the_main_thread_in_chromium_where_waiting_would_trap() {
    browser_test("chromium", "traps");
}

#[test]
fn heap_serves_workers_and_the_main_thread_in_firefox_where_waiting_would_block_the_page() {
    browser_test("firefox-esr", "blocks");
}

/// Asserts that an allocator loses nothing wherever another thread grows memory or claims some.
fn assert_contends(house: &str) {
    assert_workers(house, "contend", &[], "wrong when memory is taken before calls: none");
}

#[test]
fn heap_keeps_off_what_another_thread_takes_meanwhile() {
    assert_contends("heap");
}

#[test]
fn bump_keeps_off_what_another_thread_takes_meanwhile() {
    assert_contends("bump");
}

/// With atomics a lock has a word beside what it guards.
#[test]
fn map_of_a_heap_leads_to_what_the_lock_guards() {
    if !have_nightly() || !tools::have("node") {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target_dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mapped_with_atomics");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--release", "--target", TARGET, tools::BUILD_STD, "--package", "mapped"]);
    cargo.args(["--examples", "--target-dir"]).arg(&target_dir).env("RUSTFLAGS", "-Ctarget-feature=+atomics");
    run(cargo.env("RUSTUP_TOOLCHAIN", "nightly").env_remove("CARGO").current_dir(root));
    let mut node = Command::new("node");
    node.arg("--test").arg(root.join("tests/js/heap.test.mjs"));
    run(node.env("MAPPED", target_dir.join(TARGET).join("release/examples")));
}

#[test]
fn foreign_allocators_on_nightly_with_atomics_are_refused_with_advice() {
    if !have_nightly() {
        return;
    }
    let quotes = [
        (
            "dlmalloc",
            "`Dlmalloc` has no lock for wasm threads, which WASI may have: use `Heap` and leave the feature `dlmalloc` out",
        ),
        (
            "wee_alloc",
            "`WeeAlloc` has no lock for wasm threads, which WASI may have: use `Heap` and leave the feature `wee_alloc` out",
        ),
    ];
    for (feature, quote) in quotes {
        let name = format!("shared_{feature}");
        let dependency = dependency(&format!("{feature:?}"));
        let package = Package::new(&name, &(manifest(&name, "2024", "cdylib", &dependency) + PROFILE), GUEST);
        let args = ["check", "--release", "--target", TARGET, tools::BUILD_STD];
        let said = refusal(package.nightly_cargo(&args).env("RUSTFLAGS", rustflags()));
        assert_quoted(&said, "src/foreign.rs", quote);
    }
}
