//! The Python host `abi/python`: its own tests run here, against the guest that uses every construct.

#[path = "../examples/hosts/rust/guest.rs"]
mod guest;
#[path = "common/tools.rs"]
mod tools;

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
    let built = |name: &str| {
        guest::build(name, &[]).unwrap_or_else(|error| panic!("{error}")).join(name).with_extension("wasm")
    };
    // `-B` leaves no compiled files behind.
    run(Command::new("python3")
        .args(["-B", "-m", "unittest", "discover", "--start-directory"])
        .arg(host().join("tests"))
        .env("LINMEM_RECORDS_WASM", built("records"))
        .env("LINMEM_CHECKED_WASM", built("checked")));
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
