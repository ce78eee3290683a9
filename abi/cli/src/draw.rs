//! Types as they lie in memory.

use crate::table::{Align, BOLD, DIM, Table, paint};
use crate::text::{integer_json, long_doc, short_doc, signature, signature_json};
use anstyle::Style;
use linmem_host::{Case, Decl, Field, Layout, Module, Struct, Tagged, Type};
use serde_json::{Value, json};

const CELL: Style = Style::new();

/// A type: its name and layout, its docs, and a box with its members.
pub fn ty(module: &Module, name: &str, decl: &Decl) -> String {
    let (head, table) = match decl {
        Decl::Struct(of) => (format!("struct {}", at(name, of.layout)), fields(module, name, of)),
        Decl::Union(of) => (format!("union {}", at(name, of.layout)), fields(module, name, of)),
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

fn size(module: &Module, ty: &Type) -> u32 {
    module.layout(ty).map_or(0, |layout| layout.size)
}

/// A row for the bytes from `end` to `to` that nothing uses, if there are any: its words stand in the third column.
fn pad(table: &mut Table, end: u32, to: u32) {
    if to > end {
        let none = String::new;
        table.row(DIM, [end.to_string(), (to - end).to_string(), "padding".into(), none(), none(), none()]);
    }
}

/// The members of a struct or union. All of a union's begin at 0: what none of them reaches is padding.
fn fields(module: &Module, name: &str, of: &Struct) -> String {
    let docs = of.fields.iter().any(|field| module.docs().contains_key(&format!("{name}.{}", field.name)));
    let heads = [("offset", Align::Right), ("size", Align::Right), ("field", Align::Left), ("type", Align::Left)];
    let mut table = Table::new(&heads);
    table.column(docs, "");
    let mut end = 0;
    for field in &of.fields {
        pad(&mut table, end, field.offset);
        let size = size(module, &field.ty);
        let doc = short_doc(module, &format!("{name}.{}", field.name));
        table.row(CELL, [field.offset.to_string(), size.to_string(), field.name.clone(), field.ty.to_string(), doc]);
        end = end.max(field.offset + size);
    }
    pad(&mut table, end, of.layout.size);
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
    // All payloads begin at one place. Behind a shorter one there is more that nothing uses than behind the longest.
    let mut end = of.tag.size();
    if let Some((offset, _)) = of.cases.iter().find_map(|case| case.payload.as_ref()) {
        pad(&mut table, end, *offset);
        end = *offset;
    }
    for case in of.cases.iter() {
        let (offset, bytes, ty) = match &case.payload {
            Some((offset, ty)) => {
                let size = size(module, ty);
                end = end.max(offset + size);
                (offset.to_string(), size.to_string(), ty.to_string())
            }
            None => (String::new(), String::new(), String::new()),
        };
        let doc = short_doc(module, &format!("{name}.{}", case.name));
        table.row(CELL, [offset, bytes, case.name.clone(), case.value.to_string(), ty, doc]);
    }
    pad(&mut table, end, of.layout.size);
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
    let layout = |ty: &Type| module.layout(ty).unwrap_or(Layout { size: 0, align: 1 });
    let fields = |of: &Struct| -> Vec<Value> {
        let field = |field: &Field| {
            let Layout { size, align } = layout(&field.ty);
            json!({"name": field.name, "offset": field.offset, "size": size, "align": align,
                "type": field.ty.to_string(), "doc": doc(&field.name)})
        };
        of.fields.iter().map(field).collect()
    };
    let cases = |cases: &[Case]| -> Vec<Value> {
        let case = |case: &Case| {
            let payload = case.payload.as_ref().map(|(offset, ty)| {
                let Layout { size, align } = layout(ty);
                json!({"offset": offset, "size": size, "align": align, "type": ty.to_string()})
            });
            json!({"name": case.name, "value": integer_json(case.value), "payload": payload, "doc": doc(&case.name)})
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
        Decl::Sig(of) => {
            let kind = ("kind".to_owned(), "sig".into());
            [kind].into_iter().chain(signature_json("", of)).collect()
        }
        Decl::Opaque => json!({"kind": "opaque"}),
    };
    json["doc"] = json!(module.docs().get(name));
    json
}
