//! How other people's crates use this one: each test writes a package outside the workspace and builds it with cargo,
//! in the way that README shows, or in a way that has to end in the error that the documentation quotes.

#[allow(dead_code, reason = "shared with other tests, each of which uses a part")]
#[path = "../examples/hosts/rust/guest.rs"]
mod guest;
#[path = "fixtures/package.rs"]
mod package;
#[path = "common/tools.rs"]
mod tools;

use guest::TARGET;
use package::{PROFILE, Package, assert_quoted, dependency, fenced, have_target, manifest, read, refusal};
use std::fs;
use std::path::Path;
use std::process::Command;
use tools::run;
use wasmi::{Engine, Instance, Linker, Module, Store, WasmParams, WasmResults};
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

/// A guest as README has it.
const GUEST: &str = r#"#![cfg_attr(target_family = "wasm", no_std)]
extern crate alloc;
use alloc::boxed::Box;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Heap = linmem::Heap::new();
linmem::export_allocator!();
linmem::trap_on_panic!();

#[unsafe(no_mangle)]
pub extern "C" fn simple_arr() -> *mut [i32; 4] {
    Box::into_raw(Box::new([100, 200, 300, 400]))
}
"#;

const EXPORT: &str = "src/export.rs";
const WASI: &str = "wasm32-wasip1";

/// `GUEST` with `from`, which is in it once, replaced.
fn guest_with(from: &str, to: &str) -> String {
    assert_eq!(GUEST.matches(from).count(), 1, "{from:?} in {GUEST}");
    GUEST.replace(from, to)
}

#[test]
fn fenced_returns_the_block_after_the_marker() {
    let text = "```\nother\n```\n<!-- a -->\n```rust\nfn a() {}\n```\n```\nother\n```\n";
    assert_eq!(fenced(text, "<!-- a -->"), "fn a() {}\n");
}

#[test]
#[should_panic = "no line \"<!-- b -->\""]
fn fenced_panics_without_the_marker() {
    fenced("<!-- a -->\n```\n```\n", "<!-- b -->");
}

#[test]
#[should_panic = "no fenced block directly after \"<!-- a -->\""]
fn fenced_panics_without_a_block_after_the_marker() {
    fenced("<!-- a -->\n\n```\n```\n", "<!-- a -->");
}

/// An instance of a module whose imports, if it has any, are not called.
struct Running {
    store: Store<()>,
    instance: Instance,
}

impl Running {
    fn new(module: &Path) -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, fs::read(module).unwrap()).unwrap();
        let mut linker = Linker::new(&engine);
        for import in module.imports() {
            let function = import.ty().func().expect("only functions are imported").clone();
            let uncalled = |_: wasmi::Caller<'_, ()>, _: &[wasmi::Val], _: &mut [wasmi::Val]| {
                Err(wasmi::Error::new("an import was called"))
            };
            linker.func_new(import.module(), import.name(), function, uncalled).unwrap();
        }
        let mut store = Store::new(&engine, ());
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        Self { store, instance }
    }

    /// Calls an export, whose signature has to be just this one.
    fn call<P: WasmParams, R: WasmResults>(&mut self, name: &str, params: P) -> Result<R, wasmi::Error> {
        self.instance.get_typed_func::<P, R>(&self.store, name)?.call(&mut self.store, params)
    }

    /// Four numbers in memory.
    fn numbers(&self, addr: u32) -> [i32; 4] {
        let memory = self.instance.get_memory(&self.store, "memory").unwrap();
        let mut bytes = [0; 16];
        memory.read(&self.store, addr as usize, &mut bytes).unwrap();
        let word = |index: usize| i32::from_le_bytes(bytes[4 * index..][..4].try_into().unwrap());
        [word(0), word(1), word(2), word(3)]
    }

    /// Calls `simple_arr` and reads what it returns, then frees it, allocates, resizes and frees, with the three
    /// exports under their prefix.
    fn assert_works(&mut self, prefix: &str) {
        let [alloc, free, realloc] = ["alloc", "free", "realloc"].map(|name| format!("{prefix}{name}"));
        let array: u32 = self.call("simple_arr", ()).unwrap();
        assert_eq!(self.numbers(array), [100, 200, 300, 400]);
        let other: u32 = self.call(&alloc, (100_u32, 8_u32)).unwrap();
        assert!(other != 0 && other % 8 == 0 && (other + 100 <= array || array + 16 <= other), "{other} and {array}");
        let array: u32 = self.call(&realloc, (array, 16_u32, 4_u32, 200_000_u32)).unwrap();
        assert_eq!(self.numbers(array), [100, 200, 300, 400]);
        self.call::<_, ()>(&free, (array, 200_000_u32, 4_u32)).unwrap();
        self.call::<_, ()>(&free, (other, 100_u32, 8_u32)).unwrap();
        assert_eq!(self.call::<_, u32>(&alloc, (16_u32, 3_u32)).unwrap(), 0, "3 is not a power of two");
    }
}

