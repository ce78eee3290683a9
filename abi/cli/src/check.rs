//! `linmem check`: the records by the rules of SPEC, and against the module they describe.

use crate::args;
use crate::input::{Input, NO_WASM};
use crate::table::{GOOD, paint, plain};
use crate::text::signature;
use crate::wasm::{Extern, Signature, Wasm};
use crate::{Report, Result};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use linmem_host::{Access, Decl, Module, Type};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use wasmparser::ValType;

/// No more findings than anyone reads.
const MOST: usize = 100;

/// Bytes of records that are read to find all that is wrong with them.
const WORK: usize = 1 << 26;

/// Something that is wrong.
struct Finding {
    /// A rule of SPEC, or its chapter.
    rule: String,
    /// The number of the record's line, from 1.
    line: Option<usize>,
    what: String,
}

pub fn run(args: &args::Module) -> Result<Report> {
    let input = Input::open(args)?;
    let path = input.path.display().to_string();
    let (records, from) = input.records.clone().unwrap_or_default();
    let section = String::from_utf8_lossy(&records).into_owned();
    let mut findings = Vec::new();
    let module =
        if input.records.is_some() { read(&records, &section, &mut findings) } else { Some(Module::default()) };
    if let Some((wasm, _)) = &input.wasm {
        profile(wasm, module.as_ref(), &mut findings);
    }
    if let Some(module) = &module {
        let lines = Lines::of(&section);
        if let Some((wasm, _)) = &input.wasm {
            compare(module, wasm, &lines, &mut findings);
        }
        drops(module, &lines, &mut findings);
    }
    if input.wasm.is_none() {
        // What every sidecar has and this file has not may tell that it is none.
        for finding in findings.iter_mut().filter(|finding| finding.line.is_none()) {
            finding.what += NO_WASM;
        }
    }
    findings.truncate(MOST);
    findings.sort_by_key(|finding| finding.line);
    let text: String = findings.iter().map(|finding| finding.draw(&path, &from, &section)).collect();
    let json = findings.iter().map(|finding| {
        let record = finding.line.and_then(|line| section.lines().nth(line - 1));
        json!({"rule": finding.rule, "line": finding.line, "record": record, "what": finding.what})
    });
    let json = json!({"findings": json.collect::<Vec<_>>()});
    let text = match findings.len() {
        0 if input.records.is_none() => format!("{path}: {}, and has no records\n", paint(GOOD, "conforms")),
        0 => format!("{path}: {}, with {} records\n", paint(GOOD, "conforms"), Lines::of(&section).count),
        1 => text + "1 finding\n",
        MOST => text + &format!("{MOST} findings; there may be more\n"),
        count => text + &format!("{count} findings\n"),
    };
    Ok(Report { text, json, bad: !findings.is_empty() })
}

impl Finding {
    fn new(rule: &str, line: Option<usize>, what: impl Into<String>) -> Self {
        Self { rule: rule.into(), line, what: what.into() }
    }

    /// The finding, with its record and what in it is meant.
    fn draw(&self, path: &str, from: &str, section: &str) -> String {
        let title = Level::ERROR.primary_title(plain(&self.what)).id(self.rule.clone());
        let record = self.line.and_then(|line| section.lines().nth(line - 1)).map(plain);
        let group = match (&record, self.line) {
            (Some(record), Some(line)) => {
                let mark = AnnotationKind::Primary.span(meant(record, &self.what));
                let snippet = Snippet::source(record.as_str()).path(from).line_start(line).annotation(mark);
                title.element(snippet)
            }
            _ => title.element(annotate_snippets::Origin::path(path)),
        };
        format!("{}\n\n", Renderer::styled().decor_style(DecorStyle::Unicode).render(&[group]))
    }
}

/// The part of a record that a text speaks of: the longest word of the text that is in it, or all of it.
fn meant(record: &str, what: &str) -> std::ops::Range<usize> {
    let edge = |at: Option<char>| !at.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let mut best = 0..0;
    for word in what.split([' ', ',', '"', '`', '(', ')', ';']).map(|word| word.trim_end_matches(':')) {
        for (start, _) in record.match_indices(word) {
            let end = start + word.len();
            let whole = edge(record[..start].chars().next_back()) && edge(record[end..].chars().next());
            // The first word says the record's kind, and nothing of what is wrong.
            if whole && start > 0 && best.len() < word.len() {
                best = start..end;
            }
        }
    }
    if best.is_empty() { 0..record.len() } else { best }
}

