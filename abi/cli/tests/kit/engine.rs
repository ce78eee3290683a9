//! The C of wasm2c as it is compiled for Go and Java, beside the functions by which they call it.

use crate::common::{build, here, linmem, words};
use crate::tools::run;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// How the C of wasm2c is compiled for programs that have signal handlers of their own. Names are those up to wabt 1.0.32.
pub const WASM2C_FLAGS: [&str; 6] = [
    "-O1",
    "-w",
    "-DLM_WABT_OLD",
    "-DWASM_RT_MEMCHECK_SIGNAL_HANDLER=0",
    "-fno-optimize-sibling-calls",
    "-frounding-math",
];

/// A folder with the kit's guest, bindings for it, and the C of wasm2c beside the engine that goes with them.
pub fn folder(name: &str, lang: &str, bindings: &str, engine: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    for file in [bindings, engine] {
        fs::create_dir_all(folder.join(file).parent().unwrap()).unwrap();
    }
    fs::write(folder.join("guest.wasm"), build("kit")).unwrap();
    let args = format!("bind --lang {lang} guest.wasm -o {bindings} --wasm2c {engine}");
    let output = linmem(&folder, &words(&args));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let beside = folder.join(engine).parent().unwrap().to_owned();
    let c = beside.join("guest.c");
    run(Command::new("wasm2c").args(["guest.wasm", "-n", "guest", "-o"]).arg(c).current_dir(&folder));
    fs::copy(here().join("../c/linmem_engine.h"), beside.join("linmem_engine.h")).unwrap();
    let runtime = PathBuf::from(env::var_os("WASM2C_RUNTIME").unwrap_or_else(|| "/usr/share/wabt/wasm2c".into()));
    for file in ["wasm-rt-impl.c", "wasm-rt-impl.h", "wasm-rt-mem-impl.c", "wasm-rt-exceptions-impl.c"] {
        if runtime.join(file).exists() {
            fs::copy(runtime.join(file), beside.join(file)).unwrap();
        }
    }
    folder
}
