//! The synthetic workloads, each an export `run_NAME(steps) -> checksum`.
//!
//! A workload goes on where its last call ended, so that a host can warm it up and then time it. Its own tables are
//! static: the heap holds nothing but what the workload is about. All randomness comes from fixed seeds, and no
//! decision depends on an address, so every allocator gets the very same calls, and the checksums must agree.
#![no_std]

extern crate alloc;

mod block;
mod boxes;
mod churn;
mod growth;
mod random;
mod shift;
mod state;
mod trace;

// For a host that times single calls.
allocator::export_unchecked!();

/// Declares the export of a workload over its state.
macro_rules! workload {
    ($export:ident, $state:ty) => {
        #[unsafe(no_mangle)]
        pub extern "C" fn $export(steps: u32) -> u32 {
            static STATE: state::State<$state> = state::State::new(<$state>::new());
            STATE.with(|state| (0..steps).fold(0, |sum: u32, _| sum.rotate_left(1) ^ state.step()))
        }
    };
}

workload!(run_lifo, churn::Lifo<1000>);
workload!(run_fifo, churn::Fifo<1000>);
workload!(run_rand_100, churn::Churn<churn::Even, 100>);
workload!(run_rand_1k, churn::Churn<churn::Even, 1_000>);
workload!(run_rand_10k, churn::Churn<churn::Even, 10_000>);
workload!(run_rand_50k, churn::Churn<churn::Even, 50_000>);
workload!(run_skew_100, churn::Churn<churn::Skew, 100>);
workload!(run_skew_1k, churn::Churn<churn::Skew, 1_000>);
workload!(run_skew_10k, churn::Churn<churn::Skew, 10_000>);
workload!(run_skew_50k, churn::Churn<churn::Skew, 50_000>);
workload!(run_vecs, growth::Vecs);
workload!(run_buffers, growth::Buffers);
workload!(run_trees, boxes::Trees);
workload!(run_json, boxes::Documents);
workload!(run_align, churn::Churn<churn::Aligned, 1_000>);
workload!(run_ratchet, shift::Ratchet);
workload!(run_phase, shift::Phases);
workload!(run_churn, churn::Churn<churn::Skew, 20_000>);
