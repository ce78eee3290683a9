//! Blocks that grow: many vectors at once, and buffers that are resized exactly.

use crate::block::Block;
use crate::random::{Random, scale};
use alloc::vec::Vec;
use core::alloc::Layout;

const COUNT: usize = 64;

/// 64 vectors, of which each step picks one and pushes 4 numbers. One that reaches its length, 4 to 512 numbers, is
/// dropped for another.
pub struct Vecs {
    random: Random,
    vecs: [Vec<u32>; COUNT],
    ends: [usize; COUNT],
}

impl Vecs {
    pub const fn new() -> Self {
        Self { random: Random::new(), vecs: [const { Vec::new() }; COUNT], ends: [4; COUNT] }
    }

    pub fn step(&mut self) -> u32 {
        let bits = self.random.bits();
        let index = scale(bits, COUNT as u32) as usize;
        let vec = &mut self.vecs[index];
        if vec.len() >= self.ends[index] {
            let read = if cfg!(feature = "observe") { &vec[..] } else { &vec[..1] };
            let sum = read.iter().fold(0, |sum: u32, &number| sum.rotate_left(3) ^ number);
            *vec = Vec::new();
            self.ends[index] = 4 << (bits % 8);
            return sum;
        }
        vec.extend_from_slice(&[bits as u32; 4]);
        0
    }
}

/// 64 buffers, of which each step picks one and resizes it: 28 times of 32 up by as much as 256 bytes, three times down
/// to its half; and once, or when it is over 8 KiB, it is freed, to begin small when it is picked again.
pub struct Buffers {
    random: Random,
    buffers: [Block; COUNT],
}

impl Buffers {
    pub const fn new() -> Self {
        Self { random: Random::new(), buffers: [Block::NONE; COUNT] }
    }

    pub fn step(&mut self) -> u32 {
        let bits = self.random.bits();
        let buffer = &mut self.buffers[scale(bits, COUNT as u32) as usize];
        let more = 1 + (bits >> 8) as usize % 256;
        if buffer.is_none() {
            // SAFETY: a small size.
            let layout = unsafe { Layout::from_size_align_unchecked(more, 1) };
            *buffer = Block::new(layout, bits as u8);
            return 0;
        }
        let size = buffer.size();
        match bits % 32 {
            1..4 => buffer.resize(size / 2 + 1),
            4.. if size <= 8192 => buffer.resize(size + more),
            _ => {
                let sum = buffer.free();
                *buffer = Block::NONE;
                sum
            }
        }
    }
}
