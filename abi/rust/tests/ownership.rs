//! Who owns what before, during and after a call: over an allocator that knows every block.

#[path = "common/fake.rs"]
mod fake;

use fake::Fake;
use linmem_host::{Answer, Cause, Fault, Imports, Instance, Module, Pointer, Type, Value};
use std::sync::{Arc, Mutex};

fn ty(text: &str) -> Type {
    text.parse().unwrap()
}

#[test]
fn calls_free_what_they_lend_whatever_comes_back() {
    let records = "abi 1 wasm32\nrole alloc abi_alloc\nrole free abi_free\nenum Fail status Own=16\n\
                   fn f a:str b:^[]^str c:~[]u16 out:>^str -> Fail\nfn g -> *u32\n";
    let module = Module::from_section(records.as_bytes()).unwrap();
    for status in [0, 7, 16, 99] {
        let fake = Fake::new(4096).with("g", |_, _| 0).with("f", move |fake, params| {
            let words: Vec<u32> = params.iter().map(|&bits| bits as u32).collect();
            let [a, a_len, b, b_len, c, c_len, out] = words[..] else { panic!("{words:?}") };
            assert_eq!(&fake.memory[a as usize..(a + a_len) as usize], "lent".as_bytes());
            fake.put(c, &[1, 0, 2, 0][..2 * c_len as usize]);
            // Owned arguments are the guest's, also when it fails.
            for index in 0..b_len {
                let at = (b + 8 * index) as usize;
                let word = |at: usize| u32::from_le_bytes(fake.memory[at..at + 4].try_into().unwrap());
                let (ptr, len) = (word(at), word(at + 4));
                fake.free(ptr, len, 1).unwrap();
            }
            fake.free(b, 8 * b_len, 4).unwrap();
            if status == 0 {
                let text = fake.alloc(3, 1);
                fake.put(text, b"out");
                fake.put(out, &[text.to_le_bytes(), 3_u32.to_le_bytes()].concat());
            }
            status
        });
        let mut guest = Instance::new(module.clone(), fake);
        let mut args = ["lent".into(), ["a", "bc"].into(), [0, 0].into()];
        let done = guest.call("f", &mut args);
        match status {
            0 => {
                assert_eq!(done.unwrap(), ["out".into()]);
                assert_eq!(args[2], [1, 2].into());
            }
            7 => assert_eq!(done.unwrap_err().to_string(), "f: status 7, OutOfMemory"),
            16 => assert_eq!(done.unwrap_err().to_string(), "f: status 16, Own"),
            _ => assert_eq!(done.unwrap_err().to_string(), "f: status 99"),
        }
        assert!(guest.guest_mut().blocks.is_empty(), "{status}: {:?}", guest.guest_mut().blocks);
        // What does not fit is found before the call, and leaves nothing behind.
        let mut bad = ["lent".into(), [Value::from("a"), 5.into()].into(), vec![1_u8].into()];
        assert_eq!(guest.call("f", &mut bad).unwrap_err().to_string(), "f.b[1]: Int(5) is no ^str");
        assert!(guest.guest_mut().blocks.is_empty());
        assert_eq!(guest.call("f", &mut []).unwrap_err().to_string(), "f: takes 3 arguments, not 0");
        assert_eq!(guest.call("g", &mut []).unwrap_err().to_string(), "g: Null");
        guest.guest_mut().exports.clear();
        assert!(matches!(guest.call("f", &mut args).unwrap_err().cause, Cause::Missing(_)));
        assert!(guest.guest_mut().blocks.is_empty());
    }
}

/// Frees what was put together at an address.
fn release(guest: &mut Instance<Fake>, text: &str, addr: u32) {
    let owner = guest.adopt(&ty(text), addr, 0).unwrap();
    guest.release(&owner).unwrap();
}

const OWNERS: &str = "abi 1 wasm32\nrole alloc abi_alloc\nrole free abi_free\nstruct P 4 4 name:0:^cstr\n\
                      tagged T 8 4 u8 A=0:4:^cstr B=1\nfn lent a:~*P\nfn given a:^[]str\nfn text -> ^cstr\n";

