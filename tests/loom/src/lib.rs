//! The lock between threads in all interleavings of two and three threads, and with all that the memory model lets each
//! of them see. The source is the crate's own, over loom's atomics; waiting and waking are modelled.

#![cfg(test)]

#[path = "../../../src/lock/word.rs"]
mod word;

use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicU32, Ordering};
use loom::thread::{self, Thread};
use std::cell::Cell;
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex};
use word::{FREE, Word, acquire, release};

loom::thread_local! {
    static MAY_WAIT: Cell<bool> = Cell::new(false);
    /// How often the thread has looked since it wants the lock.
    static LOOKS: Cell<u32> = Cell::new(0);
}

/// How a word behaves.
trait Machine: Send + Sync + 'static {
    const SPINS: u32;
    /// Whether a thread that spins passes the word on. Else it goes on when the word is free, because two of them could
    /// look at it in turn for ever while the one that holds it never runs.
    const YIELDS: bool = true;
    /// Whether waking wakes.
    const WAKES: bool = true;
    /// Whether the word is compared when a thread lies down.
    const COMPARES: bool = true;

    /// The order that an operation gets for the one that is asked.
    fn order(order: Ordering) -> Ordering {
        order
    }
}

/// A word over loom's atomics.
struct Model<M> {
    word: AtomicU32,
    /// The threads that sleep. Loom lets no other thread go on before the next operation on one of its own types, so this
    /// changes in one step with the operation on the word before it.
    sleepers: Mutex<VecDeque<Thread>>,
    /// The threads that spin until the word is free.
    spinners: Mutex<Vec<Thread>>,
    behaviour: PhantomData<M>,
}

impl<M: Machine> Word for Model<M> {
    const SPINS: u32 = M::SPINS;

    fn load(&self, order: Ordering) -> u32 {
        if M::YIELDS { self.word.load(M::order(order)) } else { self.word.fetch_or(0, M::order(order)) }
    }

    fn replace(&self, old: u32, new: u32, order: Ordering) -> bool {
        self.word.compare_exchange(old, new, M::order(order), Ordering::Relaxed).is_ok()
    }

    fn swap(&self, new: u32, order: Ordering) -> u32 {
        let old = self.word.swap(new, M::order(order));
        if new == FREE {
            self.spinners.lock().unwrap().drain(..).for_each(|thread| thread.unpark());
        }
        old
    }

    fn pause(&self) {
        let looks = LOOKS.with(|it| it.replace(it.get() + 1));
        assert!(looks < M::SPINS || !Self::may_wait(), "a thread that may wait goes on looking");
        if M::YIELDS {
            thread::yield_now();
        } else {
            // The word was just seen, at its last value, and was not free.
            self.spinners.lock().unwrap().push(thread::current());
            thread::park();
        }
    }

    fn may_wait() -> bool {
        MAY_WAIT.with(Cell::get)
    }

    fn wait(&self, value: u32) {
        assert!(Self::may_wait(), "a thread that may not wait does");
        // Unlike a load, this reads the last value, as the machine does.
        let found = self.word.fetch_or(0, Ordering::Relaxed);
        if !M::COMPARES || found == value {
            self.sleepers.lock().unwrap().push_back(thread::current());
            thread::park();
        }
    }

    fn wake_one(&self) {
        // Without an operation here, no thread could do anything between the release and this.
        self.word.fetch_or(0, Ordering::Relaxed);
        if M::WAKES
            && let Some(thread) = self.sleepers.lock().unwrap().pop_front()
        {
            thread.unpark();
        }
    }
}

/// A number behind a lock.
struct Guarded<M> {
    lock: Model<M>,
    number: UnsafeCell<u32>,
}

impl<M: Machine> Guarded<M> {
    /// Adds 1 under the lock, so many times.
    fn add(&self, may_wait: bool, times: u32) {
        MAY_WAIT.with(|it| it.set(may_wait));
        for _ in 0..times {
            LOOKS.with(|it| it.set(0));
            acquire(&self.lock);
            // SAFETY: the lock is held. If it did not exclude others, loom would find the race.
            self.number.with_mut(|number| unsafe { *number += 1 });
            release(&self.lock);
        }
    }
}

