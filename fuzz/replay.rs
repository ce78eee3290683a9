//! A corpus, run again without a fuzzer.

use std::fs;
use std::path::Path;

/// Runs all inputs of a target that are checked in.
///
/// # Panics
///
/// Where one of them fails, behind its name; and if there are few.
pub fn replay(target: &str, run: fn(&[u8])) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.ancestors().map(|folder| folder.join("fuzz/corpus")).find(|folder| folder.exists());
    let folder = folder.expect("the corpora are in `fuzz`").join(target);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 24, "the corpus has {} files", files.len());
    for file in files {
        println!("{}", file.display());
        run(&fs::read(file).unwrap());
    }
}
