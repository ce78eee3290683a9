//! Every fact of `abi/SPEC.md` that also stands elsewhere, compared: with the Rust types, with `abi/linmem.h`, with what
//! rustc puts into a module; and its worked hosts and bytes, run against the tour's guest.

#[path = "../examples/hosts/rust/guest.rs"]
mod guest;
#[path = "common/tools.rs"]
mod tools;

use linmem::AbiError;
use linmem_host::{Module, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn spec() -> String {
    fs::read_to_string(root().join("abi/SPEC.md")).expect("abi/SPEC.md is there")
}

/// The rows of the table with this header, each cell without its backquotes.
fn table(header: &str) -> Vec<Vec<String>> {
    let spec = spec();
    let after = spec.split_once(header).unwrap_or_else(|| panic!("SPEC has a table `{header}`")).1;
    let rows = after.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = |row: &str| row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect();
    let rows: Vec<Vec<String>> = rows.map(cells).collect();
    assert!(!rows.is_empty(), "the table `{header}` has rows");
    rows
}

/// The code block of this language that comes first after `heading`.
fn code(heading: &str, language: &str) -> String {
    let spec = spec();
    let section = spec.split_once(heading).unwrap_or_else(|| panic!("SPEC has `{heading}`")).1;
    let fence = format!("```{language}\n");
    let block = section.split_once(&fence).unwrap_or_else(|| panic!("SPEC has {language} under `{heading}`")).1;
    block.split_once("```").expect("the block ends").0.to_owned()
}

fn temporary(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn tour() -> PathBuf {
    guest::build("tour", &[]).unwrap_or_else(|error| panic!("{error}")).join("tour.wasm")
}

/// The name in C of a name in Rust: `OutOfBounds` is `OUT_OF_BOUNDS`.
fn capitals(name: &str) -> String {
    let mut capitals = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !capitals.is_empty() {
            capitals.push('_');
        }
        capitals.extend(letter.to_uppercase());
    }
    capitals
}

#[test]
fn status_values_are_those_of_the_rust_enum() {
    let errors = [
        AbiError::Null,
        AbiError::Misaligned,
        AbiError::TooLong,
        AbiError::OutOfBounds,
        AbiError::NotUtf8,
        AbiError::InteriorNul,
        AbiError::OutOfMemory,
        AbiError::Invalid,
    ];
    let rows = table("| value | name | meaning |");
    assert_eq!((rows[0][0].as_str(), rows[0][1].as_str()), ("0", "Ok"));
    let stated: Vec<(String, String)> = rows[1..].iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let real: Vec<_> = errors.iter().map(|&error| ((error as i32).to_string(), format!("{error:?}"))).collect();
    assert_eq!(stated, real);
    // No variant is missing above: the source numbers just as many.
    let source = fs::read_to_string(root().join("src/abi.rs")).unwrap();
    let numbered =
        |line: &str| line.trim_end_matches(',').rsplit_once(" = ").is_some_and(|(_, n)| n.parse::<i32>().is_ok());
    assert_eq!(source.lines().filter(|line| numbered(line)).count(), errors.len());
}

/// The scalars as Rust has them for a target with 32-bit words; `tests/layouts.rs` asks rustc and clang about each.
#[test]
fn scalars_are_those_that_the_layout_tests_check() {
    let layouts = fs::read_to_string(root().join("tests/layouts.rs")).unwrap();
    for row in table("| C | Rust | size | align | wasm |") {
        let [c, rust, size, align, wasm] = &row[..] else { panic!("five cells: {row:?}") };
        let size_number: usize = size.parse().expect("a size is a number");
        assert_eq!(wasm[1..], if size_number == 8 { "64" } else { "32" }.to_owned(), "{rust} in a call");
        let (c, rust) = match rust.as_str() {
            "*mut T" => ("const uint64_t *".to_owned(), "*const u64".to_owned()),
            other => (c.clone(), other.replace('"', "\\\"")),
        };
        let leaf = format!("(\"{rust}\", \"{c}\", {size}, {align}),");
        assert!(layouts.contains(&leaf), "tests/layouts.rs has {leaf}");
    }
}

#[test]
fn descriptors_are_those_of_the_header_and_of_rust() {
    let Some(()) = tools::have("cc").then_some(()) else { return };
    // Rust's are pinned to these sizes and offsets by the assertions in `src/abi.rs` and `src/abi/`.
    let mut source = String::from("#include <stddef.h>\n#include \"linmem.h\"\n");
    let c_name = |name: &str| format!("lm_{}", name.to_lowercase());
    for row in table("| type | C | size | align | owned, it is freed as |") {
        assert_eq!(row[1], c_name(&row[0]));
        writeln!(
            source,
            "_Static_assert(sizeof({0}) == {1} && _Alignof({0}) == {2}, \"{0}\");",
            row[1], row[2], row[3]
        )
        .unwrap();
    }
    for row in table("| type | field | offset | size |") {
        let (name, field) = (c_name(&row[0]), &row[1]);
        writeln!(source, "_Static_assert(offsetof({name}, {field}) == {}, \"{name}.{field}\");", row[2]).unwrap();
        writeln!(source, "_Static_assert(sizeof((({name} *)0)->{field}) == {}, \"{name}.{field}\");", row[3]).unwrap();
    }
    compile("descriptors", &source, &[]);
    compile("definitions", &format!("#include <stdint.h>\n{}", code("## Descriptors", "c")), &[]);
}

/// Compiles C against the header, with every warning an error.
fn compile(name: &str, source: &str, extra: &[&str]) {
    let file = temporary(&format!("{name}.c"));
    fs::write(&file, source).unwrap();
    let mut command = Command::new("cc");
    command.args(["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I"]).arg(root().join("abi"));
    if extra.is_empty() {
        command.arg("-fsyntax-only");
    }
    tools::run(command.arg(&file).args(extra));
}

#[test]
fn constants_and_status_values_are_those_of_the_header() {
    let Some(()) = tools::have("cc").then_some(()) else { return };
    let mut source = String::from("#include <stdio.h>\n#include \"linmem.h\"\nint main(void) {\n");
    let mut expected = String::new();
    for row in table("| name | value | meaning |") {
        let (name, value) = (&row[0], &row[1]);
        if value.parse::<u64>().is_ok() {
            writeln!(source, "    printf(\"%s %llu\\n\", \"{name}\", (unsigned long long){name});").unwrap();
        } else {
            writeln!(source, "    printf(\"%s %s\\n\", \"{name}\", {name});").unwrap();
        }
        writeln!(expected, "{name} {value}").unwrap();
    }
    for row in table("| value | name | meaning |") {
        let name = if row[0] == "0" { "LM_OK".to_owned() } else { format!("LM_E_{}", capitals(&row[1])) };
        writeln!(source, "    printf(\"%s %d\\n\", \"{name}\", (int){name});").unwrap();
        writeln!(expected, "{name} {}", row[0]).unwrap();
    }
    source.push_str("    return 0;\n}\n");
    let program = temporary("constants");
    compile("constants", &source, &["-o", program.to_str().expect("paths are UTF-8")]);
    assert_eq!(tools::run(&mut Command::new(program)), expected);
    assert!(expected.contains(&format!("LM_PAGE_SIZE {}\n", linmem::PAGE)));
}

#[test]
fn header_compiles_as_c_and_as_cpp_for_hosts_and_guests() {
    let source = temporary("header.c");
    fs::write(&source, "#include \"linmem.h\"\n").unwrap();
    let strict = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-I"];
    let languages = [["-std=c11", "-x", "c"], ["-std=c++17", "-x", "c++"]];
    let check = |compiler: &str, target: &[&str], language: [&str; 3]| {
        let mut command = Command::new(compiler);
        tools::run(command.args(target).args(language).args(strict).arg(root().join("abi")).arg(&source));
    };
    for (compiler, language) in ["cc", "c++"].into_iter().zip(languages) {
        if tools::have(compiler) {
            check(compiler, &[], language);
        }
    }
    if let Some(clang) = tools::clang() {
        for language in languages {
            check(clang, &["--target=wasm32", "-ffreestanding"], language);
        }
    }
}

/// The names of the features that a module's `target_features` section lists with a plus.
fn features(module: &[u8]) -> BTreeSet<String> {
    for payload in wasmparser::Parser::new(0).parse_all(module) {
        let Ok(wasmparser::Payload::CustomSection(section)) = payload else { continue };
        if section.name() != "target_features" {
            continue;
        }
        let mut reader = wasmparser::BinaryReader::new(section.data(), 0);
        let count = reader.read_var_u32().unwrap();
        let mut next = || (reader.read_u8().unwrap(), reader.read_string().unwrap().to_owned());
        return (0..count).map(|_| next()).filter(|(sign, _)| *sign == b'+').map(|(_, name)| name).collect();
    }
    panic!("the module has a section `target_features`");
}

#[test]
fn features_are_those_that_rustc_records() {
    let version = tools::run(Command::new("rustc").arg("--version"));
    if !version.starts_with("rustc 1.95.") {
        return tools::skip(&format!("SPEC's features are those of rustc 1.95, this is {version}"));
    }
    let header = "| feature | wasm32-unknown-unknown | wasm32v1-none |";
    for (column, target) in [(1, "wasm32-unknown-unknown"), (2, "wasm32v1-none")] {
        guest::add_target(target).unwrap_or_else(|error| panic!("{error}"));
        let source = temporary("features.rs");
        // Fat LTO takes the code of `core` and `alloc` in, whose features are recorded as well.
        fs::write(&source, "#![no_std]\n#[panic_handler] fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }\n")
            .unwrap();
        let module = temporary(&format!("features-{target}.wasm"));
        let mut rustc = Command::new("rustc");
        rustc.args(["--crate-type=cdylib", "--edition=2024", "-Cpanic=abort", "--target", target, "-o"]);
        tools::run(rustc.arg(&module).arg(&source));
        let rows = table(header);
        let stated: BTreeSet<String> =
            rows.iter().filter(|row| row[column] == "yes").map(|row| row[0].clone()).collect();
        assert_eq!(stated, features(&fs::read(module).unwrap()), "{target}");
    }
}

#[test]
fn exports_of_the_tour_have_the_signatures_of_the_table() {
    use wasmi::{Engine, Module};
    let module = Module::new(&Engine::default(), &fs::read(tour()).unwrap()[..]).expect("the tour is valid");
    for row in table("| name | wasm signature |").iter().filter(|row| row[0] != "cabi_realloc") {
        let export = module.get_export(&row[0]).unwrap_or_else(|| panic!("the tour exports {}", row[0]));
        let ty = export.func().unwrap_or_else(|| panic!("{} is a function", row[0])).clone();
        let list = |types: &[wasmi::ValType]| types.iter().map(|_| "i32").collect::<Vec<_>>().join(", ");
        let result = if ty.results().is_empty() { "()".to_owned() } else { list(ty.results()) };
        assert_eq!(format!("({}) -> {result}", list(ty.params())), row[1], "{}", row[0]);
    }
    for name in ["memory", "__indirect_function_table"] {
        assert!(module.get_export(name).is_some(), "the tour exports {name}");
    }
}

#[test]
fn byte_dumps_are_the_bytes_of_rust() {
    let bytes = |numbers: &[u32]| -> String {
        let bytes: Vec<String> = numbers.iter().flat_map(|n| n.to_le_bytes()).map(|b| format!("{b:02x}")).collect();
        bytes.chunks(4).map(|word| word.join(" ")).collect::<Vec<_>>().join("  ")
    };
    let spec = spec();
    for dump in [
        format!("00110020  {} ", bytes(&[88323, 20, 0x0011_0030])),
        format!("00110010  {}\n", bytes(&[100, 200, 300, 400])),
        format!("00110040  {}\n", bytes(&[0x0011_0010, 4])),
        "00110030  68 65 6c 6c  6f 00 ".to_owned(),
    ] {
        assert!(spec.contains(&dump), "SPEC has the line {dump}");
    }
    assert_eq!(*b"hello\0", [0x68, 0x65, 0x6c, 0x6c, 0x6f, 0]);
}

/// The bytes of all dumps of the specification by their address; None is any byte.
fn dumps() -> BTreeMap<u32, Vec<Option<u8>>> {
    let mut dumps = BTreeMap::new();
    for line in spec().lines() {
        let Some((address, rest)) = line.split_once("  ") else { continue };
        let Some(address) = u32::from_str_radix(address, 16).ok().filter(|_| address.len() == 8) else { continue };
        let words = rest.split(' ').filter(|word| !word.is_empty());
        let bytes = words.map_while(|word| match word {
            ".." => Some(None),
            _ => u8::from_str_radix(word, 16).ok().filter(|_| word.len() == 2).map(Some),
        });
        assert!(dumps.insert(address, bytes.collect()).is_none(), "two dumps at {address:08x}");
    }
    dumps
}

/// What the specification says its dumps are, by a host that reads and writes them as they stand.
#[test]
fn byte_dumps_are_the_values_that_they_are_said_to_be() {
    let examples: String = spec().split("```records\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let module = Module::from_section(examples.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    let dumps = dumps();
    let memory = |any: u8| {
        let mut memory = vec![any; 0x0011_0110];
        for (&address, bytes) in &dumps {
            for (at, byte) in bytes.iter().enumerate() {
                memory[address as usize + at] = byte.unwrap_or(any);
            }
        }
        memory
    };
    let ints = |values: &[i32]| Value::List(values.iter().map(|&value| value.into()).collect());
    let bits = Value::fields([
        ("int", 1_069_547_520.into()),
        ("float", 1.5.into()),
        ("bytes", Value::Bytes(vec![0, 0, 192, 63])),
    ]);
    let case = |name: &str, value| Value::Case(name.into(), Some(Box::new(value)));
    let point = Value::fields([("x", 88323.into()), ("y", 20.into()), ("name", "hello".into())]);
    let values = [
        (0x0011_0010, "[4]i32", ints(&[100, 200, 300, 400])),
        (0x0011_0020, "Point", point),
        (0x0011_0040, "[]i32", ints(&[100, 200, 300, 400])),
        (0x0011_0058, "str", "hi".into()),
        (0x0011_0060, "str", "".into()),
        (0x0011_0074, "[+]i32", ints(&[100, -200])),
        (0x0011_0080, "cstr", "hello".into()),
        (0x0011_0084, "?cstr", Value::None),
        (0x0011_008c, "?^*Point", Value::None),
        (0x0011_0090, "Color", Value::case("Green")),
        (0x0011_0091, "bool", true.into()),
        (0x0011_0094, "char", 'ß'.into()),
        (0x0011_0098, "Sign", Value::case("Minus")),
        (0x0011_00a0, "Shape", case("Circle", 2.5.into())),
        (0x0011_00b0, "Shape", case("Tinted", Value::case("Blue"))),
        (0x0011_00c0, "Shape", case("Scaled", bits.clone())),
        (0x0011_00d0, "Shape", Value::case("Nothing")),
        (0x0011_00e0, "Bits", bits),
        (0x0011_00f0, "[3]i32", ints(&[300, -5, 100])),
        (0x0011_00fc, "i32", (-5).into()),
        (0x0011_0100, "i32", 300.into()),
    ];
    // A byte that may be any is one or the other.
    for any in [0, 0xff] {
        let memory = memory(any);
        for (address, ty, value) in &values {
            let read = module.read_value(&memory, &ty.parse().unwrap(), *address);
            assert_eq!(read.as_ref(), Ok(value), "{ty} at {address:08x}");
        }
        // A pointer leads to a value of the dumps.
        assert_eq!(memory[0x0011_0088..0x0011_008c], 0x0011_0020_u32.to_le_bytes());
    }
    // What holds no pointers is written as it stands.
    let plain = values.iter().filter(|(_, ty, _)| ["Color", "bool", "char", "Sign", "Shape", "i32"].contains(ty));
    let mut written = memory(0xff);
    for (address, ty, value) in plain {
        let ty = ty.parse().unwrap();
        let layout = module.layout(&ty).unwrap();
        let place = *address as usize..*address as usize + layout.size as usize;
        written[place.clone()].fill(0xff);
        let value = match value {
            // To be written, a union is one of its fields.
            Value::Case(name, Some(held)) if name == "Scaled" => {
                case(name, Value::fields([("float", held.get("float").unwrap().clone())]))
            }
            other => other.clone(),
        };
        module.write_value(&mut written, &ty, *address, &value).unwrap();
    }
    assert!(written == memory(0xff), "the dumps, written, are other bytes");
    let read: BTreeSet<u32> = values.iter().map(|(address, ..)| *address).collect();
    // Text and elements are read through what leads to them.
    let through = [0x0011_0030, 0x0011_0050, 0x0011_0068, 0x0011_0088];
    assert!(dumps.keys().all(|address| read.contains(address) || through.contains(address)), "{dumps:x?}");
}

#[test]
fn worked_host_in_javascript_runs() {
    if tools::have("node") {
        let host = temporary("host.mjs");
        fs::write(&host, code("## A host by hand", "js")).unwrap();
        let printed = tools::run(Command::new("node").arg(host).arg(tour()));
        assert_eq!(printed, "[ 100, 200, 300, 400 ]\n88323 20 hello\n");
    }
}

#[test]
fn worked_host_in_python_runs() {
    if tools::have_python_module("wasmtime") {
        let host = temporary("host.py");
        fs::write(&host, code("## A host by hand", "python")).unwrap();
        let printed = tools::run(Command::new("python3").arg(host).arg(tour()));
        assert_eq!(printed, "[100, 200, 300, 400]\n88323 20 hello\n");
    }
}

#[test]
fn links_lead_somewhere() {
    for document in
        ["abi/SPEC.md", "abi/README.md", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md"]
    {
        let text = fs::read_to_string(root().join(document)).unwrap_or_else(|error| panic!("{document}: {error}"));
        let anchors: BTreeSet<String> = text
            .lines()
            .filter(|line| line.starts_with('#'))
            .map(|line| {
                let title = line.trim_start_matches('#').trim().to_lowercase();
                title
                    .chars()
                    .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
                    .collect::<String>()
                    .replace(' ', "-")
            })
            .collect();
        // Every other piece is inside a code block.
        let prose = text.split("```").step_by(2).collect::<String>();
        for link in prose.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            if let Some(anchor) = link.strip_prefix('#') {
                assert!(anchors.contains(anchor), "{document}: no heading for #{anchor}");
            } else if !link.starts_with("http") {
                let file = root().join(document).parent().unwrap().join(link.split('#').next().unwrap());
                assert!(file.exists(), "{document}: no file {link}");
            }
        }
    }
}
