//! The conformance kit, `abi/kit`: it is in order, it exercises all that its guest has, and every host passes it.
//! The hosts that `bind` writes are held to it in `abi/cli/tests/kit`.

#[path = "records/abnf.rs"]
mod abnf;
#[allow(dead_code, reason = "shared with other tests, each of which uses a part")]
#[path = "../examples/hosts/rust/guest.rs"]
mod guest;
#[allow(dead_code, reason = "shared with the test in which memory runs out")]
#[path = "kit/rust.rs"]
mod rust;
#[path = "common/tools.rs"]
mod tools;

use abnf::Grammar;
use linmem_host::Module;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::{env, fs};
use tools::{browser, have, have_python_module, run};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn json(path: &str) -> Value {
    serde_json::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn module() -> PathBuf {
    guest::build("kit", &[]).unwrap_or_else(|error| panic!("{error}")).join("kit.wasm")
}

fn cases() -> Vec<Value> {
    json("abi/kit/cases.json")["cases"].as_array().unwrap().clone()
}

/// Every object in a value, itself included.
fn objects<'a>(value: &'a Value, each: &mut dyn FnMut(&'a Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            each(object);
            object.values().for_each(|value| objects(value, each));
        }
        Value::Array(values) => values.iter().for_each(|value| objects(value, each)),
        _ => {}
    }
}

/// Whether the cases that need much memory are left out.
fn is_small() -> bool {
    env::var_os("KIT_SMALL").is_some()
}

/// Holds a runner to what it says: that it ran all, and which cases failed.
fn expect_pass(runner: &mut Command) {
    let said = run(runner);
    let ran = cases().iter().filter(|case| case["needs"].is_null() || !is_small()).count();
    let sections = json("abi/kit/sections.json")["sections"].as_array().unwrap().len();
    let count = format!("{ran} cases, {sections} sections, ");
    assert!(said.lines().last().is_some_and(|line| line.starts_with(&count)), "not all was run, {count}: {said}");
    let failures: Vec<_> = said.lines().filter(|line| line.contains('\t')).collect();
    assert!(failures.is_empty(), "{} of the kit fail: {failures:#?}", failures.len());
}

/// Runs the kit by a runtime that has Node's modules.
fn javascript_test(program: &str, args: &[&str]) {
    if have(program) {
        let mut runtime = Command::new(program);
        expect_pass(runtime.args(args).arg(root().join("tests/kit/run.mjs")).arg(module()));
    }
}

#[test]
fn javascript_host_passes_the_kit() {
    javascript_test("node", &[]);
}

#[test]
fn javascript_host_passes_the_kit_in_deno() {
    javascript_test("deno", &["run", "--allow-all", "--no-config"]);
}

#[test]
fn javascript_host_passes_the_kit_in_bun() {
    javascript_test("bun", &[]);
}

/// Runs the kit in a browser that evaluates no text.
fn browser_test(program: &str) {
    if have("node") && have(program) {
        let page = if is_small() { "tests/kit/page.mjs?small" } else { "tests/kit/page.mjs" };
        expect_pass(&mut browser(root(), program, page, &module()));
    }
}

#[test]
fn javascript_host_passes_the_kit_in_chromium() {
    browser_test("chromium");
}

#[test]
fn javascript_host_passes_the_kit_in_firefox() {
    browser_test("firefox-esr");
}

#[test]
fn python_host_passes_the_kit() {
    if have_python_module("wasmtime") {
        expect_pass(Command::new("python3").arg("-B").arg(root().join("tests/kit/run.py")).arg(module()));
    }
}

#[test]
fn rust_host_passes_the_kit() {
    let wasm = fs::read(module()).unwrap();
    let module = Arc::new(Module::read(&wasm).unwrap_or_else(|error| panic!("{error}")));
    let cases = cases();
    let cases = cases.iter().filter(|case| case["needs"].is_null() || !is_small());
    let failures: Vec<_> =
        cases.filter_map(|case| Some((case["name"].as_str()?, rust::run(&wasm, &module, case).err()?))).collect();
    assert!(failures.is_empty(), "{} of the kit fail: {failures:#?}", failures.len());
}

