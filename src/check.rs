//! Whether a heap is in order, and what it holds: the invariants of `heap.rs`, one by one.

use crate::class::{END, FIRST, GRANULE, block_size};
use crate::coalesce::{Bits, bits_size};
use crate::heap::{Heap, State};
use crate::memory::{Pages, Span, room};

/// What a heap holds, as [`Heap::check`] counts it. Sizes are in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Bytes that are not free: used blocks, which are rounded up, and what others have in between.
    pub used_size: usize,
    /// Free blocks.
    pub free_blocks: usize,
    /// Bytes in them.
    pub free_size: usize,
    /// Runs of free memory that they would be if all were coalesced.
    pub runs: usize,
}

/// What does not hold, with its number, and where.
type Broken = (&'static str, *mut u8);

/// Says what does not hold at an address, if it does not.
fn ensure(holds: bool, invariant: &'static str, at: *mut u8) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err((invariant, at)) }
}

impl<P: Pages> Heap<P> {
    /// Walks all free blocks, asserts the invariants that the module's source numbers, and counts.
    ///
    /// For tests: it takes time linear in the free blocks and the heap. Not every overwrite breaks an invariant, and a
    /// link that was overwritten with a wild one can lead the walk out of memory, into a trap.
    ///
    /// # Panics
    ///
    /// If an invariant does not hold: something wrote to memory that is free, or freed a block twice.
    pub fn check(&self) -> Usage {
        // SAFETY: `State::check` reaches no lock, and does not panic: it is done here, outside, because std's way to
        // panic allocates.
        match unsafe { self.with_span(|state, span| state.check(&self.pages, span)) } {
            Ok(usage) => usage,
            Err((invariant, at)) => panic!("{invariant}, at {at:p}"),
        }
    }
}

impl State {
    /// Counts what there is, or says which invariant does not hold, and where.
    fn check(&mut self, pages: &impl Pages, span: &Span) -> Result<Usage, Broken> {
        let origin = pages.slack().0;
        let total = span.start.addr() - origin.addr();
        let size = bits_size(pages, span);
        // Others may have claimed the room for the bits: then overlaps are not looked for.
        // SAFETY: it is there, and stays unclaimed.
        let mut bits = (room(pages, span.start, span.end) > size).then(|| unsafe { Bits::new(pages, span, size) });
        let (mut free_blocks, mut free_size) = (0, 0);
        for class in FIRST..END {
            let size = block_size(class);
            let mut listed = *self.list(class);
            while !listed.is_null() {
                let start = listed.cast::<u8>();
                let offset = start.addr().wrapping_sub(origin.addr());
                ensure(start.addr() % GRANULE == 0 && offset < total, "1: no block is here", start)?;
                ensure(size <= total - offset, "2: no block has this size", start)?;
                free_blocks += 1;
                free_size += size;
                ensure(free_size <= total, "3: this is listed twice, or in a ring", start)?;
                if let Some(bits) = &mut bits {
                    // SAFETY: by what was ensured the block lies there.
                    unsafe { bits.flip(start, size) }
                }
                // SAFETY: a list or a link leads here, and the place is one that a block can have.
                listed = unsafe { (*listed).next };
            }
        }
        let (mut runs, mut runs_size) = (0, 0);
        if let Some(bits) = &bits {
            bits.runs(|start, end| {
                runs += 1;
                runs_size += end.addr() - start.addr();
            });
            ensure(runs_size == free_size, "3: blocks overlap, or one is listed twice", origin)?;
        }
        Ok(Usage { used_size: total - free_size, free_blocks, free_size, runs })
    }
}
