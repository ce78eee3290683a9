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
use std::fs;
use std::path::Path;
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
    if options.redraw {
        let folder = options.output().unwrap_or_else(|| guests::home().join("results"));
        let results = read(&folder.join("results.json"))?;
        return report::write(&results, &targets(&results), &folder).map(|()| true);
    }
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
    Ok(!options.check || correct & no_larger(&run.results)?)
}

/// Reads what an earlier run found.
fn read(path: &Path) -> Result<Results, String> {
    let json = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&json).map_err(|error| format!("{}: {error}", path.display()))
}

/// Whether the crate's own allocators make no module larger than the results say that are checked in.
fn no_larger(results: &Results) -> Result<bool, String> {
    let recorded = read(&guests::home().join("results/results.json"))?;
    let tools = |results: &Results| {
        results.setup.iter().filter(|(name, _)| ["rustc", "wasm-opt"].contains(&&**name)).cloned().collect::<Vec<_>>()
    };
    let (now, then) = (tools(results), tools(&recorded));
    if now != then {
        eprintln!("sizes are not compared: they were measured with {then:?}, and these with {now:?}");
        return Ok(true);
    }
    let mut fits = true;
    for size in results.sizes.iter().filter(|size| allocators::is_ours(&size.allocator)) {
        let Some(bytes) = recorded.size(&size.module, &size.allocator, size.level) else { continue };
        if size.bytes > bytes {
            let (module, level) = (&size.module, size.level.name());
            eprintln!("{module} on {}, opt {level}: {} bytes, were {bytes}", size.allocator, size.bytes);
            fits = false;
        }
    }
    Ok(fits)
}
