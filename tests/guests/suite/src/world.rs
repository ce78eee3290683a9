//! Linear memory as the suite sees it from inside.

use crate::suite::{PARTS, Test, World};
#[cfg(target_arch = "wasm32")]
use core::arch::wasm32 as machine;
#[cfg(target_arch = "wasm64")]
use core::arch::wasm64 as machine;
use core::ptr;
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};
use linmem::PAGE;

unsafe extern "C" {
    static __heap_base: u8;
}

const FILL: u64 = 0xF5F5_F5F5_F5F5_F5F5;

/// The pages that the suite grew as somebody else would, as first page and count.
static OTHERS: [[AtomicUsize; 2]; 256] = [const { [const { AtomicUsize::new(0) }; 2] }; 256];
static OTHERS_LEN: AtomicUsize = AtomicUsize::new(0);
static STEP: AtomicU32 = AtomicU32::new(0);

fn others() -> impl Iterator<Item = (usize, usize)> {
    OTHERS[..OTHERS_LEN.load(Relaxed)].iter().map(|[page, count]| (page.load(Relaxed), count.load(Relaxed)))
}

/// The number is the limit of pages, which only the host knows.
impl World for usize {
    fn pages(&self) -> usize {
        machine::memory_size(0)
    }

    fn limit(&self) -> Option<usize> {
        Some(*self)
    }

    fn foreign(&self, count: usize) -> bool {
        let run = OTHERS_LEN.load(Relaxed);
        if run == OTHERS.len() {
            return false;
        }
        let page = machine::memory_grow(0, count);
        if page == usize::MAX {
            return false;
        }
        let start: *mut u8 = ptr::with_exposed_provenance_mut(page * PAGE);
        // SAFETY: these pages were grown here, and nothing else uses them.
        unsafe { start.write_bytes(FILL as u8, count * PAGE) }
        OTHERS[run][0].store(page, Relaxed);
        OTHERS[run][1].store(count, Relaxed);
        OTHERS_LEN.store(run + 1, Relaxed);
        true
    }

    fn foreign_runs(&self, size: usize) -> Option<usize> {
        let mut sum = 0;
        let mut sizes = others().map(|(_, count)| {
            sum += count * PAGE;
            sum
        });
        if size == 0 { Some(0) } else { sizes.position(|sum| sum == size).map(|index| index + 1) }
    }

    fn foreign_intact(&self) -> bool {
        others().all(|(page, count)| {
            // Four words at a time, because an interpreter counts the steps.
            (page * PAGE..(page + count) * PAGE).step_by(32).all(|addr| {
                // SAFETY: 32 bytes of a page that was grown here; memory never shrinks.
                let [a, b, c, d]: [u64; 4] = unsafe { ptr::with_exposed_provenance::<[u64; 4]>(addr).read() };
                (a ^ FILL) | (b ^ FILL) | (c ^ FILL) | (d ^ FILL) == 0
            })
        })
    }

    fn holds(&self, block: *mut u8, size: usize) -> bool {
        let start = block.addr();
        let Some(end) = start.checked_add(size) else { return false };
        start >= (&raw const __heap_base).addr()
            && end.div_ceil(PAGE) <= machine::memory_size(0)
            && others().all(|(page, count)| end <= page * PAGE || start >= (page + count) * PAGE)
    }
}

/// Runs a part of the suite and returns 0 or the line that found something wrong.
pub fn run(part: usize, test: &Test) -> u32 {
    match PARTS[part].1(test) {
        Ok(()) => 0,
        Err(failure) => {
            STEP.store(failure.step, Relaxed);
            failure.line
        }
    }
}

/// The step that failed.
pub fn step() -> u32 {
    STEP.load(Relaxed)
}
