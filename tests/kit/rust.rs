//! The conformance kit on the host abi/rust, with wasmi.
//!
//! A name of a case holds what a Rust program would: an address with its type, or a copy. The runner adds no check of its
//! own: what the host does not refuse is a failure.

use linmem_host::wasmi::{Running, State};
use linmem_host::{Answer, Cause, Decl, Fault, Imports, Instance, Literal, Module, Scalar, Signature, Type, Value};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Debug;
use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard};
use wasmi::{Config, Engine, Store};

type Guest = Instance<Running<Store<State>>>;
type Typed = (Type, Value);

/// What ends a step.
enum Stop {
    /// An error of the host's, which the case may expect.
    Refused(Fault),
    /// What came is not what the case says.
    Failed(String),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Refused(fault)
    }
}

/// A call of a function of the guest, whose arguments are values by now.
type Call<'a> = &'a dyn Fn(&mut Guest, &mut [Value]) -> Result<Vec<Value>, Fault>;

type Result<T, E = Stop> = std::result::Result<T, E>;

fn brief(value: impl Debug) -> String {
    format!("{value:?}").chars().take(200).collect()
}

fn failed<T>(place: &str, want: impl Debug, got: impl Debug) -> Result<T> {
    Err(Stop::Failed(format!("{place}: expected {}, got {}", brief(want), brief(got))))
}

/// What Rust's compiler or its collections refuse, in the place of the host.
fn refused<T>(why: &str) -> Result<T> {
    Err(Stop::Refused(Cause::Mismatch(why.into()).into()))
}

/// Runs a case.
pub fn run(wasm: &[u8], module: &Arc<Module>, case: &Json) -> Result<(), String> {
    let run = Arc::new(Run { module: module.clone(), now: Mutex::default() });
    let mut imports = Imports::new();
    for import in module.imports().keys() {
        let (run, import) = (run.clone(), import.clone());
        imports = imports.with(&import.0.clone(), &import.1.clone(), move |args| run.hosted(&import, args));
    }
    let store = Store::new(&Engine::new(&Config::default()), State::default());
    let guest = linmem_host::wasmi::instantiate(store, wasm, module.clone(), imports);
    let mut guest = guest.map_err(|fault| fault.to_string())?;
    let live = |guest: &mut Guest| ["live_blocks", "live_bytes"].map(|name| guest.call(name, &mut []).ok());
    let before = live(&mut guest);
    let steps = case["steps"].as_array().unwrap();
    run.steps(&mut Some(&mut guest), steps, "").map_err(|stop| match stop {
        Stop::Failed(why) => why,
        Stop::Refused(fault) => fault.to_string(),
    })?;
    let after = live(&mut guest);
    let traps = steps.last().is_some_and(|step| step["fails"] == "trap");
    if traps || before == after && after.iter().all(Option::is_some) {
        return Ok(());
    }
    Err(format!("end: expected {before:?} blocks and bytes, got {after:?}"))
}

/// What changes while a case runs.
#[derive(Default)]
struct Now {
    names: BTreeMap<String, Typed>,
    /// The host functions that have to be called.
    hosts: VecDeque<Json>,
    /// What host functions were given to own, to be compared and, if it has no name, freed after the call.
    given: Vec<(Typed, Json, bool)>,
    /// What went wrong in a host function.
    problem: Option<String>,
}

struct Run {
    module: Arc<Module>,
    now: Mutex<Now>,
}

/// The number of a status's name.
fn status(module: &Module, signature: &Signature, name: &str) -> i32 {
    let of = signature.result.as_ref().and_then(|ty| module.types().get(&ty.to_string()));
    match of {
        Some(Decl::Enum(of)) if of.cases.named(name).is_some() => of.cases.named(name).unwrap().value as i32,
        _ => ["Null", "", "", "", "NotUtf8", "", "OutOfMemory", "Invalid"]
            .iter()
            .position(|known| *known == name)
            .map_or(0, |place| place as i32 + 1),
    }
}

fn ints(bytes: impl IntoIterator<Item = u8>) -> Value {
    Value::List(bytes.into_iter().map(Value::from).collect())
}

fn items(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::List(values) => Some(values.clone()),
        Value::Bytes(bytes) => Some(bytes.iter().map(|&byte| byte.into()).collect()),
        _ => None,
    }
}

