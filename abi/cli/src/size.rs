//! `linmem size`: the bytes of a module by section and function, and a budget to hold them to.
//!
//! A budget is a text that diffs well: a line `KIND BYTES NAME` for the total, each section and each function, and
//! lines that begin with `#`, which mean nothing. Sections and functions of one name count as one.
//!
//! A function without a name is known by a hash of what it does, in brackets: its index would change with every function
//! before it. Of those that no budget knows, and those that a budget knows and that are gone, nobody can tell which became
//! which: they are compared together.

use crate::args::Size;
use crate::table::{self, Align, BAD, DIM, GOOD, Table, number, paint};
use crate::wasm::{Function, Wasm};
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
    let Some(file) = &args.budget else { return Ok(list(&wasm, &sizes)) };
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
        *sizes.entry(("function", key(function))).or_default() += function.size as u64;
    }
    sizes
}

/// What a function is called in a budget.
fn key(function: &Function) -> String {
    function.name.as_ref().map_or_else(|| format!("[{:08x}]", function.likeness), |name| table::plain(name))
}

fn is_unnamed(name: &str) -> bool {
    let digits = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    digits.is_some_and(|digits| digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
}

/// What to do about functions without names.
const NAMES: &str = "functions without a name: build with `strip = \"debuginfo\"` to see their names";

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

fn list(wasm: &Wasm, sizes: &Sizes) -> Report {
    let mut indexes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for function in wasm.functions.iter().filter(|function| function.name.is_none()) {
        indexes.entry(key(function)).or_default().push(function.index.to_string());
    }
    let total = sizes[&("total", String::new())];
    let mut text = String::new();
    let mut json = json!({"total": total, "sections": {}, "functions": {}});
    for kind in ["section", "function"] {
        let mut table = Table::new(&[("bytes", Align::Right), ("share", Align::Right), (kind, Align::Left)]);
        let mut rows: Vec<_> = sizes.iter().filter(|((of, _), _)| *of == kind).collect();
        rows.sort_by_key(|(key, size)| (std::cmp::Reverse(**size), &key.1));
        for ((_, name), size) in rows {
            let share = format!("{:.1} %", *size as f64 * 100.0 / total as f64);
            let label = match indexes.get(name).filter(|_| kind == "function") {
                Some(of) => format!("{name}, index {}", of.join(" and ")),
                None => name.clone(),
            };
            table.row(anstyle::Style::new(), [number(*size), share, label]);
            json[format!("{kind}s")][name] = json!(size);
        }
        if !table.is_empty() {
            text += &(table.columns(0) + "\n");
        }
    }
    text += &format!("{} bytes in all\n", number(total));
    if !indexes.is_empty() {
        text += &format!("{}\n", paint(DIM, NAMES));
    }
    Report { text, json, bad: false }
}

/// Functions without names that are in one of module and budget, or of another size: a row for all of them, by its
/// bytes, those in the budget, and what it is called in a table and in JSON. None if they are as large as they were.
fn together(rows: &[(u64, u64, &(&str, String))]) -> Option<(u64, u64, String, serde_json::Value)> {
    let (new, old) = rows.iter().fold((0, 0), |(new, old), row| (new + row.0, old + row.1));
    let (here, there) = (rows.iter().filter(|row| row.0 > 0).count(), rows.iter().filter(|row| row.1 > 0).count());
    let name = format!("without a name ({here}, were {there})");
    (new != old).then_some((new, old, name, serde_json::Value::Null))
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
    let (mut changes, mut note) = (Vec::new(), false);
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
        let (unnamed, named): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|(.., (kind, name))| *kind == "function" && is_unnamed(name));
        let mut rows: Vec<_> =
            named.into_iter().map(|(new, old, (_, name))| (new, old, name.clone(), json!(name))).collect();
        let together = together(&unnamed);
        note |= together.is_some();
        rows.extend(together);
        rows.sort_by_key(|(new, old, ..)| i128::from(*old) - i128::from(*new));
        for (new, old, name, json) in rows {
            let more = i128::from(new) - i128::from(old);
            let change = format!("{}{}", if more > 0 { "+" } else { "" }, number(more));
            let style = if more > 0 { BAD } else { DIM };
            table.row(style, [number(new), number(old), change, format!("{kind} {name}")]);
            changes.push(json!({"kind": kind, "name": json, "bytes": new, "budget": old, "change": more as i64}));
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
    if note {
        text += &format!("{}\n", paint(DIM, NAMES));
    }
    Report { text, json: json!({"total": total, "budget": limit, "over": bad, "changes": changes}), bad }
}
