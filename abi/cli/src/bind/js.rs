//! JavaScript: a module of its own, which loads the guest and needs no records. What `load` returns is as that of abi/js.
//!
//! What does not depend on the guest are pieces of `js/prelude.js`, of which those are written that are used.

mod functions;
mod imports;
mod surface;
mod types;

use super::ts::{is_big, property, quoted};
use super::{Names, comment};
use crate::text::doc;
use linmem_host::{Const, Decl, Literal, Module, Scalar, Type};
use std::collections::{BTreeMap, BTreeSet};

const PRELUDE: &str = include_str!("js/prelude.js");

/// Words that no constant, class or parameter is called.
const RESERVED: &str = "arguments await break case catch class const continue debugger default delete do else enum eval \
    export extends false finally for function if implements import in instanceof interface let new null package private \
    protected public return static super switch this throw true try typeof var void while with yield undefined NaN Infinity \
    Array ArrayBuffer BigInt Error Number Object String Symbol TextDecoder TextEncoder Uint8Array Uint8ClampedArray Int8Array Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array URL WebAssembly fetch \
    load source imports raw memory busy second m f k i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 bool char";

/// Words that the code of classes uses, so that no class is called so.
const LOCALS: &str = "elem error index list p result returned root type value values write";

/// Numbers: name, array, size, shift.
const NUMBERS: [(&str, &str, u32, u32); 10] = [
    ("i8", "Int8Array", 1, 0),
    ("u8", "Uint8Array", 1, 0),
    ("i16", "Int16Array", 2, 1),
    ("u16", "Uint16Array", 2, 1),
    ("i32", "Int32Array", 4, 2),
    ("u32", "Uint32Array", 4, 2),
    ("i64", "BigInt64Array", 8, 3),
    ("u64", "BigUint64Array", 8, 3),
    ("f32", "Float32Array", 4, 2),
    ("f64", "Float64Array", 8, 3),
];

struct Writer<'a> {
    module: &'a Module,
    /// What each type is called: the class, or the object of an enumeration.
    names: BTreeMap<&'a str, String>,
    /// No parameter has one of these names.
    taken: String,
    /// What the module needs, as far as it was found out, and as it was known before.
    flags: BTreeSet<&'static str>,
    known: BTreeSet<&'static str>,
    /// By the text of a type: what it is called, for its codec and for what frees it.
    codecs: BTreeMap<String, String>,
    releases: BTreeMap<String, String>,
    /// What they are, in the order in which each needs those before it.
    made: String,
    made_last: String,
    freed: String,
}

pub fn write(module: &Module) -> String {
    // What is written depends on what all of the module needs, which is known when all is written.
    let mut known = BTreeSet::new();
    loop {
        let (code, flags) = attempt(module, &known);
        if flags == known {
            return code;
        }
        known = flags;
    }
}

