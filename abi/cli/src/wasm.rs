//! What the tool asks of a module itself: exports and imports with their types, sizes of sections and functions.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use wasmparser::{
    BinaryReaderError, CompositeInnerType, ExternalKind, FunctionBody, KnownCustom, MemoryType, Name, Parser, Payload,
    TypeRef, ValType, Validator, WasmFeatures,
};

/// The name of the custom section that holds the records.
pub const SECTION: &str = "linmem.abi";

/// A module, as far as it was looked at.
#[derive(Default)]
pub struct Wasm {
    pub size: usize,
    /// Each section with its framing, in the order of the module.
    pub sections: Vec<Section>,
    /// The bodies, in the order of the module.
    pub functions: Vec<Function>,
    pub exports: Vec<(String, Extern)>,
    /// Their places, by name.
    names: HashMap<String, usize>,
    pub imports: Vec<(String, String, Extern)>,
    pub memories: Vec<MemoryType>,
    /// The bytes of all sections of records; none if there is none.
    pub records: Option<Vec<u8>>,
}

pub struct Section {
    pub name: String,
    pub start: usize,
    pub end: usize,
}

pub struct Function {
    /// From the name section; else of an export. None if `strip = true` left none.
    pub name: Option<String>,
    /// Its index in the module, where imported functions come first.
    pub index: usize,
    /// Tells it from others that have no name: see [`likeness`].
    pub likeness: u32,
    pub size: usize,
}

/// What is exported or imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extern {
    Function(Signature),
    Table,
    Memory,
    Global,
    Tag,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    pub params: Vec<ValType>,
    pub results: Vec<ValType>,
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |types: &[ValType]| types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        write!(f, "({})", list(&self.params))?;
        match &self.results[..] {
            [] => Ok(()),
            [one] => write!(f, " -> {one}"),
            several => write!(f, " -> ({})", list(several)),
        }
    }
}

impl fmt::Display for Extern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Function(signature) => write!(f, "function {signature}"),
            Self::Table => f.write_str("table"),
            Self::Memory => f.write_str("memory"),
            Self::Global => f.write_str("global"),
            Self::Tag => f.write_str("tag"),
        }
    }
}

/// The sections by their ids, but for custom ones.
const NAMES: [&str; 14] = [
    "custom",
    "type",
    "import",
    "function",
    "table",
    "memory",
    "global",
    "export",
    "start",
    "element",
    "code",
    "data",
    "data count",
    "tag",
];

/// Whether these are the first bytes of a module, or meant to be.
pub fn is_wasm(bytes: &[u8]) -> bool {
    bytes.first() == Some(&0)
}

