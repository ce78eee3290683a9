//! The readers of records in Rust, Python and JavaScript on the same sections, most of which are not in order: they accept
//! the same ones, and find the same in them.
//!
//! `LINMEM_MUTANTS` is how many sections are made, `LINMEM_SEED` which ones.

#[path = "readers/mutants.rs"]
mod mutants;
#[path = "../fuzz/print.rs"]
mod print;
#[path = "common/random.rs"]
mod random;
#[path = "common/tools.rs"]
mod tools;

use linmem_host::{Case, Decl, Error, Literal, Module, Scalar, Type, Wasm};
use random::Random;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::{env, fs};
use tools::{have, have_python_module};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Sections of one call of each reader.
const BATCH: usize = 1000;

/// A reader in another language, on the sections in a file.
fn start(program: &str, args: &[&str], file: &Path) -> Child {
    let mut command = Command::new(program);
    command.args(args).arg(file).current_dir(root()).stdin(Stdio::null()).stdout(Stdio::piped());
    command.spawn().unwrap_or_else(|error| panic!("{program}: {error}"))
}

/// What a reader says, a line on each section.
fn said(reader: Child, count: usize) -> Vec<Value> {
    let output = reader.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", output.status);
    let lines = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    let said: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(said.len(), count, "a line for each section");
    said
}

/// The records of a module as the reader in Python shows them.
fn expect_python(module: &Module) -> Value {
    let is_nan = |literal: &Literal, ty: &Type| match (literal, ty) {
        (Literal::Bits(bits), Type::Scalar(Scalar::F32)) => f32::from_bits(*bits as u32).is_nan(),
        (Literal::Bits(bits), _) => f64::from_bits(*bits).is_nan(),
        _ => false,
    };
    let mut lines = print::records(module);
    for line in lines.iter_mut().filter(|line| line.starts_with("const ")) {
        let name = line.split(' ').nth(1).unwrap();
        let of = &module.consts()[name];
        if is_nan(&of.value, &of.ty) {
            *line = format!("const {name} {} NaN", of.ty);
        }
    }
    lines.sort_unstable();
    json!(lines)
}

/// The byte at an offset of a value that `javascript.mjs` looks at.
fn byte(offset: u32) -> u8 {
    (offset + (offset >> 8)) as u8
}

fn float(value: f64) -> Value {
    if value.is_nan() { json!("NaN") } else { json!(format!("0x{:x}", value.to_bits())) }
}

/// What a number at an offset is there; null of what is no number.
fn number(offset: u32, ty: &Type) -> Value {
    let bytes: [u8; 8] = std::array::from_fn(|index| byte(offset + index as u32));
    let bits = u64::from_le_bytes(bytes);
    let Type::Scalar(scalar) = ty else { return Value::Null };
    match scalar {
        Scalar::I8 => json!(bits as i8),
        Scalar::U8 => json!(bits as u8),
        Scalar::I16 => json!(bits as i16),
        Scalar::U16 => json!(bits as u16),
        Scalar::I32 | Scalar::Isize => json!(bits as i32),
        Scalar::U32 | Scalar::Usize => json!(bits as u32),
        Scalar::I64 => json!((bits as i64).to_string()),
        Scalar::U64 => json!(bits.to_string()),
        Scalar::F32 => float(f32::from_bits(bits as u32).into()),
        Scalar::F64 => float(f64::from_bits(bits)),
        Scalar::Bool | Scalar::Char => Value::Null,
    }
}

fn wasm(params: &[Wasm], result: Option<Wasm>) -> Value {
    let name = |ty: &Wasm| match ty {
        Wasm::I32 => "i32",
        Wasm::I64 => "i64",
        Wasm::F32 => "f32",
        Wasm::F64 => "f64",
    };
    json!({"params": params.iter().map(name).collect::<Vec<_>>(), "results": result.iter().map(name).collect::<Vec<_>>()})
}

/// A case of an enumeration, as a number of JavaScript.
fn value(case: &Case, int: Scalar) -> Value {
    if int.size() == 8 { json!(case.value.to_string()) } else { json!(case.value as i64) }
}

