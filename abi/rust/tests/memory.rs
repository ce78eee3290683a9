//! Values to memory and back, over an allocator that knows every block: each is freed once, as it was allocated. And
//! memory that a hostile guest wrote.

#[path = "common/fake.rs"]
mod fake;
#[path = "common/random.rs"]
mod random;

use fake::Fake;
use linmem_host::{Cause, Fault, Func, Instance, Module, Pointer, Type, Value};
use random::Random;
use std::panic;

/// Where a number lies that nodes point at.
const VALUE: u32 = 60_000;

const GUEST: &str = include_str!("../../kit/guest.abi");

fn module() -> Module {
    // Without drops, so that the host frees all by itself.
    let records: String =
        GUEST.lines().filter(|line| !line.starts_with("drop ")).fold(String::new(), |all, line| all + line + "\n");
    Module::from_section(records.as_bytes()).unwrap()
}

fn instance(size: usize) -> Instance<Fake> {
    Instance::new(module(), Fake::new(size))
}

fn ty(text: &str) -> Type {
    text.parse().unwrap()
}

/// What lies at an address, to be written to.
fn at(text: &str, addr: u32) -> Pointer {
    Pointer::at(&ty(&format!("~*{text}")), addr, 0)
}

/// Frees what lies at an address.
fn release(guest: &mut Instance<Fake>, text: &str, addr: u32) -> Result<(), Fault> {
    let owner = guest.adopt(&ty(text), addr, 0)?;
    guest.release(&owner)
}

fn point(x: i32, name: &str) -> Value {
    Value::fields([("x", x.into()), ("y", (-x).into()), ("name", name.into())])
}

fn scalars() -> Value {
    Value::fields([
        ("a", true.into()),
        ("b", (-128_i8).into()),
        ("c", 255_u8.into()),
        ("d", (-32768_i16).into()),
        ("e", 65535_u16.into()),
        ("f", i32::MIN.into()),
        ("g", u32::MAX.into()),
        ("h", i64::MIN.into()),
        ("i", u64::MAX.into()),
        ("j", (-1.5_f32).into()),
        ("k", 1e300.into()),
        ("l", 'ß'.into()),
        ("m", u32::MAX.into()),
        ("n", (-1).into()),
    ])
}

fn node(next: Value, place: Value) -> Value {
    Value::fields([
        ("next", next),
        ("up", Value::None),
        ("down", Value::None),
        ("value", Pointer::at(&ty("*i32"), VALUE, 0).into()),
        ("place", place),
        ("apply", Func::new("Op", 7).into()),
        ("done", Value::None),
    ])
}

fn values() -> Vec<(&'static str, Value)> {
    let corners = Value::List(vec![point(1, ""), point(2, "two")]);
    let grid = Value::List(vec![Value::List(vec![0.5.into(), 1.5.into(), (-0.0).into()]); 2]);
    vec![
        ("Scalars", scalars()),
        ("Point", point(3, "Zoë")),
        (
            "Nested",
            Value::fields([
                ("flag", false.into()),
                ("inner", scalars()),
                ("corners", corners.clone()),
                ("grid", grid),
                ("type", Value::case("Green")),
            ]),
        ),
        ("Bits", Value::fields([("int", 0x3f80_0000_u32.into())])),
        ("Shape", Value::Case("Circle".into(), Some(Box::new(2.5.into())))),
        ("Shape", Value::Case("Tinted".into(), Some(Box::new(Value::case("Blue"))))),
        ("Shape", Value::case("Nothing")),
        ("[+]Point", corners.clone()),
        ("[+]u8", vec![1, 2, 3].into()),
        ("^[]Point", corners),
        ("^[]^str", ["", "text"].into()),
        ("?^cstr", "text".into()),
        ("Sign", Value::case("Minus")),
        ("?Done", Value::None),
    ]
}

