//! Layouts three ways: as rustc lays a struct out for wasm32, as SPEC's rule says, and as clang does in C.
//!
//! Structs are generated from a fixed seed, out of SPEC's scalars, fixed arrays, descriptors and each other. A guest
//! made of them tells their layouts from inside wasm; the rule is computed here; and clang checks `_Static_assert`s
//! over the same structs written in C on top of `abi/linmem.h`.

#[path = "common/engine.rs"]
mod engine;
#[path = "../examples/hosts/rust/guest.rs"]
mod guest;
#[path = "common/tools.rs"]
mod tools;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// A type, in both languages, and its layout by SPEC's rule.
#[derive(Clone)]
struct Type {
    rust: String,
    /// Before the field's name in C.
    c: String,
    /// After the field's name in C: an array's length.
    c_after: String,
    size: usize,
    align: usize,
}

/// (Rust, C, size and alignment): SPEC's scalars and descriptors.
const LEAVES: [(&str, &str, usize, usize); 20] = [
    ("bool", "bool", 1, 1),
    ("u8", "uint8_t", 1, 1),
    ("i8", "int8_t", 1, 1),
    ("u16", "uint16_t", 2, 2),
    ("i16", "int16_t", 2, 2),
    ("u32", "uint32_t", 4, 4),
    ("i32", "int32_t", 4, 4),
    ("u64", "uint64_t", 8, 8),
    ("i64", "int64_t", 8, 8),
    ("f32", "float", 4, 4),
    ("f64", "double", 8, 8),
    ("char", "lm_char", 4, 4),
    ("usize", "lm_usize", 4, 4),
    ("isize", "lm_isize", 4, 4),
    ("*const u64", "const uint64_t *", 4, 4),
    ("extern \"C\" fn()", "lm_func", 4, 4),
    ("linmem::Slice<u64>", "lm_slice", 8, 4),
    ("linmem::Str", "lm_str", 8, 4),
    ("linmem::Buffer<f64>", "lm_buffer", 12, 4),
    ("linmem::CStr", "lm_cstr", 4, 4),
];

const STRUCTS: usize = 200;

struct Struct {
    name: String,
    fields: Vec<(Type, usize)>,
    size: usize,
    align: usize,
}

/// SPEC's rule: each field at the next multiple of its alignment; the struct's alignment is the largest of them, and
/// its size is rounded up to it.
fn lay_out(name: String, types: Vec<Type>) -> Struct {
    let (mut size, mut align) = (0usize, 1usize);
    let mut fields = Vec::new();
    for field in types {
        let offset = size.next_multiple_of(field.align);
        size = offset + field.size;
        align = align.max(field.align);
        fields.push((field, offset));
    }
    Struct { name, fields, size: size.next_multiple_of(align), align }
}

fn generate() -> Vec<Struct> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize % below
    };
    let mut structs: Vec<Struct> = Vec::new();
    for number in 0..STRUCTS {
        let types = (0..=random(8)).map(|_| {
            let pick = random(LEAVES.len() + structs.len().min(8));
            let mut field = if let Some(&(rust, c, size, align)) = LEAVES.get(pick) {
                Type { rust: rust.into(), c: c.into(), c_after: String::new(), size, align }
            } else {
                let inner = &structs[structs.len() - 1 - (pick - LEAVES.len())];
                let c = format!("struct {}", inner.name);
                Type { rust: inner.name.clone(), c, c_after: String::new(), size: inner.size, align: inner.align }
            };
            if random(4) == 0 && field.size < 256 {
                let len = 1 + random(5);
                field.rust = format!("[{}; {len}]", field.rust);
                field.c_after = format!("[{len}]");
                field.size *= len;
            }
            field
        });
        structs.push(lay_out(format!("S{number}"), types.collect()));
    }
    structs
}

/// A fresh folder for a generated package.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(path.join("src")).expect("the folder for temporary files is writable");
    path
}

