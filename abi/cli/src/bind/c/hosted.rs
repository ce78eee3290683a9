//! The functions that the guest calls: a struct of the host's, and what checks arguments and results between them.

use super::super::{Names, comment, function_docs, identifier};
use super::{RESERVED, Writer};
use linmem_host::{Param, Scalar, Signature, Type};

impl Writer<'_> {
    /// The struct of host functions, and a function that calls one by its number.
    pub fn hosted(&self) -> String {
        let host = self.helper("host", "");
        let (mut members, mut shims) = (String::new(), String::new());
        for (index, ((from, name), of)) in self.module.imports().iter().enumerate() {
            let field = format!("{}_{name}", identifier(from));
            members += &comment("    ", &function_docs(self.module, &format!("{from}/{name}"), &of.params));
            let (declared, shim) = self.shim(&field, of);
            members += &format!("    lm_status (*{field})(void *user, lm_guest *guest{declared});\n");
            shims += &format!(
                "\n/* {} */\n\
                 static inline bool {}(lm_guest *guest, const {host} *host, lm_value *lm_args)\n{{\n{shim}}}\n",
                comment("", &format!("{from}/{name}")).trim_start_matches("/**").trim_end_matches("*/\n").trim(),
                self.hosted_name(index)
            );
        }
        if members.is_empty() {
            return String::new();
        }
        format!(
            "\n/**\n * The functions that the guest calls. What they are lent ends when they return; what is owned is \
             theirs to free.\n * They return LM_OK, with a value behind each pointer, which is the guest's then if it is \
             owned; or an error: the\n * guest is told a status where it asks for one, and traps elsewhere, and for what \
             is below 0. They return normally in\n * any case.\n */\n\
             typedef struct {host} {{\n    void *user;\n{members}}} {host};\n{shims}"
        )
    }

    /// The name of what calls the host function of a number.
    pub fn hosted_name(&self, index: usize) -> String {
        self.helper(&format!("host_{index}"), "")
    }

    fn shim(&self, field: &str, of: &Signature) -> (String, String) {
        let mut names = Names::new(&format!("{RESERVED} user host lm_hosted_"));
        let (mut declared, mut take, mut args, mut give) = (String::new(), String::new(), String::new(), String::new());
        let mut locals = (String::new(), String::new());
        let (mut blocks, mut owners, mut lends) = (0, 0, false);
        // `lm_` is the functions' own.
        let claim = |names: &mut Names, name: &str| {
            names.claim(&format!("{name}{}", if name.starts_with("lm_") { "_" } else { "" }))
        };
        for Param { name, ty, .. } in of.params.iter().filter(|param| !param.out) {
            let c = claim(&mut names, name);
            let number = self.number_of(ty);
            args += &format!(", {c}");
            let (kind, by) = match ty {
                Type::Scalar(Scalar::Bool) => ("bool".to_owned(), "value"),
                ty if self.is_value(ty) => (self.given(ty, "").trim().to_owned(), "value"),
                Type::Str { owned: false } | Type::CStr { owned: false, .. } => ("lm_text".to_owned(), "text"),
                _ => ("lm_ref".to_owned(), "ref"),
            };
            owners += usize::from(self.module.owns(ty));
            blocks += usize::from(self.module.owns(ty));
            lends |= !self.is_value(ty) && !self.module.owns(ty);
            declared += &format!(", {kind} {c}{}", if by == "ref" { format!(" /* {ty} */") } else { String::new() });
            locals.0 += &format!("    {kind} {c};\n");
            take += &format!("    lm_hosted_{by}(&lm_hosted_, {number}, &{c});\n");
        }
        let has_status = of.result.as_ref().is_some_and(|ty| self.module.is_status(ty));
        if let Some(ty) = of.result.as_ref().filter(|_| !has_status) {
            self.host_result(&mut declared, &mut locals, &mut args, "result", ty);
            let number = self.number_of(ty);
            give += &match ty {
                ty if self.is_value(ty) => format!("    lm_hosted_result(&lm_hosted_, {number}, &result);\n"),
                Type::CStr { owned: true, .. } => {
                    format!("    lm_hosted_result_text(&lm_hosted_, {number}, result);\n")
                }
                _ => format!("    lm_hosted_result_ref(&lm_hosted_, {number}, result);\n"),
            };
        }
        for Param { name, ty, .. } in of.params.iter().filter(|param| param.out) {
            let c = claim(&mut names, name);
            take += &format!("    lm_hosted_out(&lm_hosted_, {});\n", self.number_of(ty));
            self.host_result(&mut declared, &mut locals, &mut args, &c, ty);
            give += &if self.is_lent(ty) {
                format!("    lm_hosted_give_ref(&lm_hosted_, {blocks}, {c});\n")
            } else {
                format!("    lm_hosted_give(&lm_hosted_, {blocks}, &{c});\n")
            };
            blocks += 1;
        }
        let (blocks, array) = match blocks {
            0 => ("NULL", String::new()),
            _ => ("lm_blocks", format!("    lm_block lm_blocks[{blocks}];\n")),
        };
        let code = format!(
            "    lm_hosted lm_hosted_;\n{array}{}    lm_hosted_init(&lm_hosted_, guest, lm_args, {blocks}, {lends}, {owners});\n\
             {take}{}    if (lm_hosted_.call.status == LM_OK) {{\n        \
             lm_hosted_done(&lm_hosted_, host->{field}(host->user, guest{args}));\n    }}\n{give}    \
             return lm_hosted_end(&lm_hosted_, {has_status});\n",
            locals.0, locals.1
        );
        (declared, code)
    }

    /// Whether the host returns a reference for it: text or elements that are lent to the guest.
    fn is_lent(&self, ty: &Type) -> bool {
        !self.module.owns(ty) && matches!(ty, Type::Str { .. } | Type::CStr { .. } | Type::Slice { .. })
    }

    /// A parameter through which a host function returns something, and the variable for it.
    fn host_result(&self, declared: &mut String, locals: &mut (String, String), args: &mut String, c: &str, ty: &Type) {
        let (local, pointer) = match ty {
            Type::Scalar(Scalar::Bool) => (format!("bool {c}"), format!("bool *{c}")),
            ty if self.is_lent(ty) => (format!("lm_ref {c}"), format!("lm_ref *{c} /* {ty} */")),
            Type::Slice { .. } | Type::Buffer { .. } => (format!("lm_items {c}"), format!("lm_items *{c} /* {ty} */")),
            Type::Array { .. } => (self.given(ty, c), self.given(ty, c)),
            ty => (self.given(ty, c), self.given(ty, &format!("*{c}"))),
        };
        *declared += &format!(", {pointer}");
        *args += &if matches!(ty, Type::Array { .. }) { format!(", {c}") } else { format!(", &{c}") };
        locals.0 += &format!("    {local};\n");
        locals.1 += &format!("    memset(&{c}, 0, sizeof {c});\n");
    }
}
