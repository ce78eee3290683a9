//! The records of modules: what the macro writes, that SPEC's grammar takes it and SPEC's examples, that it costs
//! nothing, and what is refused.

#[path = "records/abnf.rs"]
mod abnf;
#[allow(dead_code, reason = "shared with other tests, each of which uses a part")]
#[path = "../examples/hosts/rust/guest.rs"]
mod guest;
#[path = "fixtures/package.rs"]
mod package;
#[path = "common/tools.rs"]
mod tools;

use abnf::Grammar;
use guest::TARGET;
use linmem_host::{Module as Records, Wasm};
use package::{PROFILE, Package, assert_quoted, dependency, fenced, have_target, manifest, read};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::Command;
use std::{env, fs};
use tools::run;
use wasmi::{Caller, Engine, Func, Instance, Linker, Module, Store, WasmParams, WasmResults};
use wasmparser::{ExternalKind, FuncType, Parser, Payload, TypeRef, ValType};

/// The records that a module has, and the module without them.
fn take_records(module: &[u8]) -> (String, Vec<u8>) {
    let (mut records, mut rest, mut end) = (String::new(), module[..8].to_vec(), 8);
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.unwrap();
        let Some((_, range)) = payload.as_section() else { continue };
        match &payload {
            Payload::CustomSection(section) if section.name() == "linmem.abi" => {
                records += std::str::from_utf8(section.data()).unwrap();
            }
            _ => rest.extend(&module[end..range.end as usize]),
        }
        end = range.end as usize;
    }
    (records, rest)
}

/// The module of `abi/kit/guest`.
fn guest_module() -> Vec<u8> {
    let folder = guest::build("kit", &[]).unwrap_or_else(|error| panic!("{error}"));
    fs::read(folder.join("kit.wasm")).unwrap()
}

/// The guest's `lib.rs`, for packages without its features.
fn whole_guest() -> String {
    let lib = read("abi/kit/guest/src/lib.rs");
    let plain = "#[cfg(all(not(feature = \"whole\"), target_family = \"wasm\"))]\n#[global_allocator]\n\
                 static ALLOCATOR: linmem::Heap = linmem::Heap::new();\n";
    let checked = "#[cfg(all(feature = \"checked\", target_family = \"wasm\"))]\n#[global_allocator]\n\
                   static ALLOCATOR: live::Counted<linmem::Checked<linmem::Heap>> =\n    \
                   live::Counted(linmem::Checked::new(linmem::Heap::new()));\n\
                   #[cfg(feature = \"checked\")]\nlinmem::export_checks!(ALLOCATOR.0);\n";
    assert!(lib.contains(plain) && lib.contains(checked), "this test knows the allocators by their text");
    lib.replace(plain, "")
        .replace(checked, "")
        .replace("feature = \"whole\", not(feature = \"checked\")", "feature = \"whole\"")
        .replace("#[cfg(feature = \"whole\")]\n", "")
        .replace("all(feature = \"whole\", target_family = \"wasm\")", "target_family = \"wasm\"")
}

/// Adds the other files of the guest to a package that has a variant of its `lib.rs`.
fn with_modules(mut package: Package) -> Package {
    for module in ["hosted", "live", "raw", "runs", "scalars", "values"] {
        package = package.write(&format!("src/{module}.rs"), &read(&format!("abi/kit/guest/src/{module}.rs")));
    }
    package
}

fn sorted(records: &str) -> String {
    let lines: BTreeSet<&str> = records.lines().collect();
    lines.into_iter().flat_map(|line| [line, "\n"]).collect()
}

/// The fenced blocks of a language in SPEC.
fn blocks(language: &str) -> String {
    let spec = read("abi/SPEC.md");
    let fence = format!("```{language}\n");
    spec.split(&fence).skip(1).map(|block| block.split_once("```").expect("the block ends").0).collect()
}

fn grammar() -> Grammar {
    Grammar::new(&blocks("abnf"))
}

#[test]
fn guest_s_records_are_the_expected_text() {
    let (records, _) = take_records(&guest_module());
    let file = "abi/kit/guest.abi";
    if env::var_os("BLESS").is_some() {
        fs::write(format!("{}/{file}", env!("CARGO_MANIFEST_DIR")), sorted(&records)).unwrap();
    }
    assert_eq!(sorted(&records), read(file));
}

#[test]
fn guest_s_records_match_the_grammar() {
    let (records, _) = take_records(&guest_module());
    let grammar = grammar();
    assert!(records.ends_with('\n'));
    let mut lines = BTreeSet::new();
    for line in records.lines() {
        assert!(grammar.matches("known", line.as_bytes()), "{line}");
        assert!(lines.insert(line) || line == "abi 1 wasm32", "{line} is there twice");
    }
}

#[test]
fn examples_of_the_specification_match_its_grammar_and_make_up_one_module() {
    let (grammar, examples) = (grammar(), blocks("records"));
    let mut kinds = BTreeSet::new();
    for line in examples.lines() {
        assert!(grammar.matches("known", line.as_bytes()), "{line}");
        kinds.insert(line.split(' ').next().unwrap());
    }
    assert_eq!(kinds.len(), 13, "SPEC has an example of each kind: {kinds:?}");
    assert!(grammar.matches(
        "section",
        format!("{}\n\nlater on\n!later 1\n", &examples[..300].rsplit_once('\n').unwrap().0).as_bytes()
    ));
    Records::from_section(examples.as_bytes()).unwrap();
}

fn refuses(section: &str) -> bool {
    Records::from_section(section.as_bytes()).is_err()
}

#[test]
fn grammar_refuses_what_is_not_in_it() {
    let grammar = grammar();
    for line in [
        "abi  1 wasm32",
        "ABI 1 wasm32",
        "struct P 4 4",
        "struct P 4 4 x:00:i32",
        "struct P 4 4 x:0:i128",
        "struct P 4 4 x:0:u32 ",
        "struct P-Q 4 4 x:0:u32",
        "struct P 4 4 x:0:^i32",
        "struct P 4 4 x:0:~str",
        "struct P 4 4 x:0:^?*i32",
        "struct P 4 4 x:0:^[+]u8",
        "struct P 4 4 x:0:[-1]u8",
        "fn f ->",
        "fn f a:>",
        "enum E u8",
        "enum E f32 A=0",
        "const C f32 1.5",
        "doc P a\\tb",
        "doc P a\tb",
        "doc P \u{7f}",
        "drop d *u8",
        "drop d ?^*u8",
    ] {
        let refused = !grammar.matches("known", line.as_bytes());
        // `i128` and the like are names that nothing declares.
        assert!(refused || refuses(&format!("abi 1 wasm32\n{line}\n")), "{line:?}");
    }
}

