//! A block of the heap: a word in front that holds its size and two flags, and for a free one its links.
//!
//! ```text
//! used    | size + flags | payload ...                     |      payload is at a multiple of GRANULE
//! free    | size + flags | next | previous | ...    | size |
//! ```

use core::ptr;

pub(crate) const WORD: usize = size_of::<usize>();
/// Payloads are aligned to this, and sizes of blocks are multiples of it.
pub(crate) const GRANULE: usize = 2 * WORD;
/// Header, two links, size: the smallest block that can be free.
pub(crate) const MIN: usize = 4 * WORD;

/// Flags in a header; sizes leave the low bits free.
pub(crate) const USED: usize = 1;
pub(crate) const PREVIOUS_FREE: usize = 2;
const FLAGS: usize = USED | PREVIOUS_FREE;

/// The links of a free block, by the word that they are in.
pub(crate) const NEXT: usize = 1;
pub(crate) const PREVIOUS: usize = 2;

static_assertions::const_assert!(GRANULE > FLAGS);
static_assertions::const_assert!(MIN % GRANULE == 0);

/// The address of a block's header, or null.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Block(*mut u8);

/// A `Block` that is not null is the start of a block of the state's regions, so its header is written; links are
/// followed, and the word before a header read, only where the flags say that they are there. The state makes no other
/// `Block`, and `dealloc` and `realloc` get theirs from a caller who promises as much: on this rest the SAFETY comments.
impl Block {
    pub(crate) const NULL: Self = Self(ptr::null_mut());

    pub(crate) fn is_null(self) -> bool {
        self.0.is_null()
    }

    /// The block whose header is at this address.
    pub(crate) fn at(header: *mut u8) -> Self {
        Self(header)
    }

    pub(crate) fn of_payload(payload: *mut u8) -> Self {
        Self(payload.wrapping_sub(WORD))
    }

    pub(crate) fn payload(self) -> *mut u8 {
        self.0.wrapping_add(WORD)
    }

    /// The block `size` bytes further on.
    pub(crate) fn after(self, size: usize) -> Self {
        Self(self.0.wrapping_add(size))
    }

    /// The block `size` bytes before.
    pub(crate) fn before(self, size: usize) -> Self {
        Self(self.0.wrapping_sub(size))
    }

    pub(crate) fn next(self) -> Self {
        self.after(self.size())
    }

    pub(crate) fn word(self) -> usize {
        // SAFETY: a header is a written word at a multiple of a word, inside a region.
        unsafe { self.0.cast::<usize>().read() }
    }

    pub(crate) fn set_word(self, word: usize) {
        // SAFETY: a header lies at a multiple of a word, inside a region.
        unsafe { self.0.cast::<usize>().write(word) }
    }

    pub(crate) fn size(self) -> usize {
        self.word() & !FLAGS
    }

    pub(crate) fn has(self, flag: usize) -> bool {
        self.word() & flag != 0
    }

    /// The size of the free block before this one. Needs PREVIOUS_FREE.
    pub(crate) fn previous_size(self) -> usize {
        // SAFETY: by invariant 3 the word before this header is the last of a free block, and holds its size.
        unsafe { self.0.cast::<usize>().wrapping_sub(1).read() }
    }

    /// Writes the last word of the block before this one, which is free from here on.
    pub(crate) fn set_previous_size(self, size: usize) {
        // SAFETY: a block of at least MIN bytes lies before this header, and its payload is not in use.
        unsafe { self.0.cast::<usize>().wrapping_sub(1).write(size) }
    }

    /// The neighbour in the list of free blocks, `NEXT` or `PREVIOUS`, or null.
    pub(crate) fn link(self, which: usize) -> Self {
        // SAFETY: words 1 and 2 of a free block are its links, written when it was pushed.
        unsafe { self.0.cast::<Self>().wrapping_add(which).read() }
    }

    pub(crate) fn set_link(self, which: usize, to: Self) {
        // SAFETY: words 1 and 2 of a free block are within its MIN bytes.
        unsafe { self.0.cast::<Self>().wrapping_add(which).write(to) }
    }
}

/// The size of a block with `size` bytes of payload. `size` is at most `isize::MAX`, so nothing wraps.
pub(crate) fn block_size(size: usize) -> usize {
    ((size + WORD + GRANULE - 1) & !(GRANULE - 1)).max(MIN)
}
