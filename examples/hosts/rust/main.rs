//! The tour in Rust, with the engine wasmi: `cargo run --example tour` builds the guest and runs it.
//!
//! The library reads in the module what it exports. It trusts nothing of it: what lies is an error.

/// Prints a line, in the way of `format!`.
macro_rules! say {
    ($($text:tt)*) => {
        crate::print(format_args!($($text)*))
    };
}

pub mod guest;
mod picture;

use linmem_host::{Callee, Cause, Fault, Guest, Imports, Instance, Module, Pointer, Raw, Value, Wasm, wasmi};
use picture::{bmp, first_pixel, fnv1a};
use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};

/// The module, in an engine.
pub type Tour = Instance<wasmi::Running<::wasmi::Store<wasmi::State>>>;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const HELP: &str = "\
Runs the tour: every way in which data crosses between a wasm module and its host.

Usage: cargo run --example tour [-- MODULE]

MODULE is a tour.wasm that is built already. Without it, the guest in examples/tour is built first.";

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads the command line, and runs the module that it names or that is built.
fn start() -> Result<()> {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    let module = match args.as_slice() {
        [] => {
            eprintln!("Building the guest, examples/tour, for {}", guest::TARGET);
            guest::build("tour", &[])?.join("tour.wasm")
        }
        [arg] if arg == "--help" || arg == "-h" => {
            say!("{HELP}");
            return Ok(());
        }
        [path] if !path.to_string_lossy().starts_with('-') => PathBuf::from(path),
        _ => return Err(format!("unknown arguments: {args:?}\n\n{HELP}").into()),
    };
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/hosts/picture.bmp");
    let read = |path: &Path| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let leaks = std::env::var_os("TOUR_LEAKS").is_some();
    run(&mut load(&read(&module)?)?, &read(&picture)?, |tour| if leaks { look(tour) } else { Ok(()) })
}

/// Tells what is alive in a checked module.
fn look(tour: &Tour) -> Result<()> {
    for block in tour.checks().ok_or("TOUR_LEAKS is for checked modules")?.live()? {
        say!("    alive: {} bytes, align {}", block.size, block.align);
    }
    Ok(())
}

/// Makes an instance of the module, with what it imports.
pub fn load(module: &[u8]) -> Result<Tour> {
    let imports = Imports::new()
        .with("env", "log_nr", |args| {
            say!("    log_nr {}", show(&args[0]));
            Ok(vec![])
        })
        .with("env", "on_point", |args| {
            say!("    user data {}: {}", show(&args[0]), show(&args[1]));
            Ok(vec![])
        });
    let store = ::wasmi::Store::new(&::wasmi::Engine::default(), wasmi::State::default());
    Ok(wasmi::instantiate(store, module, Module::read(module)?, imports)?)
}

