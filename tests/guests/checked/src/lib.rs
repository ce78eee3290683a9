//! The tour's guest over an allocator that finds misuse, and two functions that misuse it.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

#[path = "../../../../examples/tour/src/lessons.rs"]
mod lessons;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Checked<linmem::Heap> = linmem::Checked::new(linmem::Heap::new());
linmem::export_allocator!();
linmem::export_checks!(ALLOCATOR);
linmem::trap_on_panic!();

linmem::abi! {
    /// Writes behind a block of its own, and frees it.
    pub fn overrun() {
        let block = alloc::vec![1_u8; 5].into_boxed_slice();
        let place = block.as_ptr().cast_mut().wrapping_add(core::hint::black_box(5));
        // SAFETY: it is not, which is what the allocator finds; what is written to is the allocator's.
        unsafe { place.write(1) };
        drop(core::hint::black_box(block));
    }

    /// Leaks a block of `size` bytes.
    pub fn leak(size: u32) {
        core::mem::forget(core::hint::black_box(alloc::vec![1_u8; size as usize]));
    }
}
