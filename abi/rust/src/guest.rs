//! What an engine has to offer: the seam below everything that calls.

use crate::memory::check;
use crate::{Cause, Fault, Module, Wasm};

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

/// A running module, as its engine sees it.
pub trait Guest {
    /// Linear memory.
    fn memory(&self) -> &[u8];

    /// Linear memory, to write to.
    fn memory_mut(&mut self) -> &mut [u8];

    /// Calls a function.
    ///
    /// # Errors
    ///
    /// [`Cause::Missing`] where there is no function of just these parameters and this result: it was not called.
    /// [`Cause::Trap`] for everything else.
    fn call(&mut self, callee: Callee<'_>, params: &[Raw], result: Option<Wasm>) -> Result<Option<Raw>, Fault>;
}

/// Asks the guest's allocator for a block, and checks what it says.
pub(crate) fn alloc(module: &Module, guest: &mut dyn Guest, size: u32, align: u32) -> Result<u32, Fault> {
    let params = [Raw::word(size), Raw::word(align)];
    let ptr = guest.call(Callee::Export(module.role("alloc")), &params, Some(Wasm::I32))?;
    let ptr = ptr.map_or(0, |raw| raw.bits as u32);
    if ptr == 0 {
        return Err(Cause::OutOfMemory.into());
    }
    check(guest.memory().len(), ptr, size, 1, align)?;
    Ok(ptr)
}

/// Gives a block back; nothing where there is none.
pub(crate) fn free(module: &Module, guest: &mut dyn Guest, ptr: u32, size: u32, align: u32) -> Result<(), Fault> {
    if size == 0 {
        return Ok(());
    }
    let params = [Raw::word(ptr), Raw::word(size), Raw::word(align)];
    guest.call(Callee::Export(module.role("free")), &params, None).map(drop)
}

/// Memory that nobody runs in: values are written in place, and nothing is allocated.
pub(crate) struct Still<'a>(pub &'a mut [u8]);

impl Guest for Still<'_> {
    fn memory(&self) -> &[u8] {
        self.0
    }

    fn memory_mut(&mut self) -> &mut [u8] {
        self.0
    }

    fn call(&mut self, _: Callee<'_>, _: &[Raw], _: Option<Wasm>) -> Result<Option<Raw>, Fault> {
        Err(Fault::missing("a value that needs a block, where only memory is given"))
    }
}
