//! The tables.

use crate::allocators::{self, BASE};
use crate::engine::Engine;
use crate::guests::Level;
use crate::measure::SIZED;
use crate::results::{Results, Speed};
use crate::stats::geometric_mean;
use crate::targets::Target;
use crate::workloads::{self, Kind, Workload};

pub struct Table {
    pub title: String,
    /// How to read it, in sentences.
    pub note: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    fn new(title: impl Into<String>, note: &str, columns: impl IntoIterator<Item = String>) -> Self {
        let head = std::iter::once(String::new()).chain(columns).collect();
        Self { title: title.into(), note: note.into(), head, rows: Vec::new() }
    }

    /// Adds a row, unless all its cells are empty.
    fn row(&mut self, name: &str, cells: impl IntoIterator<Item = Option<String>>) {
        let cells: Vec<_> = cells.into_iter().collect();
        if cells.iter().any(Option::is_some) {
            let cells = cells.into_iter().map(|cell| cell.unwrap_or_else(|| "–".into()));
            self.rows.push(std::iter::once(name.to_owned()).chain(cells).collect());
        }
    }
}

/// All tables that the results have something for.
pub fn all(results: &Results, targets: &[Target]) -> Vec<Table> {
    let mut tables = vec![setup(results), sizes(results), summary(results)];
    for (engine, level) in runs(results) {
        tables.push(speed(results, engine, level));
    }
    tables.extend([live(results), memory(results), churn(results), calls(results), programs(results)]);
    tables.extend([failures(results), self::targets(targets)]);
    tables.retain(|table| !table.rows.is_empty());
    tables
}

/// What the workloads do.
pub fn workloads() -> Table {
    let mut table = Table::new("Workloads", "Each goes on where its last call ended.", ["".to_owned()]);
    for workload in workloads::ALL {
        table.row(workload.name, [Some(workload.note.to_owned())]);
    }
    table
}

/// The names of the allocators that were measured, in the order of the list.
fn names(results: &Results) -> Vec<&'static str> {
    let measured = |name: &&str| results.sizes.iter().any(|size| size.allocator == *name);
    allocators::ALL.iter().map(|allocator| allocator.name).filter(measured).collect()
}

/// The names of those that can go on for ever.
fn reusing(results: &Results) -> Vec<&'static str> {
    let reuses = |name: &&str| allocators::ALL.iter().any(|allocator| allocator.name == *name && allocator.reuses);
    names(results).into_iter().filter(reuses).collect()
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// Engines and levels with speeds.
fn runs(results: &Results) -> Vec<(Engine, Level)> {
    let all = Engine::ALL.into_iter().flat_map(|engine| [(engine, Level::Speed), (engine, Level::Size)]);
    all.filter(|&(engine, level)| !results.speeds(engine, level, Kind::Speed, BASE).is_empty()).collect()
}

fn run_name((engine, level): (Engine, Level)) -> String {
    format!("{}, opt {}", engine.name(), level.name())
}

fn mean(speeds: &[&Speed], ratio: fn(&Speed) -> f64) -> Option<String> {
    geometric_mean(speeds.iter().map(|speed| ratio(speed))).map(|mean| format!("{mean:.2}"))
}

fn setup(results: &Results) -> Table {
    let mut table = Table::new("Setup", "What was measured, and with what.", ["".to_owned()]);
    for (name, value) in &results.setup {
        table.row(name, [Some(value.clone())]);
    }
    table
}

fn sizes(results: &Results) -> Table {
    let columns: Vec<(&str, Level)> =
        SIZED.iter().flat_map(|&module| Level::ALL.map(|level| (module, level))).collect();
    let mut table = Table::new(
        "Size",
        "Bytes of a module, and in brackets the bytes over `bump`'s. `null` returns one block, `abi` also exports \
         `alloc`, `free` and `realloc` that check nothing, and `checked_abi` exports linmem's, which do. z and 3 are \
         opt-levels.",
        columns.iter().map(|(module, level)| format!("{module} {}", level.name())),
    );
    for name in names(results) {
        let cell = |&(module, level): &(&str, Level)| {
            let bytes = results.size(module, name, level)?;
            let over = results.over_floor(module, name, level)?;
            Some(format!("{bytes} ({over:+})"))
        };
        table.row(name, columns.iter().map(cell));
    }
    table
}

