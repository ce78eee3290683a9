//! The modules are this package's examples, so that one cargo command builds them all.

#![no_std]

/// Puts the exports into a module, and `nest`, which calls the host's `again` while it has a block that grows.
#[macro_export]
macro_rules! reenter {
    () => {
        extern crate alloc;

        linmem::export_allocator!();
        linmem::trap_on_panic!();

        #[cfg(target_family = "wasm")]
        #[link(wasm_import_module = "env")]
        unsafe extern "C" {
            safe fn again(depth: u32);
        }
        #[cfg(not(target_family = "wasm"))]
        fn again(_: u32) {}

        /// Pushes numbers, and calls the host before each. Returns how many are not as they were pushed.
        #[unsafe(no_mangle)]
        pub extern "C" fn nest(depth: u32, len: u32) -> u32 {
            let mut numbers = alloc::vec::Vec::new();
            for index in 0..len {
                again(depth);
                numbers.push(index ^ depth);
            }
            numbers.iter().zip(0..).filter(|&(number, index)| *number != index ^ depth).count() as u32
        }
    };
}
