//! From values to linear memory.

use crate::error::brief;
use crate::guest::{self, Guest, Raw};
use crate::ledger::Block;
use crate::lift::MAX_DEPTH;
use crate::memory::check;
use crate::pointer::{BYTE, Origin, State};
use crate::{Access, Case, Cause, Decl, Fault, Field, Layout, Module, Pointer, SIZE_MAX, Scalar, Type, Value};
use std::sync::Arc;

type Result<T> = std::result::Result<T, Fault>;

/// What becomes of a block that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is freed after the call.
    Lent,
    /// It belongs to whoever gets what holds it.
    Given,
    /// It is borrowed data of an owner, which the host keeps as long as that.
    Kept,
}

/// Writes values into linear memory, in blocks of the guest's allocator where they need room.
pub(crate) struct Lower<'a, 'g> {
    pub module: &'a Module,
    pub guest: &'g mut dyn Guest,
    /// The blocks that were allocated, each with the address of the field that leads to it.
    blocks: Vec<(Block, Fate, u32)>,
    /// The owners that are handed over.
    moved: Vec<Pointer>,
    /// What is lent by pointer until the call is over: from where to where, and whether it is written to.
    lent: Vec<(Pointer, u64, u64, bool)>,
    /// Whether what is written is handed over, kept, or lent until the call is over.
    fate: Fate,
    /// Whether the host can keep borrowed data for what is written.
    keeps: bool,
    /// The address of the field that is written.
    field: u32,
    depth: usize,
}

impl<'a, 'g> Lower<'a, 'g> {
    pub(crate) fn new(module: &'a Module, guest: &'g mut dyn Guest, fate: Fate) -> Self {
        let (blocks, moved, lent) = (Vec::new(), Vec::new(), Vec::new());
        Self { module, guest, blocks, moved, lent, fate, keeps: false, field: 0, depth: 0 }
    }

    /// Writes something whose owner the host is, and for which it keeps borrowed data.
    pub(crate) fn keeping(module: &'a Module, guest: &'g mut dyn Guest) -> Self {
        Self { keeps: true, ..Self::new(module, guest, Fate::Given) }
    }

    /// Takes all back after a failure: nothing was handed over.
    pub(crate) fn undo(&mut self) -> Result<()> {
        for pointer in self.moved.drain(..) {
            pointer.origin().set(State::Live);
        }
        self.unlend();
        self.free(|_| true)
    }

    /// Whether an owner is handed over.
    pub(crate) fn moves(&self, origin: &Arc<Origin>) -> bool {
        self.moved.iter().any(|pointer| Arc::ptr_eq(pointer.origin(), origin))
    }

    /// What was handed over is gone. Tells which blocks the host keeps, by the fields that lead to them.
    pub(crate) fn commit(&mut self) -> Vec<(u32, Block)> {
        for pointer in self.moved.drain(..) {
            self.guest.ledger_mut().end(&pointer, State::Moved);
        }
        let kept = self.blocks.iter().filter(|(_, fate, _)| *fate == Fate::Kept);
        kept.map(|(block, _, field)| (*field, *block)).collect()
    }

    /// Frees what was lent.
    pub(crate) fn finish(&mut self) -> Result<()> {
        for (pointer, _, _, written) in &self.lent {
            if *written && pointer.target().is_some_and(|ty| self.module.owns(&ty)) {
                pointer.origin().replace(None);
            }
        }
        self.unlend();
        self.free(|fate| fate == Fate::Lent)
    }

    fn unlend(&mut self) {
        for (pointer, ..) in self.lent.drain(..) {
            pointer.origin().unlend();
        }
    }

    fn free(&mut self, is_freed: impl Fn(Fate) -> bool) -> Result<()> {
        for ((ptr, size, align), fate, _) in std::mem::take(&mut self.blocks) {
            if is_freed(fate) {
                guest::free(self.module, self.guest, ptr, size, align)?;
            }
        }
        Ok(())
    }

    /// Whether an address is in a block that is freed after the call.
    pub(crate) fn is_lent(&self, addr: u32) -> bool {
        let inside = |(ptr, size, _): Block| addr.checked_sub(ptr).is_some_and(|offset| offset < size);
        self.blocks.iter().any(|(block, fate, _)| *fate == Fate::Lent && inside(*block))
    }

    /// Leaves a block that was lent to somebody else.
    pub(crate) fn leave(&mut self, addr: u32) {
        self.blocks.retain(|((ptr, ..), ..)| *ptr != addr);
    }

