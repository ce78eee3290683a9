//! The kit's cases as a program in a language: what the languages have in common. Steps are blocks that fail by an
//! exception, or what stands for one; the language says how each expression is written.

use crate::steps::{Act, Bound, Call, Callee, Case, Ends, Fails, Host, Misfit, Part, Path, Step, Value};
use crate::steps::{is_aggregate, step_misfits};
use linmem_host::{Access, Decl, Module, Param, Type};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// Who refuses what is wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Refuses {
    Compiler,
    Host,
    /// Nobody: it is written as what is right.
    None,
}

/// How a language writes things. An expression fails by itself, or is made to.
pub trait Language {
    fn module(&self) -> &Module;

    /// A variable of a named value.
    fn name(&self, index: usize, bound: &Bound) -> String {
        format!("v{index}{}", bound.name.replace('_', ""))
    }
    /// What a pointer leads to; not for a struct, union, tagged or opaque type, to which the pointer is the view.
    fn follow(&self, pointer: &str) -> String;
    fn field(&self, view: &str, of: &str, name: &str) -> String;
    fn element(&self, list: &str, index: &str) -> String;
    fn payload(&self, view: &str, of: &str, case: &str) -> String;
    fn tag(&self, view: &str) -> String;
    /// All that a tagged holds, copied.
    fn whole(&self, view: &str) -> String;
    fn tag_named(&self, of: &str, case: &str) -> String;
    fn length(&self, list: &str) -> String;
    /// The value of a pointer to text that may be none.
    fn text(&self, maybe: &str) -> String;
    /// A literal for a place of that type.
    fn literal(&self, ty: &Type, value: &Value, names: &[Bound]) -> String;
    fn constant(&self, name: &str) -> String;
    /// Makes an owner.
    fn make(&self, ty: &Type, from: &str) -> String;
    fn close(&self, owner: &str) -> String;
    fn set_field(&self, view: &str, of: &str, name: &str, value: &str) -> String;
    fn set_element(&self, list: &str, index: u32, value: &str) -> String;
    fn set_all(&self, view: &str, value: &str) -> String;
    /// What is called, with arguments; and a statement that keeps the results, with an expression for each.
    fn callee(&self, callee: &Callee, names: &[Bound]) -> String;
    fn call(&self, made: &str, call: &Call, id: usize) -> (String, Vec<String>);

    // Statements.
    fn statement(&self, expression: &str) -> String;
    fn let_(&self, name: &str, expression: &str) -> String;
    fn assign(&self, name: &str, expression: &str) -> String;
    fn equal(&self, place: &str, ty: &Type, got: &str, want: &str) -> String;
    fn equal_whole(&self, place: &str, got: &str, want: &str) -> String;
    fn bytes(&self, place: &str, list: &str, bytes: &[Option<u8>]) -> String;
    fn none(&self, place: &str, got: &str) -> String;
    fn loop_(&self, index: &str, count: &str, body: &[String]) -> Vec<String>;
    fn when_some(&self, value: &str, body: &[String]) -> Vec<String>;
    fn read(&self, expression: &str) -> String;
    fn step(&self, place: &str, fails: Option<&Fails>, hosts: &[Vec<String>], body: &[String]) -> Vec<String>;
    /// A host function as it is expected.
    fn host(&self, host: &Host, params: &[String], body: &[String], returns: &[String]) -> Vec<String>;
    /// A variable of the host for an argument that is written back, and the value of it.
    fn back(&self, ty: &Type, value: &Value, names: &[Bound]) -> (String, String);
    fn back_value(&self, name: &str, ty: &Type) -> String;
    /// Who tells what is wrong with a literal.
    fn refuses(&self, ty: &Type, misfit: Misfit) -> Refuses;
}

pub struct Printer<'a> {
    pub language: &'a dyn Language,
    ids: Cell<usize>,
    /// The cases with steps that the language cannot tell from what is right.
    pub left_out: RefCell<BTreeSet<String>>,
}

