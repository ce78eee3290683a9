//! `linmem bind`: typed source code for a host, from the records alone: the same records in any order give the same text.

mod c;
mod camel;
mod go;
mod java;
mod js;
mod python;
mod rust;
mod ts;
mod typed;
mod wasm2c;

use crate::args::{Bind, Lang};
use crate::input::{self, Input};
use crate::table::{BAD, GOOD, paint, plain};
use crate::wasm::Extern;
use crate::{Report, Result};
use anstyle::Style;
use linmem_host::{Case, Decl, Layout, Module, Signature, Struct};
use serde_json::json;
use similar::TextDiff;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

pub fn run(args: &Bind) -> Result<Report> {
    let input = Input::open(&args.module)?;
    let module = input.described()?;
    if let Some(import) = &args.import {
        if args.lang != Lang::Ts {
            return Err("--import is for --lang ts: nothing else imports abi/js".into());
        }
        if import.chars().any(char::is_control) {
            return Err(format!("--import {import:?}: a path has no control characters"));
        }
    }
    let initialize = input.wasm.as_ref().is_some_and(|(wasm, _)| wasm.export("_initialize").is_some());
    let code = match args.lang {
        Lang::C => c::write(&module, &identifier(&input.stem()), initialize),
        Lang::Go => go::write(&module, &identifier(&input.stem())),
        Lang::Java => java::write(&module, &identifier(&input.stem()))?,
        Lang::Js => js::write(&module),
        Lang::Python => python::write(&module),
        Lang::Rust => rust::write(&module),
        Lang::Ts => ts::write(&module, args.import.as_deref().unwrap_or("linmem")),
    };
    if let Some(output) = &args.wasm2c {
        if !matches!(args.lang, Lang::Go | Lang::Java) {
            return Err(
                "--wasm2c is for `go` and `java`: what `c` writes has it already, and the others need none".into()
            );
        }
        let imported = |(from, name, _): &(String, String, Extern)| (from.clone(), name.clone());
        let imported = input.wasm.as_ref().map(|(wasm, _)| wasm.imports.iter().map(imported).collect());
        input::write(output, wasm2c::write(&module, &identifier(&input.stem()), imported.as_ref(), initialize))?;
    }
    if let Some(file) = &args.check {
        return check(&code, file);
    }
    let Some(output) = &args.output else {
        return Ok(Report { json: json!({"code": code}), text: code, bad: false });
    };
    input::write(output, &code)?;
    let text = format!("{}: {} lines\n", output.display(), code.lines().count());
    Ok(Report { text, json: json!({"output": output, "lines": code.lines().count()}), bad: false })
}

/// Whether a file is what would be written; else the lines in which it is not.
fn check(code: &str, file: &Path) -> Result<Report> {
    let name = file.display().to_string();
    let written = String::from_utf8(input::read(file)?).map_err(|_| format!("{name}: not UTF-8"))?;
    let current = written == code;
    let diff = TextDiff::configure().timeout(Duration::from_secs(5)).diff_lines(written.as_str(), code);
    let diff = if current { String::new() } else { diff.unified_diff().header(&name, "as it would be").to_string() };
    let line = |line: &str| {
        let style = match line.as_bytes().first() {
            Some(b'+') => GOOD,
            Some(b'-') => BAD,
            _ => Style::new(),
        };
        paint(style, plain(line)) + "\n"
    };
    let verdict = if current { "is what it would be" } else { "is out of date" };
    let text = diff.lines().map(line).collect::<String>() + &format!("{name} {verdict}\n");
    Ok(Report { text, json: json!({"file": name, "current": current, "diff": diff}), bad: !current })
}

/// A word that begins identifiers, made of a file's name.
fn identifier(stem: &str) -> String {
    let word: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if word.starts_with(|c: char| c.is_ascii_alphabetic()) { word } else { format!("m_{word}") }
}

/// Names that are taken: those of the language, and those that were given out.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn new(taken: &str) -> Self {
        Self(taken.split_whitespace().map(str::to_owned).collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Takes a name; with as many `_` at its end as it needs to be a new one.
    fn claim(&mut self, name: &str) -> String {
        let mut name = name.to_owned();
        while !self.0.insert(name.clone()) {
            name.push('_');
        }
        name
    }
}