/// A module that is in order, and one word of which each case replaces.
const SMALL: &str = "abi 1 wasm32\nstruct P 16 8 a:0:u8 b:8:i64\nunion U 4 4 a:0:u32 b:0:u8\nenum E u8 A=0 B=255\n\
                     tagged T 16 8 u8 A=0:8:f64 B=1\nsig S x:i32 -> i32\nopaque O\nstruct L 4 4 x:0:*[2]L\nfn f p:*P -> ?S\nimport env g e:E\n\
                     drop d ^*O\nrole free x_free\ndoc P text\nenum F status C=16\n\
                     struct R 8 4 s:0:^str\nconst N u8 255\n";

#[test]
fn reader_refuses_what_the_rules_do() {
    assert!(!refuses(SMALL));
    for line in ["role", "fn", "struct", "const", "import env", "drop", "doc", "!!sig S", "!later"] {
        assert!(refuses(&format!("{SMALL}{line}\n")), "{line}");
    }
    let cases = [
        ("abi 1", "abi 2"),
        ("wasm32", "wasm64"),
        ("abi 1 wasm32\n", ""),
        ("P 16 8", "P 17 8"),
        ("P 16 8", "P 16 4"),
        ("P 16 8", "P 24 8"),
        ("a:0:u8", "a:1:u8"),
        ("b:8:i64", "b:4:i64"),
        ("b:8:i64", "b:0:i64"),
        ("b:8:i64", "b:8:P"),
        ("b:8:i64", "b:8:[2]P"),
        ("b:8:i64", "a:8:i64"),
        ("b:8:i64", "b:8:[0]i64"),
        ("b:8:i64", "b:8:[4294967296]i64"),
        ("b:8:i64", "b:8:[99999999999999999999]i64"),
        ("b:8:i64", "b:8:?str"),
        ("b:8:i64", "b:8:?[]u8"),
        ("b:8:i64", "b:8:^^*O"),
        ("b:8:i64", "b:8:O"),
        ("b:8:i64", "b:8:Q"),
        ("b:8:i64", "b:8:"),
        ("b:0:u8", "b:1:u8"),
        ("b:0:u8", "b:0:^*u8"),
        ("B=255", "B=256"),
        ("B=255", "B=0"),
        ("B=255", "A=1"),
        ("A=0:8:f64", "A=0:0:f64"),
        ("A=0:8:f64", "A=0:16:f64"),
        ("A=0:8:f64", "A=0:8:T"),
        ("A=0 B", "A=-1 B"),
        ("C=16", "C=15"),
        ("U 4 4 a:0:u32", "U 8 4 a:0:R"),
        ("U 4 4 a:0:u32", "U 16 4 a:0:[2]R"),
        ("const N u8 255", "const N u8 256"),
        ("const N u8 255", "const N char 55296"),
        ("const N u8 255", "const N f32 0x100000000"),
        ("sig S", "sig i32"),
        ("opaque O", "opaque str"),
        ("opaque O", "opaque P"),
        ("p:*P", "p:P"),
        ("p:*P", "p:[4]i32"),
        ("p:*P", "p:*Q"),
        ("-> ?S", "-> str"),
        ("-> ?S", "-> ?E"),
        ("-> ?S", "-> P"),
        ("fn f", "fn P"),
        ("^*O", "*O"),
        ("^*O", "?^*O"),
        ("doc P text", "!later"),
    ];
    for (from, to) in cases {
        assert_eq!(SMALL.matches(from).count(), 1, "{from}");
        let section = SMALL.replace(from, to);
        assert!(refuses(&section), "{to}");
    }
    for more in ["drop other ^*O\n", "import env g\n", "role free y\n", "fn f\n", "abi 1 wasm64\n"] {
        assert!(refuses(&format!("{SMALL}{more}")), "{more}");
    }
    for more in ["later 1 2\n", "\n", "abi 1 wasm32\n", "import other g\n", "!fn h\n"] {
        assert!(!refuses(&format!("{SMALL}{more}")), "{more}");
    }
}

fn wasm((params, result): &(Vec<Wasm>, Option<Wasm>)) -> FuncType {
    let value = |wasm: &Wasm| match wasm {
        Wasm::I32 => ValType::I32,
        Wasm::I64 => ValType::I64,
        Wasm::F32 => ValType::F32,
        Wasm::F64 => ValType::F64,
    };
    FuncType::new(params.iter().map(value), result.iter().map(value))
}

#[test]
fn guest_s_records_state_the_signatures_of_the_module() {
    let module = guest_module();
    let described = Records::read(&module).unwrap();
    let (mut types, mut functions, mut exports) = (Vec::new(), Vec::new(), BTreeMap::new());
    for payload in Parser::new(0).parse_all(&module) {
        match payload.unwrap() {
            Payload::TypeSection(section) => types = section.into_iter_err_on_gc_types().map(Result::unwrap).collect(),
            Payload::ImportSection(section) => {
                for import in section.into_imports().map(Result::unwrap) {
                    let TypeRef::Func(index) = import.ty else { panic!("functions are imported") };
                    functions.push(types[index as usize].clone());
                    let stated = &described.imports()[&(import.module.to_owned(), import.name.to_owned())];
                    assert_eq!(wasm(&described.wasm(stated)), types[index as usize], "{}", import.name);
                }
            }
            Payload::FunctionSection(section) => {
                functions.extend(section.into_iter().map(|index| types[index.unwrap() as usize].clone()));
            }
            Payload::ExportSection(section) => {
                for export in section.into_iter().map(Result::unwrap).filter(|export| export.kind == ExternalKind::Func)
                {
                    exports.insert(export.name.to_owned(), functions[export.index as usize].clone());
                }
            }
            _ => {}
        }
    }
    for (name, stated) in described.fns() {
        assert_eq!(wasm(&described.wasm(stated)), exports[name], "{name}");
    }
    for (ty, name) in described.drops() {
        assert_eq!(wasm(&(described.flatten(ty).to_vec(), None)), exports[name], "{name}");
    }
    for (role, name) in described.roles() {
        assert_eq!(name, &format!("abi_{role}"));
        assert!(exports.contains_key(name), "{name}");
    }
    assert_eq!(exports.len(), described.fns().len() + described.drops().len() + 3, "all others are described");
}

/// Names of the structs that the cost tests generate.
fn structs(count: usize) -> String {
    let mut text = String::new();
    for index in 0..count {
        writeln!(
            text,
            "    /// Number {index} of many.\n    pub struct S{index} {{ pub x: i32, pub y: f64, pub name: linmem::Str, pub next: *const S{index} }}"
        )
        .unwrap();
        if index % 10 == 0 {
            writeln!(text, "    pub fn get{index}(s: &S{index}, name: str) -> i32 {{ s.x + name.len() as i32 }}")
                .unwrap();
        }
    }
    text
}

/// The seconds of processor time that a command takes for its user, children included.
fn user_seconds(command: &Command) -> f64 {
    let mut timed = Command::new("sh");
    timed.args(["-c", "\"$@\" && times", "sh"]).arg(command.get_program()).args(command.get_args());
    timed.current_dir(command.get_current_dir().expect("a package"));
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => timed.env(name, value),
            None => timed.env_remove(name),
        };
    }
    // Of the shell, and of its children: the user's and the system's, `0m0.25s 0m0.03s`.
    let said = run(&mut timed);
    let children = said.trim_end().lines().last().and_then(|line| line.split(' ').next()).expect("times");
    let (minutes, seconds) = children.trim_end_matches('s').split_once('m').expect("minutes and seconds");
    minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap()
}

