//! The macros that put `alloc`, `free` and `realloc`, where the heap is, and a panic handler, into the final module.
//!
//! The exports are made in the final crate, because the linker keeps no export of a library that is only depended on,
//! and because a native test must not have a `free` that replaces the C library's. They go through [`alloc::alloc`]
//! and so serve whichever allocator that crate registered.

use alloc::alloc::{alloc, dealloc, realloc};
use core::alloc::Layout;
use core::ptr;

/// Exports `alloc`, `free` and `realloc` from the module, over the registered global allocator.
///
/// Expand it once, in the final crate (the `cdylib`); a library never does. Off wasm it expands to nothing.
///
/// | form | exports |
/// | --- | --- |
/// | `export_allocator!()` | `alloc`, `free`, `realloc` |
/// | `export_allocator!(prefix = "abi_")` | `abi_alloc`, `abi_free`, `abi_realloc` |
/// | `export_allocator!(cabi_realloc)` | `alloc`, `free`, `realloc`, `cabi_realloc` |
/// | `export_allocator!(prefix = "abi_", cabi_realloc)` | `abi_alloc`, `abi_free`, `abi_realloc`, `cabi_realloc` |
///
/// Where a module has threads (nightly's `atomics`, not WASI), `linmem_may_wait` comes with each; see "Threads" in the crate's
/// documentation. With a prefix, records tell hosts the names. What each returns in every case is in `abi/SPEC.md`. In short:
///
/// | function | returns |
/// | --- | --- |
/// | `alloc(size, align) -> ptr` | 0 on failure: no memory, `align` not a power of two, `size` over `isize::MAX - (align - 1)`. For `size` 0, `align` |
/// | `free(ptr, size, align)` | does nothing for `ptr` 0, `size` 0, or a layout that no block has |
/// | `realloc(ptr, old_size, align, new_size) -> ptr` | 0 on failure, with the old block as it was. `ptr` 0 or `old_size` 0: as `alloc`. `new_size` 0: frees, returns `align` |
/// | `cabi_realloc`, the same | traps on failure |
///
/// # Errors
///
/// - Without a `#[global_allocator]`, rustc says "no global memory allocator found but one is required".
/// - Expanded twice in one crate, rustc says "symbol `alloc` is already defined"; in two crates of one module, the
///   linker says "duplicate symbol: alloc", or with LTO "Linking globals named 'alloc': symbol multiply defined!".
/// - On WASI, where libc has functions of these names, it asks for a prefix.
///
/// # Examples
///
/// ```
/// # #[cfg(target_family = "wasm")]
/// #[global_allocator]
/// static ALLOCATOR: linmem::Heap = linmem::Heap::new();
/// linmem::export_allocator!();
/// ```
#[macro_export]
macro_rules! export_allocator {
    () => {
        $crate::export_allocator!(@unprefixed);
        $crate::export_allocator!(@export "");
    };
    (cabi_realloc $(,)?) => {
        $crate::export_allocator!(@unprefixed);
        $crate::export_allocator!(@export "" cabi_realloc);
    };
    (prefix = $prefix:literal $(,)?) => {
        $crate::export_allocator!(@roles $prefix);
        $crate::export_allocator!(@export $prefix);
    };
    (prefix = $prefix:literal, cabi_realloc $(,)?) => {
        $crate::export_allocator!(@roles $prefix);
        $crate::export_allocator!(@export $prefix cabi_realloc);
    };
    (@roles $prefix:literal) => {
        $crate::__record! { text(::core::concat!(
            "role alloc ", $prefix, "alloc\nrole free ", $prefix, "free\nrole realloc ", $prefix, "realloc\n",
        )) }
    };
    (@unprefixed) => {
        #[cfg(target_os = "wasi")]
        compile_error!("WASI's libc has `free` and `realloc`: write `export_allocator!(prefix = \"abi_\")`, say");
    };
    (@export $prefix:literal $($cabi_realloc:ident)?) => {
        #[cfg(target_os = "emscripten")]
        compile_error!("linmem does not support Emscripten, which has an allocator and an ABI of its own");
        #[cfg(target_family = "wasm")]
        const _: () = {
            #[unsafe(export_name = ::core::concat!($prefix, "realloc"))]
            unsafe extern "C" fn realloc(ptr: *mut u8, old_size: usize, align: usize, new_size: usize) -> *mut u8 {
                // SAFETY: the host's duty: the block is live, with this size and alignment.
                unsafe { $crate::__private::resize(ptr, old_size, align, new_size) }
            }

            #[unsafe(export_name = ::core::concat!($prefix, "alloc"))]
            extern "C" fn alloc(size: usize, align: usize) -> *mut u8 {
                // SAFETY: null is no block.
                unsafe { realloc(::core::ptr::null_mut(), 0, align, size) }
            }

            #[unsafe(export_name = ::core::concat!($prefix, "free"))]
            unsafe extern "C" fn free(ptr: *mut u8, size: usize, align: usize) {
                // SAFETY: the host's duty, as for `realloc`.
                unsafe { realloc(ptr, size, align, 0) };
            }

            #[cfg(all(target_feature = "atomics", not(target_os = "wasi")))]
            #[unsafe(export_name = "linmem_may_wait")]
            extern "C" fn may_wait(answer: u32) {
                $crate::__private::set_may_wait(answer);
            }

            $(
                #[unsafe(no_mangle)]
                unsafe extern "C" fn $cabi_realloc(
                    ptr: *mut u8,
                    old_size: usize,
                    align: usize,
                    new_size: usize,
                ) -> *mut u8 {
                    // SAFETY: the host's duty, as for `realloc`.
                    let new = unsafe { realloc(ptr, old_size, align, new_size) };
                    if new.is_null() {
                        $crate::__private::trap();
                    }
                    new
                }
            )?
        };
    };
    ($($other:tt)*) => {
        compile_error!("expected `export_allocator!()`, with `prefix = \"…\"`, `cabi_realloc` or both, in this order");
    };
}

