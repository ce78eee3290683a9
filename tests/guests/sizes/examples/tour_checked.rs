//! The tour's guest on a checked `Heap`.

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
