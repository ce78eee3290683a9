//! Programs that a test needs beside cargo.

use std::env;
use std::process::{Command, Stdio};

/// Whether `program --version` runs. If it does not, the test is skipped on a laptop, with a word on standard error,
/// and fails in CI, where everything is installed.
#[must_use]
pub fn have(program: &str) -> bool {
    let found = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .is_ok_and(|output| output.status.success());
    if !found {
        skip(&format!("`{program}` is not installed"));
    }
    found
}

/// Says that a test is skipped.
///
/// # Panics
///
/// In CI (`CI` is set in the environment): there nothing is skipped.
pub fn skip(why: &str) {
    assert!(env::var_os("CI").is_none(), "{why}, and CI skips nothing: see .ci/run");
    eprintln!("SKIPPED: {why}");
}

/// Runs a command and returns what it printed.
///
/// # Panics
///
/// With all that it printed, if it fails.
pub fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}
