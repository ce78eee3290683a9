//! The tour's guest on `Heap`.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

#[path = "../../../../examples/tour/src/lessons.rs"]
mod lessons;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Heap = linmem::Heap::new();
linmem::export_allocator!();
linmem::trap_on_panic!();
