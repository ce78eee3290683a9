//! What goes wrong with a running module.

use std::fmt;

/// What went wrong, and at which value.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Fault {
    /// The place: `create_point`, `Point.name`, `texts[3]`.
    pub place: String,
    /// What is wrong there.
    pub cause: Cause,
}

/// What is wrong with a value, or with a call.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cause {
    /// An address is 0 where it must not be, or a function failed and says so by 0.
    Null,
    /// An address is no multiple of the type's align.
    Misaligned,
    /// More than 2,147,483,647 bytes; more elements than there is room for.
    TooLong,
    /// Bytes pass the end of linear memory.
    OutOfBounds,
    /// Bytes are not UTF-8.
    NotUtf8,
    /// Text for a cstr holds a NUL.
    InteriorNul,
    /// The guest's allocator returned 0.
    OutOfMemory,
    /// A char, enumeration or function index is none that its type lists.
    Invalid,
    /// Data is nested deeper than the host follows, or there is more of it than linear memory has bytes.
    TooDeep,
    /// The host's value does not fit the type.
    Mismatch(String),
    /// What the pointer points at was freed.
    Freed,
    /// What the pointer points at was handed over to the guest.
    Moved,
    /// What the pointer points at was lent, and the call is over.
    Ended,
    /// The pointer was led through something owned that may have been replaced since: lead it anew.
    Replaced,
    /// What the pointer points at is lent to a call that runs: it is neither freed, handed over nor written to meanwhile.
    Lent,
    /// The pointer gives no right to write.
    ReadOnly,
    /// The pointer is borrowed: there is nothing to free or to hand over.
    NotOwned,
    /// The pointer belongs to another instance.
    Foreign,
    /// A block has two owners: the guest handed over what the host owns already, or data owns a block twice.
    OwnedTwice,
    /// The module has no such function, or one of another signature.
    Missing(String),
    /// The function returned this status, whose name is that of the SPEC or of the function's own enumeration.
    #[allow(missing_docs)]
    Status { value: i32, name: Option<String> },
    /// The call ended in a trap: the instance is not to be called again.
    Trap(String),
}

impl Fault {
    pub(crate) fn new(cause: Cause) -> Self {
        Self { place: String::new(), cause }
    }

    pub(crate) fn mismatch(what: impl Into<String>) -> Self {
        Self::new(Cause::Mismatch(what.into()))
    }

    /// What a host function fails with, to have the guest get this status. A function that returns none traps by it, and so
    /// does every function by a status that is not above 0.
    pub fn status(value: i32) -> Self {
        Self::new(Cause::Status { value, name: None })
    }

    /// A call that ended the instance's life.
    pub fn trap(what: impl fmt::Display) -> Self {
        Self::new(Cause::Trap(what.to_string()))
    }

    /// Whether the instance is lost.
    pub fn is_trap(&self) -> bool {
        matches!(self.cause, Cause::Trap(_))
    }

    /// A function that is not there, or is another.
    pub fn missing(what: impl fmt::Display) -> Self {
        Self::new(Cause::Missing(what.to_string()))
    }

    /// Adds a step on the way to the place, from the outside: `Point`, `.name`, `[3]`.
    pub(crate) fn within(mut self, step: impl fmt::Display) -> Self {
        self.place.insert_str(0, &step.to_string());
        self
    }
}

impl From<Cause> for Fault {
    fn from(cause: Cause) -> Self {
        Self::new(cause)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mismatch(what) => f.write_str(what),
            Self::Missing(what) => write!(f, "not as described: {what}"),
            Self::Status { value, name: Some(name) } => write!(f, "status {value}, {name}"),
            Self::Status { value, name: None } => write!(f, "status {value}"),
            Self::Trap(what) => write!(f, "trap: {what}"),
            Self::Freed => f.write_str("freed"),
            Self::Moved => f.write_str("moved: handed over to the guest"),
            Self::Ended => f.write_str("its borrow has ended"),
            Self::Replaced => f.write_str("what it was led through may have been replaced"),
            Self::Lent => f.write_str("lent to a call that runs"),
            Self::ReadOnly => f.write_str("read only"),
            Self::NotOwned => f.write_str("owns nothing"),
            Self::Foreign => f.write_str("belongs to another instance"),
            Self::OwnedTwice => f.write_str("a block that is owned already"),
            plain => write!(f, "{plain:?}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.trim_start_matches('.') {
            "" => self.cause.fmt(f),
            place => write!(f, "{place}: {}", self.cause),
        }
    }
}

impl std::error::Error for Fault {}
