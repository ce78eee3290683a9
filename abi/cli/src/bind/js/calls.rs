//! Functions: those that JavaScript calls, those that the guest calls, and what `m` has beside them.

use super::types::array;
use super::{Names, Writer, claim, key, property, quoted};
use crate::bind::{comment, function_docs};
use crate::text::doc;
use linmem_host::{Access, Decl, Layout, Param, Scalar, Signature, Type};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

impl Writer<'_> {
    /// The exports that are called by more than their function: those of the roles, and what frees a type.
    pub(super) fn exports(&self) -> String {
        let found = |ours: &str, name: &str, count| format!("  const ${ours} = found('{name}', {count})\n");
        let roles = [("alloc", 2), ("free", 3)].map(|(role, count)| found(role, self.module.role(role), count));
        let drops = self.module.drops().iter();
        let drops = drops.map(|(ty, name)| found(&self.export(name), name, self.module.flatten(ty).len()));
        roles.into_iter().chain(drops).collect()
    }

    /// What an export is called behind `$`: `alloc` and `free` are the roles.
    pub(super) fn export(&self, name: &str) -> String {
        let taken = |name: &str| ["alloc", "free"].contains(&name);
        if taken(name) && self.module.role(name) != name { format!("{name}$") } else { name.into() }
    }

    /// The functions of `m`.
    pub(super) fn functions(&mut self) -> String {
        let module = self.module;
        let mut code = String::new();
        let mut add = |name: &str, docs: String, count: usize, body: String| {
            let other = if property(name) == name { String::new() } else { format!(", '{}'", property(name)) };
            write!(code, "{docs}  method('{name}', {count}, {body}{other})\n").expect("a String takes all");
        };
        for (name, of) in module.fns() {
            let callee = format!("${}", self.export(name));
            let docs = comment("  ", &function_docs(module, name, &of.params));
            let count = module.wasm(of).0.len();
            add(name, docs, count, format!("{callee} => {}", self.function(of, &callee, name, "  ")));
        }
        for (ty, name) in module.drops() {
            let value = Param { name: "value".into(), ty: ty.clone(), out: false };
            let of = Signature { params: vec![value], result: None };
            let callee = format!("${}", self.export(name));
            let docs = comment("  ", doc(module, name));
            add(name, docs, module.flatten(ty).len(), format!("() => {}", self.function(&of, &callee, name, "  ")));
        }
        code
    }

    /// What `m` inherits.
    pub(super) fn host(&mut self) -> String {
        let mut elements = BTreeMap::new();
        for ty in self.given() {
            let of = match ty {
                Type::Slice { of, .. } => of,
                Type::Pointer { to, .. } => match *to {
                    Type::Array { of, .. } => of,
                    to if !self.is_struct(&to) && !matches!(to, Type::Buffer { .. }) => Box::new(to),
                    _ => continue,
                },
                _ => continue,
            };
            elements.insert(of.to_string(), *of);
        }
        let mut code = "      live: () => [...live],\n".to_owned();
        if elements.is_empty() {
            return code + "      array: elem => fail(elem),\n";
        }
        if self.needs("ops") {
            let slice = |of: Type| Type::Slice { of: Box::new(of), access: Access::Own };
            let lists: Vec<String> =
                elements.into_iter().map(|(text, of)| format!("        {}: {},\n", text_key(&text), self.codec(&slice(of)))).collect();
            code += &format!(
                "      array: (elem, values) => op(k => {{\n        const list = lists[elem] ?? fail(elem)\n        \
                 const p = list.lower(typeof values === 'number' ? new list.elem.array(values) : values, k)\n        k.undo = 0\n        \
                 return list.lift(p, second, guest, 0, 1)\n      }}, 0),\n"
            );
            self.made_last = format!("  const lists = {{\n    __proto__: null,\n{}  }}\n", lists.concat().replace("        ", "    "));
            return code;
        }
        self.flags.insert("lists");
        let one = elements.len() == 1;
        let lists: Vec<String> = elements
            .into_iter()
            .map(|(text, of)| {
                let elem = self.element(&of);
                let free = self.release(&Type::Slice { of: Box::new(of), access: Access::Own }).unwrap_or_default();
                if one {
                    return format!(
                        "      array: (elem, values) => {{\n        if (elem !== {}) fail(elem)\n        \
                         const p = filled({elem}, typeof values === 'number' ? new {elem}.array(values) : values)\n        \
                         return new List(p, second, {elem}, {free}, 1)\n      }},\n",
                        quoted(&text)
                    );
                }
                format!("{}: [{elem}, {free}]", text_key(&text))
            })
            .collect();
        if one {
            return code + &lists.concat();
        }
        code += &format!(
            "      array: (elem, values) => {{\n        const [of, free] = {{ __proto__: null, {} }}[elem] ?? fail(elem)\n        \
             const p = filled(of, typeof values === 'number' ? new of.array(values) : values)\n        \
             return new List(p, second, of, free, 1)\n      }},\n",
            lists.join(", ")
        );
        code
    }

    /// All types that JavaScript may give to the guest, with those inside of them.
    fn given(&self) -> Vec<Type> {
        let module = self.module;
        let ins = |of: &Signature| of.params.iter().filter(|param| !param.out).map(|param| param.ty.clone()).collect::<Vec<_>>();
        let mut todo: Vec<Type> = module.fns().values().flat_map(ins).chain(module.drops().keys().cloned()).collect();
        for decl in module.types().values() {
            match decl {
                Decl::Struct(of) | Decl::Union(of) => todo.extend(of.fields.iter().map(|field| field.ty.clone())),
                Decl::Tagged(of) => todo.extend(of.cases.iter().filter_map(|case| Some(case.payload.as_ref()?.1.clone()))),
                Decl::Sig(of) => todo.extend(ins(of)),
                _ => {}
            }
        }
        for of in module.imports().values() {
            todo.extend(of.result.clone());
            todo.extend(of.params.iter().filter(|param| param.out).map(|param| param.ty.clone()));
        }
        let mut seen = BTreeSet::new();
        let mut all = Vec::new();
        while let Some(ty) = todo.pop() {
            if !seen.insert(ty.to_string()) {
                continue;
            }
            match &ty {
                Type::Pointer { to: of, .. } | Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of } => {
                    todo.push((**of).clone());
                }
                _ => {}
            }
            all.push(ty);
        }
        all
    }

    /// A function that calls `callee`, whose parameters are those that are no out pointers.
    pub(super) fn function(&mut self, of: &Signature, callee: &str, name: &str, indent: &str) -> String {
        let mut taken = Names::new(&self.taken);
        let ins: Vec<(String, Type)> =
            of.params.iter().filter(|param| !param.out).map(|param| (claim(&mut taken, &param.name), param.ty.clone())).collect();
        let names: Vec<&str> = ins.iter().map(|(name, _)| name.as_str()).collect();
        let head = match &names[..] {
            [one] => (*one).to_owned(),
            names => format!("({})", names.join(", ")),
        };
        let lines = match self.simple(of, &ins, callee, name) {
            Some(Body::Expression(body)) => return format!("{head} => {body}"),
            Some(Body::Lines(lines)) => lines,
            None => {
                let lines = self.operation(of, &ins, callee, name);
                let inner: String = lines.iter().map(|line| format!("{indent}  {line}\n")).collect();
                return format!("{head} => op(k => {{\n{inner}{indent}}}, 0)");
            }
        };
        let inner: String = lines.iter().map(|line| format!("{indent}  {line}\n")).collect();
        format!("{head} => {{\n{inner}{indent}}}")
    }

    /// A function that allocates or takes one thing at most, so that there is nothing to give back when a later one fails.
    fn simple(&mut self, of: &Signature, ins: &[(String, Type)], callee: &str, name: &str) -> Option<Body> {
        if of.params.iter().any(|param| param.out) {
            return None;
        }
        let result = of.result.as_ref();
        // Elements that are lent, alone.
        if let [(values, Type::Slice { of, access })] = ins
            && *access != Access::Own
            && array(of).is_some()
            && result.is_none_or(|ty| matches!(ty, Type::Scalar(_)))
        {
            let elem = self.element(of);
            let write = if *access == Access::Write { ", 1" } else { "" };
            let call = format!("lending({callee}, {elem}, {values}{write})");
            return Some(Body::Expression(match result {
                Some(ty) => self.lift(ty, &call, false)?,
                None => call,
            }));
        }
        let (mut before, mut args, mut risky) = (Vec::new(), Vec::new(), None);
        for (value, ty) in ins {
            if self.is_plain(ty) {
                args.push(format!("{}.lower({value})", self.codec(ty)));
                continue;
            }
            let arg = match ty {
                Type::Pointer { to, access, null } if self.is_struct(to) => {
                    if *access == Access::Own && risky.is_some() {
                        return None;
                    }
                    let lower = if *access == Access::Own {
                        risky = Some((value, ty));
                        format!("take({value}, {})", self.release(ty)?)
                    } else {
                        self.borrow(value, to, *access)
                    };
                    if *null { format!("{value} == null ? 0 : {lower}") } else { lower }
                }
                Type::Str { owned } | Type::CStr { owned, .. } if risky.is_none() => {
                    let _ = owned;
                    risky = Some((value, ty));
                    String::new()
                }
                _ => return None,
            };
            args.push(arg);
        }
        let Some((value, ty)) = risky else {
            let call = format!("{callee}({})", args.join(", "));
            return self.finish(result, &call, name);
        };
        // What may fail without a trace goes first, if what is risky is not the last.
        let last = ins.last().is_some_and(|(name, _)| name == value);
        let lent = !self.module.owns(ty);
        let text = matches!(ty, Type::Str { .. } | Type::CStr { .. });
        if !text {
            if !last {
                for ((name, ty), arg) in ins.iter().zip(&mut args).filter(|((name, _), _)| name != value) {
                    let _ = ty;
                    before.push(format!("const {name}$ = {arg}"));
                    *arg = format!("{name}$");
                }
            }
            let call = format!("{callee}({})", args.join(", "));
            if before.is_empty() {
                return self.finish(result, &call, name);
            }
            return Some(Body::Lines([before, self.finish(result, &call, name)?.lines()].concat()));
        }
        if lent && result.is_some_and(|ty| matches!(ty, Type::Str { .. } | Type::CStr { .. })) {
            return None;
        }
        let zero = u8::from(matches!(ty, Type::CStr { .. }));
        let mut lowered = vec![];
        for ((name, ty), arg) in ins.iter().zip(&mut args) {
            if name == value {
                *arg = if zero == 1 { "p$".into() } else { "p$, n$".into() };
            } else {
                before.push(format!("const {name}$ = {arg}"));
                *arg = format!("{name}$");
                let _ = ty;
            }
        }
        let k = if self.needs("ops") { if lent { ", 0, 0" } else { ", 0, 1" } } else { "" };
        let made = format!("text({value}, {zero}{k})");
        lowered.push(match ty {
            Type::CStr { null: true, .. } => format!("const p$ = {value} == null ? 0 : {made}"),
            _ => format!("const p$ = {made}"),
        });
        lowered.push("const n$ = second".into());
        let call = format!("{callee}({})", args.join(", "));
        if !lent {
            if zero == 1 {
                lowered.pop();
            }
            return Some(Body::Lines([before, lowered, self.finish(result, &call, name)?.lines()].concat()));
        }
        let size = if zero == 1 { "n$ + 1" } else { "n$" };
        let free = match ty {
            Type::CStr { null: true, .. } => format!("if (p$) $free(p$, {size}, 1)"),
            _ => format!("$free(p$, {size}, 1)"),
        };
        let rest = match result {
            None => vec![call, free],
            Some(_) => {
                let mut lines = vec![format!("const $$ = {call}"), free];
                lines.extend(self.finish(result, "$$", name)?.lines());
                lines
            }
        };
        Some(Body::Lines([before, lowered, rest].concat()))
    }

    /// What becomes of a call whose arguments need nothing any more.
    fn finish(&mut self, result: Option<&Type>, call: &str, name: &str) -> Option<Body> {
        let Some(ty) = result else { return Some(Body::Expression(call.into())) };
        if self.module.is_status(ty) {
            let named = self.refuse(ty, name);
            return Some(Body::Lines(if call == "$$" { vec![named] } else { vec![format!("const $$ = {call}"), named] }));
        }
        let null = matches!(ty, Type::Pointer { null: true, .. });
        if null && call != "$$" {
            return Some(Body::Lines(vec![format!("const $$ = {call}"), format!("return {}", self.lift(ty, "$$", true)?)]));
        }
        self.lift(ty, call, true).map(Body::Expression)
    }

    /// The line that throws unless a status is 0.
    fn refuse(&mut self, ty: &Type, name: &str) -> String {
        self.flags.insert("status");
        match ty {
            Type::Named { name: of, .. } => format!("if ($$) fail('{name}', $$, {}[$$])", self.names[of.as_str()]),
            _ => format!("if ($$) fail('{name}', $$)"),
        }
    }

    fn borrow(&mut self, value: &str, to: &Type, access: Access) -> String {
        let Type::Named { name, .. } = to else { unreachable!("a struct has a name") };
        let ours = self.names[name.as_str()].clone();
        let write = if access == Access::Write { ", 1" } else { "" };
        format!("borrow({value}, {ours}{write})")
    }

    /// A function that makes whatever it needs, and gives it back if it fails.
    fn operation(&mut self, of: &Signature, ins: &[(String, Type)], callee: &str, name: &str) -> Vec<String> {
        self.flags.insert("ops");
        let (mut lines, mut args, mut copies) = (Vec::new(), Vec::new(), false);
        for (value, ty) in ins {
            let elem = match ty {
                Type::Slice { of, .. } => Some(of),
                Type::Pointer { to, .. } => match &**to {
                    Type::Array { of, .. } => Some(of),
                    one if array(one).is_some() => Some(to),
                    _ => None,
                },
                _ => None,
            };
            if let Some(elem) = elem.filter(|elem| array(elem).is_some()) {
                lines.push(format!("{value} = held({value}, {})", self.codec(elem)));
            }
        }
        for (index, (value, ty)) in ins.iter().enumerate() {
            let lower = match ty {
                ty if self.is_plain(ty) => {
                    args.push(format!("{}.lower({value})", self.codec(ty)));
                    // It is to be refused before something is made.
                    let arg = args.last_mut().expect("it was pushed");
                    lines.push(format!("const p{index}$ = {arg}"));
                    *arg = format!("p{index}$");
                    continue;
                }
                Type::Pointer { to, access, null } if self.is_struct(to) => {
                    let lower = if *access == Access::Own {
                        format!("give({value}, {}, k)", self.release(ty).unwrap_or_default())
                    } else {
                        self.borrow(value, to, *access)
                    };
                    if *null { format!("{value} == null ? 0 : {lower}") } else { lower }
                }
                Type::Str { .. } | Type::CStr { .. } => {
                    let zero = u8::from(matches!(ty, Type::CStr { .. }));
                    let owned = u8::from(self.module.owns(ty));
                    let made = format!("text({value}, {zero}, k, {owned})");
                    if matches!(ty, Type::CStr { null: true, .. }) { format!("{value} == null ? 0 : {made}") } else { made }
                }
                _ => format!("{}.lower({value}, k)", self.codec(ty)),
            };
            copies |= matches!(ty, Type::Slice { access: Access::Write, .. })
                || matches!(ty, Type::Pointer { to, access: Access::Write, .. } if !self.is_struct(to));
            lines.push(format!("const p{index}$ = {lower}"));
            args.push(format!("p{index}$"));
            if self.module.flatten(ty).len() > 1 {
                lines.push(format!("const n{index}$ = second"));
                args.push(format!("n{index}$"));
            }
        }
        let outs: Vec<&Type> = of.params.iter().filter(|param| param.out).map(|param| &param.ty).collect();
        let mut results = Vec::new();
        let mut kept = Vec::new();
        for (index, ty) in outs.iter().enumerate() {
            let Layout { size, align } = self.layout(ty);
            lines.push(format!("const o{index}$ = block({size}, {align}, k)"));
            args.push(format!("o{index}$"));
            if self.is_plain(ty) || !self.module.flatten(ty).is_empty() {
                let codec = self.codec(ty);
                let more = if self.is_plain(ty) { "" } else { ", guest, 0, 1" };
                results.push(format!("{codec}.get(o{index}${more})"));
            } else {
                lines.push(format!("const b{index}$ = k.lent"));
                kept.push(format!("b{index}$.p = 0"));
                let owner = Type::Pointer { to: Box::new((*ty).clone()), access: Access::Own, null: false };
                let (target, free) = (self.codec(ty), self.release(&owner).unwrap_or_default());
                results.push(format!("viewOf({target}, o{index}$, {free})"));
            }
        }
        // Out pointers are the last, as `wasm` has them in their places: a record may have them anywhere.
        let args = self.in_order(of, args, ins, outs.len());
        let call = format!("{callee}({args})");
        let status = of.result.as_ref().filter(|ty| self.module.is_status(ty)).cloned();
        lines.push(if of.result.is_some() { format!("const $$ = {call}") } else { call });
        lines.push("k.undo = k.lent".into());
        if let Some(ty) = &status {
            lines.push(self.refuse(ty, name));
        } else if let Some(ty) = &of.result {
            lines.push(format!("const $0 = {}", self.lift(ty, "$$", false).unwrap_or_default()));
            results.insert(0, "$0".into());
        }
        if copies {
            lines.push("back(k)".into());
        }
        lines.extend(kept);
        match &results[..] {
            [] => {}
            [one] => lines.push(format!("return {one}")),
            several => lines.push(format!("return [{}]", several.join(", "))),
        }
        lines
    }

    /// The wasm arguments in the order of the record.
    fn in_order(&self, of: &Signature, args: Vec<String>, ins: &[(String, Type)], outs: usize) -> String {
        let (mut ins, mut behind) = {
            let count: usize = ins.iter().map(|(_, ty)| self.module.flatten(ty).len()).sum();
            debug_assert_eq!(count + outs, args.len());
            let (ins, outs) = args.split_at(count);
            (ins.iter(), outs.iter())
        };
        let mut all = Vec::new();
        for param in &of.params {
            if param.out {
                all.extend(behind.next().cloned());
            } else {
                all.extend(ins.by_ref().take(self.module.flatten(&param.ty).len()).cloned());
            }
        }
        all.join(", ")
    }

    /// What a value becomes that the guest returned. `simple`: nothing that is made of it may need an operation.
    fn lift(&mut self, ty: &Type, value: &str, simple: bool) -> Option<String> {
        if self.is_plain(ty) {
            return Some(self.plain(ty, value));
        }
        let guest = if self.needs("ops") { ", guest" } else { "" };
        let wrap = |null: bool, made: String| if null { format!("{value} ? {made} : null") } else { made };
        Some(match ty {
            Type::CStr { owned: false, null } => {
                let made = if *null { "option" } else { "cstr" };
                format!("{made}({value} >>> 0)")
            }
            Type::Pointer { to, access, null } if self.is_struct(to) || self.is_numbers(to) => {
                let Layout { size, align } = self.layout(to);
                let p = format!("check({value}, {size}, {align})");
                let (free, write) = match access {
                    Access::Own => (self.release(ty)?, ", 1"),
                    Access::Write => ("0".to_owned(), ", 1"),
                    Access::Read => ("0".to_owned(), if guest.is_empty() { "" } else { ", 0" }),
                };
                let root = if *access == Access::Own { "" } else { guest };
                match &**to {
                    Type::Array { of, len } => {
                        let elem = self.element(of);
                        let free = if free == "0" && write.is_empty() { String::new() } else { format!(", {free}") };
                        wrap(*null, format!("new List({p}, {len}, {elem}{free}{write}{root})"))
                    }
                    Type::Named { name, .. } => {
                        let ours = &self.names[name.as_str()];
                        let free = if free == "0" && write.is_empty() { String::new() } else { format!(", {free}") };
                        wrap(*null, format!("new {ours}(0, {p}{free}{write}{root})"))
                    }
                    _ => unreachable!("a place"),
                }
            }
            _ if simple && !self.needs("ops") => {
                self.codec(ty);
                return None;
            }
            _ => format!("{}.lift({value} >>> 0, 0, guest, 0, 1)", self.codec(ty)),
        })
    }

    fn is_numbers(&self, ty: &Type) -> bool {
        matches!(ty, Type::Array { of, .. } if array(of).is_some())
    }

    /// A plain value as it comes out of a call.
    fn plain(&mut self, ty: &Type, value: &str) -> String {
        let narrow = |scalar: Scalar| match scalar {
            Scalar::I8 => format!("{value} << 24 >> 24"),
            Scalar::U8 => format!("{value} & 255"),
            Scalar::I16 => format!("{value} << 16 >> 16"),
            Scalar::U16 => format!("{value} & 65535"),
            Scalar::U32 | Scalar::Usize | Scalar::Char => format!("{value} >>> 0"),
            Scalar::U64 => format!("BigInt.asUintN(64, {value})"),
            _ => value.to_owned(),
        };
        match ty {
            Type::Scalar(Scalar::Bool) => format!("!!{value}"),
            Type::Scalar(Scalar::Char) => format!("char.lift({})", narrow(Scalar::Char)),
            Type::Scalar(scalar) => narrow(*scalar),
            Type::Named { name, .. } => match &self.module.types()[name] {
                Decl::Enum(of) => format!("{}.lift({})", self.codec(ty), narrow(of.int)),
                _ => format!("{}.lift({value} >>> 0)", self.codec(ty)),
            },
            _ => unreachable!("no plain value"),
        }
    }

    /// The host functions, each behind one that leaves the guest while it runs.
    pub(super) fn imports(&mut self) -> String {
        let module = self.module;
        let mut groups: BTreeMap<&str, String> = BTreeMap::new();
        for ((from, name), of) in module.imports() {
            let body = self.shim(of);
            let docs = comment("  ", &function_docs(module, &format!("{from}/{name}"), &of.params));
            let group = groups.entry(from).or_default();
            write!(group, "{docs}  hosted(HOST, '{name}', f => {body})\n").expect("a String takes all");
        }
        if groups.is_empty() {
            return "  source = await WebAssembly.instantiate(source, imports)\n".into();
        }
        let (mut code, mut linked) = (String::new(), String::new());
        for (index, (from, group)) in groups.iter().enumerate() {
            let host = format!("host{index}$");
            let is_name = from.starts_with(|c: char| c.is_ascii_alphabetic()) && from.chars().all(|c| c.is_ascii_alphanumeric());
            let literal = if is_name { (*from).to_owned() } else { format!("[{}]", quoted(from)) };
            code += &format!("\n  const {host} = {{ __proto__: null, ...imports?.{literal} }}\n{}", group.replace("HOST", &host));
            linked += &format!(", {literal}: {host}");
        }
        code + &format!("  source = await WebAssembly.instantiate(source, {{ __proto__: null, ...imports{linked} }})\n")
    }

    /// A function that the guest calls, which calls `f`.
    fn shim(&mut self, of: &Signature) -> String {
        let mut lines = vec!["busy--".to_owned()];
        let (mut params, mut args, mut ready) = (Vec::new(), Vec::new(), Vec::new());
        let (mut lends, mut outs) = (false, Vec::new());
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
                args.push(self.plain(&param.ty, &p));
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
        let status = of.result.as_ref().is_some_and(|ty| self.module.is_status(ty));
        // Plain values are read before the others run code of the guest's.
        let call = format!("f({})", args.join(", "));
        let result = of.result.as_ref().filter(|_| !status).cloned();
        let mut body = ready;
        if status {
            body.push("let returned".into());
            body.push("try {".into());
            body.push(format!("  returned = {call}"));
            body.push("} catch (error) {".into());
            body.push("  return failed(error)".into());
            body.push("}".into());
        }
        let returned = if status { "returned".to_owned() } else { call };
        match (result, &outs[..]) {
            (None, []) => {
                if status {
                    body.push("return 0".into());
                } else {
                    body.push(returned);
                }
            }
            (Some(ty), []) if self.is_plain(&ty) => body.push(format!("return {}.lower({returned})", self.codec(&ty))),
            (result, outs) => {
                self.flags.insert("ops");
                body.push(if status { "return op(k => {".into() } else { format!("const returned = {returned}") });
                if !status {
                    body.push("return op(k => {".into());
                }
                let several = outs.len() + usize::from(result.is_some()) > 1;
                let mut index = 0;
                let mut next = || {
                    index += 1;
                    if several { format!("returned[{}]", index - 1) } else { "returned".to_owned() }
                };
                let value = match &result {
                    Some(ty) => {
                        let (value, codec) = (next(), self.codec(ty));
                        body.push(format!("  const result = {codec}.lower({value}{})", if self.is_plain(ty) { "" } else { ", k" }));
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

/// What stands to the right of an arrow.
enum Body {
    Expression(String),
    Lines(Vec<String>),
}

impl Body {
    /// As the last lines of a function, which return an expression.
    fn lines(self) -> Vec<String> {
        match self {
            Self::Expression(code) => vec![format!("return {code}")],
            Self::Lines(lines) => lines,
        }
    }
}

/// The text of a type as a key.
fn text_key(text: &str) -> String {
    if text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') { key(text) } else { quoted(text) }
}
