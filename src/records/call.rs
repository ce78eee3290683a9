//! How values travel in calls: one by one, and runs of elements as their address and length.

use super::Part;
use super::types::{Abi, Named, Nullable};
use crate::abi::{AbiError, CStr, Owned, Slice, Str, utf8};
use alloc::boxed::Box;
use core::fmt;
use core::marker::PhantomData;
use core::num::NonZeroI32;
use core::ptr::{self, NonNull};

/// A value that travels in a call as one wasm value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not travel in a call",
    label = "no scalar and no pointer",
    note = "a struct is lent as `&T`, given as `Box<T>`, or returned through an out pointer by `Result<T, E>`, written so",
    note = "text and runs of elements are parameters `str`, `[T]`, `[mut T]`, `Box<str>` and `Box<[T]>`, written so; a function returns them as `Result<Owned<Str>, E>` or `Result<Owned<Slice<T>>, E>`"
)]
pub trait Value: Named + Sized {
    /// As it travels.
    type Wire;

    /// Takes what the other side passed.
    ///
    /// # Errors
    ///
    /// What can be seen to be wrong with it.
    ///
    /// # Safety
    ///
    /// If nothing is, it is what SPEC asks of the type.
    unsafe fn lift(wire: Self::Wire) -> Result<Self, AbiError>;

    /// Passes it.
    fn lower(self) -> Self::Wire;
}

/// A run of elements.
pub trait Run: Sized {
    /// An element.
    type Item;
    /// As a type expression.
    const NAME: &'static [Part];

    /// Takes what the other side passed.
    ///
    /// # Errors
    ///
    /// As for [`Slice::view`]; [`NotUtf8`](AbiError::NotUtf8).
    ///
    /// # Safety
    ///
    /// If nothing is wrong with it, it is what SPEC asks of the type.
    unsafe fn lift(ptr: *mut Self::Item, len: usize) -> Result<Self, AbiError>;

    /// Passes it.
    fn lower(self) -> (*mut Self::Item, usize);
}

macro_rules! value {
    ($($({$($generics:tt)*})? $type:ty as $wire:ty: $value:ident => $lift:expr, $lower:expr;)+) => {$(
        impl $(<$($generics)*>)? Value for $type {
            type Wire = $wire;

            #[inline(always)]
            unsafe fn lift($value: $wire) -> Result<Self, AbiError> {
                $lift
            }

            #[inline(always)]
            fn lower(self) -> $wire {
                let $value = self;
                $lower
            }
        }
    )+};
}

value! {
    // rustc does not mask what it is passed, and a `bool` of 2 is undefined.
    bool as u32: value => Ok(value != 0), value.into();
    i8 as i32: value => Ok(value as i8), value.into();
    u8 as u32: value => Ok(value as u8), value.into();
    i16 as i32: value => Ok(value as i16), value.into();
    u16 as u32: value => Ok(value as u16), value.into();
    i32 as i32: value => Ok(value), value;
    u32 as u32: value => Ok(value), value;
    i64 as i64: value => Ok(value), value;
    u64 as u64: value => Ok(value), value;
    f32 as f32: value => Ok(value), value;
    f64 as f64: value => Ok(value), value;
    isize as isize: value => Ok(value), value;
    usize as usize: value => Ok(value), value;
    char as u32: value => char::from_u32(value).ok_or(AbiError::Invalid), value.into();
    CStr as *mut u8: value => Ok(CStr::from_raw(value)), value.as_ptr().cast_mut();
    // SAFETY: the caller's duty is the same.
    Owned<CStr> as *mut u8: value => unsafe { Self::from_raw(CStr::from_raw(value)) }.ok_or(AbiError::Null), value.into_raw().lower();
    {T: Named} *const T as *mut u8: value => Ok(value.cast()), value.cast_mut().cast();
    {T: Named} *mut T as *mut u8: value => Ok(value.cast()), value.cast();
    {T: Named} NonNull<T> as *mut u8: value => one(value), value.as_ptr().cast();
    {T: Named} &T as *mut u8: value => {
        // SAFETY: not null, aligned and in memory; the rest is the caller's duty.
        one(value).map(|ptr| unsafe { ptr.as_ref() })
    }, ptr::from_ref(value).cast_mut().cast();
    {T: Named} &mut T as *mut u8: value => {
        // SAFETY: as for `&T`.
        one(value).map(|mut ptr| unsafe { ptr.as_mut() })
    }, ptr::from_mut(value).cast();
    {T: Named} Box<T> as *mut u8: value => {
        // SAFETY: as for `&T`; what is given has this layout and comes from the global allocator.
        one(value).map(|ptr| unsafe { Box::from_raw(ptr.as_ptr()) })
    }, Box::into_raw(value).cast();
    {T: Nullable + Value<Wire = *mut u8>} Option<T> as *mut u8: value => {
        // SAFETY: the caller's duty is the same.
        if value.is_null() { Ok(None) } else { unsafe { T::lift(value) }.map(Some) }
    }, value.map_or(ptr::null_mut(), T::lower);
}

