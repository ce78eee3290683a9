//! The house rules that a program can check: who imports whom, how long files are, what is published, and that texts
//! name things that are there.

#[path = "common/tools.rs"]
mod tools;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// The text files of the project below `folder`, relative to the root.
fn files(folder: &str) -> Vec<PathBuf> {
    const TEXT: [&str; 13] = ["rs", "toml", "md", "c", "h", "mjs", "js", "ts", "py", "html", "sh", "wat", "txt"];
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().expect("names are UTF-8");
        let path = Path::new(folder).join(&name);
        if entry.file_type().unwrap().is_dir() {
            if !["target", "node_modules", "__pycache__", ".git"].contains(&name.as_str()) {
                found.extend(files(path.to_str().unwrap()));
            }
        } else if path.extension().is_some_and(|extension| TEXT.iter().any(|&text| extension == text))
            || path.parent() == Some(Path::new("./.ci"))
        {
            found.push(path);
        }
    }
    found
}

/// The modules of the crate that each source file may import.
const ARROWS: [(&str, &[&str]); 26] = [
    ("src/lib.rs", &["checked", "export", "map", "memory", "records"]),
    ("src/lock.rs", &[]),
    ("src/lock/word.rs", &[]),
    ("src/memory.rs", &["lock"]),
    ("src/bump.rs", &["memory"]),
    ("src/class.rs", &[]),
    ("src/coalesce.rs", &["class", "heap", "memory"]),
    ("src/heap.rs", &["class", "coalesce", "lock", "memory"]),
    ("src/check.rs", &["class", "coalesce", "heap", "memory"]),
    ("src/checked.rs", &["lock", "memory"]),
    ("src/checked/state.rs", &["memory"]),
    ("src/map.rs", &["bump", "checked", "class", "heap", "lock", "memory"]),
    ("src/foreign.rs", &[]),
    ("src/export.rs", &[]),
    ("src/abi.rs", &["memory"]),
    ("src/abi/slice.rs", &[]),
    ("src/abi/buffer.rs", &[]),
    ("src/abi/cstr.rs", &["memory"]),
    ("src/abi/owned.rs", &[]),
    ("src/abi/utf8.rs", &[]),
    ("src/records.rs", &[]),
    ("src/records/call.rs", &["abi", "memory"]),
    ("src/records/declare.rs", &[]),
    ("src/records/describe.rs", &[]),
    ("src/records/functions.rs", &[]),
    ("src/records/types.rs", &["abi"]),
];

#[test]
fn sources_import_only_along_the_arrows() {
    let mut sources = files("src");
    for (file, allowed) in ARROWS {
        sources.retain(|path| path != Path::new(file));
        for line in read(file).lines().filter(|line| {
            line.trim_start().starts_with("use crate::") || line.trim_start().starts_with("pub use crate::")
        }) {
            let path = line.split("crate::").nth(1).unwrap();
            let module: String = path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            assert!(allowed.contains(&module.as_str()), "{file} imports `{module}`: {line}");
        }
    }
    assert!(sources.is_empty(), "say in ARROWS what these may import: {sources:?}");
}

#[test]
fn memory_alone_talks_to_the_machine() {
    for file in files("src") {
        let names_it = read(&file).contains("core::arch");
        assert_eq!(names_it, file == Path::new("src/memory.rs"), "{}", file.display());
    }
}

#[test]
fn sources_stay_short() {
    let (mut total, mut records) = (0, 0);
    for file in files("src") {
        let lines = read(&file).lines().count();
        assert!(lines <= 400, "{} has {lines} lines", file.display());
        if file.starts_with("src/records") || file == Path::new("src/records.rs") {
            records += lines;
        } else if !file.to_str().unwrap().starts_with("src/check") {
            // The heap's checker and the checked allocator are for tests.
            total += lines;
        }
    }
    // A hundred of them are `map.rs` and what it needs: they run nowhere, and are addresses for hosts.
    assert!(total <= 2491, "src/ has {total} lines beside the records");
    // Most of them are macros, which nobody calls at run time.
    assert!(records <= 1657, "the records have {records} lines");
}

#[test]
fn sources_say_what_they_are() {
    for file in files(".").iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs")) {
        let text = read(file);
        assert!(text.starts_with("//!") || text.starts_with("#!["), "{} opens with what it is", file.display());
    }
}

