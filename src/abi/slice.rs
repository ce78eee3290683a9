//! Borrowed runs of elements and of text.

use super::{AbiError, check, utf8};
use core::ptr;
use core::{mem::offset_of, slice};

/// A borrowed run of elements: a pointer, and a length in elements.
///
/// It says nothing of how long the elements live, and is a pair of plain numbers to Rust: copying one is free, and
/// only [`view`](Slice::view) touches memory. With `len` 0 the pointer means nothing and may be null.
///
/// # Examples
///
/// ```
/// let slice = linmem::Slice::from(&[1, 2, 3]);
/// // SAFETY: the array is a constant, so its elements live for ever.
/// assert_eq!(unsafe { slice.view() }, Ok(&[1, 2, 3][..]));
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct Slice<T> {
    ptr: *mut T,
    len: usize,
}

static_assertions::const_assert!(offset_of!(Slice<u8>, ptr) == 0);
static_assertions::const_assert!(offset_of!(Slice<u8>, len) == size_of::<usize>());

impl<T> Slice<T> {
    /// No elements. The pointer is the alignment, as SPEC asks of a writer.
    pub const EMPTY: Self = Self { ptr: ptr::dangling_mut(), len: 0 };

    /// Describes `len` elements at `ptr`. Nothing is checked yet.
    #[must_use]
    pub const fn from_raw_parts(ptr: *mut T, len: usize) -> Self {
        Self { ptr, len }
    }

    /// The first element's address. Anything if [`len`](Self::len) is 0.
    #[must_use]
    pub const fn as_ptr(self) -> *mut T {
        self.ptr
    }

    /// Number of elements.
    #[must_use]
    pub const fn len(self) -> usize {
        self.len
    }

    /// Whether there are no elements.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len == 0
    }

    /// Checks that such elements can be there. An out-pointer is checked as a slice of one.
    ///
    /// # Errors
    ///
    /// [`Null`](AbiError::Null), [`Misaligned`](AbiError::Misaligned), [`TooLong`](AbiError::TooLong) or
    /// [`OutOfBounds`](AbiError::OutOfBounds), in this order. Off wasm the end of memory is not known, and a range is
    /// out of bounds only if it wraps.
    pub fn check(self) -> Result<(), AbiError> {
        check(self.ptr, self.len)
    }

    /// Views the elements.
    ///
    /// # Errors
    ///
    /// As for [`check`](Self::check).
    ///
    /// # Safety
    ///
    /// If the checks pass, then for all of `'a` the bytes are allocated and initialised, they are valid values of `T`,
    /// and nobody writes to them.
    pub unsafe fn view<'a>(self) -> Result<&'a [T], AbiError> {
        self.check()?;
        let ptr = if self.len == 0 { ptr::dangling() } else { self.ptr.cast_const() };
        // SAFETY: by the check not null, aligned, at most `isize::MAX` bytes, and not wrapping; the rest is the caller's
        // duty.
        Ok(unsafe { slice::from_raw_parts(ptr, self.len) })
    }

    /// Views the elements for writing.
    ///
    /// # Errors
    ///
    /// As for [`check`](Self::check).
    ///
    /// # Safety
    ///
    /// As for [`view`](Self::view); for all of `'a` nobody else reads or writes the bytes; and the pointer may be written
    /// through, as that of a slice made from `&[T]` may not.
    pub unsafe fn view_mut<'a>(self) -> Result<&'a mut [T], AbiError> {
        self.check()?;
        let ptr = if self.len == 0 { ptr::dangling_mut() } else { self.ptr };
        // SAFETY: as for `view`; that nobody else has a view is the caller's duty.
        Ok(unsafe { slice::from_raw_parts_mut(ptr, self.len) })
    }
}

impl<T> Clone for Slice<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Slice<T> {}

impl<T> Default for Slice<T> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<T> From<&[T]> for Slice<T> {
    /// Describes a slice, which the receiver may read but not write.
    fn from(slice: &[T]) -> Self {
        if slice.is_empty() { Self::EMPTY } else { Self { ptr: slice.as_ptr().cast_mut(), len: slice.len() } }
    }
}

impl<T> From<&mut [T]> for Slice<T> {
    /// Describes a slice, which the receiver may write as well.
    fn from(slice: &mut [T]) -> Self {
        if slice.is_empty() { Self::EMPTY } else { Self { ptr: slice.as_mut_ptr(), len: slice.len() } }
    }
}

impl<T, const N: usize> From<&[T; N]> for Slice<T> {
    fn from(array: &[T; N]) -> Self {
        array.as_slice().into()
    }
}

/// Borrowed text: a [`Slice`] of UTF-8 bytes, without a terminator.
///
/// # Examples
///
/// ```
/// let name = linmem::Str::from("hello");
/// // SAFETY: the literal lives for ever.
/// assert_eq!(unsafe { name.view() }, Ok("hello"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[repr(transparent)]
pub struct Str(Slice<u8>);

impl Str {
    /// No text.
    pub const EMPTY: Self = Self(Slice::EMPTY);

    /// Describes `len` bytes at `ptr`. Nothing is checked yet.
    #[must_use]
    pub const fn from_raw_parts(ptr: *const u8, len: usize) -> Self {
        Self(Slice::from_raw_parts(ptr.cast_mut(), len))
    }

    /// The text's bytes.
    #[must_use]
    pub const fn bytes(self) -> Slice<u8> {
        self.0
    }

    /// Views the text.
    ///
    /// # Errors
    ///
    /// As for [`Slice::view`], and [`NotUtf8`](AbiError::NotUtf8).
    ///
    /// # Safety
    ///
    /// As for [`Slice::view`].
    pub unsafe fn view<'a>(self) -> Result<&'a str, AbiError> {
        // SAFETY: the caller's duty is the same.
        let bytes = unsafe { self.0.view() }?;
        utf8::text(bytes).ok_or(AbiError::NotUtf8)
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().into())
    }
}