/// Names of a module's exports, sorted, without the two globals that rustc exports from every module.
fn exports(module: &Path) -> Vec<String> {
    let module = fs::read(module).unwrap();
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(&module) {
        if let Payload::ExportSection(section) = payload.unwrap() {
            names.extend(section.into_iter().map(|export| export.unwrap().name.to_owned()));
        }
    }
    names.retain(|name| name != "__heap_base" && name != "__data_end");
    names.sort();
    names
}

#[test]
fn readme_guest_builds_and_runs_in_an_empty_folder() {
    assert!(have_target(TARGET));
    let readme = read("README.md");
    let manifest = fenced(&readme, "<!-- guest manifest -->");
    let lines: Vec<_> = manifest.lines().filter(|line| line.starts_with("linmem = ")).collect();
    let [line] = lines[..] else { panic!("not one line for the crate, but {lines:?}") };
    let version = line.split('"').nth(1).unwrap();
    assert!(format!("{}.", env!("CARGO_PKG_VERSION")).starts_with(&format!("{version}.")), "README has {version}");
    let manifest = manifest.replace(line, &dependency("")) + "\n[workspace]\n";
    let guest = Package::new("guest", &manifest, fenced(&readme, "<!-- guest -->"));

    let tests = run(&mut guest.cargo(&["test"]));
    assert!(tests.contains("test result: ok. 1 passed"), "{tests}");
    if tools::have("cargo-clippy") {
        run(&mut guest.cargo(&["clippy", "--all-targets", "--", "-D", "warnings"]));
        run(&mut guest.cargo(&["clippy", "--target", TARGET, "--", "-D", "warnings"]));
    }
    let module = guest.module(TARGET);
    assert_eq!(exports(&module), ["alloc", "free", "memory", "realloc", "simple_arr"]);
    Running::new(&module).assert_works("");
    if tools::have("node") {
        let guest = guest.write("host.mjs", fenced(&readme, "<!-- host -->"));
        let said = run(Command::new("node").arg(guest.dir().join("host.mjs")).arg(&module));
        assert_eq!(said, "[ 100, 200, 300, 400 ]\n");
    }
}

#[test]
fn macros_give_no_warnings_in_a_strict_crate_of_any_edition() {
    assert!(have_target(TARGET));
    let lib = r#"//! A guest of somebody who wants every warning.
#![cfg_attr(target_family = "wasm", no_std)]
#![deny(warnings, unused, future_incompatible, nonstandard_style, rust_2018_idioms, rust_2021_compatibility)]
#![deny(rust_2024_compatibility, missing_docs, missing_debug_implementations, missing_copy_implementations)]
#![deny(unsafe_op_in_unsafe_fn, unreachable_pub, unnameable_types, unused_qualifications, unused_lifetimes)]
#![deny(single_use_lifetimes, trivial_casts, trivial_numeric_casts, unused_crate_dependencies, let_underscore)]
#![deny(clippy::pedantic, clippy::nursery, clippy::undocumented_unsafe_blocks, clippy::missing_safety_doc)]
#![deny(clippy::multiple_unsafe_ops_per_block, clippy::missing_docs_in_private_items, clippy::absolute_paths)]
#![deny(clippy::as_conversions, clippy::arithmetic_side_effects)]

/// The allocator.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Heap = linmem::Heap::new();
linmem::export_allocator!(prefix = "abi_", cabi_realloc);
linmem::trap_on_panic!();

/// Returns its argument.
#[unsafe(no_mangle)]
pub const extern "C" fn same(number: u32) -> u32 {
    number
}
"#;
    for edition in ["2018", "2021", "2024"] {
        let guest = Package::guest(&format!("strict_{edition}"), edition, lib);
        let check = if tools::have("cargo-clippy") { "clippy" } else { "check" };
        run(&mut guest.cargo(&[check, "--all-targets"]));
        run(&mut guest.cargo(&[check, "--target", TARGET]));
        assert_eq!(
            exports(&guest.module(TARGET)),
            ["abi_alloc", "abi_free", "abi_realloc", "cabi_realloc", "memory", "same"]
        );
    }
}

