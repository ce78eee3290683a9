//! Memory that runs out: every allocation and every growth of the kit's cases and of the tour is refused in turn, on the hosts
//! in Rust, in JavaScript and in Python; in C, by `abi/cli/tests/kit`. Each time that is said, nothing else has changed, and
//! nothing is left.

#[allow(dead_code, reason = "shared with the test of the kit as it is")]
#[path = "kit/rust.rs"]
mod rust;
#[path = "common/tools.rs"]
mod tools;
#[allow(dead_code, reason = "a program, of which the steps are run here")]
#[path = "../examples/hosts/rust/main.rs"]
mod tour;

use linmem_host::{Cause, Fault, Module, Pointer};
use rust::{End, Lack};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock};
use std::{fmt, fs};
use tools::{have, have_python_module, run};
use tour::guest;

/// What the tour prints its lines by: nobody reads them here.
fn print(_: fmt::Arguments) {}

/// What is known of cases in which memory runs out, with reasons: `mute` are those that end in a trap, since a function, guest's or
/// host's, cannot say so. `crowded` cannot begin with full memory.
static KNOWN: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(include_str!("kit/faults.json")).unwrap());

fn is_known(kind: &str, case: &str) -> bool {
    KNOWN[kind][case].is_string()
}

fn cases() -> Vec<Value> {
    let kit: Value = serde_json::from_str(include_str!("../abi/kit/cases.json")).unwrap();
    // What needs much memory fills it.
    kit["cases"].as_array().unwrap().iter().filter(|case| case["needs"].is_null()).cloned().collect()
}

fn built(package: &str) -> PathBuf {
    let folder = guest::build(package, &[]).unwrap_or_else(|error| panic!("{error}"));
    Path::new(&folder).join(package).with_extension("wasm")
}

/// Refuses one after another in every case, until there is no more to refuse. Returns how many were refused.
fn refuse_each(package: &str, lack: fn(u32) -> Lack) -> u32 {
    let wasm = fs::read(built(package)).unwrap();
    let module = Arc::new(Module::read(&wasm).unwrap_or_else(|error| panic!("{error}")));
    let (mut ends, mut failures, mut mute) = (BTreeMap::new(), Vec::new(), BTreeSet::new());
    for case in cases() {
        let name = case["name"].as_str().unwrap();
        if is_known("crowded", name) && !matches!(lack(1), Lack::Allocation(_)) {
            continue;
        }
        for count in 1.. {
            match rust::run_with(&wasm, &module, &case, Some(lack(count))) {
                Ok(End::Enough) => break,
                Ok(end) => {
                    *ends.entry(format!("{end:?}")).or_insert(0) += 1;
                    if end == End::Trapped {
                        mute.insert(name.to_owned());
                    }
                }
                Err(why) => {
                    failures.push(format!("{name}, {:?}: {why}", lack(count)));
                    break;
                }
            }
        }
    }
    assert!(failures.is_empty(), "{ends:?}, {failures:#?}");
    let unknown: Vec<_> = mute.iter().filter(|name| !is_known("mute", name)).collect();
    assert!(unknown.is_empty(), "these trap as well: {unknown:?}");
    println!("{ends:?}, {mute:?}");
    ends.values().sum()
}

#[test]
fn rust_host_and_the_kit_do_without_any_one_allocation() {
    let refused = refuse_each("kit_checked", Lack::Allocation);
    assert!(refused > 700, "{refused} allocations");
}

#[test]
fn rust_host_and_the_kit_do_without_any_one_growth() {
    let refused = refuse_each("kit", Lack::Growth);
    assert!(refused > 400, "{refused} growths");
}

#[test]
fn rust_host_and_the_kit_stay_within_any_maximum() {
    let refused = refuse_each("kit", Lack::Maximum);
    assert!(refused > 400, "{refused} maxima");
}

/// Has a host in another language refuse each in the kit and in the tour, and looks at what it counted.
fn counts(runner: &mut Command, least: [u64; 4]) {
    let said = run(runner.arg(built("kit_checked")).arg(built("checked")));
    println!("{said}");
    let counted: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<_> = counted.iter().map(|of| of["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["kit, allocations", "kit, full memory", "tour, allocations", "tour, full memory"]);
    for (of, least) in counted.iter().zip(least) {
        assert!(of["said"].as_u64() >= Some(least), "{of}");
    }
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kit").join(name)
}

#[test]
fn javascript_host_and_the_kit_and_the_tour_do_without_memory() {
    if have("node") {
        counts(Command::new("node").arg(script("faults.mjs")), [700, 600, 20, 1]);
    }
}

/// It has a block for the arguments of all calls, so that fewer allocations are to be refused.
#[test]
fn python_host_and_the_kit_and_the_tour_do_without_memory() {
    if have_python_module("wasmtime") {
        counts(Command::new("python3").arg("-B").arg(script("faults.py")), [350, 350, 15, 1]);
    }
}

/// Runs the steps of the tour with something refused; no end if there was no more to refuse.
fn tour_without(lack: Lack) -> Option<End> {
    let wasm = fs::read(built("checked")).unwrap();
    let picture = include_bytes!("../examples/hosts/picture.bmp");
    let mut guest = tour::load(&wasm).unwrap();
    guest.guest_mut().context.limiter(rust::limiter);
    rust::fill(&mut guest);
    let before = guest.checks().unwrap().statistics().unwrap().blocks;
    rust::refuse(&mut guest, Some(lack));
    let done = tour::run(&mut guest, picture, |_| Ok(()));
    let refused = rust::refused(&guest, Some(lack)) > 0;
    rust::refuse(&mut guest, None);
    let end = match done {
        Ok(()) if refused => End::Managed,
        Ok(()) => End::Enough,
        Err(error) => {
            let said = match error.downcast_ref::<Fault>() {
                Some(fault) => matches!(
                    fault.cause,
                    Cause::OutOfMemory | Cause::Null | Cause::Status { value: 7, .. } | Cause::Mismatch(_)
                ),
                None => false,
            };
            assert!(refused && said, "{lack:?}: {error}");
            End::Said
        }
    };
    let owners: Vec<Pointer> = guest.owners().cloned().collect();
    owners.iter().for_each(|owner| guest.release(owner).unwrap());
    guest.check().unwrap();
    // The block that the program allocates by hand, it leaves where it ends with an error.
    for block in guest.checks().unwrap().live().unwrap() {
        if end == End::Said && (block.size, block.align) == (8, 1) {
            guest.free(block.addr, 8, 1).unwrap();
        }
    }
    assert_eq!(guest.checks().unwrap().statistics().unwrap().blocks, before, "{lack:?}");
    (end != End::Enough).then_some(end)
}

#[test]
fn rust_host_and_the_tour_do_without_memory() {
    for (lack, least) in [(Lack::Allocation as fn(u32) -> Lack, 20), (Lack::Maximum, 2)] {
        let ends: Vec<End> = (1..).map_while(|count| tour_without(lack(count))).collect();
        println!("{:?}: {ends:?}", lack(1));
        assert!(ends.len() >= least && ends.contains(&End::Said), "{:?}: {ends:?}", lack(1));
    }
}
