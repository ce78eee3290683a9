//! A running module with its records: calls, and what they return.

use crate::calls::{self, Results};
use crate::guest::{self, Callee, Guest};
use crate::lift::lift;
use crate::lower::Lower;
use crate::place::Place;
use crate::{Cause, Decl, Fault, Func, Module, Param, Pointer, Signature, Type, Value, View, write};
use std::sync::Arc;

type Result<T> = std::result::Result<T, Fault>;

/// A running module. The engines' `instantiate` makes it.
///
/// It knows what the host owns in it: a [`Pointer`] that was freed or handed over, that is only read, or whose borrow has
/// ended, is refused before the guest sees its address.
#[derive(Debug)]
pub struct Instance<G> {
    module: Arc<Module>,
    guest: G,
}

impl<G: Guest> Instance<G> {
    /// Joins a running module and what it says of itself.
    pub fn new(module: impl Into<Arc<Module>>, guest: G) -> Self {
        Self { module: module.into(), guest }
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

    /// The module as its engine has it.
    pub fn guest(&self) -> &G {
        &self.guest
    }

    /// What the host has to free: whatever is here at the end, leaks.
    pub fn owners(&self) -> impl Iterator<Item = &Pointer> {
        self.guest.ledger().owners()
    }

    /// Calls an export with one value for each parameter but out pointers, and returns its result and what is behind the
    /// out pointers. `args` are copied into memory for the call; what the guest wrote to those lent for writing (`~`) is
    /// copied back. A [`Pointer`] is passed as it is: lent, or, to a parameter that is owned (`^`), handed over.
    ///
    /// What is returned by pointer or slice stays where it lies, and so does a struct, array or buffer behind an out
    /// pointer: a [`Value::Pointer`] comes. Look at it with [`view`](Self::view) or [`read`](Self::read), and free it with
    /// [`release`](Self::release) if it [is an owner](Pointer::is_owner). Text is copied, and freed if it is owned.
    ///
    /// A drop is called as if it were a function of one parameter.
    ///
    /// # Errors
    ///
    /// [`Cause::Status`] for a status but 0, [`Cause::Null`] for a 0 that no record allows, [`Cause::Mismatch`] for an
    /// argument that does not fit, [`Cause::Freed`], [`Cause::Moved`] and those that follow them for a pointer that cannot
    /// be used so, [`Cause::Trap`] after which every call fails, and what is wrong in the memory of a hostile module.
    pub fn call(&mut self, name: &str, args: &mut [Value]) -> Result<Vec<Value>> {
        self.call_with(name, args, Results::Stay)
    }

    fn call_with(&mut self, name: &str, args: &mut [Value], results: Results) -> Result<Vec<Value>> {
        let module = self.module.clone();
        if let Some(signature) = module.fns.get(name) {
            let done = self.run(|guest| calls::call(&module, guest, Callee::Export(name), signature, args, results));
            return done.map_err(|fault| fault.within(name));
        }
        let Some((ty, _)) = module.drops.iter().find(|(_, export)| *export == name) else {
            return Err(Fault::missing("no record describes it").within(name));
        };
        let done = match args {
            // What the host keeps for it goes as well.
            [Value::Pointer(pointer)] if pointer.ty() == ty => self
                .run(|guest| calls::release(&module, guest, pointer))
                .map(|()| vec![])
                .map_err(|fault| fault.within(".value")),
            args => {
                let value = Param { name: "value".into(), ty: ty.clone(), out: false };
                let signature = Signature { params: vec![value], result: None };
                self.run(|guest| calls::call(&module, guest, Callee::Export(name), &signature, args, results))
            }
        };
        done.map_err(|fault| fault.within(name))
    }

    /// Calls a function by its index in the table.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call); and where there is no such function in the table.
    pub fn invoke(&mut self, func: &Func, args: &mut [Value]) -> Result<Vec<Value>> {
        let module = self.module.clone();
        let Some(Decl::Sig(signature)) = module.types.get(&func.sig) else {
            return Err(Fault::missing("no sig of this name").within(&func.sig));
        };
        let callee = Callee::Index(func.index);
        self.run(|guest| calls::call(&module, guest, callee, signature, args, Results::Stay))
            .map_err(|fault| fault.within(&func.sig))
    }

    /// Calls an export as [`call`](Self::call) does, and copies all that comes, and frees it if it is owned; but for
    /// opaque types.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn take(&mut self, name: &str, args: &mut [Value]) -> Result<Vec<Value>> {
        self.call_with(name, args, Results::Copy)
    }

