//! Bytes as what the tool `linmem` is given. The first one tells what the others are:
//!
//! - `m` a file as it stands, a module or a sidecar, for every command;
//! - `r` records, in a module that is in order, for every command;
//! - `d` two sidecars with a NUL between them, to compare;
//! - `a` a section, a NUL, and lines: the arguments of a call of its first function;
//! - `b` a budget for the size of a module.

use clap::Parser;
use linmem_cli::{Cli, Report};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs, process};

/// A module with a memory, exported; a section of records may follow.
const MODULE: &[u8] = b"\0asm\x01\0\0\0\x05\x03\x01\0\x01\x07\x0a\x01\x06memory\x02\0";

fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = env::temp_dir().join(format!("linmem-fuzz-{}", process::id()));
        fs::create_dir_all(&folder).expect("a folder for the tool's files");
        folder
    })
}

fn write(name: &str, bytes: &[u8]) -> String {
    let path = folder().join(name);
    fs::write(&path, bytes).expect("the tool's files can be written");
    path.to_str().expect("a folder of UTF-8").to_owned()
}

/// A text for a terminal moves nothing on it.
fn assert_plain(text: &str, args: &[&str]) {
    let text = anstream::adapter::strip_str(text).to_string();
    let bad = text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(bad, None, "linmem {args:?} prints {text:?}");
}

/// Runs the tool; none if it gives an error.
fn linmem(args: &[&str]) -> Option<Report> {
    let cli = Cli::try_parse_from(["linmem"].iter().chain(args)).ok()?;
    match linmem_cli::run(&cli) {
        Ok(report) => {
            if args[0] != "bind" {
                assert_plain(&report.text, args);
            }
            Some(report)
        }
        Err(error) => {
            assert_plain(&linmem_cli::error(&error), args);
            None
        }
    }
}

/// The module with a section of records.
fn described(records: &[u8]) -> Vec<u8> {
    let size = records.len() + 11;
    let leb = (0..5).map(|index| (size >> (7 * index)) as u8 & 0x7f | if index < 4 { 0x80 } else { 0 });
    [MODULE, &[0], &leb.collect::<Vec<u8>>(), b"\x0alinmem.abi", records].concat()
}

/// Every command on one file.
fn all(bytes: &[u8]) {
    let file = write("file.wasm", bytes);
    let records = write("records.abi", b"");
    let stripped = write("stripped.wasm", b"");
    let budget = write("budget.txt", b"");
    let shown = linmem(&["show", &file]);
    linmem(&["check", &file]);
    for lang in ["c", "ts", "python", "rust"] {
        linmem(&["bind", "--lang", lang, &file]);
    }
    if let Some(report) = linmem(&["diff", &file, &file]) {
        assert!(!report.bad && report.text == "no changes\n", "a module is another one: {}", report.text);
    }
    if linmem(&["size", &file, "--budget", &budget, "--bless"]).is_some() {
        let report = linmem(&["size", &file, "--budget", &budget]).expect("what was blessed is a budget");
        assert!(!report.bad && report.text.lines().count() == 1, "not what was blessed: {}", report.text);
        let report = linmem(&["size", &file]).expect("it was measured");
        let sections = report.json["sections"].as_object().expect("sections").values();
        assert_eq!(sections.map(|size| size.as_u64().unwrap()).sum::<u64>(), bytes.len() as u64, "sections are all");
    }
    if linmem(&["sidecar", &file, "--output", &records, "--strip", &stripped]).is_some() && shown.is_some() {
        let functions = |args: &[&str]| linmem(args).map(|report| report.json["functions"].clone());
        let (module, sidecar) = (functions(&["show", &file]), functions(&["show", &stripped, "--sidecar", &records]));
        assert_eq!(module, sidecar, "the sidecar stands in for the section");
    }
    let Some(shown) = shown else { return };
    let described = shown.json["functions"].as_object().into_iter().flatten().take(2);
    for (name, of) in described {
        let count = of["params"].as_array().map_or(0, Vec::len);
        call(&file, name, &vec!["0"; count]);
    }
    for (name, _) in shown.json["undescribed"]["exports"].as_object().into_iter().flatten().take(2) {
        call(&file, name, &[]);
        call(&file, name, &["1"]);
    }
}

fn call(file: &str, function: &str, arguments: &[&str]) {
    let limits = ["--fuel", "20000", "--memory", "1048576", "--verbose", "--"];
    linmem(&[&["call", file][..], &limits, &[function], arguments].concat());
}

/// Two parts, before and after the first NUL.
fn halves(data: &[u8]) -> (&[u8], &[u8]) {
    let at = data.iter().position(|&byte| byte == 0).unwrap_or(data.len());
    (&data[..at], data.get(at + 1..).unwrap_or_default())
}

/// Runs the tool, and panics where it says what cannot be.
pub fn run(data: &[u8]) {
    let Some((kind, data)) = data.split_first() else { return };
    match kind {
        b'm' => all(data),
        b'r' => {
            all(&described(data));
            let backwards: Vec<&[u8]> = data.split(|&byte| byte == b'\n').rev().collect();
            let backwards = backwards.join(&b'\n');
            // With a NUL begins a module.
            if [data, &backwards].iter().any(|text| text.starts_with(b"\0")) {
                return;
            }
            let (file, other) = (write("file.abi", data), write("other.abi", &backwards));
            if let Some(report) = linmem(&["diff", &file, &other]) {
                assert_eq!(report.text, "no changes\n", "the order of records is none");
            }
            for lang in ["c", "ts", "python", "rust"] {
                let bind = |file: &str| linmem(&["bind", "--lang", lang, file, "--json"]).map(|report| report.text);
                // The name of the file is in what is generated.
                let (first, second) = (bind(&file), write("file.abi", &backwards));
                assert_eq!(first, bind(&second), "bindings of the same records");
                write("file.abi", data);
            }
        }
        b'd' => {
            let (old, new) = halves(data);
            let (old, new) = (write("old.abi", old), write("new.abi", new));
            let changes = |old: &str, new: &str| {
                linmem(&["diff", old, new]).map(|report| report.json["changes"].as_array().map_or(0, Vec::len))
            };
            let (there, back) = (changes(&old, &new), changes(&new, &old));
            assert_eq!(there == Some(0), back == Some(0), "changed in one direction only: {there:?}, {back:?}");
        }
        b'a' => {
            let (records, arguments) = halves(data);
            let (file, sidecar) = (write("file.wasm", MODULE), write("file.abi", records));
            let arguments = String::from_utf8_lossy(arguments);
            let arguments: Vec<&str> = arguments.lines().collect();
            let Some(shown) = linmem(&["show", &sidecar]) else { return };
            let Some(function) = shown.json["functions"].as_object().and_then(|of| of.keys().next()) else { return };
            linmem(&[&["call", &file, "--sidecar", &sidecar, "--", function][..], &arguments].concat());
        }
        b'b' => {
            let (file, budget) = (write("file.wasm", &described(b"abi 1 wasm32\n")), write("budget.txt", data));
            linmem(&["size", &file, "--budget", &budget]);
        }
        _ => {}
    }
}
