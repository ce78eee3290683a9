//! UTF-8, checked in fewer bytes of code than `core` takes for it: text is short where a module has to be small.

/// Bytes that are ASCII have none of these bits.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Views bytes as text. `None` if they are not UTF-8 (The Unicode Standard, table 3-7).
pub(crate) fn text(bytes: &[u8]) -> Option<&str> {
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        if let Some(Ok(ascii)) = rest.get(..8).map(<[u8; 8]>::try_from) {
            if u64::from_ne_bytes(ascii) & HIGH == 0 {
                rest = &rest[8..];
                continue;
            }
        }
        rest = tail;
        // The ones in front are the number of bytes; one alone is a byte that continues.
        let len = first.leading_ones();
        if len == 0 {
            continue;
        }
        if !(2..=4).contains(&len) {
            return None;
        }
        let mut code = u32::from(first & (0x7F >> len));
        for _ in 1..len {
            let (next, tail) = rest.split_first()?;
            if next.leading_ones() != 1 {
                return None;
            }
            code = code << 6 | u32::from(next & 0x3F);
            rest = tail;
        }
        // What fits into fewer bytes: 7, 11 and 16 bits.
        let least = 1 << (5 * len - 4).max(7);
        if code < least || char::from_u32(code).is_none() {
            return None;
        }
    }
    // SAFETY: each code point was looked at: it is in the shortest form, and a scalar value.
    Some(unsafe { core::str::from_utf8_unchecked(bytes) })
}
