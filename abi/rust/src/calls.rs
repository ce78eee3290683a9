//! A call, from values to values.

use crate::guest::{Callee, Guest, Raw};
use crate::lift::Lift;
use crate::lower::Lower;
use crate::release::Release;
use crate::{Access, Cause, Decl, Fault, Module, Param, Signature, Type, Value};

type Result<T> = std::result::Result<T, Fault>;

/// Names of the statuses that SPEC gives.
const STATUS: [&str; 9] =
    ["Ok", "Null", "Misaligned", "TooLong", "OutOfBounds", "NotUtf8", "InteriorNul", "OutOfMemory", "Invalid"];

/// What becomes of a pointer that a call hands over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pointers {
    /// It stays an address.
    Stay,
    /// What it leads to is copied, and freed if it is owned; but for opaque types.
    Copy,
}

/// Calls a function; see [`Instance::call`](crate::Instance::call).
pub(crate) fn call(
    module: &Module,
    guest: &mut dyn Guest,
    callee: Callee<'_>,
    signature: &Signature,
    args: &mut [Value],
    pointers: Pointers,
) -> Result<Vec<Value>> {
    let given = signature.params.iter().filter(|param| !param.out).count();
    if given != args.len() {
        return Err(Fault::mismatch(format!("takes {given} arguments, not {}", args.len())));
    }
    let mut lower = Lower::new(module, guest, false);
    let done = lower_all(&mut lower, signature, args).and_then(|params| {
        let (_, result) = module.wasm(signature);
        let result = lower.guest.call(callee, &params, result)?;
        Ok((params, result.map_or(0, |raw| raw.bits)))
    });
    match done {
        Ok((params, result)) => {
            // While what was lent is there: a result may lead into it.
            let done = take(module, lower.guest, signature, &params, result, args, pointers);
            finish(done, || lower.free(false))
        }
        // The call did not happen, so nothing changed hands.
        Err(fault) => finish(Err(fault), || lower.free(true)),
    }
}

/// Cleans up unless the instance is lost; the first error counts.
fn finish<T>(done: Result<T>, clean: impl FnOnce() -> Result<()>) -> Result<T> {
    if done.as_ref().is_err_and(Fault::is_trap) {
        return done;
    }
    match (done, clean()) {
        (Ok(_), Err(fault)) => Err(fault),
        // A trap while cleaning up counts more than any error before it.
        (Err(_), Err(fault)) if fault.is_trap() => Err(fault),
        (done, _) => done,
    }
}

fn lower_all(lower: &mut Lower<'_, '_>, signature: &Signature, args: &[Value]) -> Result<Vec<Raw>> {
    let (mut params, mut args) = (Vec::new(), args.iter());
    for param in &signature.params {
        let raws = match args.as_slice().first() {
            _ if param.out => lower.layout(&param.ty).and_then(|layout| Ok(vec![Raw::word(lower.block(1, layout)?)])),
            Some(arg) => {
                args.next();
                lower.param(&param.ty, arg)
            }
            None => Err(Fault::mismatch("an argument is missing")),
        };
        params.extend(raws.map_err(|fault| fault.within(format!(".{}", param.name)))?);
    }
    Ok(params)
}

/// The parameters, each with its wasm values.
fn flat<'a>(module: &Module, signature: &'a Signature, raws: &[Raw]) -> Vec<(&'a Param, u64, u32)> {
    let mut raws = raws.iter().map(|raw| raw.bits);
    let mut next = || raws.next().unwrap_or_default();
    let param = |param: &'a Param| {
        let two = !param.out && module.flatten(&param.ty).len() == 2;
        (param, next(), if two { next() as u32 } else { 0 })
    };
    signature.params.iter().map(param).collect()
}

/// Copies what a call returns, and what it wrote to arguments; frees what is owned and copied.
fn take(
    module: &Module,
    guest: &mut dyn Guest,
    signature: &Signature,
    params: &[Raw],
    result: u64,
    args: &mut [Value],
    pointers: Pointers,
) -> Result<Vec<Value>> {
    let status = signature.result.as_ref().filter(|ty| module.is_status(ty));
    if let Some(ty) = status.filter(|_| result as u32 != 0) {
        return Err(status_fault(module, ty, result as i32));
    }
    let params = flat(module, signature, params);
    let mut values = Vec::new();
    if let Some(ty) = signature.result.as_ref().filter(|_| status.is_none()) {
        values.push(keep(module, guest, ty, result, pointers)?);
    }
    for (param, bits, _) in params.iter().filter(|(param, ..)| param.out) {
        let value = out(module, guest, &param.ty, *bits as u32, pointers);
        values.push(value.map_err(|fault| fault.within(format!(".{}", param.name)))?);
    }
    for ((param, bits, len), arg) in params.iter().filter(|(param, ..)| !param.out).zip(args) {
        if is_written(&param.ty) && !matches!(arg, Value::Pointer(_) | Value::Run(..) | Value::None) {
            let value = Lift::new(module, guest.memory()).behind(&param.ty, *bits as u32, *len);
            *arg = value.map_err(|fault| fault.within(format!(".{}", param.name)))?;
        }
    }
    Ok(values)
}

/// Whether a parameter is lent to be written to.
pub(crate) fn is_written(ty: &Type) -> bool {
    matches!(ty, Type::Pointer { access: Access::Write, .. } | Type::Slice { access: Access::Write, .. })
}

fn status_fault(module: &Module, ty: &Type, value: i32) -> Fault {
    let own = match ty {
        Type::Named { name, .. } => match module.types.get(name) {
            Some(Decl::Enum(of)) => of.cases.of(value.into()).map(|case| case.name.clone()),
            _ => None,
        },
        _ => None,
    };
    let known = usize::try_from(value).ok().and_then(|value| STATUS.get(value));
    Fault::new(Cause::Status { value, name: own.or_else(|| known.map(|name| (*name).to_owned())) })
}

/// The value that a call hands over: all but a pointer is copied and freed.
fn keep(module: &Module, guest: &mut dyn Guest, ty: &Type, bits: u64, pointers: Pointers) -> Result<Value> {
    match ty {
        Type::Pointer { null: true, .. } if bits as u32 == 0 => Ok(Value::None),
        Type::Pointer { .. } if bits as u32 == 0 => Err(Cause::Null.into()),
        Type::Pointer { to, .. } if pointers == Pointers::Copy && module.layout(to).is_some() => {
            let copy = Lift::new(module, guest.memory()).read(to, bits as u32);
            if module.owns(ty) {
                Release::new(module, guest).value(ty, bits as u32, 0)?;
            }
            copy.map_err(|fault| fault.within(" -> "))
        }
        Type::Pointer { .. } => Ok(Value::Pointer(bits as u32)),
        Type::Scalar(_) | Type::Named { .. } => Lift::new(module, guest.memory()).number(ty, bits),
        _ => {
            let value = Lift::new(module, guest.memory()).behind(ty, bits as u32, 0)?;
            Release::new(module, guest).value(ty, bits as u32, 0)?;
            Ok(value)
        }
    }
}

/// The value that a call wrote to an address.
fn out(module: &Module, guest: &mut dyn Guest, ty: &Type, addr: u32, pointers: Pointers) -> Result<Value> {
    let mut lift = Lift::new(module, guest.memory());
    match ty {
        Type::Pointer { .. } => {
            let [ptr] = lift.words(addr)?;
            keep(module, guest, ty, ptr.into(), pointers)
        }
        ty => {
            let value = lift.read(ty, addr)?;
            Release::new(module, guest).inside(ty, addr)?;
            Ok(value)
        }
    }
}