    /// A block for so many elements.
    pub(crate) fn block(&mut self, len: usize, layout: Layout) -> Result<u32> {
        let size = len as u64 * u64::from(layout.size);
        let Some(size) = u32::try_from(size).ok().filter(|&size| size <= SIZE_MAX) else {
            return Err(Cause::TooLong.into());
        };
        if size == 0 {
            return Ok(layout.align);
        }
        let ptr = guest::alloc(self.module, self.guest, size, layout.align)?;
        self.blocks.push(((ptr, size, layout.align), self.fate, self.field));
        Ok(ptr)
    }

    /// Address and length of what a pointer of the host leads to, to be handed over or lent as a type says.
    fn pointer(&mut self, ty: &Type, given: &Pointer) -> Result<[u32; 2]> {
        let instance = self.guest.ledger().id;
        given.alive(instance)?;
        if !ty.takes(given.ty()) {
            return Err(Fault::mismatch(format!("{given:?} is no {ty}")));
        }
        let len = match given.target() {
            Some(Type::Array { len, .. }) if matches!(ty, Type::Slice { .. }) => len,
            _ => given.len(),
        };
        let written = ty.access() == Access::Write;
        match (ty.access(), self.fate) {
            (Access::Own, Fate::Given) => {
                given.owner(instance)?;
                if self.guest.ledger().keeps(given) {
                    return Err(Fault::mismatch(format!("{given:?} holds borrowed data of the host, and goes away")));
                }
                given.origin().set(State::Moved);
                self.moved.push(given.clone());
                return Ok([given.addr(), len]);
            }
            (Access::Write, _) => given.writable(instance)?,
            _ => {}
        }
        if self.fate == Fate::Lent {
            let size = given.block(self.module).map_or(0, |layout| layout.size);
            let (start, end) = (u64::from(given.addr()), u64::from(given.addr()) + u64::from(size));
            let twice =
                |(_, from, to, other): &(Pointer, u64, u64, bool)| (written || *other) && *from < end && start < *to;
            if self.lent.iter().any(twice) {
                return Err(Fault::mismatch(format!("{given:?} is lent twice to a call that writes to it")));
            }
            given.origin().lend();
            self.lent.push((given.clone(), start, end, written));
        }
        Ok([given.addr(), len])
    }

    pub(crate) fn layout(&self, ty: &Type) -> Result<Layout> {
        self.module.layout(ty).ok_or_else(|| Fault::mismatch(format!("{ty} is known by address only")))
    }

    fn put(&mut self, addr: u32, size: u32, bits: u64) -> Result<()> {
        self.put_bytes(addr, &bits.to_le_bytes()[..size as usize])
    }

    fn put_bytes(&mut self, addr: u32, bytes: &[u8]) -> Result<()> {
        let memory = self.guest.memory_mut();
        let range = check(memory.len(), addr, bytes.len() as u32, 1, 1)?;
        memory.get_mut(range).ok_or(Cause::OutOfBounds)?.copy_from_slice(bytes);
        Ok(())
    }

    /// Writes the value of a type to an address.
    pub(crate) fn write(&mut self, ty: &Type, addr: u32, value: &Value) -> Result<()> {
        if self.depth > MAX_DEPTH {
            return Err(Cause::TooDeep.into());
        }
        let Layout { size, align } = self.layout(ty)?;
        check(self.guest.memory().len(), addr, 1, size, align)?;
        self.depth += 1;
        let before = std::mem::replace(&mut self.field, addr);
        let done = self.write_shallow(ty, addr, size, value);
        self.field = before;
        self.depth -= 1;
        done
    }

