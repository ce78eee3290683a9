//! Java: views, values and functions over the few methods of any engine.

mod functions;
mod literals;
mod types;

use super::camel::{camel, lower_camel};
use super::typed::{Codecs, is_opaque, is_place, own};
use super::{Names, records};
use crate::text::doc;
use linmem_host::{Access, Const, Decl, Layout, Literal, Module, Scalar, Type, Wasm};
use literals::{boxed, primitive, quoted};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What does not depend on the module.
const PRELUDE: &str = include_str!("java/prelude.java");

/// Keywords, and what the methods use.
const RESERVED: &str = "abstract assert boolean break byte case catch char class const continue default do double else enum extends \
    final finally float for goto if implements import instanceof int interface long native new package private protected public \
    return short static strictfp super switch synchronized this throw throws transient try void volatile while true false null \
    _ var yield record sealed permits";
/// Methods that every object has.
const METHODS: &str = "clone equals finalize getClass hashCode notify notifyAll toString wait";
/// Types that are seen everywhere, and those of the prelude.
const TAKEN: &str = "Engine Function HostFunction Status Check AbiException RefusedException TrapException View Pointer Pointee Var Ref \
    Run Slice Elements Imports Lm Of String Object Integer Long Short Byte Float Double Boolean Character Number Math System Override \
    Record Enum Iterable Error Exception RuntimeException StackOverflowError IllegalStateException IllegalArgumentException \
    IndexOutOfBoundsException UnsupportedOperationException AutoCloseable Runnable FunctionalInterface SafeVarargs Class Void \
    ByteBuffer ByteOrder BufferUnderflowException CharBuffer CharacterCodingException StandardCharsets BigInteger List ArrayList Arrays \
    Collections Map HashMap Set HashSet Objects Supplier Consumer LongFunction ToLongFunction IntFunction \
    ByteArrayOutputStream Array";

/// The most bytes of a string in a class file.
const TEXT_MAX: usize = 60_000;
/// The most places that a method's parameters take, but for what is added to those declared.
const PARAMETERS_MAX: usize = 250;

struct Writer<'a> {
    module: &'a Module,
    /// The class around all.
    class: String,
    names: RefCell<Names>,
    /// What each declared type is called.
    types: BTreeMap<&'a str, String>,
    codecs: Codecs,
}

pub fn write(module: &Module, stem: &str) -> crate::Result<String> {
    let class = camel(stem);
    let mut taken = Names::new(&format!("{TAKEN} {class}"));
    let types = module.types().keys().map(|name| (name.as_str(), taken.claim(&camel(name)))).collect();
    let writer = Writer { module, class, names: RefCell::new(taken), types, codecs: Codecs::default() };
    writer.fits()?;
    Ok(writer.file(&stem.to_lowercase()))
}

