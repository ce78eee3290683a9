//! Free memory, coalesced: runs of it, in lists by size.
//!
//! Used blocks have no header, and what lies in them is never read. So what tells whether a neighbour is free is a bit
//! for each granule, set where a run begins and where it ends:
//!
//! ```text
//! memory   used | next | previous | size | ...          | size | used
//!               ^ bit                                          ^ bit
//! ```
//!
//! Runs never touch, so a bit at the end of used memory says that a run begins there, and one at its start that a run
//! ends there. To add memory flips the bits of both its ends: a bit that is cleared by this was the boundary with a run
//! to join. All of it takes constant time.
//!
//! The bits lie in a block of memory that grows with the heap: 1/128 of it on wasm32.
//!
//! Invariants, asserted by [`Heap::check`](crate::Heap::check) under these numbers:
//! 1. A run is in the list for its size, and links agree both ways.
//! 2. Its last word is its size, which is a multiple of GRANULE.
//! 3. A bit is set where a run begins and where one ends, and nowhere else.

use crate::class::{CLASSES, GRANULE, LOG, class};
use crate::memory::{Pages, Span, room};
use core::ptr;

/// The start of a run.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Run {
    pub(crate) next: *mut Run,
    pub(crate) previous: *mut Run,
    pub(crate) size: usize,
}

pub(crate) struct Runs {
    /// Bit `n` is that of granule `n` from the slack on, or a little before.
    pub(crate) bits: *mut u8,
    /// Bytes of bits.
    pub(crate) len: usize,
    /// List `c` has the runs of at least the size of class `c`, and of less than that of class `c + 1`.
    pub(crate) lists: [*mut Run; CLASSES],
}

/// The byte of an address's bit.
#[inline]
fn byte(pages: &impl Pages, at: *mut u8) -> usize {
    (at.addr() >> (LOG + 3)).wrapping_sub(pages.slack().0.addr() >> (LOG + 3))
}

/// The bit of an address in its byte.
#[inline]
fn mask(at: *mut u8) -> u8 {
    1 << (at.addr() >> LOG & 7)
}

/// Bytes of bits for everything up to the end of the span, as the block that they take.
#[inline(never)]
pub(crate) fn bits_size(pages: &impl Pages, span: &Span) -> usize {
    // Of nothing, the last byte lies before the first.
    byte(pages, pages.at(span.end).wrapping_sub(1)).wrapping_add(GRANULE) & !(GRANULE - 1)
}

/// The next multiple of `align`, a power of two.
#[inline]
pub(crate) fn align_up(at: *mut u8, align: usize) -> *mut u8 {
    at.wrapping_add(at.addr().wrapping_neg() & (align - 1))
}

/// The bytes before an address, as a word: the last one of the run that ends there.
pub(crate) fn last_word(end: *mut u8) -> *mut usize {
    end.cast::<usize>().wrapping_sub(1)
}

/// The SAFETY comments below rest on this: a `*mut Run` that is not null comes from a list or from a link and leads to a
/// run, by invariant 1, whose memory nothing else uses; and the callers of these functions keep what they ask for.
impl Runs {
    pub(crate) const fn new() -> Self {
        Self { bits: ptr::null_mut(), len: 0, lists: [ptr::null_mut(); CLASSES] }
    }

    #[inline]
    fn list(&mut self, class: usize) -> &mut *mut Run {
        // SAFETY: every caller's class is one of a size, or one less, and runs are no smaller than class 0; there are
        // CLASSES classes.
        unsafe { self.lists.get_unchecked_mut(class) }
    }

    /// Whether an address has a bit.
    #[inline]
    fn covers(&self, pages: &impl Pages, at: *mut u8) -> bool {
        byte(pages, at) < self.len
    }

    /// Flips the bit of an address that has one, and says whether it was set.
    #[inline(never)]
    fn flip(&mut self, pages: &impl Pages, at: *mut u8) -> bool {
        // SAFETY: the callers pass addresses that have a bit.
        let byte = unsafe { &mut *self.bits.wrapping_add(byte(pages, at)) };
        let was_set = *byte & mask(at) != 0;
        *byte ^= mask(at);
        was_set
    }

    /// Whether a run begins at the end of a used block.
    pub(crate) fn begins(&self, pages: &impl Pages, at: *mut u8) -> bool {
        // SAFETY: the byte is read if it is one of the bits.
        self.covers(pages, at) && unsafe { *self.bits.wrapping_add(byte(pages, at)) } & mask(at) != 0
    }

