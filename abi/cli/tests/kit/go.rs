//! The kit's cases in Go, by what `bind --lang go` writes.

use crate::camel::camel;
use crate::printer::{Language, Printer, Program, Refusal, Refuses, is_place};
use crate::steps::{Bound, Call, Callee, Case, Ends, Fails, Host, Misfit, Value};
use linmem_host::{Decl, Module, Scalar, Type};
use literals::{primitive, quoted};

#[path = "../../src/bind/go/literals.rs"]
mod literals;

pub struct Go<'a>(pub &'a Module);

fn float(value: f64) -> String {
    if value.is_nan() {
        "math.NaN()".into()
    } else if value.is_infinite() {
        format!("math.Inf({})", if value > 0.0 { 1 } else { -1 })
    } else if value == 0.0 && value.is_sign_negative() {
        "math.Copysign(0, -1)".into()
    } else if value.abs() > 1e20 {
        // Constants are exact: so is this, which the shortest digits of a double need not be.
        format!("{value:.1}")
    } else {
        format!("{value:e}")
    }
}

/// What the steps that have to be refused need of the program.
const STAND_INS: &str = "
type run struct{}

type expected struct {
	name     string
	function any
}

func ok(error) {}

func get[T any](value T, _ error) T { return value }

func (*run) step(string, string, int32, []expected, func()) {}

func (*run) hosted(body func()) error { return nil }

func (*run) eq(string, any, any) {}
";

