//! Lets a fuzzer find records that the reader in Rust takes for what they are not.

#![no_main]

#[path = "../records.rs"]
mod records;

libfuzzer_sys::fuzz_target!(|data: &[u8]| records::run(data));