/// Reads records that may be wrong in several lines: what is wrong is found, left out, and the rest is read again. A record
/// that names what was left out is left out with it. None if something was.
fn read(bytes: &[u8], section: &str, findings: &mut Vec<Finding>) -> Option<Module> {
    let mut error = match Module::from_section(bytes) {
        Ok(module) => return Some(module),
        Err(error) => error,
    };
    let mut lines: Vec<&str> = section.split('\n').collect();
    let mut lost: BTreeSet<String> = BTreeSet::new();
    // A large section is not read as often as a small one.
    for _ in 0..(WORK / bytes.len().max(1)).clamp(1, MOST * 10) {
        // The reader quotes the line; here it is drawn.
        let what = error.what.rsplit_once(", in \"").map_or(&*error.what, |(what, _)| what);
        let line = error.line.and_then(|line| lines.get(line - 1)).copied();
        let follows = line.is_some_and(|line| words(line).skip(2).any(|word| lost.contains(word)));
        if !follows {
            findings.push(Finding::new(error.rule, error.line, what));
        }
        let (Some(line), Some(number)) = (line, error.line) else { return None };
        if findings.len() >= MOST {
            return None;
        }
        // A type that is called like a built-in one is nothing that others name.
        lost.extend(words(line).nth(1).filter(|_| error.rule != "R5").map(str::to_owned));
        lines[number - 1] = "";
        match Module::from_section(lines.join("\n").as_bytes()) {
            Ok(_) => return None,
            Err(next) => error = next,
        }
    }
    None
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// The line of each record, by its first words.
struct Lines {
    by_start: BTreeMap<String, usize>,
    count: usize,
}

impl Lines {
    fn of(section: &str) -> Self {
        let (mut by_start, mut lines) = (BTreeMap::new(), BTreeSet::new());
        for (index, line) in section.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
            lines.insert(line);
            let words: Vec<&str> = line.trim_start_matches('!').split(' ').collect();
            for count in 2..=3.min(words.len()) {
                by_start.entry(words[..count].join(" ")).or_insert(index + 1);
            }
        }
        Self { by_start, count: lines.len() }
    }

    fn find(&self, start: &str) -> Option<usize> {
        self.by_start.get(start).copied()
    }
}

/// What every module is held to: SPEC's chapters "Wasm profile" and "Exports".
fn profile(wasm: &Wasm, module: Option<&Module>, findings: &mut Vec<Finding>) {
    let mut find = |what: String| findings.push(Finding::new("Wasm profile", None, what));
    match wasm.export("memory") {
        Some(Extern::Memory) => {}
        Some(other) => find(format!("`memory` is a {other}")),
        None => find("no memory is exported as `memory`".into()),
    }
    let imported = wasm.imports.iter().any(|import| import.2 == Extern::Memory);
    match &wasm.memories[..] {
        [memory] if !imported => {
            if memory.shared {
                find("the memory is shared".into());
            }
            if memory.memory64 {
                find("the memory has 64-bit addresses".into());
            }
        }
        _ if imported => find("the memory is imported".into()),
        memories => find(format!("{} memories, not one", memories.len())),
    }
    for (from, name, of) in &wasm.imports {
        if !matches!(of, Extern::Function(_) | Extern::Memory) {
            find(format!("the import {}/{} is a {of}; only functions are imported", plain(from), plain(name)));
        }
    }
    for (name, of) in &wasm.exports {
        if let Extern::Function(signature) = of
            && signature.results.len() > 1
        {
            find(format!("{} has {} results", plain(name), signature.results.len()));
        }
    }
    if let Some(Extern::Function(signature)) = wasm.export("_initialize")
        && *signature != Signature::default()
    {
        find(format!("`_initialize` is {signature}, not ()"));
    }
    // Where the records cannot be read, nobody knows the roles' names.
    let Some(module) = module else { return };
    for (role, params, results) in [("alloc", 2, 1), ("free", 3, 0), ("realloc", 4, 1)] {
        let expected = Signature { params: vec![ValType::I32; params], results: vec![ValType::I32; results] };
        let export = module.role(role);
        match wasm.export(export) {
            Some(Extern::Function(signature)) if *signature == expected => {}
            Some(other) => find(format!("the role {role}: {export} is a {other}, not {expected}")),
            None => find(format!("the role {role}: no export {export}")),
        }
    }
}

