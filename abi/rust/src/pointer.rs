//! Pointers: where something lies in the guest's memory, of which type it is, and with what right the host has it.
//!
//! Every pointer has an origin: an owner of the host, the guest for what it returned as borrowed, or the call of a host
//! function. When the origin ends, all pointers to what lies in it end, copies of the owner's own among them. Whoever
//! holds one that has ended gets an error that says how, and the guest never sees its address again.

use crate::{Access, Cause, Fault, Layout, Module, Scalar, Type};
use std::fmt;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

/// Who vouches for what a pointer points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A value that the host has to free.
    Owner,
    /// What the guest returned as borrowed: no host can know until when it lasts.
    Guest,
    /// What a host function was lent, until it returns.
    Call,
    /// What the host's caller says to lie at an address.
    Nobody,
}

/// Whether an origin is there, or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum State {
    Live,
    Freed,
    Moved,
    Ended,
}

/// What all pointers into one thing share.
#[derive(Debug)]
pub(crate) struct Origin {
    /// The number of the instance; 0 of none.
    pub instance: u64,
    /// Of an owner: its number in the instance, and the address.
    pub id: u64,
    pub base: u32,
    pub kind: Kind,
    state: AtomicU8,
    /// Arguments of calls that run: what is lent is neither freed, moved nor written to meanwhile.
    lent: AtomicU32,
    /// How often something that it owns was replaced, or may have been.
    turn: AtomicU32,
    /// What is led through something owned ends by that.
    ends: Mutex<Ends>,
}

/// Which pointers ended that were led through something owned.
#[derive(Debug, Default)]
struct Ends {
    /// All that were led before this turn.
    before: u32,
    /// Turns, and the bytes that were freed in them: first and number.
    freed: Vec<(u32, u32, u32)>,
}

/// The most bytes freed that are told apart.
const MAX_FREED: usize = 64;

impl Origin {
    pub(crate) fn new(instance: u64, kind: Kind) -> Arc<Self> {
        Arc::new(Self::of(instance, 0, 0, kind))
    }

    pub(crate) fn owner(instance: u64, id: u64, base: u32) -> Arc<Self> {
        Arc::new(Self::of(instance, id, base, Kind::Owner))
    }

    fn of(instance: u64, id: u64, base: u32, kind: Kind) -> Self {
        let (lent, turn) = (AtomicU32::new(0), AtomicU32::new(0));
        Self { instance, id, base, kind, state: AtomicU8::new(State::Live as u8), lent, turn, ends: Mutex::default() }
    }

    /// That of a pointer which has ended already.
    pub(crate) fn ended(instance: u64) -> Arc<Self> {
        let origin = Self::new(instance, Kind::Call);
        origin.set(State::Ended);
        origin
    }

    pub(crate) fn set(&self, state: State) {
        self.state.store(state as u8, Relaxed);
    }

    /// Counts a call that it is lent to. What the guest returned as borrowed has one origin, which says nothing of one part.
    pub(crate) fn lend(&self) {
        if self.kind != Kind::Guest {
            self.lent.fetch_add(1, Relaxed);
        }
    }

    pub(crate) fn unlend(&self) {
        if self.kind != Kind::Guest {
            self.lent.fetch_sub(1, Relaxed);
        }
    }

    /// Ends the pointers that lead to what was freed; without that, all that lead through something owned. The guest's have
    /// all one origin, and stay.
    pub(crate) fn replace(&self, freed: Option<&[(u32, u32)]>) {
        if self.kind == Kind::Guest || freed.is_some_and(<[_]>::is_empty) {
            return;
        }
        let turn = self.turn.fetch_add(1, Relaxed) + 1;
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        match freed {
            Some(freed) if ends.freed.len() + freed.len() <= MAX_FREED => {
                ends.freed.extend(freed.iter().map(|&(start, size)| (turn, start, size)));
            }
            _ => *ends = Ends { before: turn, freed: Vec::new() },
        }
    }

    /// Whether what an address led to since a turn is gone.
    fn is_replaced(&self, since: u32, addr: u32) -> bool {
        let ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = |&(turn, start, size): &(u32, u32, u32)| {
            since < turn && addr.checked_sub(start).is_some_and(|offset| offset < size)
        };
        since < ends.before || ends.freed.iter().any(gone)
    }