impl Go<'_> {
    fn decl(&self, name: &str) -> &Decl {
        &self.0.types()[name]
    }

    fn is_opaque(&self, ty: &Type) -> bool {
        matches!(ty, Type::Named { name, .. } if matches!(self.decl(name), Decl::Opaque))
    }

    fn out(&self, ty: &Type) -> String {
        match ty {
            Type::Scalar(scalar) => primitive(*scalar).into(),
            Type::Str { .. } | Type::CStr { null: false, .. } => "string".into(),
            Type::CStr { .. } => "*string".into(),
            Type::Named { name, .. } if matches!(self.decl(name), Decl::Enum(_)) => format!("guest.{name}"),
            Type::Named { name, .. } => format!("*guest.{name}"),
            Type::Pointer { to, .. } if is_place(self.0, to) || self.is_opaque(to) => self.out(to),
            Type::Pointer { to, .. } => format!("*guest.Ref[{}, {}]", self.out(to), self.put(to)),
            Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of } => {
                format!("*guest.List[{}, {}]", self.out(of), self.put(of))
            }
            Type::Status => "error".into(),
        }
    }

    fn put(&self, ty: &Type) -> String {
        match ty {
            Type::Named { name, .. } if is_place(self.0, ty) => format!("guest.{name}Value"),
            Type::Pointer { to, .. } if !self.is_opaque(to) => format!("guest.Pointer[{}]", self.put(to)),
            Type::Slice { of, .. } => format!("guest.Elements[{}]", self.put(of)),
            Type::Array { of, len } => format!("[{len}]{}", self.put(of)),
            Type::Buffer { of } => format!("guest.Slice[{}]", self.put(of)),
            other => self.out(other),
        }
    }

    /// The value behind a pointer, as the host's.
    fn pointee(&self, to: &Type, value: &Value, names: &[Bound]) -> String {
        let literal = self.literal(to, value, names);
        match to {
            Type::Named { name, .. }
                if matches!(self.decl(name), Decl::Struct(_)) && matches!(value, Value::Fields(_)) =>
            {
                format!("&{literal}")
            }
            _ => format!("&guest.Var[{}]{{V: {literal}}}", self.put(to)),
        }
    }

    fn of_value(&self, value: &Value) -> String {
        match value {
            Value::Null => "nil".into(),
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Float(value) => float(*value),
            Value::Text(text, 1) => quoted(text),
            Value::Text(text, count) => format!("strings.Repeat({}, {count})", quoted(text)),
            Value::List(values) => {
                let values: Vec<String> = values.iter().map(|value| self.of_value(value)).collect();
                format!("[]any{{{}}}", values.join(", "))
            }
            other => panic!("a literal of no type: {other:?}"),
        }
    }

    fn fails(&self, fails: Option<&Fails>) -> String {
        match fails {
            None => "\"\", 0".into(),
            Some(Fails::Trap) => "\"trap\", 0".into(),
            Some(Fails::Refused) => "\"refused\", 0".into(),
            Some(Fails::Named(name, code)) => format!("{}, {code}", quoted(name)),
            Some(Fails::Status(code)) => format!("\"status\", {code}"),
        }
    }

    fn results(&self, signature: &linmem_host::Signature) -> Vec<String> {
        crate::steps::results(self.0, signature).iter().map(|came| self.put(&came.ty)).collect()
    }

    fn import_type(&self, signature: &linmem_host::Signature) -> String {
        let params: Vec<String> =
            signature.params.iter().filter(|param| !param.out).map(|param| self.out(&param.ty)).collect();
        let results = [self.results(signature), vec!["error".into()]].concat();
        format!("func({}) ({})", params.join(", "), results.join(", "))
    }

    /// Statements whose names are used, whatever follows.
    fn indented(lines: &[String]) -> Vec<String> {
        lines.iter().map(|line| format!("\t{line}")).collect()
    }

    /// The program, and for the compiler that of what it has to refuse, each with the line that it begins and ends at.
    pub fn program(&self, cases: &[Case]) -> Program {
        let printer = Printer::new(self);
        let (mut table, mut functions, mut refused) = (String::new(), String::new(), Vec::new());
        let head = |imports: &str| format!("package main\n\nimport (\n{imports}\t\"kit/guest\"\n)\n\n");
        let mut refusals = head("\t\"math\"\n\t\"strings\"\n")
            + "var _ = math.Inf\nvar _ = strings.Repeat\n\nfunc main() {}\n"
            + STAND_INS;
        for (index, case) in cases.iter().enumerate() {
            let (lines, found) = printer.case(index, case);
            let vars = |format: &dyn Fn(String, String) -> String| -> Vec<String> {
                let var = |(index, bound): (usize, &Bound)| format(self.name(index, bound), self.out(&bound.ty));
                case.names.iter().enumerate().map(var).collect()
            };
            table += &format!("\t{{{}, {}, {}, case{index}}},\n", quoted(&case.name), case.needs, case.traps());
            let declared = vars(&|name, ty| format!("\tvar {name} {ty}\n\t_ = {name}\n"));
            let lines: String = Self::indented(&lines).iter().map(|line| format!("{line}\n")).collect();
            functions +=
                &format!("\nfunc case{index}(t *run) {{\n\tm := t.m\n\t_ = m\n{}{lines}}}\n", declared.concat());
            for refusal in found {
                let params: String = vars(&|name, ty| format!(", {name} {ty}")).concat();
                let first = refusals.lines().count() + 2;
                let lines: String = Self::indented(&refusal.lines).iter().map(|line| format!("{line}\n")).collect();
                refusals +=
                    &format!("\nfunc refused{}(t *run, m *guest.Module{params}) {{\n{lines}}}\n", refused.len());
                refused.push((first, refusals.lines().count(), refusal));
            }
        }
        let mut imports = String::new();
        for ((from, name), signature) in self.0.imports() {
            let ins: Vec<_> = signature.params.iter().filter(|param| !param.out).collect();
            let params: Vec<String> =
                ins.iter().enumerate().map(|(index, param)| format!("a{index} {}", self.out(&param.ty))).collect();
            let args: Vec<String> = (0..ins.len()).map(|index| format!("a{index}")).collect();
            let results = [self.results(signature), vec!["error".into()]].concat();
            imports += &format!(
                "\nfunc (t *run) {}({}) ({}) {{\n\treturn next[{}](t, {})({})\n}}\n",
                camel(&from.replace(':', "_")) + &camel(name),
                params.join(", "),
                results.join(", "),
                self.import_type(signature),
                quoted(&format!("{from}/{name}")),
                args.join(", "),
            );
        }
        let program = format!(
            "{}var _ = math.Inf\nvar _ = strings.Repeat\n\nvar cases = []struct {{\n\tname         string\n\tneeds, traps bool\n\trun          func(*run)\n}}{{\n{table}}}\n{functions}{imports}",
            head("\t\"errors\"\n\t\"math\"\n\t\"strings\"\n")
        );
        Program { program, refusals, refused, left_out: printer.left_out.take() }
    }
}