    /// Copies what a pointer points at, with all that lies behind it.
    ///
    /// # Errors
    ///
    /// For a pointer that has ended, and as [`Module::read_value`].
    pub fn read(&mut self, pointer: &Pointer) -> Result<Value> {
        self.alive(pointer)?;
        let (module, origin) = (self.module.clone(), pointer.origin().clone());
        let read = lift(&module, &mut self.guest, &origin, |lift| match pointer.target() {
            Some(Type::Array { of, len: 0 }) => lift.elements(&of, pointer.addr(), 0),
            Some(ty) => lift.read(&ty, pointer.addr()),
            None => lift.behind(pointer.ty(), pointer.addr(), pointer.len()),
        });
        read.map_err(|fault| fault.within(pointer.target().unwrap_or_else(|| pointer.ty().clone())))
    }

    /// Copies what a value of a call leads to, and frees it if it is owned: what [`take`](Self::take) does for all.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read) and [`release`](Self::release). An owner is freed although it cannot be read, if it can be
    /// freed.
    pub fn take_value(&mut self, value: Value) -> Result<Value> {
        let Value::Pointer(pointer) = &value else { return Ok(value) };
        if pointer.target().is_some_and(|ty| self.module.layout(&ty).is_none()) {
            return Ok(value);
        }
        let read = self.read(pointer);
        if pointer.is_owner() { calls::finish(read, || self.release(pointer)) } else { read }
    }

