//! `linmem call`: runs an export on values that are written as text.
//!
//! A module without records, and what no record describes, is called with numbers: records are made up for it.

mod left;
mod lend;
mod limits;
mod parse;
mod print;
mod stubs;

use crate::args::Call;
use crate::input::Input;
use crate::table::{self, number};
use crate::text::{count, signature};
use crate::wasm::{Extern, Wasm};
use crate::{Report, Result};
use limits::Counting;
use linmem_host::{Cause, Fault, Instance, Module, Param, Signature, Type, Value};
use parse::Argument;
use print::Print;
use serde_json::{Map, json};
use std::sync::{Arc, Mutex};
use wasmparser::ValType;

/// Bytes in a page.
const PAGE: u64 = 65536;

pub fn run(args: &Call) -> Result<Report> {
    let input = Input::open(&args.module)?;
    let path = input.path.display();
    let Some((wasm, bytes)) = &input.wasm else { return Err(format!("{path}: no wasm module")) };
    // That the records are in order is said of them as they are.
    input.module()?;
    let records = input.records.as_ref().map_or(&b""[..], |(records, _)| records);
    let module = describe(wasm, records, &args.function).map_err(|error| format!("{path}: {error}"))?;
    let Some(of) = called(&module, &args.function) else {
        let names = module.fns().keys().chain(module.drops().values());
        let names: Vec<&str> = names.map(String::as_str).collect();
        return Err(format!("{path}: no function {}; there are {}", args.function, names.join(", ")));
    };
    let arguments = arguments(&module, &args.function, &of, &args.arguments)?;
    let module = Arc::new(module);
    let trace = Arc::new(Mutex::new(Vec::new()));
    let imports = stubs::all(&module, &trace);
    let store = limits::store(args.fuel, args.memory).map_err(|error| format!("{path}: {error}"))?;
    if let Some(bytes) = wasm.memories.first().and_then(|memory| memory.initial.checked_mul(PAGE))
        && bytes > args.memory as u64
    {
        let (has, may) = (number(bytes), number(args.memory as u64));
        return Err(format!("{path}: the module has {has} bytes of memory from its start; --memory allows {may}"));
    }
    let inner = linmem_host::wasmi::instantiate(store, bytes, module.clone(), imports)
        .map_err(|fault| format!("{path}: {}", why(&fault)))?;
    let mut instance = Instance::new(module.clone(), Counting::new(inner, &module));
    let before = left::before(&instance, args.leaks, args.verbose).map_err(|error| format!("{path}: {error}"))?;
    let mut values = Vec::new();
    let mut done = lend::values(&mut instance, &args.function, &of, arguments).and_then(|made| {
        values = made;
        let results = instance.take(&args.function, &mut values)?;
        lend::read_back(&mut instance, &args.function, &of, &mut values)?;
        Ok(results)
    });
    // After a trap nothing is called any more.
    if !done.as_ref().is_err_and(Fault::is_trap) {
        let freed = lend::release(&mut instance);
        done = done.and_then(|results| freed.map(|()| results));
    }
    let trapped = done.as_ref().is_err_and(Fault::is_trap);
    let left = before.filter(|_| !trapped).map(|before| left::since(&instance, before));
    let left = left.transpose().unwrap_or_else(|fault| {
        // A report that lies is worse than what the call came to.
        done = Err(fault);
        None
    });
    let mut report = report(&module, &args.function, &of, done, &values);
    let trace = trace.lock().map_or_else(|_| Vec::new(), |trace| trace.clone());
    report.json["imports"] = json!(trace);
    let text: String = trace.iter().map(|line| table::paint(table::DIM, line) + "\n").collect();
    report.text.insert_str(0, &text);
    if args.verbose {
        let pages = instance.memory().len() as u64 / PAGE;
        let Counting { allocated, freed, dropped, .. } = instance.guest_mut();
        report.text += &format!(
            "the host allocated {}, freed {} and dropped {}; the module has {} of memory\n",
            blocks(*allocated),
            blocks(*freed),
            count(*dropped, "value"),
            count(pages, "page"),
        );
        let json = |(blocks, bytes): (u64, u64)| json!({"blocks": blocks, "bytes": bytes});
        report.json["memory"] =
            json!({"allocated": json(*allocated), "freed": json(*freed), "dropped": dropped, "pages": pages});
    }
    if let Some(blocks) = left {
        left::tell(&mut report, &blocks, args.leaks);
    }
    Ok(report)
}

