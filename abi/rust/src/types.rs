//! Types as records write them: prefix operators, then a leaf.

use crate::Error;
use crate::words;
use std::fmt;

/// What a value travels as in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wasm {
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `f32`
    F32,
    /// `f64`
    F64,
}

/// A number, bool or char.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "they are called as in the records")]
pub enum Scalar {
    Bool,
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    F32,
    F64,
    Char,
    Usize,
    Isize,
}

/// By its number: name, size, wasm type.
const SCALARS: [(&str, u32, Wasm, Scalar); 14] = [
    ("bool", 1, Wasm::I32, Scalar::Bool),
    ("i8", 1, Wasm::I32, Scalar::I8),
    ("u8", 1, Wasm::I32, Scalar::U8),
    ("i16", 2, Wasm::I32, Scalar::I16),
    ("u16", 2, Wasm::I32, Scalar::U16),
    ("i32", 4, Wasm::I32, Scalar::I32),
    ("u32", 4, Wasm::I32, Scalar::U32),
    ("i64", 8, Wasm::I64, Scalar::I64),
    ("u64", 8, Wasm::I64, Scalar::U64),
    ("f32", 4, Wasm::F32, Scalar::F32),
    ("f64", 8, Wasm::F64, Scalar::F64),
    ("char", 4, Wasm::I32, Scalar::Char),
    ("usize", 4, Wasm::I32, Scalar::Usize),
    ("isize", 4, Wasm::I32, Scalar::Isize),
];

impl Scalar {
    /// The scalar of a name.
    ///
    /// ```
    /// assert_eq!(linmem_host::Scalar::named("u16").unwrap().size(), 2);
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        SCALARS.iter().find(|scalar| scalar.0 == name).map(|scalar| scalar.3)
    }

    /// Its name in records.
    pub fn name(self) -> &'static str {
        SCALARS[self as usize].0
    }

    /// Its size in bytes, which is its align as well.
    pub fn size(self) -> u32 {
        SCALARS[self as usize].1
    }

    /// What it travels as in a call.
    pub fn wasm(self) -> Wasm {
        SCALARS[self as usize].2
    }

    /// Whether it is one of `i8` .. `u64`, which enumerations are made of.
    pub fn is_int(self) -> bool {
        self >= Self::I8 && self <= Self::U64
    }

    /// The least and the most that it holds, as an integer: of a bool 0 and 1, of a float nothing.
    pub fn range(self) -> Option<(i128, i128)> {
        let bits = 8 * self.size();
        match self {
            Self::F32 | Self::F64 => None,
            Self::Bool => Some((0, 1)),
            Self::Char => Some((0, 0x10_ffff)),
            Self::I8 | Self::I16 | Self::I32 | Self::I64 | Self::Isize => {
                Some((-(1 << (bits - 1)), (1 << (bits - 1)) - 1))
            }
            _ => Some((0, (1 << bits) - 1)),
        }
    }
}

/// Who may do what with data that lies elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Borrowed, and only read.
    #[default]
    Read,
    /// `~`: borrowed, and the receiver may write to it.
    Write,
    /// `^`: the receiver frees it, or whoever owns the struct that it lies in.
    Own,
}

/// A type of a field, parameter or result. Its `Display` is its text in records.
///
/// ```
/// use linmem_host::{Access, Type};
///
/// let ty: Type = "?^*Point".parse()?;
/// let Type::Pointer { to, access: Access::Own, null: true } = &ty else { panic!() };
/// assert_eq!((to.to_string(), ty.to_string()), ("Point".into(), "?^*Point".into()));
/// # Ok::<(), linmem_host::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// A number, bool or char.
    Scalar(Scalar),
    /// A declared type. `null`, that it may be 0, is for a sig only.
    #[allow(missing_docs)]
    Named { name: String, null: bool },
    /// `*T`: the address of a value.
    #[allow(missing_docs)]
    Pointer { to: Box<Self>, access: Access, null: bool },
    /// `[]T`: the address and number of values.
    #[allow(missing_docs)]
    Slice { of: Box<Self>, access: Access },
    /// `[4]T`: values in place.
    #[allow(missing_docs)]
    Array { of: Box<Self>, len: u32 },
    /// `[+]T`: address and number of values, and of those that there is room for.
    #[allow(missing_docs)]
    Buffer { of: Box<Self> },
    /// Text, by address and length.
    #[allow(missing_docs)]
    Str { owned: bool },
    /// Text, by address and with a NUL at its end.
    #[allow(missing_docs)]
    CStr { owned: bool, null: bool },
    /// An i32 of which all but 0 are errors; only a result.
    Status,
}

