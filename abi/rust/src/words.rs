//! The words of records: names, numbers, text.

use crate::Error;
use crate::error::shorten;

fn error(what: &str, word: &str) -> Error {
    Error::new("R7", format!("{what}: {:?}", shorten(word)))
}

pub(crate) fn name(word: &str) -> Result<String, Error> {
    let letter = |byte: u8| byte == b'_' || byte.is_ascii_alphabetic();
    let fits =
        word.bytes().next().is_some_and(letter) && word.bytes().all(|byte| letter(byte) || byte.is_ascii_digit());
    if fits { Ok(word.to_owned()) } else { Err(error("no name", word)) }
}

/// Printable ASCII, as modules of imports have it.
pub(crate) fn word(word: &str) -> Result<String, Error> {
    let fits = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(word.to_owned()) } else { Err(error("no word", word)) }
}

fn is_number(word: &str) -> bool {
    word == "0" || (!word.starts_with('0') && !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A size, align, offset or length.
pub(crate) fn number(word: &str) -> Result<u32, Error> {
    if !is_number(word) {
        return Err(error("no number", word));
    }
    let fits = word.parse().ok().filter(|&number: &u32| number <= crate::SIZE_MAX);
    fits.ok_or_else(|| Error::new("R8", format!("{} is over {}", shorten(word), crate::SIZE_MAX)))
}

/// The value of a case or constant.
pub(crate) fn value(word: &str) -> Result<i128, Error> {
    if !is_number(word.strip_prefix('-').unwrap_or(word)) {
        return Err(error("no number", word));
    }
    word.parse().map_err(|_| Error::new("R8", format!("{} fits no type", shorten(word))))
}

/// A float's bits.
pub(crate) fn bits(word: &str, size: u32) -> Result<u64, Error> {
    let digits = word.strip_prefix("0x").unwrap_or_default();
    if digits.is_empty() || !digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(error("no bits", word));
    }
    let digits = digits.trim_start_matches('0');
    if digits.len() > 2 * size as usize {
        return Err(Error::new("R8", format!("{} has too many bits", shorten(word))));
    }
    Ok(if digits.is_empty() { 0 } else { u64::from_str_radix(digits, 16).map_err(|_| error("no bits", word))? })
}

/// Text with its escapes undone.
pub(crate) fn text(escaped: &str) -> Result<String, Error> {
    let (mut text, mut chars) = (String::with_capacity(escaped.len()), escaped.chars());
    while let Some(char) = chars.next() {
        text.push(match (char, char == '\\') {
            (_, true) => match chars.next() {
                Some('n') => '\n',
                Some('\\') => '\\',
                _ => return Err(error("no escape", escaped)),
            },
            ('\0'..=' ' | '\x7f', _) if char != ' ' => return Err(error("a control character", escaped)),
            _ => char,
        });
    }
    Ok(text)
}

/// Splits at the first `separator`.
pub(crate) fn split(word: &str, separator: char) -> Result<(&str, &str), Error> {
    word.split_once(separator).ok_or_else(|| error(&format!("no `{separator}`"), word))
}