impl Wasm {
    /// Reads a module, and validates it.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        if !is_wasm(bytes) {
            return Err("no wasm module".into());
        }
        // Some messages have several lines.
        let say = |error: BinaryReaderError| error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        Validator::new_with_features(WasmFeatures::all()).validate_all(bytes).map_err(say)?;
        Self::parse(bytes).map_err(say)
    }

    fn parse(bytes: &[u8]) -> wasmparser::Result<Self> {
        let mut wasm = Self { size: bytes.len(), ..Self::default() };
        wasm.sections.push(Section { name: "preamble".into(), start: 0, end: 8 });
        let (mut types, mut functions, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
        let (mut exports, mut names) = (Vec::new(), BTreeMap::new());
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            if let Some((id, range)) = payload.as_section() {
                let name = match &payload {
                    Payload::CustomSection(section) => format!("custom {}", section.name()),
                    _ => NAMES.get(usize::from(id)).map_or_else(|| format!("section {id}"), ToString::to_string),
                };
                let start = wasm.sections.last().map_or(0, |section| section.end);
                wasm.sections.push(Section { name, start, end: range.end as usize });
            }
            match payload {
                Payload::TypeSection(reader) => {
                    for group in reader {
                        types.extend(group?.into_types().map(|of| match of.composite_type.inner {
                            CompositeInnerType::Func(of) => {
                                Signature { params: of.params().to_vec(), results: of.results().to_vec() }
                            }
                            _ => Signature::default(),
                        }));
                    }
                }
                Payload::ImportSection(reader) => {
                    for import in reader.into_imports() {
                        let import = import?;
                        let of = match import.ty {
                            TypeRef::Func(index) | TypeRef::FuncExact(index) => {
                                functions.push(index);
                                Extern::Function(types[index as usize].clone())
                            }
                            TypeRef::Table(_) => Extern::Table,
                            TypeRef::Memory(_) => Extern::Memory,
                            TypeRef::Global(_) => Extern::Global,
                            TypeRef::Tag(_) => Extern::Tag,
                        };
                        wasm.imports.push((import.module.to_owned(), import.name.to_owned(), of));
                    }
                }
                Payload::FunctionSection(reader) => {
                    for index in reader {
                        functions.push(index?);
                    }
                }
                Payload::MemorySection(reader) => {
                    for memory in reader {
                        wasm.memories.push(memory?);
                    }
                }
                Payload::ExportSection(reader) => {
                    for export in reader {
                        exports.push(export?);
                    }
                }
                Payload::CodeSectionEntry(body) => bodies.push((likeness(&body)?, body.range())),
                Payload::CustomSection(section) => {
                    if section.name() == SECTION {
                        wasm.records.get_or_insert_default().extend(section.data());
                    }
                    if let KnownCustom::Name(section) = section.as_known() {
                        read_names(section, &mut names);
                    }
                }
                _ => {}
            }
        }
        let imported = functions.len() - bodies.len();
        for export in exports {
            let of = match export.kind {
                ExternalKind::Func | ExternalKind::FuncExact => {
                    names.entry(export.index).or_insert_with(|| export.name.to_owned());
                    Extern::Function(types[functions[export.index as usize] as usize].clone())
                }
                ExternalKind::Table => Extern::Table,
                ExternalKind::Memory => Extern::Memory,
                ExternalKind::Global => Extern::Global,
                ExternalKind::Tag => Extern::Tag,
            };
            wasm.names.insert(export.name.to_owned(), wasm.exports.len());
            wasm.exports.push((export.name.to_owned(), of));
        }
        for (index, (likeness, body)) in bodies.into_iter().enumerate() {
            let index = index + imported;
            let name = names.get(&(index as u32)).map(|name| demangle(name));
            wasm.functions.push(Function { name, index, likeness, size: (body.end - body.start) as usize });
        }
        Ok(wasm)
    }

    /// The bytes of the module, which this was read from, but for the sections of records.
    pub fn without_records(&self, bytes: &[u8]) -> Vec<u8> {
        let kept = self.sections.iter().filter(|section| section.name != format!("custom {SECTION}"));
        kept.flat_map(|section| &bytes[section.start..section.end]).copied().collect()
    }

    pub fn export(&self, name: &str) -> Option<&Extern> {
        self.names.get(name).map(|&place| &self.exports[place].1)
    }
}

/// A name as it stands in the source: without the hash that changes from one compiler to the next.
fn demangle(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}

/// A hash of what a body does, without what changes when something else in the module does: no index of a function, type
/// or global, no constant, no offset. Bodies that are alike have the same one.
fn likeness(body: &FunctionBody<'_>) -> wasmparser::Result<u32> {
    let (bytes, start) = (body.as_bytes(), body.range().start);
    let mut operators = body.get_operators_reader()?;
    let at = |position: u64| (position - start) as usize;
    let mut hash = Fnv::default();
    hash.all(&bytes[..at(operators.original_position())]);
    while !operators.eof() {
        let from = at(operators.original_position());
        operators.read()?;
        let operator = &bytes[from..at(operators.original_position())];
        let kept = match operator {
            // `br`, `br_if`; `local.get`, `local.set`, `local.tee`.
            [0x0c | 0x0d | 0x20..=0x22, ..] => operator,
            // One of many operators: which one says the number after the first byte.
            [0xfb..=0xff, rest @ ..] => {
                let last = rest.iter().position(|byte| byte & 0x80 == 0).map_or(rest.len(), |last| last + 1);
                &operator[..=last]
            }
            _ => &operator[..1],
        };
        hash.all(kept);
    }
    Ok((hash.0 >> 32 ^ hash.0) as u32)
}

/// The hash FNV-1a, which is the same everywhere: budgets hold it.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn all(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// The names of functions. A broken name section breaks nothing: it names nothing further.
fn read_names(section: wasmparser::NameSectionReader<'_>, names: &mut BTreeMap<u32, String>) {
    for name in section.into_iter().map_while(Result::ok) {
        if let Name::Function(functions) = name {
            names.extend(functions.into_iter().map_while(Result::ok).map(|of| (of.index, of.name.to_owned())));
        }
    }
}
