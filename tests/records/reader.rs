//! A reader of records, as short as SPEC lets it be: it refuses what SPEC says a host refuses, and tells the wasm
//! signature of each function.

use std::collections::{BTreeMap, BTreeSet};

/// What a section declares.
#[derive(Debug, Default)]
pub struct Module {
    types: BTreeMap<String, Type>,
    /// Parameters and result of each export, as wasm has them.
    pub exports: BTreeMap<String, (Vec<Wasm>, Option<Wasm>)>,
    /// The same of the imports, by module and name.
    pub imports: BTreeMap<(String, String), (Vec<Wasm>, Option<Wasm>)>,
    pub roles: BTreeMap<String, String>,
    pub drops: BTreeMap<String, String>,
    pub docs: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wasm {
    I32,
    I64,
    F32,
    F64,
}

#[derive(Clone, Debug)]
enum Type {
    /// Kind, size, align, and the offset and type of each member.
    Aggregate(Kind, u64, u64, Vec<(u64, String)>),
    Enum(String),
    Sig,
    Opaque,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Struct,
    Union,
    Tagged,
}

type Result<T> = std::result::Result<T, String>;

pub const KINDS: [&str; 13] =
    ["abi", "role", "struct", "union", "tagged", "enum", "sig", "opaque", "const", "fn", "import", "drop", "doc"];

/// Reads a section.
pub fn read(section: &str) -> Result<Module> {
    let lines: BTreeSet<&str> = section.lines().filter(|line| !line.is_empty()).collect();
    let (mut module, mut names, mut once) = (Module::default(), BTreeSet::new(), BTreeSet::new());
    let mut records = Vec::new();
    for line in lines {
        let must = line.starts_with('!');
        let words: Vec<&str> = line.strip_prefix('!').unwrap_or(line).split(' ').collect();
        if !KINDS.contains(&words[0]) {
            if must {
                return Err(format!("must be understood: {line}"));
            }
            continue;
        }
        let count = match words[0] {
            "abi" => 1,
            "import" => 3,
            _ => 2,
        };
        let Some(key) = words.get(..count) else { return Err(format!("cut short: {line}")) };
        let key = match words[0] {
            "abi" | "role" | "doc" | "import" => key.join(" "),
            _ => format!("name {}", words[1]),
        };
        if !once.insert(key.clone()) {
            return Err(format!("declared twice: {key}"));
        }
        if ["struct", "union", "tagged", "enum", "sig", "opaque"].contains(&words[0]) {
            names.insert(words[1]);
        }
        records.push(words);
    }
    if !once.contains("abi") {
        return Err("no abi".into());
    }
    for words in &records {
        module.record(words).map_err(|error| format!("{}: {error}", words.join(" ")))?;
    }
    for words in &records {
        module.check(words).map_err(|error| format!("{}: {error}", words.join(" ")))?;
    }
    Ok(module)
}

fn number(word: &str) -> Result<u64> {
    let canonical = word == "0" || (!word.starts_with('0') && word.bytes().all(|byte| byte.is_ascii_digit()));
    word.parse().ok().filter(|_| canonical).ok_or_else(|| format!("no number: {word:?}"))
}

/// `name:rest`.
fn member(word: &str) -> Result<(&str, &str)> {
    word.split_once(':').ok_or_else(|| format!("no `:` in {word:?}"))
}

fn scalar(name: &str) -> Option<(u64, Wasm)> {
    Some(match name {
        "bool" | "i8" | "u8" => (1, Wasm::I32),
        "i16" | "u16" => (2, Wasm::I32),
        "i32" | "u32" | "char" | "usize" | "isize" => (4, Wasm::I32),
        "i64" | "u64" => (8, Wasm::I64),
        "f32" => (4, Wasm::F32),
        "f64" => (8, Wasm::F64),
        _ => return None,
    })
}

impl Module {
    /// Takes what a record declares. Types may come later.
    fn record(&mut self, words: &[&str]) -> Result<()> {
        match words {
            ["abi", "1", "wasm32"] => {}
            ["role", role, export] => drop(self.roles.insert((*role).to_owned(), (*export).to_owned())),
            [kind @ ("struct" | "union"), name, size, align, fields @ ..] if !fields.is_empty() => {
                let kind = if *kind == "struct" { Kind::Struct } else { Kind::Union };
                let field = |word: &&str| {
                    let (offset, of) = member(member(word)?.1)?;
                    Ok((number(offset)?, of.to_owned()))
                };
                let fields = fields.iter().map(field).collect::<Result<_>>()?;
                self.declare(name, Type::Aggregate(kind, number(size)?, number(align)?, fields))?;
            }
            ["tagged", name, size, align, int, cases @ ..] if !cases.is_empty() => {
                let mut fields = vec![(0, (*int).to_owned())];
                for case in cases {
                    if let Some((_, payload)) = case.split_once(':') {
                        let (offset, of) = member(payload)?;
                        fields.push((number(offset)?, of.to_owned()));
                    }
                }
                self.declare(name, Type::Aggregate(Kind::Tagged, number(size)?, number(align)?, fields))?;
            }
            ["enum", name, int, _, ..] => self.declare(name, Type::Enum((*int).to_owned()))?,
            ["sig", name, ..] => self.declare(name, Type::Sig)?,
            ["opaque", name] => self.declare(name, Type::Opaque)?,
            ["drop", export, of] => {
                if let Some(other) = self.drops.insert((*of).to_owned(), (*export).to_owned()) {
                    return Err(format!("dropped by {other} too"));
                }
            }
            ["doc", subject, text @ ..] => drop(self.docs.insert((*subject).to_owned(), text.join(" "))),
            ["const", _, _, _, ..] | ["fn", _, ..] | ["import", _, _, ..] => {}
            _ => return Err("matches no rule".into()),
        }
        Ok(())
    }

