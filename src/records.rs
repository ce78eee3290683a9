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
    /// An identifier, without the `r#` of a raw one.
    Name(&'static str),
    /// In decimal.
    Number(i128),
    /// The bits of a float, in hexadecimal.
    Bits(u64),
    /// Free text: a newline becomes `\n`, a backslash `\\`, any other control character a space.
    Escaped(&'static str),
    /// One after the other.
    Parts(&'static [Part]),
    /// ` size align`.
    Layout(usize, usize),
    /// ` name:offset:type`.
    Member(&'static str, usize, &'static [Part]),
    /// ` name=value`.
    Case(&'static str, i128),
    /// `:offset:type`.
    Payload(usize, &'static [Part]),
    /// ` name:type`, with a mark before the type.
    Param(&'static str, &'static str, &'static [Part]),
    /// ` -> type`.
    Result(&'static [Part]),
    /// A `doc` record of its own if there is a line: of a module, with its slash, a name and a member.
    Doc(&'static str, &'static str, &'static str, &'static [Option<&'static str>]),
}

/// The size of a record in bytes.
#[must_use]
pub const fn size(parts: &[Part]) -> usize {
    let mut writer = Writer::<0> { bytes: [], len: 0 };
    writer.parts(parts);
    writer.len
}

/// The bytes of a record, whose [`size`] is `SIZE`.
#[must_use]
pub const fn bytes<const SIZE: usize>(parts: &[Part]) -> [u8; SIZE] {
    let mut writer = Writer { bytes: [0; SIZE], len: 0 };
    writer.parts(parts);
    assert!(writer.len == SIZE);
    writer.bytes
}

/// Writes parts into `SIZE` bytes; if that is 0, counts only.
struct Writer<const SIZE: usize> {
    bytes: [u8; SIZE],
    len: usize,
}

impl<const SIZE: usize> Writer<SIZE> {
    const fn parts(&mut self, parts: &[Part]) {
        let mut index = 0;
        while index < parts.len() {
            match parts[index] {
                Part::Text(text) => self.text(text.as_bytes()),
                Part::Name(name) => self.name(b"", name),
                Part::Number(number) => self.number(b"", number),
                Part::Bits(bits) => {
                    self.text(b"0x");
                    self.digits(bits as u128, 16);
                }
                Part::Escaped(text) => self.escaped(text.as_bytes()),
                Part::Parts(parts) => self.parts(parts),
                Part::Layout(size, align) => {
                    self.number(b" ", size as i128);
                    self.number(b" ", align as i128);
                }
                Part::Member(name, offset, of) => {
                    self.name(b" ", name);
                    self.number(b":", offset as i128);
                    self.text(b":");
                    self.parts(of);
                }
                Part::Case(name, value) => {
                    self.name(b" ", name);
                    self.number(b"=", value);
                }
                Part::Payload(offset, of) => {
                    self.number(b":", offset as i128);
                    self.text(b":");
                    self.parts(of);
                }
                Part::Param(name, mark, of) => {
                    self.name(b" ", name);
                    self.text(b":");
                    self.text(mark.as_bytes());
                    self.parts(of);
                }
                Part::Result(of) => {
                    self.text(b" -> ");
                    self.parts(of);
                }
                Part::Doc(module, name, member, lines) => self.doc(module, name, member, lines),
            }
            index += 1;
        }
    }

    const fn text(&mut self, text: &[u8]) {
        if SIZE != 0 {
            assert!(text.len() <= SIZE - self.len);
            let end = (&raw mut self.bytes).cast::<u8>().wrapping_add(self.len);
            // Byte by byte, the compiler's interpreter would take long.
            // SAFETY: there is room for the text behind `len`, and `self` is borrowed exclusively.
            unsafe { ptr::copy_nonoverlapping(text.as_ptr(), end, text.len()) };
        }
        self.len += text.len();
    }

    const fn name(&mut self, before: &[u8], name: &str) {
        self.text(before);
        assert!(name.is_ascii(), "names in records are ASCII");
        match name.as_bytes() {
            [b'r', b'#', name @ ..] => self.text(name),
            name => self.text(name),
        }
    }

    const fn number(&mut self, before: &[u8], number: i128) {
        self.text(before);
        self.text(if number < 0 { b"-" } else { b"" });
        self.digits(number.unsigned_abs(), 10);
    }

    const fn digits(&mut self, mut number: u128, base: u128) {
        let mut digits = [0; 39];
        let mut start = digits.len();
        while start == digits.len() || number != 0 {
            start -= 1;
            digits[start] = b"0123456789abcdef"[(number % base) as usize];
            number /= base;
        }
        self.text(digits.split_at(start).1);
    }

    const fn escaped(&mut self, text: &[u8]) {
        let (mut rest, mut index) = (text, 0);
        while index < rest.len() {
            let escape: &[u8] = match rest[index] {
                b'\n' => b"\\n",
                b'\\' => b"\\\\",
                0..0x20 | 0x7f => b" ",
                _ => b"",
            };
            index += 1;
            if !escape.is_empty() {
                self.text(rest.split_at(index - 1).0);
                self.text(escape);
                (rest, index) = (rest.split_at(index).1, 0);
            }
        }
        self.text(rest);
    }

    const fn doc(&mut self, module: &str, name: &str, member: &str, lines: &[Option<&str>]) {
        let (mut index, mut any) = (0, false);
        while index < lines.len() {
            if let Some(line) = lines[index] {
                if any {
                    self.text(b"\\n");
                } else {
                    self.text(b"doc ");
                    self.text(module.as_bytes());
                    self.name(b"", name);
                    self.name(if member.is_empty() { b"" } else { b"." }, member);
                    self.text(b" ");
                }
                any = true;
                match line.as_bytes() {
                    [b' ', line @ ..] => self.escaped(line),
                    line => self.escaped(line),
                }
            }
            index += 1;
        }
        self.text(if any { b"\n" } else { b"" });
    }
}
