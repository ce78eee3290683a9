//! What is going on, on stderr: one line that is rewritten on a terminal, a line per stage elsewhere.

use std::io::{IsTerminal, Write, stderr};
use std::time::Instant;

pub struct Progress {
    stage: &'static str,
    total: usize,
    done: usize,
    start: Instant,
    rewrites: bool,
}

impl Progress {
    pub fn new() -> Self {
        Self { stage: "", total: 0, done: 0, start: Instant::now(), rewrites: stderr().is_terminal() }
    }

    /// Begins a stage of `total` steps.
    pub fn stage(&mut self, stage: &'static str, total: usize) {
        self.end();
        (self.stage, self.total, self.done) = (stage, total, 0);
        if !self.rewrites {
            eprintln!("[{:4} s] {stage}", self.start.elapsed().as_secs());
        }
    }

    /// Notes that a step begins.
    pub fn step(&mut self, what: &str) {
        self.done += 1;
        if self.rewrites {
            let (seconds, stage) = (self.start.elapsed().as_secs(), self.stage);
            let line = format!("[{seconds:4} s] {stage} {:>4} of {}: {what}", self.done, self.total);
            eprint!("\r\x1b[2K{line}");
            // A display that cannot be flushed is no reason to stop.
            let _ = stderr().flush();
        }
    }

    /// Ends the last stage.
    pub fn end(&mut self) {
        if self.rewrites {
            eprint!("\r\x1b[2K");
        }
    }

    pub fn seconds(&self) -> u64 {
        self.start.elapsed().as_secs()
    }
}
