//! The JavaScript that `bind` writes: it is what it was (`tests/bind/*.js`, blessed by `BLESS=1`), passes the conformance kit and
//! the tests of abi/js without the records it was made from, and stays small.

mod common;
#[path = "../../../tests/common/tools.rs"]
mod tools;

use common::{assert_same, blessing, build, folder, here, linmem, words};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};
use tools::{browser, have, run, skip};

/// Bytes of what is written for the guest of benches/crossing, minified by terser and gzipped.
const BYTES: u32 = 2388;

fn root() -> PathBuf {
    here().join("../..")
}

fn bind(folder: &Path, module: &str, output: &str) {
    let output = linmem(folder, &words(&format!("bind --lang js {module} -o {output}")));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A folder with a guest, `NAME.wasm`, that without records, `stripped.wasm`, and what is written for it, `NAME.mjs`.
fn bound(test: &str, guest: &str) -> PathBuf {
    let folder = folder(test);
    fs::write(folder.join(guest).with_extension("wasm"), build(guest)).unwrap();
    let strip = linmem(&folder, &words(&format!("sidecar {guest}.wasm -o {guest}.abi --strip stripped.wasm")));
    assert!(strip.status.success(), "{}", String::from_utf8_lossy(&strip.stderr));
    bind(&folder, &format!("{guest}.wasm"), &format!("{guest}.mjs"));
    folder
}

fn json(path: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(root().join(path)).unwrap()).unwrap()
}

fn is_small() -> bool {
    env::var_os("KIT_SMALL").is_some()
}

/// Runs the kit, and expects that all cases pass.
fn passes(mut runner: Command, cases: usize) {
    let said = run(&mut runner);
    assert_eq!(said.trim_end(), format!("{cases} cases, 0 sections, 0 failures"), "what the runner says");
}

fn kit_cases() -> usize {
    let cases = json("abi/kit/cases.json");
    cases["cases"].as_array().unwrap().iter().filter(|case| case["needs"].is_null() || !is_small()).count()
}

fn passes_the_kit(program: &str, args: &[&str], test: &str) {
    if have(program) {
        let folder = bound(test, "kit");
        let mut runtime = Command::new(program);
        runtime.args(args).arg(root().join("tests/kit/run.mjs")).arg(folder.join("kit.wasm"));
        runtime.env("BOUND", folder.join("kit.mjs")).env("STRIPPED", folder.join("stripped.wasm"));
        passes(runtime, kit_cases());
    }
}

#[test]
fn bound_module_passes_the_kit_without_records() {
    passes_the_kit("node", &[], "js_node");
}

#[test]
fn bound_module_passes_the_kit_in_deno() {
    passes_the_kit("deno", &["run", "--allow-all", "--no-config"], "js_deno");
}

#[test]
fn bound_module_passes_the_kit_in_bun() {
    passes_the_kit("bun", &[], "js_bun");
}

/// Runs the kit in a browser that evaluates no text.
fn passes_the_kit_in_browser(program: &str, test: &str) {
    if have("node") && have(program) {
        let folder = bound(test, "kit");
        let page = if is_small() { "tests/kit/page.mjs?bound&small" } else { "tests/kit/page.mjs?bound" };
        let mut runner = browser(&root(), program, page, &folder.join("kit.wasm"));
        runner.env("BOUND", folder.join("kit.mjs"));
        passes(runner, kit_cases());
    }
}

#[test]
fn bound_module_passes_the_kit_in_chromium() {
    passes_the_kit_in_browser("chromium", "js_chromium");
}

#[test]
fn bound_module_passes_the_kit_in_firefox() {
    passes_the_kit_in_browser("firefox-esr", "js_firefox");
}

#[test]
fn bound_module_passes_the_tests_of_the_host_that_reads_records() {
    if have("node") {
        let folder = bound("js_guest", "records");
        let mut node = Command::new("node");
        node.arg("--test").arg(root().join("tests/js/guest.test.mjs"));
        run(node.env("GUEST", folder.join("stripped.wasm")).env("BOUND", folder.join("records.mjs")));
    }
}

