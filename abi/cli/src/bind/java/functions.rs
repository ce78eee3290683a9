//! Functions: those of the guest as methods, and those of the host as an interface.

use super::super::Names;
use super::super::typed::{elements, taken};
use super::{METHODS, RESERVED, Writer, bytes, camel, javadoc, local, quoted};
use crate::text::{doc, signature};
use linmem_host::{Access, Param, Signature, Type};
use std::fmt::Write as _;

impl Writer<'_> {
    pub fn functions(&self) -> String {
        let mut names = Names::new(&format!("{RESERVED} {METHODS} bind host trapped"));
        let mut code = self.imports();
        let begin = |name: &str| format!("new Lm.Call(lm, {}, null)", quoted(name));
        for (name, of) in self.module.fns() {
            code += &self.function(&local(&mut names, name), name, of, &begin(name), "    ");
        }
        for (ty, name) in self.module.drops() {
            let value = Param { name: "value".into(), ty: ty.clone(), out: false };
            let of = Signature { params: vec![value], result: None };
            code += &self.function(&local(&mut names, name), name, &of, &begin(name), "    ");
        }
        code + &self.new_slices(&mut names)
    }

    /// A method for each type of elements that some function takes.
    fn new_slices(&self, names: &mut Names) -> String {
        let mut code = String::new();
        for (text, of) in elements(self.module) {
            let java = names.claim(&format!("newSliceOf{}", camel(&self.mangled(&of).to_lowercase())));
            let (out, put) = (self.out(&of), self.put(&of));
            let slice = self.codec(&Type::Slice { of: Box::new(of), access: Access::Own });
            let docs = format!("Makes a `^[]{text}` in the guest's memory, which functions take without a copy.");
            code += &format!(
                "\n{}    public Elements<{out}, {put}> {java}(Slice<{put}> values) {{\n        return {slice}.fresh(lm, values);\n    }}\n",
                javadoc("    ", &docs, &[])
            );
        }
        code
    }

    /// What makes an exception of a status.
    fn status(&self, of: &Signature) -> String {
        match &of.result {
            Some(ty) if !self.module.is_status(ty) => "null".into(),
            Some(Type::Named { name, .. }) => {
                format!("lmS -> Lm.statusOf(lmS, {}.values())", self.types[name.as_str()])
            }
            Some(_) => "lmS -> Lm.statusOf(lmS)".into(),
            None => "null".into(),
        }
    }

    /// Several results, as a record.
    fn several(&self, java: &str, results: &[(String, String)], indent: &str) -> String {
        let components: Vec<String> = results.iter().map(|(name, ty)| format!("{ty} {name}")).collect();
        format!("\n{indent}/** What it returns. */\n{indent}public record {java}({}) {{}}\n", components.join(", "))
    }

    pub fn function(&self, java: &str, name: &str, of: &Signature, begin: &str, indent: &str) -> String {
        let mut names = Names::new(&format!("{RESERVED} {METHODS}"));
        let (mut params, mut before, mut after) = (Vec::new(), String::new(), String::new());
        let mut results: Vec<(String, String)> = Vec::new();
        let mut docs = Vec::new();
        if let Some(ty) = of.result.as_ref().filter(|ty| !self.module.is_status(ty)) {
            let plain = self.plain(ty, &self.out(ty));
            after += &format!("{indent}        final {plain} lmR0 = lmC.result({});\n", self.codec(ty));
            results.push((names.claim("result"), plain));
        }
        let mut outs = 0;
        for param in &of.params {
            let local = local(&mut names, &param.name);
            let codec = self.codec(&param.ty);
            if param.out {
                let (ty, owner) = taken(self.module, &param.ty);
                let taking = self.codec(&ty);
                let plain = self.plain(&ty, &self.out(&ty));
                before += &format!("{indent}        lmC.out({codec}, {taking}, {owner});\n");
                after += &format!("{indent}        final {plain} lmR{} = lmC.take({outs}, {taking});\n", results.len());
                results.push((local, plain));
                outs += 1;
            } else {
                before += &format!("{indent}        lmC.arg({codec}, {}, {local});\n", quoted(&param.name));
                params.push(format!("{} {local}", self.plain(&param.ty, &self.put(&param.ty))));
                docs.push((local, doc(self.module, &format!("{name}.{}", param.name)).to_owned()));
            }
        }
        let values: Vec<String> = (0..results.len()).map(|index| format!("lmR{index}")).collect();
        let (returned, back, declared) = match &results[..] {
            [] => ("void".to_owned(), String::new(), String::new()),
            [(_, ty)] => (ty.clone(), format!("{indent}        return lmR0;\n"), String::new()),
            several => {
                let record = self.claim(&format!("{}Result", camel(name)));
                let back = format!("{indent}        return new {record}({});\n", values.join(", "));
                (record.clone(), back, self.several(&record, several, indent))
            }
        };
        let text = format!("`{}`\n\n{}", signature(name, of), doc(self.module, name));
        format!(
            "{declared}\n{}{indent}public {returned} {java}({}) {{\n{indent}    final Lm.Call lmC = {begin};\n{indent}    try \
             {{\n{before}{indent}        lmC.call({}, {});\n{after}{indent}        lmC.end();\n{back}{indent}    }} catch (RuntimeException \
             lmE) {{\n{indent}        throw lmC.fail(lmE);\n{indent}    }}\n{indent}}}\n",
            javadoc(indent, &text, &docs),
            params.join(", "),
            usize::from(of.result.is_some()),
            self.status(of),
        )
    }

    /// What the host gives to the guest.
    fn imports(&self) -> String {
        let mut names = Names::new(&format!("{RESERVED} {METHODS}"));
        let (mut methods, mut table, mut cases) = (String::new(), String::new(), String::new());
        let mut shims = String::new();
        for (index, ((from, name), of)) in self.module.imports().iter().enumerate() {
            let identifier = super::super::identifier(from);
            let java = local(&mut names, &format!("{identifier}_{name}"));
            let (params, result) = self.module.wasm(of);
            writeln!(
                table,
                "        new HostFunction({}, {}, {}, {}),",
                quoted(from),
                quoted(name),
                bytes(&params),
                bytes(&result.into_iter().collect::<Vec<_>>()),
            )
            .unwrap();
            writeln!(cases, "                case {index} -> lmHost{index}(lmH);").unwrap();
            let (method, shim) = self.import(&java, index, &format!("{from}/{name}"), name, of);
            methods += &method;
            shims += &shim;
        }
        format!(
            "\n    /** What an engine defines for the module; their numbers are those for {{@link #host}}. */\n    public static final \
             List<HostFunction> HOST_FUNCTIONS = List.of(\n{});\n\n    /**\n     * What an imported function does: its arguments are in \
             {{@code stack}}, by their order in the record, and its result takes the\n     * place of the first. After an exception the \
             guest must trap.\n     */\n    public void host(int number, long[] stack) {{\n        final HostFunction function = \
             HOST_FUNCTIONS.get(number);\n        if (lm.engine == null || lmImports == null || stack.length < \
             Math.max(function.parameters().length, function.results().length)) {{\n            throw new RefusedException(\"called before \
             the module was bound, without imports, or with too few arguments\");\n        }}\n        final Lm.Hosted lmH = new \
             Lm.Hosted(lm, stack);\n        try {{\n            switch (number) {{\n{cases}                default -> throw new \
             IllegalArgumentException();\n            }}\n            lmH.end();\n        }} catch (Exception exception) {{\n            if \
             (!lmH.failed(exception)) {{\n                throw lmH.fail(exception);\n            }}\n        }} finally {{\n            lmH.hold.ended = true;\n        }}\n    }}\n\n    /**\n     \
             * The functions that the module calls. What one is lent ends when it returns; what it is handed, it closes.\n     \
             * An {{@link AbiException}} with a code becomes the result, where the function has a status; every other exception is a trap.\n     \
             */\n    public interface Imports {{\n{methods}    }}\n{shims}",
            table.trim_end().trim_end_matches(','),
        )
    }

    fn import(&self, java: &str, index: usize, subject: &str, name: &str, of: &Signature) -> (String, String) {
        let mut names = Names::new(RESERVED);
        let (mut params, mut args, mut read, mut write) = (Vec::new(), Vec::new(), String::new(), String::new());
        let mut results: Vec<(String, String)> = Vec::new();
        let mut docs = Vec::new();
        let status = of.result.as_ref().is_some_and(|ty| self.module.is_status(ty));
        let count = usize::from(of.result.is_some() && !status) + of.params.iter().filter(|param| param.out).count();
        let part = |name: &str| if count > 1 { format!("lmR.{name}()") } else { "lmR".to_owned() };
        if let Some(ty) = of.result.as_ref().filter(|_| !status) {
            let result = names.claim("result");
            write += &format!("        lmH.result({}, {});\n", self.codec(ty), part(&result));
            results.push((result, self.plain(ty, &self.put(ty))));
        }
        let mut outs = 0;
        for (at, param) in of.params.iter().enumerate() {
            let codec = self.codec(&param.ty);
            let local = local(&mut names, &param.name);
            if param.out {
                read += "        lmH.out();\n";
                write += &format!("        lmH.write({outs}, {codec}, {});\n", part(&local));
                results.push((local, self.plain(&param.ty, &self.put(&param.ty))));
                outs += 1;
            } else {
                let out = self.plain(&param.ty, &self.out(&param.ty));
                read += &format!("        final {out} lmA{at} = lmH.in({codec}, {});\n", quoted(&param.name));
                args.push(format!("lmA{at}"));
                docs.push((local.clone(), doc(self.module, &format!("{subject}.{}", param.name)).to_owned()));
                params.push(format!("{out} {local}"));
            }
        }
        let call = format!("lmImports.{java}({})", args.join(", "));
        let (returned, call, declared) = match &results[..] {
            [] => ("void".to_owned(), format!("{call};\n"), String::new()),
            [(_, ty)] => (ty.clone(), format!("final {ty} lmR = {call};\n"), String::new()),
            several => {
                let record = self.claim(&format!("{}Result", camel(java)));
                let declared = self.several(&record, several, "    ");
                (record.clone(), format!("final {record} lmR = {call};\n"), declared)
            }
        };
        let text = format!("`{}`\n\n{}", signature(name, of), doc(self.module, subject));
        let method = format!(
            "{}        {returned} {java}({}) throws Exception;\n\n",
            javadoc("        ", &text, &docs),
            params.join(", ")
        );
        let shim = format!(
            "{declared}\n    private void lmHost{index}(Lm.Hosted lmH) throws Exception {{\n        lmH.status = {status};\n{read}        \
             {call}{write}    }}\n"
        );
        (method, shim)
    }
}
