//! The hosts of the tour: each prints `examples/hosts/expected.txt`, and each refuses a module that lies.

#[path = "../examples/hosts/rust/guest.rs"]
mod guest;
#[path = "common/tools.rs"]
mod tools;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use tools::{have, have_python_module, run, skip};
use wasmparser::{ExternalKind, Parser, Payload, TypeRef};

fn hosts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/hosts")
}

fn expected() -> String {
    fs::read_to_string(hosts().join("expected.txt")).unwrap()
}

/// The tour's module, built once.
fn tour() -> &'static Path {
    static TOUR: OnceLock<PathBuf> = OnceLock::new();
    TOUR.get_or_init(|| guest::build("tour", &[]).unwrap_or_else(|error| panic!("{error}")).join("tour.wasm"))
}

/// A folder of a test's own, empty.
fn scratch(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hosts").join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).unwrap();
    dir
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

// The programs.

fn rust(args: &[&Path]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--example", "tour", "--"]).args(args).current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn node(module: &Path) -> Command {
    let mut command = Command::new("node");
    command.arg(hosts().join("node/main.mjs")).arg(module);
    command
}

fn python(module: &Path) -> Command {
    let mut command = Command::new("python3");
    command.arg("-B").arg(hosts().join("python/main.py")).arg(module);
    command
}

/// Builds the C host for a module in a folder of its own.
fn c(module: &Path, name: &str) -> Command {
    let dir = scratch(name);
    // Warnings need some optimisation, and are wanted once.
    let flags = if module == tour() { "-O1 -Werror" } else { "-O0" };
    let build = Command::new(hosts().join("c/build.sh")).arg(module).arg(&dir).env("CFLAGS", flags).output().unwrap();
    assert!(build.status.success() && build.stderr.is_empty(), "{}", text(&build.stderr));
    let mut command = Command::new(dir.join("tour"));
    command.arg(hosts().join("picture.bmp"));
    command
}

fn have_c() -> bool {
    have("wasm2c") && have("cc")
}

// What they print.

#[test]
fn rust_host_builds_the_guest_and_prints_the_expected_text() {
    assert_eq!(run(&mut rust(&[])), expected());
    assert_eq!(run(&mut rust(&[tour()])), expected());
}

#[test]
fn rust_host_explains_its_arguments() {
    let help = run(&mut rust(&["--help".as_ref()]));
    assert!(help.contains("Usage: cargo run --example tour [-- MODULE]"), "{help}");
    for args in [&["--nothing".as_ref()][..], &[tour(), tour()]] {
        let error = failure(&mut rust(args));
        assert!(error.contains("error: unknown arguments: ") && error.contains("Usage: "), "{error}");
    }
}

#[test]
fn node_host_prints_the_expected_text() {
    if have("node") {
        assert_eq!(run(&mut node(tour())), expected());
        let error = failure(&mut node("nowhere.wasm".as_ref()));
        assert!(error.contains("To build the module: cargo run --example tour"), "{error}");
    }
}

#[test]
fn python_host_prints_the_expected_text() {
    if have_python_module("wasmtime") {
        assert_eq!(run(&mut python(tour())), expected());
        let error = failure(&mut python("nowhere.wasm".as_ref()));
        assert!(error.contains("To build the module: cargo run --example tour"), "{error}");
    }
}

#[test]
fn python_host_says_how_to_install_wasmtime() {
    if have("python3") {
        // Without the folder of installed packages.
        let error = failure(Command::new("python3").args(["-B", "-S"]).arg(hosts().join("python/main.py")));
        assert!(error.contains("python3 -m pip install wasmtime"), "{error}");
    }
}

#[test]
fn c_host_prints_the_expected_text() {
    if have_c() {
        assert_eq!(run(&mut c(tour(), "c")), expected());
    }
}

#[test]
fn readme_lists_the_steps_of_the_tour() {
    let readme = fs::read_to_string(hosts().join("README.md")).unwrap().replace('`', "");
    let expected = expected();
    let (listed, printed) = (steps(&readme), steps(&expected));
    assert!(!printed.is_empty());
    assert_eq!(listed, printed);
}

/// Lines that begin with a number and a full stop.
fn steps(text: &str) -> Vec<&str> {
    let number = |line: &&str| line.split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
    text.lines().filter(number).collect()
}

// What they free.

/// Runs a host with a guest over an allocator that traps at misuse, and has it tell what is alive before each step and at the
/// end: what a step means to leave to the next one, and the block that the host keeps for itself, if it does.
fn leaves_nothing_behind(kept: Option<&str>, host: impl Fn(&Path) -> Command) {
    let module = guest::build("checked", &[]).unwrap_or_else(|error| panic!("{error}")).join("checked.wasm");
    let printed = run(host(&module).env("TOUR_LEAKS", "1"));
    let (mut alive, mut said, mut looks) = (Vec::new(), String::new(), 0);
    for line in printed.lines().chain(["end"]) {
        if let Some(block) = line.strip_prefix("    alive: ") {
            alive.push(block);
            continue;
        }
        if line == "end" || !steps(line).is_empty() {
            if let Some(block) = alive.iter().position(|block| Some(*block) == kept) {
                alive.remove(block);
            }
            alive.sort_unstable();
            // The array, the room in it, and the names of the three points.
            let points =
                ["12 bytes, align 4", "4 bytes, align 1", "48 bytes, align 4", "6 bytes, align 1", "9 bytes, align 1"];
            let meant = if line.starts_with("7. ") { &points[..] } else { &[] };
            assert_eq!(alive, meant, "before {line}");
            looks += 1;
        }
        assert!(alive.is_empty() || !steps(line).is_empty(), "{line}");
        alive.clear();
        if line != "end" {
            said += &format!("{line}\n");
        }
    }
    assert_eq!((said, looks), (expected(), 13));
    // A module that does not know what is alive is refused, rather than found without leaks.
    let error = failure(host(tour()).env("TOUR_LEAKS", "1"));
    assert!(error.contains("error: TOUR_LEAKS is for checked modules"), "{error}");
}

#[test]
fn rust_host_leaves_nothing_behind() {
    leaves_nothing_behind(None, |module| rust(&[module]));
}

#[test]
fn node_host_leaves_nothing_behind() {
    if have("node") {
        leaves_nothing_behind(None, node);
    }
}

#[test]
fn python_host_leaves_nothing_behind_but_its_block_for_arguments() {
    if have_python_module("wasmtime") {
        leaves_nothing_behind(Some("4096 bytes, align 8"), python);
    }
}

#[test]
fn c_host_leaves_nothing_behind() {
    if have_c() {
        leaves_nothing_behind(None, |module| c(module, "c_leaves"));
    }
}

// Modules that lie.

/// What a lie does to the tour's module, and what every host says to it.
struct Lie {
    export: &'static str,
    /// Instructions that replace those of the export.
    code: Vec<u8>,
    error: &'static str,
}

fn lies() -> Vec<Lie> {
    const UNREACHABLE: u8 = 0x00;
    const CALL: u8 = 0x10;
    const LOCAL_GET: u8 = 0x20;
    const STORE: [u8; 2] = [0x36, 2];
    /// Memory has 17 pages at the start, and its lowest is the far end of the stack, all zeros.
    const END: u32 = 17 << 16;
    const FREE: u32 = 0x100;
    let constant = i32_const;
    let store = |addr, value| [constant(addr), constant(value), [&STORE[..], &[0]].concat()].concat();
    let on_point = imported(&fs::read(tour()).unwrap(), "on_point");
    let point = |name| [store(FREE + 8, name), constant(FREE)].concat();
    // The buffer's `cap` changes when `points_len` is called.
    let cap = |cap| [&[LOCAL_GET, 0][..], &constant(cap), &STORE, &[8], &constant(3)].concat();
    [
        ("simple_arr", constant(0xFFFF_FFF0), "OutOfBounds"),
        ("simple_arr", constant(0x0010_0002), "Misaligned"),
        ("simple_arr", vec![UNREACHABLE], "nreachable|trapped"),
        ("static_arr", constant(0), "Null"),
        ("get_point", constant(END - 8), "OutOfBounds"),
        ("get_point", point(0), "Null"),
        ("get_point", point(END), "OutOfBounds"),
        ("get_point", point(u32::MAX), "OutOfBounds"),
        ("get_point", [store(4, 0xFF), point(4)].concat(), "NotUtf8"),
        ("alloc", constant(0xFFFF_FFF0), "OutOfBounds"),
        ("alloc", constant(0), "OutOfMemory|the guest has no"),
        ("realloc", constant(0), "OutOfMemory|Null|the guest has no"),
        ("points_new", constant(0), "OutOfMemory|Null|None|the guest has no"),
        ("points_len", cap(2), "TooLong"),
        ("points_len", cap(0x7FFF_FFFF), "TooLong"),
        ("for_each_point", [&[LOCAL_GET, 1][..], &constant(0xFFFF_FFF0), &[CALL, on_point]].concat(), "OutOfBounds"),
        ("inverse_img", constant(4), "OutOfBounds"),
        ("square_fn", constant(0), "Op|square_fn"),
        ("square_fn", constant(u32::MAX), "Op|square_fn"),
    ]
    .map(|(export, code, error)| Lie { export, code, error })
    .into()
}

/// `i32.const value`, in signed LEB128.
fn i32_const(value: u32) -> Vec<u8> {
    let mut code = vec![0x41];
    let mut rest = value as i32;
    loop {
        let byte = (rest & 0x7F) as u8;
        rest >>= 7;
        if (rest == 0 && byte & 0x40 == 0) || (rest == -1 && byte & 0x40 != 0) {
            code.push(byte);
            return code;
        }
        code.push(byte | 0x80);
    }
}

/// Index of an imported function.
fn imported(module: &[u8], name: &str) -> u8 {
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::ImportSection(imports) = payload.unwrap() {
            return imports.into_imports().position(|import| import.unwrap().name == name).unwrap() as u8;
        }
    }
    panic!("{name} is not imported");
}