impl Writer<'_> {
    /// What Java has no room for.
    fn fits(&self) -> crate::Result<()> {
        let slots =
            |types: &mut dyn Iterator<Item = &Type>| types.map(|ty| if wide(ty) { 2 } else { 1 }).sum::<usize>();
        let too_many = |what: &str, name: &str| {
            Err(format!(
                "{what} `{name}` has more members than Java's methods have parameters: no more than {PARAMETERS_MAX}, a long or double taken twice"
            ))
        };
        let sigs = self.module.types().iter().filter_map(|(name, decl)| match decl {
            Decl::Sig(of) => Some((name, of)),
            _ => None,
        });
        for (name, of) in
            self.module.fns().iter().chain(sigs).chain(self.module.imports().iter().map(|(key, of)| (&key.1, of)))
        {
            if slots(&mut of.params.iter().map(|param| &param.ty)) > PARAMETERS_MAX {
                return too_many("the function", name);
            }
        }
        for (name, decl) in self.module.types() {
            if let Decl::Struct(of) = decl
                && slots(&mut of.fields.iter().map(|field| &field.ty)) > PARAMETERS_MAX
            {
                return too_many("the struct", name);
            }
        }
        Ok(())
    }

    fn file(&self, package: &str) -> String {
        let class = &self.class;
        let members = self.members();
        format!(
            "// Written by `linmem bind --lang java` from a module's records; not to be edited.\n\npackage {package};\n\n\
             import java.io.ByteArrayOutputStream;\nimport java.lang.reflect.Array;\nimport java.math.BigInteger;\n\
             import java.nio.BufferUnderflowException;\nimport java.nio.ByteBuffer;\nimport java.nio.ByteOrder;\n\
             import java.nio.CharBuffer;\nimport java.nio.charset.CharacterCodingException;\n\
             import java.nio.charset.StandardCharsets;\nimport java.util.ArrayList;\nimport java.util.Arrays;\n\
             import java.util.Collections;\nimport java.util.HashMap;\nimport java.util.HashSet;\nimport java.util.List;\n\
             import java.util.Map;\nimport java.util.Objects;\nimport java.util.Set;\n\
             import java.util.function.Consumer;\nimport java.util.function.IntFunction;\n\
             import java.util.function.LongFunction;\nimport java.util.function.Supplier;\n\
             import java.util.function.ToLongFunction;\n\n\
             /**\n * The module, by its own functions, over any {{@link Engine}}. For Java 17 and later; in a file {class}.java.\n *\n \
             * <p>Make one with its imports; define {{@link #HOST_FUNCTIONS}} in the engine, each by {{@link #host}} with its number;\n \
             * instantiate the module, and {{@link #bind}} it. Every failure is an {{@link AbiException}}. An instance is for one \
             thread at a\n * time.\n */\npublic final class {class} {{\n    private final Lm.Core lm = new Lm.Core();\n    private final \
             Imports lmImports;\n\n    /** Is bound to no instance yet. */\n    public {class}(Imports imports) {{\n        lmImports = \
             imports;\n    }}\n\n    /**\n     * Connects it with an instance, and calls its {{@code _initialize}} if it has one.\n     \
             *\n     * @param module the bytes of the module or of its sidecar, whose records have to be those that this file was made \
             of;\n     *     null, where they are known to be the same\n     */\n    public void bind(Engine engine, byte[] module) {{\n        \
             if (lm.engine != null) {{\n            throw new RefusedException(\"bound before\");\n        }}\n        if (module != null) \
             {{\n            Lm.compareRecords(module);\n        }}\n        for (String name : Lm.EXPORTS) {{\n            if \
             (!engine.has(name)) {{\n                throw new RefusedException(\"the module has no function \" + name);\n            }}\n        \
             }}\n        lm.engine = engine;\n        if (engine.has(\"_initialize\")) {{\n            lm.call(\"_initialize\");\n        }}\n    \
             }}\n\n    /** What ended the instance, or null. */\n    public RuntimeException trapped() {{\n        return lm.trapped;\n    \
             }}\n{members}{}\n{}}}\n",
            PRELUDE.replace("TABLES\n", &self.tables()),
            self.codecs(),
        )
    }

    fn members(&self) -> String {
        let mut code = String::new();
        let mut fields = Names::new(&format!("{RESERVED} lm lmImports HOST_FUNCTIONS"));
        for (name, of) in self.module.consts() {
            let java = fields.claim(&guarded(name));
            code += &format!(
                "\n{}    public static final {};\n",
                javadoc("    ", doc(self.module, name), &[]),
                constant(&java, of)
            );
        }
        code += &self.functions();
        for (name, decl) in self.module.types() {
            code += &self.decl(name, decl);
        }
        code
    }

    /// A name of a type in the class.
    fn claim(&self, name: &str) -> String {
        self.names.borrow_mut().claim(name)
    }

    fn decl_of(&self, name: &str) -> &Decl {
        &self.module.types()[name]
    }

    /// The drop of an owned type, `?` aside, as a literal.
    fn drop_of(&self, ty: Type) -> String {
        self.module.drops().get(&ty).map_or("null".into(), |name| quoted(name))
    }

    /// What is read, as an object.
    fn out(&self, ty: &Type) -> String {
        match ty {
            Type::Scalar(scalar) => boxed(*scalar).into(),
            Type::Str { .. } | Type::CStr { .. } => "String".into(),
            Type::Named { name, .. } => self.types[name.as_str()].clone(),
            Type::Pointer { to, .. } if is_place(self.module, to) || is_opaque(self.module, to) => self.out(to),
            Type::Pointer { to, .. } => format!("Ref<{}, {}>", self.out(to), self.put(to)),
            Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of } => {
                format!("Elements<{}, {}>", self.out(of), self.put(of))
            }
            Type::Status => "Status".into(),
        }
    }

    /// What is written, as an object.
    fn put(&self, ty: &Type) -> String {
        match ty {
            Type::Named { name, .. } if is_place(self.module, ty) => self.value(name),
            Type::Pointer { to, .. } if !is_opaque(self.module, to) => format!("Pointer<{}>", self.put(to)),
            Type::Slice { of, .. } => format!("Run<{}>", self.put(of)),
            Type::Array { of, .. } | Type::Buffer { of } => format!("Slice<{}>", self.put(of)),
            other => self.out(other),
        }
    }

    /// The same for parameters, fields and results: a scalar is no object.
    fn plain(&self, ty: &Type, object: &str) -> String {
        if let Type::Scalar(scalar) = ty { primitive(*scalar).into() } else { object.into() }
    }

    fn value(&self, name: &str) -> String {
        self.helper(name, "Value")
    }

    /// A name made of a declared type's.
    fn helper(&self, name: &str, suffix: &str) -> String {
        self.named_for(&format!("{name} : {suffix}"), name, suffix)
    }

    /// A name made of a declared type's and a member's.
    fn member(&self, name: &str, member: &str) -> String {
        self.named_for(&format!("{name} {member}"), name, &camel(member))
    }

    fn named_for(&self, key: &str, name: &str, suffix: &str) -> String {
        self.codecs.name(key, || self.claim(&format!("{}{suffix}", self.types[name].trim_end_matches('_'))))
    }

    /// What says how a type is read and written.
    fn codec(&self, ty: &Type) -> String {
        if let Type::Scalar(scalar) = ty {
            return format!("Lm.{}", scalar.name().to_uppercase());
        }
        let text = ty.to_string();
        let (var, is_new) = self.codecs.variable(&text, &format!("lm{}", self.mangled(ty)));
        if is_new {
            let declared = format!("Lm.Codec<{}, {}>", self.out(ty), self.put(ty));
            self.codecs.define(&var, declared, self.init(ty, &quoted(&text)));
        }
        format!("Of.{var}")
    }

    fn init(&self, ty: &Type, text: &str) -> String {
        let of = |ty: &Type| format!("() -> {}", self.codec(ty));
        match ty {
            Type::Scalar(_) | Type::Status => String::new(),
            Type::Str { owned } => {
                format!("new Lm.Text({text}, {owned}, {})", self.drop_of(Type::Str { owned: true }))
            }
            Type::CStr { owned, null } => {
                let drop = self.drop_of(Type::CStr { owned: true, null: false });
                format!("new Lm.CText({text}, {owned}, {null}, {drop})")
            }
            Type::Named { name, null } => self.named(name, *null, text),
            Type::Pointer { to, access, null } => {
                let (drop, mark) = (self.drop_of(own(to)), mark(*access));
                if is_opaque(self.module, to) {
                    format!("new Lm.OpaqueTo<>({text}, {mark}, {null}, {drop}, {}::new)", self.out(to))
                } else if is_place(self.module, to) {
                    format!("new Lm.PointerTo<>({text}, {}, {mark}, {null}, {drop}, {}::new)", of(to), self.out(to))
                } else {
                    let wrap = format!("held -> new Ref<>(held, {})", self.codec(to));
                    format!(
                        "new Lm.PointerTo<{}, {}, {}>({text}, {}, {mark}, {null}, {drop}, {wrap})",
                        self.out(ty),
                        self.out(to),
                        self.put(to),
                        of(to)
                    )
                }
            }
            Type::Slice { of: element, access } => {
                let drop = self.drop_of(Type::Slice { of: element.clone(), access: Access::Own });
                format!("new Lm.SliceOf<>({text}, {}, {}, {drop})", of(element), mark(*access))
            }
            Type::Buffer { of: element } => format!("new Lm.BufferOf<>({text}, {})", of(element)),
            Type::Array { of: element, len } => {
                let Layout { size, align } = self.layout(ty);
                format!(
                    "new Lm.ArrayOf<>({text}, {}, {len}L, {size}L, {align}, {})",
                    of(element),
                    self.module.owns(element)
                )
            }
        }
    }

    fn layout(&self, ty: &Type) -> Layout {
        self.module.layout(ty).unwrap_or(Layout { size: 0, align: 1 })
    }

    /// A type as a part of a name.
    fn mangled(&self, ty: &Type) -> String {
        let maybe = |null: bool| if null { "MAYBE_" } else { "" };
        let own = |owned: bool| if owned { "OWN_" } else { "" };
        let access = |access| ["", "MUT_", "OWN_"][access as usize];
        match ty {
            Type::Scalar(scalar) => scalar.name().to_uppercase(),
            Type::Named { name, null } => format!("{}{}", maybe(*null), self.types[name.as_str()]),
            Type::Pointer { to, access: how, null } => {
                format!("{}{}PTR_{}", maybe(*null), access(*how), self.mangled(to))
            }
            Type::Slice { of, access: how } => format!("{}SLICE_{}", access(*how), self.mangled(of)),
            Type::Array { of, len } => format!("ARRAY{len}_{}", self.mangled(of)),
            Type::Buffer { of } => format!("BUFFER_{}", self.mangled(of)),
            Type::Str { owned } => format!("{}STR", own(*owned)),
            Type::CStr { owned, null } => format!("{}{}CSTR", maybe(*null), own(*owned)),
            Type::Status => "STATUS".into(),
        }
    }

    fn codecs(&self) -> String {
        let vars = self.codecs.lines(|var, ty, init| format!("        static final {ty} {var} = {init};\n"));
        format!("    private static final class Of {{\n        private Of() {{}}\n\n{vars}    }}\n")
    }

    /// What `bind` compares the module with, as members of `Lm`.
    fn tables(&self) -> String {
        let exports = ["alloc", "free", "realloc"].map(|role| self.module.role(role).to_owned()).into_iter();
        let exports = exports.chain(self.module.fns().keys().cloned()).chain(self.module.drops().values().cloned());
        let (records, statuses) = records(self.module);
        let statuses: Vec<String> = statuses.iter().map(|(name, case)| format!("{name} {case}")).collect();
        let table = |name: &str, lines: Vec<String>| {
            // A class file has no string that is longer.
            let (mut parts, mut part) = (Vec::new(), String::new());
            for line in lines {
                if part.len() + line.len() > TEXT_MAX {
                    parts.push(std::mem::take(&mut part));
                }
                part += &line;
                part.push('\n');
            }
            parts.push(part);
            let parts: Vec<String> = parts.iter().map(|part| format!("                {}", lines_of(part))).collect();
            format!("        private static final String[] {name} = lines(\n{});\n", parts.join(",\n"))
        };
        format!(
            "{}\n        // The records that this file was made of.\n{}\n        // Cases of statuses, of which there may be more.\n{}",
            table("EXPORTS", exports.collect()),
            table("RECORDS", records),
            table("STATUSES", statuses),
        )
    }
}

