//! A value where it lies: read and written field by field.

use crate::guest::Still;
use crate::lift::Lift;
use crate::lower::{Fate, Lower};
use crate::memory::{Plain, check, elements};
use crate::{Cause, Decl, Fault, Layout, Module, Type, Value};
use std::borrow::{Borrow, BorrowMut};

impl Module {
    /// Copies the value of a type out of linear memory, with all that it points at.
    ///
    /// # Errors
    ///
    /// A [`Fault`] that names the place, where bytes are outside of memory, misaligned, or not of their type.
    ///
    /// ```
    /// use linmem_host::{Module, Value};
    ///
    /// let module = Module::from_section(b"abi 1 wasm32\nstruct P 8 4 x:0:i32 name:4:cstr\n")?;
    /// let mut memory = *b"____\x03\0\0\0\x0c\0\0\0hi\0_";
    /// let point = module.read_value(&memory, &"P".parse()?, 4)?;
    /// assert_eq!(point, Value::fields([("x", 3.into()), ("name", "hi".into())]));
    /// memory[8] = 20;
    /// let error = module.read_value(&memory, &"P".parse()?, 4).unwrap_err();
    /// assert_eq!(error.to_string(), "P.name: OutOfBounds");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read_value(&self, memory: &[u8], ty: &Type, addr: u32) -> Result<Value, Fault> {
        Lift::new(self, memory).read(ty, addr).map_err(|fault| fault.within(ty))
    }

    /// Writes the value of a type into linear memory, in place: behind pointers it writes nothing.
    ///
    /// # Errors
    ///
    /// Those of [`read_value`](Self::read_value), and for a value that does not fit its type or would need a block. What
    /// stands before that value may be written already.
    pub fn write_value(&self, memory: &mut [u8], ty: &Type, addr: u32, value: &Value) -> Result<(), Fault> {
        Lower::new(self, &mut Still::new(memory), Fate::Kept).write(ty, addr, value).map_err(|fault| fault.within(ty))
    }

    /// A value where it lies: `memory` is a `&[u8]`, or to write a `&mut [u8]`.
    ///
    /// # Errors
    ///
    /// Where the type is not declared, or the value outside of memory or misaligned.
    ///
    /// ```
    /// use linmem_host::Module;
    ///
    /// let module = Module::from_section(b"abi 1 wasm32\nstruct P 8 4 x:0:i32 y:4:i32\n")?;
    /// let mut memory = [1; 16];
    /// let mut point = module.view(&mut memory[..], &"P".parse()?, 8)?;
    /// point.set("y", &(-2).into())?;
    /// assert_eq!((point.get("x")?, point.get("y")?), (0x01010101.into(), (-2).into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn view<M: Borrow<[u8]>>(&self, memory: M, ty: &Type, addr: u32) -> Result<View<'_, M>, Fault> {
        let layout = self.layout(ty).ok_or_else(|| Fault::mismatch("has no layout").within(ty))?;
        let checked = check(memory.borrow().len(), addr, 1, layout.size, layout.align);
        checked.map_err(|cause| Fault::new(cause).within(ty))?;
        Ok(View { module: self, memory, ty: ty.clone(), addr })
    }
}

/// A value in linear memory; made by [`Module::view`].
#[derive(Debug)]
pub struct View<'a, M> {
    module: &'a Module,
    memory: M,
    ty: Type,
    addr: u32,
}

