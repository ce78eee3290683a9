//! A call, from values to values.

use crate::guest::{self, Callee, Guest, Raw};
use crate::lift::lift;
use crate::lower::{Fate, Lower};
use crate::memory::check;
use crate::pointer::{Origin, State};
use crate::release::Plan;
use crate::{Access, Cause, Decl, Fault, Layout, Module, Param, Pointer, Signature, Type, Value};

type Result<T> = std::result::Result<T, Fault>;

/// Names of the statuses that SPEC gives.
const STATUS: [&str; 9] =
    ["Ok", "Null", "Misaligned", "TooLong", "OutOfBounds", "NotUtf8", "InteriorNul", "OutOfMemory", "Invalid"];

/// What becomes of what a call returns and has in memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Results {
    /// It stays there, and the host gets pointers; but for text.
    Stay,
    /// It is copied, and freed if it is owned; but for what is opaque.
    Copy,
}

/// Calls a function; see [`Instance::call`](crate::Instance::call).
pub(crate) fn call(
    module: &Module,
    guest: &mut dyn Guest,
    callee: Callee<'_>,
    signature: &Signature,
    args: &mut [Value],
    results: Results,
) -> Result<Vec<Value>> {
    let given = signature.params.iter().filter(|param| !param.out).count();
    if given != args.len() {
        let arguments = if given == 1 { "argument" } else { "arguments" };
        return Err(Fault::mismatch(format!("takes {given} {arguments}, not {}", args.len())));
    }
    let mut lower = Lower::new(module, guest, Fate::Lent);
    let done = lower_all(&mut lower, signature, args).and_then(|params| {
        let (_, result) = module.wasm(signature);
        let result = lower.guest.call(callee, &params, result)?;
        Ok((params, result.map_or(0, |raw| raw.bits)))
    });
    match done {
        Ok((params, result)) => {
            lower.commit();
            // While what was lent is there: a result may lead into it.
            let done = take(&mut lower, signature, &params, result, args, results);
            finish(done, || lower.finish())
        }
        // The call did not happen, so nothing changed hands.
        Err(fault) => finish(Err(fault), || lower.undo()),
    }
}

