//! The lock between threads: one word.
//!
//! ```text
//!          acquire                  acquire after a sleep, or about to sleep
//! FREE ---------------> HELD ------------------------------------------------> SLEEPERS
//!   ^-- release ----------'                                                        |
//!   ^-- release, and wake one -----------------------------------------------------'
//! ```
//!
//! A thread that finds the word taken looks again for a while. Then it sleeps, if its host has said that it may
//! (`memory.rs`): on a browser's main thread the instruction for it traps. One that may not goes on looking, and takes
//! part in the rest: it wakes sleepers.
//!
//! 1. Only the thread that found FREE, by the operation that replaced it, holds the lock, and it alone writes FREE again. So
//!    at most one holds it. That operation acquires what the release before it released: a read-modify-write in between (HELD
//!    to SLEEPERS) continues the release.
//! 2. A thread sleeps only if the word is SLEEPERS when it lies down, which the machine compares and does in one step: no
//!    release comes in between. SLEEPERS ends with a release alone, and that one wakes a thread.
//! 3. A thread that was woken writes SLEEPERS, whatever it finds. If it found FREE, it holds the lock, and its release
//!    wakes the next, if there is one; else the holder's does. So while threads sleep and none is on its way from sleep to that
//!    write, the word is SLEEPERS, and there is a holder, which wakes one of them: nobody sleeps for ever.

use core::sync::atomic::Ordering::{self, Acquire, Relaxed, Release};

/// Nobody holds the lock.
pub(crate) const FREE: u32 = 0;
/// A thread holds the lock, and nobody sleeps, or one that was woken is on its way.
const HELD: u32 = 1;
/// A thread holds the lock, and others may sleep.
const SLEEPERS: u32 = 2;

/// A word that threads share, and what the machine does with it. `tests/loom` puts a model in its place.
pub(crate) trait Word {
    /// How often a thread looks before it sleeps.
    const SPINS: u32;

    fn load(&self, order: Ordering) -> u32;

    /// Replaces `old` by `new`, in `order`, and says whether it was `old`.
    fn replace(&self, old: u32, new: u32, order: Ordering) -> bool;

    fn swap(&self, new: u32, order: Ordering) -> u32;

    /// Passes a moment.
    fn pause(&self);

    /// Whether this thread may sleep.
    fn may_wait() -> bool;

    /// Sleeps until `wake_one` chooses this thread, if the word is `value` in the moment in which it lies down; or
    /// returns at any time.
    fn wait(&self, value: u32);

    /// Wakes one thread, if any sleeps.
    fn wake_one(&self);
}

/// Takes the lock.
#[inline]
pub(crate) fn acquire(word: &impl Word) {
    if !word.replace(FREE, HELD, Acquire) {
        contend(word);
    }
}

/// Takes a lock that was just found taken.
#[cold]
fn contend<W: Word>(word: &W) {
    let mut spins = W::may_wait().then_some(W::SPINS);
    while spins != Some(0) {
        // It is read first, for writing takes the word away from the holder's processor.
        if word.load(Relaxed) == FREE && word.replace(FREE, HELD, Acquire) {
            return;
        }
        word.pause();
        spins = spins.map(|left| left - 1);
    }
    while word.swap(SLEEPERS, Acquire) != FREE {
        word.wait(SLEEPERS);
    }
}

/// Gives back the lock, which this thread holds.
#[inline]
pub(crate) fn release(word: &impl Word) {
    if word.swap(FREE, Release) == SLEEPERS {
        word.wake_one();
    }
}
