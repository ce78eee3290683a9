//! Host functions of every kind, and exports that call them.

use crate::values::Pair;
use crate::{Bits, Color, Db, Fail, Op, Point, Scalars, Sign, own_cstr, own_str};
use alloc::boxed::Box;
use alloc::string::String;
use linmem::{AbiError, Buffer, CStr, Failure, Owned, Str, try_box};

static LABEL: &str = "label\0";

/// A copy, or an error without memory.
fn text(text: &str) -> Result<Box<str>, AbiError> {
    let mut copy = String::new();
    copy.try_reserve_exact(text.len()).map_err(|_| AbiError::OutOfMemory)?;
    copy.push_str(text);
    Ok(copy.into_boxed_str())
}

linmem::abi! {
    #[link(wasm_import_module = "kit")]
    extern "C" {
        #[allow(clippy::too_many_arguments)]
        fn say(
            yes: bool, small: i8, wide: u64, float: f32, letter: char, color: Color, text: str, label: CStr, numbers: [i16],
            texts: &[Str; 2], pair: &Pair, none: Option<&Pair>, some: Option<&Pair>,
        ) -> Sign;
        fn change(pair: &mut Pair, numbers: [mut i32], grid: &mut [[f32; 2]; 2], number: &mut i64, bits: &mut Bits);
        fn keep(text: Box<str>, texts: Box<[Owned<Str>]>, label: Option<Owned<CStr>>, point: Box<Point>);
        fn give_pair(yes: bool) -> Option<Box<Pair>>;
        fn give_label() -> Owned<CStr>;
        fn use_op(op: Op, maybe: Option<Op>) -> i32;
        fn use_db(db: &mut Db) -> i32;
        fn read_points(points: &Buffer<Point>, scalars: &Scalars) -> u32;
        fn poke_me(depth: u32) -> u32;
        fn fetch(key: u32) -> Result<Owned<Str>, Failure<Fail>>;
        fn measure() -> Result<(number: f64, pair: Pair), AbiError>;
        fn divide(x: i32, by: i32) -> (i32, rest: i32);
        fn try_it(code: i32) -> Result<(), Failure<AbiError>>;
    }

    pub fn ask_say() -> Sign {
        let pair = Pair { a: 1, b: 0.5 };
        say(
            true, -128, u64::MAX, 1.5, '\u{10ffff}', Color::Green, "a\0\u{1f600}", CStr::from_raw(LABEL.as_ptr()), &[-1, 0, 32767],
            &[Str::from("one"), Str::EMPTY], &pair, None, Some(&pair),
        )
    }

    /// What the host made of `1, 2.0`, of `1, 2, 3`, of a grid and of 4, as one number.
    pub fn ask_change() -> f64 {
        let (mut pair, mut numbers, mut number) = (Pair { a: 1, b: 2.0 }, [1, 2, 3], 4);
        let (mut grid, mut bits) = ([[0.0, 1.0], [2.0, 3.0]], Bits { int: 0 });
        change(&mut pair, &mut numbers, &mut grid, &mut number, &mut bits);
        // SAFETY: every field of the union holds for all bytes.
        let bits = unsafe { bits.float };
        f64::from(pair.a) + pair.b + f64::from(numbers.iter().sum::<i32>()) + f64::from(grid[1][0]) + number as f64 + f64::from(bits)
    }

    /// Gives the host all that it can own.
    pub fn ask_keep() -> Result<(), AbiError> {
        let texts: Box<[Owned<Str>]> = try_box([own_str("one")?, own_str("two")?])?;
        let point = try_box(Point { x: 7, y: 8, name: own_cstr("given")? })?;
        keep(text("text")?, texts, Some(own_cstr("label")?), point);
        Ok(())
    }

    /// What the host gives, or -1.
    pub fn ask_give_pair(yes: bool) -> f64 {
        give_pair(yes).map_or(-1.0, |pair| f64::from(pair.a) + pair.b)
    }

    pub fn ask_give_label() -> Result<Owned<CStr>, AbiError> {
        Ok(give_label())
    }

    pub fn ask_use_op(op: Op) -> i32 {
        use_op(op, None) + use_op(op, Some(op))
    }

    pub fn ask_use_db(db: &mut Db) -> i32 {
        use_db(db)
    }

    pub fn ask_read_points(points: &Buffer<Point>, scalars: &Scalars) -> u32 {
        read_points(points, scalars)
    }

    /// Calls the host, which may call this again.
    pub fn ask_poke_me(depth: u32) -> u32 {
        poke_me(depth) + 1
    }
    pub fn ask_fetch(key: u32) -> Result<Owned<Str>, Failure<Fail>> {
        fetch(key)
    }

    pub fn ask_measure() -> Result<(number: f64, pair: Pair), AbiError> {
        measure()
    }

    pub fn ask_divide(x: i32, by: i32) -> (i32, rest: i32) {
        divide(x, by)
    }

    // The status that the host returned, as a plain number.
    pub fn ask_try_it(code: i32) -> i32 {
        try_it(code).err().map_or(0, |failure| failure.status())
    }
}
