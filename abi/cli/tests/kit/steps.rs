//! The kit's cases, resolved against the records of its module: what a printer needs that writes them down as a program
//! in a language with static types.
//!
//! [`read`] turns `cases.json` into [`Case`]s. In them every name of a value is a [`Bound`] of its own, with one type:
//! a name that is given again is another one, and a printer makes a variable of each. Every [`Path`] says what each of
//! its parts goes through, the following of pointers included, and every [`Call`] has its parameters, results and host
//! functions in the order of the record. Literals stay as the case has them, wrong ones too: what is wrong with one,
//! for the type that it is given to, [`misfits`] tells, and a printer says there which of that its language's compiler
//! refuses, and which is left to the host.
//!
//! What a printer does, then:
//!
//! 1. a function for each case, over its variables ([`Case::names`]), with its steps in order;
//! 2. a function for each [`Host`], the calls of the guest that a step expects; they are numbered through all cases;
//! 3. for a value that is wanted, comparisons; a struct has the fields that are wanted, [`Value::Any`] is not compared;
//! 4. for [`Step::fails`], the check that the step does fail, and that the instance lives on, or does not;
//! 5. a program of the steps that the language's compiler has to refuse, to be compiled apart.

use linmem_host::{Access, Decl, Module, Param, Scalar, Signature, Type};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

pub struct Case {
    pub name: String,
    /// Whether it takes more memory than every machine has.
    pub needs: bool,
    pub steps: Vec<Step>,
    /// All that steps name, in the order of the case.
    pub names: Vec<Bound>,
}

impl Case {
    /// Whether the case ends in a trap, after which nothing is compared.
    pub fn traps(&self) -> bool {
        matches!(self.steps.last(), Some(Step { fails: Some(Fails::Trap), .. }))
    }
}

/// A named value.
pub struct Bound {
    pub name: String,
    pub ty: Type,
}

pub struct Step {
    /// Where it is, for messages: `step 3, {..}`.
    pub place: String,
    pub act: Act,
    pub fails: Option<Fails>,
}

pub enum Fails {
    Trap,
    /// By any error of the host's.
    Refused,
    /// By the status or check of that name and number.
    Named(String, i32),
    /// By a status that has no name.
    Status(i32),
}

pub enum Act {
    Call(Call),
    /// Makes an owner.
    New {
        ty: Type,
        from: Value,
        name: Option<usize>,
    },
    Get {
        path: Path,
        is: Option<Value>,
        name: Option<usize>,
    },
    Set {
        path: Path,
        to: Value,
    },
    Length {
        path: Path,
        is: u32,
    },
    Free {
        name: usize,
    },
    Const {
        name: String,
        ty: Type,
        is: Value,
    },
}

pub enum Callee {
    Function(String),
    /// The drop of a type.
    Drop(String),
    /// The function that a value leads to, and the name of its sig.
    Index(String, usize),
}

pub struct Call {
    pub callee: Callee,
    /// What is passed in. There may be more arguments than that, or less.
    pub params: Vec<Param>,
    pub args: Vec<Value>,
    /// The signature as it is recorded.
    pub signature: Signature,
    /// What comes: the result, and what is behind out pointers.
    pub results: Vec<Came>,
    /// What each result has to be.
    pub is: Option<Vec<Value>>,
    /// The name of the first result.
    pub name: Option<usize>,
    /// By the number of the parameter, what it is after the call.
    pub wrote: Vec<(usize, Value)>,
    /// The calls that the guest makes meanwhile.
    pub hosts: Vec<Host>,
}

/// A result of a call.
pub struct Came {
    /// The type in the record.
    pub ty: Type,
    /// Whether it comes behind an out pointer.
    pub out: bool,
    /// The type of the value that comes: an aggregate behind an out pointer is an owner.
    pub named: Type,
}

/// A call of a host function.
pub struct Host {
    /// Its number among all in the kit.
    pub id: usize,
    pub import: (String, String),
    pub signature: Signature,
    /// What each argument has to be, and its name.
    pub args: Vec<(Param, Value, Option<usize>)>,
    pub steps: Vec<Step>,
    pub ends: Ends,
}

