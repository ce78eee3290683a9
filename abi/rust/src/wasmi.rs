//! Runs modules with the interpreter wasmi.
//!
//! ```
//! use linmem_host::{Imports, Module, wasmi};
//!
//! let wasm = wat::parse_str(
//!     r#"(module (memory (export "memory") 1) (func (export "twice") (param i32) (result i32)
//!         (i32.mul (local.get 0) (i32.const 2))) (@custom "linmem.abi" "abi 1 wasm32\nfn twice x:i32 -> i32\n"))"#,
//! )?;
//! let store = ::wasmi::Store::new(&::wasmi::Engine::default(), wasmi::State::default());
//! let mut guest = wasmi::instantiate(store, &wasm, Module::read(&wasm)?, Imports::new())?;
//! assert_eq!(guest.call("twice", &mut [(-3).into()])?, [(-6).into()]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

crate::engine::adapter!(wasmi);

fn value(wasm: Wasm, bits: u64) -> Val {
    match wasm {
        Wasm::I32 => Val::I32(bits as i32),
        Wasm::I64 => Val::I64(bits as i64),
        Wasm::F32 => Val::F32(wasmi::F32::from_bits(bits as u32)),
        Wasm::F64 => Val::F64(wasmi::F64::from_bits(bits)),
    }
}

fn bits(value: &Val) -> u64 {
    match value {
        Val::I32(value) => u64::from(*value as u32),
        Val::I64(value) => *value as u64,
        Val::F32(value) => value.to_bits().into(),
        Val::F64(value) => value.to_bits(),
        _ => 0,
    }
}

fn same(stated: &[Wasm], found: &[ValType]) -> bool {
    stated.iter().map(|&wasm| val_type(wasm)).eq(found.iter().copied())
}

fn func_type(_: &wasmi::Engine, params: impl ExactSizeIterator<Item = ValType>, result: Option<ValType>) -> FuncType {
    FuncType::new(params, result)
}

fn entry(table: wasmi::Table, context: impl AsContextMut, index: u64) -> Option<Option<wasmi::Func>> {
    Some(table.get(&context, index)?.as_func()?.val().copied().copied())
}

fn say(error: &wasmi::Error) -> String {
    error.to_string()
}

fn failed(what: String) -> wasmi::Error {
    wasmi::Error::new(what)
}

fn instance(
    linker: &Linker<State>,
    engine: &wasmi::Engine,
    store: &mut Store<State>,
    wasm: &[u8],
) -> Result<wasmi::Instance, wasmi::Error> {
    linker.instantiate_and_start(store, &wasmi::Module::new(engine, wasm)?)
}
