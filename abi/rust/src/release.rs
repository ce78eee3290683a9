//! Frees what the host owns, as SPEC's "Freeing with records" has it.
//!
//! All is read before anything is freed: where a part of it is not as it should be, nothing has happened. What is owned
//! does not overlap, so that a block that is met a second time is a guest's lie, and freed not even once.

use crate::guest::{self, Callee, Guest, Raw};
use crate::ledger::Block;
use crate::lift::{Lift, MAX_DEPTH, case, little};
use crate::memory::{check, cstr};
use crate::{Access, Cause, Decl, Fault, Layout, Module, Type};
use std::collections::{BTreeMap, BTreeSet};

type Result<T> = std::result::Result<T, Fault>;

enum Step {
    Block(Block),
    /// An export, what it is given, and how many wasm values that are.
    Drop(String, [u32; 2], usize),
}

/// What has to be freed, in this order.
pub(crate) struct Release<'a> {
    module: &'a Module,
    guest: &'a dyn Guest,
    /// The number of the owner that is freed: everything else that the host owns stays.
    owner: Option<u64>,
    steps: Vec<Step>,
    /// The bytes of the blocks, from the first to behind the last.
    seen: BTreeMap<u32, u64>,
    /// What is opaque: several types may share a number.
    handles: BTreeSet<(Type, u32)>,
    depth: usize,
}

/// What has to be freed, in this order: inner blocks first.
pub(crate) struct Plan(Vec<Step>);

impl Plan {
    pub(crate) const NOTHING: Self = Self(Vec::new());

    /// Frees a value by its address and length, if it is owned.
    pub(crate) fn value(
        module: &Module,
        guest: &dyn Guest,
        owner: Option<u64>,
        ty: &Type,
        ptr: u32,
        len: u32,
    ) -> Result<Self> {
        let mut release = Release::new(module, guest, owner);
        release.value(ty, ptr, len)?;
        Ok(Self(release.steps))
    }

    /// Frees what a value in memory owns; its own bytes are part of something else.
    pub(crate) fn inside(module: &Module, guest: &dyn Guest, owner: Option<u64>, ty: &Type, addr: u32) -> Result<Self> {
        let mut release = Release::new(module, guest, owner);
        release.inside(ty, addr)?;
        Ok(Self(release.steps))
    }

    /// Whether it is known which blocks it frees: a drop may free any.
    pub(crate) fn has_blocks_alone(&self) -> bool {
        self.0.iter().all(|step| matches!(step, Step::Block(_)))
    }

    /// The bytes that it is known to free: first and number.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = (u32, u32)> {
        self.0.iter().filter_map(|step| match step {
            Step::Block((ptr, size, _)) => Some((*ptr, *size)),
            Step::Drop(..) => None,
        })
    }

    /// Frees.
    pub(crate) fn run(self, module: &Module, guest: &mut dyn Guest) -> Result<()> {
        self.0.into_iter().try_for_each(|step| match step {
            Step::Block((ptr, size, align)) => guest::free(module, guest, ptr, size, align),
            Step::Drop(export, words, count) => {
                guest.call(Callee::Export(&export), &words.map(Raw::word)[..count], None).map(drop)
            }
        })
    }
}

impl<'a> Release<'a> {
    fn new(module: &'a Module, guest: &'a dyn Guest, owner: Option<u64>) -> Self {
        let (steps, seen, handles) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
        Self { module, guest, owner, steps, seen, handles, depth: 0 }
    }

    fn enter(&mut self) -> Result<()> {
        if self.depth > MAX_DEPTH {
            return Err(Cause::TooDeep.into());
        }
        self.depth += 1;
        Ok(())
    }

    /// Takes note of a block, which nobody else may own.
    fn claim(&mut self, ptr: u32, size: u32) -> Result<()> {
        let end = u64::from(ptr) + u64::from(size);
        let before = self.seen.range(..=ptr).next_back().is_some_and(|(_, &end)| end > ptr.into());
        let after = self.seen.range(ptr..).next().is_some_and(|(&start, _)| u64::from(start) < end);
        if size > 0 && (before || after || self.guest.ledger().is_owned(self.module, ptr, self.owner)) {
            return Err(Cause::OwnedTwice.into());
        }
        if size > 0 {
            self.seen.insert(ptr, end);
        }
        Ok(())
    }

    /// Takes note of something opaque, which nobody else of its type may own.
    fn claim_handle(&mut self, ty: &Type, ptr: u32) -> Result<()> {
        let owned = self.guest.ledger().is_owned_as(ty, ptr, self.owner);
        if owned || !self.handles.insert((ty.clone(), ptr)) { Err(Cause::OwnedTwice.into()) } else { Ok(()) }
    }

    fn value(&mut self, ty: &Type, ptr: u32, len: u32) -> Result<()> {
        if ty.is_null() && ptr == 0 || !self.module.owns(ty) {
            return Ok(());
        }
        let ty = ty.bare();
        if let Some(export) = self.module.drops.get(&ty) {
            let size = match &ty {
                Type::Pointer { to, .. } => self.module.layout(to).map(|layout| layout.size),
                Type::Slice { of, .. } => self.module.layout(of).map(|layout| layout.size.saturating_mul(len)),
                Type::CStr { .. } => Some(cstr(self.guest.memory(), ptr)?.len() as u32 + 1),
                _ => Some(len),
            };
            match size {
                Some(size) => self.claim(ptr, size)?,
                None => self.claim_handle(&ty, ptr)?,
            }
            self.steps.push(Step::Drop(export.clone(), [ptr, len], self.module.flatten(&ty).len().min(2)));
            return Ok(());
        }
        self.enter()?;
        let (len, layout, elements) = match &ty {
            Type::Pointer { to, .. } => (1, self.layout(to)?, Some(to)),
            Type::Slice { of, .. } => (len, self.layout(of)?, Some(of)),
            Type::CStr { .. } => (cstr(self.guest.memory(), ptr)?.len() as u32 + 1, Layout { size: 1, align: 1 }, None),
            _ => (len, Layout { size: 1, align: 1 }, None),
        };
        let claimed = self.block(ptr, len, layout)?;
        if let Some(of) = elements {
            self.elements(of, ptr, len)?;
        }
        self.depth -= 1;
        self.steps.push(Step::Block(claimed));
        Ok(())
    }

    fn block(&mut self, ptr: u32, len: u32, Layout { size, align }: Layout) -> Result<Block> {
        let range = check(self.guest.memory().len(), ptr, len, size, align)?;
        let size = range.len() as u32;
        self.claim(ptr, size)?;
        Ok((ptr, size, align))
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

    fn inside(&mut self, ty: &Type, addr: u32) -> Result<()> {
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
                let claimed = self.block(ptr, cap, self.layout(of)?)?;
                self.elements(of, ptr, len)?;
                self.steps.push(Step::Block(claimed));
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
