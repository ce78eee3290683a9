//! Memory: pages after each workload, and during a steady churn.

use super::in_threads;
use crate::allocators::{self, Allocator, BASE};
use crate::engine::wasmtime::{Compiled, engine};
use crate::guests::Level;
use crate::plan::Run;
use crate::results::{Churn, Memory};
use crate::workloads::{CHURN, Workload};

/// The points at which a steady churn is looked at, in steps.
fn churn_points(allocator: &Allocator) -> &'static [u32] {
    const POINTS: [u32; 5] = [250_000, 500_000, 1_000_000, 2_000_000, 4_000_000];
    // Where an operation takes linear time, the rest would take many minutes.
    if allocator.linear { &POINTS[..1] } else { &POINTS }
}

pub fn memory(run: &mut Run) -> Result<(), String> {
    let packages = ["workloads", "programs"].map(|package| (package, run.plan.in_package(package)));
    let steps = packages.iter().filter(|(_, workloads)| !workloads.is_empty()).count();
    run.progress.stage("measure memory", steps * run.plan.reusing().count());
    for (package, workloads) in packages {
        if !workloads.is_empty() {
            of_package(run, package, &workloads)?;
        }
    }
    Ok(())
}

fn of_package(run: &mut Run, package: &'static str, workloads: &[&'static Workload]) -> Result<(), String> {
    let engine = engine()?;
    // What an allocator has in static memory counts as its own, so zero is a module whose allocator has nothing.
    let floor = &run.modules[&(package, allocators::FLOOR, Level::Speed)];
    let zero = Compiled::new(&engine, floor)?.start(None)?.pages()?;
    for allocator in run.plan.reusing() {
        run.progress.step(&format!("{package} on {}", allocator.name));
        let compiled = Compiled::new(&engine, &run.modules[&(package, allocator.name, Level::Speed)])?;
        let measure = |workload: &&Workload| {
            let mut running = compiled.start(run.traces.get(workload.name).map(|path| &**path))?;
            let [cold, steps] = run.plan.both_steps(workload, allocator);
            running.run(workload.export, cold)?;
            let checksum = running.run(workload.export, steps)?;
            Ok::<_, String>((running.pages()? - zero, checksum))
        };
        for (workload, measured) in workloads.iter().zip(in_threads(workloads, measure)) {
            let Some(truth) = run.truth.get(workload.name) else { continue };
            match measured {
                // In the correctness pass a synthetic workload reads more; a program is the same.
                Ok((_, checksum)) if package == "programs" && checksum != truth.checksum => {
                    run.results.fail(format!(
                        "{} on {}: what it made is not what it made on {BASE}",
                        workload.name, allocator.name
                    ));
                }
                Ok((pages, _)) => run.results.memory.push(Memory {
                    workload: workload.name.to_owned(),
                    allocator: allocator.name.to_owned(),
                    pages,
                    peak_live: truth.peak_live,
                }),
                Err(error) => {
                    run.results.fail(format!("memory of {} on {}: {error}", workload.name, allocator.name));
                }
            }
        }
        if package == "workloads" {
            match churn(&compiled, allocator, zero) {
                Ok(churn) => run.results.churn.push(churn),
                Err(error) => run.results.fail(format!("churn on {}: {error}", allocator.name)),
            }
        }
    }
    Ok(())
}

fn churn(compiled: &Compiled, allocator: &Allocator, zero: u64) -> Result<Churn, String> {
    let mut running = compiled.start(None)?;
    let mut points = Vec::new();
    let mut done = 0;
    for &steps in churn_points(allocator) {
        running.run(CHURN, steps - done)?;
        points.push((steps, running.pages()? - zero));
        done = steps;
    }
    Ok(Churn { allocator: allocator.name.to_owned(), points })
}
