//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::convert::Infallible;
use std::ffi::OsString;
use std::path::PathBuf;

/// What every `--help` ends with.
const EXIT: &str = "Exit status: 0 done, 1 findings (check), breaking changes (diff), over budget (size), a file out of \
date (bind --check), a failed or trapped call, or leaks (call); 2 wrong arguments or unreadable input.";

macro_rules! after {
    ($($example:literal),+) => {
        const_str(concat!("Examples:\n", $("  ", $example, "\n",)+ "\n",
            "Exit status: see `linmem --help`."))
    };
}

/// Gives the macro above a type.
const fn const_str(text: &'static str) -> &'static str {
    text
}

/// Shows, calls, checks, compares, measures and binds wasm modules that describe themselves.
///
/// The description is the custom section `linmem.abi`; its format is in abi/SPEC.md, chapter Records.
#[derive(Parser)]
#[command(name = "linmem", version, after_help = EXIT, max_term_width = 120)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    /// Print JSON in the place of text.
    #[arg(long, global = true)]
    pub json: bool,
    #[command(flatten)]
    pub color: colorchoice_clap::Color,
}

#[derive(Subcommand)]
pub enum Command {
    /// Show the exports with their types, the types as they lie in memory, and the sizes of the sections.
    #[command(after_help = after!("linmem show guest.wasm", "linmem show guest.wasm --types"))]
    Show(Show),
    /// Call an export with typed arguments and print its typed results.
    ///
    /// Arguments are parsed by the types of the records: 3, -1, 0xff, 2.5, true, text, 'c', [1, 2, 3], {x: 1, name: hi},
    /// Green (a case of an enumeration), Circle(2.5) (of a tagged one), null, @1048592 (an address), open() (what a function
    /// returns, where a pointer or function is wanted). Text that begins with a hyphen goes behind `--`.
    ///
    /// What the call wrote to its arguments is printed, and what is owned is freed. Imports are answered by stubs, which
    /// print what they are called with and return 0.
    #[command(after_help = after!("linmem call guest.wasm create_point 3 4 hello", "linmem call guest.wasm average '[1, 2, 4]'", "linmem call guest.wasm points_push '[]' 1 2 hi", "linmem call guest.wasm db_get 'open()' 5"))]
    Call(Call),
    /// Check the records against the rules of SPEC and against the module: all findings at once.
    #[command(after_help = after!("linmem check guest.wasm", "linmem check stripped.wasm --sidecar guest.abi"))]
    Check(Module),
    /// Compare the records of two versions of a module: what breaks hosts, and what does not.
    #[command(after_help = after!("linmem diff released.wasm target/wasm32-unknown-unknown/release/guest.wasm"))]
    Diff(Diff),
    /// Write typed source code for a host in another language.
    #[command(after_help = after!("linmem bind --lang c guest.wasm -o guest.h", "linmem bind --lang js guest.wasm -o guest.js", "linmem bind --lang ts guest.wasm -o guest.d.ts", "linmem bind --lang ts guest.wasm --import ./linmem.js -o guest.d.ts", "linmem bind --lang python guest.wasm -o guest.pyi", "linmem bind --lang rust guest.wasm -o src/guest.rs", "linmem bind --lang go guest.wasm -o guest/guest.go --wasm2c wasm2c/engine.c", "linmem bind --lang java guest.wasm -o guest/Guest.java", "linmem bind --lang c guest.wasm --check guest.h"))]
    Bind(Bind),
    /// Measure a module by section and function, and hold it to a budget.
    ///
    /// The total is what the budget limits; its lines about sections and functions tell what grew. Functions have names in a
    /// module that was built with `strip = "debuginfo"`. `strip = true` leaves those of exports; the others are told apart
    /// by what they do, and those that changed are compared as one.
    #[command(after_help = after!("linmem size guest.wasm", "linmem size guest.wasm --budget size.txt --bless", "linmem size guest.wasm --budget size.txt"))]
    Size(Size),
    /// Write the records to a file of their own, for modules that lose their custom sections.
    #[command(after_help = after!("linmem sidecar guest.wasm", "linmem sidecar guest.wasm -o guest.abi --strip small.wasm"))]
    Sidecar(Sidecar),
    /// Print the completions of a shell.
    #[command(after_help = after!("linmem completions bash > /usr/share/bash-completion/completions/linmem"))]
    Completions { shell: clap_complete::Shell },
}

/// A module and where its records are.
#[derive(Args)]
pub struct Module {
    /// A wasm module; for its records alone, a sidecar as well.
    pub module: PathBuf,
    /// Take the records from this file in the place of the module's section.
    #[arg(long, value_name = "FILE")]
    pub sidecar: Option<PathBuf>,
}