#[test]
fn two_hundred_records_take_under_a_second_to_compile() {
    assert!(have_target(TARGET));
    let head = "#![no_std]\n#[global_allocator]\nstatic ALLOCATOR: linmem::Heap = linmem::Heap::new();\n\
                linmem::export_allocator!();\nlinmem::trap_on_panic!();\n";
    let parts = |one: &dyn Fn(usize) -> String| -> String {
        (0..4).map(|part| format!("pub mod part{part} {{\n{}}}\n", one(part))).collect()
    };
    let recorded = head.to_owned()
        + &parts(&|part| format!("linmem::abi! {{\n{}}}\n", structs(50).replace("get", &format!("p{part}_get"))));
    // The same without records: the structs, and the functions, exported by hand.
    let plain = head.to_owned()
        + &parts(&|part| {
            let export = format!("#[unsafe(no_mangle)] pub extern \"C\" fn p{part}_get");
            structs(50)
                .replace("pub struct", "#[repr(C)] pub struct")
                .replace("pub fn get", &export)
                .replace("name: str", "name: linmem::Str")
                .replace("name.len()", "name.bytes().len()")
        });
    let packages = [("compile_plain", plain), ("compile_recorded", recorded)]
        .map(|(name, lib)| (Package::guest(name, "2024", &lib), lib));
    for (package, _) in &packages {
        let _ = package.module(TARGET);
    }
    // A busy machine adds to each run: the least of several counts.
    let mut least = [f64::INFINITY; 2];
    for _ in 0..8 {
        for ((package, lib), least) in packages.iter().zip(&mut least) {
            fs::write(package.dir().join("src/lib.rs"), lib).unwrap();
            *least = least.min(user_seconds(&package.cargo(&["build", "--release", "--target", TARGET])));
        }
        if least[1] - least[0] < 1.0 {
            println!("{:.2} s, {:.2} s without records", least[1], least[0]);
            return;
        }
    }
    panic!("{:.2} s of processor time, {:.2} s without records", least[1], least[0]);
}

#[test]
fn module_without_its_records_is_the_one_that_never_had_any() {
    assert!(have_target(TARGET));
    // The records in `raw.rs` are written by hand.
    let raw = "#[cfg(target_family = \"wasm\")]\nmod raw;\n";
    let lib = whole_guest();
    assert!(lib.contains(raw), "this test knows the module by its text");
    let mut lib = lib.replace(raw, "");
    for part in 0..4 {
        write!(
            lib,
            "mod part{part} {{\nlinmem::abi! {{\n{}}}\n}}\n",
            structs(50).replace("get", &format!("p{part}_get"))
        )
        .unwrap();
    }
    // A copy of the crate at one path, so that its symbols have the same names both times.
    let source = fs::canonicalize(env!("CARGO_MANIFEST_DIR")).unwrap();
    let manifest = manifest("zero_cost", "2024", "cdylib", "linmem = { path = \"linmem\" }") + PROFILE;
    let mut package = with_modules(Package::new("zero_cost", &manifest, &lib));
    let own = read("Cargo.toml");
    let own = own.split("\n[dev-dependencies]").next().unwrap();
    package = package.write("linmem/Cargo.toml", own);
    let copy =
        |from: &str| run(Command::new("cp").args(["-r", from]).arg(package.dir().join("linmem")).current_dir(&source));
    copy("src");
    copy("README.md");

    let build = |level: &str| {
        let mut cargo = package.cargo(&["build", "--release", "--target", TARGET]);
        run(cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", level));
        let target = package.dir().ancestors().nth(2).unwrap().join("target");
        fs::read(target.join(TARGET).join("release/zero_cost.wasm")).unwrap()
    };
    let levels = ["z", "3"];
    let with = levels.map(build);
    let silence = |file: &str, from: &str, to: &str| {
        let path = package.dir().join("linmem/src/records").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(from).count(), 1, "this test knows a static of {file} by its text");
        fs::write(&path, text.replace(from, to)).unwrap();
    };
    let section = "#[unsafe(link_section = \"linmem.abi\")]\n";
    silence(
        "describe.rs",
        &format!("{section}        static __LINMEM_RECORD: [u8; __LINMEM_LINES.len] ="),
        "const _: [u8; __LINMEM_LINES.len] =",
    );
    silence("declare.rs", &format!("{section}            static RECORD: [u8; 13]"), "const _: [u8; 13]");
    let without = levels.map(build);
    for ((with, without), level) in with.iter().zip(&without).zip(levels) {
        let (records, rest) = take_records(with);
        assert!(records.lines().count() > 450, "{}", records.lines().count());
        assert_eq!(take_records(without).0, "");
        assert!(!String::from_utf8_lossy(&rest).contains(" of many"), "docs are data of the module");
        assert!(
            rest == *without,
            "at {level}: {} bytes without the section, {} without records",
            rest.len(),
            without.len()
        );
    }
}

/// A guest of these items, and a library whose types lie in modules of their own, because the linker takes whole modules.
fn guest_of_a_library(name: &str, items: &str) -> Package {
    let dependencies = dependency("") + "\nlibrary = { path = \"library\" }";
    let lib = format!(
        "#![no_std]\n#[global_allocator]\nstatic ALLOCATOR: linmem::Heap = linmem::Heap::new();\nlinmem::export_allocator!();\n\
         linmem::trap_on_panic!();\nextern crate alloc;\nuse alloc::boxed::Box;\nlinmem::abi! {{\n{items}\n}}\n"
    );
    let further = dependency("") + "\nfurther = { path = \"../further\" }";
    Package::new(name, &(manifest(name, "2024", "cdylib", &dependencies) + PROFILE), &lib)
        .write("further/Cargo.toml", &manifest("further", "2024", "rlib", &dependency("")))
        .write("further/src/lib.rs", "#![no_std]\nlinmem::abi! {\n    pub struct Far { pub a: u8 }\n}\n")
        .write("library/Cargo.toml", &manifest("library", "2021", "rlib", &further))
        .write(
            "library/src/lib.rs",
            "#![no_std]\nextern crate alloc;\npub mod one;\npub mod two;\npub use one::*;\npub use two::*;\n",
        )
        .write(
            "library/src/one.rs",
            "use alloc::boxed::Box;\nuse crate::two::{Nested, Ring};\nlinmem::abi! {\n    /// From afar.\n    \
             pub struct Point { pub x: i32, pub y: Nested }\n    pub struct Link { pub next: Option<Box<Ring>> }\n}\n",
        )
        .write(
            "library/src/two.rs",
            "use alloc::boxed::Box;\nlinmem::abi! {\n    /// Within.\n    pub struct Nested { pub z: i64, pub far: *const further::Far }\n    \
             pub struct Ring { pub next: Option<Box<crate::one::Link>> }\n    pub enum Fail: status { Far = 16 }\n    \
             pub struct Op(pub extern \"C\" fn(ring: &Ring));\n    pub struct Other { pub x: u8 }\n    pub const MAX: u32 = 16;\n}\n",
        )
}