impl<M: Borrow<[u8]>> View<'_, M> {
    /// Its type.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// Its address.
    pub fn addr(&self) -> u32 {
        self.addr
    }

    /// A copy of it.
    ///
    /// # Errors
    ///
    /// As [`Module::read_value`].
    pub fn value(&self) -> Result<Value, Fault> {
        self.module.read_value(self.memory.borrow(), &self.ty, self.addr)
    }

    /// Its bytes, where they lie.
    ///
    /// # Errors
    ///
    /// As [`Module::view`].
    ///
    /// ```
    /// let module = linmem_host::Module::from_section(b"abi 1 wasm32\n")?;
    /// assert_eq!(module.view(&b"____ab"[..], &"[2]u8".parse()?, 4)?.bytes()?, b"ab");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn bytes(&self) -> Result<&[u8], Fault> {
        Lift::new(self.module, self.memory.borrow())
            .bytes(&self.ty, self.addr, 1)
            .map_err(|fault| fault.within(&self.ty))
    }

    /// A copy of a field.
    ///
    /// # Errors
    ///
    /// As [`Module::read_value`], and for a field that is not there.
    pub fn get(&self, field: &str) -> Result<Value, Fault> {
        let (ty, addr) = self.place(field)?;
        Lift::new(self.module, self.memory.borrow()).read(&ty, addr).map_err(|fault| self.inside(field, fault))
    }

    /// A field where it lies.
    ///
    /// # Errors
    ///
    /// For a field that is not there.
    pub fn field(&self, field: &str) -> Result<View<'_, &[u8]>, Fault> {
        let (ty, addr) = self.place(field)?;
        self.module.view(self.memory.borrow(), &ty, addr)
    }

    /// The numbers of an array, slice or buffer, read where they lie.
    ///
    /// # Errors
    ///
    /// If this is none of `T`, and as [`elements`](crate::elements).
    ///
    /// ```
    /// use linmem_host::Module;
    ///
    /// let module = Module::from_section(b"abi 1 wasm32\n")?;
    /// let memory = *b"____\x0c\0\0\0\x02\0\0\0\x01\0\x02\0";
    /// let slice = module.view(&memory[..], &"[]u16".parse()?, 4)?;
    /// assert_eq!(slice.elements::<u16>()?.sum::<u16>(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn elements<T: Plain>(&self) -> Result<impl ExactSizeIterator<Item = T>, Fault> {
        let (of, ptr, len) = self.run()?;
        let name = of.to_string().replace("size", "32");
        if name != T::NAME {
            return Err(Fault::mismatch(format!("is no run of {}", T::NAME)).within(&self.ty));
        }
        elements(self.memory.borrow(), ptr, len).map_err(|cause| Fault::new(cause).within(&self.ty))
    }

    /// An element of an array, slice or buffer, where it lies.
    ///
    /// # Errors
    ///
    /// If this is none of these; if it has no such element; if its elements are outside of memory or misaligned.
    pub fn element(&self, index: u32) -> Result<View<'_, &[u8]>, Fault> {
        let memory = self.memory.borrow();
        let (of, ptr, len) = self.run()?;
        let inside = |fault: Fault| fault.within(format!("{}[{index}]", self.ty));
        let Layout { size, align } = self.module.layout(of).ok_or_else(|| inside(Fault::mismatch("has no layout")))?;
        check(memory.len(), ptr, len, size, align).map_err(|cause| inside(cause.into()))?;
        if index >= len {
            return Err(inside(Fault::mismatch(format!("there are {len} elements"))));
        }
        self.module.view(memory, of, ptr + index * size)
    }

    /// The type of the elements of an array, slice or buffer, their address and number.
    fn run(&self) -> Result<(&Type, u32, u32), Fault> {
        let lift = Lift::new(self.module, self.memory.borrow());
        match &self.ty {
            Type::Array { of, len } => Ok((of, self.addr, *len)),
            Type::Slice { of, .. } => lift.words(self.addr).map(|[ptr, len]| (&**of, ptr, len)),
            Type::Buffer { of } => lift.buffer(of, self.addr).map(|(ptr, len, _)| (&**of, ptr, len)),
            _ => Err(Fault::mismatch("is no run").within(&self.ty)),
        }
    }

    /// What a pointer points at.
    ///
    /// # Errors
    ///
    /// If this is no pointer; if it is null; if what it points at is outside of memory or misaligned.
    pub fn target(&self) -> Result<View<'_, &[u8]>, Fault> {
        let Type::Pointer { to, .. } = &self.ty else { return Err(Fault::mismatch("is no pointer").within(&self.ty)) };
        let words = Lift::new(self.module, self.memory.borrow()).words(self.addr);
        let [ptr] = words.map_err(|fault| fault.within(&self.ty))?;
        self.module.view(self.memory.borrow(), to, ptr)
    }

    fn place(&self, field: &str) -> Result<(Type, u32), Fault> {
        let found = match &self.ty {
            Type::Named { name, .. } => match self.module.types.get(name) {
                Some(Decl::Struct(of) | Decl::Union(of)) => of.fields.iter().find(|own| own.name == field),
                _ => None,
            },
            _ => None,
        };
        let found = found.ok_or_else(|| self.inside(field, Fault::mismatch("no such field")))?;
        Ok((found.ty.clone(), self.addr + found.offset))
    }

    fn inside(&self, field: &str, fault: Fault) -> Fault {
        fault.within(format!("{}.{field}", self.ty))
    }
}

impl<M: BorrowMut<[u8]>> View<'_, M> {
    /// Writes a field in place.
    ///
    /// # Errors
    ///
    /// As [`Module::write_value`], and for a field that is not there. An owned field that holds something is refused, since
    /// nobody would free that.
    pub fn set(&mut self, field: &str, value: &Value) -> Result<(), Fault> {
        let (ty, addr) = self.place(field)?;
        if self.module.owns(&ty) {
            return Err(self.inside(field, Cause::Mismatch("is owned: write it through an instance".into()).into()));
        }
        let done =
            Lower::new(self.module, &mut Still::new(self.memory.borrow_mut()), Fate::Kept).write(&ty, addr, value);
        done.map_err(|fault| self.inside(field, fault))
    }
}
