//! A guest without an engine: memory, and an allocator that knows every block.

use linmem_host::{Callee, Fault, Guest, Ledger, Raw, Wasm};
use std::collections::BTreeMap;

type Export = Box<dyn FnMut(&mut Fake, &[u64]) -> u64>;

/// A guest whose exports are closures. Blocks lie one after another, and are never used again.
pub struct Fake {
    pub memory: Vec<u8>,
    /// Size and align of the live blocks.
    pub blocks: BTreeMap<u32, (u32, u32)>,
    pub exports: BTreeMap<&'static str, Export>,
    ledger: Ledger,
    next: u32,
}

impl Fake {
    pub fn new(size: usize) -> Self {
        let (blocks, exports) = (BTreeMap::new(), BTreeMap::new());
        Self { memory: vec![0xaa; size], blocks, exports, ledger: Ledger::default(), next: 16 }
    }

    pub fn with(mut self, name: &'static str, export: impl FnMut(&mut Self, &[u64]) -> u64 + 'static) -> Self {
        self.exports.insert(name, Box::new(export));
        self
    }

    pub fn alloc(&mut self, size: u32, align: u32) -> u32 {
        let ptr = self.next.next_multiple_of(align);
        if u64::from(ptr) + u64::from(size) > self.memory.len() as u64 {
            return 0;
        }
        self.next = ptr + size;
        self.blocks.insert(ptr, (size, align));
        ptr
    }

    pub fn free(&mut self, ptr: u32, size: u32, align: u32) -> Result<(), Fault> {
        match self.blocks.remove(&ptr) {
            Some(block) if block == (size, align) => Ok(()),
            other => Err(Fault::trap(format!("free({ptr}, {size}, {align}) of {other:?}"))),
        }
    }

    pub fn put(&mut self, addr: u32, bytes: &[u8]) {
        self.memory[addr as usize..addr as usize + bytes.len()].copy_from_slice(bytes);
    }
}

impl Guest for Fake {
    fn memory(&self) -> &[u8] {
        &self.memory
    }

    fn memory_mut(&mut self) -> &mut [u8] {
        &mut self.memory
    }

    fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    fn ledger_mut(&mut self) -> &mut Ledger {
        &mut self.ledger
    }

    /// Every function is there, and as it should be.
    fn check(&mut self, _: Callee<'_>, _: &[Wasm], _: Option<Wasm>) -> Result<(), Fault> {
        Ok(())
    }

    fn call(&mut self, callee: Callee<'_>, params: &[Raw], result: Option<Wasm>) -> Result<Option<Raw>, Fault> {
        let bits: Vec<u64> = params.iter().map(|raw| raw.bits).collect();
        let words: Vec<u32> = bits.iter().map(|&bits| bits as u32).collect();
        let answer = match (callee, words.as_slice()) {
            (Callee::Export("abi_alloc"), &[size, align]) => self.alloc(size, align).into(),
            (Callee::Export("abi_free"), &[ptr, size, align]) => self.free(ptr, size, align).map(|()| 0)?,
            (Callee::Export(name), _) => {
                let Some((name, mut export)) = self.exports.remove_entry(name) else {
                    return Err(Fault::missing(name));
                };
                let answer = export(self, &bits);
                self.exports.insert(name, export);
                answer
            }
            _ => return Err(Fault::missing("an index")),
        };
        Ok(result.map(|wasm| Raw { wasm, bits: answer }))
    }
}
