//! The module of the lessons in `examples/memory/lessons.md`: the tour's functions, and what the lessons do beside, over an
//! allocator that knows what is alive and finds misuse.
//!
//! The modules of this package's examples are an allocator each, and nothing else.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

use core::hint::black_box;
use core::mem;
use linmem::try_box;

#[path = "../../../tour/src/lessons.rs"]
mod tour;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Checked<linmem::Heap> = linmem::Checked::new(linmem::Heap::new());
linmem::export_allocator!();
linmem::export_checks!(ALLOCATOR);
linmem::export_heap!(ALLOCATOR);
linmem::trap_on_panic!();

linmem::abi! {
    /// Returns the address of an array in its own frame on the stack: the wrong way to return an array.
    ///
    /// On return the frame is gone, and the next call writes there.
    pub fn dangling() -> *const [i32; 4] {
        let mut array = [100, 200, 300, 400];
        black_box(&raw mut array)
    }

    /// Keeps 64 numbers of its own on the stack, each -1: they lie where frames of earlier calls were.
    pub fn fill_stack() {
        black_box(&mut [-1_i32; 64]);
    }

    /// Fields of three sizes, which do not follow each other without padding.
    pub struct Mixed {
        pub flag: bool,
        pub total: i64,
        pub kind: u16,
    }

    /// Takes a block of 1,000 bytes for each request, and frees it when the request is done.
    pub fn serve(requests: u32) {
        for _ in 0..requests {
            drop(black_box(try_box([0_u8; 1000])));
        }
    }

    /// Takes a block of 1,000 bytes for each request, and forgets it: a leak.
    pub fn serve_and_leak(requests: u32) {
        for _ in 0..requests {
            mem::forget(black_box(try_box([0_u8; 1000])));
        }
    }

    /// Sets all bytes to a value, and the one behind them, too: a loop that makes one turn more than it should.
    pub fn fill_too_far(bytes: [mut u8], value: u8) {
        for at in 0..=bytes.len() {
            let place = black_box(bytes.as_mut_ptr()).wrapping_add(at);
            // SAFETY: it is not, at the end, which is what the allocator finds: that byte is a guard of the allocator's.
            unsafe { place.write(value) };
        }
    }
}
