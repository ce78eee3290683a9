//! Declared types: views of what lies in the guest, and values of the host.

use super::super::Names;
use super::super::typed::own;
use super::{METHODS, RESERVED, Writer, bytes, camel, javadoc, local, quoted};
use crate::text::doc;
use linmem_host::{Case, Decl, Enum, Field, Layout, Scalar, Struct, Tagged, Type};
use std::fmt::Write as _;

/// Members of all views.
const MEMBERS: &str = "close copy set tag make";

impl Writer<'_> {
    pub fn decl(&self, name: &str, decl: &Decl) -> String {
        let java = &self.types[name];
        let docs = format!("\n{}", self.docs("    ", name));
        match decl {
            Decl::Struct(of) => docs + &self.structure(name, of),
            Decl::Union(of) => docs + &self.union(name, of),
            Decl::Tagged(of) => docs + &self.tagged(name, of),
            Decl::Enum(of) => docs + &self.enumeration(name, of),
            Decl::Sig(of) => format!(
                "{docs}    public static final class {java} extends Lm.Sig {{\n        private {java}(Lm.Index index) {{\n            \
                 super(index);\n        }}\n{}    }}\n",
                self.function(
                    "call",
                    name,
                    of,
                    &format!("new Lm.Call(lmIndex.core, {}, lmIndex.function)", quoted(name)),
                    "        "
                )
            ),
            Decl::Opaque => format!(
                "{docs}    public static final class {java} extends View {{\n        private {java}(Lm.Held held) {{\n            \
                 super(held);\n        }}\n    }}\n"
            ),
        }
    }

    fn docs(&self, indent: &str, subject: &str) -> String {
        let text = doc(self.module, subject);
        let text = if text.is_empty() { format!("`{subject}` of the module.") } else { text.to_owned() };
        javadoc(indent, &text, &[])
    }

    /// The codec of a declared type.
    pub fn named(&self, name: &str, null: bool, text: &str) -> String {
        let java = &self.types[name];
        match self.decl_of(name) {
            Decl::Struct(of) | Decl::Union(of) => self.place(name, of.layout, of.owns, text),
            Decl::Tagged(of) => self.place(name, of.layout, of.owns, text),
            Decl::Enum(of) => self.scalar(java, of.int, text),
            Decl::Sig(of) => {
                let (params, result) = self.module.wasm(of);
                format!(
                    "new Lm.SigOf<>({text}, {null}, {}, {}, {java}::new)",
                    bytes(&params),
                    bytes(&result.into_iter().collect::<Vec<_>>()),
                )
            }
            Decl::Opaque => String::new(),
        }
    }

    /// The codec of a Java enum.
    fn scalar(&self, java: &str, int: Scalar, text: &str) -> String {
        format!(
            "new Lm.Scalar<>({text}, {}, false, a -> {java}.lmOf({}), v -> v.lmValue & {})",
            int.size(),
            narrowed(int),
            mask(int)
        )
    }

    fn place(&self, name: &str, layout: Layout, owns: bool, text: &str) -> String {
        let java = &self.types[name];
        let drop = if owns { format!("{java}::lmDrop") } else { "null".into() };
        format!(
            "new Lm.PlaceOf<>({text}, {}L, {}, {java}::new, {java}::copy, {java}::lmPut, {drop})",
            layout.size, layout.align
        )
    }

    /// The start of a view's class: what makes a new one, and lets a view of one be passed.
    fn view(&self, name: &str) -> String {
        let (java, value, class) = (&self.types[name], self.value(name), &self.class);
        let this = Type::Named { name: name.into(), null: false };
        let owner = own(&this);
        format!(
            "    public static final class {java} extends View implements Pointer<{value}> {{\n        private {java}(Lm.Held held) \
             {{\n            super(held);\n        }}\n\n        /** Makes one in the guest's memory, which the host owns. */\n        \
             public static {java} make({class} module, {value} value) {{\n            return {}.fresh(module.lm, new \
             Var<>(value));\n        }}\n\n        /** Writes all of it. */\n        public void set({value} value) {{\n            \
             {}.write(lmPlace, value);\n        }}\n\n        @Override\n        public Pointee<{value}> lmPointee() {{\n            \
             return new Pointee<>(this, {}, null);\n        }}\n",
            self.codec(&owner),
            self.codec(&this),
            quoted(name),
        )
    }

    /// What reads and writes a field of a view.
    fn accessors(&self, of: &str, member: &Member, field: &Field) -> String {
        let codec = self.codec(&field.ty);
        let (out, put) = (self.out(&field.ty), self.put(&field.ty));
        let Member { get, set } = member;
        let text = doc(self.module, &format!("{of}.{}", field.name));
        let text = format!("Reads `{}: {}`.\n\n{text}", field.name, field.ty);
        format!(
            "\n{}        public {} {get}() {{\n            return {codec}.read(lmAt({}L));\n        }}\n\n        /** Writes \
             `{}`. */\n        public void {set}({} value) {{\n            {codec}.write(lmAt({}L), value);\n        }}\n",
            javadoc("        ", &text, &[]),
            self.plain(&field.ty, &out),
            field.offset,
            field.name,
            self.plain(&field.ty, &put),
            field.offset,
        )
    }

    fn structure(&self, name: &str, of: &Struct) -> String {
        let (java, value) = (&self.types[name], self.value(name));
        let members = members(&of.fields);
        let mut code = self.view(name);
        let (mut components, mut copies, mut puts, mut drops) = (Vec::new(), Vec::new(), String::new(), String::new());
        for (field, member) in of.fields.iter().zip(&members) {
            let codec = self.codec(&field.ty);
            let get = &member.get;
            components.push(format!("{} {get}", self.plain(&field.ty, &self.put(&field.ty))));
            copies.push(format!("{codec}.again({get}())"));
            puts += &format!(
                "            Lm.part({}, {codec}, lmK, lmTo, lmAt + {}, lmV.{get}());\n",
                quoted(&format!("{name}.{}", field.name)),
                field.offset
            );
            if self.module.owns(&field.ty) {
                drops += &format!("            {codec}.drop(lmP.at({}L));\n", field.offset);
            }
            code += &self.accessors(name, member, field);
        }
        code += &format!(
            "\n        /** Copies all fields. What they lead to is not copied. */\n        public {value} copy() {{\n            return \
             new {value}(\n                {});\n        }}\n\n        private static void lmPut(Lm.Making lmK, byte[] lmTo, int lmAt, \
             {value} lmV) {{\n{puts}        }}\n{}    }}\n",
            copies.join(",\n                "),
            dropper(of.owns, &drops),
        );
        code + &format!(
            "\n    /** What a {{@link {java}}} is made of. */\n    public record {value}({}) implements Pointer<{value}> {{\n        \
             @Override\n        public Pointee<{value}> lmPointee() {{\n            return new Pointee<>(null, \"\", new \
             Var<>(this));\n        }}\n    }}\n",
            components.join(", ")
        )
    }

    /// The value of a union or tagged, which is one of several types.
    fn sum(&self, name: &str, cases: &[(String, String)], what: &str) -> String {
        let (java, value) = (&self.types[name], self.value(name));
        let permitted: Vec<&str> = cases.iter().map(|case| case.0.as_str()).collect();
        let mut code = format!(
            "\n    /** What a {{@link {java}}} is made of: {what}. */\n    public sealed interface {value} extends Pointer<{value}> \
             permits {} {{\n        /** For these bindings. */\n        void lmPut(Lm.Making k, byte[] to, int at);\n\n        @Override\n        \
             default Pointee<{value}> lmPointee() {{\n            return new Pointee<>(null, \"\", new Var<>(this));\n        }}\n    }}\n",
            permitted.join(", ")
        );
        for (_, text) in cases {
            code += text;
        }
        code
    }

    /// One type of a value, and what it writes.
    fn case(&self, name: &str, case: &str, component: &str, docs: &str, body: &str) -> (String, String) {
        let value = self.value(name);
        let text = format!(
            "\n{docs}    public record {case}({component}) implements {value} {{\n        @Override\n        public void lmPut(Lm.Making \
             k, byte[] to, int at) {{\n{body}        }}\n    }}\n"
        );
        (case.to_owned(), text)
    }

    fn union(&self, name: &str, of: &Struct) -> String {
        let (value, raw) = (self.value(name), self.helper(name, "Raw"));
        let mut code = self.view(name);
        let mut cases = Vec::new();
        for (field, member) in of.fields.iter().zip(&members(&of.fields)) {
            let case = self.member(name, &field.name);
            let docs = javadoc("    ", &format!("Writes `{}: {}`.", field.name, field.ty), &[]);
            let component = format!("{} value", self.plain(&field.ty, &self.put(&field.ty)));
            let body = format!("            {}.put(k, to, at, value);\n", self.codec(&field.ty));
            cases.push(self.case(name, &case, &component, &docs, &body));
            code += &self.accessors(name, member, field);
        }
        let Layout { size, align } = of.layout;
        let body = format!(
            "            if (value.length != {size}) {{\n                throw new RefusedException(\"it is {size} bytes\");\n            \
             }}\n            System.arraycopy(value, 0, to, at, {size});\n"
        );
        cases.push(self.case(name, &raw, "byte[] value", "    /** The bytes as they lie in memory. */\n", &body));
        code += &format!(
            "\n        /** Copies the bytes, as a {{@link {raw}}}. */\n        public {value} copy() {{\n            lmPlace.alive();\n            \
             return new {raw}(lmPlace.core.content(lmPlace.addr, 1, {size}, {align}));\n        }}\n\n        private static void \
             lmPut(Lm.Making k, byte[] to, int at, {value} value) {{\n            value.lmPut(k, to, at);\n        }}\n    }}\n"
        );
        code + &self.sum(name, &cases, "one of its fields, or its bytes")
    }

    fn tagged(&self, name: &str, of: &Tagged) -> String {
        let (value, tag) = (self.value(name), self.helper(name, "Tag"));
        let mut names = Names::new(&format!("{MEMBERS} {METHODS} {RESERVED}"));
        let mut constants = Names::new(RESERVED);
        let mut code = self.view(name);
        let (mut cases, mut listed, mut copies, mut drops) = (Vec::new(), Vec::new(), String::new(), String::new());
        for Case { name: case, value: number, payload } in of.cases.iter() {
            let constant = constants.claim(&super::guarded(case));
            let record = self.member(name, case);
            listed.push(format!("{constant}({}L)", *number as i64));
            let text = doc(self.module, &format!("{name}.{case}"));
            let store = format!("            Lm.store(to, at, {}, {}L);\n", of.tag.size(), *number as i64);
            let Some((offset, payload)) = payload else {
                let docs = javadoc("    ", &format!("The case `{case}`, which holds nothing.\n\n{text}"), &[]);
                cases.push(self.case(name, &record, "", &docs, &store));
                copies += &format!("                case {constant} -> new {record}();\n");
                continue;
            };
            let codec = self.codec(payload);
            let docs = javadoc("    ", &format!("The case `{case}: {payload}`.\n\n{text}"), &[]);
            let component = format!("{} value", self.plain(payload, &self.put(payload)));
            let put = format!("{store}            {codec}.put(k, to, at + {offset}, value);\n");
            cases.push(self.case(name, &record, &component, &docs, &put));
            let get = local(&mut names, case);
            write!(
                code,
                "\n        /** Reads what is held, if the case is {{@code {case}}}. */\n        public {} {get}() {{\n            if (tag() != \
                 {tag}.{constant}) {{\n                throw new RefusedException(\"it is another case\");\n            }}\n            return \
                 {codec}.read(lmAt({offset}L));\n        }}\n",
                self.plain(payload, &self.out(payload)),
            )
            .unwrap();
            copies += &format!("                case {constant} -> new {record}({codec}.again({get}()));\n");
            if self.module.owns(payload) {
                drops += &format!("                case {constant} -> {codec}.drop(lmP.at({offset}L));\n");
            }
        }
        code += &format!(
            "\n        private static final Lm.Codec<{tag}, {tag}> LM_TAG =\n            {};\n\n        /** Reads which case it is. */\n        \
             public {tag} tag() {{\n            return LM_TAG.read(lmPlace);\n        }}\n\n        /** Copies the case and what it holds. \
             What that leads to is not copied. */\n        public {value} copy() {{\n            return switch (tag()) {{\n{copies}            \
             }};\n        }}\n\n        private static void lmPut(Lm.Making k, byte[] to, int at, {value} value) {{\n            \
             value.lmPut(k, to, at);\n        }}\n{}    }}\n",
            self.scalar(&tag, of.tag, &quoted(&format!("{name}'s tag"))),
            dropper(
                of.owns,
                &format!(
                    "            switch (LM_TAG.read(lmP)) {{\n{drops}                default -> {{ }}\n            }}\n"
                )
            ),
        );
        code += &self.sum(name, &cases, "one of its cases");
        code + &format!("\n    /** Which case it is. */\n    public enum {tag} {{\n{}", lookup(&tag, &listed, ""))
    }

    fn enumeration(&self, name: &str, of: &Enum) -> String {
        let java = &self.types[name];
        let mut constants = Names::new(RESERVED);
        let mut listed = Vec::new();
        for case in of.cases.iter() {
            let constant = constants.claim(&super::guarded(&case.name));
            let docs = javadoc("        ", doc(self.module, &format!("{name}.{}", case.name)), &[]);
            let text = if of.status { format!(", {}", quoted(&case.name)) } else { String::new() };
            listed.push(format!("{}{constant}({}L{text})", docs.replacen("        ", "", 1), case.value as i64));
        }
        if !of.status {
            return format!("    public enum {java} {{\n{}", lookup(java, &listed, ""));
        }
        format!(
            "    public enum {java} implements Status {{\n        {};\n\n        private final int lmCode;\n        private final \
             String lmText;\n\n        {java}(long code, String text) {{\n            lmCode = (int) code;\n            lmText = \
             text;\n        }}\n\n        @Override\n        public int code() {{\n            return lmCode;\n        }}\n\n        \
             @Override\n        public String text() {{\n            return lmText;\n        }}\n    }}\n",
            listed.join(",\n        "),
        )
    }
}

