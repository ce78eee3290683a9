//! Python: a stub (.pyi) for what `load` of abi/python returns.

use super::Names;
use crate::text::doc;
use linmem_host::{Access, Case, Const, Decl, Field, Literal, Module, Scalar, Signature, Type};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const KEYWORDS: &str = "False None True and as assert async await break class continue def del elif else except finally for \
    from global if import in is lambda nonlocal not or pass raise return try while with yield";
/// What the classes of abi/python use themselves: it puts `_` behind such names.
const INSTANCE: &str = "live memory new poisoned raw records _made _make _names _raw _runtime";
const VIEW: &str =
    "address copy ctype ctypes free _at _block _codec _here _is_owner _machine _name _shown _view _writable _write";
const TAGGED: &str = "case set value";
const ENUM: &str = "as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag is_integer mro name numerator \
    real to_bytes value";
/// Names of this file's own.
const TAKEN: &str = "Module _List _Cell _T _py _abc _enum _typing _lm";

/// Lists and cells with the types of their elements, which abi/python does not state.
const HEAD: &str = "# Written by `linmem bind --lang python` from a module's records; not to be edited.
#
# m = typing.cast(\"Module\", linmem.load(source, imports))

import builtins as _py
import collections.abc as _abc
import enum as _enum
import typing as _typing

import linmem as _lm

_T = _typing.TypeVar(\"_T\")

class _List(_lm.Run, _typing.Generic[_T]):
    def __getitem__(self, index: _py.int) -> _T: ...  # type: ignore[override]
    def __setitem__(self, index: _py.int, value: _typing.Any) -> None: ...
    def __iter__(self) -> _abc.Iterator[_T]: ...
    def copy(self) -> _py.list[_typing.Any]: ...

class _Cell(_lm.Cell, _typing.Generic[_T]):
    @_py.property
    def value(self) -> _T: ...
    @value.setter
    def value(self, value: _typing.Any) -> None: ...
";

struct Writer<'a> {
    module: &'a Module,
    /// The class of each type, and its other name: attributes of `Module` have the same names, and would hide it.
    names: BTreeMap<&'a str, (String, String)>,
}

pub fn write(module: &Module) -> String {
    let mut taken = Names::new(&format!("{KEYWORDS} {TAKEN}"));
    let mut names: BTreeMap<&str, (String, String)> =
        module.types().keys().map(|name| (name.as_str(), (taken.claim(name), String::new()))).collect();
    for (class, other) in names.values_mut() {
        *other = taken.claim(&format!("_{class}"));
    }
    let writer = Writer { module, names };
    let mut code = HEAD.to_owned();
    for (name, decl) in module.types() {
        let (class, other) = &writer.names[name.as_str()];
        let decl = writer.decl(name, class, decl);
        write!(code, "\n{decl}\n{other}: _typing.TypeAlias = {class}\n").expect("a String takes all");
    }
    code + "\n" + &writer.instance()
}

