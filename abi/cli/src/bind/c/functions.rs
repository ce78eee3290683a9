//! A function for each export and drop.

use super::super::{Names, comment, function_docs};
use super::{RESERVED, Writer, scalar_type};
use crate::text::signature;
use linmem_host::{Access, Decl, Layout, Param, Scalar, Signature, Type, Wasm};

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
        for (index, (name, of, kind)) in exports.iter().enumerate() {
            code += &self.function(name, of, index, *kind);
        }
        for (index, (name, of)) in self.sigs().iter().enumerate() {
            code += &self.function(name, of, exports.len() + index, Kind::Sig);
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

    fn function(&self, name: &str, of: &Signature, index: usize, kind: Kind) -> String {
        let mut body = Body { params: vec!["lm_guest *guest".into()], ..Body::default() };
        let mut names = Names::new(RESERVED);
        let function = names.claim("function");
        if kind == Kind::Sig {
            body.params.push(format!("{} {function}", self.name(name)));
        }
        for param in &of.params {
            // `lm_` is the functions' own.
            let own = if param.name.starts_with("lm_") { "_" } else { "" };
            let c = names.claim(&format!("{}{own}", param.name));
            if param.out {
                self.out(&mut body, &c, &param.ty);
            } else if kind == Kind::Drop {
                self.dropped(&mut body, &c, &param.ty);
            } else {
                self.param(&mut body, &mut names, &c, &param.ty);
            }
        }
        if kind == Kind::Sig {
            body.values += 1;
            body.before += &format!("    lm_arg_ptr(&lm_call_, {function}, false);\n");
        }
        let mut result = String::new();
        if let Some(ty) = &of.result {
            body.values = body.values.max(1);
            result = self.result(&mut body, ty);
        }
        let mut docs = function_docs(self.module, name, &of.params);
        docs += &format!("\n{}", signature(name, of));
        for note in &body.notes {
            docs += &format!("\n{note}");
        }
        let blocks = match body.blocks {
            0 => ("", "NULL"),
            _ => (&*format!("    lm_block lm_blocks[{}];\n", body.blocks), "lm_blocks"),
        };
        format!(
            "\n{}static inline lm_status {}({})\n{{\n    lm_value lm_args[{}];\n{}    lm_call lm_call_;\n    \
             lm_call_init(&lm_call_, guest, lm_args, {});\n{}    lm_call_make(&lm_call_, LM_FN_OWN_FIRST + {index});\n\
             {result}{}    return lm_call_end(&lm_call_);\n}}\n",
            comment("", &docs),
            if kind == Kind::Sig { self.helper(name, "_call") } else { self.name(name) },
            body.params.join(", "),
            body.values.max(1),
            blocks.0,
            blocks.1,
            body.before,
            body.after,
        )
    }

    fn param(&self, body: &mut Body, names: &mut Names, c: &str, ty: &Type) {
        body.values += self.module.flatten(ty).len();
        let lend = |owned| if owned { "LM_GIVE" } else { "LM_LEND" };
        let (declared, push) = match ty {
            Type::Scalar(Scalar::Bool) => (format!("bool {c}"), format!("lm_arg_i32(&lm_call_, {c})")),
            Type::Scalar(Scalar::Char) => (format!("lm_char {c}"), format!("lm_arg_char(&lm_call_, {c})")),
            Type::Scalar(scalar) => (format!("{} {c}", scalar_type(*scalar)), push(scalar.wasm(), c)),
            Type::Named { name, null } => match self.decl(name) {
                Decl::Enum(of) => {
                    let is = self.helper(name, "_is");
                    let check = format!("lm_call_fail(&lm_call_, {is}({c}) ? LM_OK : LM_E_INVALID);\n    ");
                    (format!("{} {c}", self.name(name)), check + &push(of.int.wasm(), c))
                }
                _ => (format!("{} {c}", self.name(name)), format!("lm_arg_ptr(&lm_call_, {c}, {null})")),
            },
            Type::Pointer { null, .. } => {
                (format!("uint32_t {c} /* {ty} */"), format!("lm_arg_ptr(&lm_call_, {c}, {null})"))
            }
            Type::CStr { owned, null } => {
                body.blocks += 1;
                let push = format!("lm_arg_cstr(&lm_call_, {c}, {}, {null})", lend(*owned));
                // Null has no block, and outs are found by the blocks' order.
                (format!("const char *{c}"), push)
            }
            Type::Str { owned } => {
                body.blocks += 1;
                (format!("lm_text {c}"), format!("lm_arg_str(&lm_call_, {c}, {})", lend(*owned)))
            }
            Type::Slice { of, access } => {
                body.blocks += 1;
                let Layout { size, align } = self.layout(of);
                let len = names.claim(&format!("{c}_len"));
                // An array of arrays is passed by its first.
                let declared = match &**of {
                    Type::Array { .. } => self.declare(of, &format!("(*{c})")),
                    _ => self.declare(of, &format!("*{c}")),
                };
                let run = format!("{c}, {len}, {size}, {align}");
                let (mark, push) = match access {
                    Access::Write => ("", format!("lm_arg_slice_back(&lm_call_, {run})")),
                    access => ("const ", format!("lm_arg_slice(&lm_call_, {run}, {})", lend(*access == Access::Own))),
                };
                (format!("{mark}{declared}, uint32_t {len}"), push)
            }
            _ => return,
        };
        body.params.push(declared);
        body.before += &format!("    {push};\n");
    }

    /// The parameter of a drop: the value as it was received.
    fn dropped(&self, body: &mut Body, c: &str, ty: &Type) {
        body.values += self.module.flatten(ty).len();
        if self.module.flatten(ty).len() == 2 {
            body.params.push(format!("{} {c} /* {ty} */", self.base(ty)));
            body.before += &format!("    lm_arg_i32(&lm_call_, {c}.ptr);\n    lm_arg_i32(&lm_call_, {c}.len);\n");
        } else {
            body.params.push(format!("uint32_t {c} /* {ty} */"));
            body.before += &format!("    lm_arg_ptr(&lm_call_, {c}, false);\n");
        }
    }

    fn out(&self, body: &mut Body, c: &str, ty: &Type) {
        let Layout { size, align } = self.layout(ty);
        body.params
            .push(self.declare(ty, &if matches!(ty, Type::Array { .. }) { c.to_owned() } else { format!("*{c}") }));
        let index = format!("lm_{}", body.blocks);
        body.before += &format!(
            "    lm_arg_block(&lm_call_, {size}, {align}, LM_LEND);\n    const uint32_t {index} = lm_call_.block_count - 1;\n"
        );
        body.after += &format!("    lm_call_take(&lm_call_, {index}, {c}, {size});\n");
        let value = if matches!(ty, Type::Array { .. }) { c.to_owned() } else { format!("(*{c})") };
        let fix = self.fix(&value, ty, 2);
        if !fix.is_empty() {
            body.after += &format!(
                "    if (lm_call_.status == LM_OK) {{\n        lm_status status = LM_OK;\n{fix}        \
                 lm_call_fail(&lm_call_, status);\n    }}\n"
            );
        }
        body.values += 1;
        body.blocks += 1;
        body.notes.extend(self.freed(ty, c));
    }

    fn result(&self, body: &mut Body, ty: &Type) -> String {
        if self.module.is_status(ty) {
            return "    lm_call_status(&lm_call_);\n".into();
        }
        let value = |wasm| match wasm {
            Wasm::I32 => "lm_args[0].i32",
            Wasm::I64 => "lm_args[0].i64",
            Wasm::F32 => "lm_args[0].f32",
            Wasm::F64 => "lm_args[0].f64",
        };
        let (declared, value, check) = match ty {
            Type::Scalar(Scalar::Bool) => ("bool".to_owned(), "lm_args[0].i32 != 0".to_owned(), String::new()),
            Type::Scalar(Scalar::Char) => ("lm_char".to_owned(), "lm_args[0].i32".to_owned(), "lm_is_char".to_owned()),
            Type::Scalar(scalar) => {
                let c = scalar_type(*scalar);
                (c.to_owned(), format!("({c}){}", value(scalar.wasm())), String::new())
            }
            Type::Named { name, null } => match self.decl(name) {
                Decl::Enum(of) => {
                    let c = self.name(name);
                    (c.clone(), format!("({c}){}", value(of.int.wasm())), self.helper(name, "_is"))
                }
                _ => (self.name(name), format!("lm_call_ptr(&lm_call_, {null}, 0, 1)"), String::new()),
            },
            Type::Pointer { to, null, .. } => {
                let layout = self.module.layout(to).unwrap_or(Layout { size: 0, align: 1 });
                let call = format!("lm_call_ptr(&lm_call_, {null}, {}, {})", layout.size, layout.align);
                ("uint32_t".to_owned(), call, String::new())
            }
            Type::CStr { null, .. } => {
                ("lm_cstr".to_owned(), format!("lm_call_ptr(&lm_call_, {null}, 1, 1)"), String::new())
            }
            _ => return String::new(),
        };
        body.params.push(format!("{declared} *result"));
        body.notes.extend(self.freed(ty, "*result"));
        let check = if check.is_empty() {
            check
        } else {
            format!("        lm_call_fail(&lm_call_, {check}(*result) ? LM_OK : LM_E_INVALID);\n")
        };
        format!("    *result = 0;\n    if (lm_call_.status == LM_OK) {{\n        *result = {value};\n{check}    }}\n")
    }

    /// How the host frees an owned value.
    fn freed(&self, ty: &Type, value: &str) -> Option<String> {
        let bare = match ty.clone() {
            Type::Pointer { to, access, .. } => Type::Pointer { to, access, null: false },
            Type::CStr { owned, .. } => Type::CStr { owned, null: false },
            other => other,
        };
        if let Some(export) = self.module.drops().get(&bare) {
            return Some(format!("Owned: {}(guest, {value}) frees it.", self.name(export)));
        }
        let by_hand = |ptr: &str, count: &str, of: &Type| {
            let Layout { size, align } = self.module.layout(of)?;
            let rest = if self.module.owns(of) { ", after what it owns" } else { "" };
            Some(format!("Owned: lm_guest_free(guest, {ptr}, {count}{size}, {align}) frees it{rest}."))
        };
        match ty {
            Type::Pointer { to, access: Access::Own, .. } => by_hand(value, "", to),
            Type::Slice { of, access: Access::Own } => {
                by_hand(&format!("{value}->ptr"), &format!("{value}->len * "), of)
            }
            Type::Buffer { of } => by_hand(&format!("{value}->ptr"), &format!("{value}->cap * "), of),
            Type::Str { owned: true } => Some(format!("Owned: lm_guest_free_str(guest, *{value}) frees it.")),
            Type::CStr { owned: true, .. } => Some(format!("Owned: lm_guest_free_cstr(guest, {value}) frees it.")),
            _ => None,
        }
    }

    fn layout(&self, ty: &Type) -> Layout {
        self.module.layout(ty).unwrap_or(Layout { size: 0, align: 1 })
    }
}

fn push(wasm: Wasm, value: &str) -> String {
    match wasm {
        Wasm::I32 => format!("lm_arg_i32(&lm_call_, (uint32_t){value})"),
        Wasm::I64 => format!("lm_arg_i64(&lm_call_, (uint64_t){value})"),
        Wasm::F32 => format!("lm_arg_f32(&lm_call_, {value})"),
        Wasm::F64 => format!("lm_arg_f64(&lm_call_, {value})"),
    }
}