#[test]
fn library_s_types_are_recorded_in_the_final_module() {
    const POINT: &str = "doc Nested Within.\ndoc Point From afar.\nstruct Far 1 1 a:0:u8\nstruct Nested 16 8 z:0:i64 far:8:?*Far\n\
                         struct Point 24 8 x:0:i32 y:8:Nested\n";
    const RING: &str = "struct Link 4 4 next:0:?^*Ring\nstruct Ring 4 4 next:0:?^*Link\n";
    assert!(have_target(TARGET));
    for (index, (items, own, foreign)) in [
        ("pub use library::Point;", "", [POINT, ""]),
        ("pub fn f(point: &library::Point) -> i32 { point.x }", "fn f point:*Point -> i32\n", [POINT, ""]),
        (
            "pub fn f(points: [library::Point]) -> u32 { points.len() as u32 }",
            "fn f points:[]Point -> u32\n",
            [POINT, ""],
        ),
        (
            "pub fn f() -> Result<Option<Box<library::Point>>, library::Fail> { Err(library::Fail::Far) }",
            "fn f out:>?^*Point -> Fail\n",
            ["enum Fail status Far=16\n", POINT],
        ),
        ("pub struct Mine { x: library::one::Link }", "struct Mine 4 4 x:0:Link\n", [RING, ""]),
        (
            "pub use library::Op; extern \"C\" { fn f(link: Option<&library::Link>); }",
            "import env f link:?*Link\n",
            ["sig Op ring:*Ring\n", RING],
        ),
        ("drop fn f(Box<library::Ring>);", "drop f ^*Ring\n", [RING, ""]),
        (
            "pub enum Mine: u8 { A(library::Nested) }",
            "tagged Mine 24 8 u8 A=0:8:Nested\n",
            ["doc Nested Within.\nstruct Far 1 1 a:0:u8\nstruct Nested 16 8 z:0:i64 far:8:?*Far\n", ""],
        ),
    ]
    .into_iter()
    .enumerate()
    {
        // Its name is as long as those of the libraries.
        let package = guest_of_a_library(&format!("reuse_{index}"), items);
        let expected = sorted(&["abi 1 wasm32\n", own, foreign[0], foreign[1]].concat());
        for module in [package.debug_module(TARGET), package.module(TARGET)] {
            let module = fs::read(module).unwrap();
            if let Err(error) = Records::read(&module) {
                panic!("{items}: {error}\n{}", take_records(&module).0);
            }
            // Whether the linker takes along what is not asked for is its own business.
            let (records, rest) = take_records(&module);
            assert!(!String::from_utf8_lossy(&rest).contains("From afar"), "{items}: records are data of the module");
            let missing: Vec<&str> =
                expected.lines().filter(|line| !records.lines().any(|other| other == *line)).collect();
            assert!(missing.is_empty(), "{items}: {missing:?} are not in\n{}", sorted(&records));
        }
    }
}

/// A guest of these items.
fn items(name: &str, items: &str) -> Package {
    let lib = format!(
        "#![cfg_attr(target_family = \"wasm\", no_std)]\nextern crate alloc;\n#[allow(unused_imports)]\nuse alloc::{{boxed::Box, string::String, vec::Vec}};\n\
         #[cfg(target_family = \"wasm\")]\n#[global_allocator]\nstatic ALLOCATOR: linmem::Heap = linmem::Heap::new();\n\
         linmem::export_allocator!();\nlinmem::trap_on_panic!();\n#[derive(Clone, Copy)]\npub struct Plain(pub u32);\nlinmem::abi! {{\n{items}\n}}\n"
    );
    Package::guest(name, "2024", &lib)
}

#[test]
fn readme_s_guest_has_the_records_that_the_readme_shows() {
    let readme = read("README.md");
    let lib = fenced(&readme, "<!-- guest -->").to_owned() + fenced(&readme, "<!-- described -->");
    let module = Package::guest("described", "2024", &lib).module(TARGET);
    let (records, _) = take_records(&fs::read(module).unwrap());
    assert_eq!(sorted(&records), sorted(fenced(&readme, "<!-- records -->")));
}

#[test]
fn docs_of_items_are_recorded_and_reach_rust_as_do_attributes() {
    assert!(have_target(TARGET));
    let items = "/// A struct.
         #[derive(Clone, Copy)]
         pub struct Plain {
             /// A field.
             pub x: u8,
         }
         /// A union.
         #[derive(Clone, Copy)]
         pub union Either {
             /// One.
             pub one: u32,
             /// The other.
             pub other: f32,
         }
         /// An enumeration.
         #[derive(Clone, Copy)]
         pub enum Kind: u8 {
             /// A case.
             One,
         }
         /// A tagged enumeration.
         #[derive(Clone, Copy)]
         pub enum Shape: u8 {
             /// A case with a value.
             Circle(f64),
         }
         /// An error.
         #[derive(Clone, Copy)]
         pub enum Fail: status {
             /// A case.
             Empty = 16,
         }
         /// A pointer to a function.
         #[derive(Debug)]
         pub struct Op(pub extern \"C\" fn(x: i32,) -> i32);
         /// A constant.
         pub const MAX: u32 = 1;
         /// A function.
         #[must_use]
         pub fn same(x: i32) -> i32 { x }
         /// Several results.
         pub fn both(x: i32) -> (i32, i32) { (x, x) }
         /// Drops a number.
         drop fn drop_number(Box<u8>);
         extern \"C\" {
             /// A host function.
             #[must_use]
             pub fn ask(x: i32) -> i32;
         }
         /// Behind pointers.
         extern type Hidden;
         #[doc(hidden)]
         /// Hidden from Rust.
         pub const LEAST: u32 = 0;";
    // Each line of these fails to compile without what it needs.
    let uses = "#![deny(missing_docs, unused, unfulfilled_lint_expectations)]
//! Docs are missing nowhere.

/// Values are copied.
pub fn copies(plain: &items::Plain, either: &items::Either, kind: &items::Kind, shape: &items::Shape, fail: &items::Fail) {
    let _ = (*plain, *either, *kind, *shape, *fail);
}

/// What the pointer is, as text.
pub fn show(op: &items::Op) -> impl core::fmt::Debug + '_ {
    op
}

/// Results are used.
#[expect(unused_must_use)]
pub fn unused() {
    items::same(1);
}

