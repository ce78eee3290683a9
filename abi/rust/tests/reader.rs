//! The reader: what it refuses and by which rule, what it takes, and that no bytes make it panic or linger.

#[path = "common/random.rs"]
mod random;

use linmem_host::{Access, Decl, Error, Module, Type};
use random::Random;
use std::time::Instant;

/// The records of the guest that has every construct.
const GUEST: &str = include_str!("../../../abi/kit/guest.abi");

fn read(records: &str) -> Result<Module, Error> {
    Module::from_section(format!("abi 1 wasm32\n{records}\n").as_bytes())
}

fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn module(sections: &[(u8, &str, &str)]) -> Vec<u8> {
    let mut wasm = b"\0asm\x01\0\0\0".to_vec();
    for (id, name, data) in sections {
        let body = [&leb(name.len()), name.as_bytes(), data.as_bytes()].concat();
        wasm.extend([&[*id], &leb(body.len())[..], &body].concat());
    }
    wasm
}

#[test]
fn guest_s_records_are_read_whole() {
    let module = Module::from_section(GUEST.as_bytes()).unwrap();
    let kinds = ["const ", "doc ", "drop ", "fn ", "import ", "role "];
    let counts = kinds.map(|kind| GUEST.lines().filter(|line| line.starts_with(kind)).count());
    let read = [
        module.consts().len(),
        module.docs().len(),
        module.drops().len(),
        module.fns().len(),
        module.imports().len(),
        module.roles().len(),
    ];
    assert_eq!(read, counts);
    assert_eq!(module.types().len(), GUEST.lines().count() - 1 - counts.iter().sum::<usize>());
    assert_eq!(module.role("free"), "abi_free");
    assert_eq!(module.docs()["Point"], "A point with a name.\n\nIts path is C:\\points.");
    let drop: Type = "^*[+]Point".parse().unwrap();
    assert_eq!(module.drops()[&drop], "drop_points");
    let owns = |name: &str| module.owns(&name.parse().unwrap());
    assert!(owns("Point") && owns("Runs") && owns("Nested") && owns("[2]Point") && !owns("Scalars") && !owns("*Point"));
}

#[test]
fn sections_are_put_together_and_others_passed_over() {
    let sections = [
        (0, "linmem.abi", "abi 1 wasm32\nconst A u8 1\n"),
        (0, "linmem.abi.more", "!no\n"),
        (1, "", ""),
        (0, "linmem.abi", "const B u8 2\n"),
    ];
    let wasm = module(&sections);
    assert_eq!(Module::read(&wasm).unwrap().consts().len(), 2);
    let ends: Vec<usize> = (1..=4).map(|count| module(&sections[..count]).len()).collect();
    for end in 0..wasm.len() {
        assert_eq!(Module::read(&wasm[..end]).is_ok(), ends.contains(&end), "cut at {end}");
    }
    let overlong = [&wasm[..8], &[0, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]].concat();
    assert_eq!(Module::read(&overlong).unwrap_err().rule, "wasm");
}

#[test]
fn each_rule_is_named_where_it_is_broken() {
    let many = "[2]".repeat(17) + "u8";
    let cases = [
        ("R3", "fn f\nsig f"),
        ("R3", "drop a ^str\ndrop b ^str"),
        ("R3", "doc X a\ndoc X b"),
        ("R3", "!fn f\nfn f"),
        ("R4", "struct S 2 1 a:0:u8 a:1:u8"),
        ("R4", "fn f a:u8 a:u8"),
        ("R5", "opaque cstr"),
        ("R6", "!later"),
        ("R6", "! fn f"),
        ("R7", "opaque"),
        ("R7", "struct S 1 1  a:0:u8"),
        ("R7", "struct S 1 1 a:0:u8\r"),
        ("R7", "struct S 01 1 a:0:u8"),
        ("R7", "struct S 1 1 a:+0:u8"),
        ("R7", "struct S 1 1 é:0:u8"),
        ("R7", "fn f a:Missing"),
        ("R7", "fn f a:*[]*Missing"),
        ("R7", "fn f a:?u32"),
        ("R7", "opaque O\nfn f a:[]O"),
        ("R7", "opaque O\nfn f a:?O"),
        ("R7", "fn f a:status"),
        ("R7", "enum E status A=16\nfn f a:E"),
        ("R7", "enum E status A=16\nstruct S 4 4 e:0:E"),
        ("R7", "fn f -> str"),
        ("R7", "fn f -> >i32"),
        ("R7", "fn f a:[+]u8"),
        ("R7", "drop d ?^*u8"),
        ("R7", "doc a.b.c x"),
        ("R7", "doc a \\t"),
        ("R7", "const C *u8 0"),
        ("R7", "const C f32 1.5"),
        ("R8", "const C bool 2"),
        ("R8", "const C char 55296"),
        ("R8", "const C f32 0x100000000"),
        ("R8", "const C i8 -129"),
        ("R8", "const C u64 999999999999999999999999999999999999999999"),
        ("R8", "enum E i8 A=128"),
        ("R8", "enum E u8 A=1 B=1"),
        ("R8", "struct S 4 4 a:0:[1]S"),
        ("R8", "struct A 4 4 b:0:B\nstruct B 4 4 a:0:A"),
        ("R8", "union U 4 4 a:0:^cstr"),
        ("R8", "struct P 4 4 a:0:^cstr\nunion U 4 4 a:0:P"),
        ("R8", "fn f a:*[2147483648]u8"),
        ("R8", "fn f a:*[65536][32768]u8"),
        ("R3", "abi 2 wasm32"),
        ("limits", &format!("fn f a:*{many}")),
    ];
    for (rule, records) in cases {
        let error = read(records).expect_err(records);
        let line = 1 + records.split('\n').count();
        assert_eq!((error.rule, error.line.is_some_and(|found| found <= line)), (rule, true), "{records}: {error}");
    }
    assert_eq!(Module::from_section(b"fn f\n").unwrap_err().rule, "R3");
    assert_eq!(Module::from_section(b"abi 1 wasm32\n\xff\n").unwrap_err().rule, "R7");
}

