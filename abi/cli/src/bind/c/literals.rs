//! Scalars and constants as C writes them.

use linmem_host::Scalar;

/// A scalar as it lies in memory.
pub fn scalar_type(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "lm_bool",
        Scalar::I8 => "int8_t",
        Scalar::U8 => "uint8_t",
        Scalar::I16 => "int16_t",
        Scalar::U16 => "uint16_t",
        Scalar::I32 => "int32_t",
        Scalar::U32 => "uint32_t",
        Scalar::I64 => "int64_t",
        Scalar::U64 => "uint64_t",
        Scalar::F32 => "float",
        Scalar::F64 => "double",
        Scalar::Char => "lm_char",
        Scalar::Usize => "lm_usize",
        Scalar::Isize => "lm_isize",
    }
}

/// An integer of any size: the least one has no literal of its own.
pub fn number(value: i128) -> String {
    if value == i128::from(i64::MIN) {
        "(-9223372036854775807LL - 1)".into()
    } else if value > i128::from(i64::MAX) {
        format!("{value}ULL")
    } else if value > i128::from(i32::MAX) || value <= i128::from(i32::MIN) {
        format!("{value}LL")
    } else {
        value.to_string()
    }
}

/// A float, with the suffix of its type.
pub fn float(value: f64, suffix: &str) -> String {
    if value.is_nan() {
        format!("((float)0.0{suffix} / 0.0{suffix})")
    } else if value.is_infinite() {
        format!("({}1.0{suffix} / 0.0{suffix})", if value < 0.0 { "-" } else { "" })
    } else {
        format!("({value:e}{suffix})")
    }
}

/// A string literal. Octal escapes have an end, and `?` begins no trigraph.
pub fn quoted(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'"' | b'\\' | b'?' => format!("\\{}", byte as char),
        b' '..=b'~' => (byte as char).to_string(),
        byte => format!("\\{byte:03o}"),
    };
    format!("\"{}\"", text.bytes().map(escape).collect::<String>())
}
