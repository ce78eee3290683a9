//! A minimal allocator and a C-compatible ABI for wasm32 modules that are written without a binding generator.
//!
//! WebAssembly functions pass numbers only. Arrays, structs and strings lie in linear memory, and somebody has to
//! allocate them, describe them and free them. This crate gives a `cdylib`
//!
//! - an allocator, chosen by type with Rust's own attribute: [`Heap`], [`Bump`], with features of those names
//!   `Dlmalloc` and `WeeAlloc`, or any other [`GlobalAlloc`](core::alloc::GlobalAlloc);
//! - the exports `alloc`, `free` and `realloc`, by [`export_allocator!`];
//! - the types that a host can read and write: [`Slice`], [`Str`], [`Buffer`], [`CStr`], [`Owned`];
//! - a description of itself that hosts read, at no cost at run time, by [`abi!`].
//!
//! How they lie in memory, and who frees what, is in `abi/SPEC.md`: a host in any language is written from it.
//!
//! # A guest
//!
//! ```
//! #![cfg_attr(target_family = "wasm", no_std)]
//! extern crate alloc;
//! use alloc::boxed::Box;
//!
//! #[cfg(target_family = "wasm")]
//! #[global_allocator]
//! static ALLOCATOR: linmem::Heap = linmem::Heap::new();
//! linmem::export_allocator!(); // alloc, free, realloc
//! linmem::trap_on_panic!();
//!
//! #[unsafe(no_mangle)]
//! pub extern "C" fn simple_arr() -> *mut [i32; 4] {
//!     Box::into_raw(Box::new([100, 200, 300, 400]))
//! }
//! # fn main() { unsafe { drop(Box::from_raw(simple_arr())) } }
//! ```
//!
//! Off wasm `export_allocator!` and its like expand to nothing and std allocates, so that the crate's own `cargo test` runs natively.
//!
//! # Which allocator
//!
//! | | frees | in place | when |
//! | --- | --- | --- | --- |
//! | [`Heap`] | yes, and coalesces | the last block only | in general |
//! | [`Bump`] | the last block only | the last block only | a module that lives for one call, or that only ever adds |
//! | `Dlmalloc` | yes, and coalesces | yes | long steady load, where 5 KB do not matter |
//! | `WeeAlloc` | hardly reuses | no | never, if you can choose: it is unmaintained and leaks |
//!
//! [`Checked`] wraps any of them and finds misuse of memory, for tests and for debugging.
//!
//! # Threads
//!
//! Where a module can have threads, [`Heap`] and [`Bump`] lock, and the other two do not compile: under WASI, and with the
//! `atomics` feature as nightly has it (`-Zbuild-std`). A thread that has to wait spins. With `atomics`, and not under
//! WASI, [`export_allocator!`] also exports `linmem_may_wait`: where the host has called it with 1, on a thread of which it
//! knows that it may wait, that thread sleeps instead. A browser's main thread may not. Elsewhere a module has one thread:
//! the linker refuses shared memory to code that was compiled without the feature. A stable rustc that is given
//! `-Ctarget-feature=+atomics` all the same warns that this is not supported, and does not tell the crate: such a module
//! links with LTO, and its allocators do not lock.

#![no_std]
// The instructions of wasm64, a target for nightly, are there behind this name.
#![cfg_attr(target_arch = "wasm64", feature(simd_wasm64))]
// With atomics, so are these: for the lock, and to define a global. Only nightly sets this `cfg`.
#![cfg_attr(
    all(target_family = "wasm", target_feature = "atomics", not(target_os = "wasi")),
    feature(stdarch_wasm_atomic_wait, asm_experimental_arch)
)]
#![deny(missing_docs)]

extern crate alloc;

mod abi;
mod bump;
mod check;
mod checked;
mod class;
mod coalesce;
mod export;
#[cfg(any(feature = "dlmalloc", feature = "wee_alloc"))]
mod foreign;
mod heap;
mod lock;
#[cfg(target_family = "wasm")]
mod map;
mod memory;
mod records;

pub use abi::{AbiError, Buffer, CStr, Own, Owned, Slice, Str, status, try_box};
pub use bump::Bump;
pub use check::Usage;
pub use checked::{Checked, Live, Statistics};
#[cfg(feature = "dlmalloc")]
pub use foreign::Dlmalloc;
#[cfg(feature = "wee_alloc")]
pub use foreign::WeeAlloc;
pub use heap::Heap;
pub use memory::{Memory, PAGE, Pages, Unclaimed};
pub use records::{Abi, Failure, Named, Nullable};

/// What the macros expand to.
#[doc(hidden)]
pub mod __private {
    pub use crate::checked::Report;
    pub use crate::export::resize;
    #[cfg(target_family = "wasm")]
    pub use crate::map::HeapMap;
    #[cfg(all(target_family = "wasm", target_feature = "atomics", not(target_os = "wasi")))]
    pub use crate::memory::set_may_wait;
    #[cfg(target_family = "wasm")]
    pub use crate::memory::trap;
    pub use crate::records::call::{Run, Status, Value, finish};
    pub use crate::records::{Const, Declaration, Declared, Lines, Part, Record, bytes, describe, lines};
}
