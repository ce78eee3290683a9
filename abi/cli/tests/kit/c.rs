//! The cases in C, over `linmem bind --lang c`: what is the same for all of them is in `runner.c`.
//!
//! What the compiler refuses is no part of the program: [`Printed::refusals`] has those steps, each on a line of its
//! own, and each of these lines has to be an error.

use crate::literals::{float, number, quoted, scalar_type};
use crate::steps::{
    Act, Call, Callee, Case, Ends, Fails, Host, Misfit, Part, Path, Step, Value, is_aggregate, step_misfits,
};
use linmem_host::{Access, Decl, Module, Scalar, Type};
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub struct Printed {
    pub cases: String,
    pub refusals: String,
    /// By the number of the line in `refusals`, what is refused there, and whether that is a name that there is not.
    pub refused: BTreeMap<usize, (String, bool)>,
    /// By case, how many steps it has that are refused in other languages, and that C cannot tell from right ones.
    pub left_out: BTreeMap<String, usize>,
}

/// Where a value is.
#[derive(Clone)]
enum Got {
    /// A number, bool, char, enum or function.
    Value(String),
    Text(String),
    /// In the guest.
    Ref(String),
    /// A plain value of the host's.
    Plain(String),
}

struct Printer<'a> {
    module: &'a Module,
    /// The header that `bind` wrote.
    header: &'a str,
    /// The case, and its number.
    case: &'a Case,
    number: usize,
    code: String,
    /// Makes names new.
    next: usize,
    /// The bodies of host functions, by their import, in the order of their numbers.
    hosts: BTreeMap<(String, String), String>,
    left_out: usize,
}

pub fn print(module: &Module, header: &str, cases: &[Case]) -> Printed {
    let mut code = "#include \"runner.c\"\n".to_owned();
    let (mut refusals, mut refused, mut left_out) = (code.clone(), BTreeMap::new(), BTreeMap::new());
    let mut hosts: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut table = String::new();
    for (number, case) in cases.iter().enumerate() {
        let mut printer =
            Printer { module, header, case, number, code: String::new(), next: 0, hosts: BTreeMap::new(), left_out: 0 };
        let mut variables = String::new();
        for (index, _) in case.names.iter().enumerate() {
            writeln!(variables, "static {} {};", printer.bound_type(index), printer.bound(index)).unwrap();
        }
        let mut wrong = Vec::new();
        printer.steps(&case.steps, &mut wrong);
        if printer.left_out > 0 {
            left_out.insert(case.name.clone(), printer.left_out);
        }
        writeln!(code, "\n/* {} */\n{variables}", case.name).unwrap();
        // Host functions come before the case that they are called in; their bodies are found by number.
        for (import, body) in std::mem::take(&mut printer.hosts) {
            *hosts.entry(import).or_default() += &body;
        }
        writeln!(code, "static lm_status case_{number}(void)\n{{\n{}    return LM_OK;\n}}", printer.code).unwrap();
        let owners: Vec<String> = (0..case.names.len())
            .filter(|&index| printer.bound_type(index) == "lm_ref")
            .map(|index| format!("&{}, ", printer.bound(index)))
            .collect();
        writeln!(code, "static lm_ref *const owners_{number}[] = {{{}NULL}};", owners.concat()).unwrap();
        writeln!(
            table,
            "    {{{}, case_{number}, owners_{number}, {}, {}}},",
            quoted(&case.name),
            case.needs,
            case.traps()
        )
        .unwrap();
        if !wrong.is_empty() {
            write!(refusals, "\n{variables}lm_status refused_{number}(void)\n{{\n    lm_status status = LM_OK;\n")
                .unwrap();
            for (place, code, unnamed) in wrong {
                let line = refusals.lines().count() + 1;
                writeln!(refusals, "    {{ {} }}", code.replace('\n', " ")).unwrap();
                refused.insert(line, (format!("{}, {place}", case.name), unnamed));
            }
            refusals += "    return status;\n}\n";
        }
    }
    code += "\n/* The host functions: each knows by a number which of its calls it is in. */\n";
    let mut members = String::new();
    for ((from, name), signature) in module.imports() {
        let field: String = from.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let declared = declared_host(header, &format!("{field}_{name}"));
        let body = hosts.remove(&(from.clone(), name.clone())).unwrap_or_default();
        let unused: String =
            signature.params.iter().map(|param| format!("    (void){};\n", member(&param.name))).collect();
        let result =
            if signature.result.as_ref().is_some_and(|ty| !module.is_status(ty)) { "    (void)result;\n" } else { "" };
        write!(
            code,
            "\nstatic lm_status host_{field}_{name}({declared})\n{{\n    lm_status status = LM_OK;\n    (void)user;\n    \
             (void)guest;\n{unused}{result}    switch (next_host()) {{\n{body}    default:\n        \
             differs(\"{from}/{name} is called\", \"another call\");\n        return LM_TRAPPED;\n    }}\n}}\n"
        )
        .unwrap();
        writeln!(members, "        .{field}_{name} = host_{field}_{name},").unwrap();
    }
    write!(
        code,
        "\nint main(int argc, char **argv)\n{{\n    static const kit_case cases[] = {{\n{table}    }};\n    \
         const guest_host host = {{\n{members}    }};\n    \
         return run_cases(cases, sizeof cases / sizeof cases[0], &host, argc, argv);\n}}\n"
    )
    .unwrap();
    Printed { cases: code, refusals, refused, left_out }
}

