//! The guest that has every construct, called through each engine; and hostile guests.

#![cfg(all(feature = "wasmi", feature = "wasmtime"))]

#[path = "common/guests.rs"]
mod guests;

use guests::records;
use linmem_host::{Answer, Caller, Cause, Fault, Func, Guest, Imports, Instance, Module, Pointer, Type, Value};
use std::sync::{Arc, Mutex};

/// Runs each test with each engine.
macro_rules! engines {
    ($($test:ident)*) => {
        engines! { wasmi: $($test)* }
        engines! { wasmtime: $($test)* }
    };
    ($engine:ident: $($test:ident)*) => {
        mod $engine {
            use linmem_host::$engine::{Running, State, instantiate};
            use $engine::{Engine, Store};

            struct Start;

            impl super::Start for Start {
                type Guest = Running<Store<State>>;

                fn start(wasm: &[u8], module: super::Module, imports: super::Imports) -> super::Started<Self::Guest> {
                    instantiate(Store::new(&Engine::default(), State::default()), wasm, module, imports)
                }
            }

            $(#[test]
            fn $test() {
                super::$test::<Start>();
            })*
        }
    };
}

type Started<G> = Result<Instance<G>, Fault>;

trait Start {
    type Guest: Guest;

    fn start(wasm: &[u8], module: Module, imports: Imports) -> Started<Self::Guest>;
}

engines! {
    numbers_and_enumerations_cross_as_they_are
    arrays_and_structs_are_taken_or_looked_at
    text_and_slices_go_in_and_come_out
    statuses_become_faults_with_names
    opaque_values_and_functions_are_held_by_number
    host_functions_get_values_and_write_back
    host_functions_call_the_guest_again
    host_functions_end_in_the_trap_that_they_met
    what_is_lent_to_a_running_call_stays_as_it_is
    pointers_of_another_instance_are_refused
    work_that_is_repeated_grows_no_memory
    instance_is_lost_after_a_trap
    trap_in_the_middle_of_an_allocation_is_told_by_every_later_call
    exports_that_are_not_as_described_are_refused
    hostile_guests_end_in_faults
}

/// What the guest called.
type Log = Arc<Mutex<Vec<Value>>>;

fn guest<S: Start>() -> (Instance<S::Guest>, Log) {
    let log = Log::default();
    let keep = |log: &Log| {
        let log = log.clone();
        move |args: &mut [Value]| -> Answer {
            log.lock().unwrap().extend(args.iter().cloned());
            Ok(vec![])
        }
    };
    let imports = Imports::new()
        .with("env", "log_nr", keep(&log))
        .with("env", "on_point", keep(&log))
        .with("clock:v1", "now", |_| Ok(vec![1.5.into()]))
        .with("clock:v1", "title", |args| {
            let [Value::Text(text), Value::Bytes(pixels)] = args else { panic!("{args:?}") };
            pixels.fill(text.len() as u8);
            Ok(vec![false.into()])
        });
    let module = Module::read(records()).unwrap();
    (S::start(records(), module, imports).unwrap_or_else(|fault| panic!("{fault}")), log)
}

fn ty(text: &str) -> Type {
    text.parse().unwrap()
}

fn create_point<G: Guest>(guest: &mut Instance<G>, x: i32, name: &str) -> Pointer {
    pointer(guest, "create_point", &mut [x.into(), 4.into(), name.into()])
}

fn pointer<G: Guest>(guest: &mut Instance<G>, name: &str, args: &mut [Value]) -> Pointer {
    guest.call(name, args).unwrap().remove(0).into_pointer().unwrap()
}

fn numbers_and_enumerations_cross_as_they_are<S: Start>() {
    let (mut guest, _) = guest::<S>();
    let mut args = [
        true.into(),
        (-128).into(),
        255.into(),
        (-32768).into(),
        65535.into(),
        i32::MIN.into(),
        u32::MAX.into(),
        i64::MIN.into(),
        u64::MAX.into(),
        0.5_f32.into(),
        1e300.into(),
        'ß'.into(),
        Value::case("Blue"),
    ];
    assert_eq!(guest.call("mixed", &mut args).unwrap(), [Value::case("Minus")]);
    args[2] = 256.into();
    assert_eq!(guest.call("mixed", &mut args).unwrap_err().to_string(), "mixed.c: Int(256) is no u8");
    args[2] = 0.into();
    args[12] = Value::case("Purple");
    assert!(guest.call("mixed", &mut args).is_err());
}

