//! Reads the records of linmem modules, and gives checked, typed access to their memory and exports.
#![doc = ""]

mod check;
mod error;
mod model;
mod read;
mod record;
mod types;
mod wasm;
mod words;

pub use error::Error;
pub use model::{Case, Const, Decl, Enum, Field, Layout, Literal, Module, Param, Signature, Struct, Tagged};
pub use types::{Access, Scalar, Type, Wasm};

/// The largest size of a block, slice or struct.
pub(crate) const SIZE_MAX: u32 = i32::MAX as u32;