fn attempt(module: &Module, known: &BTreeSet<&'static str>) -> (String, BTreeSet<&'static str>) {
    let mut words: BTreeSet<&str> = RESERVED.split_whitespace().collect();
    words.extend(PRELUDE.split("\n\n").filter_map(|piece| declared(piece)));
    let reserved = words.into_iter().collect::<Vec<_>>().join(" ");
    let mut taken = Names::new(&format!("{reserved} {LOCALS}"));
    let names: BTreeMap<&str, String> =
        module.types().keys().map(|name| (name.as_str(), claim(&mut taken, name))).collect();
    let mut writer = Writer {
        module,
        taken: format!("{reserved} {}", names.values().cloned().collect::<Vec<_>>().join(" ")),
        names,
        flags: known.clone(),
        known: known.clone(),
        codecs: BTreeMap::new(),
        releases: BTreeMap::new(),
        made: String::new(),
        made_last: String::new(),
        freed: String::new(),
    };
    let imports = writer.imports();
    let functions = writer.functions();
    let types: String = module.types().iter().map(|(name, decl)| writer.decl(name, decl)).collect();
    let host = writer.host();
    let consts: String = module
        .consts()
        .iter()
        .map(|(name, of)| format!("{}    {}: {},\n", comment("    ", doc(module, name)), key(name), literal(of)))
        .collect();
    let classes: String = module
        .types()
        .iter()
        .filter(|(_, decl)| !matches!(decl, Decl::Sig(_)))
        .map(|(name, _)| match &writer.names[name.as_str()] {
            ours if ours == property(name) && name != "__proto__" => format!("    {name},\n"),
            ours => format!("    {}: {ours},\n", key(property(name))),
        })
        .collect();
    let exports = writer.exports();
    let Writer { flags, made, made_last, freed, .. } = writer;

    let before = "\n  const raw = (source.instance ?? source).exports\n  const { memory = fail('memory') } = raw\n";
    let body = format!(
        "{exports}\n{freed}{types}{made}{made_last}\n  const m = {{\n    __proto__: {{\n      __proto__: null,\n      raw,\n{host}    }},\n{consts}{classes}  }}\n\
         {functions}  if (raw._initialize) found('_initialize', 0)()\n  return Object.freeze(m)\n}}\n"
    );
    let args = most_params(module);
    let pieces = pieces(&expand(PRELUDE, &flags).replace("ARGS", &args), &format!("{imports}{body}"));
    let code = "// Written by `linmem bind --lang js` from a module's records; not to be edited.\n\n\
     export const load = async (source, imports) => {\n  let busy = 0\n  let second\n\n"
        .to_owned()
        + &pieces
        + "\n  source = await source\n  if (source instanceof URL) source = await fetch(source)\n  \
           if (source.ok === false) fail(`${source.url}: ${source.status}`)\n  \
           if (source.arrayBuffer) source = await source.arrayBuffer()\n"
        + &imports
        + before
        + &body;
    (code, flags)
}

/// A name for a type or parameter. What is written beside them has a `$` behind a letter and a number.
fn claim(taken: &mut Names, name: &str) -> String {
    let digits = name.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let is_local = digits.bytes().all(|byte| byte.is_ascii_digit());
    let head = &name[..name.len() - digits.len()];
    if is_local && ["a", "b", "host", "n", "o", "p", "r", "t"].contains(&head) {
        return taken.claim(&format!("{name}_"));
    }
    taken.claim(name)
}

/// The parameters of the function of most parameters: three at least, which `free` has.
fn most_params(module: &Module) -> String {
    let sigs = module.types().values().filter_map(|decl| if let Decl::Sig(of) = decl { Some(of) } else { None });
    let count = module.fns().values().chain(sigs).map(|of| module.wasm(of).0.len()).max();
    let count = count.unwrap_or_default().max(3);
    (0..count).map(letters).collect::<Vec<_>>().join(", ")
}

/// a, b, .. z, then a1, b1, ..: `do` and its like are none of them.
fn letters(index: usize) -> String {
    let letter = char::from(b'a' + (index % 26) as u8);
    if index < 26 { letter.into() } else { format!("{letter}{}", index / 26) }
}

/// The name that a piece declares.
fn declared(piece: &str) -> Option<&str> {
    let lines = piece
        .lines()
        .map(|line| line.strip_prefix("/*?").and_then(|line| line.split_once("*/")).map_or(line, |(_, line)| line));
    let mut found = lines.filter_map(|line| line.strip_prefix("const ").or(line.strip_prefix("class ")));
    found.next()?.split(' ').next()
}

/// The pieces that a text uses, and those that they use, in their order.
fn pieces(prelude: &str, text: &str) -> String {
    let numbers: Vec<String> = NUMBERS
        .iter()
        .map(|(name, array, size, shift)| {
            let float = if name.starts_with('f') { ", 1" } else { "" };
            format!("const {name} = number({array}, {size}, {shift}{float})")
        })
        .collect();
    let mut all: Vec<(&str, &str)> = Vec::new();
    for piece in prelude.split("\n\n") {
        let Some(name) = declared(piece) else { continue };
        if name == "plain" {
            all.extend(numbers.iter().map(|piece| (piece[6..].split(' ').next().unwrap_or_default(), piece.as_str())));
        }
        all.push((name, piece.trim_matches('\n')));
    }
    let mut used: BTreeSet<&str> = identifiers(text);
    loop {
        let more: BTreeSet<&str> = all
            .iter()
            .filter(|(name, _)| used.contains(name))
            .flat_map(|(_, piece)| identifiers(piece))
            .filter(|word| !used.contains(word))
            .collect();
        if more.is_empty() {
            break;
        }
        used.extend(more);
    }
    let indent = |piece: &str| -> String { piece.lines().map(|line| format!("  {line}\n")).collect() };
    let chosen: Vec<String> =
        all.iter().filter(|(name, _)| used.contains(name)).map(|(_, piece)| indent(piece)).collect();
    chosen.concat()
}

