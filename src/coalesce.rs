//! Coalescing: how free blocks become fewer and larger.
//!
//! Used blocks have no header, and what lies in them is never read. So the free blocks are marked in bits, one for each
//! granule: both ends of a block are flipped. Where two blocks touch, the bit is flipped twice; what is set in the end
//! are the ends of runs of free memory, two for each.
//!
//! ```text
//! memory   used | free | free | used | free | used
//! flips         ^      ^^     ^      ^      ^
//! bits          1      0      1      1      1
//! ```
//!
//! The bits lie at the end of the unclaimed memory, which keeps room for them, for the time of one call: 1/64 of the heap
//! on wasm32.

use crate::class::{END, FIRST, LOG, block_size};
use crate::heap::State;
use crate::memory::{PAGE, Pages, Span};
use core::ptr;

/// Bytes of bits for a page.
const PAGE_BITS: usize = PAGE >> (LOG + 3);

/// The first byte of the page in which the slack begins: it has the first bit.
fn origin(pages: &impl Pages) -> *mut u8 {
    let start = pages.slack().0;
    start.wrapping_sub(start.addr() % PAGE)
}

/// Bytes of bits for everything up to the end of the span. Of no use before the first one.
#[inline]
pub(crate) fn bits_size(pages: &impl Pages, span: &Span) -> usize {
    span.end.wrapping_sub(pages.slack().0.addr() / PAGE).wrapping_mul(PAGE_BITS)
}

/// A bit for each granule.
pub(crate) struct Bits {
    start: *mut u8,
    size: usize,
    origin: *mut u8,
}

impl Bits {
    /// Makes bits for everything up to the end of the span, all clear.
    ///
    /// # Safety
    ///
    /// The last `size` bytes of the span, which are `bits_size`, are used by nobody for as long as the bits.
    #[inline]
    pub(crate) unsafe fn new(pages: &impl Pages, span: &Span, size: usize) -> Self {
        let start = pages.at(span.end).wrapping_sub(size);
        // SAFETY: the caller's duty.
        unsafe { start.write_bytes(0, size) }
        Self { start, size, origin: origin(pages) }
    }

    /// Flips the bits of both ends of free memory.
    ///
    /// # Safety
    ///
    /// It begins and ends at multiples of GRANULE, no earlier than the slack, and no later than the span begins.
    #[inline]
    pub(crate) unsafe fn flip(&mut self, start: *mut u8, size: usize) {
        // Where the bit of address 0 would be.
        let base = self.start.wrapping_sub(self.origin.addr() >> (LOG + 3));
        // SAFETY: the caller's duty.
        unsafe { flip(base, start) }
        // SAFETY: as above; the span begins before its last page ends, so this end has a bit, too.
        unsafe { flip(base, start.wrapping_add(size)) }
    }

    /// Calls `f` with both ends of each run, from the last one on.
    #[inline]
    pub(crate) fn runs(&self, mut f: impl FnMut(*mut u8, *mut u8)) {
        let mut end = ptr::null_mut::<u8>();
        let mut offset = self.size;
        while offset != 0 {
            offset -= 4;
            // SAFETY: the bits are whole pages' bits, from a multiple of them on: whole words.
            let mut word = u32::from_le(unsafe { *self.start.wrapping_add(offset).cast() });
            while word != 0 {
                let bit = word.ilog2() as usize;
                word ^= 1 << bit;
                let at = self.origin.wrapping_add((offset * 8 + bit) << LOG);
                if end.is_null() {
                    end = at;
                } else {
                    f(at, end);
                    end = ptr::null_mut();
                }
            }
        }
    }
}

/// # Safety
///
/// The address has a bit, counted from `base`.
#[inline(never)]
unsafe fn flip(base: *mut u8, at: *mut u8) {
    // SAFETY: the caller's duty.
    let byte = unsafe { &mut *base.wrapping_add(at.addr() >> (LOG + 3)) };
    *byte ^= 1 << (at.addr() >> LOG & 7);
}

impl State {
    /// Coalesces up to `left` of the listed blocks, the largest first. What joins the unclaimed memory becomes part of it.
    ///
    /// # Safety
    ///
    /// `size` is `bits_size`, and less than what is unclaimed.
    #[inline]
    pub(crate) unsafe fn coalesce(&mut self, pages: &impl Pages, span: &mut Span, size: usize, mut left: usize) {
        let top = span.start;
        // SAFETY: the caller's duty; and nothing below is told of the end of the span.
        let mut bits = unsafe { Bits::new(pages, span, size) };
        for class in (FIRST..END).rev() {
            let size = block_size(class);
            loop {
                let list = self.list(class);
                let block = *list;
                if block.is_null() || left == 0 {
                    break;
                }
                left -= 1;
                // SAFETY: a list leads to a listed block.
                *list = unsafe { (*block).next };
                // SAFETY: by invariants 1 and 2 the block lies there.
                unsafe { bits.flip(block.cast(), size) }
            }
        }
        bits.runs(|start, end| {
            if end == top {
                span.start = start;
            } else {
                self.list_pieces(start, end);
            }
        });
    }
}
