//! The Rust that `bind` writes: it compiles (`tests/bind/*.rs`, blessed by `BLESS=1`), and runs the guest in wasmi.

mod common;

#[path = "bind/names.rs"]
#[rustfmt::skip]
mod names;
#[path = "bind/records.rs"]
#[rustfmt::skip]
mod records;

use common::{assert_same, blessing, folder, guest, here, linmem, words};
use linmem_host::wasmi::{State, instantiate};
use linmem_host::{Cause, Imports, Value};
use records::{Bits, Color, Convert, Module, Point, Ptr, Shape, Sign};
use std::fs;
use std::sync::{Arc, Mutex};

#[test]
fn bindings_are_what_they_were() {
    let folder = folder("bind-rust");
    for (module, file) in [("records.wasm", "records.rs"), ("names.abi", "names.rs")] {
        let output = linmem(&folder, &words(&format!("bind --lang rust {module}")));
        let (found, path) = (String::from_utf8(output.stdout).unwrap(), here().join("tests/bind").join(file));
        if blessing() {
            fs::write(path, found).unwrap();
        } else {
            assert_same(&fs::read_to_string(&path).unwrap(), &found, file);
        }
    }
}

#[test]
fn module_runs_by_its_bindings() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let points = seen.clone();
    let imports = Imports::new()
        .with("env", "log_nr", |_| Ok(vec![]))
        .with_guest("env", "on_point", move |guest, args| {
            // The bindings serve in host functions as well.
            let mut m = Module(guest);
            let point = Ptr::lift(args[1].clone())?;
            points.lock().unwrap().push((m.name_of(&point)?, m.read(&point)?.x));
            Ok(vec![])
        })
        .with("clock:v1", "now", |_| Ok(vec![1.5.into()]))
        .with("clock:v1", "title", |_| Ok(vec![true.into()]));
    let store = wasmi::Store::new(&wasmi::Engine::default(), State::default());
    let records = linmem_host::Module::read(guest()).unwrap();
    let mut m = Module(instantiate(store, guest(), records, imports).unwrap());

    let array = m.simple_arr().unwrap();
    assert_eq!(m.read(&array).unwrap(), [100, 200, 300, 400]);
    m.free(array).unwrap();

    let point = m.create_point(3, -4, "hello").unwrap().expect("memory");
    assert_eq!(m.read(&point).unwrap(), Point { x: 3, y: -4, name: "hello".into() });
    assert_eq!(m.name_of(&point).unwrap().as_deref(), Some("hello"));
    m.write(&point, Point { x: 1, y: 2, name: "another".into() }).unwrap();
    assert_eq!(m.name_of(&point).unwrap().as_deref(), Some("another"));
    m.free(point).unwrap();

    assert_eq!(m.average(&[1, 2, 6]).unwrap(), 3.0);
    let Cause::Status { value: 16, name } = m.average(&[]).unwrap_err().cause else { panic!("a status") };
    assert_eq!(name.as_deref(), Some("Empty"));

    let mut pixels = [0, 1, 255];
    m.inverse_img(&mut pixels).unwrap();
    assert_eq!(pixels, [255, 254, 0]);

    let sign = m.mixed(true, -1, 2, -3, 4, -5, 6, -7, u64::MAX, 0.5, 0.25, 'ß', Color::Green);
    assert_eq!(sign.unwrap(), Sign::Minus);

    let points = m.points_new().unwrap().expect("memory");
    m.points_push(&points, 1, 2, "Ada").unwrap();
    assert_eq!(m.read(&points).unwrap(), [Point { x: 1, y: 2, name: "Ada".into() }]);
    assert_eq!(m.visit(&points, 7).unwrap(), 1.5);
    assert_eq!(*seen.lock().unwrap(), [(Some("Ada".into()), 1)]);
    assert_eq!(m.points_get(&points, 1).unwrap(), None);
    let first = m.points_get(&points, 0).unwrap().expect("a point");
    assert_eq!(m.name_of(&first).unwrap().as_deref(), Some("Ada"));
    let other = Point { x: 3, y: 4, name: "Grace".into() };
    assert_eq!(m.write(&first, other).unwrap_err().cause, Cause::ReadOnly);
    m.free(points).unwrap();

    assert_eq!(m.longest(vec!["a".into()], "given".into()).unwrap(), "given");
    let op = m.square_fn().unwrap();
    assert_eq!(m.call_Op(op, 3, 0.5).unwrap(), 4);
    assert_eq!(m.apply(op, None).unwrap(), 4);

    let db = m.open().unwrap().expect("memory");
    m.db_set(&db, 5, -6).unwrap();
    assert_eq!(m.db_get(&db, 5).unwrap(), -6);
    m.free(db).unwrap();
    assert_eq!(m.0.owners().count(), 0);
    assert_eq!((records::MAX, records::VERSION), (16, "1.0\n\\ beta"));
}

#[test]
fn values_come_back_as_they_went() {
    for shape in [Shape::Circle(0.5), Shape::Tinted(Color::Red), Shape::Nothing] {
        assert_eq!(Shape::lift(shape.clone().lower()).unwrap(), shape);
    }
    let bits = Bits { int: Some(7), ..Bits::default() };
    assert_eq!(bits.clone().lower(), Value::fields([("int", 7.into())]));
    assert_eq!(Bits::lift(bits.clone().lower()).unwrap(), bits);
    assert!(Color::lift(Value::case("Purple")).is_err());
    assert!(u8::lift(256.into()).is_err());
}

/// They state no offsets, so that another module of the same words is not read wrong; what it lacks has a name.
#[test]
fn bindings_go_by_the_records_of_the_module_that_runs() {
    let folder = folder("bind-rust-other");
    assert!(linmem(&folder, &words("sidecar records.wasm -o records.abi")).status.success());
    let section = fs::read_to_string(folder.join("records.abi")).unwrap();
    let (point, swapped) = ("x:0:i32 y:4:i32 name:8:^cstr", "y:0:i32 x:4:i32 name:8:^cstr");
    assert!(section.contains(point) && section.contains("fn average "));
    let lines = section.lines().filter(|line| !line.starts_with("fn average "));
    let other: String = lines.map(|line| line.replace(point, swapped) + "\n").collect();
    let records = linmem_host::Module::from_section(other.as_bytes()).unwrap();
    let nothing = |_: &mut [Value]| Ok(vec![]);
    let imports = Imports::new().with("env", "log_nr", nothing).with("env", "on_point", nothing);
    let imports = imports.with("clock:v1", "now", nothing).with("clock:v1", "title", nothing);
    let store = wasmi::Store::new(&wasmi::Engine::default(), State::default());
    let mut m = Module(instantiate(store, guest(), records, imports).unwrap());
    let made = m.create_point(3, -4, "hello").unwrap().expect("memory");
    assert_eq!(m.read(&made).unwrap(), Point { x: -4, y: 3, name: "hello".into() });
    m.free(made).unwrap();
    assert_eq!(m.average(&[1]).unwrap_err().to_string(), "average: not as described: no record describes it");
}
