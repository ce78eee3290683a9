//! Go: views, values and functions over the few methods of any engine.

mod functions;
mod literals;
mod types;

use super::camel::{camel, lower_camel};
use super::typed::{Codecs, is_opaque, is_place, own};
use super::{Names, records};
use crate::text::doc;
use linmem_host::{Access, Const, Decl, Literal, Module, Scalar, Type, Wasm};
use literals::{primitive, quoted};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What does not depend on the module.
const PRELUDE: &str = include_str!("go/prelude.go");

/// Keywords, predeclared names, and what the functions use.
const RESERVED: &str = "break case chan const continue default defer else fallthrough for func go goto if import interface map \
    package range return select struct switch type var any bool byte comparable complex64 complex128 error float32 float64 \
    int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr true false iota nil append cap close complex \
    copy delete imag len make new panic print println real recover m f init main math refuse within place view making";
/// Exported names of the prelude.
const TAKEN: &str = "Guest Table HostFunction HostFunctions Status Null Misaligned TooLong OutOfBounds NotUtf8 InteriorNul \
    OutOfMemory Invalid ErrTrapped ErrRefused Error Some Module New Pointer Var Ref Elements Slice List Imports";

/// The longest array that is one in Go, in bytes.
const ARRAY_MAX: u32 = 65_536;

struct Writer<'a> {
    module: &'a Module,
    names: RefCell<Names>,
    /// What each declared type is called.
    types: BTreeMap<&'a str, String>,
    codecs: Codecs,
}

pub fn write(module: &Module, package: &str) -> String {
    let mut taken = Names::new(TAKEN);
    let types = module.types().keys().map(|name| (name.as_str(), taken.claim(&camel(name)))).collect();
    let writer = Writer { module, names: RefCell::new(taken), types, codecs: Codecs::default() };
    let mut code = PRELUDE.replace("PACKAGE", &package.to_lowercase());
    code += &writer.tables();
    for (name, of) in module.consts() {
        let go = if name.starts_with(|c: char| c.is_ascii_uppercase()) { name.clone() } else { camel(name) };
        let go = writer.names.borrow_mut().claim(&go);
        code += &format!("\n{}{}\n", comment("", doc(module, name)), constant(&go, of));
    }
    code += &writer.imports();
    for (name, decl) in module.types() {
        code += &writer.decl(name, decl);
    }
    code += &writer.functions();
    code + &writer.codecs()
}