#[test]
fn values_are_read_as_they_were_written_and_freed_to_the_last_block() {
    for (name, value) in values() {
        let (mut guest, ty) = (instance(65536), ty(name));
        let layout = guest.module().layout(&ty).unwrap();
        let addr = guest.alloc(layout.size, layout.align).unwrap();
        // Nothing that is owned lies there at first.
        guest.guest_mut().put(addr, &vec![0; layout.size as usize]);
        if !guest.module().owns(&ty) {
            guest.write(&at(name, addr), &value).unwrap_or_else(|fault| panic!("{name}: {fault}"));
            let read = guest.read(&at(name, addr)).unwrap();
            match name {
                "Bits" => {
                    assert_eq!(read.get("float"), Some(&1.0.into()));
                    assert_eq!(read.get("bytes"), Some(&vec![0, 0, 0x80, 0x3f].into()));
                }
                _ => assert_eq!(read, value),
            }
        } else {
            let holder = Type::Pointer { to: Box::new(ty.clone()), access: linmem_host::Access::Own, null: false };
            // As an argument that is handed over, and as a result.
            let records =
                format!("{}fn give value:{holder}\nfn get -> {holder}\n", GUEST.replace("drop drop", "doc drop"));
            let fake = Fake::new(65536).with("give", |fake, params| {
                fake.put(64 - 8, &params[0].to_le_bytes());
                0
            });
            let fake = fake.with("get", |fake, _| u32::from_le_bytes(fake.memory[56..60].try_into().unwrap()).into());
            let mut guest = Instance::new(Module::from_section(records.as_bytes()).unwrap(), fake);
            // The first bytes are where the export keeps the address.
            guest.alloc(64, 1).unwrap();
            guest.call("give", &mut [value.clone()]).unwrap_or_else(|fault| panic!("{name}: {fault}"));
            assert!(guest.guest_mut().blocks.len() > 1);
            assert_eq!(guest.take("get", &mut []).unwrap_or_else(|fault| panic!("{name}: {fault}")), [value]);
            assert_eq!(guest.guest_mut().blocks.len(), 1, "{name}: {:?}", guest.guest_mut().blocks);
        }
    }
}

#[test]
fn lists_that_own_their_rest_are_read_and_freed() {
    let mut guest = instance(65536);
    let value = node(node(node(Value::None, Value::None), Value::None), Value::None);
    let addr = guest.alloc(28, 4).unwrap();
    guest.guest_mut().put(VALUE, &[5, 0, 0, 0]);
    guest.guest_mut().put(addr, &[0; 28]);
    guest.guest_mut().put(addr + 12, &VALUE.to_le_bytes());
    guest.guest_mut().put(addr + 20, &[7, 0, 0, 0]);
    // Every node has to be an address or a copy; the owned ones are made.
    guest.write(&at("Node", addr), &value).unwrap();
    assert_eq!(guest.guest_mut().blocks.len(), 3);
    let read = guest.read(&at("Node", addr)).unwrap();
    assert_eq!(read.get("next").unwrap().get("next").unwrap().get("value"), Some(&5.into()));
    release(&mut guest, "^*Node", addr).unwrap();
    assert!(guest.guest_mut().blocks.is_empty());
}

#[test]
fn rings_are_read_once_and_not_freed() {
    let mut guest = instance(65536);
    let addr = guest.alloc(28, 4).unwrap();
    let fields = [addr, 0, addr, 32, 0, 7, 0];
    guest.guest_mut().put(addr, &fields.map(u32::to_le_bytes).concat());
    let read = guest.read(&at("?~*Node", addr + 8)).unwrap();
    assert_eq!(read.get("next"), Some(&Pointer::at(&ty("*Node"), addr, 0).into()));
    // It would be freed twice.
    let blocks = guest.guest_mut().blocks.len();
    let error = release(&mut guest, "^*Node", addr).unwrap_err();
    assert_eq!(error.cause, Cause::OwnedTwice);
    assert_eq!(guest.guest_mut().blocks.len(), blocks);
}

#[test]
fn lists_longer_than_the_host_follows_are_refused() {
    let mut guest = instance(1 << 20);
    for index in 0..10_000_u32 {
        let addr = 64 + 28 * index;
        guest.guest_mut().put(addr, &[addr + 28, 0, 0, VALUE, 0, 7, 0].map(u32::to_le_bytes).concat());
    }
    assert_eq!(guest.read(&at("Node", 64)).unwrap_err().cause, Cause::TooDeep);
    assert_eq!(release(&mut guest, "^*Node", 64).unwrap_err().cause, Cause::TooDeep);
    let deep = (0..10_000).fold(Value::None, |value, _| node(value, Value::None));
    assert_eq!(guest.write(&at("Node", 64), &deep).unwrap_err().cause, Cause::TooDeep);
    // Values are freed one in another as well, in as much stack.
    std::mem::forget(deep);
}

