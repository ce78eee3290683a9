//! The plain text that a run prints.

use crate::guests::Level;
use crate::measure::{Plan, SIZED};
use crate::results::Results;
use crate::stats::geometric_mean;
use crate::targets::targets;
use std::fmt::Write;

/// Columns of text, the first one to the left and the others to the right.
struct Table(Vec<Vec<String>>);

impl Table {
    fn new(head: impl IntoIterator<Item = String>) -> Self {
        Self(vec![head.into_iter().collect()])
    }

    fn row(&mut self, name: &str, cells: impl IntoIterator<Item = Option<String>>) {
        let cells = cells.into_iter().map(|cell| cell.unwrap_or_else(|| "-".into()));
        self.0.push(std::iter::once(name.to_owned()).chain(cells).collect());
    }

    fn print(&self, out: &mut String) {
        let width = |column: usize| {
            self.0.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        for row in &self.0 {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let width = width(column);
                // Writing to a string cannot fail.
                let _ = if column == 0 { write!(line, "{cell:<width$}") } else { write!(line, "  {cell:>width$}") };
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out.push('\n');
    }
}

fn title(out: &mut String, title: &str) {
    out.push_str(title);
    out.push('\n');
}

pub fn text(plan: &Plan, results: &Results) -> String {
    let mut out = String::new();
    sizes(plan, results, &mut out);
    checks(results, &mut out);
    if !results.memory.is_empty() {
        memory(plan, results, &mut out);
        speed(plan, results, &mut out);
        calls(plan, results, &mut out);
    }
    verdicts(results, &mut out);
    out
}

fn sizes(plan: &Plan, results: &Results, out: &mut String) {
    title(out, "Size in bytes (in brackets: over bump)");
    let columns: Vec<(&str, Level)> =
        SIZED.iter().flat_map(|&module| Level::BOTH.map(|level| (module, level))).collect();
    let mut table = Table::new(
        ["".to_owned()].into_iter().chain(columns.iter().map(|(module, level)| format!("{module} {}", level.name()))),
    );
    for allocator in &plan.allocators {
        let cell = |&(module, level): &(&str, Level)| {
            let bytes = results.size(module, allocator.name, level)?;
            let floor = results.size(module, crate::allocators::FLOOR, level)?;
            Some(format!("{bytes} ({:+})", bytes as i64 - floor as i64))
        };
        table.row(allocator.name, columns.iter().map(cell));
    }
    table.print(out);
}

fn checks(results: &Results, out: &mut String) {
    let failed = results.checks.iter().filter(|check| check.error.is_some()).count();
    title(out, &format!("Correctness: {} runs, {failed} failed", results.checks.len()));
    for failure in &results.failures {
        title(out, &format!("  {failure}"));
    }
    out.push('\n');
}

fn memory(plan: &Plan, results: &Results, out: &mut String) {
    title(out, "Memory: heap pages over peak live bytes (pages)");
    let reusing: Vec<_> = plan.allocators.iter().filter(|allocator| allocator.reuses).collect();
    let names = reusing.iter().map(|allocator| allocator.name.to_owned());
    let mut table = Table::new(["".to_owned()].into_iter().chain(names.clone()));
    for workload in &plan.workloads {
        let cell = |allocator: &&&crate::allocators::Allocator| {
            let memory = results.memory(workload.name, allocator.name)?;
            Some(format!("{:.2} ({})", memory.ratio(), memory.pages))
        };
        table.row(workload.name, reusing.iter().map(cell));
    }
    table.print(out);
    title(out, "Steady churn: pages after so many steps");
    let mut table = Table::new(["".to_owned()].into_iter().chain(names));
    let points = results.churn.iter().map(|churn| &churn.points).max_by_key(|points| points.len());
    for (index, &(steps, _)) in points.into_iter().flatten().enumerate() {
        let cell = |churn: &crate::results::Churn| churn.points.get(index).map(|(_, pages)| pages.to_string());
        table.row(&steps.to_string(), results.churn.iter().map(cell));
    }
    table.print(out);
}

fn speed(plan: &Plan, results: &Results, out: &mut String) {
    for &engine in &plan.engines {
        for level in [Level::Speed, Level::Size] {
            if results.speeds(engine, level, crate::allocators::BASE).is_empty() {
                continue;
            }
            title(
                out,
                &format!("Speed over dlmalloc's, {} at opt-level {} (ns per step)", engine.name(), level.name()),
            );
            let reusing: Vec<_> = plan.allocators.iter().filter(|allocator| allocator.reuses).collect();
            let speeds: Vec<_> =
                reusing.iter().map(|allocator| results.speeds(engine, level, allocator.name)).collect();
            let names = reusing.iter().map(|allocator| allocator.name.to_owned());
            let mut table = Table::new(["".to_owned()].into_iter().chain(names));
            for workload in plan.workloads.iter().filter(|workload| workload.timed) {
                let cell = |speeds: &Vec<&crate::results::Speed>| {
                    let speed = speeds.iter().find(|speed| speed.workload == workload.name)?;
                    Some(format!("{:.2} ({:.*})", speed.ratio, usize::from(speed.nanos < 100.0), speed.nanos))
                };
                table.row(workload.name, speeds.iter().map(cell));
            }
            let mean = |ratio: fn(&&crate::results::Speed) -> f64| {
                speeds
                    .iter()
                    .map(|speeds| geometric_mean(speeds.iter().map(ratio)).map(|mean| format!("{mean:.2}")))
                    .collect::<Vec<_>>()
            };
            table.row("geometric mean", mean(|speed| speed.ratio));
            table.row("  of the first call", mean(|speed| speed.cold_ratio));
            table.print(out);
        }
    }
}

fn calls(plan: &Plan, results: &Results, out: &mut String) {
    title(out, "Longest single calls, in milliseconds");
    let mut table = Table::new(["", "large", "other", "churn"].map(str::to_owned));
    for &engine in &plan.engines {
        for allocator in &plan.allocators {
            if let Some(calls) = results.calls(engine, allocator.name) {
                let cells = [calls.large, calls.scatter, calls.churn].map(|nanos| Some(format!("{:.3}", nanos / 1e6)));
                table.row(&format!("{}, {}", engine.name(), allocator.name), cells);
            }
        }
    }
    table.print(out);
}

fn verdicts(results: &Results, out: &mut String) {
    title(out, "Targets");
    let mut table = Table::new(["", "must", "found", ""].map(str::to_owned));
    for target in targets(results) {
        let met = if target.found.is_none() {
            "not measured"
        } else if target.met {
            "met"
        } else {
            "MISSED"
        };
        table.row(&target.what, [Some(target.must), target.found, Some(met.to_owned())]);
    }
    table.print(out);
}
