//! Functions: those of the guest as methods, and those of the host as an interface.

use super::super::Names;
use super::super::typed::{elements, taken};
use super::{RESERVED, Writer, bytes, camel, comment, local, quoted};
use crate::text::{doc, signature};
use linmem_host::{Access, Decl, Param, Signature, Type};
use std::fmt::Write as _;

impl Writer<'_> {
    pub fn functions(&self) -> String {
        let mut names = Names::new("Bind Trapped Host");
        let mut code = String::new();
        for (name, of) in self.module.fns() {
            let go = names.claim(&camel(name));
            code +=
                &self.function(&format!("(m *Module) {go}"), &go, name, of, &format!("m.begin({}, nil)", quoted(name)));
        }
        for (ty, name) in self.module.drops() {
            let go = names.claim(&camel(name));
            let value = Param { name: "value".into(), ty: ty.clone(), out: false };
            let of = Signature { params: vec![value], result: None };
            code += &self.function(
                &format!("(m *Module) {go}"),
                &go,
                name,
                &of,
                &format!("m.begin({}, nil)", quoted(name)),
            );
        }
        for (name, decl) in self.module.types() {
            if let Decl::Sig(of) = decl {
                let go = format!("(f *{}) Call", self.types[name.as_str()]);
                code += &self.function(&go, "Call", name, of, &format!("f.lmFunction().begin({})", quoted(name)));
            }
        }
        code + &self.new_slices()
    }

    /// A function for each type of elements that some function takes.
    fn new_slices(&self) -> String {
        let mut code = String::new();
        for (text, of) in elements(self.module) {
            let go = self.claim(&format!("NewSliceOf{}", self.mangled(&of)));
            let (out, put, size) = (self.out(&of), self.put(&of), self.layout(&of).0);
            let slice = self.codec(&Type::Slice { of: Box::new(of), access: Access::Own });
            code += &format!(
                "\n// {go} makes a `^[]{text}` in the guest's memory, which functions take without a copy.\nfunc {go}(m *Module, \
                 values []{put}) (*List[{out}, {put}], error) {{\n\treturn lmNew[*List[{out}, {put}], Elements[{put}]](m, &{slice}, {size}, Slice[{put}](values))\n}}\n"
            );
        }
        code
    }

    /// The Go function that makes an error of a status.
    fn status(&self, of: &Signature) -> String {
        match &of.result {
            Some(Type::Named { name, .. }) if of.result.as_ref().is_some_and(|ty| self.module.is_status(ty)) => {
                format!("lmStatus{}", self.types[name.as_str()])
            }
            Some(Type::Status) => "lmStatus".into(),
            _ => "nil".into(),
        }
    }

    fn function(&self, receiver: &str, go: &str, name: &str, of: &Signature, begin: &str) -> String {
        let mut names = Names::new(&format!("{RESERVED} err"));
        let (mut params, mut before, mut after) = (Vec::new(), String::new(), String::new());
        let mut results = Vec::new();
        let result = of.result.as_ref().filter(|ty| !self.module.is_status(ty));
        if let Some(ty) = result {
            results.push((names.claim("result"), self.out(ty)));
            after += &format!("\t\tresult = lmResult(lmC, &{})\n", self.codec(ty));
        }
        let mut outs = 0;
        for param in &of.params {
            let local = local(&mut names, &param.name);
            let codec = self.codec(&param.ty);
            if param.out {
                let (ty, is_owner) = taken(self.module, &param.ty);
                let take = if is_owner { "lmTakeOwner" } else { "lmTake" };
                before += &format!("\tlmOut(lmC, &{codec})\n");
                after += &format!("\t\t{local} = {take}(lmC, {outs}, &{})\n", self.codec(&ty));
                results.push((local, self.out(&ty)));
                outs += 1;
            } else {
                before += &format!("\tlmArg(lmC, &{codec}, {}, {local})\n", quoted(&param.name));
                params.push(format!("{local} {}", self.put(&param.ty)));
            }
        }
        results.push(("err".into(), "error".into()));
        let count = usize::from(of.result.is_some());
        let call = format!("lmC.call({count}, {})", self.status(of));
        let call = if after.is_empty() { format!("\t{call}\n") } else { format!("\tif {call} {{\n{after}\t}}\n") };
        let results: Vec<String> = results.iter().map(|(name, ty)| format!("{name} {ty}")).collect();
        format!(
            "\n{}func {receiver}({}) ({}) {{\n\tlmC := {begin}\n{before}{call}\terr = lmC.end()\n\treturn\n}}\n",
            self.function_docs(go, name, name, of),
            params.join(", "),
            results.join(", "),
        )
    }

    fn function_docs(&self, go: &str, subject: &str, name: &str, of: &Signature) -> String {
        let mut text = doc(self.module, subject).to_owned();
        for param in &of.params {
            let of = doc(self.module, &format!("{subject}.{}", param.name));
            if !of.is_empty() {
                text += &format!("\n\n{}: {of}", param.name);
            }
        }
        let first = format!("// {go} is `{}`.\n", signature(name, of));
        if text.is_empty() { first } else { format!("{first}//\n{}", comment("", &text)) }
    }

    /// What the host gives to the guest.
    pub fn imports(&self) -> String {
        let mut names = Names::new("");
        let (mut methods, mut table, mut shims) = (String::new(), String::new(), String::new());
        for (index, ((from, name), of)) in self.module.imports().iter().enumerate() {
            let identifier = super::super::identifier(from);
            let go = names.claim(&format!("{}{}", camel(&identifier), camel(name)));
            let (params, result) = self.module.wasm(of);
            writeln!(
                table,
                "\t\t{{{}, {}, {}, {}, lmHost{index}}},",
                quoted(from),
                quoted(name),
                bytes(&params),
                bytes(&result.into_iter().collect::<Vec<_>>()),
            )
            .unwrap();
            let (method, shim) = self.import(&go, index, of);
            let docs = self.function_docs(&go, &format!("{from}/{name}"), name, of);
            methods += &docs.lines().map(|line| format!("\t{line}\n")).collect::<String>();
            methods += &method;
            shims += &shim;
        }
        let methods = if methods.is_empty() { "interface{}".into() } else { format!("interface {{\n{methods}}}") };
        let table = if table.is_empty() { table } else { format!("\n{table}") };
        format!(
            "\n// Imports is the functions that the module calls. What one is lent ends when it returns; what it is handed, it closes.\n\
             // An error that is a status becomes the result, where the function has one; every other error is a trap.\ntype Imports \
             {methods}\n\n// HostFunctions is what an engine defines for the module; their numbers are those for [Module.Host].\nvar \
             HostFunctions []HostFunction\n\nfunc init() {{\n\tHostFunctions = []HostFunction{{{table}{}}}\n}}\n{shims}",
            if table.is_empty() { "" } else { "\t" },
        )
    }

    fn import(&self, go: &str, index: usize, of: &Signature) -> (String, String) {
        let mut names = Names::new(RESERVED);
        let (mut params, mut args, mut read) = (Vec::new(), Vec::new(), String::new());
        let (mut results, mut kept, mut write) = (Vec::new(), Vec::new(), String::new());
        let status = of.result.as_ref().is_some_and(|ty| self.module.is_status(ty));
        if let Some(ty) = of.result.as_ref().filter(|_| !status) {
            results.push(self.put(ty));
            kept.push("lmResult_".to_owned());
            write += &format!("\tlmReturn(h, &{}, lmResult_)\n", self.codec(ty));
        }
        let mut outs = 0;
        for (at, param) in of.params.iter().enumerate() {
            let codec = self.codec(&param.ty);
            if param.out {
                read += "\th.out()\n";
                kept.push(format!("lmOut{outs}"));
                write += &format!("\tlmWrite(h, {outs}, &{codec}, lmOut{outs})\n");
                results.push(self.put(&param.ty));
                outs += 1;
            } else {
                read += &format!("\tlmArg{at} := lmIn(h, &{codec}, {})\n", quoted(&param.name));
                args.push(format!("lmArg{at}"));
                params.push(format!("{} {}", local(&mut names, &param.name), self.out(&param.ty)));
            }
        }
        results.push("error".into());
        kept.push("err".into());
        let results = match &results[..] {
            [one] => one.clone(),
            several => format!("({})", several.join(", ")),
        };
        let method = format!("\t{go}({}) {results}\n", params.join(", "));
        let shim = format!(
            "\nfunc lmHost{index}(m *Module, h *hosted) {{\n\th.status = {status}\n{read}\tif h.err != nil {{\n\t\treturn\n\t}}\n\t{} := \
             m.imports.{go}({})\n\th.fail(err)\n{write}}}\n",
            kept.join(", "),
            args.join(", "),
        );
        (method, shim)
    }
}
