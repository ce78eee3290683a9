//! Whether a heap is in order, and what it holds: the invariants of `runs.rs` and `heap.rs`, one by one.

use crate::class::{GRANULE, block_size, class};
use crate::heap::{Heap, State};
use crate::memory::{Pages, Span};
use crate::runs::{Runs, last_word};
use core::ptr;

/// What a heap holds, as [`Heap::check`] counts it. Sizes are in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Bytes that are not free: used blocks, which are rounded up, and what others have in between.
    pub used_size: usize,
    /// Blocks that were freed and are not coalesced yet.
    pub listed_blocks: usize,
    /// Bytes in them.
    pub listed_size: usize,
    /// Runs of free memory, coalesced.
    pub runs: usize,
    /// Bytes in them.
    pub runs_size: usize,
    /// Bytes that the heap keeps its books in.
    pub bits_size: usize,
}

/// What does not hold, with its number, and where.
type Broken = (&'static str, *mut u8);

/// Says what does not hold at an address, if it does not.
fn ensure(holds: bool, invariant: &'static str, at: *mut u8) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err((invariant, at)) }
}

impl<P: Pages> Heap<P> {
    /// Walks all free memory, asserts the invariants that the module's source numbers, and counts.
    ///
    /// For tests: it takes time linear in the heap. Not every overwrite breaks an invariant, and a link that was
    /// overwritten with a wild one can lead the walk out of memory, into a trap.
    ///
    /// # Panics
    ///
    /// If an invariant does not hold: something wrote to memory that is free.
    pub fn check(&self) -> Usage {
        // SAFETY: `State::check` reaches no lock, and does not panic: it is done here, outside, because std's way to
        // panic allocates.
        match unsafe { self.with_span(|state, span| state.check(&self.pages, span)) } {
            Ok(usage) => usage,
            Err((invariant, at)) => panic!("{invariant}, at {at:p}"),
        }
    }
}

impl Runs {
    /// Counts the runs and their bytes, or says which invariant does not hold, and where.
    fn check(&self, pages: &impl Pages) -> Result<(usize, usize), Broken> {
        let (mut count, mut bytes) = (0, 0);
        for (index, &list) in self.lists.iter().enumerate() {
            let (mut previous, mut run) = (ptr::null_mut(), list);
            while !run.is_null() {
                let start = run.cast::<u8>();
                // SAFETY: a list or a link leads here.
                let found = unsafe { *run };
                let end = start.wrapping_add(found.size);
                ensure(found.previous == previous, "1: the link back is wrong", start)?;
                ensure(found.size % GRANULE == 0 && found.size != 0, "2: no run has this size", start)?;
                ensure(class(found.size) - 1 == index, "1: this is in the list of others", start)?;
                ensure(self.begins(pages, start) && self.begins(pages, end), "3: the bit of an end is not set", start)?;
                // SAFETY: the run ends here.
                ensure(unsafe { *last_word(end) } == found.size, "2: the last word is not the size", start)?;
                count += 1;
                bytes += found.size;
                (previous, run) = (run, found.next);
            }
        }
        // SAFETY: the bits are `len` bytes, which are written.
        let set: usize = (0..self.len).map(|byte| unsafe { *self.bits.wrapping_add(byte) }.count_ones() as usize).sum();
        if set == 2 * count { Ok((count, bytes)) } else { Err(("3: a bit is set where no run ends", self.bits)) }
    }
}

impl State {
    /// Counts what there is, or says which invariant does not hold, and where.
    fn check(&self, pages: &impl Pages, span: &Span) -> Result<Usage, Broken> {
        let (runs, runs_size) = self.runs.check(pages)?;
        let origin = pages.slack().0;
        let total = span.start.addr() - origin.addr();
        let (mut listed_blocks, mut listed_size, mut class_size) = (0, 0, 0);
        for &list in &self.lists {
            let mut listed = list;
            while !listed.is_null() {
                let start = listed.cast::<u8>();
                let offset = start.addr().wrapping_sub(origin.addr());
                ensure(start.addr() % GRANULE == 0 && offset < total, "4: no block is here", start)?;
                // SAFETY: a list or a link leads here, the place is one that a block can have, and on the first list it
                // says its size.
                let size = if class_size == 0 { unsafe { (*listed).size } } else { class_size };
                ensure(size % GRANULE == 0 && size != 0 && size <= total - offset, "5: no block has this size", start)?;
                listed_blocks += 1;
                listed_size += size;
                ensure(listed_size + runs_size <= total, "4: this is listed twice, or in a ring", start)?;
                let mut inside = (GRANULE..size).step_by(GRANULE).map(|offset| start.wrapping_add(offset));
                ensure(!inside.any(|at| self.runs.begins(pages, at)), "6: a run begins or ends in this", start)?;
                // SAFETY: as above.
                listed = unsafe { (*listed).next };
            }
            class_size = block_size(class_size);
        }
        let bits_size = self.runs.len;
        let used_size = total - listed_size - runs_size - bits_size;
        Ok(Usage { used_size, listed_blocks, listed_size, runs, runs_size, bits_size })
    }
}
