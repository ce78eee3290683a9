//! One line: its words as a record, as far as the grammar goes.

use crate::words::{self, bits, name, number, split, text, value};
use crate::{
    Access, Case, Cases, Const, Decl, Enum, Error, Field, Layout, Literal, Param, Scalar, Signature, Struct, Tagged,
    Type,
};
use std::collections::HashSet;

/// A record. Names in its types may be undeclared, layouts wrong.
#[derive(Debug)]
pub(crate) enum Record {
    Abi,
    Role(String, String),
    Type(String, Decl),
    Const(String, Const),
    Fn(String, Signature),
    Import(String, String, Signature),
    Drop(String, Type),
    Doc(String, String),
}

/// What may be declared once.
#[derive(PartialEq, Eq, Hash)]
pub(crate) enum Key<'a> {
    Abi,
    Role(&'a str),
    Name(&'a str),
    Import(&'a str, &'a str),
    Drop(&'a Type),
    Doc(&'a str),
}

impl Record {
    /// Reads a line; none if its first word is unknown.
    pub(crate) fn parse(line: &str) -> Result<Option<Self>, Error> {
        let (must, bare) = line.strip_prefix('!').map_or((false, line), |bare| (true, bare));
        let mut words = bare.split(' ');
        let kind = words.next().unwrap_or_default();
        let rest: Vec<&str> = match kind {
            "doc" => words.clone().take(1).chain(bare.splitn(3, ' ').nth(2)).collect(),
            "const" => words.clone().take(2).chain(bare.splitn(4, ' ').nth(3)).collect(),
            _ => words.collect(),
        };
        Ok(Some(match (kind, rest.as_slice()) {
            ("abi", ["1", "wasm32"]) => Self::Abi,
            ("abi", [_, _]) => return Err(Error::new("version", "not version 1 for wasm32")),
            ("role", [role, export]) => Self::Role(name(role)?, name(export)?),
            ("struct", [called, size, align, fields @ ..]) => {
                Self::Type(type_name(called)?, Decl::Struct(aggregate(size, align, fields)?))
            }
            ("union", [called, size, align, fields @ ..]) => {
                Self::Type(type_name(called)?, Decl::Union(aggregate(size, align, fields)?))
            }
            ("tagged", [called, size, align, tag, cases @ ..]) => {
                let tag = int(tag)?;
                let of =
                    Tagged { layout: layout(size, align)?, tag, cases: self::cases(cases, tag, true)?, owns: false };
                Self::Type(type_name(called)?, Decl::Tagged(of))
            }
            ("enum", [called, base, cases @ ..]) => {
                let status = *base == "status";
                let int = if status { Scalar::I32 } else { int(base)? };
                let of = Enum { int, status, cases: self::cases(cases, int, false)? };
                Self::Type(type_name(called)?, Decl::Enum(of))
            }
            ("sig", [called, rest @ ..]) => Self::Type(type_name(called)?, Decl::Sig(signature(rest)?)),
            ("opaque", [called]) => Self::Type(type_name(called)?, Decl::Opaque),
            ("const", [called, ty, literal]) => Self::Const(name(called)?, constant(ty, literal)?),
            ("fn", [called, rest @ ..]) => Self::Fn(name(called)?, signature(rest)?),
            ("import", [module, called, rest @ ..]) => {
                Self::Import(words::word(module)?, name(called)?, signature(rest)?)
            }
            ("drop", [export, ty]) => Self::Drop(name(export)?, ty.parse()?),
            ("doc", [subject, escaped]) => {
                check_subject(subject)?;
                Self::Doc((*subject).to_owned(), text(escaped)?)
            }
            (
                "abi" | "role" | "struct" | "union" | "tagged" | "enum" | "sig" | "opaque" | "const" | "fn" | "import"
                | "drop" | "doc",
                _,
            ) => return Err(Error::new("R7", "too few or too many words")),
            _ if must => return Err(Error::new("R6", "a record that must be understood")),
            _ => return Ok(None),
        }))
    }

    /// What it declares that no other may.
    pub(crate) fn keys(&self) -> [Option<Key<'_>>; 2] {
        let key = match self {
            Self::Abi => Key::Abi,
            Self::Role(role, _) => Key::Role(role),
            Self::Type(name, _) | Self::Const(name, _) | Self::Fn(name, _) => Key::Name(name),
            Self::Import(module, name, _) => Key::Import(module, name),
            Self::Drop(name, ty) => return [Some(Key::Name(name)), Some(Key::Drop(ty))],
            Self::Doc(subject, _) => Key::Doc(subject),
        };
        [Some(key), None]
    }
}

fn type_name(word: &str) -> Result<String, Error> {
    if Scalar::named(word).is_some() || ["str", "cstr", "status"].contains(&word) {
        return Err(Error::new("R5", format!("{word} is a built-in type")));
    }
    name(word)
}

fn layout(size: &str, align: &str) -> Result<Layout, Error> {
    Ok(Layout { size: number(size)?, align: number(align)? })
}

fn int(word: &str) -> Result<Scalar, Error> {
    let found = Scalar::named(word).filter(|scalar| scalar.is_int());
    found.ok_or_else(|| Error::new("R7", format!("no integer type: {:?}", crate::error::shorten(word))))
}

/// Reads members, of which there are some and no two of one name.
fn members<T>(
    words: &[&str],
    read: impl Fn(&str) -> Result<T, Error>,
    name: impl Fn(&T) -> &str,
) -> Result<Vec<T>, Error> {
    let members = words.iter().map(|word| read(word)).collect::<Result<Vec<T>, Error>>()?;
    let mut seen = HashSet::with_capacity(members.len());
    match members.iter().map(&name).find(|&name| !seen.insert(name)) {
        Some(twice) => Err(Error::new("R4", format!("two members {}", crate::error::shorten(twice)))),
        None => Ok(members),
    }
}

fn some<T>(members: Vec<T>) -> Result<Vec<T>, Error> {
    if members.is_empty() { Err(Error::new("R7", "no members")) } else { Ok(members) }
}

fn aggregate(size: &str, align: &str, words: &[&str]) -> Result<Struct, Error> {
    let field = |word: &str| {
        let (called, rest) = split(word, ':')?;
        let (offset, ty) = split(rest, ':')?;
        Ok(Field { name: name(called)?, offset: number(offset)?, ty: ty.parse()? })
    };
    let fields = some(members(words, field, |field| &field.name)?)?;
    Ok(Struct { layout: layout(size, align)?, fields, owns: false })
}

fn cases(words: &[&str], int: Scalar, payloads: bool) -> Result<Cases, Error> {
    let case = |word: &str| {
        let (called, rest) = split(word, '=')?;
        let (number, payload) = match rest.split_once(':').filter(|_| payloads) {
            Some((number, payload)) => {
                let (offset, ty) = split(payload, ':')?;
                (number, Some((words::number(offset)?, ty.parse()?)))
            }
            None => (rest, None),
        };
        Ok(Case { name: name(called)?, value: in_range(value(number)?, int)?, payload })
    };
    let cases = some(members(words, case, |case| &case.name)?)?;
    let mut seen = HashSet::with_capacity(cases.len());
    match cases.iter().find(|case| !seen.insert(case.value)) {
        Some(twice) => Err(Error::new("R8", format!("two cases are {}", twice.value))),
        None => Ok(Cases::new(cases)),
    }
}

fn in_range(value: i128, scalar: Scalar) -> Result<i128, Error> {
    let fits = scalar.range().is_some_and(|(least, most)| (least..=most).contains(&value));
    let fits =
        fits && (scalar != Scalar::Char || u32::try_from(value).is_ok_and(|char| char::from_u32(char).is_some()));
    if fits { Ok(value) } else { Err(Error::new("R8", format!("{value} is no {}", scalar.name()))) }
}

fn signature(words: &[&str]) -> Result<Signature, Error> {
    let (params, result) = match words {
        [params @ .., "->", result] => (params, Some(result.parse()?)),
        params => (params, None),
    };
    let param = |word: &str| {
        let (called, ty) = split(word, ':')?;
        let (ty, out) = ty.strip_prefix('>').map_or((ty, false), |ty| (ty, true));
        Ok(Param { name: name(called)?, ty: ty.parse()?, out })
    };
    Ok(Signature { params: members(params, param, |param| &param.name)?, result })
}

fn constant(ty: &str, literal: &str) -> Result<Const, Error> {
    let ty = ty.parse()?;
    let value = match &ty {
        Type::Str { owned: false } => Literal::Text(text(literal)?),
        Type::Scalar(scalar @ (Scalar::F32 | Scalar::F64)) => Literal::Bits(bits(literal, scalar.size())?),
        Type::Scalar(scalar) => Literal::Int(in_range(value(literal)?, *scalar)?),
        _ => return Err(Error::new("R7", format!("no constant has the type {ty}"))),
    };
    Ok(Const { ty, value })
}

/// `Name`, `Name.member`, `module/import`, `module/import.param`.
fn check_subject(subject: &str) -> Result<(), Error> {
    let path = match subject.rsplit_once('/') {
        Some((module, path)) => words::word(module).map(|_| path)?,
        None => subject,
    };
    path.splitn(2, '.').try_for_each(|part| name(part).map(drop))
}

/// Whether a value of the type is handed over, and never null.
pub(crate) fn is_owned(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Pointer { access: Access::Own, null: false, .. }
            | Type::Slice { access: Access::Own, .. }
            | Type::Str { owned: true }
            | Type::CStr { owned: true, null: false }
    )
}
