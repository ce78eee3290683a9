//! Lets a fuzzer find the operations after which a heap is not in order.

#![no_main]

#[path = "../operations.rs"]
mod operations;

libfuzzer_sys::fuzz_target!(|data: &[u8]| operations::run(data));
