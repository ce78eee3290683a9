//! What a module declares.

use crate::{Access, Scalar, Type, Wasm};
use std::collections::BTreeMap;

/// Where a value lies: bytes, and what its address is a multiple of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub struct Layout {
    pub size: u32,
    pub align: u32,
}

/// A field of a struct or union.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Field {
    pub name: String,
    pub offset: u32,
    pub ty: Type,
}

/// A struct or union.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Struct {
    pub layout: Layout,
    pub fields: Vec<Field>,
    /// Whether a value holds something that has to be freed.
    pub owns: bool,
}

/// A case of an enumeration.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Case {
    pub name: String,
    pub value: i128,
    /// The offset and type of what the case holds, in a tagged enumeration.
    pub payload: Option<(u32, Type)>,
}

/// Cases in the order of declaration, and found by value.
#[derive(Clone, Debug, PartialEq)]
pub struct Cases {
    all: Vec<Case>,
    /// Their numbers by ascending value.
    order: Vec<usize>,
}

impl Cases {
    pub(crate) fn new(all: Vec<Case>) -> Self {
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_unstable_by_key(|&index| all[index].value);
        Self { all, order }
    }

    /// The case of a value.
    pub fn of(&self, value: i128) -> Option<&Case> {
        let found = self.order.binary_search_by_key(&value, |&index| self.all[index].value);
        found.ok().map(|place| &self.all[self.order[place]])
    }

    /// The case of a name.
    pub fn named(&self, name: &str) -> Option<&Case> {
        self.iter().find(|case| case.name == name)
    }
}

impl std::ops::Deref for Cases {
    type Target = [Case];

    fn deref(&self) -> &[Case] {
        &self.all
    }
}

/// A tagged enumeration: its tag lies at offset 0.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Tagged {
    pub layout: Layout,
    pub tag: Scalar,
    pub cases: Cases,
    /// Whether a value may hold something that has to be freed.
    pub owns: bool,
}

/// An enumeration: an integer with names.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Enum {
    pub int: Scalar,
    /// Whether it is declared over `status`: it names errors, and is a result only.
    pub status: bool,
    pub cases: Cases,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Param {
    pub name: String,
    pub ty: Type,
    /// Whether it is `>`: the address of a `ty` for the callee to write.
    pub out: bool,
}

/// Parameters and result of a function.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)]
pub struct Signature {
    pub params: Vec<Param>,
    pub result: Option<Type>,
}

/// A declared type.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Decl {
    Struct(Struct),
    Union(Struct),
    Tagged(Tagged),
    Enum(Enum),
    /// The index of a function of this signature.
    Sig(Signature),
    /// Known by address only.
    Opaque,
}

/// The value of a constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// Of an integer, bool (0 or 1) or char (its number).
    Int(i128),
    /// The bits of a float.
    Bits(u64),
    /// Of a `str`, its escapes undone.
    Text(String),
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Const {
    pub ty: Type,
    pub value: Literal,
}

/// What a module says of itself, read and checked: every name in it is declared, every layout is C's.
///
/// ```
/// use linmem_host::{Decl, Module};
///
/// let records = "abi 1 wasm32\nstruct Point 8 4 x:0:i32 y:4:i32\nfn origin -> ^*Point\n";
/// let module = Module::from_section(records.as_bytes())?;
/// let Decl::Struct(point) = &module.types()["Point"] else { panic!() };
/// assert_eq!((point.layout.size, point.fields[1].offset), (8, 4));
/// assert_eq!(module.fns()["origin"].result.as_ref().unwrap().to_string(), "^*Point");
/// assert_eq!(module.role("alloc"), "alloc");
/// # Ok::<(), linmem_host::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Module {
    pub(crate) types: BTreeMap<String, Decl>,
    pub(crate) consts: BTreeMap<String, Const>,
    pub(crate) fns: BTreeMap<String, Signature>,
    pub(crate) imports: BTreeMap<(String, String), Signature>,
    pub(crate) drops: BTreeMap<Type, String>,
    pub(crate) roles: BTreeMap<String, String>,
    pub(crate) docs: BTreeMap<String, String>,
}

impl Module {
    /// The declared types, by name.
    pub fn types(&self) -> &BTreeMap<String, Decl> {
        &self.types
    }

    /// The constants, by name.
    pub fn consts(&self) -> &BTreeMap<String, Const> {
        &self.consts
    }

    /// The exported functions, by name.
    pub fn fns(&self) -> &BTreeMap<String, Signature> {
        &self.fns
    }

    /// The host functions, by module and name.
    pub fn imports(&self) -> &BTreeMap<(String, String), Signature> {
        &self.imports
    }

    /// The exports that free an owned value, by its type.
    pub fn drops(&self) -> &BTreeMap<Type, String> {
        &self.drops
    }

