//! Lets a fuzzer find files and arguments that the tool `linmem` does not survive.

#![no_main]

#[path = "../tool.rs"]
mod tool;

libfuzzer_sys::fuzz_target!(|data: &[u8]| tool::run(data));
