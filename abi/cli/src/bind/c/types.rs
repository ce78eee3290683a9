//! Types as they lie in memory, and what checks, reads and writes them.

use super::super::{Names, comment};
use super::{RESERVED, Writer, number, scalar_type};
use crate::text::{doc, signature};
use linmem_host::{Case, Decl, Field, Layout, Scalar, Type};
use std::collections::BTreeSet;

impl Writer<'_> {
    pub fn types(&self) -> String {
        let mut code = String::new();
        let mut done = BTreeSet::new();
        for (name, decl) in self.module.types() {
            if !is_aggregate(decl) {
                code += &format!("\n{}{}", comment("", doc(self.module, name)), self.plain(name, decl));
            }
        }
        for name in self.module.types().keys() {
            self.aggregate(name, &mut done, &mut code);
        }
        code
    }

    fn plain(&self, name: &str, decl: &Decl) -> String {
        let c = self.name(name);
        match decl {
            Decl::Enum(of) => {
                let base = if of.status { "lm_status" } else { scalar_type(of.int) };
                let mut code = format!("typedef {base} {c};\n");
                for case in of.cases.iter() {
                    let value = number(case.value);
                    code += &comment("", doc(self.module, &format!("{name}.{}", case.name)));
                    code += &format!("#define {} (({c}){value})\n", self.case(name, &case.name));
                }
                if !of.status {
                    let is: Vec<String> =
                        of.cases.iter().map(|case| format!("value == {}", self.case(name, &case.name))).collect();
                    let is = is.join(" ||\n           ");
                    code += &format!(
                        "static inline bool {}({c} value)\n{{\n    return {is};\n}}\n",
                        self.helper(name, "_is")
                    );
                }
                code
            }
            Decl::Sig(of) => {
                format!("/* {} */\ntypedef lm_func {c};\n", signature("An index in the table of functions: ", of))
            }
            _ => format!("/* {name} is opaque: known by its address. */\n"),
        }
    }

    /// The name of a case.
    pub fn case(&self, name: &str, case: &str) -> String {
        self.helper(&format!("{name}_{case}"), "")
    }

    /// A struct, union or tagged, after those that it contains: records bound how deep that goes.
    fn aggregate<'a>(&'a self, name: &'a str, done: &mut BTreeSet<&'a str>, code: &mut String) {
        let decl = self.decl(name);
        if !is_aggregate(decl) || !done.insert(name) {
            return;
        }
        for ty in parts(decl) {
            if let Type::Named { name, .. } = innermost(ty) {
                self.aggregate(name, done, code);
            }
        }
        *code += &format!("\n{}{}", comment("", doc(self.module, name)), self.define(name, decl));
        *code += &self.access(name, decl);
    }

    fn define(&self, name: &str, decl: &Decl) -> String {
        let c = self.name(name);
        let mut names = Names::new(RESERVED);
        match decl {
            Decl::Struct(of) | Decl::Union(of) => {
                let kind = if matches!(decl, Decl::Struct(_)) { "struct" } else { "union" };
                let (mut body, mut asserts) = (String::new(), layout(&c, of.layout));
                for Field { name: field, offset, ty } in &of.fields {
                    let member = names.claim(field);
                    let doc = doc(self.module, &format!("{name}.{field}"));
                    body += &comment("    ", doc);
                    body += &format!("    {};{}\n", self.declare(ty, &member), hint(ty));
                    asserts += &format!("LM_ASSERT_FIELD({c}, {member}, {offset});\n");
                }
                format!("typedef {kind} {c} {{\n{body}}} {c};\n{asserts}")
            }
            Decl::Tagged(of) => {
                let mut code = String::new();
                for case in of.cases.iter() {
                    let value = number(case.value);
                    code += &comment("", doc(self.module, &format!("{name}.{}", case.name)));
                    code += &format!("#define {} (({}){value})\n", self.case(name, &case.name), scalar_type(of.tag));
                }
                let (mut body, mut asserts) = (String::new(), layout(&c, of.layout));
                for (member, offset, ty) in payloads(&mut names, &of.cases) {
                    body += &format!("        {};{}\n", self.declare(ty, &member), hint(ty));
                    asserts += &format!("LM_ASSERT_FIELD({c}, as.{member}, {offset});\n");
                }
                let body = if body.is_empty() { body } else { format!("    union {{\n{body}    }} as;\n") };
                code + &format!("typedef struct {c} {{\n    {} tag;\n{body}}} {c};\n{asserts}", scalar_type(of.tag))
            }
            _ => String::new(),
        }
    }

    /// What checks, reads, writes and makes a value.
    fn access(&self, name: &str, decl: &Decl) -> String {
        let c = self.name(name);
        let Some(Layout { size, align }) = self.module.layout(&Type::Named { name: name.into(), null: false }) else {
            return String::new();
        };
        let [check, read, write, new] = ["_check", "_read", "_write", "_new"].map(|suffix| self.helper(name, suffix));
        let mut names = Names::new(RESERVED);
        let body: String = match decl {
            Decl::Struct(of) => {
                let field = |field: &Field| self.fix(&format!("value->{}", names.claim(&field.name)), &field.ty, 1);
                of.fields.iter().map(field).collect()
            }
            Decl::Tagged(of) => {
                let mut payloads = payloads(&mut names, &of.cases).into_iter();
                let mut body = "    switch (value->tag) {\n".to_owned();
                for case in of.cases.iter() {
                    let fix = match &case.payload {
                        None => String::new(),
                        Some(_) => payloads.next().map_or_else(String::new, |(member, _, ty)| {
                            self.fix(&format!("value->as.{member}"), ty, 2)
                        }),
                    };
                    body += &format!("    case {}:\n{fix}        break;\n", self.case(name, &case.name));
                }
                body + "    default:\n        status = LM_E_INVALID;\n    }\n"
            }
            _ => String::new(),
        };
        let checked = !body.is_empty();
        let mut code = String::new();
        if checked {
            code += &format!(
                "\n/** Checks bools, chars and enumerations. */\nstatic inline lm_status {check}({c} *value)\n{{\n    \
                 lm_status status = LM_OK;\n{body}    return status;\n}}\n"
            );
        }
        let body = if checked {
            format!(
                "    const lm_status status = lm_guest_read(guest, ptr, {size}, {align}, value);\n    \
                 return status == LM_OK ? {check}(value) : status;\n"
            )
        } else {
            format!("    return lm_guest_read(guest, ptr, {size}, {align}, value);\n")
        };
        code += &format!(
            "\n/** Copies it out of the guest. */\n\
             static inline lm_status {read}(lm_guest *guest, uint32_t ptr, {c} *value)\n{{\n{body}}}\n"
        );
        let body = if checked {
            format!(
                "    {c} copy = *value;\n    const lm_status status = {check}(&copy);\n    \
                 return status == LM_OK ? lm_guest_write(guest, ptr, {size}, {align}, &copy) : status;\n"
            )
        } else {
            format!("    return lm_guest_write(guest, ptr, {size}, {align}, value);\n")
        };
        code += &format!(
            "\n/** Copies it into the guest. */\n\
             static inline lm_status {write}(lm_guest *guest, uint32_t ptr, const {c} *value)\n{{\n{body}}}\n"
        );
        code + &format!(
            "\n/** Makes one in the guest, which the host owns: lm_guest_free(guest, ptr, {size}, {align}). */\n\
             static inline lm_status {new}(lm_guest *guest, const {c} *value, uint32_t *ptr)\n{{\n    \
             lm_status status = lm_guest_alloc(guest, {size}, {align}, ptr);\n    \
             if (status == LM_OK) {{\n        status = {write}(guest, *ptr, value);\n        \
             if (status != LM_OK) {{\n            lm_guest_free(guest, *ptr, {size}, {align});\n        }}\n    }}\n    \
             return status;\n}}\n"
        )
    }

    /// Statements that make a bool of a value in memory, or an error in `status` if it is none of its type.
    pub fn fix(&self, value: &str, ty: &Type, indent: usize) -> String {
        let pad = "    ".repeat(indent);
        match ty {
            Type::Scalar(Scalar::Bool) => format!("{pad}{value} = {value} != 0;\n"),
            Type::Scalar(Scalar::Char) => format!("{pad}status = lm_is_char({value}) ? status : LM_E_INVALID;\n"),
            Type::Named { name, .. } => match self.decl(name) {
                Decl::Enum(_) => {
                    format!("{pad}status = {}({value}) ? status : LM_E_INVALID;\n", self.helper(name, "_is"))
                }
                decl @ (Decl::Struct(_) | Decl::Tagged(_)) if self.is_checked(decl) => {
                    format!("{pad}status = status == LM_OK ? {}(&{value}) : status;\n", self.helper(name, "_check"))
                }
                _ => String::new(),
            },
            Type::Array { of, len } => {
                let index = format!("lm_{indent}");
                let inner = self.fix(&format!("{value}[{index}]"), of, indent + 1);
                if inner.is_empty() {
                    return inner;
                }
                format!("{pad}for (uint32_t {index} = 0; {index} < {len}; {index}++) {{\n{inner}{pad}}}\n")
            }
            _ => String::new(),
        }
    }

    /// Whether a type has a function that checks it.
    fn is_checked(&self, decl: &Decl) -> bool {
        match decl {
            Decl::Tagged(_) => true,
            Decl::Struct(of) => of.fields.iter().any(|field| match innermost(&field.ty) {
                Type::Scalar(Scalar::Bool | Scalar::Char) => true,
                Type::Named { name, .. } => {
                    let decl = self.decl(name);
                    matches!(decl, Decl::Enum(_)) || self.is_checked(decl)
                }
                _ => false,
            }),
            _ => false,
        }
    }

    /// The type of an element of arrays, however nested.
    pub fn base(&self, ty: &Type) -> String {
        match innermost(ty) {
            Type::Scalar(scalar) => scalar_type(*scalar).into(),
            Type::Named { name, .. } => self.name(name),
            Type::Slice { .. } => "lm_slice".into(),
            Type::Buffer { .. } => "lm_buffer".into(),
            Type::Str { .. } => "lm_str".into(),
            Type::CStr { .. } => "lm_cstr".into(),
            Type::Status => "lm_status".into(),
            _ => "uint32_t".into(),
        }
    }

    /// The declaration of something of a type.
    pub fn declare(&self, ty: &Type, name: &str) -> String {
        let (mut text, mut ty) = (format!("{} {name}", self.base(ty)), ty);
        while let Type::Array { of, len } = ty {
            text += &format!("[{len}]");
            ty = of;
        }
        text
    }
}