/// Lines as literals, one below the other.
fn lines_of(text: &str) -> String {
    let lines: Vec<String> = text.split_inclusive('\n').map(quoted).collect();
    if lines.is_empty() { "\"\"".into() } else { lines.join("\n                    + ") }
}

fn mark(access: Access) -> &'static str {
    ["' '", "'~'", "'^'"][access as usize]
}

/// `user_data` as `userData`.
fn local(names: &mut Names, name: &str) -> String {
    names.claim(&guarded(&lower_camel(name)))
}

/// What begins with `lm` is these bindings' own.
fn guarded(name: &str) -> String {
    if name.to_lowercase().starts_with("lm") { format!("{name}_") } else { name.to_owned() }
}

/// Whether a parameter of the type takes two places.
fn wide(ty: &Type) -> bool {
    matches!(ty, Type::Scalar(scalar) if matches!(primitive(*scalar), "long" | "double"))
}

/// Types of wasm values as the bytes of the binary format.
fn bytes(values: &[Wasm]) -> String {
    let byte = |wasm: &Wasm| ["0x7f", "0x7e", "0x7d", "0x7c"][*wasm as usize];
    format!("new byte[] {{{}}}", values.iter().map(byte).collect::<Vec<_>>().join(", "))
}

fn constant(name: &str, of: &Const) -> String {
    match (&of.value, &of.ty) {
        (Literal::Int(value), Type::Scalar(Scalar::Bool)) => format!("boolean {name} = {}", *value != 0),
        (Literal::Int(value), Type::Scalar(scalar)) => match primitive(*scalar) {
            "int" => format!("int {name} = {value}"),
            "long" => format!("long {name} = {value}L"),
            _ => format!("BigInteger {name} = new BigInteger(\"{value}\")"),
        },
        (Literal::Int(value), _) => format!("long {name} = {value}L"),
        (Literal::Bits(bits), Type::Scalar(Scalar::F32)) => format!("float {name} = Float.intBitsToFloat({bits:#x})"),
        (Literal::Bits(bits), _) => format!("double {name} = Double.longBitsToDouble({bits:#x}L)"),
        (Literal::Text(text), _) => {
            // One that is too long is put together when it runs.
            let chars: Vec<char> = text.chars().collect();
            let parts: Vec<String> =
                chars.chunks(TEXT_MAX / 4).map(|part| quoted(&part.iter().collect::<String>())).collect();
            match &parts[..] {
                [] => format!("String {name} = \"\""),
                [one] => format!("String {name} = {one}"),
                several => format!("String {name} = String.join(\"\", {})", several.join(", ")),
            }
        }
    }
}