/// The bytes of linear memory that `javascript.mjs` looks at.
const ROOM: u32 = 3 * 65536 - 8192;

/// What the host in JavaScript offers of a module, by kind and name.
fn expect_javascript(module: &Module) -> Value {
    let mut names: Vec<&str> = module.fns().keys().chain(module.drops().values()).map(String::as_str).collect();
    names.extend(module.consts().keys().map(String::as_str));
    let is_seen = |(_, decl): &(&String, &Decl)| !matches!(decl, Decl::Sig(_));
    names.extend(module.types().iter().filter(is_seen).map(|(name, _)| name.as_str()));
    // No object with a `then` is awaited for.
    for name in &mut names {
        if *name == "then" {
            *name = "then_";
        }
    }
    names.sort_unstable();
    let mut functions = BTreeMap::new();
    for (name, of) in module.fns() {
        let (params, result) = module.wasm(of);
        functions.insert(name, json!([of.params.iter().filter(|param| !param.out).count(), wasm(&params, result)]));
    }
    for (ty, name) in module.drops() {
        functions.insert(name, json!([1, wasm(module.flatten(ty), None)]));
    }
    let (mut types, mut enums) = (BTreeMap::new(), BTreeMap::new());
    for (name, decl) in module.types() {
        match decl {
            Decl::Struct(of) | Decl::Union(of) => {
                let field =
                    |field: &linmem_host::Field| json!({"name": field.name, "at": number(field.offset, &field.ty)});
                let fields: Vec<Value> = of.fields.iter().map(field).collect();
                types.insert(name, json!({"size": of.layout.size, "align": of.layout.align, "fields": fields}));
            }
            Decl::Tagged(of) => {
                let payload = |case: &Case| case.payload.as_ref().map_or(Value::Null, |(at, ty)| number(*at, ty));
                let case = |case: &Case| json!({"name": case.name, "tag": case.name, "at": payload(case)});
                let cases: Vec<Value> = of.cases.iter().map(case).collect();
                types.insert(name, json!({"size": of.layout.size, "align": of.layout.align, "cases": cases}));
            }
            Decl::Enum(of) => {
                let cases = of.cases.iter().map(|case| (case.name.clone(), value(case, of.int)));
                enums.insert(name, json!(cases.collect::<BTreeMap<_, _>>()));
            }
            Decl::Sig(_) | Decl::Opaque => {}
        }
    }
    let consts = module.consts().iter().map(|(name, of)| {
        let value = match (&of.value, &of.ty) {
            (Literal::Text(text), _) => json!(text),
            (Literal::Bits(bits), Type::Scalar(Scalar::F32)) => float(f32::from_bits(*bits as u32).into()),
            (Literal::Bits(bits), _) => float(f64::from_bits(*bits)),
            (Literal::Int(value), Type::Scalar(Scalar::Bool)) => json!(*value != 0),
            (Literal::Int(value), Type::Scalar(Scalar::Char)) => {
                json!(u32::try_from(*value).ok().and_then(char::from_u32).unwrap().to_string())
            }
            (Literal::Int(value), Type::Scalar(Scalar::I64 | Scalar::U64)) => json!(value.to_string()),
            (Literal::Int(value), _) => json!(*value as i64),
        };
        (name, value)
    });
    let consts: BTreeMap<_, _> = consts.collect();
    json!({"names": names, "functions": functions, "types": types, "enums": enums, "constants": consts})
}

/// Pairs of a name and what is said of it, by the name.
fn by_name(pairs: &Value) -> BTreeMap<&str, &Value> {
    pairs.as_array().unwrap().iter().map(|pair| (pair[0].as_str().unwrap(), &pair[1])).collect()
}

/// Whether a value of a type does not fit into the memory that `javascript.mjs` has.
fn is_large(module: &Module, ty: &Type) -> bool {
    match ty {
        Type::Pointer { to: of, .. } | Type::Slice { of, .. } => is_large(module, of),
        ty => module.layout(ty).is_some_and(|layout| layout.size > ROOM),
    }
}

