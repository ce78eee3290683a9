//! The names of types in records, and which of them lie in memory.

use super::Part;
use crate::abi::{Buffer, CStr, Owned, Slice, Str};
use alloc::boxed::Box;
use core::ptr::NonNull;

/// A type that has a name in records, so that hosts can be given a pointer to it.
///
/// [`abi!`](crate::abi!) implements it for what it declares.
///
/// # Safety
///
/// The type is what its name stands for.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type of the linmem ABI",
    label = "hosts do not know its layout",
    note = "declare it inside of `linmem::abi! {{ .. }}`, or write `extern type` there if hosts only point to it",
    note = "in memory, text and runs of elements are `Str`, `CStr`, `Slice<T>`, `Buffer<T>`, and `Owned` of the first three; a function returns them as in `Result<Owned<Slice<u8>>, E>`"
)]
pub unsafe trait Named {
    /// As a type expression.
    #[doc(hidden)]
    const NAME: &'static [Part];
}

/// A type that lies in linear memory as `abi/SPEC.md` says: a field, an element, what an out pointer leads to.
///
/// # Safety
///
/// The type has the layout that its name stands for, and is valid for all bytes that SPEC lets a host write there.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type of the linmem ABI",
    label = "hosts do not know its layout",
    note = "declare it inside of `linmem::abi! {{ .. }}`; what is an `extern type` there lies behind a pointer only",
    note = "in memory, text and runs of elements are `Str`, `CStr`, `Slice<T>`, `Buffer<T>`, and `Owned` of the first three; a function returns them as in `Result<Owned<Slice<u8>>, E>`"
)]
pub unsafe trait Abi: Named {}

/// A type that is never null, so that null can be the `None` of an `Option` of it.
///
/// # Safety
///
/// `Option` of the type has its size, and `None` is 0.
#[diagnostic::on_unimplemented(
    message = "`Option<{Self}>` is no type of the linmem ABI",
    label = "no pointer, and so it cannot be null",
    note = "for another value that may be missing, declare an enum such as `enum Maybe: u8 {{ Nothing, Just({Self}) }}`"
)]
pub unsafe trait Nullable {}

/// The integer type of an enumeration.
#[diagnostic::on_unimplemented(
    message = "an enumeration cannot be of type `{Self}`",
    label = "none of `i8`, `i16`, `i32`, `i64`, `u8`, `u16`, `u32`, `u64`"
)]
pub trait Tag {
    /// As a record has it, after a space.
    const TAG: &'static str;
}

macro_rules! tags {
    ($($type:ident)+) => {$(
        impl Tag for $type {
            const TAG: &'static str = concat!(" ", stringify!($type));
        }
    )+};
}

tags! { i8 i16 i32 i64 u8 u16 u32 u64 }

/// A type whose record is made where it is declared.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no record",
    label = "not declared by `linmem::abi!` in its own crate"
)]
pub trait Record {
    /// The lines.
    #[doc(hidden)]
    const RECORD: &'static [Part];
}

macro_rules! name {
    ($($({$($generics:tt)*})? $type:ty: $($part:expr),+;)+) => {$(
        // SAFETY: SPEC's tables list both.
        unsafe impl $(<$($generics)*>)? Named for $type {
            const NAME: &'static [Part] = &[$($part),+];
        }
        // SAFETY: as above.
        unsafe impl $(<$($generics)*>)? Abi for $type {}
    )+};
}

name! {
    Str: Part::Text("str");
    CStr: Part::Text("?cstr");
    Owned<Str>: Part::Text("^str");
    Owned<CStr>: Part::Text("^cstr");
    {T: Abi} Owned<Slice<T>>: Part::Text("^[]"), Part::Parts(T::NAME);
    {T: Abi} Slice<T>: Part::Text("[]"), Part::Parts(T::NAME);
    {T: Abi} Buffer<T>: Part::Text("[+]"), Part::Parts(T::NAME);
    {T: Abi, const N: usize} [T; N]: Part::Text("["), elements(N), Part::Text("]"), Part::Parts(T::NAME);
    {T: Named} &T: Part::Text("*"), Part::Parts(T::NAME);
    {T: Named} &mut T: Part::Text("~*"), Part::Parts(T::NAME);
    {T: Named} NonNull<T>: Part::Text("~*"), Part::Parts(T::NAME);
    {T: Named} Box<T>: Part::Text("^*"), Part::Parts(T::NAME);
    {T: Named} *const T: Part::Text("?*"), Part::Parts(T::NAME);
    {T: Named} *mut T: Part::Text("?~*"), Part::Parts(T::NAME);
    {T: Named + Nullable} Option<T>: Part::Text("?"), Part::Parts(T::NAME);
}

const fn elements(len: usize) -> Part {
    assert!(len != 0, "an array of length 0 has no place in memory that a host could see");
    Part::Number(len as i128)
}

macro_rules! nullable {
    ($([$($generics:tt)*] $type:ty;)+) => {$(
        // SAFETY: Rust guarantees it of the pointers that are never null, and of what is transparent over one.
        unsafe impl<$($generics)*> Nullable for $type {}
    )+};
}

nullable! { [T] &T; [T] &mut T; [T] NonNull<T>; [T] Box<T>; [] Owned<CStr>; }

/// The value of a constant, as a record states it.
pub struct Const<T: Constant>(pub T);

/// The type of such a value.
#[diagnostic::on_unimplemented(
    message = "records cannot state a constant of type `{Self}`",
    label = "no number, `bool`, `char` or `&str`"
)]
pub trait Constant {
    /// As a type expression.
    const NAME: &'static [Part];
}

macro_rules! constant {
    ($type:ty, $name:expr, $value:ident => $part:expr) => {
        impl Constant for $type {
            const NAME: &'static [Part] = &[Part::Text($name)];
        }

        impl Const<$type> {
            /// As a record has it.
            #[must_use]
            pub const fn part(self) -> Part {
                let $value = self.0;
                $part
            }
        }
    };
}

macro_rules! scalars {
    ($($type:ident)+, $value:ident => $part:expr) => {$(
        name! { $type: Part::Text(stringify!($type)); }
        constant! { $type, stringify!($type), $value => $part }
    )+};
}

scalars!(bool char i8 i16 i32 i64 isize u8 u16 u32 u64 usize, value => Part::Number(value as i128));
scalars!(f32 f64, value => Part::Bits(value.to_bits() as u128));
constant!(&'static str, "str", value => Part::Escaped(value));
