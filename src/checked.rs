//! An allocator around another one that finds out how memory is misused.
//!
//! A block of the inner allocator has a header in front of the bytes that were asked for, and a guard on either side:
//!
//! ```text
//! | alignment | header: links, layout, tag, number, mark, guard | bytes | guard |
//! ^ block of the inner allocator                                ^ what is handed out
//! ```
//!
//! Live blocks are in a list, newest first. A block that is freed is filled with a pattern and waits in another list,
//! until what waits there is more than [`KEPT`] bytes; then the oldest is compared with the pattern, and goes back to the
//! inner allocator. So a block that is freed twice is found while it waits, and a write to it when it leaves.
//!
//! The mark tells a live block from one that waits, and both from all else: it is a constant, mixed with the header's own
//! address. Where a pointer has no mark in front of it, the lists are searched for what it may have been.
//!
//! What is found is written out in words, in the state, whose layout is in SPEC ("Checked modules"): hosts find it by an
//! exported data symbol, and read it after the trap. From then on every call traps.

mod state;

use crate::lock::Lock;
use crate::memory;
use core::alloc::{GlobalAlloc, Layout};
use core::{mem, ptr};
use state::{BACK, FREED, Found, GONE, GUARD, Header, LIVE, NEW, Result, State, bytes, header, outer};

/// Bytes of freed blocks that wait before they are used again. The last one that was freed waits in any case.
const KEPT: usize = 1 << 16;

/// An allocator that finds misuse: a wrapper around any other, for tests and for debugging.
///
/// It finds a block that is freed twice, freed or resized with another size or align, or was never handed out; writes in
/// front of a block and behind it, when it is freed and by [`check`](Checked::check); and writes to a block after it was
/// freed. A block that is resized always moves. New bytes are 0xA5 and freed ones 0xDD, so that reading them stands out.
///
/// With [`export_checks!`](crate::export_checks) hosts see what is live, with sizes and with a tag that they or the guest
/// set, and why the module trapped; and they can have the n-th allocation refused. How is in SPEC, "Checked modules".
///
/// What is written to up to 8 bytes behind a block is found, and in front of it what changes the header, all but the tag and the
/// number. A block takes 40 bytes more than in the inner allocator, or its align and 8, if that is more. A call takes time linear
/// in the block and in those that leave; [`check`](Checked::check), [`live`](Checked::live) and a pointer to no block in all that
/// is live or waits.
///
/// The workloads of `benches/` take 3 to 76 times as long as on `Heap`, 18 times in the geometric mean (V8, opt-level 3).
///
/// Off wasm it is for tests: it is not `Sync`, and an aligned pointer into nowhere is a crash there.
///
/// # Panics
///
/// At what it finds: on wasm a trap, off wasm a panic that says it. From then on every call ends so.
///
/// # Examples
///
/// ```
/// # #[cfg(target_family = "wasm")]
/// #[global_allocator]
/// static ALLOCATOR: linmem::Checked<linmem::Heap> = linmem::Checked::new(linmem::Heap::new());
/// linmem::export_allocator!();
/// linmem::export_checks!(ALLOCATOR);
/// ```
pub struct Checked<A> {
    state: Lock<State>,
    pub(crate) inner: A,
}

/// What has been allocated so far. Sizes are in bytes, as they were asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Live blocks.
    pub blocks: usize,
    /// Bytes in them.
    pub size: usize,
    /// The most bytes that were live at a time.
    pub peak: usize,
    /// Pages of linear memory; 0 off wasm.
    pub pages: usize,
    /// Blocks that were ever handed out.
    pub count: usize,
}

/// A live block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Live {
    /// Its address.
    pub addr: usize,
    /// Its size in bytes, as it was asked for.
    pub size: usize,
    /// Its align.
    pub align: usize,
    /// The tag that was set when it was allocated.
    pub tag: usize,
    /// Its number: how many blocks had been handed out, itself included.
    pub number: usize,
}

impl<A> Checked<A> {
    /// Makes an allocator that passes on what `inner` allocates, which itself does not allocate from the global allocator.
    pub const fn new(inner: A) -> Self {
        Self { state: Lock::new(State::new()), inner }
    }

