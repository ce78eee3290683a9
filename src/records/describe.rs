//! What records are put together from in the macros: functions, because their names hide no type of the guest.

use super::Part;
use super::call::{Run, Status, Value};
use super::types::{Abi, Constant};

/// As it stands.
#[must_use]
pub const fn text(text: &'static str) -> Part {
    Part::Text(text)
}

/// Text and a name.
#[must_use]
pub const fn name(before: &'static str, name: &'static str) -> Part {
    Part::Name(before, name)
}

/// The size and alignment of a type.
#[must_use]
pub const fn layout<T>() -> Part {
    Part::Layout(size_of::<T>(), align_of::<T>())
}

/// A field; without a name, what a case of a tagged enumeration holds.
#[must_use]
pub const fn field<T: Abi>(name: &'static str, offset: usize) -> Part {
    Part::Field(name, offset, T::NAME)
}

/// A case of an enumeration.
#[must_use]
pub const fn case(name: &'static str, value: i128) -> Part {
    Part::Case(name, value)
}

/// A parameter that travels as one value.
#[must_use]
pub const fn value<T: Value>(name: &'static str) -> Part {
    Part::Param(name, T::NAME)
}

/// A parameter that travels as address and length.
#[must_use]
pub const fn run<T: Run>(name: &'static str) -> Part {
    Part::Param(name, T::NAME)
}

/// What an out pointer leads to.
#[must_use]
pub const fn memory<T: Abi>() -> Part {
    Part::Parts(T::NAME)
}

/// A result.
#[must_use]
pub const fn result<T: Value>() -> Part {
    Part::Parts(T::NAME)
}

/// A status.
#[must_use]
pub const fn status<E: Status>() -> Part {
    Part::Parts(E::NAME)
}

/// The type of a constant.
#[must_use]
pub const fn constant<T: Constant>() -> Part {
    Part::Parts(T::NAME)
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

/// Whether fields of these offsets, sizes and alignments lie as C lays out a struct of this size and alignment.
#[must_use]
pub const fn laid_out_as_in_c(mut fields: &[(usize, usize, usize)], size: usize, align: usize) -> bool {
    let (mut end, mut most) = (0_usize, 1);
    while let [field, rest @ ..] = fields {
        if field.0 != end.next_multiple_of(field.2) {
            return false;
        }
        end = field.0 + field.1;
        most = max(most, field.2);
        fields = rest;
    }
    most == align && end.next_multiple_of(align) == size
}

const fn max(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}
