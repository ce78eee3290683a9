//! Replays what another program asked of its allocator.
//!
//! The host writes the trace into this module's memory: for each call two words, as [`Call`] reads them.

use crate::block::Block;
use crate::state::State;
use core::alloc::Layout;

/// Calls that a trace can have.
const CALLS: usize = 1 << 17;
/// Blocks that can be live at one time.
const SLOTS: usize = 1 << 15;

struct Trace {
    calls: [Call; CALLS],
    len: usize,
    slots: [Block; SLOTS],
}

/// One call. A slot is empty, then allocated into, resized any number of times, and freed.
#[derive(Clone, Copy)]
#[repr(C)]
struct Call {
    /// From bit 8 the slot; bits 2 to 7 the logarithm of the alignment; bits 0 and 1 what is done: 0 allocates, 1 frees,
    /// 2 resizes.
    what: u32,
    size: u32,
}

static TRACE: State<Trace> =
    State::new(Trace { calls: [Call { what: 0, size: 0 }; CALLS], len: 0, slots: [Block::NONE; SLOTS] });

/// Says how many calls follow, and returns where the host has to write them; null if they are too many.
#[unsafe(no_mangle)]
pub extern "C" fn trace_buffer(len: usize) -> *mut u8 {
    if len > CALLS {
        return core::ptr::null_mut();
    }
    TRACE.with(|trace| {
        trace.len = len;
        trace.calls.as_mut_ptr().cast()
    })
}

/// Replays the trace `rounds` times. What it leaves live is freed at the end of each round.
#[unsafe(no_mangle)]
pub extern "C" fn run_trace(rounds: u32) -> u32 {
    TRACE.with(|trace| (0..rounds).fold(0, |sum: u32, _| sum.rotate_left(1) ^ trace.replay()))
}

impl Trace {
    fn replay(&mut self) -> u32 {
        let mut sum = 0_u32;
        for call in &self.calls[..self.len] {
            let slot = &mut self.slots[(call.what >> 8) as usize];
            sum = sum.rotate_left(1)
                ^ match call.what & 3 {
                    0 => {
                        let align = 1 << (call.what >> 2 & 63);
                        // SAFETY: the size and alignment came from a layout.
                        let layout = unsafe { Layout::from_size_align_unchecked(call.size as usize, align) };
                        *slot = Block::new(layout, (call.what >> 8) as u8);
                        0
                    }
                    1 => core::mem::replace(slot, Block::NONE).free(),
                    _ => slot.resize(call.size as usize),
                };
        }
        self.slots
            .iter_mut()
            .filter(|slot| !slot.is_none())
            .fold(sum, |sum, slot| sum ^ core::mem::replace(slot, Block::NONE).free())
    }
}