impl Language for Go<'_> {
    fn module(&self) -> &Module {
        self.0
    }

    fn follow(&self, pointer: &str) -> String {
        format!("get({pointer}.Get())")
    }

    fn field(&self, view: &str, _: &str, name: &str) -> String {
        format!("get({view}.{}())", camel(name))
    }

    fn element(&self, list: &str, index: &str) -> String {
        format!("get({list}.At({index}))")
    }

    fn payload(&self, view: &str, _: &str, case: &str) -> String {
        format!("get({view}.{case}())")
    }

    fn tag(&self, view: &str) -> String {
        format!("get({view}.Tag())")
    }

    fn whole(&self, view: &str) -> String {
        format!("get({view}.Copy())")
    }

    fn tag_named(&self, of: &str, case: &str) -> String {
        format!("guest.{of}Tag{case}")
    }

    fn length(&self, list: &str) -> String {
        format!("get({list}.Len())")
    }

    fn text(&self, maybe: &str) -> String {
        format!("*{maybe}")
    }

    fn literal(&self, ty: &Type, value: &Value, names: &[Bound]) -> String {
        let list = |of: &Type, values: &[Value]| -> String {
            values.iter().map(|value| self.literal(of, value, names)).collect::<Vec<_>>().join(", ")
        };
        match (ty, value) {
            (_, Value::Use(path)) => Printer::new(self).walk_names(names, path),
            (Type::Scalar(Scalar::Char), Value::Text(text, 1)) if text.chars().count() == 1 => {
                format!("rune({:#x})", text.chars().next().unwrap() as u32)
            }
            (Type::Scalar(Scalar::F32), Value::Float(value)) => format!("float32({})", float(*value)),
            (Type::CStr { null: true, .. }, Value::Text(..)) => format!("guest.Some({})", self.of_value(value)),
            (Type::Named { name, .. }, Value::Case(case)) => format!("guest.{name}{case}"),
            (Type::Named { name, .. }, Value::Int(value)) => format!("guest.{name}({value})"),
            (Type::Named { name, .. }, Value::Fields(fields)) => {
                let (Decl::Struct(of) | Decl::Union(of)) = self.decl(name) else { panic!("no struct {name}") };
                let is_union = matches!(self.decl(name), Decl::Union(_));
                let [first, ..] = &fields[..] else {
                    return if is_union { "nil".into() } else { format!("guest.{name}Value{{}}") };
                };
                let field = |(index, (field, value)): (usize, &(String, Value))| {
                    let ty = of.fields.iter().find(|of| of.name == *field).map_or(Type::Status, |of| of.ty.clone());
                    let key = if is_union && index == 0 { "V".into() } else { camel(field) };
                    format!("{key}: {}", self.literal(&ty, value, names))
                };
                let inner: Vec<String> = fields.iter().enumerate().map(field).collect();
                let go = if is_union { format!("{name}{}", camel(&first.0)) } else { format!("{name}Value") };
                format!("guest.{go}{{{}}}", inner.join(", "))
            }
            (Type::Named { name, .. }, Value::Tagged(tag, payload)) => {
                let Decl::Tagged(of) = self.decl(name) else { panic!("no tagged {name}") };
                let payload_type = of.cases.named(tag).and_then(|case| case.payload.as_ref());
                let ty = payload_type.map_or(Type::Status, |payload| payload.1.clone());
                let inner =
                    payload.as_ref().map_or(String::new(), |value| format!("V: {}", self.literal(&ty, value, names)));
                format!("guest.{name}{tag}{{{inner}}}")
            }
            (Type::Array { of, .. }, Value::List(values)) => {
                // An array of another length is one of another type.
                let element = match (&**of, values.first()) {
                    (Type::Array { of, .. }, Some(Value::List(inner))) => format!("[{}]{}", inner.len(), self.put(of)),
                    _ => self.put(of),
                };
                format!("[{}]{element}{{{}}}", values.len(), list(of, values))
            }
            (Type::Array { .. }, Value::Bytes(bytes)) => {
                let bytes: Vec<String> = bytes.iter().map(|byte| byte.unwrap().to_string()).collect();
                format!("[{}]uint8{{{}}}", bytes.len(), bytes.join(", "))
            }
            (Type::Slice { of, .. } | Type::Buffer { of }, Value::List(values)) => {
                format!("guest.Slice[{}]{{{}}}", self.put(of), list(of, values))
            }
            (Type::Slice { of, .. } | Type::Buffer { of }, Value::Repeat(value, count)) => {
                format!("repeat[{}]({count}, {})", self.put(of), self.literal(of, value, names))
            }
            (Type::Slice { .. }, Value::Bytes(bytes)) => {
                let bytes: Vec<String> = bytes.iter().map(|byte| byte.unwrap().to_string()).collect();
                format!("guest.Slice[uint8]{{{}}}", bytes.join(", "))
            }
            (Type::Slice { .. }, Value::Words(values)) => {
                format!("words({})", list(&Type::Scalar(Scalar::U32), values))
            }
            (Type::Pointer { .. }, Value::Null) => "nil".into(),
            (Type::Pointer { to, .. }, value) => self.pointee(to, value, names),
            (_, value) => self.of_value(value),
        }
    }

    fn constant(&self, name: &str) -> String {
        format!("guest.{name}")
    }

    fn make(&self, ty: &Type, from: &str) -> String {
        match ty {
            Type::Slice { of, .. } => {
                let name = match &**of {
                    Type::Array { of, len } => format!("Array{len}{}", camel(&of.to_string())),
                    of => camel(&of.to_string()),
                };
                format!("get(guest.NewSliceOf{name}(m, {from}))")
            }
            Type::Pointer { to, .. } => {
                let value = match from.strip_prefix('&') {
                    Some(value) if !value.starts_with("guest.Var") => value.to_owned(),
                    _ => format!("({from}).V"),
                };
                format!("get(guest.New{to}(m, {value}))")
            }
            other => panic!("no owner: {other}"),
        }
    }

    fn close(&self, owner: &str) -> String {
        format!("ok({owner}.Close())")
    }

    fn set_field(&self, view: &str, _: &str, name: &str, value: &str) -> String {
        format!("ok({view}.Set{}({value}))", camel(name))
    }

    fn set_element(&self, list: &str, index: u32, value: &str) -> String {
        format!("ok({list}.Set({index}, {value}))")
    }

    fn set_all(&self, view: &str, value: &str) -> String {
        format!("ok({view}.Set({value}))")
    }

    fn callee(&self, callee: &Callee, names: &[Bound]) -> String {
        match callee {
            Callee::Function(name) | Callee::Drop(name) => format!("m.{}", camel(name)),
            Callee::Index(_, name) => format!("{}.Call", self.name(*name, &names[*name])),
        }
    }

    fn call(&self, made: &str, call: &Call, id: usize) -> (String, Vec<String>) {
        if call.results.is_empty() {
            return (format!("ok({made})"), Vec::new());
        }
        let names: Vec<String> = (0..call.results.len()).map(|index| format!("r{id}x{index}")).collect();
        (format!("{}, err := {made}; ok(err)", names.join(", ")), names)
    }

    fn statement(&self, expression: &str) -> String {
        expression.into()
    }

    fn let_(&self, name: &str, expression: &str) -> String {
        format!("{name} := {expression}; _ = {name}")
    }

    fn assign(&self, name: &str, expression: &str) -> String {
        format!("{name} = {expression}")
    }

    fn equal(&self, place: &str, ty: &Type, got: &str, want: &str) -> String {
        let ty = self.out(ty);
        format!("t.eq({}, {ty}({got}), {ty}({want}))", quoted(place))
    }

    fn equal_whole(&self, place: &str, got: &str, want: &str) -> String {
        format!("t.eq({}, {got}, {want})", quoted(place))
    }

    fn bytes(&self, place: &str, list: &str, bytes: &[Option<u8>]) -> String {
        let bytes: Vec<String> =
            bytes.iter().map(|byte| byte.map_or("-1".to_owned(), |byte| byte.to_string())).collect();
        format!("t.bytes({}, {list}, {})", quoted(place), bytes.join(", "))
    }

    fn none(&self, place: &str, got: &str) -> String {
        format!("t.eq({}, {got} == nil, true)", quoted(place))
    }

    fn loop_(&self, index: &str, count: &str, body: &[String]) -> Vec<String> {
        let head = format!("for {index}, count := 0, {count}; {index} < count; {index}++ {{");
        [vec![head], Self::indented(body), vec!["}".into()]].concat()
    }

    fn when_some(&self, value: &str, body: &[String]) -> Vec<String> {
        [vec![format!("if {value} != nil {{")], Self::indented(body), vec!["}".into()]].concat()
    }

    fn read(&self, expression: &str) -> String {
        format!("_ = {expression}")
    }

    fn step(&self, place: &str, fails: Option<&Fails>, hosts: &[Vec<String>], body: &[String]) -> Vec<String> {
        let head = format!("t.step({}, {}, []expected{{", quoted(place), self.fails(fails));
        let hosts = hosts.iter().flat_map(|host| Self::indented(host)).collect();
        [vec![head], hosts, vec!["}, func() {".into()], Self::indented(body), vec!["})".into()]].concat()
    }

    fn host(&self, host: &Host, params: &[String], body: &[String], returns: &[String]) -> Vec<String> {
        let ins = host.signature.params.iter().filter(|param| !param.out);
        let params: Vec<String> = ins.zip(params).map(|(of, name)| format!("{name} {}", self.out(&of.ty))).collect();
        let results = self.results(&host.signature);
        let named: String = results.iter().enumerate().map(|(index, ty)| format!("x{index} {ty}, ")).collect();
        let mut lines = vec![
            format!(
                "{{{}, func({}) ({named}err error) {{",
                quoted(&format!("{}/{}", host.import.0, host.import.1)),
                params.join(", ")
            ),
            "\terr = t.hosted(func() {".into(),
        ];
        lines.extend(Self::indented(&Self::indented(body)));
        for (index, value) in returns.iter().enumerate() {
            lines.push(format!("\t\tx{index} = {value}"));
        }
        lines.push("\t})".into());
        match &host.ends {
            Ends::Returns(_) => {}
            // A case of the module's own is told from a check by its number.
            Ends::Status(code) => {
                lines.push(format!("\tif err == nil {{\n\t\terr = guest.Status({code})\n\t}}"));
            }
            Ends::Error => lines.push("\tif err == nil {\n\t\terr = errors.New(\"error\")\n\t}".into()),
        }
        lines.push("\treturn".into());
        lines.push("}},".into());
        lines
    }

    fn back(&self, ty: &Type, value: &Value, names: &[Bound]) -> (String, String) {
        (self.literal(ty, value, names), "NAME".into())
    }

    fn back_value(&self, name: &str, _: &Type) -> String {
        name.into()
    }

    fn refuses(&self, ty: &Type, misfit: Misfit) -> Refuses {
        // What is nil in Go is left to the host.
        let is_nil = match ty {
            Type::Pointer { .. } | Type::Slice { .. } => true,
            Type::Named { name, .. } => matches!(self.decl(name), Decl::Sig(_) | Decl::Union(_) | Decl::Tagged(_)),
            _ => false,
        };
        match misfit {
            Misfit::Null | Misfit::Missing if is_nil => Refuses::Host,
            // A field that is not named is the zero of its type.
            Misfit::Missing => Refuses::None,
            Misfit::Unlisted | Misfit::Nul | Misfit::Right => Refuses::Host,
            _ => Refuses::Compiler,
        }
    }
}

