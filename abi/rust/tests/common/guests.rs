//! Builds guests of the repository.

#![allow(dead_code, reason = "each test file takes what it needs")]

use std::collections::BTreeMap;
use std::path::{self, Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::{env, fs};

/// The module of `tests/guests/records`, a package of the root's workspace: it has every construct.
pub fn records() -> &'static [u8] {
    built("records")
}

/// The module of a package of the root's workspace, built once.
pub fn built(package: &'static str) -> &'static [u8] {
    static BUILT: Mutex<BTreeMap<&str, &[u8]>> = Mutex::new(BTreeMap::new());
    let mut modules = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    modules.entry(package).or_insert_with(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let target = env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
        let target = path::absolute(target).expect("the working directory is there");
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--quiet", "--release", "--target", "wasm32-unknown-unknown", "--package", package]);
        let status = cargo.arg("--target-dir").arg(&target).current_dir(root).status().expect("cargo runs");
        assert!(status.success(), "`rustup target add wasm32-unknown-unknown` may be missing");
        let file = target.join("wasm32-unknown-unknown/release").join(package).with_extension("wasm");
        fs::read(file).expect("the module is built").leak()
    })
}
