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

pub const Infinity: f64 = f64::from_bits(0x7ff0000000000000);

pub const NAN: f32 = f32::from_bits(0x7fc00000);

pub const NULL: u8 = 0;

pub const TEXT: &str = "??/ \"quoted\" \\ \n*/ #define";

#[derive(Clone, Debug, PartialEq)]
pub enum Array {
    r#if(f64),
    r#else,
}

impl Convert for Array {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Case(name, payload) = value else { return unfit(value) };
        match (name.as_str(), payload) {
            ("if", Some(value)) => Convert::lift(*value).map(Self::r#if),
            ("else", None) => Ok(Self::r#else),
            _ => unfit(Value::case(&name)),
        }
    }

    fn lower(self) -> Value {
        match self {
            Self::r#if(value) => Value::Case("if".into(), Some(Box::new(value.lower()))),
            Self::r#else => Value::case("else"),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Color {
    Red,
    new,
}

impl Convert for Color {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Case(name, payload) = value else { return unfit(value) };
        match (name.as_str(), payload) {
            ("Red", None) => Ok(Self::Red),
            ("new", None) => Ok(Self::new),
            _ => unfit(Value::case(&name)),
        }
    }

    fn lower(self) -> Value {
        match self {
            Self::Red => Value::case("Red"),
            Self::new => Value::case("new"),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum ColorInit {
    Most,
}

impl Convert for ColorInit {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Case(name, payload) = value else { return unfit(value) };
        match (name.as_str(), payload) {
            ("Most", None) => Ok(Self::Most),
            _ => unfit(Value::case(&name)),
        }
    }

    fn lower(self) -> Value {
        match self {
            Self::Most => Value::case("Most"),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Color_ {
    pub x: u32,
}

impl Convert for Color_ {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Struct(mut fields) = value else { return unfit(value) };
        Ok(Self {
            x: field(&mut fields, "x")?,
        })
    }

    fn lower(self) -> Value {
        Value::Struct(vec![
            ("x".into(), self.x.lower()),
        ])
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Least {
    This,
}

impl Convert for Least {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Case(name, payload) = value else { return unfit(value) };
        match (name.as_str(), payload) {
            ("This", None) => Ok(Self::This),
            _ => unfit(Value::case(&name)),
        }
    }

    fn lower(self) -> Value {
        match self {
            Self::This => Value::case("This"),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct List {
    pub assign: u32,
}

impl Convert for List {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Struct(mut fields) = value else { return unfit(value) };
        Ok(Self {
            assign: field(&mut fields, "assign")?,
        })
    }

    fn lower(self) -> Value {
        Value::Struct(vec![
            ("assign".into(), self.assign.lower()),
        ])
    }
}

/// Ends */ here, and /* begins; ??/
/// @param \
#[derive(Clone, Debug, PartialEq)]
pub struct int {
    /// */ int x; /*
    pub default: i32,
    pub class: f32,
}

impl Convert for int {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Struct(mut fields) = value else { return unfit(value) };
        Ok(Self {
            default: field(&mut fields, "default")?,
            class: field(&mut fields, "class")?,
        })
    }

    fn lower(self) -> Value {
        Value::Struct(vec![
            ("default".into(), self.default.lower()),
            ("class".into(), self.class.lower()),
        ])
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct number {
    pub delete: u8,
    pub free: i64,
}

impl Convert for number {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Struct(mut fields) = value else { return unfit(value) };
        Ok(Self {
            delete: field(&mut fields, "delete")?,
            free: field(&mut fields, "free")?,
        })
    }

    fn lower(self) -> Value {
        Value::Struct(vec![
            ("delete".into(), self.delete.lower()),
            ("free".into(), self.free.lower()),
        ])
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct then_(pub u32);

impl Convert for then_ {
    fn lift(value: Value) -> Result<Self, Fault> {
        match value {
            Value::Func(func) if func.sig == "then_" => Ok(Self(func.index)),
            other => unfit(other),
        }
    }

    fn lower(self) -> Value {
        Func::new("then_", self.0).into()
    }
}

impl<G: Guest> Module<G> {
    pub fn Color_is(&mut self, x: impl Lend<Color_>) -> Result<(), Fault> {
        let mut lm_args: [Value; 1] = [x.lend()];
        let _lm_results = self.0.take("Color_is", &mut lm_args)?.into_iter();
        Ok(())
    }

    pub fn __proto__(&mut self, int: impl Lend<int>, of: &[[u16; 2]]) -> Result<Option<Ptr<int>>, Fault> {
        let mut lm_args: [Value; 2] = [int.lend(), Convert::lower_all(of.to_vec())];
        let mut lm_results = self.0.call("__proto__", &mut lm_args)?.into_iter();
        maybe_pointer(next(&mut lm_results))
    }

    pub fn int_read(&mut self, result: u8, lm_args_: u8, lm_0_: u8) -> Result<u8, Fault> {
        let mut lm_args: [Value; 3] = [result.lower(), lm_args_.lower(), lm_0_.lower()];
        let mut lm_results = self.0.take("int_read", &mut lm_args)?.into_iter();
        Convert::lift(next(&mut lm_results))
    }

    /// *//**/
    /// @param this line
    /// */ two
    pub fn then(&mut self, this: i32, guest: i32, values: &[i32], values_len: u32) -> Result<bool, Fault> {
        let mut lm_args: [Value; 4] = [this.lower(), guest.lower(), Convert::lower_all(values.to_vec()), values_len.lower()];
        let mut lm_results = self.0.take("then", &mut lm_args)?.into_iter();
        Convert::lift(next(&mut lm_results))
    }

    pub fn call_then_(&mut self, lm_function: then_, r#await: i32) -> Result<bool, Fault> {
        let mut lm_args: [Value; 1] = [r#await.lower()];
        let mut lm_results = self.0.invoke(&Func::new("then_", lm_function.0), &mut lm_args)?.into_iter();
        Convert::lift(next(&mut lm_results))
    }

}