/// Whether records of a function are such that nothing has to be undone when a call fails: one thing at most is made or taken.
fn is_simple(record: &str) -> bool {
    let (params, result) = record.split_once(" -> ").unwrap_or((record, ""));
    let types: Vec<&str> = params.split(' ').skip(2).map(|param| param.split_once(':').unwrap().1).collect();
    let bare = |ty: &str| !ty.contains(['>', '[', '+']);
    let of = |ty: &str| ty.trim_start_matches(['?', '^', '~', '*']).to_owned();
    let known = |ty: &str| {
        let name = of(ty);
        let is_struct = ["Pair", "Point"].contains(&&*name);
        let is_value = name.starts_with("Of")
            || ["Color", "Fail", "Sense", "Sign"].contains(&&*name)
            || name.starts_with(|c: char| c.is_ascii_lowercase());
        is_struct == ty.contains('*') && (is_struct || is_value)
    };
    let texts = types.iter().filter(|ty| ty.ends_with("str")).count();
    let taken = types.iter().filter(|ty| ty.contains("^*")).count();
    let lends_numbers = matches!(types[..], ["[]u8" | "~[]u8" | "[]i32" | "~[]i64"]) && !result.contains(['*', 's']);
    (types.iter().all(|ty| bare(ty) && known(ty)) && texts + taken < 2 || lends_numbers)
        && (bare(result) && known(result) || result.is_empty() || result == "^*[4]i32")
        && !(texts > 0 && result.ends_with("cstr"))
        && result != "^cstr"
        && result != "?^cstr"
}

/// Of a guest in which no operation makes several things, what is written is smaller, by other pieces.
#[test]
fn bound_module_of_simple_records_passes_the_kit() {
    if !have("node") {
        return;
    }
    let folder = bound("js_simple", "kit");
    let (mut records, mut functions) = (String::new(), BTreeSet::new());
    let all = fs::read_to_string(folder.join("kit.abi")).unwrap();
    for record in all.lines() {
        let words: Vec<&str> = record.split(' ').collect();
        let kept = match words[0] {
            "abi" | "role" | "const" | "enum" => true,
            "struct" => ["Pair", "Point"].contains(&words[1]),
            "drop" => words[2] == "^*Point",
            "fn" => is_simple(record),
            _ => false,
        };
        if kept {
            records += &format!("{record}\n");
            functions.extend(["drop", "fn"].contains(&words[0]).then_some(words[1]));
        }
    }
    fs::write(folder.join("simple.abi"), records).unwrap();
    bind(&folder, "simple.abi", "simple.mjs");
    let code = fs::read_to_string(folder.join("simple.mjs")).unwrap();
    assert!(!code.contains("const op = "), "no operation has to be undone");

    let cases = json("abi/kit/cases.json");
    let uses = |case: &&Value| {
        let text = case["steps"].to_string();
        let names = |key: &str| -> Vec<String> {
            let key = format!("\"{key}\":\"");
            text.split(&key).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
        };
        names("call").iter().all(|name| functions.contains(name.as_str()))
            && names("new").iter().all(|ty| ["^*Pair", "^*Point"].contains(&ty.as_str()))
            && !["\"host\":", "\"invoke\":", "\"const\":"].iter().any(|key| text.contains(key))
    };
    let chosen: Vec<&str> =
        cases["cases"].as_array().unwrap().iter().filter(uses).map(|case| case["name"].as_str().unwrap()).collect();
    assert!(functions.len() > 90 && chosen.len() > 50, "{} functions, {} cases", functions.len(), chosen.len());
    let mut node = Command::new("node");
    node.arg(root().join("tests/kit/run.mjs")).arg(folder.join("kit.wasm")).args(&chosen);
    node.env("BOUND", folder.join("simple.mjs")).env("STRIPPED", folder.join("stripped.wasm"));
    passes(node, chosen.len());
}

#[test]
fn bound_modules_are_what_they_were() {
    let folder = folder("js_same");
    for (module, file) in [("records.wasm", "records.js"), ("names.abi", "names.js")] {
        bind(&folder, module, file);
        same(&folder, file);
    }
}

/// Compares a file with the one of its name in `tests/bind`.
fn same(folder: &Path, file: &str) {
    let (found, path) = (fs::read_to_string(folder.join(file)).unwrap(), here().join("tests/bind").join(file));
    if blessing() {
        fs::write(path, found).unwrap();
    } else {
        assert_same(&fs::read_to_string(&path).unwrap(), &found, file);
    }
}

