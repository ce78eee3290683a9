//! A running module with its records: calls, and what they return.

use crate::calls::Pointers;
use crate::guest::{self, Callee, Guest};
use crate::lower::Lower;
use crate::release::Release;
use crate::{Decl, Fault, Layout, Module, Type, Value, View, calls, check};
use std::sync::Arc;

type Result<T> = std::result::Result<T, Fault>;

/// A running module. The engines' `instantiate` makes it.
#[derive(Debug)]
pub struct Instance<G> {
    module: Arc<Module>,
    guest: G,
    /// Whether a call trapped: none may follow.
    lost: bool,
}

impl<G: Guest> Instance<G> {
    /// Joins a running module and what it says of itself.
    pub fn new(module: impl Into<Arc<Module>>, guest: G) -> Self {
        Self { module: module.into(), guest, lost: false }
    }

    /// The records.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// Linear memory, until the next call.
    pub fn memory(&self) -> &[u8] {
        self.guest.memory()
    }

    /// The module as its engine has it.
    pub fn guest_mut(&mut self) -> &mut G {
        &mut self.guest
    }

    /// Calls an export with one value for each parameter but out pointers, and returns its result and what is behind the
    /// out pointers. `args` are copied into memory for the call; what the guest wrote to those lent for writing (`~`) is
    /// copied back.
    ///
    /// A pointer that is returned stays an address ([`Value::Pointer`]): read it with [`read`](Self::read) or
    /// [`view`](Self::view), and if it is owned, free it with [`release`](Self::release). Every other value is copied, and
    /// freed if it is owned. An address may be given for every pointer, cstr too.
    ///
    /// # Errors
    ///
    /// [`Cause::Status`](crate::Cause::Status) for a status but 0, [`Cause::Null`](crate::Cause::Null) for a 0 that no record allows, [`Cause::Mismatch`](crate::Cause::Mismatch) for an
    /// argument that does not fit, [`Cause::Trap`](crate::Cause::Trap) after which every call fails, and what is wrong in the memory of a
    /// hostile module.
    pub fn call(&mut self, name: &str, args: &mut [Value]) -> Result<Vec<Value>> {
        self.call_with(name, args, Pointers::Stay)
    }

    fn call_with(&mut self, name: &str, args: &mut [Value], pointers: Pointers) -> Result<Vec<Value>> {
        let module = self.module.clone();
        let Some(signature) = module.fns.get(name) else {
            return Err(Fault::missing("no record describes it").within(name));
        };
        self.run(|guest| calls::call(&module, guest, Callee::Export(name), signature, args, pointers))
            .map_err(|fault| fault.within(name))
    }

