//! TypeScript: declarations for what `load` of abi/js returns, and `load` of what `bind --lang js` writes.

use super::{Names, comment, function_docs};
use crate::text::doc;
use linmem_host::{Access, Case, Const, Decl, Field, Literal, Module, Scalar, Signature, Type};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Words that no parameter is called.
const RESERVED: &str = "arguments await break case catch class const continue debugger default delete do else enum eval \
    export extends false finally for function if implements import in instanceof interface let new null package private \
    protected public return static super switch this throw true try typeof var void while with yield";

/// Names that no type of a module takes: those above, TypeScript's and this file's.
const TYPES: &str = "any bigint boolean declare load never number object string symbol undefined unknown lm Module Imports \
    Iterable Array Int8Array Uint8Array Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array \
    Float32Array Float64Array Omit Partial Symbol";

/// What a type becomes in some place.
type As<W> = fn(&W, &Type) -> String;

struct Writer<'a> {
    module: &'a Module,
    /// What each type is called, and what a new one of it is made of.
    names: BTreeMap<&'a str, (String, String)>,
}

/// The declarations, which take those of abi/js from `library`.
pub fn write(module: &Module, library: &str) -> String {
    let mut taken = Names::new(&format!("{RESERVED} {TYPES}"));
    let mut names: BTreeMap<&str, (String, String)> =
        module.types().keys().map(|name| (name.as_str(), (taken.claim(name), String::new()))).collect();
    for (name, init) in names.values_mut() {
        *init = taken.claim(&format!("{name}Init"));
    }
    let writer = Writer { module, names };
    let mut code = format!(
        "// Written by `linmem bind --lang ts` from a module's records; not to be edited.\n//\n\
         // const m = await load<Module>(source, imports satisfies Imports)\n\n\
         import type * as lm from {}\n",
        quoted(library)
    );
    for (name, decl) in module.types() {
        code += &format!("\n{}{}", comment("", doc(module, name)), writer.decl(name, decl));
    }
    code + "\n" + &writer.exports() + "\n" + &writer.imports() + &writer.load()
}

