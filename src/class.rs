//! Sizes of blocks. There are four to a doubling, so that a block that was freed serves the next request of about its
//! size as it is.
//!
//! Sizes come as `last`, the offset of the last byte: a request of `size` bytes is one for more than `size - 1`.

/// Blocks begin at multiples of this, and their sizes are multiples of it: a free one holds two links and its size twice.
pub(crate) const GRANULE: usize = 4 * size_of::<usize>();
pub(crate) const LOG: usize = GRANULE.ilog2() as usize;

/// Classes of all sizes that the address space has.
pub(crate) const CLASSES: usize = 4 * (usize::BITS as usize - LOG - 1);
/// From this class on, sizes are rounded up to GRANULE only.
pub(crate) const LARGE: usize = 40;
/// The largest size below that.
pub(crate) const LARGEST: usize = GRANULE << (LARGE / 4 + 1);

/// A class's sizes are apart by two to this power.
#[inline]
fn shift(last: usize) -> usize {
    (last | (4 * GRANULE)).ilog2() as usize - 2
}

/// The class of the smallest blocks with more than `last` bytes.
#[inline]
pub(crate) fn class(last: usize) -> usize {
    let shift = shift(last);
    (last >> shift) + 4 * (shift - LOG)
}

/// The size of a block with more than `last` bytes. At most `isize::MAX + 1`.
pub(crate) fn block_size(last: usize) -> usize {
    let shift = if last < LARGEST { shift(last) } else { LOG };
    ((last >> shift) + 1) << shift
}
