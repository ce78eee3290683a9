//! Which ways values go, and what a changed type means for those who have the old one.

use linmem_host::{Access, Decl, Module, Signature, Type};
use std::collections::{BTreeMap, BTreeSet};

/// The way of a value, as the host sees it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    Give,
    Receive,
    Both,
}

impl Way {
    pub fn back(self) -> Self {
        match self {
            Self::Give => Self::Receive,
            Self::Receive => Self::Give,
            Self::Both => Self::Both,
        }
    }

    /// The way of what lies behind a pointer or slice: what the receiver may write to goes both ways.
    fn behind(self, access: Access) -> Self {
        if access == Access::Write { Self::Both } else { self }
    }
}

/// The ways of each declared type that some function speaks of.
pub struct Ways(BTreeMap<String, Way>);

impl Ways {
    pub fn of(module: &Module) -> Self {
        let mut ways = Self(BTreeMap::new());
        for signature in module.fns().values() {
            ways.signature(module, signature, Way::Give);
        }
        for signature in module.imports().values() {
            ways.signature(module, signature, Way::Receive);
        }
        for ty in module.drops().keys() {
            ways.add(module, ty, Way::Give);
        }
        ways
    }

    /// Whether hosts receive values of a type. A type that no function speaks of may go any way.
    pub fn received(&self, name: &str) -> bool {
        self.0.get(name) != Some(&Way::Give)
    }

    fn signature(&mut self, module: &Module, of: &Signature, way: Way) {
        for param in &of.params {
            self.add(module, &param.ty, if param.out { way.back() } else { way });
        }
        if let Some(ty) = &of.result {
            self.add(module, ty, way.back());
        }
    }

    /// Adds a type with all that it leads to. Each type is followed at most twice.
    fn add(&mut self, module: &Module, ty: &Type, way: Way) {
        let mut todo = vec![(ty, way)];
        while let Some((ty, way)) = todo.pop() {
            match ty {
                Type::Pointer { to, access, .. } => todo.push((to, way.behind(*access))),
                Type::Slice { of, access } => todo.push((of, way.behind(*access))),
                Type::Array { of, .. } | Type::Buffer { of } => todo.push((of, way)),
                Type::Named { name, .. } => {
                    let known = self.0.get(name).copied();
                    let all = known.map_or(way, |known| if known == way { way } else { Way::Both });
                    if known == Some(all) {
                        continue;
                    }
                    self.0.insert(name.clone(), all);
                    match module.types().get(name) {
                        Some(Decl::Struct(of) | Decl::Union(of)) => {
                            todo.extend(of.fields.iter().map(|field| (&field.ty, all)));
                        }
                        Some(Decl::Tagged(of)) => {
                            let payloads = of.cases.iter().filter_map(|case| case.payload.as_ref());
                            todo.extend(payloads.map(|(_, ty)| (ty, all)));
                        }
                        // A host has it from the guest, and calls it.
                        Some(Decl::Sig(of)) => {
                            let way = |out| if out { Way::Receive } else { Way::Give };
                            todo.extend(of.params.iter().map(|param| (&param.ty, way(param.out))));
                            todo.extend(of.result.iter().map(|ty| (ty, Way::Receive)));
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }
}

/// All types that functions and types of a module speak of, with those that they lead to; without their first `?`.
pub fn all(module: &Module) -> BTreeSet<Type> {
    let of_signature = |of: &'_ Signature| -> Vec<Type> {
        of.params.iter().map(|param| &param.ty).chain(&of.result).cloned().collect()
    };
    let functions = module.fns().values().chain(module.imports().values()).flat_map(of_signature);
    let types = module.types().values().flat_map(|decl| match decl {
        Decl::Struct(of) | Decl::Union(of) => of.fields.iter().map(|field| field.ty.clone()).collect(),
        Decl::Tagged(of) => of.cases.iter().filter_map(|case| Some(case.payload.as_ref()?.1.clone())).collect(),
        Decl::Sig(of) => of_signature(of),
        Decl::Enum(_) | Decl::Opaque => Vec::new(),
    });
    let (mut all, mut todo) = (BTreeSet::new(), functions.chain(types).collect::<Vec<_>>());
    while let Some(mut ty) = todo.pop() {
        match &mut ty {
            Type::Pointer { null, to: of, .. } => {
                *null = false;
                todo.push((**of).clone());
            }
            Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of } => todo.push((**of).clone()),
            Type::CStr { null, .. } => *null = false,
            _ => {}
        }
        all.insert(ty);
    }
    all
}

/// If two types differ in `?` only, whether that breaks those who have the old one.
pub fn compare(old: &Type, new: &Type, way: Way) -> Option<bool> {
    // None where they differ in more.
    let null = |old: bool, new: bool| match (way, old == new) {
        (_, true) => false,
        (Way::Receive, _) => new,
        (Way::Give, _) => old,
        (Way::Both, _) => true,
    };
    match (old, new) {
        (Type::Pointer { to: old, access, null: before }, Type::Pointer { to: new, access: other, null: after })
            if access == other =>
        {
            Some(compare(old, new, way.behind(*access))? || null(*before, *after))
        }
        (Type::Slice { of: old, access }, Type::Slice { of: new, access: other }) if access == other => {
            compare(old, new, way.behind(*access))
        }
        (Type::Array { of: old, len }, Type::Array { of: new, len: other }) if len == other => compare(old, new, way),
        (Type::Buffer { of: old }, Type::Buffer { of: new }) => compare(old, new, way),
        (Type::CStr { owned, null: before }, Type::CStr { owned: other, null: after }) if owned == other => {
            Some(null(*before, *after))
        }
        (Type::Named { name, null: before }, Type::Named { name: other, null: after }) if name == other => {
            Some(null(*before, *after))
        }
        _ if old == new => Some(false),
        _ => None,
    }
}
