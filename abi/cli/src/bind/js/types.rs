//! Classes and codecs of types.

use super::{Writer, integer, is_big, key, number};
use crate::bind::{comment, ts};
use crate::text::doc;
use linmem_host::{Access, Case, Decl, Enum, Field, Layout, Scalar, Type};

impl Writer<'_> {
    pub(super) fn layout(&self, ty: &Type) -> Layout {
        self.module.layout(ty).unwrap_or(Layout { size: 0, align: 1 })
    }

    /// The codec of a number, or of what a bool, char or tag lies in memory as.
    fn number(&mut self, scalar: Scalar) -> &'static str {
        match scalar {
            Scalar::F32 | Scalar::F64 => self.flags.extend(["floats", "typed"]),
            scalar if is_big(scalar) => self.flags.extend(["typed"]),
            _ => {}
        }
        number(scalar)
    }

    /// Whether the module needs what a word says, as far as is known.
    pub(super) fn needs(&self, flag: &str) -> bool {
        self.known.contains(flag)
    }

    pub(super) fn is_struct(&self, ty: &Type) -> bool {
        matches!(ty, Type::Named { name, .. } if !matches!(self.module.types()[name], Decl::Enum(_) | Decl::Sig(_)))
    }

    /// Whether it is a number, or another value that is no address.
    pub(super) fn is_plain(&self, ty: &Type) -> bool {
        matches!(ty, Type::Scalar(_)) || matches!(ty, Type::Named { .. }) && !self.is_struct(ty)
    }

    /// The codec of a type, which is made if it is the first time that it is asked for.
    pub(super) fn codec(&mut self, ty: &Type) -> String {
        match ty {
            Type::Scalar(scalar @ (Scalar::Bool | Scalar::Char)) => return scalar.name().into(),
            Type::Scalar(scalar) => return self.number(*scalar).into(),
            Type::Named { name, null } => {
                if self.is_struct(ty) {
                    self.flags.insert("ops");
                }
                return format!("{}{}", self.names[name.as_str()], if *null { "$maybe" } else { "$" });
            }
            _ => {}
        }
        self.flags.insert("ops");
        let text = ty.to_string();
        if let Some(name) = self.codecs.get(&text) {
            return name.clone();
        }
        let made = match ty {
            Type::Array { of, len } => format!("arrayOf({}, {len})", self.element(of)),
            Type::Buffer { of } => {
                self.flags.extend(["buffers", "runs"]);
                format!("bufferOf({})", self.element(of))
            }
            Type::Slice { of, access } => {
                self.flags.insert("runs");
                let (elem, free) = (self.element(of), self.release(ty));
                format!("sliceOf({elem}, {}{})", mark(*access), tail(&free))
            }
            Type::Pointer { to, access, null } => {
                let target = self.target(to);
                let free = self.release(ty);
                format!("pointerTo({target}, {}, {}{})", mark(*access), u8::from(*null), tail(&free))
            }
            Type::Str { .. } => format!("texts(0, 0{})", tail(&self.release(ty))),
            Type::CStr { null, .. } => format!("texts(1, {}{})", u8::from(*null), tail(&self.release(ty))),
            _ => unreachable!("{text} is no value in memory"),
        };
        let name = format!("t{}$", self.codecs.len());
        self.made += &format!("  const {name} = {made} // {text}\n");
        self.codecs.insert(text, name.clone());
        name
    }

    /// What is behind a pointer: a view of its own, or a list with one element.
    fn target(&mut self, to: &Type) -> String {
        if self.is_struct(to) || matches!(to, Type::Array { .. } | Type::Buffer { .. }) {
            return self.codec(to);
        }
        self.codec(&Type::Array { of: Box::new(to.clone()), len: 1 })
    }

    /// The codec of a list's elements.
    pub(super) fn element(&mut self, of: &Type) -> String {
        if array(of).is_none() {
            self.flags.extend(["mixed", "ops"]);
        }
        self.codec(of)
    }

    /// The function that frees an owned value, which tells owners of its type from others; nothing of what is borrowed.
    pub(super) fn release(&mut self, ty: &Type) -> Option<String> {
        let (owned, of) = match ty {
            Type::Pointer { to, access: Access::Own, .. } => {
                (Type::Pointer { to: to.clone(), access: Access::Own, null: false }, Some(&**to))
            }
            Type::Slice { of, access: Access::Own } => (ty.clone(), Some(&**of)),
            Type::CStr { owned: true, .. } => (Type::CStr { owned: true, null: false }, None),
            Type::Str { owned: true } => (ty.clone(), None),
            _ => return None,
        };
        if let Some(name) = self.module.drops().get(&owned) {
            return Some(format!("${name}"));
        }
        let text = owned.to_string();
        if let Some(name) = self.releases.get(&text) {
            return Some(name.clone());
        }
        let Layout { size, align } = of.map_or(Layout { size: 1, align: 1 }, |of| self.layout(of));
        let made = match (&owned, of) {
            (_, Some(of)) if size == 0 || self.module.owns(of) => {
                self.flags.insert("deep");
                format!("deep('{text}')")
            }
            (Type::Slice { of, .. }, _) if array(of).is_some() => return Some(format!("{}.free", self.codec(of))),
            (Type::Slice { .. }, _) => format!("(p, n) => $free(p, n * {size}, {align})"),
            (Type::Pointer { .. }, _) => format!("p => $free(p, {size}, {align})"),
            (Type::Str { .. }, _) => return Some("u8.free".into()),
            _ => "p => $free(p, strlen(p) + 1, 1)".into(),
        };
        let name = format!("r{}$", self.releases.len());
        self.freed += &format!("  const {name} = {made} // {text}\n");
        self.releases.insert(text, name.clone());
        Some(name)
    }

    pub(super) fn decl(&mut self, name: &str, decl: &Decl) -> String {
        let ours = self.names[name].clone();
        match decl {
            Decl::Struct(of) => self.class(name, &of.fields, of.layout, of.owns, false),
            Decl::Union(of) => self.class(name, &of.fields, of.layout, of.owns, true),
            Decl::Tagged(of) => {
                self.flags.insert("ops");
                let offset = of.cases.iter().find_map(|case| case.payload.as_ref()).map_or(0, |(offset, _)| *offset);
                let case = |case: &Case| {
                    let ty = case.payload.as_ref().map(|(_, ty)| format!(", () => {}", self.codec(ty)));
                    format!("['{}', {}{}]", case.name, integer(of.tag, case.value), ty.unwrap_or_default())
                };
                let cases: Vec<String> = of.cases.iter().map(case).collect();
                let tag = self.number(of.tag);
                let head = format!(
                    "\n  const {ours}$cases = cases([{}])\n  const {ours}$case = view => {ours}$cases[{tag}.get(at(view))] ?? fail('{name}')\n",
                    cases.join(", ")
                );
                let members = format!(
                    "    get tag() {{\n      return {ours}$case(this).name\n    }}\n    get value() {{\n      \
                     return {ours}$case(this).type?.().get(at(this) + {offset}, this.$r, this.$w)\n    }}\n"
                );
                let put = format!(
                    "      const {{ number, type }} = {ours}$cases[value?.tag] ?? fail('{name}')\n      \
                     if (!type && value.value !== undefined) fail('{name}')\n      {tag}.put(p, number)\n      \
                     type?.().put(p + {offset}, value.value, k)\n"
                );
                head + &self.aggregate(name, of.layout, of.owns, true, &members, &put)
            }
            Decl::Enum(of) => self.enumeration(name, of),
            Decl::Sig(of) => {
                self.flags.insert("sigs");
                let params = self.module.wasm(of).0;
                let body = self.function(of, "f", name, "  ");
                let lift = format!(
                    "\n  const {ours}$of = index => indexed(index, {ours}$of, {}, f => {body})\n",
                    params.len()
                );
                lift + &format!("  const {ours}$ = sig(0, {ours}$of)\n  const {ours}$maybe = sig(1, {ours}$of)\n")
            }
            Decl::Opaque => {
                let layout = Layout { size: 0, align: 1 };
                self.aggregate(name, layout, false, true, "", &format!("      fail('{name}')\n"))
            }
        }
    }

    fn enumeration(&mut self, name: &str, of: &Enum) -> String {
        let ours = self.names[name].clone();
        let mut members: Vec<String> =
            of.cases.iter().map(|case| format!("{}: {}", key(&case.name), integer(of.int, case.value))).collect();
        members.extend(of.cases.iter().map(|case| format!("'{}': '{}'", case.value, case.name)));
        let object = format!(
            "\n{}  const {ours} = Object.freeze({{ __proto__: null, {} }})\n",
            comment("  ", doc(self.module, name)),
            members.join(", ")
        );
        if of.status {
            object
        } else {
            object + &format!("  const {ours}$ = listed({}, {ours})\n", self.number(of.int))
        }
    }

    /// A struct or union.
    fn class(&mut self, name: &str, fields: &[Field], layout: Layout, owns: bool, union: bool) -> String {
        let ours = self.names[name].clone();
        let allocates = |ty: &Type| matches!(ty, Type::CStr { owned: true, null: false });
        // One text that is made last needs no chain.
        let simple = fields.iter().all(|field| self.is_plain(&field.ty) || allocates(&field.ty))
            && fields.iter().filter(|field| allocates(&field.ty)).count() < 2;
        if !simple {
            self.flags.insert("ops");
        }
        let (mut members, mut last) = (String::new(), String::new());
        let names: Vec<String> = fields.iter().map(|field| format!("'{}'", field.name)).collect();
        let mut put = format!("      only(value, {})\n", names.join(", "));
        if union {
            let values: Vec<String> = fields.iter().map(|field| format!("value.{}", field.name)).collect();
            put = format!(
                "      if (value instanceof {ours}) return void u8.heap().copyWithin(p, at(value), at(value) + {})\n{put}      \
                 if ([{}].filter(value => value !== undefined).length !== 1) fail('{name}')\n",
                layout.size,
                values.join(", ")
            );
        }
        for field in fields {
            let Field { name: member, offset, ty } = field;
            let at = |base: &str| if *offset == 0 { base.to_owned() } else { format!("{base} + {offset}") };
            let codec = if allocates(ty) && simple { String::new() } else { self.codec(ty) };
            let (get, set, line) = if self.is_plain(ty) {
                let line = format!("{codec}.put({}, value.{member})", at("p"));
                (format!("{codec}.get({})", at("at(this)")), format!("{codec}.put({}, value)", at("to(this)")), line)
            } else if codec.is_empty() {
                let set = if self.needs("ops") {
                    format!("assign(this, {}, {}, value)", self.codec(ty), at("at(this)"))
                } else {
                    format!("retext({}, value, {})", at("to(this)"), self.release(ty).unwrap_or_default())
                };
                let k = if self.needs("ops") { ", k, 1" } else { "" };
                let line = format!("u32.put({}, text(value.{member}, 1{k}))", at("p"));
                (format!("cstr(u32.get({}))", at("at(this)")), set, line)
            } else {
                (
                    format!("{codec}.get({}, this.$r, this.$w)", at("at(this)")),
                    format!("assign(this, {codec}, {}, value)", at("at(this)")),
                    format!("{codec}.put({}, value.{member}, k)", at("p")),
                )
            };
            let line = if union { format!("if (value.{member} !== undefined) {line}") } else { line };
            let line = format!("      {line}\n");
            if codec.is_empty() {
                last += &line
            } else {
                put += &line
            }
            // A class has no accessor `constructor` that is not computed.
            let shown = if member == "constructor" { "['constructor']" } else { member };
            let docs = comment("    ", doc(self.module, &format!("{name}.{member}")));
            members += &format!(
                "{docs}    get {shown}() {{\n      return {get}\n    }}\n    set {shown}(value) {{\n      {set}\n    }}\n"
            );
        }
        let hidden = fields.iter().any(|field| field.name == "assign");
        self.aggregate(name, layout, owns, !hidden, &members, &(put + &last))
    }

    fn aggregate(&mut self, name: &str, layout: Layout, owns: bool, assigns: bool, members: &str, put: &str) -> String {
        let ours = self.names[name].clone();
        let Layout { size, align } = layout;
        let pointer = Type::Pointer {
            to: Box::new(Type::Named { name: name.into(), null: false }),
            access: Access::Own,
            null: false,
        };
        let free = self.release(&pointer).unwrap_or_default();
        let assign = match (assigns && size > 0, owns) {
            (false, _) => String::new(),
            (_, true) => format!("    assign() {{\n      fail('{name}')\n    }}\n"),
            _ if self.needs("ops") => {
                format!("    assign(value) {{\n      assign(this, {ours}$, at(this), value)\n    }}\n")
            }
            _ => {
                format!(
                    "    assign(value) {{\n      const p = to(this)\n      whole(p, {size}, () => {ours}$put(p, value))\n    }}\n"
                )
            }
        };
        let docs = comment("  ", doc(self.module, name));
        if !self.needs("ops") {
            return format!(
                "\n  const {ours}$put = (p, value) => {{\n{}  }}\n{docs}  class {ours} extends View {{\n    \
                 constructor(value, p = make({size}, {align}, p => {ours}$put(p, value)), type = {free}, write = 1) {{\n      \
                 super(p, type, write)\n    }}\n{members}{assign}  }}\n",
                put.replace("      ", "    ")
            );
        }
        let owns = if owns { "    owns: 1,\n" } else { "" };
        format!(
            "\n{docs}  class {ours} extends View {{\n{members}{assign}  }}\n  const {ours}$ = {{\n    s: {size},\n    a: {align},\n    \
             free: {free},\n    of: {ours},\n    nests: 1,\n{owns}    get: (p, root, write) => new {ours}(0, p, 0, write, root),\n    \
             put(p, value, k) {{\n{put}    }},\n  }}\n  {ours}.prototype.$e = {ours}$\n",
        )
    }
}

/// The typed array over elements of a type, if they are numbers.
pub(super) fn array(ty: &Type) -> Option<&'static str> {
    Some(ts::array(ty)).filter(|name| *name != "undefined")
}

fn mark(access: Access) -> &'static str {
    match access {
        Access::Read => "''",
        Access::Write => "'~'",
        Access::Own => "'^'",
    }
}

fn tail(free: &Option<String>) -> String {
    free.as_ref().map(|free| format!(", {free}")).unwrap_or_default()
}
