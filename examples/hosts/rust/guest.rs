//! Builds a guest of this workspace, so that one cargo command is enough to run it.

use std::env;
use std::path::{self, Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

pub const TARGET: &str = "wasm32-unknown-unknown";
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Builds `package` in the guests' profile, after adding the target through rustup if it is missing, and returns the
/// folder with the modules.
///
/// `args` go to `cargo build` after the package.
///
/// # Errors
///
/// A text for people: what is missing and how to install it, or the compiler's own errors.
pub fn build(package: &str, args: &[&str]) -> Result<PathBuf, String> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    add_target(TARGET)?;
    let target_dir = target_dir()?;
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--quiet", "--release", "--target", TARGET, "--package", package]).args(args);
    command.arg("--target-dir").arg(&target_dir).current_dir(ROOT);
    run(&mut command)?;
    Ok(target_dir.join(TARGET).join("release"))
}

/// The folder for all that cargo makes.
///
/// # Errors
///
/// A text for people, if the environment names none that there can be.
pub fn target_dir() -> Result<PathBuf, String> {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => path::absolute(dir).map_err(|error| format!("CARGO_TARGET_DIR: {error}")),
        None => Ok(Path::new(ROOT).join("target")),
    }
}

/// Adds a target through rustup, if the toolchain in use does not have it.
///
/// # Errors
///
/// A text for people, if that fails.
pub fn add_target(target: &str) -> Result<(), String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = run(Command::new(rustc).args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(target).join("lib").exists() {
        return Ok(());
    }
    eprintln!("rustc has no {target}: running `rustup target add {target}`");
    run(Command::new("rustup").args(["target", "add", target])).map(drop).map_err(|error| {
        format!("{error}\nrustc cannot compile for {target}: install rustup, or your system's package for that target")
    })
}

/// Runs a command to its end and returns what it printed.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(format!("{command:?}: {}\n{}{}", output.status, text(&output.stdout), text(&output.stderr)))
    }
}
