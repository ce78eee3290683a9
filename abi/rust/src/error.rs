//! Why records are refused.

use std::fmt;

/// Why a module's records are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// What it breaks: a rule of SPEC (`R3` .. `R8`), `version`, `limits`, `wasm` (the module's own form), or `section`
    /// (there are no records).
    pub rule: &'static str,
    /// The line of the section, from 1.
    pub line: Option<usize>,
    /// What is wrong, in words.
    pub what: String,
}

impl Error {
    pub(crate) fn new(rule: &'static str, what: impl Into<String>) -> Self {
        Self { rule, line: None, what: what.into() }
    }

    /// Adds where it is, unless that is known.
    pub(crate) fn at(mut self, line: usize, text: &str) -> Self {
        if self.line.is_none() {
            self.line = Some(line);
            self.what += &format!(", in {:?}", shorten(text));
        }
        self
    }
}

/// A text as far as a reader of errors wants it.
pub(crate) fn shorten(text: &str) -> &str {
    text.char_indices().nth(80).map_or(text, |(end, _)| &text[..end])
}

/// The beginning of a value's text, of which no more is made.
pub(crate) fn brief(value: &impl fmt::Debug) -> String {
    struct Brief(String);
    impl fmt::Write for Brief {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.push_str(shorten(text));
            if self.0.len() < 80 { Ok(()) } else { Err(fmt::Error) }
        }
    }
    let mut brief = Brief(String::new());
    // It ends with an error where it is long enough.
    let _ = fmt::write(&mut brief, format_args!("{value:?}"));
    brief.0
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{} ({})", self.what, self.rule)
    }
}

impl std::error::Error for Error {}