impl Writer<'_> {
    fn decl(&self, name_of: &str, class: &str, decl: &Decl) -> String {
        let doc = quoted(doc(self.module, name_of), "    ");
        let cases = |cases: &[Case], taken: &str, line: &dyn Fn(&Case, String) -> String| -> String {
            let names = attributes(cases.iter().map(|case| case.name.as_str()), taken);
            let case = |case: &Case| names.get(case.name.as_str()).map(|name| line(case, name.clone()));
            cases.iter().filter_map(case).collect()
        };
        match decl {
            Decl::Struct(of) | Decl::Union(of) => {
                let names = attributes(of.fields.iter().map(|field| field.name.as_str()), VIEW);
                let field = |field: &Field| names.get(field.name.as_str()).map(|name| self.field(field, name));
                let fields: String = of.fields.iter().filter_map(field).collect();
                let params = of.fields.iter().map(|field| {
                    // A union is made of one of its fields, a struct of all but those that may be null.
                    let all = matches!(decl, Decl::Struct(_)) && !is_option(&field.ty);
                    let keyword = if is_keyword(&field.name) { "_" } else { "" };
                    format!(", {}{keyword}: {}{}", field.name, self.put(&field.ty), if all { "" } else { " = ..." })
                });
                let params: Vec<String> = params.collect();
                let star = if params.is_empty() { "" } else { ", *" };
                let init = format!("    def __init__(self{star}{}) -> None: ...", params.concat());
                format!("class {class}(_lm.Aggregate):\n{doc}{fields}{init}")
            }
            Decl::Tagged(of) => {
                let cases = cases(&of.cases, &format!("{VIEW} {TAGGED}"), &|case, name| {
                    let value = case.payload.as_ref().map(|(_, ty)| format!(", value: {}", self.put(ty)));
                    let value = value.unwrap_or_default();
                    format!("    @_py.classmethod\n    def {name}(cls{value}) -> {}: ...\n", self.names[name_of].1)
                });
                let init = "    def __init__(self, case: _py.str, value: _typing.Any = None) -> None: ...";
                format!("class {class}(_lm.Tagged):\n{doc}{cases}{init}")
            }
            Decl::Enum(of) => {
                let cases = cases(&of.cases, ENUM, &|case, name| format!("    {name} = {}\n", case.value));
                let body = if cases.is_empty() { "    ...\n".to_owned() } else { cases };
                format!("class {class}(_enum.IntEnum):\n{doc}{}", body.trim_end())
            }
            Decl::Sig(of) => {
                let params = of.params.iter().filter(|param| !param.out).map(|param| self.put(&param.ty));
                let params: Vec<String> = params.collect();
                format!("{class}: _typing.TypeAlias = _typing.Callable[[{}], {}]", params.join(", "), self.returned(of))
            }
            Decl::Opaque => format!("class {class}(_lm.Opaque):\n{doc}    ..."),
        }
    }

    fn field(&self, field: &Field, name: &str) -> String {
        let (get, set) = (self.out(&field.ty), self.put(&field.ty));
        if get == set {
            return format!("    {name}: {get}\n");
        }
        format!(
            "    @_py.property\n    def {name}(self) -> {get}: ...\n    @{name}.setter\n    \
             def {name}(self, value: {set}) -> None: ...\n"
        )
    }

    fn instance(&self) -> String {
        let module = self.module;
        let types = module.types().iter().filter(|(_, decl)| !matches!(decl, Decl::Opaque | Decl::Sig(_)));
        let types: Vec<&str> = types.map(|(name, _)| name.as_str()).collect();
        let others = module.consts().keys().chain(module.fns().keys()).chain(module.drops().values());
        let names = attributes(types.iter().copied().chain(others.map(String::as_str)), INSTANCE);
        let mut code = "class Module(_lm.Instance):\n".to_owned();
        for (name, of) in module.consts() {
            if let Some(name) = names.get(name.as_str()) {
                writeln!(code, "    {name}: {}", constant(of)).expect("a String takes all");
            }
        }
        for name in types {
            if let Some(attribute) = names.get(name) {
                writeln!(code, "    {attribute}: _py.type[{}]", self.names[name].1).expect("a String takes all");
            }
        }
        for (name, of) in module.fns() {
            if let Some(attribute) = names.get(name.as_str()) {
                code += &self.function(attribute, of, doc(module, name));
            }
        }
        for (ty, name) in module.drops() {
            if let Some(attribute) = names.get(name.as_str()) {
                let value = linmem_host::Param { name: "value".into(), ty: ty.clone(), out: false };
                let of = Signature { params: vec![value], result: None };
                code += &self.function(attribute, &of, doc(module, name));
            }
        }
        if code.ends_with(":\n") { code + "    ...\n" } else { code }
    }

    fn function(&self, name: &str, of: &Signature, doc: &str) -> String {
        let params = of.params.iter().filter(|param| !param.out).map(|param| {
            let keyword = if is_keyword(&param.name) { "_" } else { "" };
            format!(", {}{keyword}: {}", param.name, self.put(&param.ty))
        });
        // A parameter may be called `self`.
        let own = if of.params.iter().any(|param| param.name == "self") { "self_, /" } else { "self" };
        let head = format!("    def {name}({own}{}) -> {}:", params.collect::<String>(), self.returned(of));
        let doc = quoted(doc, "        ");
        if doc.is_empty() { format!("{head} ...\n") } else { format!("{head}\n{doc}") }
    }

    fn returned(&self, of: &Signature) -> String {
        let result = of.result.iter().filter(|ty| !self.module.is_status(ty));
        let outs = of.params.iter().filter(|param| param.out).map(|param| &param.ty);
        let values: Vec<String> = result.chain(outs).map(|ty| self.out(ty)).collect();
        match &values[..] {
            [] => "None".into(),
            [one] => one.clone(),
            several => format!("_py.tuple[{}]", several.join(", ")),
        }
    }

    /// What is received.
    fn out(&self, ty: &Type) -> String {
        match ty {
            Type::Scalar(scalar) => primitive(*scalar).into(),
            Type::Str { .. } => "_py.str".into(),
            Type::CStr { null, .. } => or_none("_py.str".into(), *null),
            Type::Named { name, null } => or_none(self.names[name.as_str()].1.clone(), *null),
            Type::Pointer { to, null, .. } => {
                let view = if self.is_place(to) { self.out(to) } else { format!("_Cell[{}]", self.out(to)) };
                or_none(view, *null)
            }
            Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of } => format!("_List[{}]", self.out(of)),
            Type::Status => "_py.int".into(),
        }
    }

    /// What is given.
    fn put(&self, ty: &Type) -> String {
        match ty {
            Type::Named { name, null } => {
                let class = self.names[name.as_str()].1.clone();
                match self.module.types()[name] {
                    Decl::Struct(_) | Decl::Union(_) => format!("{class} | _abc.Mapping[_py.str, _typing.Any]"),
                    Decl::Tagged(_) => format!("{class} | _py.tuple[_py.str, _typing.Any]"),
                    Decl::Enum(_) => format!("{class} | _py.int"),
                    Decl::Sig(_) | Decl::Opaque => or_none(class, *null),
                }
            }
            Type::Pointer { to, null, .. } => {
                let value = self.put(to);
                let view = if self.is_place(to) { value } else { format!("_Cell[{}] | {value}", self.out(to)) };
                or_none(view, *null)
            }
            Type::Slice { of, access: Access::Write } => {
                format!("_List[{}] | _abc.MutableSequence[{}] | _py.memoryview", self.out(of), self.out(of))
            }
            Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of } => {
                format!("_abc.Iterable[{}]", self.put(of))
            }
            Type::Scalar(Scalar::F32 | Scalar::F64) => "_py.float".into(),
            other => self.out(other),
        }
    }

    /// Whether a pointer to it leads to a view of its own, and not to a cell.
    fn is_place(&self, ty: &Type) -> bool {
        match ty {
            Type::Array { .. } | Type::Buffer { .. } => true,
            Type::Named { name, .. } => !matches!(self.module.types()[name], Decl::Enum(_) | Decl::Sig(_)),
            _ => false,
        }
    }
}

