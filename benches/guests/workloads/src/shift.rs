//! Programs whose sizes shift: one buffer that outgrows every hole, and phases of one size each.

use crate::block::Block;
use crate::random::Random;
use core::alloc::Layout;

fn layout(size: usize) -> Layout {
    // SAFETY: the callers pass sizes of some megabytes at most.
    unsafe { Layout::from_size_align_unchecked(size, 8) }
}

/// One buffer growing by reallocation among small blocks: each step adds 64 KiB to it, and then replaces 8 of 64 small
/// blocks. It is meant for 76 steps.
pub struct Ratchet {
    random: Random,
    buffer: Block,
    small: [Block; 64],
}

impl Ratchet {
    pub const fn new() -> Self {
        Self { random: Random::new(), buffer: Block::NONE, small: [Block::NONE; 64] }
    }

    pub fn step(&mut self) -> u32 {
        let sum = if self.buffer.is_none() {
            self.buffer = Block::new(layout(GROWTH), 1);
            0
        } else {
            self.buffer.resize(self.buffer.size() + GROWTH)
        };
        for _ in 0..8 {
            let small = &mut self.small[self.random.below(64) as usize];
            if !small.is_none() {
                small.free();
            }
            *small = Block::new(layout(16 + self.random.below(49) as usize), 2);
        }
        sum
    }
}

/// What a step of the ratchet adds to its buffer.
const GROWTH: usize = 64 << 10;

/// A phase's bytes.
const PHASE: usize = 2 << 20;

/// Each step is a phase: 2 MiB of one size, all freed in the order of allocation. Sizes go from 16 bytes to 32 KiB by
/// doubling; it is meant for 12 steps.
pub struct Phases {
    blocks: [Block; PHASE / 16],
    phase: usize,
}

impl Phases {
    pub const fn new() -> Self {
        Self { blocks: [Block::NONE; PHASE / 16], phase: 0 }
    }

    pub fn step(&mut self) -> u32 {
        let size = 16 << (self.phase % 12);
        self.phase += 1;
        let blocks = &mut self.blocks[..PHASE / size];
        for block in blocks.iter_mut() {
            *block = Block::new(layout(size), size.trailing_zeros() as u8);
        }
        blocks.iter().fold(0, |sum, block| sum ^ block.free())
    }
}