impl Writer<'_> {
    fn decl(&self, name: &str, decl: &Decl) -> String {
        let (ts, init) = &self.names[name];
        match decl {
            Decl::Struct(of) => self.class(name, &of.fields, ""),
            Decl::Union(of) => self.class(name, &of.fields, "?"),
            Decl::Tagged(of) => {
                let cases = |out: bool| -> String {
                    let case = |case: &Case| {
                        let value = case.payload.as_ref().map(|(_, ty)| if out { self.out(ty) } else { self.put(ty) });
                        let value = value.map_or_else(|| "value?: undefined".to_owned(), |ty| format!("value: {ty}"));
                        format!("\n  | {{ tag: '{}'; {value} }}", case.name)
                    };
                    of.cases.iter().map(case).collect()
                };
                format!(
                    "export type {init} ={}\nexport interface {ts} extends Omit<lm.Tagged<{init}>, 'value'> {{\n  \
                     readonly value: ({}\n  )['value']\n}}\n",
                    cases(false),
                    cases(true)
                )
            }
            // A status is thrown, with its name.
            Decl::Enum(of) if of.status => {
                let names: Vec<String> = of.cases.iter().map(|case| format!("'{}'", case.name)).collect();
                format!("export type {ts} = {}\n", names.join(" | "))
            }
            Decl::Enum(of) => {
                let big = if is_big(of.int) { "n" } else { "" };
                let values: Vec<String> = of.cases.iter().map(|case| format!("{}{big}", case.value)).collect();
                format!("export type {ts} = {}\n", values.join(" | "))
            }
            Decl::Sig(of) => format!("export type {ts} = {}\n", self.function(of, " =>")),
            Decl::Opaque => format!("export interface {ts} extends lm.View {{\n  readonly __{name}?: never\n}}\n"),
        }
    }

    /// A struct or union: the properties of its views, and what a new one is made of.
    fn class(&self, name: &str, fields: &[Field], optional: &str) -> String {
        let (ts, init) = &self.names[name];
        let own: Vec<String> = fields.iter().map(|field| format!("'{}'", field.name)).collect();
        let own: Vec<String> = own.into_iter().filter(|name| ["'free'", "'assign'"].contains(&name.as_str())).collect();
        let base = format!("lm.Struct<{init}>");
        let base = if own.is_empty() { base } else { format!("Omit<{base}, {}>", own.join(" | ")) };
        let mut code = format!("export interface {ts} extends {base} {{\n");
        let mut put = format!("export interface {init} {{\n");
        for Field { name: field, ty, .. } in fields {
            code += &comment("  ", doc(self.module, &format!("{name}.{field}")));
            let (get, set) = (self.out(ty), self.put(ty));
            code += &if get == set {
                format!("  {field}: {get}\n")
            } else {
                format!("  get {field}(): {get}\n  set {field}(value: {set})\n")
            };
            writeln!(put, "  {field}{optional}: {set}").expect("a String takes all");
        }
        format!("{code}}}\n{put}}}\n")
    }

    fn exports(&self) -> String {
        let module = self.module;
        let mut code =
            "/** What the module declares; `load` adds what every module has. */\nexport interface Module {\n"
                .to_owned();
        for (name, of) in module.consts() {
            code += &comment("  ", doc(module, name));
            writeln!(code, "  readonly {name}: {}", literal(of)).expect("a String takes all");
        }
        for (name, decl) in module.types() {
            let (ts, init) = &self.names[name.as_str()];
            let of = match decl {
                Decl::Struct(_) | Decl::Union(_) => format!("lm.StructClass<{ts}, {init}>"),
                Decl::Tagged(_) => format!("{{ new (value: {init}): lm.Owner<{ts}> }}"),
                Decl::Enum(of) => {
                    let big = if is_big(of.int) { "n" } else { "" };
                    let case = |case: &Case| format!("readonly {}: {}{big}", case.name, case.value);
                    let cases: Vec<String> = of.cases.iter().map(case).collect();
                    format!("{{ {} }}", cases.join("; "))
                }
                Decl::Sig(_) | Decl::Opaque => continue,
            };
            code += &comment("  ", doc(module, name));
            writeln!(code, "  readonly {}: {of}", property(name)).expect("a String takes all");
        }
        for (name, of) in module.fns() {
            code += &comment("  ", &function_docs(module, name, &of.params));
            writeln!(code, "  {}{}", property(name), self.function(of, ":")).expect("a String takes all");
        }
        for (ty, name) in module.drops() {
            code += &comment("  ", doc(module, name));
            writeln!(code, "  {}(value: {}): void", property(name), self.put(ty)).expect("a String takes all");
        }
        code + "}\n"
    }

    fn imports(&self) -> String {
        let mut groups: BTreeMap<&str, String> = BTreeMap::new();
        for ((from, name), of) in self.module.imports() {
            let group = groups.entry(from).or_default();
            *group += &comment("    ", &function_docs(self.module, &format!("{from}/{name}"), &of.params));
            writeln!(group, "    {name}{}", self.host(of)).expect("a String takes all");
        }
        let groups: String =
            groups.iter().map(|(from, group)| format!("  {}: {{\n{group}  }}\n", quoted(from))).collect();
        format!("/** What the module needs. */\nexport interface Imports extends lm.Imports {{\n{groups}}}\n")
    }

    fn load(&self) -> String {
        let optional = if self.module.imports().is_empty() { "?" } else { "" };
        format!(
            "\n/** What `linmem bind --lang js` writes has this `load`, if it lies beside these declarations and is called as they are. */\n\
             export declare const load: (\n  source: lm.Source | WebAssembly.Module | PromiseLike<lm.Source | WebAssembly.Module>,\n  \
             imports{optional}: Imports,\n) => Promise<Readonly<Module> & lm.Host>\n"
        )
    }

    /// A function that JavaScript calls.
    fn function(&self, of: &Signature, arrow: &str) -> String {
        self.call(of, arrow, Self::put, Self::out, Self::result)
    }

    /// A function that the guest calls.
    fn host(&self, of: &Signature) -> String {
        self.call(of, ":", Self::out, Self::put, Self::put)
    }

    /// A function by what its parameters, its result and what is behind its out pointers become.
    fn call(&self, of: &Signature, arrow: &str, param: As<Self>, result: As<Self>, behind: As<Self>) -> String {
        let mut names = Names::new(RESERVED);
        let params = of.params.iter().filter(|param| !param.out);
        let params: Vec<String> =
            params.map(|of| format!("{}: {}", names.claim(&of.name), param(self, &of.ty))).collect();
        let result = of.result.iter().filter(|ty| !self.module.is_status(ty)).map(|ty| result(self, ty));
        let outs = of.params.iter().filter(|param| param.out).map(|of| behind(self, &of.ty));
        format!("({}){arrow} {}", params.join(", "), together(result.chain(outs).collect()))
    }

    /// What an out pointer becomes: an owner of what is not a value of its own.
    fn result(&self, ty: &Type) -> String {
        let value = self.out(ty);
        let place = match ty {
            Type::Array { .. } | Type::Buffer { .. } => true,
            Type::Named { name, .. } => !matches!(self.module.types()[name], Decl::Enum(_) | Decl::Sig(_)),
            _ => false,
        };
        if place { format!("lm.Owner<{value}>") } else { value }
    }

    /// What is received.
    fn out(&self, ty: &Type) -> String {
        match ty {
            Type::Scalar(scalar) => primitive(*scalar).into(),
            Type::Str { .. } => "string".into(),
            Type::CStr { null, .. } => or_null("string".into(), *null),
            Type::Named { name, null } => or_null(self.names[name.as_str()].0.clone(), *null),
            Type::Pointer { to, access, null } => {
                let view = if self.is_place(to) { self.out(to) } else { self.list(to) };
                or_null(if *access == Access::Own { format!("lm.Owner<{view}>") } else { view }, *null)
            }
            Type::Slice { of, access: Access::Own } => format!("lm.Owner<{}>", self.list(of)),
            Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of } => self.list(of),
            Type::Status => "number".into(),
        }
    }

    /// What is given.
    fn put(&self, ty: &Type) -> String {
        match ty {
            Type::Named { name, null } => {
                let (ts, init) = &self.names[name.as_str()];
                match self.module.types()[name] {
                    Decl::Struct(_) | Decl::Union(_) | Decl::Tagged(_) => format!("{ts} | {init}"),
                    _ => or_null(ts.clone(), *null),
                }
            }
            Type::Pointer { to, access, null } => {
                let elements = match &**to {
                    Type::Array { of, .. } => Some(&**of),
                    place if self.is_place(place) => None,
                    one => Some(one),
                };
                let text = match elements {
                    Some(of) => self.elements(of, *access),
                    None => self.out(&Type::Pointer { to: to.clone(), access: *access, null: false }),
                };
                or_null(text, *null)
            }
            Type::Slice { of, access } => self.elements(of, *access),
            Type::Array { of, .. } | Type::Buffer { of } => format!("Iterable<{}>", self.put(of)),
            other => self.out(other),
        }
    }

    /// Elements that are lent or given.
    fn elements(&self, of: &Type, access: Access) -> String {
        let list = self.list(of);
        let value = self.put(of);
        match access {
            Access::Read => format!("Iterable<{value}>"),
            Access::Own => format!("lm.Owner<{list}> | Iterable<{value}>"),
            Access::Write => {
                let values = if value.contains(' ') { format!("({value})[]") } else { format!("{value}[]") };
                match array(of) {
                    "undefined" => format!("{list} | {values}"),
                    array => format!("{list} | {array} | {values}"),
                }
            }
        }
    }

    fn list(&self, of: &Type) -> String {
        match array(of) {
            "undefined" => format!("lm.List<{}>", self.out(of)),
            array => format!("lm.List<{}, {array}>", self.out(of)),
        }
    }

    /// Whether a pointer to it leads to a view of its own, and not to a list of one.
    fn is_place(&self, ty: &Type) -> bool {
        match ty {
            Type::Array { .. } | Type::Buffer { .. } => true,
            Type::Named { name, .. } => !matches!(self.module.types()[name], Decl::Enum(_) | Decl::Sig(_)),
            _ => false,
        }
    }
}

