//! Scalars and text as Java writes them.

use linmem_host::Scalar;

/// A scalar in Java.
pub fn primitive(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "boolean",
        Scalar::I8 | Scalar::U8 | Scalar::I16 | Scalar::U16 | Scalar::I32 | Scalar::Isize | Scalar::Char => "int",
        Scalar::U32 | Scalar::Usize | Scalar::I64 => "long",
        Scalar::U64 => "BigInteger",
        Scalar::F32 => "float",
        Scalar::F64 => "double",
    }
}

/// A scalar as an object.
pub fn boxed(scalar: Scalar) -> &'static str {
    match primitive(scalar) {
        "boolean" => "Boolean",
        "int" => "Integer",
        "long" => "Long",
        "float" => "Float",
        "double" => "Double",
        other => other,
    }
}

/// A string literal. An escape by `u` is undone before anything is read: of a control character it would be the character.
pub fn quoted(text: &str) -> String {
    let mut literal = String::from("\"");
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(b'\n') => literal += "\\n",
            Ok(byte @ (b'"' | b'\\')) => literal.extend(['\\', byte as char]),
            Ok(byte @ b' '..=b'~') => literal.push(byte as char),
            Ok(byte @ ..=0x1f) => literal += &format!("\\{byte:03o}"),
            _ => literal += &format!("\\u{unit:04x}"),
        }
    }
    literal + "\""
}
