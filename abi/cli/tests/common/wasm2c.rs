//! C made of a module by wasm2c, compiled together with a host.

use crate::tools::run;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// A module as an object file, in a folder.
pub struct Translated {
    folder: PathBuf,
    runtime: PathBuf,
    /// Names are those of wabt up to 1.0.32.
    old: bool,
}

impl Translated {
    /// Translates `NAME.wasm` to `NAME.h` and `module.o`.
    pub fn new(folder: &Path, name: &str) -> Self {
        let [wasm, code] = ["wasm", "c"].map(|extension| format!("{name}.{extension}"));
        run(Command::new("wasm2c").args([&wasm, "-n", name, "-o", &code]).current_dir(folder));
        let runtime = PathBuf::from(env::var_os("WASM2C_RUNTIME").unwrap_or_else(|| "/usr/share/wabt/wasm2c".into()));
        let header = fs::read_to_string(folder.join(name).with_extension("h")).unwrap();
        let old = header.contains(&format!("Z_{name}Z_memory"));
        let translated = Self { folder: folder.into(), runtime, old };
        // An optimising compiler needs these two to keep to what wasm says about endless recursion and NaNs.
        let mut gcc = translated.gcc(&["-fno-optimize-sibling-calls", "-frounding-math"]);
        run(gcc.args(["-c", &code, "-o", "module.o"]));
        translated
    }

    /// The compiler, in the folder, where it finds the headers.
    pub fn gcc(&self, args: &[&str]) -> Command {
        let mut command = Command::new("gcc");
        command.args(["-std=gnu11", "-O1", "-I.", "-isystem"]).arg(&self.runtime).current_dir(&self.folder);
        let abi = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        command.args(["", "c"].map(|folder| format!("-I{}", abi.join(folder).display())));
        command.args(self.old.then_some("-DLM_WABT_OLD")).args(args);
        command
    }

    /// The sources of the runtime: later versions of it consist of several.
    pub fn runtime(&self) -> Vec<PathBuf> {
        let sources = ["wasm-rt-impl.c", "wasm-rt-mem-impl.c", "wasm-rt-exceptions-impl.c"];
        sources.map(|source| self.runtime.join(source)).into_iter().filter(|path| path.exists()).collect()
    }

    /// Links objects and the module into a program.
    pub fn link(&self, args: &[&str], output: &str) -> PathBuf {
        run(self.gcc(args).arg("module.o").args(self.runtime()).args(["-lm", "-o", output]));
        self.folder.join(output)
    }
}