/// Writes the tour's module with the code of one export replaced. Its other sections and functions stay as they are.
fn write_lie(lie: &Lie, path: &Path) {
    let mut module = fs::read(tour()).unwrap();
    let (mut imports, mut index, mut bodies) = (0, None, Vec::new());
    for payload in Parser::new(0).parse_all(&module) {
        match payload.unwrap() {
            Payload::ImportSection(section) => {
                let is_func = |import: &wasmparser::Import| matches!(import.ty, TypeRef::Func(_));
                imports = section.into_imports().filter(|import| is_func(import.as_ref().unwrap())).count();
            }
            Payload::ExportSection(section) => {
                let mut exports = section.into_iter().map(Result::unwrap);
                let found = exports.find(|export| export.kind == ExternalKind::Func && export.name == lie.export);
                index = found.map(|export| export.index as usize);
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.range().start as usize..body.range().end as usize),
            _ => {}
        }
    }
    let body = &mut module[bodies[index.unwrap() - imports].clone()];
    // No locals, the instructions, `nop` to keep the body's size, `end`.
    let (last, rest) = body.split_last_mut().unwrap();
    rest.fill(0x01);
    rest[0] = 0x00;
    rest[1..=lie.code.len()].copy_from_slice(&lie.code);
    *last = 0x0B;
    fs::write(path, module).unwrap();
}

