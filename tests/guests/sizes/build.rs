//! Gives the linker the tour's arguments.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-link-arg-examples=--fatal-warnings");
        // Cargo has no link argument for one example, and an exported table is no part of the other modules.
        if env::var_os("CARGO_FEATURE_TOUR").is_some() {
            println!("cargo::rustc-link-arg-examples=--export-table");
        }
    }
}