    /// The roles that records name, with their exports.
    pub fn roles(&self) -> &BTreeMap<String, String> {
        &self.roles
    }

    /// The export behind `alloc`, `free` or `realloc`.
    pub fn role<'a>(&'a self, role: &'a str) -> &'a str {
        self.roles.get(role).map_or(role, String::as_str)
    }

    /// The documentation, by subject: `Point`, `Point.name`, `env/on_point`.
    pub fn docs(&self) -> &BTreeMap<String, String> {
        &self.docs
    }

    /// The layout of a type; none of an opaque one, `status`, and what this module does not declare.
    pub fn layout(&self, ty: &Type) -> Option<Layout> {
        let (size, align) = match ty {
            Type::Scalar(scalar) => (scalar.size(), scalar.size()),
            Type::Pointer { .. } | Type::CStr { .. } => (4, 4),
            Type::Slice { .. } | Type::Str { .. } => (8, 4),
            Type::Buffer { .. } => (12, 4),
            Type::Array { of, len } => {
                let Layout { size, align } = self.layout(of)?;
                (size.checked_mul(*len)?, align)
            }
            Type::Named { name, .. } => match self.types.get(name)? {
                Decl::Struct(of) | Decl::Union(of) => (of.layout.size, of.layout.align),
                Decl::Tagged(of) => (of.layout.size, of.layout.align),
                Decl::Enum(of) if !of.status => (of.int.size(), of.int.size()),
                Decl::Sig(_) => (4, 4),
                _ => return None,
            },
            Type::Status => return None,
        };
        Some(Layout { size, align })
    }

    /// Whether a value of a type owns something: data behind it, or a part of it does.
    pub fn owns(&self, ty: &Type) -> bool {
        match ty {
            Type::Pointer { access, .. } | Type::Slice { access, .. } => *access == Access::Own,
            Type::Str { owned } | Type::CStr { owned, .. } => *owned,
            Type::Buffer { .. } => true,
            Type::Array { of, .. } => self.owns(of),
            Type::Named { name, .. } => match self.types.get(name) {
                Some(Decl::Struct(of) | Decl::Union(of)) => of.owns,
                Some(Decl::Tagged(of)) => of.owns,
                _ => false,
            },
            Type::Scalar(_) | Type::Status => false,
        }
    }

    /// Whether a result is a status, or an enumeration over it.
    pub fn is_status(&self, ty: &Type) -> bool {
        *ty == Type::Status
            || matches!(ty, Type::Named { name, .. } if matches!(self.types.get(name), Some(Decl::Enum(of)) if of.status))
    }

    /// Whether a type is known by address only.
    pub fn is_opaque(&self, ty: &Type) -> bool {
        matches!(ty, Type::Named { name, .. } if matches!(self.types.get(name), Some(Decl::Opaque)))
    }

    /// What a value travels as when it is a parameter: one, or for text and slices two; none if it never is one.
    pub fn flatten(&self, ty: &Type) -> &'static [Wasm] {
        match ty {
            Type::Scalar(scalar) => one(*scalar),
            Type::Pointer { .. } | Type::CStr { .. } => &[Wasm::I32],
            Type::Slice { .. } | Type::Str { .. } => &[Wasm::I32, Wasm::I32],
            Type::Named { name, .. } => match self.types.get(name) {
                Some(Decl::Enum(of)) if !of.status => one(of.int),
                Some(Decl::Sig(_)) => &[Wasm::I32],
                _ => &[],
            },
            Type::Array { .. } | Type::Buffer { .. } | Type::Status => &[],
        }
    }

    /// The wasm parameters and result of a signature.
    ///
    /// ```
    /// use linmem_host::{Module, Wasm::I32};
    ///
    /// let records = b"abi 1 wasm32\nfn mean values:[]i32 out:>f64 -> status\n";
    /// let module = Module::from_section(records)?;
    /// assert_eq!(module.wasm(&module.fns()["mean"]), (vec![I32, I32, I32], Some(I32)));
    /// # Ok::<(), linmem_host::Error>(())
    /// ```
    pub fn wasm(&self, signature: &Signature) -> (Vec<Wasm>, Option<Wasm>) {
        let param = |param: &Param| if param.out { &[Wasm::I32] } else { self.flatten(&param.ty) };
        let params = signature.params.iter().flat_map(param).copied().collect();
        let result = |ty| if self.is_status(ty) { Some(Wasm::I32) } else { self.flatten(ty).first().copied() };
        (params, signature.result.as_ref().and_then(result))
    }
}

fn one(scalar: Scalar) -> &'static [Wasm] {
    match scalar.wasm() {
        Wasm::I32 => &[Wasm::I32],
        Wasm::I64 => &[Wasm::I64],
        Wasm::F32 => &[Wasm::F32],
        Wasm::F64 => &[Wasm::F64],
    }
}