/// The parameters of a host function, as the header declares it.
fn declared_host<'a>(header: &'a str, field: &str) -> &'a str {
    let begins = format!("    lm_status (*{field})(");
    let line = header.lines().find_map(|line| line.strip_prefix(&begins)).expect("the header has every import");
    line.strip_suffix(");").expect("a declaration is one line")
}

/// What C's compiler refuses, rather than the host when the program runs.
fn is_the_compilers(module: &Module, (misfit, ty): &(Misfit, Type)) -> bool {
    match misfit {
        Misfit::Kind | Misfit::Fraction | Misfit::Range | Misfit::NoCase | Misfit::NoChar | Misfit::Count => true,
        Misfit::Arity | Misfit::Several => true,
        // An index of a function is a struct of its own in C. What a pointer leads to, the reference tells when it is used.
        Misfit::Type => matches!(ty, Type::Named { .. }),
        // Numbers have no value that is none.
        Misfit::Null => match ty {
            Type::Scalar(_) => true,
            Type::Named { name, .. } => matches!(module.types()[name], Decl::Enum(_)),
            _ => false,
        },
        Misfit::Unlisted | Misfit::Nul | Misfit::Right | Misfit::Bool | Misfit::Missing => false,
    }
}

/// What C cannot tell from another value: `true` and `false` are 1 and 0, and what an initializer leaves out is 0. Text and
/// pointers are none then, which the host refuses where they have to be.
fn is_nobodys((misfit, ty): &(Misfit, Type)) -> bool {
    match misfit {
        Misfit::Bool => true,
        Misfit::Missing => !matches!(ty, Type::Str { .. } | Type::CStr { .. } | Type::Pointer { .. }),
        _ => false,
    }
}

fn member(name: &str) -> String {
    // What is a keyword in C or C++ has `_` behind it.
    if ["int", "float", "class"].contains(&name) { format!("{name}_") } else { name.into() }
}

