//! Types as C has them, and what makes values of them and goes into values.

use super::super::{Names, comment};
use super::{RESERVED, Writer, number, scalar_type};
use crate::text::{doc, signature};
use linmem_host::{Case, Decl, Field, Layout, Type};
use std::collections::BTreeSet;

/// How something is given to a function: its parameters, statements before, and the address of what is given.
pub struct Given {
    pub params: String,
    pub before: &'static str,
    pub address: String,
}

impl Writer<'_> {
    pub fn types(&self) -> String {
        let mut code = String::new();
        let mut done = BTreeSet::new();
        for (name, decl) in self.module.types() {
            if !is_aggregate(decl) {
                code += &format!("\n{}{}", comment("", doc(self.module, name)), self.plain(name, decl));
            }
        }
        for (name, decl) in self.module.types() {
            if is_aggregate(decl) {
                let c = self.name(name);
                let kind = if matches!(decl, Decl::Union(_)) { "union" } else { "struct" };
                code += &format!("\ntypedef {kind} {c} {c};\n");
            }
        }
        for name in self.module.types().keys() {
            self.aggregate(name, &mut done, &mut code);
        }
        code
    }

    /// What makes values and goes into them.
    pub fn accesses(&self) -> String {
        let mut code = String::new();
        for (name, decl) in self.module.types() {
            match decl {
                Decl::Enum(of) if of.status => {}
                Decl::Opaque => {}
                Decl::Enum(_) | Decl::Sig(_) => code += &self.access_value(name),
                _ => code += &self.access_aggregate(name, decl),
            }
        }
        let mut made = BTreeSet::new();
        for ty in &self.table.types {
            match ty {
                Type::Pointer { to, .. } if !self.is_declared_aggregate(to) => made.insert((false, &**to)),
                Type::Slice { of, .. } => made.insert((true, &**of)),
                _ => false,
            };
        }
        for (run, ty) in made {
            code += &self.make(run, ty);
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
                code
            }
            Decl::Sig(of) => format!(
                "/* {} */\ntypedef struct {c} {{\n    lm_func index;\n}} {c};\n{}",
                signature("A function in the guest's table: ", of),
                layout(&c, Layout { size: 4, align: 4 })
            ),
            _ => format!("/* {name} is opaque: known by its address. */\n"),
        }
    }

    /// The name of a case.
    pub fn case(&self, name: &str, case: &str) -> String {
        self.helper(&format!("{name}_{case}"), "")
    }

    /// The names of members, as they are claimed in the order of the record.
    pub fn members(&self) -> Names {
        Names::new(RESERVED)
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
    }

    fn define(&self, name: &str, decl: &Decl) -> String {
        let c = self.name(name);
        let mut names = self.members();
        let is_plain = self.is_plain(&Type::Named { name: name.into(), null: false });
        match decl {
            Decl::Struct(of) | Decl::Union(of) => {
                let is_union = matches!(decl, Decl::Union(_));
                let (mut body, mut asserts) = (String::new(), layout(&c, of.layout));
                for Field { name: field, offset, ty } in &of.fields {
                    let member = names.claim(field);
                    let doc = doc(self.module, &format!("{name}.{field}"));
                    body += &comment("    ", doc);
                    // A union lies in the guest as in C, pointers included.
                    let declared = if is_union { self.declare(ty, &member) } else { self.given(ty, &member) };
                    body += &format!("    {declared};{}\n", hint(ty));
                    asserts += &format!("LM_ASSERT_FIELD({c}, {member}, {offset});\n");
                }
                let kind = if is_union { "union" } else { "struct" };
                format!("{kind} {c} {{\n{body}}};\n{}", if is_plain { &asserts } else { "" })
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
                    body += &format!("        {};{}\n", self.given(ty, &member), hint(ty));
                    asserts += &format!("LM_ASSERT_FIELD({c}, as.{member}, {offset});\n");
                }
                let body = if body.is_empty() { body } else { format!("    union {{\n{body}    }} as;\n") };
                let asserts = if is_plain { &asserts } else { "" };
                code + &format!("struct {c} {{\n    {} tag;\n{body}}};\n{asserts}", scalar_type(of.tag))
            }
            _ => String::new(),
        }
    }

    /// What goes into an enum or the index of a function.
    fn access_value(&self, name: &str) -> String {
        let c = self.name(name);
        let number = self.number_of(&Type::Named { name: name.into(), null: false });
        let [get, set] = ["_get", "_set"].map(|suffix| self.helper(name, suffix));
        format!(
            "\nstatic inline lm_status {get}(lm_guest *guest, lm_ref at, {c} *value)\n{{\n    \
             return lm_get(guest, at, {number}, value);\n}}\n\n\
             static inline lm_status {set}(lm_guest *guest, lm_ref at, {c} value)\n{{\n    \
             return lm_set(guest, at, {number}, &value);\n}}\n"
        )
    }

    /// What makes, reads and writes a struct, union or tagged, and its members.
    fn access_aggregate(&self, name: &str, decl: &Decl) -> String {
        let c = self.name(name);
        let ty = Type::Named { name: name.into(), null: false };
        let number = self.number_of(&ty);
        let [new, set] = ["_new", "_set"].map(|suffix| self.helper(name, suffix));
        let mut code = format!(
            "\n/** Makes one that the host owns. */\n\
             static inline lm_status {new}(lm_guest *guest, const {c} *from, lm_ref *ref)\n{{\n    \
             return lm_new(guest, {number}, from, ref);\n}}\n\n\
             /** Writes all of it. */\n\
             static inline lm_status {set}(lm_guest *guest, lm_ref at, const {c} *from)\n{{\n    \
             return lm_set(guest, at, {number}, from);\n}}\n"
        );
        if self.is_plain(&ty) {
            code += &format!(
                "\n/** Copies it out of the guest. */\n\
                 static inline lm_status {}(lm_guest *guest, lm_ref at, {c} *value)\n{{\n    \
                 return lm_get(guest, at, {number}, value);\n}}\n",
                self.helper(name, "_get")
            );
        }
        match decl {
            Decl::Struct(of) | Decl::Union(of) => {
                for (index, field) in of.fields.iter().enumerate() {
                    code += &self.access_member(
                        &number,
                        index,
                        &format!("{name}_{}", field.name),
                        &format!("{name}_set_{}", field.name),
                        &field.ty,
                    );
                }
            }
            Decl::Tagged(of) => {
                code += &format!(
                    "\n/** The case that it has. */\n\
                     static inline lm_status {}(lm_guest *guest, lm_ref at, {} *tag)\n{{\n    \
                     return lm_get_tag(guest, at, {number}, tag);\n}}\n",
                    self.helper(name, "_tag"),
                    scalar_type(of.tag)
                );
                for (index, case) in of.cases.iter().enumerate() {
                    if let Some((_, ty)) = &case.payload {
                        code += &self.access_member(
                            &number,
                            index,
                            &format!("{name}_as_{}", case.name),
                            &format!("{name}_set_as_{}", case.name),
                            ty,
                        );
                    }
                }
            }
            _ => {}
        }
        code
    }

    fn access_member(&self, number: &str, index: usize, get: &str, set: &str, ty: &Type) -> String {
        let (out, by) = match ty {
            Type::Str { .. } | Type::CStr { .. } => ("lm_text *value".to_owned(), "lm_text_member"),
            ty if self.is_value(ty) => (self.came_plain(ty, "value"), "lm_get_member"),
            _ => ("lm_ref *value".to_owned(), "lm_ref_member"),
        };
        let Given { params, before, address } = self.give(ty, "value");
        format!(
            "\nstatic inline lm_status {}(lm_guest *guest, lm_ref at, {out})\n{{\n    \
             return {by}(guest, at, {number}, {index}, value);\n}}\n\n\
             static inline lm_status {}(lm_guest *guest, lm_ref at, {params})\n{{\n{before}    \
             return lm_set_member(guest, at, {number}, {index}, {address});\n}}\n",
            self.helper(get, ""),
            self.helper(set, ""),
        )
    }

    /// What makes a value, or several, of a type that has no name.
    fn make(&self, run: bool, ty: &Type) -> String {
        let number = self.number_of(ty);
        let name = mangle(ty);
        if run {
            let (from, _) = (self.given_pointer(ty, "from"), ());
            return format!(
                "\nstatic inline lm_status {}(lm_guest *guest, {from}, uint32_t len, lm_ref *ref)\n{{\n    \
                 return lm_new_run(guest, {number}, from, len, ref);\n}}\n",
                self.helper(&format!("new_run_{name}"), "")
            );
        }
        if self.layout(ty).align == 0 {
            return String::new();
        }
        let Given { params, before, address } = self.give(ty, "from");
        format!(
            "\nstatic inline lm_status {}(lm_guest *guest, {params}, lm_ref *ref)\n{{\n{before}    \
             return lm_new(guest, {number}, {address}, ref);\n}}\n",
            self.helper(&format!("new_{name}"), "")
        )
    }

    /// Whether it is passed by value: a number, bool, char, enum or function.
    pub fn is_value(&self, ty: &Type) -> bool {
        match ty {
            Type::Scalar(_) => true,
            Type::Named { name, .. } => matches!(self.decl(name), Decl::Enum(_) | Decl::Sig(_)),
            _ => false,
        }
    }

    fn is_declared_aggregate(&self, ty: &Type) -> bool {
        matches!(ty, Type::Named { name, .. } if is_aggregate(self.decl(name)))
    }

    /// How something is given to a function.
    pub fn give(&self, ty: &Type, name: &str) -> Given {
        match ty {
            Type::Slice { of, .. } | Type::Buffer { of } => Given {
                params: format!("{}, uint32_t len", self.given_pointer(of, name)),
                before: match name {
                    "from" => "    lm_items items;\n    items.ptr = from;\n    items.len = len;\n",
                    _ => "    lm_items items;\n    items.ptr = value;\n    items.len = len;\n",
                },
                address: "&items".into(),
            },
            Type::Array { .. } => Given { params: self.given_pointer(ty, name), before: "", address: name.into() },
            ty if self.is_declared_aggregate(ty) => {
                Given { params: self.given_pointer(ty, name), before: "", address: name.into() }
            }
            ty => Given { params: self.given(ty, name), before: "", address: format!("&{name}") },
        }
    }

    /// A pointer to what is given as a type.
    pub fn given_pointer(&self, ty: &Type, name: &str) -> String {
        let pointer = if matches!(ty, Type::Array { .. }) { format!("(*{name})") } else { format!("*{name}") };
        format!("const {}", self.given(ty, &pointer))
    }

    /// The declaration of what a host gives as a type.
    pub fn given(&self, ty: &Type, name: &str) -> String {
        let base = match innermost(ty) {
            Type::Str { .. } | Type::CStr { .. } => "lm_text".into(),
            Type::Pointer { .. } => "lm_ref".into(),
            Type::Slice { of, .. } | Type::Buffer { of } if !name.is_empty() && !name.contains('*') => match &**of {
                Type::Slice { .. } | Type::Buffer { .. } => "lm_items".into(),
                of => format!("struct {{\n        {};\n        uint32_t len;\n    }}", self.given_pointer(of, "ptr")),
            },
            Type::Slice { .. } | Type::Buffer { .. } => "lm_items".into(),
            ty => self.base(ty),
        };
        declared(base, ty, name)
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

    /// The declaration of something of a type, as it lies in the guest.
    pub fn declare(&self, ty: &Type, name: &str) -> String {
        declared(self.base(ty), ty, name)
    }

    pub fn layout(&self, ty: &Type) -> Layout {
        self.module.layout(ty).unwrap_or(Layout { size: 0, align: 0 })
    }
}

