//! Correctness, and what comes out of it: peak live bytes, and traces.

use super::in_threads;
use crate::allocators::{self, BASE};
use crate::engine::{shadow, wasmtime};
use crate::guests::Level;
use crate::plan::Run;
use crate::results::Check;
use crate::workloads::{Kind, Workload};
use std::fs;

/// Records the traces, and finds the programs' checksums and peak live bytes.
pub fn record(run: &mut Run) -> Result<(), String> {
    let plan = &run.plan;
    if plan.of(Kind::Trace).chain(plan.of(Kind::Program)).next().is_none() {
        return Ok(());
    }
    run.progress.stage("record the programs", 1);
    run.progress.step(BASE);
    let engine = wasmtime::engine()?;
    let path = plan.guests.build(&["programs"], allocators::base(), Level::Speed, true)?.remove(0);
    for workload in plan.of(Kind::Trace) {
        let Some(program) = workload.recorded_from() else { continue };
        let trace = path.with_file_name(format!("{}.bin", workload.name));
        let bytes = shadow::record(&engine, &path, program)?;
        fs::write(&trace, bytes).map_err(|error| format!("{}: {error}", trace.display()))?;
        run.traces.insert(workload.name, trace);
    }
    for workload in plan.of(Kind::Program) {
        let steps = [plan.cold_steps(workload), plan.steps(workload)];
        run.truth.insert(workload.name, shadow::check(&engine, &path, workload.export, None, steps)?);
    }
    Ok(())
}

/// Runs every synthetic workload and every trace on every allocator, with every byte checked.
pub fn check(run: &mut Run) -> Result<(), String> {
    let plan = &run.plan;
    run.progress.stage("check correctness", plan.allocators.len());
    let engine = wasmtime::engine()?;
    let workloads = plan.in_package("workloads");
    // The others are compared with the base, so it goes first.
    let mut allocators = plan.allocators.clone();
    allocators.sort_by_key(|allocator| allocator.name != BASE);
    for allocator in allocators {
        run.progress.step(allocator.name);
        let path = plan.guests.build(&["workloads"], allocator, Level::Speed, true)?.remove(0);
        let steps = |workload: &Workload| plan.both_steps(workload, allocator);
        let judge = |workload: &&Workload| {
            let trace = run.traces.get(workload.name).map(|path| &**path);
            shadow::check(&engine, &path, workload.export, trace, steps(workload))
        };
        for (workload, verdict) in workloads.iter().zip(in_threads(&workloads, judge)) {
            let error = match verdict {
                Err(error) => Some(error),
                // Fewer steps have another checksum.
                Ok(_) if steps(workload) != plan.both_steps(workload, allocators::base()) => None,
                Ok(verdict) => {
                    let truth = *run.truth.entry(workload.name).or_insert(verdict);
                    (verdict != truth).then(|| format!("what it read is not what it read on {BASE}"))
                }
            };
            if let Some(error) = &error {
                run.results.fail(format!("{} on {}: {error}", workload.name, allocator.name));
            }
            let (workload, allocator) = (workload.name.to_owned(), allocator.name.to_owned());
            run.results.checks.push(Check { workload, allocator, error });
        }
    }
    Ok(())
}