impl Writer<'_> {
    /// What `Bind` compares the module with.
    fn tables(&self) -> String {
        let list = |names: Vec<String>| names.iter().map(|name| format!("\t{},\n", quoted(name))).collect::<String>();
        let exports = ["alloc", "free", "realloc"].map(|role| self.module.role(role).to_owned()).into_iter();
        let exports = exports.chain(self.module.fns().keys().cloned()).chain(self.module.drops().values().cloned());
        let (records, statuses) = records(self.module);
        let statuses: String =
            statuses.iter().map(|(name, case)| format!("\t{{{}, {}}},\n", quoted(name), quoted(case))).collect();
        format!(
            "\nvar exports = []string{{\n{}}}\n\n// The records that this file was made of.\nvar records = \
             []string{{\n{}}}\n\n// Cases of statuses, of which there may be more.\nvar statusCases = [][2]string{{{}{statuses}}}\n",
            list(exports.collect()),
            list(records),
            if statuses.is_empty() { "" } else { "\n" },
        )
    }

    /// A name at the level of the package.
    fn claim(&self, name: &str) -> String {
        self.names.borrow_mut().claim(name)
    }

    fn decl_of(&self, name: &str) -> &Decl {
        &self.module.types()[name]
    }

    /// The drop of an owned type, `?` aside, as a literal.
    fn drop_of(&self, ty: Type) -> String {
        quoted(self.module.drops().get(&ty).map_or("", String::as_str))
    }

    /// What is read.
    fn out(&self, ty: &Type) -> String {
        match ty {
            Type::Scalar(scalar) => primitive(*scalar).into(),
            Type::Str { .. } | Type::CStr { null: false, .. } => "string".into(),
            Type::CStr { .. } => "*string".into(),
            Type::Named { name, .. } if matches!(self.decl_of(name), Decl::Enum(_)) => {
                self.types[name.as_str()].clone()
            }
            Type::Named { name, .. } => format!("*{}", self.types[name.as_str()]),
            Type::Pointer { to, .. } if is_place(self.module, to) || is_opaque(self.module, to) => self.out(to),
            Type::Pointer { to, .. } => format!("*Ref[{}, {}]", self.out(to), self.put(to)),
            Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of } => {
                format!("*List[{}, {}]", self.out(of), self.put(of))
            }
            Type::Status => "Status".into(),
        }
    }

    /// What is written.
    fn put(&self, ty: &Type) -> String {
        match ty {
            Type::Named { name, .. } if is_place(self.module, ty) => self.value(name),
            Type::Pointer { to, .. } if !is_opaque(self.module, to) => format!("Pointer[{}]", self.put(to)),
            Type::Slice { of, .. } => format!("Elements[{}]", self.put(of)),
            Type::Array { of, len } if self.is_small(ty) => format!("[{len}]{}", self.put(of)),
            Type::Array { of, .. } | Type::Buffer { of } => format!("Slice[{}]", self.put(of)),
            other => self.out(other),
        }
    }

    /// The Go type of a new struct, union or tagged.
    fn value(&self, name: &str) -> String {
        self.helper(name, "Value")
    }

    /// A name made of a declared type's.
    fn helper(&self, name: &str, suffix: &str) -> String {
        self.named_for(&format!("{name} : {suffix}"), name, suffix)
    }

    /// A name made of a declared type's and a member's.
    fn member(&self, name: &str, member: &str) -> String {
        self.named_for(&format!("{name} {member}"), name, &camel(member))
    }

    fn named_for(&self, key: &str, name: &str, suffix: &str) -> String {
        self.codecs.name(key, || self.claim(&format!("{}{suffix}", self.types[name].trim_end_matches('_'))))
    }

    fn is_small(&self, ty: &Type) -> bool {
        self.module.layout(ty).is_some_and(|layout| layout.size <= ARRAY_MAX)
    }

    /// The variable that says how a type is read and written.
    fn codec(&self, ty: &Type) -> String {
        if let Type::Scalar(scalar) = ty {
            return format!("lm{}", camel(scalar.name()));
        }
        let text = ty.to_string();
        let (var, is_new) = self.codecs.variable(&text, &format!("lmOf{}", self.mangled(ty)));
        if is_new {
            let declared = format!("codec[{}, {}]", self.out(ty), self.put(ty));
            self.codecs.define(&var, declared, self.init(ty, &quoted(&text)));
        }
        var
    }

    fn init(&self, ty: &Type, text: &str) -> String {
        match ty {
            Type::Scalar(_) | Type::Status => String::new(),
            Type::Str { owned } => format!("strOf({text}, {owned}, {})", self.drop_of(Type::Str { owned: true })),
            Type::CStr { owned, null } => {
                let drop = self.drop_of(Type::CStr { owned: true, null: false });
                format!("{}({text}, {owned}, {drop})", if *null { "maybeCstrOf" } else { "cstrOf" })
            }
            Type::Named { name, null } => self.named(name, *null, text),
            Type::Pointer { to, access, null } => {
                let drop = self.drop_of(own(to));
                let mark = mark(*access);
                let go = self.out(to);
                let wrap = format!("func(v view) {go} {{ return &{}{{v}} }}", go.trim_start_matches('*'));
                if is_opaque(self.module, to) {
                    let unwrap = format!("func(value {go}) *view {{ return &value.view }}");
                    format!("opaqueTo({text}, {mark}, {null}, {drop}, {wrap}, {unwrap})")
                } else if is_place(self.module, to) {
                    format!("pointerTo({text}, &{}, {mark}, {null}, {drop}, {wrap})", self.codec(to))
                } else {
                    format!("refTo({text}, &{}, {mark}, {null}, {drop})", self.codec(to))
                }
            }
            Type::Slice { of, access } => {
                let drop = self.drop_of(Type::Slice { of: of.clone(), access: Access::Own });
                format!("sliceOf({text}, &{}, {}, {drop})", self.codec(of), mark(*access))
            }
            Type::Buffer { of } => format!("bufferOf({text}, &{})", self.codec(of)),
            Type::Array { of, len } => {
                let (array, element) = (self.put(ty), self.put(of));
                let layout = self.layout(ty);
                let (fresh, slice) = if self.is_small(ty) {
                    ("return array".to_owned(), "return array[:]")
                } else {
                    (format!("return make([]{element}, {len})"), "return *array")
                };
                format!(
                    "arrayOf({text}, &{}, {len}, {}, {}, {}, func() (array {array}) {{ {fresh} }}, func(array *{array}) \
                     []{element} {{ {slice} }})",
                    self.codec(of),
                    layout.0,
                    layout.1,
                    self.module.owns(of),
                )
            }
        }
    }

    fn layout(&self, ty: &Type) -> (u32, u32) {
        self.module.layout(ty).map_or((0, 1), |layout| (layout.size, layout.align))
    }

    /// A type as a part of a name.
    fn mangled(&self, ty: &Type) -> String {
        let maybe = |null: bool| if null { "Maybe" } else { "" };
        let own = |owned: bool| if owned { "Own" } else { "" };
        let access = |access| ["", "Mut", "Own"][access as usize];
        match ty {
            Type::Scalar(scalar) => camel(scalar.name()),
            Type::Named { name, null } => format!("{}{}", maybe(*null), self.types[name.as_str()]),
            Type::Pointer { to, access: how, null } => {
                format!("{}{}Ptr{}", maybe(*null), access(*how), self.mangled(to))
            }
            Type::Slice { of, access: how } => format!("{}Slice{}", access(*how), self.mangled(of)),
            Type::Array { of, len } => format!("Array{len}{}", self.mangled(of)),
            Type::Buffer { of } => format!("Buffer{}", self.mangled(of)),
            Type::Str { owned } => format!("{}Str", own(*owned)),
            Type::CStr { owned, null } => format!("{}{}Cstr", maybe(*null), own(*owned)),
            Type::Status => "Status".into(),
        }
    }

    /// The variables, and what they are set to: they lead to one another, so that not all can be done where they are declared.
    fn codecs(&self) -> String {
        let vars = self.codecs.lines(|var, ty, _| format!("var {var} {ty}\n"));
        let init = self.codecs.lines(|var, _, init| format!("\t{var} = {init}\n"));
        if init.is_empty() { String::new() } else { format!("\n{vars}\nfunc init() {{\n{init}}}\n") }
    }
}

