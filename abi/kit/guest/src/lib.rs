//! The guest of the conformance kit: it uses every construct of the records, in every direction.
//!
//! Here are its types and the functions of an ordinary module. `scalars.rs`, `runs.rs` and `values.rs` pass each type in
//! and out, `hosted.rs` calls the host, and `raw.rs` returns what a module never should. `live.rs` counts what is allocated.
//! Its records are in `../guest.abi`.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ptr::NonNull;
use linmem::{AbiError, Buffer, CStr, Owned, Slice, Str, try_box};

#[cfg(feature = "whole")]
pub mod hosted;
#[cfg(feature = "whole")]
pub mod live;
#[cfg(all(feature = "whole", target_family = "wasm"))]
mod raw;
#[cfg(feature = "whole")]
pub mod runs;
#[cfg(feature = "whole")]
pub mod scalars;
#[cfg(feature = "whole")]
pub mod values;

#[cfg(all(feature = "whole", not(feature = "checked"), target_family = "wasm"))]
#[global_allocator]
static ALLOCATOR: live::Counted<linmem::Heap> = live::Counted(linmem::Heap::new());
#[cfg(all(feature = "checked", target_family = "wasm"))]
#[global_allocator]
static ALLOCATOR: live::Counted<linmem::Checked<linmem::Heap>> =
    live::Counted(linmem::Checked::new(linmem::Heap::new()));
#[cfg(feature = "checked")]
linmem::export_checks!(ALLOCATOR.0);
#[cfg(all(not(feature = "whole"), target_family = "wasm"))]
#[global_allocator]
static ALLOCATOR: linmem::Heap = linmem::Heap::new();
linmem::export_allocator!(prefix = "abi_");
linmem::trap_on_panic!();

/// Stands for `Point` where a name is looked for.
type Place = Point;

/// Known to hosts by address only.
pub struct Db(Vec<(u32, i32)>);

#[cfg(feature = "whole")]
fn own_str(text: &str) -> Result<Owned<Str>, AbiError> {
    Owned::try_from(text)
}

#[cfg(feature = "whole")]
fn own_cstr(text: &str) -> Result<Owned<CStr>, AbiError> {
    Owned::try_from(text)
}

