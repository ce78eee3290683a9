//! The arguments of a call in the guest: what is written out is lent or handed over by the host library; what it lends by
//! pointer only, because the guest may replace what it owns, is made here, and freed after the call.

use super::parse::Argument;
use linmem_host::{Access, Fault, Guest, Instance, Module, Signature, Type, Value};

type Result<T> = std::result::Result<T, Fault>;

/// The values of arguments; what they own is the host's.
pub fn values<G: Guest>(
    instance: &mut Instance<G>,
    name: &str,
    of: &Signature,
    arguments: Vec<Argument>,
) -> Result<Vec<Value>> {
    let mut values = Vec::new();
    for (param, argument) in of.params.iter().filter(|param| !param.out).zip(arguments) {
        values.push(match argument {
            Argument::Call(callee, arguments) => returned(instance, &callee, arguments)?,
            Argument::Value(value) => match owner(instance.module(), name, &param.ty) {
                Some(ty) if !matches!(value, Value::None | Value::Pointer(_)) => instance
                    .make(&ty, &value)
                    .map_err(|fault| inside(fault, &ty, &format!("{name}.{}", param.name)))?
                    .into(),
                _ => value,
            },
        });
    }
    Ok(values)
}

/// The one value of a call that stands for an argument.
fn returned<G: Guest>(instance: &mut Instance<G>, name: &str, arguments: Vec<Argument>) -> Result<Value> {
    let of = instance.module().fns().get(name).cloned().unwrap_or_default();
    let mut values = values(instance, name, &of, arguments)?;
    let mut results = instance.call(name, &mut values)?;
    Ok(results.pop().unwrap_or(Value::None))
}

/// The type of an owner that is lent for a parameter, if a value cannot be. A drop gets one as well: the host can then free
/// what its value borrows.
fn owner(module: &Module, name: &str, ty: &Type) -> Option<Type> {
    match ty {
        _ if !module.fns().contains_key(name) => Some(ty.clone()),
        Type::Pointer { to, access: Access::Write, .. } if module.owns(to) => {
            Some(Type::Pointer { to: to.clone(), access: Access::Own, null: false })
        }
        Type::Slice { of, access: Access::Write } if module.owns(of) => {
            Some(Type::Slice { of: of.clone(), access: Access::Own })
        }
        _ => None,
    }
}

/// The fault with the parameter in the place of the type that was made for it.
fn inside(mut fault: Fault, ty: &Type, param: &str) -> Fault {
    let place = fault.place.strip_prefix(&ty.to_string()).unwrap_or(&fault.place);
    fault.place = format!("{param}{place}");
    fault
}

/// Reads what the guest may have written to what was lent by pointer: into the values themselves.
pub fn read_back<G: Guest>(instance: &mut Instance<G>, name: &str, of: &Signature, values: &mut [Value]) -> Result<()> {
    for (param, value) in of.params.iter().filter(|param| !param.out).zip(values) {
        if let (true, Value::Pointer(pointer)) = (is_written(instance.module(), &param.ty), &*value) {
            let read = instance.read(pointer);
            *value = read.map_err(|mut fault| {
                fault.place = format!("{name}.{}", param.name);
                fault
            })?;
        }
    }
    Ok(())
}

/// Frees what the host still owns.
pub fn release<G: Guest>(instance: &mut Instance<G>) -> Result<()> {
    let owners: Vec<_> = instance.owners().cloned().collect();
    owners.iter().try_for_each(|owner| instance.release(owner))
}

/// Whether a parameter is lent to be written to, and what is written can be read.
pub fn is_written(module: &Module, ty: &Type) -> bool {
    match ty {
        Type::Pointer { to, access: Access::Write, .. } => module.layout(to).is_some(),
        Type::Slice { access: Access::Write, .. } => true,
        _ => false,
    }
}
