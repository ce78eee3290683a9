//! Declared types: views of what lies in the guest, and values of the host.

use super::super::Names;
use super::super::typed::own;
use super::{Writer, bytes, camel, comment, primitive, quoted};
use crate::text::doc;
use linmem_host::{Case, Decl, Enum, Field, Struct, Tagged, Type};
use std::fmt::Write as _;

/// Members of all views.
const MEMBERS: &str = "Close Copy Set Tag";

impl Writer<'_> {
    pub fn decl(&self, name: &str, decl: &Decl) -> String {
        let go = &self.types[name];
        let docs = self.documented(go, name);
        match decl {
            Decl::Struct(of) => docs + &self.structure(name, of),
            Decl::Union(of) => docs + &self.union(name, of),
            Decl::Tagged(of) => docs + &self.tagged(name, of),
            Decl::Enum(of) => docs + &self.enumeration(name, of),
            Decl::Sig(_) => {
                format!(
                    "{docs}type {go} struct{{ function }}\n\nfunc (f *{go}) lmFunction() *function {{\n\tif f == nil {{\n\t\t\
                     return nil\n\t}}\n\treturn &f.function\n}}\n"
                )
            }
            Decl::Opaque => format!("{docs}type {go} struct{{ view }}\n"),
        }
    }

    fn documented(&self, go: &str, subject: &str) -> String {
        let text = doc(self.module, subject);
        let kind = format!("\n// {go} is `{subject}` of the module.\n");
        if text.is_empty() { kind } else { format!("{kind}//\n{}", comment("", text)) }
    }

    /// The variable of a declared type.
    pub fn named(&self, name: &str, null: bool, text: &str) -> String {
        let go = &self.types[name];
        match self.decl_of(name) {
            Decl::Struct(of) | Decl::Union(of) => self.place(name, of.layout.size, of.layout.align, of.owns, text),
            Decl::Tagged(of) => self.place(name, of.layout.size, of.layout.align, of.owns, text),
            Decl::Enum(of) => format!("enumOf({text}, {}, {go}.valid)", of.int.size()),
            Decl::Sig(of) => {
                let (params, result) = self.module.wasm(of);
                format!(
                    "sigOf({text}, {null}, {}, {}, func(f function) *{go} {{ return &{go}{{f}} }}, (*{go}).lmFunction)",
                    bytes(&params),
                    bytes(&result.into_iter().collect::<Vec<_>>()),
                )
            }
            Decl::Opaque => String::new(),
        }
    }

    fn place(&self, name: &str, size: u32, align: u32, owns: bool, text: &str) -> String {
        let go = &self.types[name];
        let drop = if owns { format!("lmDrop{go}") } else { "nil".into() };
        format!(
            "placeOf({text}, {size}, {align}, func(v view) *{go} {{ return &{go}{{v}} }}, (*{go}).Copy, lmPut{go}, {drop})"
        )
    }

    /// What makes a new one, and lets a view of one be passed.
    fn maker(&self, name: &str) -> String {
        let (go, value) = (&self.types[name], self.value(name));
        let plain = Type::Named { name: name.into(), null: false };
        let owner = own(&plain);
        let new = self.claim(&format!("New{}", go.trim_end_matches('_')));
        format!(
            "\n// {new} makes one in the guest's memory, which the host owns.\nfunc {new}(m *Module, value {value}) (*{go}, error) \
             {{\n\treturn lmNew[*{go}, Pointer[{value}]](m, &{}, {}, &Var[{value}]{{value}})\n}}\n\n// Set writes all of it.\nfunc (v *{go}) \
             Set(value {value}) error {{\n\treturn lmSet(v.place, &{}, value)\n}}\n\nfunc (v *{go}) pointee() pointee[{value}] \
             {{\n\tif v == nil {{\n\t\treturn pointee[{value}]{{}}\n\t}}\n\treturn pointee[{value}]{{at: &v.view}}\n}}\n",
            self.codec(&owner),
            self.layout(&plain).0,
            self.codec(&plain),
        )
    }

    /// What reads and writes a field of a view.
    fn accessors(&self, of: &str, member: &Member, field: &Field) -> String {
        let (go, codec) = (&self.types[of], self.codec(&field.ty));
        let docs = comment("", doc(self.module, &format!("{of}.{}", field.name)));
        let docs = if docs.is_empty() { docs } else { format!("//\n{docs}") };
        let Member { get, set } = member;
        format!(
            "\n// {get} reads `{}: {}`.\n{docs}func (v *{go}) {get}() ({}, error) {{\n\treturn lmLoad(v.at({}), &{codec})\n}}\n\n\
             // {set} writes `{}`.\nfunc (v *{go}) {set}(value {}) error {{\n\treturn lmSet(v.at({}), &{codec}, value)\n}}\n",
            field.name,
            field.ty,
            self.out(&field.ty),
            field.offset,
            field.name,
            self.put(&field.ty),
            field.offset,
        )
    }

    fn structure(&self, name: &str, of: &Struct) -> String {
        let (go, value) = (&self.types[name], self.value(name));
        let members = members(&of.fields);
        let mut code =
            format!("type {go} struct{{ view }}\n\n// {value} is what a [{go}] is made of.\ntype {value} struct {{\n");
        let (mut accessors, mut copy, mut put, mut drop) = Default::default();
        let code_of = |text: &mut String, part: String| *text += &part;
        for (field, member) in of.fields.iter().zip(&members) {
            let codec = self.codec(&field.ty);
            let (size, _) = self.layout(&field.ty);
            let path = quoted(&format!("{name}.{}", field.name));
            code_of(
                &mut code,
                format!("\t// {}: {}\n\t{} {}\n", field.name, field.ty, member.get, self.put(&field.ty)),
            );
            code_of(&mut accessors, self.accessors(name, member, field));
            code_of(
                &mut copy,
                format!(
                    "\tif value.{}, err = lmCopy(v.at({}), &{codec}); err != nil {{\n\t\treturn value, err\n\t}}\n",
                    member.get, field.offset
                ),
            );
            code_of(
                &mut put,
                format!(
                    "\tif err := {codec}.put(k, to[{}:{}], value.{}); err != nil {{\n\t\treturn within({path}, err)\n\t}}\n",
                    field.offset,
                    field.offset + size,
                    member.get
                ),
            );
            if self.module.owns(&field.ty) {
                code_of(&mut drop, dropped(&codec, field.offset, "\t"));
            }
        }
        code += &format!(
            "}}\n\nfunc (value *{value}) pointee() pointee[{value}] {{\n\treturn pointee[{value}]{{host: value}}\n}}\n{}{accessors}\
             \n// Copy copies all fields. What they lead to is not copied.\nfunc (v *{go}) Copy() (value {value}, err error) \
             {{\n{copy}\treturn value, nil\n}}\n\nfunc lmPut{go}(k *making, to []byte, value {value}) error {{\n{put}\treturn nil\n}}\n",
            self.maker(name)
        );
        code + &self.dropper(go, of.owns, &drop)
    }

    fn dropper(&self, go: &str, owns: bool, body: &str) -> String {
        if owns { format!("\nfunc lmDrop{go}(at place) error {{\n{body}\treturn nil\n}}\n") } else { String::new() }
    }

    /// The start of a union or tagged: its value is one of several types.
    fn sum(&self, name: &str, what: &str) -> String {
        let (go, value) = (&self.types[name], self.value(name));
        format!(
            "type {go} struct{{ view }}\n\n// {value} is what a [{go}] is made of: {what}.\ntype {value} interface {{\n\t\
             lmPut{go}(k *making, to []byte) error\n}}\n\nfunc lmPut{go}(k *making, to []byte, value {value}) error {{\n\tif value == \
             nil {{\n\t\treturn Null\n\t}}\n\treturn value.lmPut{go}(k, to)\n}}\n{}",
            self.maker(name)
        )
    }

    /// One type of a value, and what it writes.
    fn case(&self, name: &str, case: &str, declared: &str, docs: &str, body: &str) -> String {
        let (go, value) = (&self.types[name], self.value(name));
        format!(
            "\n{docs}type {case} {declared}\n\nfunc (value {case}) pointee() pointee[{value}] {{\n\tvar host {value} = \
             value\n\treturn pointee[{value}]{{host: &host}}\n}}\n\nfunc (value {case}) lmPut{go}(k *making, to []byte) error \
             {{\n{body}}}\n"
        )
    }

    fn union(&self, name: &str, of: &Struct) -> String {
        let (go, value, raw) = (&self.types[name], self.value(name), self.helper(name, "Raw"));
        let members = members(&of.fields);
        let mut code = self.sum(name, "one of its fields, or its bytes");
        for (field, member) in of.fields.iter().zip(&members) {
            let case = self.member(name, &field.name);
            let codec = self.codec(&field.ty);
            let size = self.layout(&field.ty).0;
            let docs = format!("// {case} writes `{}: {}`.\n", field.name, field.ty);
            let body = format!("\treturn {codec}.put(k, to[:{size}], value.V)\n");
            code += &self.case(name, &case, &format!("struct{{ V {} }}", self.put(&field.ty)), &docs, &body);
            code += &self.accessors(name, member, field);
        }
        let size = of.layout.size;
        let body = format!(
            "\tif len(value) != {size} {{\n\t\treturn refuse(\"{raw} is {size} bytes\")\n\t}}\n\tcopy(to, value)\n\treturn nil\n"
        );
        code += &self.case(name, &raw, "[]byte", &format!("// {raw} is the bytes as they lie in memory.\n"), &body);
        code + &format!(
            "\n// Copy copies the bytes, as a {raw}.\nfunc (v *{go}) Copy() ({value}, error) {{\n\tb, err := v.bytes({size}, \
             {})\n\treturn append({raw}{{}}, b...), err\n}}\n",
            of.layout.align
        )
    }

    fn tagged(&self, name: &str, of: &Tagged) -> String {
        let (go, value, tag) = (&self.types[name], self.value(name), self.helper(name, "Tag"));
        let int = primitive(of.tag);
        let mut names = Names::new(MEMBERS);
        let mut code = self.sum(name, "one of its cases");
        let (mut consts, mut copy, mut drop) = (String::new(), String::new(), String::new());
        let mut valid = Vec::new();
        for Case { name: case, value: number, payload } in of.cases.iter() {
            let constant = self.claim(&format!("{tag}{}", camel(case)));
            let ty = self.member(name, case);
            writeln!(consts, "\n// {constant} is the tag of a [{ty}].\nconst {constant} {tag} = {number}").unwrap();
            valid.push(constant.clone());
            let docs = comment("", doc(self.module, &format!("{name}.{case}")));
            let docs = if docs.is_empty() { docs } else { format!("//\n{docs}") };
            let store = format!("\tstore(to[:{}], 1, uint64({}), 0)\n", of.tag.size(), unsigned(*number));
            writeln!(copy, "\tcase {constant}:").unwrap();
            let Some((offset, payload)) = payload else {
                let docs = format!("// {ty} is the case `{case}`, which holds nothing.\n{docs}");
                code += &self.case(name, &ty, "struct{}", &docs, &format!("{store}\treturn nil\n"));
                writeln!(copy, "\t\treturn {ty}{{}}, nil").unwrap();
                continue;
            };
            let codec = self.codec(payload);
            let size = self.layout(payload).0;
            let docs = format!("// {ty} is the case `{case}: {payload}`.\n{docs}");
            let put = format!("{store}\treturn {codec}.put(k, to[{offset}:{}], value.V)\n", offset + size);
            code += &self.case(name, &ty, &format!("struct{{ V {} }}", self.put(payload)), &docs, &put);
            let get = names.claim(&camel(case));
            writeln!(
                code,
                "\n// {get} reads what is held, if the case is `{case}`.\nfunc (v *{go}) {get}() (value {}, err error) {{\n\tif tag, \
                 err := v.Tag(); err != nil || tag != {constant} {{\n\t\treturn value, other(err)\n\t}}\n\treturn lmLoad(v.at({offset}), \
                 &{codec})\n}}",
                self.out(payload)
            )
            .unwrap();
            writeln!(copy, "\t\tvalue, err := lmCopy(v.at({offset}), &{codec})\n\t\treturn {ty}{{value}}, err")
                .unwrap();
            if self.module.owns(payload) {
                drop += &format!("\tcase {constant}:\n{}", dropped(&codec, *offset, "\t\t"));
            }
        }
        code += &format!("\n// {tag} says which case a [{go}] is.\ntype {tag} {int}\n{consts}");
        let codec = format!("lmTag{go}");
        code += &format!(
            "\nvar {codec} = enumOf({}, {}, func(tag {tag}) bool {{\n\tswitch tag {{\n\tcase {}:\n\t\treturn true\n\t}}\n\treturn false\n}})\n\n// Tag reads \
             which case it is.\nfunc (v *{go}) Tag() ({tag}, error) {{\n\treturn lmLoad(v.place, &{codec})\n}}\n\n// Copy copies the \
             case and what it holds. What that leads to is not copied.\nfunc (v *{go}) Copy() ({value}, error) {{\n\ttag, err := \
             v.Tag()\n\tif err != nil {{\n\t\treturn nil, err\n\t}}\n\tswitch tag {{\n{copy}\t}}\n\treturn nil, Invalid\n}}\n",
            quoted(&format!("{name}'s tag")),
            of.tag.size(),
            valid.join(", "),
        );
        let body = format!(
            "\ttag, err := lmLoad(at, &{codec})\n\tif err != nil {{\n\t\treturn err\n\t}}\n\tswitch tag {{\n{drop}\t}}\n"
        );
        code + &self.dropper(go, of.owns, &body)
    }

    fn enumeration(&self, name: &str, of: &Enum) -> String {
        let go = &self.types[name];
        let mut code = format!("type {go} {}\n", primitive(of.int));
        let (mut valid, mut names) = (Vec::new(), String::new());
        for case in of.cases.iter() {
            let constant = self.member(name, &case.name);
            let docs = comment("", doc(self.module, &format!("{name}.{}", case.name)));
            let docs = if docs.is_empty() { docs } else { format!("//\n{docs}") };
            code += &format!("\n// {constant} is `{}`.\n{docs}const {constant} {go} = {}\n", case.name, case.value);
            names += &format!("\tcase {constant}:\n\t\treturn {}\n", quoted(&case.name));
            valid.push(constant);
        }
        if of.status {
            return code
                + &format!(
                    "\n// Error is the name of the case, or the number.\nfunc (v {go}) Error() string {{\n\tswitch v \
                     {{\n{names}\t}}\n\treturn Status(v).Error()\n}}\n\n// Code is the number.\nfunc (v {go}) Code() int32 {{\n\treturn \
                     int32(v)\n}}\n\nfunc lmStatus{go}(code int32) error {{\n\tif code >= 0 && code < 16 {{\n\t\treturn \
                     Status(code)\n\t}}\n\treturn {go}(code)\n}}\n"
                );
        }
        code + &format!(
            "\n// String is the name of the case, or the number.\nfunc (v {go}) String() string {{\n\tswitch v {{\n{names}\t}}\n\treturn \
             fmt.Sprintf({}, {}(v))\n}}\n\nfunc (v {go}) valid() bool {{\n\tswitch v {{\n\tcase {}:\n\t\treturn true\n\t}}\n\treturn \
             false\n}}\n",
            quoted(&format!("{name}(%d)")),
            primitive(of.int),
            valid.join(", "),
        )
    }
}

/// The accessors of a field.
struct Member {
    get: String,
    set: String,
}

fn members(fields: &[Field]) -> Vec<Member> {
    let mut names = Names::new(MEMBERS);
    let member = |field: &Field| {
        let mut name = camel(&field.name);
        while names.has(&name) || names.has(&format!("Set{name}")) {
            name.push('_');
        }
        Member { get: names.claim(&name), set: names.claim(&format!("Set{name}")) }
    };
    fields.iter().map(member).collect()
}

fn dropped(codec: &str, offset: u32, indent: &str) -> String {
    format!("{indent}if err := {codec}.drop(at.at({offset})); err != nil {{\n{indent}\treturn err\n{indent}}}\n")
}

/// The bits of a tag, as a constant that fits.
fn unsigned(value: i128) -> u64 {
    value as u64
}