    /// Calls a function by its index in the table, as the `sig` of a name says.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn call_index(&mut self, sig: &str, index: u32, args: &mut [Value]) -> Result<Vec<Value>> {
        let module = self.module.clone();
        let Some(Decl::Sig(signature)) = module.types.get(sig) else {
            return Err(Fault::missing("no sig of this name").within(sig));
        };
        self.run(|guest| calls::call(&module, guest, Callee::Index(index), signature, args, Pointers::Stay))
            .map_err(|fault| fault.within(sig))
    }

    /// Calls an export as [`call`](Self::call) does, and copies what returned pointers point at as well, and frees it
    /// if it is owned; but for opaque types.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn take(&mut self, name: &str, args: &mut [Value]) -> Result<Vec<Value>> {
        self.call_with(name, args, Pointers::Copy)
    }

    /// Copies the value of a type from an address.
    ///
    /// # Errors
    ///
    /// As [`Module::read_value`].
    pub fn read(&self, ty: &Type, addr: u32) -> Result<Value> {
        self.module.read_value(self.memory(), ty, addr)
    }

    /// The value of a type where it lies.
    ///
    /// # Errors
    ///
    /// As [`Module::view`].
    pub fn view(&self, ty: &Type, addr: u32) -> Result<View<'_, &[u8]>> {
        self.module.view(self.guest.memory(), ty, addr)
    }

    /// Replaces the value of a type at an address: what the old one owns is freed, what the new one needs allocated.
    ///
    /// # Errors
    ///
    /// As [`Module::write_value`], and for borrowed data in it that is not given by address, since nobody would know when
    /// to free that.
    pub fn write(&mut self, ty: &Type, addr: u32, value: &Value) -> Result<()> {
        let module = self.module.clone();
        let write = |guest: &mut dyn Guest| {
            let Some(Layout { size, align }) = module.layout(ty) else { return Err(Fault::mismatch("has no layout")) };
            check(guest.memory().len(), addr, 1, size, align)?;
            // The new value is made elsewhere first: if it cannot be made, the old one stays.
            let scratch = guest::alloc(&module, guest, size, align)?;
            let mut lower = Lower::new(&module, guest, true);
            let mut done = lower.write(ty, scratch, value);
            if done.as_ref().is_err_and(|fault| !fault.is_trap()) {
                lower.free(true)?;
            } else if done.is_ok() {
                done = Release::new(&module, guest).inside(ty, addr);
                let memory = guest.memory_mut();
                let (from, to) = (check(memory.len(), scratch, 1, size, 1)?, check(memory.len(), addr, 1, size, 1)?);
                memory.copy_within(from, to.start);
            }
            if done.as_ref().is_err_and(Fault::is_trap) {
                done
            } else {
                guest::free(&module, guest, scratch, size, align).and(done)
            }
        };
        self.run(write).map_err(|fault| fault.within(ty))
    }

    /// Makes a value that the host owns, such as `^*Point` or `^[]u8`, and returns where it is: a [`Value::Pointer`] or a
    /// [`Value::Run`]. Give it to a function, or to [`release`](Self::release).
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write), and where the type is not owned.
    pub fn make(&mut self, ty: &Type, value: &Value) -> Result<Value> {
        let module = self.module.clone();
        let make = |guest: &mut dyn Guest| {
            if !module.owns(ty) || matches!(value, Value::None | Value::Pointer(_) | Value::Run(..)) {
                return Err(Fault::mismatch("is not made of this"));
            }
            let mut lower = Lower::new(&module, guest, true);
            let made = lower.words(ty, value);
            if made.as_ref().is_err_and(|fault| !fault.is_trap()) {
                lower.free(true)?;
            }
            let two = module.flatten(ty).len() == 2;
            made.map(|[ptr, len]| if two { Value::Run(ptr, len) } else { Value::Pointer(ptr) })
        };
        self.run(make).map_err(|fault| fault.within(ty))
    }

    /// Frees what is owned: by its drop export, or block by block with all that is owned behind it.
    ///
    /// # Errors
    ///
    /// Where the type is not owned, an opaque type has no drop, or what has to be freed with it cannot be read.
    pub fn release(&mut self, ty: &Type, value: &Value) -> Result<()> {
        let module = self.module.clone();
        let (ptr, len) = match (ty, value) {
            (Type::Pointer { null: true, .. } | Type::CStr { null: true, .. }, Value::None) => return Ok(()),
            (Type::Pointer { .. } | Type::CStr { .. }, Value::Pointer(ptr)) if module.owns(ty) => (*ptr, 0),
            (Type::Slice { .. } | Type::Str { .. }, Value::Run(ptr, len)) if module.owns(ty) => (*ptr, *len),
            _ => return Err(Fault::mismatch("is no address that the host owns").within(ty)),
        };
        self.run(|guest| Release::new(&module, guest).value(ty, ptr, len)).map_err(|fault| fault.within(ty))
    }

    /// Allocates a block.
    ///
    /// # Errors
    ///
    /// [`Cause::OutOfMemory`](crate::Cause::OutOfMemory), or [`OutOfBounds`](crate::Cause::OutOfBounds) for a block that is not there.
    pub fn alloc(&mut self, size: u32, align: u32) -> Result<u32> {
        let module = self.module.clone();
        self.run(|guest| guest::alloc(&module, guest, size, align))
    }

    /// Frees a block, with the size and align that it was allocated with.
    ///
    /// # Errors
    ///
    /// Where the call fails.
    pub fn free(&mut self, ptr: u32, size: u32, align: u32) -> Result<()> {
        let module = self.module.clone();
        self.run(|guest| guest::free(&module, guest, ptr, size, align))
    }

    /// Calls into the guest, unless a call trapped before.
    fn run<T>(&mut self, body: impl FnOnce(&mut dyn Guest) -> Result<T>) -> Result<T> {
        if self.lost {
            return Err(Fault::trap("an earlier call trapped"));
        }
        let done = body(&mut self.guest);
        self.lost = done.as_ref().is_err_and(Fault::is_trap);
        done
    }
}
