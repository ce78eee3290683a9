//! Owned runs of elements, which can grow.

use super::{AbiError, check};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem::{ManuallyDrop, offset_of};
use core::ops::{Deref, DerefMut};
use core::{ptr, slice};

/// An owned run of elements: a pointer, a length and a capacity in elements.
///
/// It owns a block of `cap * size_of::<T>()` bytes at the alignment of `T`, from the module's global allocator, of
/// which the first `len` elements are initialised; with `cap` 0 it owns nothing and may be all zeros. It is a `Vec` with
/// a layout that hosts know, and turns into one and back without a copy. Dropping it frees it.
///
/// All of its methods but [`check`](Buffer::check) trust the three numbers, and so does dropping it. So take a buffer from
/// a host by [`from_raw_parts`](Buffer::from_raw_parts), or if it lies where a host wrote it, `check` it before all else
/// and leave it alone if that fails.
///
/// # Examples
///
/// ```
/// let mut points = linmem::Buffer::from(vec![(1, 2)]);
/// let mut vec = std::mem::take(&mut points).into_vec();
/// vec.push((3, 4));
/// points = vec.into();
/// assert_eq!(*points, [(1, 2), (3, 4)]);
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct Buffer<T> {
    ptr: *mut T,
    len: usize,
    cap: usize,
}

static_assertions::const_assert!(offset_of!(Buffer<u8>, ptr) == 0);
static_assertions::const_assert!(offset_of!(Buffer<u8>, len) == size_of::<usize>());
static_assertions::const_assert!(offset_of!(Buffer<u8>, cap) == 2 * size_of::<usize>());

// SAFETY: it owns its elements, as a `Vec` does.
unsafe impl<T: Send> Send for Buffer<T> {}
// SAFETY: a shared reference gives shared references to the elements only.
unsafe impl<T: Sync> Sync for Buffer<T> {}

impl<T> Buffer<T> {
    /// Makes a buffer that owns nothing.
    #[must_use]
    pub const fn new() -> Self {
        const { assert!(size_of::<T>() != 0, "a type of size 0 has no place in memory that a host could see") }
        Self { ptr: ptr::dangling_mut(), len: 0, cap: 0 }
    }

    /// Copies a slice into a new block.
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`](AbiError::OutOfMemory).
    pub fn try_copy(slice: &[T]) -> Result<Self, AbiError>
    where
        T: Copy,
    {
        let mut vec = Vec::new();
        vec.try_reserve_exact(slice.len()).map_err(|_| AbiError::OutOfMemory)?;
        vec.extend_from_slice(slice);
        Ok(vec.into())
    }

    /// Appends a value, after growing the block if there is no room.
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`](AbiError::OutOfMemory); then the value is dropped and the buffer is as it was.
    pub fn try_push(&mut self, value: T) -> Result<(), AbiError> {
        let mut vec = core::mem::take(self).into_vec();
        let grown = vec.try_reserve(1).map_err(|_| AbiError::OutOfMemory);
        if grown.is_ok() {
            let len = vec.len();
            // A `push` would bring its own way of growing along, which panics.
            // SAFETY: there is room for an element behind the last.
            unsafe { vec.as_mut_ptr().wrapping_add(len).write(value) };
            // SAFETY: the element at `len` was just written.
            unsafe { vec.set_len(len + 1) };
        }
        *self = vec.into();
        grown
    }

    /// Takes over a block that a host filled.
    ///
    /// # Errors
    ///
    /// As for [`check`](Self::check); then the block still belongs to the caller.
    ///
    /// # Safety
    ///
    /// If `cap` is not 0, `ptr` is a live block from the module's allocator, of `cap * size_of::<T>()` bytes at the
    /// alignment of `T`; its first `len` elements are valid values of `T`; and the caller gives it up.
    pub unsafe fn from_raw_parts(ptr: *mut T, len: usize, cap: usize) -> Result<Self, AbiError> {
        let buffer = ManuallyDrop::new(Self { ptr, len, cap });
        buffer.check()?;
        Ok(ManuallyDrop::into_inner(buffer))
    }

    /// Checks what can be seen of a buffer that a host wrote.
    ///
    /// That the block is live and the elements are initialised cannot be seen: this the host has to keep.
    ///
    /// # Errors
    ///
    /// [`Null`](AbiError::Null), [`Misaligned`](AbiError::Misaligned), [`TooLong`](AbiError::TooLong) or
    /// [`OutOfBounds`](AbiError::OutOfBounds), in this order, of the whole capacity; `TooLong` also if `len` is larger
    /// than `cap`.
    pub fn check(&self) -> Result<(), AbiError> {
        check(self.ptr, self.cap)?;
        if self.len > self.cap { Err(AbiError::TooLong) } else { Ok(()) }
    }

    /// Number of elements for which there is room.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.cap
    }

    /// Turns the buffer into a `Vec` with the same block.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        let buffer = ManuallyDrop::new(self);
        if buffer.cap == 0 {
            return Vec::new();
        }
        // SAFETY: by the type's invariant the block is a `Vec`'s in all but name, and `buffer` gives it up.
        unsafe { Vec::from_raw_parts(buffer.ptr, buffer.len, buffer.cap) }
    }
}

impl<T> Default for Buffer<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Drop for Buffer<T> {
    fn drop(&mut self) {
        drop(core::mem::take(self).into_vec());
    }
}

impl<T> Deref for Buffer<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        let ptr = if self.len == 0 { ptr::dangling() } else { self.ptr.cast_const() };
        // SAFETY: by the type's invariant the first `len` elements are initialised and owned.
        unsafe { slice::from_raw_parts(ptr, self.len) }
    }
}

impl<T> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        let ptr = if self.len == 0 { ptr::dangling_mut() } else { self.ptr };
        // SAFETY: as for `deref`; the borrow of the buffer is exclusive.
        unsafe { slice::from_raw_parts_mut(ptr, self.len) }
    }
}

impl<T> From<Vec<T>> for Buffer<T> {
    fn from(vec: Vec<T>) -> Self {
        const { assert!(size_of::<T>() != 0, "a type of size 0 has no place in memory that a host could see") }
        let mut vec = ManuallyDrop::new(vec);
        Self { ptr: vec.as_mut_ptr(), len: vec.len(), cap: vec.capacity() }
    }
}

impl<T> From<Box<[T]>> for Buffer<T> {
    fn from(elements: Box<[T]>) -> Self {
        elements.into_vec().into()
    }
}

impl From<String> for Buffer<u8> {
    /// Gives the text's UTF-8 bytes.
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}
