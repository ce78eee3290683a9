//! The macros that write records, `__type!` and `__record!`, and what they put them together from: functions, because
//! their names hide no type of the guest.

use super::Part;
use super::call::{Run, Status, Value};
use super::types::{Abi, Constant, Tag};

/// Puts lines into the section: bytes that nothing refers to, so that they are no data of the module.
#[doc(hidden)]
#[macro_export]
macro_rules! __record {
    ($($parts:tt)*) => {
        const _: () = {
            #[allow(unused_imports)]
            use $crate::__private::describe::*;
            $crate::__lines! { &[$($parts)*] }
        };
    };
}

/// Records what a name stands for, and lets another crate record it as well.
#[doc(hidden)]
#[macro_export]
macro_rules! __recorded {
    ($name:ident, $($parts:tt)*) => {
        const _: () = {
            #[allow(unused_imports)]
            use $crate::__private::describe::*;
            impl $crate::__private::Record for $name {
                const RECORD: &'static [$crate::__private::Part] = &[$($parts)*];
            }
            $crate::__lines! { <$name as $crate::__private::Record>::RECORD }
        };
    };
}

/// The static with the lines.
#[doc(hidden)]
#[macro_export]
macro_rules! __lines {
    ($parts:expr) => {
        #[cfg(not(target_family = "wasm"))]
        const _: &[$crate::__private::Part] = $parts;
        #[cfg(target_family = "wasm")]
        const __LINMEM_LINES: $crate::__private::Lines = $crate::__private::lines(::core::module_path!(), $parts);
        #[cfg(target_family = "wasm")]
        #[unsafe(link_section = "linmem.abi")]
        static __LINMEM_RECORD: [u8; __LINMEM_LINES.len] = $crate::__private::bytes(&__LINMEM_LINES);
    };
}

/// A line of docs, if an attribute is one.
#[doc(hidden)]
#[macro_export]
macro_rules! __doc {
    ([doc = $text:expr]) => {
        $crate::__private::Part::Doc(::core::option::Option::Some($text))
    };
    ([cfg $condition:tt]) => {
        ::core::compile_error!(
            "a record does not see `#[cfg]`: write it on an `abi!` of its own, `#[cfg(..)] linmem::abi! { .. }`"
        )
    };
    ($other:tt) => {
        $crate::__private::Part::Doc(::core::option::Option::None)
    };
}

/// Names a type, and records it with its docs and those of its members.
#[doc(hidden)]
#[macro_export]
macro_rules! __type {
    ([$($attr:tt)*] $kind:ident $name:ident [$($member:ident [$($doc:tt $($more:tt)*)?])*] $($part:tt)*) => {
        const _: () = {
            #[allow(unused_imports)]
            use $crate::__private::describe::*;
            static DECLARATION: $crate::__private::Declaration = $crate::__private::Declaration {
                home: ::core::module_path!(),
                record: <$name as $crate::__private::Record>::RECORD,
            };
            // SAFETY: the record says what it is.
            unsafe impl $crate::Named for $name {
                const NAME: &'static [$crate::__private::Part] = &[$crate::__private::Part::Type(
                    ::core::stringify!($name), $crate::__private::Declared::at(&DECLARATION),
                )];
            }
        };
        $crate::__recorded! { $name,
            name(::core::concat!(::core::stringify!($kind), " "), not_built_in(
                ::core::stringify!($name),
                ::core::concat!("SPEC has a type `", ::core::stringify!($name), "` of its own: choose another name"),
            )),
            $($part)*
            text("\n"),
            $crate::__private::Part::Subject("", ::core::stringify!($name)),
            $($crate::__doc!($attr),)*
            $($(
                $crate::__private::Part::Subject(
                    ::core::concat!(::core::stringify!($name), "."), ::core::stringify!($member),
                ),
                $crate::__doc!($doc), $($crate::__doc!($more),)*
            )?)*
        }
    };
}

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident $(<$type:ident: $trait:ident>)? ($($param:ident: $of:ty),*) $part:expr;)+) => {$(
        $(#[$doc])*
        #[must_use]
        pub const fn $name $(<$type: $trait>)? ($($param: $of),*) -> Part {
            $part
        }
    )+};
}

