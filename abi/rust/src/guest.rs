//! What an engine has to offer: the seam below everything that calls.

use crate::memory::check;
use crate::{Cause, Checks, Fault, Layout, Ledger, Module, Wasm};

/// A wasm value: a float by its bits, an i32 as the low half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Raw {
    pub wasm: Wasm,
    pub bits: u64,
}

impl Raw {
    pub(crate) fn word(bits: u32) -> Self {
        Self { wasm: Wasm::I32, bits: bits.into() }
    }
}

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callee<'a> {
    /// An export.
    Export(&'a str),
    /// An entry of the table `__indirect_function_table`.
    Index(u32),
}

impl std::fmt::Display for Callee<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Export(name) => write!(f, "function `{name}`"),
            Self::Index(index) => write!(f, "function {index} of the table"),
        }
    }
}

/// A running module, as its engine sees it.
pub trait Guest {
    /// Linear memory.
    fn memory(&self) -> &[u8];

    /// Linear memory, to write to.
    fn memory_mut(&mut self) -> &mut [u8];

    /// What the host owns in it. A host function that is called finds here what its caller does.
    fn ledger(&self) -> &Ledger;

    /// What the host owns in it, to change that.
    fn ledger_mut(&mut self) -> &mut Ledger;

    /// The value of the exported global `linmem_checks`: where a checked module has what it knows of its blocks. A guest that
    /// tells of none has traps in the words of its engine.
    fn checks(&self) -> Option<u32> {
        None
    }

    /// Finds a function of just these parameters and this result.
    ///
    /// # Errors
    ///
    /// [`Cause::Missing`] where there is none. Of an index also [`Cause::OutOfBounds`] for one past the end of the table,
    /// [`Cause::Null`] for an empty entry, and [`Cause::Invalid`] for a function of another signature.
    fn check(&mut self, callee: Callee<'_>, params: &[Wasm], result: Option<Wasm>) -> Result<(), Fault>;

    /// Calls a function.
    ///
    /// # Errors
    ///
    /// Those of [`check`](Self::check): it was not called. [`Cause::Trap`] for everything else.
    fn call(&mut self, callee: Callee<'_>, params: &[Raw], result: Option<Wasm>) -> Result<Option<Raw>, Fault>;
}

impl<G: Guest + ?Sized> Guest for &mut G {
    fn memory(&self) -> &[u8] {
        (**self).memory()
    }

    fn memory_mut(&mut self) -> &mut [u8] {
        (**self).memory_mut()
    }

    fn ledger(&self) -> &Ledger {
        (**self).ledger()
    }

    fn ledger_mut(&mut self) -> &mut Ledger {
        (**self).ledger_mut()
    }

    fn checks(&self) -> Option<u32> {
        (**self).checks()
    }

    fn check(&mut self, callee: Callee<'_>, params: &[Wasm], result: Option<Wasm>) -> Result<(), Fault> {
        (**self).check(callee, params, result)
    }

    fn call(&mut self, callee: Callee<'_>, params: &[Raw], result: Option<Wasm>) -> Result<Option<Raw>, Fault> {
        (**self).call(callee, params, result)
    }
}

/// Has a trap say what a checked module found, if it found something. What its report says wrongly counts for nothing.
pub(crate) fn explain(guest: &dyn Guest, mut fault: Fault) -> Fault {
    let found = guest.checks().and_then(|symbol| Checks::new(guest.memory(), symbol).found().ok()?);
    if let (Cause::Trap(what), Some(found)) = (&mut fault.cause, found) {
        *what = found.text;
    }
    fault
}

/// Asks the guest's allocator for a block, and checks what it says.
pub(crate) fn alloc(module: &Module, guest: &mut dyn Guest, size: u32, align: u32) -> Result<u32, Fault> {
    allocated(guest, module.role("alloc"), &[size, align], size, align)
}

/// Asks for a block of another size, with the first bytes of the old one.
pub(crate) fn realloc(
    module: &Module,
    guest: &mut dyn Guest,
    ptr: u32,
    old_size: u32,
    align: u32,
    size: u32,
) -> Result<u32, Fault> {
    allocated(guest, module.role("realloc"), &[ptr, old_size, align, size], size, align)
}

fn allocated(guest: &mut dyn Guest, role: &str, params: &[u32], size: u32, align: u32) -> Result<u32, Fault> {
    let params: Vec<Raw> = params.iter().copied().map(Raw::word).collect();
    let ptr = guest.call(Callee::Export(role), &params, Some(Wasm::I32))?;
    let ptr = ptr.map_or(0, |raw| raw.bits as u32);
    if ptr == 0 {
        return Err(Cause::OutOfMemory.into());
    }
    check(guest.memory().len(), ptr, size, 1, align)?;
    Ok(ptr)
}

/// Checks that bytes are in memory.
pub(crate) fn inside(guest: &dyn Guest, addr: u32, layout: Layout) -> Result<(), Fault> {
    check(guest.memory().len(), addr, 1, layout.size, layout.align)?;
    Ok(())
}

/// Gives a block back; nothing where there is none.
pub(crate) fn free(module: &Module, guest: &mut dyn Guest, ptr: u32, size: u32, align: u32) -> Result<(), Fault> {
    if size == 0 {
        return Ok(());
    }
    let params = [Raw::word(ptr), Raw::word(size), Raw::word(align)];
    guest.call(Callee::Export(module.role("free")), &params, None)?;
    guest.ledger_mut().blocks.remove(&ptr);
    Ok(())
}

/// Memory that nobody runs in: values are written in place, and nothing is allocated.
pub(crate) struct Still<'a> {
    memory: &'a mut [u8],
    ledger: Ledger,
}

impl<'a> Still<'a> {
    pub(crate) fn new(memory: &'a mut [u8]) -> Self {
        Self { memory, ledger: Ledger::default() }
    }
}

impl Guest for Still<'_> {
    fn memory(&self) -> &[u8] {
        self.memory
    }

    fn memory_mut(&mut self) -> &mut [u8] {
        self.memory
    }

    fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    fn ledger_mut(&mut self) -> &mut Ledger {
        &mut self.ledger
    }

    fn check(&mut self, _: Callee<'_>, _: &[Wasm], _: Option<Wasm>) -> Result<(), Fault> {
        Err(Fault::missing("a function, where only memory is given"))
    }

    fn call(&mut self, _: Callee<'_>, _: &[Raw], _: Option<Wasm>) -> Result<Option<Raw>, Fault> {
        Err(Fault::missing("a value that needs a block, where only memory is given"))
    }
}