#[test]
fn nothing_is_left_over() {
    // Written so that this file does not hold the words itself.
    let markers = ["TO DO", "FIX ME", "X XX", "todo !(", "unimplemented !("].map(|marker| marker.replace(' ', ""));
    let words =
        ["chunk ", "buck et", "carv e", "defrag ", "fat poin ter", " clie nt"].map(|word| word.replace(' ', ""));
    for file in files(".") {
        let text = read(&file);
        for marker in &markers {
            assert!(!text.contains(marker), "{} has {marker}", file.display());
        }
        if file.starts_with("./src") {
            for word in &words {
                assert!(!text.to_lowercase().contains(word), "{} says {word}: see CONTRIBUTING.md", file.display());
            }
        }
    }
}

#[test]
fn crate_needs_static_assertions_and_nothing_else() {
    let tree = tools::run(cargo().args(["tree", "--package", "linmem", "--edges", "normal,build", "--prefix", "none"]));
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(names, ["linmem", "static_assertions"]);
}

#[test]
fn package_holds_the_crate_and_its_specification() {
    let list = tools::run(cargo().args(["package", "--package", "linmem", "--list", "--allow-dirty"]));
    let mut list: Vec<&str> = list.lines().filter(|file| !file.starts_with(".cargo_vcs")).collect();
    list.sort_unstable();
    let mut expected: Vec<&str> = ARROWS.iter().map(|(file, _)| *file).collect();
    expected.extend(["Cargo.toml", "Cargo.toml.orig", "Cargo.lock", "README.md", "CHANGELOG.md"]);
    expected.extend(["LICENSE-MIT", "LICENSE-APACHE", "abi/SPEC.md", "abi/linmem.h"]);
    expected.sort_unstable();
    assert_eq!(list, expected);
}

/// The manifests of what is published beside the crate, each with how it states the version.
const PACKAGES: [(&str, &str); 4] = [
    ("abi/rust/Cargo.toml", "[package]\nname = \"linmem-host\"\nversion = \"{}\"\n"),
    ("abi/cli/Cargo.toml", "[package]\nname = \"linmem-cli\"\nversion = \"{}\"\n"),
    ("abi/js/package.json", "{\n  \"name\": \"linmem\",\n  \"version\": \"{}\",\n"),
    ("abi/python/pyproject.toml", "[project]\nname = \"linmem\"\nversion = \"{}\"\n"),
];

#[test]
fn packages_have_one_version() {
    let version = |text: &str| text.replace("{}", env!("CARGO_PKG_VERSION"));
    for (manifest, states) in PACKAGES {
        assert!(read(manifest).contains(&version(states)), "{manifest} has {}", version(states));
    }
    let host = version("linmem-host = { path = \"../rust\", version = \"{}\",");
    assert!(read("abi/cli/Cargo.toml").contains(&host), "abi/cli has {host}");
    let lock = read("abi/js/package-lock.json");
    let stated = lock.matches(&version("\"name\": \"linmem\",\n  \"version\": \"{}\",")).count();
    let again = lock.matches(&version("\"name\": \"linmem\",\n      \"version\": \"{}\",")).count();
    assert_eq!((stated, again), (1, 1), "abi/js/package-lock.json states the version twice");
}

#[test]
fn packages_hold_the_licences() {
    for (manifest, _) in PACKAGES {
        let folder = Path::new(manifest).parent().unwrap();
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            assert_eq!(read(folder.join(licence)), read(licence), "{licence} goes with {manifest}");
        }
        if manifest.ends_with("Cargo.toml") {
            let list = tools::run(cargo().args(["package", "--list", "--allow-dirty", "--manifest-path", manifest]));
            for file in ["LICENSE-MIT", "LICENSE-APACHE", "README.md"] {
                assert!(list.lines().any(|line| line == file), "the package of {manifest} holds {file}:\n{list}");
            }
        } else {
            assert!(read(manifest).contains("\"LICENSE-*\""), "{manifest} packs the licences");
        }
    }
}