    fn write_shallow(&mut self, ty: &Type, addr: u32, size: u32, value: &Value) -> Result<()> {
        match ty {
            Type::Array { of, len } => match count(value) {
                Some(count) if count == *len as usize => self.write_all(of, addr, value),
                _ => Err(unfit(ty, value)),
            },
            Type::Slice { .. } | Type::Str { .. } => {
                let [ptr, len] = self.words(ty, value)?;
                self.put(addr, 4, ptr.into())?;
                self.put(addr + 4, 4, len.into())
            }
            Type::Buffer { of } => {
                let len = count(value).ok_or_else(|| unfit(ty, value))?;
                let ptr = self.block(len, self.layout(of)?)?;
                self.write_all(of, ptr, value)?;
                self.put(addr, 4, ptr.into())?;
                self.put(addr + 4, 4, len as u64)?;
                self.put(addr + 8, 4, len as u64)
            }
            Type::Pointer { .. } | Type::CStr { .. } => {
                let [ptr, _] = self.words(ty, value)?;
                self.put(addr, 4, ptr.into())
            }
            Type::Named { name, .. } => match (self.module.types.get(name), value) {
                (Some(Decl::Struct(of)), Value::Struct(fields)) if fields.len() == of.fields.len() => {
                    of.fields.iter().try_for_each(|field| self.write_field(ty, field, addr, value))
                }
                (Some(Decl::Union(of)), Value::Struct(fields)) if fields.len() == 1 => {
                    let field = of.fields.iter().find(|field| field.name == fields[0].0);
                    self.write_field(ty, field.ok_or_else(|| unfit(ty, value))?, addr, value)
                }
                (Some(Decl::Tagged(of)), Value::Case(name, payload)) => {
                    let case = of.cases.named(name).ok_or_else(|| unfit(ty, value))?;
                    self.put(addr, of.tag.size(), case.value as u64)?;
                    match (&case.payload, payload) {
                        (None, None) => Ok(()),
                        (Some((offset, ty)), Some(value)) => {
                            self.write(ty, addr + offset, value).map_err(|fault| fault.within(format!(".{name}")))
                        }
                        _ => Err(unfit(ty, value)),
                    }
                }
                _ => self.bits(ty, value).and_then(|bits| self.put(addr, size, bits)),
            },
            Type::Scalar(_) => self.bits(ty, value).and_then(|bits| self.put(addr, size, bits)),
            Type::Status => Err(unfit(ty, value)),
        }
    }

    fn write_field(&mut self, ty: &Type, field: &Field, addr: u32, value: &Value) -> Result<()> {
        let part = value.get(&field.name).ok_or_else(|| unfit(ty, value))?;
        let done = self.write(&field.ty, addr + field.offset, part);
        done.map_err(|fault| fault.within(format!(".{}", field.name)))
    }

    fn write_all(&mut self, of: &Type, ptr: u32, values: &Value) -> Result<()> {
        match values {
            Value::Bytes(bytes) if *of == BYTE => self.put_bytes(ptr, bytes),
            Value::List(values) => {
                let size = self.layout(of)?.size;
                for (index, value) in values.iter().enumerate() {
                    let done = self.write(of, ptr + index as u32 * size, value);
                    done.map_err(|fault| fault.within(format!("[{index}]")))?;
                }
                Ok(())
            }
            _ => Err(unfit(of, values)),
        }
    }

    /// The bits of a scalar, enumeration or sig, extended as a call wants them.
    pub(crate) fn bits(&self, ty: &Type, value: &Value) -> Result<u64> {
        let bits = match (ty, value) {
            (Type::Scalar(Scalar::Bool), Value::Bool(value)) => Some(u64::from(*value)),
            (Type::Scalar(Scalar::Char), Value::Char(value)) => Some(u64::from(*value)),
            (Type::Scalar(Scalar::F32), Value::Float(value)) => {
                let rounded = *value as f32;
                (rounded.is_finite() || !value.is_finite()).then(|| rounded.to_bits().into())
            }
            (Type::Scalar(Scalar::F64), Value::Float(value)) => Some(value.to_bits()),
            (Type::Scalar(Scalar::F32), Value::Int(value)) => Some(u64::from((*value as f32).to_bits())),
            (Type::Scalar(Scalar::F64), Value::Int(value)) => Some((*value as f64).to_bits()),
            (Type::Scalar(Scalar::Char | Scalar::Bool), _) => None,
            (Type::Scalar(scalar), Value::Int(value)) => {
                scalar.range().filter(|(least, most)| (least..=most).contains(&value)).map(|_| *value as u64)
            }
            (Type::Named { name, null }, value) => match (self.module.types.get(name), value) {
                (Some(Decl::Enum(of)), Value::Case(name, None)) => of.cases.named(name).map(number),
                (Some(Decl::Enum(of)), Value::Int(value)) => of.cases.of(*value).map(number),
                (Some(Decl::Sig(_)), Value::Func(func)) if func.index != 0 && func.sig == *name => {
                    Some(u64::from(func.index))
                }
                (Some(Decl::Sig(_)), Value::None) if *null => Some(0),
                _ => None,
            },
            _ => None,
        };
        bits.ok_or_else(|| unfit(ty, value))
    }

