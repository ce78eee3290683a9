//! The JavaScript host: its tests in `tests/js` run in node, on the guest that uses every construct, and it stays small.

#[allow(dead_code, reason = "shared with other tests, each of which uses a part")]
#[path = "../examples/hosts/rust/guest.rs"]
mod guest;
#[path = "common/tools.rs"]
mod tools;

use std::path::{Path, PathBuf};
use std::process::Command;
use tools::{have, run, skip};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn module() -> PathBuf {
    guest::build("records", &[]).unwrap_or_else(|error| panic!("{error}")).join("records.wasm")
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
        run(node.arg("--test").arg(root().join("tests/js").join(file)).env("GUEST", module()));
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
fn host_stays_within_4096_bytes_minified_and_gzipped() {
    if have_package("esbuild") {
        let script = "const { buildSync } = require('esbuild');
            const options = { entryPoints: ['linmem.js'], minify: true, format: 'esm', target: 'es2022', write: false };
            const [{ contents }] = buildSync(options).outputFiles;
            console.log(require('zlib').gzipSync(contents, { level: 9 }).length)";
        let size = run(Command::new("node").args(["-e", script]).current_dir(root().join("abi/js")));
        let size: u32 = size.trim().parse().unwrap();
        assert!(size <= 4096, "linmem.js has {size} bytes");
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
