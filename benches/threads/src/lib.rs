//! What each worker of `run.mjs` runs, over one shared memory: on std's allocator, which is dlmalloc behind std's own lock,
//! or with the feature `linmem` on `linmem::Heap`. Nothing else differs.

use std::alloc::{Layout, alloc, dealloc};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

#[cfg(feature = "linmem")]
#[global_allocator]
static ALLOCATOR: linmem::Heap = linmem::Heap::new();
#[cfg(feature = "linmem")]
linmem::export_allocator!();

/// Live blocks of a thread.
const BLOCKS: usize = 256;

/// A live block. The bytes that were written are all `tag`.
struct Block {
    ptr: *mut u8,
    layout: Layout,
    tag: u8,
}

/// Blocks under way from one thread to another.
static MAIL: [AtomicPtr<Block>; 16] = [const { AtomicPtr::new(ptr::null_mut()) }; 16];

impl Block {
    /// Allocates a block, and writes to its first byte or to all of them.
    fn new(size: usize, tag: u8, all: bool) -> Self {
        let layout = Layout::from_size_align(size, 8).expect("a size that a block can have");
        // SAFETY: the size is not 0.
        let ptr = unsafe { alloc(layout) };
        assert!(!ptr.is_null(), "out of memory");
        // SAFETY: the block is live and this long.
        unsafe { ptr.write_bytes(tag, if all { size } else { 1 }) };
        Self { ptr, layout, tag }
    }

    /// Reads what was written, and frees the block.
    fn free(self, all: bool) {
        let size = if all { self.layout.size() } else { 1 };
        // SAFETY: the block is live, this long, and so many of its bytes were written.
        let bytes = unsafe { std::slice::from_raw_parts(self.ptr, size) };
        assert!(bytes.iter().all(|&byte| byte == self.tag), "a byte was changed");
        // SAFETY: the block is live and has this layout.
        unsafe { dealloc(self.ptr, self.layout) }
    }
}

/// Replaces a block at random, so many times; each sixteenth goes to another thread. Then frees what it has.
#[unsafe(no_mangle)]
pub extern "C" fn load(seed: u32, steps: u32, all: u32) {
    let all = all != 0;
    let mut state = seed;
    // Xorshift of 32 bits (Marsaglia 2003).
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize
    };
    let mut blocks: [Option<Block>; BLOCKS] = [const { None }; BLOCKS];
    for _ in 0..steps {
        // 13 of 16 are up to 64 bytes, 2 up to 512, 1 up to 4 KiB.
        let most = [64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 512, 512, 4096][random() % 16];
        let new = Block::new(1 + random() % most, random() as u8, all);
        let place = random() % BLOCKS;
        let Some(old) = blocks[place].replace(new) else { continue };
        if random() % 16 != 0 {
            old.free(all);
            continue;
        }
        let got = MAIL[random() % MAIL.len()].swap(Box::into_raw(Box::new(old)), Ordering::AcqRel);
        if !got.is_null() {
            // SAFETY: it comes out of a box, and whoever swaps it out of its place owns it.
            unsafe { Box::from_raw(got) }.free(all);
        }
    }
    blocks.into_iter().flatten().for_each(|block| block.free(all));
}

/// Allocates memory for a worker's stack or thread-local data, which is never freed.
#[unsafe(no_mangle)]
pub extern "C" fn reserve(size: usize, align: usize) -> *mut u8 {
    let layout = Layout::from_size_align(size.max(1), align.max(1)).expect("a layout");
    // SAFETY: the size is not 0.
    unsafe { alloc(layout) }
}