#[test]
fn values_whose_owner_nobody_could_tell_are_refused() {
    let mut guest = Instance::new(Module::from_section(OWNERS.as_bytes()).unwrap(), Fake::new(4096));
    let lent = guest.call("lent", &mut [Value::fields([("name", "x".into())])]).unwrap_err();
    assert_eq!(lent.to_string(), "lent.a: ~*P, whose owned parts may be replaced, has to be a pointer");
    let given = guest.call("given", &mut [["x"].into()]).unwrap_err();
    assert_eq!(given.to_string(), "given.a[0]: str in what is handed over has to be a pointer");
    assert!(guest.guest_mut().blocks.is_empty());
    assert_eq!(guest.call("lent", &mut []).unwrap_err().to_string(), "lent: takes 1 argument, not 0");
}

#[test]
fn blocks_are_freed_as_they_were_allocated_inside_of_others_too() {
    let fake = Fake::new(4096).with("text", |fake, _| {
        let text = fake.alloc(3, 1);
        fake.put(text, b"hi\0");
        text.into()
    });
    let mut guest = Instance::new(Module::from_section(OWNERS.as_bytes()).unwrap(), fake);
    assert_eq!(guest.call("text", &mut []).unwrap(), ["hi".into()]);
    assert!(guest.guest_mut().blocks.is_empty(), "a result");
    // A buffer has room for more than it holds.
    let (addr, elements) = (guest.alloc(12, 4).unwrap(), guest.alloc(10, 2).unwrap());
    guest.guest_mut().put(addr, &[elements, 2, 5].map(u32::to_le_bytes).concat());
    release(&mut guest, "^*[+]u16", addr);
    for tag in [0, 1] {
        let (addr, text) = (guest.alloc(8, 4).unwrap(), guest.alloc(2, 1).unwrap());
        guest.guest_mut().put(text, b"x\0");
        guest.guest_mut().put(addr, &[tag, text].map(u32::to_le_bytes).concat());
        release(&mut guest, "^*T", addr);
        assert_eq!(guest.guest_mut().blocks.len(), tag as usize, "the other case owns nothing");
    }
    let blocks = guest.guest_mut().blocks.len();
    let addr = guest.alloc(8, 4).unwrap();
    guest.guest_mut().put(addr, &[0; 8]);
    let place = Pointer::at(&ty("~*^[]^str"), addr, 0);
    let half = [Value::from("made"), 5.into()].into();
    assert_eq!(guest.write(&place, &half).unwrap_err().to_string(), "^[]^str[1]: Int(5) is no ^str");
    assert_eq!(guest.guest_mut().blocks.len(), blocks + 1, "what was made for it is gone");
    guest.free(addr, 8, 4).unwrap();
    assert_eq!(guest.free(addr, 8, 4).unwrap_err().to_string(), "owns nothing");
    assert_eq!(guest.free(addr + 4, 4, 4).unwrap_err().to_string(), "owns nothing");
}

const PARTS: &str = "abi 1 wasm32\nrole alloc abi_alloc\nrole free abi_free\nopaque Db\ndrop drop_db ^*Db\n\
                     struct Node 12 4 name:0:^cstr next:4:?^*Node up:8:?~*Node\nstruct Holder 4 4 db:0:^*Db\n\
                     fn dbs out:>^[]Holder -> status\nfn use_db db:*Db\nfn lie -> ^*Node\nfn give node:^*Node other:*Node\n";

fn parts() -> Instance<Fake> {
    let fake = Fake::new(4096).with("drop_db", |_, _| 0).with("use_db", |_, _| 0).with("give", |_, _| 0);
    Instance::new(Module::from_section(PARTS.as_bytes()).unwrap(), fake)
}

fn node(next: Value) -> Value {
    Value::fields([("name", "a name".into()), ("next", next), ("up", Value::None)])
}