/// Steps that have to be refused by the compiler: the case, and the statement.
pub struct Refusal {
    pub case: usize,
    pub place: String,
    pub lines: Vec<String>,
    pub misfits: Vec<Misfit>,
}

/// What is printed of all cases.
pub struct Program {
    pub program: String,
    /// What the compiler has to refuse.
    pub refusals: String,
    /// The line that each begins and ends at.
    pub refused: Vec<(usize, usize, Refusal)>,
    pub left_out: BTreeSet<String>,
}

impl<'a> Printer<'a> {
    pub fn new(language: &'a dyn Language) -> Self {
        Self { language, ids: Cell::new(0), left_out: RefCell::default() }
    }

    fn temporary(&self) -> String {
        self.ids.set(self.ids.get() + 1);
        format!("t{}", self.ids.get())
    }

    /// The steps of a case, and those that are for the compiler.
    pub fn case(&self, index: usize, case: &Case) -> (Vec<String>, Vec<Refusal>) {
        let mut refusals = Vec::new();
        let lines = self.steps(index, case, &case.steps, &mut refusals);
        (lines, refusals)
    }

    fn steps(&self, index: usize, case: &Case, steps: &[Step], refusals: &mut Vec<Refusal>) -> Vec<String> {
        let mut lines = Vec::new();
        for step in steps {
            let wrong = step_misfits(self.language.module(), &case.names, step);
            let by = |who| wrong.iter().filter(move |(misfit, ty)| self.language.refuses(ty, *misfit) == who);
            let mut hosts = Vec::new();
            if let Act::Call(call) = &step.act {
                for host in &call.hosts {
                    hosts.push(self.host(index, case, host, refusals));
                }
            }
            let step_lines = self.language.step(&step.place, step.fails.as_ref(), &hosts, &self.act(case, step));
            let misfits: Vec<Misfit> = by(Refuses::Compiler).map(|wrong| wrong.0).collect();
            if !misfits.is_empty() {
                assert!(step.fails.is_some(), "{}, {}: {misfits:?}", case.name, step.place);
                refusals.push(Refusal { case: index, place: step.place.clone(), lines: step_lines, misfits });
            } else if by(Refuses::None).count() > 0 && by(Refuses::Host).count() == 0 {
                self.left_out.borrow_mut().insert(case.name.clone());
            } else {
                lines.extend(step_lines);
            }
        }
        lines
    }

    fn act(&self, case: &Case, step: &Step) -> Vec<String> {
        let language = self.language;
        let place = &step.place;
        let fails = step.fails.is_some();
        let mut lines = Vec::new();
        match &step.act {
            Act::Call(call) => self.call(case, place, call, fails, &mut lines),
            Act::New { ty, from, name } => {
                let made = language.make(ty, &language.literal(ty, from, &case.names));
                match name {
                    Some(name) => lines.push(language.assign(&language.name(*name, &case.names[*name]), &made)),
                    None => {
                        let owner = self.temporary();
                        lines.push(language.let_(&owner, &made));
                        lines.push(language.statement(&language.close(&owner)));
                    }
                }
            }
            Act::Get { path, is, name } => {
                let value = self.temporary();
                lines.push(language.let_(&value, &self.path(case, path)));
                if let Some(is) = is {
                    self.compare(case, place, &path.ty, &value, is, &mut lines);
                } else if fails {
                    self.read_all(&path.ty, &value, 0, &mut lines);
                } else {
                    lines.push(language.read(&value));
                }
                if let Some(name) = name {
                    lines.push(language.assign(&language.name(*name, &case.names[*name]), &value));
                }
            }
            Act::Set { path, to } => {
                let mut of = path.ty.clone();
                // A whole value is what its pointer leads to.
                if let (Type::Pointer { to, .. }, true) = (&path.ty, path.parts.is_empty()) {
                    of = (**to).clone();
                }
                let value = language.literal(&of, to, &case.names);
                let set = match path.parts.split_last() {
                    Some((Part::Field(owner, name), parts)) => {
                        language.set_field(&self.walk(case, path.name, parts), owner, name, &value)
                    }
                    Some((Part::Element(index), parts)) => {
                        language.set_element(&self.walk(case, path.name, parts), *index, &value)
                    }
                    _ => language.set_all(&self.walk(case, path.name, &path.parts), &value),
                };
                lines.push(language.statement(&set));
            }
            Act::Length { path, is } => {
                let mut list = self.path(case, path);
                if let Type::Pointer { .. } = path.ty {
                    list = language.follow(&list);
                }
                lines.push(language.equal_whole(place, &language.length(&list), &is.to_string()));
            }
            Act::Free { name } => {
                lines.push(language.statement(&language.close(&language.name(*name, &case.names[*name]))));
            }
            Act::Const { name, ty, is } => {
                lines.push(language.equal(place, ty, &language.constant(name), &language.literal(ty, is, &case.names)));
            }
        }
        lines
    }

