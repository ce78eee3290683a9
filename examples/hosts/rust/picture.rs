//! The picture that the tour inverts.

use super::Result;

/// Width, height and pixel bytes of a BMP file: 24 bits per pixel, rows without padding, the lowest row first.
pub fn bmp(file: &[u8]) -> Result<(u32, u32, &[u8])> {
    let field = |at: usize| Some(u32::from_le_bytes(file.get(at..at + 4)?.try_into().ok()?));
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