#[test]
fn owners_are_moved_and_no_part_of_themselves() {
    let mut guest = parts();
    let node_type = ty("^*Node");
    let (first, second) = (guest.make(&node_type, &node(Value::None)), guest.make(&node_type, &node(Value::None)));
    let (first, second) = (first.unwrap(), second.unwrap());
    let itself = guest.set(&first, "next", &(&first).into()).unwrap_err();
    assert_eq!(itself.to_string(), "?^*Node: an owner is no part of itself");
    let within = guest.write(&first, &node((&first).into())).unwrap_err();
    assert_eq!(within.to_string(), "Node: an owner is no part of itself");
    assert_eq!((guest.owners().count(), guest.guest_mut().blocks.len()), (2, 4), "nothing has changed");
    // Borrowed, it may lead to itself.
    guest.set(&first, "up", &(&first).into()).unwrap();
    guest.set(&first, "next", &(&second).into()).unwrap();
    assert_eq!(guest.release(&second).unwrap_err().cause, Cause::Moved);
    let next = guest.field(&first, "next").and_then(|field| guest.target(&field)).unwrap();
    assert_eq!((next.addr(), next.is_owner()), (second.addr(), false));
    assert_eq!(guest.release(&next).unwrap_err().cause, Cause::NotOwned);
    let name = guest.field(&next, "name").and_then(|field| guest.target(&field)).unwrap();
    assert_eq!(guest.read(&name).unwrap(), "a name".into());
    guest.set(&next, "name", &"through the first".into()).unwrap();
    // The old text is gone, and what it was led through is not.
    assert_eq!(guest.read(&name).unwrap_err().to_string(), "cstr: what it was led through may have been replaced");
    assert_eq!(guest.view(&next).unwrap().get("name").unwrap(), "through the first".into());
    let up = guest.field(&next, "up").unwrap();
    guest.write(&first, &node(Value::None)).unwrap();
    for gone in [&next, &up] {
        assert_eq!(guest.read(gone).unwrap_err().cause, Cause::Replaced);
    }
    // What is not handed over after all is the host's as before.
    let refused = guest.call("give", &mut [(&first).into(), (&first).into()]).unwrap_err();
    assert_eq!(refused.to_string(), "give.other: moved: handed over to the guest");
    guest.release(&first).unwrap();
    assert_eq!((guest.owners().count(), guest.guest_mut().blocks.len()), (0, 0));
}

#[test]
fn guests_that_hand_over_what_the_host_owns_are_refused() {
    let mut guest = parts();
    let owner = guest.make(&ty("^*Node"), &node(Value::None)).unwrap();
    let addr = owner.addr();
    guest.guest_mut().exports.insert("lie", Box::new(move |_, _| addr.into()));
    for done in [guest.call("lie", &mut []), guest.take("lie", &mut [])] {
        assert_eq!(done.unwrap_err().cause, Cause::OwnedTwice);
    }
    assert_eq!(guest.adopt(&ty("^*Node"), addr, 0).unwrap_err().cause, Cause::OwnedTwice);
    // A list that says to go on with it.
    let other = guest.make(&ty("^*Node"), &node(Value::None)).unwrap();
    guest.guest_mut().put(other.addr() + 4, &addr.to_le_bytes());
    assert_eq!(guest.release(&other).unwrap_err().cause, Cause::OwnedTwice);
    guest.guest_mut().put(other.addr() + 4, &[0; 4]);
    guest.release(&other).unwrap();
    guest.release(&owner).unwrap();
    assert_eq!((guest.owners().count(), guest.guest_mut().blocks.len()), (0, 0));
    // What is opaque may have the number of something else.
    let (one, two) = (guest.adopt(&ty("^*Db"), 1, 0).unwrap(), guest.adopt(&ty("^*Node"), 1 << 6, 0).unwrap());
    assert_eq!(guest.adopt(&ty("^*Db"), 1, 0).unwrap_err().cause, Cause::OwnedTwice);
    assert!(guest.adopt(&ty("^*Db"), 0, 0).is_err() && guest.adopt(&ty("^*Nothing"), 8, 0).is_err());
    assert!(guest.adopt(&ty("*Node"), 1 << 7, 0).is_err() && guest.adopt(&ty("^*Node"), 4092, 0).is_err());
    guest.call("use_db", &mut [(&one).into()]).unwrap();
    assert!(guest.owners().eq([&one, &two]));
    guest.release(&one).unwrap();
}

