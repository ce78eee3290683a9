//! Single blocks: in stack order, in queue order, and at random.

use crate::block::Block;
use crate::random::{Random, scale};
use core::alloc::Layout;
use core::marker::PhantomData;
use core::mem;

fn layout(size: u32, align: usize) -> Layout {
    // SAFETY: the callers pass powers of two, and sizes of some kilobytes.
    unsafe { Layout::from_size_align_unchecked(size as usize, align) }
}

/// How a churn draws its blocks from 32 random bits.
pub trait Draw {
    fn draw(bits: u32) -> Layout;
}

/// Sizes from 1 byte to 2 KiB, each as likely as the other.
pub struct Even;

impl Draw for Even {
    fn draw(bits: u32) -> Layout {
        layout(1 + bits % 2048, 8)
    }
}

/// Mostly small sizes: 13 of 16 up to 64 bytes, 2 up to 512, 1 up to 4 KiB.
pub struct Skew;

impl Draw for Skew {
    fn draw(bits: u32) -> Layout {
        const LAST: [u32; 16] = [63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 511, 511, 4095];
        layout(1 + (bits >> 4 & LAST[bits as usize % 16]), 8)
    }
}

/// Alignments 64, 256 and 4096, sizes up to twice as much, each among as many small blocks of alignment 8.
pub struct Aligned;

impl Draw for Aligned {
    fn draw(bits: u32) -> Layout {
        const ALIGN: [usize; 8] = [8, 64, 8, 256, 8, 4096, 8, 64];
        let align = ALIGN[bits as usize % 8];
        let last = if align == 8 { 63 } else { 2 * align as u32 - 1 };
        layout(1 + (bits >> 3 & last), align)
    }
}

/// Small blocks, as a program hands them out and back without order of size: 8 to 71 bytes.
fn small(bits: u64) -> Layout {
    layout(8 + (bits >> 8) as u32 % 64, 8)
}

/// Pushes N small blocks, then pops them all, and so on.
pub struct Lifo<const N: usize> {
    random: Random,
    blocks: [Block; N],
    len: usize,
    pops: bool,
}

impl<const N: usize> Lifo<N> {
    pub const fn new() -> Self {
        Self { random: Random::new(), blocks: [Block::NONE; N], len: 0, pops: false }
    }

    pub fn step(&mut self) -> u32 {
        if self.pops {
            self.len -= 1;
            self.pops = self.len > 0;
            return self.blocks[self.len].free();
        }
        let bits = self.random.bits();
        self.blocks[self.len] = Block::new(small(bits), bits as u8);
        self.len += 1;
        self.pops = self.len == N;
        0
    }
}

/// A queue of N small blocks: frees the oldest and allocates another, in turn.
pub struct Fifo<const N: usize> {
    random: Random,
    blocks: [Block; N],
    next: usize,
}

impl<const N: usize> Fifo<N> {
    pub const fn new() -> Self {
        Self { random: Random::new(), blocks: [Block::NONE; N], next: 0 }
    }

    pub fn step(&mut self) -> u32 {
        let block = &mut self.blocks[self.next];
        if !block.is_none() {
            let sum = block.free();
            *block = Block::NONE;
            return sum;
        }
        let bits = self.random.bits();
        *block = Block::new(small(bits), bits as u8);
        self.next = (self.next + 1) % N;
        0
    }
}

/// N live blocks, of which each step replaces one at random by another: it allocates and then frees. Each eighth step
/// resizes one instead.
pub struct Churn<D, const N: usize> {
    random: Random,
    draw: PhantomData<D>,
    blocks: [Block; N],
    steps: u32,
}

impl<D: Draw, const N: usize> Churn<D, N> {
    pub const fn new() -> Self {
        Self { random: Random::new(), draw: PhantomData, blocks: [Block::NONE; N], steps: 0 }
    }

    pub fn step(&mut self) -> u32 {
        if self.blocks[0].is_none() {
            self.fill();
        }
        self.steps += 1;
        let bits = self.random.bits();
        let block = &mut self.blocks[scale(bits, N as u32) as usize];
        let layout = D::draw(bits as u32);
        if self.steps.is_multiple_of(8) {
            return block.resize(layout.size());
        }
        let new = Block::new(layout, (bits >> 16) as u8);
        mem::replace(block, new).free()
    }

    #[inline(never)]
    fn fill(&mut self) {
        for block in &mut self.blocks {
            *block = Block::new(D::draw(self.random.bits() as u32), 1);
        }
    }
}
