//! Frees what the host owns, as SPEC's "Freeing with records" has it.

use crate::guest::{self, Callee, Guest, Raw};
use crate::lift::{Lift, MAX_DEPTH, case, little};
use crate::memory::{check, cstr};
use crate::{Access, Cause, Decl, Fault, Layout, Module, Type};

type Result<T> = std::result::Result<T, Fault>;

pub(crate) struct Release<'a, 'g> {
    module: &'a Module,
    guest: &'g mut dyn Guest,
    /// How many more values are freed: no more than linear memory has bytes.
    left: usize,
    depth: usize,
}

impl<'a, 'g> Release<'a, 'g> {
    pub(crate) fn new(module: &'a Module, guest: &'g mut dyn Guest) -> Self {
        let left = guest.memory().len();
        Self { module, guest, left, depth: 0 }
    }

    fn enter(&mut self) -> Result<()> {
        if self.depth > MAX_DEPTH || self.left == 0 {
            return Err(Cause::TooDeep.into());
        }
        self.left -= 1;
        self.depth += 1;
        Ok(())
    }

    /// Frees a value by its address and length, if it is owned.
    pub(crate) fn value(&mut self, ty: &Type, ptr: u32, len: u32) -> Result<()> {
        let ty = match ty.clone() {
            Type::Pointer { null: true, .. } | Type::CStr { null: true, .. } if ptr == 0 => return Ok(()),
            Type::Pointer { to, access, .. } => Type::Pointer { to, access, null: false },
            Type::CStr { owned, .. } => Type::CStr { owned, null: false },
            ty => ty,
        };
        if !self.module.owns(&ty) {
            return Ok(());
        }
        if let Some(export) = self.module.drops.get(&ty) {
            let params = [Raw::word(ptr), Raw::word(len)];
            let count = self.module.flatten(&ty).len().min(2);
            return self.guest.call(Callee::Export(export), &params[..count], None).map(drop);
        }
        self.enter()?;
        let (len, layout) = match &ty {
            Type::Pointer { to, .. } => {
                let layout = self.layout(to)?;
                self.inside(to, ptr)?;
                (1, layout)
            }
            Type::Slice { of, .. } => {
                self.elements(of, ptr, len)?;
                (len, self.layout(of)?)
            }
            Type::CStr { .. } => (cstr(self.guest.memory(), ptr)?.len() as u32 + 1, Layout { size: 1, align: 1 }),
            _ => (len, Layout { size: 1, align: 1 }),
        };
        self.depth -= 1;
        self.block(ptr, len, layout)
    }

    fn block(&mut self, ptr: u32, len: u32, Layout { size, align }: Layout) -> Result<()> {
        let range = check(self.guest.memory().len(), ptr, len, size, align)?;
        guest::free(self.module, self.guest, ptr, range.len() as u32, align)
    }

    fn layout(&self, ty: &Type) -> Result<Layout> {
        let layout = self.module.layout(ty);
        layout.ok_or_else(|| Fault::missing(format!("a drop for {ty}, which nobody else can free")))
    }

    fn elements(&mut self, of: &Type, ptr: u32, len: u32) -> Result<()> {
        let Layout { size, align } = self.layout(of)?;
        check(self.guest.memory().len(), ptr, len, size, align)?;
        if self.module.owns(of) {
            (0..len).try_for_each(|index| self.inside(of, ptr + index * size))?;
        }
        Ok(())
    }

    /// Frees what a value in memory owns; its own bytes are part of something else.
    pub(crate) fn inside(&mut self, ty: &Type, addr: u32) -> Result<()> {
        let Layout { size, align } = self.layout(ty)?;
        check(self.guest.memory().len(), addr, 1, size, align)?;
        if !self.module.owns(ty) {
            return Ok(());
        }
        self.enter()?;
        match ty {
            Type::Pointer { access: Access::Own, .. } | Type::CStr { .. } => {
                let [ptr] = self.lift().words(addr)?;
                self.value(ty, ptr, 0)?;
            }
            Type::Slice { .. } | Type::Str { .. } => {
                let [ptr, len] = self.lift().words(addr)?;
                self.value(ty, ptr, len)?;
            }
            Type::Buffer { of } => {
                let (ptr, len, cap) = self.lift().buffer(of, addr)?;
                self.elements(of, ptr, len)?;
                self.block(ptr, cap, self.layout(of)?)?;
            }
            Type::Array { of, len } => self.elements(of, addr, *len)?,
            Type::Named { name, .. } => match self.module.types.get(name) {
                Some(Decl::Struct(of)) => {
                    of.fields.iter().try_for_each(|field| self.inside(&field.ty, addr + field.offset))?;
                }
                Some(Decl::Tagged(of)) => {
                    let tag = check(self.guest.memory().len(), addr, 1, of.tag.size(), of.tag.size())?;
                    let tag = little(self.guest.memory().get(tag).unwrap_or_default());
                    if let Some((offset, ty)) = &case(&of.cases, of.tag, tag)?.payload {
                        self.inside(ty, addr + offset)?;
                    }
                }
                _ => {}
            },
            _ => {}
        }
        self.depth -= 1;
        Ok(())
    }

    fn lift(&self) -> Lift<'_> {
        Lift::new(self.module, self.guest.memory())
    }
}