#[test]
fn pointers_in_a_copy_end_with_what_was_copied() {
    let mut guest = parts();
    guest.guest_mut().exports.insert(
        "dbs",
        Box::new(|fake, params| {
            let run = fake.alloc(8, 4);
            fake.put(run, &[7, 0, 0, 0, 9, 0, 0, 0]);
            fake.put(params[0] as u32, &[run, 2].map(u32::to_le_bytes).concat());
            0
        }),
    );
    let db = |values: &Value| {
        let Value::List(values) = values else { panic!("{values:?}") };
        values[1].get("db").unwrap().clone()
    };
    let held = guest.call("dbs", &mut []).unwrap().remove(0).into_pointer().unwrap();
    let inner = db(&guest.read(&held).unwrap());
    guest.call("use_db", &mut [inner.clone()]).unwrap();
    guest.release(&held).unwrap();
    assert_eq!(guest.call("use_db", &mut [inner]).unwrap_err().cause, Cause::Freed);
    let taken = db(&guest.take("dbs", &mut []).unwrap()[0]);
    assert_eq!(guest.call("use_db", &mut [taken]).unwrap_err().cause, Cause::Ended);
    assert_eq!((guest.owners().count(), guest.guest_mut().blocks.len()), (0, 0));
}

#[test]
fn borrowed_data_is_kept_as_long_as_what_leads_to_it() {
    let records = "abi 1 wasm32\nrole alloc abi_alloc\nrole free abi_free\nstruct Label 8 4 text:0:str\n\
                   struct Box 4 4 label:0:^*Label\nstruct Run 8 4 labels:0:[]Label\n";
    let mut guest = Instance::new(Module::from_section(records.as_bytes()).unwrap(), Fake::new(4096));
    let label = |text: &str| Value::fields([("text", text.into())]);
    let held = guest.make(&ty("^*Box"), &Value::fields([("label", label("first"))])).unwrap();
    assert_eq!(guest.guest_mut().blocks.len(), 3, "with the text");
    for text in ["second", "third"] {
        guest.set(&held, "label", &label(text)).unwrap();
        assert_eq!(guest.guest_mut().blocks.len(), 3, "that of the old label went with it");
        let inner = guest.field(&held, "label").and_then(|field| guest.target(&field)).unwrap();
        guest.write(&inner, &label("in place")).unwrap();
        assert_eq!(guest.read(&inner).unwrap(), label("in place"));
        assert_eq!(guest.guest_mut().blocks.len(), 3, "in the place of the old text");
    }
    guest.release(&held).unwrap();
    let run = guest.make(&ty("^*Run"), &Value::fields([("labels", [label("a"), label("b")].into())])).unwrap();
    assert_eq!(guest.guest_mut().blocks.len(), 4);
    guest.set(&run, "labels", &[label("c")].into()).unwrap();
    assert_eq!(guest.guest_mut().blocks.len(), 3, "texts went with the run that led to them");
    let unfit = guest.set(&run, "labels", &[label("d"), 5.into()].into()).unwrap_err();
    assert_eq!(unfit.to_string(), "[]Label[1]: Int(5) is no Label");
    assert_eq!(guest.read(&run).unwrap().get("labels"), Some(&[label("c")].into()));
    guest.release(&run).unwrap();
    assert!(guest.guest_mut().blocks.is_empty());
}