/// The words of code that may be names of pieces: no properties, and nothing of comments and strings.
fn identifiers(code: &str) -> BTreeSet<&str> {
    let mut words = BTreeSet::new();
    let mut rest = code;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let skip = |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
        let size = if rest.starts_with("/*") {
            skip("*/", 2)
        } else if rest.starts_with("//") {
            skip("\n", 2)
        } else if first == '\'' {
            let mut end = 1;
            while let Some(c) = rest[end..].chars().next() {
                end += c.len_utf8() + usize::from(c == '\\');
                if c == '\'' {
                    break;
                }
            }
            end.min(rest.len())
        } else if is_word(first) {
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let is_key = rest[end..].starts_with(": ")
                || rest[end..].starts_with("() {")
                || rest[end..].starts_with("(value) {");
            if (before != '.' || code[..code.len() - rest.len()].ends_with("...")) && !is_key {
                words.insert(&rest[..end]);
            }
            end
        } else {
            first.len_utf8()
        };
        before = first;
        rest = &rest[size..];
    }
    words
}

/// Chooses between `/*?word*/ .. /*:*/ .. /*;*/`, which do not nest.
fn expand(text: &str, flags: &BTreeSet<&str>) -> String {
    let mut parts = text.split("/*?");
    let mut code = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (word, rest) = part.split_once("*/").expect("a word ends");
        let (choice, rest) = rest.split_once("/*;*/").expect("a choice ends");
        let (yes, no) = choice.split_once("/*:*/").unwrap_or((choice, ""));
        let chosen = if flags.contains(word) { yes } else { no };
        // What stands in a line of its own leaves none.
        if code.ends_with("  ") && (chosen.is_empty() || chosen.ends_with('\n')) {
            code += chosen.trim_start_matches(' ');
        } else {
            code += chosen;
        }
        code += rest;
    }
    code
}

/// A key of an object: `__proto__: x` would be its prototype.
fn key(name: &str) -> String {
    if name == "__proto__" { "['__proto__']".into() } else { name.into() }
}

/// The number that a scalar lies in memory as.
fn number(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "u8",
        Scalar::Char | Scalar::Usize => "u32",
        Scalar::Isize => "i32",
        other => other.name(),
    }
}

fn integer(scalar: Scalar, value: i128) -> String {
    format!("{value}{}", if is_big(scalar) { "n" } else { "" })
}

fn literal(of: &Const) -> String {
    match (&of.value, &of.ty) {
        (Literal::Int(value), Type::Scalar(Scalar::Bool)) => (*value != 0).to_string(),
        (Literal::Int(value), Type::Scalar(Scalar::Char)) => {
            format!("'\\u{{{value:x}}}'")
        }
        (Literal::Int(value), Type::Scalar(scalar)) => integer(*scalar, *value),
        (Literal::Bits(bits), Type::Scalar(Scalar::F32)) => float(f32::from_bits(*bits as u32).into()),
        (Literal::Bits(bits), _) => float(f64::from_bits(*bits)),
        (Literal::Text(text), _) => {
            let escape = |c: char| match c {
                '\'' | '\\' => format!("\\{c}"),
                '\n' => "\\n".into(),
                // Line ends in old JavaScript, and what is not seen.
                c if c.is_control() || ('\u{2028}'..='\u{202e}').contains(&c) => format!("\\u{{{:x}}}", u32::from(c)),
                c => c.into(),
            };
            format!("'{}'", text.chars().map(escape).collect::<String>())
        }
        (Literal::Int(value), _) => value.to_string(),
    }
}

fn float(value: f64) -> String {
    if value.is_nan() {
        "NaN".into()
    } else if value.is_infinite() {
        format!("{}Infinity", if value < 0.0 { "-" } else { "" })
    } else {
        format!("{value:?}")
    }
}
