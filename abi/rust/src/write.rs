//! Replaces a value where it lies.

use crate::calls::finish;
use crate::guest::{self, Guest};
use crate::lower::{Fate, Lower};
use crate::memory::check;
use crate::pointer::Kind;
use crate::release::Plan;
use crate::{Cause, Decl, Fault, Layout, Module, Pointer, Type, Value};

type Result<T> = std::result::Result<T, Fault>;

/// What is put in the place of the old value.
enum New {
    /// So many bytes of a number, address or descriptor.
    Words(u64, u32),
    /// The bytes of a block of the same layout, which is freed afterwards.
    Block(u32),
}

impl New {
    fn free(&self, module: &Module, guest: &mut dyn Guest, Layout { size, align }: Layout) -> Result<()> {
        match self {
            Self::Words(..) => Ok(()),
            Self::Block(block) => guest::free(module, guest, *block, size, align),
        }
    }
}

/// Replaces what a pointer points at. The new value is made first: where it cannot be made, or the old one cannot be
/// freed, nothing has changed.
pub(crate) fn write(module: &Module, guest: &mut dyn Guest, pointer: &Pointer, value: &Value) -> Result<()> {
    pointer.writable(guest.ledger().id)?;
    let ty = pointer.target().ok_or_else(|| Fault::mismatch("text is replaced as a whole"))?;
    let layout = module.layout(&ty).ok_or_else(|| Fault::mismatch("has no layout"))?;
    let addr = pointer.addr();
    let Layout { size, align } = layout;
    check(guest.memory().len(), addr, 1, size, align)?;
    let origin = pointer.origin().clone();
    let mut lower = match origin.kind {
        Kind::Owner => Lower::keeping(module, guest),
        _ => Lower::new(module, guest, Fate::Given),
    };
    let new = match make(&mut lower, &ty, addr, layout, value) {
        Ok(new) => new,
        Err(fault) => return finish(Err(fault), || lower.undo()),
    };
    let old = match lower.moves(&origin) {
        // Nobody would own it any more.
        true => Err(Fault::mismatch("an owner is no part of itself")),
        false => plan(module, lower.guest, pointer, &ty),
    };
    let old = match old {
        Ok(old) => old,
        Err(fault) => return finish(finish(Err(fault), || lower.undo()), || new.free(module, guest, layout)),
    };
    // From here on the guest does not run until all is in its new place.
    let mut kept = lower.commit();
    if let New::Block(block) = new {
        // It is freed here, and what is kept for its fields is kept for those that take their place.
        for (field, _) in &mut kept {
            if let Some(offset) = field.checked_sub(block).filter(|&offset| offset < size) {
                *field = addr + offset;
            }
        }
    }
    let mut gone = guest.ledger_mut().forget(&origin, addr, size);
    let blocks: Vec<_> = old.blocks().collect();
    for &(start, size) in &blocks {
        gone.extend(guest.ledger_mut().forget(&origin, start, size));
    }
    let memory = guest.memory_mut();
    let to = check(memory.len(), addr, 1, size, 1)?;
    match new {
        New::Words(bits, size) => {
            memory[to][..size as usize].copy_from_slice(&bits.to_le_bytes()[..size as usize]);
        }
        New::Block(block) => {
            let from = check(memory.len(), block, 1, size, 1)?;
            memory.copy_within(from, to.start);
        }
    }
    guest.ledger_mut().keep(&origin, kept);
    let freed: Vec<_> = blocks.into_iter().chain(gone.iter().map(|&(ptr, size, _)| (ptr, size))).collect();
    origin.replace(Some(&freed[..]).filter(|_| old.has_blocks_alone()));
    old.run(module, guest)?;
    new.free(module, guest, layout)?;
    gone.into_iter().try_for_each(|(ptr, size, align)| guest::free(module, guest, ptr, size, align))
}

/// What the old value owns, now that the new one is made: the guest ran, and its host may have done anything meanwhile.
fn plan(module: &Module, guest: &dyn Guest, pointer: &Pointer, ty: &Type) -> Result<Plan> {
    pointer.writable(guest.ledger().id)?;
    if !module.owns(ty) {
        return Ok(Plan::NOTHING);
    }
    let owner = Some(pointer.origin().id).filter(|_| pointer.origin().kind == Kind::Owner);
    Plan::inside(module, guest, owner, ty, pointer.addr())
}

/// Makes the new value, elsewhere if it is more than a number or a descriptor.
fn make(lower: &mut Lower<'_, '_>, ty: &Type, addr: u32, layout: Layout, value: &Value) -> Result<New> {
    let number = match ty {
        Type::Scalar(_) => true,
        Type::Named { name, .. } => matches!(lower.module.types.get(name), Some(Decl::Enum(_) | Decl::Sig(_))),
        _ => false,
    };
    match ty {
        _ if number => lower.bits(ty, value).map(|bits| New::Words(bits, layout.size)),
        Type::Pointer { .. } | Type::CStr { .. } | Type::Slice { .. } | Type::Str { .. } => {
            let [ptr, len] = lower.words_at(addr, ty, value)?;
            Ok(New::Words(u64::from(len) << 32 | u64::from(ptr), layout.size))
        }
        Type::Status => Err(Cause::Invalid.into()),
        _ if layout.size == 0 => lower.empty(value).map(|()| New::Words(0, 0)),
        ty => {
            let block = guest::alloc(lower.module, lower.guest, layout.size, layout.align)?;
            match lower.write(ty, block, value) {
                Ok(()) => Ok(New::Block(block)),
                Err(fault) => {
                    finish(Err(fault), || guest::free(lower.module, lower.guest, block, layout.size, layout.align))
                }
            }
        }
    }
}