/// The steps. `look` is given the module before each and at the end, when nothing is alive but what a later step uses.
pub fn run(tour: &mut Tour, picture: &[u8], mut look: impl FnMut(&mut Tour) -> Result<()>) -> Result<()> {
    let mut step = |tour: &mut Tour, title: &str| {
        look(tour)?;
        say!("{title}");
        Ok::<(), Box<dyn Error>>(())
    };

    step(tour, "1. simple_arr: an array that the guest hands over; the host frees it")?;
    say!("    {}", show(&tour.take("simple_arr", &mut [])?[0]));

    step(tour, "2. sum: numbers cross as they are")?;
    for (a, b) in [(2, 3), (i32::MAX, 1)] {
        say!("    {a} + {b} = {}", show(&tour.call("sum", &mut [a.into(), b.into()])?[0]));
    }

    step(tour, "3. static_arr: an array that the guest keeps; nobody frees it")?;
    say!("    {}", show(&tour.take("static_arr", &mut [])?[0]));

    step(tour, "4. get_point: a struct, read and written where it lies")?;
    let point = tour.call("get_point", &mut [])?.remove(0).into_pointer()?;
    say!("    {}", show(&tour.read(&point)?));
    tour.set(&point, "x", &10.into())?;
    tour.set(&point, "name", &"Zoë ✓".into())?;
    say!("    {}", show(&tour.read(&point)?));
    tour.release(&point)?;

    step(tour, "5. create_point: the host's text goes in, a struct comes out")?;
    let create = |name: &str| [(-7).into(), 7.into(), name.into()];
    say!("    {}", show(&tour.take("create_point", &mut create("Ada"))?[0]));
    say!("    from a name with a NUL inside: {}", show(&tour.take("create_point", &mut create("A\0a"))?[0]));

    step(tour, "6. points_push, points_get: an array that grows in the guest")?;
    let points = tour.call("points_new", &mut [])?.remove(0).into_pointer()?;
    let push = |x: i32, y: i32, name: &str| [(&points).into(), x.into(), y.into(), name.into()];
    for (x, y, name) in [(1, 2, "Ada"), (3, 4, "Grace"), (5, 6, "Zoë ✓")] {
        tour.call("points_push", &mut push(x, y, name))?;
    }
    say!("    push a name with a NUL inside: {}", status(tour.call("points_push", &mut push(7, 8, "A\0a")))?);
    say!("    len {}", show(&tour.call("points_len", &mut [(&points).into()])?[0]));
    for index in 0..4 {
        say!("    [{index}] {}", show(&tour.take("points_get", &mut [(&points).into(), index.into()])?[0]));
    }
    let second = tour.element(&points, 1)?;
    say!("    read where it lies: len {}, [1] {}", tour.len(&points)?, show(&tour.read(&second)?));

    step(tour, "7. for_each_point: the guest calls the host for each point")?;
    tour.call("for_each_point", &mut [(&points).into(), 3_000_000_000_u32.into()])?;
    tour.release(&points)?;

    step(tour, "8. inverse_img: a picture is changed in place")?;
    let (width, height, original) = bmp(picture)?;
    say!("    {width} x {height} pixels, {} bytes", original.len());
    say!("    original: first pixel {}, checksum {:08x}", first_pixel(original), fnv1a(original));
    let image = tour.make(&"^[]u8".parse()?, &original.to_vec().into())?;
    tour.call("inverse_img", &mut [(&image).into()])?;
    let view = tour.view(&image)?;
    say!("    inverted: first pixel {}, checksum {:08x}", first_pixel(view.bytes()?), fnv1a(view.bytes()?));
    tour.call("inverse_img", &mut [(&image).into()])?;
    let same = tour.view(&image)?.bytes()? == original;
    say!("    inverted again: {}", if same { "the original" } else { "not the original" });
    tour.release(&image)?;

    step(tour, "9. log_loop: the guest calls an import")?;
    tour.call("log_loop", &mut [5.into()])?;

    step(tour, "10. average: a status, and a result through an out pointer")?;
    say!("    of 1, 2, 3, 4: {}", show(&tour.call("average", &mut [[1, 2, 3, 4].into()])?[0]));
    say!("    of no numbers: {}", status(tour.call("average", &mut [Value::List(vec![])]))?);

    step(tour, "11. square_fn: the host calls a function that the guest hands out")?;
    let Value::Func(square) = tour.call("square_fn", &mut [])?.remove(0) else { return Err("square_fn: null".into()) };
    say!("    square(12) = {}", show(&tour.invoke(&square, &mut [12.into()])?[0]));

    step(tour, "12. alloc, realloc, free: what the allocator answers")?;
    for (size, align) in [(8, 3), (u32::MAX, 1), (0, 16)] {
        say!("    alloc({size}, {align}) = {}", alloc(tour, size, align)?);
    }
    let old = tour.alloc(8, 1)?;
    tour.guest_mut().memory_mut()[old as usize..][..8].copy_from_slice(&[1, 2, 3, 4, 5, 6, 7, 8]);
    let new = tour.realloc(old, 8, 1, 64)?;
    let kept = Pointer::at(&"*[8]u8".parse()?, new, 0);
    say!("    realloc from 8 to 64 bytes keeps {}", show(&tour.read(&kept)?));
    tour.free(new, 64, 1)?;
    look(tour)
}

/// What the guest's `alloc` returns, by its engine: the host makes an error of 0.
fn alloc(tour: &mut Instance<impl Guest>, size: u32, align: u32) -> Result<u32> {
    let args = [size, align].map(|bits| Raw { wasm: Wasm::I32, bits: bits.into() });
    let result = tour.guest_mut().call(Callee::Export("alloc"), &args, Some(Wasm::I32))?;
    Ok(result.map_or(0, |raw| raw.bits as u32))
}

/// The name of the status with which a call fails.
fn status(result: std::result::Result<Vec<Value>, Fault>) -> Result<String> {
    match result {
        Ok(_) => Ok("no failure".into()),
        Err(Fault { cause: Cause::Status { name: Some(name), .. }, .. }) => Ok(name),
        Err(fault) => Err(fault.into()),
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::None => "null".into(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Text(value) => format!("{value:?}"),
        Value::Bytes(values) => values.iter().map(u8::to_string).collect::<Vec<_>>().join(", "),
        Value::List(values) => values.iter().map(show).collect::<Vec<_>>().join(", "),
        Value::Struct(fields) => {
            let field = |(name, value): &(String, Value)| format!("{name} = {}", show(value));
            fields.iter().map(field).collect::<Vec<_>>().join(", ")
        }
        other => format!("{other:?}"),
    }
}

/// Prints a line. If nobody reads on, as after `head`, the program ends without an error.
fn print(line: fmt::Arguments) {
    if writeln!(io::stdout(), "{line}").is_err() {
        process::exit(0);
    }
}
