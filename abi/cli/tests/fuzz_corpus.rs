//! What the fuzzer found worth keeping, run again without a fuzzer.

#[path = "../../../fuzz/replay.rs"]
mod replay;
#[path = "../../../fuzz/tool.rs"]
mod tool;

#[test]
fn tool_survives_the_corpus() {
    replay::replay("tool", tool::run);
}
