//! The engines that run the modules.

pub mod script;
pub mod shadow;
pub mod wasmtime;

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// V8, through node
    V8,
    /// wasmtime, in this process
    Wasmtime,
    /// SpiderMonkey's shell: js, or js102 to js140
    Spidermonkey,
    /// JavaScriptCore, through bun
    Jsc,
}

impl Engine {
    pub const ALL: [Self; 4] = [Self::V8, Self::Wasmtime, Self::Spidermonkey, Self::Jsc];

    pub fn name(self) -> &'static str {
        match self {
            Self::V8 => "V8",
            Self::Wasmtime => "wasmtime",
            Self::Spidermonkey => "SpiderMonkey",
            Self::Jsc => "JavaScriptCore",
        }
    }
}

/// A module to run.
#[derive(Clone, Serialize)]
pub struct Module {
    /// The allocator's name.
    pub allocator: String,
    pub path: PathBuf,
    /// Divides the steps.
    pub shorten: u32,
}

/// A workload to time.
#[derive(Clone, Serialize)]
pub struct Job {
    pub workload: String,
    pub export: String,
    /// A trace to load before.
    pub trace: Option<PathBuf>,
    /// Steps of the first call in a fresh instance.
    pub cold: u32,
    /// Steps of the calls after it.
    pub steps: u32,
}

/// One timing: nanoseconds per step.
#[derive(Clone, Debug, Deserialize)]
pub struct Timing {
    pub allocator: String,
    pub workload: String,
    /// Of the first call in a fresh instance, which grows memory.
    pub cold: f64,
    /// Of the calls after it.
    pub warm: f64,
}

/// The longest calls of a scenario that the host drives call by call, in nanoseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Calls {
    pub allocator: String,
    /// The large allocation after 200,000 scattered frees.
    pub large: f64,
    /// Any other call of that scenario.
    pub scatter: f64,
    /// Any call of a churn of 10,000 live blocks.
    pub churn: f64,
}

/// What an engine says of one allocator: a result, or why there is none.
pub type Said<T> = Result<T, Failure>;

/// Why an allocator has no result.
#[derive(Debug, Deserialize)]
pub struct Failure {
    pub allocator: String,
    pub error: String,
}

/// After this time a workload is cut short; only its time per step counts.
pub const BUDGET_NS: f64 = 400e6;
/// The timed steps are run in so many calls, between which the time is looked at.
pub const PARTS: u32 = 8;
