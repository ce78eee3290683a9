//! The page that looks into memory: the folder that `cargo run --example memory` makes has all that the page asks for, and
//! asks for nothing outside of itself.

#[path = "common/engine.rs"]
mod engine;
#[path = "common/tools.rs"]
mod tools;

use engine::Guest;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/memory")
}

fn memory(args: &[&Path]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--example", "memory", "--"]).args(args).current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// The folder, made once, and what the command said.
fn published() -> &'static (PathBuf, String) {
    static PUBLISHED: OnceLock<(PathBuf, String)> = OnceLock::new();
    PUBLISHED.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("memory_page");
        let _ = fs::remove_dir_all(&folder);
        let said = tools::run(&mut memory(&[&folder]));
        (folder, said)
    })
}

/// The files below a folder, relative to it, with `/` between the parts.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()).iter().map(|file| format!("{name}/{file}")));
        } else {
            found.insert(name);
        }
    }
    found
}

fn read(folder: &Path, file: &str) -> String {
    let path = folder.join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The import map of a page, by name.
fn import_map(page: &str) -> BTreeMap<String, String> {
    let (_, rest) = page.split_once("<script type=\"importmap\">").expect("an import map");
    let map: Value = serde_json::from_str(rest.split("</script>").next().unwrap()).unwrap();
    let entries = map["imports"].as_object().expect("imports").iter();
    entries.map(|(name, to)| (name.clone(), to.as_str().unwrap().to_owned())).collect()
}

/// What a file of the page asks for: addresses of files, and names of modules. A link to another site asks for nothing.
fn references(file: &str, text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut find = |text: &str, start: &str, kept: usize, end: char| {
        for (at, _) in text.match_indices(start) {
            let rest = &text[at + start.len() - kept..];
            let reference = rest[..rest.find(end).expect("a reference ends")].trim_matches(['\'', '"']);
            let link = (start == "](" || text.starts_with("a ")) && reference.starts_with("https://");
            if !link && !reference.starts_with('#') && !reference.starts_with("data:") {
                found.insert(reference.to_owned());
            }
        }
    };
    let end = file.rsplit('.').next().unwrap();
    if end == "md" {
        find(text, "](", 0, ')');
    }
    if end == "css" || end == "html" {
        find(text, "url(", 0, ')');
    }
    if end == "html" {
        for element in text.split('<') {
            find(element, "src=\"", 0, '"');
            find(element, "href=\"", 0, '"');
        }
    }
    if end == "js" || end == "html" {
        for quote in ['\'', '"', '`'] {
            for start in ["from ", "import ", "import(", "fetch(", "URL("] {
                find(text, &format!("{start}{quote}"), 0, quote);
            }
            // Wherever it stands, this is a path.
            for start in ["./", "../"] {
                find(text, &format!("{quote}{start}"), start.len(), quote);
            }
        }
    }
    found
}

/// Whether a reference out of a file of the folder leads to a file there. What JavaScript fills in may be anything.
fn leads_to(files: &BTreeSet<String>, from: &str, reference: &str) -> bool {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in reference.split('/') {
        match part {
            "." => {}
            ".." if parts.pop().is_none() => return false,
            ".." => {}
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    match (path.split_once("${"), path.rsplit_once('}')) {
        (Some((start, _)), Some((_, end))) => files.iter().any(|file| file.starts_with(start) && file.ends_with(end)),
        _ => files.contains(&path),
    }
}

#[test]
fn folder_has_all_that_the_page_asks_for() {
    let (folder, said) = published();
    let there = files(folder);
    let names: BTreeSet<String> = import_map(&read(folder, "index.html")).into_keys().collect();
    let mut followed = 0;
    for file in &there {
        let text = String::from_utf8_lossy(&fs::read(folder.join(file)).unwrap()).into_owned();
        for reference in references(file, &text) {
            if !names.contains(&reference) {
                assert!(leads_to(&there, file, &reference), "{file} asks for {reference}, which is not in {there:?}");
                followed += 1;
            }
        }
    }
    assert!(followed > 5, "references are found");
    for file in &there {
        let size = fs::metadata(folder.join(file)).unwrap().len();
        assert!(said.contains(&format!("{size} bytes  {file}\n")), "{file}, {size}: {said}");
    }
    assert!(said.contains("python3 -m http.server") && said.contains("http://127.0.0.1:8000/"), "{said}");
}

#[test]
fn import_map_leads_to_the_library_in_the_repository_and_to_its_copy_in_the_folder() {
    let (folder, _) = published();
    let (here, there) = (import_map(&read(&sources(), "index.html")), import_map(&read(folder, "index.html")));
    assert!(here.keys().eq(there.keys()) && here.contains_key("linmem"), "{here:?}, {there:?}");
    for (name, to) in &here {
        let file = to.strip_prefix("../../abi/js/").unwrap_or_else(|| panic!("{name}: {to}"));
        assert_eq!(there[name], format!("./linmem/{file}"));
        assert_eq!(read(&sources(), to), read(folder, &there[name]), "{name}");
    }
}

#[test]
fn modules_of_the_allocators_export_them_and_nothing_else() {
    let (folder, _) = published();
    let mut all = BTreeSet::from(["lessons.wasm".to_owned()]);
    for name in ["heap", "bump", "dlmalloc", "wee_alloc"] {
        all.insert(format!("{name}.wasm"));
        let mut guest = Guest::load(&fs::read(folder.join(format!("modules/{name}.wasm"))).unwrap(), 64);
        let mut exports: Vec<String> = guest.exports().into_iter().map(|(name, _)| name).collect();
        exports.retain(|name| !name.starts_with("__"));
        exports.sort();
        assert_eq!(exports, ["alloc", "free", "memory", "realloc"], "{name}");
        let pages = guest.pages();
        assert_ne!(guest.get("alloc", &[16, 16]), 0, "{name}");
        // The feature `dlmalloc` has linmem's own allocators leave to it the memory that a module begins with.
        assert!(guest.pages() == pages || !["heap", "bump"].contains(&name), "{name} was built without that feature");
    }
    all.insert("tour.wasm".to_owned());
    assert_eq!(files(&folder.join("modules")), all);
}

/// Lines without what they are indented by.
fn flat(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}

#[test]
fn lessons_quote_the_guests() {
    let guests = ["guests/src/lib.rs", "../tour/src/lessons.rs"].map(|file| flat(&read(&sources(), file)));
    let lessons = read(&sources(), "lessons.md");
    let quoted: Vec<&str> = lessons.split("```rust\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    for code in &quoted {
        assert!(guests.iter().any(|guest| guest.contains(flat(code).as_str())), "none of the guests has\n{code}");
    }
    assert!(!quoted.is_empty());
}

#[test]
fn lessons_are_numbered_and_their_figures_narrow() {
    let lessons = read(&sources(), "lessons.md");
    let titles: Vec<&str> = lessons.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    for (index, title) in titles.iter().enumerate() {
        assert!(title.starts_with(&format!("{}. ", index + 1)), "{title}");
    }
    assert!(!titles.is_empty());
    let figures = lessons.split("```text\n").skip(1).flat_map(|rest| rest.split("```").next().unwrap().lines());
    let wide: Vec<&str> = figures.filter(|line| line.chars().count() > 100).collect();
    assert!(wide.is_empty(), "{wide:#?}");
}

#[test]
fn command_explains_its_arguments() {
    let help = tools::run(&mut memory(&["--help".as_ref()]));
    assert!(help.contains("Usage: cargo run --example memory [-- FOLDER]"), "{help}");
    let failure = |args: &[&Path]| {
        let output = memory(args).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    for args in [&["--nothing".as_ref()][..], &["".as_ref()], &["a".as_ref(), "b".as_ref()]] {
        let error = failure(args);
        assert!(error.contains("error: unknown arguments: ") && error.contains("Usage: "), "{error}");
    }
    let error = failure(&[&sources()]);
    assert!(error.contains("name another folder"), "{error}");
    let error = failure(&[&sources().join("lessons.md")]);
    assert!(error.contains("error: ") && error.contains("lessons.md"), "{error}");
}

/// Runs one of the scripts beside this test, in Node.
fn script(name: &str, args: &[&Path]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/memory_page").join(name);
    println!("{}", tools::run(Command::new("node").arg(path).args(args)));
}

#[test]
fn lessons_print_what_they_say() {
    if tools::have("node") {
        script("lessons.mjs", &[&sources().join("lessons.md"), &published().0]);
    }
}

/// Loads, calls, selects, follows a pointer, edits, goes back in time, inverts a picture, grows memory, opens what is hostile.
fn use_page(browser: &str) {
    if !tools::have("node") || !tools::have(browser) {
        return;
    }
    let web = sources().join("../hosts/web");
    let found = Command::new("node").args(["-e", "require.resolve('puppeteer-core')"]).current_dir(web).output();
    if !found.unwrap().status.success() {
        return tools::skip("puppeteer-core is not installed: `npm ci` in examples/hosts/web");
    }
    script("browser.mjs", &[Path::new(browser), &published().0]);
}

#[test]
fn page_serves_a_person_in_chromium() {
    use_page("chromium");
}

#[test]
fn page_serves_a_person_in_firefox() {
    use_page("firefox-esr");
}