/// What rustc says: for each struct its size, its alignment and its fields' offsets, told by a module.
fn from_rustc(structs: &[Struct]) -> Vec<u32> {
    let package = folder("layouts");
    let mut source = String::from("#![no_std]\n#![allow(dead_code)]\nuse core::mem::offset_of;\n");
    let mut numbers = String::new();
    let mut count = 0;
    for record in structs {
        let name = &record.name;
        writeln!(source, "#[repr(C)] struct {name} {{").unwrap();
        write!(numbers, "size_of::<{name}>() as u32, align_of::<{name}>() as u32, ").unwrap();
        for (index, (field, _)) in record.fields.iter().enumerate() {
            writeln!(source, "    f{index}: {},", field.rust).unwrap();
            write!(numbers, "offset_of!({name}, f{index}) as u32, ").unwrap();
        }
        source.push_str("}\n");
        count += 2 + record.fields.len();
    }
    // A module that depends on linmem links its allocator's users, so it needs an allocator and a panic handler.
    write!(
        source,
        "static NUMBERS: [u32; {count}] = [{numbers}];\n\
         #[global_allocator] static ALLOCATOR: linmem::Bump = linmem::Bump::new();\n\
         linmem::trap_on_panic!();\n\
         #[unsafe(no_mangle)] pub extern \"C\" fn numbers() -> *const u32 {{ NUMBERS.as_ptr() }}\n"
    )
    .unwrap();
    let root = env!("CARGO_MANIFEST_DIR");
    let manifest = format!(
        "[package]\nname = \"layouts\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
         [dependencies]\nlinmem = {{ path = {root:?} }}\n[workspace]\n"
    );
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    fs::copy(Path::new(root).join("Cargo.lock"), package.join("Cargo.lock")).unwrap();
    fs::write(package.join("src/lib.rs"), source).unwrap();
    let manifest_path = package.join("Cargo.toml");
    let modules = guest::build("layouts", &["--manifest-path", manifest_path.to_str().expect("paths are UTF-8")])
        .unwrap_or_else(|error| panic!("{error}"));
    let bytes = fs::read(modules.join("layouts.wasm")).unwrap();
    let mut guest = engine::Guest::load(&bytes, 100);
    let start = guest.get("numbers", &[]);
    let table = guest.read(start, 4 * count);
    table.chunks(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect()
}

/// The same structs in C, with an assertion for each number.
fn to_c(structs: &[Struct]) -> String {
    let mut source = String::from("#include <stdbool.h>\n#include <stddef.h>\n#include \"linmem.h\"\n");
    for &(_, c, size, align) in &LEAVES {
        writeln!(source, "_Static_assert(sizeof({c}) == {size} && _Alignof({c}) == {align}, \"{c}\");").unwrap();
    }
    for record in structs {
        let name = &record.name;
        writeln!(source, "struct {name} {{").unwrap();
        for (index, (field, _)) in record.fields.iter().enumerate() {
            writeln!(source, "    {} f{index}{};", field.c, field.c_after).unwrap();
        }
        source.push_str("};\n");
        writeln!(source, "_Static_assert(sizeof(struct {name}) == {}, \"size of {name}\");", record.size).unwrap();
        writeln!(source, "_Static_assert(_Alignof(struct {name}) == {}, \"align of {name}\");", record.align).unwrap();
        for (index, (_, offset)) in record.fields.iter().enumerate() {
            writeln!(source, "_Static_assert(offsetof(struct {name}, f{index}) == {offset}, \"{name}.f{index}\");")
                .unwrap();
        }
    }
    source
}

#[test]
fn rustc_lays_structs_out_by_the_rule_of_spec() {
    let structs = generate();
    let told = from_rustc(&structs);
    let mut told = told.iter();
    let mut next = || *told.next().expect("a number for each size, alignment and offset") as usize;
    for record in &structs {
        assert_eq!((next(), next()), (record.size, record.align), "size and alignment of {}", record.name);
        for (index, (field, offset)) in record.fields.iter().enumerate() {
            assert_eq!(next(), *offset, "offset of {}.f{index}: {}", record.name, field.rust);
        }
    }
}

#[test]
fn clang_lays_structs_out_by_the_rule_of_spec() {
    let Some(clang) = tools::clang() else { return };
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("layouts.c");
    let source = to_c(&generate());
    let check = |source: &str| {
        fs::write(&file, source).unwrap();
        let mut command = Command::new(clang);
        command.args(["--target=wasm32", "-std=c11", "-ffreestanding", "-fsyntax-only", "-Wall", "-Werror", "-I"]);
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("abi")).arg(&file).output().expect("clang runs")
    };
    let output = check(&source);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // The assertions can fail: one wrong number is seen.
    let wrong = source.replacen("sizeof(struct S7) == ", "sizeof(struct S7) == 1", 1);
    assert!(!check(&wrong).status.success());
}
