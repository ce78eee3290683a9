//! The custom sections of a wasm module, found without an engine.

use crate::Error;

/// The bytes of all custom sections of a name, put together; none if there is none.
pub(crate) fn custom(wasm: &[u8], name: &str, max: usize) -> Result<Option<Vec<u8>>, Error> {
    let error = |what| Error::new("wasm", what);
    let mut rest = wasm.strip_prefix(b"\0asm\x01\0\0\0").ok_or_else(|| error("no wasm module of version 1"))?;
    let mut found: Option<Vec<u8>> = None;
    while let Some((&id, after)) = rest.split_first() {
        let (section, next) = sized(after).ok_or_else(|| error("a section passes the end"))?;
        rest = next;
        if id != 0 {
            continue;
        }
        let (own, data) = sized(section).ok_or_else(|| error("a custom section's name passes its end"))?;
        if own == name.as_bytes() {
            let all = found.get_or_insert_default();
            if data.len() > max - all.len() {
                return Err(Error::new("limits", format!("the section has more than {max} bytes")));
            }
            all.extend(data);
        }
    }
    Ok(found)
}

/// Splits off as many bytes as the number says that they begin with.
fn sized(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mut size, mut rest) = (0_u64, bytes);
    for shift in [0, 7, 14, 21, 28] {
        let (&byte, after) = rest.split_first()?;
        (size, rest) = (size | u64::from(byte & 0x7f) << shift, after);
        if byte < 0x80 {
            return rest.split_at_checked(size.try_into().ok()?);
        }
    }
    None
}
