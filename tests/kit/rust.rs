//! The conformance kit on the host abi/rust, with wasmi, as it is, and with memory that runs out.
//!
//! A name of a case holds what a Rust program would: a pointer of the host's, or a copy. The runner refuses nothing by
//! itself: what the host does not refuse is a failure.

use linmem_host::wasmi::State;
use linmem_host::{
    Access, Answer, Callee, Caller, Cause, Decl, Fault, Guest, Imports, Instance, Literal, Module, Pointer, Raw,
    Scalar, Signature, Type, Value, Wasm,
};
use serde_json::{Map, Value as Json};
use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Debug;
use std::mem::{replace, take};
use std::sync::{Arc, Mutex, MutexGuard};
use wasmi::errors::{MemoryError, TableError};
use wasmi::{Config, Engine, ResourceLimiter, Store};
use wasmi_core::LimiterError;

/// Bytes in a page.
const PAGE: u64 = 65536;

type Typed = (Type, Value);

/// What ends a step.
enum Stop {
    /// An error of the host's, which the case may expect.
    Refused(Fault),
    /// What came is not what the case says.
    Failed(String),
    /// Memory ran out, as was wanted, and this is how it was said.
    Starved(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Refused(fault)
    }
}

/// A call of a function of the guest, whose arguments are values by now.
type Call<'a> = &'a dyn Fn(&mut Caller<'_>, &mut [Value]) -> Result<Vec<Value>, Fault>;

type Result<T, E = Stop> = std::result::Result<T, E>;

fn brief(value: impl Debug) -> String {
    format!("{value:?}").chars().take(200).collect()
}

fn failed<T>(place: &str, want: impl Debug, got: impl Debug) -> Result<T> {
    Err(Stop::Failed(format!("{place}: expected {}, got {}", brief(want), brief(got))))
}

/// What is refused in a case that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The n-th allocation, once.
    Allocation(u32),
    /// The n-th growth of memory, once: a heap may ask for less then. There is nothing to spare before a step.
    Growth(u32),
    /// The n-th growth and all after it, so that memory has a maximum. There is nothing to spare before a step.
    Maximum(u32),
}

/// How a case ended in which something was to be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// There was nothing more to refuse.
    Enough,
    /// It was refused, and the guest could do without.
    Managed,
    /// It was refused, and a status, a null or the host's `OutOfMemory` came.
    Said,
    /// It was refused to a function that cannot say so, guest's or host's, which trapped.
    Trapped,
}

thread_local! {
    /// How many growths from now on one is refused; 0 for none, and whether those that follow are as well.
    static GROWTH: Cell<(u32, bool)> = const { Cell::new((0, false)) };
    /// How many were refused.
    static REFUSED: Cell<u32> = const { Cell::new(0) };
}

/// Refuses growths. It has no fields, so that a store can be lent a new one for each question at no cost.
struct Limiter;

/// What a store refuses growths by.
pub fn limiter(_: &mut State) -> &mut dyn ResourceLimiter {
    Box::leak(Box::new(Limiter))
}

/// Has something refused from now on, or nothing any more.
pub fn refuse<G: Guest>(guest: &mut Instance<G>, lack: Option<Lack>) {
    let allocation = if let Some(Lack::Allocation(count)) = lack { count } else { 0 };
    if let Some(mut checks) = guest.checks_mut() {
        checks.set_refuse(allocation).unwrap_or_else(|fault| panic!("{fault}"));
    }
    GROWTH.set(match lack {
        Some(Lack::Growth(count)) => (count, false),
        Some(Lack::Maximum(count)) => (count, true),
        _ => (0, false),
    });
    if lack.is_some() {
        REFUSED.set(0);
    }
}

/// How often something was refused.
pub fn refused<G: Guest>(guest: &Instance<G>, lack: Option<Lack>) -> u32 {
    match lack {
        Some(Lack::Allocation(_)) => guest.checks().map_or(0, |checks| (checks.refuse() == Ok(0)).into()),
        Some(_) => REFUSED.get(),
        None => 0,
    }
}