/// Results of the host's are used.
#[expect(unused_must_use)]
pub fn unused_of_host() {
    items::ask(1);
}
";
    let lib = format!(
        "{uses}/// All kinds of items.\npub mod items {{\n/// Hosts do not see inside.\npub struct Hidden;\nlinmem::abi! {{\n{items}\n}}\n}}\n"
    );
    let package = Package::guest("documented", "2024", &lib);
    run(&mut package.cargo(&["check"]));
    let (records, _) = take_records(&fs::read(package.module(TARGET)).unwrap());
    let docs: BTreeSet<&str> = records.lines().filter_map(|line| line.strip_prefix("doc ")).collect();
    let expected = [
        "Either A union.",
        "Either.one One.",
        "Either.other The other.",
        "Fail An error.",
        "Fail.Empty A case.",
        "Hidden Behind pointers.",
        "Kind An enumeration.",
        "Kind.One A case.",
        "LEAST Hidden from Rust.",
        "MAX A constant.",
        "Op A pointer to a function.",
        "Plain A struct.",
        "Plain.x A field.",
        "Shape A tagged enumeration.",
        "Shape.Circle A case with a value.",
        "both Several results.",
        "drop_number Drops a number.",
        "env/ask A host function.",
        "same A function.",
    ];
    assert_eq!(docs, expected.into());
}

#[test]
fn what_hosts_cannot_know_is_refused_with_advice() {
    let types = "src/records/types.rs";
    let call = "src/records/call.rs";
    let cases = [
        ("pub struct S { x: String }", "`String` is no type of the linmem ABI", types),
        ("pub struct S { x: Vec<u8> }", "`Vec<u8>` is no type of the linmem ABI", types),
        ("pub struct S { x: Plain }", "`Plain` is no type of the linmem ABI", types),
        ("pub struct S { x: &'static str }", "`&'static str` is no type of the linmem ABI", types),
        ("pub struct S { x: u128 }", "`u128` is no type of the linmem ABI", types),
        ("pub struct S { x: (u8, u8) }", "`(u8, u8)` is no type of the linmem ABI", types),
        ("pub struct S { x: Option<u32> }", "`Option<u32>` is no type of the linmem ABI", types),
        ("extern type Plain;\npub struct S { x: Plain }", "`Plain` is no type of the linmem ABI", types),
        ("pub fn f(x: Plain) {}", "`Plain` does not travel in a call", call),
        ("pub struct S { x: u8 }\npub fn f() -> S { S { x: 1 } }", "`S` does not travel in a call", call),
        ("pub fn f(x: [u8; 4]) {}", "`[u8; 4]` does not travel in a call", call),
        ("pub fn f(x: [Plain]) {}", "`Plain` is no type of the linmem ABI", types),
        ("pub fn f() -> Result<(), u32> { Ok(()) }", "`u32` has no status", call),
        ("pub const C: Plain = Plain(1);", "records cannot state a constant of type `Plain`", types),
        ("pub use super::Plain;", "`Plain` has no record", types),
        ("pub enum E: status { A = 15 }", "a status of a module's own is 16 or more", ""),
        ("pub enum E { A, B }", "say the integer type of the enum: `enum E: u8 { .. }`", ""),
        ("pub struct S<T> { x: T }", "`S` is generic: hosts know types of one layout only", ""),
        ("pub trait T {}", "`abi!` does not take this: pub trait T {}", ""),
        (
            "pub struct S(u8);",
            "It takes structs with named fields, unions, enums with an integer type, `struct Name(extern \"C\" fn(..));`, \
             `extern type`, constants, functions, `drop fn`, `extern \"C\" { .. }` and `use`",
            "",
        ),
        ("extern \"C\" { static X: u8; }", "`abi!` does not take this function", ""),
        (
            "#[repr(packed)] pub struct S { x: u8, y: u32 }",
            "`S` is not laid out as in C: leave out `packed` and `align`",
            "",
        ),
        (
            "#[repr(align(16))] pub struct S { x: u8 }",
            "`S` is not laid out as in C: leave out `packed` and `align`",
            "",
        ),
        // Its size stays as it is.
        (
            "#[repr(align(2))] pub struct S { x: u8, y: u8 }",
            "`S` is not laid out as in C: leave out `packed` and `align`",
            "",
        ),
        ("#[repr(align(16))] pub union U { x: u8 }", "`U` is not laid out as in C: leave out `packed` and `align`", ""),
        ("#[repr(align(16))] pub enum E: u8 { A(u8) }", "`E` is not laid out as in C: leave out `align`", ""),
        ("#[repr(align(2))] pub enum E: u8 { A(u8) }", "`E` is not laid out as in C: leave out `align`", ""),
        ("pub struct S {}", "`S` has no fields: a type of size 0 has no place in memory", ""),
        ("pub struct S { x: [u8; 0] }", "an array of length 0 has no place in memory", ""),
        ("pub fn f(x: &[u8; 0]) {}", "an array of length 0 has no place in memory", ""),
        ("pub union U { x: linmem::Owned<linmem::CStr> }", "the union `U` holds something owned", ""),
        ("pub union U { x: Box<u8> }", "nor one in `ManuallyDrop`", ""),
        (
            "pub union U { x: core::mem::ManuallyDrop<Box<u8>> }",
            "`ManuallyDrop<Box<u8>>` is no type of the linmem ABI",
            types,
        ),
        ("pub enum E: usize { A }", "an enumeration cannot be of type `usize`", types),
        ("pub enum E: isize { A(u8) }", "an enumeration cannot be of type `isize`", types),
        ("pub enum E: u8 {}", "`E` has one case or more", ""),
        ("pub enum E: u8 { A(u8, u16) }", "it holds one value at most; declare a struct for several", ""),
        ("pub enum E: u8 { A { x: u8 } }", "it holds one value at most; declare a struct for several", ""),
        (
            "pub enum E: status { A }",
            "each case of `E` has a value, from 16 on, and holds nothing: `enum E: status { Empty = 16 }`",
            "",
        ),
        ("pub enum E: status { A(u8) = 16 }", "each case of `E` has a value, from 16 on, and holds nothing", ""),
        ("#[allow(non_camel_case_types)] pub struct status { x: u8 }", "SPEC has a type `status` of its own", ""),
        ("#[allow(non_camel_case_types)] pub enum r#str: u8 { A }", "SPEC has a type `r#str` of its own", ""),
        ("pub fn f() -> &'static str { \"\" }", "`&'static str` does not travel in a call", call),
        ("pub fn f() -> &'static str { \"\" }", "a function returns them as `Result<Owned<Str>, E>`", call),
        (
            "pub fn f() -> Box<[u8]> { Box::new([]) }",
            "a function returns them as in `Result<Owned<Slice<u8>>, E>`",
            types,
        ),
        (
            "pub fn f() -> Result<Box<str>, linmem::AbiError> { Ok(Box::default()) }",
            "as in `Result<Owned<Slice<u8>>, E>`",
            types,
        ),
        ("pub fn f(out: u8) -> Result<u8, linmem::AbiError> { Ok(out) }", "a parameter is named as an out value", ""),
        (
            "pub fn f() -> Result<(u8, Plain), linmem::AbiError> { loop {} }",
            "`Plain` is no type of the linmem ABI",
            types,
        ),
        ("pub fn f() -> (u8, Vec<u8>) { loop {} }", "`Vec<u8>` is no type of the linmem ABI", types),
        (
            "pub fn f() -> (u8, u8, u8, u8, u8, u8, u8, u8, u8) { loop {} }",
            "a result in `abi!` is a type, `Result<T, E>`, or up to eight values",
            "",
        ),
        ("pub fn f();", "a function in `abi!` has a body, and one in `extern \"C\"` has none", ""),
        (
            "extern \"C\" { fn f() -> u8 { 1 } }",
            "a function in `abi!` has a body, and one in `extern \"C\"` has none",
            "",
        ),
        ("extern \"C\" { fn f() {} }", "a function in `abi!` has a body, and one in `extern \"C\"` has none", ""),
        ("extern \"C\" { fn f() -> Result<(), u8>; }", "`u8` has no status", call),
        ("drop fn d(x: Box<u8>);", "`drop fn` names a type, and no parameter: `drop fn d(Box<u8>);`", ""),
        ("#[cfg(any())] pub fn f() {}\npub fn g() { f() }", "a record does not see `#[cfg]`", ""),
        ("pub struct S { #[cfg(any())] x: u8, y: u8 }", "a record does not see `#[cfg]`", ""),
        ("#[cfg(any())] pub use super::Plain;", "a record does not see `#[cfg]`", ""),
        ("#[cfg(any())] pub use core::{Plain, Other};", "a record does not see `#[cfg]`", ""),
        ("pub use core::*;", "`use` in `abi!` does not see what `*` stands for", ""),
        ("pub use core::{a::B};", "in braces, `use` in `abi!` takes names of types, without `::`", ""),
        ("pub use core::mem::swap;", "expected type, found function `core::mem::swap`", ""),
        ("pub fn f(&self) {}", "a parameter in `abi!` is `name: type`, not: &self", ""),
        ("extern \"C\" { fn f(x: Plain); }", "`Plain` does not travel in a call", call),
        ("drop fn d(&Plain2);\npub struct Plain2 { x: u8 }", "`drop fn` takes what a host can own", ""),
        ("pub struct S { größe: u8 }", "names in records are ASCII", ""),
    ];
    assert!(have_target(TARGET));
    for (index, (item, quote, file)) in cases.into_iter().enumerate() {
        let item = item.replace("super::Plain", "crate::Plain");
        let said = items(&format!("refused_{}", index % 2), &item).refusal(TARGET, &[]);
        assert!(said.contains(quote), "{item}: no {quote:?} in:\n{said}");
        if !file.is_empty() {
            let general = quote.split('`').step_by(2).max_by_key(|piece| piece.len()).unwrap();
            assert_quoted(&said, file, general.trim());
        }
    }
}

