//! The kit's cases in Java, by what `bind --lang java` writes.

use crate::camel::camel;
use crate::printer::{Language, Printer, Program, Refuses, is_place};
use crate::steps::{Bound, Call, Callee, Case, Ends, Fails, Host, Misfit, Value};
use linmem_host::{Decl, Module, Param, Scalar, Signature, Type};
use literals::{boxed, primitive, quoted};

#[path = "../../src/bind/java/literals.rs"]
mod literals;

pub struct Java<'a>(pub &'a Module);

/// `create_point` as `createPoint`.
fn local(name: &str) -> String {
    let name = member(name);
    name[..1].to_lowercase() + &name[1..]
}

/// A field as it stands behind `set`: those of the kit that are words of Java's have a `_`.
fn member(name: &str) -> String {
    let kept = if ["class", "int", "float"].contains(&name) { "_" } else { "" };
    camel(name) + kept
}

/// A host function, as the name of a method.
fn import_name(import: &(String, String)) -> String {
    format!("{}_{}", import.0.replace(':', "_"), import.1)
}

fn float(value: f64, class: &str, suffix: &str) -> String {
    if value.is_nan() {
        format!("{class}.NaN")
    } else if value.is_infinite() {
        format!("{class}.{}_INFINITY", if value > 0.0 { "POSITIVE" } else { "NEGATIVE" })
    } else {
        format!("{value:e}{suffix}")
    }
}

fn integer(value: i128) -> String {
    if i32::try_from(value).is_ok() {
        value.to_string()
    } else if i64::try_from(value).is_ok() {
        format!("{value}L")
    } else {
        big(value)
    }
}

fn big(value: i128) -> String {
    format!("new BigInteger(\"{value}\")")
}