/// R9: what records say of exports and imports, and what those are.
fn compare(module: &Module, wasm: &Wasm, lines: &Lines, findings: &mut Vec<Finding>) {
    let mut find = |line: Option<usize>, what: String| findings.push(Finding::new("R9", line, what));
    let export = |name: &str, expected: Signature| match wasm.export(name) {
        None => Some(format!("no export {name}")),
        Some(Extern::Function(signature)) if *signature == expected => None,
        Some(Extern::Function(signature)) => {
            Some(format!("the export {name} is {signature}; the record says {expected}"))
        }
        Some(other) => Some(format!("the export {name} is a {other}, not a function")),
    };
    for (name, of) in module.fns() {
        if let Some(what) = export(name, wasm_signature(module, of)) {
            find(lines.find(&format!("fn {name}")), what);
        }
    }
    for (ty, name) in module.drops() {
        let expected =
            Signature { params: module.flatten(ty).iter().copied().map(val_type).collect(), results: vec![] };
        if let Some(what) = export(name, expected) {
            find(lines.find(&format!("drop {name}")), what);
        }
    }
    for (from, name, is) in &wasm.imports {
        let Some(of) = module.imports().get(&(from.clone(), name.clone())) else { continue };
        let expected = wasm_signature(module, of);
        if *is != Extern::Function(expected.clone()) {
            let what = format!("the import {name} is a {is}; the record says {expected}");
            find(lines.find(&format!("import {from} {name}")), what);
        }
    }
    let sigs = module.types().iter().find(|(_, decl)| matches!(decl, Decl::Sig(_)));
    if let Some((name, _)) = sigs.filter(|_| wasm.export("__indirect_function_table") != Some(&Extern::Table)) {
        let what = format!("{name} is an index into a table, and no table is exported as `__indirect_function_table`");
        find(lines.find(&format!("sig {name}")), what);
    }
}

fn val_type(of: linmem_host::Wasm) -> ValType {
    match of {
        linmem_host::Wasm::I32 => ValType::I32,
        linmem_host::Wasm::I64 => ValType::I64,
        linmem_host::Wasm::F32 => ValType::F32,
        linmem_host::Wasm::F64 => ValType::F64,
    }
}

fn wasm_signature(module: &Module, of: &linmem_host::Signature) -> Signature {
    let (params, result) = module.wasm(of);
    Signature {
        params: params.into_iter().map(val_type).collect(),
        results: result.into_iter().map(val_type).collect(),
    }
}

/// Every deep or opaque type that is handed over as owned has a drop: SPEC's chapter "Freeing with records".
fn drops(module: &Module, lines: &Lines, findings: &mut Vec<Finding>) {
    for (name, of) in module.fns() {
        let outs = of.params.iter().filter(|param| param.out).map(|param| &param.ty);
        for ty in outs.chain(&of.result) {
            let dropped = match ty {
                Type::Pointer { to, access, .. } => Type::Pointer { to: to.clone(), access: *access, null: false },
                other => other.clone(),
            };
            if needs_drop(module, ty) && !module.drops().contains_key(&dropped) {
                let what = format!("{ty} is handed over, and no drop frees {dropped}: {}", signature(name, of));
                findings.push(Finding::new("Freeing with records", lines.find(&format!("fn {name}")), what));
            }
        }
    }
}

/// Whether a value is owned, and its freeing takes more than `free`.
fn needs_drop(module: &Module, ty: &Type) -> bool {
    let inside = match ty {
        Type::Pointer { to, access: Access::Own, .. } => to,
        Type::Slice { of, access: Access::Own } | Type::Buffer { of } => of,
        Type::Named { .. } | Type::Array { .. } => return module.owns(ty) && deep(module, ty),
        _ => return false,
    };
    let opaque =
        matches!(&**inside, Type::Named { name, .. } if matches!(module.types().get(name), Some(Decl::Opaque)));
    opaque || module.owns(inside)
}

/// Whether a value in place holds something that needs a drop.
fn deep(module: &Module, ty: &Type) -> bool {
    match ty {
        Type::Array { of, .. } => needs_drop(module, of),
        Type::Named { name, .. } => match module.types().get(name) {
            Some(Decl::Struct(of)) => of.fields.iter().any(|field| needs_drop(module, &field.ty)),
            Some(Decl::Tagged(of)) => {
                of.cases.iter().filter_map(|case| case.payload.as_ref()).any(|(_, ty)| needs_drop(module, ty))
            }
            _ => false,
        },
        _ => false,
    }
}