#[test]
fn each_form_of_export_allocator_exports_the_names_that_its_documentation_gives() {
    assert!(have_target(TARGET));
    let text = read(EXPORT);
    let rows: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("/// | `export_allocator!(")).collect();
    assert_eq!(rows.len(), 4, "{rows:?}");
    for (index, row) in rows.iter().enumerate() {
        let (args, names) = row.split_once(")` | ").unwrap();
        let mut expected: Vec<_> = names.split('`').skip(1).step_by(2).collect();
        expected.extend(["memory", "simple_arr"]);
        expected.sort_unstable();
        // As every list of arguments in Rust, these may end in a comma.
        for comma in ["", ","].into_iter().take(1 + args.len()) {
            let form = format!("export_allocator!({args}{comma})");
            let lib = guest_with("export_allocator!()", &form);
            let module = Package::guest(&format!("form_{index}"), "2024", &lib).module(TARGET);
            assert_eq!(exports(&module), expected, "{form}");
            let prefix = expected.iter().find_map(|name| name.strip_suffix("free")).unwrap();
            // Records are text as it stands.
            let text = String::from_utf8_lossy(&fs::read(&module).unwrap()).into_owned();
            let roles = ["alloc", "free", "realloc"].map(|role| format!("role {role} {prefix}{role}\n")).concat();
            assert_eq!(text.contains(&roles), !prefix.is_empty(), "{form}");
            Running::new(&module).assert_works(prefix);
        }
    }
}

#[test]
fn std_guest_exports_its_own_allocator_or_std_s() {
    assert!(have_target(TARGET));
    let own = GUEST.lines().skip(1).filter(|line| !line.contains("trap_on_panic"));
    let own = own.map(|line| format!("{line}\n")).collect::<String>();
    let lines = "#[global_allocator]\nstatic ALLOCATOR: linmem::Heap = linmem::Heap::new();\n";
    let none = own.replace(&format!("#[cfg(target_family = \"wasm\")]\n{lines}"), "");
    assert!(!none.contains("ALLOCATOR") && own.contains("ALLOCATOR"));
    for (name, lib) in [("std_with_heap", own), ("std_with_none", none)] {
        let module = Package::guest(name, "2024", &lib).module(TARGET);
        assert_eq!(exports(&module), ["alloc", "free", "memory", "realloc", "simple_arr"]);
        Running::new(&module).assert_works("");
    }
}

#[test]
fn export_allocator_without_a_global_allocator_is_refused() {
    assert!(have_target(TARGET));
    let lib = guest_with("#[global_allocator]", "#[used]");
    let said = Package::guest("no_allocator", "2024", &lib).refusal(TARGET, &[]);
    assert_quoted(&said, EXPORT, "no global memory allocator found but one is required");
}

#[test]
fn export_allocator_twice_in_one_crate_is_refused() {
    assert!(have_target(TARGET));
    let said = Package::guest("twice", "2024", &(GUEST.to_owned() + "linmem::export_allocator!();\n"))
        .refusal(TARGET, &["--release"]);
    assert_quoted(&said, EXPORT, "symbol `alloc` is already defined");
}

#[test]
fn export_allocator_in_a_library_too_is_refused() {
    assert!(have_target(TARGET));
    let dependencies = dependency("") + "\nlibrary = { path = \"library\" }";
    let lib =
        GUEST.to_owned() + "\n#[unsafe(no_mangle)]\npub extern \"C\" fn three() -> i32 {\n    library::three()\n}\n";
    let guest =
        Package::new("in_two_crates", &(manifest("in_two_crates", "2024", "cdylib", &dependencies) + PROFILE), &lib)
            .write("library/Cargo.toml", &manifest("library", "2024", "rlib", &dependency("")))
            .write(
                "library/src/lib.rs",
                "#![no_std]\nlinmem::export_allocator!();\npub fn three() -> i32 {\n    3\n}\n",
            );
    let said = guest.refusal(TARGET, &[]);
    assert_quoted(&said, EXPORT, "duplicate symbol: alloc");
    // With LTO, and so in README's profile, LLVM is the first to see it.
    let said = guest.refusal(TARGET, &["--release"]);
    assert_quoted(&said, EXPORT, "Linking globals named 'alloc': symbol multiply defined!");
}

#[test]
fn export_allocator_with_other_arguments_is_refused_on_every_target() {
    assert!(have_target(TARGET));
    let quote = "expected `export_allocator!()`, with `prefix = \"…\"`, `cabi_realloc` or both, in this order";
    for (index, args) in ["cabi_realloc, prefix = \"abi_\"", "prefix", "\"abi_\"", "prefix = abi"].iter().enumerate() {
        let lib = guest_with("export_allocator!()", &format!("export_allocator!({args})"));
        let guest = Package::guest(&format!("wrong_arguments_{index}"), "2024", &lib);
        assert_quoted(&guest.refusal(TARGET, &[]), EXPORT, quote);
        assert_quoted(&refusal(&mut guest.cargo(&["build"])), EXPORT, quote);
    }
}

