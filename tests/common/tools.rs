//! Programs that a test needs beside cargo.

#![allow(dead_code, reason = "each test file takes what it needs")]

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

/// Whether `program --version` runs. If it does not, the test is skipped on a laptop, with a word on standard error,
/// and fails in CI, where everything is installed.
#[must_use]
pub fn have(program: &str) -> bool {
    have_by(program, "--version")
}

/// The same, by what the program calls `--version`.
#[must_use]
pub fn have_by(program: &str, version: &str) -> bool {
    let found =
        Command::new(program).arg(version).stdin(Stdio::null()).output().is_ok_and(|output| output.status.success());
    if !found {
        skip(&format!("`{program}` is not installed"));
    }
    found
}

/// Says that a test is skipped.
///
/// # Panics
///
/// In CI (`CI` is set in the environment): there nothing is skipped.
pub fn skip(why: &str) {
    assert!(env::var_os("CI").is_none(), "{why}, and CI skips nothing: see .ci/run");
    eprintln!("SKIPPED: {why}");
}

/// Runs a command and returns what it printed.
///
/// # Panics
///
/// With all that it printed, if it fails.
pub fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// A clang that targets wasm32: `clang-22`, as CI installs it, or `clang`. The rest is as for [`have`].
#[must_use]
pub fn clang() -> Option<&'static str> {
    let targets_wasm = |program: &&str| {
        let output = Command::new(program).arg("--print-targets").stdin(Stdio::null()).output();
        output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("wasm32"))
    };
    let found = ["clang-22", "clang"].into_iter().find(targets_wasm);
    if found.is_none() {
        skip("no clang for wasm32 is installed");
    }
    found
}

/// Whether `python3` runs and finds a module. The rest is as for [`have`].
#[must_use]
pub fn have_python_module(module: &str) -> bool {
    if !have("python3") {
        return false;
    }
    let import = format!("import {module}");
    let found = Command::new("python3").args(["-c", &import]).stdin(Stdio::null()).output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        skip(&format!("python3 has no module `{module}`: pip install {module}"));
    }
    found
}

/// What runs a page below `root` in a browser, on a module, and prints what the page reports. It is node that runs it.
#[must_use]
pub fn browser(root: &Path, program: &str, page: &str, module: &Path) -> Command {
    let mut command = Command::new("node");
    command.arg(root.join("tests/js/browser.mjs")).args([program, page]).env("GUEST", module);
    command
}

/// What builds the libraries of a target that has none ready, on nightly.
pub const BUILD_STD: &str = "-Zbuild-std=core,alloc,panic_abort";

/// Whether there is a nightly toolchain with the sources of `core`; if not, the test is skipped.
pub fn have_nightly() -> bool {
    let sysroot = Command::new("rustup")
        .args(["run", "nightly", "rustc", "--print", "sysroot"])
        .stdin(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let source = "lib/rustlib/src/rust/library/core/src/lib.rs";
    let found = sysroot.is_some_and(|sysroot| Path::new(&sysroot).join(source).exists());
    if !found {
        skip("there is no nightly toolchain with its source: rustup toolchain install nightly -c rust-src");
    }
    found
}