fn arrays_and_structs_are_taken_or_looked_at<S: Start>() {
    let (mut guest, _) = guest::<S>();
    assert_eq!(guest.take("simple_arr", &mut []).unwrap(), [[100, 200, 300, 400].into()]);
    let array = pointer(&mut guest, "simple_arr", &mut []);
    assert_eq!(guest.view(&array).unwrap().elements::<i32>().unwrap().sum::<i32>(), 1000);
    guest.release(&array).unwrap();

    let point = create_point(&mut guest, 3, "Zoë");
    let view = guest.view(&point).unwrap();
    assert_eq!((view.get("x").unwrap(), view.get("name").unwrap()), (3.into(), "Zoë".into()));
    assert_eq!(guest.call("name_of", &mut [(&point).into()]).unwrap(), ["Zoë".into()]);
    guest.release(&point).unwrap();
    // A struct may be lent as a value.
    let point = Value::fields([("x", 1.into()), ("y", 2.into()), ("name", "lent".into())]);
    assert_eq!(guest.call("name_of", &mut [point]).unwrap(), ["lent".into()]);
    assert_eq!(guest.call("create_point", &mut [1.into(), 2.into(), "a\0b".into()]).unwrap(), [Value::None]);

    let points = pointer(&mut guest, "points_new", &mut []);
    for name in ["Ada", "Grace"] {
        guest.call("points_push", &mut [(&points).into(), 1.into(), 2.into(), name.into()]).unwrap();
    }
    let read = guest.read(&points).unwrap();
    let Value::List(read) = read else { panic!("{read:?}") };
    assert_eq!(read[1].get("name"), Some(&"Grace".into()));
    assert_eq!(guest.take("points_get", &mut [(&points).into(), 1.into()]).unwrap(), [read[1].clone()]);
    let second = pointer(&mut guest, "points_get", &mut [(&points).into(), 1.into()]);
    assert_eq!(guest.read(&second).unwrap(), read[1]);
    assert_eq!(guest.set(&second, "x", &5.into()).unwrap_err().to_string(), "i32: read only");
    assert_eq!(guest.call("points_get", &mut [(&points).into(), 2.into()]).unwrap(), [Value::None]);
    guest.release(&points).unwrap();
    assert_eq!(guest.owners().count(), 0);
    // What comes back lies in what was lent for the call: it can be copied in time, and not used afterwards.
    let lent = Value::List(read.clone());
    assert_eq!(guest.take("points_get", &mut [lent.clone(), 1.into()]).unwrap(), [read[1].clone()]);
    let gone = pointer(&mut guest, "points_get", &mut [lent, 1.into()]);
    assert_eq!(guest.read(&gone).unwrap_err().to_string(), "*Point: its borrow has ended");
}

fn text_and_slices_go_in_and_come_out<S: Start>() {
    let (mut guest, _) = guest::<S>();
    let mut args = [vec![1_u8, 0, 255].into()];
    guest.call("inverse_img", &mut args).unwrap();
    assert_eq!(args, [vec![254_u8, 255, 0].into()]);
    let pixels = guest.make(&ty("^[]u8"), &vec![1_u8, 2, 3].into()).unwrap();
    guest.call("inverse_img", &mut [(&pixels).into()]).unwrap();
    assert_eq!(guest.read(&pixels).unwrap(), vec![254_u8, 253, 252].into());
    guest.release(&pixels).unwrap();
    // By hand, in a block that nothing but the host knows of.
    let pixels = guest.alloc(3, 1).unwrap();
    guest.guest_mut().memory_mut()[pixels as usize..][..3].fill(1);
    let place = Pointer::at(&ty("~[]u8"), pixels, 3);
    guest.call("inverse_img", &mut [(&place).into()]).unwrap();
    assert_eq!(guest.read(&place).unwrap(), vec![254_u8; 3].into());
    guest.free(pixels, 3, 1).unwrap();
    let mut args = ["four".into(), ["a", "b", "c"].into(), [0].into(), [0, 0].into()];
    guest.call("count", &mut args).unwrap();
    assert_eq!(args[2..], [[7].into(), [7, 7].into()]);
    let longest = guest.call("longest", &mut [["a", "bcd"].into(), "or".into()]);
    assert_eq!(longest.unwrap(), ["or".into()]);
    assert_eq!(guest.call("longest", &mut [Value::List(vec![]), "".into()]).unwrap(), ["".into()]);
}