#[test]
fn data_that_is_many_times_the_same_is_refused() {
    // Each level holds the next one eight times.
    let mut records = "abi 1 wasm32\nstruct S0 4 4 x:0:u32\n".to_owned();
    for level in 1..20 {
        let fields: String = (0..8).map(|field| format!(" f{field}:{}:*S{}", 4 * field, level - 1)).collect();
        records += &format!("struct S{level} 32 4{fields}\n");
    }
    let module = Module::from_section(records.as_bytes()).unwrap();
    let target = |level: u32| (32 * level).max(36) - 32;
    let memory: Vec<u8> = (0..20).flat_map(|level| target(level).max(4).to_le_bytes().repeat(8)).collect();
    let error = module.read_value(&memory, &ty("S19"), 19 * 32).unwrap_err();
    assert_eq!(error.cause, Cause::TooDeep);
    // The same, owned, in a guest that does not mind.
    let records = records.replace(":*S", ":^*S") + "role free forget\n";
    let mut fake = Fake::new(memory.len()).with("forget", |_, _| 0);
    fake.memory = memory;
    let mut guest = Instance::new(Module::from_section(records.as_bytes()).unwrap(), fake);
    let error = release(&mut guest, "^*S19", 19 * 32).unwrap_err();
    assert_eq!(error.cause, Cause::OwnedTwice);
}

#[test]
fn text_that_is_lent_many_times_is_refused() {
    let mut memory = vec![b'x'; 1 << 20];
    for index in 0..1000 {
        memory[64 + 8 * index..][..8].copy_from_slice(&[0, 0, 1, 0, 0, 0, 1, 0]);
    }
    memory[8..16].copy_from_slice(&[64, 0, 0, 0, 0xe8, 3, 0, 0]);
    let error = module().read_value(&memory, &ty("[]str"), 8).unwrap_err();
    assert_eq!((error.cause, error.place.as_str()), (Cause::TooDeep, "[]str[15]"));
}

#[test]
fn long_runs_are_no_deep_ones() {
    let mut guest = instance(1 << 20);
    let points = Value::List((0..5000).map(|index| point(index, "x")).collect());
    let addr = guest.alloc(12, 4).unwrap();
    guest.guest_mut().put(addr, &[0; 12]);
    guest.write(&at("[+]Point", addr), &points).unwrap();
    assert_eq!(guest.read(&at("[+]Point", addr)).unwrap(), points);
    release(&mut guest, "^*[+]Point", addr).unwrap();
    assert!(guest.guest_mut().blocks.is_empty());
}

#[test]
fn faults_name_the_place_and_the_cause() {
    let module = module();
    let mut memory = vec![0; 256];
    memory[64..76].copy_from_slice(&[1, 0, 0, 0, 2, 0, 0, 0, 128, 0, 0, 0]);
    memory[128..131].copy_from_slice(b"hi\0");
    let mut case = |at: usize, bytes: &[u8], name: &str, addr: u32, text: &str| {
        let before = memory[at..at + bytes.len()].to_vec();
        memory[at..at + bytes.len()].copy_from_slice(bytes);
        let error = module.read_value(&memory, &ty(name), addr).unwrap_err();
        assert_eq!(error.to_string(), text);
        memory[at..at + bytes.len()].copy_from_slice(&before);
    };
    case(72, &[0], "Point", 64, "Point.name: Null");
    case(73, &[9], "Point", 64, "Point.name: OutOfBounds");
    case(128, &[0xff], "Point", 64, "Point.name: NotUtf8");
    case(0, &[], "Point", 66, "Point: Misaligned");
    case(0, &[], "Point", 248, "Point: OutOfBounds");
    case(0, &[], "Point", 0, "Point: Null");
    case(0, &[], "Missing", 64, "Missing: Missing has no layout");
    case(200, &[9], "Shape", 200, "Shape: Invalid");
    case(200, &[3, 0, 0, 0, 0, 0, 0, 0, 1], "Shape", 200, "Shape.Tinted: Invalid");
    case(200, &[64, 0, 0, 0, 2, 0, 0, 0, 1], "[+]Point", 200, "[+]Point: TooLong");
    case(200, &[64, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], "[]i32", 200, "[]i32: TooLong");
    case(200, &[64, 0, 0, 0, 0xff, 0xff, 0xff, 0x0f], "[]i32", 200, "[]i32: OutOfBounds");
    case(200, &[64, 0, 0, 0, 2, 0, 0, 0], "[]Point", 200, "[]Point[1].name: Null");
    case(200, &[0, 0xd8, 0, 0], "char", 200, "char: Invalid");
    let view = module.view(&memory[..], &ty("Point"), 64).unwrap();
    assert_eq!(view.get("name").unwrap(), "hi".into());
    assert_eq!(view.get("nothing").unwrap_err().to_string(), "Point.nothing: no such field");
    assert_eq!(view.field("y").unwrap().addr(), 68);
    let mut view = module.view(&mut memory[..], &ty("Point"), 64).unwrap();
    view.set("x", &(-5).into()).unwrap();
    assert_eq!(
        view.set("x", &1_u64.wrapping_neg().into()).unwrap_err().to_string(),
        "Point.x: Int(18446744073709551615) is no i32"
    );
    assert!(view.set("name", &"other".into()).unwrap_err().to_string().starts_with("Point.name: is owned"));
    assert_eq!(view.get("x").unwrap(), (-5).into());
    memory[72..76].copy_from_slice(&[0, 9, 0, 0]);
    let view = module.view(&memory[..], &ty("Point"), 64).unwrap();
    assert_eq!(view.get("name").unwrap_err().to_string(), "Point.name: OutOfBounds");
}