#[test]
fn pointers_to_kept_data_end_when_it_is_replaced() {
    let records = "abi 1 wasm32\nrole alloc abi_alloc\nrole free abi_free\nstruct Image 8 4 pixels:0:~[]u8\n";
    let mut guest = Instance::new(Module::from_section(records.as_bytes()).unwrap(), Fake::new(4096));
    let pixels = |bytes: [u8; 3]| Value::fields([("pixels", bytes.to_vec().into())]);
    let image = guest.make(&ty("^*Image"), &pixels([1, 2, 3])).unwrap();
    for replace in [true, false] {
        let field = guest.field(&image, "pixels").unwrap();
        let run = guest.target(&field).unwrap();
        let (first, through) = (guest.element(&run, 0).unwrap(), guest.element(&field, 1).unwrap());
        guest.write(&first, &9.into()).unwrap();
        match replace {
            true => guest.set(&image, "pixels", &vec![4_u8, 5, 6].into()).unwrap(),
            false => guest.write(&image, &pixels([7, 8, 9])).unwrap(),
        }
        for gone in [&run, &first, &through] {
            assert_eq!(guest.read(gone).unwrap_err().cause, Cause::Replaced, "{gone:?}");
        }
        assert_eq!(guest.write(&first, &0.into()).unwrap_err().cause, Cause::Replaced);
        assert_eq!(
            guest.element(&field, 1).and_then(|new| guest.read(&new)).unwrap(),
            [5, 8][usize::from(!replace)].into()
        );
    }
    guest.release(&image).unwrap();
    assert!(guest.guest_mut().blocks.is_empty());
}

#[test]
fn blocks_stay_the_hosts_when_something_else_has_their_address() {
    let records = format!("{PARTS}role realloc grow\n");
    let fake = Fake::new(4096).with("grow", |fake, params| fake.alloc(params[3] as u32, params[2] as u32).into());
    let mut guest = Instance::new(Module::from_section(records.as_bytes()).unwrap(), fake);
    let block = guest.alloc(12, 4).unwrap();
    guest.adopt(&ty("^*Db"), block, 0).unwrap();
    assert_eq!(guest.adopt(&ty("^*Db"), block, 0).unwrap_err().cause, Cause::OwnedTwice);
    guest.adopt(&ty("^[]Node"), block, 0).unwrap();
    // From nothing, that is nowhere.
    let grown = guest.realloc(block, 0, 4, 16).unwrap();
    guest.free(grown, 16, 4).unwrap();
    guest.free(block, 12, 4).unwrap();
    // An allocator that gives what is in use.
    let owner = guest.make(&ty("^*Node"), &node(Value::None)).unwrap();
    let addr = owner.addr();
    guest.guest_mut().exports.insert("grow", Box::new(move |_, _| addr.into()));
    assert_eq!(guest.realloc(4, 0, 4, 12).unwrap(), addr);
    assert_eq!(guest.adopt(&ty("^*Node"), addr, 0).unwrap_err().cause, Cause::OwnedTwice);
    guest.free(addr, 12, 4).unwrap();
}

#[test]
fn what_is_opaque_is_dropped_once() {
    let records = "abi 1 wasm32\nrole alloc abi_alloc\nrole free abi_free\nopaque Db\nopaque Log\ndrop drop_db ^*Db\n\
                   drop drop_log ^*Log\nstruct Pair 12 4 a:0:^*Db b:4:^*Db log:8:^*Log\n";
    let dropped = Arc::new(Mutex::new(Vec::new()));
    let note = |name: &'static str| {
        let dropped = dropped.clone();
        move |_: &mut Fake, params: &[u64]| {
            dropped.lock().unwrap().push((name, params[0]));
            0
        }
    };
    let fake = Fake::new(4096).with("drop_db", note("db")).with("drop_log", note("log"));
    let mut guest = Instance::new(Module::from_section(records.as_bytes()).unwrap(), fake);
    let addr = guest.alloc(12, 4).unwrap();
    guest.guest_mut().put(addr, &[7_u32, 7, 7].map(u32::to_le_bytes).concat());
    let pair = guest.adopt(&ty("^*Pair"), addr, 0).unwrap();
    assert_eq!(guest.release(&pair).unwrap_err().cause, Cause::OwnedTwice, "equal handles");
    guest.guest_mut().put(addr, &[8_u32, 7, 7].map(u32::to_le_bytes).concat());
    let held = guest.adopt(&ty("^*Db"), 8, 0).unwrap();
    assert_eq!(guest.release(&pair).unwrap_err().cause, Cause::OwnedTwice, "the host has one");
    assert_eq!(dropped.lock().unwrap()[..], []);
    guest.release(&held).unwrap();
    // The number is that of another type as well.
    guest.release(&pair).unwrap();
    assert_eq!(dropped.lock().unwrap()[..], [("db", 8), ("db", 8), ("db", 7), ("log", 7)]);
    assert!(guest.guest_mut().blocks.is_empty());
}