/// The rest of a Java enum, whose cases are found by their values.
fn lookup(java: &str, listed: &[String], more: &str) -> String {
    format!(
        "        {};\n\n        private static final Map<Long, {java}> LM_VALUES = new HashMap<>();\n\n        static {{\n            for ({java} \
         one : values()) {{\n                LM_VALUES.put(one.lmValue, one);\n            }}\n        }}\n\n        private final long \
         lmValue;\n\n        {java}(long value) {{\n            lmValue = value;\n        }}\n{more}\n        /** The number; of 64 bits \
         without a sign, its bits. */\n        public long value() {{\n            return lmValue;\n        }}\n\n        private static \
         {java} lmOf(long value) {{\n            final {java} found = LM_VALUES.get(value);\n            if (found == null) {{\n                \
         throw Check.Invalid.because();\n            }}\n            return found;\n        }}\n    }}\n",
        listed.join(",\n        "),
    )
}

fn dropper(owns: bool, body: &str) -> String {
    if owns {
        format!("\n        private static void lmDrop(Lm.Place lmP) {{\n{body}        }}\n")
    } else {
        String::new()
    }
}

/// The value of an enum's integer, out of what it travels as.
fn narrowed(int: Scalar) -> &'static str {
    match int {
        Scalar::I8 => "(byte) a",
        Scalar::U8 => "a & 0xff",
        Scalar::I16 => "(short) a",
        Scalar::U16 => "a & 0xffff",
        Scalar::I32 => "(int) a",
        Scalar::U32 => "a & Lm.MASK",
        _ => "a",
    }
}

/// The bits of it that travel.
fn mask(int: Scalar) -> &'static str {
    if int.size() == 8 { "-1L" } else { "Lm.MASK" }
}

/// The accessors of a field.
struct Member {
    get: String,
    set: String,
}

fn members(fields: &[Field]) -> Vec<Member> {
    let mut names = Names::new(&format!("{MEMBERS} {METHODS} {RESERVED}"));
    let member = |field: &Field| {
        let mut name = camel(&field.name);
        loop {
            let get = super::guarded(&(name[..1].to_lowercase() + &name[1..]));
            if !names.has(&get) && !names.has(&format!("set{name}")) {
                return Member { get: names.claim(&get), set: names.claim(&format!("set{name}")) };
            }
            name.push('_');
        }
    };
    fields.iter().map(member).collect()
}