impl Host {
    /// What it returns, with the types of that.
    pub fn returned(&self, module: &Module) -> Vec<(Type, &Value)> {
        match &self.ends {
            Ends::Returns(values) => {
                let types = results(module, &self.signature).into_iter().map(|came| came.ty);
                types.zip(values).collect()
            }
            _ => Vec::new(),
        }
    }
}

pub enum Ends {
    /// With a value for each result.
    Returns(Vec<Value>),
    Status(i32),
    /// With an error that is no status.
    Error,
}

/// A literal, as a case has it, whether it fits its type or not.
#[derive(Clone, Debug)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    /// Text, repeated.
    Text(String, usize),
    List(Vec<Self>),
    /// Equal elements.
    Repeat(Box<Self>, usize),
    /// A list of bytes, some of which are not compared.
    Bytes(Vec<Option<u8>>),
    /// The bytes of u32 numbers.
    Words(Vec<Self>),
    /// Fields by their names.
    Fields(Vec<(String, Self)>),
    /// The case of a tagged, and what it holds.
    Tagged(String, Option<Box<Self>>),
    /// The case of an enum.
    Case(String),
    Use(Path),
    /// What is not compared.
    Any,
}

/// A way from a named value.
#[derive(Clone, Debug)]
pub struct Path {
    /// Its number in [`Case::names`].
    pub name: usize,
    pub parts: Vec<Part>,
    /// The type where it ends.
    pub ty: Type,
}

#[derive(Clone, Debug)]
pub enum Part {
    /// To what a pointer leads to, which has this type.
    Follow(Type),
    /// To the field of the struct or union of that name.
    Field(String, String),
    Element(u32),
    /// To what the tagged of that name holds as that case.
    Payload(String, String),
}

/// What is wrong with a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// A number for text, text for a number, a list for a number.
    Kind,
    /// A bool for a number, or a number for a bool.
    Bool,
    /// No value, of a type that has none.
    Null,
    Fraction,
    /// A number that its type does not hold.
    Range,
    /// A number that its enum does not list.
    Unlisted,
    /// A case or field that there is not.
    NoCase,
    /// A field or payload that is left out; the type is the field's, or that of a union without any.
    Missing,
    /// More than one field of a union.
    Several,
    /// Text of not one code point, for a char.
    NoChar,
    /// A NUL in a cstr.
    Nul,
    /// Elements for an array of another length.
    Count,
    /// A named value of another type.
    Type,
    /// A borrowed value for an owned one, or one to read for one to write to.
    Right,
    /// Too many arguments, or too few.
    Arity,
}

/// The names of the status values from 1 on.
const CHECKS: [&str; 8] =
    ["Null", "Misaligned", "TooLong", "OutOfBounds", "NotUtf8", "InteriorNul", "OutOfMemory", "Invalid"];

/// All that is wrong with what a step gives.
pub fn step_misfits(module: &Module, names: &[Bound], step: &Step) -> Vec<Wrong> {
    match &step.act {
        Act::Call(call) => {
            let mut found = call_misfits(module, names, call);
            for host in &call.hosts {
                for (ty, value) in host.returned(module) {
                    misfit(module, names, &ty, value, &mut found);
                }
            }
            found
        }
        Act::New { ty, from, .. } => misfits(module, names, ty, from),
        Act::Set { path, to } => misfits(module, names, &path.ty, to),
        _ => Vec::new(),
    }
}

/// The cases of the kit.
///
/// # Panics
///
/// Where a case is none of this module: another test holds the file to the README.
pub fn read(module: &Module, cases: &Json) -> Vec<Case> {
    let mut hosts = 0;
    let read = |case: &Json| {
        let mut reader = Reader { module, names: Vec::new(), now: BTreeMap::new(), hosts: &mut hosts };
        let steps = reader.steps(&case["steps"], "");
        let name = text(&case["name"]).to_owned();
        Case { name, needs: !case["needs"].is_null(), steps, names: reader.names }
    };
    cases["cases"].as_array().unwrap().iter().map(read).collect()
}