impl Java<'_> {
    fn decl(&self, name: &str) -> &Decl {
        &self.0.types()[name]
    }

    fn is_opaque(&self, ty: &Type) -> bool {
        matches!(ty, Type::Named { name, .. } if matches!(self.decl(name), Decl::Opaque))
    }

    fn out(&self, ty: &Type) -> String {
        match ty {
            Type::Scalar(of) => boxed(*of).into(),
            Type::Str { .. } | Type::CStr { .. } => "String".into(),
            Type::Named { name, .. } => format!("Guest.{name}"),
            Type::Pointer { to, .. } if is_place(self.0, to) || self.is_opaque(to) => self.out(to),
            Type::Pointer { to, .. } => format!("Guest.Ref<{}, {}>", self.out(to), self.put(to)),
            Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of } => {
                format!("Guest.Elements<{}, {}>", self.out(of), self.put(of))
            }
            Type::Status => "int".into(),
        }
    }

    fn put(&self, ty: &Type) -> String {
        match ty {
            Type::Named { name, .. } if is_place(self.0, ty) => format!("Guest.{name}Value"),
            Type::Pointer { to, .. } if !self.is_opaque(to) => format!("Guest.Pointer<{}>", self.put(to)),
            Type::Slice { of, .. } => format!("Guest.Run<{}>", self.put(of)),
            Type::Array { of, .. } | Type::Buffer { of } => format!("Guest.Slice<{}>", self.put(of)),
            other => self.out(other),
        }
    }

    fn plain(&self, ty: &Type, object: String) -> String {
        if let Type::Scalar(of) = ty { primitive(*of).into() } else { object }
    }

    fn of_value(&self, value: &Value) -> String {
        match value {
            Value::Null => "null".into(),
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => integer(*value),
            Value::Float(value) => float(*value, "Double", ""),
            Value::Text(text, 1) => quoted(text),
            Value::Text(text, count) => format!("{}.repeat({count})", quoted(text)),
            Value::List(values) => {
                let values: Vec<String> = values.iter().map(|value| self.of_value(value)).collect();
                format!("Guest.Slice.of({})", values.join(", "))
            }
            other => panic!("a literal of no type: {other:?}"),
        }
    }

    /// Elements as an array of Java's, where there is one.
    fn array(&self, of: &Type, values: &[Value]) -> Option<String> {
        let Type::Scalar(of) = of else { return None };
        let (factory, cast) = match of {
            Scalar::I8 => ("i8", "(byte) "),
            Scalar::U8 => ("u8", "(byte) "),
            Scalar::I16 => ("i16", "(short) "),
            Scalar::U16 => ("u16", "(short) "),
            Scalar::I32 | Scalar::Isize => ("i32", ""),
            Scalar::U32 | Scalar::Usize => ("u32", "(int) "),
            Scalar::I64 => ("i64", ""),
            Scalar::F32 => ("f32", ""),
            Scalar::F64 => ("f64", ""),
            Scalar::U64 | Scalar::Bool | Scalar::Char => return None,
        };
        let element = |value: &Value| format!("{cast}{}", self.literal(&Type::Scalar(*of), value, &[]));
        let values: Vec<String> = values.iter().map(element).collect();
        Some(format!("Guest.Slice.{factory}({})", values.join(", ")))
    }

    fn several(&self, results: &[crate::steps::Came]) -> bool {
        results.len() > 1
    }

    fn import_result(&self, import: &(String, String), signature: &Signature) -> String {
        let results = crate::steps::results(self.0, signature);
        match &results[..] {
            [] => "void".into(),
            [one] => self.plain(&one.ty, self.put(&one.ty)),
            _ => format!("Guest.{}Result", camel(&import_name(import))),
        }
    }

    fn ins(signature: &Signature) -> Vec<&Param> {
        signature.params.iter().filter(|param| !param.out).collect()
    }

    /// The type of a host function, by its number.
    fn import_type(&self, import: &(String, String)) -> String {
        let number = self.0.imports().keys().position(|key| key == import).expect("the module imports it");
        format!("Cases.F{number}")
    }

    fn indented(lines: &[String]) -> Vec<String> {
        lines.iter().map(|line| format!("    {line}")).collect()
    }

    /// The program, and for the compiler that of what it has to refuse, each with the line that it begins and ends at.
    pub fn program(&self, cases: &[Case]) -> Program {
        let printer = Printer::new(self);
        let (mut table, mut classes, mut refused) = (String::new(), String::new(), Vec::new());
        let head = "import guest.Guest;\nimport java.math.BigInteger;\nimport java.util.List;\n\n";
        let mut refusals = format!("{head}final class Refused {{\n    private Refused() {{}}\n");
        for (index, case) in cases.iter().enumerate() {
            let (lines, found) = printer.case(index, case);
            let vars = |format: &dyn Fn(String, String) -> String| -> Vec<String> {
                let var = |(index, bound): (usize, &Bound)| format(self.name(index, bound), self.out(&bound.ty));
                case.names.iter().enumerate().map(var).collect()
            };
            table += &format!(
                "        new Kit.Case({}, {}, {}, t -> new Case{index}().run(t)),\n",
                quoted(&case.name),
                case.needs,
                case.traps()
            );
            let declared = vars(&|name, ty| format!("        {ty} {name};\n"));
            let lines: String = Self::indented(&Self::indented(&Self::indented(&lines))).concat_lines();
            classes += &format!(
                "\n    static final class Case{index} {{\n{}\n        void run(Kit t) throws Exception {{\n            final Guest m = \
                 t.m;\n{lines}        }}\n    }}\n",
                declared.concat()
            );
            for refusal in found {
                let params: String = vars(&|name, ty| format!(", {ty} {name}")).concat();
                let first = refusals.lines().count() + 3;
                let lines = Self::indented(&Self::indented(&refusal.lines)).concat_lines();
                refusals += &format!(
                    "\n    static void refused{}(Kit t, Guest m{params}) throws Exception {{\n{lines}    }}\n",
                    refused.len()
                );
                refused.push((first, refusals.lines().count() - 1, refusal));
            }
        }
        let (mut types, mut hosts) = (String::new(), String::new());
        for (import, signature) in self.0.imports() {
            let ins = Self::ins(signature);
            let params = |name: &dyn Fn(usize) -> String| -> String {
                let param = |(index, param): (usize, &&Param)| {
                    format!("{} {}", self.plain(&param.ty, self.out(&param.ty)), name(index))
                };
                ins.iter().enumerate().map(param).collect::<Vec<_>>().join(", ")
            };
            let args: Vec<String> = (0..ins.len()).map(|index| format!("a{index}")).collect();
            let (function, result) = (self.import_type(import), self.import_result(import, signature));
            let params = params(&|index| format!("a{index}"));
            let simple = function.trim_start_matches("Cases.");
            types +=
                &format!("\n    interface {simple} {{\n        {result} call({params}) throws Exception;\n    }}\n");
            hosts += &format!(
                "\n        @Override\n        public {result} {}({params}) throws Exception {{\n            {}t.next({}, {function}.class).call({});\n        }}\n",
                local(&import_name(import)),
                if result == "void" { "" } else { "return " },
                quoted(&format!("{}/{}", import.0, import.1)),
                args.join(", "),
            );
        }
        let program = format!(
            "{head}final class Cases {{\n    private Cases() {{}}\n\n    static final List<Kit.Case> ALL = List.of(\n{});\n{types}\n    record \
             Hosts(Kit t) implements Guest.Imports {{{hosts}    }}\n{classes}}}\n",
            table.trim_end().trim_end_matches(',')
        );
        Program { program, refusals: refusals + "}\n", refused, left_out: printer.left_out.take() }
    }
}

