//! JavaScript engines, each in a process of its own that runs `js/run.mjs`.

use super::{BUDGET_NS, Calls, Engine, Failure, Job, Module, PARTS, Said, Timing};
use crate::guests::home;
use crate::tools;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// An engine's program.
pub struct Script {
    program: PathBuf,
    engine: Engine,
}

/// What `js/run.mjs` reads.
#[derive(Serialize)]
struct Task<'a> {
    modules: &'a [Module],
    jobs: &'a [Job],
    round: usize,
    budget: f64,
    parts: u32,
    /// Repetitions of the single calls; 0 leaves them out.
    repetitions: usize,
}

/// A line that `js/run.mjs` prints: a result, or why there is none.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Line<T> {
    Failed(Failure),
    Done(T),
}

impl Script {
    /// The engine, if it is installed.
    pub fn find(engine: Engine) -> Option<Self> {
        let names: &[&str] = match engine {
            Engine::V8 => &["node"],
            Engine::Spidermonkey => &["js", "js140", "js128", "js115", "js102"],
            Engine::Jsc => &["bun"],
            Engine::Wasmtime => return None,
        };
        tools::in_path(names).map(|program| Self { program, engine })
    }

    /// The program's version.
    pub fn version(&self) -> String {
        let name = self.program.file_name().unwrap_or_default().to_string_lossy();
        format!("{name} {}", tools::version(&self.program))
    }

    /// Times each job in each module once, handing each result to `each` as it comes.
    pub fn time(
        &self,
        modules: &[Module],
        jobs: &[Job],
        round: usize,
        each: impl FnMut(Said<Timing>),
    ) -> Result<(), String> {
        self.run(&Task { modules, jobs, round, budget: BUDGET_NS, parts: PARTS, repetitions: 0 }, each)
    }

    /// The longest single calls in each module.
    pub fn calls(&self, modules: &[Module], repetitions: usize, each: impl FnMut(Said<Calls>)) -> Result<(), String> {
        self.run(&Task { modules, jobs: &[], round: 0, budget: BUDGET_NS, parts: PARTS, repetitions }, each)
    }

    fn run<T: DeserializeOwned>(&self, task: &Task<'_>, mut each: impl FnMut(Said<T>)) -> Result<(), String> {
        let job = std::env::temp_dir().join(format!("linmem-bench-{}.json", std::process::id()));
        let text = serde_json::to_string(task).map_err(|error| error.to_string())?;
        fs::write(&job, text).map_err(|error| format!("{}: {error}", job.display()))?;
        let mut command = Command::new(&self.program);
        match self.engine {
            // Optimised code from the first call on, so that no timing depends on when an engine saw fit to tier up; and
            // no collector in other threads, whose time would count.
            Engine::V8 => {
                command.args(["--expose-gc", "--no-liftoff", "--no-wasm-lazy-compilation", "--single-threaded"])
            }
            Engine::Spidermonkey => command.args(["--wasm-compiler=ion", "--module"]),
            Engine::Jsc | Engine::Wasmtime => &mut command,
        };
        command.arg(home().join("js/run.mjs")).env("LINMEM_BENCH_JOB", &job);
        let name = format!("{command:?}");
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", self.program.display()))?;
        if let Some(stdout) = child.stdout.take() {
            for line in BufReader::new(stdout).lines() {
                let line = line.map_err(|error| format!("{name}: {error}"))?;
                each(match serde_json::from_str(&line).map_err(|error| format!("{name}: {error}: {line}"))? {
                    Line::Done(result) => Ok(result),
                    Line::Failed(failure) => Err(failure),
                });
            }
        }
        let status = child.wait().map_err(|error| format!("{name}: {error}"))?;
        // The job is of no use any more; if it cannot be removed, it lies where temporary files lie.
        let _ = fs::remove_file(&job);
        if status.success() { Ok(()) } else { Err(format!("{name}: {status}")) }
    }
}
