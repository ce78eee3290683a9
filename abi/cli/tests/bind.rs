//! The code that `bind` writes: it is what it was (`tests/bind`, blessed by `BLESS=1`), compilers take it without a
//! warning, and it does what it says when it runs on the guest.

mod common;
#[path = "../../../tests/common/tools.rs"]
mod tools;
#[path = "common/wasm2c.rs"]
mod wasm2c;

use common::{assert_same, blessing, build, folder, here, linmem, words};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use tools::{have, have_by, run};
use wasm2c::Translated;

fn bind(folder: &Path, lang: &str, module: &str, output: &str) -> String {
    let output = linmem(folder, &words(&format!("bind --lang {lang} {module} -o {output}")));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Binds the records of `hostile.abi`, for the guests that the tests make up.
fn bind_hostile(folder: &Path, lang: &str, output: &str) {
    fs::copy(here().join("tests/bind/hostile.abi"), folder.join("hostile.abi")).unwrap();
    bind(folder, lang, "hostile.abi", output);
}

/// Compares a file with the one of its name in `tests/bind`.
fn same(folder: &Path, file: &str) {
    let (found, path) = (fs::read_to_string(folder.join(file)).unwrap(), here().join("tests/bind").join(file));
    if blessing() {
        fs::write(path, found).unwrap();
    } else {
        assert_same(&fs::read_to_string(&path).unwrap(), &found, file);
    }
}

/// The folders of the headers that bindings include.
fn includes() -> [String; 2] {
    ["..", "../c"].map(|folder| format!("-I{}", here().join(folder).display()))
}

#[test]
fn c_and_cpp_compilers_take_the_header() {
    let folder = folder("bind-c");
    bind(&folder, "c", "records.wasm", "records_linmem.h");
    bind(&folder, "c", "names.abi", "names_linmem.h");
    same(&folder, "records_linmem.h");
    same(&folder, "names_linmem.h");
    for (compiler, args) in [
        ("gcc", ["-std=c11", "-xc"]),
        ("gcc", ["-std=c23", "-xc"]),
        ("g++", ["-std=c++11", "-xc++"]),
        ("g++", ["-std=c++20", "-xc++"]),
    ] {
        if !have(compiler) {
            return;
        }
        for header in ["records_linmem.h", "names_linmem.h"] {
            // Debian 12's gcc calls it c2x.
            let standard = if args[0] == "-std=c23" { "-std=c2x" } else { args[0] };
            let mut command = Command::new(compiler);
            command.args([standard, args[1], "-Wall", "-Wextra", "-Werror", "-fsyntax-only"]).args(includes());
            run(command.arg(header).current_dir(&folder));
        }
    }
}

/// The header that the tour's host in C has is the one of its guest.
#[test]
fn tour_has_the_header_of_its_guest() {
    let folder = folder("tour_header");
    fs::write(folder.join("tour.wasm"), build("tour")).unwrap();
    bind(&folder, "c", "tour.wasm", "tour_linmem.h");
    let (found, path) = (folder.join("tour_linmem.h"), here().join("../../examples/hosts/c/tour_linmem.h"));
    let found = fs::read_to_string(found).unwrap();
    if blessing() {
        fs::write(path, found).unwrap();
    } else {
        assert_same(&fs::read_to_string(path).unwrap(), &found, "tour_linmem.h");
    }
}

#[test]
fn c_header_runs_the_guest_over_wasm2c() {
    if !have("wasm2c") || !have("gcc") {
        return;
    }
    let folder = folder("bind-wasm2c");
    bind(&folder, "c", "records.wasm", "records_linmem.h");
    let translated = Translated::new(&folder, "records");
    let host = here().join("tests/bind/use.c");
    run(translated.gcc(&["-Wall", "-Wextra", "-Werror", "-c"]).arg(host).args(["-o", "use.o"]));
    let program = translated.link(&["use.o"], "use");
    fs::write(folder.join("use.txt"), run(&mut Command::new(program))).unwrap();
    same(&folder, "use.txt");
}

/// A module that counts the calls of its `_initialize`, or whose start function traps.
const STARTS: &str = r#"(module
  (memory (export "memory") 1)
  (table (export "__indirect_function_table") 1 funcref)
  (global $started (mut i32) (i32.const 0))
  (func (export "alloc") (param i32 i32) (result i32) (i32.const 0))
  (func (export "free") (param i32 i32 i32))
  (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
  (func (export "started") (result i32) (global.get $started))
  (func (export "_initialize") (global.set $started (i32.add (global.get $started) (i32.const 1))))
  (func $trap unreachable)
  (;start;)
  (@custom "linmem.abi" "abi 1 wasm32\nfn started -> u32\n"))"#;

const CALLS_START: &str = r#"
#include "starts.h"
#include "wasm-rt-impl.h"
#define STARTS_WASM2C
#include "starts_linmem.h"

int main(void)
{
    static starts_engine engine;
    uint32_t started = 0;
    starts_engine_init(&engine);
    wasm_rt_init();
#ifdef LM_WABT_OLD
    Z_starts_init_module();
#endif
    STARTS_W2C(Z_starts_instantiate, wasm2c_starts_instantiate)(&engine.instance);
    if (starts_engine_start(&engine) != LM_OK || starts_started(&engine.guest, &started) != LM_OK) {
        return 1;
    }
    return started == 1 ? 0 : 2;
}
"#;

const FINDS_START: &str = r#"
#include "linmem_engine.h"
#include <stddef.h>

static int host(void *user, uint32_t number, uint64_t *values, uint32_t count)
{
    (void)user, (void)number, (void)values, (void)count;
    return 1;
}

int main(void)
{
    uint64_t values[1] = {0};
    lm_engine *const engine = lm_engine_new(host, NULL);
    if (engine == NULL) {
        return 3;
    }
    const int32_t start = lm_engine_find("_initialize");
    if (start < 0 || lm_engine_call(engine, start, values) != LM_ENGINE_OK ||
        lm_engine_call(engine, lm_engine_find("started"), values) != LM_ENGINE_OK) {
        return 1;
    }
    lm_engine_delete(engine);
    return values[0] == 1 ? 0 : 2;
}
"#;

/// Over wasm2c `_initialize` can be called, and nothing stays of an instance whose start function traps.
#[test]
fn engines_of_wasm2c_call_what_a_module_begins_with() {
    if !have("wasm2c") || !have("gcc") {
        return;
    }
    for traps in [false, true] {
        let folder = folder(if traps { "bind-start-traps" } else { "bind-start" });
        let module = STARTS.replace("(;start;)", if traps { "(start $trap)" } else { "" });
        fs::write(folder.join("starts.wasm"), wat::parse_str(module).unwrap()).unwrap();
        bind(&folder, "c", "starts.wasm", "starts_linmem.h");
        bind(&folder, "go", "starts.wasm --wasm2c engine.c", "starts.go");
        let translated = Translated::new(&folder, "starts");
        let compile = |args: &[&str], file: &str| run(translated.gcc(args).args(["-c", file]));
        fs::write(folder.join("finds.c"), FINDS_START).unwrap();
        let link = ["-DWASM_RT_MEMCHECK_SIGNAL_HANDLER=0", "-fsanitize=address", "finds.c", "engine.c", "starts.c"];
        run(translated.gcc(&link).args(translated.runtime()).args(["-w", "-lm", "-o", "finds"]));
        let status = Command::new(folder.join("finds")).status().unwrap();
        assert_eq!(status.code(), Some(if traps { 3 } else { 0 }), "what stays is a leak, which is another status");
        if !traps {
            fs::write(folder.join("calls.c"), CALLS_START).unwrap();
            compile(&["-Wall", "-Wextra", "-Werror"], "calls.c");
            run(&mut Command::new(translated.link(&["calls.o"], "calls")));
            // The records do not say what is exported: what is written from them alone does without.
            fs::write(folder.join("starts.abi"), "abi 1 wasm32\nfn started -> u32\n").unwrap();
            bind(&folder, "c", "starts.abi", "records_alone.h");
            assert!(!fs::read_to_string(folder.join("records_alone.h")).unwrap().contains("engine_start"));
        }
    }
}

/// A program that needs no module, and the one that the README shows.
#[test]
fn c_header_runs_over_any_engine() {
    if !have("gcc") {
        return;
    }
    let folder = folder("bind-other");
    fs::copy(here().join("tests/bind/other.abi"), folder.join("other.abi")).unwrap();
    bind(&folder, "c", "other.abi", "other_linmem.h");
    let gcc = |args: &[&str]| {
        let mut command = Command::new("gcc");
        command.args(["-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Wsign-conversion", "-Werror", "-I."]);
        run(command.args(includes()).args(args).current_dir(&folder));
    };
    let program = here().join("tests/bind/other.c");
    gcc(&["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", program.to_str().unwrap(), "-o", "other"]);
    assert_eq!(run(&mut Command::new(folder.join("other"))), "ok\n");

    let readme = fs::read_to_string(here().join("../c/README.md")).unwrap();
    let example = readme.split("```c\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    fs::write(folder.join("example.c"), example).unwrap();
    fs::copy(here().join("../../examples/hosts/c/tour_linmem.h"), folder.join("tour_linmem.h")).unwrap();
    gcc(&["-Wno-unused-function", "-fsyntax-only", "example.c"]);
}

/// wasm2c gives a module the names that it gives the modules that it imports from.
#[test]
fn c_header_says_that_a_module_is_named_as_one_that_it_imports_from() {
    let folder = folder("bind-clash");
    fs::copy(folder.join("names.abi"), folder.join("env.abi")).unwrap();
    let clash = "#error \"the module imports from `env`: it needs another name\"";
    for (module, clashes) in [("env.abi", true), ("names.abi", false)] {
        bind(&folder, "c", module, "clash.h");
        assert_eq!(fs::read_to_string(folder.join("clash.h")).unwrap().contains(clash), clashes);
    }
}

/// Half a billion fields, by 29 records: what is asked of a type is found once.
#[test]
fn c_header_is_written_for_types_that_contain_one_another_many_times_over() {
    let folder = folder("bind-deep");
    let mut records = "abi 1 wasm32\nstruct S0 1 1 a:0:u8\n".to_owned();
    for depth in 1..30 {
        let half = 1 << (depth - 1);
        let of = depth - 1;
        writeln!(records, "struct S{depth} {} 1 a:0:S{of} b:{half}:S{of}", 2 * half).unwrap();
    }
    fs::write(folder.join("deep.abi"), records).unwrap();
    bind(&folder, "c", "deep.abi", "deep.h");
    assert!(fs::read_to_string(folder.join("deep.h")).unwrap().contains("LM_ASSERT_FIELD(deep_S29, b, 268435456)"));
}

#[test]
fn go_takes_the_bindings_in_the_form_of_gofmt() {
    let folder = folder("bind-go");
    for (module, package) in [("records.wasm", "records"), ("names.abi", "names")] {
        fs::create_dir(folder.join(package)).unwrap();
        let file = format!("{package}.go");
        bind(&folder, "go", module, &file);
        same(&folder, &file);
        fs::rename(folder.join(&file), folder.join(package).join(&file)).unwrap();
    }
    if !have_by("go", "version") {
        return;
    }
    // Names of every kind that is taken, which no compiler is to stumble over.
    fs::create_dir(folder.join("taken")).unwrap();
    bind(&folder, "go", "taken.abi", "taken/taken.go");
    let engine = here().join("../go/wasm2c.go");
    fs::create_dir(folder.join("hostile")).unwrap();
    bind_hostile(&folder, "go", "hostile/hostile.go");
    for file in ["use.go", "guests.go"] {
        fs::copy(here().join("tests/bind").join(file), folder.join(file)).unwrap();
    }
    fs::write(folder.join("go.mod"), "module use\n\ngo 1.18\n").unwrap();
    let unformatted = run(Command::new("gofmt")
        .args(["-l", "records", "names", "taken", "hostile", "use.go", "guests.go"])
        .arg(engine)
        .current_dir(&folder));
    assert_eq!(unformatted, "");
    let example = readme_example(&folder, "go", "tour/tour.go");
    let (imports, parameters) = ("import \"use/tour\"", "imports tour.Imports, guest tour.Guest, wasm []byte");
    let function = format!("func Use({parameters}) error {{\n{example}\n_, _ = name, mean\nreturn err\n}}\n");
    fs::create_dir(folder.join("example")).unwrap();
    fs::write(folder.join("example/example.go"), format!("package example\n\n{imports}\n\n{function}")).unwrap();
    let output = linmem(&folder, &words("sidecar records.wasm -o records.abi"));
    assert!(output.status.success());
    let cache = folder.with_file_name("go-cache");
    let go = |args: &[&str]| run(Command::new("go").args(args).current_dir(&folder).env("GOCACHE", &cache));
    go(&["vet", "./..."]);
    assert_eq!(go(&["run", ".", "records.abi"]), "used\n");
}

/// The first example of a README in `abi`, and the bindings of the tour that it uses.
fn readme_example(folder: &Path, lang: &str, output: &str) -> String {
    fs::write(folder.join("tour.wasm"), build("tour")).unwrap();
    fs::create_dir(folder.join("tour")).unwrap();
    bind(folder, lang, "tour.wasm", output);
    let readme = fs::read_to_string(here().join("..").join(lang).join("README.md")).unwrap();
    let example = readme.split(&format!("```{lang}\n")).nth(1).and_then(|rest| rest.split("```").next());
    example.expect("the README has an example").to_owned()
}

#[test]
fn javac_takes_the_bindings_without_a_warning() {
    let folder = folder("bind-java");
    for (module, class) in [("records.wasm", "Records"), ("names.abi", "Names")] {
        let package = folder.join(class.to_lowercase());
        fs::create_dir(&package).unwrap();
        let file = format!("{class}.java");
        bind(&folder, "java", module, &file);
        same(&folder, &file);
        fs::rename(folder.join(&file), package.join(&file)).unwrap();
    }
    if !have("javac") {
        return;
    }
    fs::create_dir(folder.join("taken")).unwrap();
    bind(&folder, "java", "taken.abi", "taken/Taken.java");
    fs::create_dir(folder.join("hostile")).unwrap();
    bind_hostile(&folder, "java", "hostile/Hostile.java");
    for file in ["Use.java", "Guests.java"] {
        fs::copy(here().join("tests/bind").join(file), folder.join(file)).unwrap();
    }
    let example = readme_example(&folder, "java", "tour/Tour.java").replace("\n", "\n        ");
    let parameters = "Tour.Imports imports, Tour.Engine engine, byte[] wasm";
    let class = format!("class Example {{\n    static void use({parameters}) {{\n        {example}\n    }}\n}}\n");
    fs::write(folder.join("Example.java"), format!("import tour.Tour;\n\n{class}")).unwrap();
    let output = linmem(&folder, &words("sidecar records.wasm -o records.abi"));
    assert!(output.status.success());
    let mut javac = Command::new("javac");
    javac.args(["-Xlint:all", "-Werror", "-Xdoclint:all,-missing", "-d", "classes"]);
    run(javac
        .args([
            "records/Records.java",
            "names/Names.java",
            "taken/Taken.java",
            "hostile/Hostile.java",
            "Use.java",
            "Guests.java",
            "tour/Tour.java",
            "Example.java",
        ])
        .current_dir(&folder));
    let mut java = Command::new("java");
    assert_eq!(run(java.args(["-cp", "classes", "Use", "records.abi"]).current_dir(&folder)), "used\n");
}

#[test]
fn java_has_no_room_for_more_parameters_than_its_methods_take() {
    let folder = folder("bind-java-wide");
    let fields = |count: u32| (0..count).map(|at| format!(" f{at}:{}:i64", at * 8)).collect::<String>();
    for (count, fits) in [(125, true), (126, false)] {
        let records = format!("abi 1 wasm32\nstruct Wide {} 8{}\nfn f x:*Wide\n", count * 8, fields(count));
        fs::write(folder.join("wide.abi"), records).unwrap();
        let output = linmem(&folder, &words("bind --lang java wide.abi -o Wide.java"));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.success(), said.contains("the struct `Wide` has more members")),
            (fits, !fits),
            "{said}"
        );
    }
}

