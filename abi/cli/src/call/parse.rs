//! Values from text, by their types.
//!
//! JSON, with less to type: names and text need no quotes, `null` is null, `Green` a case, `Circle(2.5)` one that holds
//! something, `@1048592` an address or the index of a function, `open()` what a function returns where a pointer or an
//! index is wanted.

use crate::text::{count, signature};
use linmem_host::{Access, Decl, Func, Module, Param, Pointer, Scalar, Signature, Type, Value};

/// Levels of lists and structs in one another.
const MAX_DEPTH: usize = 100;

const HALF: &str = "half of a surrogate pair";

type Result<T> = std::result::Result<T, String>;

/// An argument, or the call of a function whose result it is.
#[derive(Debug)]
pub enum Argument {
    Value(Value),
    Call(String, Vec<Argument>),
}

/// An argument. Text that begins with no quote is taken as it stands.
pub fn argument(module: &Module, ty: &Type, text: &str) -> Result<Argument> {
    let mut to = ty;
    while let Type::Pointer { to: next, .. } = to {
        to = next;
    }
    if matches!(to, Type::Str { .. } | Type::CStr { .. }) && !text.starts_with('"') && !is_other(ty, text) {
        return Ok(Argument::Value(Value::Text(text.to_owned())));
    }
    // A space or a quote is a char as well.
    if let (Type::Scalar(Scalar::Char), (Some(char), None)) = (ty, one(text)) {
        return Ok(Argument::Value(Value::Char(char)));
    }
    let mut parser = Parser { module, rest: text, depth: 0 };
    let value = parser.argument(ty)?;
    match parser.rest.trim() {
        "" => Ok(value),
        rest => Err(format!("`{rest}` is too much")),
    }
}

/// The first char, and the second.
fn one(text: &str) -> (Option<char>, Option<char>) {
    let mut chars = text.chars();
    (chars.next(), chars.next())
}

/// Whether it is no text, but null or an address, where a type has those.
fn is_other(ty: &Type, text: &str) -> bool {
    matches!(ty, Type::CStr { null, .. } | Type::Pointer { null, .. } if *null && text == "null"
        || text.strip_prefix('@').is_some_and(|digits| digits.parse::<u32>().is_ok()))
}