/// The names of records as attributes, by the rule of abi/python: those that need nothing go first.
fn attributes<'a>(names: impl Iterator<Item = &'a str>, taken: &str) -> BTreeMap<&'a str, String> {
    let mut claimed = Names::new(&format!("{KEYWORDS} {taken}"));
    let mut names: Vec<&str> = names.filter(|name| !(name.starts_with("__") && name.ends_with("__"))).collect();
    names.sort_unstable_by_key(|name| (claimed.0.contains(*name), *name));
    names.into_iter().map(|name| (name, claimed.claim(name))).collect()
}

/// Whether a value of the type may be null.
fn is_option(ty: &Type) -> bool {
    match ty {
        Type::Pointer { null, .. } | Type::CStr { null, .. } | Type::Named { null, .. } => *null,
        _ => false,
    }
}

fn is_keyword(name: &str) -> bool {
    KEYWORDS.split_whitespace().any(|keyword| keyword == name)
}

fn or_none(ty: String, null: bool) -> String {
    if null { format!("{ty} | None") } else { ty }
}

fn primitive(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "_py.bool",
        Scalar::Char => "_py.str",
        Scalar::F32 | Scalar::F64 => "_py.float",
        _ => "_py.int",
    }
}

fn constant(of: &Const) -> &'static str {
    match (&of.value, &of.ty) {
        (Literal::Text(_), _) => "_py.str",
        (_, Type::Scalar(scalar)) => primitive(*scalar),
        _ => "_py.int",
    }
}

/// Docs as a string of their own: no quote or backslash ends it.
fn quoted(text: &str, indent: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    let lines: Vec<String> = text.lines().map(|line| format!("{indent}{line}").trim_end().to_owned()).collect();
    format!("{indent}\"\"\"{}\"\"\"\n", lines.join("\n").trim_start())
}
