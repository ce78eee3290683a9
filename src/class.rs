//! Sizes of blocks. There are four to a doubling, so that a block that was freed serves the next request of about its
//! size as it is.
//!
//! The class of a number is its exponent and the first two bits of its fraction, as an `f64` has them: no shorter code
//! tells it. A block of a class ends where the next class begins. So a block is asked for by the offset of its last
//! byte, with all bits below GRANULE set, and its size is a multiple of GRANULE:
//!
//! ```text
//! last byte    7   15   23   31   39   47   55   63   79   95  111  127  159
//! size         8   16   24   32   40   48   56   64   80   96  112  128  160
//! ```
//!
//! Between the first few of these lie classes that no block has.

/// Blocks begin at multiples of this, and their sizes are multiples of it. A free one holds one link.
pub(crate) const GRANULE: usize = 2 * size_of::<usize>();
pub(crate) const LOG: usize = GRANULE.ilog2() as usize;

/// The class of the smallest blocks.
pub(crate) const FIRST: usize = class(GRANULE - 1);
/// One past the last class.
pub(crate) const END: usize = class(usize::MAX);

/// The class of a number. It is exact below 2^53; above, a number may count as of the next class.
#[inline]
pub(crate) const fn class(number: usize) -> usize {
    ((number as f64).to_bits() >> 50) as usize
}

/// The size of a class's blocks: the smallest number of the next class.
// Inlined, it makes a module that is optimised for size 40 bytes larger.
#[inline(never)]
pub(crate) fn block_size(class: usize) -> usize {
    f64::from_bits(((class + 1) as u64) << 50) as usize
}