/// Runs a thread for each entry, which says whether that one may wait, in all interleavings.
fn all_interleavings<M: Machine>(may_wait: &'static [bool], times: u32) {
    loom::model(move || {
        let lock = Model {
            word: AtomicU32::new(FREE),
            sleepers: Mutex::default(),
            spinners: Mutex::default(),
            behaviour: PhantomData,
        };
        let guarded = Arc::new(Guarded::<M> { lock, number: UnsafeCell::new(0) });
        let (first, others) = may_wait.split_first().unwrap();
        let spawn = |&may_wait: &bool| {
            let guarded = Arc::clone(&guarded);
            thread::spawn(move || guarded.add(may_wait, times))
        };
        let others: Vec<_> = others.iter().map(spawn).collect();
        guarded.add(*first, times);
        others.into_iter().for_each(|thread| thread.join().unwrap());
        // SAFETY: the other threads have ended.
        guarded.number.with(|number| assert_eq!(unsafe { *number }, may_wait.len() as u32 * times));
        assert_eq!(guarded.lock.word.load(Ordering::Relaxed), FREE);
    });
}

/// A machine as it is, with a patience of so many looks.
struct Patient<const SPINS: u32>;

impl<const SPINS: u32> Machine for Patient<SPINS> {
    const SPINS: u32 = SPINS;
}

/// A machine on which a thread that spins goes on when the word is free.
struct Sparing<const SPINS: u32>;

impl<const SPINS: u32> Machine for Sparing<SPINS> {
    const SPINS: u32 = SPINS;
    const YIELDS: bool = false;
}

#[test]
fn two_threads_that_wait_exclude_each_other_and_end() {
    all_interleavings::<Patient<0>>(&[true, true], 2);
    all_interleavings::<Patient<1>>(&[true, true], 2);
}

#[test]
fn two_threads_that_spin_exclude_each_other_and_end() {
    all_interleavings::<Patient<0>>(&[false, false], 2);
}

#[test]
fn thread_that_spins_and_one_that_waits_exclude_each_other_and_end() {
    all_interleavings::<Patient<0>>(&[false, true], 2);
    all_interleavings::<Patient<1>>(&[true, false], 2);
}

#[test]
fn three_threads_that_wait_exclude_each_other_and_end() {
    all_interleavings::<Patient<0>>(&[true, true, true], 1);
    all_interleavings::<Sparing<1>>(&[true, true, true], 1);
}

#[test]
fn three_threads_that_spin_exclude_each_other_and_end() {
    all_interleavings::<Sparing<0>>(&[false, false, false], 1);
}

#[test]
fn thread_that_spins_and_two_that_wait_exclude_each_other_and_end() {
    all_interleavings::<Sparing<0>>(&[false, true, true], 1);
}

#[test]
fn thread_that_waits_and_two_that_spin_exclude_each_other_and_end() {
    all_interleavings::<Sparing<0>>(&[true, false, false], 1);
}

struct NeverWakes;

impl Machine for NeverWakes {
    const SPINS: u32 = 0;
    const WAKES: bool = false;
}

#[test]
#[should_panic(expected = "deadlock")]
fn model_finds_that_nobody_is_woken() {
    all_interleavings::<NeverWakes>(&[true, true], 1);
}

struct LiesDownLate;

impl Machine for LiesDownLate {
    const SPINS: u32 = 0;
    const COMPARES: bool = false;
}

#[test]
#[should_panic(expected = "deadlock")]
fn model_finds_that_a_thread_lies_down_after_the_release() {
    all_interleavings::<LiesDownLate>(&[true, true], 1);
}

struct Unordered;

impl Machine for Unordered {
    const SPINS: u32 = 0;

    fn order(_: Ordering) -> Ordering {
        Ordering::Relaxed
    }
}

#[test]
#[should_panic(expected = "Causality violation")]
fn model_finds_that_a_release_orders_nothing() {
    all_interleavings::<Unordered>(&[true, true], 1);
}