trait Lines {
    fn concat_lines(&self) -> String;
}

impl Lines for Vec<String> {
    fn concat_lines(&self) -> String {
        self.iter().map(|line| format!("{line}\n")).collect()
    }
}

impl Language for Java<'_> {
    fn module(&self) -> &Module {
        self.0
    }

    fn follow(&self, pointer: &str) -> String {
        format!("{pointer}.get()")
    }

    fn field(&self, view: &str, _: &str, name: &str) -> String {
        format!("{view}.{}()", local(name))
    }

    fn element(&self, list: &str, index: &str) -> String {
        format!("{list}.at({index})")
    }

    fn payload(&self, view: &str, _: &str, case: &str) -> String {
        format!("{view}.{}()", local(case))
    }

    fn tag(&self, view: &str) -> String {
        format!("{view}.tag()")
    }

    fn whole(&self, view: &str) -> String {
        format!("{view}.copy()")
    }

    fn tag_named(&self, of: &str, case: &str) -> String {
        format!("Guest.{of}Tag.{case}")
    }

    fn length(&self, list: &str) -> String {
        format!("{list}.size()")
    }

    fn text(&self, maybe: &str) -> String {
        maybe.into()
    }

    fn literal(&self, ty: &Type, value: &Value, names: &[Bound]) -> String {
        let list = |of: &Type, values: &[Value]| -> String {
            let values: Vec<String> = values.iter().map(|value| self.literal(of, value, names)).collect();
            format!("Guest.Slice.<{}>of({})", self.put(of), values.join(", "))
        };
        match (ty, value) {
            (_, Value::Use(path)) => Printer::new(self).walk_names(names, path),
            (Type::Scalar(Scalar::Char), Value::Text(text, 1)) if text.chars().count() == 1 => {
                format!("{:#x}", text.chars().next().unwrap() as u32)
            }
            // One that is out of range stays a double, which goes into no float.
            (Type::Scalar(Scalar::F32), Value::Float(value)) if value.is_finite() && (*value as f32).is_infinite() => {
                float(*value, "Double", "")
            }
            // So does one that rounds to zero, but for a cast.
            (Type::Scalar(Scalar::F32), Value::Float(value)) if *value != 0.0 && *value as f32 == 0.0 => {
                format!("(float) {}", float(*value, "Double", ""))
            }
            (Type::Scalar(Scalar::F32), Value::Float(value)) => float(*value, "Float", "f"),
            (Type::Scalar(Scalar::F32), Value::Int(value)) => format!("{value}f"),
            (Type::Scalar(Scalar::F64), Value::Int(value)) => format!("{value}.0"),
            (Type::Scalar(Scalar::U64), Value::Int(value)) => big(*value),
            (Type::Scalar(Scalar::U32 | Scalar::Usize | Scalar::I64), Value::Int(value))
                if i32::try_from(*value).is_ok() =>
            {
                format!("{value}L")
            }
            (Type::Named { name, .. }, Value::Case(case)) => format!("Guest.{name}.{case}"),
            (Type::Named { name, .. }, Value::Fields(fields)) => {
                let (Decl::Struct(of) | Decl::Union(of)) = self.decl(name) else { panic!("no struct {name}") };
                let type_of =
                    |name: &str| of.fields.iter().find(|of| of.name == name).map_or(Type::Status, |of| of.ty.clone());
                // In the order of the record. What that does not have is asked for by its name.
                let place = |name: &str| of.fields.iter().position(|of| of.name == name);
                let is_union = matches!(self.decl(name), Decl::Union(_));
                let mut known: Vec<_> = fields.iter().filter(|field| is_union || place(&field.0).is_some()).collect();
                if !is_union {
                    known.sort_by_key(|field| place(&field.0));
                }
                let unknown = fields.iter().filter(|field| !is_union && place(&field.0).is_none());
                let unknown: String =
                    unknown.map(|(name, value)| format!(".{name}({})", self.of_value(value))).collect();
                let inner: Vec<String> =
                    known.iter().map(|(name, value)| self.literal(&type_of(name), value, names)).collect();
                match &known[..] {
                    [] if is_union => "null".into(),
                    [first, ..] if is_union => format!("new Guest.{name}{}({})", camel(&first.0), inner.join(", ")),
                    _ => format!("new Guest.{name}Value({}){unknown}", inner.join(", ")),
                }
            }
            (Type::Named { name, .. }, Value::Tagged(tag, payload)) => {
                let Decl::Tagged(of) = self.decl(name) else { panic!("no tagged {name}") };
                let payload_type = of.cases.named(tag).and_then(|case| case.payload.as_ref());
                let ty = payload_type.map_or(Type::Status, |payload| payload.1.clone());
                // No value for a union is null, with which the constructor is content.
                let none = if matches!(&ty, Type::Named { name, .. } if matches!(self.decl(name), Decl::Union(_))) {
                    "null"
                } else {
                    ""
                };
                let inner = payload.as_ref().map_or(none.to_owned(), |value| self.literal(&ty, value, names));
                format!("new Guest.{name}{tag}({inner})")
            }
            (Type::Slice { of, .. }, Value::List(values)) => self.array(of, values).unwrap_or_else(|| list(of, values)),
            (Type::Array { of, .. } | Type::Buffer { of }, Value::List(values)) => list(of, values),
            (Type::Slice { of, .. } | Type::Buffer { of }, Value::Repeat(value, count)) => {
                format!("Kit.<{}>repeat({count}, {})", self.put(of), self.literal(of, value, names))
            }
            (Type::Slice { .. } | Type::Array { .. }, Value::Bytes(bytes)) => {
                let bytes: Vec<String> = bytes.iter().map(|byte| format!("(byte) {}", byte.unwrap())).collect();
                format!("Guest.Slice.u8({})", bytes.join(", "))
            }
            (Type::Slice { .. }, Value::Words(values)) => {
                let values: Vec<String> =
                    values.iter().map(|value| self.literal(&Type::Scalar(Scalar::U32), value, names)).collect();
                format!("Kit.words({})", values.join(", "))
            }
            (Type::Pointer { .. }, Value::Null) => "null".into(),
            (Type::Pointer { to, .. }, value) => {
                let inner = self.literal(to, value, names);
                if is_place(self.0, to) { inner } else { format!("new Guest.Var<{}>({inner})", self.put(to)) }
            }
            (_, value) => self.of_value(value),
        }
    }

    fn constant(&self, name: &str) -> String {
        format!("Guest.{name}")
    }

    fn make(&self, ty: &Type, from: &str) -> String {
        match ty {
            Type::Slice { of, .. } => {
                let name = match &**of {
                    Type::Array { of, len } => format!("Array{len}{}", camel(&of.to_string())),
                    of => camel(&of.to_string()),
                };
                format!("m.newSliceOf{name}({from})")
            }
            Type::Pointer { to, .. } => format!("Guest.{to}.make(m, {from})"),
            other => panic!("no owner: {other}"),
        }
    }

    fn close(&self, owner: &str) -> String {
        format!("{owner}.close()")
    }

    fn set_field(&self, view: &str, _: &str, name: &str, value: &str) -> String {
        format!("{view}.set{}({value})", member(name))
    }

    fn set_element(&self, list: &str, index: u32, value: &str) -> String {
        format!("{list}.set({index}, {value})")
    }

    fn set_all(&self, view: &str, value: &str) -> String {
        format!("{view}.set({value})")
    }

    fn callee(&self, callee: &Callee, names: &[Bound]) -> String {
        match callee {
            Callee::Function(name) | Callee::Drop(name) => format!("m.{}", local(name)),
            Callee::Index(_, name) => format!("{}.call", self.name(*name, &names[*name])),
        }
    }

    fn call(&self, made: &str, call: &Call, id: usize) -> (String, Vec<String>) {
        if call.results.is_empty() {
            return (format!("{made};"), Vec::new());
        }
        let statement = format!("final var r{id} = {made};");
        if !self.several(&call.results) {
            return (statement, vec![format!("r{id}")]);
        }
        let mut outs = call.signature.params.iter().filter(|param| param.out);
        let name = |came: &crate::steps::Came| {
            let name = if came.out { local(&outs.next().expect("an out pointer").name) } else { "result".into() };
            format!("r{id}.{name}()")
        };
        (statement, call.results.iter().map(name).collect())
    }

    fn statement(&self, expression: &str) -> String {
        format!("{expression};")
    }

    fn let_(&self, name: &str, expression: &str) -> String {
        format!("final var {name} = {expression};")
    }

    fn assign(&self, name: &str, expression: &str) -> String {
        format!("{name} = {expression};")
    }

    fn equal(&self, place: &str, ty: &Type, got: &str, want: &str) -> String {
        let object = self.out(ty);
        format!("t.eq({}, ({object}) ({got}), ({object}) ({want}));", quoted(place))
    }

    fn equal_whole(&self, place: &str, got: &str, want: &str) -> String {
        format!("t.eq({}, {got}, {want});", quoted(place))
    }

    fn bytes(&self, place: &str, list: &str, bytes: &[Option<u8>]) -> String {
        let bytes: Vec<String> =
            bytes.iter().map(|byte| byte.map_or("-1".to_owned(), |byte| byte.to_string())).collect();
        format!("t.bytes({}, {list}.buffer(), {});", quoted(place), bytes.join(", "))
    }

    fn none(&self, place: &str, got: &str) -> String {
        format!("t.eq({}, {got}, null);", quoted(place))
    }

    fn loop_(&self, index: &str, count: &str, body: &[String]) -> Vec<String> {
        let head = format!("for (long {index} = 0, end{index} = {count}; {index} < end{index}; {index}++) {{");
        [vec![head], Self::indented(body), vec!["}".into()]].concat()
    }

    fn when_some(&self, value: &str, body: &[String]) -> Vec<String> {
        [vec![format!("if ({value} != null) {{")], Self::indented(body), vec!["}".into()]].concat()
    }

    fn read(&self, expression: &str) -> String {
        format!("Kit.use({expression});")
    }

    fn step(&self, place: &str, fails: Option<&Fails>, hosts: &[Vec<String>], body: &[String]) -> Vec<String> {
        let fails = match fails {
            None => "\"\", 0".into(),
            Some(Fails::Trap) => "\"trap\", 0".into(),
            Some(Fails::Refused) => "\"refused\", 0".into(),
            Some(Fails::Named(name, code)) => format!("{}, {code}", quoted(name)),
            Some(Fails::Status(code)) => format!("\"status\", {code}"),
        };
        let mut lines = vec![format!("t.step({}, {fails}, List.of(", quoted(place))];
        for (index, host) in hosts.iter().enumerate() {
            let mut host = Self::indented(host);
            if index + 1 < hosts.len() {
                host.last_mut().expect("a host has lines").push(',');
            }
            lines.extend(host);
        }
        lines.push("), () -> {".into());
        lines.extend(Self::indented(body));
        lines.push("});".into());
        lines
    }

    fn host(&self, host: &Host, params: &[String], body: &[String], returns: &[String]) -> Vec<String> {
        let name = quoted(&format!("{}/{}", host.import.0, host.import.1));
        let mut lines = vec![format!(
            "new Kit.Expected({name}, ({}) ({}) -> {{",
            self.import_type(&host.import),
            params.join(", ")
        )];
        let result = self.import_result(&host.import, &host.signature);
        lines.push("    try {".into());
        lines.extend(Self::indented(&Self::indented(body)));
        if let Ends::Returns(_) = host.ends {
            match returns {
                [] => {}
                [one] => lines.push(format!("        return {one};")),
                several => lines.push(format!("        return new {result}({});", several.join(", "))),
            }
        }
        lines.push("    } catch (Exception exception) {\n        throw t.hosted(exception);\n    }".into());
        match host.ends {
            Ends::Returns(_) => {}
            Ends::Status(code) => lines.push(format!("    throw Kit.status({code});")),
            Ends::Error => lines.push("    throw new IllegalStateException(\"error\");".into()),
        }
        lines.push("})".into());
        lines
    }

    fn back(&self, ty: &Type, value: &Value, names: &[Bound]) -> (String, String) {
        match ty {
            Type::Pointer { to, .. } => {
                (format!("new Guest.Var<{}>({})", self.put(to), self.literal(to, value, names)), "NAME".into())
            }
            ty => (self.literal(ty, value, names), "NAME".into()),
        }
    }

    fn back_value(&self, name: &str, ty: &Type) -> String {
        if let Type::Pointer { .. } = ty { format!("{name}.value") } else { name.into() }
    }

    fn refuses(&self, ty: &Type, misfit: Misfit) -> Refuses {
        let by_host = match misfit {
            Misfit::Null => !matches!(ty, Type::Scalar(scalar) if *scalar != Scalar::U64),
            // The others go into an int or a long that has room for more.
            Misfit::Range => !matches!(ty, Type::Scalar(Scalar::I32 | Scalar::Isize | Scalar::I64 | Scalar::F32)),
            // Nothing for a union is null; a constructor takes all fields of a struct.
            Misfit::Missing => matches!(ty, Type::Named { name, .. } if matches!(self.decl(name), Decl::Union(_))),
            Misfit::Nul | Misfit::Right | Misfit::Count => true,
            _ => false,
        };
        if by_host { Refuses::Host } else { Refuses::Compiler }
    }
}