/// The most operators in a type.
const MAX_DEPTH: usize = 16;

impl std::str::FromStr for Type {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let error = |what| Error::new("R7", format!("{what}: {:?}", crate::error::shorten(text)));
        let mut operators = Vec::new();
        let mut rest = text;
        let leaf = loop {
            if operators.len() > MAX_DEPTH {
                return Err(Error::new("limits", format!("a type has more than {MAX_DEPTH} operators")));
            }
            let (null, marked) = rest.strip_prefix('?').map_or((false, rest), |rest| (true, rest));
            let (access, bare) = match marked.split_at_checked(1) {
                Some(("^", rest)) => (Access::Own, rest),
                Some(("~", rest)) => (Access::Write, rest),
                _ => (Access::Read, marked),
            };
            let owned = access == Access::Own;
            if let Some(inner) = bare.strip_prefix('*') {
                operators.push(Operator::Pointer(access, null));
                rest = inner;
            } else if let Some(inner) = bare.strip_prefix("[]").filter(|_| !null) {
                operators.push(Operator::Slice(access));
                rest = inner;
            } else if let Some(inner) = rest.strip_prefix("[+]") {
                operators.push(Operator::Buffer);
                rest = inner;
            } else if let Some((len, inner)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                operators.push(Operator::Array(words::number(len)?));
                rest = inner;
            } else {
                break match (bare, access, Scalar::named(bare)) {
                    ("str", Access::Read | Access::Own, _) if !null => Self::Str { owned },
                    ("cstr", Access::Read | Access::Own, _) => Self::CStr { owned, null },
                    ("status", Access::Read, _) if !null => Self::Status,
                    ("str" | "cstr" | "status", ..) => return Err(error("no type")),
                    (_, Access::Read, Some(scalar)) if !null => Self::Scalar(scalar),
                    (_, Access::Read, None) => Self::Named { name: words::name(bare)?, null },
                    _ => return Err(error("no type")),
                };
            }
        };
        Ok(operators.into_iter().rev().fold(leaf, |inner, operator| {
            let of = Box::new(inner);
            match operator {
                Operator::Pointer(access, null) => Self::Pointer { to: of, access, null },
                Operator::Slice(access) => Self::Slice { of, access },
                Operator::Buffer => Self::Buffer { of },
                Operator::Array(len) => Self::Array { of, len },
            }
        }))
    }
}

enum Operator {
    Pointer(Access, bool),
    Slice(Access),
    Buffer,
    Array(u32),
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "",
            Self::Write => "~",
            Self::Own => "^",
        })
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = |set: bool, mark| if set { mark } else { "" };
        match self {
            Self::Scalar(scalar) => f.write_str(scalar.name()),
            Self::Named { name, null } => write!(f, "{}{name}", mark(*null, "?")),
            Self::Pointer { to, access, null } => write!(f, "{}{access}*{to}", mark(*null, "?")),
            Self::Slice { of, access } => write!(f, "{access}[]{of}"),
            Self::Array { of, len } => write!(f, "[{len}]{of}"),
            Self::Buffer { of } => write!(f, "[+]{of}"),
            Self::Str { owned } => write!(f, "{}str", mark(*owned, "^")),
            Self::CStr { owned, null } => write!(f, "{}{}cstr", mark(*null, "?"), mark(*owned, "^")),
            Self::Status => f.write_str("status"),
        }
    }
}