impl<'a> Printer<'a> {
    fn decl(&self, ty: &Type) -> Option<&'a Decl> {
        match ty {
            Type::Named { name, .. } => self.module.types().get(name),
            _ => None,
        }
    }

    fn new_name(&mut self, kind: &str) -> String {
        self.next += 1;
        format!("{kind}{}", self.next)
    }

    fn line(&mut self, text: &str) {
        self.code += "        ";
        self.code += text;
        self.code += "\n";
    }

    // Types.

    fn is_value(&self, ty: &Type) -> bool {
        matches!(ty, Type::Scalar(_)) || matches!(self.decl(ty), Some(Decl::Enum(_) | Decl::Sig(_)))
    }

    fn is_plain(&self, ty: &Type) -> bool {
        match (ty, self.decl(ty)) {
            (Type::Scalar(_), _) => true,
            (Type::Array { of, .. }, _) => self.is_plain(of),
            (_, Some(Decl::Struct(of))) => of.fields.iter().all(|field| self.is_plain(&field.ty)),
            (_, Some(Decl::Tagged(of))) => {
                of.cases.iter().filter_map(|case| case.payload.as_ref()).all(|(_, ty)| self.is_plain(ty))
            }
            (_, Some(Decl::Opaque) | None) => false,
            _ => true,
        }
    }

    /// The C type of what is given, and the dimensions behind a name.
    fn given(&self, ty: &Type) -> (String, String) {
        match ty {
            Type::Scalar(of) => (scalar_type(*of).into(), String::new()),
            Type::Named { name, .. } => (format!("guest_{name}"), String::new()),
            Type::Array { of, len } => {
                let (base, dimensions) = self.given(of);
                (base, format!("[{len}]{dimensions}"))
            }
            Type::Str { .. } | Type::CStr { .. } => ("lm_text".into(), String::new()),
            Type::Pointer { .. } => ("lm_ref".into(), String::new()),
            _ => ("lm_items".into(), String::new()),
        }
    }

    /// A variable of a value.
    fn variable(&self, ty: &Type, name: &str) -> String {
        let (base, dimensions) = self.given(ty);
        let base = if *ty == Type::Scalar(Scalar::Bool) { "bool".into() } else { base };
        format!("{base} {name}{dimensions}")
    }

    fn bound(&self, index: usize) -> String {
        format!("c{}_{}_{index}", self.number, self.case.names[index].name)
    }

    fn bound_type(&self, index: usize) -> String {
        let ty = &self.case.names[index].ty;
        if self.is_value(ty) { self.given(ty).0 } else { "lm_ref".into() }
    }

    /// The function of the header that makes a value of a type, or several.
    fn maker(&self, ty: &Type, run: bool) -> String {
        let (number, by) =
            (format!(" /* {ty} */, "), if run { "return lm_new_run(guest, " } else { "return lm_new(guest, " });
        let lines: Vec<&str> = self.header.lines().collect();
        let at = lines.iter().position(|line| line.contains(by) && line.contains(&number));
        let at = at.unwrap_or_else(|| panic!("nothing in the header makes {ty}"));
        let head = lines[..at].iter().rev().find(|line| line.starts_with("static inline lm_status ")).unwrap();
        head["static inline lm_status ".len()..].split('(').next().unwrap().to_owned()
    }

    // Literals.

    /// What a C programmer would write for a value that is passed as it is, or in the braces of another one.
    fn literal(&self, ty: &Type, value: &Value) -> String {
        match (ty, self.decl(ty), value) {
            (_, _, Value::Use(path)) => {
                assert!(path.parts.is_empty(), "a path as an argument");
                self.bound(path.name)
            }
            (Type::Str { .. } | Type::CStr { .. }, _, Value::Null) => "NO_TEXT".into(),
            (Type::Pointer { .. }, _, Value::Null) => "lm_none()".into(),
            (_, Some(Decl::Sig(_)), Value::Null) => format!("({}){{0}}", self.given(ty).0),
            (_, _, Value::Null) => "NULL".into(),
            (Type::Scalar(Scalar::Char), _, Value::Text(text, _)) => match text.chars().collect::<Vec<_>>()[..] {
                [char] => format!("0x{:X}", char as u32),
                _ => format!("U'{text}'"),
            },
            (Type::Str { .. } | Type::CStr { .. }, _, Value::Text(text, 1)) => format!("TEXT({})", quoted(text)),
            (Type::Str { .. } | Type::CStr { .. }, _, Value::Text(text, times)) => {
                format!("repeated(TEXT({}), {times})", quoted(text))
            }
            (_, _, Value::Text(text, _)) => quoted(text),
            (_, _, Value::Bool(value)) => value.to_string(),
            // So small a literal is a mistake to the compiler; a number that is converted is not.
            (Type::Scalar(Scalar::F32), _, Value::Float(value)) if *value != 0.0 && *value as f32 == 0.0 => {
                format!("(float){}", float(*value, ""))
            }
            // As a double, which holds it as it is: decimal digits may be nearer to what does fit.
            (Type::Scalar(Scalar::F32), _, Value::Float(value))
                if value.is_finite() && (*value as f32).is_infinite() =>
            {
                float(*value, "")
            }
            (Type::Scalar(of @ (Scalar::F32 | Scalar::F64)), _, Value::Float(value)) => {
                float(*value, if *of == Scalar::F32 { "F" } else { "" })
            }
            (_, _, Value::Float(value)) => format!("{value:e}"),
            (_, _, Value::Int(value)) => number(*value),
            (_, _, Value::Case(name)) => format!("{}_{name}", self.given(ty).0),
            (_, Some(Decl::Struct(of) | Decl::Union(of)), Value::Fields(fields)) => {
                let field = |(name, value): &(String, Value)| {
                    let ty = of.fields.iter().find(|field| field.name == *name).map(|field| &field.ty);
                    format!(".{} = {}", member(name), self.literal(ty.unwrap_or(&Type::Status), value))
                };
                let fields = fields.iter().map(field).collect::<Vec<_>>().join(", ");
                format!("{{{}}}", if fields.is_empty() { "0" } else { &fields })
            }
            (_, Some(Decl::Tagged(of)), Value::Tagged(tag, value)) => {
                let payload = of.cases.named(tag).and_then(|case| case.payload.as_ref());
                let value = match (payload, value) {
                    (Some((_, ty)), Some(value)) => {
                        format!(", .as = {{.{} = {}}}", member(tag), self.literal(ty, value))
                    }
                    (None, Some(value)) => {
                        format!(", .as = {{.{} = {}}}", member(tag), self.literal(&Type::Status, value))
                    }
                    _ => String::new(),
                };
                format!("{{.tag = {}_{tag}{value}}}", self.given(ty).0)
            }
            (Type::Array { of, .. }, _, Value::List(values)) => {
                format!("{{{}}}", values.iter().map(|value| self.literal(of, value)).collect::<Vec<_>>().join(", "))
            }
            (Type::Array { .. }, _, Value::Bytes(bytes)) => {
                format!("{{{}}}", bytes.iter().map(|byte| byte.unwrap().to_string()).collect::<Vec<_>>().join(", "))
            }
            (Type::Slice { of, .. } | Type::Buffer { of }, _, Value::List(values)) => match values.len() {
                0 => "{NULL, 0}".into(),
                len => format!("{{{}, {len}}}", self.array(of, values)),
            },
            (ty, _, value) => panic!("no literal of {ty} for {value:?}"),
        }
    }

    /// An array of elements.
    fn array(&self, of: &Type, values: &[Value]) -> String {
        let (base, dimensions) = self.given(of);
        let values: Vec<String> = values.iter().map(|value| self.literal(of, value)).collect();
        format!("(const {base}[]{dimensions}){{{}}}", values.join(", "))
    }

    /// A pointer to a value of the host's.
    fn pointed(&self, ty: &Type, value: &Value) -> String {
        let (base, dimensions) = match ty {
            // With as many elements as there are, so that the compiler sees another number.
            Type::Array { of, .. } => {
                let (base, dimensions) = self.given(of);
                (base, format!("[]{dimensions}"))
            }
            ty => self.given(ty),
        };
        format!("&(const {base}{dimensions}){}", self.literal(ty, value))
    }

    /// The elements of a slice as two arguments. Those that no literal has are put into a variable first.
    fn elements(&mut self, of: &Type, value: &Value, written: bool) -> (String, String) {
        let (base, dimensions) = self.given(of);
        let name = match value {
            Value::List(values) if values.is_empty() => return ("NULL".into(), "0".into()),
            Value::List(values) if !written => return (self.array(of, values), values.len().to_string()),
            _ => self.new_name("elements"),
        };
        let len = match value {
            Value::List(values) => {
                let values: Vec<String> = values.iter().map(|value| self.literal(of, value)).collect();
                self.line(&format!("{base} {name}[]{dimensions} = {{{}}};", values.join(", ")));
                values.len()
            }
            Value::Bytes(bytes) => {
                let values: Vec<String> = bytes.iter().map(|byte| byte.unwrap().to_string()).collect();
                self.line(&format!("{base} {name}[] = {{{}}};", values.join(", ")));
                values.len()
            }
            Value::Words(words) => {
                let u32 = Type::Scalar(Scalar::U32);
                let values: Vec<String> = words.iter().map(|value| self.literal(&u32, value)).collect();
                self.line(&format!("const uint32_t {name}_[] = {{{}}};", values.join(", ")));
                self.line(&format!("uint8_t {name}[sizeof {name}_];"));
                self.line(&format!("memcpy({name}, {name}_, sizeof {name}_);"));
                4 * values.len()
            }
            Value::Repeat(value, times) => {
                let value = self.literal(of, value);
                self.line(&format!("{base} *const {name} = allocate({times} * sizeof *{name});"));
                self.line(&format!("for (int index = 0; index < {times}; index++) {{"));
                self.line(&format!("    {name}[index] = {value};"));
                self.line("}");
                *times
            }
            value => panic!("no elements: {value:?}"),
        };
        (name, len.to_string())
    }

    /// What is given to a function of the header for a value.
    fn give(&mut self, ty: &Type, value: &Value) -> String {
        match ty {
            Type::Slice { of, .. } | Type::Buffer { of } => {
                let (from, len) = self.elements(of, value, false);
                format!("{from}, {len}")
            }
            ty if is_aggregate(self.module, ty) && !matches!(value, Value::Null) => self.pointed(ty, value),
            ty => self.literal(ty, value),
        }
    }

    /// Makes an owner of a pointer's or slice's type.
    fn make(&mut self, ty: &Type, value: &Value, to: &str) {
        let (maker, given) = match ty {
            Type::Pointer { to, .. } => (self.maker(to, false), self.give(to, value)),
            Type::Slice { of, .. } => {
                let (from, len) = self.elements(of, value, false);
                (self.maker(of, true), format!("{from}, {len}"))
            }
            ty => panic!("no owner is a {ty}"),
        };
        self.line(&format!("DO({maker}(g, {given}, &{to}));"));
    }

    // Comparisons.

    fn check(&mut self, condition: &str, want: &str) {
        let want: String = want.chars().take(100).collect();
        self.line(&format!("CHECK({condition}, {});", quoted(&want)));
    }

    fn compare(&mut self, ty: &Type, got: &Got, want: &Value) {
        match (ty, got, want) {
            (_, _, Value::Any) => {}
            (_, Got::Ref(got), Value::Null) => self.check(&format!("lm_is_none({got})"), "none"),
            (_, Got::Text(got), Value::Null) => self.check(&format!("{got}.ptr == NULL"), "none"),
            (_, Got::Value(got), Value::Null) => self.check(&format!("{got}.index == 0"), "none"),
            (Type::Pointer { to, .. }, Got::Ref(name), want) => {
                self.check(&format!("!lm_is_none({name})"), "a value");
                let to = (**to).clone();
                self.compare(&to, got, want);
            }
            (Type::Str { .. } | Type::CStr { .. }, Got::Ref(got), want) => {
                let name = self.new_name("text");
                self.line(&format!("lm_text {name};"));
                self.line(&format!("READ(lm_get_text(g, {got}, &{name}));"));
                self.compare(ty, &Got::Text(name), want);
            }
            (_, Got::Text(got), want) => {
                let want = self.literal(ty, want);
                self.check(&format!("same_text({got}, {want})"), &want);
            }
            (ty, Got::Ref(got), want) if self.is_value(ty) => {
                let name = self.new_name("value");
                let get = match ty {
                    Type::Scalar(of) => format!("lm_get_{}", of.name()),
                    ty => format!("{}_get", self.given(ty).0),
                };
                self.line(&format!("{};", self.variable(ty, &name)));
                self.line(&format!("READ({get}(g, {got}, &{name}));"));
                self.compare(ty, &Got::Value(name), want);
            }
            (Type::Scalar(Scalar::F32 | Scalar::F64), Got::Value(got) | Got::Plain(got), want) => {
                let want = self.literal(ty, want);
                self.check(&format!("same_float({got}, {want})"), &want);
            }
            (ty, Got::Value(got) | Got::Plain(got), want) if self.is_value(ty) => {
                let want = self.literal(ty, want);
                self.check(&format!("{got} == {want}"), &want);
            }
            (Type::Array { of, .. } | Type::Slice { of, .. } | Type::Buffer { of }, got, want) => {
                let of = (**of).clone();
                self.compare_elements(&of, got, want);
            }
            _ => self.compare_aggregate(ty, got, want),
        }
    }

    fn compare_elements(&mut self, of: &Type, got: &Got, want: &Value) {
        if let (Got::Ref(got), Value::Bytes(bytes)) = (got, want) {
            let hex: Vec<String> =
                bytes.iter().map(|byte| byte.map_or("..".into(), |byte| format!("{byte:02x}"))).collect();
            let (view, len) = (self.new_name("view"), self.new_name("len"));
            self.line(&format!("void *{view};"));
            self.line(&format!("uint32_t {len};"));
            self.line(&format!("READ(lm_view(g, {got}, LM_T_U8, &{view}, &{len}));"));
            return self.check(&format!("same_bytes({view}, {len}, {})", quoted(&hex.join(" "))), &hex.join(" "));
        }
        if let (Got::Plain(got), Value::Bytes(bytes)) = (got, want) {
            let hex: Vec<String> = bytes.iter().map(|byte| format!("{:02x}", byte.unwrap())).collect();
            return self.check(&format!("same_bytes({got}, sizeof {got}, {})", quoted(&hex.join(" "))), &hex.join(" "));
        }
        let wanted = match want {
            Value::List(values) => values.len(),
            Value::Repeat(_, times) => *times,
            want => panic!("no elements: {want:?}"),
        };
        if let Got::Ref(got) = got {
            let len = self.new_name("len");
            self.line(&format!("uint32_t {len};"));
            self.line(&format!("READ(lm_len(g, {got}, &{len}));"));
            self.check(&format!("{len} == {wanted}"), &format!("{wanted} elements"));
        }
        match want {
            Value::Repeat(value, times) => {
                let index = self.new_name("index");
                self.line(&format!("for (uint32_t {index} = 0; {index} < {times}; {index}++) {{"));
                self.compare_element(of, got, &index, value);
                self.line("}");
            }
            Value::List(values) => {
                for (index, value) in values.iter().enumerate() {
                    self.compare_element(of, got, &index.to_string(), value);
                }
            }
            _ => {}
        }
    }

    fn compare_element(&mut self, of: &Type, got: &Got, index: &str, want: &Value) {
        let element = match got {
            Got::Ref(got) => {
                let name = self.new_name("element");
                self.line(&format!("lm_ref {name};"));
                self.line(&format!("READ(lm_element(g, {got}, {index}, &{name}));"));
                Got::Ref(name)
            }
            Got::Plain(got) => Got::Plain(format!("{got}[{index}]")),
            _ => panic!("no elements"),
        };
        self.compare(of, &element, want);
    }

    fn compare_aggregate(&mut self, ty: &Type, got: &Got, want: &Value) {
        let c = self.given(ty).0;
        match (self.decl(ty), want) {
            (Some(Decl::Struct(of) | Decl::Union(of)), Value::Fields(fields)) => {
                for (name, want) in fields {
                    let ty = &of.fields.iter().find(|field| field.name == *name).unwrap().ty;
                    let field = match got {
                        Got::Ref(got) => self.fetch(&format!("{c}_{name}"), ty, got, "READ"),
                        Got::Plain(got) => Got::Plain(format!("{got}.{}", member(name))),
                        _ => panic!("no struct"),
                    };
                    self.compare(ty, &field, want);
                }
            }
            (Some(Decl::Tagged(of)), Value::Tagged(tag, value)) => {
                let name = match got {
                    Got::Ref(got) => {
                        let name = self.new_name("tag");
                        self.line(&format!("{};", self.variable(&Type::Scalar(of.tag), &name)));
                        self.line(&format!("READ({c}_tag(g, {got}, &{name}));"));
                        name
                    }
                    Got::Plain(got) => format!("{got}.tag"),
                    _ => panic!("no tagged"),
                };
                self.check(&format!("{name} == {c}_{tag}"), tag);
                if let (Some(want), Some((_, ty))) = (value, &of.cases.named(tag).unwrap().payload) {
                    let payload = match got {
                        Got::Ref(got) => self.fetch(&format!("{c}_as_{tag}"), ty, got, "READ"),
                        Got::Plain(got) => Got::Plain(format!("{got}.as.{}", member(tag))),
                        _ => panic!("no tagged"),
                    };
                    self.compare(ty, &payload, want);
                }
            }
            (_, want) => panic!("{ty} is compared with {want:?}"),
        }
    }

    /// Reads a member by its function.
    fn fetch(&mut self, by: &str, ty: &Type, at: &str, with: &str) -> Got {
        let name = self.new_name("member");
        let (declared, got) = match ty {
            Type::Str { .. } | Type::CStr { .. } => (format!("lm_text {name} = NO_TEXT"), Got::Text(name.clone())),
            ty if self.is_value(ty) => {
                let zero = if matches!(self.decl(ty), Some(Decl::Sig(_))) { "{0}" } else { "0" };
                (format!("{} = {zero}", self.variable(ty, &name)), Got::Value(name.clone()))
            }
            _ => (format!("lm_ref {name} = lm_none()"), Got::Ref(name.clone())),
        };
        self.line(&format!("{declared};"));
        self.line(&format!("{with}({by}(g, {at}, &{name}));"));
        got
    }

    // Paths.

    /// Goes along the parts of a path but the last, and tells where that leads.
    fn walk(&mut self, path: &Path, parts: &[Part]) -> String {
        let name = self.new_name("at");
        self.line(&format!("lm_ref {name} = {};", self.bound(path.name)));
        for part in parts {
            match part {
                // A reference leads to what the pointer does.
                Part::Follow(_) => {}
                Part::Field(of, field) => self.line(&format!("DO(guest_{of}_{field}(g, {name}, &{name}));")),
                Part::Payload(of, case) => self.line(&format!("DO(guest_{of}_as_{case}(g, {name}, &{name}));")),
                Part::Element(index) => self.line(&format!("DO(lm_element(g, {name}, {index}, &{name}));")),
            }
        }
        name
    }

    /// Reads what a path leads to.
    fn get(&mut self, path: &Path) -> Got {
        let Some((last, parts)) = path.parts.split_last() else {
            let bound = self.bound(path.name);
            return if self.is_value(&path.ty) { Got::Value(bound) } else { Got::Ref(bound) };
        };
        let at = self.walk(path, parts);
        match last {
            Part::Field(of, field) => self.fetch(&format!("guest_{of}_{field}"), &path.ty, &at, "DO"),
            Part::Payload(of, case) => self.fetch(&format!("guest_{of}_as_{case}"), &path.ty, &at, "DO"),
            Part::Element(index) => {
                self.line(&format!("DO(lm_element(g, {at}, {index}, &{at}));"));
                Got::Ref(at)
            }
            Part::Follow(_) => Got::Ref(at),
        }
    }

    fn set(&mut self, path: &Path, to: &Value) {
        let Some((last, parts)) = path.parts.split_last() else {
            let bound = self.bound(path.name);
            let Type::Pointer { to: ty, .. } = &path.ty else { panic!("no place to write to") };
            return self.set_at(ty, &bound, to);
        };
        let at = self.walk(path, parts);
        match last {
            Part::Field(of, field) => {
                let given = self.give(&path.ty, to);
                self.line(&format!("DO(guest_{of}_set_{field}(g, {at}, {given}));"));
            }
            Part::Element(index) if matches!(path.ty, Type::Str { .. } | Type::CStr { .. }) => {
                let given = self.give(&path.ty, to);
                self.line(&format!("DO(lm_set_text(g, {at}, {index}, {given}));"));
            }
            Part::Element(index) => {
                self.line(&format!("DO(lm_element(g, {at}, {index}, &{at}));"));
                self.set_at(&path.ty, &at, to);
            }
            _ => panic!("no case writes a payload"),
        }
    }

    fn set_at(&mut self, ty: &Type, at: &str, to: &Value) {
        let set = match ty {
            Type::Scalar(of) => format!("lm_set_{}", of.name()),
            ty => format!("{}_set", self.given(ty).0),
        };
        let given = self.give(ty, to);
        self.line(&format!("DO({set}(g, {at}, {given}));"));
    }

    // Steps.

    fn steps(&mut self, steps: &[Step], wrong: &mut Vec<(String, String, bool)>) {
        for step in steps {
            let outer = std::mem::take(&mut self.code);
            let misfits = step_misfits(self.module, &self.case.names, step);
            let refused = matches!(step.fails, Some(Fails::Refused | Fails::Trap))
                && misfits.iter().any(|wrong| is_the_compilers(self.module, wrong));
            if refused {
                let unnamed = misfits.iter().any(|(misfit, _)| *misfit == Misfit::NoCase);
                match &step.act {
                    // It is not the call that is wrong, but what a host function returns.
                    Act::Call(call) if matches!(step.fails, Some(Fails::Trap)) => {
                        for (ty, value) in call.hosts.iter().flat_map(|host| host.returned(self.module)) {
                            let (variable, value) = (self.variable(&ty, "result"), self.literal(&ty, value));
                            self.line(&format!("{variable} = {value}; (void)result;"));
                        }
                    }
                    act => drop(self.act(act, step.fails.as_ref())),
                }
                wrong.push((step.place.clone(), std::mem::replace(&mut self.code, outer), unnamed));
                continue;
            }
            if matches!(step.fails, Some(Fails::Refused)) && !misfits.is_empty() && misfits.iter().all(is_nobodys) {
                self.left_out += 1;
                self.code = outer;
                continue;
            }
            let is_mute = matches!(&step.act, Act::Call(call) if self.is_mute(call));
            self.line(&format!("const step at = begin_step({}, {is_mute});", quoted(&step.place)));
            self.line("lm_status status = LM_OK;");
            let frees = self.act(&step.act, step.fails.as_ref());
            self.code += &frees;
            let (outcome, status) = match &step.fails {
                None => ("SUCCEEDS", 0),
                Some(Fails::Trap) => ("TRAPS", 0),
                Some(Fails::Refused) => ("IS_REFUSED", 0),
                Some(Fails::Named(_, status) | Fails::Status(status)) => ("HAS_STATUS", *status),
            };
            let status = if status == i32::MIN { "INT32_MIN".into() } else { status.to_string() };
            self.line(&format!("READ(ends(&at, status, {outcome}, {status}));"));
            let step = std::mem::replace(&mut self.code, outer);
            self.code += &format!("    {{\n{step}    }}\n");
        }
    }

    /// Prints what a step does, and returns what frees what was made for it.
    fn act(&mut self, act: &Act, fails: Option<&Fails>) -> String {
        match act {
            Act::Call(call) => return self.call(call, fails),
            Act::New { ty, from, name } => {
                let to = match name {
                    Some(name) => self.bound(*name),
                    None => {
                        let name = self.new_name("made");
                        self.line(&format!("lm_ref {name} = lm_none();"));
                        name
                    }
                };
                self.make(ty, from, &to);
                if name.is_none() {
                    return format!("        ALWAYS(free_ours({to}));\n");
                }
            }
            Act::Get { path, is, name } => {
                let got = self.get(path);
                if let (Some(_), Got::Ref(got)) = (fails, &got) {
                    self.line(&format!("DO(read_all({got}, true));"));
                }
                if let Some(is) = is {
                    self.if_ok(|printer| printer.compare(&path.ty, &got, is));
                }
                if let Some(name) = name {
                    let (Got::Value(got) | Got::Text(got) | Got::Ref(got) | Got::Plain(got)) = got;
                    self.if_ok(|printer| printer.line(&format!("{} = {got};", printer.bound(*name))));
                }
            }
            Act::Set { path, to } => self.set(path, to),
            Act::Length { path, is } => {
                let Got::Ref(got) = self.get(path) else { panic!("no elements") };
                let len = self.new_name("len");
                self.line(&format!("uint32_t {len} = 0;"));
                self.line(&format!("DO(lm_len(g, {got}, &{len}));"));
                self.if_ok(|printer| printer.check(&format!("{len} == {is}"), &is.to_string()));
            }
            Act::Free { name } => self.line(&format!("DO(lm_free(g, {}));", self.bound(*name))),
            Act::Const { name, ty, is } => {
                let got = match ty {
                    Type::Str { .. } => Got::Text(format!("TEXT(guest_{name})")),
                    _ => Got::Value(format!("guest_{name}")),
                };
                self.compare(ty, &got, is);
            }
        }
        String::new()
    }

    fn call(&mut self, call: &Call, fails: Option<&Fails>) -> String {
        let refused = matches!(fails, Some(Fails::Refused));
        let (mut args, mut frees) = (Vec::new(), String::new());
        let mut lent: Vec<Option<Got>> = Vec::new();
        // Slices that are named lie in the guest, and null is no array.
        let is_placed =
            |ty: &Type, value: &Value| matches!((ty, value), (Type::Slice { .. }, Value::Use(_) | Value::Null));
        let placed = call.params.iter().zip(&call.args).any(|(param, value)| is_placed(&param.ty, value));
        let is_drop = matches!(call.callee, Callee::Drop(_));
        for (index, value) in call.args.iter().enumerate() {
            let Some(param) = call.params.get(index) else {
                args.push(self.literal(&Type::Status, value));
                continue;
            };
            let written = call.wrote.iter().any(|(at, _)| *at == index);
            let ty = &param.ty;
            let is_ref = matches!(ty, Type::Pointer { .. })
                || matches!(ty, Type::Slice { .. }) && (placed || is_drop)
                || matches!(ty, Type::Str { owned: true } | Type::CStr { owned: true, .. }) && is_drop;
            let got = match (ty, value) {
                (_, Value::Use(path)) => {
                    args.push(self.literal(ty, value));
                    Some(Got::Ref(self.bound(path.name)))
                }
                (_, Value::Null) if is_ref => {
                    args.push("lm_none()".into());
                    None
                }
                (Type::Str { .. } | Type::CStr { .. }, value) if is_ref => {
                    panic!("no case drops text by itself: {value:?}")
                }
                (Type::Str { .. }, value) if placed && self.module.owns(ty) => {
                    // Beside elements that lie in the guest, text that is handed over does as well.
                    args.push(self.literal(ty, value));
                    None
                }
                (ty, value) if is_ref => {
                    let name = self.new_name("made");
                    self.line(&format!("lm_ref {name} = lm_none();"));
                    self.make(ty, value, &name);
                    frees += &format!("        ALWAYS(free_ours({name}));\n");
                    args.push(name.clone());
                    Some(Got::Ref(name))
                }
                (Type::Slice { of, access }, value) => {
                    let (from, len) = self.elements(of, value, written || *access == Access::Write);
                    args.push(format!("{from}, {len}"));
                    (from != "NULL").then_some(Got::Plain(from))
                }
                (ty, value) => {
                    args.push(self.literal(ty, value));
                    None
                }
            };
            lent.push(got);
        }
        let mut came = Vec::new();
        for result in &call.results {
            let name = self.new_name("came");
            let (declared, got) = match &result.ty {
                ty if self.is_value(ty) => {
                    let zero = if matches!(self.decl(ty), Some(Decl::Sig(_))) { "{0}" } else { "0" };
                    (format!("{} = {zero}", self.variable(ty, &name)), Got::Value(name.clone()))
                }
                ty if result.out && self.is_plain(ty) => (self.variable(ty, &name), Got::Plain(name.clone())),
                _ => (format!("lm_ref {name} = lm_none()"), Got::Ref(name.clone())),
            };
            self.line(&format!("{declared};"));
            let is_array = matches!((&result.ty, &got), (Type::Array { .. }, Got::Plain(_)));
            args.push(if is_array { name } else { format!("&{name}") });
            came.push(got);
        }
        let suffix = if placed { "_at" } else { "" };
        let function = match &call.callee {
            Callee::Function(name) => format!("guest_{name}{suffix}(g"),
            Callee::Drop(name) => format!("guest_{name}(g"),
            Callee::Index(sig, name) => format!("guest_{sig}_call{suffix}(g, {}", self.bound(*name)),
        };
        let args: String = args.iter().map(|arg| format!(", {arg}")).collect();
        let hosts: Vec<String> = call.hosts.iter().map(|host| host.id.to_string()).collect();
        if !hosts.is_empty() {
            let name = self.new_name("hosts");
            self.line(&format!("static const int {name}[] = {{{}}};", hosts.join(", ")));
            self.line(&format!("hosts = {name};"));
            self.line(&format!("host_count = {};", hosts.len()));
        }
        for host in &call.hosts {
            self.host(host);
        }
        // What is to be refused by the host is not left to the guest.
        let is_told = refused && call.signature.result.as_ref().is_some_and(|ty| self.module.is_status(ty));
        if is_told {
            self.line("told = 0;");
        }
        self.line(&format!("DO({function}{args}));"));
        if is_told {
            self.check("told == 0", "a refusal of the host's");
        }
        if !hosts.is_empty() {
            self.line("if (failed) {\n            return LM_TRAPPED;\n        }");
        }
        if let ([result], [got]) = (&call.results[..], &came[..]) {
            self.expect_something(call, &result.ty, got);
        }
        self.finish_call(call, fails.is_some(), &came, &lent, &mut frees);
        frees
    }

    /// Whether a call is of a function, guest's or host's, that cannot say that there is no memory, and so traps.
    fn is_mute(&self, call: &Call) -> bool {
        let no_status = |host: &Host| !host.signature.result.as_ref().is_some_and(|ty| self.module.is_status(ty));
        matches!(call.signature.result, Some(Type::Pointer { access: Access::Own, null: false, .. }))
            || call.hosts.iter().any(no_status)
    }

    /// A null is how a function says that there is no memory whose result may be null, and no is how `grow` does.
    fn expect_something(&mut self, call: &Call, ty: &Type, got: &Got) {
        let wanted = call.is.as_ref().map(|is| &is[0]);
        match got {
            Got::Ref(got) if call.name.is_some() || wanted.is_some_and(|is| !matches!(is, Value::Null)) => {
                self.line(&format!("DO(something(!lm_is_none({got})));"));
            }
            Got::Value(got) if matches!((ty, wanted), (Type::Scalar(Scalar::Bool), Some(Value::Bool(true)))) => {
                self.line(&format!("DO(something({got}));"));
            }
            _ => {}
        }
    }

    /// What is printed is done if nothing failed before it.
    fn if_ok(&mut self, print: impl FnOnce(&mut Self)) {
        self.line("if (status == LM_OK) {");
        print(self);
        self.line("}");
    }

    /// Compares and names what came.
    fn finish_call(&mut self, call: &Call, fails: bool, came: &[Got], lent: &[Option<Got>], frees: &mut String) {
        for (index, (result, got)) in call.results.iter().zip(came).enumerate() {
            if let (true, Got::Ref(got)) = (fails, got) {
                self.line(&format!("DO(read_all({got}, true));"));
            }
            if let Some(is) = &call.is {
                self.if_ok(|printer| printer.compare(&result.ty, got, &is[index]));
            }
            match (got, call.name.filter(|_| index == 0)) {
                (Got::Plain(got), Some(name)) => {
                    let (maker, bound) = (self.maker(&result.ty, false), self.bound(name));
                    self.line(&format!("DO({maker}(g, &{got}, &{bound}));"));
                }
                (Got::Value(got) | Got::Ref(got) | Got::Text(got), Some(name)) => {
                    self.if_ok(|printer| printer.line(&format!("{} = {got};", printer.bound(name))));
                }
                (Got::Ref(got), None) => *frees += &format!("        ALWAYS(free_ours({got}));\n"),
                _ => {}
            }
        }
        for (index, want) in &call.wrote {
            match &lent[*index] {
                Some(got) => self.if_ok(|printer| printer.compare(&call.params[*index].ty, got, want)),
                None => assert!(matches!(want, Value::List(values) if values.is_empty()), "nothing was lent"),
            }
        }
    }

    /// The body of a call of a host function.
    fn host(&mut self, host: &Host) {
        let outer = std::mem::take(&mut self.code);
        for (param, want, name) in &host.args {
            let c = member(&param.name);
            let is_text = matches!(param.ty, Type::Str { owned: false } | Type::CStr { owned: false, .. });
            let got = match &param.ty {
                _ if is_text => Got::Text(c.clone()),
                ty if self.is_value(ty) => Got::Value(c.clone()),
                _ => Got::Ref(c.clone()),
            };
            self.compare(&param.ty, &got, want);
            if let Some(name) = name {
                self.line(&format!("{} = {};", self.bound(*name), c));
            } else if self.module.owns(&param.ty) {
                self.line(&format!("READ(free_ours({c}));"));
            }
        }
        if !host.steps.is_empty() {
            // The steps expect calls of their own.
            self.line("const int *const outer = hosts;");
            self.line("const int outer_count = host_count;");
            self.line("host_count = 0;");
            let mut wrong = Vec::new();
            self.steps(&host.steps, &mut wrong);
            assert!(wrong.is_empty(), "no host function does what the compiler refuses");
            self.line("hosts = outer;");
            self.line("host_count = outer_count;");
        }
        match &host.ends {
            Ends::Returns(values) => {
                let results = crate::steps::results(self.module, &host.signature);
                let outs: Vec<&str> =
                    host.signature.params.iter().filter(|param| param.out).map(|param| &*param.name).collect();
                let names: Vec<&str> = if outs.len() < results.len() { [vec!["result"], outs].concat() } else { outs };
                for ((result, value), name) in results.iter().zip(values).zip(names) {
                    match &result.ty {
                        Type::Pointer { .. } if !matches!(value, Value::Use(_) | Value::Null) => {
                            self.make(&result.ty, value, &format!("(*{name})"));
                        }
                        ty if is_aggregate(self.module, ty) => {
                            let (literal, given) = (self.literal(ty, value), self.given(ty).0);
                            self.line(&format!("*{name} = ({given}){literal};"));
                        }
                        ty => {
                            let literal = self.literal(ty, value);
                            self.line(&format!("*{name} = {literal};"));
                        }
                    }
                }
                self.line("return status;");
            }
            Ends::Status(status) => self.line(&format!("return {status};")),
            Ends::Error => self.line("return LM_TRAPPED;"),
        }
        let body = std::mem::replace(&mut self.code, outer);
        *self.hosts.entry(host.import.clone()).or_default() += &format!("    case {}: {{\n{body}    }}\n", host.id);
    }
}
