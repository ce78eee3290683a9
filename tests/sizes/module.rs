//! What a test asks of a wasm module: the sizes of its sections, the names of its functions, its data.

use std::collections::BTreeMap;
use std::ops::{Index, Sub};
use wasmparser::{ExternalKind, FunctionBody, KnownCustom, Name, Operator, Parser, Payload};

/// The parts of a module in the order of the file; `custom` is where it falls. `preamble` is the magic and the version.
pub const SECTIONS: [&str; 12] = [
    "preamble", "type", "import", "function", "table", "memory", "global", "export", "element", "code", "data",
    "custom",
];

/// Bytes of each part of a module, framing included, or how many they are more than another's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sizes([i64; SECTIONS.len()]);

impl Sizes {
    /// Measures a module.
    pub fn of(module: &[u8]) -> Self {
        let mut sizes = [0; SECTIONS.len()];
        let mut end = 8;
        sizes[0] = 8;
        for payload in payloads(module) {
            let Some((id, range)) = payload.as_section() else { continue };
            let section = match id {
                0 => SECTIONS.len() - 1,
                1..=7 => id as usize,
                9..=11 => id as usize - 1,
                // The number of data segments.
                12 => 10,
                other => panic!("section {other} is in no column"),
            };
            sizes[section] += (range.end - end) as i64;
            end = range.end;
        }
        assert_eq!(end, module.len() as u64, "the sections are the module");
        Self(sizes)
    }

    /// Reads the numbers of all sections, in the order of [`SECTIONS`].
    pub fn parse(numbers: &[i64]) -> Self {
        Self(numbers.try_into().expect("a number for each section"))
    }

    pub fn total(self) -> i64 {
        self.0.iter().sum()
    }

    /// The sections by name, with their bytes.
    pub fn iter(self) -> impl Iterator<Item = (&'static str, i64)> {
        SECTIONS.into_iter().zip(self.0)
    }
}

impl Index<&str> for Sizes {
    type Output = i64;

    fn index(&self, section: &str) -> &i64 {
        &self.0[SECTIONS.iter().position(|&name| name == section).expect("a section's name")]
    }
}

impl Sub for Sizes {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(std::array::from_fn(|section| self.0[section] - other.0[section]))
    }
}

fn payloads(module: &[u8]) -> impl Iterator<Item = Payload<'_>> {
    Parser::new(0).parse_all(module).map(|payload| payload.expect("the module is well formed"))
}

/// The module without its custom sections: the assembler puts the names of the text into one.
pub fn without_custom_sections(module: &[u8]) -> Vec<u8> {
    let mut rest = module[..8].to_vec();
    let mut end = 8;
    for (id, range) in payloads(module).filter_map(|payload| payload.as_section()) {
        if id != 0 {
            rest.extend(&module[end as usize..range.end as usize]);
        }
        end = range.end;
    }
    rest
}

/// Bytes of the globals that a module exports: their section, and their entries among the exports.
///
/// rustc exports `__heap_base` and `__data_end` from every module. Needs that no other global is there.
pub fn exported_globals_size(module: &[u8]) -> i64 {
    let entries = payloads(module).filter_map(|payload| match payload {
        Payload::ExportSection(exports) => Some(exports),
        _ => None,
    });
    let entries = entries.flatten().map(Result::unwrap).filter(|export| export.kind == ExternalKind::Global);
    // Each has the length of the name, the name, the kind and the index.
    entries.map(|export| 3 + export.name.len() as i64).sum::<i64>() + Sizes::of(module)["global"]
}

/// The functions of a module that keeps its names, and for each whether it does nothing but trap.
pub fn functions(module: &[u8]) -> Vec<(String, bool)> {
    let mut names = BTreeMap::new();
    let mut imported = 0;
    let mut bodies = Vec::new();
    for payload in payloads(module) {
        match payload {
            Payload::ImportSection(imports) => {
                imported = imports
                    .into_imports()
                    .filter(|import| matches!(import.as_ref().unwrap().ty, wasmparser::TypeRef::Func(_)))
                    .count();
            }
            Payload::CodeSectionEntry(body) => bodies.push(only_traps(&body)),
            Payload::CustomSection(section) => {
                let KnownCustom::Name(section) = section.as_known() else { continue };
                for name in section.into_iter().map(Result::unwrap) {
                    if let Name::Function(functions) = name {
                        for naming in functions.into_iter().map(Result::unwrap) {
                            names.insert(naming.index as usize, naming.name.to_owned());
                        }
                    }
                }
            }
            _ => {}
        }
    }
    assert!(!bodies.is_empty(), "the module has functions");
    let name = |index| names.get(&(imported + index)).unwrap_or_else(|| panic!("function {index} has no name")).clone();
    bodies.into_iter().enumerate().map(|(index, only_traps)| (name(index), only_traps)).collect()
}

/// Whether a function ends in a trap, and only calls others before.
fn only_traps(body: &FunctionBody<'_>) -> bool {
    let operators: Vec<_> = body.get_operators_reader().unwrap().into_iter().map(Result::unwrap).collect();
    let [calls @ .., Operator::Unreachable, Operator::End] = &operators[..] else { return false };
    calls.iter().all(|operator| matches!(operator, Operator::Call { .. } | Operator::LocalGet { .. }))
}

/// The bytes of all data segments.
pub fn data(module: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for payload in payloads(module) {
        if let Payload::DataSection(segments) = payload {
            bytes.extend(segments.into_iter().flat_map(|segment| segment.unwrap().data));
        }
    }
    bytes
}
