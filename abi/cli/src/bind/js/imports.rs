//! Functions that the guest calls.

use super::{Writer, quoted};
use crate::bind::{comment, function_docs};
use linmem_host::{Layout, Signature};
use std::collections::BTreeMap;
use std::fmt::Write as _;

impl Writer<'_> {
    /// The host functions, each behind one that leaves the guest while it runs.
    pub(super) fn imports(&mut self) -> String {
        let module = self.module;
        let mut groups: BTreeMap<&str, String> = BTreeMap::new();
        for ((from, name), of) in module.imports() {
            let body = self.shim(of);
            let docs = comment("  ", &function_docs(module, &format!("{from}/{name}"), &of.params));
            let group = groups.entry(from).or_default();
            writeln!(group, "{docs}  hosted(HOST, '{name}', f => {body})").expect("a String takes all");
        }
        if groups.is_empty() {
            return "  source = await WebAssembly.instantiate(source, imports)\n".into();
        }
        let (mut code, mut linked) = (String::new(), String::new());
        for (index, (from, group)) in groups.iter().enumerate() {
            let host = format!("host{index}$");
            let is_name =
                from.starts_with(|c: char| c.is_ascii_alphabetic()) && from.chars().all(|c| c.is_ascii_alphanumeric());
            let literal = if is_name { (*from).to_owned() } else { format!("[{}]", quoted(from)) };
            code += &format!(
                "\n  const {host} = {{ __proto__: null, ...imports?.{literal} }}\n{}",
                group.replace("HOST", &host)
            );
            linked += &format!(", {literal}: {host}");
        }
        code + &format!("  source = await WebAssembly.instantiate(source, {{ __proto__: null, ...imports{linked} }})\n")
    }

    /// A function that the guest calls, which calls `f`.
    fn shim(&mut self, of: &Signature) -> String {
        let mut lines = vec!["busy--".to_owned()];
        let (mut params, mut args, mut ready) = (Vec::new(), Vec::new(), Vec::new());
        let (mut lends, mut outs) = (false, Vec::new());
        let status = of.result.as_ref().is_some_and(|ty| self.module.is_status(ty));
        for (index, param) in of.params.iter().enumerate() {
            let p = format!("p{index}$");
            params.push(p.clone());
            if param.out {
                let Layout { size, align } = self.layout(&param.ty);
                ready.push(format!("{p} = check({p}, {size}, {align})"));
                outs.push((p, self.codec(&param.ty)));
                continue;
            }
            if self.is_plain(&param.ty) {
                let value = self.plain(&param.ty, &p);
                // It may be refused, which is no failure of the host function's.
                if status && value.contains(".lift(") {
                    ready.push(format!("{p} = {value}"));
                    args.push(p);
                } else {
                    args.push(value);
                }
                continue;
            }
            lends = true;
            let wide = self.module.flatten(&param.ty).len() > 1;
            let n = if wide { format!("n{index}$ >>> 0") } else { "0".into() };
            if wide {
                params.push(format!("n{index}$"));
            }
            ready.push(format!("const a{index}$ = {}.lift({p} >>> 0, {n}, root, 0, 1)", self.codec(&param.ty)));
            args.push(format!("a{index}$"));
        }
        if !outs.is_empty() {
            self.flags.insert("ops");
        }
        // Plain values are read before the others run code of the guest's.
        let call = format!("f({})", args.join(", "));
        let result = of.result.as_ref().filter(|_| !status).cloned();
        let mut body = ready;
        if status {
            body.push("let returned".into());
            body.push("try {".into());
            body.push(format!("  returned = {call}"));
            // It may have made nothing of a trap in a call of its own.
            body.push("  alive()".into());
            body.push("} catch (error) {".into());
            body.push("  return failed(error)".into());
            body.push("}".into());
        } else {
            let returns = result.is_some() || !outs.is_empty();
            body.push(if returns { format!("const returned = {call}") } else { call });
            body.push("alive()".into());
        }
        match (result, &outs[..]) {
            (None, []) => {
                if status {
                    body.push("return 0".into());
                }
            }
            (Some(ty), []) if self.is_plain(&ty) => body.push(format!("return {}.lower(returned)", self.codec(&ty))),
            (result, outs) => {
                self.flags.insert("ops");
                let start = body.len();
                body.push("return op(k => {".into());
                let several = outs.len() + usize::from(result.is_some()) > 1;
                let mut index = 0;
                let mut next = || {
                    index += 1;
                    if several { format!("returned[{}]", index - 1) } else { "returned".to_owned() }
                };
                let value = match &result {
                    Some(ty) => {
                        let (value, codec) = (next(), self.codec(ty));
                        body.push(format!(
                            "  const result = {codec}.lower({value}{})",
                            if self.is_plain(ty) { "" } else { ", k" }
                        ));
                        "result"
                    }
                    None => "0",
                };
                for (p, codec) in outs {
                    body.push(format!("  {codec}.put({p}, {}, k)", next()));
                }
                body.push("  k.undo = 0".into());
                body.push(format!("  return {value}"));
                body.push("})".into());
                if status {
                    body[start..].iter_mut().for_each(|line| line.insert_str(0, "  "));
                    body.insert(start, "try {".into());
                    body.extend(["} catch (error) {", "  return failed(error, 1)", "}"].map(str::to_owned));
                }
            }
        }
        if lends {
            lines.insert(0, "const root = { $p: 1 }".into());
        }
        lines.push("try {".into());
        lines.extend(body.iter().map(|line| format!("  {line}")));
        lines.push("} finally {".into());
        lines.push("  busy++".into());
        if lends {
            lines.push("  root.$p = 0".into());
        }
        lines.push("}".into());
        let lines: String = lines.iter().map(|line| format!("    {line}\n")).collect();
        let head = match &params[..] {
            [one] => one.clone(),
            several => format!("({})", several.join(", ")),
        };
        format!("{head} => {{\n{lines}  }}")
    }
}