/// The table that the README shows.
fn summary(results: &Results) -> Table {
    let runs = runs(results);
    let over = ["null", "abi"].map(|module| format!("{module}, bytes over bump"));
    let speeds = runs.iter().map(|&run| format!("speed, {}", run_name(run)));
    let others = ["pages", "longest call"].map(str::to_owned);
    let mut table = Table::new(
        "In short",
        "Bytes that the allocator adds to a module that never frees, at opt-level z. Speed over dlmalloc's, the geometric \
         mean of 15 workloads, and behind the slash the slowest of them. Pages over dlmalloc's, likewise, and behind the \
         slash the worst. The longest call is that of the scenarios below, in milliseconds, in V8.",
        over.into_iter().chain(speeds).chain(others),
    );
    for name in reusing(results) {
        let mut cells: Vec<Option<String>> = ["null", "abi"]
            .map(|module| results.over_floor(module, name, Level::Size).map(|bytes| bytes.to_string()))
            .into();
        for &(engine, level) in &runs {
            let speeds = results.speeds(engine, level, Kind::Speed, name);
            let slowest = speeds.iter().map(|speed| speed.ratio).fold(f64::INFINITY, f64::min);
            cells.push(mean(&speeds, |speed| speed.ratio).map(|mean| format!("{mean} / {slowest:.2}")));
        }
        let synthetic = workloads::ALL.iter().filter(|it| matches!(it.kind, Kind::Speed | Kind::Memory));
        let pages = |workload: &Workload| {
            let of = |name| results.memory(workload.name, name).map(|memory| memory.pages as f64);
            Some(of(name)? / of(BASE)?)
        };
        let pages: Vec<f64> = synthetic.filter_map(pages).collect();
        let worst = pages.iter().copied().fold(0.0, f64::max);
        cells.push(geometric_mean(pages.iter().copied()).map(|mean| format!("{mean:.2} / {worst:.2}")));
        let longest = results.calls(Engine::V8, name).map(|calls| calls.large.max(calls.scatter).max(calls.churn));
        cells.push(longest.map(|nanos| format!("{:.2}", nanos / 1e6)));
        table.row(name, cells);
    }
    table
}

fn speed(results: &Results, engine: Engine, level: Level) -> Table {
    let names = reusing(results);
    let mut table = Table::new(
        format!("Speed in {}", run_name((engine, level))),
        "Speed over dlmalloc's in the same round, the median of the rounds; in brackets nanoseconds per step. The last \
         row is the mean for the first call in a fresh instance, which grows memory.",
        owned(&names),
    );
    let of = |kind| names.iter().map(|name| results.speeds(engine, level, kind, name)).collect::<Vec<_>>();
    let synthetic = of(Kind::Speed);
    speed_rows(&mut table, Kind::Speed, &synthetic);
    table.row("geometric mean", synthetic.iter().map(|speeds| mean(speeds, |speed| speed.ratio)));
    table.row("the same, first call", synthetic.iter().map(|speeds| mean(speeds, |speed| speed.cold_ratio)));
    table
}

fn speed_rows(table: &mut Table, kind: Kind, speeds: &[Vec<&Speed>]) {
    for workload in workloads::ALL.iter().filter(|workload| workload.kind == kind) {
        let cell = |speeds: &Vec<&Speed>| {
            let speed = speeds.iter().find(|speed| speed.workload == workload.name)?;
            Some(format!("{:.2} ({:.*})", speed.ratio, usize::from(speed.nanos < 100.0), speed.nanos))
        };
        table.row(workload.name, speeds.iter().map(cell));
    }
}

fn live(results: &Results) -> Table {
    let columns: Vec<&Workload> = workloads::ALL.iter().filter(|workload| workload.live > 0).collect();
    let run = runs(results).first().copied();
    let title = run.map_or(String::new(), |run| format!("Cost by live blocks, {}", run_name(run)));
    let mut table = Table::new(
        title,
        "Nanoseconds per step, which allocates and frees a block, or at each eighth resizes one. What grows for all of \
         them is the cost of memory that is in no cache.",
        columns.iter().map(|workload| workload.name.to_owned()),
    );
    if let Some((engine, level)) = run {
        for name in reusing(results) {
            let speeds = results.speeds(engine, level, Kind::Speed, name);
            let cell = |workload: &&Workload| {
                let speed = speeds.iter().find(|speed| speed.workload == workload.name)?;
                Some(format!("{:.0}", speed.nanos))
            };
            table.row(name, columns.iter().map(cell));
        }
    }
    table
}

