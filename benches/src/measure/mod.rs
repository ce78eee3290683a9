//! The measurements, each filling its part of the results.

mod calls;
mod check;
mod memory;
mod sizes;
mod speed;

pub use calls::calls;
pub use check::{check, record};
pub use memory::memory;
pub use sizes::{SIZED, sizes};
pub use speed::speed;

use crate::guests::Level;
use crate::plan::Run;
use crate::workloads::Kind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Builds what is timed: the workloads on each allocator at both levels, and the programs at one.
pub fn build(run: &mut Run) -> Result<(), String> {
    let programs = run.plan.of(Kind::Program).next().is_some();
    run.progress.stage("build the workloads", run.plan.allocators.len() * if programs { 3 } else { 2 });
    let mut wanted = vec![("workloads", Level::Speed), ("workloads", Level::Size)];
    if programs {
        wanted.push(("programs", Level::Speed));
    }
    for (package, level) in wanted {
        for allocator in &run.plan.allocators {
            run.progress.step(&format!("{package} on {} at opt-level {}", allocator.name, level.name()));
            let path = run.plan.guests.build(&[package], allocator, level, false)?.remove(0);
            run.modules.insert((package, allocator.name, level), path);
        }
    }
    Ok(())
}

/// Calls `f` on each item, in as many threads as there are processors, and returns the results in the items' order.
fn in_threads<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<R>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { break };
            let result = f(item);
            *results[index].lock().expect("no thread panics while it holds the lock") = Some(result);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let unwrap = |result: Mutex<Option<R>>| {
        result.into_inner().expect("no thread panics while it holds the lock").expect("every item was taken")
    };
    results.into_iter().map(unwrap).collect()
}
