//! Text, fixed arrays, slices and buffers, in and out.

use crate::values::Pair;
use crate::{Point, own_cstr, own_str};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use linmem::{AbiError, Buffer, CStr, Owned, Slice, Str};

static GREETING: &str = "gr\u{fc}\u{df} Gott\0";
static PRIMES: [i32; 5] = [2, 3, 5, 7, 11];

/// Room for so many elements, or an error.
fn room<T>(count: usize) -> Result<Vec<T>, AbiError> {
    let mut values = Vec::new();
    values.try_reserve_exact(count).map_err(|_| AbiError::OutOfMemory)?;
    Ok(values)
}

linmem::abi! {
    drop fn drop_point_run(Box<[Point]>);
    drop fn drop_numbers(Box<Buffer<i32>>);
    drop fn drop_text(Box<Owned<Str>>);

    pub fn same_str(text: str) -> Result<Owned<Str>, AbiError> {
        own_str(text)
    }

    pub fn repeat(text: str, times: u32) -> Result<Owned<Str>, AbiError> {
        let size = text.len().checked_mul(times as usize).ok_or(AbiError::TooLong)?;
        let mut long = String::new();
        long.try_reserve_exact(size).map_err(|_| AbiError::OutOfMemory)?;
        for _ in 0..times {
            long.push_str(text);
        }
        Ok(long.into_boxed_str().into())
    }

    /// A copy of a label; none of none.
    pub fn same_label(label: CStr) -> Result<Option<Owned<CStr>>, AbiError> {
        if label.as_ptr().is_null() {
            return Ok(None);
        }
        // SAFETY: the host lends it for the call.
        own_cstr(unsafe { label.view_str() }?).map(Some)
    }

    /// The label itself.
    pub fn give_back(label: Option<Owned<CStr>>) -> Option<Owned<CStr>> {
        label
    }

    /// Valid as long as the module.
    pub fn greeting() -> CStr {
        CStr::from_raw(GREETING.as_ptr())
    }

    pub fn motto() -> Result<Str, AbiError> {
        Ok(Str::from("\u{1f30d} \0 \u{e9}"))
    }

    /// Its length, and frees it.
    pub fn take_str(text: Box<str>) -> usize {
        text.len()
    }

    pub fn rename(point: &mut Point, name: Owned<CStr>) {
        point.name = name;
    }

    /// Text in a struct of its own, in-out: appends to it.
    pub fn append(text: &mut Owned<Str>, more: str) -> Result<(), AbiError> {
        // SAFETY: it is text of the host's or of ours, and nobody else has it.
        let old = unsafe { text.lend().view() }?;
        let mut long = String::new();
        long.try_reserve_exact(old.len() + more.len()).map_err(|_| AbiError::OutOfMemory)?;
        long.push_str(old);
        long.push_str(more);
        *text = long.into_boxed_str().into();
        Ok(())
    }

    /// The words of a text.
    pub fn split(text: str) -> Result<Owned<Slice<Owned<Str>>>, AbiError> {
        let mut words = room(text.split(' ').count())?;
        for word in text.split(' ') {
            words.push(own_str(word)?);
        }
        Ok(words.into_boxed_slice().into())
    }

    pub fn sum_array(values: &[i32; 4]) -> i32 {
        values.iter().fold(0, |sum, value| sum.wrapping_add(*value))
    }

    pub fn negate_array(values: &mut [i32; 4]) {
        for value in values {
            *value = value.wrapping_neg();
        }
    }

    pub fn transpose(grid: &mut [[f32; 2]; 2]) {
        let old = grid[0][1];
        grid[0][1] = grid[1][0];
        grid[1][0] = old;
    }

    pub fn sum_rows(rows: [[f32; 2]]) -> f32 {
        rows.iter().fold(0.0, |sum, row| sum + row[0] + row[1])
    }

    pub fn flip_rows(rows: [mut [f32; 2]]) {
        for row in rows {
            row.reverse();
        }
    }

    pub fn evens(values: [i32]) -> Result<Owned<Slice<i32>>, AbiError> {
        let evens = values.iter().filter(|value| *value % 2 == 0);
        // Exactly so much: to shrink it would take memory, too.
        let mut found = room(evens.clone().count())?;
        found.extend(evens);
        Ok(found.into_boxed_slice().into())
    }

    /// Valid as long as the module.
    pub fn primes() -> Result<Slice<i32>, AbiError> {
        Ok(Slice::from(&PRIMES))
    }

    /// Ten times the numbers that it is given, in the same memory.
    pub fn tenfold(values: [mut i64]) {
        for value in values {
            *value = value.wrapping_mul(10);
        }
    }

    /// The sum of what it is given and frees.
    pub fn take_numbers(values: Box<[i32]>) -> i32 {
        values.iter().fold(0, |sum, value| sum.wrapping_add(*value))
    }

    pub fn sum_pairs(pairs: [Pair]) -> f64 {
        pairs.iter().fold(0.0, |sum, pair| sum + f64::from(pair.a) + pair.b)
    }

    pub fn swap_pairs(pairs: [mut Pair]) {
        pairs.reverse();
    }

    pub fn make_pairs(count: u32) -> Result<Owned<Slice<Pair>>, AbiError> {
        let mut pairs = room(count as usize)?;
        pairs.extend((0..count as i32).map(|a| Pair { a, b: f64::from(a) / 2.0 }));
        Ok(pairs.into_boxed_slice().into())
    }

    pub fn make_points(count: u32) -> Result<Owned<Slice<Point>>, AbiError> {
        let mut points = room(count as usize)?;
        for x in 0..count as i32 {
            points.push(Point { x, y: -x, name: own_cstr("of many")? });
        }
        Ok(points.into_boxed_slice().into())
    }

    /// `len` numbers from 0 on, with room for `room`.
    pub fn make_numbers(len: u32, room: usize) -> Result<Buffer<i32>, AbiError> {
        let mut numbers = self::room(room.max(len as usize))?;
        numbers.extend(0..len as i32);
        Ok(numbers.into())
    }

    /// A buffer may move when it grows: its owner sees that.
    pub fn push_number(numbers: &mut Buffer<i32>, number: i32) -> Result<(), AbiError> {
        numbers.try_push(number)
    }

    pub fn room_of(numbers: &Buffer<i32>) -> usize {
        numbers.capacity()
    }
}
