//! The exports, in the order of the tour: each is written once, and described to hosts from the same tokens.

use alloc::boxed::Box;
use linmem::{AbiError, Buffer, CStr, Owned, try_box};

linmem::abi! {
    /// Returns an array on the heap, which the host owns.
    pub fn simple_arr() -> Option<Box<[i32; 4]>> {
        try_box([100, 200, 300, 400]).ok()
    }

    /// Adds two numbers: all that wasm itself can pass.
    pub fn sum(a: i32, b: i32) -> i32 {
        a.wrapping_add(b)
    }

    /// Returns an array that lives as long as the module, and is never freed.
    ///
    /// An array in a local variable would be gone on return: its address leads into the stack, where the next call writes.
    pub fn static_arr() -> &'static [i32; 4] {
        &[10, 20, 30, 40]
    }

    /// A place with a name.
    pub struct Point {
        pub x: i32,
        pub y: i32,
        /// Owned by the point.
        pub name: Owned<CStr>,
    }

    /// Frees a point and its name.
    drop fn drop_point(Box<Point>);

    /// Returns a point; null without memory.
    pub fn get_point() -> Option<Box<Point>> {
        Owned::try_from("hello").and_then(|name| try_box(Point { x: 88323, y: 20, name })).ok()
    }

    /// Returns a point with a copy of the host's text; null if that has a NUL inside, or without memory.
    pub fn create_point(x: i32, y: i32, name: str) -> Option<Box<Point>> {
        Owned::try_from(name).and_then(|name| try_box(Point { x, y, name })).ok()
    }

    /// Returns an empty array of points that can grow; null without memory.
    pub fn points_new() -> Option<Box<Buffer<Point>>> {
        try_box(Buffer::new()).ok()
    }

    /// Appends a point.
    pub fn points_push(points: &mut Buffer<Point>, x: i32, y: i32, name: str) -> Result<(), AbiError> {
        points.try_push(Point { x, y, name: Owned::try_from(name)? })
    }

    /// Returns a point, which stays valid until the next push; null if there are not so many.
    pub fn points_get(points: &Buffer<Point>, index: usize) -> Option<&Point> {
        points.get(index)
    }

    /// Returns how many points there are.
    pub fn points_len(points: &Buffer<Point>) -> usize {
        points.len()
    }

    /// Frees the array with all its points.
    drop fn points_free(Box<Buffer<Point>>);

    extern "C" {
        /// Writes a number down.
        fn log_nr(nr: u32);
        /// Is called for each point, with the number that the host gave along.
        fn on_point(user_data: u32, point: &Point);
    }

    /// Calls the host's `on_point` for each point.
    pub fn for_each_point(points: &Buffer<Point>, user_data: u32) {
        for point in points.iter() {
            on_point(user_data, point);
        }
    }

    /// Inverts every byte of a picture, in place.
    pub fn inverse_img(pixels: [mut u8]) -> Result<(), AbiError> {
        for byte in pixels {
            *byte = !*byte;
        }
        Ok(())
    }

    /// Calls the host's `log_nr` with 0 to `count - 1`.
    pub fn log_loop(count: u32) {
        for nr in 0..count {
            log_nr(nr);
        }
    }

    /// Why there is no mean.
    pub enum Fail: status {
        /// There are no numbers.
        Empty = 16,
    }

    /// Returns the mean of the numbers.
    pub fn average(numbers: [i32]) -> Result<f64, Fail> {
        if numbers.is_empty() {
            return Err(Fail::Empty);
        }
        let sum: i64 = numbers.iter().copied().map(i64::from).sum();
        Ok(sum as f64 / numbers.len() as f64)
    }

    /// From a number to a number.
    pub struct Op(extern "C" fn(x: i32) -> i32);

    /// Returns a guest function: its number in the exported table.
    pub fn square_fn() -> Op {
        extern "C" fn square(x: i32) -> i32 {
            x.wrapping_mul(x)
        }
        Op(square)
    }
}
