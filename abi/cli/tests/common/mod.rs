//! Runs the tool in a folder of modules, and compares what it prints with sessions: texts of `$ linmem ..` lines, each
//! with its output below. `BLESS=1` writes the outputs anew.

#![allow(dead_code, reason = "each test file takes what it needs")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::{env, fs};

pub fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A guest of the repository, as rustc makes it.
pub fn build(package: &str) -> Vec<u8> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--release", "--package", package, "--target", "wasm32-unknown-unknown"]);
    let status = cargo.arg("--target-dir").arg(&target).current_dir(here().join("../..")).status().unwrap();
    assert!(status.success(), "cargo builds the guest `{package}`");
    fs::read(target.join("wasm32-unknown-unknown/release").join(package).with_extension("wasm")).unwrap()
}

/// The guest that uses every construct.
pub fn guest() -> &'static [u8] {
    static GUEST: OnceLock<Vec<u8>> = OnceLock::new();
    GUEST.get_or_init(|| build("records"))
}

/// The guests that newcomers meet: that of the tour, and that of the conformance kit; and one that is checked.
fn others() -> &'static [(&'static str, Vec<u8>)] {
    static OTHERS: OnceLock<[(&str, Vec<u8>); 3]> = OnceLock::new();
    OTHERS.get_or_init(|| ["tour", "kit", "checked"].map(|package| (package, build(package))))
}

/// A new folder with all modules: those of `tests/modules`, and the guests.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for file in fs::read_dir(here().join("tests/modules")).unwrap().map(|file| file.unwrap().path()) {
        let name = file.file_name().unwrap();
        if file.extension().is_some_and(|extension| extension == "wat") {
            let wasm = wat::parse_file(&file).unwrap_or_else(|error| panic!("{error}"));
            fs::write(folder.join(name).with_extension("wasm"), wasm).unwrap();
        } else {
            fs::copy(&file, folder.join(name)).unwrap();
        }
    }
    fs::write(folder.join("records.wasm"), guest()).unwrap();
    for (name, wasm) in others() {
        fs::write(folder.join(name).with_extension("wasm"), wasm).unwrap();
    }
    folder
}

pub fn linmem(folder: &Path, args: &[String]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linmem"));
    command.args(args).current_dir(folder).stdin(Stdio::null()).env("COLUMNS", "120");
    command.output().unwrap()
}

/// The words of a line, as a shell splits them: with single quotes, no more.
pub fn words(line: &str) -> Vec<String> {
    let (mut words, mut quoted, mut word) = (Vec::new(), false, None::<String>);
    for char in line.chars() {
        match char {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            char => word.get_or_insert_default().push(char),
        }
    }
    words.extend(word);
    words
}

/// The session with its outputs as they are. `cat FILE` shows a file.
pub fn replay(folder: &Path, session: &str) -> String {
    let mut text = String::new();
    for line in session.lines() {
        let Some(line) = line.strip_prefix("$ ") else { continue };
        writeln!(text, "{}$ {line}", if text.is_empty() || text.ends_with("\n\n") { "" } else { "\n" }).unwrap();
        let words = words(line);
        if words[0] == "cat" {
            text += &fs::read_to_string(folder.join(&words[1])).unwrap();
            continue;
        }
        assert_eq!(words[0], "linmem", "a session calls linmem");
        let output = linmem(folder, &words[1..]);
        text += &without_addresses(&String::from_utf8(output.stdout).expect("the tool prints UTF-8"));
        text += &String::from_utf8(output.stderr).expect("the tool prints UTF-8");
        match output.status.code() {
            Some(0) => {}
            Some(status) => writeln!(text, "=> exit status {status}").unwrap(),
            None => panic!("linmem {line} was killed"),
        }
    }
    text
}

/// Text without the places of data that a module allocated: they depend on all that it has.
fn without_addresses(text: &str) -> String {
    let mut text = text.to_owned();
    for before in [": @", "at 0x", "\"addr\": "] {
        let mut parts = text.split(before);
        let mut same = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
            same += before;
            same += if digits > 4 { "ADDRESS" } else { &part[..digits] };
            same += &part[digits..];
        }
        text = same;
    }
    text
}

pub fn blessing() -> bool {
    env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// Replays the sessions of a file, and compares or blesses.
pub fn session(name: &str) {
    let path = here().join("tests/sessions").join(name).with_extension("txt");
    let session = fs::read_to_string(&path).unwrap();
    let replayed = replay(&folder(name), &session);
    if blessing() {
        fs::write(path, replayed).unwrap();
    } else {
        assert_same(&session, &replayed, name);
    }
}

pub fn assert_same(expected: &str, found: &str, what: &str) {
    let different = expected.lines().zip(found.lines()).position(|(expected, found)| expected != found);
    assert!(
        expected == found,
        "{what} differs, first in line {:?}; BLESS=1 takes what is found:\n{found}",
        different.map(|line| line + 1)
    );
}
