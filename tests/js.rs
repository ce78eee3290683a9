//! The JavaScript host: its tests in `tests/js` run in node, on the guest that uses every construct, and it stays small.

#[allow(dead_code, reason = "shared with other tests, each of which uses a part")]
#[path = "../examples/hosts/rust/guest.rs"]
mod guest;
#[path = "common/tools.rs"]
mod tools;

use std::path::{Path, PathBuf};
use std::process::Command;
use tools::{browser, have, run, skip};

/// Bytes of `linmem.js`, minified by terser and gzipped.
const BYTES: u32 = 7109;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn built(package: &str) -> PathBuf {
    let folder = guest::build(package, &[]).unwrap_or_else(|error| panic!("{error}"));
    folder.join(package).with_extension("wasm")
}

fn module() -> PathBuf {
    built("records")
}

/// Whether `npm install` was run in `abi/js`.
fn have_package(name: &str) -> bool {
    if !have("node") {
        return false;
    }
    let found = Command::new("node")
        .args(["-e", &format!("require.resolve('{name}/package.json')")])
        .current_dir(root().join("abi/js"))
        .output()
        .is_ok_and(|output| output.status.success());
    if !found {
        skip(&format!("no {name}: npm install in abi/js"));
    }
    found
}

fn node_test(file: &str) {
    if have("node") {
        let mut node = Command::new("node");
        let file = root().join("tests/js").join(file);
        let mapped = guest::build("mapped", &["--examples"]).unwrap_or_else(|error| panic!("{error}"));
        node.env("GUEST", module()).env("CHECKED", built("checked")).env("MAPPED", mapped.join("examples"));
        run(node.arg("--test").arg(file));
    }
}

#[test]
fn host_uses_every_construct_of_the_guest() {
    node_test("guest.test.mjs");
}

#[test]
fn host_refuses_hostile_records_and_modules() {
    node_test("hostile.test.mjs");
}

#[test]
fn host_writes_and_reads_the_bytes_of_random_types() {
    node_test("memory.test.mjs");
}

/// Node 20 has no `using`: there it is what TypeScript makes of it. Deno and Bun run it as it is, with the other tests.
#[test]
fn owners_end_with_the_block_that_uses_them() {
    if have_package("typescript") {
        let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("using");
        let compiler = root().join("abi/js/node_modules/typescript/bin/tsc");
        let options =
            ["--strict", "--target", "es2022", "--lib", "es2022,esnext.disposable,dom", "--module", "nodenext"];
        let mut tsc = Command::new("node");
        tsc.arg(compiler).args(options).args(["--types", "", "--outDir"]).arg(&made);
        run(tsc.arg(root().join("tests/js/using.mts")));
        let mut node = Command::new("node");
        node.arg("--test").arg(root().join("tests/js/using.test.mjs")).env("GUEST", module());
        run(node.env("USING", made.join("using.mjs")));
    }
}

#[test]
fn host_sees_what_a_checked_module_knows() {
    node_test("checks.test.mjs");
}

#[test]
fn host_sees_what_is_free_in_a_heap() {
    node_test("heap.test.mjs");
}

/// Runs the same tests by another runtime's `node:test`.
fn runtime_test(program: &str, args: &[&str]) {
    if have(program) {
        let files = ["guest", "hostile", "memory", "using"].map(|file| format!("./tests/js/{file}.test.mjs"));
        let using = root().join("tests/js/using.mts");
        let mut tests = Command::new(program);
        tests.arg("test").args(args).args(files).current_dir(root()).env("GUEST", module()).env("USING", using);
        run(&mut tests);
    }
}

#[test]
fn host_passes_its_tests_in_deno() {
    runtime_test("deno", &["--allow-all", "--no-config"]);
}

#[test]
fn host_passes_its_tests_in_bun() {
    // Its limit of five seconds is none for a busy machine.
    runtime_test("bun", &["--timeout", "120000"]);
}

/// Runs a page in a browser that evaluates no text.
fn browser_test(program: &str) {
    if have("node") && have(program) {
        let said = run(&mut browser(root(), program, "tests/js/page.mjs", &module()));
        assert_eq!(said.trim(), "passed", "what the page reports");
    }
}

#[test]
fn host_runs_in_chromium_under_a_content_security_policy() {
    browser_test("chromium");
}

#[test]
fn host_runs_in_firefox_under_a_content_security_policy() {
    browser_test("firefox-esr");
}

#[test]
fn host_stays_within_its_bytes_minified_and_gzipped() {
    if have_package("terser") {
        let script = "const options = { module: true, ecma: 2022, compress: { passes: 4, keep_fargs: false, unsafe_arrows: true } };
            const text = require('fs').readFileSync('linmem.js', 'utf8');
            require('terser').minify(text, options)
                .then(({ code }) => console.log(require('zlib').gzipSync(code, { level: 9 }).length))";
        let size = run(Command::new("node").args(["-e", script]).current_dir(root().join("abi/js")));
        let size: u32 = size.trim().parse().unwrap();
        assert_eq!(size, BYTES, "linmem.js: say so here and in abi/js/README.md");
        let readme = std::fs::read_to_string(root().join("abi/js/README.md")).unwrap();
        assert!(readme.contains(&format!(" {},{:03} bytes", BYTES / 1000, BYTES % 1000)), "README.md says the size");
    }
}

#[test]
fn types_fit_a_program_that_uses_them() {
    if have_package("typescript") {
        let compiler = root().join("abi/js/node_modules/typescript/bin/tsc");
        let options = ["--noEmit", "--strict", "--target", "esnext", "--module", "nodenext", "--types", ""];
        run(Command::new("node").arg(compiler).args(options).arg(root().join("tests/js/types.mts")));
    }
}