#[test]
fn what_other_crates_declare_is_used_by_any_path() {
    assert!(have_target(TARGET));
    let package = guest_of_a_library(
        "paths",
        "pub use library::two::{Nested as Inner, Ring,};\n    use library::one::Point as Place;\n    pub use library::MAX;\n    \
         use ::library::Other;\n    pub fn f(a: &Inner, b: &Ring, c: &Place, d: &Other) -> u32 { MAX }",
    );
    let records = take_records(&fs::read(package.module(TARGET)).unwrap()).0;
    for line in [
        "struct Nested 16 8 z:0:i64 far:8:?*Far",
        "struct Ring 4 4 next:0:?^*Link",
        "struct Point 24 8 x:0:i32 y:8:Nested",
        "struct Other 1 1 x:0:u8",
        "const MAX u32 16",
        "fn f a:*Nested b:*Ring c:*Point d:*Other -> u32",
    ] {
        assert!(records.lines().any(|other| other == line), "no {line:?} in\n{records}");
    }
}

#[test]
fn docs_of_a_use_are_not_of_the_record() {
    assert!(have_target(TARGET));
    let uses = "/// Near.\n    pub use library::Point;\n    /// Near as well.\n    pub use library::{Other, MAX};";
    let module = fs::read(guest_of_a_library("documented_use", uses).module(TARGET)).unwrap();
    let (records, _) = take_records(&module);
    Records::read(&module).unwrap_or_else(|error| panic!("{error}\n{records}"));
    assert!(records.contains("\ndoc Point From afar.\n") && !records.contains("Near"), "{records}");
}

#[test]
fn attributes_of_a_use_reach_rust() {
    assert!(have_target(TARGET));
    for (index, names) in ["Other", "{Other, MAX}"].into_iter().enumerate() {
        // An attribute that a `use` cannot have.
        let uses = format!("#[inline]\n    use library::{names};");
        let said = guest_of_a_library(&format!("attributed_use_{index}"), &uses).refusal(TARGET, &[]);
        assert!(said.contains("#[inline]"), "{said}");
    }
}

