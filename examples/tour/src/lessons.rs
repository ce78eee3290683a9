//! The exports, in the order of the tour. SPEC's words apply: "owned" is freed by the receiver, "borrowed" is not.

use alloc::boxed::Box;
use core::ptr;
use linmem::{AbiError, Buffer, CStr, Slice, Str, status, try_box};

/// Hands a new value to the host, which owns it; or null if memory ran out.
fn give<T>(value: Result<T, AbiError>) -> *mut T {
    match value.and_then(try_box) {
        Ok(owned) => Box::into_raw(owned),
        Err(_) => ptr::null_mut(),
    }
}

/// Returns an owned array on the heap. The host frees it: 16 bytes, alignment 4.
#[unsafe(no_mangle)]
pub extern "C" fn simple_arr() -> *mut [i32; 4] {
    give(Ok([100, 200, 300, 400]))
}

/// Adds two numbers: all that wasm itself can pass.
#[unsafe(no_mangle)]
pub extern "C" fn sum(a: i32, b: i32) -> i32 {
    a.wrapping_add(b)
}

/// Returns an array that lives as long as the module, and is never freed.
///
/// An array in a local variable would be gone on return: its address leads into the stack, where the next call writes.
#[unsafe(no_mangle)]
pub extern "C" fn static_arr() -> *const [i32; 4] {
    static ARRAY: [i32; 4] = [10, 20, 30, 40];
    &raw const ARRAY
}

/// A struct that a host reads field by field: `x` at 0, `y` at 4, `name` at 8; 12 bytes, alignment 4.
#[repr(C)]
pub struct Point {
    x: i32,
    y: i32,
    /// Owned by the point.
    name: CStr,
}

impl Point {
    fn new(x: i32, y: i32, name: &str) -> Result<Self, AbiError> {
        Ok(Self { x, y, name: CStr::try_owned(name)? })
    }
}

impl Drop for Point {
    fn drop(&mut self) {
        // SAFETY: the name was made by `try_owned`, here or by a host with the same layout, and the point owns it.
        // A name that does not end is left alone.
        let _ = unsafe { self.name.free() };
    }
}

/// Returns an owned point, whose name is owned by the point; null if memory ran out.
#[unsafe(no_mangle)]
pub extern "C" fn get_point() -> *mut Point {
    give(Point::new(88323, 20, "hello"))
}

/// Returns an owned point with a copy of the host's string; null if that is not UTF-8, has a 0 inside, or memory ran out.
///
/// # Safety
///
/// `name` is a live string of `len` bytes, if it lies in memory at all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn create_point(x: i32, y: i32, name: *const u8, len: usize) -> *mut Point {
    // SAFETY: the caller keeps the string as it is until this call returns.
    let name = unsafe { Str::from_raw_parts(name, len).view() };
    give(name.and_then(|name| Point::new(x, y, name)))
}

/// Frees a point and its name. Null is ignored.
///
/// # Safety
///
/// `point` is null or an owned point, which nobody uses again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn drop_point(point: *mut Point) {
    if !point.is_null() {
        // SAFETY: a point is a block of its own, with the layout of `Point`.
        drop(unsafe { Box::from_raw(point) });
    }
}

/// Returns an owned, empty, growable array of points; null if memory ran out. `points_free` frees it.
#[unsafe(no_mangle)]
pub extern "C" fn points_new() -> *mut Buffer<Point> {
    give(Ok(Buffer::new()))
}

/// Appends a point and returns 0, or the status that says why not.
///
/// # Safety
///
/// `points` is null or comes from `points_new`; `name` is as for `create_point`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn points_push(points: *mut Buffer<Point>, x: i32, y: i32, name: *const u8, len: usize) -> i32 {
    // SAFETY: `points` is null or a live buffer, which no one else uses during the call.
    let Some(points) = (unsafe { points.as_mut() }) else { return AbiError::Null as i32 };
    // SAFETY: the caller keeps the string as it is until this call returns.
    let name = unsafe { Str::from_raw_parts(name, len).view() };
    status(name.and_then(|name| points.try_push(Point::new(x, y, name)?)))
}

