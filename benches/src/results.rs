//! All that a run has found, as it is written to `results.json`.

use crate::allocators::FLOOR;
use crate::engine::{Calls, Engine};
use crate::guests::Level;
use crate::workloads::{self, Kind};
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
pub struct Results {
    /// What measured: programs, versions, machine.
    pub setup: Vec<(String, String)>,
    pub sizes: Vec<Size>,
    pub checks: Vec<Check>,
    pub speed: Vec<Speed>,
    pub memory: Vec<Memory>,
    pub churn: Vec<Churn>,
    pub calls: Vec<(Engine, Calls)>,
    /// What could not be measured, and why.
    pub failures: Vec<String>,
}

/// A module's size in bytes.
#[derive(Serialize, Deserialize)]
pub struct Size {
    pub module: String,
    pub allocator: String,
    pub level: Level,
    pub bytes: u64,
}

/// Whether an allocator served a workload correctly.
#[derive(Serialize, Deserialize)]
pub struct Check {
    pub workload: String,
    pub allocator: String,
    /// None: it did.
    pub error: Option<String>,
}

/// A workload's time on an allocator.
#[derive(Serialize, Deserialize)]
pub struct Speed {
    pub engine: Engine,
    pub level: Level,
    pub workload: String,
    pub allocator: String,
    /// Nanoseconds per step, the median of the rounds.
    pub nanos: f64,
    /// The base's time over this one's, the median of the rounds' ratios: higher is faster.
    pub ratio: f64,
    /// The same for the first call in a fresh instance, which grows memory.
    pub cold_ratio: f64,
}

/// A workload's memory on an allocator.
#[derive(Serialize, Deserialize)]
pub struct Memory {
    pub workload: String,
    pub allocator: String,
    /// Pages beyond those of the module on the floor's allocator before it allocates.
    pub pages: u64,
    /// The most bytes that were live at one time.
    pub peak_live: u64,
}

/// Pages during a steady churn.
#[derive(Serialize, Deserialize)]
pub struct Churn {
    pub allocator: String,
    /// Steps so far, and pages then.
    pub points: Vec<(u32, u64)>,
}

impl Memory {
    /// Heap over live.
    pub fn ratio(&self) -> f64 {
        (self.pages << 16) as f64 / self.peak_live as f64
    }
}

impl Results {
    /// Notes what could not be measured. The same thing is noted once.
    pub fn fail(&mut self, what: String) {
        if !self.failures.contains(&what) {
            self.failures.push(what);
        }
    }

    pub fn size(&self, module: &str, allocator: &str, level: Level) -> Option<u64> {
        let found = |size: &&Size| size.module == module && size.allocator == allocator && size.level == level;
        self.sizes.iter().find(found).map(|size| size.bytes)
    }

    /// Bytes over the floor's.
    pub fn over_floor(&self, module: &str, allocator: &str, level: Level) -> Option<i64> {
        Some(self.size(module, allocator, level)? as i64 - self.size(module, FLOOR, level)? as i64)
    }

    /// The speeds of an allocator over the workloads of a kind.
    pub fn speeds(&self, engine: Engine, level: Level, kind: Kind, allocator: &str) -> Vec<&Speed> {
        let found = |speed: &&Speed| {
            (speed.engine, speed.level, &*speed.allocator) == (engine, level, allocator)
                && workloads::find(&speed.workload).is_some_and(|workload| workload.kind == kind)
        };
        self.speed.iter().filter(found).collect()
    }

    pub fn memory(&self, workload: &str, allocator: &str) -> Option<&Memory> {
        self.memory.iter().find(|memory| memory.workload == workload && memory.allocator == allocator)
    }

    pub fn calls(&self, engine: Engine, allocator: &str) -> Option<&Calls> {
        self.calls.iter().find(|(e, calls)| *e == engine && calls.allocator == allocator).map(|(_, calls)| calls)
    }
}
