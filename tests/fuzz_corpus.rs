//! What the fuzzer found worth keeping, run again without a fuzzer.

#![cfg(not(miri))]

#[path = "../fuzz/operations.rs"]
mod operations;

use std::fs;
use std::path::Path;

#[test]
fn heap_stays_in_order_through_the_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/heap");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 24, "the corpus has {} files", files.len());
    for file in files {
        // A panic comes behind the name of its file.
        println!("{}", file.display());
        operations::run(&fs::read(file).unwrap());
    }
}
