//! The Python host `abi/python`: its own tests run here, against the guest that uses every construct.

#[path = "../examples/hosts/rust/guest.rs"]
mod guest;
#[path = "common/random.rs"]
mod random;
#[path = "common/tools.rs"]
mod tools;

use linmem_host::Module;
use random::Random;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};
use tools::{have_python_module, run};

fn host() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("abi/python")
}

#[test]
fn python_host_passes_its_tests() {
    if !have_python_module("wasmtime") {
        return;
    }
    let guest = guest::build("records", &[]).unwrap_or_else(|error| panic!("{error}")).join("records.wasm");
    // `-B` leaves no compiled files behind.
    run(Command::new("python3")
        .args(["-B", "-m", "unittest", "discover", "--start-directory"])
        .arg(host().join("tests"))
        .env("LINMEM_RECORDS_WASM", guest));
}

/// One of some words.
fn of<'a>(random: &mut Random, words: &[&'a str]) -> &'a str {
    words[random.below(words.len())]
}

/// A section with a change or a few: a word for another one, a line twice or gone, a byte for another one.
fn mutate(random: &mut Random, section: &str) -> String {
    const OTHERS: [&str; 40] = [
        "0",
        "1",
        "4",
        "8",
        "12",
        "16",
        "255",
        "2147483648",
        "-1",
        "007",
        "+1",
        "u8",
        "i64",
        "f64",
        "bool",
        "char",
        "str",
        "cstr",
        "status",
        "Point",
        "Op",
        "Db",
        "Color",
        "Fail",
        "Shape",
        "Bits",
        "x",
        "value",
        "^",
        "~",
        "?",
        "*",
        "[]",
        "[+]",
        "[0]",
        "[2]",
        ">",
        "->",
        ":",
        "!",
    ];
    let word = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    let mut lines: Vec<String> = section.lines().map(str::to_owned).collect();
    for _ in 0..[1, 1, 1, 2, 4][random.below(5)] {
        let at = random.below(lines.len());
        let line = lines[at].clone();
        if line.is_empty() {
            continue;
        }
        // Where words begin and end.
        let mut cuts: Vec<usize> = line.char_indices().map(|(at, _)| at).collect();
        cuts.retain(|at| *at == 0 || !line[..*at].ends_with(word) || !line[*at..].starts_with(word));
        cuts.push(line.len());
        let cut = random.below(cuts.len() - 1);
        let (start, end) = (cuts[cut], cuts[cut + 1]);
        let known = section.split(|c| !word(c)).filter(|word| !word.is_empty()).collect::<Vec<_>>();
        lines[at] = match random.below(8) {
            0 => [&line[..start], of(random, &OTHERS), &line[start..]].concat(),
            1 => [&line[..start], &line[end..]].concat(),
            2 => [&line[..start], of(random, &known), &line[end..]].concat(),
            3 if random.below(4) == 0 => String::new(),
            3 => [&line[..start], &line[start..end], &line[start..]].concat(),
            4 => {
                let byte = char::from(u8::try_from(1 + random.below(127)).unwrap());
                [&line[..start], &byte.to_string(), &line[end..]].concat()
            }
            5 => {
                let other = lines[random.below(lines.len())].clone();
                let words: Vec<&str> = other.split(' ').collect();
                [&line, " ", of(random, &words)].concat()
            }
            _ => [&line[..start], of(random, &OTHERS), &line[end..]].concat(),
        };
    }
    lines.join("\n") + "\n"
}

#[test]
fn python_reader_accepts_the_records_that_the_rust_reader_accepts() {
    if !have_python_module("wasmtime") {
        return;
    }
    let guest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("abi/kit/guest.abi")).unwrap();
    let mut random = Random(1);
    let mut sections: Vec<String> = (0..3000).map(|_| mutate(&mut random, &guest)).collect();
    sections.push(guest);
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutants.abi");
    fs::write(&file, sections.join("\0")).unwrap();
    let verdicts = run(Command::new("python3").arg("-B").arg(host().join("tests/verdicts.py")).arg(file));
    let mut accepted = 0;
    for (section, verdict) in sections.iter().zip(verdicts.lines()) {
        let read = Module::from_section(section.as_bytes());
        accepted += usize::from(read.is_ok());
        assert_eq!(verdict == "accepted", read.is_ok(), "{verdict}: {:?}\n{section}", read.err());
    }
    assert_eq!(verdicts.lines().count(), sections.len());
    assert!((300..2700).contains(&accepted), "{accepted} of {}", sections.len());
}

#[test]
fn python_host_says_what_it_needs() {
    let project = fs::read_to_string(host().join("pyproject.toml")).unwrap();
    assert!(project.contains("dependencies = [\"wasmtime>="));
    assert!(project.contains("license = \"MIT OR Apache-2.0\""));
}

#[test]
fn python_host_is_typed() {
    if have_python_module("mypy") && have_python_module("wasmtime") {
        run(Command::new("python3").args(["-m", "mypy", "--strict", "linmem"]).current_dir(host()));
    }
}

#[test]
fn python_host_stays_short() {
    for entry in fs::read_dir(host().join("linmem")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "py") {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= 400, "{} has {lines} lines", path.display());
        }
    }
}

#[test]
fn status_names_are_those_of_the_specification() {
    let specification = fs::read_to_string(host().join("../SPEC.md")).unwrap();
    let errors = fs::read_to_string(host().join("linmem/errors.py")).unwrap();
    for value in 1..=8 {
        let row = specification.lines().find(|line| line.starts_with(&format!("| {value} | `"))).expect("a row");
        let name = row.split('`').nth(1).unwrap();
        assert!(errors.contains(&format!("{value}: \"{name}\",")), "{row}");
    }
}
