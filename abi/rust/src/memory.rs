//! Linear memory as bytes: the checks that come before every read and write, and runs of plain elements.

use crate::{Cause, SIZE_MAX};
use std::ops::Range;

/// Checks `len` elements of a size and align at an address, as SPEC's "Hostile modules" has it, and tells which bytes
/// of linear memory they are.
///
/// # Errors
///
/// `Null`, `Misaligned`, `TooLong`, `OutOfBounds`, in this order; nothing if there are no elements.
///
/// ```
/// use linmem_host::{Cause, check};
///
/// assert_eq!(check(65536, 0x10, 4, 4, 4), Ok(16..32));
/// assert_eq!(check(65536, 0xffff_fff0, 8, 4, 4), Err(Cause::OutOfBounds));
/// assert_eq!(check(65536, 7, 0, 4, 4), Ok(0..0));
/// ```
pub fn check(memory_size: usize, ptr: u32, len: u32, size: u32, align: u32) -> Result<Range<usize>, Cause> {
    let bytes = u64::from(len) * u64::from(size);
    let end = u64::from(ptr).saturating_add(bytes);
    match () {
        () if len == 0 => Ok(0..0),
        () if ptr == 0 => Err(Cause::Null),
        () if ptr.checked_rem(align) != Some(0) => Err(Cause::Misaligned),
        () if bytes > u64::from(SIZE_MAX) => Err(Cause::TooLong),
        () if end > memory_size as u64 => Err(Cause::OutOfBounds),
        () => Ok(ptr as usize..end as usize),
    }
}

/// The bytes of a cstr without its NUL.
pub(crate) fn cstr(memory: &[u8], ptr: u32) -> Result<&[u8], Cause> {
    if ptr == 0 {
        return Err(Cause::Null);
    }
    let rest = memory.get(ptr as usize..).ok_or(Cause::OutOfBounds)?;
    let near = &rest[..rest.len().min(SIZE_MAX as usize)];
    match near.iter().position(|&byte| byte == 0) {
        Some(end) => Ok(&near[..end]),
        None if near.len() < rest.len() => Err(Cause::TooLong),
        None => Err(Cause::OutOfBounds),
    }
}

/// A number that lies in memory as its little-endian bytes.
pub trait Plain: Copy {
    /// Its size, which is its align as well.
    const SIZE: u32;

    /// Its name in records.
    const NAME: &'static str;

    /// Reads it from as many bytes.
    fn read(bytes: &[u8]) -> Option<Self>;
}

macro_rules! plain {
    ($($plain:ty)*) => {
        $(impl Plain for $plain {
            const SIZE: u32 = size_of::<$plain>() as u32;
            const NAME: &'static str = stringify!($plain);

            fn read(bytes: &[u8]) -> Option<Self> {
                Some(Self::from_le_bytes(bytes.try_into().ok()?))
            }
        })*
    };
}

plain! { i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 }

/// The elements of a slice of numbers, read where they lie, whatever the align and byte order of the host.
///
/// # Errors
///
/// As [`check`].
///
/// ```
/// let memory = [0, 0, 0, 0, 1, 0, 0, 0, 255, 255, 255, 255];
/// assert_eq!(linmem_host::elements::<i32>(&memory, 4, 2)?.collect::<Vec<_>>(), [1, -1]);
/// # Ok::<(), linmem_host::Cause>(())
/// ```
pub fn elements<T: Plain>(memory: &[u8], ptr: u32, len: u32) -> Result<impl ExactSizeIterator<Item = T>, Cause> {
    let range = check(memory.len(), ptr, len, T::SIZE, T::SIZE)?;
    let bytes = memory.get(range).ok_or(Cause::OutOfBounds)?;
    // The pieces are of the right size, so that each is a number.
    let pieces = bytes.chunks_exact(T::SIZE as usize);
    Ok(pieces.map(|piece| T::read(piece).unwrap_or_else(|| unreachable!("a piece has the size of an element"))))
}