/// Allocates all that there is without growth, so that what is allocated next has memory grow. Returns addresses and sizes.
pub fn fill<G: Guest>(guest: &mut Instance<G>) -> Vec<[u64; 2]> {
    let (alloc, before) = (guest.module().role("alloc").to_owned(), (GROWTH.get(), REFUSED.get()));
    GROWTH.set((0, true));
    let (mut size, mut blocks) = (PAGE, Vec::new());
    while size > 0 {
        match by_hand(guest, &alloc, &[size, 1], Some(Wasm::I32)) {
            0 => size /= 2,
            block => blocks.push([block, size]),
        }
    }
    GROWTH.set(before.0);
    REFUSED.set(before.1);
    blocks
}

/// Calls an export with words.
fn by_hand<G: Guest>(guest: &mut Instance<G>, name: &str, params: &[u64], result: Option<Wasm>) -> u64 {
    let params: Vec<Raw> = params.iter().map(|&bits| Raw { wasm: Wasm::I32, bits }).collect();
    let came = guest.guest_mut().call(Callee::Export(name), &params, result);
    came.unwrap_or_else(|fault| panic!("{fault}")).map_or(0, |raw| raw.bits)
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool, LimiterError> {
        let (count, all) = GROWTH.get();
        let refused = count == 1 || count == 0 && all;
        GROWTH.set((count.saturating_sub(1), all));
        REFUSED.set(REFUSED.get() + u32::from(refused));
        Ok(!refused)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool, LimiterError> {
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _: &MemoryError) -> Result<(), LimiterError> {
        Ok(())
    }

    fn table_grow_failed(&mut self, _: &TableError) -> Result<(), LimiterError> {
        Ok(())
    }

    fn instances(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        100
    }

    fn memories(&self) -> usize {
        1
    }
}

/// Runs a case.
pub fn run(wasm: &[u8], module: &Arc<Module>, case: &Json) -> Result<(), String> {
    run_with(wasm, module, case, None).map(drop)
}

/// Runs a case of a checked module, in which something is refused.
///
/// After that nothing of the guest's is another than before: what the case named is there, no byte beside a block was
/// written, and once the host has freed what it owns, no more blocks are live than at the start.
pub fn run_with(wasm: &[u8], module: &Arc<Module>, case: &Json, lack: Option<Lack>) -> Result<End, String> {
    let run = Arc::new(Run { module: module.clone(), now: Mutex::default(), lack });
    let mut imports = Imports::new();
    for import in module.imports().keys() {
        let (run, name) = (run.clone(), import.clone());
        let host = move |mut guest: Caller<'_>, args: &mut [Value]| run.hosted(&mut guest, &name, args);
        imports = imports.with_guest(&import.0, &import.1, host);
    }
    let mut store = Store::new(&Engine::new(&Config::default()), State::default());
    store.limiter(limiter);
    GROWTH.set((0, false));
    let running = linmem_host::wasmi::instantiate(store, wasm, module.clone(), imports);
    let mut running = running.map_err(|fault| fault.to_string())?;
    let mut guest: Caller<'_> = Instance::new(module.clone(), running.guest_mut());
    let live = |guest: &mut Caller<'_>| {
        (["live_blocks", "live_bytes"].map(|name| guest.call(name, &mut []).ok()), guest.owners().count())
    };
    let before = live(&mut guest);
    let steps = case["steps"].as_array().unwrap();
    refuse(&mut guest, lack);
    let done = run.steps(&mut guest, steps, "");
    let refused = refused(&guest, lack) > 0;
    refuse(&mut guest, None);
    let end = match done {
        Ok(()) if refused => End::Managed,
        Ok(()) => End::Enough,
        Err(Stop::Starved(fault)) if fault.is_trap() => return Ok(End::Trapped),
        Err(Stop::Starved(_)) => {
            let owners: Vec<Pointer> = guest.owners().cloned().collect();
            for owner in owners {
                guest.release(&owner).map_err(|fault| format!("end: {fault}"))?;
            }
            End::Said
        }
        Err(Stop::Failed(why)) => return Err(why),
        Err(Stop::Refused(fault)) => return Err(fault.to_string()),
    };
    if steps.last().is_some_and(|step| step["fails"] == "trap") && end != End::Said {
        return Ok(end);
    }
    let (free, filler) = (module.role("free"), take(&mut run.now().filler));
    for [block, size] in filler {
        by_hand(&mut guest, free, &[block, size, 1], None);
    }
    if guest.checks().is_some() {
        guest.check().map_err(|fault| format!("end: {fault}"))?;
    }
    let after = live(&mut guest);
    if before == after && after.0.iter().all(Option::is_some) {
        return Ok(end);
    }
    Err(format!("end: expected {before:?} blocks, bytes and owners, got {after:?}"))
}

