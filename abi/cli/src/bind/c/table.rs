//! The table of the module's types that what linmem_host.h does works by, and what is to be known of a type.

use super::types::parts;
use super::{Writer, number};
use linmem_host::{Access, Decl, Layout, Module, Scalar, Type};
use std::collections::{BTreeMap, BTreeSet};

/// The scalars, which every table begins with: linmem_host.h has their numbers.
const SCALARS: [Scalar; 14] = [
    Scalar::Bool,
    Scalar::I8,
    Scalar::U8,
    Scalar::I16,
    Scalar::U16,
    Scalar::I32,
    Scalar::U32,
    Scalar::I64,
    Scalar::U64,
    Scalar::F32,
    Scalar::F64,
    Scalar::Char,
    Scalar::Usize,
    Scalar::Isize,
];

/// All types of a module, by their numbers.
pub struct Table {
    pub types: Vec<Type>,
    numbers: BTreeMap<Type, usize>,
    /// Drops by their types, as exports are numbered.
    drops: BTreeMap<Type, usize>,
    /// The numbers by which the functions of sigs are called.
    sigs: BTreeMap<String, usize>,
}

impl Table {
    pub fn new(module: &Module) -> Self {
        let fns = module.fns().len();
        let drops = module.drops().keys().enumerate().map(|(index, ty)| (ty.clone(), fns + index)).collect();
        let sigs = module.types().iter().filter(|(_, decl)| matches!(decl, Decl::Sig(_)));
        // The two of the allocator come first.
        let first = 2 + fns + module.drops().len();
        let sigs = sigs.enumerate().map(|(index, (name, _))| (name.clone(), first + index)).collect();
        let mut table = Self { types: Vec::new(), numbers: BTreeMap::new(), drops, sigs };
        for scalar in SCALARS {
            table.add(module, &Type::Scalar(scalar));
        }
        for (name, decl) in module.types() {
            if !matches!(decl, Decl::Enum(of) if of.status) {
                table.add(module, &Type::Named { name: name.clone(), null: false });
            }
            if let Decl::Sig(of) = decl {
                table.signature(module, of);
            }
        }
        for of in module.fns().values().chain(module.imports().values()) {
            table.signature(module, of);
        }
        for ty in module.drops().keys() {
            table.add(module, ty);
        }
        table
    }

    fn signature(&mut self, module: &Module, of: &linmem_host::Signature) {
        for ty in of.params.iter().map(|param| &param.ty).chain(&of.result) {
            if !module.is_status(ty) {
                self.add(module, ty);
            }
        }
    }

    /// A type and those that it is made of. How deep types are made of others, records bound.
    fn add(&mut self, module: &Module, ty: &Type) {
        if self.numbers.contains_key(ty) {
            return;
        }
        self.types.push(ty.clone());
        self.numbers.insert(ty.clone(), self.types.len());
        match ty {
            Type::Pointer { to: of, .. } | Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of } => {
                self.add(module, of);
            }
            Type::Named { name, .. } => {
                let parts: Vec<Type> = parts(&module.types()[name]).into_iter().cloned().collect();
                parts.iter().for_each(|ty| self.add(module, ty));
            }
            _ => {}
        }
    }

    /// The number of a type.
    pub fn number(&self, ty: &Type) -> usize {
        self.numbers[ty]
    }
}

