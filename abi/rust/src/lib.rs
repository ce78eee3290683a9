//! Reads the records of linmem modules, and gives checked, typed access to their memory and exports.

mod calls;
mod check;
#[cfg(any(feature = "wasmi", feature = "wasmtime"))]
mod engine;
mod error;
mod fault;
mod guest;
mod host;
mod instance;
mod lift;
mod lower;
mod memory;
mod model;
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

pub use error::Error;
pub use fault::{Cause, Fault};
pub use guest::{Callee, Guest, Raw};
pub use host::{Answer, Imports};
pub use instance::Instance;
pub use memory::{Plain, check, elements};
pub use model::{Case, Cases, Const, Decl, Enum, Field, Layout, Literal, Module, Param, Signature, Struct, Tagged};
pub use types::{Access, Scalar, Type, Wasm};
pub use value::Value;
pub use view::View;

/// The largest size of a block, slice or struct.
pub(crate) const SIZE_MAX: u32 = i32::MAX as u32;