/// What `javascript.mjs` says, in the form of [`expect_javascript`]. What is larger than its memory is as expected, and so is
/// the number of parameters of what is called behind the host's back.
fn offered(module: &Module, said: &Value, expected: &Value) -> Value {
    let mut functions = BTreeMap::new();
    for function in said["functions"].as_array().unwrap() {
        let name = function[0].as_str().unwrap();
        let is_role = ["alloc", "free"].iter().any(|role| module.role(role) == name);
        let params = module.fns().get(name).map_or(&[][..], |of| &of.params).iter().map(|param| &param.ty);
        let mut drops = module.drops().iter().filter(|(_, drop)| *drop == name).map(|(ty, _)| ty).chain(params);
        let unknown = is_role || drops.any(|ty| is_large(module, ty));
        let count = if unknown { &expected["functions"][name][0] } else { &function[1] };
        functions.insert(name, json!([count, function[2]]));
    }
    let mut types = by_name(&said["types"]);
    for (name, of) in expected["types"].as_object().unwrap() {
        if of["size"].as_u64().unwrap() > ROOM.into() {
            types.insert(name, of);
        }
    }
    let mut enums = BTreeMap::new();
    for (name, cases) in by_name(&said["enums"]) {
        enums.insert(name, json!(by_name(cases)));
    }
    json!({"names": said["names"], "functions": functions, "types": types, "enums": enums,
        "constants": by_name(&said["constants"])})
}

/// Whether some module has all exports that the records claim: a name may be claimed twice, or be that of the memory.
fn can_be_linked(module: &Module) -> bool {
    use Wasm::I32;
    let mut exports = BTreeMap::from([("memory", None), ("__indirect_function_table", None)]);
    let roles =
        [("alloc", vec![I32; 2], Some(I32)), ("free", vec![I32; 3], None), ("realloc", vec![I32; 4], Some(I32))];
    let mut claims: Vec<_> =
        roles.iter().map(|(role, params, result)| (module.role(role), (params.clone(), *result))).collect();
    claims.extend(module.fns().iter().map(|(name, of)| (name.as_str(), module.wasm(of))));
    claims.extend(module.drops().iter().map(|(ty, name)| (name.as_str(), (module.flatten(ty).to_vec(), None))));
    claims.into_iter().all(|(name, of)| *exports.entry(name).or_insert_with(|| Some(of.clone())) == Some(of))
}

/// Whether two records claim an export of one name. They are read loosely.
fn is_claimed_twice(section: &[u8]) -> bool {
    let text = String::from_utf8_lossy(section);
    let mut exports = BTreeMap::from([("memory", ""), ("__indirect_function_table", "")]);
    for role in ["alloc", "free", "realloc"] {
        if !text.contains(&format!("role {role} ")) {
            exports.insert(role, "");
        }
    }
    let claims = text.lines().filter_map(|line| {
        let mut words = line.trim_start_matches('!').split(' ');
        match (words.next()?, words.next()?, words.next()) {
            ("role", _, Some(export)) | ("fn" | "drop", export, _) => Some((export, line)),
            _ => None,
        }
    });
    claims.into_iter().any(|(export, line)| exports.insert(export, line).is_some_and(|other| other != line))
}

/// The section without what a host need not look at.
fn without_docs(section: &[u8]) -> Vec<u8> {
    let is_doc =
        |line: &&[u8]| line.starts_with(b"doc ") || line.starts_with(b"!doc ") || [&b"doc"[..], b"!doc"].contains(line);
    section.split(|&byte| byte == b'\n').filter(|line| !is_doc(line)).collect::<Vec<_>>().join(&b'\n')
}

