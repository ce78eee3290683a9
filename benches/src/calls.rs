//! Single calls: two scenarios that the host drives call by call, timing each. `js/run.mjs` has the same two.
//!
//! Every repetition makes the same calls, so each call's time is the least of all repetitions: what the allocator does
//! stays, and what the machine did meanwhile goes.

use crate::engine::Calls;

pub const REPETITIONS: usize = 3;
pub const ALIGN: u32 = 8;

/// Blocks that are allocated; every second one is then freed.
const BLOCKS: usize = 400_000;
const LARGE: u32 = 1 << 20;
/// Large allocations: not each need be the one before which an allocator tidies up.
const LARGES: usize = 8;
/// Slots of the churn, two thirds of them full in the long run.
const SLOTS: u32 = 15_000;
const STEPS: usize = 300_000;

/// A heap whose calls are timed, in nanoseconds.
pub trait Heap {
    fn alloc(&mut self, size: u32) -> Result<(u32, f64), String>;
    fn free(&mut self, block: u32, size: u32) -> Result<f64, String>;
    fn realloc(&mut self, block: u32, size: u32, new_size: u32) -> Result<(u32, f64), String>;
}

/// Each call's least time so far.
#[derive(Default)]
pub struct Times {
    pub scatter: Least,
    pub churn: Least,
}

#[derive(Default)]
pub struct Least {
    times: Vec<f64>,
    next: usize,
}

impl Least {
    fn note(&mut self, time: f64) {
        match self.times.get_mut(self.next) {
            Some(least) => *least = least.min(time),
            None => self.times.push(time),
        }
        self.next += 1;
    }
}

impl Times {
    pub fn longest(&self, allocator: &str) -> Calls {
        let longest = |times: &[f64]| times.iter().copied().fold(0.0, f64::max);
        let (before, rest) = self.scatter.times.split_at(BLOCKS + BLOCKS / 2);
        let (large, after) = rest.split_at(LARGES);
        Calls {
            allocator: allocator.into(),
            large: longest(large),
            scatter: longest(before).max(longest(after)),
            churn: longest(&self.churn.times),
        }
    }
}

/// Marsaglia's xorshift: 32 bits, so that JavaScript gets the same numbers.
struct Random(u32);

impl Random {
    fn below(&mut self, end: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 % end
    }
}

/// Allocates 400,000 blocks of 8 to 128 bytes, frees every second one in random order, makes eight large allocations, and
/// frees them and the rest.
pub fn scatter(heap: &mut impl Heap, times: &mut Least) -> Result<(), String> {
    times.next = 0;
    let mut random = Random(1);
    let mut blocks = Vec::with_capacity(BLOCKS);
    for _ in 0..BLOCKS {
        let size = 8 + random.below(121);
        let (block, time) = heap.alloc(size)?;
        refuse_null(block)?;
        times.note(time);
        blocks.push((block, size));
    }
    let mut order: Vec<usize> = (1..BLOCKS).step_by(2).collect();
    for last in (1..order.len()).rev() {
        order.swap(last, random.below(last as u32 + 1) as usize);
    }
    for &index in &order {
        let (block, size) = blocks[index];
        times.note(heap.free(block, size)?);
    }
    let mut larges = [0; LARGES];
    for large in &mut larges {
        let (block, time) = heap.alloc(LARGE)?;
        refuse_null(block)?;
        times.note(time);
        *large = block;
    }
    for large in larges {
        times.note(heap.free(large, LARGE)?);
    }
    for &(block, size) in blocks.iter().step_by(2) {
        times.note(heap.free(block, size)?);
    }
    Ok(())
}

/// A churn of 10,000 live blocks, mostly small.
pub fn churn(heap: &mut impl Heap, times: &mut Least) -> Result<(), String> {
    times.next = 0;
    let mut random = Random(2);
    let mut slots = vec![(0, 0); SLOTS as usize];
    for _ in 0..STEPS {
        let slot = &mut slots[random.below(SLOTS) as usize];
        let coin = random.below(2) == 0;
        let size = match random.below(100) {
            0..80 => 1 + random.below(64),
            80..95 => 1 + random.below(512),
            _ => 1 + random.below(4096),
        };
        if slot.0 == 0 {
            let (block, time) = heap.alloc(size)?;
            refuse_null(block)?;
            times.note(time);
            *slot = (block, size);
        } else if coin {
            times.note(heap.free(slot.0, slot.1)?);
            *slot = (0, 0);
        } else {
            let (block, time) = heap.realloc(slot.0, slot.1, size)?;
            refuse_null(block)?;
            times.note(time);
            *slot = (block, size);
        }
    }
    Ok(())
}

fn refuse_null(block: u32) -> Result<(), String> {
    if block == 0 { Err("an allocation returned null".into()) } else { Ok(()) }
}
