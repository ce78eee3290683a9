//! `linmem show`: what a module offers.

use crate::args::Show;
use crate::input::Input;
use crate::table::{Align, BOLD, Table, number, paint, plain};
use crate::text::{literal, literal_json, long_doc, signature, signature_json};
use crate::wasm::{Extern, Wasm};
use crate::{Report, Result, draw};
use linmem_host::Module;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub fn run(args: &Show) -> Result<Report> {
    let input = Input::open(&args.module)?;
    if args.sections && input.wasm.is_none() {
        return Err(format!("{}: no wasm module, so that it has no sections", input.path.display()));
    }
    let module = input.module()?;
    let all = !(args.types || args.functions || args.sections);
    let (mut text, mut json) = (String::new(), Map::new());
    if let Some(module) = &module {
        if all || args.functions {
            text += &functions(module);
            json.insert("functions".into(), functions_json(module));
            json.insert("drops".into(), drops_json(module));
            json.insert("imports".into(), imports_json(module));
            json.insert("constants".into(), constants_json(module));
            json.insert("roles".into(), roles_json(module));
        }
        if all || args.types {
            text += &types(module);
            let types = module.types().iter().map(|(name, decl)| (name.clone(), draw::json(module, name, decl)));
            json.insert("types".into(), types.collect());
        }
    }
    if let Some((wasm, _)) = &input.wasm {
        if all || args.functions {
            let (exports, imports) = undescribed(wasm, module.as_ref());
            text += &list("Without a record", exports.iter().chain(&imports).map(|(name, of)| format!("{name}: {of}")));
            let json_of = |of: &[(String, &Extern)]| -> Value {
                of.iter().map(|(name, of)| (name.clone(), json!(of.to_string()))).collect::<Map<_, _>>().into()
            };
            json.insert("undescribed".into(), json!({"exports": json_of(&exports), "imports": json_of(&imports)}));
        }
        if all || args.sections {
            text += &sections(wasm);
            let sections = wasm.sections.iter();
            let sections = sections.map(|section| json!({"name": section.name, "bytes": section.end - section.start}));
            json.insert("sections".into(), sections.collect());
            json.insert("bytes".into(), json!(wasm.size));
        }
    }
    if module.is_none() {
        text += &format!("\n{}\n", crate::input::no_records(&input.path));
    }
    Ok(Report { text: text.trim_start().to_owned(), json: json.into(), bad: false })
}

fn head(text: &str) -> String {
    format!("\n{}\n", paint(BOLD, text))
}

/// A list under a head, unless it is empty.
fn list(title: &str, lines: impl Iterator<Item = String>) -> String {
    let lines: String = lines.map(|line| format!("  {line}\n")).collect();
    if lines.is_empty() { lines } else { head(title) + &lines }
}

fn functions(module: &Module) -> String {
    let doc = |subject: &str| long_doc(module, subject, "      ");
    let functions = module.fns().iter().map(|(name, of)| format!("{}\n{}", signature(name, of), doc(name)));
    let drops = module.drops().iter().map(|(ty, name)| format!("{name}(value: {ty})\n{}", doc(name)));
    let imports = module
        .imports()
        .iter()
        .map(|((from, name), of)| format!("{from} {}\n{}", signature(name, of), doc(&format!("{from}/{name}"))));
    let consts = module.consts().iter().map(|(name, of)| format!("{name}: {} = {}\n{}", of.ty, literal(of), doc(name)));
    let roles = module.roles().iter().map(|(role, export)| format!("{role}: {export}\n"));
    let trimmed = |of: String| of.trim_end().to_owned();
    [
        list("Functions", functions.map(trimmed)),
        list("Drops", drops.map(trimmed)),
        list("Host functions", imports.map(trimmed)),
        list("Constants", consts.map(trimmed)),
        list("Roles", roles.map(trimmed)),
    ]
    .concat()
}

fn types(module: &Module) -> String {
    let types: Vec<String> = module.types().iter().map(|(name, decl)| draw::ty(module, name, decl)).collect();
    if types.is_empty() { String::new() } else { head("Types") + "\n" + &types.join("\n") }
}

fn sections(wasm: &Wasm) -> String {
    let mut table = Table::new(&[("bytes", Align::Right), ("section", Align::Left)]);
    for section in &wasm.sections {
        table.row(anstyle::Style::new(), [number((section.end - section.start) as u64), plain(&section.name)]);
    }
    table.row(BOLD, [number(wasm.size as u64), "in all".into()]);
    head("Sections") + &table.columns(2)
}

type Undescribed<'a> = Vec<(String, &'a Extern)>;

/// The exports and imports that no record speaks of, but for those that every module has.
fn undescribed<'a>(wasm: &'a Wasm, module: Option<&Module>) -> (Undescribed<'a>, Undescribed<'a>) {
    const USUAL: [&str; 8] =
        ["memory", "alloc", "free", "realloc", "_initialize", "__heap_base", "__data_end", "__indirect_function_table"];
    let described: BTreeSet<&str> = module.map_or_else(BTreeSet::new, |module| {
        let others = module.drops().values().chain(module.roles().values());
        module.fns().keys().chain(others).map(String::as_str).collect()
    });
    let known = |name: &str| USUAL.contains(&name) || described.contains(name);
    let exports = wasm.exports.iter().filter(|(name, _)| !known(name)).map(|(name, of)| (plain(name), of)).collect();
    let known = |key: &(String, String)| module.is_some_and(|module| module.imports().contains_key(key));
    let imports = wasm.imports.iter().filter(|(from, name, _)| !known(&(from.clone(), name.clone())));
    (exports, imports.map(|(from, name, of)| (format!("{}/{}", plain(from), plain(name)), of)).collect())
}

fn functions_json(module: &Module) -> Value {
    let functions = module.fns().iter();
    functions.map(|(name, of)| (name.clone(), described_json(name, of, module, name))).collect::<Map<_, _>>().into()
}

fn imports_json(module: &Module) -> Value {
    let imports = module.imports().iter().map(|((from, name), of)| {
        let mut json = described_json(name, of, module, &format!("{from}/{name}"));
        (json["module"], json["name"]) = (json!(from), json!(name));
        json
    });
    imports.collect()
}

fn drops_json(module: &Module) -> Value {
    let drops = module.drops().iter();
    let json = |ty: &linmem_host::Type, name| json!({"type": ty.to_string(), "doc": module.docs().get(name)});
    drops.map(|(ty, name)| (name.clone(), json(ty, name))).collect::<Map<_, _>>().into()
}

/// Every role, those that no record speaks of too.
fn roles_json(module: &Module) -> Value {
    let known = ["alloc", "free", "realloc"].map(|role| (role.to_owned(), json!(module.role(role))));
    let others = module.roles().iter().map(|(role, export)| (role.clone(), json!(export)));
    known.into_iter().chain(others).collect::<Map<_, _>>().into()
}

fn described_json(name: &str, of: &linmem_host::Signature, module: &Module, subject: &str) -> Value {
    let mut json = signature_json(name, of);
    json.insert("doc".into(), json!(module.docs().get(subject)));
    json.into()
}

fn constants_json(module: &Module) -> Value {
    let consts = module.consts().iter();
    let json = |name, of: &linmem_host::Const| json!({"type": of.ty.to_string(), "value": literal_json(of), "doc": module.docs().get(name)});
    consts.map(|(name, of)| (name.clone(), json(name, of))).collect::<Map<_, _>>().into()
}
