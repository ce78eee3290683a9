//! Values as text, in the form that arguments have; and as JSON.

use linmem_host::Value;

/// Elements of a list that are shown.
const MOST: usize = 1000;

pub fn text(value: &Value) -> String {
    match value {
        Value::None => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Char(value) => format!("{value:?}"),
        Value::Text(text) => format!("{text:?}"),
        Value::Bytes(bytes) => list(bytes.len(), bytes.iter().map(ToString::to_string)),
        Value::List(values) => list(values.len(), values.iter().map(text)),
        Value::Struct(fields) => {
            let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}: {}", text(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Case(name, None) => name.clone(),
        Value::Case(name, Some(value)) => format!("{name}({})", text(value)),
        Value::Pointer(pointer) => format!("@{}", pointer.addr()),
        Value::Func(func) => format!("@{}", func.index),
    }
}

fn list(len: usize, values: impl Iterator<Item = String>) -> String {
    let mut shown: Vec<String> = values.take(MOST).collect();
    if len > MOST {
        shown.push(format!("… {} more", len - MOST));
    }
    format!("[{}]", shown.join(", "))
}

/// JSON has no integers past 64 bits, no NaN and no infinities: these are text.
pub fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::None => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => match (i64::try_from(*value), u64::try_from(*value)) {
            (Ok(value), _) => value.into(),
            (_, Ok(value)) => value.into(),
            _ => value.to_string().into(),
        },
        Value::Float(value) if value.is_finite() => (*value).into(),
        Value::Float(value) => value.to_string().into(),
        Value::Char(value) => value.to_string().into(),
        Value::Text(text) => text.as_str().into(),
        Value::Bytes(bytes) => bytes.as_slice().into(),
        Value::List(values) => values.iter().map(json).collect(),
        Value::Struct(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), json(value))).collect::<serde_json::Map<_, _>>().into()
        }
        Value::Case(name, None) => name.as_str().into(),
        Value::Case(name, Some(value)) => serde_json::json!({ name.as_str(): json(value) }),
        Value::Pointer(pointer) => serde_json::json!({ "address": pointer.addr() }),
        Value::Func(func) => serde_json::json!({ "address": func.index }),
    }
}
