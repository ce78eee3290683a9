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

pub const HALF: f64 = f64::from_bits(0x3fe0000000000000);

pub const INITIAL: char = '\u{df}';

pub const LEAST: i64 = -9223372036854775808;

/// The most that fits.
pub const MAX: u32 = 16;

pub const MINUS: f32 = f32::from_bits(0xbfc00000);

/// Two words and a backslash.
pub const VERSION: &str = "1.0\n\\ beta";

pub const YES: bool = true;

#[derive(Clone, Debug, PartialEq)]
#[derive(Default)]
pub struct Bits {
    pub int: Option<u32>,
    pub float: Option<f32>,
    pub bytes: Option<[u8; 4]>,
}

impl Convert for Bits {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Struct(mut fields) = value else { return unfit(value) };
        Ok(Self {
            int: field(&mut fields, "int").ok(),
            float: field(&mut fields, "float").ok(),
            bytes: field(&mut fields, "bytes").ok(),
        })
    }

    fn lower(self) -> Value {
        let mut fields = Vec::new();
        if let Some(value) = self.int {
            fields.push(("int".into(), value.lower()));
        }
        if let Some(value) = self.float {
            fields.push(("float".into(), value.lower()));
        }
        if let Some(value) = self.bytes {
            fields.push(("bytes".into(), value.lower()));
        }
        Value::Struct(fields)
    }
}

/// A colour.
#[derive(Clone, Debug, PartialEq)]
pub enum Color {
    /// Like blood,
    /// or a rose.
    Red,
    Green,
    Blue,
}

impl Convert for Color {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Case(name, payload) = value else { return unfit(value) };
        match (name.as_str(), payload) {
            ("Red", None) => Ok(Self::Red),
            ("Green", None) => Ok(Self::Green),
            ("Blue", None) => Ok(Self::Blue),
            _ => unfit(Value::case(&name)),
        }
    }

    fn lower(self) -> Value {
        match self {
            Self::Red => Value::case("Red"),
            Self::Green => Value::case("Green"),
            Self::Blue => Value::case("Blue"),
        }
    }
}

/// Keeps numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum Db {}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Done(pub u32);

impl Convert for Done {
    fn lift(value: Value) -> Result<Self, Fault> {
        match value {
            Value::Func(func) if func.sig == "Done" => Ok(Self(func.index)),
            other => unfit(other),
        }
    }

    fn lower(self) -> Value {
        Func::new("Done", self.0).into()
    }
}

/// What `average` says.
#[derive(Clone, Debug, PartialEq)]
pub enum Fail {
    Empty,
    TooMany,
}

