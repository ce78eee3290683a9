//! Allocators of other crates, each behind the feature of its name.

/// Declares a type around another crate's allocator.
macro_rules! foreign {
    ($(#[$meta:meta])* $name:ident: $inner:ty = $new:expr) => {
        $(#[$meta])*
        pub struct $name($inner);

        impl $name {
            /// Makes the allocator. It takes nothing until the first allocation.
            pub const fn new() -> Self {
                Self($new)
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        // SAFETY: every call goes to the other crate's allocator, which answers for it.
        unsafe impl core::alloc::GlobalAlloc for $name {
            unsafe fn alloc(&self, layout: core::alloc::Layout) -> *mut u8 {
                // SAFETY: the caller's duties are the same.
                unsafe { self.0.alloc(layout) }
            }

            unsafe fn dealloc(&self, ptr: *mut u8, layout: core::alloc::Layout) {
                // SAFETY: as for `alloc`.
                unsafe { self.0.dealloc(ptr, layout) }
            }

            unsafe fn alloc_zeroed(&self, layout: core::alloc::Layout) -> *mut u8 {
                // SAFETY: as for `alloc`.
                unsafe { self.0.alloc_zeroed(layout) }
            }

            unsafe fn realloc(&self, ptr: *mut u8, layout: core::alloc::Layout, new_size: usize) -> *mut u8 {
                // SAFETY: as for `alloc`.
                unsafe { self.0.realloc(ptr, layout, new_size) }
            }
        }
    };
}

#[cfg(feature = "dlmalloc")]
foreign! {
    /// [dlmalloc](https://docs.rs/dlmalloc), the allocator of Rust's own std on wasm: low on fragmentation, large.
    ///
    /// It costs about 5 KB in a module and takes logarithmic time. Under the wasm `atomics` feature and under WASI it
    /// does not compile. Off wasm it takes memory from the system.
    Dlmalloc: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc
}

#[cfg(feature = "wee_alloc")]
foreign! {
    /// [wee_alloc](https://docs.rs/wee_alloc), offered for comparison and for modules that already use it.
    ///
    /// It is unmaintained (RUSTSEC-2022-0054) and licensed under MPL-2.0, unlike this crate. It leaks: under steady
    /// churn it grows without end (18,210 pages after 4 million operations, where dlmalloc holds 65), and it has
    /// returned null with memory left. Each operation takes time linear in the free blocks. Under the wasm `atomics`
    /// feature and under WASI it does not compile. Off wasm it takes memory from the system.
    WeeAlloc: wee_alloc::WeeAlloc<'static> = wee_alloc::WeeAlloc::INIT
}

#[cfg(all(feature = "dlmalloc", target_family = "wasm", any(target_feature = "atomics", target_os = "wasi")))]
compile_error!(
    "linmem: `Dlmalloc` has no lock for wasm threads, which WASI may have: use `Heap` and leave the feature `dlmalloc` out"
);

#[cfg(all(feature = "wee_alloc", target_family = "wasm", any(target_feature = "atomics", target_os = "wasi")))]
compile_error!(
    "linmem: `WeeAlloc` has no lock for wasm threads, which WASI may have: use `Heap` and leave the feature `wee_alloc` out"
);
