//! Functions that JavaScript calls.

use super::types::array;
use super::{Names, Writer, claim};
use linmem_host::{Access, Decl, Layout, Scalar, Signature, Type};

impl Writer<'_> {
    /// A function that calls `callee`, whose parameters are those that are no out pointers.
    pub(super) fn function(&mut self, of: &Signature, callee: &str, name: &str, indent: &str) -> String {
        let mut taken = Names::new(&self.taken);
        let ins: Vec<(String, Type)> = of
            .params
            .iter()
            .filter(|param| !param.out)
            .map(|param| (claim(&mut taken, &param.name), param.ty.clone()))
            .collect();
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

    /// A function that makes or takes one thing at most, so that there is nothing to give back when a later one fails.
    fn simple(&mut self, of: &Signature, ins: &[(String, Type)], callee: &str, name: &str) -> Option<Body> {
        if of.params.iter().any(|param| param.out) {
            return None;
        }
        let result = of.result.as_ref();
        if let [(values, Type::Slice { of, access })] = ins {
            return self.lending(callee, values, of, *access, result);
        }
        // The arguments, and the number of that which is made or taken.
        let (mut args, mut risky) = (Vec::new(), None);
        for (index, (value, ty)) in ins.iter().enumerate() {
            let owned = self.module.owns(ty);
            let is_text = matches!(ty, Type::Str { .. } | Type::CStr { .. });
            if (owned || is_text) && risky.replace(index).is_some() {
                return None;
            }
            args.push(match ty {
                Type::Str { .. } => "p$, n$".to_owned(),
                Type::CStr { .. } => "p$".to_owned(),
                Type::Pointer { to, access, null } if self.is_struct(to) => {
                    let lower = match access {
                        Access::Own => format!("take({value}, {})", self.release(ty)?),
                        _ => self.borrow(value, to, *access),
                    };
                    or_null(*null, value, lower)
                }
                ty if self.is_plain(ty) => format!("{}.lower({value})", self.codec(ty)),
                _ => return None,
            });
        }
        let (mut lines, mut after) = (Vec::new(), Vec::new());
        let text = risky.map(|index| &ins[index]).filter(|(_, ty)| !matches!(ty, Type::Pointer { .. }));
        // What is refused goes first, unless what is made or taken is the last anyway.
        let last = risky.is_none() || text.is_none() && risky == ins.len().checked_sub(1);
        if !last {
            for (index, ((value, _), arg)) in ins.iter().zip(&mut args).enumerate() {
                if risky != Some(index) {
                    lines.push(format!("const {value}$ = {arg}"));
                    *arg = format!("{value}$");
                }
            }
        }
        if let Some((value, ty)) = text {
            let lent = !self.module.owns(ty);
            // It would be read when what it may lie in is no more.
            if lent && matches!(result, Some(Type::CStr { .. })) {
                return None;
            }
            let zero = matches!(ty, Type::CStr { .. });
            let null = matches!(ty, Type::CStr { null: true, .. });
            let k = if self.needs("ops") { format!(", 0, {}", u8::from(!lent)) } else { String::new() };
            let made = format!("text({value}, {}{k})", u8::from(zero));
            lines.push(format!("const p$ = {}", or_null(null, value, made)));
            if lent || !zero {
                lines.push("const n$ = second".into());
            }
            if lent {
                let (unless, size) = (if null { "if (p$) " } else { "" }, if zero { "n$ + 1" } else { "n$" });
                after.push(format!("{unless}$free(p$, {size}, 1)"));
            }
        }
        let mut call = format!("{callee}({})", args.join(", "));
        if !after.is_empty() {
            lines.push(if result.is_some() { format!("const $$ = {call}") } else { call });
            lines.append(&mut after);
            if result.is_none() {
                return Some(Body::Lines(lines));
            }
            call = "$$".into();
        }
        let end = self.finish(result, &call, name)?;
        if lines.is_empty() {
            return Some(end);
        }
        lines.extend(end.lines());
        Some(Body::Lines(lines))
    }

    /// A function that numbers are lent to, and nothing else.
    fn lending(
        &mut self,
        callee: &str,
        values: &str,
        of: &Type,
        access: Access,
        result: Option<&Type>,
    ) -> Option<Body> {
        array(of)?;
        let result = match result {
            Some(Type::Scalar(_)) | None => result,
            _ => return None,
        };
        let write = match access {
            Access::Read => "",
            Access::Write => ", 1",
            Access::Own => return None,
        };
        let call = format!("lending({callee}, {}, {values}{write})", self.element(of));
        Some(Body::Expression(result.map_or(call.clone(), |ty| self.plain(ty, &call))))
    }

    /// What becomes of a call whose arguments need nothing any more.
    fn finish(&mut self, result: Option<&Type>, call: &str, name: &str) -> Option<Body> {
        let Some(ty) = result else { return Some(Body::Expression(call.into())) };
        if self.module.is_status(ty) {
            let named = self.refuse(ty, name);
            return Some(Body::Lines(if call == "$$" {
                vec![named]
            } else {
                vec![format!("const $$ = {call}"), named]
            }));
        }
        let null = matches!(ty, Type::Pointer { null: true, .. });
        if null && call != "$$" {
            return Some(Body::Lines(vec![
                format!("const $$ = {call}"),
                format!("return {}", self.lift(ty, "$$", true)?),
            ]));
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
                    or_null(*null, value, lower)
                }
                Type::Str { .. } | Type::CStr { .. } => {
                    let zero = u8::from(matches!(ty, Type::CStr { .. }));
                    let owned = u8::from(self.module.owns(ty));
                    let made = format!("text({value}, {zero}, k, {owned})");
                    or_null(matches!(ty, Type::CStr { null: true, .. }), value, made)
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
    pub(super) fn plain(&mut self, ty: &Type, value: &str) -> String {
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

/// An argument that may be no value, which travels as 0.
fn or_null(null: bool, value: &str, lower: String) -> String {
    if null { format!("{value} == null ? 0 : {lower}") } else { lower }
}
