//! The longest single calls, in each engine.

use crate::calls::REPETITIONS;
use crate::engine::script::Script;
use crate::engine::wasmtime::{self, Compiled};
use crate::engine::{Calls, Failure, Module, Said};
use crate::guests::Level;
use crate::plan::Run;

pub fn calls(run: &mut Run) -> Result<(), String> {
    // Where an operation takes linear time, this would take hours, and it is known what comes out.
    let modules: Vec<Module> = run
        .plan
        .reusing()
        .filter(|allocator| !allocator.linear)
        .map(|allocator| Module {
            allocator: allocator.name.to_owned(),
            path: run.modules[&("workloads", allocator.name, Level::Speed)].clone(),
            shorten: 1,
        })
        .collect();
    run.progress.stage("measure the longest calls", run.plan.engines.len() * modules.len());
    let engine = wasmtime::engine()?;
    for &which in &run.plan.engines {
        let mut each = |said: Said<Calls>| match said {
            Ok(found) => {
                run.progress.step(&format!("{} on {}", which.name(), found.allocator));
                run.results.calls.push((which, found));
            }
            Err(Failure { allocator, error }) => {
                run.results.fail(format!("longest calls in {}, {allocator}: {error}", which.name()));
            }
        };
        match Script::find(which) {
            Some(script) => {
                if let Err(error) = script.calls(&modules, REPETITIONS, &mut each) {
                    run.results.fail(error);
                }
            }
            None => {
                for Module { allocator, path, .. } in &modules {
                    let found = Compiled::new(&engine, path).and_then(|module| module.calls(allocator));
                    each(found.map_err(|error| Failure { allocator: allocator.clone(), error }));
                }
            }
        }
    }
    Ok(())
}
