//! From a pointer to others: parts of what it points at, and what lies behind those.

use crate::lift::{Lift, case, little};
use crate::memory::{check, cstr};
use crate::{Decl, Fault, Module, Pointer, Type};

type Result<T> = std::result::Result<T, Fault>;

/// What a pointer points at, in memory.
pub(crate) struct Place<'a> {
    module: &'a Module,
    memory: &'a [u8],
    pointer: &'a Pointer,
    ty: Type,
}

impl<'a> Place<'a> {
    /// Checks that the bytes are there.
    pub(crate) fn new(module: &'a Module, memory: &'a [u8], pointer: &'a Pointer) -> Result<Self> {
        let ty = pointer.target().ok_or_else(|| Fault::mismatch("text has no parts").within(pointer.ty()))?;
        let place = Self { module, memory, pointer, ty };
        place.bytes(&place.ty, pointer.addr(), 1)?;
        Ok(place)
    }

    fn within(&self, fault: Fault) -> Fault {
        fault.within(&self.ty)
    }

    fn bytes(&self, ty: &Type, addr: u32, len: u32) -> Result<&'a [u8]> {
        let layout = self.module.layout(ty).ok_or_else(|| self.within(Fault::mismatch("has no layout")))?;
        let range = check(self.memory.len(), addr, len, layout.size, layout.align);
        Ok(self.memory.get(range.map_err(|cause| self.within(cause.into()))?).unwrap_or_default())
    }

    fn lift(&self) -> Lift<'a> {
        Lift::new(self.module, self.memory)
    }

    pub(crate) fn field(&self, name: &str) -> Result<Pointer> {
        let fields = match &self.ty {
            Type::Named { name, .. } => match self.module.types.get(name) {
                Some(Decl::Struct(of) | Decl::Union(of)) => &of.fields[..],
                _ => &[],
            },
            _ => &[],
        };
        let field = fields.iter().find(|field| field.name == name);
        let field = field.ok_or_else(|| Fault::mismatch("no such field").within(format!("{}.{name}", self.ty)))?;
        Ok(self.pointer.part(&field.ty, self.pointer.addr() + field.offset))
    }

    pub(crate) fn payload(&self) -> Result<Option<Pointer>> {
        let Type::Named { name, .. } = &self.ty else { return Err(self.within(Fault::mismatch("is not tagged"))) };
        let Some(Decl::Tagged(of)) = self.module.types.get(name) else {
            return Err(self.within(Fault::mismatch("is not tagged")));
        };
        let tag = self.bytes(&Type::Scalar(of.tag), self.pointer.addr(), 1)?;
        let case = case(&of.cases, of.tag, little(tag)).map_err(|fault| self.within(fault))?;
        let payload = case.payload.as_ref();
        Ok(payload.map(|(offset, ty)| self.pointer.part(ty, self.pointer.addr() + offset)))
    }

    /// A pointer with its elements, their type and number.
    fn run(&self) -> Result<(Pointer, Type, u32)> {
        match &self.ty {
            Type::Array { of, len } => Ok((self.pointer.clone(), (**of).clone(), *len)),
            Type::Slice { of, .. } => self.target().map(|run| (run.clone(), (**of).clone(), run.len())),
            Type::Buffer { of } => {
                let found = self.lift().buffer(of, self.pointer.addr());
                let (ptr, len, _) = found.map_err(|fault| self.within(fault))?;
                // A buffer is owned by what holds it.
                let ty = Type::Slice { of: of.clone(), access: crate::Access::Own };
                Ok((self.pointer.follow(&ty, ptr, len), (**of).clone(), len))
            }
            _ => Err(self.within(Fault::mismatch("is no run"))),
        }
    }

    pub(crate) fn len(&self) -> Result<u32> {
        self.run().map(|(_, _, len)| len)
    }

    pub(crate) fn element(&self, index: u32) -> Result<Pointer> {
        let (run, of, len) = self.run()?;
        self.bytes(&of, run.addr(), len)?;
        if index >= len {
            let fault = Fault::mismatch(format!("there are {len} elements"));
            return Err(fault.within(format!("{}[{index}]", self.ty)));
        }
        let size = self.module.layout(&of).map_or(0, |layout| layout.size);
        Ok(run.part(&of, run.addr() + index * size))
    }

    /// What the pointer that lies here points at.
    pub(crate) fn target(&self) -> Result<Pointer> {
        let addr = self.pointer.addr();
        let within = |fault| self.within(fault);
        match &self.ty {
            Type::Pointer { to, .. } => {
                let [ptr] = self.lift().words(addr).map_err(within)?;
                if ptr == 0 {
                    return Err(within(crate::Cause::Null.into()));
                }
                if self.module.layout(to).is_some() {
                    self.bytes(to, ptr, 1)?;
                }
                Ok(self.pointer.follow(&self.ty, ptr, 0))
            }
            Type::CStr { .. } => {
                let [ptr] = self.lift().words(addr).map_err(within)?;
                let text = cstr(self.memory, ptr).map_err(|cause| within(cause.into()))?;
                Ok(self.pointer.follow(&self.ty, ptr, text.len() as u32))
            }
            Type::Slice { of, .. } => {
                let [ptr, len] = self.lift().words(addr).map_err(within)?;
                self.bytes(of, ptr, len)?;
                let nowhere = self.module.layout(of).map_or(1, |layout| layout.align);
                Ok(self.pointer.follow(&self.ty, if len == 0 { nowhere } else { ptr }, len))
            }
            Type::Str { .. } => {
                let [ptr, len] = self.lift().words(addr).map_err(within)?;
                self.bytes(&crate::pointer::BYTE, ptr, len)?;
                Ok(self.pointer.follow(&self.ty, if len == 0 { 1 } else { ptr }, len))
            }
            _ => Err(within(Fault::mismatch("is no pointer"))),
        }
    }
}
