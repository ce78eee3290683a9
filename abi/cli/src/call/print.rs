//! Values as text, in the form that arguments have; and as JSON.

use crate::text::{float, float_json, integer_json, quoted};
use linmem_host::{Decl, Module, Scalar, Type, Value};

/// Elements of a list that are shown.
const MOST: usize = 1000;

/// Values of a module's types, which say how a number is written.
#[derive(Clone, Copy)]
pub struct Print<'a>(pub &'a Module);

impl<'a> Print<'a> {
    pub fn text(self, ty: &'a Type, value: &Value) -> String {
        match value {
            Value::None => "null".into(),
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Float(value) => float(*value, is_single(ty)),
            Value::Char(value) => quoted(value),
            Value::Text(text) => quoted(text),
            Value::Bytes(bytes) => list(bytes.len(), bytes.iter().map(ToString::to_string)),
            Value::List(values) => {
                let of = self.element(ty);
                list(values.len(), values.iter().map(|value| self.text(of, value)))
            }
            Value::Struct(fields) => {
                let field =
                    |(name, value): &(String, Value)| format!("{name}: {}", self.text(self.part(ty, name), value));
                format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
            }
            Value::Case(name, None) => name.clone(),
            Value::Case(name, Some(value)) => format!("{name}({})", self.text(self.part(ty, name), value)),
            Value::Pointer(pointer) => format!("@{}", pointer.addr()),
            Value::Func(func) => format!("@{}", func.index),
        }
    }

    pub fn json(self, ty: &'a Type, value: &Value) -> serde_json::Value {
        match value {
            Value::None => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Int(value) => integer_json(*value),
            Value::Float(value) => float_json(*value, is_single(ty)),
            Value::Char(value) => value.to_string().into(),
            Value::Text(text) => text.as_str().into(),
            Value::Bytes(bytes) => bytes.as_slice().into(),
            Value::List(values) => values.iter().map(|value| self.json(self.element(ty), value)).collect(),
            Value::Struct(fields) => {
                let field = |(name, value): &(String, Value)| (name.clone(), self.json(self.part(ty, name), value));
                fields.iter().map(field).collect::<serde_json::Map<_, _>>().into()
            }
            Value::Case(name, None) => name.as_str().into(),
            Value::Case(name, Some(value)) => {
                serde_json::json!({ name.as_str(): self.json(self.part(ty, name), value) })
            }
            Value::Pointer(pointer) => serde_json::json!({ "address": pointer.addr() }),
            Value::Func(func) => serde_json::json!({ "address": func.index }),
        }
    }

    /// The type of a list's elements.
    fn element(self, ty: &'a Type) -> &'a Type {
        match target(ty) {
            Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of } => of,
            other => other,
        }
    }

    /// The type of a field, or of what a case holds.
    fn part(self, ty: &'a Type, name: &str) -> &'a Type {
        let of = target(ty);
        let decl = if let Type::Named { name, .. } = of { self.0.types().get(name) } else { None };
        let part = match decl {
            Some(Decl::Struct(of) | Decl::Union(of)) => {
                of.fields.iter().find(|field| field.name == name).map(|field| &field.ty)
            }
            Some(Decl::Tagged(of)) => of.cases.named(name).and_then(|case| case.payload.as_ref()).map(|(_, ty)| ty),
            _ => None,
        };
        part.unwrap_or(of)
    }
}

/// What a value is of which a pointer may have been followed.
fn target(ty: &Type) -> &Type {
    match ty {
        Type::Pointer { to, .. } => target(to),
        ty => ty,
    }
}

fn is_single(ty: &Type) -> bool {
    *target(ty) == Type::Scalar(Scalar::F32)
}

fn list(len: usize, values: impl Iterator<Item = String>) -> String {
    let mut shown: Vec<String> = values.take(MOST).collect();
    if len > MOST {
        shown.push(format!("… {} more", len - MOST));
    }
    format!("[{}]", shown.join(", "))
}
