//! Bytes as records and memory of a hostile module: what is before the first NUL is a section, what follows is linear memory,
//! in which a value of each type lies. What the reader in Rust takes is held against what SPEC says of all records.

#[path = "print.rs"]
mod print;

use linmem_host::{Module, Type};

/// The bytes of a wasm module with a section of this name in two parts.
fn module(section: &[u8]) -> Vec<u8> {
    let mut wasm = b"\0asm\x01\0\0\0".to_vec();
    let (first, second) = section.split_at(section.len() / 2);
    for part in [first, second] {
        let size = part.len() + 11;
        wasm.push(0);
        // LEB128, padded to five bytes as linkers do.
        wasm.extend((0..5).map(|index| (size >> (7 * index)) as u8 & 0x7f | if index < 4 { 0x80 } else { 0 }));
        wasm.extend(b"\x0alinmem.abi");
        wasm.extend(part);
    }
    wasm
}

/// Reads the bytes, and panics where what is found contradicts itself.
pub fn run(data: &[u8]) {
    let _ = Module::read(data);
    let (section, memory) = data.split_at(data.iter().position(|&byte| byte == 0).unwrap_or(data.len()));
    let read = Module::from_section(section);
    // The order of the lines means nothing, nor does a line that is there twice, nor into how many sections they are cut.
    let backwards: Vec<&[u8]> = section.split(|&byte| byte == b'\n').rev().collect();
    for (how, other) in [
        ("backwards", Module::from_section(&backwards.join(&b'\n'))),
        ("twice", Module::from_section(&[section, section].join(&b'\n'))),
        ("in a module", Module::read(&module(section))),
    ] {
        assert_eq!(read.is_ok(), other.is_ok(), "{how}: {:?}, {:?}", read.err(), other.err());
        assert!(read.is_err() || read == other, "{how}: {read:?}, {other:?}");
    }
    let Ok(found) = read else { return };
    let again = Module::from_section(print::section(&found).as_bytes());
    assert_eq!(Ok(&found), again.as_ref(), "read again");
    let named = found.types().keys().map(|name| Type::Named { name: name.clone(), null: false });
    let params = found.fns().values().chain(found.imports().values()).flat_map(|signature| &signature.params);
    let mut memory = memory.to_vec();
    for ty in named.chain(params.map(|param| param.ty.clone())).take(64) {
        // The text of a type is read as that type.
        assert_eq!(ty.to_string().parse().as_ref(), Ok(&ty));
        for addr in [4, 8, 16, 64] {
            let Ok(value) = found.read_value(&memory, &ty, addr) else { continue };
            if found.write_value(&mut memory, &ty, addr, &value).is_ok() {
                // NaN is no other value than itself as a text.
                let written = found.read_value(&memory, &ty, addr).map(|value| format!("{value:?}"));
                assert_eq!(written.as_ref(), Ok(&format!("{value:?}")), "a {ty} at {addr}, written back");
            }
        }
    }
    for signature in found.fns().values().chain(found.imports().values()) {
        let params = signature.params.iter().map(|param| if param.out { 1 } else { found.flatten(&param.ty).len() });
        let (wasm, result) = found.wasm(signature);
        assert!(wasm.len() == params.sum::<usize>() && wasm.len() <= 1000);
        assert_eq!(result.is_some(), signature.result.is_some());
        assert!(signature.params.iter().all(|param| found.layout(&param.ty).is_some()));
    }
}