/// Checks a pointer to one value.
fn one<T>(ptr: *mut u8) -> Result<NonNull<T>, AbiError> {
    let ptr = ptr.cast();
    Slice::from_raw_parts(ptr, 1).check()?;
    NonNull::new(ptr).ok_or(AbiError::Null)
}

macro_rules! run {
    (
        $({$($generics:tt)*})? $type:ty as $item:ty: $($part:expr),+;
        $slice:ident => $lift:expr, $value:ident => $lower:expr
    ) => {
        impl $(<$($generics)*>)? Run for $type {
            type Item = $item;
            const NAME: &'static [Part] = &[$($part),+];

            #[inline(always)]
            unsafe fn lift(ptr: *mut $item, len: usize) -> Result<Self, AbiError> {
                let $slice = Slice::from_raw_parts(ptr, len);
                $lift
            }

            #[inline(always)]
            fn lower(self) -> (*mut $item, usize) {
                let len = self.len();
                let $value = self;
                ($lower, len)
            }
        }
    };
}

// In each of these the caller's duty is that of the view.
run!(&str as u8: Part::Text("str");
    // SAFETY: as above.
    slice => unsafe { Str::from_raw_parts(slice.as_ptr(), slice.len()).view() },
    value => value.as_ptr().cast_mut());
run!({T: Abi} &[T] as T: Part::Text("[]"), Part::Parts(T::NAME);
    // SAFETY: as above.
    slice => unsafe { slice.view() },
    value => value.as_ptr().cast_mut());
run!({T: Abi} &mut [T] as T: Part::Text("~[]"), Part::Parts(T::NAME);
    // SAFETY: as above.
    slice => unsafe { slice.view_mut() },
    value => value.as_mut_ptr());
run!({T: Abi} Box<[T]> as T: Part::Text("^[]"), Part::Parts(T::NAME);
    slice => {
        // SAFETY: as above; what is given belongs to the receiver alone.
        let slice: *mut [T] = unsafe { slice.view_mut() }?;
        // SAFETY: it has this layout, and comes from the global allocator.
        Ok(unsafe { Box::from_raw(slice) })
    },
    value => Box::into_raw(value).cast());
run!(Box<str> as u8: Part::Text("^str");
    slice => {
        // SAFETY: as above.
        let bytes = unsafe { <Box<[u8]>>::lift(slice.as_ptr(), slice.len()) }?;
        if utf8::text(&bytes).is_none() {
            return Err(AbiError::NotUtf8);
        }
        // SAFETY: the bytes are UTF-8.
        Ok(unsafe { alloc::str::from_boxed_utf8_unchecked(bytes) })
    },
    value => Box::into_raw(value).cast());

/// An error that a status tells.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no status",
    label = "neither `AbiError` nor an enum over `status`",
    note = "declare it inside of `linmem::abi! {{ .. }}` as `enum {Self}: status {{ .. }}`, with values from 16 on"
)]
pub trait Status {
    /// As a type expression.
    const NAME: &'static [Part];

    /// The status, which is not 0.
    fn status(self) -> i32;

    /// The error of a status, if there is one.
    fn of(status: i32) -> Option<Self>
    where
        Self: Sized;
}

impl Status for AbiError {
    const NAME: &'static [Part] = &[Part::Text("status")];

    fn status(self) -> i32 {
        self as i32
    }