parts! {
    /// As it stands.
    text(text: &'static str) Part::Text(text);
    /// Text and a name.
    name(before: &'static str, name: &'static str) Part::Name(before, name);
    /// The size and alignment of a type.
    layout<T: Abi>() Part::Layout(size_of::<T>(), align_of::<T>());
    /// A field; without a name, what a case of a tagged enumeration holds.
    field<T: Abi>(name: &'static str, offset: usize) Part::Field(name, offset, T::NAME);
    /// A case of an enumeration.
    case(name: &'static str, value: i128) Part::Case(name, value);
    /// The integer of an enumeration.
    tag<T: Tag>() Part::Text(T::TAG);
    /// A parameter that travels as one value.
    value<T: Value>(name: &'static str) Part::Param(name, T::NAME);
    /// A parameter that travels as address and length.
    run<T: Run>(name: &'static str) Part::Param(name, T::NAME);
    /// An out pointer.
    out<T: Abi>(name: &'static str) Part::Out(name, T::NAME);
    /// A result.
    result<T: Value>() Part::Parts(T::NAME);
    /// A status.
    status<E: Status>() Part::Parts(E::NAME);
    /// The type of a constant.
    constant<T: Constant>() Part::Parts(T::NAME);
}

/// The type of a parameter that a host can own.
#[must_use]
pub const fn owned(param: Part) -> Part {
    let Part::Param(_, of) = param else { panic!("`drop fn` takes one value") };
    let owned = matches!(of, [Part::Text(mark), ..] if matches!(mark.as_bytes(), [b'^', ..]));
    assert!(owned, "`drop fn` takes what a host can own: a `Box`, or an `Owned<CStr>`");
    Part::Parts(of)
}

/// Where C puts a union of payloads behind a tag, and the size and alignment of both together.
#[must_use]
pub const fn tagged(tag: (usize, usize), mut payloads: &[(usize, usize)]) -> (usize, usize, usize) {
    let (mut size, mut align) = (0, 1);
    while let [payload, rest @ ..] = payloads {
        size = max(size, payload.0);
        align = max(align, payload.1);
        payloads = rest;
    }
    let (offset, whole) = (tag.0.next_multiple_of(align), max(align, tag.1));
    (offset, (offset + size.next_multiple_of(align)).next_multiple_of(whole), whole)
}

/// Asserts that fields of these offsets, sizes and alignments lie as C lays out a struct or union of this size and
/// alignment, and that no field of a union needs to be dropped.
pub const fn laid_out_as_in_c(
    kind: &str,
    mut fields: &[(usize, usize, usize, bool)],
    whole: (usize, usize),
    (or, or_owned): (&str, &str),
) {
    let union = matches!(kind.as_bytes(), b"union");
    let (mut end, mut align) = (0_usize, 1);
    while let [(offset, size, field_align, owned), rest @ ..] = fields {
        assert!(!union || !*owned, "{}", or_owned);
        assert!(*offset == if union { 0 } else { end.next_multiple_of(*field_align) }, "{}", or);
        end = max(end, *offset + *size);
        align = max(align, *field_align);
        fields = rest;
    }
    assert!(whole.1 == align && whole.0 == end.next_multiple_of(align), "{}", or);
}

/// The name of a declared type, which is none of SPEC's.
#[must_use]
pub const fn not_built_in(name: &'static str, or: &str) -> &'static str {
    let text = match name.as_bytes() {
        [b'r', b'#', text @ ..] => text,
        text => text,
    };
    let scalar = matches!(text, b"bool" | b"char" | b"f32" | b"f64" | b"usize" | b"isize");
    let int = matches!(text, b"i8" | b"i16" | b"i32" | b"i64" | b"u8" | b"u16" | b"u32" | b"u64");
    assert!(!(scalar || int || matches!(text, b"str" | b"cstr" | b"status")), "{}", or);
    name
}

const fn max(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}
