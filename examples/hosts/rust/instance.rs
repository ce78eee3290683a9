//! An instance of the guest, in wasmi.

use crate::memory::{Point, Result, slice};
use wasmi::{Caller, Engine, Extern, Instance, Linker, Memory, Module, Store, WasmParams, WasmResults};

/// An instance of the guest.
pub struct Tour {
    pub store: Store<()>,
    pub instance: Instance,
    pub memory: Memory,
}

impl Tour {
    pub fn new(module: &[u8]) -> Result<Self> {
        let engine = Engine::default();
        let module = Module::new(&engine, module)?;
        let mut linker = Linker::new(&engine);
        linker.func_wrap("env", "log_nr", |nr: u32| say!("    log_nr {nr}"))?;
        linker.func_wrap("env", "on_point", |caller: Caller<'_, ()>, user_data: u32, point: u32| {
            let memory = caller.get_export("memory").and_then(Extern::into_memory);
            let bytes = memory.as_ref().map_or(&[][..], |memory| memory.data(&caller));
            let point = Point::read(bytes, "on_point", point).map_err(|error| wasmi::Error::new(error.to_string()))?;
            say!("    user data {user_data}: {point}");
            Ok::<(), wasmi::Error>(())
        })?;
        let mut store = Store::new(&engine, ());
        let instance = linker.instantiate_and_start(&mut store, &module)?;
        let memory = instance.get_memory(&store, "memory").ok_or("no memory is exported")?;
        Ok(Self { store, instance, memory })
    }

    /// Calls an export, whose type is compared with `P` and `R` first.
    pub fn call<P: WasmParams, R: WasmResults>(&mut self, name: &str, params: P) -> Result<R> {
        let export = self.instance.get_typed_func::<P, R>(&self.store, name);
        let result = export.and_then(|export| export.call(&mut self.store, params));
        result.map_err(|error| format!("{name}: {error}").into())
    }

    /// Linear memory as it is until the next call.
    pub fn bytes(&self) -> &[u8] {
        self.memory.data(&self.store)
    }

    pub fn alloc(&mut self, size: u32, align: u32) -> Result<u32> {
        let ptr: u32 = self.call("alloc", (size, align))?;
        if ptr == 0 {
            return Err(format!("alloc: OutOfMemory ({size} bytes)").into());
        }
        slice(self.bytes(), "alloc", ptr, 1, size, align)?;
        Ok(ptr)
    }

    pub fn free(&mut self, ptr: u32, size: u32, align: u32) -> Result<()> {
        self.call("free", (ptr, size, align))
    }

    /// Lends bytes to the calls that `body` makes, in a block that is freed afterwards.
    pub fn lend<R>(&mut self, bytes: &[u8], body: impl FnOnce(&mut Self, u32, u32) -> Result<R>) -> Result<R> {
        let (ptr, len) = (self.alloc(bytes.len() as u32, 1)?, bytes.len() as u32);
        self.memory.write(&mut self.store, ptr as usize, bytes)?;
        let result = body(self, ptr, len)?;
        self.free(ptr, len, 1)?;
        Ok(result)
    }

    pub fn push(&mut self, points: u32, x: i32, y: i32, name: &[u8]) -> Result<i32> {
        self.lend(name, |tour, name, len| tour.call("points_push", (points, x, y, name, len)))
    }

    /// Calls an export whose result is a status, of which all but 0 are errors.
    pub fn ok<P: WasmParams>(&mut self, name: &str, params: P) -> Result<()> {
        match self.call(name, params)? {
            0i32 => Ok(()),
            status => Err(format!("{name}: status {status}").into()),
        }
    }
}