#[test]
fn kit_exercises_every_record_of_its_guest() {
    let cases = Value::Array(cases());
    let (mut used, mut words) = (BTreeSet::new(), BTreeSet::new());
    objects(&cases, &mut |object| {
        for (key, value) in object {
            if let Some(name) = value.as_str() {
                words.insert(name);
                if ["call", "import", "const"].contains(&key.as_str()) {
                    used.insert((key.as_str(), name));
                }
            }
        }
        for values in object.values().filter_map(Value::as_array) {
            words.extend(values.iter().filter_map(Value::as_str));
        }
    });
    let guest = text("abi/kit/guest.abi");
    let mut missing = Vec::new();
    let mut reached = String::new();
    for line in guest.lines() {
        let parts: Vec<&str> = line.split(' ').collect();
        let found = match *parts {
            ["fn", name, ..] => used.contains(&("call", name)),
            ["drop", name, _] => used.contains(&("call", name)),
            ["const", name, ..] => used.contains(&("const", name)),
            ["import", from, name, ..] => used.contains(&("import", &*format!("{from}/{name}"))),
            ["enum" | "tagged", ..] => {
                parts.iter().filter_map(|part| part.split_once('=')).all(|(case, _)| words.contains(case))
            }
            _ => true,
        };
        if !found {
            missing.push(line);
        }
        if !["doc", "const"].contains(&parts[0]) {
            // What follows a name refers to types.
            reached += &format!(" {}", parts[2..].join(" ").replace([':', '*', ']', '^', '~', '?', '>'], " "));
        }
    }
    for line in guest.lines() {
        if let [kind, name, ..] = *line.split(' ').collect::<Vec<_>>() {
            let is_type = ["struct", "union", "tagged", "enum", "sig", "opaque"].contains(&kind);
            if is_type && !reached.split(' ').any(|word| word == name) {
                missing.push(line);
            }
        }
    }
    assert!(missing.is_empty(), "no case exercises {missing:#?}");
}

/// What a step may say beside its verb.
const STEPS: [(&str, &[&str]); 8] = [
    ("call", &["args", "is", "as", "fails", "wrote", "host"]),
    ("invoke", &["args", "is", "as", "fails"]),
    ("new", &["from", "as", "fails"]),
    ("get", &["is", "as", "fails"]),
    ("set", &["to", "fails"]),
    ("length", &["is"]),
    ("free", &["fails"]),
    ("const", &["is"]),
];

/// Checks steps, and the names that they use before they are given.
fn check_steps<'a>(steps: &'a Value, names: &mut BTreeSet<&'a str>) -> Result<(), String> {
    let steps = steps.as_array().ok_or("no steps")?;
    for (index, step) in steps.iter().enumerate() {
        let wrong = |why: &str| Err(format!("step {}, {why}: {step}", index + 1));
        let Some(keys) = step.as_object() else { return wrong("no object") };
        let Some((verb, more)) = STEPS.iter().find(|(verb, _)| keys.contains_key(*verb)) else {
            return wrong("no such verb");
        };
        if keys.keys().any(|key| key != verb && !more.contains(&key.as_str())) {
            return wrong("a key that the verb does not have");
        }
        let mut uses = Vec::new();
        objects(step, &mut |object| match object.get("use") {
            Some(Value::String(name)) => uses.push(name.as_str()),
            Some(path) => uses.extend(path[0].as_str()),
            None => {}
        });
        uses.extend(step["invoke"].as_str());
        uses.extend(step["free"].as_str());
        uses.extend(["get", "set", "length"].iter().filter_map(|verb| step[verb][0].as_str()));
        if let Some(hosts) = step["host"].as_array() {
            for host in hosts {
                names.extend(
                    host["as"].as_object().into_iter().flat_map(|names| names.values()).filter_map(Value::as_str),
                );
                if host["args"].as_array().is_none() {
                    return wrong("a host function without its arguments");
                }
                if !host["do"].is_null() {
                    check_steps(&host["do"], names)?;
                }
            }
        }
        if let Some(name) = uses.iter().find(|name| !names.contains(**name)) {
            return wrong(&format!("`{name}` is used before it is named"));
        }
        names.extend(step["as"].as_str());
        if step["fails"] == "trap" && index + 1 < steps.len() {
            return wrong("a trap ends the case");
        }
    }
    Ok(())
}