/// Returns a borrowed point, which stays valid until the next push; null if there are not so many.
///
/// # Safety
///
/// `points` is null or comes from `points_new`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn points_get(points: *const Buffer<Point>, index: usize) -> *const Point {
    // SAFETY: `points` is null or a live buffer.
    let points = unsafe { points.as_ref() };
    points.and_then(|points| points.get(index)).map_or(ptr::null(), ptr::from_ref)
}

/// Number of points; 0 for null.
///
/// # Safety
///
/// `points` is null or comes from `points_new`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn points_len(points: *const Buffer<Point>) -> usize {
    // SAFETY: `points` is null or a live buffer.
    unsafe { points.as_ref() }.map_or(0, |points| points.len())
}

/// Frees the array with all its points. Null is ignored.
///
/// # Safety
///
/// `points` is null or comes from `points_new`, and nobody uses it or its points again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn points_free(points: *mut Buffer<Point>) {
    if !points.is_null() {
        // SAFETY: `points_new` made a block of its own for the buffer.
        drop(unsafe { Box::from_raw(points) });
    }
}

/// Inverts every byte of an image's pixels, in place, and returns 0 or a status.
///
/// # Safety
///
/// `pixels` is a block of `len` bytes that nobody else uses during the call, if it lies in memory at all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn inverse_img(pixels: *mut u8, len: usize) -> i32 {
    // SAFETY: the caller's duty is the same.
    let pixels = unsafe { Slice::from_raw_parts(pixels, len).view_mut() };
    status(pixels.map(|pixels| {
        for byte in pixels {
            *byte = !*byte;
        }
    }))
}

/// Calls the host's `log_nr` with 0 to `count - 1`.
#[unsafe(no_mangle)]
pub extern "C" fn log_loop(count: u32) {
    for nr in 0..count {
        host::log_nr(nr);
    }
}

/// Writes the mean of the numbers through `out` and returns 0; 16 if there are none, or another status.
///
/// # Safety
///
/// `numbers` are `len` live numbers and `out` has room for an `f64`, if they lie in memory at all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn average(numbers: *const i32, len: usize, out: *mut f64) -> i32 {
    const EMPTY: i32 = 16;
    // SAFETY: the caller keeps the numbers as they are until this call returns.
    let numbers = match unsafe { Slice::from_raw_parts(numbers.cast_mut(), len).view() } {
        Ok([]) => return EMPTY,
        Ok(numbers) => numbers,
        Err(error) => return error as i32,
    };
    status(Slice::from_raw_parts(out, 1).check().map(|()| {
        let sum: i64 = numbers.iter().copied().map(i64::from).sum();
        // SAFETY: `out` was checked, and is the caller's to be written.
        unsafe { out.write(sum as f64 / len as f64) };
    }))
}

/// Returns a guest function: its number in the exported table.
#[unsafe(no_mangle)]
pub extern "C" fn square_fn() -> extern "C" fn(i32) -> i32 {
    extern "C" fn square(x: i32) -> i32 {
        x.wrapping_mul(x)
    }
    square
}

/// Calls the host's `on_point` with its own user data for each point.
///
/// # Safety
///
/// `points` is null or comes from `points_new`. The host does not push or free while it is called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn for_each_point(points: *const Buffer<Point>, user_data: u32) {
    // SAFETY: `points` is null or a live buffer, which stays as it is during the call.
    for point in unsafe { points.as_ref() }.into_iter().flat_map(|points| points.iter()) {
        host::on_point(user_data, point);
    }
}

/// What the host gives: imports of the module `env`.
#[cfg(target_family = "wasm")]
mod host {
    use super::Point;

    #[link(wasm_import_module = "env")]
    unsafe extern "C" {
        pub safe fn log_nr(nr: u32);
        pub safe fn on_point(user_data: u32, point: *const Point);
    }
}

/// Off wasm there is no host.
#[cfg(not(target_family = "wasm"))]
mod host {
    use super::Point;

    pub fn log_nr(_: u32) {}
    pub fn on_point(_: u32, _: *const Point) {}
}
