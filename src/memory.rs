//! Pages and their growth: the only file that talks to the wasm machine.
//!
//! An allocator of this crate gets its memory from a [`Pages`] source. In a module that is [`Memory`]; in a native
//! test it is an arena, with a limit that can be hit and foreign growth in between.
//!
//! ```text
//! 0                    __heap_base __heap_end                                     memory.size
//! | stack, static data |   slack   | pages that we grew | that others grew | that we grew |
//!                      ^ claimed once per module        ^ never touched
//! ```
//!
//! What lies between the static data and the end of the first pages (the slack) belongs to nobody at the start, and so
//! does what is left of a page after a claim. It is noted once per source, in its [`Unclaimed`]: all allocators over
//! one memory share that note, so no two of them start at the same place.

use crate::lock::Lock;
use core::ptr;

/// Size of a wasm page in bytes.
pub const PAGE: usize = 1 << 16;

/// Whether there can be threads; see `lock.rs`.
pub(crate) const THREADS: bool = cfg!(any(target_feature = "atomics", target_os = "wasi"));

/// A source of memory for [`Heap`](crate::Heap) and [`Bump`](crate::Bump): pages with ascending numbers, that are only
/// ever added at the end.
///
/// # Safety
///
/// - The pages that [`grow`](Pages::grow) adds, and the slack, belong to the source's allocators alone. They are
///   valid for reads and writes for as long as the source or any allocator over it exists.
/// - Page `n` begins at the address `n * PAGE`, in the same allocated object as all others; `at(0)` has address 0, which
///   is asked before the first use. Neither the slack nor a page that is grown begins at address 0. The slack begins at a
///   multiple of 16.
/// - All sources of the same memory give the same `Unclaimed`.
/// - No method calls an allocator, or panics.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no pages to give on this target",
    note = "off wasm, gate the static with `#[cfg(target_family = \"wasm\")]` and let std allocate"
)]
pub unsafe trait Pages {
    /// The note of the memory that no allocator has claimed.
    fn unclaimed(&self) -> &Unclaimed;

    /// The memory that is there before the first growth: its first byte, and the number of the page that it ends at,
    /// which is not 0. The same whenever it is asked.
    fn slack(&self) -> (*mut u8, usize);

    /// The first byte of a page. One past the last page of the address space, that is null.
    fn at(&self, page: usize) -> *mut u8;

    /// Number of pages, whoever grew them.
    fn size(&self) -> usize;

    /// Adds `count` pages at the end and returns the number of the first, or `usize::MAX` if there is no room.
    fn grow(&self, count: usize) -> usize;
}

/// The free memory of a source that no allocator has claimed yet.
pub struct Unclaimed(Lock<Span>);

/// Free memory from `start` to the first byte of page `end`. SPEC has this layout, for hosts.
#[repr(C)]
pub(crate) struct Span {
    /// As noted; null before the first use.
    pub(crate) start: *mut u8,
    /// As noted; 0 before the first use.
    pub(crate) end: usize,
}

// SAFETY: the pointer leads to memory that belongs to no thread.
unsafe impl Send for Span {}

impl Unclaimed {
    /// Notes that nothing is claimed yet.
    pub const fn new() -> Self {
        Self(Lock::new(Span { start: ptr::null_mut(), end: 0 }))
    }

    /// Calls `f` with the unclaimed span.
    ///
    /// # Safety
    ///
    /// `f` calls no allocator and does not panic.
    #[inline]
    pub(crate) unsafe fn with<R>(&self, f: impl FnOnce(&mut Span) -> R) -> R {
        // SAFETY: by the caller's duty `f` does not come back here.
        unsafe { self.0.with(f) }
    }
}

impl Default for Unclaimed {
    fn default() -> Self {
        Self::new()
    }
}

