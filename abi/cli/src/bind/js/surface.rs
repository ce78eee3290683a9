//! What `m` has: a function for each export, and what every module has.

use super::{Writer, key, property, quoted};
use crate::bind::{comment, function_docs};
use crate::text::doc;
use linmem_host::{Access, Decl, Param, Signature, Type};
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
            writeln!(code, "{docs}  method('{name}', {count}, {body}{other})").expect("a String takes all");
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
        let mut code = "      live: () => [...live],\n      addr: at,\n".to_owned();
        if elements.is_empty() {
            return code + "      array: elem => fail(elem),\n";
        }
        if self.needs("ops") {
            let slice = |of: Type| Type::Slice { of: Box::new(of), access: Access::Own };
            let lists: Vec<String> = elements
                .into_iter()
                .map(|(text, of)| format!("        {}: {},\n", text_key(&text), self.codec(&slice(of))))
                .collect();
            code += "      array: (elem, values) => op(k => {
        const list = lists[elem] ?? fail(elem)
        const p = list.lower(typeof values === 'number' ? new list.elem.array(values) : values, k)
        k.undo = 0
        return list.lift(p, second, guest, 0, 1)
      }, 0),
";
            self.made_last = format!(
                "  const lists = {{\n    __proto__: null,\n{}  }}\n",
                lists.concat().replace("        ", "    ")
            );
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
        let ins = |of: &Signature| {
            of.params.iter().filter(|param| !param.out).map(|param| param.ty.clone()).collect::<Vec<_>>()
        };
        let mut todo: Vec<Type> = module.fns().values().flat_map(ins).chain(module.drops().keys().cloned()).collect();
        for decl in module.types().values() {
            match decl {
                Decl::Struct(of) | Decl::Union(of) => todo.extend(of.fields.iter().map(|field| field.ty.clone())),
                Decl::Tagged(of) => {
                    todo.extend(of.cases.iter().filter_map(|case| Some(case.payload.as_ref()?.1.clone())))
                }
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
                Type::Pointer { to: of, .. }
                | Type::Slice { of, .. }
                | Type::Array { of, .. }
                | Type::Buffer { of } => {
                    todo.push((**of).clone());
                }
                _ => {}
            }
            all.push(ty);
        }
        all
    }
}

/// The text of a type as a key.
fn text_key(text: &str) -> String {
    if text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') { key(text) } else { quoted(text) }
}
