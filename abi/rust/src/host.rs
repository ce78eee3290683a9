//! Host functions: what a guest imports, as closures over values.

use crate::calls::is_written;
use crate::guest::Guest;
use crate::lift::Lift;
use crate::lower::Lower;
use crate::release::Release;
use crate::{Fault, Module, Signature, Type, Value, Wasm};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// What a host function returns: its result and the values of its out pointers, in this order; or a status, which for a
/// function that returns none is a trap.
pub type Answer = Result<Vec<Value>, i32>;

type Host = Box<dyn FnMut(&mut [Value]) -> Answer + Send>;

/// How deep host functions may lie in one another through the guest: each takes some of the host's stack.
const MAX_NESTED: usize = 16;

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
    /// those that the guest lends for writing (`~`) is written back.
    pub fn with(mut self, module: &str, name: &str, host: impl FnMut(&mut [Value]) -> Answer + Send + 'static) -> Self {
        self.0.insert((module.to_owned(), name.to_owned()), Box::new(host));
        self
    }
}

/// A host function that an engine can call.
pub(crate) struct Bound {
    module: Arc<Module>,
    pub import: (String, String),
    pub params: Vec<Wasm>,
    pub result: Option<Wasm>,
    host: Mutex<Host>,
}

impl Bound {
    /// The functions for a module, but those that it has no record of.
    pub(crate) fn all(module: &Arc<Module>, imports: Imports) -> Vec<Self> {
        let bind = |(import, host): ((String, String), Host)| {
            let (params, result) = module.wasm(module.imports.get(&import)?);
            Some(Self { module: module.clone(), import, params, result, host: Mutex::new(host) })
        };
        imports.0.into_iter().filter_map(bind).collect()
    }

    /// Answers a call of the guest, which is so deep in host functions.
    pub(crate) fn answer(&self, guest: &mut dyn Guest, params: &[u64], nested: usize) -> Result<Option<u64>, Fault> {
        if nested > MAX_NESTED {
            return Err(Fault::trap("host functions lie too deep in one another"));
        }
        let signature = self.module.imports.get(&self.import).ok_or_else(|| Fault::missing("an import"))?;
        let (module, name) = &self.import;
        self.values(signature, guest, params).map_err(|fault| fault.within(format!("{module}/{name}")))
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
        let mut args = Vec::new();
        for (param, bits, len) in &ins {
            args.push(
                self.lift(guest, &param.ty, *bits, *len).map_err(|fault| fault.within(format!(".{}", param.name)))?,
            );
        }
        let before = args.clone();
        let answer = {
            let mut host = self.host.lock().map_err(|_| Fault::trap("the host function panicked before"))?;
            host(&mut args)
        };
        for (((param, ptr, len), arg), _) in
            ins.iter().zip(&args).zip(&before).filter(|((_, arg), before)| arg != before)
        {
            let place = |fault: Fault| fault.within(format!(".{}", param.name));
            write_back(module, guest, &param.ty, *ptr as u32, *len, arg).map_err(place)?;
        }
        let status = signature.result.as_ref().is_some_and(|ty| module.is_status(ty));
        let mut values = match answer {
            Ok(values) => values.into_iter(),
            Err(0) => return Err(Fault::mismatch("fails with status 0, which is success")),
            Err(value) if status => return Ok(Some(u64::from(value as u32))),
            Err(value) => return Err(Fault::mismatch(format!("failed with {value}, and returns no status"))),
        };
        let mut lower = Lower::new(module, guest, true);
        let mut next = || values.next().ok_or_else(|| Fault::mismatch("returns too few values"));
        let result = match signature.result.as_ref() {
            None => None,
            Some(_) if status => Some(0),
            Some(ty @ (Type::Scalar(_) | Type::Named { .. })) => Some(lower.bits(ty, &next()?)?),
            Some(ty) => Some(lower.words(ty, &next()?)?[0].into()),
        };
        for (param, addr) in outs {
            lower.write(&param.ty, addr, &next()?).map_err(|fault| fault.within(format!(".{}", param.name)))?;
        }
        match values.next() {
            None => Ok(result),
            Some(_) => Err(Fault::mismatch("returns too many values")),
        }
    }

    /// An argument. What is handed over is copied and freed, but for a pointer, which stays an address.
    fn lift(&self, guest: &mut dyn Guest, ty: &Type, bits: u64, len: u32) -> Result<Value, Fault> {
        let module = &*self.module;
        match ty {
            Type::Pointer { .. } if module.owns(ty) && bits as u32 != 0 => Ok(Value::Pointer(bits as u32)),
            ty if module.flatten(ty) == [Wasm::I32, Wasm::I32] || matches!(ty, Type::CStr { .. }) => {
                let value = Lift::new(module, guest.memory()).behind(ty, bits as u32, len)?;
                Release::new(module, guest).value(ty, bits as u32, len)?;
                Ok(value)
            }
            ty => Lift::new(module, guest.memory()).number(ty, bits),
        }
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
    Lower::new(module, guest, true).write(&place, ptr, value)
}