impl Span {
    /// The first byte, and the page at the end. Before the first use, that is the slack.
    pub(crate) fn get(&self, pages: &impl Pages) -> (*mut u8, usize) {
        if self.end == 0 { pages.slack() } else { (self.start, self.end) }
    }

    /// Notes the slack, before the first use.
    pub(crate) fn init(&mut self, pages: &impl Pages) {
        if self.end == 0 {
            (self.start, self.end) = pages.slack();
        }
    }

    pub(crate) fn set(&mut self, start: *mut u8, end: usize) {
        (self.start, self.end) = (start, end);
    }
}

/// Bytes from `start` to the first byte of page `end`; right at the end of the address space too, where that is null.
pub(crate) fn room(pages: &impl Pages, start: *mut u8, end: usize) -> usize {
    pages.at(end).addr().wrapping_sub(start.addr())
}

/// The module's own linear memory (memory 0), grown with `memory.grow`.
///
/// Its slack lies between `__heap_base` and `__heap_end`; under WASI, where libc owns that, there is none. Implements [`Pages`] on wasm only.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory;

#[cfg(target_family = "wasm")]
mod wasm {
    use super::{Memory, PAGE, Pages, Span, Unclaimed};
    #[cfg(target_arch = "wasm32")]
    use core::arch::wasm32 as machine;
    #[cfg(target_arch = "wasm64")]
    use core::arch::wasm64 as machine;
    use core::ptr;
    #[cfg(any(target_feature = "atomics", target_os = "wasi"))]
    use {
        crate::lock::Word,
        core::sync::atomic::{AtomicU32, Ordering},
    };

    unsafe extern "C" {
        static __heap_base: u8;
        static __heap_end: u8;
    }

    static UNCLAIMED: Unclaimed = Unclaimed::new();

    impl Memory {
        /// Where its unclaimed span is noted, and the first byte behind the stack and the static data.
        pub(crate) const MAP: (*const Span, *const u8) = (UNCLAIMED.0.as_ptr(), &raw const __heap_base);
    }

    // SAFETY: the linker puts nothing between `__heap_base`, aligned to 16, and `__heap_end`, and of the allocators that
    // would start there by themselves none is this crate's; `memory.grow` gives a page to one caller only, and memory
    // never shrinks. All of linear memory is one object, whose page 0 holds the
    // stack or static data. There is one `UNCLAIMED`. An instruction calls no allocator.
    unsafe impl Pages for Memory {
        fn unclaimed(&self) -> &Unclaimed {
            &UNCLAIMED
        }

        fn slack(&self) -> (*mut u8, usize) {
            let start = (&raw const __heap_base).expose_provenance();
            let end = (&raw const __heap_end).addr();
            // An end of 2^32 reads as 0.
            let page = end.wrapping_sub(1) / PAGE + 1;
            // Under WASI, libc's `malloc` starts at `__heap_base`, and so can dlmalloc: nothing is left over.
            if cfg!(any(target_os = "wasi", feature = "dlmalloc")) {
                return (self.at(page), page);
            }
            (ptr::with_exposed_provenance_mut(start), page)
        }

        fn at(&self, page: usize) -> *mut u8 {
            ptr::with_exposed_provenance_mut(page.wrapping_mul(PAGE))
        }

        fn size(&self) -> usize {
            machine::memory_size(0)
        }

        fn grow(&self, count: usize) -> usize {
            machine::memory_grow(0, count)
        }
    }

    #[cfg(any(target_feature = "atomics", target_os = "wasi"))]
    impl Word for AtomicU32 {
        // Other threads hold the lock for less than this takes, but where they grow memory, coalesce or are not running.
        const SPINS: u32 = 100;

        fn load(&self, order: Ordering) -> u32 {
            self.load(order)
        }

        fn replace(&self, old: u32, new: u32, order: Ordering) -> bool {
            self.compare_exchange(old, new, order, Ordering::Relaxed).is_ok()
        }

        fn swap(&self, new: u32, order: Ordering) -> u32 {
            self.swap(new, order)
        }