#[test]
fn trap_on_panic_in_a_std_guest_is_refused() {
    assert!(have_target(TARGET));
    let lib = guest_with("#![cfg_attr(target_family = \"wasm\", no_std)]\n", "");
    let said = Package::guest("std_with_trap", "2024", &lib).refusal(TARGET, &[]);
    assert_quoted(&said, EXPORT, "found duplicate lang item `panic_impl`");
}

#[test]
fn house_allocator_off_wasm_is_refused_with_advice() {
    for house in ["Heap", "Bump"] {
        let lib = GUEST
            .replace("#[cfg(target_family = \"wasm\")]\n", "")
            .replace("linmem::Heap", &format!("linmem::{house}"));
        let said = refusal(&mut Package::guest(&format!("native_{house}"), "2024", &lib).cargo(&["build"]));
        assert!(said.contains("`Memory` has no pages to give on this target"), "{said}");
        assert_quoted(&said, "src/memory.rs", "has no pages to give on this target");
        assert_quoted(
            &said,
            "src/memory.rs",
            "off wasm, gate the static with `#[cfg(target_family = \"wasm\")]` and let std allocate",
        );
        // A `Heap` off wasm does not lock, so no two threads may reach it. A `Bump` has no state but its source's.
        assert!(house == "Bump" || said.contains("cannot be shared between threads safely"), "{said}");
    }
}

#[test]
fn export_allocator_on_wasi_without_a_prefix_is_refused_with_advice() {
    if !have_target(WASI) {
        return;
    }
    for form in ["export_allocator!()", "export_allocator!(cabi_realloc)"] {
        let lib = guest_with("export_allocator!()", form);
        assert_quoted(
            &Package::guest("wasi_plain", "2024", &lib).refusal(WASI, &[]),
            EXPORT,
            "WASI's libc has `free` and `realloc`: write `export_allocator!(prefix = \"abi_\")`, say",
        );
    }
}

#[test]
fn export_allocator_on_wasi_with_a_prefix_works() {
    if !have_target(WASI) {
        return;
    }
    let lib = guest_with("export_allocator!()", "export_allocator!(prefix = \"abi_\")");
    let module = Package::guest("wasi_prefix", "2024", &lib).module(WASI);
    assert_eq!(exports(&module), ["abi_alloc", "abi_free", "abi_realloc", "memory", "simple_arr"]);
    Running::new(&module).assert_works("abi_");
}

#[test]
fn export_allocator_on_wasi_with_threads_compiles() {
    if tools::have_nightly() {
        let lib = guest_with("export_allocator!()", "export_allocator!(prefix = \"abi_\")");
        let package = Package::guest("wasi_threads", "2024", &lib);
        run(&mut package.nightly_cargo(&["check", "--target", "wasm32-wasip1-threads", tools::BUILD_STD]));
    }
}

#[test]
fn export_allocator_on_emscripten_is_refused() {
    if tools::have_nightly() {
        let package = Package::guest("emscripten", "2024", GUEST);
        let check = ["check", "--target", "wasm32-unknown-emscripten", tools::BUILD_STD];
        let said = refusal(&mut package.nightly_cargo(&check));
        let quote = "linmem does not support Emscripten, which has an allocator and an ABI of its own";
        assert_quoted(&said, EXPORT, quote);
    }
}

#[test]
fn house_allocators_on_wasi_keep_off_the_blocks_of_libc_s_malloc() {
    if !have_target(WASI) {
        return;
    }
    for house in ["Heap", "Bump"] {
        let lib = format!(
            r#"#[global_allocator]
static ALLOCATOR: linmem::{house} = linmem::{house}::new();
linmem::export_allocator!(prefix = "abi_");

unsafe extern "C" {{
    fn malloc(size: usize) -> *mut u8;
}}

#[unsafe(no_mangle)]
pub extern "C" fn libc_malloc(size: usize) -> *mut u8 {{
    // SAFETY: any size may be asked for.
    unsafe {{ malloc(size) }}
}}
"#
        );
        let module = Package::guest(&format!("wasi_malloc_{house}"), "2024", &lib).module(WASI);
        for libc_first in [false, true] {
            let mut running = Running::new(&module);
            let mut blocks = Vec::new();
            // Together these pass the first pages, so that both grow memory behind each other.
            for round in 0..100_u32 {
                let size = 1 + round * 97 % 5000;
                let addr: u32 = if (round % 2 == 0) == libc_first {
                    running.call("libc_malloc", size).unwrap()
                } else {
                    running.call("abi_alloc", (size, 8_u32)).unwrap()
                };
                assert_ne!(addr, 0);
                blocks.push((addr, addr + size, round));
            }
            assert_disjoint(blocks, &format!("{house}, libc first: {libc_first}"));
        }
    }
}

