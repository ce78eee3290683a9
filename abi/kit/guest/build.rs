//! Gives the linker its arguments from here, so that any plain cargo command uses them.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        // The host calls guest functions by their number in the table.
        println!("cargo::rustc-cdylib-link-arg=--export-table");
        // A call with the wrong signature, such as C's `free(ptr)`, is a warning that ends in a trap.
        println!("cargo::rustc-cdylib-link-arg=--fatal-warnings");
    }
}
