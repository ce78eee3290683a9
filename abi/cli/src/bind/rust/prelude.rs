//! Written by `linmem bind --lang rust` from a module's records; not to be edited.
//!
//! Over the crate `linmem-host`: make an `Instance` with one of its engines, and wrap it in [`Module`].

#![allow(dead_code, non_camel_case_types, non_snake_case, non_upper_case_globals, clippy::all)]

use linmem_host::{Fault, Func, Guest, Instance, Pointer, Value};
use std::marker::PhantomData;

/// A type that values become.
pub trait Convert: Sized {
    fn lift(value: Value) -> Result<Self, Fault>;

    fn lower(self) -> Value;

    fn lift_all(value: Value) -> Result<Vec<Self>, Fault> {
        match value {
            Value::List(values) => values.into_iter().map(Self::lift).collect(),
            Value::Bytes(bytes) => bytes.into_iter().map(|byte| Self::lift(byte.into())).collect(),
            other => unfit(other),
        }
    }

    fn lower_all(values: Vec<Self>) -> Value {
        Value::List(values.into_iter().map(Self::lower).collect())
    }
}

/// A `T` in the guest that the host owns: give it to a function that takes it, or to [`Module::free`].
#[derive(Debug, PartialEq)]
#[must_use]
pub struct Owned<T>(Pointer, PhantomData<T>);

/// A `T` in the guest that the host was lent.
#[derive(Debug)]
pub struct Ptr<T>(Pointer, PhantomData<T>);

impl<T> Clone for Ptr<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<T> PartialEq for Ptr<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// Something opaque, within other data.
pub type Address<T> = Ptr<T>;

impl<T> Convert for Ptr<T> {
    fn lift(value: Value) -> Result<Self, Fault> {
        pointer(value)
    }

    fn lower(self) -> Value {
        self.0.into()
    }
}

/// A `T` that lies in the guest.
pub trait Held<T> {
    fn pointer(&self) -> &Pointer;
}

impl<T> Held<T> for Owned<T> {
    fn pointer(&self) -> &Pointer {
        &self.0
    }
}

impl<T> Held<T> for Ptr<T> {
    fn pointer(&self) -> &Pointer {
        &self.0
    }
}

/// What a parameter takes that is lent: a value, which is copied into the guest for the call, or one that is there.
pub trait Lend<T> {
    fn lend(self) -> Value;
}

impl<T: Convert> Lend<T> for T {
    fn lend(self) -> Value {
        self.lower()
    }
}

impl<T> Lend<T> for &Owned<T> {
    fn lend(self) -> Value {
        (&self.0).into()
    }
}

impl<T> Lend<T> for &Ptr<T> {
    fn lend(self) -> Value {
        (&self.0).into()
    }
}

/// What a parameter takes that is handed over: a value, which is copied into the guest, or an owner.
pub trait Give<T> {
    fn give(self) -> Value;
}

impl<T: Convert> Give<T> for T {
    fn give(self) -> Value {
        self.lower()
    }
}

impl<T> Give<T> for Owned<T> {
    fn give(self) -> Value {
        self.0.into()
    }
}

fn unfit<T>(value: Value) -> Result<T, Fault> {
    Err(Fault::missing(format!("another type than the bindings were made for: {value:?}")))
}

fn pointer<T>(value: Value) -> Result<Ptr<T>, Fault> {
    if let Value::Pointer(pointer) = value { Ok(Ptr(pointer, PhantomData)) } else { unfit(value) }
}

fn maybe_pointer<T>(value: Value) -> Result<Option<Ptr<T>>, Fault> {
    if value == Value::None { Ok(None) } else { pointer(value).map(Some) }
}

fn owned<T>(value: Value) -> Result<Owned<T>, Fault> {
    if let Value::Pointer(pointer) = value { Ok(Owned(pointer, PhantomData)) } else { unfit(value) }
}

fn maybe_owned<T>(value: Value) -> Result<Option<Owned<T>>, Fault> {
    if value == Value::None { Ok(None) } else { owned(value).map(Some) }
}

