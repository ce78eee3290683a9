//! Gives the linker the tour's arguments.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-cdylib-link-arg=--export-table");
        println!("cargo::rustc-cdylib-link-arg=--fatal-warnings");
    }
}
