//! Reads the records of linmem modules, and gives checked, typed access to their memory and exports.
//!
//! 1. [`Module::read`] finds and checks the records of a module. A [`Type`] has its layout from the module.
//! 2. [`Module::read_value`], [`Module::write_value`] and [`Module::view`] go between linear memory, which is any slice of
//!    bytes, and a [`Value`]. Whatever lies there ends in a value or in a [`Fault`] that names the place.
//! 3. [`Instance`] calls exports with values, over a [`Guest`], which the modules `wasmi` and `wasmtime` implement behind
//!    features of their names. It knows what the host owns: a [`Pointer`] has a type and a right, and ends.
//!
//! The files follow that order. Reading: `wasm` finds the section, `words` and `types` know words, `record` lines, `check`
//! what holds between them, `read` puts them together into `model`. Memory: `memory` checks, `lift` reads, `lower` writes,
//! `view` goes field by field. Ownership: `pointer` has rights, `ledger` knows owners, `place` leads on, `write` replaces,
//! `release` frees. Calls: `guest` is the seam to engines, `calls` goes from host to guest, `host` back, `instance` offers
//! it, `engine` is what adapters share, `checks` reads what a checked module knows of its blocks.

mod calls;
mod check;
mod checks;
#[cfg(any(feature = "wasmi", feature = "wasmtime"))]
mod engine;
mod error;
mod fault;
mod guest;
mod host;
mod instance;
mod ledger;
mod lift;
mod lower;
mod memory;
mod model;
mod place;
mod pointer;
mod read;
mod record;
mod release;
mod types;
mod value;
mod view;
mod wasm;
#[cfg(feature = "wasmi")]
pub mod wasmi;
#[cfg(feature = "wasmtime")]
pub mod wasmtime;
mod words;
mod write;

pub use checks::{Block, Checks, Finding, Statistics};
pub use error::Error;
pub use fault::{Cause, Fault};
pub use guest::{Callee, Guest, Raw};
pub use host::{Answer, Bound, Caller, Imports};
pub use instance::Instance;
pub use ledger::Ledger;
pub use memory::{Plain, check, elements};
pub use model::{Case, Cases, Const, Decl, Enum, Field, Layout, Literal, Module, Param, Signature, Struct, Tagged};
pub use pointer::{Func, Pointer};
pub use types::{Access, Scalar, Type, Wasm};
pub use value::Value;
pub use view::View;

#[cfg(all(doctest, feature = "wasmtime"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// The largest size of a block, slice or struct.
pub(crate) const SIZE_MAX: u32 = i32::MAX as u32;
