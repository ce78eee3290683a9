//! How values travel in calls: one by one, and runs of elements as their address and length.

use super::Part;
use super::types::{Abi, Named, Nullable};
use crate::abi::{AbiError, CStr, Owned, Slice, Str};
use alloc::boxed::Box;
use alloc::string::String;
use core::ptr::{self, NonNull};

/// A value that travels in a call as one wasm value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not travel in a call",
    label = "no scalar and no pointer",
    note = "a struct is lent as `&T`, given as `Box<T>`, or returned through an out pointer by `Result<T, E>`, written so",
    note = "text and runs of elements are parameters `str`, `[T]`, `[mut T]`, `Box<str>` and `Box<[T]>`, written so"
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
        String::from_utf8(bytes.into()).map(Into::into).map_err(|_| AbiError::NotUtf8)
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
}

impl Status for AbiError {
    const NAME: &'static [Part] = &[Part::Text("status")];

    fn status(self) -> i32 {
        self as i32
    }
}

/// What ends an exported function, one for each kind of result. The outer error is one of the arguments.
pub mod finish {
    use super::{AbiError, Status, Value};

    /// No result: a bad argument traps, as it does for `value`.
    pub fn nothing(result: Result<(), AbiError>) {
        if result.is_err() {
            trap();
        }
    }

    /// A result that cannot tell of an error.
    pub fn value<T: Value>(result: Result<T, AbiError>) -> T::Wire {
        match result {
            Ok(value) => value.lower(),
            Err(_) => trap(),
        }
    }

    /// The result of a host function: a bad one traps.
    pub fn lifted<T>(result: Result<T, AbiError>) -> T {
        result.unwrap_or_else(|_| trap())
    }

    /// A status.
    pub fn status<E: Status>(result: Result<Result<(), E>, AbiError>) -> i32 {
        match result {
            Ok(Ok(())) => 0,
            Ok(Err(error)) => error.status(),
            Err(error) => error.status(),
        }
    }

    /// A status, and a value through a pointer, which was checked.
    ///
    /// # Safety
    ///
    /// The pointer leads to memory for the value, which the caller gives to write it there.
    pub unsafe fn out<T, E: Status>(out: *mut T, result: Result<Result<T, E>, AbiError>) -> i32 {
        // SAFETY: the caller's duty.
        status(result.map(|result| result.map(|value| unsafe { out.write(value) })))
    }

    #[cfg(target_family = "wasm")]
    use crate::memory::trap;

    /// Off wasm nothing is exported.
    #[cfg(not(target_family = "wasm"))]
    fn trap() -> ! {
        unreachable!("a guest's exports are there on wasm only")
    }
}