/// What the host does while its write has the guest's allocator run.
type Meanwhile = fn(&mut Instance<&mut Fake>, &Pointer);

#[test]
fn writes_look_again_after_the_guest_ran() {
    let release: Meanwhile = |guest, owner| guest.release(owner).unwrap();
    let cut: Meanwhile = |guest, owner| guest.set(owner, "next", &Value::None).unwrap();
    for (role, meanwhile, field, refused) in [
        ("allocs", release, "next", Some(Cause::Freed)),
        ("allocs", cut, "next", None),
        ("frees", release, "next", None),
        ("frees", release, "name", None),
        ("frees", cut, "next", None),
    ] {
        let records = PARTS.replace("alloc abi_alloc", "alloc allocs").replace("free abi_free", "free frees");
        let inner = Module::from_section(PARTS.as_bytes()).unwrap();
        let armed = Arc::new(Mutex::new(None::<Pointer>));
        let arm = armed.clone();
        let run = move |fake: &mut Fake, now: &str| {
            let owner = if now == role { arm.lock().unwrap().take() } else { None };
            owner.iter().for_each(|owner| meanwhile(&mut Instance::new(inner.clone(), fake), owner));
        };
        let also = run.clone();
        let fake = Fake::new(4096)
            .with("allocs", move |fake, params| {
                run(fake, "allocs");
                fake.alloc(params[0] as u32, params[1] as u32).into()
            })
            .with("frees", move |fake, params| {
                fake.free(params[0] as u32, params[1] as u32, params[2] as u32).unwrap();
                also(fake, "frees");
                0
            });
        let mut guest = Instance::new(Module::from_section(records.as_bytes()).unwrap(), fake);
        let owner = guest.make(&ty("^*Node"), &node(node(Value::None))).unwrap();
        *armed.lock().unwrap() = Some(owner.clone());
        let value = if field == "name" { "new".into() } else { node(Value::None) };
        let done = guest.set(&owner, field, &value);
        assert_eq!(done.map_err(|fault| fault.cause), refused.map_or(Ok(()), Err), "{role} {field}");
        assert!(armed.lock().unwrap().is_none(), "{role} {field}: it ran");
        if guest.owners().count() > 0 {
            guest.release(&owner).unwrap();
        }
        assert_eq!((guest.owners().count(), &guest.guest_mut().blocks), (0, &Default::default()), "{role} {field}");
    }
}

#[test]
fn host_functions_say_by_their_status_that_the_guest_has_no_memory() {
    let records = "abi 1 wasm32\nrole alloc abi_alloc\nrole free abi_free\n\
                   import env two first:>^str second:>^str -> status\nimport env mute -> ^cstr\n";
    let module = Arc::new(Module::from_section(records.as_bytes()).unwrap());
    // The first text fits, the second does not.
    let fake = || Fake::new(128);
    let two = |host: fn() -> Answer| Imports::new().with("env", "two", move |_| host()).bind(&module).remove(0);
    let texts = || Ok(vec!["short".into(), "x".repeat(120).into()]);
    let mut guest = fake();
    assert_eq!(two(texts).answer(&mut guest, &[112, 120]).unwrap(), Some(7));
    assert!(guest.blocks.is_empty(), "what was made in vain is freed");
    // A call of its own may have had none.
    let starved = || Err(Fault::from(Cause::OutOfMemory));
    assert_eq!(two(starved).answer(&mut fake(), &[112, 120]).unwrap(), Some(7));
    assert!(two(|| Ok(vec![5.into(), 6.into()])).answer(&mut fake(), &[112, 120]).is_err(), "which is another mistake");
    let mute = Imports::new().with("env", "mute", |_| Ok(vec!["x".repeat(120).into()])).bind(&module).remove(0);
    let fault = mute.answer(&mut fake(), &[]).unwrap_err();
    assert_eq!(fault.to_string(), "env/mute: OutOfMemory", "and so traps");
}