/// What a type holds, if C does not say that.
fn hint(ty: &Type) -> String {
    match innermost(ty) {
        Type::Scalar(_) => String::new(),
        Type::Named { null: false, .. } => String::new(),
        ty => format!(" /* {ty} */"),
    }
}

fn layout(name: &str, layout: Layout) -> String {
    format!("LM_ASSERT_LAYOUT({name}, {}, {});\n", layout.size, layout.align)
}

/// The members of a tagged's union.
fn payloads<'a>(names: &mut Names, cases: &'a [Case]) -> Vec<(String, u32, &'a Type)> {
    let payload = |case: &'a Case| case.payload.as_ref().map(|(offset, ty)| (names.claim(&case.name), *offset, ty));
    cases.iter().filter_map(payload).collect()
}

fn is_aggregate(decl: &Decl) -> bool {
    matches!(decl, Decl::Struct(_) | Decl::Union(_) | Decl::Tagged(_))
}

fn parts(decl: &Decl) -> Vec<&Type> {
    match decl {
        Decl::Struct(of) | Decl::Union(of) => of.fields.iter().map(|field| &field.ty).collect(),
        Decl::Tagged(of) => of.cases.iter().filter_map(|case| case.payload.as_ref()).map(|(_, ty)| ty).collect(),
        _ => Vec::new(),
    }
}

/// The element of arrays, however nested.
fn innermost(mut ty: &Type) -> &Type {
    while let Type::Array { of, .. } = ty {
        ty = of;
    }
    ty
}