fn together(results: Vec<String>) -> String {
    match &results[..] {
        [] => "void".into(),
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    }
}

fn or_null(ty: String, null: bool) -> String {
    if null { format!("{ty} | null") } else { ty }
}

pub(super) fn is_big(scalar: Scalar) -> bool {
    matches!(scalar, Scalar::I64 | Scalar::U64)
}

fn primitive(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "boolean",
        Scalar::Char => "string",
        Scalar::I64 | Scalar::U64 => "bigint",
        _ => "number",
    }
}

/// The typed array over elements of a type.
pub(super) fn array(ty: &Type) -> &'static str {
    let Type::Scalar(scalar) = ty else { return "undefined" };
    match scalar {
        Scalar::I8 => "Int8Array",
        Scalar::U8 => "Uint8Array",
        Scalar::I16 => "Int16Array",
        Scalar::U16 => "Uint16Array",
        Scalar::I32 | Scalar::Isize => "Int32Array",
        Scalar::U32 | Scalar::Usize => "Uint32Array",
        Scalar::I64 => "BigInt64Array",
        Scalar::U64 => "BigUint64Array",
        Scalar::F32 => "Float32Array",
        Scalar::F64 => "Float64Array",
        Scalar::Bool | Scalar::Char => "undefined",
    }
}

/// The type of a constant: itself, where JavaScript has a literal for it.
fn literal(of: &Const) -> String {
    match (&of.value, &of.ty) {
        (Literal::Int(value), Type::Scalar(scalar)) if scalar.range().is_some() => match scalar {
            Scalar::Bool | Scalar::Char => primitive(*scalar).into(),
            scalar if is_big(*scalar) => format!("{value}n"),
            _ => value.to_string(),
        },
        (_, Type::Scalar(_)) => "number".into(),
        _ => "string".into(),
    }
}

/// `load` renames an export `then`, so that the module is not taken for a promise.
pub(super) fn property(name: &str) -> &str {
    if name == "then" { "then_" } else { name }
}

/// A word of a record as a literal: it holds no control characters.
pub(super) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\\', "\\\\").replace('\'', "\\'"))
}
