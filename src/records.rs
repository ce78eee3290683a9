//! Records: how a module describes itself in its custom section `linmem.abi`.
//!
//! A record is a line of text, put together from [`Part`]s while the guest is compiled. Types say their own names (see
//! `types.rs`), so that an alias says what it stands for. `call.rs` has how values travel in calls, `declare.rs` the
//! macro.

pub(crate) mod call;
mod declare;
pub mod describe;
mod types;

pub use types::{Abi, Const, Named, Nullable, Record};

use core::ptr;

/// A piece of a record.
#[derive(Clone, Copy)]
pub enum Part {
    /// As it stands.
    Text(&'static str),
    /// In decimal.
    Number(i128),
    /// The bits of a float, in hexadecimal.
    Bits(u64),
    /// Free text: a newline becomes `\n`, a backslash `\\`, any other control character a space.
    Escaped(&'static str),
    /// One after the other.
    Parts(&'static [Part]),
    /// A mark, a name, a mark; `r#` in front of the name is left out.
    Name(&'static str, &'static str, &'static str),
    /// A `doc` record of its own for this subject, if one of the lines is there.
    Doc(&'static [Part], &'static [Option<&'static str>]),
}

/// The size of a record in bytes.
#[must_use]
pub const fn size(parts: &[Part]) -> usize {
    write(parts, &mut [], 0)
}

/// The bytes of a record, whose [`size`] is `SIZE`.
#[must_use]
pub const fn bytes<const SIZE: usize>(parts: &[Part]) -> [u8; SIZE] {
    let mut bytes = [0; SIZE];
    write(parts, &mut bytes, 0);
    bytes
}

// What follows runs in the compiler's interpreter, where a call costs most: hence patterns for slices, text that is
// copied as a whole, and no generics. Each function writes from `at` on, or only counts if there is nothing to write
// to, and returns where it ended.

const fn write(mut parts: &[Part], to: &mut [u8], mut at: usize) -> usize {
    while let [part, rest @ ..] = parts {
        at = match *part {
            Part::Text(text) => write_text(text.as_bytes(), to, at),
            Part::Number(number) if number < 0 => {
                at = write_text(b"-", to, at);
                write_digits(number.unsigned_abs(), 10, to, at)
            }
            Part::Number(number) => write_digits(number as u128, 10, to, at),
            Part::Bits(bits) => {
                at = write_text(b"0x", to, at);
                write_digits(bits as u128, 16, to, at)
            }
            Part::Escaped(text) => write_escaped(text.as_bytes(), to, at),
            Part::Parts(parts) => write(parts, to, at),
            Part::Name(before, name, behind) => {
                assert!(name.is_ascii(), "names in records are ASCII");
                let name = match name.as_bytes() {
                    [b'r', b'#', name @ ..] => name,
                    name => name,
                };
                at = write_text(before.as_bytes(), to, at);
                at = write_text(name, to, at);
                write_text(behind.as_bytes(), to, at)
            }
            Part::Doc(subject, lines) => write_doc(subject, lines, to, at),
        };
        parts = rest;
    }
    at
}

const fn write_text(text: &[u8], to: &mut [u8], at: usize) -> usize {
    let end = at + text.len();
    if let [_, ..] = to {
        assert!(end <= to.len());
        // SAFETY: the text has room from `at` on, and `to` is borrowed exclusively.
        unsafe { ptr::copy_nonoverlapping(text.as_ptr(), to.as_mut_ptr().wrapping_add(at), text.len()) };
    }
    end
}

const fn write_digits(number: u128, base: u128, to: &mut [u8], at: usize) -> usize {
    let (mut rest, mut end) = (number, at + 1);
    while rest >= base {
        rest /= base;
        end += 1;
    }
    if let [_, ..] = to {
        let (mut rest, mut digit) = (number, end);
        while digit > at {
            digit -= 1;
            to[digit] = b"0123456789abcdef"[(rest % base) as usize];
            rest /= base;
        }
    }
    end
}

const fn write_escaped(text: &[u8], to: &mut [u8], mut at: usize) -> usize {
    let (mut plain, mut len, mut rest) = (text, 0, text);
    while let [byte, tail @ ..] = rest {
        rest = tail;
        len += 1;
        if *byte < 0x20 || *byte == b'\\' {
            let escape: &[u8] = match *byte {
                b'\n' => b"\\n",
                b'\\' => b"\\\\",
                _ => b" ",
            };
            at = write_text(plain.split_at(len - 1).0, to, at);
            at = write_text(escape, to, at);
            (plain, len) = (rest, 0);
        }
    }
    write_text(plain, to, at)
}

const fn write_doc(subject: &[Part], mut lines: &[Option<&str>], to: &mut [u8], start: usize) -> usize {
    let mut at = start;
    while let [line, rest @ ..] = lines {
        if let Some(line) = line {
            if at == start {
                at = write_text(b"doc ", to, at);
                at = write(subject, to, at);
                at = write_text(b" ", to, at);
            } else {
                at = write_text(b"\\n", to, at);
            }
            at = match line.as_bytes() {
                [b' ', line @ ..] => write_escaped(line, to, at),
                line => write_escaped(line, to, at),
            };
        }
        lines = rest;
    }
    if at == start { at } else { write_text(b"\n", to, at) }
}
