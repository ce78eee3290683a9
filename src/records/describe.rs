//! What records are put together from in the macros: functions, whose names hide no type of the guest.

use super::call::{Run, Status, Value};
use super::types::{Abi, Constant};
use super::Part;

/// Text as it stands.
#[must_use]
pub const fn text(text: &'static str) -> Part {
    Part::Text(text)
}

/// An identifier.
#[must_use]
pub const fn name(name: &'static str) -> Part {
    Part::Name(name)
}

/// The size and alignment of a type.
#[must_use]
pub const fn layout<T>() -> Part {
    Part::Layout(size_of::<T>(), align_of::<T>())
}

/// A field.
#[must_use]
pub const fn member<T: Abi>(name: &'static str, offset: usize) -> Part {
    Part::Member(name, offset, T::NAME)
}

/// A case of an enumeration.
#[must_use]
pub const fn case(name: &'static str, value: i128) -> Part {
    Part::Case(name, value)
}

/// What a case of a tagged enumeration holds.
#[must_use]
pub const fn payload<T: Abi>(offset: usize) -> Part {
    Part::Payload(offset, T::NAME)
}

/// A parameter that travels as one value.
#[must_use]
pub const fn param<T: Value>(name: &'static str) -> Part {
    Part::Param(name, "", T::NAME)
}

/// A parameter that travels as address and length.
#[must_use]
pub const fn run<T: Run>(name: &'static str) -> Part {
    Part::Param(name, "", T::NAME)
}

/// The out pointer.
#[must_use]
pub const fn out<T: Abi>() -> Part {
    Part::Param("out", ">", T::NAME)
}

/// A result.
#[must_use]
pub const fn result<T: Value>() -> Part {
    Part::Result(T::NAME)
}

/// A status.
#[must_use]
pub const fn error<E: Status>() -> Part {
    Part::Result(E::NAME)
}

/// The type of a constant.
#[must_use]
pub const fn constant<T: Constant>() -> Part {
    Part::Text(T::NAME)
}

/// An owned value.
#[must_use]
pub const fn owned<T: Value>() -> Part {
    let mark = match T::NAME {
        [Part::Text(mark), ..] => mark.as_bytes(),
        _ => b"",
    };
    assert!(matches!(mark, [b'^', ..]), "`drop fn` takes what hosts can own: a `Box`, or an `Owned<CStr>`");
    Part::Parts(T::NAME)
}

/// Where C puts a union of payloads behind a tag, and the size and alignment of both together.
#[must_use]
pub const fn tagged(tag: (usize, usize), payloads: &[(usize, usize)]) -> (usize, usize, usize) {
    let (mut size, mut align, mut index) = (0, 1, 0);
    while index < payloads.len() {
        size = max(size, payloads[index].0);
        align = max(align, payloads[index].1);
        index += 1;
    }
    let (offset, whole) = (tag.0.next_multiple_of(align), max(align, tag.1));
    (offset, (offset + size.next_multiple_of(align)).next_multiple_of(whole), whole)
}

/// Whether fields of these offsets, sizes and alignments lie as C lays out a struct of this size and alignment.
#[must_use]
pub const fn laid_out_as_in_c(fields: &[(usize, usize, usize)], size: usize, align: usize) -> bool {
    let (mut end, mut most, mut index) = (0_usize, 1, 0);
    while index < fields.len() {
        let field = fields[index];
        if field.0 != end.next_multiple_of(field.2) {
            return false;
        }
        end = field.0 + field.1;
        most = max(most, field.2);
        index += 1;
    }
    most == align && end.next_multiple_of(align) == size
}

const fn max(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}