impl Convert for Fail {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Case(name, payload) = value else { return unfit(value) };
        match (name.as_str(), payload) {
            ("Empty", None) => Ok(Self::Empty),
            ("TooMany", None) => Ok(Self::TooMany),
            _ => unfit(Value::case(&name)),
        }
    }

    fn lower(self) -> Value {
        match self {
            Self::Empty => Value::case("Empty"),
            Self::TooMany => Value::case("TooMany"),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Nested {
    pub flag: bool,
    pub inner: Scalars,
    pub corners: [Point; 2],
    pub grid: [[f32; 3]; 2],
    pub r#type: Color,
}

impl Convert for Nested {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Struct(mut fields) = value else { return unfit(value) };
        Ok(Self {
            flag: field(&mut fields, "flag")?,
            inner: field(&mut fields, "inner")?,
            corners: field(&mut fields, "corners")?,
            grid: field(&mut fields, "grid")?,
            r#type: field(&mut fields, "type")?,
        })
    }

    fn lower(self) -> Value {
        Value::Struct(vec![
            ("flag".into(), self.flag.lower()),
            ("inner".into(), self.inner.lower()),
            ("corners".into(), self.corners.lower()),
            ("grid".into(), self.grid.lower()),
            ("type".into(), self.r#type.lower()),
        ])
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub next: Option<Box<Node>>,
    pub up: Option<Box<Node>>,
    pub down: Option<Box<Node>>,
    pub value: Box<i32>,
    pub place: Option<Box<Scalars>>,
    pub apply: Op,
    pub done: Option<Op>,
}

impl Convert for Node {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Struct(mut fields) = value else { return unfit(value) };
        Ok(Self {
            next: field(&mut fields, "next")?,
            up: field(&mut fields, "up")?,
            down: field(&mut fields, "down")?,
            value: field(&mut fields, "value")?,
            place: field(&mut fields, "place")?,
            apply: field(&mut fields, "apply")?,
            done: field(&mut fields, "done")?,
        })
    }

    fn lower(self) -> Value {
        Value::Struct(vec![
            ("next".into(), self.next.lower()),
            ("up".into(), self.up.lower()),
            ("down".into(), self.down.lower()),
            ("value".into(), self.value.lower()),
            ("place".into(), self.place.lower()),
            ("apply".into(), self.apply.lower()),
            ("done".into(), self.done.lower()),
        ])
    }
}

/// From a number to a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Op(pub u32);

impl Convert for Op {
    fn lift(value: Value) -> Result<Self, Fault> {
        match value {
            Value::Func(func) if func.sig == "Op" => Ok(Self(func.index)),
            other => unfit(other),
        }
    }

    fn lower(self) -> Value {
        Func::new("Op", self.0).into()
    }
}

/// A point with a name.
///
/// Its path is C:\points.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    pub x: i32,
    pub y: i32,
    /// Owned by the point.
    pub name: String,
}

impl Convert for Point {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Struct(mut fields) = value else { return unfit(value) };
        Ok(Self {
            x: field(&mut fields, "x")?,
            y: field(&mut fields, "y")?,
            name: field(&mut fields, "name")?,
        })
    }

    fn lower(self) -> Value {
        Value::Struct(vec![
            ("x".into(), self.x.lower()),
            ("y".into(), self.y.lower()),
            ("name".into(), self.name.lower()),
        ])
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Runs {
    pub text: String,
    pub label: Option<String>,
    pub numbers: Vec<i32>,
    pub buffer: Vec<Point>,
    pub own_text: String,
    pub own_label: Option<String>,
    pub own_texts: Vec<String>,
}

impl Convert for Runs {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Struct(mut fields) = value else { return unfit(value) };
        Ok(Self {
            text: field(&mut fields, "text")?,
            label: field(&mut fields, "label")?,
            numbers: field(&mut fields, "numbers")?,
            buffer: field(&mut fields, "buffer")?,
            own_text: field(&mut fields, "own_text")?,
            own_label: field(&mut fields, "own_label")?,
            own_texts: field(&mut fields, "own_texts")?,
        })
    }

    fn lower(self) -> Value {
        Value::Struct(vec![
            ("text".into(), self.text.lower()),
            ("label".into(), self.label.lower()),
            ("numbers".into(), self.numbers.lower()),
            ("buffer".into(), self.buffer.lower()),
            ("own_text".into(), self.own_text.lower()),
            ("own_label".into(), self.own_label.lower()),
            ("own_texts".into(), self.own_texts.lower()),
        ])
    }
}

/// Every scalar.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalars {
    pub a: bool,
    pub b: i8,
    pub c: u8,
    pub d: i16,
    pub e: u16,
    pub f: i32,
    pub g: u32,
    pub h: i64,
    pub i: u64,
    pub j: f32,
    pub k: f64,
    pub l: char,
    pub m: u32,
    pub n: i32,
}

impl Convert for Scalars {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Struct(mut fields) = value else { return unfit(value) };
        Ok(Self {
            a: field(&mut fields, "a")?,
            b: field(&mut fields, "b")?,
            c: field(&mut fields, "c")?,
            d: field(&mut fields, "d")?,
            e: field(&mut fields, "e")?,
            f: field(&mut fields, "f")?,
            g: field(&mut fields, "g")?,
            h: field(&mut fields, "h")?,
            i: field(&mut fields, "i")?,
            j: field(&mut fields, "j")?,
            k: field(&mut fields, "k")?,
            l: field(&mut fields, "l")?,
            m: field(&mut fields, "m")?,
            n: field(&mut fields, "n")?,
        })
    }

    fn lower(self) -> Value {
        Value::Struct(vec![
            ("a".into(), self.a.lower()),
            ("b".into(), self.b.lower()),
            ("c".into(), self.c.lower()),
            ("d".into(), self.d.lower()),
            ("e".into(), self.e.lower()),
            ("f".into(), self.f.lower()),
            ("g".into(), self.g.lower()),
            ("h".into(), self.h.lower()),
            ("i".into(), self.i.lower()),
            ("j".into(), self.j.lower()),
            ("k".into(), self.k.lower()),
            ("l".into(), self.l.lower()),
            ("m".into(), self.m.lower()),
            ("n".into(), self.n.lower()),
        ])
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A radius.
    Circle(f64),
    Tinted(Color),
    Scaled(Bits),
    Nothing,
}