/// Whether a layout is among those that R8 lists, which a host refuses that computes nothing anew. Records are read loosely.
fn is_listed(section: &[u8]) -> bool {
    let text = String::from_utf8_lossy(section);
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.trim_start_matches('!').split(' ').collect()).collect();
    let mut named: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for words in &lines {
        match words[..] {
            ["struct" | "union" | "tagged", name, size, align, ..] => {
                named.insert(name, (size.parse().unwrap_or(0), align.parse().unwrap_or(0)));
            }
            ["enum", name, int, ..] => {
                let size = Scalar::named(int).map_or(4, |int| int.size().into());
                named.insert(name, (size, size));
            }
            ["sig", name, ..] => drop(named.insert(name, (4, 4))),
            _ => {}
        }
    }
    fn layout(named: &BTreeMap<&str, (u64, u64)>, ty: &Type) -> (u64, u64) {
        match ty {
            Type::Scalar(scalar) => (scalar.size().into(), scalar.size().into()),
            Type::Slice { .. } | Type::Str { .. } => (8, 4),
            Type::Buffer { .. } => (12, 4),
            Type::Array { of, len } => {
                let (size, align) = layout(named, of);
                (size.saturating_mul((*len).into()), align)
            }
            Type::Named { name, .. } => named.get(name.as_str()).copied().unwrap_or((4, 4)),
            _ => (4, 4),
        }
    }
    lines.iter().any(|words| {
        let [kind @ ("struct" | "union" | "tagged"), name, _, _, members @ ..] = &words[..] else { return false };
        let (size, align) = named[name];
        let mut tag = 0;
        if let ("tagged", Some(int)) = (*kind, members.first()) {
            tag = Scalar::named(int).map_or(0, |int| int.size().into());
        }
        let members = members.iter().filter_map(|member| {
            let mut parts = member.splitn(3, ':').skip(1);
            let (at, ty) = (parts.next()?.parse::<u64>().ok()?, parts.next()?.parse::<Type>().ok()?);
            Some((at, layout(&named, &ty)))
        });
        let members: Vec<_> = members.collect();
        let wrong =
            ![1, 2, 4, 8].contains(&align) || size == 0 || size % align != 0 || size > (1 << 31) - 1 || align < tag;
        let mut end = tag;
        wrong
            || members.iter().any(|&(at, (bytes, of))| {
                let overlaps = at < if *kind == "struct" { std::mem::replace(&mut end, at + bytes) } else { tag };
                let elsewhere = *kind != "struct" && at != if *kind == "union" { 0 } else { members[0].0 };
                overlaps || elsewhere || at + bytes > size || of == 0 || at % of != 0 || of > align || bytes == 0
            })
    })
}

/// How often what was seen.
#[derive(Debug, Default)]
struct Counts {
    accepted: usize,
    refused: usize,
    /// Accepted by the host in JavaScript alone, which does not compute layouts anew.
    not_recomputed: usize,
    /// Accepted by it alone, since it does not look at docs.
    docs: usize,
    /// Records whose exports no module can have.
    not_linked: usize,
    /// Beyond SPEC's limits, where readers may differ.
    limits: usize,
}

/// Compares what a host offers, and names what is different in it.
fn compare(host: &str, offered: &Value, expected: &Value) -> Result<(), String> {
    if offered == expected {
        return Ok(());
    }
    match (offered, expected) {
        (Value::Object(offers), Value::Object(expects)) if offers.keys().eq(expects.keys()) => expects
            .iter()
            .try_for_each(|(name, expected)| compare(&format!("{host}, {name}"), &offered[name], expected)),
        (Value::Array(offers), Value::Array(expects)) => {
            let more: Vec<_> = offers.iter().filter(|of| !expects.contains(of)).collect();
            let less: Vec<_> = expects.iter().filter(|of| !offers.contains(of)).collect();
            Err(format!("{host}: has {more:?}, lacks {less:?}"))
        }
        _ => Err(format!("{host} is {offered}, not {expected}")),
    }
}