#[test]
fn results_of_several_values_come_through_out_pointers() {
    assert!(have_target(TARGET));
    let package = items(
        "results",
        "pub fn both(x: i32) -> Result<(i32, f64), linmem::AbiError> {
             if x == 0 { Err(linmem::AbiError::Null) } else { Ok((x, f64::from(x) / 2.0)) }
         }
         pub fn named() -> (low: u8, high: u64) { (1, u64::MAX) }
         pub fn first(x: u8) -> (bool, u64) { (x == 1, 7) }
         pub fn only() -> (sum: f32) { 1.5 }
         pub fn none() -> () {}
         enum Fail: status { Empty = 16 }
         extern \"C\" {
             fn told(code: i32) -> Result<(u8, u32), Fail>;
             fn any(code: i32) -> Result<u8, linmem::Failure<Fail>>;
             fn plain() -> (sum: f32, len: u8);
         }
         pub fn ask_told(code: i32) -> Result<u32, Fail> { told(code).map(|(byte, word)| u32::from(byte) + word) }
         pub fn ask_any(code: i32) -> Result<u8, linmem::Failure<Fail>> {
             match any(code) {
                 Err(failure) if matches!(failure.reason(), Some(Fail::Empty)) => Ok(1),
                 Err(failure) if failure.reason() == Some(linmem::AbiError::Invalid) => Err(Fail::Empty.into()),
                 other => other,
             }
         }
         pub fn ask_plain() -> f32 { let (sum, len) = plain(); sum + f32::from(len) }",
    );
    let module = fs::read(package.module(TARGET)).unwrap();
    let (records, _) = take_records(&module);
    let expected = "abi 1 wasm32\nenum Fail status Empty=16\nfn ask_any code:i32 out:>u8 -> Fail\nfn ask_plain -> f32\n\
                    fn ask_told code:i32 out:>u32 -> Fail\nfn both x:i32 out0:>i32 out1:>f64 -> status\n\
                    fn first x:u8 out1:>u64 -> bool\nfn named low:>u8 high:>u64\nfn none\nfn only sum:>f32\n\
                    import env any code:i32 out:>u8 -> Fail\nimport env plain sum:>f32 len:>u8\n\
                    import env told code:i32 out0:>u8 out1:>u32 -> Fail\n";
    assert_eq!(sorted(&records), expected);

    let engine = Engine::default();
    let module = Module::new(&engine, module).unwrap();
    let mut store = Store::new(&engine, Vec::new());
    let mut linker = <Linker<Vec<u32>>>::new(&engine);
    let write = |caller: &mut Caller<'_, Vec<u32>>, at: u32, bytes: &[u8]| {
        let memory = caller.get_export("memory").unwrap().into_memory().unwrap();
        memory.write(caller, at as usize, bytes).unwrap();
    };
    linker
        .func_wrap("env", "told", move |mut caller: Caller<'_, Vec<u32>>, code: i32, byte: u32, word: u32| {
            write(&mut caller, byte, &[5]);
            write(&mut caller, word, &600_u32.to_le_bytes());
            code
        })
        .unwrap();
    linker
        .func_wrap("env", "any", move |mut caller: Caller<'_, Vec<u32>>, code: i32, out: u32| {
            write(&mut caller, out, &[9]);
            code
        })
        .unwrap();
    linker
        .func_wrap("env", "plain", move |mut caller: Caller<'_, Vec<u32>>, sum: u32, len: u32| {
            write(&mut caller, sum, &0.5_f32.to_le_bytes());
            write(&mut caller, len, &[3]);
        })
        .unwrap();
    let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
    let mut guest = Running { store, instance };
    let (a, b) = (guest.block_of("alloc", &[0; 8], 8), guest.block_of("alloc", &[0; 8], 8));

    assert_eq!(guest.call::<_, i32>("both", (6, a, b)).unwrap(), 0);
    assert_eq!((i32::from_le_bytes(guest.bytes(a)), f64::from_le_bytes(guest.bytes(b))), (6, 3.0));
    assert_eq!(guest.call::<_, i32>("both", (0, a, b)).unwrap(), 1);
    assert_eq!(guest.call::<_, i32>("both", (6, a, b + 4)).unwrap(), 2, "the second out pointer is checked as well");
    assert_eq!(i32::from_le_bytes(guest.bytes(a)), 6, "and nothing is written before");
    guest.call::<_, ()>("named", (a, b)).unwrap();
    assert_eq!((guest.bytes(a), u64::from_le_bytes(guest.bytes(b))), ([1], u64::MAX));
    assert_eq!(guest.call::<_, u32>("first", (1, b)).unwrap(), 1);
    assert_eq!(u64::from_le_bytes(guest.bytes(b)), 7);
    guest.call::<_, ()>("only", a).unwrap();
    assert_eq!(f32::from_le_bytes(guest.bytes(a)), 1.5);
    guest.call::<_, ()>("none", ()).unwrap();
    assert_eq!(guest.call::<_, f32>("ask_plain", ()).unwrap(), 3.5);
    for (code, status) in [(0, 0), (16, 16)] {
        assert_eq!(guest.call::<_, i32>("ask_told", (code, a)).unwrap(), status);
    }
    assert_eq!(u32::from_le_bytes(guest.bytes(a)), 605);
    for (code, status, value) in [(0, 0, 9), (16, 0, 1), (8, 16, 1), (7, 7, 1), (-5, -5, 1)] {
        assert_eq!(guest.call::<_, i32>("ask_any", (code, a)).unwrap(), status, "{code}");
        assert_eq!(guest.bytes(a), [value], "{code}");
    }
    // `Fail` lists no 7.
    assert!(guest.call::<_, i32>("ask_told", (7, a)).unwrap_err().as_trap_code().is_some());
}

#[test]
fn guest_with_records_passes_strict_lints_in_each_edition() {
    assert!(have_target(TARGET));
    let mut lib = whole_guest();
    lib = lib.replace("#![cfg_attr", "#![deny(warnings, unused, future_incompatible, rust_2018_idioms, unsafe_op_in_unsafe_fn)]\n\
         #![deny(clippy::undocumented_unsafe_blocks, clippy::missing_safety_doc, clippy::multiple_unsafe_ops_per_block)]\n#![cfg_attr");
    for edition in ["2018", "2021", "2024"] {
        // Not in the prelude of that edition.
        let with = if edition == "2018" { "use core::convert::TryFrom;\nuse core::ptr" } else { "use core::ptr" };
        let lib = lib.replace("use core::ptr", with);
        let guest = with_modules(Package::guest(&format!("strict_records_{edition}"), edition, &lib));
        let check = if tools::have("cargo-clippy") { "clippy" } else { "check" };
        run(&mut guest.cargo(&[check]));
        run(&mut guest.cargo(&[check, "--target", TARGET]));
    }
}

/// An instance of the guest.
struct Running {
    store: Store<Vec<u32>>,
    instance: Instance,
}

impl Running {
    fn new() -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, guest_module()).unwrap();
        let mut linker = <Linker<Vec<u32>>>::new(&engine);
        linker
            .func_wrap("env", "log_nr", |mut caller: Caller<'_, Vec<u32>>, nr: u32| caller.data_mut().push(nr))
            .unwrap();
        linker
            .func_wrap("env", "on_point", |mut caller: Caller<'_, Vec<u32>>, data: u32, _: u32| {
                caller.data_mut().push(data)
            })
            .unwrap();
        linker.func_wrap("clock:v1", "now", || 1.5_f64).unwrap();
        // Not masked, as a host may leave it.
        linker.func_wrap("clock:v1", "title", |_: u32, len: u32, _: u32, _: u32| len << 8).unwrap();
        let mut store = Store::new(&engine, Vec::new());
        for import in module.imports().filter(|import| import.module() == "kit") {
            let of = import.ty().func().expect("imports are functions").clone();
            let unused = Func::new(&mut store, of, |_, _, _| Err(wasmi::Error::new("a host function of the kit")));
            linker.define("kit", import.name(), unused).unwrap();
        }
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        Self { store, instance }
    }

    fn call<P: WasmParams, R: WasmResults>(&mut self, name: &str, params: P) -> Result<R, wasmi::Error> {
        self.instance.get_typed_func::<P, R>(&self.store, name)?.call(&mut self.store, params)
    }

    fn block(&mut self, bytes: &[u8], align: u32) -> u32 {
        self.block_of("abi_alloc", bytes, align)
    }

    fn block_of(&mut self, alloc: &str, bytes: &[u8], align: u32) -> u32 {
        let ptr = self.call(alloc, (bytes.len() as u32, align)).unwrap();
        let memory = self.instance.get_memory(&self.store, "memory").unwrap();
        memory.write(&mut self.store, ptr as usize, bytes).unwrap();
        ptr
    }

    fn bytes<const N: usize>(&self, ptr: u32) -> [u8; N] {
        let mut bytes = [0; N];
        self.instance.get_memory(&self.store, "memory").unwrap().read(&self.store, ptr as usize, &mut bytes).unwrap();
        bytes
    }
}

