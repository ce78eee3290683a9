//! Threads: what the toolchain refuses, and what runs on several threads where it does not.

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
/// 1 GiB, as `fixtures/threads/workers.mjs` has it in pages.
const MAX_MEMORY: usize = 1 << 30;
const OPERATIONS: usize = 400_000;

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

/// Modules with a `Heap` and a `Bump` that lock, from `fixtures/threads/churn.rs`; none if the test is skipped.
fn churn_modules() -> Option<[PathBuf; 2]> {
    static MODULES: OnceLock<Option<[PathBuf; 2]>> = OnceLock::new();
    let build = || {
        if !have_nightly() || !tools::have("node") {
            return None;
        }
        let examples = "[[example]]\nname = \"churn_heap\"\ncrate-type = [\"cdylib\"]\n\n\
                        [[example]]\nname = \"churn_bump\"\ncrate-type = [\"cdylib\"]\n";
        let manifest = manifest("churn", "2024", "rlib", &dependency("")) + examples + PROFILE;
        let live = "/// Bytes in live blocks, beside the pages that the workers grew, after a check of the whole heap.\n#[unsafe(no_mangle)]\n\
                    pub extern \"C\" fn live() -> u32 {\n    churn::ALLOCATOR.coalesce();\n    \
                    (churn::ALLOCATOR.check().used_size % linmem::PAGE) as u32\n}\n";
        let crate_with = |house| {
            format!(
                "#![no_std]\nextern crate alloc;\nuse linmem::{house} as House;\n\
                 #[path = \"../churn.rs\"]\nmod churn;\n\n"
            )
        };
        let package = Package::new("churn", &manifest, "#![no_std]\n")
            .write("churn.rs", &read("tests/fixtures/threads/churn.rs"))
            .write("examples/churn_heap.rs", &(crate_with("Heap") + live))
            .write("examples/churn_bump.rs", &crate_with("Bump"));
        let args = ["build", "--release", "--examples", "--target", TARGET, tools::BUILD_STD];
        run(package.nightly_cargo(&args).env("RUSTFLAGS", rustflags()));
        let folder = package.nightly_target_dir().join(TARGET).join("release/examples");
        Some(["churn_heap.wasm", "churn_bump.wasm"].map(|name| folder.join(name)))
    };
    MODULES.get_or_init(build).clone()
}

/// Runs a mode of `fixtures/threads/workers.mjs` and returns what it printed.
fn workers(mode: &str, module: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/threads/workers.mjs");
    let numbers = [PAGES, OPERATIONS].map(|number| number.to_string());
    run(Command::new("node").arg(script).arg(mode).arg(module).args(numbers))
}

#[test]
fn house_allocators_keep_every_byte_while_four_threads_use_them() {
    let Some([heap, bump]) = churn_modules() else { return };
    assert_eq!(workers("churn", &heap), "live blocks: 0\n");
    assert_eq!(workers("churn", &bump), "live blocks: unknown\n");
}

#[test]
fn heap_keeps_off_pages_that_another_thread_grows_meanwhile() {
    let Some([heap, _]) = churn_modules() else { return };
    assert_eq!(workers("contend", &heap), "wrong with growth before calls: none\n");
}

#[test]
fn bump_keeps_off_pages_that_another_thread_grows_meanwhile() {
    let Some([_, bump]) = churn_modules() else { return };
    assert_eq!(workers("contend", &bump), "wrong with growth before calls: none\n");
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