/// A module with the exports that `names.abi` has, whose functions return what they were given first.
const NAMES: &str = r#"(module
  (import "a'b\5c\5cc:d/e" "hasOwnProperty" (func $has (param i32 i32) (result i32)))
  (import "env" "switch" (func $switch (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $next (mut i32) (i32.const 64))
  (func (export "alloc") (param $size i32) (param i32) (result i32)
    (global.set $next (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -8)))
    (global.get $next)
    (global.set $next (i32.add (global.get $next) (local.get $size))))
  (func (export "free") (param i32 i32 i32))
  (func (export "then") (param i32 i32 i32 i32 i32) (result i32)
    (call $has (i32.const 32) (i32.const 3)))
  (func (export "int_read") (param i32 i32 i32 i32)
    (i32.store8 (local.get 3) (i32.add (i32.add (local.get 0) (local.get 1)) (local.get 2))))
  (func (export "__proto__") (param i32 i32 i32) (result i32) (local.get 0))
  (func (export "Color_is") (param i32)
    (drop (call $switch (i32.const 32) (i32.const 3) (i32.load (local.get 0)) (i32.const 48))))
  (data (i32.const 32) "abc"))"#;

#[test]
fn hostile_names_are_data() {
    if !have("node") {
        return;
    }
    let folder = folder("js_names");
    bind(&folder, "names.abi", "names.mjs");
    fs::write(folder.join("names.wasm"), wat::parse_str(NAMES).unwrap()).unwrap();
    let mut node = Command::new("node");
    node.arg(here().join("tests/bind/names.mjs")).arg(folder.join("names.mjs")).arg(folder.join("names.wasm"));
    run(&mut node);
}

/// The declarations that `bind --lang ts` writes are those of what `bind --lang js` writes.
#[test]
fn declarations_fit_the_bound_module() {
    let folder = folder("js_types");
    bind(&folder, "records.wasm", "records.js");
    let types = linmem(&folder, &words("bind --lang ts records.wasm -o records.d.ts"));
    assert!(types.status.success());
    if !have("tsc") {
        return;
    }
    let package = folder.join("node_modules/linmem");
    fs::create_dir_all(&package).unwrap();
    for file in ["package.json", "linmem.d.ts", "linmem.js"] {
        fs::copy(here().join("../js").join(file), package.join(file)).unwrap();
    }
    // The program that the declarations must accept, and its mistakes, with the other `load`.
    let program = fs::read_to_string(here().join("tests/bind/use.ts")).unwrap();
    let other = program
        .replace("import { load } from 'linmem'\n", "")
        .replace("import type { Imports, Module } from", "import { load, type Imports } from")
        .replace("load<Module>(", "load(");
    assert_eq!(program.lines().count(), other.lines().count() + 1, "the program loads a module");
    fs::write(folder.join("use.ts"), other).unwrap();
    fs::write(folder.join("package.json"), r#"{"type": "module"}"#).unwrap();
    let mut tsc = Command::new("tsc");
    tsc.args(["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023"]);
    tsc.args(["--lib", "es2023,dom,esnext.disposable", "use.ts"]).current_dir(&folder);
    run(&mut tsc);
}

/// The guest of benches/crossing is a workspace of its own.
fn crossing() -> Vec<u8> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crossing");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--release", "--package", "crossing-linmem", "--target", "wasm32-unknown-unknown"]);
    run(cargo.arg("--target-dir").arg(&target).current_dir(root().join("benches/crossing")));
    fs::read(target.join("wasm32-unknown-unknown/release/crossing_linmem.wasm")).unwrap()
}

#[test]
fn bound_module_of_a_small_guest_stays_within_its_bytes() {
    let folder = folder("js_crossing");
    fs::write(folder.join("crossing.wasm"), crossing()).unwrap();
    bind(&folder, "crossing.wasm", "crossing.js");
    same(&folder, "crossing.js");
    if !have("node") {
        return;
    }
    let script =
        "const options = { module: true, ecma: 2022, compress: { passes: 4, keep_fargs: false, unsafe_arrows: true } };
        const text = require('fs').readFileSync(process.argv[1], 'utf8');
        require('terser').minify(text, options)
            .then(({ code }) => console.log(require('zlib').gzipSync(code, { level: 9 }).length))";
    let js = here().join("../js");
    let terser = Command::new("node").args(["-e", "require.resolve('terser')"]).current_dir(&js).output().unwrap();
    if !terser.status.success() {
        return skip("no terser: npm install in abi/js");
    }
    let size = run(Command::new("node").args(["-e", script]).arg(folder.join("crossing.js")).current_dir(&js));
    assert_eq!(size.trim().parse(), Ok(BYTES), "crossing.js: say so here and in abi/js/README.md");
    let readme = fs::read_to_string(js.join("README.md")).unwrap();
    assert!(readme.contains(&format!(" {},{:03} bytes", BYTES / 1000, BYTES % 1000)), "README.md says the size");
}

