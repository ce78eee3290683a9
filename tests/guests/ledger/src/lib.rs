//! The tour's guest over an allocator with a ledger of its live blocks.
//!
//! A block that is freed though it is not live, or with another layout than it was allocated with, is a trap. After each
//! block that is freed, the host hears through `log_nr` how many are live.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

#[path = "../../../../examples/tour/src/lessons.rs"]
mod lessons;

linmem::export_allocator!();
linmem::trap_on_panic!();

#[cfg(target_family = "wasm")]
mod ledger {
    use alloc::alloc::{GlobalAlloc, Layout};
    use core::cell::Cell;

    struct Ledger {
        heap: linmem::Heap,
        live: [Cell<Option<(*mut u8, Layout)>>; 64],
    }

    #[global_allocator]
    static ALLOCATOR: Ledger = Ledger { heap: linmem::Heap::new(), live: [const { Cell::new(None) }; 64] };

    #[link(wasm_import_module = "env")]
    unsafe extern "C" {
        safe fn log_nr(nr: u32);
    }

    // SAFETY: the module has one thread.
    unsafe impl Sync for Ledger {}

    // SAFETY: the blocks are the heap's. `realloc` is the default one, which is made of the other two.
    unsafe impl GlobalAlloc for Ledger {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: the caller's duty is the same.
            let block = unsafe { self.heap.alloc(layout) };
            if !block.is_null() {
                self.live.iter().find(|entry| entry.get().is_none()).unwrap().set(Some((block, layout)));
            }
            block
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            self.live.iter().find(|entry| entry.get() == Some((block, layout))).unwrap().set(None);
            // SAFETY: the block is live and has this layout, as was just looked up.
            unsafe { self.heap.dealloc(block, layout) };
            log_nr(self.live.iter().filter(|entry| entry.get().is_some()).count() as u32);
        }
    }
}
