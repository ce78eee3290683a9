//! From values to linear memory.

use crate::error::brief;
use crate::guest::{self, Guest, Raw};
use crate::lift::MAX_DEPTH;
use crate::memory::check;
use crate::{Access, Case, Cause, Decl, Fault, Field, Layout, Module, SIZE_MAX, Scalar, Type, Value};

type Result<T> = std::result::Result<T, Fault>;

/// Writes values into linear memory, in blocks of the guest's allocator where they need room.
pub(crate) struct Lower<'a, 'g> {
    pub module: &'a Module,
    pub guest: &'g mut dyn Guest,
    /// The blocks that were allocated: address, size, align, and whether the guest owns them after the call.
    blocks: Vec<(u32, u32, u32, bool)>,
    /// Whether what is written is handed over, or lent until the call is over.
    given: bool,
    depth: usize,
}

impl<'a, 'g> Lower<'a, 'g> {
    pub(crate) fn new(module: &'a Module, guest: &'g mut dyn Guest, given: bool) -> Self {
        Self { module, guest, blocks: Vec::new(), given, depth: 0 }
    }

    /// Frees the blocks that are lent, or after a failure all of them.
    pub(crate) fn free(&mut self, all: bool) -> Result<()> {
        for (ptr, size, align, given) in std::mem::take(&mut self.blocks) {
            if all || !given {
                guest::free(self.module, self.guest, ptr, size, align)?;
            }
        }
        Ok(())
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
        self.blocks.push((ptr, size, layout.align, self.given));
        Ok(ptr)
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
        let done = self.write_shallow(ty, addr, size, value);
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
            Value::Bytes(bytes) if *of == Type::Scalar(Scalar::U8) => self.put_bytes(ptr, bytes),
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
                (Some(Decl::Sig(_)), Value::Func(index)) if *index != 0 => Some(u64::from(*index)),
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
            (Type::Pointer { .. } | Type::CStr { .. }, Value::Pointer(ptr)) if *ptr != 0 => Ok([*ptr, 0]),
            (Type::Pointer { to, access, .. }, value) if !matches!(value, Value::None | Value::Pointer(_)) => self
                .lend(ty, *access == Access::Own, to, |lower| {
                    let ptr = lower.block(1, lower.layout(to)?)?;
                    lower.write(to, ptr, value)?;
                    Ok([ptr, 0])
                }),
            (Type::Slice { of, access }, Value::List(_) | Value::Bytes(_)) => {
                self.lend(ty, *access == Access::Own, of, |lower| {
                    let len = count(value).unwrap_or_default();
                    let ptr = lower.block(len, lower.layout(of)?)?;
                    lower.write_all(of, ptr, value)?;
                    Ok([ptr, len as u32])
                })
            }
            (Type::Slice { .. } | Type::Str { .. }, Value::Run(ptr, len)) => Ok([*ptr, *len]),
            (Type::Str { owned }, Value::Text(text)) => self.text(ty, *owned, text.as_bytes()),
            (Type::CStr { .. }, Value::Text(text)) if text.contains('\0') => Err(Cause::InteriorNul.into()),
            (Type::CStr { owned, .. }, Value::Text(text)) => self.text(ty, *owned, &[text.as_bytes(), &[0]].concat()),
            _ => Err(unfit(ty, value)),
        }
    }

    fn text(&mut self, ty: &Type, owned: bool, bytes: &[u8]) -> Result<[u32; 2]> {
        let of = Type::Scalar(Scalar::U8);
        self.lend(ty, owned, &of, |lower| {
            let ptr = lower.block(bytes.len(), Layout { size: 1, align: 1 })?;
            lower.put_bytes(ptr, bytes)?;
            Ok([ptr, bytes.len() as u32])
        })
    }

    /// Makes data behind an address, whose owner is the guest if it and all around it is handed over.
    fn lend<T>(&mut self, ty: &Type, owned: bool, of: &Type, make: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        // Nobody would know when to free it.
        if self.given && !owned {
            return Err(Fault::mismatch(format!("{ty} in what is handed over has to be an address")));
        }
        let written =
            matches!(ty, Type::Pointer { access: Access::Write, .. } | Type::Slice { access: Access::Write, .. });
        if written && self.module.owns(of) {
            return Err(Fault::mismatch(format!("{ty}, whose owned parts may be replaced, has to be an address")));
        }
        make(self)
    }

    /// The wasm values of a parameter. What is behind an owned one is handed over.
    pub(crate) fn param(&mut self, ty: &Type, value: &Value) -> Result<Vec<Raw>> {
        let flat = self.module.flatten(ty);
        if let Type::Scalar(_) | Type::Named { .. } = ty {
            let bits = self.bits(ty, value)?;
            return Ok(flat.iter().map(|&wasm| Raw { wasm, bits }).collect());
        }
        let before = std::mem::replace(&mut self.given, self.module.owns(ty));
        let words = self.words(ty, value);
        self.given = before;
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
