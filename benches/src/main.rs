//! Measures wasm allocators side by side: size, speed, memory, longest calls. See README.md.

mod allocators;
mod calls;
mod engine;
mod guests;
mod measure;
mod options;
mod plan;
mod progress;
mod report;
mod results;
mod setup;
mod stats;
mod targets;
mod tools;
mod workloads;

use clap::Parser;
use options::Options;
use plan::Run;
use progress::Progress;
use results::Results;
use std::collections::BTreeMap;
use std::process::ExitCode;
use targets::targets;

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("\n{error}");
            ExitCode::FAILURE
        }
    }
}

/// Does what the options say. False if the crate's own allocators failed where `--check` holds them to something.
fn run(options: &Options) -> Result<bool, String> {
    let plan = options.plan()?;
    let results = Results { setup: setup::setup(&plan), ..Results::default() };
    let (modules, traces, truth) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut run = Run { plan, progress: Progress::new(), results, modules, traces, truth };
    measure::sizes(&mut run)?;
    measure::record(&mut run)?;
    measure::check(&mut run)?;
    if !options.check {
        measure::build(&mut run)?;
        measure::memory(&mut run)?;
        measure::speed(&mut run)?;
        measure::calls(&mut run)?;
    }
    run.progress.end();
    let targets = targets(&run.results);
    print!("{}", report::text(&run.results, &targets));
    if let Some(folder) = options.output() {
        report::write(&run.results, &targets, &folder)?;
        eprintln!("wrote {}", folder.display());
    }
    eprintln!("took {} s", run.progress.seconds());
    let correct =
        run.results.checks.iter().all(|check| check.error.is_none() || !allocators::is_ours(&check.allocator));
    Ok(!options.check || correct && targets.iter().all(|target| target.met))
}