/// Runs a host with each lie: it fails by itself, says why, and has printed nothing but what is true.
fn refuses_lies(name: &str, host: impl Fn(&Path) -> Command) {
    let dir = scratch(&format!("lies_{name}"));
    for (index, lie) in lies().iter().enumerate() {
        let module = dir.join(format!("{index}.wasm"));
        write_lie(lie, &module);
        let mut command = host(&module);
        let output = command.output().unwrap();
        let (printed, error) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(1), "{name}, {}: {error}", lie.error);
        let said = lie.error.split('|').any(|words| error.contains(words));
        assert!(error.contains("error: ") && said, "{name}, {}: {error}", lie.error);
        assert!(!error.contains("panicked") && !error.contains("Traceback"), "{name}: {error}");
        assert!(expected().starts_with(&printed) && printed.starts_with("1. "), "{name}, {}: {printed}", lie.error);
    }
}

#[test]
fn rust_host_refuses_lies() {
    refuses_lies("rust", |module| rust(&[module]));
}

#[test]
fn node_host_refuses_lies() {
    if have("node") {
        refuses_lies("node", node);
    }
}

#[test]
fn python_host_refuses_lies() {
    if have_python_module("wasmtime") {
        refuses_lies("python", python);
    }
}

#[test]
fn c_host_refuses_lies() {
    if have_c() {
        refuses_lies("c", |module| c(module, "c_lie"));
    }
}

/// Runs a command that has to fail with exit status 1, and returns its standard error.
fn failure(command: &mut Command) -> String {
    let Output { status, stderr, .. } = command.stdin(Stdio::null()).output().unwrap();
    assert_eq!(status.code(), Some(1), "{command:?}: {}", text(&stderr));
    text(&stderr)
}