fn statuses_become_faults_with_names<S: Start>() {
    let (mut guest, _) = guest::<S>();
    assert_eq!(guest.call("average", &mut [[1, 2, 6].into()]).unwrap(), [3.0.into()]);
    let empty = guest.call("average", &mut [Value::List(vec![])]).unwrap_err();
    assert_eq!(empty.cause, Cause::Status { value: 16, name: Some("Empty".into()) });
    let many = guest.call("average", &mut [[0; 100].into()]).unwrap_err();
    assert_eq!(many.to_string(), "average: status 17, TooMany");
    assert_eq!(guest.call("origin", &mut []).unwrap_err().to_string(), "origin: status 1, Null");
}

fn opaque_values_and_functions_are_held_by_number<S: Start>() {
    let (mut guest, _) = guest::<S>();
    let db = guest.take("open", &mut []).unwrap().remove(0).into_pointer().unwrap();
    guest.call("db_set", &mut [(&db).into(), 7.into(), (-9).into()]).unwrap();
    assert_eq!(guest.call("db_get", &mut [(&db).into(), 7.into()]).unwrap(), [(-9).into()]);
    assert!(guest.read(&db).is_err());
    guest.release(&db).unwrap();
    assert_eq!(guest.release(&db).unwrap_err().cause, Cause::Freed);
    assert_eq!(guest.call("db_get", &mut [db.into(), 7.into()]).unwrap_err().to_string(), "db_get.db: freed");

    let square = guest.call("square_fn", &mut []).unwrap().remove(0);
    let Value::Func(func) = &square else { panic!("{square:?}") };
    assert_eq!(guest.invoke(func, &mut [5.into(), 2.into()]).unwrap(), [50.into()]);
    assert_eq!(guest.call("apply", &mut [square.clone(), Value::None]).unwrap(), [4.into()]);
    assert!(guest.call("apply", &mut [Value::None, Value::None]).is_err(), "only a `?sig` may be none");
    for (sig, index, cause) in [
        ("Op", 0, Cause::Null),
        ("Op", 1 << 20, Cause::OutOfBounds),
        ("Op", u32::MAX, Cause::OutOfBounds),
        ("Done", func.index, Cause::Invalid),
    ] {
        let mut args = [5.into(), 2.into()];
        let args = if sig == "Op" { &mut args[..] } else { &mut [] };
        assert_eq!(guest.invoke(&Func::new(sig, index), args).unwrap_err().cause, cause, "{sig} {index}");
    }
    assert!(matches!(guest.invoke(&Func::new("None", 1), &mut []).unwrap_err().cause, Cause::Missing(_)));
}

fn host_functions_get_values_and_write_back<S: Start>() {
    let (mut guest, log) = guest::<S>();
    guest.call("log_loop", &mut [3.into()]).unwrap();
    assert_eq!(std::mem::take(&mut *log.lock().unwrap()), [0.into(), 1.into(), 2.into()]);
    let points = pointer(&mut guest, "points_new", &mut []);
    guest.call("points_push", &mut [(&points).into(), 1.into(), 2.into(), "Ada".into()]).unwrap();
    let seen = guest.call("visit", &mut [(&points).into(), u32::MAX.into()]).unwrap();
    assert_eq!(seen, [3.0.into()], "the first pixel, which is the length of \"now\"");
    let point = Value::fields([("x", 1.into()), ("y", 2.into()), ("name", "Ada".into())]);
    assert_eq!(*log.lock().unwrap(), [u32::MAX.into(), point]);
}

