//! The guest of the crossing benchmark, with linmem.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

use alloc::boxed::Box;
use linmem::{CStr, Owned, try_box};

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Heap = linmem::Heap::new();
linmem::export_allocator!();
linmem::trap_on_panic!();

static mut NUMBERS: [i32; 1_000_000] = [0; 1_000_000];

linmem::abi! {
    pub struct Point {
        pub x: i32,
        pub y: i32,
        pub name: Owned<CStr>,
    }

    drop fn drop_point(Box<Point>);

    pub fn simple_arr() -> Box<[i32; 4]> {
        Box::new([100, 200, 300, 400])
    }

    pub fn create_point(x: i32, y: i32, name: str) -> Option<Box<Point>> {
        try_box(Point { x, y, name: Owned::try_from(name).ok()? }).ok()
    }

    pub fn inverse_img(pixels: [mut u8]) {
        for byte in pixels {
            *byte = !*byte;
        }
    }

    pub fn numbers() -> &'static [i32; 1_000_000] {
        let numbers = &raw const NUMBERS;
        // SAFETY: Only `fill` writes to it, while no reference is used: the guest runs in one thread.
        unsafe { &*numbers }
    }

    pub fn fill(value: i32) {
        let numbers = &raw mut NUMBERS;
        // SAFETY: As in `numbers`.
        unsafe { &mut *numbers }.fill(value);
    }

    extern "C" {
        pub fn log_nr(nr: u32);
    }

    pub fn log_loop(count: u32) {
        for nr in 0..count {
            log_nr(nr);
        }
    }
}
