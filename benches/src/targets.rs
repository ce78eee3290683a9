//! What the crate's own allocator is held to, and whether this run shows it.

use crate::allocators::{BASE, OURS};
use crate::engine::Engine;
use crate::guests::Level;
use crate::results::Results;
use crate::stats::geometric_mean;
use crate::workloads::{self, Kind};

/// One line of the table.
pub struct Target {
    pub what: String,
    pub must: String,
    /// What this run found.
    pub found: String,
    pub met: bool,
}

enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

use Bound::{AtLeast, AtMost};

/// A number and its bound; None if the run has not measured it.
fn number(what: impl Into<String>, found: Option<f64>, bound: Bound, digits: usize, unit: &str) -> Option<Target> {
    let found = found?;
    let (sign, limit, met) = match bound {
        AtMost(limit) => ("≤", limit, found <= limit),
        AtLeast(limit) => ("≥", limit, found >= limit),
    };
    let must = format!("{sign} {limit}{unit}");
    Some(Target { what: what.into(), must, found: format!("{found:.digits$}{unit}"), met })
}

/// All that the run has measured.
pub fn targets(results: &Results) -> Vec<Target> {
    let mut targets = sizes(results);
    targets.extend(speeds(results));
    targets.extend(memory(results));
    targets.extend(calls(results));
    targets
}

fn sizes(results: &Results) -> Vec<Target> {
    let all = [("abi", Level::Size, 880.0), ("null", Level::Size, 280.0), ("abi", Level::Speed, 780.0)];
    let target = |(module, level, must): (&str, Level, f64)| {
        let over = results.over_floor(module, OURS, level).map(|bytes| bytes as f64);
        number(format!("{module} module, opt {}, over bump", level.name()), over, AtMost(must), 0, " B")
    };
    all.into_iter().filter_map(target).collect()
}

fn speeds(results: &Results) -> Vec<Target> {
    let runs = [(Engine::V8, Level::Speed, 3.0), (Engine::Wasmtime, Level::Speed, 2.8), (Engine::V8, Level::Size, 1.9)];
    let mut means = Vec::new();
    let mut slowest = Vec::new();
    for (engine, level, must) in runs {
        let run = format!("{}, opt {}", engine.name(), level.name());
        let speeds = results.speeds(engine, level, Kind::Speed, OURS);
        let mean = geometric_mean(speeds.iter().map(|speed| speed.ratio));
        means.extend(number(format!("speed over {BASE}, {run}, geometric mean"), mean, AtLeast(must), 2, ""));
        if let Some(speed) = speeds.iter().min_by(|a, b| a.ratio.total_cmp(&b.ratio)) {
            let what = format!("slowest workload over {BASE}, {run}: {}", speed.workload);
            slowest.extend(number(what, Some(speed.ratio), AtLeast(0.95), 2, ""));
        }
    }
    means.into_iter().chain(slowest).collect()
}

fn memory(results: &Results) -> Vec<Target> {
    let mut targets = Vec::new();
    for workload in workloads::ALL {
        let (Some(ours), Some(base)) = (results.memory(workload.name, OURS), results.memory(workload.name, BASE))
        else {
            continue;
        };
        let ratio = ours.pages as f64 / base.pages as f64;
        targets.push(Target {
            what: format!("pages over {BASE}'s, {}", workload.name),
            must: "≤ 1.15, or one page more".into(),
            found: format!("{ratio:.2} ({} to {})", ours.pages, base.pages),
            met: ours.pages <= base.pages + 1 || ratio <= 1.15,
        });
    }
    for (workload, must) in [("ratchet", 1.5), ("phase", 1.2)] {
        let found = results.memory(workload, OURS).map(|memory| memory.ratio());
        targets.extend(number(format!("{workload}, heap over live"), found, AtMost(must), 2, ""));
    }
    let churn = results.churn.iter().find(|churn| churn.allocator == OURS);
    let drift = churn.and_then(|churn| {
        let (steps, last) = *churn.points.last()?;
        let settled = churn.points.iter().find(|point| point.0 * 4 >= steps)?.1;
        Some((last as f64 / settled as f64 - 1.0) * 100.0)
    });
    targets.extend(number("steady churn, growth over the last three quarters", drift, AtMost(3.0), 1, " %"));
    targets
}

fn calls(results: &Results) -> Vec<Target> {
    let mut targets = Vec::new();
    for engine in [Engine::V8, Engine::Wasmtime] {
        let Some(calls) = results.calls(engine, OURS) else { continue };
        let longest = [
            ("large allocation after 200,000 scattered frees", calls.large),
            ("longest other call of that scenario", calls.scatter),
            ("longest call of a churn", calls.churn),
        ];
        for (what, nanos) in longest {
            let what = format!("{what}, {}", engine.name());
            targets.extend(number(what, Some(nanos / 1e6), AtMost(4.0), 2, " ms"));
        }
    }
    targets
}
