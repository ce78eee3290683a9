//! What the grammar cannot say: that names are declared, that layouts are C's, that types stand where they may.

use crate::record::{Record, is_owned};
use crate::{Access, Decl, Error, Layout, SIZE_MAX, Scalar, Signature, Type};
use std::collections::HashMap;

/// The most types that contain one another by value.
const MAX_NESTED: usize = 32;
/// The most wasm parameters of a function.
const MAX_PARAMS: usize = 1000;

/// A record, and the number and text of its line.
pub(crate) type Line<'a> = (usize, &'a str, Record);

/// What is known of a type by value.
#[derive(Clone, Copy)]
struct Facts {
    size: u64,
    align: u64,
    owns: bool,
    /// How many types contain one another in it.
    nested: usize,
}

#[derive(Clone, Copy)]
enum State {
    Unseen,
    Open,
    Known(Facts),
}

struct Checker<'a> {
    lines: &'a [Line<'a>],
    names: HashMap<&'a str, usize>,
    states: Vec<State>,
}

/// Checks all records against one another, and tells of each whether it is a type that owns something.
pub(crate) fn check(lines: &[Line<'_>]) -> Result<Vec<bool>, Error> {
    let types = lines.iter().enumerate().filter_map(|(index, (_, _, record))| match record {
        Record::Type(name, _) => Some((name.as_str(), index)),
        _ => None,
    });
    let mut checker = Checker { lines, names: types.collect(), states: vec![State::Unseen; lines.len()] };
    for index in 0..lines.len() {
        checker.aggregate(index, 1)?;
    }
    for (number, text, record) in lines {
        checker.record(record).map_err(|error| error.at(*number, text))?;
    }
    Ok(checker.states.iter().map(|state| matches!(state, State::Known(Facts { owns: true, .. }))).collect())
}

fn wrong(what: String) -> Error {
    Error::new("R8", what)
}

fn misplaced(ty: &Type, what: &str) -> Error {
    Error::new("R7", format!("{ty} {what}"))
}

impl Checker<'_> {
    fn decl(&self, name: &str) -> Result<(usize, &Decl), Error> {
        match self.names.get(name).map(|&index| (index, &self.lines[index].2)) {
            Some((index, Record::Type(_, decl))) => Ok((index, decl)),
            _ => Err(Error::new("R7", format!("no type {} is declared", crate::error::shorten(name)))),
        }
    }

    /// Lays out the struct, union or tagged of a line; what it contains first, to a bounded depth.
    fn aggregate(&mut self, index: usize, depth: usize) -> Result<Option<Facts>, Error> {
        let (number, text, record) = &self.lines[index];
        let at = |error: Error| error.at(*number, text);
        let Record::Type(_, decl @ (Decl::Struct(_) | Decl::Union(_) | Decl::Tagged(_))) = record else {
            return Ok(None);
        };
        match self.states[index] {
            State::Known(facts) => return Ok(Some(facts)),
            State::Open => return Err(at(wrong("a type contains itself".into()))),
            State::Unseen if depth > MAX_NESTED => {
                return Err(at(Error::new("limits", format!("over {MAX_NESTED} types contain one another"))));
            }
            State::Unseen => self.states[index] = State::Open,
        }
        let facts = self.lay_out(decl, depth).map_err(at)?;
        self.states[index] = State::Known(facts);
        Ok(Some(facts))
    }

    /// Follows C's rule, and compares.
    fn lay_out(&mut self, decl: &Decl, depth: usize) -> Result<Facts, Error> {
        let (stated, fields, tag): (Layout, Vec<(u32, &Type)>, Option<Scalar>) = match decl {
            Decl::Struct(of) | Decl::Union(of) => {
                (of.layout, of.fields.iter().map(|field| (field.offset, &field.ty)).collect(), None)
            }
            Decl::Tagged(of) => {
                let payloads = of.cases.iter().filter_map(|case| case.payload.as_ref());
                (of.layout, payloads.map(|(offset, ty)| (*offset, ty)).collect(), Some(of.tag))
            }
            _ => return Err(wrong("no aggregate".into())),
        };
        let parts = fields.iter().map(|(_, ty)| self.by_value(ty, depth)).collect::<Result<Vec<_>, _>>()?;
        let strictest = parts.iter().map(|part| part.align).max().unwrap_or(1);
        let tag = tag.map_or(0, |tag| u64::from(tag.size()));
        let (mut end, mut nested, mut owns) = (tag, 0, false);
        for (&(offset, ty), part) in fields.iter().zip(&parts) {
            let expected = match decl {
                Decl::Struct(_) => end.next_multiple_of(part.align),
                _ => tag.next_multiple_of(strictest),
            };
            if u64::from(offset) != expected {
                return Err(wrong(format!("{ty} lies at {offset}, C's layout rule says {expected}")));
            }
            if part.owns && matches!(decl, Decl::Union(_)) {
                return Err(wrong(format!("{ty} in a union: nobody could tell whether to free it")));
            }
            end = end.max(expected + part.size);
            (nested, owns) = (nested.max(part.nested), owns || part.owns);
        }
        if nested >= MAX_NESTED {
            return Err(Error::new("limits", format!("over {MAX_NESTED} types contain one another")));
        }
        let align = strictest.max(tag);
        let size = end.next_multiple_of(strictest).next_multiple_of(align);
        if size > u64::from(SIZE_MAX) {
            return Err(wrong(format!("its size is over {SIZE_MAX}")));
        }
        if (u64::from(stated.size), u64::from(stated.align)) != (size, align) {
            let Layout { size: other, align: another } = stated;
            return Err(wrong(format!("size {other}, align {another}; C's layout rule says {size}, {align}")));
        }
        Ok(Facts { size, align, owns, nested: nested + 1 })
    }

    /// What is known of a type that lies in memory.
    fn by_value(&mut self, ty: &Type, depth: usize) -> Result<Facts, Error> {
        let facts = |size, align, owns| Ok(Facts { size, align, owns, nested: 0 });
        match ty {
            Type::Scalar(scalar) => facts(scalar.size().into(), scalar.size().into(), false),
            Type::Pointer { access, .. } => facts(4, 4, *access == Access::Own),
            Type::CStr { owned, .. } => facts(4, 4, *owned),
            Type::Slice { access, .. } => facts(8, 4, *access == Access::Own),
            Type::Str { owned } => facts(8, 4, *owned),
            Type::Buffer { .. } => facts(12, 4, true),
            Type::Array { of, len } => {
                let part = self.by_value(of, depth)?;
                let size = part.size * u64::from(*len);
                if size == 0 || size > u64::from(SIZE_MAX) {
                    return Err(wrong(format!("{ty} has a size of {size}")));
                }
                Ok(Facts { size, ..part })
            }
            Type::Named { name, null } => {
                let (index, decl) = self.decl(name)?;
                match decl {
                    Decl::Sig(_) => facts(4, 4, false),
                    _ if *null => Err(misplaced(ty, "is no type: `?` stands before pointers, cstr and sigs")),
                    Decl::Enum(of) if !of.status => facts(of.int.size().into(), of.int.size().into(), false),
                    _ => self.aggregate(index, depth + 1)?.ok_or_else(|| misplaced(ty, "lies in no memory")),
                }
            }
            Type::Status => Err(misplaced(ty, "lies in no memory")),
        }
    }

    /// Checks a type down to the end, behind pointers too.
    fn complete(&mut self, ty: &Type) -> Result<(), Error> {
        self.by_value(ty, 0)?;
        match ty {
            Type::Pointer { to, .. } => match &**to {
                Type::Named { name, null: false } if matches!(self.decl(name)?.1, Decl::Opaque) => Ok(()),
                to => self.complete(to),
            },
            Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of } => self.complete(of),
            _ => Ok(()),
        }
    }

    /// How many wasm values a parameter is.
    fn travels(&mut self, ty: &Type) -> Result<usize, Error> {
        self.complete(ty)?;
        match ty {
            Type::Scalar(_) | Type::Pointer { .. } | Type::CStr { .. } => Ok(1),
            Type::Slice { .. } | Type::Str { .. } => Ok(2),
            Type::Named { name, .. } if matches!(self.decl(name)?.1, Decl::Enum(_) | Decl::Sig(_)) => Ok(1),
            _ => Err(misplaced(ty, "travels in no call")),
        }
    }

    fn signature(&mut self, signature: &Signature) -> Result<(), Error> {
        let mut count = 0;
        for param in &signature.params {
            count += if param.out { self.complete(&param.ty).map(|()| 1)? } else { self.travels(&param.ty)? };
        }
        if count > MAX_PARAMS {
            return Err(Error::new("limits", format!("over {MAX_PARAMS} wasm parameters")));
        }
        match &signature.result {
            None | Some(Type::Status) => Ok(()),
            Some(Type::Named { name, null: false }) if matches!(self.decl(name)?.1, Decl::Enum(_)) => Ok(()),
            Some(ty) if self.travels(ty)? == 1 => Ok(()),
            Some(ty) => Err(misplaced(ty, "is no result")),
        }
    }

    fn record(&mut self, record: &Record) -> Result<(), Error> {
        match record {
            Record::Type(_, Decl::Struct(of) | Decl::Union(of)) => {
                of.fields.iter().try_for_each(|field| self.complete(&field.ty))
            }
            Record::Type(_, Decl::Tagged(of)) => {
                of.cases.iter().filter_map(|case| case.payload.as_ref()).try_for_each(|(_, ty)| self.complete(ty))
            }
            Record::Type(_, Decl::Sig(signature)) | Record::Fn(_, signature) | Record::Import(_, _, signature) => {
                self.signature(signature)
            }
            Record::Drop(_, ty) if is_owned(ty) => self.travels(ty).map(drop),
            Record::Drop(_, ty) => Err(misplaced(ty, "is nothing that is freed")),
            _ => Ok(()),
        }
    }
}
