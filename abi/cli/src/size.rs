//! `linmem size`: the bytes of a module by section and function, and a budget to hold them to.
//!
//! A budget is a text that diffs well: a line `KIND BYTES NAME` for the total, each section and each function, and
//! lines that begin with `#`, which mean nothing. Sections and functions of one name count as one.

use crate::args::Size;
use crate::table::{self, Align, BAD, DIM, GOOD, Table, number, paint};
use crate::wasm::Wasm;
use crate::{Report, Result, input};
use serde_json::json;
use std::collections::BTreeMap;

/// Bytes by kind (`total`, `section`, `function`) and name.
type Sizes = BTreeMap<(&'static str, String), u64>;

const KINDS: [&str; 3] = ["total", "section", "function"];

pub fn run(args: &Size) -> Result<Report> {
    let path = args.module.display();
    let wasm = Wasm::read(&input::read(&args.module)?).map_err(|error| format!("{path}: {error}"))?;
    let sizes = measure(&wasm);
    let Some(file) = &args.budget else { return Ok(list(&sizes)) };
    if args.bless {
        input::write(file, text(&sizes))?;
        let total = number(wasm.size as u64);
        return Ok(Report {
            text: format!("{}: a budget of {total} bytes\n", file.display()),
            json: json!({"budget": file, "total": wasm.size}),
            bad: false,
        });
    }
    let budget = String::from_utf8(input::read(file)?).map_err(|_| format!("{}: not UTF-8", file.display()))?;
    let budget = parse(&budget).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(compare(&sizes, &budget))
}

fn measure(wasm: &Wasm) -> Sizes {
    let mut sizes = Sizes::from([(("total", String::new()), wasm.size as u64)]);
    for section in &wasm.sections {
        *sizes.entry(("section", table::plain(&section.name))).or_default() += (section.end - section.start) as u64;
    }
    for function in &wasm.functions {
        *sizes.entry(("function", table::plain(&function.name))).or_default() += function.size as u64;
    }
    sizes
}

/// The budget that holds these sizes.
fn text(sizes: &Sizes) -> String {
    let mut text = "# Written by `linmem size --bless`; the total is the limit, the rest tells what grew.\n".to_owned();
    for kind in KINDS {
        for ((_, name), size) in sizes.iter().filter(|((of, _), _)| *of == kind) {
            text += format!("{kind} {size} {name}").trim_end();
            text.push('\n');
        }
    }
    text
}

fn parse(text: &str) -> Result<Sizes> {
    let mut sizes = Sizes::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
        let mut words = line.splitn(3, ' ');
        let (kind, size) = (words.next(), words.next().and_then(|size| size.parse().ok()));
        let (Some(kind), Some(size)) = (KINDS.into_iter().find(|of| kind == Some(of)), size) else {
            return Err(format!(
                "line {}: no `KIND BYTES NAME`, with a KIND of {}: {line}",
                index + 1,
                KINDS.join(", ")
            ));
        };
        sizes.insert((kind, words.next().unwrap_or_default().to_owned()), size);
    }
    if sizes.contains_key(&("total", String::new())) { Ok(sizes) } else { Err("no line `total BYTES`".to_owned()) }
}

fn list(sizes: &Sizes) -> Report {
    let total = sizes[&("total", String::new())];
    let mut text = String::new();
    let mut json = json!({"total": total, "sections": {}, "functions": {}});
    for kind in ["section", "function"] {
        let mut table = Table::new(&[("bytes", Align::Right), ("share", Align::Right), (kind, Align::Left)]);
        let mut rows: Vec<_> = sizes.iter().filter(|((of, _), _)| *of == kind).collect();
        rows.sort_by_key(|(key, size)| (std::cmp::Reverse(**size), &key.1));
        for ((_, name), size) in rows {
            let share = format!("{:.1} %", *size as f64 * 100.0 / total as f64);
            table.row(anstyle::Style::new(), [number(*size), share, name.clone()]);
            json[format!("{kind}s")][name] = json!(size);
        }
        if !table.is_empty() {
            text += &(table.columns(0) + "\n");
        }
    }
    text += &format!("{} bytes in all\n", number(total));
    Report { text, json, bad: false }
}

fn compare(sizes: &Sizes, budget: &Sizes) -> Report {
    let key = ("total", String::new());
    let (total, limit) = (sizes[&key], budget[&key]);
    let mut table = Table::new(&[
        ("bytes", Align::Right),
        ("budget", Align::Right),
        ("change", Align::Right),
        ("what", Align::Left),
    ]);
    let mut changes = Vec::new();
    for kind in ["section", "function"] {
        // A budget that lists none of a kind knows nothing of it.
        if !budget.keys().any(|(of, _)| *of == kind) {
            continue;
        }
        let mut names: Vec<&(&str, String)> = sizes.keys().chain(budget.keys()).filter(|(of, _)| *of == kind).collect();
        names.sort_unstable();
        names.dedup();
        let bytes = |of: &Sizes, name| of.get(name).copied().unwrap_or_default();
        let mut rows: Vec<_> = names.into_iter().map(|name| (bytes(sizes, name), bytes(budget, name), name)).collect();
        rows.retain(|(new, old, _)| new != old);
        rows.sort_by_key(|(new, old, _)| i128::from(*old) - i128::from(*new));
        for (new, old, (_, name)) in rows {
            let more = i128::from(new) - i128::from(old);
            let change = format!("{}{}", if more > 0 { "+" } else { "" }, number(more));
            let style = if more > 0 { BAD } else { DIM };
            table.row(style, [number(new), number(old), change, format!("{kind} {name}")]);
            changes.push(json!({"kind": kind, "name": name, "bytes": new, "budget": old, "change": more as i64}));
        }
    }
    let bad = total > limit;
    let mut text = if table.is_empty() { String::new() } else { table.columns(0) + "\n" };
    let (style, verdict) = match total.cmp(&limit) {
        std::cmp::Ordering::Greater => (BAD, format!("{} over", number(total - limit))),
        std::cmp::Ordering::Less => (GOOD, format!("{} below", number(limit - total))),
        std::cmp::Ordering::Equal => (GOOD, "exactly".to_owned()),
    };
    text += &format!("{} bytes: {} the budget of {}\n", number(total), paint(style, verdict), number(limit));
    Report { text, json: json!({"total": total, "budget": limit, "over": bad, "changes": changes}), bad }
}
