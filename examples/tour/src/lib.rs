//! The guest of the tour: every way in which data crosses between a module and its host.
//!
//! Build it with `cargo build -p tour --release --target wasm32-unknown-unknown`. The hosts in `examples/hosts` all do
//! the same steps with it.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

mod lessons;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: linmem::Heap = linmem::Heap::new();
linmem::export_allocator!();
linmem::trap_on_panic!();