/// A folder with the bindings, the engine, and the program.
fn folder(module: &Module, cases: &[Case]) -> (std::path::PathBuf, Vec<(usize, usize, Refusal)>) {
    let Program { program, refusals, refused, left_out } = Go(module).program(cases);
    crate::printer::expect_left_out("go", &left_out);
    let folder = crate::engine::folder("kit-go", "go", "guest/guest.go", "wasm2c/engine.c");
    let here = crate::common::here();
    std::fs::copy(here.join("../go/wasm2c.go"), folder.join("wasm2c/wasm2c.go")).unwrap();
    std::fs::copy(here.join("tests/kit/go/main.go"), folder.join("main.go")).unwrap();
    std::fs::write(folder.join("cases.go"), program).unwrap();
    std::fs::create_dir(folder.join("refused")).unwrap();
    std::fs::write(folder.join("refused/main.go"), refusals).unwrap();
    std::fs::write(folder.join("go.mod"), "module kit\n\ngo 1.18\n").unwrap();
    (folder, refused)
}

#[test]
fn go_bindings_pass_the_kit_over_wasm2c() {
    if !crate::tools::have_by("go", "version") || !crate::tools::have("wasm2c") {
        return;
    }
    let (module, cases) = crate::cases();
    let (folder, refused) = folder(&module, &cases);
    let go = |args: &[&str]| {
        let mut go = std::process::Command::new("go");
        go.args(args)
            .current_dir(&folder)
            .env("CGO_CFLAGS", crate::engine::WASM2C_FLAGS.join(" "))
            .env("GOFLAGS", "-mod=mod");
        go.env("GOCACHE", folder.with_file_name("go-cache"));
        go
    };
    crate::tools::run(&mut go(&["vet", "./guest", "./wasm2c", "."]));
    crate::tools::run(&mut go(&["build", "-o", "kit", "."]));
    let said = crate::tools::run(std::process::Command::new(folder.join("kit")).arg(folder.join("guest.wasm")));
    crate::expect_all_passed("Go", &said, &cases);

    // Each is refused where it stands, and for what is wrong with it.
    let said = go(&["build", "-gcflags=-e", "-o", "/dev/null", "./refused"]).output().unwrap();
    let said = String::from_utf8(said.stderr).unwrap();
    crate::printer::expect_refusals(&said, "refused/main.go:", &cases, &refused, "undefined:");
}
