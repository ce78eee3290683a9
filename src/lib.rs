//! linmem
#![no_std]
#![deny(missing_docs)]

extern crate alloc;

mod abi;
mod bump;
mod export;
#[cfg(any(feature = "dlmalloc", feature = "wee_alloc"))]
mod foreign;
mod heap;
mod lock;
mod memory;

pub use abi::{AbiError, Buffer, CStr, Slice, Str, try_box};
pub use bump::Bump;
#[cfg(feature = "dlmalloc")]
pub use foreign::Dlmalloc;
#[cfg(feature = "wee_alloc")]
pub use foreign::WeeAlloc;
pub use heap::{Heap, Usage};
pub use memory::{Memory, PAGE, Pages};

/// What the macros expand to.
#[doc(hidden)]
pub mod __private {
    pub use crate::export::resize;
    #[cfg(target_arch = "wasm32")]
    pub use crate::memory::trap;
}