/// Whether a value of the type is named by where it lies: a struct, union, tagged, array or buffer.
pub fn is_aggregate(module: &Module, ty: &Type) -> bool {
    match ty {
        Type::Array { .. } | Type::Buffer { .. } => true,
        Type::Named { name, .. } => matches!(module.types()[name], Decl::Struct(_) | Decl::Union(_) | Decl::Tagged(_)),
        _ => false,
    }
}

/// The results of a signature.
pub fn results(module: &Module, signature: &Signature) -> Vec<Came> {
    let result = signature.result.iter().filter(|ty| !module.is_status(ty)).map(|ty| (ty, false));
    let outs = signature.params.iter().filter(|param| param.out).map(|param| (&param.ty, true));
    let came = |(ty, out): (&Type, bool)| {
        let named = if out && is_aggregate(module, ty) { owner_of(ty) } else { ty.clone() };
        Came { ty: ty.clone(), out, named }
    };
    result.chain(outs).map(came).collect()
}

fn owner_of(ty: &Type) -> Type {
    Type::Pointer { to: Box::new(ty.clone()), access: Access::Own, null: false }
}

/// What is wrong with a literal, and the type that it is wrong for.
pub type Wrong = (Misfit, Type);

/// All that is wrong with a value of that type.
pub fn misfits(module: &Module, names: &[Bound], ty: &Type, value: &Value) -> Vec<Wrong> {
    let mut found = Vec::new();
    misfit(module, names, ty, value, &mut found);
    found
}

/// All that is wrong with the arguments of a call.
pub fn call_misfits(module: &Module, names: &[Bound], call: &Call) -> Vec<Wrong> {
    let mut found = Vec::new();
    if call.args.len() != call.params.len() {
        found.push((Misfit::Arity, Type::Status));
    }
    for (param, value) in call.params.iter().zip(&call.args) {
        misfit(module, names, &param.ty, value, &mut found);
    }
    found
}

