//! Exports that view what a host describes, and say with which status. The modules are this package's examples.

#![cfg_attr(target_family = "wasm", no_std)]

/// Puts the exports into a module.
#[macro_export]
macro_rules! export_views {
    () => {
        linmem::export_allocator!();
        linmem::trap_on_panic!();

        /// # Safety
        ///
        /// If they lie in memory, the bytes stay as they are during the call.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn view_slice(ptr: *mut u32, len: usize) -> i32 {
            // SAFETY: the caller's duty.
            linmem::status(unsafe { linmem::Slice::from_raw_parts(ptr, len).view() }.map(drop))
        }

        /// # Safety
        ///
        /// As for `view_slice`.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn view_str(ptr: *const u8, len: usize) -> i32 {
            // SAFETY: the caller's duty.
            linmem::status(unsafe { linmem::Str::from_raw_parts(ptr, len).view() }.map(drop))
        }

        /// # Safety
        ///
        /// As for `view_slice`.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn view_cstr(ptr: *const u8) -> i32 {
            // SAFETY: the caller's duty.
            linmem::status(unsafe { linmem::CStr::from_raw(ptr).view() }.map(drop))
        }
    };
}
