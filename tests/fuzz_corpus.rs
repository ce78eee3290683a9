//! What the fuzzer found worth keeping, run again without a fuzzer.

#![cfg(not(miri))]

#[path = "../fuzz/operations.rs"]
mod operations;
#[path = "../fuzz/records.rs"]
mod records;
#[path = "../fuzz/replay.rs"]
mod replay;

use replay::replay;

#[test]
fn heap_stays_in_order_through_the_corpus() {
    replay("heap", operations::run);
}

#[test]
fn records_are_read_alike_through_the_corpus() {
    replay("records", records::run);
}
