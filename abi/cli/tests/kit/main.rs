//! The conformance kit, `abi/kit`, on the hosts that `bind` writes: the cases as a program in each language.
//!
//! Those languages have static types, so a runner that reads cases while it runs would pass by the types that are the
//! point of a binding. [`steps`] reads the cases and the records of the module, and a printer for each language writes
//! a program from them, which a compiler takes and which then runs every case on an instance of its own.
//!
//! Sections, which a host accepts or refuses, are no matter of these programs: the tool reads records before it binds,
//! with linmem-host, which the kit's tests hold to every section.

mod c;
#[allow(dead_code, reason = "the tool takes more of it")]
#[path = "../../src/bind/camel.rs"]
mod camel;
#[path = "../common/mod.rs"]
mod common;
mod engine;
mod go;
mod java;
#[path = "../../src/bind/c/literals.rs"]
mod literals;
mod printer;
#[allow(dead_code, reason = "each printer takes what it needs")]
mod steps;
#[path = "../../../../tests/common/tools.rs"]
mod tools;
#[path = "../common/wasm2c.rs"]
mod wasm2c;

use common::{build, folder, here, linmem, words};
use linmem_host::Module;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};
use tools::{have, run};
use wasm2c::Translated;

fn cases() -> (Module, Vec<steps::Case>) {
    let kit = here().join("../kit");
    let module = Module::from_section(&fs::read(kit.join("guest.abi")).unwrap()).unwrap();
    let cases = serde_json::from_slice(&fs::read(kit.join("cases.json")).unwrap()).unwrap();
    let cases = steps::read(&module, &cases);
    (module, cases)
}

/// Holds a program to all cases: it prints a line `NAME tab WHY` for each that failed, and a last line that counts.
fn expect_all_passed(language: &str, said: &str, cases: &[steps::Case]) {
    let ran = cases.iter().filter(|case| !case.needs || env::var_os("KIT_SMALL").is_none()).count();
    let last = said.lines().last().unwrap_or_default();
    assert!(last.starts_with(&format!("{ran} cases, ")), "{language}: not all was run: {said}");
    let failed: Vec<&str> = said.lines().filter(|line| line.contains('\t')).collect();
    assert!(failed.is_empty(), "{language} fails {} of the kit: {failed:#?}", failed.len());
}

/// What a step calls wrong is wrong with a literal in it, or with how a value came to be what it is.
#[test]
fn literals_of_steps_that_succeed_fit_their_types() {
    let (module, cases) = cases();
    for case in &cases {
        for step in &case.steps {
            if step.fails.is_none() {
                let misfits = steps::step_misfits(&module, &case.names, step);
                assert!(misfits.is_empty(), "{}, {}: {misfits:?}", case.name, step.place);
            }
        }
    }
}

/// The warnings under which a value that does not fit is an error.
const STRICT: [&str; 6] = ["-Wall", "-Wextra", "-Wconversion", "-Wsign-conversion", "-Wfloat-conversion", "-Werror"];

/// The cases as programs in C, in a folder, over a guest.
fn printed(test: &str, guest: &str) -> Option<(PathBuf, Vec<steps::Case>, c::Printed)> {
    if !have("wasm2c") || !have("gcc") {
        return None;
    }
    let folder = folder(test);
    fs::write(folder.join("guest.wasm"), build(guest)).unwrap();
    let bound = linmem(&folder, &words("bind --lang c guest.wasm -o guest_linmem.h"));
    assert!(bound.status.success(), "{}", String::from_utf8_lossy(&bound.stderr));
    let (module, cases) = cases();
    let header = fs::read_to_string(folder.join("guest_linmem.h")).unwrap();
    let printed = c::print(&module, &header, &cases);
    fs::write(folder.join("cases.c"), &printed.cases).unwrap();
    Some((folder, cases, printed))
}

/// Where the parts are that are not printed.
fn runner() -> String {
    format!("-I{}", here().join("tests/kit").display())
}

