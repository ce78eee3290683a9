//! What the program `linmem` does, for itself and for who feeds it arbitrary bytes: see `fuzz/fuzz_targets/tool.rs`.

mod args;
mod bind;
mod call;
mod check;
mod diff;
mod draw;
mod input;
mod show;
mod sidecar;
mod size;
mod table;
mod text;
mod wasm;

pub use args::{Cli, numbers};
pub use table::error;

use args::Command;
use clap::CommandFactory;
use serde_json::json;

/// What a command found out, in both forms.
pub struct Report {
    /// For people.
    pub text: String,
    /// For programs.
    pub json: serde_json::Value,
    /// Whether it is bad news: exit status 1.
    pub bad: bool,
}

/// Why there is no report: wrong arguments or unreadable input, with the name of the file. Exit status 2.
pub type Result<T> = std::result::Result<T, String>;

/// Runs a command. It prints nothing.
///
/// # Errors
///
/// Why there is no report.
pub fn run(cli: &Cli) -> Result<Report> {
    match &cli.command {
        Command::Show(args) => show::run(args),
        Command::Check(args) => check::run(args),
        Command::Diff(args) => diff::run(args),
        Command::Bind(args) => bind::run(args),
        Command::Call(args) => call::run(args),
        Command::Size(args) => size::run(args),
        Command::Sidecar(args) => sidecar::run(args),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "linmem", &mut script);
            let text = String::from_utf8(script).map_err(|error| error.to_string())?;
            Ok(Report { json: json!({"script": text}), text, bad: false })
        }
    }
}
