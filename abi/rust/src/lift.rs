//! From linear memory to values.

use crate::guest::{Callee, Guest};
use crate::memory::{check, cstr};
use crate::pointer::{BYTE, Kind, Origin};
use crate::{Access, Case, Cases, Cause, Decl, Fault, Func, Module, Pointer, Scalar, Type, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The most levels of data: structs in structs, pointers to pointers.
pub(crate) const MAX_DEPTH: usize = 200;

type Result<T> = std::result::Result<T, Fault>;

/// Copies values out of linear memory.
pub(crate) struct Lift<'a> {
    pub module: &'a Module,
    pub memory: &'a [u8],
    /// How many more values and bytes of text are copied. Data that is not the same twice is smaller than memory.
    left: usize,
    /// The addresses that lead to what is read, and what is read there.
    path: Vec<(u32, Type)>,
    depth: usize,
    /// Of the pointers that stay pointers.
    origin: Arc<Origin>,
    /// The functions that were read, by `sig` and index.
    funcs: BTreeSet<(String, u32)>,
}

/// Copies a value out of a running module, whose functions have to be what the value says.
pub(crate) fn lift(
    module: &Module,
    guest: &mut dyn Guest,
    origin: &Arc<Origin>,
    read: impl FnOnce(&mut Lift<'_>) -> Result<Value>,
) -> Result<Value> {
    let mut lift = Lift { origin: origin.clone(), ..Lift::new(module, guest.memory()) };
    let value = read(&mut lift)?;
    for (sig, index) in lift.funcs {
        if let Some(Decl::Sig(signature)) = module.types.get(&sig) {
            let (params, result) = module.wasm(signature);
            guest.check(Callee::Index(index), &params, result)?;
        }
    }
    Ok(value)
}

impl<'a> Lift<'a> {
    pub(crate) fn new(module: &'a Module, memory: &'a [u8]) -> Self {
        let (left, origin) = (memory.len().max(1 << 20), Origin::new(0, Kind::Nobody));
        Self { module, memory, left, path: Vec::new(), depth: 0, origin, funcs: BTreeSet::new() }
    }

    fn spend(&mut self, count: usize) -> Result<()> {
        self.left = self.left.checked_sub(count).ok_or(Cause::TooDeep)?;
        Ok(())
    }

    /// The bytes of elements of a type.
    pub(crate) fn bytes(&self, ty: &Type, ptr: u32, len: u32) -> Result<&'a [u8]> {
        let layout = self.module.layout(ty).ok_or_else(|| Fault::mismatch(format!("{ty} has no layout")))?;
        let range = check(self.memory.len(), ptr, len, layout.size, layout.align)?;
        Ok(self.memory.get(range).ok_or(Cause::OutOfBounds)?)
    }

    /// Words of a descriptor.
    pub(crate) fn words<const N: usize>(&self, addr: u32) -> Result<[u32; N]> {
        let range = check(self.memory.len(), addr, N as u32, 4, 4)?;
        let bytes = self.memory.get(range).ok_or(Cause::OutOfBounds)?;
        Ok(std::array::from_fn(|index| little(&bytes[4 * index..4 * index + 4]) as u32))
    }

    /// Reads the value of a type at an address.
    pub(crate) fn read(&mut self, ty: &Type, addr: u32) -> Result<Value> {
        if self.depth > MAX_DEPTH {
            return Err(Cause::TooDeep.into());
        }
        self.depth += 1;
        let value = self.read_shallow(ty, addr);
        self.depth -= 1;
        value
    }

    fn read_shallow(&mut self, ty: &Type, addr: u32) -> Result<Value> {
        self.spend(1)?;
        let bytes = self.bytes(ty, addr, 1)?;
        match ty {
            Type::Scalar(scalar) => scalar_value(*scalar, little(bytes)),
            Type::Array { of, len } => self.elements(of, addr, *len),
            Type::Slice { .. } | Type::Str { .. } => {
                let [ptr, len] = self.words(addr)?;
                self.behind(ty, ptr, len)
            }
            Type::Buffer { of } => {
                let (ptr, len, _) = self.buffer(of, addr)?;
                self.elements(of, ptr, len)
            }
            Type::Pointer { .. } | Type::CStr { .. } => self.behind(ty, little(bytes) as u32, 0),
            Type::Named { name, .. } => match self.module.types.get(name) {
                Some(Decl::Struct(of)) => of
                    .fields
                    .iter()
                    .map(|field| {
                        let value = self.read(&field.ty, addr + field.offset);
                        Ok((field.name.clone(), value.map_err(|fault| fault.within(format!(".{}", field.name)))?))
                    })
                    .collect::<Result<_>>()
                    .map(Value::Struct),
                Some(Decl::Union(of)) => {
                    let mut fields = Vec::new();
                    for field in &of.fields {
                        let value = match &field.ty {
                            // It may be a number as well.
                            Type::Pointer { .. } => {
                                let [ptr] = self.words(addr)?;
                                Ok(if ptr == 0 { Value::None } else { self.pointer(&field.ty, ptr) })
                            }
                            ty => self.read(ty, addr),
                        };
                        fields.extend(value.ok().map(|value| (field.name.clone(), value)));
                    }
                    Ok(Value::Struct(fields))
                }
                Some(Decl::Tagged(of)) => {
                    let case = case(&of.cases, of.tag, little(&bytes[..of.tag.size() as usize]))?;
                    let payload = case.payload.as_ref().map(|(offset, ty)| self.read(ty, addr + offset));
                    let payload = payload.transpose().map_err(|fault| fault.within(format!(".{}", case.name)))?;
                    Ok(Value::Case(case.name.clone(), payload.map(Box::new)))
                }
                _ => self.number(ty, little(bytes)),
            },
            Type::Status => Err(Fault::mismatch("a status lies in no memory")),
        }
    }

    /// The value of a scalar, enumeration or sig, of which a call may hand over more bits than it has.
    pub(crate) fn number(&mut self, ty: &Type, bits: u64) -> Result<Value> {
        match ty {
            Type::Scalar(scalar) => scalar_value(*scalar, bits),
            Type::Named { name, null } => match self.module.types.get(name) {
                Some(Decl::Enum(of)) => Ok(Value::Case(case(&of.cases, of.int, bits)?.name.clone(), None)),
                Some(Decl::Sig(_)) if bits as u32 != 0 => {
                    self.funcs.insert((name.clone(), bits as u32));
                    Ok(Func::new(name, bits as u32).into())
                }
                Some(Decl::Sig(_)) if *null => Ok(Value::None),
                Some(Decl::Sig(_)) => Err(Cause::Null.into()),
                _ => Err(Fault::mismatch(format!("{ty} is no number"))),
            },
            _ => self.behind(ty, bits as u32, 0),
        }
    }

    /// The value behind an address: of a pointer, cstr, str or slice.
    pub(crate) fn behind(&mut self, ty: &Type, ptr: u32, len: u32) -> Result<Value> {
        match ty {
            Type::Pointer { null: true, .. } | Type::CStr { null: true, .. } if ptr == 0 => Ok(Value::None),
            Type::Pointer { .. } if ptr == 0 => Err(Cause::Null.into()),
            Type::Pointer { to, .. } if self.module.layout(to).is_none() => Ok(self.pointer(ty, ptr)),
            Type::Pointer { to, .. } if self.path.iter().any(|(open, of)| *open == ptr && of == &**to) => {
                Ok(self.pointer(ty, ptr))
            }
            Type::Pointer { to, .. } => {
                self.path.push((ptr, (**to).clone()));
                let value = self.read(to, ptr);
                self.path.pop();
                value
            }
            Type::CStr { .. } => self.text(cstr(self.memory, ptr)?),
            Type::Str { .. } => {
                let bytes = self.bytes(&BYTE, ptr, len)?;
                self.text(bytes)
            }
            Type::Slice { of, .. } => self.elements(of, ptr, len),
            _ => Err(Fault::mismatch(format!("{ty} does not lie behind an address"))),
        }
    }

    /// A pointer within a copy. It owns nothing, since what it came from does.
    fn pointer(&self, ty: &Type, ptr: u32) -> Value {
        let access = if ty.access() == Access::Write { Access::Write } else { Access::Read };
        Pointer::new(&ty.bare().with_access(access), ptr, 0, self.origin.clone()).led().into()
    }

    fn text(&mut self, bytes: &[u8]) -> Result<Value> {
        self.spend(bytes.len())?;
        Ok(Value::Text(std::str::from_utf8(bytes).map_err(|_| Cause::NotUtf8)?.to_owned()))
    }

    /// Address, length and room of a buffer.
    pub(crate) fn buffer(&self, of: &Type, addr: u32) -> Result<(u32, u32, u32)> {
        let [ptr, len, cap] = self.words(addr)?;
        self.bytes(of, ptr, cap)?;
        if len > cap { Err(Cause::TooLong.into()) } else { Ok((ptr, len, cap)) }
    }

    pub(crate) fn elements(&mut self, of: &Type, ptr: u32, len: u32) -> Result<Value> {
        let bytes = self.bytes(of, ptr, len)?;
        if *of == BYTE {
            self.spend(bytes.len())?;
            return Ok(Value::Bytes(bytes.to_vec()));
        }
        if len as usize > self.left {
            return Err(Cause::TooDeep.into());
        }
        let size = self.module.layout(of).map_or(0, |layout| layout.size);
        let element = |index| self.read(of, ptr + index * size).map_err(|fault| fault.within(format!("[{index}]")));
        (0..len).map(element).collect::<Result<_>>().map(Value::List)
    }
}

/// The number of little-endian bytes, up to eight.
pub(crate) fn little(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// An integer of the scalar's width.
fn narrow(scalar: Scalar, bits: u64) -> i128 {
    let unused = 64 - 8 * scalar.size();
    match scalar {
        Scalar::I8 | Scalar::I16 | Scalar::I32 | Scalar::I64 | Scalar::Isize => {
            i128::from((bits << unused) as i64 >> unused)
        }
        _ => i128::from(bits << unused >> unused),
    }
}

fn scalar_value(scalar: Scalar, bits: u64) -> Result<Value> {
    Ok(match scalar {
        // In a call, every i32 but 0 is true.
        Scalar::Bool => Value::Bool(bits as u32 != 0),
        Scalar::Char => Value::Char(char::from_u32(bits as u32).ok_or(Cause::Invalid)?),
        Scalar::F32 => Value::Float(f32::from_bits(bits as u32).into()),
        Scalar::F64 => Value::Float(f64::from_bits(bits)),
        int => Value::Int(narrow(int, bits)),
    })
}

/// The case that a number means.
pub(crate) fn case(cases: &Cases, int: Scalar, bits: u64) -> Result<&Case> {
    Ok(cases.of(narrow(int, bits)).ok_or(Cause::Invalid)?)
}