    fn path(&self, case: &Case, path: &Path) -> String {
        self.walk(case, path.name, &path.parts)
    }

    fn walk(&self, case: &Case, name: usize, parts: &[Part]) -> String {
        self.walk_from(self.language.name(name, &case.names[name]), parts)
    }

    fn walk_from(&self, start: String, parts: &[Part]) -> String {
        parts.iter().fold(start, |at, part| match part {
            Part::Follow(ty) => self.follow(ty, &at),
            Part::Field(of, name) => self.language.field(&at, of, name),
            Part::Element(index) => self.language.element(&at, &index.to_string()),
            Part::Payload(of, case) => self.language.payload(&at, of, case),
        })
    }

    /// A path, where the case is not at hand.
    pub fn walk_names(&self, names: &[Bound], path: &Path) -> String {
        self.walk_from(self.language.name(path.name, &names[path.name]), &path.parts)
    }

    fn follow(&self, to: &Type, pointer: &str) -> String {
        let view = matches!(to, Type::Named { name, .. } if !matches!(self.language.module().types()[name], Decl::Enum(_) | Decl::Sig(_)));
        if view { pointer.to_owned() } else { self.language.follow(pointer) }
    }

    fn call(&self, case: &Case, place: &str, call: &Call, fails: bool, lines: &mut Vec<String>) {
        let language = self.language;
        let mut args = Vec::new();
        let mut wrote = Vec::new();
        for (index, value) in call.args.iter().enumerate() {
            let ty = call.params.get(index).map_or(Type::Status, |param| param.ty.clone());
            let back = call.wrote.iter().find(|wrote| wrote.0 == index);
            if let Some((_, want)) = back {
                let name = self.temporary();
                let (made, arg) = language.back(&ty, value, &case.names);
                lines.push(language.let_(&name, &made));
                args.push(arg.replace("NAME", &name));
                let want = language.back(&ty, want, &case.names).0;
                let all = language.back_value(&name, &ty);
                wrote.push(language.equal_whole(place, &all, &language.back_value(&want, &ty)));
            } else {
                args.push(language.literal(&ty, value, &case.names));
            }
        }
        let made = format!("{}({})", language.callee(&call.callee, &case.names), args.join(", "));
        self.ids.set(self.ids.get() + 1);
        let (statement, results) = language.call(&made, call, self.ids.get());
        lines.push(statement);
        for (index, (came, value)) in call.results.iter().zip(&results).enumerate() {
            if let Some(is) = &call.is {
                self.compare(case, place, &came.named, value, &is[index], lines);
            } else if fails {
                self.read_all(&came.named, value, 0, lines);
            } else {
                lines.push(language.read(value));
            }
            match call.name {
                Some(name) if index == 0 => {
                    lines.push(language.assign(&language.name(name, &case.names[name]), value));
                }
                _ => self.free(&came.named, value, lines),
            }
        }
        lines.extend(wrote);
    }

    /// Frees what came and nobody named. Text was copied.
    fn free(&self, ty: &Type, value: &str, lines: &mut Vec<String>) {
        if let Type::Pointer { access: Access::Own, .. } | Type::Slice { access: Access::Own, .. } = ty {
            let close = self.language.statement(&self.language.close(value));
            lines.extend(self.language.when_some(value, &[close]));
        }
    }