fn next(values: &mut impl Iterator<Item = Value>) -> Value {
    values.next().unwrap_or(Value::None)
}

fn field<T: Convert>(fields: &mut Vec<(String, Value)>, name: &str) -> Result<T, Fault> {
    match fields.iter().position(|field| field.0 == name) {
        Some(place) => T::lift(fields.swap_remove(place).1),
        None => unfit(Value::None),
    }
}

macro_rules! integers {
    ($($int:ty)*) => {
        $(impl Convert for $int {
            fn lift(value: Value) -> Result<Self, Fault> {
                match value {
                    Value::Int(int) => Self::try_from(int).or_else(|_| unfit(Value::Int(int))),
                    other => unfit(other),
                }
            }

            fn lower(self) -> Value {
                Value::Int(self.into())
            }
        })*
    };
}

integers! { i8 i16 u16 i32 u32 i64 u64 }

impl Convert for u8 {
    fn lift(value: Value) -> Result<Self, Fault> {
        match value {
            Value::Int(int) => Self::try_from(int).or_else(|_| unfit(Value::Int(int))),
            other => unfit(other),
        }
    }

    fn lower(self) -> Value {
        Value::Int(self.into())
    }

    fn lift_all(value: Value) -> Result<Vec<Self>, Fault> {
        if let Value::Bytes(bytes) = value { Ok(bytes) } else { unfit(value) }
    }

    fn lower_all(values: Vec<Self>) -> Value {
        Value::Bytes(values)
    }
}

macro_rules! plain {
    ($($of:ty: $value:ident => $lift:expr;)*) => {
        $(impl Convert for $of {
            fn lift(value: Value) -> Result<Self, Fault> {
                if let Value::$value(value) = value { Ok($lift(value)) } else { unfit(value) }
            }

            fn lower(self) -> Value {
                Value::$value(self.into())
            }
        })*
    };
}

plain! {
    bool: Bool => |value| value;
    char: Char => |value| value;
    f32: Float => |value| value as f32;
    f64: Float => |value| value;
    String: Text => |value| value;
}

impl<T: Convert> Convert for Option<T> {
    fn lift(value: Value) -> Result<Self, Fault> {
        if value == Value::None { Ok(None) } else { T::lift(value).map(Some) }
    }

    fn lower(self) -> Value {
        self.map_or(Value::None, T::lower)
    }
}

impl<T: Convert> Convert for Box<T> {
    fn lift(value: Value) -> Result<Self, Fault> {
        T::lift(value).map(Box::new)
    }

    fn lower(self) -> Value {
        (*self).lower()
    }
}

impl<T: Convert> Convert for Vec<T> {
    fn lift(value: Value) -> Result<Self, Fault> {
        T::lift_all(value)
    }

    fn lower(self) -> Value {
        T::lower_all(self)
    }
}

impl<T: Convert, const N: usize> Convert for [T; N] {
    fn lift(value: Value) -> Result<Self, Fault> {
        T::lift_all(value)?.try_into().or_else(|_| unfit(Value::None))
    }

    fn lower(self) -> Value {
        T::lower_all(self.into())
    }
}

/// The module, by its own functions.
pub struct Module<G>(pub Instance<G>);

impl<G: Guest> Module<G> {
    /// Copies a value that lies in the guest.
    pub fn read<T: Convert>(&mut self, from: &impl Held<T>) -> Result<T, Fault> {
        T::lift(self.0.read(from.pointer())?)
    }

    /// Replaces a value that lies in the guest.
    pub fn write<T: Convert>(&mut self, to: &impl Held<T>, value: T) -> Result<(), Fault> {
        self.0.write(to.pointer(), &value.lower())
    }

    /// Frees what the guest handed over, by its drop or block by block.
    pub fn free<T>(&mut self, owned: Owned<T>) -> Result<(), Fault> {
        self.0.release(&owned.0)
    }
}
