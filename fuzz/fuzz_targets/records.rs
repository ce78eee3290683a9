//! Records and memory that a hostile module wrote: what is before the first NUL is read as a section, what follows as
//! linear memory in which a value of each type lies.

#![no_main]

use libfuzzer_sys::fuzz_target;
use linmem_host::{Module, Type};

fuzz_target!(|data: &[u8]| {
    let _ = Module::read(data);
    let (section, memory) = data.split_at(data.iter().position(|&byte| byte == 0).unwrap_or(data.len()));
    let Ok(module) = Module::from_section(section) else { return };
    let named = module.types().keys().map(|name| Type::Named { name: name.clone(), null: false });
    let params = module.fns().values().chain(module.imports().values()).flat_map(|signature| &signature.params);
    let mut memory = memory.to_vec();
    for ty in named.chain(params.map(|param| param.ty.clone())).take(64) {
        // The text of a type is read as that type.
        assert_eq!(ty.to_string().parse().as_ref(), Ok(&ty));
        for addr in [4, 8, 16, 64] {
            if let Ok(value) = module.read_value(&memory, &ty, addr) {
                let _ = module.write_value(&mut memory, &ty, addr, &value);
            }
        }
    }
});