    /// Sets the tag that new blocks get, and returns the one before.
    pub fn set_tag(&self, tag: usize) -> usize {
        self.with(|state| Ok(mem::replace(&mut state.tag, tag)))
    }

    /// Has the `count`-th allocation from here on refused; with 0, none. A block that is resized counts.
    pub fn refuse(&self, count: usize) {
        self.with(|state| {
            state.refuse = count;
            Ok(())
        });
    }

    /// Compares all guards, and what was freed and waits.
    pub fn check(&self) {
        self.with(State::check);
    }

    /// Counts what was allocated.
    pub fn statistics(&self) -> Statistics {
        self.with(|state| {
            let State { blocks, size, peak, count, .. } = *state;
            Ok(Statistics { blocks, size, peak, pages: memory::pages(), count })
        })
    }

    /// Writes the live blocks into `list`, the newest first, as many as it holds, and returns how many there are.
    pub fn live(&self, list: &mut [Live]) -> usize {
        self.with(|state| {
            state.check()?;
            let mut header = state.live;
            for entry in list.iter_mut().take(state.blocks) {
                // SAFETY: the list was just checked, and has `blocks` headers.
                let Header { next, size, align, tag, number, .. } = unsafe { header.read() };
                *entry = Live { addr: bytes(header).addr(), size, align, tag, number };
                header = next;
            }
            Ok(state.blocks)
        })
    }

    /// Calls `f` with the state, unless something was found before, and ends with what it finds.
    fn with<R>(&self, f: impl FnOnce(&mut State) -> Result<R>) -> R {
        let body = |state: &mut State| {
            let result = if state.text_len == 0 { f(state) } else { Err(Found) };
            state.pages = memory::pages();
            result
        };
        // SAFETY: nothing that is called here reaches this lock again (the inner allocator does not, by `new`) or panics.
        match unsafe { self.state.with(body) } {
            Ok(result) => result,
            Err(Found) => {
                // SAFETY: as above.
                let (buffer, len) = unsafe { self.state.with(|state| (state.buffer, state.text_len)) };
                memory::stop(buffer.get(..len).unwrap_or_default())
            }
        }
    }
}

impl<A: GlobalAlloc> Checked<A> {
    /// Allocates a block whose bytes are `fill`.
    fn take(&self, state: &mut State, layout: Layout, fill: u8) -> Result<*mut u8> {
        if state.refuse > 0 {
            state.refuse -= 1;
            if state.refuse == 0 {
                return Ok(ptr::null_mut());
            }
        }
        let Some((outer, front)) = outer(layout.size(), layout.align()) else { return Ok(ptr::null_mut()) };
        // SAFETY: the size is not 0.
        let alloc = || unsafe { self.inner.alloc(outer) };
        let mut block = alloc();
        if block.is_null() {
            while !state.freed.is_null() {
                self.let_go(state)?;
            }
            block = alloc();
        }
        if block.is_null() {
            return Ok(block);
        }
        let ptr = block.wrapping_add(front);
        state.count = state.count.saturating_add(1);
        state.blocks += 1;
        state.size += layout.size();
        state.peak = state.peak.max(state.size);
        let header = header(ptr);
        let (size, align) = (layout.size(), layout.align());
        let State { tag, count: number, .. } = *state;
        let (mark, guard) = (LIVE ^ header.addr(), [GUARD; size_of::<usize>()]);
        let new = Header { next: state.live, prev: ptr::null_mut(), size, align, tag, number, mark, guard };
        // SAFETY: the header, the bytes and the guard lie in the block, one after the other.
        unsafe { header.write(new) };
        // SAFETY: as above.
        unsafe { ptr.write_bytes(fill, size) };
        // SAFETY: as above.
        unsafe { ptr.wrapping_add(size).write_bytes(GUARD, BACK) };
        // SAFETY: the first one of the live list is a header, if it is not null.
        if let Some(first) = unsafe { state.live.as_mut() } {
            first.prev = header;
        }
        state.live = header;
        Ok(ptr)
    }

