//! Runs modules with the engine wasmtime.
//!
//! ```
//! use linmem_host::{Imports, Module, wasmtime};
//!
//! let wasm = wat::parse_str(
//!     r#"(module (memory (export "memory") 1) (func (export "twice") (param i32) (result i32)
//!         (i32.mul (local.get 0) (i32.const 2))) (@custom "linmem.abi" "abi 1 wasm32\nfn twice x:i32 -> i32\n"))"#,
//! )?;
//! let store = ::wasmtime::Store::new(&::wasmtime::Engine::default(), wasmtime::State::default());
//! let mut guest = wasmtime::instantiate(store, &wasm, Module::read(&wasm)?, Imports::new())?;
//! assert_eq!(guest.call("twice", &mut [(-3).into()])?, [(-6).into()]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

crate::engine::adapter!(wasmtime);

fn value(wasm: Wasm, bits: u64) -> Val {
    match wasm {
        Wasm::I32 => Val::I32(bits as i32),
        Wasm::I64 => Val::I64(bits as i64),
        Wasm::F32 => Val::F32(bits as u32),
        Wasm::F64 => Val::F64(bits),
    }
}

fn bits(value: &Val) -> u64 {
    match value {
        Val::I32(value) => u64::from(*value as u32),
        Val::I64(value) => *value as u64,
        Val::F32(bits) => u64::from(*bits),
        Val::F64(bits) => *bits,
        _ => 0,
    }
}

fn same(stated: &[Wasm], found: impl ExactSizeIterator<Item = ValType>) -> bool {
    stated.len() == found.len() && found.zip(stated).all(|(found, &wasm)| found.matches(&val_type(wasm)))
}

fn func_type(engine: &wasmtime::Engine, params: impl Iterator<Item = ValType>, result: Option<ValType>) -> FuncType {
    FuncType::new(engine, params, result)
}

fn entry(table: wasmtime::Table, context: impl AsContextMut, index: u64) -> Option<Option<wasmtime::Func>> {
    Some(table.get(context, index)?.as_func()?.copied())
}

fn say(error: &wasmtime::Error) -> String {
    error.root_cause().to_string()
}

fn failed(what: String) -> wasmtime::Error {
    wasmtime::Error::msg(what)
}

fn instance(
    linker: &Linker<State>,
    engine: &wasmtime::Engine,
    store: &mut Store<State>,
    wasm: &[u8],
) -> Result<wasmtime::Instance, wasmtime::Error> {
    linker.instantiate(store, &wasmtime::Module::new(engine, wasm)?)
}
