//! Text that ends at its first zero byte.

use super::{AbiError, utf8};
use crate::memory::{self, PAGE};
use alloc::alloc::{alloc, dealloc};
use alloc::ffi::CString;
use core::alloc::Layout;
use core::{ffi, ptr, slice};

/// A pointer to bytes that end at the first 0; or null.
///
/// It says nothing of who owns the bytes. An owned one is a block of `strlen + 1` bytes at alignment 1, so it must not
/// be shortened where it is: whoever frees it finds its size by the terminator.
///
/// # Examples
///
/// ```
/// let name = linmem::CStr::from(c"hello");
/// // SAFETY: the literal lives for ever.
/// assert_eq!(unsafe { name.view() }, Ok(c"hello"));
/// ```
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct CStr(*const u8);

impl CStr {
    /// No text at all.
    pub const NULL: Self = Self(ptr::null());

    /// Wraps a pointer. Nothing is checked before [`view`](Self::view).
    #[must_use]
    pub const fn from_raw(ptr: *const u8) -> Self {
        Self(ptr)
    }

    /// Copies text and a terminator into a new block, which belongs to whoever gets the pointer.
    ///
    /// # Errors
    ///
    /// [`InteriorNul`](AbiError::InteriorNul) if the text has a 0 inside, [`OutOfMemory`](AbiError::OutOfMemory).
    pub fn try_owned(text: &str) -> Result<Self, AbiError> {
        if text.as_bytes().contains(&0) {
            return Err(AbiError::InteriorNul);
        }
        let layout = Layout::array::<u8>(text.len() + 1).map_err(|_| AbiError::OutOfMemory)?;
        // SAFETY: the layout has at least the terminator.
        let block = unsafe { alloc(layout) };
        if block.is_null() {
            return Err(AbiError::OutOfMemory);
        }
        // SAFETY: the block is new, and one byte longer than the text.
        unsafe { ptr::copy_nonoverlapping(text.as_ptr(), block, text.len()) };
        // SAFETY: this is the block's last byte.
        unsafe { block.wrapping_add(text.len()).write(0) };
        Ok(Self(block))
    }

    /// The first byte's address, or null.
    #[must_use]
    pub const fn as_ptr(self) -> *const u8 {
        self.0
    }

    /// Views the bytes up to the first 0, for which it searches.
    ///
    /// # Errors
    ///
    /// [`Null`](AbiError::Null); [`OutOfBounds`](AbiError::OutOfBounds) if no 0 comes before the end of memory;
    /// [`TooLong`](AbiError::TooLong) if it comes after more than `isize::MAX` bytes, itself included.
    ///
    /// # Safety
    ///
    /// For all of `'a` the bytes up to the first 0 are allocated and initialised, and nobody writes to them. Off wasm,
    /// where the end of memory is not known, there is such a 0.
    pub unsafe fn view<'a>(self) -> Result<&'a ffi::CStr, AbiError> {
        if self.0.is_null() {
            return Err(AbiError::Null);
        }
        let mut len = 0;
        loop {
            let byte = self.0.wrapping_add(len);
            // Asked once a page, and of the address space's last byte, which belongs to no slice.
            let addr = byte.addr();
            if (len == 0 || addr % PAGE == 0 || addr == usize::MAX) && !memory::contains(addr, 1) {
                return Err(AbiError::OutOfBounds);
            }
            if len == isize::MAX as usize {
                return Err(AbiError::TooLong);
            }
            len += 1;
            // SAFETY: the byte is in memory, and no 0 came before it; the rest is the caller's duty.
            if unsafe { byte.read() } == 0 {
                break;
            }
        }
        // SAFETY: the bytes were just read, and the caller keeps them as they are.
        let bytes = unsafe { slice::from_raw_parts(self.0, len) };
        // SAFETY: the last byte is the only 0.
        Ok(unsafe { ffi::CStr::from_bytes_with_nul_unchecked(bytes) })
    }

    /// Views the text as UTF-8.
    ///
    /// # Errors
    ///
    /// As for [`view`](Self::view), and [`NotUtf8`](AbiError::NotUtf8).
    ///
    /// # Safety
    ///
    /// As for [`view`](Self::view).
    pub unsafe fn view_str<'a>(self) -> Result<&'a str, AbiError> {
        // SAFETY: the caller's duty is the same.
        let text = unsafe { self.view() }?;
        utf8::text(text.to_bytes()).ok_or(AbiError::NotUtf8)
    }

    /// Frees an owned text. Null is ignored.
    ///
    /// # Errors
    ///
    /// As for [`view`](Self::view), but for null; then nothing is freed.
    ///
    /// # Safety
    ///
    /// If the pointer is not null, it is an owned text, as [`try_owned`](Self::try_owned) or a `CString` makes it, and
    /// nobody uses it again.
    pub unsafe fn free(self) -> Result<(), AbiError> {
        if self.0.is_null() {
            return Ok(());
        }
        // SAFETY: an owned text is live, and nobody else writes to it.
        let size = unsafe { self.view() }?.to_bytes_with_nul().len();
        // SAFETY: `size` was just counted in memory, and an alignment of 1 rounds nothing up.
        let layout = unsafe { Layout::from_size_align_unchecked(size, 1) };
        // SAFETY: by the caller's duty this is the block's pointer and layout.
        unsafe { dealloc(self.0.cast_mut(), layout) };
        Ok(())
    }
}

impl Default for CStr {
    fn default() -> Self {
        Self::NULL
    }
}

impl From<&ffi::CStr> for CStr {
    /// Borrows the text.
    fn from(text: &ffi::CStr) -> Self {
        Self(text.as_ptr().cast())
    }
}

impl From<CString> for CStr {
    /// Gives the text to whoever gets the pointer.
    fn from(text: CString) -> Self {
        Self(text.into_raw().cast_const().cast())
    }
}