impl Convert for Shape {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Case(name, payload) = value else { return unfit(value) };
        match (name.as_str(), payload) {
            ("Circle", Some(value)) => Convert::lift(*value).map(Self::Circle),
            ("Tinted", Some(value)) => Convert::lift(*value).map(Self::Tinted),
            ("Scaled", Some(value)) => Convert::lift(*value).map(Self::Scaled),
            ("Nothing", None) => Ok(Self::Nothing),
            _ => unfit(Value::case(&name)),
        }
    }

    fn lower(self) -> Value {
        match self {
            Self::Circle(value) => Value::Case("Circle".into(), Some(Box::new(value.lower()))),
            Self::Tinted(value) => Value::Case("Tinted".into(), Some(Box::new(value.lower()))),
            Self::Scaled(value) => Value::Case("Scaled".into(), Some(Box::new(value.lower()))),
            Self::Nothing => Value::case("Nothing"),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Sign {
    Minus,
    Zero,
    Plus,
}

impl Convert for Sign {
    fn lift(value: Value) -> Result<Self, Fault> {
        let Value::Case(name, payload) = value else { return unfit(value) };
        match (name.as_str(), payload) {
            ("Minus", None) => Ok(Self::Minus),
            ("Zero", None) => Ok(Self::Zero),
            ("Plus", None) => Ok(Self::Plus),
            _ => unfit(Value::case(&name)),
        }
    }

    fn lower(self) -> Value {
        match self {
            Self::Minus => Value::case("Minus"),
            Self::Zero => Value::case("Zero"),
            Self::Plus => Value::case("Plus"),
        }
    }
}

impl<G: Guest> Module<G> {
    pub fn apply(&mut self, op: Op, then: Option<Done>) -> Result<i32, Fault> {
        let mut lm_args: [Value; 2] = [op.lower(), then.lower()];
        let mut lm_results = self.0.take("apply", &mut lm_args)?.into_iter();
        Convert::lift(next(&mut lm_results))
    }

    /// The mean of some numbers.
    pub fn average(&mut self, values: &[i32]) -> Result<f64, Fault> {
        let mut lm_args: [Value; 1] = [Convert::lower_all(values.to_vec())];
        let mut lm_results = self.0.take("average", &mut lm_args)?.into_iter();
        Convert::lift(next(&mut lm_results))
    }

    pub fn count(&mut self, text: &str, texts: &[String], to: impl Lend<[u32; 1]>, all: &mut [u32]) -> Result<(), Fault> {
        let mut lm_args: [Value; 4] = [text.to_owned().lower(), Convert::lower_all(texts.to_vec()), to.lend(), Convert::lower_all(all.to_vec())];
        let _lm_results = self.0.take("count", &mut lm_args)?.into_iter();
        let lm_values = Convert::lift_all(std::mem::replace(&mut lm_args[3], Value::None))?;
        for (lm_to, lm_from) in all.iter_mut().zip(lm_values) {
            *lm_to = lm_from;
        }
        Ok(())
    }

    /// Makes a point; null without memory.
    pub fn create_point(&mut self, x: i32, y: i32, name: &str) -> Result<Option<Owned<Point>>, Fault> {
        let mut lm_args: [Value; 3] = [x.lower(), y.lower(), name.to_owned().lower()];
        let mut lm_results = self.0.call("create_point", &mut lm_args)?.into_iter();
        maybe_owned(next(&mut lm_results))
    }

    pub fn db_get(&mut self, db: impl Lend<Db>, key: u32) -> Result<i32, Fault> {
        let mut lm_args: [Value; 2] = [db.lend(), key.lower()];
        let mut lm_results = self.0.take("db_get", &mut lm_args)?.into_iter();
        Convert::lift(next(&mut lm_results))
    }

    pub fn db_set(&mut self, db: impl Lend<Db>, key: u32, value: i32) -> Result<(), Fault> {
        let mut lm_args: [Value; 3] = [db.lend(), key.lower(), value.lower()];
        let _lm_results = self.0.take("db_set", &mut lm_args)?.into_iter();
        Ok(())
    }

    pub fn inverse_img(&mut self, pixels: &mut [u8]) -> Result<(), Fault> {
        let mut lm_args: [Value; 1] = [Convert::lower_all(pixels.to_vec())];
        let _lm_results = self.0.take("inverse_img", &mut lm_args)?.into_iter();
        let lm_values = Convert::lift_all(std::mem::replace(&mut lm_args[0], Value::None))?;
        for (lm_to, lm_from) in pixels.iter_mut().zip(lm_values) {
            *lm_to = lm_from;
        }
        Ok(())
    }

    pub fn log_loop(&mut self, count: u32) -> Result<(), Fault> {
        let mut lm_args: [Value; 1] = [count.lower()];
        let _lm_results = self.0.take("log_loop", &mut lm_args)?.into_iter();
        Ok(())
    }

    pub fn longest(&mut self, texts: Vec<String>, or: String) -> Result<String, Fault> {
        let mut lm_args: [Value; 2] = [texts.lower(), or.lower()];
        let mut lm_results = self.0.take("longest", &mut lm_args)?.into_iter();
        Convert::lift(next(&mut lm_results))
    }

    pub fn mixed(&mut self, a: bool, b: i8, c: u8, d: i16, e: u16, f: i32, g: u32, h: i64, i: u64, j: f32, k: f64, l: char, color: Color) -> Result<Sign, Fault> {
        let mut lm_args: [Value; 13] = [a.lower(), b.lower(), c.lower(), d.lower(), e.lower(), f.lower(), g.lower(), h.lower(), i.lower(), j.lower(), k.lower(), l.lower(), color.lower()];
        let mut lm_results = self.0.take("mixed", &mut lm_args)?.into_iter();
        Convert::lift(next(&mut lm_results))
    }

    pub fn name_of(&mut self, point: impl Lend<Point>) -> Result<Option<String>, Fault> {
        let mut lm_args: [Value; 1] = [point.lend()];
        let mut lm_results = self.0.take("name_of", &mut lm_args)?.into_iter();
        Convert::lift(next(&mut lm_results))
    }

    pub fn open(&mut self) -> Result<Option<Owned<Db>>, Fault> {
        let mut lm_args: [Value; 0] = [];
        let mut lm_results = self.0.call("open", &mut lm_args)?.into_iter();
        maybe_owned(next(&mut lm_results))
    }

    pub fn origin(&mut self) -> Result<Scalars, Fault> {
        let mut lm_args: [Value; 0] = [];
        let mut lm_results = self.0.take("origin", &mut lm_args)?.into_iter();
        Convert::lift(next(&mut lm_results))
    }

    pub fn points_get(&mut self, points: impl Lend<Vec<Point>>, index: u32) -> Result<Option<Ptr<Point>>, Fault> {
        let mut lm_args: [Value; 2] = [points.lend(), index.lower()];
        let mut lm_results = self.0.call("points_get", &mut lm_args)?.into_iter();
        maybe_pointer(next(&mut lm_results))
    }

    pub fn points_new(&mut self) -> Result<Option<Owned<Vec<Point>>>, Fault> {
        let mut lm_args: [Value; 0] = [];
        let mut lm_results = self.0.call("points_new", &mut lm_args)?.into_iter();
        maybe_owned(next(&mut lm_results))
    }

    pub fn points_push(&mut self, points: impl Lend<Vec<Point>>, x: i32, y: i32, name: &str) -> Result<(), Fault> {
        let mut lm_args: [Value; 4] = [points.lend(), x.lower(), y.lower(), name.to_owned().lower()];
        let _lm_results = self.0.take("points_push", &mut lm_args)?.into_iter();
        Ok(())
    }

    /// Returns 100, 200, 300, 400.
    pub fn simple_arr(&mut self) -> Result<Owned<[i32; 4]>, Fault> {
        let mut lm_args: [Value; 0] = [];
        let mut lm_results = self.0.call("simple_arr", &mut lm_args)?.into_iter();
        owned(next(&mut lm_results))
    }

    pub fn square_fn(&mut self) -> Result<Op, Fault> {
        let mut lm_args: [Value; 0] = [];
        let mut lm_results = self.0.take("square_fn", &mut lm_args)?.into_iter();
        Convert::lift(next(&mut lm_results))
    }

    pub fn visit(&mut self, points: impl Lend<Vec<Point>>, user_data: u32) -> Result<f64, Fault> {
        let mut lm_args: [Value; 2] = [points.lend(), user_data.lower()];
        let mut lm_results = self.0.take("visit", &mut lm_args)?.into_iter();
        Convert::lift(next(&mut lm_results))
    }

    pub fn call_Done(&mut self, lm_function: Done) -> Result<(), Fault> {
        let mut lm_args: [Value; 0] = [];
        let _lm_results = self.0.invoke(&Func::new("Done", lm_function.0), &mut lm_args)?.into_iter();
        Ok(())
    }

    pub fn call_Op(&mut self, lm_function: Op, x: i32, scale: f64) -> Result<i32, Fault> {
        let mut lm_args: [Value; 2] = [x.lower(), scale.lower()];
        let mut lm_results = self.0.invoke(&Func::new("Op", lm_function.0), &mut lm_args)?.into_iter();
        Convert::lift(next(&mut lm_results))
    }

}
