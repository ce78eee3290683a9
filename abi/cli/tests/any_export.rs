//! `call` runs every function and drop of the kit's guest with arguments that a person can type, none of them an address.

mod common;

use common::{folder, guest, linmem};
use linmem_host::{Access, Decl, Field, Module, Param, Scalar, Signature, Type};

/// Texts for a type: written out, and if there is one, the call of a function that returns it.
struct Samples(Module);

impl Samples {
    fn text(&self, ty: &Type, calls: bool) -> String {
        match ty {
            Type::Scalar(Scalar::Bool) => "true".into(),
            Type::Scalar(Scalar::Char) => "c".into(),
            Type::Scalar(_) => "1".into(),
            Type::Str { .. } | Type::CStr { .. } => "\"text\"".into(),
            Type::Pointer { to, .. } if calls || matches!(self.decl(to), Some(Decl::Opaque)) => self
                .call(|ty| matches!(ty, Type::Pointer { to: made, .. } if made == to))
                .unwrap_or_else(|| self.text(to, calls)),
            // A list ends somewhere.
            Type::Pointer { to, null: true, .. } if self.contains(to, to) => "null".into(),
            Type::Pointer { to, .. } => self.text(to, calls),
            Type::Slice { of, .. } | Type::Buffer { of } => format!("[{}]", self.text(of, calls)),
            Type::Array { of, len } => format!("[{}]", vec![self.text(of, calls); *len as usize].join(", ")),
            Type::Named { name, .. } => match &self.0.types()[name] {
                Decl::Struct(of) => {
                    let field = |field: &Field| format!("{}: {}", field.name, self.text(&field.ty, false));
                    format!("{{{}}}", of.fields.iter().map(field).collect::<Vec<_>>().join(", "))
                }
                Decl::Union(of) => format!("{{{}: {}}}", of.fields[0].name, self.text(&of.fields[0].ty, false)),
                Decl::Enum(of) => of.cases[0].name.clone(),
                Decl::Tagged(of) => match &of.cases[0].payload {
                    Some((_, ty)) => format!("{}({})", of.cases[0].name, self.text(ty, false)),
                    None => of.cases[0].name.clone(),
                },
                // In data an index is all there is.
                Decl::Sig(_) if calls => self.call(|made| made == ty).unwrap_or_else(|| "null".into()),
                Decl::Sig(_) => "@1".into(),
                Decl::Opaque => panic!("{name} lies behind a pointer"),
            },
            Type::Status => panic!("a status is no argument"),
        }
    }

    fn decl(&self, ty: &Type) -> Option<&Decl> {
        if let Type::Named { name, .. } = ty { self.0.types().get(name) } else { None }
    }

    /// Whether a struct has a pointer to itself.
    fn contains(&self, of: &Type, part: &Type) -> bool {
        match self.decl(of) {
            Some(Decl::Struct(of)) => {
                of.fields.iter().any(|field| matches!(&field.ty, Type::Pointer { to, .. } if &**to == part))
            }
            _ => false,
        }
    }

    /// The call of a function that needs no pointer itself and returns what is wanted; not the functions that return what
    /// lies at an address.
    fn call(&self, wanted: impl Fn(&Type) -> bool) -> Option<String> {
        let makes = |of: &Signature| {
            let outs = of.params.iter().filter(|param| param.out).map(|param| &param.ty);
            of.result.iter().chain(outs).any(&wanted)
        };
        let (name, of) = self.0.fns().iter().find(|(name, of)| !name.starts_with("as_") && makes(of))?;
        let params = of.params.iter().filter(|param| !param.out);
        let arguments: Vec<String> = params.map(|param| self.text(&param.ty, false)).collect();
        Some(format!("{name}({})", arguments.join(", ")))
    }
}

#[test]
fn every_export_of_the_kit_is_called_without_an_address() {
    let folder = folder("any_export");
    let module = Module::read(&std::fs::read(folder.join("kit.wasm")).unwrap()).unwrap();
    assert!(module.fns().len() > Module::read(guest()).unwrap().fns().len(), "the kit has more than other guests");
    let drop = |(ty, name): (&Type, &String)| {
        let value = Param { name: "value".into(), ty: ty.clone(), out: false };
        (name.clone(), Signature { params: vec![value], result: None })
    };
    let functions = module.fns().iter().map(|(name, of)| (name.clone(), of.clone()));
    let functions: Vec<_> = functions.chain(module.drops().iter().map(drop)).collect();
    let samples = Samples(module);
    for (name, of) in &functions {
        // What is written out, and what functions return.
        let ways = [false, true].map(|calls| {
            let params = of.params.iter().filter(|param| !param.out);
            let call = ["call", "kit.wasm", name].map(str::to_owned).into_iter();
            call.chain(params.map(|param| samples.text(&param.ty, calls))).collect::<Vec<_>>()
        });
        for args in if ways[0] == ways[1] { &ways[..1] } else { &ways[..] } {
            let output = linmem(&folder, args);
            let (text, error) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
            let refused = output.status.code() == Some(2)
                || ["has to be", " is no ", "goes away", "owns nothing"].iter().any(|words| text.contains(words));
            assert!(!refused, "{args:?}: {text}{error}");
        }
    }
    assert!(functions.iter().any(|(_, of)| of.params.iter().any(|param| param.ty.to_string() == "~*^str")));
    let owned = |param: &Param| matches!(&param.ty, Type::Pointer { access: Access::Own, .. });
    assert!(functions.iter().any(|(_, of)| of.params.iter().any(owned)));
}
