//! A raw block of the global allocator, with contents that show when something else wrote into it.
//!
//! In the timed modules the first byte is written and read, which is about the least that a program does with a block. In
//! the correctness pass it is every byte.

use alloc::alloc::{alloc, dealloc, handle_alloc_error, realloc};
use core::alloc::Layout;
use core::ptr;

#[derive(Clone, Copy)]
pub struct Block {
    start: *mut u8,
    size: u32,
    align_log: u8,
    mark: u8,
}

impl Block {
    /// No block. All zeros, so that a table of them takes no room in the module.
    pub const NONE: Self = Self { start: ptr::null_mut(), size: 0, align_log: 0, mark: 0 };

    pub fn is_none(&self) -> bool {
        self.start.is_null()
    }

    pub fn size(&self) -> usize {
        self.size as usize
    }

    /// Allocates a block. `mark` decides what is written into it.
    pub fn new(layout: Layout, mark: u8) -> Self {
        // SAFETY: no workload asks for size 0.
        let start = unsafe { alloc(layout) };
        if start.is_null() {
            handle_alloc_error(layout);
        }
        let align_log = layout.align().trailing_zeros() as u8;
        let mut block = Self { start, size: layout.size() as u32, align_log, mark };
        block.write(0);
        block
    }

    fn layout(&self) -> Layout {
        // SAFETY: these came from a layout.
        unsafe { Layout::from_size_align_unchecked(self.size as usize, 1 << self.align_log) }
    }

    /// Frees the block and returns what stood in it.
    pub fn free(self) -> u32 {
        let sum = self.read(self.size as usize);
        // SAFETY: by type the block is live, with this layout.
        unsafe { dealloc(self.start, self.layout()) };
        sum
    }

    /// Resizes the block and returns what stood in the bytes that it keeps.
    pub fn resize(&mut self, size: usize) -> u32 {
        let kept = size.min(self.size as usize);
        // SAFETY: by type the block is live, with this layout; the new size is not 0 and far from `isize::MAX`.
        let start = unsafe { realloc(self.start, self.layout(), size) };
        if start.is_null() {
            handle_alloc_error(self.layout());
        }
        (self.start, self.size) = (start, size as u32);
        let sum = self.read(kept);
        self.write(kept);
        sum
    }

    fn expected(&self, index: usize) -> u8 {
        self.mark.wrapping_add(if cfg!(feature = "observe") { index as u8 ^ (index >> 8) as u8 } else { 0 })
    }

    /// Writes the bytes from `from` on, or in the timed modules the first one.
    fn write(&mut self, from: usize) {
        let size = self.size as usize;
        if cfg!(feature = "observe") {
            for index in from..size {
                // SAFETY: the byte lies in the block.
                unsafe { self.start.wrapping_add(index).write(self.expected(index)) };
            }
        } else {
            // SAFETY: the byte lies in the block.
            unsafe { self.start.write_volatile(self.mark) };
        }
    }

    /// Reads the first `size` bytes, or in the timed modules the first one, and compares.
    fn read(&self, size: usize) -> u32 {
        let checked = if cfg!(feature = "observe") { size } else { 1 };
        for index in 0..checked {
            // SAFETY: the byte lies in the block and was written.
            let byte = unsafe { self.start.wrapping_add(index).read_volatile() };
            assert!(byte == self.expected(index));
        }
        u32::from(self.mark) + size as u32
    }
}