#[derive(Args)]
pub struct Show {
    #[command(flatten)]
    pub module: Module,
    /// Only the types.
    #[arg(long)]
    pub types: bool,
    /// Only the functions, host functions and constants.
    #[arg(long)]
    pub functions: bool,
    /// Only the sections.
    #[arg(long)]
    pub sections: bool,
}

#[derive(Args)]
pub struct Call {
    #[command(flatten)]
    pub module: Module,
    /// The export.
    pub function: String,
    /// One argument for each parameter; none for an out pointer.
    #[arg(allow_negative_numbers = true, value_parser = argument)]
    pub arguments: Vec<String>,
    /// How many instructions the module may run, about.
    #[arg(long, default_value_t = 1_000_000_000)]
    pub fuel: u64,
    /// How many bytes of memory the module may have.
    #[arg(long, default_value_t = 256 << 20)]
    pub memory: usize,
    /// List the blocks that a checked module allocated and did not free: exit status 1 if there are any.
    #[arg(long)]
    pub leaks: bool,
    /// Tell the bytes that were allocated and freed, and the size of the memory; of a checked module, also what is left.
    #[arg(short, long)]
    pub verbose: bool,
}

#[derive(Args)]
pub struct Diff {
    /// The module that hosts were made for, or its sidecar.
    pub old: PathBuf,
    /// The module that they are to run, or its sidecar.
    pub new: PathBuf,
}

#[derive(Args)]
pub struct Bind {
    #[command(flatten)]
    pub module: Module,
    /// The language.
    #[arg(long)]
    pub lang: Lang,
    /// Where to write to.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write nothing, and show how this file differs from what would be written: for CI.
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    pub check: Option<PathBuf>,
    /// What TypeScript imports abi/js as: `./linmem.js` for a copy beside the declarations [default: linmem]
    #[arg(long, value_name = "PATH")]
    pub import: Option<String>,
    /// For Go and Java: where to write the C by which they reach the module as wasm2c translates it.
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    pub wasm2c: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// A header for C11 and C++11, over abi/c/linmem_host.h.
    C,
    /// A module (.js) that loads the guest without its records; `ts` declares what it returns.
    Js,
    /// Declarations (.d.ts) for what abi/js loads.
    Ts,
    /// A stub (.pyi) for what abi/python loads.
    Python,
    /// A module (.rs) over the crate linmem-host.
    Rust,
    /// A package for Go 1.18 and later, over any engine.
    Go,
    /// A class for Java 17 and later, over any engine.
    Java,
}

#[derive(Args)]
pub struct Size {
    /// A wasm module.
    pub module: PathBuf,
    /// The file with the budget.
    #[arg(long, value_name = "FILE")]
    pub budget: Option<PathBuf>,
    /// Write the budget that the module just meets.
    #[arg(long, requires = "budget")]
    pub bless: bool,
}

#[derive(Args)]
pub struct Sidecar {
    /// A wasm module with records.
    pub module: PathBuf,
    /// Where to write the records to; the module's path with the extension `abi` unless given.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write the module without its records to this file.
    #[arg(long, value_name = "FILE")]
    pub strip: Option<PathBuf>,
}

/// What stands before a number that begins with a hyphen on its way through the parser of the command line, which would
/// take `-inf` and `-0x10` for options. No argument that a program is given holds it.
const NUMBER: char = '\0';

/// The options of `call` that have a value.
const OPTIONS: [&str; 4] = ["--color", "--fuel", "--memory", "--sidecar"];

/// Marks the negative numbers among the arguments of `call`.
pub fn numbers(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.collect();
    let options = arguments.iter().take_while(|of| *of != "--").count();
    // Neither options nor their values.
    let is_value = |at: usize| OPTIONS.iter().any(|option| arguments[at - 1] == *option);
    let mut words = (1..options).filter(|&at| !is_value(at));
    if words.find(|&at| !arguments[at].as_encoded_bytes().starts_with(b"-")).is_some_and(|at| arguments[at] == "call") {
        let words: Vec<usize> = words.collect();
        for at in words {
            if let Some(text) = arguments[at].to_str().filter(|text| is_negative(text)) {
                arguments[at] = format!("{NUMBER}{text}").into();
            }
        }
    }
    arguments
}

fn is_negative(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or_default();
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        || ["inf", "infinity", "nan"].iter().any(|word| digits.eq_ignore_ascii_case(word))
}

/// An argument of `call` as it was given.
fn argument(text: &str) -> Result<String, Infallible> {
    Ok(text.strip_prefix(NUMBER).unwrap_or(text).to_owned())
}