    /// Takes a run out of its list, leaves its bits, and returns its end.
    #[inline(never)]
    fn unlink(&mut self, run: *mut u8) -> *mut u8 {
        // SAFETY: the callers pass the start of a run.
        let Run { next, previous, size } = unsafe { *run.cast() };
        if !next.is_null() {
            // SAFETY: a link leads to a run.
            unsafe { (*next).previous = previous }
        }
        let link = if previous.is_null() {
            self.list(class(size) - 1)
        } else {
            // SAFETY: as above.
            unsafe { &mut (*previous).next }
        };
        *link = next;
        run.wrapping_add(size)
    }

    /// Adds free memory from `start` to `end`, which lie at multiples of GRANULE and have a bit. It is in no run, and
    /// may be empty.
    #[inline(never)]
    pub(crate) fn insert(&mut self, pages: &impl Pages, span: &mut Span, mut start: *mut u8, mut end: *mut u8) {
        if start == end {
            return;
        }
        if self.flip(pages, start) {
            // SAFETY: a run ends here, by invariant 3, for the memory behind is in none; by invariant 2 its last word is
            // its size.
            start = start.wrapping_sub(unsafe { *last_word(start) });
            self.unlink(start);
        }
        if end == span.start {
            self.flip(pages, start);
            span.start = start;
            return;
        }
        if self.flip(pages, end) {
            end = self.unlink(end);
        }
        let size = end.addr() - start.addr();
        let run = start.cast::<Run>();
        let list = self.list(class(size) - 1);
        let next = *list;
        *list = run;
        // SAFETY: a run has at least GRANULE bytes, which are free: the three words and the last one.
        unsafe { *last_word(end) = size }
        // SAFETY: as above.
        unsafe { *run = Run { next, previous: ptr::null_mut(), size } }
        if !next.is_null() {
            // SAFETY: a list leads to a run.
            unsafe { (*next).previous = run }
        }
    }

    /// A run that has room for `size` bytes at a multiple of `align`, of the lowest list in which one is found. Null if there
    /// is none, or none among the first of each list and the first `look` of all.
    pub(crate) fn find(&mut self, size: usize, align: usize, mut look: usize) -> *mut u8 {
        // The list below the class has runs of about this size, too.
        for class in class(size) - 1..CLASSES {
            let mut run = *self.list(class);
            while !run.is_null() {
                let gap = run.addr().wrapping_neg() & (align - 1);
                // SAFETY: a list or a link leads to a run.
                let Run { next, size: whole, .. } = unsafe { *run };
                if gap + size <= whole {
                    return run.cast();
                }
                if look == 0 {
                    break;
                }
                look -= 1;
                run = next;
            }
        }
        ptr::null_mut()
    }

    /// Takes the bytes of a run up to `to`, a multiple of GRANULE, and leaves the rest; or takes nothing and returns
    /// false if the run is shorter.
    #[inline(never)]
    pub(crate) fn take(&mut self, pages: &impl Pages, span: &mut Span, run: *mut u8, to: *mut u8) -> bool {
        let end = self.unlink(run);
        self.flip(pages, run);
        self.flip(pages, end);
        let fits = to <= end;
        self.insert(pages, span, if fits { to } else { run }, end);
        fits
    }

    /// Makes sure that everything below the unclaimed memory has a bit. False if there is no room for the bits.
    pub(crate) fn cover(&mut self, pages: &impl Pages, span: &mut Span) -> bool {
        if self.covers(pages, span.start) {
            return true;
        }
        let size = bits_size(pages, span);
        let start = align_up(span.start, GRANULE);
        if room(pages, start, span.end) <= size {
            return false;
        }
        span.start = start.wrapping_add(size);
        let (old, len) = (self.bits, self.len);
        (self.bits, self.len) = (start, size);
        // SAFETY: the old bits are a block of their own, and fewer; the new ones were unclaimed until now.
        unsafe { ptr::copy_nonoverlapping(old, start, len) }
        // SAFETY: these are the rest of the new ones.
        unsafe { start.wrapping_add(len).write_bytes(0, size - len) }
        self.insert(pages, span, old, old.wrapping_add(len));
        true
    }
}