    /// Frees a block: it waits.
    fn give(&self, state: &mut State, ptr: *mut u8, layout: Layout, by: &str) -> Result<()> {
        let header = state.find(ptr, layout, by)?;
        // SAFETY: `find` returns the header of a live block.
        let live = unsafe { &mut *header };
        // SAFETY: the neighbours in the live list are headers, or null.
        match unsafe { live.prev.as_mut() } {
            Some(prev) => prev.next = live.next,
            None => state.live = live.next,
        }
        // SAFETY: as above.
        if let Some(next) = unsafe { live.next.as_mut() } {
            next.prev = live.prev;
        }
        live.next = ptr::null_mut();
        live.mark = FREED ^ header.addr();
        // SAFETY: the block was live, and has this size.
        unsafe { ptr.write_bytes(GONE, live.size) };
        state.blocks -= 1;
        state.size -= live.size;
        state.kept += live.size;
        // SAFETY: the last one that waits is a header, or null.
        match unsafe { state.last_freed.as_mut() } {
            Some(last) => last.next = header,
            None => state.freed = header,
        }
        state.last_freed = header;
        while state.kept > KEPT && state.freed != state.last_freed {
            self.let_go(state)?;
        }
        Ok(())
    }

    /// Gives the block that has waited longest back to the inner allocator. There is one.
    fn let_go(&self, state: &mut State) -> Result<()> {
        let header = state.freed;
        state.intact(header, FREED)?;
        // SAFETY: the list of those that wait has headers of blocks.
        let Header { next, size, align, .. } = unsafe { header.read() };
        state.freed = next;
        if next.is_null() {
            state.last_freed = next;
        }
        state.kept = state.kept.saturating_sub(size);
        if let Some((outer, front)) = outer(size, align) {
            // SAFETY: it is a header; without a mark, it is none from now on.
            unsafe { (*header).mark = 0 };
            // SAFETY: the inner allocator handed this block out, with this layout, as a header that is intact tells.
            unsafe { self.inner.dealloc(bytes(header).wrapping_sub(front), outer) };
        }
        Ok(())
    }
}

// SAFETY: the blocks lie in the inner allocator's, which answers for those, aligned as asked. Off wasm, where it may
// panic, it is not `Sync`, and so no global allocator.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Checked<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.with(|state| self.take(state, layout, NEW))
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.with(|state| self.take(state, layout, 0))
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        self.with(|state| self.give(state, ptr, layout, "free"));
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        self.with(|state| {
            state.find(ptr, layout, "realloc")?;
            // SAFETY: it is the caller's duty that this is a layout.
            let new = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
            let block = self.take(state, new, NEW)?;
            if !block.is_null() {
                // SAFETY: both blocks are live and at least this long, and the new one is another one.
                unsafe { ptr.copy_to_nonoverlapping(block, new_size.min(layout.size())) };
                self.give(state, ptr, layout, "realloc")?;
            }
            Ok(block)
        })
    }
}

/// Lets hosts see what a [`Checked`] global allocator knows: exports the data symbol `linmem_checks`, and `linmem_check`.
///
/// Expand it once, in the final crate, with a static or what is in one: `export_checks!(ALLOCATOR.0)`, where another wrapper
/// is around it. Off wasm it expands to nothing. What the symbol leads to is in SPEC, "Checked
/// modules".
///
/// # Examples
///
/// See [`Checked`].
#[macro_export]
macro_rules! export_checks {
    ($allocator:expr) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            #[unsafe(export_name = "linmem_checks")]
            static CHECKS: $crate::__private::Report = $crate::__private::Report::of(&$allocator);

            #[unsafe(export_name = "linmem_check")]
            extern "C" fn check() {
                $allocator.check();
            }
        };
    };
}

/// What the exported data symbol is: the address of a state.
#[repr(transparent)]
pub struct Report(*const ());

impl Report {
    /// The address of what an allocator knows.
    pub const fn of<A>(allocator: &'static Checked<A>) -> Self {
        Self(allocator.state.as_ptr().cast())
    }
}

// SAFETY: nothing in the module reads through it.
unsafe impl Sync for Report {}