/// What users may copy out of the repository, without its licence files.
#[test]
fn files_to_copy_name_their_licence() {
    let js = ["linmem.js", "linmem.d.ts", "checks.js", "checks.d.ts", "heap.js", "heap.d.ts"]
        .map(|file| PathBuf::from("abi/js").join(file));
    let mut copied: Vec<PathBuf> =
        ["abi/linmem.h", "abi/c/linmem_checks.h", "abi/c/linmem_host.h"].map(PathBuf::from).into();
    copied.extend(js);
    copied.extend(files("abi/python/linmem"));
    let licence =
        read("Cargo.toml").lines().find_map(|line| line.strip_prefix("license = ").map(str::to_owned)).unwrap();
    let expected = format!("SPDX-License-Identifier: {}", licence.trim_matches('"'));
    for file in copied {
        let text = read(&file);
        assert!(text.lines().next().unwrap().contains(&expected), "{} begins with {expected}", file.display());
    }
}

#[test]
fn changelog_names_the_version() {
    let changelog = read("CHANGELOG.md");
    let version = format!("## [{}]", env!("CARGO_PKG_VERSION"));
    assert!(changelog.contains("## [Unreleased]") || changelog.contains(&version));
    let headings = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "ABI", "Size"];
    for heading in changelog.lines().filter_map(|line| line.strip_prefix("### ")) {
        assert!(headings.contains(&heading), "a heading of Keep a Changelog, ABI or Size, not `{heading}`");
    }
}

#[test]
fn readme_names_what_is_there() {
    let readme = read("README.md");
    for command in ["cargo run --example tour", "cargo test"] {
        assert!(readme.contains(command), "README has `{command}`");
        assert!(read(".ci/run").contains(command), ".ci/run calls `{command}`");
    }
    assert!(read("Cargo.toml").contains("[[example]]\nname = \"tour\""));
    assert!(root().join("examples/tour/Cargo.toml").exists());
    let budget = read("tests/sizes/budget.txt");
    let flags = budget.lines().next().unwrap().split(" -Oz").nth(1).expect("the budget names wasm-opt's flags");
    let words: Vec<&str> = readme.split_whitespace().filter(|word| *word != "\\").collect();
    assert!(words.join(" ").contains(&format!("wasm-opt -Oz{flags}")), "README runs wasm-opt with the budget's flags");
    let minor = env!("CARGO_PKG_VERSION").rsplit_once('.').unwrap().0;
    assert!(readme.contains(&format!("linmem = \"{minor}\"")), "README depends on version {minor}");
    assert!(readme.contains(&format!("Rust {} or later", env!("CARGO_PKG_RUST_VERSION"))));
    let profile = read("Cargo.toml");
    let profile = profile.split_once("[profile.release]\n").unwrap().1.split("\n\n").next().unwrap();
    assert!(readme.contains(profile), "README prints the guests' profile as it is");
}

#[test]
fn library_shows_the_guest_of_the_readme() {
    let guest = read("README.md").split_once("```rust\n").unwrap().1.split("\n#[test]").next().unwrap().to_owned();
    let shown: String = read("src/lib.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("//!"))
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect();
    assert!(shown.contains(guest.trim_end()), "src/lib.rs documents this guest:\n{guest}");
}

#[test]
fn readme_shows_the_table_of_the_benches() {
    let tables = read("benches/results/tables.md");
    let (_, short) = tables.split_once("## In short\n").expect("a table in short");
    let rows = |text: &str| -> Vec<String> {
        text.lines()
            .skip_while(|line| !line.starts_with('|'))
            .take_while(|line| line.starts_with('|'))
            .map(str::to_owned)
            .collect()
    };
    let readme = read("README.md");
    let (_, shown) = readme.split_once("<!-- benches -->\n").expect("a mark");
    assert_eq!(rows(shown), rows(short));
    assert!(!rows(short).is_empty());
}

#[test]
fn security_names_tests_that_are_there() {
    let security = read("SECURITY.md");
    let named: Vec<(&str, &str)> = security
        .split('`')
        .filter_map(|quoted| quoted.split_once(": "))
        .filter(|(file, _)| file.ends_with(".rs"))
        .collect();
    for row in security.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| promise")) {
        assert!(row.starts_with("| ---") || row.contains(".rs: "), "no test holds: {row}");
    }
    assert!(named.len() > 10);
    for (file, test) in named {
        assert!(read(file).contains(&format!("fn {test}")), "{file} has no test {test}");
    }
}