/// Cleans up unless the instance is lost; the first error counts.
pub(crate) fn finish<T>(done: Result<T>, clean: impl FnOnce() -> Result<()>) -> Result<T> {
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

/// Takes what a call returns, and copies what it wrote to arguments that are copies.
fn take(
    lower: &mut Lower<'_, '_>,
    signature: &Signature,
    params: &[Raw],
    result: u64,
    args: &mut [Value],
    results: Results,
) -> Result<Vec<Value>> {
    let module = lower.module;
    let status = signature.result.as_ref().filter(|ty| module.is_status(ty));
    if let Some(ty) = status.filter(|_| result as u32 != 0) {
        return Err(status_fault(module, ty, result as i32));
    }
    let params = flat(module, signature, params);
    let mut values = Vec::new();
    if let Some(ty) = signature.result.as_ref().filter(|_| status.is_none()) {
        values.push(keep(lower, ty, result, 0, results));
    }
    for (param, bits, _) in params.iter().filter(|(param, ..)| param.out) {
        let value = out(lower, &param.ty, *bits as u32, results);
        values.push(value.map_err(|fault| fault.within(format!(".{}", param.name))));
    }
    let origin = lower.guest.ledger().guest();
    let mut wrote = Ok(());
    for ((param, bits, len), arg) in params.iter().filter(|(param, ..)| !param.out).zip(args) {
        if wrote.is_ok() && is_written(&param.ty) && !matches!(arg, Value::Pointer(_) | Value::None) {
            let value = lift(module, lower.guest, &origin, |lift| lift.behind(&param.ty, *bits as u32, *len));
            wrote = value.map(|value| *arg = value).map_err(|fault| fault.within(format!(".{}", param.name)));
        }
    }
    if wrote.is_ok() && values.iter().all(Result::is_ok) {
        return values.into_iter().collect();
    }
    // What is no result of an error is freed.
    let mut first = Ok(());
    for value in values {
        first = match value {
            Ok(Value::Pointer(pointer)) if pointer.is_owner() => {
                finish(first, || release(module, lower.guest, &pointer))
            }
            Ok(_) => first,
            Err(fault) => first.and(Err(fault)),
        };
    }
    Err(first.and(wrote).err().unwrap_or_else(|| Fault::mismatch("no error")))
}

/// Frees an owner, and what the host keeps for it.
pub(crate) fn release(module: &Module, guest: &mut dyn Guest, pointer: &Pointer) -> Result<()> {
    pointer.owner(guest.ledger().id)?;
    let owner = Some(pointer.origin().id);
    let plan = Plan::value(module, guest, owner, pointer.ty(), pointer.addr(), pointer.len())?;
    let kept = guest.ledger_mut().end(pointer, State::Freed);
    plan.run(module, guest)?;
    kept.into_iter().try_for_each(|(ptr, size, align)| guest::free(module, guest, ptr, size, align))
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

/// A value that came: a copy, or a pointer to what stays where it is.
pub(crate) fn keep(lower: &mut Lower<'_, '_>, ty: &Type, bits: u64, len: u32, results: Results) -> Result<Value> {
    let (module, ptr) = (lower.module, bits as u32);
    if ty.is_null() && ptr == 0 {
        return Ok(Value::None);
    }
    let origin = lower.guest.ledger().guest();
    let layout = match ty {
        Type::Pointer { .. } if ptr == 0 => return Err(Cause::Null.into()),
        Type::Pointer { to, .. } => module.layout(to).map(|layout| (layout, 1)),
        Type::Slice { of, .. } => module.layout(of).map(|layout| (layout, len)),
        Type::Str { .. } | Type::CStr { .. } => return copy(lower, ty, ptr, len),
        _ => return lift(module, lower.guest, &origin, |lift| lift.number(ty, bits)),
    };
    if results == Results::Copy && layout.is_some() {
        return copy(lower, ty, ptr, len);
    }
    let mut addr = ptr;
    if let Some((Layout { size, align }, len)) = layout {
        check(lower.guest.memory().len(), ptr, len, size, align)?;
        // What is empty is nowhere.
        addr = if len == 0 { align } else { ptr };
    }
    if module.owns(ty) {
        return lower.guest.ledger_mut().own(module, ty, addr, len).map(Value::Pointer);
    }
    if lower.is_lent(addr) {
        return Ok(Pointer::new(ty, addr, len, Origin::ended(lower.guest.ledger().id)).into());
    }
    Ok(lower.guest.ledger().borrow(ty, addr, len).into())
}

/// Copies what is behind an address, and frees it if it is owned.
fn copy(lower: &mut Lower<'_, '_>, ty: &Type, ptr: u32, len: u32) -> Result<Value> {
    let module = lower.module;
    let owns = module.owns(ty);
    // Pointers in a copy of what is freed lead nowhere.
    let ledger = lower.guest.ledger();
    let origin = if owns { Origin::ended(ledger.id) } else { ledger.guest() };
    let value = lift(module, lower.guest, &origin, |lift| match ty {
        Type::Pointer { to, .. } => lift.read(to, ptr).map_err(|fault| fault.within(" -> ")),
        ty => lift.behind(ty, ptr, len),
    });
    if owns {
        let plan = Plan::value(module, lower.guest, None, ty, ptr, len);
        return finish(value, || plan?.run(module, lower.guest));
    }
    value
}

/// The value that a call wrote to an address.
fn out(lower: &mut Lower<'_, '_>, ty: &Type, addr: u32, results: Results) -> Result<Value> {
    let module = lower.module;
    match ty {
        Type::Pointer { .. } | Type::CStr { .. } => {
            let [ptr] = words(lower, addr)?;
            keep(lower, ty, ptr.into(), 0, results)
        }
        Type::Slice { .. } | Type::Str { .. } => {
            let [ptr, len] = words(lower, addr)?;
            keep(lower, ty, ptr.into(), len, results)
        }
        ty if results == Results::Stay && is_aggregate(module, ty) => {
            lower.leave(addr);
            let ty = Type::Pointer { to: Box::new(ty.clone()), access: Access::Own, null: false };
            lower.guest.ledger_mut().own(module, &ty, addr, 0).map(Value::Pointer)
        }
        ty => {
            let ledger = lower.guest.ledger();
            let origin = if module.owns(ty) { Origin::ended(ledger.id) } else { ledger.guest() };
            let value = lift(module, lower.guest, &origin, |lift| lift.read(ty, addr));
            let plan = Plan::inside(module, lower.guest, None, ty, addr);
            finish(value, || plan?.run(module, lower.guest))
        }
    }
}

fn words<const N: usize>(lower: &Lower<'_, '_>, addr: u32) -> Result<[u32; N]> {
    crate::lift::Lift::new(lower.module, lower.guest.memory()).words(addr)
}

/// Whether a value is several, or has room of its own.
fn is_aggregate(module: &Module, ty: &Type) -> bool {
    match ty {
        Type::Array { .. } | Type::Buffer { .. } => true,
        Type::Named { name, .. } => {
            matches!(module.types.get(name), Some(Decl::Struct(_) | Decl::Union(_) | Decl::Tagged(_)))
        }
        _ => false,
    }
}
