//! What a run has to do.

use crate::allocators::Allocator;
use crate::engine::Engine;
use crate::guests::{Guests, Level};
use crate::progress::Progress;
use crate::results::Results;
use crate::workloads::{Kind, Workload};
use std::collections::BTreeMap;
use std::path::PathBuf;

pub struct Plan {
    pub guests: Guests,
    pub allocators: Vec<&'static Allocator>,
    pub workloads: Vec<&'static Workload>,
    pub engines: Vec<Engine>,
    pub rounds: usize,
    /// Divides the steps of the timed workloads.
    pub shorten: u32,
}

/// A run in progress: its plan, what it has built, and what it has found.
pub struct Run {
    pub plan: Plan,
    pub progress: Progress,
    pub results: Results,
    /// Modules by package, allocator and level.
    pub modules: BTreeMap<(&'static str, &'static str, Level), PathBuf>,
    /// Recorded traces by workload.
    pub traces: BTreeMap<&'static str, PathBuf>,
    /// Checksum and peak live bytes of each workload's run.
    pub truth: BTreeMap<&'static str, Truth>,
}

/// What is the same on every allocator.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Truth {
    pub checksum: u32,
    /// The most bytes that were live at one time, as they were asked for.
    pub peak_live: u64,
}

impl Plan {
    /// The chosen workloads of a kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &'static Workload> {
        self.workloads.iter().copied().filter(move |workload| workload.kind == kind)
    }

    /// The chosen workloads of a guest.
    pub fn in_package(&self, package: &str) -> Vec<&'static Workload> {
        self.workloads.iter().copied().filter(|workload| workload.package() == package).collect()
    }

    /// The allocators that can go on for ever.
    pub fn reusing(&self) -> impl Iterator<Item = &'static Allocator> {
        self.allocators.iter().copied().filter(|allocator| allocator.reuses)
    }

    /// Steps of a workload's timed calls.
    pub fn steps(&self, workload: &Workload) -> u32 {
        if workload.kind == Kind::Speed { workload.steps / self.shorten } else { workload.steps }
    }

    /// Steps of the first call in a fresh instance, after which a workload goes on as it will.
    pub fn cold_steps(&self, workload: &Workload) -> u32 {
        match workload.kind {
            Kind::Speed => (self.steps(workload) / 4).max(8 * workload.live),
            Kind::Memory => 0,
            Kind::Trace | Kind::Program => 1,
        }
    }

    /// Steps of both calls where time does not count.
    pub fn both_steps(&self, workload: &Workload, allocator: &Allocator) -> [u32; 2] {
        let steps = [self.cold_steps(workload), self.steps(workload)];
        if workload.kind == Kind::Speed { steps.map(|steps| steps.div_ceil(allocator.shorten())) } else { steps }
    }
}