    fn host(&self, index: usize, case: &Case, host: &Host, refusals: &mut Vec<Refusal>) -> Vec<String> {
        let language = self.language;
        let (mut params, mut body, mut frees) = (Vec::new(), Vec::new(), Vec::new());
        let place = format!("{}/{}", host.import.0, host.import.1);
        for (param, want, name) in &host.args {
            let Param { ty, .. } = param;
            let arg = self.temporary();
            self.compare(case, &format!("{place}, {}", param.name), ty, &arg, want, &mut body);
            match name {
                Some(name) => frees.push(language.assign(&language.name(*name, &case.names[*name]), &arg)),
                None => self.free(ty, &arg, &mut frees),
            }
            params.push(arg);
        }
        body.extend(frees);
        body.extend(self.steps(index, case, &host.steps, refusals));
        let returns = match &host.ends {
            Ends::Returns(values) => {
                let results = crate::steps::results(language.module(), &host.signature);
                results.iter().zip(values).map(|(came, value)| language.literal(&came.ty, value, &case.names)).collect()
            }
            _ => Vec::new(),
        };
        language.host(host, &params, &body, &returns)
    }

    fn compare(&self, case: &Case, place: &str, ty: &Type, got: &str, want: &Value, lines: &mut Vec<String>) {
        let language = self.language;
        match (ty, want) {
            (_, Value::Any) => lines.push(language.read(got)),
            (_, Value::Null) => lines.push(language.none(place, got)),
            (_, Value::Use(_)) => {
                lines.push(language.equal_whole(place, got, &language.literal(ty, want, &case.names)))
            }
            (Type::Pointer { to, .. }, want) => {
                let value = self.temporary();
                lines.push(language.let_(&value, &self.follow(to, got)));
                self.compare(case, place, to, &value, want, lines);
            }
            (Type::Slice { .. } | Type::Array { .. } | Type::Buffer { .. }, Value::Bytes(bytes)) => {
                lines.push(language.bytes(place, got, bytes));
            }
            (Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of }, Value::List(values)) => {
                lines.push(language.equal_whole(place, &language.length(got), &values.len().to_string()));
                for (index, want) in values.iter().enumerate() {
                    let value = self.temporary();
                    lines.push(language.let_(&value, &language.element(got, &index.to_string())));
                    self.compare(case, &format!("{place} [{index}]"), of, &value, want, lines);
                }
            }
            (Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of }, Value::Repeat(want, count)) => {
                lines.push(language.equal_whole(place, &language.length(got), &count.to_string()));
                let (index, value) = (self.temporary(), self.temporary());
                let mut body = vec![language.let_(&value, &language.element(got, &index))];
                self.compare(case, place, of, &value, want, &mut body);
                lines.extend(language.loop_(&index, &count.to_string(), &body));
            }
            (Type::Named { name, .. }, Value::Fields(fields)) => {
                let (Decl::Struct(of) | Decl::Union(of)) = &language.module().types()[name] else {
                    panic!("no struct")
                };
                for (field, want) in fields {
                    let ty = &of.fields.iter().find(|of| of.name == *field).expect("the case names a field").ty;
                    let value = self.temporary();
                    lines.push(language.let_(&value, &language.field(got, name, field)));
                    self.compare(case, &format!("{place} .{field}"), ty, &value, want, lines);
                }
            }
            (Type::Named { name, .. }, Value::Tagged(tag, payload)) => {
                lines.push(language.equal_whole(place, &language.tag(got), &language.tag_named(name, tag)));
                let Decl::Tagged(of) = &language.module().types()[name] else { panic!("no tagged") };
                if let (Some(want), Some((_, ty))) = (payload, &of.cases.named(tag).expect("a case").payload) {
                    let value = self.temporary();
                    lines.push(language.let_(&value, &language.payload(got, name, tag)));
                    self.compare(case, place, ty, &value, want, lines);
                }
            }
            (Type::CStr { null: true, .. }, want) => {
                let plain = Type::CStr { owned: false, null: false };
                let want = language.literal(&plain, want, &case.names);
                lines.push(language.equal(place, &plain, &language.text(got), &want));
            }
            (ty, want) => lines.push(language.equal(place, ty, got, &language.literal(ty, want, &case.names))),
        }
    }

    /// Reads all of a value but what is behind its pointers.
    fn read_all(&self, ty: &Type, got: &str, depth: usize, lines: &mut Vec<String>) {
        let language = self.language;
        match ty {
            Type::Pointer { to, .. } if depth == 0 => {
                let mut body = Vec::new();
                let value = self.temporary();
                body.push(language.let_(&value, &self.follow(to, got)));
                self.read_all(to, &value, 1, &mut body);
                lines.extend(language.when_some(got, &body));
            }
            Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of } if depth < 4 => {
                let (index, value) = (self.temporary(), self.temporary());
                let mut body = vec![language.let_(&value, &language.element(got, &index))];
                self.read_all(of, &value, depth + 1, &mut body);
                lines.extend(language.loop_(&index, &language.length(got), &body));
            }
            Type::Named { name, .. } => match &language.module().types()[name] {
                Decl::Struct(of) | Decl::Union(of) => {
                    for field in &of.fields {
                        let value = self.temporary();
                        lines.push(language.let_(&value, &language.field(got, name, &field.name)));
                        self.read_all(&field.ty, &value, depth + 1, lines);
                    }
                    lines.push(language.read(got));
                }
                Decl::Tagged(_) => {
                    lines.push(language.read(&language.tag(got)));
                    lines.push(language.read(&language.whole(got)));
                }
                _ => lines.push(language.read(got)),
            },
            _ => lines.push(language.read(got)),
        }
    }
}

