//! What the adapters of wasmi and wasmtime share: their interfaces have the same names.

/// Makes an adapter out of an engine's crate, and of what differs: `value` and `bits` of its values, the function at an
/// `entry` of a table, the words for an `error`, and how a linker makes an `instance`.
macro_rules! adapter {
    ($engine:ident) => {
        use crate::guest::{Callee, Guest, Raw};

        use crate::{Cause, Fault, Imports, Instance, Ledger, Module, Wasm};
        use std::sync::Arc;
        use $engine::{AsContextMut, Caller, FuncType, Linker, Memory, Store, Val, ValType};

        /// What a store keeps for the adapter.
        #[derive(Debug, Default)]
        pub struct State {
            running: Option<($engine::Instance, Memory)>,
            checks: Option<u32>,
            ledger: Ledger,
        }

        /// What leads to the [`State`]: a store, or a host function's view of it.
        pub trait Context: AsContextMut<Data = State> {
            /// The state.
            fn state(&self) -> &State;

            /// The state, to change it.
            fn state_mut(&mut self) -> &mut State;
        }

        impl Context for Store<State> {
            fn state(&self) -> &State {
                self.data()
            }

            fn state_mut(&mut self) -> &mut State {
                self.data_mut()
            }
        }

        impl Context for Caller<'_, State> {
            fn state(&self) -> &State {
                self.data()
            }

            fn state_mut(&mut self) -> &mut State {
                self.data_mut()
            }
        }

        /// A running module in its store.
        #[derive(Debug)]
        pub struct Running<C> {
            /// The store, or a host function's view of it.
            pub context: C,
            instance: $engine::Instance,
            memory: Memory,
        }

        impl<C: Context> Running<C> {
            fn function(&mut self, callee: Callee<'_>) -> Result<$engine::Func, Fault> {
                let missing = || Fault::missing(format!("no {callee}"));
                match callee {
                    Callee::Export(name) => self.instance.get_func(&mut self.context, name).ok_or_else(missing),
                    Callee::Index(index) => {
                        let table = self.instance.get_table(&mut self.context, "__indirect_function_table");
                        let table = table.ok_or_else(|| Fault::missing("no function table is exported"))?;
                        match entry(table, &mut self.context, index.into()) {
                            None => Err(Cause::OutOfBounds.into()),
                            Some(None) => Err(Cause::Null.into()),
                            Some(Some(func)) => Ok(func),
                        }
                    }
                }
            }

            fn checked(
                &mut self,
                callee: Callee<'_>,
                params: &[Wasm],
                result: Option<Wasm>,
            ) -> Result<$engine::Func, Fault> {
                let func = self.function(callee)?;
                let found = func.ty(&self.context);
                match same(params, found.params()) && same(result.as_slice(), found.results()) {
                    true => Ok(func),
                    false if matches!(callee, Callee::Index(_)) => Err(Cause::Invalid.into()),
                    false => Err(Fault::missing(format!("{callee} has another signature"))),
                }
            }
        }

        impl<C: Context> Guest for Running<C> {
            fn memory(&self) -> &[u8] {
                self.memory.data(self.context.as_context())
            }

            fn memory_mut(&mut self) -> &mut [u8] {
                self.memory.data_mut(self.context.as_context_mut())
            }

            fn ledger(&self) -> &Ledger {
                &self.context.state().ledger
            }

            fn ledger_mut(&mut self) -> &mut Ledger {
                &mut self.context.state_mut().ledger
            }

            fn checks(&self) -> Option<u32> {
                self.context.state().checks
            }

            fn check(&mut self, callee: Callee<'_>, params: &[Wasm], result: Option<Wasm>) -> Result<(), Fault> {
                self.checked(callee, params, result).map(drop)
            }

            fn call(&mut self, callee: Callee<'_>, params: &[Raw], result: Option<Wasm>) -> Result<Option<Raw>, Fault> {
                let wasm: Vec<Wasm> = params.iter().map(|raw| raw.wasm).collect();
                let func = self.checked(callee, &wasm, result)?;
                let params: Vec<Val> = params.iter().map(|raw| value(raw.wasm, raw.bits)).collect();
                let mut results: Vec<Val> = result.iter().map(|&wasm| value(wasm, 0)).collect();
                func.call(&mut self.context, &params, &mut results).map_err(|error| Fault::trap(say(&error)))?;
                Ok(results.first().zip(result).map(|(value, wasm)| Raw { wasm, bits: bits(value) }))
            }
        }

        fn val_type(wasm: Wasm) -> ValType {
            match wasm {
                Wasm::I32 => ValType::I32,
                Wasm::I64 => ValType::I64,
                Wasm::F32 => ValType::F32,
                Wasm::F64 => ValType::F64,
            }
        }

        /// Makes an instance of a module, calls its `_initialize`, and joins it with its records.
        ///
        /// The store's engine decides about fuel, memory and stack. A sidecar is read by
        /// [`Module::from_section`], the module's own records by [`Module::read`].
        ///
        /// # Errors
        ///
        /// What the engine refuses, imports that are missing or of another signature among it.
        pub fn instantiate(
            mut store: Store<State>,
            wasm: &[u8],
            module: impl Into<Arc<Module>>,
            imports: Imports,
        ) -> Result<Instance<Running<Store<State>>>, Fault> {
            let (module, engine) = (module.into(), store.engine().clone());
            let mut linker = <Linker<State>>::new(&engine);
            for bound in imports.bind(&module) {
                let params = bound.params.iter().copied().map(val_type);
                let ty = func_type(&engine, params, bound.result.map(val_type));
                let (of, name) = bound.import.clone();
                let func = move |caller: Caller<'_, State>, params: &[Val], results: &mut [Val]| {
                    let running = caller.data().running;
                    let (instance, memory) =
                        running.ok_or_else(|| failed("called before the instance is made".into()))?;
                    let params: Vec<u64> = params.iter().map(bits).collect();
                    let mut guest = Running { context: caller, instance, memory };
                    let answer = bound.answer(&mut guest, &params).map_err(|fault| failed(fault.to_string()))?;
                    if let (Some(bits), Some(wasm), [result]) = (answer, bound.result, results) {
                        *result = value(wasm, bits);
                    }
                    Ok(())
                };
                linker.func_new(&of, &name, ty, func).map_err(|error| Fault::missing(error))?;
            }
            let instance = instance(&linker, &engine, &mut store, wasm).map_err(|error| Fault::missing(say(&error)))?;
            let memory = instance.get_memory(&mut store, "memory");
            let memory = memory.ok_or_else(|| Fault::missing("no memory is exported"))?;
            store.data_mut().running = Some((instance, memory));
            if let Some(symbol) = instance.get_global(&mut store, "linmem_checks") {
                let symbol = if let Val::I32(symbol) = symbol.get(&mut store) { Some(symbol as u32) } else { None };
                store.data_mut().checks = symbol;
            }
            let mut guest = Running { context: store, instance, memory };
            if guest.function(Callee::Export("_initialize")).is_ok() {
                let done = guest.call(Callee::Export("_initialize"), &[], None);
                done.map_err(|fault| crate::guest::explain(&guest, fault))?;
            }
            Ok(Instance::new(module, guest))
        }
    };
}

pub(crate) use adapter;
