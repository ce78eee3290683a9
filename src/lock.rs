//! Exclusive access to an allocator's state.
//!
//! A module has threads if it was built with the wasm `atomics` feature, as nightly can (`-Zbuild-std`), and it may have
//! them under WASI, where no `cfg` tells `wasm32-wasip1-threads` from `wasm32-wasip1`. There this is a spin lock. Else it
//! is a plain cell: the linker refuses shared memory to code without the feature. A stable rustc that is made to use
//! the feature on another target warns that this is not supported, and sets no `cfg` that could be seen here. Off wasm
//! the cell is not `Sync`, so the compiler keeps it on one thread.

use core::cell::UnsafeCell;
#[cfg(all(target_family = "wasm", any(target_feature = "atomics", target_os = "wasi")))]
use core::sync::atomic::{AtomicBool, Ordering};

pub(crate) struct Lock<T> {
    #[cfg(all(target_family = "wasm", any(target_feature = "atomics", target_os = "wasi")))]
    held: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: on wasm either there is one thread, or `with` holds the lock while the value is borrowed.
#[cfg(target_family = "wasm")]
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            #[cfg(all(target_family = "wasm", any(target_feature = "atomics", target_os = "wasi")))]
            held: AtomicBool::new(false),
            value: UnsafeCell::new(value),
        }
    }

    /// The address of the value.
    pub(crate) const fn as_ptr(&self) -> *mut T {
        self.value.get()
    }

    /// Calls `f` with the value.
    ///
    /// # Safety
    ///
    /// `f` does not reach this lock again, and does not panic.
    #[inline]
    pub(crate) unsafe fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        #[cfg(all(target_family = "wasm", any(target_feature = "atomics", target_os = "wasi")))]
        while self.held.swap(true, Ordering::Acquire) {
            core::hint::spin_loop();
        }
        // SAFETY: no other thread is here (one thread, or the lock is held) and, by the caller's duty, no outer `f`.
        let value = unsafe { &mut *self.value.get() };
        let result = f(value);
        #[cfg(all(target_family = "wasm", any(target_feature = "atomics", target_os = "wasi")))]
        self.held.store(false, Ordering::Release);
        result
    }
}
