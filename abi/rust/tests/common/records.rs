//! Builds the guest that has every construct.

use std::path::{self, Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs};

/// The module of `tests/guests/records`, a package of the root's workspace.
pub fn records() -> &'static [u8] {
    static MODULE: OnceLock<Vec<u8>> = OnceLock::new();
    MODULE.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let target = env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
        let target = path::absolute(target).expect("the working directory is there");
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--quiet", "--release", "--target", "wasm32-unknown-unknown", "--package", "records"]);
        let status = cargo.arg("--target-dir").arg(&target).current_dir(root).status().expect("cargo runs");
        assert!(status.success(), "`rustup target add wasm32-unknown-unknown` may be missing");
        fs::read(target.join("wasm32-unknown-unknown/release/records.wasm")).expect("the module is built")
    })
}
