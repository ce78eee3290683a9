//! Types as they lie in memory.

use crate::table::{Align, BOLD, DIM, Table, paint};
use crate::text::{long_doc, short_doc, signature};
use anstyle::Style;
use linmem_host::{Case, Decl, Layout, Module, Struct, Tagged};
use serde_json::{Value, json};

const CELL: Style = Style::new();

/// A type: its name and layout, its docs, and a box with its members.
pub fn ty(module: &Module, name: &str, decl: &Decl) -> String {
    let (head, table) = match decl {
        Decl::Struct(of) => (format!("struct {}", at(name, of.layout)), fields(module, name, of, true)),
        Decl::Union(of) => (format!("union {}", at(name, of.layout)), fields(module, name, of, false)),
        Decl::Tagged(of) => (format!("tagged {}", at(name, of.layout)), payloads(module, name, of)),
        Decl::Enum(of) => {
            let int = if of.status { "status" } else { of.int.name() };
            (format!("enum {}: {int}", paint(BOLD, name)), cases(module, name, &of.cases))
        }
        Decl::Sig(of) => (format!("sig {}", signature(&paint(BOLD, name), of)), String::new()),
        Decl::Opaque => (format!("opaque {}", paint(BOLD, name)), String::new()),
    };
    format!("{head}\n{}{table}", long_doc(module, name, "  "))
}

fn at(name: &str, layout: Layout) -> String {
    format!("{}, size {}, align {}", paint(BOLD, name), layout.size, layout.align)
}

fn size(module: &Module, ty: &linmem_host::Type) -> u32 {
    module.layout(ty).map_or(0, |layout| layout.size)
}

fn fields(module: &Module, name: &str, of: &Struct, padded: bool) -> String {
    let docs = of.fields.iter().any(|field| module.docs().contains_key(&format!("{name}.{}", field.name)));
    let heads = [("offset", Align::Right), ("size", Align::Right), ("field", Align::Left), ("type", Align::Left)];
    let mut table = Table::new(&heads);
    table.column(docs, "");
    let mut end = 0;
    let pad = |table: &mut Table, to: u32, end: u32| {
        if padded && to > end {
            table.row(DIM, [end.to_string(), (to - end).to_string(), "padding".into(), String::new(), String::new()]);
        }
    };
    for field in &of.fields {
        pad(&mut table, field.offset, end);
        let size = size(module, &field.ty);
        let doc = short_doc(module, &format!("{name}.{}", field.name));
        table.row(CELL, [field.offset.to_string(), size.to_string(), field.name.clone(), field.ty.to_string(), doc]);
        end = field.offset + size;
    }
    pad(&mut table, of.layout.size, end);
    table.boxed(2)
}

fn payloads(module: &Module, name: &str, of: &Tagged) -> String {
    let heads = [
        ("offset", Align::Right),
        ("size", Align::Right),
        ("case", Align::Left),
        ("tag", Align::Right),
        ("type", Align::Left),
    ];
    let mut table = Table::new(&heads);
    table.column(of.cases.iter().any(|case| module.docs().contains_key(&format!("{name}.{}", case.name))), "");
    let tag =
        ["0".into(), of.tag.size().to_string(), "(tag)".into(), String::new(), of.tag.name().into(), String::new()];
    table.row(CELL, tag);
    for case in of.cases.iter() {
        let (offset, bytes, ty) = match &case.payload {
            Some((offset, ty)) => (offset.to_string(), size(module, ty).to_string(), ty.to_string()),
            None => (String::new(), String::new(), String::new()),
        };
        let doc = short_doc(module, &format!("{name}.{}", case.name));
        table.row(CELL, [offset, bytes, case.name.clone(), case.value.to_string(), ty, doc]);
    }
    table.boxed(2)
}

fn cases(module: &Module, name: &str, cases: &[Case]) -> String {
    let mut table = Table::new(&[("value", Align::Right), ("case", Align::Left)]);
    table.column(cases.iter().any(|case| module.docs().contains_key(&format!("{name}.{}", case.name))), "");
    for case in cases {
        let doc = short_doc(module, &format!("{name}.{}", case.name));
        table.row(CELL, [case.value.to_string(), case.name.clone(), doc]);
    }
    table.boxed(2)
}

/// The same for programs.
pub fn json(module: &Module, name: &str, decl: &Decl) -> Value {
    let doc = |member: &str| module.docs().get(&format!("{name}.{member}"));
    let fields = |of: &Struct| -> Vec<Value> {
        let fields = of.fields.iter();
        fields
            .map(|field| {
                let Layout { size, align } = module.layout(&field.ty).unwrap_or(Layout { size: 0, align: 1 });
                json!({"name": field.name, "offset": field.offset, "size": size, "align": align,
                    "type": field.ty.to_string(), "doc": doc(&field.name)})
            })
            .collect()
    };
    let cases = |cases: &[Case]| -> Vec<Value> {
        let case = |case: &Case| {
            let payload = case.payload.as_ref().map(|(offset, ty)| json!({"offset": offset, "type": ty.to_string()}));
            json!({"name": case.name, "value": case.value as i64, "payload": payload, "doc": doc(&case.name)})
        };
        cases.iter().map(case).collect()
    };
    let mut json = match decl {
        Decl::Struct(of) => {
            json!({"kind": "struct", "size": of.layout.size, "align": of.layout.align, "fields": fields(of)})
        }
        Decl::Union(of) => {
            json!({"kind": "union", "size": of.layout.size, "align": of.layout.align, "fields": fields(of)})
        }
        Decl::Tagged(of) => json!({"kind": "tagged", "size": of.layout.size, "align": of.layout.align,
            "tag": of.tag.name(), "cases": cases(&of.cases)}),
        Decl::Enum(of) => {
            let int = if of.status { "status" } else { of.int.name() };
            json!({"kind": "enum", "int": int, "cases": cases(&of.cases)})
        }
        Decl::Sig(of) => json!({"kind": "sig", "type": signature("", of)}),
        Decl::Opaque => json!({"kind": "opaque"}),
    };
    json["doc"] = json!(module.docs().get(name));
    json
}
