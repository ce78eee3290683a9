//! An instance of a guest in the engine of the tests.

#![allow(dead_code, reason = "each test file takes what it needs")]

use wasmi::{
    Engine, Extern, ExternType, Instance, Linker, Memory, Module, Store, StoreLimits, StoreLimitsBuilder, Val, ValType,
};

/// Size of a wasm page in bytes.
pub const PAGE: usize = 1 << 16;

/// An instance with its memory.
pub struct Guest {
    store: Store<StoreLimits>,
    instance: Instance,
    memory: Memory,
}

impl Guest {
    /// Instantiates a module without imports, whose memory can grow up to `pages`.
    ///
    /// # Panics
    ///
    /// If it is no valid module, has imports, or exports no `memory`.
    pub fn load(wasm: &[u8], pages: usize) -> Self {
        Self::load_with(wasm, pages, |_| {})
    }

    /// Instantiates a module with the imports that `define` adds.
    ///
    /// # Panics
    ///
    /// As [`load`](Self::load).
    pub fn load_with(wasm: &[u8], pages: usize, define: impl FnOnce(&mut Linker<StoreLimits>)) -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, wasm).expect("a valid module");
        let limits = StoreLimitsBuilder::new().memory_size(pages * PAGE).build();
        let mut store = Store::new(&engine, limits);
        store.limiter(|limits| limits);
        let mut linker = Linker::new(&engine);
        define(&mut linker);
        let instance = linker.instantiate_and_start(&mut store, &module).expect("the module's imports are defined");
        let memory = instance.get_memory(&store, "memory").expect("the module exports `memory`");
        Self { store, instance, memory }
    }

    /// Calls an export whose parameters and result are integers, and returns its result, if it has one.
    ///
    /// # Errors
    ///
    /// The engine's text, if it traps.
    ///
    /// # Panics
    ///
    /// If there is no such export.
    pub fn call(&mut self, name: &str, args: &[u32]) -> Result<Option<u32>, String> {
        let function = self.instance.get_func(&self.store, name).unwrap_or_else(|| panic!("no function `{name}`"));
        let ty = function.ty(&self.store);
        let val = |(ty, &arg): (&ValType, &u32)| match ty {
            ValType::I64 => Val::I64(i64::from(arg)),
            _ => Val::I32(arg as i32),
        };
        let args: Vec<Val> = ty.params().iter().zip(args).map(val).collect();
        let mut results = vec![Val::I32(0); ty.results().len()];
        function.call(&mut self.store, &args, &mut results).map_err(|error| error.to_string())?;
        Ok(results.first().map(|result| match *result {
            Val::I32(value) => value as u32,
            Val::I64(value) => u32::try_from(value).expect("no test has more than 4 GiB"),
            _ => panic!("{name} returns an integer"),
        }))
    }

    /// Calls an export that returns an `i32`.
    ///
    /// # Panics
    ///
    /// If it traps or returns nothing.
    pub fn get(&mut self, name: &str, args: &[u32]) -> u32 {
        match self.call(name, args) {
            Ok(Some(result)) => result,
            other => panic!("{name}{args:?}: {other:?}"),
        }
    }

    /// The exports, as `name` and `(i32 i32) -> (i32)`, or `memory` and the like for what is no function.
    pub fn exports(&self) -> Vec<(String, String)> {
        let text = |ty: &ExternType| match ty {
            ExternType::Func(ty) => {
                let list = |types: &[wasmi::ValType]| {
                    let names: Vec<_> = types.iter().map(|ty| format!("{ty:?}").to_lowercase()).collect();
                    format!("({})", names.join(" "))
                };
                format!("{} -> {}", list(ty.params()), list(ty.results()))
            }
            ExternType::Memory(_) => "memory".to_owned(),
            ExternType::Table(_) => "table".to_owned(),
            ExternType::Global(_) => "global".to_owned(),
        };
        let exports = self.instance.exports(&self.store);
        exports.map(|export| (export.name().to_owned(), text(&export.ty(&self.store)))).collect()
    }

    /// Whether there is an export of this name.
    pub fn has(&self, name: &str) -> bool {
        matches!(self.instance.get_export(&self.store, name), Some(Extern::Func(_) | Extern::Memory(_)))
    }

    /// The value of an exported global that is an `i32`.
    ///
    /// # Panics
    ///
    /// If there is no such export.
    pub fn global(&self, name: &str) -> u32 {
        let global = self.instance.get_global(&self.store, name).unwrap_or_else(|| panic!("no global `{name}`"));
        global.get(&self.store).i32().expect("an i32") as u32
    }

    /// Number of pages.
    pub fn pages(&self) -> usize {
        self.memory.size(&self.store) as usize
    }

    /// Grows memory from outside and returns the number of the first page. None if there is no room.
    pub fn grow(&mut self, count: usize) -> Option<usize> {
        self.memory.grow(&mut self.store, count as u64).ok().map(|page| page as usize)
    }

    /// The bytes of linear memory.
    pub fn memory(&self) -> &[u8] {
        self.memory.data(&self.store)
    }

    /// Copies `len` bytes from `addr`.
    pub fn read(&self, addr: u32, len: usize) -> Vec<u8> {
        self.memory()[addr as usize..][..len].to_vec()
    }

    /// Writes bytes to `addr`.
    pub fn write(&mut self, addr: u32, bytes: &[u8]) {
        self.memory.data_mut(&mut self.store)[addr as usize..][..bytes.len()].copy_from_slice(bytes);
    }
}
