//! Host functions that do nothing but tell what they were called with.

use super::print::Print;
use linmem_host::{Decl, Imports, Module, Param, Scalar, Type, Value};
use std::sync::{Arc, Mutex};

/// More calls are answered, and not told.
const MOST: usize = 1000;

/// A stub for each host function; calls go to the trace.
pub fn all(module: &Arc<Module>, trace: &Arc<Mutex<Vec<String>>>) -> Imports {
    let mut imports = Imports::new();
    for ((from, name), of) in module.imports() {
        let params: Vec<Param> = of.params.iter().filter(|param| !param.out).cloned().collect();
        let result = of.result.iter().filter(|ty| !module.is_status(ty));
        let outs = of.params.iter().filter(|param| param.out).map(|param| &param.ty);
        let answer: Vec<Value> = result.chain(outs).map(|ty| zero(module, ty)).collect();
        let (trace, title, module) = (trace.clone(), format!("{from} {name}"), module.clone());
        imports = imports.with(from, name, move |args| {
            let text = |value, ty| Print(&module).text(ty, value);
            let args =
                params.iter().zip(args).map(|(param, value)| format!("{}: {}", param.name, text(value, &param.ty)));
            let line = format!("{title}({})", args.collect::<Vec<_>>().join(", "));
            if let Ok(mut trace) = trace.lock() {
                match trace.len() {
                    len if len < MOST => trace.push(line),
                    MOST => trace.push(format!("after {MOST} calls of host functions, further ones are not shown")),
                    _ => {}
                }
            }
            Ok(answer.clone())
        });
    }
    imports
}

/// The value of a type that is nearest to nothing.
fn zero(module: &Module, ty: &Type) -> Value {
    match ty {
        Type::Scalar(Scalar::Bool) => Value::Bool(false),
        Type::Scalar(Scalar::Char) => Value::Char('\0'),
        Type::Scalar(Scalar::F32 | Scalar::F64) => Value::Float(0.0),
        Type::Scalar(_) | Type::Status => Value::Int(0),
        Type::Str { .. } | Type::CStr { owned: true, null: false } => Value::Text(String::new()),
        Type::Slice { of, .. } | Type::Buffer { of } => empty(of),
        Type::Array { of, len } => {
            let size = module.layout(ty).map_or(0, |layout| layout.size);
            match &**of {
                Type::Scalar(Scalar::U8) => Value::Bytes(vec![0; *len as usize]),
                _ if size > 1 << 20 => Value::None,
                of => Value::List((0..*len).map(|_| zero(module, of)).collect()),
            }
        }
        Type::Named { name, .. } => match module.types().get(name) {
            Some(Decl::Enum(of)) => of.cases.first().map_or(Value::None, |case| Value::case(&case.name)),
            Some(Decl::Struct(of)) => {
                let field = |field: &linmem_host::Field| (field.name.clone(), zero(module, &field.ty));
                Value::Struct(of.fields.iter().map(field).collect())
            }
            Some(Decl::Union(of)) => {
                let field = |field: &linmem_host::Field| (field.name.clone(), zero(module, &field.ty));
                Value::Struct(of.fields.iter().take(1).map(field).collect())
            }
            Some(Decl::Tagged(of)) => of.cases.first().map_or(Value::None, |case| {
                let payload = case.payload.as_ref().map(|(_, ty)| Box::new(zero(module, ty)));
                Value::Case(case.name.clone(), payload)
            }),
            _ => Value::None,
        },
        Type::Pointer { .. } | Type::CStr { .. } => Value::None,
    }
}

fn empty(of: &Type) -> Value {
    if *of == Type::Scalar(Scalar::U8) { Value::Bytes(Vec::new()) } else { Value::List(Vec::new()) }
}
