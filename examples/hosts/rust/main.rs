//! The tour in Rust, with the engine wasmi: `cargo run --example tour` builds the guest and runs it.
//!
//! A host by hand: it knows the guest's functions and structs, and trusts nothing that comes out of the module. `?` leaves
//! at the first error, so that no call follows a trap.

/// Prints a line, in the way of `format!`.
macro_rules! say {
    ($($text:tt)*) => {
        crate::print(format_args!($($text)*))
    };
}

mod guest;
mod instance;
mod memory;

use instance::Tour;
use memory::{Buffer, Point, Result, bmp, first_pixel, fnv1a, i32s, slice};
use std::ffi::OsString;
use std::fmt::{self, Display};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};

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
    run(&read(&module)?, &read(&picture)?)
}

/// The steps.
fn run(module: &[u8], picture: &[u8]) -> Result<()> {
    let mut tour = Tour::new(module)?;

    say!("1. simple_arr: an array that the guest hands over; the host frees it");
    let array: u32 = tour.call("simple_arr", ())?;
    say!("    {}", join(i32s(tour.bytes(), "simple_arr", array, 4)?));
    tour.free(array, 16, 4)?;

    say!("2. sum: numbers cross as they are");
    for (a, b) in [(2, 3), (i32::MAX, 1)] {
        let sum: i32 = tour.call("sum", (a, b))?;
        say!("    {a} + {b} = {sum}");
    }

    say!("3. static_arr: an array that the guest keeps; nobody frees it");
    let array: u32 = tour.call("static_arr", ())?;
    say!("    {}", join(i32s(tour.bytes(), "static_arr", array, 4)?));

    say!("4. get_point: a struct; the host frees it block by block");
    let ptr: u32 = tour.call("get_point", ())?;
    let point = Point::read(tour.bytes(), "get_point", ptr)?;
    say!("    {point}");
    let xy = slice(tour.bytes(), "get_point", ptr, 1, 8, 4)?;
    let xy: Vec<String> = xy.iter().map(|byte| format!("{byte:02x}")).collect();
    say!("    the bytes of x and y: {}", xy.join(" "));
    // The name first: its address stands in the point.
    tour.free(point.name_ptr, point.name.len() as u32 + 1, 1)?;
    tour.free(ptr, 12, 4)?;

    say!("5. create_point: the host's text goes in, a struct comes out; the guest frees it");
    let ptr: u32 = tour.lend("Zoë ✓".as_bytes(), |tour, name, len| tour.call("create_point", (-7, 7, name, len)))?;
    say!("    {}", Point::read(tour.bytes(), "create_point", ptr)?);
    tour.call::<u32, ()>("drop_point", ptr)?;
    let ptr: u32 = tour.lend(b"Zo\xEB", |tour, name, len| tour.call("create_point", (-7, 7, name, len)))?;
    say!("    from a name that is not UTF-8: {}", if ptr == 0 { "null" } else { "a point" });

    say!("6. points_push, points_get: an array that grows in the guest");
    let points: u32 = tour.call("points_new", ())?;
    for (x, y, name) in [(1, 2, "Ada"), (3, 4, "Grace"), (5, 6, "Zoë ✓")] {
        let status = tour.push(points, x, y, name.as_bytes())?;
        say!("    push {name}: status {status}");
    }
    say!("    push a name that is not UTF-8: status {}", tour.push(points, 7, 8, b"Zo\xEB")?);
    say!("    push a name with a NUL inside: status {}", tour.push(points, 7, 8, b"Z\0e")?);
    say!("    len {}", tour.call::<u32, u32>("points_len", points)?);
    for index in 0..4 {
        match tour.call("points_get", (points, index))? {
            0 => say!("    [{index}] null"),
            ptr => say!("    [{index}] {}", Point::read(tour.bytes(), "points_get", ptr)?),
        }
    }
    let buffer = Buffer::read(tour.bytes(), "points_new", points)?;
    let second = Point::read(tour.bytes(), "points_new", buffer.ptr.wrapping_add(12))?;
    say!("    read from its Buffer: len {}, [1] {second}", buffer.len);

    say!("7. for_each_point: the guest calls the host for each point");
    tour.call::<(u32, u32), ()>("for_each_point", (points, 3_000_000_000))?;
    tour.call::<u32, ()>("points_free", points)?;

    say!("8. inverse_img: a picture is changed in place");
    let (width, height, original) = bmp(picture)?;
    let size = original.len() as u32;
    say!("    {width} x {height} pixels, {size} bytes");
    say!("    original: first pixel {}, checksum {:08x}", first_pixel(original), fnv1a(original));
    tour.lend(original, |tour, ptr, len| {
        tour.ok("inverse_img", (ptr, len))?;
        let inverted = slice(tour.bytes(), "inverse_img", ptr, len, 1, 1)?;
        say!("    inverted: first pixel {}, checksum {:08x}", first_pixel(inverted), fnv1a(inverted));
        tour.ok("inverse_img", (ptr, len))?;
        let same = slice(tour.bytes(), "inverse_img", ptr, len, 1, 1)? == original;
        say!("    inverted again: {}", if same { "the original" } else { "not the original" });
        Ok(())
    })?;

    say!("9. log_loop: the guest calls an import");
    tour.call::<u32, ()>("log_loop", 5)?;

    say!("10. average: a status, and a result through an out pointer");
    let numbers = tour.alloc(16, 4)?;
    for (index, number) in [1i32, 2, 3, 4].into_iter().enumerate() {
        tour.memory.write(&mut tour.store, numbers as usize + 4 * index, &number.to_le_bytes())?;
    }
    let out = tour.alloc(8, 8)?;
    tour.ok("average", (numbers, 4, out))?;
    let average = f64::from_le_bytes(slice(tour.bytes(), "average", out, 1, 8, 8)?.try_into()?);
    say!("    of 1, 2, 3, 4: status 0, {average}");
    say!("    of no numbers: status {}", tour.call::<_, i32>("average", (numbers, 0, out))?);
    say!("    of a misaligned array: status {}", tour.call::<_, i32>("average", (numbers + 1, 1, out))?);
    tour.free(out, 8, 8)?;
    tour.free(numbers, 16, 4)?;

    say!("11. square_fn: the host calls a guest function by its number in the table");
    let index: u32 = tour.call("square_fn", ())?;
    let table = tour.instance.get_table(&tour.store, "__indirect_function_table").ok_or("no table is exported")?;
    let entry = table.get(&tour.store, index.into());
    let square = entry.as_ref().and_then(|entry| entry.as_func()?.val().copied());
    let square = square.ok_or(format!("square_fn: the table has no function {index}"))?;
    say!("    square(12) = {}", square.typed::<i32, i32>(&tour.store)?.call(&mut tour.store, 12)?);

    say!("12. alloc, realloc, free: what the allocator answers");
    for (size, align) in [(8, 3), (u32::MAX, 1), (0, 16)] {
        say!("    alloc({size}, {align}) = {}", tour.call::<(u32, u32), u32>("alloc", (size, align))?);
    }
    let old = tour.alloc(8, 1)?;
    tour.memory.write(&mut tour.store, old as usize, &[1, 2, 3, 4, 5, 6, 7, 8])?;
    let new: u32 = tour.call("realloc", (old, 8, 1, 64))?;
    say!("    realloc from 8 to 64 bytes keeps {}", join(slice(tour.bytes(), "realloc", new, 8, 1, 1)?));
    tour.free(new, 64, 1)
}

/// Prints a line. If nobody reads on, as after `head`, the program ends without an error.
fn print(line: fmt::Arguments) {
    if writeln!(io::stdout(), "{line}").is_err() {
        process::exit(0);
    }
}

fn join<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
