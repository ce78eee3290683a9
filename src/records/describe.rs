//! What records are put together from in the macros: functions, because their names hide no type of the guest.

use super::Part;
use super::call::{Run, Status, Value};
use super::types::{Abi, Constant};

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
    /// A parameter that travels as one value.
    value<T: Value>(name: &'static str) Part::Param(name, T::NAME);
    /// A parameter that travels as address and length.
    run<T: Run>(name: &'static str) Part::Param(name, T::NAME);
    /// What an out pointer leads to.
    memory<T: Abi>() Part::Parts(T::NAME);
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

/// Whether fields of these offsets, sizes and alignments lie as C lays out a struct or union of this size and alignment.
#[must_use]
pub const fn laid_out_as_in_c(kind: &str, mut fields: &[(usize, usize, usize)], whole: (usize, usize)) -> bool {
    let union = matches!(kind.as_bytes(), b"union");
    let (mut end, mut align) = (0_usize, 1);
    while let [(offset, size, field_align), rest @ ..] = fields {
        if *offset != if union { 0 } else { end.next_multiple_of(*field_align) } {
            return false;
        }
        end = max(end, *offset + *size);
        align = max(align, *field_align);
        fields = rest;
    }
    whole.1 == align && whole.0 == end.next_multiple_of(align)
}

const fn max(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}