fn misfit(module: &Module, names: &[Bound], ty: &Type, value: &Value, found: &mut Vec<Wrong>) {
    let wrong = |misfit: Misfit, is_wrong: bool| is_wrong.then(|| (misfit, ty.clone()));
    let decl = if let Type::Named { name, .. } = ty { module.types().get(name) } else { None };
    match (ty, decl, value) {
        (_, _, Value::Any) => {}
        (_, _, Value::Use(path)) => {
            let named = if path.parts.is_empty() { &names[path.name].ty } else { &path.ty };
            found.extend(misuse(ty, named).map(|misfit| (misfit, ty.clone())));
        }
        (
            Type::Pointer { null: true, .. } | Type::CStr { null: true, .. } | Type::Named { null: true, .. },
            _,
            Value::Null,
        ) => {}
        (_, _, Value::Null) => found.extend(wrong(Misfit::Null, true)),
        (Type::Pointer { to, .. }, _, value) => misfit(module, names, to, value, found),
        (Type::Array { len, .. }, _, Value::Bytes(bytes)) if bytes.len() == *len as usize => {}
        (Type::Slice { .. } | Type::Buffer { .. }, _, Value::Bytes(_) | Value::Words(_)) => {}
        (Type::Array { of, .. } | Type::Slice { of, .. } | Type::Buffer { of }, _, Value::List(values)) => {
            if matches!(ty, Type::Array { len, .. } if values.len() != *len as usize) {
                found.extend(wrong(Misfit::Count, true));
            }
            values.iter().for_each(|value| misfit(module, names, of, value, found));
        }
        (Type::Slice { of, .. }, _, Value::Repeat(value, _)) => misfit(module, names, of, value, found),
        (Type::Str { .. }, _, Value::Text(..)) => {}
        (Type::CStr { .. }, _, Value::Text(turn, _)) => found.extend(wrong(Misfit::Nul, turn.contains('\0'))),
        (Type::Scalar(Scalar::Bool), _, Value::Bool(_)) => {}
        (Type::Scalar(Scalar::Char), _, Value::Text(turn, 1)) => {
            found.extend(wrong(Misfit::NoChar, turn.chars().count() != 1));
        }
        (Type::Scalar(Scalar::Bool), _, Value::Int(_)) => found.extend(wrong(Misfit::Bool, true)),
        (Type::Scalar(scalar), _, Value::Bool(_)) if *scalar != Scalar::Char => found.extend(wrong(Misfit::Bool, true)),
        (Type::Scalar(Scalar::F32), _, Value::Float(value)) => {
            found.extend(wrong(Misfit::Range, value.is_finite() && (*value as f32).is_infinite()));
        }
        (Type::Scalar(Scalar::F64), _, Value::Float(_)) => {}
        (Type::Scalar(scalar), _, Value::Int(value)) if *scalar != Scalar::Bool && *scalar != Scalar::Char => {
            let fits = scalar.range().is_some_and(|(least, most)| (least..=most).contains(value));
            found.extend(wrong(Misfit::Range, !fits));
        }
        (Type::Scalar(scalar), _, Value::Float(_)) if *scalar != Scalar::Bool && *scalar != Scalar::Char => {
            found.extend(wrong(Misfit::Fraction, true));
        }
        (_, Some(Decl::Enum(of)), Value::Case(name)) => {
            found.extend(wrong(Misfit::NoCase, of.cases.named(name).is_none()));
        }
        (_, Some(Decl::Enum(of)), Value::Int(value)) => {
            found.extend(wrong(Misfit::Unlisted, of.cases.of(*value).is_none()));
        }
        (_, Some(decl @ (Decl::Struct(of) | Decl::Union(of))), Value::Fields(fields)) => {
            for (name, value) in fields {
                match of.fields.iter().find(|field| field.name == *name) {
                    Some(field) => misfit(module, names, &field.ty, value, found),
                    None => found.extend(wrong(Misfit::NoCase, true)),
                }
            }
            if let Decl::Union(_) = decl {
                found.extend(wrong(Misfit::Missing, fields.is_empty()));
                found.extend(wrong(Misfit::Several, fields.len() > 1));
            } else {
                let missing = |field: &&linmem_host::Field| fields.iter().all(|(name, _)| *name != field.name);
                found.extend(of.fields.iter().filter(missing).map(|field| (Misfit::Missing, field.ty.clone())));
            }
        }
        (_, Some(Decl::Tagged(of)), Value::Tagged(tag, value)) => match of.cases.named(tag) {
            None => found.extend(wrong(Misfit::NoCase, true)),
            Some(case) => match (&case.payload, value) {
                (Some((_, ty)), Some(value)) => misfit(module, names, ty, value, found),
                (Some((_, ty)), None) => found.push((Misfit::Missing, ty.clone())),
                (None, None) => {}
                (None, Some(_)) => found.extend(wrong(Misfit::NoCase, true)),
            },
        },
        _ => found.extend(wrong(Misfit::Kind, true)),
    }
}

/// What is wrong with a named value of one type where another is asked for.
fn misuse(ty: &Type, named: &Type) -> Option<Misfit> {
    let right = |wanted: Access, has: Access| match wanted {
        Access::Own => has != Access::Own,
        Access::Write => has == Access::Read,
        Access::Read => false,
    };
    match (ty, named) {
        (Type::Pointer { to, access, .. }, Type::Pointer { to: named, access: has, .. })
        | (Type::Slice { of: to, access }, Type::Slice { of: named, access: has }) => {
            if to != named {
                Some(Misfit::Type)
            } else {
                right(*access, *has).then_some(Misfit::Right)
            }
        }
        (Type::Named { name, .. }, Type::Named { name: named, .. }) => (name != named).then_some(Misfit::Type),
        (ty, named) => (ty != named).then_some(Misfit::Type),
    }
}

struct Reader<'a> {
    module: &'a Module,
    names: Vec<Bound>,
    /// What each name means at this step.
    now: BTreeMap<String, usize>,
    hosts: &'a mut usize,
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_else(|| panic!("no text: {json}"))
}

fn brief(json: &Json) -> String {
    let text = json.to_string();
    if text.chars().count() <= 120 { text } else { text.chars().take(120).collect::<String>() + " .." }
}

