//! The command line.

use crate::allocators::{self, Allocator, BASE, CHECKED, FLOOR, OURS};
use crate::engine::Engine;
use crate::engine::script::Script;
use crate::guests::{Guests, home};
use crate::plan::Plan;
use crate::workloads::{self, Kind, Workload};
use clap::Parser;
use std::path::PathBuf;

/// Measures wasm allocators side by side.
///
/// Builds every allocator into the same modules, checks that each serves every workload correctly, and then measures
/// sizes, memory, speed and the longest single calls. A full run writes its tables and pictures to benches/results.
#[derive(Parser)]
pub struct Options {
    /// Allocators to measure, separated by commas, beside dlmalloc and bump [default: all but linmem_checked]
    #[arg(short, long, value_delimiter = ',', value_parser = allocators::ALL.iter().map(|it| it.name).collect::<Vec<_>>())]
    allocators: Vec<String>,
    /// Workloads to measure, separated by commas [default: all]
    #[arg(short, long, value_delimiter = ',', value_parser = workloads::ALL.iter().map(|it| it.name).collect::<Vec<_>>())]
    workloads: Vec<String>,
    /// Engines to time in, separated by commas [default: all that are installed]
    #[arg(short, long, value_delimiter = ',')]
    engines: Vec<Engine>,
    /// Rounds: in each, every allocator runs every workload once [default: 7, quick 5]
    #[arg(short, long)]
    rounds: Option<usize>,
    /// An answer within a minute: linmem against dlmalloc in V8 and wasmtime, shorter workloads, no real programs
    #[arg(short, long)]
    quick: bool,
    /// Correctness and sizes only, no timings; fails if linmem fails or makes a module larger than benches/results says
    #[arg(short, long)]
    pub check: bool,
    /// Folder of the linmem crate to measure [default: the one that this package lies in]
    #[arg(short, long)]
    linmem: Option<PathBuf>,
    /// Measures nothing: writes tables and pictures again, from the results in the folder for them
    #[arg(long)]
    pub redraw: bool,
    /// Folder for tables, pictures and results [default: benches/results, if everything is measured]
    #[arg(short, long)]
    output: Option<PathBuf>,
}

impl Options {
    pub fn plan(&self) -> Result<Plan, String> {
        Ok(Plan {
            guests: Guests::new(self.linmem.clone())?,
            allocators: allocators::ALL.iter().filter(|allocator| self.wants_allocator(allocator)).collect(),
            workloads: workloads::ALL.iter().filter(|workload| self.wants_workload(workload)).collect(),
            engines: self.engines()?,
            rounds: self.rounds.unwrap_or(if self.quick { 5 } else { 7 }).max(1),
            shorten: if self.quick { 2 } else { 1 },
        })
    }

    /// Where results are written. A run of a part replaces no full run's results unasked.
    pub fn output(&self) -> Option<PathBuf> {
        let whole = self.allocators.is_empty() && self.workloads.is_empty() && self.engines.is_empty();
        let full = whole && !self.quick && !self.check && self.linmem.is_none();
        self.output.clone().or_else(|| full.then(|| home().join("results")))
    }

    fn wants_allocator(&self, allocator: &Allocator) -> bool {
        let wanted = |name: &str| {
            if self.allocators.is_empty() {
                name != CHECKED && (!self.quick || name == OURS)
            } else {
                self.allocators.iter().any(|it| it == name)
            }
        };
        // Nothing can be told without these two.
        [BASE, FLOOR].contains(&allocator.name) || wanted(allocator.name)
    }

    fn wants_workload(&self, workload: &Workload) -> bool {
        if !self.workloads.is_empty() {
            return self.workloads.iter().any(|name| name == workload.name);
        }
        match workload.kind {
            Kind::Speed | Kind::Memory => true,
            Kind::Trace => !self.quick,
            Kind::Program => !self.quick && !self.check,
        }
    }

    fn engines(&self) -> Result<Vec<Engine>, String> {
        let installed = |engine: &Engine| *engine == Engine::Wasmtime || Script::find(*engine).is_some();
        if let Some(engine) = self.engines.iter().find(|engine| !installed(engine)) {
            return Err(format!("{} is not installed: see --help for its program", engine.name()));
        }
        if !self.engines.is_empty() {
            return Ok(self.engines.clone());
        }
        let wanted = |engine: &Engine| !self.quick || [Engine::V8, Engine::Wasmtime].contains(engine);
        Ok(Engine::ALL.into_iter().filter(installed).filter(wanted).collect())
    }
}