#[test]
fn house_allocator_beside_dlmalloc_keeps_off_the_slack() {
    let lib = r#"#![no_std]
use core::alloc::{GlobalAlloc, Layout};

#[global_allocator]
static ALLOCATOR: linmem::Dlmalloc = linmem::Dlmalloc::new();
static ARENA: linmem::Bump = linmem::Bump::new();
linmem::export_allocator!();
linmem::trap_on_panic!();

#[unsafe(no_mangle)]
pub extern "C" fn bump_alloc(size: usize) -> *mut u8 {
    // SAFETY: the test asks for no size of 0.
    unsafe { ARENA.alloc(Layout::from_size_align_unchecked(size, 8)) }
}
"#;
    let manifest = manifest("slack", "2024", "cdylib", &dependency("\"dlmalloc\"")) + PROFILE;
    // With so much slack, dlmalloc starts in it.
    let package = Package::new("slack", &manifest, lib).link_args(&["--initial-memory=4194304"]);
    let mut running = Running::new(&package.module(TARGET));
    let mut blocks = Vec::new();
    for round in 0..200_u32 {
        let size = 1 + round * 97 % 5000;
        let addr: u32 = if round % 2 == 0 {
            running.call("bump_alloc", size).unwrap()
        } else {
            running.call("alloc", (size, 8_u32)).unwrap()
        };
        assert_ne!(addr, 0);
        blocks.push((addr, addr + size, round));
    }
    assert_disjoint(blocks, "with dlmalloc");
}

/// Asserts that no blocks overlap: each is its start, its end, and the round that it comes from.
#[track_caller]
fn assert_disjoint(mut blocks: Vec<(u32, u32, u32)>, who: &str) {
    blocks.sort_unstable();
    for pair in blocks.windows(2) {
        assert!(pair[0].1 <= pair[1].0, "{who}: blocks overlap: {pair:?}");
    }
}

#[test]
fn readme_guest_for_wasm32v1_none_uses_mvp_and_mutable_globals_only() {
    let target = "wasm32v1-none";
    if !have_target(target) {
        return;
    }
    let module = Package::guest("mvp", "2024", GUEST).module(target);
    let mut validator = Validator::new_with_features(WasmFeatures::MVP | WasmFeatures::MUTABLE_GLOBAL);
    validator.validate_all(&fs::read(&module).unwrap()).unwrap();
    assert_eq!(exports(&module), ["alloc", "free", "memory", "realloc", "simple_arr"]);
    Running::new(&module).assert_works("");
}

#[test]
fn c_object_that_calls_libc_s_free_links_silently_and_traps_unless_warnings_are_fatal() {
    assert!(have_target(TARGET));
    let Some(clang) = tools::clang() else { return };
    let c = "void free(void *);\n\
             __attribute__((export_name(\"c_free\"))) void c_free(void *block) { free(block); }\n";
    let guest = |name, args: &[&str]| {
        let guest = Package::guest(name, "2024", GUEST).write("free.c", c);
        let object = guest.dir().join("free.o");
        let clang_args = ["--target=wasm32-unknown-unknown", "-Os", "-c", "free.c", "-o"];
        run(Command::new(clang).args(clang_args).arg(&object).current_dir(guest.dir()));
        guest.link_args(&[&[object.to_str().unwrap()], args].concat())
    };

    let silent = guest("c_free", &[]);
    let build = silent.cargo(&["build", "--release", "--target", TARGET]).output().unwrap();
    let said = String::from_utf8_lossy(&build.stderr);
    assert!(build.status.success() && !said.contains("mismatch"), "{said}");
    let mut running = Running::new(&silent.module(TARGET));
    let block: u32 = running.call("alloc", (8_u32, 8_u32)).unwrap();
    let trap = running.call::<_, ()>("c_free", block).unwrap_err();
    assert_eq!(trap.as_trap_code(), Some(wasmi::TrapCode::UnreachableCodeReached), "{trap}");

    let said = guest("c_free_fatal", &["--fatal-warnings"]).refusal(TARGET, &["--release"]);
    assert!(said.contains("function signature mismatch: free"), "{said}");
}
