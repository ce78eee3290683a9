//! The global allocator of every guest: the one whose feature is on, under the setup that its own documentation gives
//! for a module with one thread.
#![no_std]

#[cfg(any(feature = "bump", feature = "pow2"))]
mod bump;
#[cfg(feature = "linked_list")]
mod linked_list;
#[cfg(feature = "observe")]
mod observe;
#[cfg(feature = "pow2")]
mod pow2;

/// Declares the global allocator for a feature, behind the observer if that is on.
macro_rules! choose {
    ($feature:literal, $type:ty, $new:expr) => {
        #[cfg(all(feature = $feature, not(feature = "observe")))]
        #[global_allocator]
        static ALLOCATOR: $type = $new;

        #[cfg(all(feature = $feature, feature = "observe"))]
        #[global_allocator]
        static ALLOCATOR: observe::Observe<$type> = observe::Observe($new);
    };
}

choose!("linmem", linmem::Heap, linmem::Heap::new());
choose!("linmem_bump", linmem::Bump, linmem::Bump::new());
choose!("linmem_checked", linmem::Checked<linmem::Heap>, linmem::Checked::new(linmem::Heap::new()));
choose!("bump", bump::Bump, bump::Bump);
choose!("pow2", pow2::Pow2, pow2::Pow2);
choose!("dlmalloc", dlmalloc::GlobalDlmalloc, dlmalloc::GlobalDlmalloc);
choose!("talc", talc::wasm::WasmDynamicTalc, talc::wasm::new_wasm_dynamic_allocator());
choose!("talc_small", TalcSmall, TalcSmall::new_wasm(talc::wasm::WasmGrowAndClaim));
choose!("rlsf", rlsf::GlobalTlsf, rlsf::GlobalTlsf::new());
choose!("rlsf_small", rlsf::SmallGlobalTlsf, rlsf::SmallGlobalTlsf::new());
// SAFETY: a module without the atomics feature has one thread.
choose!("lol_alloc", LolAlloc, unsafe { LolAlloc::new(lol_alloc::FreeListAllocator::new()) });
choose!("wee_alloc", wee_alloc::WeeAlloc<'static>, wee_alloc::WeeAlloc::INIT);
choose!("picoalloc", Picoalloc, Picoalloc::new(picoalloc::Allocator::new(picoalloc::UnsafeSystem)));
choose!("linked_list", linked_list::LinkedList, linked_list::LinkedList::new());

#[cfg(feature = "talc_small")]
type TalcSmall = talc::cell::TalcSyncCell<talc::wasm::WasmGrowAndClaim, talc::wasm::WasmBinning>;
#[cfg(feature = "lol_alloc")]
type LolAlloc = lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator>;
/// Its address space is 1 GiB, as its own global allocator has it.
#[cfg(feature = "picoalloc")]
type Picoalloc = picoalloc::Mutex<picoalloc::Allocator<picoalloc::UnsafeSystem<{ 1 << 30 }>>>;

#[cfg(all(target_family = "wasm", not(feature = "std")))]
#[panic_handler]
fn trap_on_panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// Exports `alloc`, `free` and `realloc` that check nothing and call the global allocator straight.
#[macro_export]
macro_rules! export_unchecked {
    () => {
        const _: () = {
            use ::core::alloc::Layout;

            #[unsafe(no_mangle)]
            unsafe extern "C" fn alloc(size: usize, align: usize) -> *mut u8 {
                // SAFETY: the host's duty: this is a layout.
                let layout = unsafe { Layout::from_size_align_unchecked(size, align) };
                // SAFETY: the host's duty: the size is not 0.
                unsafe { ::alloc::alloc::alloc(layout) }
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn free(block: *mut u8, size: usize, align: usize) {
                // SAFETY: the host's duty: this is a layout.
                let layout = unsafe { Layout::from_size_align_unchecked(size, align) };
                // SAFETY: the host's duty: the block is live, with this layout.
                unsafe { ::alloc::alloc::dealloc(block, layout) }
            }

            #[unsafe(no_mangle)]
            unsafe extern "C" fn realloc(block: *mut u8, size: usize, align: usize, new_size: usize) -> *mut u8 {
                // SAFETY: the host's duty: this is a layout.
                let layout = unsafe { Layout::from_size_align_unchecked(size, align) };
                // SAFETY: the host's duty: the block is live, with this layout, and the new size makes one too.
                unsafe { ::alloc::alloc::realloc(block, layout, new_size) }
            }
        };
    };
}
