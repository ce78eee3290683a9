//! The types that cross the boundary, as `abi/SPEC.md` lays them out.
//!
//! ```text
//! Slice<T>, Str   | ptr | len |          borrowed
//! Buffer<T>       | ptr | len | cap |    owned: a block of cap * size_of::<T>() bytes
//! CStr            | ptr |                bytes up to the first 0
//! Owned<..>       as Slice, Str, CStr    the block with just these bytes
//! ```
//!
//! A word is four bytes in linear memory. Making one of these from Rust's own types is safe. Reading what a host wrote
//! is not, because nothing can prove that its bytes are live; what can be seen is checked, and named by [`AbiError`].

mod buffer;
mod cstr;
mod owned;
mod slice;
pub(crate) mod utf8;

pub use buffer::Buffer;
pub use cstr::CStr;
pub use owned::{Own, Owned};
pub use slice::{Slice, Str};

use crate::memory;
use alloc::alloc::alloc;
use alloc::boxed::Box;
use core::alloc::Layout;
use core::fmt;

/// What is wrong with a descriptor, or with an attempt to make one.
///
/// The numbers are the status values of `abi/SPEC.md`: `error as i32` is what a fallible export returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum AbiError {
    /// The pointer is null where there has to be memory.
    Null = 1,
    /// The pointer is not a multiple of the element's alignment.
    Misaligned = 2,
    /// The elements take more than `isize::MAX` bytes, or `len` is larger than `cap`.
    TooLong = 3,
    /// The bytes pass the end of memory; for a [`CStr`], no 0 comes before it.
    OutOfBounds = 4,
    /// The bytes are not UTF-8.
    NotUtf8 = 5,
    /// The text has a 0 inside, where a [`CStr`] would end.
    InteriorNul = 6,
    /// There is no memory left.
    OutOfMemory = 7,
    /// The value is none that its type lists: a `char`, or an enumeration.
    Invalid = 8,
}

/// The status that a fallible export returns: 0 for success, the error's number otherwise.
///
/// # Examples
///
/// ```
/// use linmem::{AbiError, status};
///
/// assert_eq!(status(Ok(())), 0);
/// assert_eq!(status(Err(AbiError::NotUtf8)), 5);
/// ```
#[must_use]
pub fn status(result: Result<(), AbiError>) -> i32 {
    match result {
        Ok(()) => 0,
        Err(error) => error as i32,
    }
}

impl fmt::Display for AbiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null pointer",
            Self::Misaligned => "misaligned pointer",
            Self::TooLong => "too many elements",
            Self::OutOfBounds => "range passes the end of memory",
            Self::NotUtf8 => "not UTF-8",
            Self::InteriorNul => "zero byte inside a C string",
            Self::OutOfMemory => "out of memory",
            Self::Invalid => "value that its type does not list",
        })
    }
}

impl core::error::Error for AbiError {}

/// Moves a value into a block of its own, as `Box::new` does, but without a trap when memory runs out.
///
/// # Errors
///
/// [`OutOfMemory`](AbiError::OutOfMemory); then the value is dropped.
///
/// # Examples
///
/// ```
/// let array = linmem::try_box([100, 200, 300, 400])?;
/// assert_eq!(array[3], 400);
/// # Ok::<(), linmem::AbiError>(())
/// ```
pub fn try_box<T>(value: T) -> Result<Box<T>, AbiError> {
    const { assert!(size_of::<T>() != 0, "a type of size 0 has no place in memory that a host could see") }
    // SAFETY: the layout's size is not 0.
    let block = unsafe { alloc(Layout::new::<T>()) }.cast::<T>();
    if block.is_null() {
        return Err(AbiError::OutOfMemory);
    }
    // SAFETY: the block is new, and has the value's layout.
    unsafe { block.write(value) };
    // SAFETY: the block comes from the global allocator with the layout of `T`, and holds one.
    Ok(unsafe { Box::from_raw(block) })
}

/// Checks that `len` elements at `ptr` can be there: all that can be known of a pointer from outside.
fn check<T>(ptr: *const T, len: usize) -> Result<(), AbiError> {
    const { assert!(size_of::<T>() != 0, "a type of size 0 has no place in memory that a host could see") }
    if len == 0 {
        return Ok(());
    }
    if ptr.is_null() {
        return Err(AbiError::Null);
    }
    if !ptr.is_aligned() {
        return Err(AbiError::Misaligned);
    }
    if len > isize::MAX as usize / size_of::<T>() {
        return Err(AbiError::TooLong);
    }
    if memory::contains(ptr.addr(), len * size_of::<T>()) { Ok(()) } else { Err(AbiError::OutOfBounds) }
}

/// The layouts that SPEC states, on the only targets where they are bytes that a host reads.
#[cfg(target_family = "wasm")]
mod layout {
    use super::{AbiError, Buffer, CStr, Slice, Str};
    use static_assertions::{assert_eq_align, assert_eq_size};

    #[cfg(target_arch = "wasm32")]
    assert_eq_size!(CStr, u32);
    #[cfg(target_arch = "wasm64")]
    assert_eq_size!(CStr, u64);
    assert_eq_size!(Slice<u64>, Str, [CStr; 2]);
    assert_eq_size!(Buffer<u64>, [CStr; 3]);
    assert_eq_size!(AbiError, u32);
    assert_eq_align!(Slice<u64>, Str, Buffer<u64>, CStr, usize);
    assert_eq_align!(AbiError, u32);
}