impl Writer<'_> {
    /// The number of a type, with its text.
    pub fn number_of(&self, ty: &Type) -> String {
        format!("{} /* {ty} */", self.table.number(ty))
    }

    /// A fact about a declared type, found once: types may contain one another many times over. Until it is known, it is
    /// not so.
    fn fact(&self, what: &'static str, name: &str, find: impl FnOnce() -> bool) -> bool {
        let key = (what, name.to_owned());
        if let Some(known) = self.facts.borrow().get(&key) {
            return *known;
        }
        self.facts.borrow_mut().insert(key.clone(), false);
        let found = find();
        self.facts.borrow_mut().insert(key, found);
        found
    }

    /// Whether a value lies in the guest as it does in C: it holds neither text nor pointers.
    pub fn is_plain(&self, ty: &Type) -> bool {
        match ty {
            Type::Scalar(_) => true,
            Type::Array { of, .. } => self.is_plain(of),
            Type::Named { name, .. } => match self.decl(name) {
                Decl::Opaque => false,
                Decl::Union(_) | Decl::Enum(_) | Decl::Sig(_) => true,
                decl => self.fact("plain", name, || parts(decl).into_iter().all(|ty| self.is_plain(ty))),
            },
            _ => false,
        }
    }

    /// Whether any bytes are a value: there is no bool, char, enum, tag or function in it.
    fn is_any(&self, ty: &Type) -> bool {
        match ty {
            Type::Scalar(scalar) => !matches!(scalar, Scalar::Bool | Scalar::Char),
            Type::Array { of, .. } => self.is_any(of),
            Type::Named { name, .. } => match self.decl(name) {
                Decl::Union(_) => true,
                decl @ Decl::Struct(_) => self.fact("any", name, || parts(decl).into_iter().all(|ty| self.is_any(ty))),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether what a value owns can be freed part by part.
    pub fn is_loose(&self, ty: &Type) -> bool {
        match ty {
            Type::Pointer { to, access: Access::Own, .. } => {
                let bare = Type::Pointer { to: to.clone(), access: Access::Own, null: false };
                let is_opaque = matches!(&**to, Type::Named { name, .. } if matches!(self.decl(name), Decl::Opaque));
                self.module.drops().contains_key(&bare) || !is_opaque && !self.module.owns(to)
            }
            Type::Slice { of, access: Access::Own } => self.module.drops().contains_key(ty) || !self.module.owns(of),
            Type::Buffer { of } | Type::Array { of, .. } => self.is_loose(of),
            Type::Named { name, .. } => {
                let parts = parts(self.decl(name));
                self.fact("loose", name, || parts.into_iter().all(|ty| self.is_loose(ty)))
            }
            _ => true,
        }
    }

    /// Whether what a host gives as a type has text or elements in it that are lent to what is made of it.
    fn lends<'a>(&'a self, ty: &'a Type, within: &mut BTreeSet<&'a str>) -> bool {
        match ty {
            Type::Str { owned } | Type::CStr { owned, .. } => !owned,
            Type::Slice { of, access } => *access != Access::Own || self.lends(of, within),
            Type::Array { of, .. } | Type::Buffer { of } => self.lends(of, within),
            Type::Named { name, .. } => {
                let decl = self.decl(name);
                let new = !matches!(decl, Decl::Union(_)) && within.insert(name);
                new && parts(decl).into_iter().any(|ty| self.lends(ty, within))
            }
            _ => false,
        }
    }

    /// The tables.
    pub fn tables(&self) -> String {
        let (mut types, mut members) = (String::new(), String::new());
        let mut count = 0;
        for ty in &self.table.types {
            let first = count;
            let mut member = |value: String, ty: Option<&Type>, offset: u32, given: String| {
                let number = ty.map_or(0, |ty| self.table.number(ty));
                members += &format!("    {{{value}, {number}, {offset}, {given}}},\n");
                count += 1;
            };
            let bits = |value: i128| format!("(uint64_t){}", number(value));
            let (kind, of) = match ty {
                Type::Scalar(scalar) => (scalar_kind(*scalar), None),
                Type::Pointer { to, .. } => ("POINTER", Some(self.table.number(to))),
                Type::Slice { of, .. } => ("SLICE", Some(self.table.number(of))),
                Type::Array { of, .. } => ("ARRAY", Some(self.table.number(of))),
                Type::Buffer { of } => ("BUFFER", Some(self.table.number(of))),
                Type::Str { .. } => ("STR", None),
                Type::CStr { .. } => ("CSTR", None),
                Type::Status => continue,
                Type::Named { name, .. } => {
                    let c = self.name(name);
                    match self.decl(name) {
                        Decl::Struct(of) | Decl::Union(of) => {
                            let mut names = self.members();
                            for field in &of.fields {
                                let given = format!("offsetof({c}, {})", names.claim(&field.name));
                                member("0".into(), Some(&field.ty), field.offset, given);
                            }
                            (if matches!(self.decl(name), Decl::Union(_)) { "UNION" } else { "STRUCT" }, None)
                        }
                        Decl::Tagged(of) => {
                            let mut names = self.members();
                            for case in of.cases.iter() {
                                match &case.payload {
                                    None => member(bits(case.value), None, 0, "0".into()),
                                    Some((offset, ty)) => {
                                        let given = format!("offsetof({c}, as.{})", names.claim(&case.name));
                                        member(bits(case.value), Some(ty), *offset, given);
                                    }
                                }
                            }
                            ("TAGGED", Some(self.table.number(&Type::Scalar(of.tag))))
                        }
                        Decl::Enum(of) => {
                            for case in of.cases.iter() {
                                member(bits(case.value), None, 0, "0".into());
                            }
                            ("ENUM", Some(self.table.number(&Type::Scalar(of.int))))
                        }
                        Decl::Sig(_) => ("FUNC", None),
                        Decl::Opaque => ("OPAQUE", None),
                    }
                }
            };
            if let Type::Scalar(scalar) = ty {
                let any = if self.is_any(ty) { "LM_ANY" } else { "0" };
                let number = self.table.number(ty);
                types += &format!("    LM_SCALAR_(LM_K_{kind}, {any}, {}), /* {number} {ty} */\n", scalar.size());
                continue;
            }
            let of = of.unwrap_or(0);
            let size = match ty {
                Type::Array { len, .. } => *len as usize,
                _ => count - first,
            };
            let first = match ty {
                Type::Named { name, .. } if matches!(self.decl(name), Decl::Sig(_)) => self.table.sigs[name],
                _ => first,
            };
            let Layout { size: bytes, align } = self.layout(ty);
            let given = if align == 0 { "0".into() } else { format!("sizeof({})", self.given(ty, "").trim()) };
            types += &format!(
                "    {{LM_K_{kind}, {}, {}, {bytes}, {align}, {given}, {of}, {size}, {first}, {}, {}}}, /* {} {ty} */\n",
                access(ty),
                self.flags(ty),
                self.drop_number(&Type::Pointer { to: Box::new(ty.clone()), access: Access::Own, null: false }),
                self.drop_number(&match ty {
                    Type::Str { .. } => ty.clone(),
                    Type::CStr { owned, .. } => Type::CStr { owned: *owned, null: false },
                    ty => Type::Slice { of: Box::new(ty.clone()), access: Access::Own },
                }),
                self.table.number(ty),
            );
        }
        if members.is_empty() {
            members = "    {0, 0, 0, 0},\n".into();
        }
        let [types_name, members_name, module] = ["types", "members", "module"].map(|name| self.helper(name, ""));
        format!(
            "\n/* Types by their numbers: kind, mark, flags, size, align, size of what is given, type of what it is made of,\n \
             * number and first of the members, drops. */\n\
             static const lm_type {types_name}[] = {{\n    LM_SCALAR_(LM_K_NONE, 0, 0),\n{types}}};\n\n\
             /* Fields and cases: value, type, offset, offset in what is given. */\n\
             static const lm_member {members_name}[] = {{\n{members}}};\n\n\
             /** What the module declares: for lm_guest_init. */\n\
             static const lm_module {module} = {{{types_name}, {members_name}}};\n"
        )
    }

    fn flags(&self, ty: &Type) -> String {
        let null = matches!(
            ty,
            Type::Pointer { null: true, .. } | Type::CStr { null: true, .. } | Type::Named { null: true, .. }
        );
        let flags = [
            ("LM_NULL", null),
            ("LM_PLAIN", self.is_plain(ty)),
            ("LM_OWNS", self.module.owns(ty)),
            ("LM_LOOSE", self.module.owns(ty) && self.is_loose(ty)),
            ("LM_LENDS", self.lends(ty, &mut BTreeSet::new())),
            ("LM_ANY", self.is_any(ty)),
        ];
        let flags: Vec<&str> = flags.iter().filter(|flag| flag.1).map(|flag| flag.0).collect();
        if flags.is_empty() { "0".into() } else { flags.join(" | ") }
    }

    fn drop_number(&self, ty: &Type) -> String {
        self.table.drops.get(ty).map_or_else(|| "0".into(), |index| format!("LM_FN_OWN_FIRST + {index}"))
    }
}

fn access(ty: &Type) -> &'static str {
    match ty {
        Type::Pointer { access, .. } | Type::Slice { access, .. } => match access {
            Access::Read => "LM_READ",
            Access::Write => "LM_WRITE",
            Access::Own => "LM_OWN",
        },
        Type::Str { owned: true } | Type::CStr { owned: true, .. } => "LM_OWN",
        _ => "LM_READ",
    }
}

fn scalar_kind(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "BOOL",
        Scalar::Char => "CHAR",
        Scalar::F32 | Scalar::F64 => "FLOAT",
        Scalar::I8 | Scalar::I16 | Scalar::I32 | Scalar::I64 | Scalar::Isize => "INT",
        Scalar::U8 | Scalar::U16 | Scalar::U32 | Scalar::U64 | Scalar::Usize => "UINT",
    }
}
