//! What a module declares, as records again: what a reader took, it takes once more, and finds the same.

#![allow(dead_code, reason = "not every user prints all of it")]

use linmem_host::{Case, Const, Decl, Layout, Literal, Module, Scalar, Signature, Struct, Type};
use std::fmt::Write;

/// The lines of all records, `abi` first, in one order whatever that of the section was.
pub fn records(module: &Module) -> Vec<String> {
    let mut lines = vec!["abi 1 wasm32".to_owned()];
    lines.extend(module.roles().iter().map(|(role, export)| format!("role {role} {export}")));
    lines.extend(module.types().iter().map(|(name, decl)| ty(name, decl)));
    lines.extend(module.consts().iter().map(|(name, of)| format!("const {name} {} {}", of.ty, literal(of))));
    lines.extend(module.fns().iter().map(|(name, of)| format!("fn {name}{}", signature(of))));
    lines.extend(module.imports().iter().map(|((from, name), of)| format!("import {from} {name}{}", signature(of))));
    lines.extend(module.drops().iter().map(|(ty, name)| format!("drop {name} {ty}")));
    lines.extend(module.docs().iter().map(|(subject, text)| format!("doc {subject} {}", escaped(text))));
    lines
}

/// The section of these records.
pub fn section(module: &Module) -> String {
    records(module).join("\n") + "\n"
}

fn ty(name: &str, decl: &Decl) -> String {
    match decl {
        Decl::Struct(of) => format!("struct {name}{}", fields(of)),
        Decl::Union(of) => format!("union {name}{}", fields(of)),
        Decl::Tagged(of) => format!("tagged {name}{} {}{}", layout(of.layout), of.tag.name(), cases(&of.cases)),
        Decl::Enum(of) => {
            format!("enum {name} {}{}", if of.status { "status" } else { of.int.name() }, cases(&of.cases))
        }
        Decl::Sig(of) => format!("sig {name}{}", signature(of)),
        Decl::Opaque => format!("opaque {name}"),
    }
}

fn layout(Layout { size, align }: Layout) -> String {
    format!(" {size} {align}")
}

fn fields(of: &Struct) -> String {
    let fields = of.fields.iter();
    fields.fold(layout(of.layout), |text, field| text + &format!(" {}:{}:{}", field.name, field.offset, field.ty))
}

fn cases(cases: &[Case]) -> String {
    let mut text = String::new();
    for case in cases {
        write!(text, " {}={}", case.name, case.value).expect("a String takes all");
        if let Some((offset, ty)) = &case.payload {
            write!(text, ":{offset}:{ty}").expect("a String takes all");
        }
    }
    text
}

fn signature(of: &Signature) -> String {
    let mut text = String::new();
    for param in &of.params {
        write!(text, " {}:{}{}", param.name, if param.out { ">" } else { "" }, param.ty).expect("a String takes all");
    }
    match &of.result {
        Some(ty) => text + &format!(" -> {ty}"),
        None => text,
    }
}

fn literal(of: &Const) -> String {
    match (&of.value, &of.ty) {
        (Literal::Int(value), _) => value.to_string(),
        (Literal::Bits(bits), Type::Scalar(Scalar::F32)) => format!("0x{bits:08x}"),
        (Literal::Bits(bits), _) => format!("0x{bits:016x}"),
        (Literal::Text(text), _) => escaped(text),
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n")
}