/// Whether a value of the type lies where its pointer leads to, and the binding has a view for it.
pub fn is_place(module: &Module, ty: &Type) -> bool {
    is_aggregate(module, ty) && matches!(ty, Type::Named { .. })
}

/// What a language cannot tell from what is right stands in the list of known failures, and nothing else does.
pub fn expect_left_out(language: &str, left_out: &BTreeSet<String>) {
    let known = std::fs::read(crate::here().join("../../tests/kit/known_failures.json")).unwrap();
    let known: serde_json::Value = serde_json::from_slice(&known).unwrap();
    let known: BTreeSet<String> = known[language].as_object().unwrap().keys().cloned().collect();
    assert_eq!(*left_out, known);
}

/// Holds what a compiler said against what it has to refuse: an error where each refusal stands, and nowhere else. A name that
/// is missing is the reason for nothing but a case that there is not.
pub fn expect_refusals(said: &str, file: &str, cases: &[Case], refused: &[(usize, usize, Refusal)], missing: &str) {
    let errors: Vec<(usize, &str)> = said
        .lines()
        .filter_map(|line| {
            let (_, rest) = line.split_once(file)?;
            let (number, message) = rest.split_once(':')?;
            Some((number.parse().ok()?, message))
        })
        .collect();
    assert!(!refused.is_empty() && !errors.is_empty(), "{said}");
    for (first, last, refusal) in refused {
        let place = format!("{}, {}", cases[refusal.case].name, refusal.place);
        let here: Vec<_> = errors.iter().filter(|error| (first..=last).contains(&&error.0)).collect();
        assert!(!here.is_empty(), "{place} compiles: {:#?}", refusal.lines);
        let unknown = here.iter().find(|error| error.1.contains(missing));
        assert!(
            unknown.is_none()
                || refusal.misfits.iter().any(|misfit| matches!(misfit, Misfit::NoCase | Misfit::Several)),
            "{place}: {here:?}"
        );
    }
    let other: Vec<_> =
        errors.iter().filter(|error| !refused.iter().any(|of| (of.0..=of.1).contains(&error.0))).collect();
    assert!(other.is_empty(), "{other:?}");
}
