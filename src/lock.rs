//! Exclusive access to an allocator's state.
//!
//! A module has threads if it was built with the wasm `atomics` feature, as nightly can (`-Zbuild-std`), and it may have
//! them under WASI, where no `cfg` tells `wasm32-wasip1-threads` from `wasm32-wasip1`. There this is a lock, of one word
//! (`lock/word.rs`). Else it is a plain cell: the linker refuses shared memory to code without the feature. A stable rustc
//! that is made to use the feature on another target warns that this is not supported, and sets no `cfg` that could be
//! seen here. Off wasm the cell is not `Sync`, so the compiler keeps it on one thread.

#[cfg(all(target_family = "wasm", any(target_feature = "atomics", target_os = "wasi")))]
mod word;

use core::cell::UnsafeCell;
#[cfg(all(target_family = "wasm", any(target_feature = "atomics", target_os = "wasi")))]
pub(crate) use word::Word;

pub(crate) struct Lock<T> {
    #[cfg(all(target_family = "wasm", any(target_feature = "atomics", target_os = "wasi")))]
    word: core::sync::atomic::AtomicU32,
    value: UnsafeCell<T>,
}

// SAFETY: on wasm either there is one thread, or `with` holds the lock while the value is borrowed.
#[cfg(target_family = "wasm")]
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            #[cfg(all(target_family = "wasm", any(target_feature = "atomics", target_os = "wasi")))]
            word: core::sync::atomic::AtomicU32::new(word::FREE),
            value: UnsafeCell::new(value),
        }
    }

    /// The offset of the value.
    #[cfg(target_family = "wasm")]
    pub(crate) const VALUE: usize = core::mem::offset_of!(Self, value);

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
        word::acquire(&self.word);
        // SAFETY: no other thread is here (one thread, or the lock is held) and, by the caller's duty, no outer `f`.
        let value = unsafe { &mut *self.value.get() };
        let result = f(value);
        #[cfg(all(target_family = "wasm", any(target_feature = "atomics", target_os = "wasi")))]
        word::release(&self.word);
        result
    }
}
