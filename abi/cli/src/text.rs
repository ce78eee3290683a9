//! Records as text: signatures, constants, docs.

use crate::table::plain;
use linmem_host::{Const, Literal, Module, Scalar, Signature, Type};

/// `create_point(x: i32, y: i32, name: str) -> ?^*Point`.
pub fn signature(name: &str, of: &Signature) -> String {
    let params =
        of.params.iter().map(|param| format!("{}: {}{}", param.name, if param.out { ">" } else { "" }, param.ty));
    let params: Vec<String> = params.collect();
    let result = of.result.as_ref().map(|ty| format!(" -> {ty}")).unwrap_or_default();
    format!("{name}({}){result}", params.join(", "))
}

/// A constant's value as a person writes it.
pub fn literal(of: &Const) -> String {
    match (&of.value, &of.ty) {
        (Literal::Int(0), Type::Scalar(Scalar::Bool)) => "false".into(),
        (Literal::Int(1), Type::Scalar(Scalar::Bool)) => "true".into(),
        (Literal::Int(value), Type::Scalar(Scalar::Char)) => {
            let char = u32::try_from(*value).ok().and_then(char::from_u32);
            char.map_or_else(|| value.to_string(), |char| format!("{char:?}"))
        }
        (Literal::Int(value), _) => value.to_string(),
        (Literal::Bits(bits), Type::Scalar(Scalar::F32)) => f32::from_bits(*bits as u32).to_string(),
        (Literal::Bits(bits), _) => f64::from_bits(*bits).to_string(),
        (Literal::Text(text), _) => format!("{text:?}"),
    }
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