#[test]
fn what_the_rules_leave_open_is_taken() {
    for records in [
        "later \u{e4}",
        "fn constructor __proto__:u8 then:*__proto__\nopaque __proto__",
        "struct S 8 4 next:0:?^*S all:4:*[3][]S\n",
        "import a/b.c/d e\ndoc a/b.c/d/e.x text",
        "doc nothing.declared \\\\n",
        "const C str ",
        "const C char 1114111",
        "role later x",
        "tagged T 1 1 u8 A=0 B=1",
        "fn f a:^[]^str -> ?^cstr",
    ] {
        read(records).unwrap_or_else(|error| panic!("{records}: {error}"));
    }
    let module = read("fn f a:~[]?*[4]^[]^str").unwrap();
    let ty = &module.fns()["f"].params[0].ty;
    assert!(matches!(ty, Type::Slice { access: Access::Write, .. }));
    assert_eq!(ty.to_string(), "~[]?*[4]^[]^str");
}

/// Structs that lie in one another, `count` deep.
fn nested(count: usize) -> String {
    (1..count).fold("struct S0 4 4 x:0:u32\n".into(), |text, index| {
        text + &format!("struct S{index} 4 4 x:0:S{}\n", index - 1)
    })
}

#[test]
fn limits_are_exact() {
    assert!(read(&nested(32)).is_ok());
    assert_eq!(read(&nested(33)).unwrap_err().rule, "limits");
    let arrays = "[1]".repeat(16);
    assert!(read(&nested(32).replace(":0:S", &format!(":0:{arrays}S"))).is_ok());
    let backwards: Vec<_> = nested(33).lines().rev().map(String::from).collect();
    assert_eq!(read(&backwards.join("\n")).unwrap_err().rule, "limits");
    let line = |len: usize| format!("doc A {}", "x".repeat(len - 7));
    assert!(read(&line(65536)).is_ok());
    assert_eq!(read(&line(65537)).unwrap_err().rule, "limits");
    let records = |count: usize| (1..count).map(|index| format!("opaque O{index}\n")).collect::<String>();
    assert!(read(&records(65536)).is_ok());
    assert_eq!(read(&records(65537)).unwrap_err().rule, "limits");
    let fill = |len: usize| format!("abi 1 wasm32\n{}", "\n".repeat(len - 13));
    assert!(Module::from_section(fill(4 << 20).as_bytes()).is_ok());
    assert_eq!(Module::from_section(fill((4 << 20) + 1).as_bytes()).unwrap_err().rule, "limits");
    let params = |count: usize| (0..count).fold("fn f".into(), |text: String, index| text + &format!(" p{index}:str"));
    assert!(read(&params(500)).is_ok());
    assert_eq!(read(&params(501)).unwrap_err().rule, "limits");
    assert!(read(&format!("fn f a:{}u8", "?^*".repeat(16))).is_ok());
}

#[test]
fn hostile_sections_take_no_time() {
    let members: String = (0..8000).map(|index| format!(" m{index}:0:S0")).collect();
    let wide: String = (1..32).map(|index| format!("struct S{index} 8 4 x:0:S{0} y:4:S{0}\n", index - 1)).collect();
    let long = format!("{}*u8", "?^".repeat(30_000));
    let start = Instant::now();
    for records in [
        format!("struct S0 4 4 x:0:u32\nunion U 4 4{members}"),
        format!("struct S0 4 4 x:0:u32\n{wide}"),
        format!("fn f a:{long}"),
        "!".repeat(60_000),
        (0..60_000).map(|index| format!("struct A{index} 4 4 x:0:*A{}\n", (index + 1) % 60_000)).collect(),
        "\\".repeat(60_000),
    ] {
        let _ = read(&records);
    }
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

#[test]
fn changed_records_are_read_or_refused() {
    let mut random = Random::new(1);
    let (mut taken, wasm) = (0, module(&[(0, "linmem.abi", GUEST)]));
    for _ in 0..4000 {
        let mut bytes = wasm.clone();
        for _ in 0..=random.below(3) {
            random.change(&mut bytes);
        }
        taken += u32::from(Module::read(&bytes).is_ok());
        let section = &bytes[bytes.len().min(24)..];
        if let Ok(module) = Module::from_section(section) {
            // What was taken can be asked for.
            for signature in module.fns().values().chain(module.imports().values()) {
                module.wasm(signature);
                assert!(signature.params.iter().all(|param| module.layout(&param.ty).is_some()));
            }
            for decl in module.types().values() {
                if let Decl::Struct(of) = decl {
                    assert!(of.fields.iter().all(|field| module.layout(&field.ty).is_some()));
                }
            }
        }
    }
    assert!((50..3950).contains(&taken), "{taken}");
}