/// The signature of a function, or of a drop: that has one parameter, which is owned.
fn called(module: &Module, function: &str) -> Option<Signature> {
    let dropped = || module.drops().iter().find(|(_, export)| *export == function);
    let drop = |(ty, _): (&Type, &String)| {
        let value = Param { name: "value".into(), ty: ty.clone(), out: false };
        Signature { params: vec![value], result: None }
    };
    module.fns().get(function).cloned().or_else(|| dropped().map(drop))
}

/// What an engine says about a module that it does not run, in its own words.
fn why(fault: &Fault) -> String {
    match &fault.cause {
        Cause::Missing(what) => what.clone(),
        _ => fault.to_string(),
    }
}

fn blocks((blocks, bytes): (u64, u64)) -> String {
    format!("{} in {}", count(bytes, "byte"), count(blocks, "block"))
}

/// The records, with more for the function that is called and for imports, where none describes them.
fn describe(wasm: &Wasm, records: &[u8], function: &str) -> Result<Module> {
    let mut text = String::from_utf8_lossy(records).into_owned();
    if text.is_empty() {
        text = "abi 1 wasm32\n".into();
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let module = Module::from_section(text.as_bytes()).map_err(|error| error.to_string())?;
    for (from, name, of) in &wasm.imports {
        if let Extern::Function(of) = of
            && !module.imports().contains_key(&(from.clone(), name.clone()))
        {
            text += &format!("import {from} {name}{}\n", made_up(of)?);
        }
    }
    if called(&module, function).is_none()
        && let Some(Extern::Function(of)) = wasm.export(function)
    {
        text += &format!("fn {function}{}\n", made_up(of)?);
    }
    Module::from_section(text.as_bytes()).map_err(|error| error.to_string())
}

/// A signature of plain numbers.
fn made_up(of: &crate::wasm::Signature) -> Result<String> {
    let name = |ty: &ValType| match ty {
        ValType::I32 => Ok("i32"),
        ValType::I64 => Ok("i64"),
        ValType::F32 => Ok("f32"),
        ValType::F64 => Ok("f64"),
        other => Err(format!("a function has a value of type {other}")),
    };
    let mut text = String::new();
    for (index, ty) in of.params.iter().enumerate() {
        text += &format!(" a{index}:{}", name(ty)?);
    }
    match &of.results[..] {
        [] => Ok(text),
        [one] => Ok(text + " -> " + name(one)?),
        _ => Err("a function has several results".into()),
    }
}

/// The values of the arguments, by the types of the parameters.
fn arguments(module: &Module, name: &str, of: &Signature, arguments: &[String]) -> Result<Vec<Argument>> {
    let params: Vec<_> = of.params.iter().filter(|param| !param.out).collect();
    if params.len() != arguments.len() {
        let (takes, given) = (count(params.len() as u64, "argument"), arguments.len());
        return Err(format!("{} takes {takes}, not {given}", signature(name, of)));
    }
    let value = |(param, text): (&&linmem_host::Param, &String)| {
        parse::argument(module, &param.ty, text).map_err(|error| format!("{}: {}: {error}", param.name, param.ty))
    };
    params.iter().zip(arguments).map(value).collect()
}

/// What the call returned and wrote, or why it failed.
fn report(
    module: &Module,
    name: &str,
    of: &Signature,
    done: std::result::Result<Vec<Value>, Fault>,
    arguments: &[Value],
) -> Report {
    let values = match done {
        Ok(values) => values,
        Err(fault) => {
            let text = format!("{} {}\n", table::paint(table::BAD, "failed"), table::plain(&fault.to_string()));
            return Report { text, json: json!({"error": fault.to_string()}), bad: true };
        }
    };
    let result = of.result.iter().filter(|ty| !module.is_status(ty)).map(|ty| ("result", ty));
    let outs = of.params.iter().filter(|param| param.out).map(|param| (param.name.as_str(), &param.ty));
    let named: Vec<(&str, &Type)> = result.chain(outs).collect();
    let mut json = Map::new();
    let mut text = String::new();
    let print = Print(module);
    for ((name, ty), value) in named.iter().zip(&values) {
        let shown = print.text(ty, value);
        text += &if named.len() == 1 { format!("{shown}\n") } else { format!("{name}: {shown}\n") };
        json.insert((*name).to_owned(), print.json(ty, value));
    }
    let written = of.params.iter().filter(|param| !param.out).zip(arguments);
    let mut changed = Map::new();
    for (param, value) in written.filter(|(param, _)| lend::is_written(module, &param.ty)) {
        text += &format!("{}: {}\n", param.name, print.text(&param.ty, value));
        changed.insert(param.name.clone(), print.json(&param.ty, value));
    }
    if text.is_empty() {
        text = format!("{name} returned\n");
    }
    Report { text, json: json!({"results": json, "written": changed}), bad: false }
}
