//! A function for each export and drop.

use super::super::{Names, comment, function_docs};
use super::{RESERVED, Writer};
use crate::text::signature;
use linmem_host::{Access, Decl, Param, Scalar, Signature, Type};

/// What is called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Export,
    Drop,
    Sig,
}

/// A function while it is written.
#[derive(Default)]
struct Body {
    params: Vec<String>,
    /// Before the call, and after it.
    before: String,
    after: String,
    values: usize,
    blocks: usize,
    owners: usize,
    notes: Vec<String>,
}

impl Writer<'_> {
    /// The exports that are called, by number from `LM_FN_OWN_FIRST` on.
    pub fn exports(&self) -> Vec<(&str, Signature, Kind)> {
        let fns = self.module.fns().iter().map(|(name, of)| (name.as_str(), of.clone(), Kind::Export));
        let drops = self.module.drops().iter().map(|(ty, name)| {
            let value = Param { name: "value".into(), ty: ty.clone(), out: false };
            (name.as_str(), Signature { params: vec![value], result: None }, Kind::Drop)
        });
        fns.chain(drops).collect()
    }

    pub fn functions(&self) -> String {
        let exports = self.exports();
        let names =
            ["alloc", "free"].map(|role| self.module.role(role)).into_iter().chain(exports.iter().map(|of| of.0));
        let names: Vec<String> = names.map(|name| format!("    \"{name}\",\n")).collect();
        let table = self.helper("exports", "");
        let mut code = format!(
            "\n/** The names of the exports, by the numbers that `lm_guest.call` gets. */\n\
             static const char *const {table}[] = {{\n{}}};\n\n\
             static inline const char *{}(uint32_t function)\n{{\n    \
             return function < sizeof {table} / sizeof {table}[0] ? {table}[function] : NULL;\n}}\n",
            names.concat(),
            self.helper("export", "_name")
        );
        let sigs = self.sigs();
        let sigs = sigs.iter().map(|(name, of)| (*name, (*of).clone(), Kind::Sig));
        for (index, (name, of, kind)) in exports.into_iter().chain(sigs).enumerate() {
            code += &self.function(name, &of, index, kind, false);
            // Elements that lie in the guest already.
            let is_slice = |param: &Param| !param.out && self.is_given_slice(&param.ty);
            if kind != Kind::Drop && of.params.iter().any(is_slice) {
                code += &self.function(name, &of, index, kind, true);
            }
        }
        code
    }

    /// The signatures of the table's functions, which are numbered after the exports.
    pub fn sigs(&self) -> Vec<(&str, &Signature)> {
        let types = self.module.types().iter();
        types
            .filter_map(|(name, decl)| if let Decl::Sig(of) = decl { Some((name.as_str(), of)) } else { None })
            .collect()
    }

    /// Whether an argument is taken from an array of the host's. Elements that hold something are not copied back.
    fn is_given_slice(&self, ty: &Type) -> bool {
        matches!(ty, Type::Slice { of, access } if *access != Access::Write || self.is_plain(of))
    }

    fn function(&self, name: &str, of: &Signature, index: usize, kind: Kind, placed: bool) -> String {
        let mut body = Body { params: vec!["lm_guest *guest".into()], ..Body::default() };
        let mut names = Names::new(RESERVED);
        let function = names.claim("function");
        if kind == Kind::Sig {
            body.params.push(format!("{} {function}", self.name(name)));
        }
        let mut outs = Vec::new();
        for param in &of.params {
            // `lm_` is the functions' own.
            let own = if param.name.starts_with("lm_") { "_" } else { "" };
            let c = names.claim(&format!("{}{own}", param.name));
            if param.out {
                outs.push(self.out(&mut body, &c, &param.ty));
            } else {
                self.param(&mut body, &mut names, &c, &param.ty, placed, kind == Kind::Drop);
            }
        }
        if kind == Kind::Sig {
            body.values += 1;
            let ty = Type::Named { name: name.into(), null: false };
            body.before += &format!("    lm_arg(&lm_call_, {}, &{function});\n", self.number_of(&ty));
        }
        let mut result = String::new();
        if let Some(ty) = &of.result {
            body.values = body.values.max(1);
            result = self.result(&mut body, ty);
        }
        body.params.extend(outs);
        let mut docs = function_docs(self.module, name, &of.params);
        docs += &format!("\n{}", signature(name, of));
        if placed {
            docs += "\nWith elements that lie in the guest.";
        }
        for note in &body.notes {
            docs += &format!("\n{note}");
        }
        let blocks = match body.blocks {
            0 => ("", "NULL"),
            _ => (&*format!("    lm_block lm_blocks[{}];\n", body.blocks), "lm_blocks"),
        };
        let suffix = match (kind, placed) {
            (Kind::Sig, false) => "_call",
            (Kind::Sig, true) => "_call_at",
            (_, true) => "_at",
            _ => "",
        };
        format!(
            "\n{}static inline lm_status {}({})\n{{\n    lm_value lm_args[{}];\n{}    lm_call lm_call_;\n    \
             lm_call_init(&lm_call_, guest, lm_args, {}, {});\n{}    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + {index});\n\
             {result}{}    return lm_call_end(&lm_call_);\n}}\n",
            comment("", &docs),
            if suffix.is_empty() { self.name(name) } else { self.helper(name, suffix) },
            body.params.join(", "),
            body.values.max(1),
            blocks.0,
            blocks.1,
            body.owners,
            body.before,
            body.after,
        )
    }

    fn param(&self, body: &mut Body, names: &mut Names, c: &str, ty: &Type, placed: bool, dropped: bool) {
        body.values += self.module.flatten(ty).len();
        let number = self.number_of(ty);
        body.blocks += usize::from(match ty {
            Type::Pointer { access, .. } => *access == Access::Own,
            ty => !self.is_value(ty),
        });
        let (declared, push) = match ty {
            ty if self.is_value(ty) => (self.given(ty, c), format!("lm_arg(&lm_call_, {number}, &{c})")),
            Type::Str { .. } | Type::CStr { .. } if !dropped => {
                (format!("lm_text {c}"), format!("lm_arg_text(&lm_call_, {number}, {c})"))
            }
            Type::Slice { of, access } if !placed && !dropped && self.is_given_slice(ty) => {
                let len = names.claim(&format!("{c}_len"));
                let from = self.given_pointer(of, c);
                let back = *access == Access::Write;
                (
                    format!("{}, uint32_t {len}", if back { &from["const ".len()..] } else { &from }),
                    format!("lm_arg_slice(&lm_call_, {number}, {c}, {len}, {})", if back { c } else { "NULL" }),
                )
            }
            _ => (format!("lm_ref {c} /* {ty} */"), format!("lm_arg_ref(&lm_call_, {number}, {c})")),
        };
        body.params.push(declared);
        body.before += &format!("    {push};\n");
    }

    /// What an out pointer leads to, as a parameter.
    fn out(&self, body: &mut Body, c: &str, ty: &Type) -> String {
        let number = self.number_of(ty);
        let index = format!("lm_{}", body.blocks);
        body.before += &format!("    const uint32_t {index} = lm_arg_out(&lm_call_, {number});\n");
        body.values += 1;
        body.blocks += 1;
        if self.is_plain(ty) {
            body.after += &format!("    lm_take_plain(&lm_call_, {index}, {number}, {c});\n");
            return self.came_plain(ty, c);
        }
        body.after += &format!("    lm_take_ref(&lm_call_, {index}, {number}, {c});\n");
        self.came(body, ty, c, true);
        format!("lm_ref *{c} /* {ty} */")
    }

    fn result(&self, body: &mut Body, ty: &Type) -> String {
        if self.module.is_status(ty) {
            return "    lm_call_status(&lm_call_);\n".into();
        }
        let number = self.number_of(ty);
        if self.is_value(ty) {
            body.params.push(self.came_plain(ty, "result"));
            return format!("    lm_take_result(&lm_call_, {number}, result);\n");
        }
        body.params.push(format!("lm_ref *result /* {ty} */"));
        self.came(body, ty, "result", false);
        format!("    lm_take_result_ref(&lm_call_, {number}, result);\n")
    }

    /// A pointer to a plain value that comes.
    pub fn came_plain(&self, ty: &Type, c: &str) -> String {
        match ty {
            Type::Scalar(Scalar::Bool) => format!("bool *{c}"),
            Type::Array { .. } => self.given(ty, c),
            ty => self.given(ty, &format!("*{c}")),
        }
    }

    /// Notes what becomes the host's.
    fn came(&self, body: &mut Body, ty: &Type, c: &str, out: bool) {
        let is_block =
            out && !matches!(ty, Type::Pointer { .. } | Type::Str { .. } | Type::CStr { .. } | Type::Slice { .. });
        if !is_block && !self.module.owns(ty) {
            return;
        }
        body.owners += 1;
        let bare = match ty.clone() {
            ty if is_block => Type::Pointer { to: Box::new(ty), access: Access::Own, null: false },
            Type::Pointer { to, access, .. } => Type::Pointer { to, access, null: false },
            ty => ty,
        };
        body.notes.push(match self.is_loose(&bare) || self.is_loose_target(&bare) {
            true => format!("Owned: lm_free(guest, *{c}) frees it."),
            false => format!("Owned, and the module has no drop for it: *{c} stays as long as the instance."),
        });
    }

    /// Whether what a pointer or slice leads to can be freed part by part.
    fn is_loose_target(&self, ty: &Type) -> bool {
        match ty {
            Type::Pointer { to, .. } => self.module.layout(to).is_some() && self.is_loose(to),
            Type::Slice { of, .. } => self.is_loose(of),
            _ => true,
        }
    }
}
