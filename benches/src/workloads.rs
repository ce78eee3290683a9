//! The workloads: what they are called, what runs them, and how many steps are measured.

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Synthetic; its speed counts, and its memory.
    Speed,
    /// Synthetic, about memory alone; it begins in a fresh instance and is not timed.
    Memory,
    /// The calls that a real program made of its allocator, replayed.
    Trace,
    /// A real program, whole.
    Program,
}

pub struct Workload {
    pub name: &'static str,
    pub kind: Kind,
    /// What is called, in the guest `programs` for programs, else in `workloads`.
    pub export: &'static str,
    /// Steps of the timed calls.
    pub steps: u32,
    /// Live blocks, for those of which the number is the point.
    pub live: u32,
    pub note: &'static str,
}

const fn speed(name: &'static str, export: &'static str, steps: u32, live: u32, note: &'static str) -> Workload {
    Workload { name, kind: Kind::Speed, export, steps, live, note }
}

const fn other(kind: Kind, name: &'static str, export: &'static str, steps: u32, note: &'static str) -> Workload {
    Workload { name, kind, export, steps, live: 0, note }
}

pub const ALL: &[Workload] = &[
    speed("lifo", "run_lifo", 400_000, 0, "1,000 blocks of 8 to 71 bytes pushed, then popped"),
    speed("fifo", "run_fifo", 400_000, 0, "a queue of 1,000 blocks of 8 to 71 bytes"),
    speed(
        "rand_100",
        "run_rand_100",
        300_000,
        100,
        "100 live blocks of 1 byte to 2 KiB, replaced and resized at random",
    ),
    speed("rand_1k", "run_rand_1k", 300_000, 1_000, "the same with 1,000 live blocks"),
    speed("rand_10k", "run_rand_10k", 300_000, 10_000, "the same with 10,000"),
    speed("rand_50k", "run_rand_50k", 400_000, 50_000, "the same with 50,000"),
    speed("skew_100", "run_skew_100", 300_000, 100, "13 of 16 blocks up to 64 bytes, 2 up to 512, 1 up to 4 KiB"),
    speed("skew_1k", "run_skew_1k", 300_000, 1_000, "the same with 1,000 live blocks"),
    speed("skew_10k", "run_skew_10k", 300_000, 10_000, "the same with 10,000"),
    speed("skew_50k", "run_skew_50k", 400_000, 50_000, "the same with 50,000"),
    speed("vecs", "run_vecs", 300_000, 0, "64 vectors of numbers growing in turn, up to 2 KiB"),
    speed("buffers", "run_buffers", 200_000, 0, "64 buffers reallocated to odd sizes, up to 8 KiB"),
    speed("trees", "run_trees", 800, 0, "binary trees of boxes, of 15 to 1,023 nodes"),
    speed("json", "run_json", 800, 0, "documents as a JSON parser builds them, built and dropped"),
    speed("align", "run_align", 200_000, 0, "1,000 live blocks of alignments 64, 256 and 4096 among small ones"),
    other(Kind::Memory, "ratchet", "run_ratchet", 76, "a buffer growing by 64 KiB a step among small blocks"),
    other(Kind::Memory, "phase", "run_phase", 12, "2 MiB of one size, all freed, then of twice the size"),
    other(Kind::Trace, "trace_json", "run_trace", 100, "the calls of the program `json`"),
    other(Kind::Trace, "trace_markdown", "run_trace", 100, "the calls of the program `markdown`"),
    other(Kind::Trace, "trace_template", "run_trace", 20, "the calls of the program `template`"),
    other(Kind::Program, "program_json", "run_json", 200, "serde_json parses a lock file and writes it again"),
    other(Kind::Program, "program_markdown", "run_markdown", 100, "pulldown-cmark renders README and SPEC"),
    other(Kind::Program, "program_template", "run_template", 20, "minijinja renders the lock file to a page"),
];

/// The export of a churn that goes on for millions of steps.
pub const CHURN: &str = "run_churn";

pub fn find(name: &str) -> Option<&'static Workload> {
    ALL.iter().find(|workload| workload.name == name)
}

impl Workload {
    /// The guest that it is in.
    pub fn package(&self) -> &'static str {
        if self.kind == Kind::Program { "programs" } else { "workloads" }
    }

    /// For a trace, the export of the program that it is recorded from.
    pub fn recorded_from(&self) -> Option<&'static str> {
        let program = self.name.strip_prefix("trace_")?;
        ALL.iter().find(|other| other.name.strip_prefix("program_") == Some(program)).map(|other| other.export)
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, Kind};

    #[test]
    fn fifteen_workloads_count_for_speed() {
        assert_eq!(ALL.iter().filter(|workload| workload.kind == Kind::Speed).count(), 15);
    }

    #[test]
    fn every_trace_has_its_program() {
        for workload in ALL.iter().filter(|workload| workload.kind == Kind::Trace) {
            assert!(workload.recorded_from().is_some(), "{}", workload.name);
        }
    }
}
