//! What the host owns in an instance: the pointers that it has to free, the blocks that it allocated, and what it keeps
//! for its owners.

use crate::pointer::{Kind, Origin, State};
use crate::{Cause, Fault, Module, Pointer, Type};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Address, size and align.
pub(crate) type Block = (u32, u32, u32);

/// What the host owns in a running module. A [`Guest`](crate::Guest) keeps one from its first call on, so that host
/// functions find what their callers own.
#[derive(Debug)]
pub struct Ledger {
    /// No other instance has it.
    pub(crate) id: u64,
    /// Why a call trapped, if one did: none may follow.
    pub(crate) lost: Option<String>,
    next: u64,
    /// The origin of what the guest returns as borrowed.
    guest: Arc<Origin>,
    /// By address, then by number: several may be where nothing has a size.
    owners: BTreeMap<(u32, u64), Owner>,
    /// The size and align of blocks that the host allocated by hand.
    pub(crate) blocks: BTreeMap<u32, (u32, u32)>,
}

#[derive(Debug)]
struct Owner {
    pointer: Pointer,
    /// Data that the host put into borrowed fields, by the field's address.
    kept: BTreeMap<u32, Block>,
}

impl Default for Ledger {
    fn default() -> Self {
        static INSTANCES: AtomicU64 = AtomicU64::new(1);
        let id = INSTANCES.fetch_add(1, Relaxed);
        let guest = Origin::new(id, Kind::Guest);
        Self { id, lost: None, next: 1, guest, owners: BTreeMap::new(), blocks: BTreeMap::new() }
    }
}

impl Ledger {
    /// The pointers that the host has to free.
    pub(crate) fn owners(&self) -> impl Iterator<Item = &Pointer> {
        self.owners.values().map(|owner| &owner.pointer)
    }

    /// A pointer that the host owns from here on.
    pub(crate) fn own(&mut self, module: &Module, ty: &Type, addr: u32, len: u32) -> Result<Pointer, Fault> {
        let pointer = Pointer::new(ty, addr, len, Origin::owner(self.id, self.next, addr));
        // Things without a size may share an address, and so may opaque ones of several types.
        let layout = pointer.block(module);
        let same = |owner: &Owner| match layout {
            Some(layout) => layout.size > 0 && owner.pointer.block(module).is_some_and(|other| other.size > 0),
            None => owner.pointer.ty() == pointer.ty(),
        };
        if self.at(addr).any(same) {
            return Err(Cause::OwnedTwice.into());
        }
        self.owners.insert((addr, self.next), Owner { pointer: pointer.clone(), kept: BTreeMap::new() });
        self.next += 1;
        Ok(pointer)
    }

    /// The host's pointer that a block belongs to, if it is not the one that is looked at.
    pub(crate) fn is_owned(&self, module: &Module, addr: u32, but: Option<u64>) -> bool {
        self.at(addr).any(|owner| {
            Some(owner.pointer.origin().id) != but && owner.pointer.block(module).is_some_and(|layout| layout.size > 0)
        })
    }

    /// Whether the host has something opaque as a pointer of the same type, if that is not the one that is looked at.
    pub(crate) fn is_owned_as(&self, ty: &Type, addr: u32, but: Option<u64>) -> bool {
        self.at(addr).any(|owner| Some(owner.pointer.origin().id) != but && owner.pointer.ty() == ty)
    }

    fn at(&self, addr: u32) -> impl Iterator<Item = &Owner> {
        self.owners.range((addr, 0)..=(addr, u64::MAX)).map(|(_, owner)| owner)
    }

    /// The origin of what the guest returns as borrowed.
    pub(crate) fn guest(&self) -> Arc<Origin> {
        self.guest.clone()
    }

    /// A pointer to what the guest returned as borrowed.
    pub(crate) fn borrow(&self, ty: &Type, addr: u32, len: u32) -> Pointer {
        Pointer::new(ty, addr, len, self.guest.clone())
    }

    /// Ends an owner, and says what was kept for it.
    pub(crate) fn end(&mut self, pointer: &Pointer, state: State) -> Vec<Block> {
        pointer.origin().set(state);
        let owner = self.owners.remove(&(pointer.origin().base, pointer.origin().id));
        owner.map_or_else(Vec::new, |owner| owner.kept.into_values().collect())
    }

    fn kept(&mut self, origin: &Origin) -> Option<&mut BTreeMap<u32, Block>> {
        self.owners.get_mut(&(origin.base, origin.id)).map(|owner| &mut owner.kept)
    }

    /// Whether an owner holds borrowed data that the host keeps for it.
    pub(crate) fn keeps(&self, pointer: &Pointer) -> bool {
        self.owners.get(&(pointer.origin().base, pointer.origin().id)).is_some_and(|owner| !owner.kept.is_empty())
    }

    /// Keeps data for an owner, by the addresses of the fields that lead to it.
    pub(crate) fn keep(&mut self, origin: &Origin, data: impl IntoIterator<Item = (u32, Block)>) {
        if let Some(kept) = self.kept(origin) {
            kept.extend(data);
        }
    }

    /// What was kept for fields in a range of addresses that is no more, and for fields in that.
    pub(crate) fn forget(&mut self, origin: &Origin, start: u32, size: u32) -> Vec<Block> {
        let Some(kept) = self.kept(origin) else { return Vec::new() };
        let (mut gone, mut ranges) = (Vec::new(), vec![(start, size)]);
        while let Some((start, size)) = ranges.pop() {
            let fields: Vec<u32> = kept.range(start..start.saturating_add(size)).map(|(&field, _)| field).collect();
            for block in fields.iter().filter_map(|field| kept.remove(field)) {
                ranges.push((block.0, block.1));
                gone.push(block);
            }
        }
        gone
    }
}