#[test]
fn java_bindings_pass_the_kit_over_wasm2c() {
    if !crate::tools::have("javac") || !crate::tools::have("wasm2c") || !crate::tools::have("gcc") {
        return;
    }
    let (module, cases) = crate::cases();
    let Program { program, refusals, refused, left_out } = Java(&module).program(&cases);
    crate::printer::expect_left_out("java", &left_out);
    let folder = crate::engine::folder("kit-java", "java", "guest/Guest.java", "wasm2c/engine.c");
    let here = crate::common::here();
    for file in ["Wasm2c.java", "wasm2c.c"] {
        std::fs::copy(here.join("../java").join(file), folder.join("wasm2c").join(file)).unwrap();
    }
    std::fs::copy(here.join("tests/kit/java/Kit.java"), folder.join("Kit.java")).unwrap();
    std::fs::write(folder.join("Cases.java"), program).unwrap();
    std::fs::write(folder.join("Refused.java"), refusals).unwrap();

    // The compiler's own folder says where jni.h is.
    let javac =
        std::fs::canonicalize(crate::tools::run(std::process::Command::new("which").arg("javac")).trim()).unwrap();
    let include = javac.parent().unwrap().parent().unwrap().join("include");
    let sources: Vec<_> = std::fs::read_dir(folder.join("wasm2c")).unwrap().map(|file| file.unwrap().path()).collect();
    let mut gcc = std::process::Command::new("gcc");
    gcc.args(["-shared", "-fPIC", "-o", "libguest.so"]).args(crate::engine::WASM2C_FLAGS);
    gcc.arg(format!("-I{}", include.display())).arg(format!("-I{}", include.join("linux").display()));
    gcc.args(sources.iter().filter(|path| path.extension().is_some_and(|extension| extension == "c"))).arg("-lm");
    crate::tools::run(gcc.current_dir(&folder));

    let javac = |files: &[&str]| {
        let mut javac = std::process::Command::new("javac");
        javac.args(["-Xlint:all", "-Werror", "-Xmaxerrs", "10000", "-d", "classes"]).args(files).current_dir(&folder);
        javac
    };
    crate::tools::run(&mut javac(&["guest/Guest.java", "wasm2c/Wasm2c.java"]));
    // Programs that are printed cast what needs no cast.
    let mut program = javac(&["Kit.java", "Cases.java"]);
    crate::tools::run(program.args(["-cp", "classes", "-Xlint:-cast"]));
    let mut java = std::process::Command::new("java");
    java.args(["-cp", "classes", "Kit", "libguest.so", "guest.wasm"]).current_dir(&folder);
    crate::expect_all_passed("Java", &crate::tools::run(&mut java), &cases);

    let said = javac(&["Refused.java"]).args(["-cp", "classes"]).output().unwrap();
    let said = String::from_utf8(said.stderr).unwrap();
    crate::printer::expect_refusals(&said, "Refused.java:", &cases, &refused, "cannot find symbol");
}