#[test]
fn cases_are_in_order() {
    let readme = text("abi/kit/README.md");
    let mut seen = BTreeSet::new();
    for case in cases() {
        let name = case["name"].as_str().unwrap();
        assert!(seen.insert(name.to_owned()), "two cases {name}");
        for tag in case["uses"].as_array().unwrap() {
            assert!(readme.contains(&format!("`{}`", tag.as_str().unwrap())), "{name}: README does not list {tag}");
        }
        if let Err(why) = check_steps(&case["steps"], &mut BTreeSet::new()) {
            panic!("{name}: {why}");
        }
    }
}

/// The bytes of a section.
fn section(prelude: &[Value], pieces: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    for piece in prelude.iter().chain(pieces.as_array().unwrap()) {
        match piece {
            Value::String(line) => bytes.extend(format!("{line}\n").bytes()),
            _ if piece["text"].is_string() => bytes.extend(piece["text"].as_str().unwrap().bytes()),
            _ if piece["hex"].is_string() => {
                let hex = piece["hex"].as_str().unwrap();
                bytes.extend(hex.split(' ').map(|byte| u8::from_str_radix(byte, 16).unwrap()));
            }
            _ => {
                let (turn, times) = (piece["repeat"].as_str().unwrap(), piece["times"].as_u64().unwrap());
                for index in 0..times {
                    let turn = turn.replace('#', &index.to_string()).replace('@', &(index + 1).to_string());
                    bytes.extend(turn.bytes());
                }
            }
        }
    }
    bytes
}

/// Whether the lines have the form that SPEC's grammar gives to records of their kind. Long ones are left to the hosts.
fn check_form(grammar: &Grammar, text: &str) -> Result<(), String> {
    let kinds = "abi role struct union tagged enum sig opaque const fn import drop doc";
    for line in text.split('\n').filter(|line| line.len() < 2000) {
        let line = line.strip_prefix('!').unwrap_or(line);
        if kinds.split(' ').any(|kind| line.split(' ').next() == Some(kind))
            && !grammar.matches("known", line.as_bytes())
        {
            return Err(format!("not in the grammar: {line:?}"));
        }
    }
    Ok(())
}

#[test]
fn sections_are_what_the_grammar_and_the_rust_host_say() {
    let spec = text("abi/SPEC.md");
    let grammar = spec.split("```abnf\n").nth(1).and_then(|rest| rest.split("```").next()).expect("SPEC has a grammar");
    let grammar = Grammar::new(grammar);
    let kit = json("abi/kit/sections.json");
    let exports: BTreeSet<String> = text("abi/kit/guest.abi")
        .lines()
        .filter(|line| line.starts_with("fn ") || line.starts_with("drop "))
        .map(|line| line.split(' ').nth(1).unwrap().to_owned())
        .collect();
    let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
    for case in kit["sections"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        assert!(seen.insert(name), "two sections {name}");
        let prelude = if case["bare"] == true { &[][..] } else { kit["prelude"].as_array().unwrap() };
        let read = |pieces| {
            let bytes = section(prelude, pieces);
            let read = Module::from_section(&bytes).map_err(|error| (error.rule, error.to_string()))?;
            // Lines that are there many times over have one form.
            if bytes.len() < 100_000 {
                check_form(&grammar, str::from_utf8(&bytes).unwrap()).map_err(|why| ("the grammar", why))?;
            }
            match read.fns().keys().chain(read.drops().values()).find(|name| !exports.contains(*name)) {
                Some(name) => Err(("R9", format!("no export {name}"))),
                None => Ok(()),
            }
        };
        if case["either"] == true {
            continue;
        }
        let Some(rule) = case["refuse"].as_str() else {
            wrong.extend(read(&case["text"]).err().map(|why| format!("{name}: {why:?}")));
            continue;
        };
        wrong.extend(read(&case["mended"]).err().map(|why| format!("{name}, mended: {why:?}")));
        match read(&case["text"]) {
            Err((found, _)) if found == rule => {}
            // The form of exports is seen by who has the module.
            Ok(()) if rule == "R9" => {}
            other => wrong.push(format!("{name}: not {rule} but {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), seen.len());
}
