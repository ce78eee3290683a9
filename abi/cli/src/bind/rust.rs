//! Rust: types, and a method for each export, over the crate linmem-host.

use super::Names;
use crate::text::doc;
use linmem_host::{Access, Case, Const, Decl, Field, Literal, Module, Scalar, Signature, Type};
use std::collections::BTreeMap;

/// What does not depend on the module.
const PRELUDE: &str = include_str!("rust/prelude.rs");

/// Keywords that take `r#` before them, and those that take none.
const KEYWORDS: &str = "abstract as async await become box break const continue do dyn else enum extern false final fn for gen \
    if impl in let loop macro match mod move mut override priv pub ref return static struct trait true try type typeof \
    union unsafe unsized use virtual where while yield";
const UNRAW: &str = "self Self super crate _";
/// Names of the prelude, and of Rust's.
const TAKEN: &str = "Address Box Clone Convert Copy Debug Err Fault Func Give Guest Held Instance Lend Module None Ok Option Owned \
    PartialEq PhantomData Pointer Ptr Result Some String Value Vec bool char f32 f64 i8 i16 i32 i64 u8 u16 u32 u64 str field \
    integers maybe_owned maybe_pointer next owned plain pointer unfit";

struct Writer<'a> {
    module: &'a Module,
    names: BTreeMap<&'a str, String>,
}

pub fn write(module: &Module) -> String {
    let mut taken = Names::new(&format!("{UNRAW} {TAKEN}"));
    let declared = module.types().keys().chain(module.consts().keys());
    let names = declared.map(|name| (name.as_str(), raw(taken.claim(name)))).collect();
    let writer = Writer { module, names };
    let mut code = PRELUDE.to_owned();
    for (name, of) in module.consts() {
        let docs = comment("", doc(module, name));
        code += &format!("\n{docs}pub const {}: {};\n", writer.names[name.as_str()], constant(of));
    }
    for (name, decl) in module.types() {
        code += &format!("\n{}{}", comment("", doc(module, name)), writer.decl(name, decl));
    }
    code + &writer.methods()
}