impl Reader<'_> {
    fn bind(&mut self, name: &Json, ty: &Type) -> Option<usize> {
        let name = name.as_str()?;
        self.names.push(Bound { name: name.into(), ty: ty.clone() });
        self.now.insert(name.into(), self.names.len() - 1);
        Some(self.names.len() - 1)
    }

    fn named(&self, name: &Json) -> usize {
        *self.now.get(text(name)).unwrap_or_else(|| panic!("{name} is used before it is named"))
    }

    fn steps(&mut self, steps: &Json, of: &str) -> Vec<Step> {
        let steps = steps.as_array().map_or(&[][..], Vec::as_slice);
        steps.iter().enumerate().map(|(index, step)| self.step(step, &format!("{of}step {}", index + 1))).collect()
    }

    fn step(&mut self, step: &Json, place: &str) -> Step {
        let mut signature = None;
        let act = if step["call"].is_string() || step["invoke"].is_string() {
            let call = self.call(step, place);
            signature = Some(call.signature.clone());
            Act::Call(call)
        } else if step["new"].is_string() {
            let ty: Type = text(&step["new"]).parse().unwrap();
            let from = self.value(&ty, &step["from"]);
            Act::New { name: self.bind(&step["as"], &ty), ty, from }
        } else if step["get"].is_array() {
            let path = self.path(&step["get"]);
            let is = step.get("is").map(|is| self.value(&path.ty, is));
            Act::Get { name: self.bind(&step["as"], &path.ty), path, is }
        } else if step["set"].is_array() {
            let path = self.path(&step["set"]);
            let to = self.value(&path.ty, &step["to"]);
            Act::Set { path, to }
        } else if step["length"].is_array() {
            Act::Length { path: self.path(&step["length"]), is: step["is"].as_u64().unwrap().try_into().unwrap() }
        } else if step["free"].is_string() {
            Act::Free { name: self.named(&step["free"]) }
        } else {
            let name = text(&step["const"]).to_owned();
            let ty = self.module.consts()[&name].ty.clone();
            Act::Const { name, is: self.value(&ty, &step["is"]), ty }
        };
        let fails = match &step["fails"] {
            Json::Null => None,
            Json::Number(number) => Some(Fails::Status(number.as_i64().unwrap().try_into().unwrap())),
            Json::String(name) => Some(match &**name {
                "trap" => Fails::Trap,
                "refused" => Fails::Refused,
                name => Fails::Named(name.into(), self.status(signature.as_ref(), name)),
            }),
            other => panic!("{place}: fails {other}"),
        };
        Step { place: format!("{place}, {}", brief(step)), act, fails }
    }

    /// The number of a status or check.
    fn status(&self, signature: Option<&Signature>, name: &str) -> i32 {
        let own = signature.and_then(|signature| match signature.result.as_ref()? {
            Type::Named { name, .. } => self.module.types().get(name),
            _ => None,
        });
        let own = if let Some(Decl::Enum(of)) = own { of.cases.named(name) } else { None };
        own.map_or_else(
            || CHECKS.iter().position(|check| *check == name).unwrap_or_else(|| panic!("no status {name}")) as i32 + 1,
            |case| case.value as i32,
        )
    }

    fn call(&mut self, step: &Json, place: &str) -> Call {
        let (callee, signature) = if step["invoke"].is_string() {
            let bound = self.named(&step["invoke"]);
            let Type::Named { name, .. } = &self.names[bound].ty else { panic!("{place}: no function") };
            let Decl::Sig(signature) = &self.module.types()[name] else { panic!("{place}: no function") };
            (Callee::Index(name.clone(), bound), signature.clone())
        } else {
            let name = text(&step["call"]);
            let dropped = self.module.drops().iter().find(|(_, export)| *export == name);
            match (self.module.fns().get(name), dropped) {
                (Some(signature), _) => (Callee::Function(name.into()), signature.clone()),
                (None, Some((ty, _))) => {
                    let value = Param { name: "value".into(), ty: ty.clone(), out: false };
                    (Callee::Drop(name.into()), Signature { params: vec![value], result: None })
                }
                _ => panic!("{place}: no function {name}"),
            }
        };
        let params: Vec<Param> = signature.params.iter().filter(|param| !param.out).cloned().collect();
        let given = step["args"].as_array().map_or(&[][..], Vec::as_slice);
        let args = given.iter().enumerate().map(|(index, given)| match params.get(index) {
            Some(param) => self.value(&param.ty, given),
            None => plain(given),
        });
        let args = args.collect();
        let hosts = step["host"].as_array().map_or(&[][..], Vec::as_slice).iter().enumerate();
        let hosts = hosts.map(|(index, host)| self.host(host, &format!("{place}, host function {}: ", index + 1)));
        let hosts = hosts.collect();
        let results = results(self.module, &signature);
        let is = step.get("is").map(|is| match &results[..] {
            [one] => vec![self.value(&one.ty, is)],
            _ => results.iter().enumerate().map(|(index, came)| self.value(&came.ty, &is[index])).collect(),
        });
        let wrote = step["wrote"].as_object().into_iter().flatten().map(|(name, wrote)| {
            let at = params.iter().position(|param| param.name == *name).unwrap();
            (at, self.value(&params[at].ty, wrote))
        });
        let wrote = wrote.collect();
        let name = results.first().and_then(|came| self.bind(&step["as"], &came.named));
        Call { callee, params, args, signature, results, is, name, wrote, hosts }
    }

    fn host(&mut self, host: &Json, place: &str) -> Host {
        let id = *self.hosts;
        *self.hosts += 1;
        let (module, name) = text(&host["import"]).split_once('/').unwrap();
        let import = (module.to_owned(), name.to_owned());
        let signature = self.module.imports()[&import].clone();
        let ins = signature.params.iter().filter(|param| !param.out).zip(host["args"].as_array().unwrap());
        let args: Vec<_> = ins.map(|(param, want)| (param.clone(), self.value(&param.ty, want))).collect();
        let args = args.into_iter().map(|(param, want)| {
            let name = self.bind(&host["as"][&param.name], &param.ty);
            (param, want, name)
        });
        let args = args.collect();
        let steps = self.steps(&host["do"], place);
        let ends = match host["fails"].as_str() {
            Some("error") => Ends::Error,
            Some(name) => Ends::Status(self.status(Some(&signature), name)),
            None => {
                let results = results(self.module, &signature);
                let value = |index: usize, ty| {
                    let returns = &host["returns"];
                    self.value(ty, if results.len() > 1 { &returns[index] } else { returns })
                };
                Ends::Returns(results.iter().enumerate().map(|(index, came)| value(index, &came.ty)).collect())
            }
        };
        Host { id, import, signature, args, steps, ends }
    }

    // Paths.

    fn path(&self, path: &Json) -> Path {
        let path = path.as_array().unwrap();
        let name = self.named(&path[0]);
        let (parts, ty) =
            self.parts(self.names[name].ty.clone(), &path[1..]).unwrap_or_else(|| panic!("no path {path:?}"));
        Path { name, parts, ty }
    }

    /// The parts of a path from a value of that type. A payload is that of the only case in which the rest leads on.
    fn parts(&self, mut ty: Type, path: &[Json]) -> Option<(Vec<Part>, Type)> {
        let mut parts = Vec::new();
        for (index, step) in path.iter().enumerate() {
            if let Type::Pointer { to, .. } = ty {
                parts.push(Part::Follow((*to).clone()));
                ty = *to;
            }
            let decl = if let Type::Named { name, .. } = &ty { Some((name, &self.module.types()[name])) } else { None };
            let (part, to) = match (decl, step) {
                (Some((of, Decl::Struct(decl) | Decl::Union(decl))), Json::String(name)) => {
                    let field = decl.fields.iter().find(|field| field.name == *name)?;
                    (Part::Field(of.clone(), name.clone()), field.ty.clone())
                }
                (Some((of, Decl::Tagged(decl))), Json::String(_)) => {
                    let leads = |case: &linmem_host::Case| {
                        let (_, ty) = case.payload.as_ref()?;
                        self.parts(ty.clone(), &path[index + 1..]).map(|_| (case.name.clone(), ty.clone()))
                    };
                    let found: Vec<_> = decl.cases.iter().filter_map(leads).collect();
                    let [(case, ty)] = &found[..] else { return None };
                    (Part::Payload(of.clone(), case.clone()), ty.clone())
                }
                (None, Json::Number(index)) => match ty {
                    Type::Array { of, .. } | Type::Slice { of, .. } | Type::Buffer { of } => {
                        (Part::Element(index.as_u64()?.try_into().ok()?), *of)
                    }
                    _ => return None,
                },
                _ => return None,
            };
            parts.push(part);
            ty = to;
        }
        Some((parts, ty))
    }

    // Values.

    fn value(&self, ty: &Type, given: &Json) -> Value {
        let decl = if let Type::Named { name, .. } = ty { self.module.types().get(name) } else { None };
        match (ty, given) {
            (_, Json::Object(object)) if object.contains_key("use") => Value::Use(match &object["use"] {
                path @ Json::Array(_) => self.path(path),
                name => {
                    let name = self.named(name);
                    Path { name, parts: Vec::new(), ty: self.names[name].ty.clone() }
                }
            }),
            (Type::Pointer { to, .. }, given) => self.value(to, given),
            (_, Json::Object(object)) if object.is_empty() => match decl {
                Some(Decl::Struct(_) | Decl::Union(_)) => Value::Fields(Vec::new()),
                _ => Value::Any,
            },
            (Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of }, given) => match given {
                Json::Array(values) => Value::List(values.iter().map(|value| self.value(of, value)).collect()),
                Json::Object(object) => self.list(of, object),
                given => plain(given),
            },
            (Type::Str { .. } | Type::CStr { .. }, Json::Object(object)) if object.contains_key("times") => {
                Value::Text(text(&object["repeat"]).into(), times(object))
            }
            (Type::Scalar(Scalar::I64 | Scalar::U64), Json::String(digits)) => {
                digits.parse().map_or_else(|_| plain(given), Value::Int)
            }
            (Type::Scalar(Scalar::F32 | Scalar::F64), Json::String(float)) => {
                float.parse().map_or_else(|_| plain(given), Value::Float)
            }
            (Type::Scalar(Scalar::F32 | Scalar::F64), Json::Number(number)) => Value::Float(number.as_f64().unwrap()),
            (Type::Named { .. }, given) => match (decl, given) {
                (Some(Decl::Enum(_)), Json::String(name)) => {
                    name.parse().map_or_else(|_| Value::Case(name.clone()), Value::Int)
                }
                (Some(Decl::Struct(of) | Decl::Union(of)), Json::Object(fields)) => {
                    let field = |(name, given): (&String, &Json)| {
                        let field = of.fields.iter().find(|field| field.name == *name);
                        (name.clone(), field.map_or_else(|| plain(given), |field| self.value(&field.ty, given)))
                    };
                    Value::Fields(fields.iter().map(field).collect())
                }
                (Some(Decl::Tagged(of)), Json::Object(object)) => {
                    let tag = text(&object["tag"]);
                    let payload = of.cases.named(tag).and_then(|case| case.payload.as_ref());
                    let value = object.get("value").map(|given| match payload {
                        Some((_, ty)) => self.value(ty, given),
                        None => plain(given),
                    });
                    Value::Tagged(tag.into(), value.map(Box::new))
                }
                (_, given) => plain(given),
            },
            (_, given) => plain(given),
        }
    }

    fn list(&self, of: &Type, object: &Map<String, Json>) -> Value {
        if let Some(hex) = object.get("hex") {
            let byte = |byte: &str| if byte == ".." { None } else { Some(u8::from_str_radix(byte, 16).unwrap()) };
            Value::Bytes(text(hex).split(' ').map(byte).collect())
        } else if let Some(words) = object.get("words") {
            let word = Type::Scalar(Scalar::U32);
            Value::Words(words.as_array().unwrap().iter().map(|given| self.value(&word, given)).collect())
        } else {
            Value::Repeat(Box::new(self.value(of, &object["repeat"])), times(object))
        }
    }
}

fn times(object: &Map<String, Json>) -> usize {
    object["times"].as_u64().unwrap().try_into().unwrap()
}

/// A value of no type in particular.
fn plain(given: &Json) -> Value {
    match given {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Value::Int(number.into()),
            (_, Some(number)) => Value::Int(number.into()),
            _ => Value::Float(number.as_f64().unwrap()),
        },
        Json::String(text) => Value::Text(text.clone(), 1),
        Json::Array(values) => Value::List(values.iter().map(plain).collect()),
        Json::Object(fields) => {
            Value::Fields(fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
        }
    }
}