#[test]
fn functions_take_and_return_what_their_records_say() {
    let mut guest = Running::new();
    let name = guest.block(b"hello", 1);
    let point: u32 = guest.call("create_point", (3, 4, name, 5)).unwrap();
    assert_eq!(guest.bytes(point), [3, 0, 0, 0, 4, 0, 0, 0]);
    let text = u32::from_le_bytes(guest.bytes(point + 8));
    assert_eq!(&guest.bytes(text), b"hello\0");
    guest.call::<_, ()>("drop_point", point).unwrap();

    let numbers = guest.block(&[1, 0, 0, 0, 2, 0, 0, 0], 4);
    let out = guest.block(&[0; 8], 8);
    assert_eq!(guest.call::<_, i32>("average", (numbers, 2, out)).unwrap(), 0);
    assert_eq!(f64::from_le_bytes(guest.bytes(out)), 1.5);
    assert_eq!(guest.call::<_, i32>("average", (0, 0, out)).unwrap(), 16);
    guest.call::<_, ()>("inverse_img", (numbers, 2)).unwrap();
    assert_eq!(guest.bytes(numbers), [!1, !0, 0]);

    let points: u32 = guest.call("points_new", ()).unwrap();
    assert_eq!(guest.call::<_, i32>("points_push", (points, 1, 2, name, 5)).unwrap(), 0);
    assert_ne!(guest.call::<_, u32>("points_get", (points, 0)).unwrap(), 0);
    assert_eq!(guest.call::<_, u32>("points_get", (points, 1)).unwrap(), 0);
    assert_eq!(guest.call::<_, f64>("visit", (points, 77)).unwrap(), 1.5, "300 is true");
    assert_eq!(guest.store.data(), &[77]);
    guest.call::<_, ()>("drop_points", points).unwrap();

    let square: u32 = guest.call("square_fn", ()).unwrap();
    assert_eq!(guest.call::<_, i32>("apply", (square, 0)).unwrap(), 4, "3 * 3 * 0.5");
    let given = guest.block(b"given", 1);
    assert_eq!(guest.call::<_, i32>("longest", (0, 0, given, 5, out)).unwrap(), 0);
    assert_eq!(guest.bytes::<8>(out), [given.to_le_bytes(), 5_u32.to_le_bytes()].concat()[..]);
}

#[test]
fn functions_take_raw_pointers_as_they_are() {
    let package = items(
        "raw_pointers",
        "pub fn read(at: *const i32) -> *const i32 { at }
         pub fn write(at: *mut i32) -> *mut i32 { at }
         pub fn sure(at: core::ptr::NonNull<i32>) -> core::ptr::NonNull<i32> { at }",
    );
    let module = fs::read(package.module(TARGET)).unwrap();
    let expected = "abi 1 wasm32\nfn read at:?*i32 -> ?*i32\nfn sure at:~*i32 -> ~*i32\nfn write at:?~*i32 -> ?~*i32\n";
    assert_eq!(sorted(&take_records(&module).0), expected);
    let engine = Engine::default();
    let module = Module::new(&engine, module).unwrap();
    let mut store = Store::new(&engine, Vec::new());
    let instance = <Linker<Vec<u32>>>::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
    let mut guest = Running { store, instance };
    for name in ["read", "write", "sure"] {
        assert_eq!(guest.call::<_, u32>(name, 16).unwrap(), 16, "{name}");
    }
    // Null, an address that is no multiple of the alignment, and one past the end of memory.
    for at in [0, 17, 0xffff_fff0_u32] {
        assert_eq!(guest.call::<_, u32>("read", at).unwrap(), at);
        assert_eq!(guest.call::<_, u32>("write", at).unwrap(), at);
        assert!(guest.call::<_, u32>("sure", at).unwrap_err().as_trap_code().is_some(), "{at}");
    }
}

/// What the macros call their own things, a guest may call its own.
#[test]
fn names_of_the_guest_s_own_are_its_own() {
    let package = items(
        "own_names",
        "pub const LINES: u32 = 1;
        pub const RECORD: u32 = 2;
        pub struct Tag { pub x: u32 }
        pub enum Shape: u8 { Tagged(Tag) = 1, Nothing = 2 }
        pub fn export(x: i32) -> i32 { x + 1 }
        pub fn call(call: i32) -> i32 { call + 2 }
        pub fn text(text: str) -> usize { text.len() }
        pub fn r#loop(r#loop: i32) -> i32 { r#match(r#loop) }
        extern \"C\" { fn r#match(r#match: i32) -> i32; }",
    );
    let wasm = fs::read(package.module(TARGET)).unwrap();
    let records = Records::read(&wasm).unwrap();
    let engine = Engine::default();
    let module = Module::new(&engine, &wasm).unwrap();
    for name in ["export", "call", "text", "loop"] {
        assert!(module.exports().any(|export| export.name() == name), "{name} is exported");
    }
    assert!(module.imports().any(|import| import.name() == "match"), "match is imported");
    assert!(records.imports().contains_key(&("env".into(), "match".into())));
    let mut linker = <Linker<Vec<u32>>>::new(&engine);
    linker.func_wrap("env", "match", |x: i32| x + 3).unwrap();
    let mut store = Store::new(&engine, Vec::new());
    let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
    for (name, result) in [("export", 11), ("call", 12), ("loop", 13)] {
        let function = instance.get_typed_func::<i32, i32>(&store, name).unwrap();
        assert_eq!(function.call(&mut store, 10).unwrap(), result, "{name}");
    }
}

#[test]
fn functions_refuse_bad_arguments_by_status_or_trap() {
    let mut guest = Running::new();
    let numbers = guest.block(&[0; 8], 4);
    let out = guest.block(&[0; 8], 8);
    let bad = guest.block(&[0xff], 1);
    for (status, args) in [
        (1, (0, 2, out)),
        (2, (numbers + 1, 1, out)),
        (3, (numbers, 0x8000_0000, out)),
        (4, (numbers, 0x1000_0000, out)),
        (1, (numbers, 2, 0)),
        (2, (numbers, 2, out + 4)),
        (4, (numbers, 2, 0xffff_fff0)),
    ] {
        assert_eq!(guest.call::<(u32, u32, u32), i32>("average", args).unwrap(), status, "{args:?}");
    }
    let points: u32 = guest.call("points_new", ()).unwrap();
    assert_eq!(guest.call::<_, i32>("points_push", (points, 1, 2, bad, 1)).unwrap(), 5);
    assert_eq!(guest.call::<_, i32>("points_push", (0, 1, 2, bad, 1)).unwrap(), 1);
    assert_eq!(guest.call::<_, i32>("longest", (0, 0, bad, 1, out)).unwrap(), 5);
    for name in ["points_get", "create_point", "inverse_img", "drop_point", "apply"] {
        let mut guest = Running::new();
        let trap = match name {
            "points_get" => guest.call::<_, u32>(name, (0, 0)).map(drop),
            "create_point" => guest.call::<_, u32>(name, (0, 0, bad, 0xffff_ffff_u32)).map(drop),
            "inverse_img" => guest.call::<_, ()>(name, (0, 1)),
            "apply" => guest.call::<_, i32>(name, (0, 0)).map(drop),
            _ => guest.call::<_, ()>(name, 0),
        };
        assert_eq!(trap.unwrap_err().as_trap_code(), Some(wasmi::TrapCode::UnreachableCodeReached), "{name}");
    }
}