#[test]
fn mypy_takes_the_stub() {
    let folder = folder("bind-python");
    bind(&folder, "python", "records.wasm", "records.pyi");
    bind(&folder, "python", "names.abi", "names.pyi");
    same(&folder, "records.pyi");
    same(&folder, "names.pyi");
    let library = here().join("../python");
    if !have("mypy") {
        return;
    }
    fs::copy(here().join("tests/bind/use.py"), folder.join("use.py")).unwrap();
    let mut mypy = Command::new("mypy");
    mypy.args(["--strict", "use.py", "records.pyi", "names.pyi"]).env("MYPYPATH", &library).current_dir(&folder);
    run(&mut mypy);
    run(Command::new("python3").arg("use.py").env("PYTHONPATH", &library).current_dir(&folder));
}

#[test]
fn typescript_takes_the_declarations() {
    let folder = folder("bind-ts");
    bind(&folder, "ts", "records.wasm", "records.d.ts");
    bind(&folder, "ts", "names.abi", "names.d.ts");
    same(&folder, "records.d.ts");
    same(&folder, "names.d.ts");
    if !have("tsc") {
        return;
    }
    let check = |folder: &Path, library: &Path| {
        for file in ["package.json", "linmem.d.ts", "linmem.js"] {
            fs::copy(here().join("../js").join(file), library.join(file)).unwrap();
        }
        fs::write(folder.join("package.json"), r#"{"type": "module"}"#).unwrap();
        let mut tsc = Command::new("tsc");
        tsc.args(["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023"]);
        tsc.args(["--lib", "es2023,dom,esnext.disposable", "use.ts", "names.d.ts"]).current_dir(folder);
        run(&mut tsc);
    };
    let program = fs::read_to_string(here().join("tests/bind/use.ts")).unwrap();
    fs::write(folder.join("use.ts"), &program).unwrap();
    let package = folder.join("node_modules/linmem");
    fs::create_dir_all(&package).unwrap();
    check(&folder, &package);
    // Whoever copied the library has it beside the declarations.
    let copied = folder.join("copied");
    fs::create_dir(&copied).unwrap();
    bind(&folder, "ts", "records.wasm --import ./linmem.js", "copied/records.d.ts");
    bind(&folder, "ts", "names.abi --import ./linmem.js", "copied/names.d.ts");
    assert!(program.contains("from 'linmem'"));
    fs::write(copied.join("use.ts"), program.replace("from 'linmem'", "from './linmem.js'")).unwrap();
    fs::remove_dir_all(&package).unwrap();
    check(&copied, &copied);
}