struct Parser<'a> {
    module: &'a Module,
    rest: &'a str,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn argument(&mut self, ty: &Type) -> Result<Argument> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("too deep".into());
        }
        let argument = match self.callee(ty) {
            Some(name) => self.call(name, ty),
            None => self.value(ty).map(Argument::Value),
        };
        self.depth -= 1;
        argument
    }

    /// The name before `(`, where a pointer or an index is wanted, unless it is that of a case.
    fn callee(&self, ty: &Type) -> Option<&'a str> {
        let to = match ty {
            Type::Pointer { to, .. } => to,
            Type::Named { .. } => ty,
            _ => return None,
        };
        let decl = if let Type::Named { name, .. } = to { self.module.types().get(name) } else { None };
        let mut ahead = Parser { module: self.module, rest: self.rest, depth: 0 };
        let name = ahead.word();
        let is_case = match decl {
            Some(Decl::Tagged(of)) => of.cases.named(name).is_some(),
            Some(Decl::Sig(_)) => false,
            _ => to == ty,
        };
        (!is_case && !name.is_empty() && ahead.rest.starts_with('(')).then_some(name)
    }

    fn call(&mut self, name: &'a str, wanted: &Type) -> Result<Argument> {
        let module = self.module;
        let of = module.fns().get(name).ok_or_else(|| format!("no function `{name}`"))?;
        let results: Vec<Type> = returned(module, of);
        let [result] = &results[..] else {
            return Err(format!("{name} returns {}", count(results.len() as u64, "value")));
        };
        if borrowed(result) != borrowed(wanted) {
            return Err(format!("{name} returns {result}"));
        }
        let params: Vec<_> = of.params.iter().filter(|param| !param.out).collect();
        let takes = || format!("{} takes {}", signature(name, of), count(params.len() as u64, "argument"));
        self.word();
        self.expect('(')?;
        let mut arguments = Vec::new();
        for param in &params {
            if self.next_is(')') || !arguments.is_empty() && !self.accept(',') {
                return Err(takes());
            }
            let argument = self.argument(&param.ty);
            arguments.push(argument.map_err(|error| format!("{name}: {}: {}: {error}", param.name, param.ty))?);
        }
        if self.next_is(',') || params.is_empty() && !self.next_is(')') && !self.rest.is_empty() {
            return Err(takes());
        }
        self.expect(')')?;
        Ok(Argument::Call(name.to_owned(), arguments))
    }

    fn value(&mut self, ty: &Type) -> Result<Value> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("too deep".into());
        }
        let value = self.by_type(ty);
        self.depth -= 1;
        value
    }

    fn by_type(&mut self, ty: &Type) -> Result<Value> {
        self.rest = self.rest.trim_start();
        match ty {
            Type::Scalar(scalar) => self.scalar(*scalar),
            Type::Pointer { null: true, .. } | Type::CStr { null: true, .. } if self.word_is("null") => self.null(),
            Type::Pointer { access: Access::Own, .. } | Type::CStr { owned: true, .. }
                if self.rest.starts_with('@') =>
            {
                Err(format!("an address owns nothing, and {ty} is handed over"))
            }
            Type::Pointer { .. } | Type::CStr { .. } if self.rest.starts_with('@') => {
                self.address().map(|addr| Pointer::at(ty, addr, 0).into())
            }
            Type::Str { .. } | Type::CStr { .. } => self.text().map(Value::Text),
            Type::Pointer { to, .. } if self.module.layout(to).is_none() => {
                Err(format!("{ty} is what a function returns, such as {}", self.maker(to)))
            }
            Type::Pointer { to, .. } => self.value(to),
            Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of } => self.list(of),
            Type::Named { name, null } => self.named(name, *null),
            Type::Status => Err("a status is no argument".into()),
        }
    }

    /// A function that returns a pointer to a type, to name in an error.
    fn maker(&self, of: &Type) -> String {
        let makes = |ty: &Type| matches!(ty, Type::Pointer { to, .. } if &**to == of);
        let function =
            self.module.fns().iter().find(|(_, of)| matches!(&returned(self.module, of)[..], [ty] if makes(ty)));
        function.map_or_else(
            || "open()".to_owned(),
            |(name, of)| format!("{name}({})", if of.params.iter().all(|param| param.out) { "" } else { ".." }),
        )
    }

    fn named(&mut self, name: &str, null: bool) -> Result<Value> {
        match &self.module.types()[name] {
            Decl::Struct(of) => self.fields(&of.fields, of.fields.len()),
            Decl::Union(of) => self.fields(&of.fields, 1),
            Decl::Enum(of) => {
                let word = self.word();
                if let Some(case) = of.cases.named(word) {
                    return Ok(Value::case(&case.name));
                }
                let known = integer(word).ok().and_then(|value| of.cases.of(value));
                known.map(|case| Value::case(&case.name)).ok_or_else(|| none_of(word, &of.cases))
            }
            Decl::Tagged(of) => {
                let word = self.word();
                let case = of.cases.named(word).ok_or_else(|| none_of(word, &of.cases))?;
                let Some((_, ty)) = &case.payload else { return Ok(Value::case(word)) };
                self.expect('(')?;
                let value = self.value(ty)?;
                self.expect(')')?;
                Ok(Value::Case(word.to_owned(), Some(Box::new(value))))
            }
            Decl::Sig(_) if null && self.word_is("null") => self.null(),
            Decl::Sig(_) => self.address().map(|index| Func::new(name, index).into()),
            Decl::Opaque => Err("an opaque type lies behind a pointer".into()),
        }
    }

    fn scalar(&mut self, scalar: Scalar) -> Result<Value> {
        if scalar == Scalar::Char {
            let text = if self.rest.starts_with('\'') { self.quoted('\'')? } else { self.text()? };
            return match one(&text) {
                (Some(char), None) => Ok(Value::Char(char)),
                _ => Err(format!("`{text}` is not one char")),
            };
        }
        let word = self.word();
        match (scalar, word) {
            (Scalar::Bool, "true" | "1") => Ok(Value::Bool(true)),
            (Scalar::Bool, "false" | "0") => Ok(Value::Bool(false)),
            (Scalar::Bool, _) => Err(format!("`{word}` is neither true nor false")),
            (Scalar::F32 | Scalar::F64, _) => {
                let float = if scalar == Scalar::F32 { word.parse().ok().map(f32::into) } else { word.parse().ok() };
                // An integer in one of its other forms.
                let float = float.or_else(|| integer(word).ok().map(|value| value as f64));
                float.map(Value::Float).ok_or_else(|| format!("`{word}` is no number"))
            }
            _ => {
                let value = integer(word)?;
                match scalar.range() {
                    Some((least, most)) if !(least..=most).contains(&value) => {
                        Err(format!("{value} is not in {least}..={most}"))
                    }
                    _ => Ok(Value::Int(value)),
                }
            }
        }
    }

    fn list(&mut self, of: &Type) -> Result<Value> {
        let mut values = Vec::new();
        self.expect('[')?;
        while !self.accept(']') {
            values.push(self.value(of).map_err(|error| format!("[{}]: {error}", values.len()))?);
            if !self.accept(',') {
                self.expect(']')?;
                break;
            }
        }
        if *of != Type::Scalar(Scalar::U8) {
            return Ok(Value::List(values));
        }
        let byte = |value: &Value| if let Value::Int(value) = value { *value as u8 } else { 0 };
        Ok(Value::Bytes(values.iter().map(byte).collect()))
    }

    fn fields(&mut self, fields: &[linmem_host::Field], count: usize) -> Result<Value> {
        let mut values: Vec<(String, Value)> = Vec::new();
        self.expect('{')?;
        while !self.accept('}') {
            let name = if self.rest.trim_start().starts_with('"') { self.text()? } else { self.word().to_owned() };
            let field = fields.iter().find(|field| field.name == name).ok_or_else(|| {
                let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
                format!("no field `{name}`; there are {}", names.join(", "))
            })?;
            if values.iter().any(|(other, _)| *other == name) {
                return Err(format!("two fields `{name}`"));
            }
            self.expect(':')?;
            let value = self.value(&field.ty).map_err(|error| format!("{name}: {error}"))?;
            values.push((name, value));
            if !self.accept(',') {
                self.expect('}')?;
                break;
            }
        }
        if values.len() != count {
            let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            let wanted = if count == 1 && fields.len() > 1 { "one of" } else { "all of" };
            return Err(format!("{wanted} the fields {} are needed", names.join(", ")));
        }
        Ok(Value::Struct(values))
    }

    /// Text in quotes, or as far as the list or struct around it goes on.
    fn text(&mut self) -> Result<String> {
        self.rest = self.rest.trim_start();
        if self.rest.starts_with('"') {
            return self.quoted('"');
        }
        let end = self.rest.find([',', ']', '}', ')', ':']).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(text.trim_end().to_owned())
    }

    /// Text in quotes, with JSON's escapes.
    fn quoted(&mut self, quote: char) -> Result<String> {
        let mut text = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        let mut next = || chars.next().ok_or("a quote has no end");
        // JSON writes a char past U+FFFF as two halves.
        let mut half = None;
        loop {
            let (at, char) = next()?;
            let escaped = if char == '\\' { Some(next()?.1) } else { None };
            if escaped == Some('u') {
                let mut code = 0;
                for _ in 0..4 {
                    let digit = next()?.1.to_digit(16).ok_or("`\\u` has four hexadecimal digits")?;
                    code = code << 4 | digit;
                }
                match (half.take(), code) {
                    (None, 0xd800..=0xdbff) => half = Some(code),
                    (Some(first), 0xdc00..=0xdfff) => {
                        let code = 0x10000 + ((first & 0x3ff) << 10) + (code & 0x3ff);
                        text.extend(char::from_u32(code));
                    }
                    (None, code) => text.push(char::from_u32(code).ok_or(HALF)?),
                    (Some(_), _) => return Err(HALF.into()),
                }
                continue;
            }
            if half.is_some() {
                return Err(HALF.into());
            }
            match escaped {
                None if char == quote => {
                    self.rest = &self.rest[at + 1..];
                    return Ok(text);
                }
                None => text.push(char),
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('r') => text.push('\r'),
                Some('b') => text.push('\u{8}'),
                Some('f') => text.push('\u{c}'),
                Some('0') => text.push('\0'),
                Some(other @ ('"' | '\'' | '\\' | '/')) => text.push(other),
                Some(other) => return Err(format!("`\\{other}` is no escape")),
            }
        }
    }

    fn null(&mut self) -> Result<Value> {
        self.word();
        Ok(Value::None)
    }

    fn address(&mut self) -> Result<u32> {
        let word = self.word();
        let digits = word.strip_prefix('@').unwrap_or(word);
        let address = integer(digits).ok().and_then(|value| u32::try_from(value).ok());
        address.ok_or_else(|| format!("`{word}` is no address or index, such as @1048592"))
    }

    fn word(&mut self) -> &'a str {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c: char| c.is_whitespace() || ",]})(:".contains(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn word_is(&self, word: &str) -> bool {
        Parser { module: self.module, rest: self.rest, depth: 0 }.word() == word
    }

    fn next_is(&mut self, char: char) -> bool {
        self.rest = self.rest.trim_start();
        self.rest.starts_with(char)
    }

    fn accept(&mut self, char: char) -> bool {
        self.rest = self.rest.trim_start();
        let rest = self.rest.strip_prefix(char);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, char: char) -> Result<()> {
        if self.accept(char) {
            return Ok(());
        }
        let rest: String = self.rest.chars().take(20).collect();
        Err(if rest.is_empty() {
            format!("`{char}` is missing at the end")
        } else {
            format!("`{char}` is missing before `{rest}`")
        })
    }
}