    fn state(&self) -> State {
        match self.state.load(Relaxed) {
            0 => State::Live,
            1 => State::Freed,
            2 => State::Moved,
            _ => State::Ended,
        }
    }
}

/// What lies in the guest's memory, with the right that the host has to it. Its copies are the same pointer: when one of
/// them is freed or handed over, all are.
///
/// An [`Instance`](crate::Instance) makes and checks them. Pointers are equal if they have the same type and place.
#[derive(Clone)]
pub struct Pointer {
    addr: u32,
    len: u32,
    ty: Type,
    origin: Arc<Origin>,
    /// The turn of its origin when it was led through something owned.
    turn: Option<u32>,
}

impl Pointer {
    /// A borrowed pointer that the caller vouches for: of a type such as `*Point`, `~[]u8` or `str`, with the number of
    /// elements or bytes of text. What it points at is checked wherever it is used, and it owns nothing, whatever its type.
    ///
    /// ```
    /// use linmem_host::Pointer;
    ///
    /// let pixels = Pointer::at(&"~[]u8".parse()?, 0x10000, 640 * 480);
    /// assert_eq!((pixels.addr(), pixels.len(), pixels.is_owner()), (0x10000, 307200, false));
    /// # Ok::<(), linmem_host::Error>(())
    /// ```
    pub fn at(ty: &Type, addr: u32, len: u32) -> Self {
        Self::new(ty, addr, len, Origin::new(0, Kind::Nobody))
    }

    pub(crate) fn new(ty: &Type, addr: u32, len: u32, origin: Arc<Origin>) -> Self {
        Self { addr, len, ty: ty.bare(), origin, turn: None }
    }

    /// It was led through something that its origin may own or keep.
    pub(crate) fn led(self) -> Self {
        Self { turn: Some(self.origin.turn.load(Relaxed)), ..self }
    }

    /// Its type: `^*Point` if it is an owner, else `*Point`, or `~*Point` if what it points at may be written to.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// Its address.
    pub fn addr(&self) -> u32 {
        self.addr
    }

    /// The number of elements of a slice, or of bytes of text.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether it is a slice or text without elements.
    pub fn is_empty(&self) -> bool {
        self.len == 0 && !matches!(self.ty, Type::Pointer { .. })
    }

    /// Whether the host has to free it, or had to before that was done.
    pub fn is_owner(&self) -> bool {
        self.origin.kind == Kind::Owner && self.ty.access() == Access::Own
    }

    pub(crate) fn origin(&self) -> &Arc<Origin> {
        &self.origin
    }

    /// The type of what it points at, in place: of a slice an array.
    pub(crate) fn target(&self) -> Option<Type> {
        match &self.ty {
            Type::Pointer { to, .. } => Some((**to).clone()),
            Type::Slice { of, .. } => Some(Type::Array { of: of.clone(), len: self.len }),
            _ => None,
        }
    }

    /// The size and align of its bytes; none of what is opaque.
    pub(crate) fn block(&self, module: &Module) -> Option<Layout> {
        let bytes = Layout { size: self.len, align: 1 };
        match &self.ty {
            Type::CStr { .. } => Some(Layout { size: self.len.checked_add(1)?, align: 1 }),
            Type::Str { .. } => Some(bytes),
            _ => module.layout(&self.target()?),
        }
    }

    /// Refuses a pointer that has ended, or belongs to another instance.
    pub(crate) fn alive(&self, instance: u64) -> Result<(), Fault> {
        let replaced = || self.turn.is_some_and(|turn| self.origin.is_replaced(turn, self.addr));
        Err(match self.origin.state() {
            _ if ![0, instance].contains(&self.origin.instance) => Cause::Foreign,
            State::Freed => Cause::Freed,
            State::Moved => Cause::Moved,
            State::Ended => Cause::Ended,
            State::Live if replaced() => Cause::Replaced,
            State::Live => return Ok(()),
        }
        .into())
    }