/// Lets hosts see which memory is free: exports the data symbol `linmem_heap`.
///
/// Expand it once, in the final crate, with the static of the global allocator, or what is in one: a [`Heap`](crate::Heap), a
/// [`Bump`](crate::Bump), or a [`Checked`](crate::Checked) around either. Off wasm it expands to nothing. It exports data, and no
/// code: SPEC has what the symbol leads to ("Heap modules").
///
/// # Examples
///
/// ```
/// # #[cfg(target_family = "wasm")]
/// #[global_allocator]
/// static ALLOCATOR: linmem::Heap = linmem::Heap::new();
/// linmem::export_heap!(ALLOCATOR);
/// ```
#[macro_export]
macro_rules! export_heap {
    ($allocator:expr) => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            #[unsafe(export_name = "linmem_heap")]
            static HEAP: $crate::__private::HeapMap = $crate::__private::HeapMap::of(&$allocator);
        };
    };
}

/// Declares a panic handler that traps: no message, no formatting code in the module.
///
/// Off wasm, and in a test harness, it expands to nothing. A crate that links std on wasm already has a handler: there rustc says "found
/// duplicate lang item `panic_impl`", and the macro has to go.
///
/// # Examples
///
/// ```
/// #![cfg_attr(target_family = "wasm", no_std)]
/// linmem::trap_on_panic!();
/// ```
#[macro_export]
macro_rules! trap_on_panic {
    () => {
        #[cfg(all(target_family = "wasm", not(test)))]
        #[panic_handler]
        fn trap_on_panic(_: &::core::panic::PanicInfo<'_>) -> ! {
            $crate::__private::trap()
        }
    };
}

/// `realloc` as SPEC has it. Allocating is to resize nothing, freeing to resize to nothing: one set of checks for all.
///
/// Inlined, so that the exported function is the only one with this body.
///
/// # Safety
///
/// If `ptr` is not null and `old_size` not 0, `ptr` is a live block of the global allocator with the layout
/// (`old_size`, `align`); or that is no layout at all.
#[inline(always)]
pub unsafe fn resize(ptr: *mut u8, old_size: usize, align: usize, new_size: usize) -> *mut u8 {
    let max = (isize::MAX as usize + 1).wrapping_sub(align);
    let old_size = if ptr.is_null() { 0 } else { old_size };
    if !align.is_power_of_two() || new_size > max || old_size > max {
        return ptr::null_mut();
    }
    // SAFETY: `align` is a power of two; at each use, `size` is at most `max`, so that rounding it up to `align` gives
    // at most `isize::MAX`.
    let layout = |size| unsafe { Layout::from_size_align_unchecked(size, align) };
    if new_size == 0 {
        if old_size != 0 {
            // SAFETY: by the caller's duty the block is live and has this layout.
            unsafe { dealloc(ptr, layout(old_size)) };
        }
        return ptr::without_provenance_mut(align);
    }
    if old_size == 0 {
        // SAFETY: the size is not 0.
        return unsafe { alloc(layout(new_size)) };
    }
    // SAFETY: as above; the new size is not 0, and with this alignment it is a layout.
    unsafe { realloc(ptr, layout(old_size), new_size) }
}