impl Writer<'_> {
    fn decl(&self, name: &str, decl: &Decl) -> String {
        const DERIVE: &str = "#[derive(Clone, Debug, PartialEq)]\n";
        let rust = &self.names[name];
        match decl {
            Decl::Struct(of) => {
                let fields = self.fields(name, &of.fields, |ty| self.ty(ty));
                let names = members(of.fields.iter().map(|field| field.name.as_str()));
                let each = |line: &dyn Fn(&Field, &str) -> String| -> String {
                    of.fields.iter().map(|field| line(field, &names[field.name.as_str()])).collect()
                };
                let lift = each(&|of, name| format!("            {name}: field(&mut fields, \"{}\")?,\n", of.name));
                let lower = each(&|of, name| format!("            (\"{}\".into(), self.{name}.lower()),\n", of.name));
                format!(
                    "{DERIVE}pub struct {rust} {{\n{fields}}}\n{}",
                    convert(
                        rust,
                        &format!(
                            "let Value::Struct(mut fields) = value else {{ return unfit(value) }};\n        Ok(Self {{\n{lift}        }})"
                        ),
                        &format!("Value::Struct(vec![\n{lower}        ])"),
                    )
                )
            }
            Decl::Union(of) => {
                let fields = self.fields(name, &of.fields, |ty| format!("Option<{}>", self.ty(ty)));
                let names = members(of.fields.iter().map(|field| field.name.as_str()));
                let each = |line: &dyn Fn(&Field, &str) -> String| -> String {
                    of.fields.iter().map(|field| line(field, &names[field.name.as_str()])).collect()
                };
                let lift = each(&|of, name| format!("            {name}: field(&mut fields, \"{}\").ok(),\n", of.name));
                let lower = each(&|of, name| {
                    format!(
                        "        if let Some(value) = self.{name} {{\n            fields.push((\"{}\".into(), value.lower()));\n        }}\n",
                        of.name
                    )
                });
                format!(
                    "{DERIVE}#[derive(Default)]\npub struct {rust} {{\n{fields}}}\n{}",
                    convert(
                        rust,
                        &format!(
                            "let Value::Struct(mut fields) = value else {{ return unfit(value) }};\n        Ok(Self {{\n{lift}        }})"
                        ),
                        &format!("let mut fields = Vec::new();\n{lower}        Value::Struct(fields)"),
                    )
                )
            }
            Decl::Enum(of) => format!("{DERIVE}{}", self.cases(name, rust, &of.cases)),
            Decl::Tagged(of) => format!("{DERIVE}{}", self.cases(name, rust, &of.cases)),
            Decl::Sig(_) => format!(
                "#[derive(Clone, Copy, Debug, PartialEq)]\npub struct {rust}(pub u32);\n{}",
                convert(
                    rust,
                    &format!(
                        "match value {{\n            Value::Func(func) if func.sig == \"{name}\" => Ok(Self(func.index)),\n            \
                         other => unfit(other),\n        }}"
                    ),
                    &format!("Func::new(\"{name}\", self.0).into()")
                )
            ),
            Decl::Opaque => format!("#[derive(Clone, Debug, PartialEq)]\npub enum {rust} {{}}\n"),
        }
    }

    fn fields(&self, of: &str, fields: &[Field], ty: impl Fn(&Type) -> String) -> String {
        let names = members(fields.iter().map(|field| field.name.as_str()));
        let field = |field: &Field| {
            let docs = comment("    ", doc(self.module, &format!("{of}.{}", field.name)));
            format!("{docs}    pub {}: {},\n", names[field.name.as_str()], ty(&field.ty))
        };
        fields.iter().map(field).collect()
    }

    /// An enumeration whose cases may hold something.
    fn cases(&self, of: &str, rust: &str, cases: &[Case]) -> String {
        let names = members(cases.iter().map(|case| case.name.as_str()));
        let (mut body, mut lift, mut lower) = (String::new(), String::new(), String::new());
        for case in cases {
            let (name, text) = (&names[case.name.as_str()], &case.name);
            body += &comment("    ", doc(self.module, &format!("{of}.{text}")));
            match &case.payload {
                None => {
                    body += &format!("    {name},\n");
                    lift += &format!("            (\"{text}\", None) => Ok(Self::{name}),\n");
                    lower += &format!("            Self::{name} => Value::case(\"{text}\"),\n");
                }
                Some((_, ty)) => {
                    body += &format!("    {name}({}),\n", self.ty(ty));
                    lift +=
                        &format!("            (\"{text}\", Some(value)) => Convert::lift(*value).map(Self::{name}),\n");
                    lower += &format!(
                        "            Self::{name}(value) => Value::Case(\"{text}\".into(), Some(Box::new(value.lower()))),\n"
                    );
                }
            }
        }
        let lift = format!(
            "let Value::Case(name, payload) = value else {{ return unfit(value) }};\n        \
             match (name.as_str(), payload) {{\n{lift}            _ => unfit(Value::case(&name)),\n        }}"
        );
        let convert = convert(rust, &lift, &format!("match self {{\n{lower}        }}"));
        format!("pub enum {rust} {{\n{body}}}\n{convert}")
    }

    fn methods(&self) -> String {
        let mut names = Names::new("read write free");
        let mut code = "\nimpl<G: Guest> Module<G> {\n".to_owned();
        for (name, of) in self.module.fns() {
            let rust = method(&mut names, name);
            code += &comment("    ", &super::function_docs(self.module, name, &of.params));
            let results = self.results(of);
            // Pointers stay where they are, all else is copied.
            let call = if results.iter().any(|ty| matches!(ty, Type::Pointer { .. })) { "call" } else { "take" };
            code += &self.method(&rust, of, "", &format!("{call}(\"{name}\", "), call == "call");
        }
        for (name, decl) in self.module.types() {
            if let Decl::Sig(of) = decl {
                let rust = method(&mut names, &format!("call_{name}"));
                let function = format!(", lm_function: {}", self.names[name.as_str()]);
                let call = format!("invoke(&Func::new(\"{name}\", lm_function.0), ");
                code += &self.method(&rust, of, &function, &call, true);
            }
        }
        code + "}\n"
    }

    /// What a function returns: its result, and what is behind its out pointers.
    fn results<'s>(&self, of: &'s Signature) -> Vec<&'s Type> {
        let result = of.result.iter().filter(|ty| !self.module.is_status(ty));
        result.chain(of.params.iter().filter(|param| param.out).map(|param| &param.ty)).collect()
    }

    fn method(&self, name: &str, of: &Signature, first: &str, call: &str, stays: bool) -> String {
        let params: Vec<_> = of.params.iter().filter(|param| !param.out).collect();
        let names = members(params.iter().map(|param| param.name.as_str()));
        let (mut declared, mut args, mut back) = (first.to_owned(), Vec::new(), String::new());
        for (index, param) in params.iter().enumerate() {
            let rust = &names[param.name.as_str()];
            let (ty, arg) = self.param(&param.ty, rust);
            declared += &format!(", {rust}: {ty}");
            args.push(arg);
            if matches!(param.ty, Type::Slice { access: Access::Write, .. }) {
                back += &format!(
                    "        let lm_values = Convert::lift_all(std::mem::replace(&mut lm_args[{index}], Value::None))?;\n        \
                     for (lm_to, lm_from) in {rust}.iter_mut().zip(lm_values) {{\n            *lm_to = lm_from;\n        }}\n"
                );
            }
        }
        let results: Vec<(String, String)> = self.results(of).into_iter().map(|ty| self.result(ty, stays)).collect();
        let (returned, lift) = match &results[..] {
            [] => ("()".to_owned(), "Ok(())".to_owned()),
            [(ty, lift)] => (ty.clone(), lift.clone()),
            several => {
                let join = |part: &dyn Fn(&(String, String)) -> String| {
                    several.iter().map(part).collect::<Vec<_>>().join(", ")
                };
                (
                    format!("({})", join(&|(ty, _)| ty.clone())),
                    format!("Ok(({}))", join(&|(_, lift)| format!("{lift}?"))),
                )
            }
        };
        let args = args.join(", ");
        let mutable = if results.is_empty() { "_lm_results" } else { "mut lm_results" };
        format!(
            "    pub fn {name}(&mut self{declared}) -> Result<{returned}, Fault> {{\n        \
             let mut lm_args: [Value; {}] = [{args}];\n        \
             let {mutable} = self.0.{call}&mut lm_args)?.into_iter();\n{back}        {lift}\n    }}\n\n",
            params.len()
        )
    }

    /// The type of a parameter, and the value that is made of it.
    fn param(&self, ty: &Type, name: &str) -> (String, String) {
        let lower = format!("{name}.lower()");
        match ty {
            Type::Str { owned: false } | Type::CStr { owned: false, null: false } => {
                ("&str".into(), format!("{name}.to_owned().lower()"))
            }
            Type::CStr { owned: false, null: true } => {
                ("Option<&str>".into(), format!("{name}.map(str::to_owned).lower()"))
            }
            Type::Slice { of, access: Access::Read } => {
                (format!("&[{}]", self.ty(of)), format!("Convert::lower_all({name}.to_vec())"))
            }
            Type::Slice { of, access: Access::Write } => {
                (format!("&mut [{}]", self.ty(of)), format!("Convert::lower_all({name}.to_vec())"))
            }
            Type::Pointer { to, access, null } => {
                let (of, give) = (self.ty(to), *access == Access::Own);
                let (of, method) =
                    if give { (format!("impl Give<{of}>"), "give") } else { (format!("impl Lend<{of}>"), "lend") };
                if *null {
                    (format!("Option<{of}>"), format!("{name}.map_or(Value::None, |value| value.{method}())"))
                } else {
                    (of, format!("{name}.{method}()"))
                }
            }
            other => (self.ty(other), lower),
        }
    }

    /// The type of a result, and what makes it of a value that may lie in the guest still.
    fn result(&self, ty: &Type, stays: bool) -> (String, String) {
        match ty {
            Type::Pointer { to, access, null } => {
                let (of, make) = if *access == Access::Own { ("Owned", "owned") } else { ("Ptr", "pointer") };
                let of = format!("{of}<{}>", self.ty(to));
                let (ty, make) =
                    if *null { (format!("Option<{of}>"), format!("maybe_{make}")) } else { (of, make.to_owned()) };
                (ty, format!("{make}(next(&mut lm_results))"))
            }
            // Numbers lie nowhere.
            Type::Scalar(_) | Type::CStr { .. } | Type::Str { .. } => {
                (self.ty(ty), "Convert::lift(next(&mut lm_results))".into())
            }
            other if stays => (self.ty(other), "Convert::lift(self.0.take_value(next(&mut lm_results))?)".into()),
            other => (self.ty(other), "Convert::lift(next(&mut lm_results))".into()),
        }
    }

    fn is_opaque(&self, ty: &Type) -> bool {
        matches!(ty, Type::Named { name, .. } if matches!(self.module.types()[name], Decl::Opaque))
    }

    /// A type by value: what is behind pointers is copied along.
    fn ty(&self, ty: &Type) -> String {
        let or_none = |ty: String, null: bool| if null { format!("Option<{ty}>") } else { ty };
        match ty {
            Type::Scalar(scalar) => primitive(*scalar).into(),
            Type::Str { .. } => "String".into(),
            Type::CStr { null, .. } => or_none("String".into(), *null),
            Type::Named { name, null } => or_none(self.names[name.as_str()].clone(), *null),
            Type::Pointer { to, null, .. } if self.is_opaque(to) => or_none(format!("Address<{}>", self.ty(to)), *null),
            Type::Pointer { to, null, .. } => or_none(format!("Box<{}>", self.ty(to)), *null),
            Type::Slice { of, .. } | Type::Buffer { of } => format!("Vec<{}>", self.ty(of)),
            Type::Array { of, len } => format!("[{}; {len}]", self.ty(of)),
            Type::Status => "i32".into(),
        }
    }
}

