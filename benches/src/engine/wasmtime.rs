//! wasmtime, in this process.

use super::{BUDGET_NS, Calls, Job, PARTS, Timing};
use crate::calls::{self, Heap};
use cpu_time::ThreadTime;
use std::fs;
use std::path::Path;
use std::time::Instant;
use wasmtime::{AsContextMut, Config, Engine, Instance, Module, Store, TypedFunc};

pub const PAGE: u64 = 1 << 16;

/// A compiled module that imports nothing.
pub struct Compiled {
    module: Module,
}

/// A fresh instance of it.
pub struct Running {
    store: Store<()>,
    instance: Instance,
}

/// The engine of all modules.
pub fn engine() -> Result<Engine, String> {
    Engine::new(&Config::new()).map_err(text)
}

/// An error with its causes, in one line.
pub fn text(error: wasmtime::Error) -> String {
    format!("{error:#}").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Writes a trace into an instance.
pub fn load(mut store: impl AsContextMut, instance: &Instance, trace: &Path) -> Result<(), String> {
    let bytes = fs::read(trace).map_err(|error| format!("{}: {error}", trace.display()))?;
    let buffer = instance.get_typed_func::<u32, u32>(&mut store, "trace_buffer").map_err(text)?;
    let start = buffer.call(&mut store, bytes.len() as u32 / 8).map_err(text)?;
    if start == 0 {
        return Err(format!("{}: too long", trace.display()));
    }
    let memory = instance.get_memory(&mut store, "memory").ok_or("no memory is exported")?;
    memory.write(&mut store, start as usize, &bytes).map_err(|error| text(error.into()))
}

impl Compiled {
    pub fn new(engine: &Engine, path: &Path) -> Result<Self, String> {
        let module = Module::from_file(engine, path).map_err(|error| format!("{}: {}", path.display(), text(error)))?;
        Ok(Self { module })
    }

    /// A fresh instance, with the trace loaded if there is one.
    pub fn start(&self, trace: Option<&Path>) -> Result<Running, String> {
        let mut store = Store::new(self.module.engine(), ());
        let instance = Instance::new(&mut store, &self.module, &[]).map_err(text)?;
        if let Some(trace) = trace {
            load(&mut store, &instance, trace)?;
        }
        Ok(Running { store, instance })
    }

    /// Times a workload in a fresh instance, in processor time: what other programs take of the machine does not count.
    pub fn time(&self, of: &super::Module, job: &Job) -> Result<Timing, String> {
        let [cold_steps, all_steps] = [job.cold, job.steps].map(|steps| steps.div_ceil(of.shorten));
        let mut running = self.start(job.trace.as_deref())?;
        let run = running.function(&job.export)?;
        let start = ThreadTime::now();
        run.call(&mut running.store, cold_steps).map_err(text)?;
        let cold = start.elapsed().as_nanos() as f64 / f64::from(cold_steps);
        let part = all_steps.div_ceil(PARTS);
        let mut steps = 0;
        let start = ThreadTime::now();
        let mut warm = 0.0;
        while steps < all_steps && warm < BUDGET_NS {
            run.call(&mut running.store, part).map_err(text)?;
            steps += part;
            warm = start.elapsed().as_nanos() as f64;
        }
        let warm = warm / f64::from(steps);
        Ok(Timing { allocator: of.allocator.clone(), workload: job.workload.clone(), cold, warm })
    }

    /// The longest calls, each call's time being the least of some repetitions.
    pub fn calls(&self, allocator: &str) -> Result<Calls, String> {
        let mut times = calls::Times::default();
        for _ in 0..calls::REPETITIONS {
            calls::scatter(&mut self.start(None)?.heap()?, &mut times.scatter)?;
            calls::churn(&mut self.start(None)?.heap()?, &mut times.churn)?;
        }
        Ok(times.longest(allocator))
    }
}

impl Running {
    /// Calls an export with a number of steps and returns the checksum.
    pub fn run(&mut self, export: &str, steps: u32) -> Result<u32, String> {
        self.function(export)?.call(&mut self.store, steps).map_err(text)
    }

    /// Pages of linear memory.
    pub fn pages(&mut self) -> Result<u64, String> {
        let memory = self.instance.get_memory(&mut self.store, "memory").ok_or("no memory is exported")?;
        Ok(memory.size(&self.store))
    }

    fn function(&mut self, export: &str) -> Result<TypedFunc<u32, u32>, String> {
        self.instance.get_typed_func(&mut self.store, export).map_err(text)
    }

    fn heap(&mut self) -> Result<Exports<'_>, String> {
        Ok(Exports {
            alloc: self.instance.get_typed_func(&mut self.store, "alloc").map_err(text)?,
            free: self.instance.get_typed_func(&mut self.store, "free").map_err(text)?,
            realloc: self.instance.get_typed_func(&mut self.store, "realloc").map_err(text)?,
            store: &mut self.store,
        })
    }
}

/// The exports of an instance's allocator, each call timed.
struct Exports<'a> {
    store: &'a mut Store<()>,
    alloc: TypedFunc<(u32, u32), u32>,
    free: TypedFunc<(u32, u32, u32), ()>,
    realloc: TypedFunc<(u32, u32, u32, u32), u32>,
}

impl Heap for Exports<'_> {
    fn alloc(&mut self, size: u32) -> Result<(u32, f64), String> {
        let start = Instant::now();
        let block = self.alloc.call(&mut *self.store, (size, calls::ALIGN)).map_err(text)?;
        Ok((block, nanos(start)))
    }

    fn free(&mut self, block: u32, size: u32) -> Result<f64, String> {
        let start = Instant::now();
        self.free.call(&mut *self.store, (block, size, calls::ALIGN)).map_err(text)?;
        Ok(nanos(start))
    }

    fn realloc(&mut self, block: u32, size: u32, new_size: u32) -> Result<(u32, f64), String> {
        let start = Instant::now();
        let new = self.realloc.call(&mut *self.store, (block, size, calls::ALIGN, new_size)).map_err(text)?;
        Ok((new, nanos(start)))
    }
}

fn nanos(start: Instant) -> f64 {
    start.elapsed().as_nanos() as f64
}
