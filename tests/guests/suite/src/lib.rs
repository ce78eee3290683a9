//! The conformance suite inside wasm. Each example of this package is the suite over one allocator, or over two that
//! share the module's memory.
//!
//! The host calls `run`; it returns 0, or the line of `tests/common/suite.rs` that found something wrong, and `step`
//! then returns how far it got.

#![cfg_attr(target_family = "wasm", no_std)]
#![cfg_attr(target_arch = "wasm64", feature(simd_wasm64))]

#[path = "../../../common/suite.rs"]
pub mod suite;

#[cfg(target_family = "wasm")]
mod world;
#[cfg(target_family = "wasm")]
pub use world::{run, step};

/// Whether a heap with nothing allocated is whole, once all is coalesced.
#[cfg(target_family = "wasm")]
pub fn is_whole(heap: &linmem::Heap, world: &dyn suite::World) -> bool {
    heap.coalesce();
    suite::is_whole(heap.check(), world)
}

/// Exports the suite over one or two allocators, of which the first is the global one.
///
/// First comes what is asked of them, then a function that says of their memory whether they are whole when nothing is
/// allocated.
#[macro_export]
macro_rules! guest {
    ($profile:ident, $whole:expr, $first:ident: $first_type:ty = $first_new:expr
        $(, $second:ident: $second_type:ty = $second_new:expr)?) => {
        #[cfg(target_family = "wasm")]
        mod guest {
            #[global_allocator]
            static $first: $first_type = $first_new;
            $(static $second: $second_type = $second_new;)?

            #[unsafe(no_mangle)]
            extern "C" fn run(part: usize, fresh: bool, seed: u32, rounds: usize, largest: usize, limit: usize) -> u32 {
                $crate::run(part, &$crate::suite::Test {
                    allocators: &[&$first $(, &$second)?],
                    profile: $crate::suite::$profile,
                    world: &limit,
                    whole: &|| $whole(&limit),
                    fresh,
                    rounds,
                    largest,
                    seed,
                })
            }

            #[unsafe(no_mangle)]
            extern "C" fn step() -> u32 {
                $crate::step()
            }
        }

        linmem::trap_on_panic!();
    };
}
