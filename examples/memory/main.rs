//! The page that looks into memory: `cargo run --example memory` builds its modules, and puts all that it needs into one
//! folder, which any static server can show.
//!
//! The files in this folder are sources. In the repository the page's import map leads to `abi/js`; in the folder that is
//! made it leads to a copy, so that nothing outside of that folder is reached.

#[path = "../hosts/rust/guest.rs"]
mod guest;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

const HELP: &str = "\
Makes the page that looks into memory: its files and its modules, in one folder.

Usage: cargo run --example memory [-- FOLDER]

FOLDER is target/memory unless it is given. It is made if it is not there; files of the page that lie
there are written over, and others are left alone.";

/// What begins the addresses of the library in the import map of `index.html`: here, and in the folder.
const LIBRARY: [&str; 2] = ["\"../../abi/js/", "\"./linmem/"];

/// The modules, by package and arguments for cargo that build them, and where they lie among what it built. One call for each
/// feature, because it would be on for all modules of the call.
const MODULES: [(&str, &[&str], &[&str]); 4] = [
    ("tour", &[], &["tour.wasm"]),
    (
        "lessons",
        &["--lib", "--example", "heap", "--example", "bump"],
        &["lessons.wasm", "examples/heap.wasm", "examples/bump.wasm"],
    ),
    ("lessons", &["--features", "dlmalloc", "--example", "dlmalloc"], &["examples/dlmalloc.wasm"]),
    ("lessons", &["--features", "wee_alloc", "--example", "wee_alloc"], &["examples/wee_alloc.wasm"]),
];

fn main() -> ExitCode {
    match start() {
        Ok(text) => {
            // If nobody reads on, as after `head`, that is no error.
            let _ = writeln!(io::stdout(), "{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads the command line, makes the folder, and returns what to say.
fn start() -> Result<String, String> {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    let folder = match args.as_slice() {
        [] => guest::target_dir()?.join("memory"),
        [arg] if arg == "--help" || arg == "-h" => return Ok(HELP.into()),
        [folder] if !folder.is_empty() && !folder.to_string_lossy().starts_with('-') => PathBuf::from(folder),
        _ => return Err(format!("unknown arguments: {args:?}\n\n{HELP}")),
    };
    let written = publish(&folder)?;
    // As it is seen from here, if it lies below.
    let here = env::current_dir().unwrap_or_default();
    let folder = folder.strip_prefix(here).unwrap_or(&folder).display();
    let mut text = format!("{folder} has all of the page:\n\n");
    for (name, size) in written {
        let _ = writeln!(text, "{size:>8} bytes  {name}");
    }
    let _ = write!(
        text,
        "\nTo look at it, serve the folder\n\n    \
        python3 -m http.server --bind 127.0.0.1 --directory {folder} 8000\n\n\
        and open http://127.0.0.1:8000/"
    );
    Ok(text)
}

/// Puts all of the page into a folder, and returns the names and sizes of the files.
fn publish(folder: &Path) -> Result<Vec<(String, usize)>, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = root.join("examples/memory");
    if fs::canonicalize(folder).is_ok_and(|folder| Some(folder) == fs::canonicalize(&sources).ok()) {
        return Err(format!("{}: the page's sources are there; name another folder", folder.display()));
    }
    let mut files = Vec::new();
    for name in ["index.html", "lessons.md"].map(str::to_owned).into_iter().chain(named(&sources, &["css", "js"])?) {
        files.push((sources.join(&name), name));
    }
    let library = root.join("abi/js");
    for name in named(&library, &["js"])? {
        files.push((library.join(&name), format!("linmem/{name}")));
    }
    files.push((root.join("examples/hosts/picture.bmp"), "picture.bmp".into()));
    eprintln!("Building the page's modules, examples/tour and examples/memory/guests, for {}", guest::TARGET);
    for (package, args, modules) in MODULES {
        let built = guest::build(package, args)?;
        for module in modules {
            files.push((built.join(module), format!("modules/{}", module.trim_start_matches("examples/"))));
        }
    }
    let mut written = Vec::new();
    for (from, name) in files {
        let mut bytes = fs::read(&from).map_err(|error| format!("{}: {error}", from.display()))?;
        if name == "index.html" {
            bytes = rewrite(&bytes).map_err(|error| format!("{}: {error}", from.display()))?;
        }
        let to = folder.join(&name);
        let write = || to.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&to, &bytes));
        write().map_err(|error| format!("{}: {error}", to.display()))?;
        written.push((name, bytes.len()));
    }
    Ok(written)
}

/// The names of a folder's files that end in one of these, in order.
fn named(folder: &Path, ends: &[&str]) -> Result<Vec<String>, String> {
    let read = || -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let end = path.extension().and_then(|end| end.to_str());
            if let (Some(name), true) = (name, end.is_some_and(|end| ends.contains(&end)) && path.is_file()) {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    };
    read().map_err(|error| format!("{}: {error}", folder.display()))
}

/// Has the import map of `index.html` lead to the copy of the library.
fn rewrite(page: &[u8]) -> Result<Vec<u8>, String> {
    let page = std::str::from_utf8(page).map_err(|error| error.to_string())?;
    let [here, there] = LIBRARY;
    if !page.contains(here) {
        return Err(format!("no import map with {here}…\""));
    }
    Ok(page.replace(here, there).into())
}
