//! Gives the linker the tour's arguments. Cargo has none for examples that are a `cdylib`, but these reach all targets.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-link-arg=--fatal-warnings");
        // An exported table is no part of the other modules.
        if env::var_os("CARGO_FEATURE_TOUR").is_some() {
            println!("cargo::rustc-link-arg=--export-table");
        }
    }
}
