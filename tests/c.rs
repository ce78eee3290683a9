//! The headers for C hosts that no module is needed for: `abi/c/linmem_checks.h`.

#[path = "common/tools.rs"]
mod tools;

use std::path::Path;
use std::process::Command;
use tools::{have, run};

/// The fields and offsets in SPEC's tables of the report and of the header, as `tests/c/checks.c` prints them.
fn offsets() -> String {
    let spec = include_str!("../abi/SPEC.md");
    let mut text = String::new();
    for table in ["report", "header"] {
        let (_, rows) = spec.split_once(&format!("| {table} | offset | meaning |\n| --- | --- | --- |\n")).unwrap();
        for row in rows.lines().take_while(|row| row.starts_with('|')) {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            text += &format!("{table} {} {}\n", cells[1].trim_matches('`'), cells[2]);
        }
    }
    text
}

#[test]
fn checks_are_read_and_lies_refused_without_leaving_memory() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("checks_c");
    for (compiler, language) in [("gcc", ["-std=c11", "-xc"]), ("g++", ["-std=c++11", "-xc++"])] {
        if !have(compiler) {
            return;
        }
        let mut build = Command::new(compiler);
        build.args(language).args(["-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined"]);
        build.args(["-fno-sanitize-recover=all", "-Iabi", "-Iabi/c", "tests/c/checks.c", "-o"]).arg(&program);
        run(build.current_dir(root));
        assert_eq!(run(&mut Command::new(&program)), offsets());
    }
}