/// A guest that counts down through the host, traps on demand, and hands its memory to the host.
const AGAIN: &str = "(import \"env\" \"again\" (func $again (param i32) (result i32)))
    (import \"env\" \"look\" (func $look (param i32 i32 i32) (result i32)))
    (memory (export \"memory\") 1) (global $next (mut i32) (i32.const 1024))
    (func (export \"alloc\") (param $size i32) (param i32) (result i32) (global.get $next)
        (global.set $next (i32.add (global.get $next) (i32.and (i32.add (local.get $size) (i32.const 15)) (i32.const -16)))))
    (func (export \"free\") (param i32 i32 i32))
    (func (export \"down\") (param i32) (result i32) (i32.add (call $again (local.get 0)) (i32.const 1)))
    (func (export \"boom\") unreachable)
    (func (export \"show\") (param $pair i32) (result i32)
        (call $look (local.get $pair) (i32.const 512) (i32.const 2)))";

const AGAIN_RECORDS: &str = "struct Pair 8 4 a:0:i32 b:4:i32\nimport env again n:u32 -> u32\n\
    import env look pair:~*Pair bytes:[]u8 -> status\nfn down n:u32 -> u32\nfn boom\nfn show pair:~*Pair -> status";

fn again<S: Start>(imports: Imports) -> Instance<S::Guest> {
    let wasm = wat::parse_str(format!("(module {AGAIN})")).unwrap();
    let module = Module::from_section(format!("abi 1 wasm32\n{AGAIN_RECORDS}\n").as_bytes()).unwrap();
    S::start(&wasm, module, imports).unwrap_or_else(|fault| panic!("{fault}"))
}

fn count_down(mut guest: Caller<'_>, args: &mut [Value]) -> Answer {
    match args {
        [Value::Int(0)] => Ok(vec![100.into()]),
        [Value::Int(n)] => guest.call("down", &mut [Value::Int(*n - 1)]),
        other => panic!("{other:?}"),
    }
}

fn host_functions_call_the_guest_again<S: Start>() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = seen.clone();
    let imports =
        Imports::new().with_guest("env", "again", count_down).with_guest("env", "look", move |mut guest, args| {
            let [Value::Pointer(pair), Value::Pointer(bytes)] = args else { panic!("{args:?}") };
            assert_eq!((bytes.len(), bytes.ty().to_string(), bytes.is_owner()), (2, "[]u8".into(), false));
            assert_eq!(guest.write(bytes, &vec![1_u8, 2].into()).unwrap_err().cause, Cause::ReadOnly);
            assert_eq!(guest.release(pair).unwrap_err().cause, Cause::NotOwned);
            let down = guest.call("down", &mut [2.into()])?;
            guest.set(pair, "b", &down[0])?;
            // A status of a host function's own, and one that it met.
            let a = guest.view(pair)?.get("a")?;
            keep.lock().unwrap().push(pair.clone());
            match a {
                Value::Int(1) => Err(Fault::status(17)),
                Value::Int(2) => guest.call("show", &mut [Value::fields([("a", 1.into()), ("b", 0.into())])]),
                _ => Ok(vec![]),
            }
        });
    let mut guest = again::<S>(imports);
    assert_eq!(guest.call("down", &mut [3.into()]).unwrap(), [104.into()]);
    for (a, status) in [(0, None), (1, Some(17)), (2, Some(17))] {
        let mut args = [Value::fields([("a", a.into()), ("b", 0.into())])];
        match (guest.call("show", &mut args), status) {
            (Ok(_), None) => assert_eq!(args[0].get("b"), Some(&103.into())),
            (Err(fault), Some(status)) => assert_eq!(fault.cause, Cause::Status { value: status, name: None }),
            (done, _) => panic!("{a}: {done:?}"),
        }
    }
    for pair in seen.lock().unwrap().iter() {
        assert_eq!(guest.read(pair).unwrap_err().to_string(), "~*Pair: its borrow has ended");
        assert_eq!(guest.call("show", &mut [pair.into()]).unwrap_err().cause, Cause::Ended);
    }
    let deep = guest.call("down", &mut [40.into()]).unwrap_err();
    assert!(deep.to_string().contains("too deep in one another"), "{deep}");
    assert!(guest.call("down", &mut [0.into()]).unwrap_err().is_trap());
}

fn host_functions_end_in_the_trap_that_they_met<S: Start>() {
    let swallow = |mut guest: Caller<'_>, _: &mut [Value]| {
        assert!(guest.call("boom", &mut []).unwrap_err().is_trap());
        assert!(guest.call("down", &mut [0.into()]).unwrap_err().is_trap());
        Ok(vec![7.into()])
    };
    let mut guest = again::<S>(Imports::new().with_guest("env", "again", swallow).with("env", "look", |_| Ok(vec![])));
    assert!(guest.call("down", &mut [1.into()]).unwrap_err().is_trap(), "the guest did not go on");
    assert!(guest.alloc(8, 8).unwrap_err().is_trap());
    // And so with a status in the place of the trap.
    let hide = |mut guest: Caller<'_>, _: &mut [Value]| {
        guest.call("boom", &mut []).unwrap_err();
        Err(Fault::status(3))
    };
    let mut guest = again::<S>(Imports::new().with_guest("env", "look", hide).with("env", "again", |_| Ok(vec![])));
    let pair = Value::fields([("a", 1.into()), ("b", 0.into())]);
    assert!(guest.call("show", &mut [pair]).unwrap_err().is_trap());
}

fn what_is_lent_to_a_running_call_stays_as_it_is<S: Start>() {
    let owner = Arc::new(Mutex::new(None::<Pointer>));
    let lent = owner.clone();
    let imports =
        Imports::new().with("env", "again", |_| Ok(vec![])).with_guest("env", "look", move |mut guest, args| {
            let owner = lent.lock().unwrap().clone().unwrap();
            assert_eq!(guest.release(&owner).unwrap_err().to_string(), "^*Pair: lent to a call that runs");
            assert_eq!(guest.set(&owner, "a", &1.into()).unwrap_err().cause, Cause::Lent);
            assert_eq!(guest.view(&owner)?.get("a")?, 5.into());
            // What the call was lent, it may write to.
            guest.set(args[0].pointer()?, "a", &6.into()).map(|()| vec![])
        });
    let mut guest = again::<S>(imports);
    let pair = guest.make(&ty("^*Pair"), &Value::fields([("a", 5.into()), ("b", 0.into())])).unwrap();
    *owner.lock().unwrap() = Some(pair.clone());
    guest.call("show", &mut [(&pair).into()]).unwrap();
    assert_eq!(guest.view(&pair).unwrap().get("a").unwrap(), 6.into());
    guest.set(&pair, "a", &1.into()).unwrap();
    guest.release(&pair).unwrap();
}

fn pointers_of_another_instance_are_refused<S: Start>() {
    let imports = || Imports::new().with("env", "again", |_| Ok(vec![])).with("env", "look", |_| Ok(vec![]));
    let (mut one, mut two) = (again::<S>(imports()), again::<S>(imports()));
    let pair = one.make(&ty("^*Pair"), &Value::fields([("a", 5.into()), ("b", 0.into())])).unwrap();
    let refused = two.call("show", &mut [(&pair).into()]).unwrap_err();
    assert_eq!(refused.to_string(), "show.pair: belongs to another instance");
    assert_eq!(two.read(&pair).unwrap_err().cause, Cause::Foreign);
    assert_eq!(two.release(&pair).unwrap_err().cause, Cause::Foreign);
    one.call("show", &mut [(&pair).into()]).unwrap();
    one.release(&pair).unwrap();
}

fn work_that_is_repeated_grows_no_memory<S: Start>() {
    let (mut guest, _) = guest::<S>();
    let mut sizes = Vec::new();
    for _ in 0..3 {
        for _ in 0..300 {
            let long = "long".repeat(100);
            let point = create_point(&mut guest, 1, &long);
            guest.set(&point, "name", &"other".repeat(50).into()).unwrap();
            guest.release(&point).unwrap();
            guest.take("create_point", &mut [1.into(), 2.into(), long.as_str().into()]).unwrap();
            guest.call("longest", &mut [[long.as_str(), ""].into(), long.as_str().into()]).unwrap();
            guest.call("average", &mut [Value::List(vec![])]).unwrap_err();
            guest.call("count", &mut ["".into(), [long.as_str()].into(), [0].into(), [0; 50].into()]).unwrap();
        }
        sizes.push(guest.memory().len());
    }
    assert_eq!(sizes[0], sizes[2], "{sizes:?}");
}

fn instance_is_lost_after_a_trap<S: Start>() {
    let (mut guest, _) = guest::<S>();
    let trap = guest.call("apply", &mut [Func::new("Op", 1 << 20).into(), Value::None]).unwrap_err();
    let Cause::Trap(why) = &trap.cause else { panic!("{trap}") };
    let later = |fault: Fault| assert_eq!(fault.cause, Cause::Trap(format!("an earlier call trapped: {why}")));
    later(guest.call("simple_arr", &mut []).unwrap_err());
    later(guest.alloc(8, 8).unwrap_err());
    later(guest.free(0, 0, 8).unwrap_err());
}

/// A use of a guest that has to fail.
type Use<G> = fn(&mut Instance<G>) -> Fault;

/// An allocator that traps: what is made, lent or received there ends the instance as any other trap does.
fn trap_in_the_middle_of_an_allocation_is_told_by_every_later_call<S: Start>() {
    let wat = format!(
        "{MEMORY} (func (export \"alloc\") (param i32 i32) (result i32) unreachable)
         (func (export \"free\") (param i32 i32 i32)) (func (export \"f\") (param i32 i32))"
    );
    let uses: [Use<S::Guest>; 3] = [
        |guest| guest.alloc(8, 8).unwrap_err(),
        |guest| guest.make(&ty("^*P"), &Value::Struct(vec![("x".into(), 1.into())])).unwrap_err(),
        |guest| guest.call("f", &mut ["text".into()]).unwrap_err(),
    ];
    for first in uses {
        let mut guest = instantiate::<S>("struct P 4 4 x:0:i32\nfn f text:str", &wat).unwrap();
        let Cause::Trap(why) = first(&mut guest).cause else { panic!("no trap") };
        for later in uses {
            assert_eq!(later(&mut guest).cause, Cause::Trap(format!("an earlier call trapped: {why}")));
        }
    }
}

fn instantiate<S: Start>(records: &str, wat: &str) -> Started<S::Guest> {
    let wasm = wat::parse_str(format!("(module {wat})")).unwrap();
    let module = Module::from_section(format!("abi 1 wasm32\n{records}\n").as_bytes()).unwrap();
    let imports = Imports::new()
        .with("env", "text", |args| Ok(vec![args[0].clone()]))
        .with("env", "fail", |_| Err(Fault::status(3)))
        .with("env", "none", |_| Ok(vec![]));
    S::start(&wasm, module, imports)
}

const MEMORY: &str = "(memory (export \"memory\") 1)";

fn exports_that_are_not_as_described_are_refused<S: Start>() {
    let wat = format!(
        "{MEMORY} (func (export \"f\") (param i64) (result i32) (i32.const 0)) (global (export \"g\") i32 (i32.const 0))"
    );
    for (records, call, what) in [
        ("fn f a:u32 -> i32", 1, "function `f` has another signature"),
        ("fn f a:u64", 1, "function `f` has another signature"),
        ("fn f", 0, "function `f` has another signature"),
        ("fn g", 0, "no function `g`"),
        ("fn h", 0, "no function `h`"),
        ("fn f a:str", 1, "no function `alloc`"),
    ] {
        let name = &records[3..4];
        let mut guest = instantiate::<S>(records, &wat).unwrap();
        let mut args = vec![if what.contains("alloc") { "text".into() } else { Value::Int(1) }; call];
        for _ in 0..2 {
            let fault = guest.call(name, &mut args).unwrap_err();
            assert_eq!(fault.cause, Cause::Missing(what.into()), "{records}: it was no trap");
        }
    }
    assert!(instantiate::<S>("fn f", "(func (export \"f\"))").is_err(), "no memory");
    let import = |ty: &str| format!("(import \"env\" \"none\" (func {ty})) {MEMORY}");
    assert!(instantiate::<S>("import env none", &import("")).is_ok());
    assert!(instantiate::<S>("import env none", &import("(param i32)")).is_err());
    assert!(instantiate::<S>("fn f", &import("")).is_err(), "it has no record");
    let start = format!(
        "{MEMORY} (global $n (mut i32) (i32.const 0)) (func (export \"_initialize\") (global.set $n (i32.const 5)))
        (func (export \"f\") (result i32) (global.get $n))"
    );
    assert_eq!(instantiate::<S>("fn f -> u32", &start).unwrap().call("f", &mut []).unwrap(), [5.into()]);
}

fn hostile_guests_end_in_faults<S: Start>() {
    // An allocator that lies: null, outside of memory, misaligned.
    for (ptr, cause) in [(0, Cause::OutOfMemory), (-4, Cause::OutOfBounds), (65533, Cause::OutOfBounds)] {
        let wat = format!(
            "{MEMORY} (func (export \"alloc\") (param i32 i32) (result i32) (i32.const {ptr}))
            (func (export \"free\") (param i32 i32 i32)) (func (export \"f\") (param i32 i32))"
        );
        let fault = instantiate::<S>("fn f a:str", &wat).unwrap().call("f", &mut ["text".into()]).unwrap_err();
        assert_eq!((fault.place.as_str(), fault.cause), ("f.a", cause));
    }
    // Results that lie.
    for (ty, result, cause) in [
        ("cstr", 0, Cause::Null),
        ("cstr", -1, Cause::OutOfBounds),
        ("?cstr", 65536, Cause::OutOfBounds),
        ("*u8", 0, Cause::Null),
        ("char", 0xd800, Cause::Invalid),
        ("E", 256 + 2, Cause::Invalid),
    ] {
        let wat = format!("{MEMORY} (func (export \"f\") (result i32) (i32.const {result}))");
        let fault =
            instantiate::<S>(&format!("enum E u8 A=1\nfn f -> {ty}"), &wat).unwrap().call("f", &mut []).unwrap_err();
        assert_eq!(fault.cause, cause, "{ty}");
    }
    let narrow = format!("{MEMORY} (func (export \"f\") (result i32) (i32.const 0xfff0ff))");
    assert_eq!(instantiate::<S>("fn f -> i8", &narrow).unwrap().call("f", &mut []).unwrap(), [(-1).into()]);
    // Host functions that are called with what lies nowhere, before the instance is there, or that fail.
    let call = |import: &str, body: &str| {
        let wat = format!(
            "(import \"env\" \"{import}\" (func $i (param i32 i32) (result i32))) {MEMORY}
            (func (export \"f\") (drop (call $i {body})))"
        );
        let records = format!("import env {import} a:str -> status\nfn f");
        instantiate::<S>(&records, &wat).unwrap().call("f", &mut [])
    };
    assert!(call("text", "(i32.const 65530) (i32.const 100)").unwrap_err().to_string().contains("text.a: OutOfBounds"));
    assert!(call("text", "(i32.const 1) (i32.const 1)").unwrap_err().to_string().contains("too many values"));
    assert!(call("none", "(i32.const 1) (i32.const 1)").is_ok());
    assert!(call("fail", "(i32.const 1) (i32.const 1)").is_ok(), "it returns the status 3");
    for status in [0, -5, i32::MIN] {
        let wat = format!(
            "(import \"env\" \"f\" (func $i (result i32))) {MEMORY}
            (func (export \"f\") (result i32) (call $i))"
        );
        let records = "abi 1 wasm32\nimport env f -> status\nfn f -> i32\n";
        let module = Module::from_section(records.as_bytes()).unwrap();
        let imports = Imports::new().with("env", "f", move |_| Err(Fault::status(status)));
        let fault = S::start(&wat::parse_str(format!("(module {wat})")).unwrap(), module, imports)
            .unwrap_or_else(|fault| panic!("{fault}"))
            .call("f", &mut [])
            .unwrap_err();
        let said =
            fault.to_string().contains(&format!("env/f: fails with status {status}, which is none of a failure"));
        assert!(fault.is_trap() && said, "{fault}");
    }
    let wat = format!("(import \"env\" \"fail\" (func $i)) {MEMORY} (func (export \"f\") (call $i))");
    let mut guest = instantiate::<S>("import env fail\nfn f", &wat).unwrap();
    assert!(guest.call("f", &mut []).unwrap_err().is_trap());
    let wat = format!("(import \"env\" \"none\" (func $i)) {MEMORY} (start $i)");
    assert!(instantiate::<S>("import env none", &wat).is_err());
    // An allocator that calls the host, which calls the allocator.
    let wat = format!(
        "(import \"env\" \"text\" (func $i (param i32 i32) (result i32))) {MEMORY} (data (i32.const 8) \"x\")
        (func (export \"alloc\") (param i32 i32) (result i32) (call $i (i32.const 8) (i32.const 1)))"
    );
    let mut guest = instantiate::<S>("import env text a:str -> ^cstr", &wat).unwrap();
    assert!(guest.alloc(8, 8).unwrap_err().to_string().contains("too deep"), "and not the end of the host's stack");
}
