//! Gives the linker its arguments.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-link-arg=--fatal-warnings");
        // Of the library alone: the page calls its functions by their number in the table.
        println!("cargo::rustc-cdylib-link-arg=--export-table");
    }
}
