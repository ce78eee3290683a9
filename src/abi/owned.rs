//! Text and runs of elements that somebody owns.
//!
//! What is not generic is inlined, so that it is compiled where it is used: a module that does without does not change.

use super::{AbiError, Buffer, CStr, Slice, Str};
use alloc::boxed::Box;
use core::mem::ManuallyDrop;
use core::ptr::NonNull;

/// An owned [`CStr`], [`Str`] or [`Slice`]: it lies in memory as that does, and dropping it frees what it points to.
///
/// Its block comes from the module's global allocator, or from a host that took it there, with the layout that SPEC
/// gives the type; that is trusted, as in a [`Buffer`]. An owned `CStr` is not null, so that `Option` of it can be.
///
/// # Examples
///
/// ```
/// use linmem::{AbiError, CStr, Owned, Str};
///
/// let name = Owned::<CStr>::try_from("hello")?;
/// // SAFETY: `name` lives on.
/// assert_eq!(unsafe { name.lend().view() }, Ok(c"hello"));
/// assert_eq!(Owned::<CStr>::try_from("a\0b").err(), Some(AbiError::InteriorNul));
/// let text: Owned<Str> = Box::<str>::from("hello").into();
/// # Ok::<(), AbiError>(())
/// ```
#[repr(transparent)]
pub struct Owned<T: Own>(T::Held);

/// What can be [`Owned`]: [`CStr`], [`Str`] and [`Slice`].
///
/// # Safety
///
/// `Held` lies in memory as the type does.
pub unsafe trait Own: Sized {
    /// The type, without null.
    #[doc(hidden)]
    type Held;

    /// Describes what is held.
    #[doc(hidden)]
    fn lend(held: &Self::Held) -> Self;

    /// The same, the other way, but for null.
    #[doc(hidden)]
    fn hold(self) -> Option<Self::Held>;

    /// Drops what it describes, and frees the block.
    ///
    /// # Safety
    ///
    /// It is owned, and nobody uses it again.
    #[doc(hidden)]
    unsafe fn release(self);
}

// SAFETY: both are a pointer.
unsafe impl Own for CStr {
    type Held = NonNull<u8>;

    #[inline]
    fn lend(held: &NonNull<u8>) -> Self {
        Self::from_raw(held.as_ptr())
    }

    #[inline]
    fn hold(self) -> Option<NonNull<u8>> {
        NonNull::new(self.as_ptr().cast_mut())
    }

    #[inline]
    unsafe fn release(self) {
        // SAFETY: the caller's duty is the same. A text that does not end is left alone.
        let _ = unsafe { self.free() };
    }
}

/// What is the same for each type that is never null.
macro_rules! held_as_it_is {
    () => {
        type Held = Self;

        #[inline]
        fn lend(held: &Self) -> Self {
            *held
        }

        #[inline]
        fn hold(self) -> Option<Self> {
            Some(self)
        }
    };
}

// SAFETY: they are the same.
unsafe impl Own for Str {
    held_as_it_is!();

    #[inline]
    unsafe fn release(self) {
        // SAFETY: the caller's duty is the same.
        unsafe { self.bytes().release() };
    }
}

// SAFETY: they are the same.
unsafe impl<T> Own for Slice<T> {
    held_as_it_is!();

    #[inline]
    unsafe fn release(self) {
        // SAFETY: an owned run is a buffer without room to spare. What cannot be one is left alone.
        drop(unsafe { Buffer::from_raw_parts(self.as_ptr(), self.len(), self.len()) });
    }
}

impl<T: Own> Owned<T> {
    /// Takes over what a descriptor describes; nothing if that is a null [`CStr`].
    ///
    /// # Safety
    ///
    /// It is owned, with the layout that SPEC gives the type, and the caller gives it up.
    #[must_use]
    pub unsafe fn from_raw(raw: T) -> Option<Self> {
        raw.hold().map(Self)
    }

    /// Gives up what is owned.
    #[must_use]
    pub fn into_raw(self) -> T {
        ManuallyDrop::new(self).lend()
    }

    /// Describes the text or the elements, which still belong to `self`.
    #[must_use]
    pub fn lend(&self) -> T {
        T::lend(&self.0)
    }
}

impl<T: Own> Drop for Owned<T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: by the type's invariant it is owned; `self` is not used again.
        unsafe { self.lend().release() };
    }
}

impl<T> From<Box<[T]>> for Owned<Slice<T>> {
    #[inline]
    fn from(elements: Box<[T]>) -> Self {
        Self(Slice::from(Box::leak(elements)))
    }
}

impl From<Box<str>> for Owned<Str> {
    #[inline]
    fn from(text: Box<str>) -> Self {
        let bytes = Owned::from(text.into_boxed_bytes()).into_raw();
        Self(Str::from_raw_parts(bytes.as_ptr(), bytes.len()))
    }
}

impl TryFrom<&str> for Owned<Str> {
    type Error = AbiError;

    /// Copies text into a new block.
    #[inline]
    fn try_from(text: &str) -> Result<Self, AbiError> {
        let bytes = Owned::from(Buffer::try_copy(text.as_bytes())?.into_vec().into_boxed_slice()).into_raw();
        Ok(Self(Str::from_raw_parts(bytes.as_ptr(), bytes.len())))
    }
}

impl TryFrom<&str> for Owned<CStr> {
    type Error = AbiError;

    /// Copies text and a terminator into a new block.
    #[inline]
    fn try_from(text: &str) -> Result<Self, AbiError> {
        CStr::try_owned(text)?.hold().map(Self).ok_or(AbiError::Null)
    }
}