/// An integer: decimal, or hexadecimal after `0x`; with `_` between digits.
fn integer(word: &str) -> Result<i128> {
    let digits = word.replace('_', "");
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |rest| ("-", rest));
    let value = match digits.strip_prefix("0x") {
        Some(digits) => i128::from_str_radix(&format!("{sign}{digits}"), 16),
        None => format!("{sign}{digits}").parse(),
    };
    value.map_err(|_| format!("`{word}` is no integer"))
}

/// The types of what a call returns, what is behind its out pointers as well.
fn returned(module: &Module, of: &Signature) -> Vec<Type> {
    let out = |param: &Param| match &param.ty {
        Type::Named { name, .. } if matches!(module.types().get(name), Some(Decl::Enum(_) | Decl::Sig(_))) => {
            param.ty.clone()
        }
        // It stays behind the pointer, and is the host's.
        to @ (Type::Named { .. } | Type::Array { .. } | Type::Buffer { .. }) => {
            Type::Pointer { to: Box::new(to.clone()), access: Access::Own, null: false }
        }
        ty => ty.clone(),
    };
    let result = of.result.iter().filter(|ty| !module.is_status(ty)).cloned();
    result.chain(of.params.iter().filter(|param| param.out).map(out)).collect()
}

/// A pointer or sig without what says who owns it, and whether there is one.
fn borrowed(ty: &Type) -> Type {
    match ty.clone() {
        Type::Pointer { to, .. } => Type::Pointer { to, access: Access::Read, null: false },
        Type::Named { name, .. } => Type::Named { name, null: false },
        ty => ty,
    }
}

fn none_of(word: &str, cases: &[linmem_host::Case]) -> String {
    let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    format!("`{word}` is none of {}", names.join(", "))
}
