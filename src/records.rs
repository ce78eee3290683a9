//! Records: how a module describes itself in its custom section `linmem.abi`.
//!
//! A record is a line of text, put together from [`Part`]s while the guest is compiled. Types say their own names (see
//! `types.rs`), so that an alias says what it stands for. `call.rs` has how values travel in calls, `declare.rs` and
//! `functions.rs` the macros.

pub(crate) mod call;
mod declare;
pub mod describe;
mod functions;
mod types;

pub use call::Failure;
pub use types::{Abi, Const, Named, Nullable, Record};

/// A piece of a record.
#[derive(Clone, Copy)]
pub enum Part {
    /// As it stands.
    Text(&'static str),
    /// In decimal.
    Number(i128),
    /// The bits of a float, in hexadecimal.
    Bits(u128),
    /// Free text: a newline becomes `\n`, a backslash `\\`, any other control character a space.
    Escaped(&'static str),
    /// One after the other.
    Parts(&'static [Part]),
    /// Text and a name; `r#` in front of the name is left out.
    Name(&'static str, &'static str),
    /// ` name=value`.
    Case(&'static str, i128),
    /// ` name:type`.
    Param(&'static str, &'static [Part]),
    /// ` name:>type`, of a name that no parameter before it has.
    Out(&'static str, &'static [Part]),
    /// ` name:offset:type`; without a name, `:offset:type`.
    Field(&'static str, usize, &'static [Part]),
    /// ` size align`.
    Layout(usize, usize),
    /// What the docs that follow are about: text and a name.
    Subject(&'static str, &'static str),
    /// A line of docs, if the attribute is one. The lines that follow a subject make up one `doc` record.
    Doc(Option<&'static str>),
    /// The name of a declared type.
    Type(&'static str, Declared),
}

/// Where a type is declared: a pointer, because types refer to themselves, and the compiler follows references of
/// constants. It leads to a static.
#[derive(Clone, Copy)]
pub struct Declared(*const Declaration);

// SAFETY: nobody writes to a static that is not `mut`.
unsafe impl Sync for Declared {}

impl Declared {
    /// Of this declaration.
    #[must_use]
    pub const fn at(declaration: &'static Declaration) -> Self {
        Self(declaration)
    }

    const fn get(self) -> &'static Declaration {
        // SAFETY: it was made of a reference to a static.
        unsafe { &*self.0 }
    }
}

/// A declared type.
pub struct Declaration {
    /// The path of the module that declares it.
    pub home: &'static str,
    /// Its lines.
    pub record: &'static [Part],
}

/// Room for an item's lines.
type Room = [u8; 1 << 16];

/// An item's lines.
pub struct Lines {
    bytes: Room,
    /// How long they are.
    pub len: usize,
}

/// The types of other crates that an item names, and those that they name. Where one is declared, its record may be in
/// an object that the linker has no use for; hence it comes with the item as well.
struct Foreign {
    /// The path of the item's module.
    home: &'static str,
    types: [Option<Declared>; 1024],
    len: usize,
}

/// Writes the lines of an item in the module `home`.
#[must_use]
pub const fn lines(home: &'static str, parts: &[Part]) -> Lines {
    let (mut bytes, mut foreign) = ([0; 1 << 16], Foreign { home, types: [None; 1024], len: 0 });
    let mut len = write(parts, &mut bytes, 0, &mut foreign);
    if foreign.len == 0 {
        return Lines { bytes, len };
    }
    // The lines of one item or type after the other, up to each of these.
    let (mut ends, mut written, mut next) = ([0; 1024], 1, 0);
    ends[0] = len;
    while next < foreign.len {
        if let Some(declared) = foreign.types[next] {
            let (known, end) = (foreign.len, write(declared.get().record, &mut bytes, len, &mut foreign));
            if is_in(&bytes, &ends, written, end) {
                foreign.len = known;
            } else {
                (ends[written], len) = (end, end);
                written += 1;
            }
        }
        next += 1;
    }
    Lines { bytes, len }
}

/// Whether the bytes between the last of the ends and `end` are those between two of them, or before the first.
const fn is_in(bytes: &Room, ends: &[usize], written: usize, end: usize) -> bool {
    let (mut start, mut index) = (0, 0);
    let last = ends[written - 1];
    while index < written {
        if ends[index] - start == end - last && is_same(bytes, start, last, end - last) {
            return true;
        }
        start = ends[index];
        index += 1;
    }
    false
}

/// Whether so many bytes are the same in both places.
const fn is_same(bytes: &Room, one: usize, other: usize, len: usize) -> bool {
    let mut same = 0;
    while same < len && bytes[one + same] == bytes[other + same] {
        same += 1;
    }
    same == len
}

const fn same_crate(one: &str, other: &str) -> bool {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    loop {
        match (one, other) {
            ([] | [b':', ..], [] | [b':', ..]) => return true,
            ([a, rest @ ..], [b, more @ ..]) if *a == *b => (one, other) = (rest, more),
            _ => return false,
        }
    }
}

/// The bytes of lines, which are `LEN` long.
#[must_use]
pub const fn bytes<const LEN: usize>(lines: &Lines) -> [u8; LEN] {
    assert!(LEN <= lines.bytes.len());
    // SAFETY: the room has at least so many bytes.
    unsafe { lines.bytes.as_ptr().cast::<[u8; LEN]>().read() }
}

// What follows runs in the compiler's interpreter, where a call costs as much as ten bytes that are written one by one:
// hence patterns for slices. Each function writes from `at` on, and returns where it ended. An item with more lines
// than there is room for is an index out of bounds.

const fn write(mut parts: &[Part], to: &mut Room, mut at: usize, foreign: &mut Foreign) -> usize {
    let (mut subject, mut doc) = (("", ""), false);
    while let [part, rest @ ..] = parts {
        if doc && !matches!(part, Part::Doc(_)) {
            at = write_text(b"\n", to, at);
            doc = false;
        }
        match *part {
            Part::Text(text) => at = write_text(text.as_bytes(), to, at),
            Part::Number(number) => at = write_number(b"", number, to, at),
            Part::Bits(bits) => {
                at = write_text(b"0x", to, at);
                at = write_digits(bits, 16, to, at);
            }
            Part::Escaped(text) => at = write_escaped(text.as_bytes(), to, at),
            Part::Parts(parts) => at = write(parts, to, at, foreign),
            Part::Name(before, name) => at = write_name(before.as_bytes(), name, to, at),
            Part::Case(name, value) => {
                at = write_name(b" ", name, to, at);
                at = write_number(b"=", value, to, at);
            }
            Part::Param(name, of) => {
                at = write_name(b" ", name, to, at);
                at = write_text(b":", to, at);
                at = write(of, to, at, foreign);
            }
            Part::Out(name, of) => {
                let end = write_name(b" ", name, to, at);
                let end = write_text(b":", to, end);
                let mut before = 0;
                while before + (end - at) <= at {
                    let or = "a parameter is named as an out value, which is `out` unless `Result<(name: T), E>` says otherwise";
                    assert!(!is_same(to, before, at, end - at), "{}", or);
                    before += 1;
                }
                at = write_text(b">", to, end);
                at = write(of, to, at, foreign);
            }
            Part::Field(name, offset, of) => {
                if !name.is_empty() {
                    at = write_name(b" ", name, to, at);
                }
                at = write_number(b":", offset as i128, to, at);
                at = write_text(b":", to, at);
                at = write(of, to, at, foreign);
            }
            Part::Layout(size, align) => {
                at = write_number(b" ", size as i128, to, at);
                at = write_number(b" ", align as i128, to, at);
            }
            Part::Type(name, declared) => {
                at = write_name(b"", name, to, at);
                if !same_crate(declared.get().home, foreign.home) {
                    foreign.types[foreign.len] = Some(declared);
                    foreign.len += 1;
                }
            }
            Part::Subject(of, name) => subject = (of, name),
            Part::Doc(None) => {}
            Part::Doc(Some(line)) => {
                if doc {
                    at = write_text(b"\\n", to, at);
                } else {
                    at = write_text(b"doc ", to, at);
                    at = write_name(subject.0.as_bytes(), subject.1, to, at);
                    at = write_text(b" ", to, at);
                }
                doc = true;
                at = match line.as_bytes() {
                    [b' ', line @ ..] => write_escaped(line, to, at),
                    line => write_escaped(line, to, at),
                };
            }
        }
        parts = rest;
    }
    if doc { write_text(b"\n", to, at) } else { at }
}

const fn write_name(before: &[u8], name: &str, to: &mut Room, at: usize) -> usize {
    let name = match name.as_bytes() {
        [b'r', b'#', name @ ..] => name,
        name => name,
    };
    let mut rest = name;
    while let [byte, tail @ ..] = rest {
        assert!(*byte < 0x80, "names in records are ASCII");
        rest = tail;
    }
    let at = write_text(before, to, at);
    write_text(name, to, at)
}

const fn write_number(before: &[u8], number: i128, to: &mut Room, mut at: usize) -> usize {
    at = write_text(before, to, at);
    if number < 0 {
        at = write_text(b"-", to, at);
    }
    write_digits(number.unsigned_abs(), 10, to, at)
}

const fn write_text(mut text: &[u8], to: &mut Room, mut at: usize) -> usize {
    while let [byte, rest @ ..] = text {
        to[at] = *byte;
        at += 1;
        text = rest;
    }
    at
}

const fn write_digits(number: u128, base: u128, to: &mut Room, at: usize) -> usize {
    let (mut rest, mut end) = (number / base, at + 1);
    while rest != 0 {
        rest /= base;
        end += 1;
    }
    let (mut rest, mut digit) = (number, end);
    while digit > at {
        digit -= 1;
        to[digit] = b"0123456789abcdef"[(rest % base) as usize];
        rest /= base;
    }
    end
}

const fn write_escaped(mut text: &[u8], to: &mut Room, mut at: usize) -> usize {
    while let [byte, rest @ ..] = text {
        let (escaped, byte) = match *byte {
            b'\n' => (true, b'n'),
            b'\\' => (true, b'\\'),
            0..0x20 | 0x7f => (false, b' '),
            byte => (false, byte),
        };
        if escaped {
            to[at] = b'\\';
            at += 1;
        }
        to[at] = byte;
        at += 1;
        text = rest;
    }
    at
}