/// The type that a function leaves behind an out pointer, or returns, as the host owns it.
fn is_aggregate(module: &Module, ty: &Type) -> bool {
    match ty {
        Type::Array { .. } | Type::Buffer { .. } => true,
        Type::Named { name, .. } => {
            matches!(module.types().get(name), Some(Decl::Struct(_) | Decl::Union(_) | Decl::Tagged(_)))
        }
        _ => false,
    }
}

fn ty(text: &str) -> Type {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn without_use(given: &Json) -> bool {
    given["use"].is_null()
}

impl Run {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(|error| error.into_inner())
    }

    fn decl(&self, ty: &Type) -> Option<&Decl> {
        match ty {
            Type::Named { name, .. } => self.module.types().get(name),
            _ => None,
        }
    }

    fn named(&self, name: &str) -> Result<Typed> {
        let found = self.now().names.get(name).cloned();
        found.map_or_else(|| refused("moved, or its borrow has ended"), Ok)
    }

    // JSON to values.

    fn value(&self, guest: Option<&Guest>, ty: &Type, given: &Json) -> Result<Value> {
        if let Some(path) = given.get("use") {
            return match path {
                Json::String(name) => Ok(self.named(name)?.1),
                path => Ok(self.get(guest, path.as_array().unwrap())?.1),
            };
        }
        let text = given.as_str();
        let repeat = |times: &Json| times.as_u64().unwrap_or(0) as usize;
        Ok(match ty {
            _ if given.is_null() => Value::None,
            Type::Pointer { to, .. } => return self.value(guest, to, given),
            Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of } => match given {
                Json::Array(values) => {
                    Value::List(values.iter().map(|value| self.value(guest, of, value)).collect::<Result<Vec<_>>>()?)
                }
                _ if given["hex"].is_string() => {
                    let bytes = given["hex"].as_str().unwrap().split(' ');
                    ints(bytes.map(|byte| u8::from_str_radix(byte, 16).unwrap()))
                }
                _ if given["words"].is_array() => {
                    let mut bytes = Vec::new();
                    for word in given["words"].as_array().unwrap() {
                        let Value::Int(word) = self.value(guest, &Type::Scalar(Scalar::U32), word)? else { panic!() };
                        bytes.extend((word as u32).to_le_bytes());
                    }
                    ints(bytes)
                }
                _ if given["times"].is_u64() => {
                    Value::List(vec![self.value(guest, of, &given["repeat"])?; repeat(&given["times"])])
                }
                _ => plain(given),
            },
            Type::Str { .. } | Type::CStr { .. } if given["times"].is_u64() => {
                Value::Text(given["repeat"].as_str().unwrap().repeat(repeat(&given["times"])))
            }
            Type::Scalar(Scalar::F32 | Scalar::F64) => {
                let number = given.as_f64().or_else(|| text.and_then(|text| text.parse().ok()));
                number.map_or_else(|| plain(given), Value::Float)
            }
            Type::Scalar(Scalar::I64 | Scalar::U64) => {
                text.and_then(|text| text.parse().ok()).map_or_else(|| plain(given), Value::Int)
            }
            Type::Scalar(Scalar::Char) => match text.map(|text| text.chars().collect::<Vec<_>>()).as_deref() {
                Some([char]) => Value::Char(*char),
                _ => plain(given),
            },
            _ => match (self.decl(ty), given) {
                (Some(Decl::Enum(of)), Json::String(name)) => match name.parse() {
                    Ok(number) if of.cases.named(name).is_none() => Value::Int(number),
                    _ => Value::case(name),
                },
                (Some(Decl::Struct(of) | Decl::Union(of)), Json::Object(fields)) => {
                    let field = |(name, given): (&String, &Json)| {
                        let ty = of.fields.iter().find(|field| field.name == *name).map(|field| &field.ty);
                        let value = ty.map_or_else(|| Ok(plain(given)), |ty| self.value(guest, ty, given));
                        Ok((name.clone(), value?))
                    };
                    Value::Struct(fields.iter().map(field).collect::<Result<_>>()?)
                }
                (Some(Decl::Tagged(of)), Json::Object(_)) => {
                    let tag = given["tag"].as_str().unwrap();
                    let payload = of.cases.named(tag).and_then(|case| case.payload.as_ref());
                    let value = given.get("value").map(|given| match payload {
                        Some((_, ty)) => self.value(guest, ty, given),
                        None => Ok(plain(given)),
                    });
                    Value::Case(tag.into(), value.transpose()?.map(Box::new))
                }
                _ => plain(given),
            },
        })
    }

    // Values to JSON.

    fn expect(&self, guest: Option<&Guest>, ty: &Type, got: &Value, want: &Json, place: &str) -> Result<()> {
        if want.is_null() || *got == Value::None {
            return if want.is_null() && *got == Value::None { Ok(()) } else { failed(place, want, got) };
        }
        if want.as_object().is_some_and(Map::is_empty) {
            return Ok(());
        }
        match (ty, got) {
            (Type::Pointer { to, .. }, Value::Pointer(addr)) => {
                let Some(guest) = guest else { return failed(place, want, "an address, and no guest") };
                return self.expect(Some(guest), to, &guest.read(to, *addr)?, want, place);
            }
            (Type::Slice { of, .. }, Value::Run(addr, len)) => {
                let Some(guest) = guest else { return failed(place, want, "an address, and no guest") };
                let all = Type::Array { of: of.clone(), len: *len };
                return self.expect(Some(guest), &all, &guest.read(&all, *addr)?, want, place);
            }
            (Type::Pointer { to, .. }, got) => return self.expect(guest, to, got, want, place),
            _ => {}
        }
        match (ty, self.decl(ty), want) {
            (Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of }, ..) => {
                let Some(got) = items(got) else { return failed(place, want, got) };
                if let Some(hex) = want["hex"].as_str() {
                    let mut pairs = got.iter().zip(hex.split(' '));
                    let same = |(got, byte): (&Value, &str)| {
                        byte == ".." || *got == u8::from_str_radix(byte, 16).unwrap().into()
                    };
                    let whole = got.len() == hex.split(' ').count() && pairs.all(same);
                    return if whole { Ok(()) } else { failed(place, hex, got) };
                }
                let wanted = match want {
                    Json::Array(wanted) => wanted.clone(),
                    _ => vec![want["repeat"].clone(); want["times"].as_u64().unwrap() as usize],
                };
                if got.len() != wanted.len() {
                    return failed(place, want, got);
                }
                got.iter().zip(&wanted).try_for_each(|(got, want)| self.expect(guest, of, got, want, place))
            }
            (_, Some(Decl::Struct(of) | Decl::Union(of)), Json::Object(wanted)) => {
                wanted.iter().try_for_each(|(name, want)| {
                    let field = of.fields.iter().find(|field| field.name == *name).unwrap();
                    let place = format!("{place}.{name}");
                    let Some(got) = got.get(name) else { return failed(&place, want, got) };
                    self.expect(guest, &field.ty, got, want, &place)
                })
            }
            (_, Some(Decl::Tagged(of)), Json::Object(_)) => match (got, want.get("value")) {
                (Value::Case(name, _), _) if want["tag"] != **name => failed(place, want, got),
                (Value::Case(..), None) => Ok(()),
                (Value::Case(name, Some(got)), Some(want)) => {
                    let (_, ty) = of.cases.named(name).and_then(|case| case.payload.as_ref()).unwrap();
                    self.expect(guest, ty, got, want, &format!("{place}.value"))
                }
                _ => failed(place, want, got),
            },
            _ => match (self.value(None, ty, want)?, got) {
                (Value::Float(want), Value::Float(got))
                    if want.is_nan() && got.is_nan() || want.to_bits() == got.to_bits() =>
                {
                    Ok(())
                }
                (want @ Value::Float(_), got) => failed(place, want, got),
                (want, got) if want == *got => Ok(()),
                (want, got) => failed(place, want, got),
            },
        }
    }

    // Paths.

    /// Where in memory a path ends: the type there, and the address. None if its name holds a copy.
    fn place(&self, guest: Option<&Guest>, path: &[Json]) -> Result<Option<(Type, u32)>> {
        let name = path[0].as_str().unwrap();
        let (mut ty, mut addr) = match self.named(name)? {
            (Type::Pointer { to, .. }, Value::Pointer(addr)) => (*to, addr),
            (Type::Slice { of, .. }, Value::Run(addr, len)) => (Type::Array { of, len }, addr),
            _ => return Ok(None),
        };
        let Some(guest) = guest else { return Err(Stop::Failed("a host function cannot reach the guest".into())) };
        for step in &path[1..] {
            let mut view = guest.view(&ty, addr)?;
            if let Type::Pointer { .. } = ty {
                let target = view.target()?;
                (ty, addr) = (target.ty().clone(), target.addr());
                view = guest.view(&ty, addr)?;
            }
            (ty, addr) = match (step, self.decl(&ty)) {
                (Json::String(_), Some(Decl::Tagged(of))) => {
                    let Value::Case(name, _) = view.value()? else { panic!() };
                    let (offset, ty) = of.cases.named(&name).and_then(|case| case.payload.clone()).unwrap();
                    (ty, addr + offset)
                }
                (Json::String(name), _) => {
                    let field = view.field(name)?;
                    (field.ty().clone(), field.addr())
                }
                (index, _) => {
                    let element = view.element(index.as_u64().unwrap() as u32)?;
                    (element.ty().clone(), element.addr())
                }
            };
        }
        Ok(Some((ty, addr)))
    }

    /// The part of a copy.
    fn part<'v>(&self, ty: &Type, value: &'v mut Value, path: &[Json]) -> Result<(Type, &'v mut Value)> {
        let Some((step, path)) = path.split_first() else { return Ok((ty.clone(), value)) };
        if let Value::Bytes(bytes) = value {
            *value = ints(take(bytes));
        }
        match (ty, self.decl(ty), value, step) {
            (Type::Pointer { to, .. }, _, value, _) => {
                self.part(to, value, &[std::slice::from_ref(step), path].concat())
            }
            (
                Type::Slice { of, .. } | Type::Array { of, .. } | Type::Buffer { of },
                _,
                Value::List(values),
                Json::Number(index),
            ) => match values.get_mut(index.as_u64().unwrap() as usize) {
                Some(value) => self.part(of, value, path),
                None => refused("no such element"),
            },
            (_, Some(Decl::Struct(of) | Decl::Union(of)), Value::Struct(fields), Json::String(name)) => {
                if let Some(Decl::Union(_)) = self.decl(ty) {
                    // To be written, a union holds one field.
                    fields.retain(|(own, _)| own == name);
                }
                let ty = of.fields.iter().find(|field| field.name == *name).map(|field| &field.ty);
                match (ty, fields.iter_mut().find(|(own, _)| own == name)) {
                    (Some(ty), Some((_, value))) => self.part(ty, value, path),
                    _ => refused("no such field"),
                }
            }
            (_, Some(Decl::Tagged(of)), Value::Case(name, Some(value)), _) => {
                let (_, ty) = of.cases.named(name).and_then(|case| case.payload.as_ref()).unwrap();
                self.part(ty, value, path)
            }
            (.., value, step) => failed("path", step, value),
        }
    }

    fn get(&self, guest: Option<&Guest>, path: &[Json]) -> Result<Typed> {
        if let (Some((ty, addr)), Some(guest)) = (self.place(guest, path)?, guest) {
            return Ok((ty.clone(), guest.read(&ty, addr)?));
        }
        let (ty, mut value) = self.named(path[0].as_str().unwrap())?;
        let (ty, value) = self.part(&ty, &mut value, &path[1..])?;
        Ok((ty, value.clone()))
    }

    fn set(&self, guest: &mut Option<&mut Guest>, path: &[Json], to: &Json) -> Result<()> {
        if let Some((ty, addr)) = self.place(guest.as_deref(), path)? {
            let value = self.value(guest.as_deref(), &ty, to)?;
            return Ok(guest.as_mut().unwrap().write(&ty, addr, &value)?);
        }
        let name = path[0].as_str().unwrap();
        let (ty, mut value) = self.named(name)?;
        let (of, part) = self.part(&ty, &mut value, &path[1..])?;
        *part = self.value(guest.as_deref(), &of, to)?;
        self.now().names.insert(name.into(), (ty, value));
        Ok(())
    }

    // Steps.

    fn steps(&self, guest: &mut Option<&mut Guest>, steps: &[Json], of: &str) -> Result<()> {
        for (index, step) in steps.iter().enumerate() {
            let place = format!("{of}step {}, {}", index + 1, brief(step.to_string()));
            let fails = &step["fails"];
            let fault = match self.act(guest, step, &place) {
                Err(Stop::Refused(fault)) if fails.is_null() => return failed(&place, "no error", fault.to_string()),
                Err(Stop::Refused(fault)) => fault,
                Ok(_) if fails.is_null() => continue,
                Ok(got) => return failed(&place, fails, got),
                Err(failed) => return Err(failed),
            };
            let (status, name) = match &fault.cause {
                Cause::Status { value, name } => (Some(i64::from(*value)), name.clone()),
                plain => (None, Some(format!("{plain:?}"))),
            };
            let alive = guest.as_mut().is_none_or(|guest| guest.call("same_bool", &mut [true.into()]).is_ok());
            let meant = match fails {
                Json::Number(number) => status == number.as_i64(),
                Json::String(fails) if fails == "trap" => fault.is_trap(),
                // By the host, that is, and not by a function that was given what it should not have been.
                Json::String(fails) if fails == "refused" => status.is_none(),
                Json::String(fails) => name.as_deref() == Some(fails),
                _ => false,
            };
            if !meant || alive == (fails == "trap") {
                let then = if alive { "alive" } else { "dead" };
                return failed(&place, fails, format!("{fault}, then {then}"));
            }
        }
        Ok(())
    }

    fn act(&self, guest: &mut Option<&mut Guest>, step: &Json, place: &str) -> Result<Vec<Value>> {
        let name = |verb| step[verb].as_str().unwrap();
        if let Some(path) = step["get"].as_array() {
            let (ty, value) = self.get(guest.as_deref(), path)?;
            if let Some(want) = step.get("is") {
                self.expect(guest.as_deref(), &ty, &value, want, place)?;
            }
            if let Some(name) = step["as"].as_str() {
                // What lies in memory stays there.
                let kept = match self.place(guest.as_deref(), path)? {
                    Some((ty, addr)) if is_aggregate(&self.module, &ty) => {
                        let access = linmem_host::Access::Read;
                        (Type::Pointer { to: Box::new(ty), access, null: false }, Value::Pointer(addr))
                    }
                    _ => (ty, value.clone()),
                };
                self.now().names.insert(name.into(), kept);
            }
            return Ok(vec![value]);
        }
        if let Some(path) = step["set"].as_array() {
            return self.set(guest, path, &step["to"]).map(|()| vec![]);
        }
        if let Some(path) = step["length"].as_array() {
            let (_, value) = self.get(guest.as_deref(), path)?;
            let len = items(&value).map(|items| items.len());
            return if step["is"] == Json::from(len) { Ok(vec![value]) } else { failed(place, &step["is"], value) };
        }
        if step["const"].is_string() {
            let of = &self.module.consts()[name("const")];
            let value = match (&of.ty, &of.value) {
                (Type::Scalar(Scalar::Bool), Literal::Int(value)) => Value::Bool(*value != 0),
                (Type::Scalar(Scalar::Char), Literal::Int(value)) => char::from_u32(*value as u32).unwrap().into(),
                (_, Literal::Int(value)) => Value::Int(*value),
                (Type::Scalar(Scalar::F32), Literal::Bits(bits)) => f32::from_bits(*bits as u32).into(),
                (_, Literal::Bits(bits)) => f64::from_bits(*bits).into(),
                (_, Literal::Text(text)) => text.clone().into(),
            };
            return self.expect(None, &of.ty, &value, &step["is"], place).map(|()| vec![value]);
        }
        let Some(guest) = guest else { return failed(place, "a step of a host function", "no way to the guest") };
        if step["new"].is_string() {
            let ty = ty(name("new"));
            let value = self.value(Some(guest), &ty, &step["from"])?;
            let made = guest.make(&ty, &value)?;
            match step["as"].as_str() {
                Some(name) => drop(self.now().names.insert(name.into(), (ty, made.clone()))),
                None => guest.release(&ty, &made)?,
            }
            return Ok(vec![made]);
        }
        if step["free"].is_string() {
            let (ty, value) = self.named(name("free"))?;
            match value {
                Value::Pointer(_) | Value::Run(..) => guest.release(&ty, &value)?,
                _ if !self.module.owns(&ty) => return refused("a copy of what is borrowed"),
                _ => drop(self.now().names.remove(name("free"))),
            }
            return Ok(vec![]);
        }
        if step["invoke"].is_string() {
            let (Type::Named { name, .. }, Value::Func(index)) = self.named(name("invoke"))? else { panic!() };
            let Some(Decl::Sig(signature)) = self.module.types().get(&name) else { panic!() };
            return self.call(guest, step, place, signature, &|guest, args| guest.call_index(&name, index, args));
        }
        let called = name("call");
        if let Some((ty, _)) = self.module.drops().iter().find(|(_, drop)| *drop == called) {
            let given = &step["args"][0];
            let mut value = self.value(Some(guest), ty, given)?;
            if without_use(given) && value != Value::None || matches!(value, Value::List(_)) {
                value = guest.make(ty, &value)?;
            }
            return Ok(guest.release(ty, &value).map(|()| vec![])?);
        }
        self.call(guest, step, place, &self.module.fns()[called], &|guest, args| guest.call(called, args))
    }

    /// The types of what a call returns.
    fn results(&self, signature: &Signature) -> Vec<Type> {
        let result = signature.result.iter().filter(|ty| !self.module.is_status(ty));
        result.chain(signature.params.iter().filter(|param| param.out).map(|param| &param.ty)).cloned().collect()
    }

    fn call(
        &self,
        guest: &mut Guest,
        step: &Json,
        place: &str,
        signature: &Signature,
        call: Call,
    ) -> Result<Vec<Value>> {
        let given = step["args"].as_array().cloned().unwrap_or_default();
        let ins: Vec<_> = signature.params.iter().filter(|param| !param.out).collect();
        let (mut args, mut lent) = (Vec::new(), Vec::new());
        for (param, given) in ins.iter().zip(&given) {
            let mut value = self.value(Some(guest), &param.ty, given)?;
            // What the guest may replace parts of has to lie in memory.
            if let Type::Pointer { to, access: linmem_host::Access::Write, .. } = &param.ty {
                if self.module.owns(to) && without_use(given) && value != Value::None {
                    let own = ty(&format!("^*{to}"));
                    value = guest.make(&own, &value)?;
                    lent.push((own, value.clone()));
                }
            }
            args.push(value);
        }
        // One too many has no type.
        args.extend(given.iter().skip(ins.len()).map(plain));
        for (_, given) in ins.iter().zip(&given).filter(|(param, _)| self.module.owns(&param.ty)) {
            // A copy that is handed over is moved, as in Rust.
            let is_copy = |(_, value): &mut Typed| matches!(value, Value::List(_) | Value::Text(_));
            let mut now = self.now();
            if let Some(name) = given["use"].as_str().filter(|name| now.names.get_mut(*name).is_some_and(is_copy)) {
                now.names.remove(name);
            }
        }
        self.now().hosts = step["host"].as_array().cloned().unwrap_or_default().into();
        let came = call(guest, &mut args);
        let (problem, hosts, owned) = {
            let mut now = self.now();
            (now.problem.take(), take(&mut now.hosts), take(&mut now.given))
        };
        let done = match (problem, came, hosts.front()) {
            (Some(problem), ..) => Err(Stop::Failed(problem)),
            (None, Err(fault), _) => Err(fault.into()),
            (None, Ok(_), Some(host)) => failed(place, &host["import"], "no such call"),
            (None, Ok(values), None) => self.came(guest, step, place, signature, &values, owned).and_then(|()| {
                for (name, want) in step["wrote"].as_object().into_iter().flatten() {
                    let at = ins.iter().position(|param| param.name == *name).unwrap();
                    self.expect(Some(guest), &ins[at].ty, &args[at], want, &format!("{place}, {name}"))?;
                }
                Ok(values)
            }),
        };
        for (ty, value) in lent {
            guest.release(&ty, &value)?;
        }
        done
    }

    /// Compares what came, names it, and frees what has no name.
    fn came(
        &self,
        guest: &mut Guest,
        step: &Json,
        place: &str,
        signature: &Signature,
        values: &[Value],
        given: Vec<(Typed, Json, bool)>,
    ) -> Result<()> {
        for ((ty, value), want, named) in given {
            self.expect(Some(guest), &ty, &value, &want, place)?;
            if !named {
                guest.release(&ty, &value)?;
            }
        }
        let outs = self.results(signature);
        if let Some(want) = step.get("is") {
            for (index, (ty, value)) in outs.iter().zip(values).enumerate() {
                let want = if outs.len() > 1 { &want[index] } else { want };
                self.expect(Some(guest), ty, value, want, place)?;
            }
        }
        for (ty, value) in outs.iter().zip(values) {
            match (ty, value) {
                (Type::Pointer { to, .. }, Value::Pointer(addr)) if step.get("fails").is_some() => {
                    guest.read(to, *addr)?;
                }
                (_, Value::Pointer(_)) if step["as"].is_null() && self.module.owns(ty) => guest.release(ty, value)?,
                _ => {}
            }
        }
        if let (Some(name), [first, ..]) = (step["as"].as_str(), &*outs) {
            let (mut of, mut value) = (first.clone(), values[0].clone());
            if is_aggregate(&self.module, &of) {
                if let (Some(Decl::Union(_)), Value::Struct(fields)) = (self.decl(&of), &mut value) {
                    // To be written, a union holds one field.
                    fields.truncate(1);
                }
                of = ty(&format!("^*{of}"));
                value = guest.make(&of, &value)?;
            }
            self.now().names.insert(name.into(), (of, value));
        }
        Ok(())
    }

    /// A host function: it is called as the step says, and does what the step says.
    fn hosted(&self, (module, name): &(String, String), args: &mut [Value]) -> Answer {
        let signature = &self.module.imports()[&(module.clone(), name.clone())];
        let host = self.now().hosts.pop_front().unwrap_or_default();
        let place = format!("host function {module}/{name}: ");
        let done = self.play(signature, &host, args, &place);
        match (done, host["fails"].as_str()) {
            (Err(stop), _) => {
                let why = match stop {
                    Stop::Failed(why) => why,
                    Stop::Refused(fault) => format!("{place}{fault}"),
                };
                self.now().problem.get_or_insert(why);
                Err(0)
            }
            // An error that is no status is one that means success.
            (Ok(_), Some("error")) if signature.result.is_some() => Err(0),
            (Ok(_), Some("error")) => Err(1),
            (Ok(_), Some(fails)) => Err(status(&self.module, signature, fails)),
            (Ok(values), None) => Ok(values),
        }
    }

    fn play(&self, signature: &Signature, host: &Json, args: &mut [Value], place: &str) -> Result<Vec<Value>> {
        if host["import"].as_str().is_none_or(|import| !place.contains(&format!(" {import}:"))) {
            return failed(place, &host["import"], "this call");
        }
        let ins: Vec<_> = signature.params.iter().filter(|param| !param.out).collect();
        for ((param, value), want) in ins.iter().zip(&*args).zip(host["args"].as_array().unwrap()) {
            let name = host["as"][&param.name].as_str();
            if let (Value::Pointer(_), true) = (value, self.module.owns(&param.ty)) {
                let typed = (param.ty.clone(), value.clone());
                self.now().given.push((typed, want.clone(), name.is_some()));
            } else {
                self.expect(None, &param.ty, value, want, place)?;
            }
            if let Some(name) = name {
                self.now().names.insert(name.into(), (param.ty.clone(), value.clone()));
            }
        }
        let done = self.steps(&mut None, host["do"].as_array().map_or(&[], |steps| steps), place);
        for (param, arg) in ins.iter().zip(args).filter(|(param, _)| !self.module.owns(&param.ty)) {
            // It was lent, and ends with the call.
            if let Some((_, value)) = host["as"][&param.name].as_str().and_then(|name| self.now().names.remove(name)) {
                *arg = value;
            }
        }
        done?;
        let outs = self.results(signature);
        let returns = &host["returns"];
        let value = |(index, ty)| self.value(None, ty, if outs.len() > 1 { &returns[index] } else { returns });
        outs.iter().enumerate().map(value).collect()
    }
}

/// A value of no type in particular.
fn plain(given: &Json) -> Value {
    match given {
        Json::Null => Value::None,
        Json::Bool(value) => (*value).into(),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => number.into(),
            (_, Some(number)) => number.into(),
            _ => number.as_f64().unwrap().into(),
        },
        Json::String(text) => text.as_str().into(),
        Json::Array(values) => Value::List(values.iter().map(plain).collect()),
        Json::Object(fields) => {
            Value::Struct(fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
        }
    }
}
