//! Host functions: what a guest imports, as closures over values.

use crate::calls::{Results, is_written, keep};
use crate::guest::Guest;
use crate::lift::lift;
use crate::lower::{Fate, Lower};
use crate::memory::check;
use crate::pointer::{Kind, Origin, State};
use crate::{Cause, Fault, Instance, Module, Pointer, Signature, Type, Value, Wasm};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// What a host function returns: its result and the values of its out pointers, in this order. A
/// [`Fault::status`] becomes the status of a function that returns one, and so does [`Cause::OutOfMemory`], also where it is
/// the answer that the guest has no memory for; every other fault is a trap.
pub type Answer = Result<Vec<Value>, Fault>;

/// The module that calls a host function, to call it again, and to look at what it lent.
pub type Caller<'a> = Instance<&'a mut (dyn Guest + 'a)>;

type Plain = dyn FnMut(&mut [Value]) -> Answer + Send;
type Calling = dyn Fn(Caller<'_>, &mut [Value]) -> Answer + Send + Sync;

enum Host {
    /// It gets copies, and cannot reach the guest: so it never runs while it runs.
    Plain(Mutex<Box<Plain>>),
    /// It gets pointers, and the guest.
    Calling(Box<Calling>),
}

/// How deep host functions may lie in one another through the guest: each takes some of the host's stack.
const MAX_NESTED: usize = 16;

/// The status that says so.
const OUT_OF_MEMORY: u64 = 7;

/// The host functions that a module is given.
///
/// ```
/// use linmem_host::{Imports, Value};
///
/// let imports = Imports::new().with("env", "log_nr", |args| {
///     println!("{:?}", args[0]);
///     Ok(vec![])
/// });
/// ```
#[derive(Default)]
pub struct Imports(BTreeMap<(String, String), Host>);

impl Imports {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a function. It gets its arguments as copies, in which `*T` is the `T` but for opaque types; what it changes in
    /// those that the guest lends for writing (`~`) is written back, and what the guest hands over (`^`) is freed.
    pub fn with(self, module: &str, name: &str, host: impl FnMut(&mut [Value]) -> Answer + Send + 'static) -> Self {
        self.add(module, name, Host::Plain(Mutex::new(Box::new(host))))
    }

    /// Adds a function that gets the guest as well, to call it again while it waits. Pointers and slices are not copied:
    /// it gets a [`Pointer`], which ends when the function returns, or which the host owns from here on if it is handed over
    /// (`^`). It may run again before it has returned, and so is no `FnMut`.
    ///
    /// ```
    /// use linmem_host::{Imports, Value};
    ///
    /// let imports = Imports::new().with_guest("env", "on_point", |mut guest, args| {
    ///     let point = args[1].pointer()?;
    ///     println!("{:?}", guest.view(point)?.get("x")?);
    ///     guest.call("log_nr", &mut [7.into()])
    /// });
    /// ```
    pub fn with_guest(
        self,
        module: &str,
        name: &str,
        host: impl Fn(Caller<'_>, &mut [Value]) -> Answer + Send + Sync + 'static,
    ) -> Self {
        self.add(module, name, Host::Calling(Box::new(host)))
    }

    fn add(mut self, module: &str, name: &str, host: Host) -> Self {
        self.0.insert((module.to_owned(), name.to_owned()), host);
        self
    }

    /// Gives the functions to an engine, but those that the module has no record of.
    pub fn bind(self, module: &Arc<Module>) -> Vec<Bound> {
        let bind = |(import, host): ((String, String), Host)| {
            let (params, result) = module.wasm(module.imports.get(&import)?);
            Some(Bound { module: module.clone(), import, params, result, host })
        };
        self.0.into_iter().filter_map(bind).collect()
    }
}

/// A host function as an engine can call it; made by [`Imports::bind`].
pub struct Bound {
    module: Arc<Module>,
    /// The module and name that it is imported from.
    pub import: (String, String),
    /// Its wasm parameters.
    pub params: Vec<Wasm>,
    /// Its wasm result.
    pub result: Option<Wasm>,
    host: Host,
}

thread_local! {
    /// How many host functions run on this thread, one in another.
    static NESTED: Cell<usize> = const { Cell::new(0) };
}

/// A host function that runs, until it is dropped.
struct Nested;

impl Nested {
    fn enter() -> Option<Self> {
        NESTED.set(Some(NESTED.get()).filter(|&nested| nested < MAX_NESTED)? + 1);
        Some(Self)
    }
}

impl Drop for Nested {
    fn drop(&mut self) {
        NESTED.set(NESTED.get() - 1);
    }
}

impl Bound {
    /// Answers a call of the guest: the bits of its parameters, then of the result.
    ///
    /// # Errors
    ///
    /// What has to end the call in a trap, since a host function does not return then.
    pub fn answer(&self, guest: &mut dyn Guest, params: &[u64]) -> Result<Option<u64>, Fault> {
        let _nested = Nested::enter().ok_or_else(|| Fault::trap("host functions lie too deep in one another"))?;
        let (module, name) = &self.import;
        let signature = self.module.imports.get(&self.import).ok_or_else(|| Fault::missing("an import"));
        signature
            .and_then(|signature| self.values(signature, guest, params))
            .map_err(|fault| fault.within(format!("{module}/{name}")))
    }

    fn values(&self, signature: &Signature, guest: &mut dyn Guest, raws: &[u64]) -> Result<Option<u64>, Fault> {
        let module = &*self.module;
        let (mut ins, mut outs, mut raws) = (Vec::new(), Vec::new(), raws.iter().copied());
        for param in &signature.params {
            let mut next = || raws.next().unwrap_or_default();
            if param.out {
                outs.push((param, next() as u32));
            } else {
                let (bits, two) = (next(), module.flatten(&param.ty).len() == 2);
                ins.push((param, bits, if two { next() as u32 } else { 0 }));
            }
        }
        let (mut args, mut origins) = (Vec::new(), Vec::new());
        for (param, bits, len) in &ins {
            let origin = Origin::new(guest.ledger().id, Kind::Call);
            let arg = self.lift(guest, &origin, &param.ty, *bits, *len);
            origins.push(origin);
            args.push(arg.map_err(|fault| fault.within(format!(".{}", param.name)))?);
        }
        let answer = match &self.host {
            Host::Plain(host) => {
                let before = args.clone();
                let answer = {
                    let mut host = host.lock().map_err(|_| Fault::trap("the host function panicked before"))?;
                    host(&mut args)
                };
                for (((param, ptr, len), arg), before) in ins.iter().zip(&args).zip(&before) {
                    if changed(before, arg) {
                        let done = write_back(module, guest, &param.ty, *ptr as u32, *len, arg);
                        done.map_err(|fault| fault.within(format!(".{}", param.name)))?;
                    }
                }
                answer
            }
            Host::Calling(host) => {
                let answer = host(Instance::new(self.module.clone(), &mut *guest), &mut args);
                match answer {
                    // It may have made nothing of a trap in a call of its own.
                    Ok(_) if guest.ledger().lost.is_some() => Err(Fault::trap("a call trapped")),
                    Err(fault) if guest.ledger().lost.is_some() && !fault.is_trap() => Err(Fault::trap(fault)),
                    answer => answer,
                }
            }
        };
        // What is returned may still be a pointer that was lent; afterwards that ends.
        let done = self.lower(signature, guest, answer, outs);
        origins.iter().for_each(|origin| origin.set(State::Ended));
        done
    }

    /// Gives the guest what the function answered.
    fn lower(
        &self,
        signature: &Signature,
        guest: &mut dyn Guest,
        answer: Answer,
        outs: Vec<(&crate::Param, u32)>,
    ) -> Result<Option<u64>, Fault> {
        let module = &*self.module;
        let status = signature.result.as_ref().is_some_and(|ty| module.is_status(ty));
        let mut values = match answer {
            Ok(values) => values.into_iter(),
            Err(Fault { cause: Cause::Status { value: value @ ..=0, .. }, .. }) => {
                return Err(Fault::mismatch(format!("fails with status {value}, which is none of a failure")));
            }
            Err(Fault { cause: Cause::Status { value, .. }, .. }) if status => {
                return Ok(Some(u64::from(value as u32)));
            }
            Err(Fault { cause: Cause::OutOfMemory, .. }) if status => return Ok(Some(OUT_OF_MEMORY)),
            Err(Fault { cause: Cause::Status { value, .. }, .. }) => {
                return Err(Fault::mismatch(format!("failed with {value}, and returns no status")));
            }
            Err(fault) => return Err(fault),
        };
        let mut lower = Lower::new(module, guest, Fate::Given);
        let mut next = || values.next().ok_or_else(|| Fault::mismatch("returns too few values"));
        let give = || {
            let result = match signature.result.as_ref() {
                None => None,
                Some(_) if status => Some(0),
                Some(ty @ (Type::Scalar(_) | Type::Named { .. })) => Some(lower.bits(ty, &next()?)?),
                Some(ty) => Some(lower.words(ty, &next()?)?[0].into()),
            };
            for (param, addr) in outs {
                lower.write(&param.ty, addr, &next()?).map_err(|fault| fault.within(format!(".{}", param.name)))?;
            }
            if next().is_ok() { Err(Fault::mismatch("returns too many values")) } else { Ok(result) }
        };
        match give() {
            Ok(result) => {
                lower.commit();
                Ok(result)
            }
            Err(Fault { cause: Cause::OutOfMemory, .. }) if status => lower.undo().map(|()| Some(OUT_OF_MEMORY)),
            Err(fault) => Err(fault),
        }
    }

    /// An argument: a copy, or a pointer that ends with the call or is the host's.
    fn lift(
        &self,
        guest: &mut dyn Guest,
        origin: &Arc<Origin>,
        ty: &Type,
        bits: u64,
        len: u32,
    ) -> Result<Value, Fault> {
        let (module, ptr) = (&*self.module, bits as u32);
        let results = match &self.host {
            Host::Plain(_) => Results::Copy,
            Host::Calling(_) => Results::Stay,
        };
        if module.owns(ty) {
            return keep(&mut Lower::new(module, guest, Fate::Lent), ty, bits, len, results);
        }
        let layout = match ty {
            _ if ty.is_null() && ptr == 0 => return Ok(Value::None),
            Type::Pointer { .. } if ptr == 0 => return Err(Cause::Null.into()),
            Type::Pointer { to, .. } => module.layout(to).map(|layout| (layout, 1)),
            Type::Slice { of, .. } => module.layout(of).map(|layout| (layout, len)),
            Type::Str { .. } | Type::CStr { .. } => {
                return lift(module, guest, origin, |lift| lift.behind(ty, ptr, len));
            }
            ty => return lift(module, guest, origin, |lift| lift.number(ty, bits)),
        };
        if results == Results::Copy && layout.is_some() {
            return lift(module, guest, origin, |lift| lift.behind(ty, ptr, len));
        }
        let mut addr = ptr;
        if let Some((layout, len)) = layout {
            check(guest.memory().len(), ptr, len, layout.size, layout.align)?;
            addr = if len == 0 { layout.align } else { ptr };
        }
        Ok(Pointer::new(ty, addr, len, origin.clone()).into())
    }
}

/// Whether a value is another than before; a NaN is not.
fn changed(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Float(before), Value::Float(after)) => before.to_bits() != after.to_bits(),
        (Value::List(before), Value::List(after)) => {
            before.len() != after.len() || before.iter().zip(after).any(|(before, after)| changed(before, after))
        }
        (Value::Struct(before), Value::Struct(after)) => {
            let other = |((name, before), (same, after)): (&(String, Value), &(String, Value))| {
                name != same || changed(before, after)
            };
            before.len() != after.len() || before.iter().zip(after).any(other)
        }
        (Value::Case(before, Some(old)), Value::Case(after, Some(new))) => before != after || changed(old, new),
        _ => before != after,
    }
}

/// Writes what a host function changed.
fn write_back(
    module: &Module,
    guest: &mut dyn Guest,
    ty: &Type,
    ptr: u32,
    len: u32,
    value: &Value,
) -> Result<(), Fault> {
    let place = match ty {
        Type::Pointer { to, .. } if is_written(ty) => (**to).clone(),
        Type::Slice { of, .. } if is_written(ty) => Type::Array { of: of.clone(), len },
        // Nobody looks at what became of an argument that is only read.
        _ => return Ok(()),
    };
    if module.owns(&place) {
        return Err(Fault::mismatch(format!("{ty} has owned parts, which a host function does not replace")));
    }
    Lower::new(module, guest, Fate::Given).write(&place, ptr, value)
}
