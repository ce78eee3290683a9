//! A value of any type, as a copy on the host.

use crate::{Cause, Fault, Func, Pointer};

/// A value of any type: a copy, but for pointers.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Null, where a type allows it.
    None,
    /// A bool.
    Bool(bool),
    /// Any integer.
    Int(i128),
    /// An f32 or f64.
    Float(f64),
    /// A char.
    Char(char),
    /// A `str` or `cstr`.
    Text(String),
    /// A run of `u8`.
    Bytes(Vec<u8>),
    /// Any other array, slice or buffer.
    List(Vec<Self>),
    /// A struct's fields in order; of a union those whose bytes are valid, and to write it exactly one.
    Struct(Vec<(String, Self)>),
    /// The case of an enumeration, with what it holds if it is tagged.
    Case(String, Option<Box<Self>>),
    /// What stays where it lies: a function's result, an opaque type, or data that contains itself.
    Pointer(Pointer),
    /// A function of the guest.
    Func(Func),
}

impl Value {
    /// A field of a struct.
    ///
    /// ```
    /// use linmem_host::Value;
    ///
    /// let point = Value::fields([("x", 3.into()), ("name", "hi".into())]);
    /// assert_eq!(point.get("x"), Some(&Value::Int(3)));
    /// ```
    pub fn get(&self, field: &str) -> Option<&Self> {
        match self {
            Self::Struct(fields) => fields.iter().find(|(name, _)| name == field).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The pointer that it is.
    ///
    /// # Errors
    ///
    /// [`Cause::Null`] if it is [`None`](Self::None), and [`Cause::Mismatch`] for everything else that is no pointer.
    pub fn pointer(&self) -> Result<&Pointer, Fault> {
        match self {
            Self::Pointer(pointer) => Ok(pointer),
            Self::None => Err(Cause::Null.into()),
            other => Err(Fault::mismatch(format!("{} is no pointer", crate::error::brief(other)))),
        }
    }

    /// The pointer that it is.
    ///
    /// # Errors
    ///
    /// As [`pointer`](Self::pointer).
    pub fn into_pointer(self) -> Result<Pointer, Fault> {
        self.pointer().cloned()
    }

    /// A struct or union of these fields.
    pub fn fields<const N: usize>(fields: [(&str, Self); N]) -> Self {
        Self::Struct(fields.map(|(name, value)| (name.to_owned(), value)).into())
    }

    /// The case of an enumeration that holds nothing.
    pub fn case(name: &str) -> Self {
        Self::Case(name.to_owned(), None)
    }
}

macro_rules! from {
    ($($from:ty => $value:ident => $to:expr;)*) => {
        $(impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $to
            }
        })*
    };
}

from! {
    bool => value => Self::Bool(value);
    i8 => value => Self::Int(value.into());
    u8 => value => Self::Int(value.into());
    i16 => value => Self::Int(value.into());
    u16 => value => Self::Int(value.into());
    i32 => value => Self::Int(value.into());
    u32 => value => Self::Int(value.into());
    i64 => value => Self::Int(value.into());
    u64 => value => Self::Int(value.into());
    f32 => value => Self::Float(value.into());
    f64 => value => Self::Float(value);
    char => value => Self::Char(value);
    &str => value => Self::Text(value.to_owned());
    String => value => Self::Text(value);
    Vec<u8> => value => Self::Bytes(value);
    Vec<Value> => value => Self::List(value);
    Pointer => value => Self::Pointer(value);
    &Pointer => value => Self::Pointer(value.clone());
    Func => value => Self::Func(value);
}

/// A list.
impl<T: Into<Self>, const N: usize> From<[T; N]> for Value {
    fn from(values: [T; N]) -> Self {
        Self::List(values.map(Into::into).into())
    }
}