    fn declare(&mut self, name: &str, of: Type) -> Result<()> {
        if scalar(name).is_some() || ["str", "cstr", "status"].contains(&name) {
            return Err("named as a built-in type".into());
        }
        self.types.insert(name.to_owned(), of);
        Ok(())
    }

    /// Checks a record against the types.
    fn check(&mut self, words: &[&str]) -> Result<()> {
        let members = match words[0] {
            "struct" | "union" => &words[4..],
            "tagged" => &words[5..],
            "enum" => &words[3..],
            "sig" | "fn" => &words[2..],
            "import" => &words[3..],
            _ => &[],
        };
        let mut seen = BTreeSet::new();
        for word in members.iter().take_while(|word| **word != "->") {
            let name = word.split([':', '=']).next().unwrap();
            if !seen.insert(name) {
                return Err(format!("two members {name}"));
            }
        }
        match words {
            ["struct" | "union", name, ..] => self.check_aggregate(name),
            ["tagged", name, _, _, int, cases @ ..] => {
                Self::check_cases(int, cases)?;
                self.check_aggregate(name)
            }
            ["enum", _, int, cases @ ..] => Self::check_cases(int, cases),
            ["const", _, of, value] if *of != "str" => Self::check_value(of, value).map(drop),
            ["sig", _, rest @ ..] => self.signature(rest).map(drop),
            ["fn", name, rest @ ..] => {
                let signature = self.signature(rest)?;
                self.exports.insert((*name).to_owned(), signature);
                Ok(())
            }
            ["import", module, name, rest @ ..] => {
                let signature = self.signature(rest)?;
                self.imports.insert(((*module).to_owned(), (*name).to_owned()), signature);
                Ok(())
            }
            ["drop", export, of] => {
                if !of.starts_with('^') {
                    return Err("drops what is not owned".into());
                }
                let wasm = self.param(of)?;
                self.exports.insert((*export).to_owned(), (wasm, None));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn check_cases(int: &str, cases: &[&str]) -> Result<()> {
        let mut values = BTreeSet::new();
        for case in cases {
            let value = case.split_once('=').ok_or("no value")?.1.split(':').next().unwrap();
            if !values.insert(Self::check_value(int, value)?) {
                return Err(format!("{value} is there twice"));
            }
        }
        Ok(())
    }

    /// Checks that a number, or the bits of a float, fit a type.
    fn check_value(of: &str, value: &str) -> Result<i128> {
        let bits = 8 * if of == "status" { 4 } else { scalar(of).ok_or("no number")?.0 };
        let (least, end) = match of {
            "status" => (16, 1 << 31),
            "bool" => (0, 2),
            "char" => (0, 0x11_0000),
            _ if of.starts_with('i') => (-(1 << (bits - 1)), 1 << (bits - 1)),
            _ => (0, 1 << bits),
        };
        let number = match value.strip_prefix("0x") {
            Some(digits) => i128::from_str_radix(digits, 16),
            None => value.parse(),
        };
        let number = number.map_err(|_| format!("no number: {value}"))?;
        if !(least..end).contains(&number) || (of == "char" && (0xd800..0xe000).contains(&number)) {
            return Err(format!("{value} does not fit {of}"));
        }
        Ok(number)
    }

    /// Checks layouts by C's rule, from the inside out.
    fn check_aggregate(&self, name: &str) -> Result<()> {
        let Type::Aggregate(kind, size, align, fields) = &self.types[name] else { unreachable!("an aggregate") };
        let (mut end, mut most) = (0, 1);
        // All payloads of a tagged enumeration lie where the union of them does.
        let layouts = fields.iter().map(|(_, of)| self.layout(of, 0)).collect::<Result<Vec<_>>>()?;
        let payload = layouts.iter().skip(1).map(|layout| layout.1).max().unwrap_or(1);
        for (index, ((offset, of), layout)) in fields.iter().zip(layouts).enumerate() {
            let expected = match kind {
                Kind::Struct => u64::next_multiple_of(end, layout.1),
                Kind::Tagged if index > 0 => self.layout(&fields[0].1, 0)?.0.next_multiple_of(payload),
                _ => 0,
            };
            if *offset != expected || (*kind == Kind::Union && self.owns(of)) {
                return Err(format!("{of} at {offset}"));
            }
            end = end.max(offset + layout.0);
            most = most.max(layout.1);
        }
        // The union of the payloads is padded to its own align first.
        let end = if *kind == Kind::Tagged { end.next_multiple_of(payload) } else { end };
        if (*size, *align) == (end.next_multiple_of(most), most) && *size < 1 << 31 {
            Ok(())
        } else {
            Err(format!("size {size}, align {align}"))
        }
    }

    /// Whether a value of a type whose layout was looked at owns something.
    fn owns(&self, of: &str) -> bool {
        let leaf = of.rsplit(']').next().unwrap();
        match self.types.get(leaf) {
            Some(Type::Aggregate(_, _, _, fields)) if !of.contains(['*', '+']) && !of.contains("[]") => {
                fields.iter().any(|(_, of)| self.owns(of))
            }
            _ => of.contains('^') || of.contains('+'),
        }
    }

    /// Size and align of a type that lies in memory.
    fn layout(&self, of: &str, depth: usize) -> Result<(u64, u64)> {
        if depth > 32 {
            return Err(format!("{of} contains itself"));
        }
        if of.trim_start_matches(['?', '^', '~']).starts_with(['*', '[']) {
            let (marks, rest) = of.split_at(of.find(['*', '[']).unwrap());
            if !["", "?", "^", "~", "?^", "?~"].contains(&marks) || (marks.starts_with('?') && rest.starts_with('[')) {
                return Err(format!("{of} is no type"));
            }
            if let Some(inner) = rest.strip_prefix('*') {
                let opaque = matches!(self.types.get(inner), Some(Type::Opaque));
                return if opaque || self.known(inner, depth).is_some() {
                    Ok((4, 4))
                } else {
                    Err(format!("no type {inner}"))
                };
            }
            let (count, inner) = rest[1..].split_once(']').ok_or("no `]`")?;
            return match count {
                "" | "+" if self.known(inner, depth).is_some() && (count != "+" || marks.is_empty()) => {
                    Ok((if count == "+" { 12 } else { 8 }, 4))
                }
                "" | "+" => Err(format!("{of} is no type")),
                count if marks.is_empty() => {
                    let (size, align) = self.layout(inner, depth + 1)?;
                    let size = size.checked_mul(number(count)?).filter(|size| (1..1 << 31).contains(size));
                    Ok((size.ok_or("no size")?, align))
                }
                _ => Err(format!("{of} is no type")),
            };
        }
        if ["str", "^str"].contains(&of) {
            return Ok((8, 4));
        }
        if ["cstr", "^cstr", "?cstr", "?^cstr"].contains(&of) {
            return Ok((4, 4));
        }
        if let Some((size, _)) = scalar(of) {
            return Ok((size, size));
        }
        let name = of.strip_prefix('?').unwrap_or(of);
        match self.types.get(name) {
            Some(Type::Sig) => Ok((4, 4)),
            _ if name != of => Err(format!("{of} is no type")),
            Some(Type::Enum(int)) if int != "status" => self.layout(int, depth),
            Some(Type::Aggregate(_, size, align, fields)) => {
                for (_, of) in fields {
                    self.layout(of, depth + 1)?;
                }
                Ok((*size, *align))
            }
            _ => Err(format!("{of} has no layout")),
        }
    }

    /// The size of a type that is there, for behind a pointer: the layout of a name is looked at where it is declared.
    fn known(&self, of: &str, depth: usize) -> Option<u64> {
        if let Some(Type::Aggregate(_, size, ..)) = self.types.get(of) {
            return Some(*size);
        }
        let array = of.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        match array.and_then(|(count, inner)| Some((number(count).ok()?, inner))) {
            Some((count, inner)) if depth <= 32 => {
                self.known(inner, depth + 1)?.checked_mul(count).filter(|size| (1..1 << 31).contains(size))
            }
            _ => self.layout(of, depth + 1).ok().map(|(size, _)| size),
        }
    }

    /// How a parameter travels.
    fn param(&self, of: &str) -> Result<Vec<Wasm>> {
        if let Some(out) = of.strip_prefix('>') {
            self.layout(out, 0)?;
            return Ok(vec![Wasm::I32]);
        }
        self.layout(of, 0)?;
        let plain = of.trim_start_matches(['^', '~']);
        if plain == "str" || plain.starts_with("[]") {
            return Ok(vec![Wasm::I32; 2]);
        }
        self.value(of).map(|wasm| vec![wasm])
    }

    /// How a value travels on its own.
    fn value(&self, of: &str) -> Result<Wasm> {
        self.layout(of, 0)?;
        let plain = of.trim_start_matches(['?', '^', '~']);
        if plain.starts_with('*') || plain == "cstr" {
            return Ok(Wasm::I32);
        }
        match self.types.get(of.trim_start_matches('?')) {
            Some(Type::Sig) => Ok(Wasm::I32),
            Some(Type::Enum(int)) => Ok(scalar(int).ok_or("no integer")?.1),
            _ => scalar(of).map(|(_, wasm)| wasm).ok_or_else(|| format!("{of} does not travel in a call")),
        }
    }

    fn signature(&self, words: &[&str]) -> Result<(Vec<Wasm>, Option<Wasm>)> {
        let (params, result) = match words {
            [params @ .., "->", result] => (params, Some(*result)),
            params => (params, None),
        };
        let param = |word: &&str| self.param(member(word)?.1);
        let wasm = params.iter().map(param).collect::<Result<Vec<_>>>()?.concat();
        let status =
            |of: &str| of == "status" || matches!(self.types.get(of), Some(Type::Enum(int)) if int == "status");
        let result = result.map(|of| if status(of) { Ok(Wasm::I32) } else { self.value(of) }).transpose()?;
        Ok((wasm, result))
    }
}
