//! Records as text: signatures, constants, docs.

use crate::table::{number, plain};
use linmem_host::{Const, Literal, Module, Scalar, Signature, Type};
use serde_json::{Map, Value, json};

/// `create_point(x: i32, y: i32, name: str) -> ?^*Point`.
pub fn signature(name: &str, of: &Signature) -> String {
    let params =
        of.params.iter().map(|param| format!("{}: {}{}", param.name, if param.out { ">" } else { "" }, param.ty));
    let params: Vec<String> = params.collect();
    let result = of.result.as_ref().map(|ty| format!(" -> {ty}")).unwrap_or_default();
    format!("{name}({}){result}", params.join(", "))
}

/// The same for programs.
pub fn signature_json(name: &str, of: &Signature) -> Map<String, Value> {
    let params = of.params.iter();
    let params = params.map(|param| json!({"name": param.name, "type": param.ty.to_string(), "out": param.out}));
    let signature = ("signature".to_owned(), signature(name, of).into());
    let result = ("result".to_owned(), json!(of.result.as_ref().map(ToString::to_string)));
    Map::from_iter([signature, ("params".to_owned(), params.collect()), result])
}

/// A constant's value as a person writes it.
pub fn literal(of: &Const) -> String {
    match (&of.value, &of.ty) {
        (Literal::Int(0), Type::Scalar(Scalar::Bool)) => "false".into(),
        (Literal::Int(1), Type::Scalar(Scalar::Bool)) => "true".into(),
        (Literal::Int(value), Type::Scalar(Scalar::Char)) => {
            let char = u32::try_from(*value).ok().and_then(char::from_u32);
            char.map_or_else(|| value.to_string(), quoted)
        }
        (Literal::Int(value), _) => value.to_string(),
        (Literal::Bits(bits), Type::Scalar(Scalar::F32)) => float(f32::from_bits(*bits as u32).into(), true),
        (Literal::Bits(bits), _) => float(f64::from_bits(*bits), false),
        (Literal::Text(text), _) => quoted(text),
    }
}

/// A text or a char in quotes, with JSON's escapes for what a terminal would not show.
pub fn quoted(text: impl std::fmt::Debug) -> String {
    let escaped = format!("{text:?}");
    let (mut quoted, mut rest) = (String::new(), escaped.as_str());
    while let Some((before, after)) = rest.split_once('\\') {
        quoted += before;
        let code = after.strip_prefix("u{").and_then(|code| code.split_once('}'));
        let char = code.and_then(|(code, _)| char::from_u32(u32::from_str_radix(code, 16).ok()?));
        match (char, code) {
            (Some(char), Some((_, end))) => {
                for half in char.encode_utf16(&mut [0; 2]) {
                    quoted += &format!("\\u{half:04x}");
                }
                rest = end;
            }
            _ => {
                // A backslash escapes one char, which may be a backslash.
                let end = after.chars().next().map_or(0, char::len_utf8);
                quoted += &format!("\\{}", &after[..end]);
                rest = &after[end..];
            }
        }
    }
    quoted + rest
}

/// The same for programs.
pub fn literal_json(of: &Const) -> Value {
    match (&of.value, &of.ty) {
        (Literal::Int(value), Type::Scalar(Scalar::Bool)) => (*value != 0).into(),
        (Literal::Int(value), Type::Scalar(Scalar::Char)) => {
            let char = u32::try_from(*value).ok().and_then(char::from_u32);
            char.map_or_else(|| integer_json(*value), |char| char.to_string().into())
        }
        (Literal::Int(value), _) => integer_json(*value),
        (Literal::Bits(bits), Type::Scalar(Scalar::F32)) => float_json(f32::from_bits(*bits as u32).into(), true),
        (Literal::Bits(bits), _) => float_json(f64::from_bits(*bits), false),
        (Literal::Text(text), _) => text.as_str().into(),
    }
}

/// The shortest digits that give the same number again, of an f32 or an f64.
pub fn float(value: f64, single: bool) -> String {
    let text = if single { format!("{:?}", value as f32) } else { format!("{value:?}") };
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

/// JSON has no NaN and no infinities: these are text.
pub fn float_json(value: f64, single: bool) -> Value {
    let digits = float(value, single);
    match digits.parse::<f64>() {
        Ok(value) if value.is_finite() => value.into(),
        _ => digits.into(),
    }
}

/// JSON has no integers past 64 bits: these are text.
pub fn integer_json(value: i128) -> Value {
    match (i64::try_from(value), u64::try_from(value)) {
        (Ok(value), _) => value.into(),
        (_, Ok(value)) => value.into(),
        _ => value.to_string().into(),
    }
}

/// `1 argument`, `2 arguments`.
pub fn count(count: u64, what: &str) -> String {
    format!("{} {what}{}", number(count), if count == 1 { "" } else { "s" })
}

/// The documentation of a subject, or nothing.
pub fn doc<'a>(module: &'a Module, subject: &str) -> &'a str {
    module.docs().get(subject).map_or("", String::as_str)
}

/// The first line of a documentation, as far as it fits into a column.
pub fn short_doc(module: &Module, subject: &str) -> String {
    const MOST: usize = 60;
    let line = plain(doc(module, subject).lines().next().unwrap_or_default());
    if line.chars().count() <= MOST { line } else { line.chars().take(MOST - 1).chain(['…']).collect() }
}

/// A documentation, each line behind `prefix`.
pub fn long_doc(module: &Module, subject: &str, prefix: &str) -> String {
    let lines = doc(module, subject).lines();
    lines.map(|line| format!("{}\n", format!("{prefix}{}", plain(line)).trim_end())).collect()
}
