//! Other programs: where they are, and running them.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Runs a command to its end and returns what it printed, or all that it said if it failed.
pub fn run(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(format!("{command:?}: {}\n{}{}", output.status, text(&output.stdout), text(&output.stderr)))
    }
}

/// The first of these programs that is in PATH.
pub fn in_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

/// `wasm-opt` from the environment variable WASM_OPT or from PATH.
pub fn wasm_opt() -> Option<PathBuf> {
    match env::var_os("WASM_OPT") {
        Some(path) => Some(PathBuf::from(path)),
        None => in_path(&["wasm-opt"]),
    }
}

/// What a program says of its version, in one line.
pub fn version(program: &Path) -> String {
    let text = run(Command::new(program).arg("--version")).unwrap_or_default();
    text.lines().next().unwrap_or("of unknown version").trim().to_owned()
}