fn memory(results: &Results) -> Table {
    let names = reusing(results);
    let mut table = Table::new(
        "Memory",
        "Heap over peak live bytes, and in brackets pages of 64 KiB. The heap is what memory has grown by, with what \
         the allocator keeps in static memory.",
        owned(&names),
    );
    for workload in workloads::ALL {
        let cell = |name: &&str| {
            let memory = results.memory(workload.name, name)?;
            Some(format!("{:.2} ({})", memory.ratio(), memory.pages))
        };
        table.row(workload.name, names.iter().map(cell));
    }
    table
}

fn churn(results: &Results) -> Table {
    let names = reusing(results);
    let mut table = Table::new(
        "Steady churn",
        "Pages after so many steps of a churn of 20,000 live blocks, mostly small.",
        owned(&names),
    );
    let of = |name: &str| results.churn.iter().find(|churn| churn.allocator == name);
    if let Some(base) = of(BASE) {
        for (index, (steps, _)) in base.points.iter().enumerate() {
            let cell = |name: &&str| of(name)?.points.get(index).map(|(_, pages)| pages.to_string());
            table.row(&steps.to_string(), names.iter().map(cell));
        }
    }
    table
}

fn calls(results: &Results) -> Table {
    let engines: Vec<Engine> =
        Engine::ALL.into_iter().filter(|&engine| results.calls(engine, BASE).is_some()).collect();
    let parts = ["large", "other", "churn"];
    let mut table = Table::new(
        "Longest single calls",
        "Milliseconds, each call the least of three repetitions. 400,000 blocks of 8 to 128 bytes are allocated, every \
         second one is freed in random order, and 1 MiB is allocated (large); the longest of all other calls of that \
         scenario, the frees of the rest among them (other); and the longest of a churn of 10,000 live blocks.",
        engines.iter().flat_map(|engine| parts.map(|part| format!("{}, {part}", engine.name()))),
    );
    for name in reusing(results) {
        let cells = |&engine: &Engine| match results.calls(engine, name) {
            Some(calls) => [calls.large, calls.scatter, calls.churn].map(|nanos| Some(format!("{:.3}", nanos / 1e6))),
            None => [None, None, None],
        };
        table.row(name, engines.iter().flat_map(cells));
    }
    table
}

fn programs(results: &Results) -> Table {
    let names = names(results);
    let mut table = Table::new(
        "Real programs",
        "Speed over dlmalloc's, at opt-level 3: the recorded calls of three programs replayed, and the programs whole; \
         `first` is the program's first round in a fresh instance.",
        owned(&names),
    );
    for (engine, level) in runs(results) {
        for workload in workloads::ALL.iter().filter(|it| matches!(it.kind, Kind::Trace | Kind::Program)) {
            let of = |name: &&str, ratio: fn(&Speed) -> f64| {
                let speeds = results.speeds(engine, level, workload.kind, name);
                let speed = speeds.iter().find(|speed| speed.workload == workload.name)?;
                Some(format!("{:.2}", ratio(speed)))
            };
            let name = format!("{}, {}", engine.name(), workload.name);
            table.row(&name, names.iter().map(|name| of(name, |speed| speed.ratio)));
            if workload.kind == Kind::Program {
                table.row(&format!("{name}, first"), names.iter().map(|name| of(name, |speed| speed.cold_ratio)));
            }
        }
    }
    table
}

fn failures(results: &Results) -> Table {
    let failed = results.checks.iter().filter(|check| check.error.is_some()).count();
    let title = format!("Correctness: {} runs, {failed} failed", results.checks.len());
    let note = "Every allocator ran every workload with every byte checked. What failed, here or later:";
    let mut table = Table::new(title, note, []);
    let rows = if results.failures.is_empty() { vec!["nothing".to_owned()] } else { results.failures.clone() };
    table.rows = rows.into_iter().map(|failure| vec![failure]).collect();
    table
}

fn targets(targets: &[Target]) -> Table {
    let columns = ["must", "found", ""].map(str::to_owned);
    let mut table = Table::new("Targets", &format!("What `{}` is held to.", allocators::OURS), columns);
    for target in targets {
        let met = if target.met { "met" } else { "MISSED" };
        table.row(&target.what, [&*target.must, &*target.found, met].map(|cell| Some(cell.to_owned())));
    }
    table
}