    /// Refuses a pointer that is only read, or lent.
    pub(crate) fn writable(&self, instance: u64) -> Result<(), Fault> {
        self.alive(instance)?;
        match self.ty.access() {
            Access::Read => Err(Cause::ReadOnly.into()),
            _ if self.is_lent() => Err(Cause::Lent.into()),
            _ => Ok(()),
        }
    }

    /// Refuses a pointer that owns nothing, or is lent.
    pub(crate) fn owner(&self, instance: u64) -> Result<(), Fault> {
        self.alive(instance)?;
        match () {
            () if !self.is_owner() => Err(Cause::NotOwned.into()),
            () if self.is_lent() => Err(Cause::Lent.into()),
            () => Ok(()),
        }
    }

    fn is_lent(&self) -> bool {
        self.origin.lent.load(Relaxed) > 0
    }

    /// A pointer to a part of what this one points at, that lies in place.
    pub(crate) fn part(&self, ty: &Type, addr: u32) -> Self {
        let access = self.right(Access::Own);
        let ty = Type::Pointer { to: Box::new(ty.clone()), access, null: false };
        Self { addr, len: 0, ty, origin: self.origin.clone(), turn: self.turn }
    }

    /// A pointer that was read from what this one points at.
    pub(crate) fn follow(&self, ty: &Type, addr: u32, len: u32) -> Self {
        let access = ty.access();
        let ty = ty.bare().with_access(self.right(access));
        // The host may keep what a borrowed field leads to, until that is replaced.
        Self { addr, len, ty, origin: self.origin.clone(), turn: None }.led()
    }

    /// SPEC: `~` gives the right to write wherever it is met; `^` as far as what holds it; an unmarked pointer none.
    fn right(&self, access: Access) -> Access {
        match (access, self.ty.access()) {
            (Access::Own, Access::Read) | (Access::Read, _) => Access::Read,
            _ => Access::Write,
        }
    }
}

impl PartialEq for Pointer {
    fn eq(&self, other: &Self) -> bool {
        (self.addr, self.len, &self.ty) == (other.addr, other.len, &other.ty)
    }
}

impl fmt::Debug for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {:#x}", self.ty, self.addr)?;
        if matches!(self.ty, Type::Pointer { .. }) { Ok(()) } else { write!(f, ", {} long", self.len) }
    }
}

/// The index of a function of the guest, with the `sig` that says how to call it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Func {
    pub sig: String,
    pub index: u32,
}

impl Func {
    /// The function of an index.
    pub fn new(sig: &str, index: u32) -> Self {
        Self { sig: sig.to_owned(), index }
    }
}

impl Type {
    /// Who may do what with what lies behind it; what lies in place is read.
    pub(crate) fn access(&self) -> Access {
        match self {
            Self::Pointer { access, .. } | Self::Slice { access, .. } => *access,
            Self::Str { owned: true } | Self::CStr { owned: true, .. } => Access::Own,
            _ => Access::Read,
        }
    }

    /// Without its `?`.
    pub(crate) fn bare(&self) -> Self {
        match self.clone() {
            Self::Pointer { to, access, .. } => Self::Pointer { to, access, null: false },
            Self::CStr { owned, .. } => Self::CStr { owned, null: false },
            ty => ty,
        }
    }

    pub(crate) fn with_access(self, access: Access) -> Self {
        let owned = access == Access::Own;
        match self {
            Self::Pointer { to, null, .. } => Self::Pointer { to, access, null },
            Self::Slice { of, .. } => Self::Slice { of, access },
            Self::Str { .. } => Self::Str { owned },
            Self::CStr { null, .. } => Self::CStr { owned, null },
            ty => ty,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Pointer { null: true, .. } | Self::CStr { null: true, .. })
    }

    /// Whether a pointer of another type leads to what one of this type does.
    pub(crate) fn takes(&self, given: &Self) -> bool {
        match (self, given) {
            (Self::Slice { of, access, .. }, Self::Pointer { to, .. }) if *access != Access::Own => {
                matches!(&**to, Self::Array { of: element, .. } if element == of)
            }
            _ => self.bare().with_access(Access::Read) == given.bare().with_access(Access::Read),
        }
    }
}

/// Bytes of text.
pub(crate) const BYTE: Type = Type::Scalar(Scalar::U8);