/// Every allocation of the kit's cases is refused in turn, and memory is full from each of their steps on.
#[test]
fn code_does_without_memory_in_every_case_of_the_kit() {
    if have("node") {
        let folder = bound("js-faults", "kit_checked");
        let mut node = Command::new("node");
        node.arg(root().join("tests/kit/faults.mjs")).arg(folder.join("kit_checked.wasm"));
        let said = run(node.arg(folder.join("checked.wasm")).arg(folder.join("kit_checked.mjs")));
        assert_eq!(said.lines().count(), 4, "{said}");
    }
}

/// An allocator that fails at the n-th call from now on (`fail_at`), counts what lives (`live_blocks`), and takes nothing back.
const STARVED: &str = r#"(module
  (memory (export "memory") 1)
  (global $next (mut i32) (i32.const 64))
  (global $until (mut i32) (i32.const 0))
  (global $live (mut i32) (i32.const 0))
  (func (export "fail_at") (param i32) (global.set $until (local.get 0)))
  (func (export "live_blocks") (result i32) (global.get $live))
  (func (export "alloc") (param $size i32) (param $align i32) (result i32)
    (global.set $until (i32.sub (global.get $until) (i32.const 1)))
    (if (i32.eqz (global.get $until)) (then (return (i32.const 0))))
    (if (i32.eqz (local.get $size)) (then (return (local.get $align))))
    (global.set $live (i32.add (global.get $live) (i32.const 1)))
    (global.set $next (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -8)))
    (global.get $next)
    (global.set $next (i32.add (global.get $next) (local.get $size))))
  (func (export "free") (param i32 i32 i32)
    (if (local.get 1) (then (global.set $live (i32.sub (global.get $live) (i32.const 1))))))
  (func (export "size") (param i32 i32) (result i32) (local.get 1))
  (func (export "sum") (param i32 i32) (result i32) (local.get 1))
  (func (export "join") (param i32 i32 i32 i32) (result i32) (i32.add (local.get 1) (local.get 3)))
  (func (export "drop_one") (param i32)
    (global.set $live (i32.sub (global.get $live) (i32.const 2))))
  (func (export "drop_two") (param i32)
    (global.set $live (i32.sub (global.get $live) (i32.const 3)))))"#;

const ONE: &str = "abi 1 wasm32\nstruct One 8 4 x:0:i32 name:4:^cstr\ndrop drop_one ^*One\nfn size text:str -> u32\n\
    fn sum values:~[]i32 -> u32\nfn fail_at n:u32\nfn live_blocks -> u32\n";
const TWO: &str = "struct Two 8 4 name:0:^cstr other:4:^cstr\ndrop drop_two ^*Two\nfn join text:str more:str -> u32\n";

/// Each allocation of each operation fails in turn: nothing is left behind, with and without chains of what is to be undone.
#[test]
fn memory_that_is_refused_leaves_nothing() {
    if !have("node") {
        return;
    }
    let folder = folder("js_starved");
    fs::write(folder.join("starved.wasm"), wat::parse_str(STARVED).unwrap()).unwrap();
    for (name, records, undoes) in [("one", ONE.to_owned(), false), ("two", format!("{ONE}{TWO}"), true)] {
        fs::write(folder.join(name).with_extension("abi"), records).unwrap();
        bind(&folder, &format!("{name}.abi"), &format!("{name}.mjs"));
        let code = fs::read_to_string(folder.join(name).with_extension("mjs")).unwrap();
        assert_eq!(code.contains("const undo = "), undoes, "{name}");
        let mut node = Command::new("node");
        node.arg(here().join("tests/bind/starved.mjs")).arg(folder.join(name).with_extension("mjs"));
        run(node.arg(folder.join("starved.wasm")));
    }
}