    fn of(status: i32) -> Option<Self> {
        Some(match status {
            1 => Self::Null,
            2 => Self::Misaligned,
            3 => Self::TooLong,
            4 => Self::OutOfBounds,
            5 => Self::NotUtf8,
            6 => Self::InteriorNul,
            7 => Self::OutOfMemory,
            8 => Self::Invalid,
            _ => return None,
        })
    }
}

/// Any status but 0, with which a host function fails: one of `E`, an [`AbiError`], or one that nobody has declared.
///
/// It has the name of `E` in records.
///
/// # Examples
///
/// ```
/// use linmem::{AbiError, Failure};
///
/// linmem::abi! {
///     enum Fail: status { Empty = 16 }
///
///     extern "C" {
///         fn fetch(key: u32) -> Result<u64, Failure<Fail>>;
///     }
///
///     fn twice(key: u32) -> Result<u64, Failure<Fail>> {
///         match fetch(key) {
///             Err(failure) if matches!(failure.reason(), Some(Fail::Empty)) => Ok(0),
///             other => Ok(other? * 2),
///         }
///     }
/// }
///
/// let failure = <Failure<Fail>>::check(7).unwrap_err();
/// assert!(failure.reason::<Fail>().is_none());
/// assert_eq!(failure.reason(), Some(AbiError::OutOfMemory));
/// ```
pub struct Failure<E>(NonZeroI32, PhantomData<E>);

impl<E> Failure<E> {
    /// Takes a status: 0 is success.
    ///
    /// # Errors
    ///
    /// Any other.
    pub fn check(status: i32) -> Result<(), Self> {
        NonZeroI32::new(status).map_or(Ok(()), |status| Err(Self(status, PhantomData)))
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> i32 {
        self.0.get()
    }

    /// What it stands for as an `E`, or as an [`AbiError`]; nothing if that has no such status.
    #[must_use]
    pub fn reason<R: Status>(&self) -> Option<R> {
        R::of(self.0.get())
    }
}

impl<E> fmt::Debug for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Failure({})", self.0)
    }
}

impl<E: Status> From<E> for Failure<E> {
    fn from(error: E) -> Self {
        // A status enum has no 0.
        Self(NonZeroI32::new(error.status()).unwrap_or(NonZeroI32::MIN), PhantomData)
    }
}

impl<E: Status> Status for Failure<E> {
    const NAME: &'static [Part] = E::NAME;

    fn status(self) -> i32 {
        self.0.get()
    }

    fn of(status: i32) -> Option<Self> {
        Self::check(status).err()
    }
}

/// What ends an exported function, one for each kind of result. The outer error is one of the arguments; `put` writes what
/// goes through out pointers, and leaves what is returned. And how the result of a host function is taken.
pub mod finish {
    use super::{AbiError, Status, Value};

    /// No result: a bad argument traps, as it does for `value`.
    pub fn nothing<R>(result: Result<R, AbiError>, put: impl FnOnce(R)) {
        match result {
            Ok(values) => put(values),
            Err(_) => trap(),
        }
    }

    /// A result that cannot tell of an error.
    pub fn value<R, T: Value>(result: Result<R, AbiError>, put: impl FnOnce(R) -> T) -> T::Wire {
        match result {
            Ok(values) => put(values).lower(),
            Err(_) => trap(),
        }
    }

    /// A status.
    pub fn status<R, E: Status>(result: Result<Result<R, E>, AbiError>, put: impl FnOnce(R)) -> i32 {
        match result {
            Ok(Ok(values)) => {
                put(values);
                0
            }
            Ok(Err(error)) => error.status(),
            Err(error) => error.status(),
        }
    }

    /// The result of a host function: a bad one traps.
    pub fn lifted<T>(result: Result<T, AbiError>) -> T {
        result.unwrap_or_else(|_| trap())
    }

    /// The status of a host function: one that the error does not have traps.
    pub fn told<E: Status>(status: i32) -> Result<(), E> {
        if status == 0 { Ok(()) } else { Err(E::of(status).unwrap_or_else(|| trap())) }
    }

    #[cfg(target_family = "wasm")]
    use crate::memory::trap;

    /// Off wasm nothing is exported.
    #[cfg(not(target_family = "wasm"))]
    fn trap() -> ! {
        unreachable!("a guest's exports are there on wasm only")
    }
}
