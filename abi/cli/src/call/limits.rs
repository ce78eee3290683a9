//! What a module may use, so that a hostile one ends; and what the host used of its memory.

use linmem_host::wasmi::{Running, State};
use linmem_host::{Callee, Fault, Guest, Instance, Ledger, Module, Raw, Wasm};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use wasmi::errors::{MemoryError, TableError};
use wasmi::{Config, Engine, ResourceLimiter, Store};
use wasmi_core::LimiterError;

/// Most entries of a table.
const TABLE: usize = 1 << 20;

/// Most bytes of memory: one number for the program, since it runs one module.
static MEMORY: AtomicUsize = AtomicUsize::new(0);

/// Has no fields, so that the store can be lent a new one for each question at no cost.
struct Limiter;

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool, LimiterError> {
        Ok(desired <= MEMORY.load(Ordering::Relaxed))
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool, LimiterError> {
        Ok(desired <= TABLE)
    }

    fn memory_grow_failed(&mut self, _: &MemoryError) -> Result<(), LimiterError> {
        Ok(())
    }

    fn table_grow_failed(&mut self, _: &TableError) -> Result<(), LimiterError> {
        Ok(())
    }

    fn instances(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        100
    }

    fn memories(&self) -> usize {
        100
    }
}

/// A store of these limits.
pub fn store(fuel: u64, memory: usize) -> Result<Store<State>, wasmi::Error> {
    MEMORY.store(memory, Ordering::Relaxed);
    let mut config = Config::default();
    config.consume_fuel(true);
    let mut store = Store::new(&Engine::new(&config), State::default());
    store.limiter(|_| Box::leak(Box::new(Limiter)));
    store.set_fuel(fuel)?;
    Ok(store)
}

/// A running module, how many blocks and bytes the host allocated and freed in it, and how often it called a drop.
pub struct Counting {
    inner: Instance<Running<Store<State>>>,
    alloc: String,
    free: String,
    pub allocated: (u64, u64),
    pub freed: (u64, u64),
    drops: BTreeSet<String>,
    pub dropped: u64,
}

impl Counting {
    pub fn new(inner: Instance<Running<Store<State>>>, module: &Module) -> Self {
        let (alloc, free) = (module.role("alloc").to_owned(), module.role("free").to_owned());
        let drops = module.drops().values().cloned().collect();
        Self { inner, alloc, free, allocated: (0, 0), freed: (0, 0), drops, dropped: 0 }
    }
}

impl Guest for Counting {
    fn memory(&self) -> &[u8] {
        self.inner.memory()
    }

    fn memory_mut(&mut self) -> &mut [u8] {
        self.inner.guest_mut().memory_mut()
    }

    fn ledger(&self) -> &Ledger {
        self.inner.guest().ledger()
    }

    fn ledger_mut(&mut self) -> &mut Ledger {
        self.inner.guest_mut().ledger_mut()
    }

    fn checks(&self) -> Option<u32> {
        self.inner.guest().checks()
    }

    fn check(&mut self, callee: Callee<'_>, params: &[Wasm], result: Option<Wasm>) -> Result<(), Fault> {
        self.inner.guest_mut().check(callee, params, result)
    }

    fn call(&mut self, callee: Callee<'_>, params: &[Raw], result: Option<Wasm>) -> Result<Option<Raw>, Fault> {
        let answer = self.inner.guest_mut().call(callee, params, result)?;
        match (callee, params, answer) {
            (Callee::Export(name), [size, _], Some(ptr)) if name == self.alloc && ptr.bits != 0 => {
                self.allocated = (self.allocated.0 + 1, self.allocated.1 + size.bits);
            }
            (Callee::Export(name), [_, size, _], None) if name == self.free => {
                self.freed = (self.freed.0 + 1, self.freed.1 + size.bits);
            }
            (Callee::Export(name), ..) if self.drops.contains(name) => self.dropped += 1,
            _ => {}
        }
        Ok(answer)
    }
}