/// What changes while a case runs.
#[derive(Default)]
struct Now {
    names: BTreeMap<String, Typed>,
    /// The host functions that have to be called.
    hosts: VecDeque<Json>,
    /// What went wrong in a host function.
    problem: Option<String>,
    /// What memory was filled with.
    filler: Vec<[u64; 2]>,
}

struct Run {
    module: Arc<Module>,
    now: Mutex<Now>,
    lack: Option<Lack>,
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

fn ty(text: &str) -> Type {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// What a pointer points at; of a slice nothing in place.
fn pointee(pointer: &Pointer) -> Option<&Type> {
    if let Type::Pointer { to, .. } = pointer.ty() { Some(to) } else { None }
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
        found.map_or_else(|| failed(name, "a value", "none"), Ok)
    }

    fn name(&self, name: &str, ty: &Type, value: Value) {
        self.now().names.insert(name.into(), (ty.clone(), value));
    }

    // Memory that runs out.

    /// Fills memory, if growth is to be refused.
    fn fill(&self, guest: &mut Caller<'_>, now: bool) {
        if now && matches!(self.lack, Some(Lack::Growth(_) | Lack::Maximum(_))) {
            let blocks = fill(guest);
            self.now().filler.extend(blocks);
        }
    }

    /// What the host owns and has a name for, as it reads.
    fn owned(&self, guest: &mut Caller<'_>) -> Vec<(Pointer, Result<Value, Fault>)> {
        let owners: Vec<Pointer> = guest.owners().cloned().collect();
        owners.into_iter().map(|owner| (owner.clone(), guest.read(&owner))).collect()
    }

    /// How a step ended in which something was refused: as it should, or in a way that says so. Then it changed nothing
    /// of what the host owned before, unless it was to change that.
    fn starved(
        &self,
        guest: &mut Caller<'_>,
        step: &Json,
        place: &str,
        done: Result<()>,
        before: &[(Pointer, Result<Value, Fault>)],
    ) -> Result<()> {
        let fault = match done {
            Err(Stop::Refused(fault)) => fault,
            done => return done,
        };
        let status = |value: &i32| *value == 7;
        let said = match &fault.cause {
            Cause::OutOfMemory | Cause::Null => true,
            Cause::Status { value, .. } => status(value),
            Cause::Trap(_) => self.is_mute(step),
            _ => false,
        };
        let expected = step["fails"].is_string() || step["fails"].is_number();
        if !said && !expected {
            return failed(place, "that there is no memory", fault.to_string());
        }
        if said && !fault.is_trap() {
            for (owner, value) in before {
                let now = guest.read(owner);
                if now != *value && !matches!(now, Err(Fault { cause: Cause::Moved | Cause::Freed, .. })) {
                    return failed(place, value, now);
                }
            }
        }
        Err(if said { Stop::Starved(fault) } else { Stop::Refused(fault) })
    }

    /// Whether a step calls a function, guest's or host's, that cannot say that there is no memory, and so traps.
    fn is_mute(&self, step: &Json) -> bool {
        let no_status = |host: &Json| {
            let (module, name) = host["import"].as_str().and_then(|import| import.rsplit_once('/')).unwrap();
            let signature = &self.module.imports()[&(module.to_owned(), name.to_owned())];
            !signature.result.as_ref().is_some_and(|ty| self.module.is_status(ty))
        };
        let signature = step["call"].as_str().and_then(|name| self.module.fns().get(name));
        let result = signature.and_then(|signature| signature.result.as_ref());
        matches!(result, Some(Type::Pointer { access: Access::Own, null: false, .. }))
            || step["host"].as_array().is_some_and(|hosts| hosts.iter().any(no_status))
    }

    // JSON to values.

    fn value(&self, guest: &mut Caller<'_>, ty: &Type, given: &Json) -> Result<Value> {
        if let Some(path) = given.get("use") {
            return match path {
                Json::String(name) => Ok(self.named(name)?.1),
                path => {
                    let place = self.place(guest, path.as_array().unwrap())?;
                    Ok(self.held(guest, &place)?.1)
                }
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
                    let mut field = |(name, given): (&String, &Json)| {
                        let ty = of.fields.iter().find(|field| field.name == *name).map(|field| &field.ty);
                        let value = ty.map_or_else(|| Ok(plain(given)), |ty| self.value(guest, ty, given));
                        Ok((name.clone(), value?))
                    };
                    Value::Struct(fields.iter().map(&mut field).collect::<Result<_>>()?)
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

    fn expect(&self, guest: &mut Caller<'_>, ty: &Type, got: &Value, want: &Json, place: &str) -> Result<()> {
        if want.is_null() || *got == Value::None {
            return if want.is_null() && *got == Value::None { Ok(()) } else { failed(place, want, got) };
        }
        if want.as_object().is_some_and(Map::is_empty) {
            return Ok(());
        }
        if let Value::Pointer(pointer) = got {
            return self.expect_at(guest, pointer, want, place);
        }
        match (ty, self.decl(ty), want) {
            (Type::Pointer { to, .. }, ..) => self.expect(guest, to, got, want, place),
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
                let wanted = listed(want);
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
            _ => match (self.value(guest, ty, want)?, got) {
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

    /// Compares what lies in memory, of which nothing is looked at but what is listed.
    fn expect_at(&self, guest: &mut Caller<'_>, at: &Pointer, want: &Json, place: &str) -> Result<()> {
        let of = pointee(at).cloned();
        match (&of, of.as_ref().and_then(|ty| self.decl(ty)), want) {
            (Some(Type::Pointer { null, .. }), ..) => match guest.target(at) {
                Ok(target) => self.expect_at(guest, &target, want, place),
                Err(Fault { cause: Cause::Null, .. }) if *null && want.is_null() => Ok(()),
                Err(Fault { cause: Cause::Null, .. }) if *null => failed(place, want, "null"),
                Err(fault) => Err(fault.into()),
            },
            (_, Some(Decl::Struct(_) | Decl::Union(_)), Json::Object(wanted)) => {
                wanted.iter().try_for_each(|(name, want)| {
                    let field = guest.field(at, name)?;
                    self.expect_at(guest, &field, want, &format!("{place}.{name}"))
                })
            }
            (Some(Type::Array { of, .. } | Type::Slice { of, .. } | Type::Buffer { of }), ..) if self.has_parts(of) => {
                self.expect_elements(guest, at, want, place)
            }
            (None, ..) if matches!(at.ty(), Type::Slice { of, .. } if self.has_parts(of)) => {
                self.expect_elements(guest, at, want, place)
            }
            _ => {
                let got = guest.read(at)?;
                self.expect(guest, of.as_ref().unwrap_or(at.ty()), &got, want, place)
            }
        }
    }

    fn has_parts(&self, ty: &Type) -> bool {
        matches!(ty, Type::Pointer { .. }) || matches!(self.decl(ty), Some(Decl::Struct(_) | Decl::Union(_)))
    }

    fn expect_elements(&self, guest: &mut Caller<'_>, run: &Pointer, want: &Json, place: &str) -> Result<()> {
        let (wanted, len) = (listed(want), guest.len(run)?);
        if len as usize != wanted.len() {
            return failed(place, want, format!("{len} elements"));
        }
        (0..).zip(&wanted).try_for_each(|(index, want)| {
            let element = guest.element(run, index)?;
            self.expect_at(guest, &element, want, &format!("{place}[{index}]"))
        })
    }

    // Paths.

    /// Where in memory a path ends.
    fn place(&self, guest: &mut Caller<'_>, path: &[Json]) -> Result<Pointer> {
        let mut at = self.named(path[0].as_str().unwrap())?.1.into_pointer()?;
        for step in &path[1..] {
            if let Some(Type::Pointer { .. }) = pointee(&at) {
                at = guest.target(&at)?;
            }
            at = match (step, pointee(&at).and_then(|ty| self.decl(ty))) {
                (Json::String(_), Some(Decl::Tagged(_))) => match guest.payload(&at)? {
                    Some(payload) => payload,
                    None => return failed("path", step, "a case that holds nothing"),
                },
                (Json::String(name), _) => guest.field(&at, name)?,
                (index, _) => guest.element(&at, index.as_u64().unwrap() as u32)?,
            };
        }
        Ok(at)
    }

    /// What a program would hold of what lies at a place: a pointer, or a copy of what is no more than a number or text.
    fn held(&self, guest: &mut Caller<'_>, at: &Pointer) -> Result<Typed> {
        match pointee(at) {
            Some(ty @ Type::Pointer { null, .. }) => match guest.target(at) {
                Err(Fault { cause: Cause::Null, .. }) if *null => Ok((ty.clone(), Value::None)),
                target => Ok((ty.clone(), target?.into())),
            },
            Some(Type::Slice { .. }) => {
                let target = guest.target(at)?;
                Ok((target.ty().clone(), target.into()))
            }
            Some(ty) if !matches!(ty, Type::Array { .. } | Type::Buffer { .. }) => match self.decl(ty) {
                Some(Decl::Struct(_) | Decl::Union(_) | Decl::Tagged(_)) => Ok((at.ty().clone(), at.into())),
                _ => Ok((ty.clone(), guest.read(at)?)),
            },
            _ => Ok((at.ty().clone(), at.into())),
        }
    }

    // Steps.

    fn steps(&self, guest: &mut Caller<'_>, steps: &[Json], of: &str) -> Result<()> {
        for (index, step) in steps.iter().enumerate() {
            let place = format!("{of}step {}, {}", index + 1, brief(step.to_string()));
            let fails = &step["fails"];
            let earlier = refused(guest, self.lack);
            let before = if self.lack.is_some() { self.owned(guest) } else { Vec::new() };
            self.fill(guest, of.is_empty());
            let mut done = self.act(guest, step, &place);
            if refused(guest, self.lack) > earlier {
                done = self.starved(guest, step, &place, done, &before);
            }
            let fault = match done {
                Err(Stop::Refused(fault)) if fails.is_null() => return failed(&place, "no error", fault.to_string()),
                Err(Stop::Refused(fault)) => fault,
                Ok(()) if fails.is_null() => continue,
                Ok(()) => return failed(&place, fails, "no error"),
                Err(stop) => return Err(stop),
            };
            let (status, name) = match &fault.cause {
                Cause::Status { value, name } => (Some(i64::from(*value)), name.clone()),
                plain => (None, Some(format!("{plain:?}"))),
            };
            let alive = guest.call("same_bool", &mut [true.into()]).is_ok();
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

    fn act(&self, guest: &mut Caller<'_>, step: &Json, place: &str) -> Result<()> {
        let name = |verb| step[verb].as_str().unwrap();
        if let Some(path) = step["get"].as_array() {
            return self.get(guest, step, path, place);
        }
        if let Some(path) = step["set"].as_array() {
            let at = self.place(guest, path)?;
            let of = match at.ty() {
                Type::Pointer { to, .. } => (**to).clone(),
                other => other.clone(),
            };
            let value = self.value(guest, &of, &step["to"])?;
            return Ok(guest.write(&at, &value)?);
        }
        if let Some(path) = step["length"].as_array() {
            let at = self.place(guest, path)?;
            let len = guest.len(&at)?;
            return if step["is"] == len { Ok(()) } else { failed(place, &step["is"], len) };
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
            return self.expect(guest, &of.ty, &value, &step["is"], place);
        }
        if step["new"].is_string() {
            let ty = ty(name("new"));
            let value = self.value(guest, &ty, &step["from"])?;
            let made = guest.make(&ty, &value)?;
            match step["as"].as_str() {
                Some(name) => self.name(name, &ty, made.into()),
                None => guest.release(&made)?,
            }
            return Ok(());
        }
        if step["free"].is_string() {
            return match self.named(name("free"))? {
                // A copy of text, whose block was freed when it was made.
                (ty, Value::Text(_)) if self.module.owns(&ty) => Ok(()),
                (_, value) => Ok(guest.release(value.pointer()?)?),
            };
        }
        if step["invoke"].is_string() {
            let (_, Value::Func(func)) = self.named(name("invoke"))? else { panic!("{place}: no function") };
            let Some(Decl::Sig(signature)) = self.module.types().get(&func.sig) else { panic!("{place}: no sig") };
            return self.call(guest, step, place, signature, &|guest, args| guest.invoke(&func, args));
        }
        let called = name("call");
        if let Some((ty, _)) = self.module.drops().iter().find(|(_, drop)| *drop == called) {
            let value = self.value(guest, ty, &step["args"][0])?;
            return Ok(guest.call(called, &mut [value]).map(drop)?);
        }
        self.call(guest, step, place, &self.module.fns()[called], &|guest, args| guest.call(called, args))
    }

    fn get(&self, guest: &mut Caller<'_>, step: &Json, path: &[Json], place: &str) -> Result<()> {
        if let (true, (ty, value)) = (path.len() == 1, self.named(path[0].as_str().unwrap())?) {
            if !matches!(value, Value::Pointer(_)) {
                return self.expect(guest, &ty, &value, &step["is"], place);
            }
        }
        let at = self.place(guest, path)?;
        if !step["fails"].is_null() {
            guest.read(&at)?;
        }
        if let Some(want) = step.get("is") {
            self.expect_at(guest, &at, want, place)?;
        }
        if let Some(name) = step["as"].as_str() {
            let (ty, value) = self.held(guest, &at)?;
            self.name(name, &ty, value);
        }
        Ok(())
    }

    /// The types of what a call returns.
    fn results(&self, signature: &Signature) -> Vec<Type> {
        let result = signature.result.iter().filter(|ty| !self.module.is_status(ty));
        result.chain(signature.params.iter().filter(|param| param.out).map(|param| &param.ty)).cloned().collect()
    }

    fn call(&self, guest: &mut Caller<'_>, step: &Json, place: &str, signature: &Signature, call: Call) -> Result<()> {
        let given = step["args"].as_array().cloned().unwrap_or_default();
        let ins: Vec<_> = signature.params.iter().filter(|param| !param.out).collect();
        let (mut args, mut lent) = (Vec::new(), Vec::new());
        for (param, given) in ins.iter().zip(&given) {
            let mut value = self.value(guest, &param.ty, given)?;
            // What the guest may replace parts of has to lie in memory.
            if let Type::Pointer { to, access: Access::Write, .. } = &param.ty {
                if self.module.owns(to) && !matches!(value, Value::Pointer(_) | Value::None) {
                    let owner = guest.make(&ty(&format!("^*{to}")), &value)?;
                    value = owner.clone().into();
                    lent.push(owner);
                }
            }
            args.push(value);
        }
        // One too many has no type.
        args.extend(given.iter().skip(ins.len()).map(plain));
        let hosts = step["host"].as_array().cloned().unwrap_or_default().into();
        let before = replace(&mut self.now().hosts, hosts);
        let earlier = refused(guest, self.lack);
        let mut came = call(guest, &mut args);
        // A null is how a function says it whose result may be null, and no is how `grow` does.
        let nothing = |value: &Value| matches!(value, Value::None | Value::Bool(false));
        let wanted = !step["is"].is_null() && step["is"] != false || step["as"].is_string();
        if refused(guest, self.lack) > earlier && wanted && matches!(came.as_deref(), Ok([one]) if nothing(one)) {
            came = Err(Cause::OutOfMemory.into());
        }
        let (problem, hosts) = {
            let mut now = self.now();
            (take(&mut now.problem), replace(&mut now.hosts, before))
        };
        let done = match (problem, came, hosts.front()) {
            (Some(problem), ..) => Err(Stop::Failed(problem)),
            (None, Err(fault), _) => Err(fault.into()),
            (None, Ok(_), Some(host)) => failed(place, &host["import"], "no such call"),
            (None, Ok(values), None) => self.came(guest, step, place, signature, values).and_then(|()| {
                for (name, want) in step["wrote"].as_object().into_iter().flatten() {
                    let at = ins.iter().position(|param| param.name == *name).unwrap();
                    self.expect(guest, &ins[at].ty, &args[at], want, &format!("{place}, {name}"))?;
                }
                Ok(())
            }),
        };
        for owner in lent {
            guest.release(&owner)?;
        }
        done
    }

    /// Compares what came, names it, and frees what has no name.
    fn came(
        &self,
        guest: &mut Caller<'_>,
        step: &Json,
        place: &str,
        signature: &Signature,
        values: Vec<Value>,
    ) -> Result<()> {
        let outs = self.results(signature);
        if let Some(want) = step.get("is") {
            for (index, (ty, value)) in outs.iter().zip(&values).enumerate() {
                let want = if outs.len() > 1 { &want[index] } else { want };
                self.expect(guest, ty, value, want, place)?;
            }
        }
        for (index, (ty, value)) in outs.iter().zip(values).enumerate() {
            let read = match &value {
                Value::Pointer(pointer) if !step["fails"].is_null() => guest.read(pointer).map(drop),
                _ => Ok(()),
            };
            match (step["as"].as_str().filter(|_| index == 0), &value) {
                (Some(name), _) => self.name(name, ty, value),
                (None, Value::Pointer(pointer)) if pointer.is_owner() => guest.release(pointer)?,
                _ => {}
            }
            read?;
        }
        Ok(())
    }

    /// A host function: it is called as the step says, and does what the step says.
    fn hosted(&self, guest: &mut Caller<'_>, (module, name): &(String, String), args: &mut [Value]) -> Answer {
        let signature = &self.module.imports()[&(module.clone(), name.clone())];
        let host = self.now().hosts.pop_front().unwrap_or_default();
        let place = format!("host function {module}/{name}: ");
        match (self.play(guest, signature, &host, args, &place), host["fails"].as_str()) {
            (Err(stop), _) => {
                let why = match stop {
                    Stop::Failed(why) => why,
                    Stop::Refused(fault) => format!("{place}{fault}"),
                    Stop::Starved(fault) => return Err(fault),
                };
                self.now().problem.get_or_insert(why.clone());
                Err(Fault::trap(why))
            }
            (Ok(_), Some("error")) => Err(Fault::trap("an error of the host's")),
            (Ok(_), Some(fails)) => Err(Fault::status(status(&self.module, signature, fails))),
            (Ok(values), None) => Ok(values),
        }
    }

    fn play(
        &self,
        guest: &mut Caller<'_>,
        signature: &Signature,
        host: &Json,
        args: &mut [Value],
        place: &str,
    ) -> Result<Vec<Value>> {
        if host["import"].as_str().is_none_or(|import| !place.contains(&format!(" {import}:"))) {
            return failed(place, &host["import"], "this call");
        }
        let ins = signature.params.iter().filter(|param| !param.out);
        for ((param, value), want) in ins.zip(&*args).zip(host["args"].as_array().unwrap()) {
            self.expect(guest, &param.ty, value, want, place)?;
            match (host["as"][&param.name].as_str(), value) {
                (Some(name), value) => self.name(name, &param.ty, value.clone()),
                (None, Value::Pointer(pointer)) if pointer.is_owner() => guest.release(pointer)?,
                _ => {}
            }
        }
        self.steps(guest, host["do"].as_array().map_or(&[], |steps| steps), place)?;
        let (outs, returns) = (self.results(signature), &host["returns"]);
        let returned =
            |(index, ty): (usize, &Type)| self.value(guest, ty, if outs.len() > 1 { &returns[index] } else { returns });
        if host["fails"].is_null() { outs.iter().enumerate().map(returned).collect() } else { Ok(Vec::new()) }
    }
}

/// The elements that a list of a case stands for.
fn listed(want: &Json) -> Vec<Json> {
    match want {
        Json::Array(wanted) => wanted.clone(),
        _ => vec![want["repeat"].clone(); want["times"].as_u64().unwrap() as usize],
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
