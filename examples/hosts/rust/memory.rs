//! Checked reads from a guest's linear memory, and what the tour prints of it.
//!
//! Every address and length comes from the module, so each is checked before it is used. `what` names in an error where
//! it came from. The borrow checker keeps the rule that a view ends with the next call.

use std::error::Error;
use std::fmt::{self, Display};

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The bytes of `len` elements of (`size`, `align`) at `ptr`.
pub fn slice<'a>(memory: &'a [u8], what: &str, ptr: u32, len: u32, size: u32, align: u32) -> Result<&'a [u8]> {
    let bytes = u64::from(len) * u64::from(size);
    let error = |name| Err(format!("{what}: {name} ({bytes} bytes at 0x{ptr:x})").into());
    if bytes == 0 {
        return Ok(&[]);
    }
    if ptr == 0 {
        return error("Null");
    }
    if ptr % align != 0 {
        return error("Misaligned");
    }
    if bytes > i32::MAX as u64 {
        return error("TooLong");
    }
    match memory.get(ptr as usize..).and_then(|rest| rest.get(..bytes as usize)) {
        Some(bytes) => Ok(bytes),
        None => error("OutOfBounds"),
    }
}

/// A copy of an array of i32.
pub fn i32s(memory: &[u8], what: &str, ptr: u32, len: u32) -> Result<Vec<i32>> {
    Ok(slice(memory, what, ptr, len, 4, 4)?.chunks_exact(4).map(|bytes| le(bytes) as i32).collect())
}

/// A copy of a NUL-terminated UTF-8 string.
fn cstr(memory: &[u8], what: &str, ptr: u32) -> Result<String> {
    if ptr == 0 {
        return Err(format!("{what}: Null").into());
    }
    let rest = memory.get(ptr as usize..).unwrap_or_default();
    let Some(len) = rest.iter().take(i32::MAX as usize).position(|&byte| byte == 0) else {
        return Err(format!("{what}: OutOfBounds (no NUL from 0x{ptr:x})").into());
    };
    Ok(std::str::from_utf8(&rest[..len]).map_err(|_| format!("{what}: NotUtf8"))?.to_owned())
}

/// Four bytes as a number, little-endian on every host.
fn le(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u32::from(byte))
}

/// A copy of the guest's struct: `x` at 0, `y` at 4, `name` at 8; 12 bytes, alignment 4.
pub struct Point {
    pub x: i32,
    pub y: i32,
    pub name: String,
    /// Where the name lies in linear memory.
    pub name_ptr: u32,
}

impl Point {
    pub fn read(memory: &[u8], what: &str, ptr: u32) -> Result<Self> {
        let bytes = slice(memory, what, ptr, 1, 12, 4)?;
        let name_ptr = le(&bytes[8..12]);
        let name = cstr(memory, &format!("{what}: the name"), name_ptr)?;
        Ok(Self { x: le(&bytes[..4]) as i32, y: le(&bytes[4..8]) as i32, name, name_ptr })
    }
}

impl Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "x = {}, y = {}, name = \"{}\"", self.x, self.y, self.name)
    }
}

/// A copy of the descriptor {ptr, len, cap}, whose `cap` elements of 12 bytes lie in memory.
pub struct Buffer {
    pub ptr: u32,
    pub len: u32,
}

impl Buffer {
    pub fn read(memory: &[u8], what: &str, ptr: u32) -> Result<Self> {
        let bytes = slice(memory, what, ptr, 1, 12, 4)?;
        let (ptr, len, cap) = (le(&bytes[..4]), le(&bytes[4..8]), le(&bytes[8..12]));
        slice(memory, what, ptr, cap, 12, 4)?;
        if len > cap {
            return Err(format!("{what}: OutOfBounds (len {len} of cap {cap})").into());
        }
        Ok(Self { ptr, len })
    }
}

/// Width, height and pixel bytes of a BMP file: 24 bits per pixel, rows without padding, the lowest row first.
pub fn bmp(file: &[u8]) -> Result<(u32, u32, &[u8])> {
    let field = |at: usize| file.get(at..at + 4).map(le);
    let parsed = (|| {
        let (width, height) = (field(18)?, field(22)?);
        let pixels = file.get(field(10)? as usize..)?;
        let size = width.checked_mul(height)?.checked_mul(3)? as usize;
        let plain = file.starts_with(b"BM") && field(28)? == 24 && field(30)? == 0 && width % 4 == 0;
        plain.then_some((width, height, pixels.get(..size)?))
    })();
    parsed.ok_or_else(|| "the picture is not a BMP file with 24 bits per pixel and a width in fours".into())
}

/// The first pixel as a colour: BMP stores blue, green, red.
pub fn first_pixel(pixels: &[u8]) -> String {
    pixels[..3].iter().rev().fold("#".into(), |text, byte| format!("{text}{byte:02x}"))
}

/// A checksum: FNV-1a with 32 bits.
pub fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash: u32, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