/// Docs as a comment: nothing of a text is markup, a tag, an escape or the comment's end.
fn javadoc(indent: &str, text: &str, params: &[(String, String)]) -> String {
    let escape = |text: &str| -> String {
        let char = |c: char| match c {
            '&' => "&amp;".into(),
            '<' => "&lt;".into(),
            '>' => "&gt;".into(),
            '@' => "&#64;".into(),
            '\\' => "&#92;".into(),
            '*' => "&#42;".into(),
            '{' => "&#123;".into(),
            '}' => "&#125;".into(),
            c => c.to_string(),
        };
        text.chars().filter(|c| !c.is_control() || *c == '\n').map(char).collect()
    };
    let mut lines: Vec<String> = Vec::new();
    for line in escape(text.trim()).lines() {
        // An empty line begins a paragraph.
        let begins = lines.last().is_some_and(String::is_empty) && !line.is_empty();
        lines.push(if begins { format!("<p>{}", line.trim()) } else { line.trim().to_owned() });
    }
    for (name, text) in params.iter().filter(|param| !param.1.is_empty()) {
        lines.push(format!("@param {name} {}", escape(text.trim()).replace('\n', " ")));
    }
    match &lines[..] {
        [] => String::new(),
        [line] => format!("{indent}/** {line} */\n"),
        lines => {
            let lines: String =
                lines.iter().map(|line| format!("{}\n", format!("{indent} * {line}").trim_end())).collect();
            format!("{indent}/**\n{lines}{indent} */\n")
        }
    }
}