/// Compares what the three readers made of a section.
fn judge(section: &[u8], python: &Value, javascript: &Value, counts: &mut Counts) -> Result<(), String> {
    let rust = Module::from_section(section);
    match (&rust, python.get("offers")) {
        (Ok(module), Some(offers)) => {
            compare("Python", offers, &expect_python(module))?;
            counts.accepted += 1;
        }
        (Err(_), None) => counts.refused += 1,
        (Err(Error { rule: "limits", .. }), Some(_)) => counts.limits += 1,
        _ => return Err(format!("Rust: {:?}\nPython: {}", rust.err(), python["error"])),
    }
    let error = javascript["error"].as_str().unwrap_or_default();
    if error.starts_with("accident") {
        return Err(format!("JavaScript: {error}"));
    }
    let lean =
        if std::str::from_utf8(section).is_ok() { Module::from_section(&without_docs(section)) } else { rust.clone() };
    match (&lean, javascript.get("offers")) {
        (Ok(module), Some(offers)) => {
            let expected = expect_javascript(module);
            compare("JavaScript", &offered(module, offers, &expected), &expected)?;
            counts.docs += usize::from(rust.is_err());
        }
        (Ok(module), None) if rust.is_ok() => {
            if can_be_linked(module) {
                return Err(format!("JavaScript refuses: {error}"));
            }
            counts.not_linked += 1;
        }
        (Ok(_), None) => {}
        (Err(Error { rule: "limits", .. }), _) => {}
        (Err(refused), None) => {
            if error.contains("R9") && !is_claimed_twice(section) {
                return Err(format!("Rust: {refused}\nJavaScript, for the exports alone: {error}"));
            }
        }
        (Err(refused), Some(_)) => {
            if !refused.to_string().contains("C's layout rule says") || is_listed(section) {
                return Err(format!("Rust: {refused}\nJavaScript accepts"));
            }
            counts.not_recomputed += 1;
        }
    }
    Ok(())
}

/// The lines in which a section is another than its base.
fn changed(section: &[u8], base: &str) -> String {
    let text = String::from_utf8_lossy(section);
    let lines = text.lines().filter(|line| !base.lines().any(|of| of == *line));
    lines.map(|line| format!("  {line:?}\n")).collect()
}

fn setting(name: &str, otherwise: usize) -> usize {
    env::var(name).map_or(otherwise, |value| value.parse().unwrap_or_else(|_| panic!("{name}={value} is no number")))
}

/// A section and what it was made from. The first one is in order.
fn make(guest: &str, seed: usize, index: usize) -> (String, Vec<u8>) {
    let start = (index as u32).wrapping_mul(0x9E37_79B1) ^ (seed as u32).wrapping_mul(0x85EB_CA6B);
    let mut random = Random(start.max(1));
    // Those of near starts are alike at first.
    for _ in 0..8 {
        random.below(2);
    }
    match index {
        0 => (guest.to_owned(), guest.as_bytes().to_vec()),
        _ if index % 2 == 0 => {
            let base = mutants::excerpt(&mut random, guest);
            let section = mutants::mutate(&mut random, &base);
            (base, section)
        }
        _ => (String::new(), mutants::generate(&mut random)),
    }
}

#[test]
fn readers_agree_on_sections_that_were_changed() {
    if !have("node") || !have_python_module("wasmtime") {
        return;
    }
    let (count, seed) = (setting("LINMEM_MUTANTS", 3000), setting("LINMEM_SEED", 1));
    let guest = fs::read_to_string(root().join("abi/kit/guest.abi")).unwrap();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("mutants{seed}"));
    let (mut counts, mut wrong) = (Counts::default(), Vec::new());
    for first in (0..count).step_by(BATCH) {
        if first > 0 && first % (10 * BATCH) == 0 {
            println!("{first} of {count} sections: {counts:?}");
        }
        let indices = first..count.min(first + BATCH);
        let sections: Vec<_> = indices.map(|index| make(&guest, seed, index)).collect();
        let frames =
            sections.iter().flat_map(|(_, section)| [&(section.len() as u32).to_le_bytes()[..], section].concat());
        fs::write(&file, frames.collect::<Vec<u8>>()).unwrap();
        let python = start("python3", &["-B", "tests/readers/python.py"], &file);
        let javascript = start("node", &["tests/readers/javascript.mjs"], &file);
        let (python, javascript) = (said(python, sections.len()), said(javascript, sections.len()));
        for (index, ((base, section), (python, javascript))) in
            sections.iter().zip(python.iter().zip(&javascript)).enumerate()
        {
            if let Err(error) = judge(section, python, javascript, &mut counts) {
                wrong.push(format!("section {} of seed {seed}:\n{}{error}\n", first + index, changed(section, base)));
            }
        }
    }
    println!("{count} sections: {counts:?}");
    assert!(wrong.is_empty(), "{} of {count} sections:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
    assert!(counts.accepted * 10 > count && counts.refused * 10 > count, "{counts:?} of {count}");
}