linmem::abi! {
    /// A point with a name.
    ///
    /// Its path is C:\points.
    pub struct Point {
        pub x: i32,
        pub y: i32,
        /// Owned by the point.
        pub name: Owned<CStr>,
    }

    /// Every scalar.
    #[derive(Clone, Copy, Debug)]
    pub struct Scalars {
        pub a: bool, pub b: i8, pub c: u8, pub d: i16, pub e: u16, pub f: i32, pub g: u32, pub h: i64, pub i: u64,
        pub j: f32, pub k: f64, pub l: char, pub m: usize, pub n: isize,
    }

    pub struct Nested {
        pub flag: bool,
        pub inner: Scalars,
        pub corners: [Place; 2],
        pub grid: [[f32; 3]; 2],
        pub r#type: Color,
    }

    pub struct Runs {
        pub text: Str,
        pub label: CStr,
        pub numbers: Slice<i32>,
        pub buffer: Buffer<Point>,
        pub own_text: Owned<Str>,
        pub own_label: Option<Owned<CStr>>,
        pub own_texts: Owned<Slice<Owned<Str>>>,
    }

    pub struct Node {
        pub next: Option<Box<Node>>,
        pub up: *const Node,
        pub down: *mut Node,
        pub value: &'static i32,
        pub place: Option<NonNull<Scalars>>,
        pub apply: Op,
        pub done: Option<Op>,
    }

    pub union Bits {
        pub int: u32,
        pub float: f32,
        pub bytes: [u8; 4],
    }

    /// A colour.
    pub enum Color: u8 {
        /// Like blood,
        /// or a rose.
        Red,
        Green = 4,
        Blue,
    }

    pub enum Sign: i64 { Minus = -1, Zero, Plus }

    pub enum Shape: u8 {
        /// A radius.
        Circle(f64),
        Tinted(Color) = 3,
        Scaled(Bits),
        Nothing,
    }

    /// What `average` says.
    pub enum Fail: status { Empty = 16, TooMany = 17 }

    /// From a number to a number.
    pub struct Op(pub extern "C" fn(x: i32, scale: f64) -> i32);
    pub struct Done(extern "C" fn());

    /// Keeps numbers.
    extern type Db;

    /// The most that fits.
    pub const MAX: u32 = 16;
    pub const LEAST: i64 = i64::MIN;
    pub const YES: bool = true;
    pub const INITIAL: char = 'ß';
    pub const HALF: f64 = 0.5;
    pub const MINUS: f32 = -1.5;
    /// Two words and a backslash.
    pub const VERSION: &str = "1.0\n\\ beta";

    drop fn drop_point(Box<Point>);
    drop fn drop_texts(Box<[Owned<Str>]>);
    drop fn drop_db(Box<Db>);
    drop fn drop_points(Box<Buffer<Point>>);

    /// Returns 100, 200, 300, 400.
    pub fn simple_arr() -> Box<[i32; 4]> {
        Box::new([100, 200, 300, 400])
    }

    /// Makes a point; null without memory.
    pub fn create_point(x: i32, y: i32, name: str) -> Option<Box<Point>> {
        try_box(Point { x, y, name: Owned::try_from(name).ok()? }).ok()
    }

    pub fn points_new() -> Option<Box<Buffer<Point>>> {
        try_box(Buffer::new()).ok()
    }

    pub fn points_push(points: &mut Buffer<Point>, x: i32, y: i32, name: str) -> Result<(), AbiError> {
        points.try_push(Point { x, y, name: Owned::try_from(name)? })
    }

    pub fn points_get(points: &Buffer<Point>, index: usize) -> Option<&Point> {
        points.get(index)
    }

    /// The mean of some numbers.
    pub fn average(values: [i32]) -> Result<f64, Fail> {
        match values.len() {
            0 => Err(Fail::Empty),
            len @ 1..100 => Ok(values.iter().map(|value| f64::from(*value)).sum::<f64>() / len as f64),
            _ => Err(Fail::TooMany),
        }
    }

    pub fn inverse_img(pixels: [mut u8]) {
        for byte in pixels {
            *byte = !*byte;
        }
    }

    pub fn longest(texts: Box<[Owned<Str>]>, or: Box<str>) -> Result<Owned<Str>, AbiError> {
        let _ = texts;
        Ok(or.into())
    }

    pub fn name_of(point: &Point) -> Result<CStr, AbiError> {
        Ok(point.name.lend())
    }

    pub fn count(text: &str, texts: &[Str], to: &mut [usize; 1], all: &mut [usize]) {
        to[0] = text.len() + texts.len();
        all.fill(to[0]);
    }

    pub fn origin() -> Result<Scalars, AbiError> {
        Err(AbiError::Null)
    }

    #[allow(clippy::too_many_arguments)]
    pub fn mixed(
        a: bool, b: i8, c: u8, d: i16, e: u16, f: i32, g: u32, h: i64, i: u64, j: f32, k: f64, l: char, color: Color,
    ) -> Sign {
        let _ = (a, b, c, d, e, f, g, h, i, j, k, l, color as u8);
        Sign::Minus
    }

    pub fn square_fn() -> Op {
        extern "C" fn square(x: i32, scale: f64) -> i32 {
            (f64::from(x) * f64::from(x) * scale) as i32
        }
        Op(square)
    }

    pub fn apply(op: Op, then: Option<Done>) -> i32 {
        if let Some(Done(then)) = then {
            then();
        }
        op.0(3, 0.5)
    }

    pub fn open() -> Option<Box<Db>> {
        try_box(Db(Vec::new())).ok()
    }

    pub fn db_set(db: &mut Db, key: u32, value: i32) -> Result<(), AbiError> {
        match db.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, old)) => *old = value,
            None => {
                db.0.try_reserve(1).map_err(|_| AbiError::OutOfMemory)?;
                db.0.push((key, value));
            }
        }
        Ok(())
    }

    pub fn db_get(db: &Db, key: u32) -> Result<i32, AbiError> {
        db.0.iter().find(|(known, _)| *known == key).map(|(_, value)| *value).ok_or(AbiError::Null)
    }

    extern "C" {
        /// Writes a number down.
        pub fn log_nr(nr: u32);
        pub fn on_point(user_data: u32, point: &Point);
    }

    #[link(wasm_import_module = "clock:v1")]
    extern "C" {
        fn now() -> f64;
        fn title(text: str, pixels: [mut u8]) -> bool;
    }

    pub fn log_loop(count: u32) {
        for nr in 0..count {
            log_nr(nr);
        }
    }

    pub fn visit(points: &Buffer<Point>, user_data: u32) -> f64 {
        for point in points.iter() {
            on_point(user_data, point);
        }
        let mut pixels = [0; 2];
        if title("now", &mut pixels) { now() } else { f64::from(pixels[0]) }
    }
}
