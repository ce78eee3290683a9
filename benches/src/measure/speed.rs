//! Speed, in rounds: in each, every allocator runs the same workload in turn.

use crate::allocators::{Allocator, BASE};
use crate::engine::script::Script;
use crate::engine::wasmtime::{self, Compiled};
use crate::engine::{Engine, Failure, Job, Module, Said, Timing};
use crate::guests::Level;
use crate::plan::Run;
use crate::results::Speed;
use crate::stats::median;
use crate::workloads::{Kind, Workload};
use std::collections::BTreeMap;

/// Workloads that are timed together, in one engine.
struct Batch {
    engine: Engine,
    level: Level,
    package: &'static str,
    workloads: Vec<&'static Workload>,
    rounds: usize,
    /// By workload and allocator, a place for each round.
    timings: BTreeMap<(String, String), Vec<Option<Timing>>>,
}

/// Rounds for the allocators that take a thousand times as long as the others.
const FEW_ROUNDS: usize = 1;
/// Rounds for the programs, which take an engine a second to compile.
const PROGRAM_ROUNDS: usize = 3;

pub fn speed(run: &mut Run) -> Result<(), String> {
    let mut batches = batches(run);
    let timed = |batch: &Batch, round| batch.workloads.len() * takes_part(run, batch, round).count();
    let total = batches.iter().map(|batch| (0..batch.rounds).map(|round| timed(batch, round)).sum::<usize>()).sum();
    run.progress.stage("measure speed", total);
    let engine = wasmtime::engine()?;
    let mut compiled = BTreeMap::new();
    for round in 0..run.plan.rounds {
        for batch in batches.iter_mut().filter(|batch| round < batch.rounds) {
            let modules: Vec<Module> = takes_part(run, batch, round)
                .map(|allocator| Module {
                    allocator: allocator.name.to_owned(),
                    path: run.modules[&(batch.package, allocator.name, batch.level)].clone(),
                    shorten: allocator.shorten(),
                })
                .collect();
            let jobs: Vec<Job> = batch.workloads.iter().map(|workload| job(run, workload)).collect();
            let mut said = Vec::new();
            let mut each = |one: Said<Timing>| {
                if let Ok(timing) = &one {
                    let (engine, level) = (batch.engine.name(), batch.level.name());
                    let what = format!("{engine} at {level}: {} on {}", timing.workload, timing.allocator);
                    run.progress.step(&what);
                }
                said.push(one);
            };
            match Script::find(batch.engine) {
                Some(script) => {
                    if let Err(error) = script.time(&modules, &jobs, round, &mut each) {
                        run.results.fail(error);
                    }
                }
                None => {
                    for module in &modules {
                        if !compiled.contains_key(&module.path) {
                            compiled.insert(module.path.clone(), Compiled::new(&engine, &module.path)?);
                        }
                    }
                    for (index, job) in jobs.iter().enumerate() {
                        for turn in 0..modules.len() {
                            let module = &modules[(turn + index + round) % modules.len()];
                            each(compiled[&module.path].time(module, job).map_err(|error| Failure {
                                allocator: module.allocator.clone(),
                                error: format!("{}: {error}", job.workload),
                            }));
                        }
                    }
                }
            }
            for one in said {
                match one {
                    Ok(timing) => {
                        let key = (timing.workload.clone(), timing.allocator.clone());
                        batch.timings.entry(key).or_insert_with(|| vec![None; batch.rounds])[round] = Some(timing);
                    }
                    Err(Failure { allocator, error }) => {
                        run.results.fail(format!(
                            "{} at {}, {allocator}: {error}",
                            batch.engine.name(),
                            batch.level.name()
                        ));
                    }
                }
            }
        }
    }
    for batch in &batches {
        for workload in &batch.workloads {
            for allocator in &run.plan.allocators {
                run.results.speed.extend(batch.summary(workload, allocator));
            }
        }
    }
    Ok(())
}

/// V8 is measured at both levels, the other engines at one.
fn batches(run: &Run) -> Vec<Batch> {
    let plan = &run.plan;
    let mut batches = Vec::new();
    for &engine in &plan.engines {
        let mut push = |level, package, workloads: Vec<_>, rounds| {
            if !workloads.is_empty() {
                batches.push(Batch { engine, level, package, workloads, rounds, timings: BTreeMap::new() });
            }
        };
        let synthetic = plan.of(Kind::Speed).chain(plan.of(Kind::Trace)).collect();
        push(Level::Speed, "workloads", synthetic, plan.rounds);
        if engine == Engine::V8 {
            push(Level::Size, "workloads", plan.of(Kind::Speed).collect(), plan.rounds);
        }
        push(Level::Speed, "programs", plan.of(Kind::Program).collect(), plan.rounds.min(PROGRAM_ROUNDS));
    }
    batches
}

/// The allocators of a round. Those that never reuse memory run programs only, which are short.
fn takes_part(run: &Run, batch: &Batch, round: usize) -> impl Iterator<Item = &'static Allocator> {
    let programs = batch.package == "programs";
    let takes_part = move |allocator: &&'static Allocator| {
        (programs || allocator.reuses) && (!allocator.linear || round < FEW_ROUNDS)
    };
    run.plan.allocators.clone().into_iter().filter(takes_part)
}

fn job(run: &Run, workload: &Workload) -> Job {
    Job {
        workload: workload.name.to_owned(),
        export: workload.export.to_owned(),
        trace: run.traces.get(workload.name).cloned(),
        cold: run.plan.cold_steps(workload),
        steps: run.plan.steps(workload),
    }
}

impl Batch {
    fn summary(&self, workload: &Workload, allocator: &Allocator) -> Option<Speed> {
        let of = |name: &str| self.timings.get(&(workload.name.to_owned(), name.to_owned()));
        let (timings, base) = (of(allocator.name)?, of(BASE)?);
        let ratio = |time: fn(&Timing) -> f64| {
            let pairs = timings.iter().zip(base).filter_map(|(timing, base)| Some((timing.as_ref()?, base.as_ref()?)));
            median(pairs.map(|(timing, base)| time(base) / time(timing)))
        };
        Some(Speed {
            engine: self.engine,
            level: self.level,
            workload: workload.name.to_owned(),
            allocator: allocator.name.to_owned(),
            nanos: median(timings.iter().flatten().map(|timing| timing.warm))?,
            ratio: ratio(|timing| timing.warm)?,
            cold_ratio: ratio(|timing| timing.cold)?,
        })
    }
}