    /// Address and length of a pointer, cstr, str or slice, whose data gets a block.
    pub(crate) fn words(&mut self, ty: &Type, value: &Value) -> Result<[u32; 2]> {
        match (ty, value) {
            (Type::Pointer { null: true, .. } | Type::CStr { null: true, .. }, Value::None) => Ok([0, 0]),
            (_, Value::Pointer(pointer)) => self.pointer(ty, pointer),
            (Type::Pointer { to, access, .. }, value) if *value != Value::None => {
                self.lend(ty, *access == Access::Own, to, |lower| {
                    let ptr = lower.block(1, lower.layout(to)?)?;
                    lower.write(to, ptr, value)?;
                    Ok([ptr, 0])
                })
            }
            (Type::Slice { of, access }, Value::List(_) | Value::Bytes(_)) => {
                self.lend(ty, *access == Access::Own, of, |lower| {
                    let len = count(value).unwrap_or_default();
                    let ptr = lower.block(len, lower.layout(of)?)?;
                    lower.write_all(of, ptr, value)?;
                    Ok([ptr, len as u32])
                })
            }
            (Type::Str { owned }, Value::Text(text)) => self.text(ty, *owned, text.as_bytes()),
            (Type::CStr { .. }, Value::Text(text)) if text.contains('\0') => Err(Cause::InteriorNul.into()),
            (Type::CStr { owned, .. }, Value::Text(text)) => self.text(ty, *owned, &[text.as_bytes(), &[0]].concat()),
            _ => Err(unfit(ty, value)),
        }
    }

    /// Address and length, as [`words`](Self::words) has them, for a field at an address.
    pub(crate) fn words_at(&mut self, addr: u32, ty: &Type, value: &Value) -> Result<[u32; 2]> {
        self.field = addr;
        self.words(ty, value)
    }

    /// Elements of a run that has none.
    pub(crate) fn empty(&self, value: &Value) -> Result<()> {
        if count(value) == Some(0) { Ok(()) } else { Err(Fault::mismatch("there are 0 elements")) }
    }

    fn text(&mut self, ty: &Type, owned: bool, bytes: &[u8]) -> Result<[u32; 2]> {
        self.lend(ty, owned, &BYTE, |lower| {
            let ptr = lower.block(bytes.len(), Layout { size: 1, align: 1 })?;
            lower.put_bytes(ptr, bytes)?;
            Ok([ptr, bytes.len() as u32])
        })
    }

    /// Makes data behind an address, whose owner is the guest if it and all around it is handed over.
    fn lend<T>(&mut self, ty: &Type, owned: bool, of: &Type, make: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let fate = match self.fate {
            Fate::Given if !owned && self.keeps => Fate::Kept,
            // Nobody would know when to free it.
            Fate::Given if !owned => {
                return Err(Fault::mismatch(format!("{ty} in what is handed over has to be a pointer")));
            }
            fate => fate,
        };
        if ty.access() == Access::Write && self.module.owns(of) {
            return Err(Fault::mismatch(format!("{ty}, whose owned parts may be replaced, has to be a pointer")));
        }
        let before = std::mem::replace(&mut self.fate, fate);
        let made = make(self);
        self.fate = before;
        made
    }

    /// The wasm values of a parameter. What is behind an owned one is handed over.
    pub(crate) fn param(&mut self, ty: &Type, value: &Value) -> Result<Vec<Raw>> {
        let flat = self.module.flatten(ty);
        if let Type::Scalar(_) | Type::Named { .. } = ty {
            let bits = self.bits(ty, value)?;
            return Ok(flat.iter().map(|&wasm| Raw { wasm, bits }).collect());
        }
        let fate = if self.module.owns(ty) { Fate::Given } else { self.fate };
        let before = std::mem::replace(&mut self.fate, fate);
        let words = self.words(ty, value);
        self.fate = before;
        Ok(words?.into_iter().take(flat.len()).map(Raw::word).collect())
    }
}

fn number(case: &Case) -> u64 {
    case.value as u64
}

fn count(value: &Value) -> Option<usize> {
    match value {
        Value::List(values) => Some(values.len()),
        Value::Bytes(bytes) => Some(bytes.len()),
        _ => None,
    }
}

fn unfit(ty: &Type, value: &Value) -> Fault {
    Fault::mismatch(format!("{} is no {ty}", brief(value)))
}