        fn pause(&self) {
            core::hint::spin_loop();
        }

        fn may_wait() -> bool {
            #[cfg(target_os = "wasi")]
            return false;
            #[cfg(not(target_os = "wasi"))]
            super::parking::may_wait()
        }

        fn wait(&self, _value: u32) {
            #[cfg(not(target_os = "wasi"))]
            // SAFETY: the word is there, aligned, and only ever used atomically. The thread may wait, or it would not be
            // here.
            unsafe {
                machine::memory_atomic_wait32(self.as_ptr().cast(), _value as i32, -1);
            }
        }

        fn wake_one(&self) {
            #[cfg(not(target_os = "wasi"))]
            // SAFETY: the word is there, and aligned.
            unsafe {
                machine::memory_atomic_notify(self.as_ptr().cast(), 1);
            }
        }
    }

    /// Ends the instance with a trap.
    pub fn trap() -> ! {
        machine::unreachable()
    }
}

/// Whether the thread may wait: a global of the wasm instance, of which each thread has one of its own.
///
/// All else that the threads have is in the memory that they share, but for thread-local data, which lies where the host
/// says, and nowhere before `__wasm_init_tls` was called. This needs no such call: an instance starts with 0.
#[cfg(all(target_family = "wasm", target_feature = "atomics", not(target_os = "wasi")))]
mod parking {
    use core::arch::{asm, global_asm};

    // Weak, so that two versions of the crate in a module share it.
    global_asm!(
        ".globaltype __linmem_may_wait, i32",
        ".weak __linmem_may_wait",
        ".hidden __linmem_may_wait",
        "__linmem_may_wait:",
    );

    pub(super) fn may_wait() -> bool {
        let answer: u32;
        // SAFETY: reads a global, which is defined above with this type.
        unsafe {
            asm!(
                ".globaltype __linmem_may_wait, i32",
                "global.get __linmem_may_wait",
                "local.set {}",
                out(local) answer,
                options(nomem, nostack, preserves_flags),
            );
        }
        answer != 0
    }

    /// Says whether this thread may wait; 0 is no.
    pub fn set_may_wait(answer: u32) {
        // SAFETY: writes a global, which is defined above with this type, and which `may_wait` alone reads.
        unsafe {
            asm!(
                ".globaltype __linmem_may_wait, i32",
                "local.get {}",
                "global.set __linmem_may_wait",
                in(local) answer,
                options(nomem, nostack, preserves_flags),
            );
        }
    }
}

#[cfg(all(target_family = "wasm", target_feature = "atomics", not(target_os = "wasi")))]
#[doc(hidden)]
pub use parking::set_may_wait;

#[cfg(target_family = "wasm")]
#[doc(hidden)]
pub use wasm::trap;

/// Whether `size` bytes at `addr` lie in memory, and the address behind them exists. `size` is not 0.
///
/// Off wasm nothing is known of the end of memory: only a range that wraps is refused.
pub(crate) fn contains(addr: usize, size: usize) -> bool {
    let Some(end) = addr.checked_add(size) else { return false };
    #[cfg(target_family = "wasm")]
    return (end - 1) / PAGE < Memory.size();
    #[cfg(not(target_family = "wasm"))]
    return end != 0;
}

/// Number of pages of linear memory; 0 off wasm.
pub(crate) fn pages() -> usize {
    #[cfg(target_family = "wasm")]
    return Memory.size();
    #[cfg(not(target_family = "wasm"))]
    0
}

/// Ends what is going on, for a reason that is UTF-8: off wasm by a panic that says it, in a module by a trap.
pub(crate) fn stop(reason: &[u8]) -> ! {
    #[cfg(target_family = "wasm")]
    {
        let _ = reason;
        trap()
    }
    #[cfg(not(target_family = "wasm"))]
    panic!("{}", core::str::from_utf8(reason).unwrap_or_default())
}