    /// What a pointer points at, where it lies.
    ///
    /// # Errors
    ///
    /// For a pointer that has ended, and as [`Module::view`].
    pub fn view(&self, pointer: &Pointer) -> Result<View<'_, &[u8]>> {
        self.alive(pointer)?;
        let ty = pointer.target().ok_or_else(|| Fault::mismatch("text has no parts").within(pointer.ty()))?;
        self.module.view(self.guest.memory(), &ty, pointer.addr())
    }

    /// A pointer to a field of the struct or union that a pointer points at. It ends with that, and may be written to if
    /// that may.
    ///
    /// # Errors
    ///
    /// For a pointer that has ended, and for a field that is not there.
    pub fn field(&self, pointer: &Pointer, name: &str) -> Result<Pointer> {
        self.place(pointer)?.field(name)
    }

    /// A pointer to what the tagged enumeration holds that a pointer points at; none if its case holds nothing.
    ///
    /// # Errors
    ///
    /// For a pointer that has ended, and for a tag that no case has.
    pub fn payload(&self, pointer: &Pointer) -> Result<Option<Pointer>> {
        self.place(pointer)?.payload()
    }

    /// A pointer to an element of the array, slice or buffer that a pointer points at, or that it is.
    ///
    /// # Errors
    ///
    /// For a pointer that has ended, and for an element that is not there.
    pub fn element(&self, pointer: &Pointer, index: u32) -> Result<Pointer> {
        self.place(pointer)?.element(index)
    }

    /// The number of elements of the array, slice or buffer that a pointer points at, or that it is.
    ///
    /// # Errors
    ///
    /// As [`element`](Self::element).
    pub fn len(&self, pointer: &Pointer) -> Result<u32> {
        self.place(pointer)?.len()
    }

    /// The pointer, slice or text that a pointer points at: `next` of a list, say, whose field [`field`](Self::field) led
    /// to. It ends with that which it was led from, and earlier if something that it was led through is replaced.
    ///
    /// # Errors
    ///
    /// For a pointer that has ended; [`Cause::Null`] where there is none; and where what it leads to is not in memory.
    pub fn target(&self, pointer: &Pointer) -> Result<Pointer> {
        self.place(pointer)?.target()
    }

    /// Replaces what a pointer points at: what the old value owns is freed, what the new one needs allocated. Borrowed data
    /// that is put into an owner, the host keeps as long as that.
    ///
    /// # Errors
    ///
    /// For a pointer that has ended, or gives no right to write; for a value that does not fit; for borrowed data, unless it
    /// is a pointer, where the host owns not that which is written to. Nothing has changed then.
    pub fn write(&mut self, pointer: &Pointer, value: &Value) -> Result<()> {
        let module = self.module.clone();
        let done = self.run(|guest| write::write(&module, guest, pointer, value));
        done.map_err(|fault| fault.within(pointer.target().unwrap_or_else(|| pointer.ty().clone())))
    }

    /// Replaces a field of the struct or union that a pointer points at.
    ///
    /// # Errors
    ///
    /// As [`field`](Self::field) and [`write`](Self::write).
    pub fn set(&mut self, pointer: &Pointer, field: &str, value: &Value) -> Result<()> {
        let place = self.field(pointer, field)?;
        self.write(&place, value)
    }

    /// Makes a value that the host owns, such as `^*Point` or `^[]u8`. Give it to a function, or to
    /// [`release`](Self::release).
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write), and where the type is not owned.
    pub fn make(&mut self, ty: &Type, value: &Value) -> Result<Pointer> {
        let module = self.module.clone();
        let make = |guest: &mut dyn Guest| {
            if !module.owns(ty) || matches!(value, Value::None | Value::Pointer(_)) {
                return Err(Fault::mismatch("is not made of this"));
            }
            let mut lower = Lower::keeping(&module, guest);
            let [ptr, len] = match lower.words(ty, value) {
                Ok(words) => words,
                Err(fault) => return calls::finish(Err(fault), || lower.undo()),
            };
            // That of a cstr is not in the words.
            let len = if let (Type::CStr { .. }, Value::Text(text)) = (ty, value) { text.len() as u32 } else { len };
            let made = match lower.guest.ledger_mut().own(&module, ty, ptr, len) {
                Ok(made) => made,
                // The allocator gave what is in use.
                Err(fault) => return calls::finish(Err(fault), || lower.undo()),
            };
            let kept = lower.commit();
            guest.ledger_mut().keep(made.origin(), kept);
            Ok(made)
        };
        self.run(make).map_err(|fault| fault.within(ty))
    }

    /// Takes ownership of what lies at an address, as a type such as `^*Point` or `^[]u8` with so many elements: what a
    /// function returned that no record describes, or what was built by hand.
    ///
    /// # Errors
    ///
    /// [`Cause::OwnedTwice`] if the host owns it already, and where the type is not owned or the bytes not in memory.
    pub fn adopt(&mut self, ty: &Type, addr: u32, len: u32) -> Result<Pointer> {
        let module = self.module.clone();
        let adopt = |guest: &mut dyn Guest| {
            let (pointer, opaque) = (Pointer::at(ty, addr, len), |ty: &Type| module.is_opaque(ty));
            let block = pointer.block(&module).filter(|_| module.owns(ty));
            match block {
                Some(layout) => guest::inside(guest, addr, layout)?,
                None if module.owns(ty) && pointer.target().as_ref().is_some_and(opaque) && addr != 0 => {}
                None => return Err(Fault::mismatch("is nothing that is owned")),
            }
            let owner = guest.ledger_mut().own(&module, ty, addr, len)?;
            // What is empty or opaque may have the number of a block.
            if block.is_some_and(|layout| layout.size > 0) {
                guest.ledger_mut().blocks.remove(&addr);
            }
            Ok(owner)
        };
        self.run(adopt).map_err(|fault| fault.within(ty))
    }

    /// Frees an owner: by its drop export, or block by block with all that is owned behind it.
    ///
    /// # Errors
    ///
    /// [`Cause::NotOwned`] for a pointer that is borrowed, [`Cause::Freed`] and [`Cause::Moved`] for one that was an owner,
    /// [`Cause::Lent`] while a call has it. Where what has to be freed cannot be read, or a block in it has two owners,
    /// nothing is freed.
    pub fn release(&mut self, pointer: &Pointer) -> Result<()> {
        let module = self.module.clone();
        self.run(|guest| calls::release(&module, guest, pointer)).map_err(|fault| fault.within(pointer.ty()))
    }

    /// Allocates a block by hand, of which the caller knows what to do with it.
    ///
    /// # Errors
    ///
    /// [`Cause::OutOfMemory`], or [`OutOfBounds`](Cause::OutOfBounds) for a block that is not there.
    pub fn alloc(&mut self, size: u32, align: u32) -> Result<u32> {
        let module = self.module.clone();
        self.run(|guest| {
            let ptr = guest::alloc(&module, guest, size, align)?;
            if size > 0 {
                guest.ledger_mut().blocks.insert(ptr, (size, align));
            }
            Ok(ptr)
        })
    }

    /// Gives a block of [`alloc`](Self::alloc) another size; its address is another then, even if it is equal.
    ///
    /// # Errors
    ///
    /// As [`alloc`](Self::alloc) and [`free`](Self::free). The old block is as it was then.
    pub fn realloc(&mut self, ptr: u32, old_size: u32, align: u32, new_size: u32) -> Result<u32> {
        let module = self.module.clone();
        self.run(|guest| {
            held(guest, ptr, old_size, align)?;
            let new = guest::realloc(&module, guest, ptr, old_size, align, new_size)?;
            if old_size > 0 {
                guest.ledger_mut().blocks.remove(&ptr);
            }
            if new_size > 0 {
                guest.ledger_mut().blocks.insert(new, (new_size, align));
            }
            Ok(new)
        })
    }

    /// Frees a block that [`alloc`](Self::alloc) allocated, with the size and align that it was asked for.
    ///
    /// # Errors
    ///
    /// [`Cause::NotOwned`] where there is no such block.
    pub fn free(&mut self, ptr: u32, size: u32, align: u32) -> Result<()> {
        let module = self.module.clone();
        self.run(|guest| {
            held(guest, ptr, size, align)?;
            guest::free(&module, guest, ptr, size, align)
        })
    }

    fn alive(&self, pointer: &Pointer) -> Result<()> {
        pointer.alive(self.guest.ledger().id).map_err(|fault| fault.within(pointer.ty()))
    }

    fn place<'a>(&'a self, pointer: &'a Pointer) -> Result<Place<'a>> {
        self.alive(pointer)?;
        Place::new(&self.module, self.guest.memory(), pointer)
    }

    /// Calls into the guest, unless a call trapped before.
    pub(crate) fn run<T>(&mut self, body: impl FnOnce(&mut dyn Guest) -> Result<T>) -> Result<T> {
        if let Some(why) = &self.guest.ledger().lost {
            return Err(Fault::trap(format_args!("an earlier call trapped: {why}")));
        }
        let mut done = body(&mut self.guest);
        if done.as_ref().is_err_and(Fault::is_trap) {
            done = done.map_err(|fault| guest::explain(&self.guest, fault));
            if let Err(Fault { cause: Cause::Trap(why), .. }) = &done {
                // The first one counts: those around it ended by it.
                self.guest.ledger_mut().lost.get_or_insert_with(|| why.clone());
            }
        }
        done
    }
}

/// Refuses a block that the host did not allocate by hand.
fn held(guest: &dyn Guest, ptr: u32, size: u32, align: u32) -> Result<()> {
    match guest.ledger().blocks.get(&ptr) {
        Some(&block) if block == (size, align) => Ok(()),
        _ if size == 0 => Ok(()),
        _ => Err(Cause::NotOwned.into()),
    }
}