fn mark(access: Access) -> &'static str {
    ["reads", "writes", "owns"][access as usize]
}

/// `user_data` as `userData`. `lm` is the functions' own.
fn local(names: &mut Names, name: &str) -> String {
    let name = lower_camel(name);
    names.claim(&if name.starts_with("lm") { format!("{name}_") } else { name })
}

/// Types of wasm values as the bytes of the binary format.
fn bytes(values: &[Wasm]) -> String {
    let byte = |wasm: &Wasm| match wasm {
        Wasm::I32 => "0x7f",
        Wasm::I64 => "0x7e",
        Wasm::F32 => "0x7d",
        Wasm::F64 => "0x7c",
    };
    if values.is_empty() {
        "nil".into()
    } else {
        format!("[]byte{{{}}}", values.iter().map(byte).collect::<Vec<_>>().join(", "))
    }
}

fn constant(name: &str, of: &Const) -> String {
    let float = |value: f64, bits: String, ty: &str| {
        // A constant is no NaN, infinity or negative zero.
        if value.is_finite() && (value != 0.0 || value.is_sign_positive()) {
            format!("const {name} {ty} = {value:e}")
        } else {
            format!("var {name} = {bits}")
        }
    };
    match (&of.value, &of.ty) {
        (Literal::Int(value), Type::Scalar(Scalar::Bool)) => format!("const {name} = {}", *value != 0),
        (Literal::Int(value), Type::Scalar(scalar)) => format!("const {name} {} = {value}", primitive(*scalar)),
        (Literal::Int(value), _) => format!("const {name} = {value}"),
        (Literal::Bits(bits), Type::Scalar(Scalar::F32)) => {
            let value = f32::from_bits(*bits as u32);
            float(value.into(), format!("math.Float32frombits({bits:#x})"), "float32")
        }
        (Literal::Bits(bits), _) => float(f64::from_bits(*bits), format!("math.Float64frombits({bits:#x})"), "float64"),
        (Literal::Text(text), _) => format!("const {name} = {}", quoted(text)),
    }
}

/// Docs as line comments, which nothing but a line's end ends, in the form that gofmt gives them.
fn comment(indent: &str, text: &str) -> String {
    let clean = |line: &str| {
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        // A line that defines a link would be moved.
        line.trim().replace("]:", "] :")
    };
    let mut lines: Vec<String> = text.trim().lines().map(clean).collect();
    lines.dedup_by(|next, line| next.is_empty() && line.is_empty());
    let line = |line: &String| format!("{}\n", format!("{indent}// {line}").trim_end());
    if text.trim().is_empty() { String::new() } else { lines.iter().map(line).collect() }
}