/// The records that bindings look for in a module, in the order of their kinds and names: those whose change would be a breaking
/// one, parameters without names. Then the cases of enums over `status`, of which a module may have more.
fn records(module: &Module) -> (Vec<String>, Vec<(String, String)>) {
    let params = |of: &Signature| -> String {
        let params = of.params.iter().map(|of| format!(" {}{}", if of.out { ">" } else { "" }, of.ty));
        params.chain(of.result.iter().map(|ty| format!(" -> {ty}"))).collect()
    };
    let fields = |kind: &str, name: &str, of: &Struct| {
        let fields = of.fields.iter().map(|of| format!(" {}:{}:{}", of.name, of.offset, of.ty));
        format!("{kind} {name} {} {}{}", of.layout.size, of.layout.align, fields.collect::<String>())
    };
    let mut lines = vec!["abi 1 wasm32".to_owned()];
    let mut statuses = Vec::new();
    lines.extend(module.roles().iter().map(|(role, name)| format!("role {role} {name}")));
    for (name, decl) in module.types() {
        lines.push(match decl {
            Decl::Struct(of) => fields("struct", name, of),
            Decl::Union(of) => fields("union", name, of),
            Decl::Tagged(of) => {
                let payload =
                    |case: &Case| case.payload.as_ref().map_or(String::new(), |(offset, ty)| format!(":{offset}:{ty}"));
                let cases = of.cases.iter().map(|case| format!(" {}={}{}", case.name, case.value, payload(case)));
                let Layout { size, align } = of.layout;
                format!("tagged {name} {size} {align} {}{}", of.tag.name(), cases.collect::<String>())
            }
            Decl::Enum(of) if of.status => {
                statuses.extend(of.cases.iter().map(|case| (name.clone(), format!("{}={}", case.name, case.value))));
                format!("enum {name} status")
            }
            Decl::Enum(of) => {
                let cases = of.cases.iter().map(|case| format!(" {}={}", case.name, case.value));
                format!("enum {name} {}{}", of.int.name(), cases.collect::<String>())
            }
            Decl::Sig(of) => format!("sig {name}{}", params(of)),
            Decl::Opaque => format!("opaque {name}"),
        });
    }
    lines.extend(module.fns().iter().map(|(name, of)| format!("fn {name}{}", params(of))));
    lines.extend(module.imports().iter().map(|((from, name), of)| format!("import {from} {name}{}", params(of))));
    lines.extend(module.drops().iter().map(|(ty, name)| format!("drop {name} {ty}")));
    (lines, statuses)
}

/// Docs as the lines of a comment between `/**` and `*/`, which ends nowhere before.
fn comment(indent: &str, text: &str) -> String {
    let text = text.trim();
    // Trigraphs and line splices are C's; nothing of a text may be code in any language.
    let text = text.replace("*/", "*\\/").replace("/*", "/\\*").replace("??", "?\u{200b}?");
    let clean = |line: &str| line.chars().filter(|c| !c.is_control()).collect::<String>();
    match &text.lines().map(clean).collect::<Vec<_>>()[..] {
        [] => String::new(),
        [line] => format!("{indent}/** {} */\n", line.trim_end_matches('\\')),
        lines => {
            let lines = lines.iter().map(|line| format!("{indent} * {}", line.trim_end_matches('\\')));
            let lines: Vec<String> = lines.map(|line| line.trim_end().to_owned() + "\n").collect();
            format!("{indent}/**\n{}{indent} */\n", lines.concat())
        }
    }
}

/// The docs of a function and its parameters, `@param` before each of those.
fn function_docs(module: &Module, subject: &str, params: &[linmem_host::Param]) -> String {
    let mut text = crate::text::doc(module, subject).to_owned();
    for param in params {
        let doc = crate::text::doc(module, &format!("{subject}.{}", param.name));
        if !doc.is_empty() {
            text += &format!("\n@param {} {doc}", param.name);
        }
    }
    text
}