const SANITIZE: [&str; 4] = ["-O0", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// Builds the program.
fn compiled(translated: &Translated, args: &[&str]) -> Command {
    run(translated.gcc(&STRICT).args(SANITIZE).args(args).args([&runner(), "-c", "cases.c", "-o", "cases.o"]));
    Command::new(translated.link(&[&SANITIZE[..], &["cases.o"]].concat(), "cases"))
}

#[test]
fn c_host_passes_the_kit() {
    let Some((folder, cases, printed)) = printed("kit-c", "kit") else { return };
    // What C cannot tell from what is right stands in the list, and nothing else does.
    let known = fs::read(here().join("../../tests/kit/known_failures.json")).unwrap();
    let known: serde_json::Value = serde_json::from_slice(&known).unwrap();
    let known: BTreeSet<&str> = known["c"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(printed.left_out.keys().map(String::as_str).collect::<BTreeSet<_>>(), known);
    fs::write(folder.join("refusals.c"), &printed.refusals).unwrap();
    let translated = Translated::new(&folder, "guest");

    // What the compiler refuses: every line that has to be an error is one, and no other.
    let mut gcc = translated.gcc(&STRICT);
    let refused = gcc
        .args(["-Wno-unused-function", "-fsyntax-only", "-fmax-errors=0", &runner(), "refusals.c"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    let place = |line: &str| {
        let (line, rest) = line.strip_prefix("refusals.c:")?.split_once(':')?;
        rest.contains(" error: ").then(|| line.parse::<usize>().ok())?
    };
    let errors: BTreeSet<usize> = said.lines().filter_map(place).collect();
    let accepted: Vec<_> = printed.refused.iter().filter(|(line, _)| !errors.contains(line)).collect();
    assert!(accepted.is_empty(), "the compiler takes {accepted:#?}");
    // A name that there is not is an error as well, but refuses nothing where the name is not what is wrong.
    let is_other = |line: &&str| {
        let known = place(line).and_then(|line| printed.refused.get(&line));
        line.contains(" error: ")
            && known.is_none_or(|(_, unnamed)| {
                line.contains("implicit declaration")
                    || (line.contains("undeclared") || line.contains("has no member")) && !unnamed
            })
    };
    let other: Vec<&str> = said.lines().filter(is_other).collect();
    assert!(other.is_empty(), "errors of another kind: {other:#?}");

    let said = run(&mut compiled(&translated, &[]));
    expect_all_passed("C", &said, &cases);
    let refused = said.lines().find_map(|line| line.strip_suffix(" allocations and holds refused"));
    assert!(
        refused.is_some_and(|count| count.parse::<u32>().is_ok_and(|count| count > 100)),
        "too little refused: {said}"
    );
}

/// Every allocation of the cases is refused in turn, and memory is full from each of their steps on.
#[test]
fn c_host_does_without_memory_in_every_case_of_the_kit() {
    let Some((folder, ..)) = printed("kit-c-faults", "kit_checked") else { return };
    let known = fs::read(here().join("../../tests/kit/faults.json")).unwrap();
    let known: serde_json::Value = serde_json::from_slice(&known).unwrap();
    let mut program = compiled(&Translated::new(&folder, "guest"), &["-DKIT_CHECKED"]);
    let said = run(program.args(known["crowded"].as_object().unwrap().keys()));
    println!("{said}");
    let failed: Vec<&str> = said.lines().filter(|line| line.contains('\t')).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    for case in said.lines().filter_map(|line| line.strip_suffix(" traps")) {
        assert!(known["mute"][case].is_string(), "{case} traps as well");
    }
    for (way, least) in [("refused: ", 700), ("full: ", 550)] {
        let counted = said.lines().find_map(|line| line.strip_prefix(way)).expect(way);
        assert!(counted.split(' ').next().unwrap().parse::<u32>().unwrap() >= least, "{way}{counted}");
    }
}