// The page.

/// The server of the page, over a folder that looks like the repository.
struct Server {
    process: Child,
    /// Host and port.
    authority: String,
}

impl Server {
    fn start(name: &str) -> Self {
        let root = scratch(name);
        for folder in ["", "shared", "web"] {
            let to = root.join("examples/hosts").join(folder);
            fs::create_dir_all(&to).unwrap();
            for entry in fs::read_dir(hosts().join(folder)).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_file() {
                    fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
                }
            }
        }
        let library = root.join("abi/js");
        fs::create_dir_all(&library).unwrap();
        fs::copy(hosts().join("../../abi/js/linmem.js"), library.join("linmem.js")).unwrap();
        let target = root.join("target").join(guest::TARGET).join("release");
        fs::create_dir_all(&target).unwrap();
        fs::copy(tour(), target.join("tour.wasm")).unwrap();
        write_lie(&lies()[0], &root.join("hostile.wasm"));
        fs::write(root.join(".hidden"), "hidden").unwrap();
        fs::write(root.parent().unwrap().join("outside.txt"), "outside").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("../outside.txt", root.join("link.txt")).unwrap();

        let mut command = Command::new("node");
        command.arg(root.join("examples/hosts/web/serve.mjs")).arg("0");
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let authority = line.trim().strip_prefix("http://").and_then(|rest| rest.strip_suffix("/examples/hosts/web/"));
        let authority = authority.unwrap_or_else(|| panic!("serve.mjs printed {line}")).to_owned();
        Self { process, authority }
    }

    /// Status line and headers in lower case, and the body.
    fn get(&self, path: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.authority).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.authority).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
        (text(&answer[..end]).to_lowercase(), answer[end + 4..].to_vec())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn server_gives_files_their_types() {
    if !have("node") {
        return;
    }
    let server = Server::start("server_types");
    let module = format!("/target/{}/release/tour.wasm", guest::TARGET);
    for (path, content_type) in [
        ("/examples/hosts/web/", "text/html; charset=utf-8"),
        ("/examples/hosts/web/main.mjs", "text/javascript; charset=utf-8"),
        ("/examples/hosts/picture.bmp", "image/bmp"),
        (module.as_str(), "application/wasm"),
    ] {
        let (head, body) = server.get(path);
        assert!(head.starts_with("http/1.1 200 "), "{path}: {head}");
        assert!(head.contains(&format!("\r\ncontent-type: {content_type}\r\n")), "{path}: {head}");
        assert!(head.contains(&format!("\r\ncontent-length: {}\r\n", body.len())), "{path}: {head}");
    }
    assert_eq!(server.get(&module).1, fs::read(tour()).unwrap());
    let (head, _) = server.get("/examples/hosts/web");
    assert!(head.starts_with("http/1.1 301 ") && head.contains("\r\nlocation: /examples/hosts/web/\r\n"), "{head}");
}

#[test]
fn server_gives_nothing_from_outside_its_root() {
    if !have("node") {
        return;
    }
    let server = Server::start("server_root");
    for path in [
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/%2e%2e%2foutside.txt",
        "/examples/..%2f..%2foutside.txt",
        "/..%5coutside.txt",
        "//../outside.txt",
        "/link.txt",
        "/.hidden",
        "/nowhere",
        "/%",
        "/%00",
    ] {
        let (head, body) = server.get(path);
        assert!(head.starts_with("http/1.1 404 "), "{path}: {head}");
        assert_eq!(text(&body), "There is no such file.\n", "{path}");
    }
}

#[test]
fn page_prints_the_expected_text_and_draws_the_picture() {
    let chromium = std::env::var("CHROME").unwrap_or_else(|_| "chromium".to_owned());
    if !have("node") || !have(&chromium) {
        return;
    }
    let web = hosts().join("web");
    let found = Command::new("node").args(["-e", "require.resolve('puppeteer-core')"]).current_dir(&web).output();
    if !found.unwrap().status.success() {
        return skip("puppeteer-core is not installed: `npm ci` in examples/hosts/web");
    }
    let server = Server::start("page");
    let url = format!("http://{}/examples/hosts/web/", server.authority);
    run(Command::new("node").arg(web.join("check.mjs")).arg(url).arg(hosts().join("expected.txt")));
}