#[test]
fn views_follow_fields_pointers_and_runs() {
    let module = module();
    let mut memory = vec![0_u8; 512];
    let mut put = |addr: usize, words: &[u32]| {
        for (index, word) in words.iter().enumerate() {
            memory[addr + 4 * index..][..4].copy_from_slice(&word.to_le_bytes());
        }
    };
    // Runs.numbers and .own_texts, and two nodes.
    put(64 + 12, &[200, 3]);
    put(64 + 44, &[240, 2]);
    put(200, &[7, u32::MAX, 9]);
    put(240, &[200, 1, 200, 1000]);
    put(128, &[160, 0, 0, 200, 0, 1, 0]);
    put(160, &[0, 0, 0, 200, 0, 1, 0]);
    let runs = module.view(&memory[..], &ty("Runs"), 64).unwrap();
    assert_eq!(runs.field("numbers").unwrap().elements::<i32>().unwrap().collect::<Vec<_>>(), [7, -1, 9]);
    assert!(runs.field("numbers").unwrap().elements::<u32>().is_err());
    assert!(runs.field("text").unwrap().elements::<u8>().is_err());
    assert_eq!(runs.field("numbers").unwrap().element(2).unwrap().addr(), 208);
    let past = runs.field("numbers").unwrap().element(3).unwrap_err();
    assert_eq!(past.to_string(), "[]i32[3]: there are 3 elements");
    let last = runs.field("own_texts").unwrap().element(1).unwrap().value();
    assert_eq!(last.unwrap_err().to_string(), "^str: OutOfBounds");
    assert!(runs.element(0).is_err());
    assert_eq!(runs.get("own_texts").unwrap_err().to_string(), "Runs.own_texts[1]: OutOfBounds");
    assert_eq!(runs.value().unwrap_err().place, "Runs.own_texts[1]");
    let node = module.view(&memory[..], &ty("Node"), 128).unwrap();
    let next = node.field("next").unwrap();
    assert_eq!(next.target().unwrap().get("value").unwrap(), 7.into());
    assert_eq!(node.field("up").unwrap().target().unwrap_err().to_string(), "Node: Null");
    assert!(node.target().is_err());
    let grid = module.view(&memory[..], &ty("[2][3]f32"), 200).unwrap();
    assert!(grid.elements::<f32>().is_err(), "its elements are arrays");
    let row = grid.element(1).unwrap();
    assert_eq!((row.ty(), row.addr(), row.element(2).unwrap().addr()), (&ty("[3]f32"), 212, 220));
}

#[test]
fn owned_fields_are_replaced_through_an_instance() {
    let mut guest = instance(4096);
    let addr = guest.alloc(12, 4).unwrap();
    guest.guest_mut().put(addr, &[0; 12]);
    let name = guest.alloc(3, 1).unwrap();
    guest.guest_mut().put(name, b"hi\0");
    guest.guest_mut().put(addr + 8, &name.to_le_bytes());
    guest.write(&at("^cstr", addr + 8), &"longer".into()).unwrap();
    assert_eq!(guest.read(&at("Point", addr)).unwrap().get("name"), Some(&"longer".into()));
    assert!(guest.write(&at("^cstr", addr + 8), &"a\0b".into()).is_err());
    assert_eq!(guest.guest_mut().blocks.len(), 2);
    release(&mut guest, "^*Point", addr).unwrap();
    assert!(guest.guest_mut().blocks.is_empty());
}

