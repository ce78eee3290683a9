//! The correctness pass: a module that reports every call of its allocator, and a shadow of the heap that judges them.
//! The same reports make a trace.

use super::wasmtime::{PAGE, load, text};
use crate::plan::Truth;
use std::collections::BTreeMap;
use std::path::Path;
use wasmtime::{Caller, Engine, Extern, Instance, Linker, Module, Store};

/// The live blocks, and what was the most.
#[derive(Default)]
struct Shadow {
    /// By address.
    blocks: BTreeMap<u32, Block>,
    live: u64,
    peak: u64,
    /// While a trace is recorded.
    trace: Option<Trace>,
}

#[derive(Clone, Copy)]
struct Block {
    size: u32,
    align: u32,
    /// In the trace; None for a block from before.
    slot: Option<u32>,
}

/// A trace as the guest `workloads` reads it.
#[derive(Default)]
struct Trace {
    words: Vec<u32>,
    slots: u32,
    empty: Vec<u32>,
}

impl Trace {
    const ALLOC: u32 = 0;
    const FREE: u32 = 1;
    const RESIZE: u32 = 2;

    fn push(&mut self, what: u32, slot: u32, size: u32, align: u32) {
        self.words.extend([what | align.trailing_zeros() << 2 | slot << 8, size]);
    }

    fn slot(&mut self) -> u32 {
        self.empty.pop().unwrap_or_else(|| {
            self.slots += 1;
            self.slots - 1
        })
    }
}

impl Shadow {
    fn alloc(&mut self, block: u32, size: u32, align: u32, memory_size: u64) -> Result<(), String> {
        let slot = self.trace.as_mut().map(|trace| {
            let slot = trace.slot();
            trace.push(Trace::ALLOC, slot, size, align);
            slot
        });
        self.insert(block, Block { size, align, slot }, memory_size)
    }

    fn free(&mut self, block: u32, size: u32, align: u32) -> Result<(), String> {
        let old = self.remove(block, size, align)?;
        if let (Some(trace), Some(slot)) = (&mut self.trace, old.slot) {
            trace.push(Trace::FREE, slot, size, align);
            trace.empty.push(slot);
        }
        Ok(())
    }

    fn realloc(
        &mut self,
        block: u32,
        size: u32,
        align: u32,
        new: u32,
        new_size: u32,
        memory_size: u64,
    ) -> Result<(), String> {
        let old = self.remove(block, size, align)?;
        if let (Some(trace), Some(slot)) = (&mut self.trace, old.slot) {
            trace.push(Trace::RESIZE, slot, new_size, align);
        }
        self.insert(new, Block { size: new_size, ..old }, memory_size)
    }

    fn insert(&mut self, block: u32, of: Block, memory_size: u64) -> Result<(), String> {
        let Block { size, align, .. } = of;
        let end = u64::from(block) + u64::from(size);
        let wrong = |how: &str| Err(format!("{size} bytes aligned to {align} were put at {block:#x}, which {how}"));
        if block == 0 {
            return wrong("is null");
        }
        if !block.is_multiple_of(align) {
            return wrong("is misaligned");
        }
        if end > memory_size || end > u64::from(u32::MAX) {
            return wrong("leaves memory");
        }
        let before = self.blocks.range(..block).next_back();
        let after = self.blocks.range(block..).next();
        if before.is_some_and(|(&other, of)| u64::from(other) + u64::from(of.size) > u64::from(block))
            || after.is_some_and(|(&other, _)| u64::from(other) < end)
        {
            return wrong("overlaps a live block");
        }
        self.blocks.insert(block, of);
        self.live += u64::from(size);
        self.peak = self.peak.max(self.live);
        Ok(())
    }

    fn remove(&mut self, block: u32, size: u32, align: u32) -> Result<Block, String> {
        let old = self.blocks.remove(&block).filter(|old| (old.size, old.align) == (size, align));
        self.live -= old.map_or(0, |old| u64::from(old.size));
        old.ok_or_else(|| format!("there is no block of {size} bytes aligned to {align} at {block:#x}"))
    }
}

/// An instance whose allocator is observed.
struct Observed {
    store: Store<Shadow>,
    instance: Instance,
}

impl Observed {
    fn start(engine: &Engine, path: &Path) -> Result<Self, String> {
        let module = Module::from_file(engine, path).map_err(text)?;
        let mut linker = Linker::new(engine);
        let memory_size = |caller: &mut Caller<'_, Shadow>| match caller.get_export("memory") {
            Some(Extern::Memory(memory)) => memory.size(&*caller) * PAGE,
            _ => 0,
        };
        let on_alloc = move |mut caller: Caller<'_, Shadow>, block: u32, size: u32, align: u32| {
            let memory_size = memory_size(&mut caller);
            caller.data_mut().alloc(block, size, align, memory_size).map_err(wasmtime::Error::msg)
        };
        let on_free = |mut caller: Caller<'_, Shadow>, block: u32, size: u32, align: u32| {
            caller.data_mut().free(block, size, align).map_err(wasmtime::Error::msg)
        };
        let on_realloc =
            move |mut caller: Caller<'_, Shadow>, block: u32, size: u32, align: u32, new: u32, new_size: u32| {
                let memory_size = memory_size(&mut caller);
                let shadow = caller.data_mut();
                shadow.realloc(block, size, align, new, new_size, memory_size).map_err(wasmtime::Error::msg)
            };
        linker.func_wrap("bench", "on_alloc", on_alloc).map_err(text)?;
        linker.func_wrap("bench", "on_free", on_free).map_err(text)?;
        linker.func_wrap("bench", "on_realloc", on_realloc).map_err(text)?;
        let mut store = Store::new(engine, Shadow::default());
        let instance = linker.instantiate(&mut store, &module).map_err(text)?;
        Ok(Self { store, instance })
    }

    fn run(&mut self, export: &str, steps: u32) -> Result<u32, String> {
        let run = self.instance.get_typed_func::<u32, u32>(&mut self.store, export).map_err(text)?;
        run.call(&mut self.store, steps).map_err(text)
    }
}

/// Runs an export of an observed module, first with so many steps and then with so many.
///
/// # Errors
///
/// What the allocator did wrong.
pub fn check(
    engine: &Engine,
    path: &Path,
    export: &str,
    trace: Option<&Path>,
    steps: [u32; 2],
) -> Result<Truth, String> {
    let mut observed = Observed::start(engine, path)?;
    if let Some(trace) = trace {
        load(&mut observed.store, &observed.instance, trace)?;
    }
    observed.run(export, steps[0])?;
    let checksum = observed.run(export, steps[1])?;
    Ok(Truth { checksum, peak_live: observed.store.data().peak })
}

/// Records one round of a program, after another one, and returns the trace's bytes.
pub fn record(engine: &Engine, path: &Path, export: &str) -> Result<Vec<u8>, String> {
    let mut observed = Observed::start(engine, path)?;
    observed.run(export, 1)?;
    observed.store.data_mut().trace = Some(Trace::default());
    observed.run(export, 1)?;
    let trace = observed.store.data_mut().trace.take().unwrap_or_default();
    Ok(trace.words.iter().flat_map(|word| word.to_le_bytes()).collect())
}
