//! A workload's state between two calls from the host.

use core::cell::UnsafeCell;

pub struct State<T>(UnsafeCell<T>);

// SAFETY: these modules have one thread.
unsafe impl<T> Sync for State<T> {}

impl<T> State<T> {
    pub const fn new(state: T) -> Self {
        Self(UnsafeCell::new(state))
    }

    /// Calls `f` with the state. `f` calls no export.
    pub fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: one thread, and no workload calls an export, which alone come here.
        f(unsafe { &mut *self.0.get() })
    }
}
