//! What the languages share whose bindings have a variable for each type, which says how it is read and written.

use super::Names;
use linmem_host::{Access, Decl, Module, Type};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Those variables, and other names that are made of declared ones.
#[derive(Default)]
pub struct Codecs {
    /// By the type's text, or by what a name is for.
    names: RefCell<BTreeMap<String, String>>,
    taken: RefCell<Names>,
    code: RefCell<BTreeMap<String, (String, String)>>,
}

impl Codecs {
    /// The name for something, made the first time.
    pub fn name(&self, key: &str, make: impl FnOnce() -> String) -> String {
        if let Some(name) = self.names.borrow().get(key) {
            return name.clone();
        }
        let name = make();
        self.names.borrow_mut().insert(key.to_owned(), name.clone());
        name
    }

    /// The variable of a type, and whether it is a new one, which is to be [defined](Self::define).
    pub fn variable(&self, text: &str, name: &str) -> (String, bool) {
        let is_new = !self.names.borrow().contains_key(text);
        (self.name(text, || self.taken.borrow_mut().claim(name)), is_new)
    }

    /// Says what type a variable has, and what it is set to.
    pub fn define(&self, variable: &str, ty: String, init: String) {
        self.code.borrow_mut().insert(variable.to_owned(), (ty, init));
    }

    /// Each variable as a line, by its name, its type and what it is set to.
    pub fn lines(&self, line: impl Fn(&str, &str, &str) -> String) -> String {
        self.code.borrow().iter().map(|(name, (ty, init))| line(name, ty, init)).collect()
    }
}

pub fn is_opaque(module: &Module, ty: &Type) -> bool {
    matches!(ty, Type::Named { name, .. } if matches!(module.types()[name], Decl::Opaque))
}

/// Whether a pointer to it is a view of it.
pub fn is_place(module: &Module, ty: &Type) -> bool {
    matches!(ty, Type::Named { name, .. } if matches!(module.types()[name], Decl::Struct(_) | Decl::Union(_) | Decl::Tagged(_)))
}

/// `^*T`.
pub fn own(to: &Type) -> Type {
    Type::Pointer { to: Box::new(to.clone()), access: Access::Own, null: false }
}

/// What is behind an out pointer: a value, or, of what lies in memory, an owner of that.
pub fn taken(module: &Module, ty: &Type) -> (Type, bool) {
    let is_owner = matches!(ty, Type::Array { .. } | Type::Buffer { .. }) || is_place(module, ty);
    (if is_owner { own(ty) } else { ty.clone() }, is_owner)
}

/// The types of elements that some function takes, by their texts.
pub fn elements(module: &Module) -> BTreeMap<String, Type> {
    let params = module.fns().values().flat_map(|of| &of.params);
    let element =
        |ty: &Type| if let Type::Slice { of, .. } = ty { Some((of.to_string(), (**of).clone())) } else { None };
    params.filter_map(|param| element(&param.ty)).collect()
}