fn declared(base: String, mut ty: &Type, name: &str) -> String {
    let mut text = format!("{base} {name}");
    while let Type::Array { of, len } = ty {
        text += &format!("[{len}]");
        ty = of;
    }
    text
}

/// A type's text as part of a name.
fn mangle(ty: &Type) -> String {
    let mark = |access: linmem_host::Access| match access {
        linmem_host::Access::Read => "",
        linmem_host::Access::Write => "mut_",
        linmem_host::Access::Own => "own_",
    };
    let own = |owned: bool| if owned { "own_" } else { "" };
    let maybe = |null: bool| if null { "maybe_" } else { "" };
    match ty {
        Type::Scalar(scalar) => scalar.name().into(),
        Type::Named { name, null } => format!("{}{name}", maybe(*null)),
        Type::Pointer { to, access, null } => format!("{}{}ptr_{}", maybe(*null), mark(*access), mangle(to)),
        Type::Slice { of, access } => format!("{}slice_{}", mark(*access), mangle(of)),
        Type::Array { of, len } => format!("{}_x{len}", mangle(of)),
        Type::Buffer { of } => format!("buffer_{}", mangle(of)),
        Type::Str { owned } => format!("{}str", own(*owned)),
        Type::CStr { owned, null } => format!("{}{}cstr", maybe(*null), own(*owned)),
        Type::Status => "status".into(),
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

/// The types that a type is made of.
pub fn parts(decl: &Decl) -> Vec<&Type> {
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