fn convert(rust: &str, lift: &str, lower: &str) -> String {
    format!(
        "\nimpl Convert for {rust} {{\n    fn lift(value: Value) -> Result<Self, Fault> {{\n        {lift}\n    }}\n\n    \
         fn lower(self) -> Value {{\n        {lower}\n    }}\n}}\n"
    )
}

/// Names of one record's members.
fn members<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, String> {
    let mut taken = Names::new(UNRAW);
    let names: Vec<&str> = names.collect();
    // `lm_` is the methods' own.
    let own = |name: &str| if name.starts_with("lm_") { format!("{name}_") } else { name.to_owned() };
    names.into_iter().map(|name| (name, raw(taken.claim(&own(name))))).collect()
}

fn method(names: &mut Names, name: &str) -> String {
    let name = if UNRAW.split_whitespace().any(|word| word == name) { format!("{name}_") } else { name.to_owned() };
    raw(names.claim(&name))
}

fn raw(name: String) -> String {
    if KEYWORDS.split_whitespace().any(|keyword| keyword == name) { format!("r#{name}") } else { name }
}

fn primitive(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Usize => "u32",
        Scalar::Isize => "i32",
        scalar => scalar.name(),
    }
}

fn constant(of: &Const) -> String {
    match (&of.value, &of.ty) {
        (Literal::Int(value), Type::Scalar(Scalar::Bool)) => format!("bool = {}", *value != 0),
        (Literal::Int(value), Type::Scalar(Scalar::Char)) => format!("char = '\\u{{{value:x}}}'"),
        (Literal::Int(value), Type::Scalar(scalar)) => format!("{} = {value}", primitive(*scalar)),
        (Literal::Bits(bits), Type::Scalar(Scalar::F32)) => format!("f32 = f32::from_bits({bits:#x})"),
        (Literal::Bits(bits), _) => format!("f64 = f64::from_bits({bits:#x})"),
        (Literal::Text(text), _) => format!("&str = {text:?}"),
        (Literal::Int(value), _) => format!("i64 = {value}"),
    }
}

/// Docs as line comments: nothing but a line's end ends one.
fn comment(indent: &str, text: &str) -> String {
    let clean = |line: &str| line.chars().filter(|c| !c.is_control()).collect::<String>();
    text.lines().map(|line| format!("{}\n", format!("{indent}/// {}", clean(line)).trim_end())).collect()
}