#[test]
fn owners_are_made_given_to_release_and_leave_nothing() {
    let mut guest = instance(4096);
    let made = [
        ("^*Point", point(1, "hi"), 2),
        ("?^*Point", point(1, ""), 2),
        ("^*[+]Point", [point(1, "a"), point(2, "b")].into(), 4),
        ("^[]^str", ["a", "", "b"].into(), 3),
        ("^[]i32", Value::List(vec![]), 0),
        ("^str", "text".into(), 1),
        ("^cstr", "text".into(), 1),
    ];
    for (text, value, blocks) in made {
        let owner = guest.make(&ty(text), &value).unwrap();
        assert_eq!(guest.guest_mut().blocks.len(), blocks, "{text}");
        assert!(guest.owners().eq([&owner]) && owner.is_owner());
        assert_eq!(guest.read(&owner).unwrap(), value, "{text}");
        guest.release(&owner).unwrap();
        assert_eq!(guest.owners().count(), 0);
        assert!(guest.guest_mut().blocks.is_empty(), "{text}");
    }
    let made = guest.make(&ty("^*Point"), &point(7, "read")).unwrap();
    assert_eq!(guest.read(&made).unwrap(), point(7, "read"));
    guest.release(&made).unwrap();
    let refused = [
        ("^*Point", point(1, "a\0")),
        ("^[]^str", [Value::from("a"), 5.into()].into()),
        ("*Point", point(1, "borrowed")),
        ("?^*Point", Value::None),
        ("^*Point", made.into()),
        ("^*Db", point(1, "opaque")),
        ("i32", 5.into()),
        ("^*[2000]i32", [0; 2000].into()),
    ];
    for (text, value) in refused {
        assert!(guest.make(&ty(text), &value).is_err(), "{text}");
        assert!(guest.guest_mut().blocks.is_empty(), "{text}");
    }
}

#[test]
fn hostile_memory_is_refused_and_never_a_panic() {
    let mut random = Random::new(2);
    let (module, mut refused, mut read) = (module(), 0, 0);
    let names = ["Nested", "Runs", "Node", "Shape", "Bits", "^[]^str", "[+]Point", "[3]Node", "~[]Runs", "?^*Node"];
    for round in 0..3000 {
        let mut guest = Instance::new(module.clone(), Fake::new(1024));
        for word in 0..256 {
            // Small numbers, so that many are addresses.
            let value = if random.below(40) == 0 { random.below(1 << 32) } else { 4 * random.below(round % 250 + 2) };
            guest.guest_mut().put(4 * word, &(value as u32).to_le_bytes());
        }
        let name = names[random.below(names.len())];
        let addr = 4 * random.below(256) as u32;
        let done = panic::catch_unwind(panic::AssertUnwindSafe(|| {
            let value = guest.read(&at(name, addr));
            if let Ok(value) = &value {
                let _ = guest.write(&at(name, addr), value);
            }
            let _ = release(&mut guest, &format!("^*{name}"), addr);
            value.is_ok()
        }));
        *(if done.unwrap_or_else(|_| panic!("{name} at {addr}, round {round}")) { &mut read } else { &mut refused }) +=
            1;
    }
    assert!(read > 100 && refused > 100, "{read} {refused}");
}

#[test]
fn memory_alone_takes_pointers_as_they_are() {
    let module = Module::from_section(b"abi 1 wasm32\nstruct Two 8 4 a:0:~*u32 b:4:?^*u32\n").unwrap();
    let (mut memory, both) = ([0xaa; 16], Pointer::at(&ty("~*u32"), 4, 0));
    let two = Value::fields([("a", (&both).into()), ("b", both.into())]);
    module.write_value(&mut memory, &ty("Two"), 8, &two).unwrap();
    assert_eq!(memory[8..], [4, 0, 0, 0, 4, 0, 0, 0]);
    let blocks = Value::fields([("a", 1.into()), ("b", Value::None)]);
    let refused = module.write_value(&mut memory, &ty("Two"), 8, &blocks).unwrap_err().to_string();
    assert_eq!(refused, "Two.a: not as described: a value that needs a block, where only memory is given");
}
