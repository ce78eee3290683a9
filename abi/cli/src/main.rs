//! `linmem`: shows, calls, checks, compares, measures and binds wasm modules that describe themselves.

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

use args::{Cli, Command};
use clap::{CommandFactory, Parser};
use std::io::{self, Write};
use std::process::ExitCode;

/// What a command found out, in both forms.
struct Report {
    text: String,
    json: serde_json::Value,
    /// Whether it is bad news: exit status 1.
    bad: bool,
}

/// Why there is no report: wrong arguments or unreadable input, with the name of the file. Exit status 2.
type Result<T> = std::result::Result<T, String>;

fn main() -> ExitCode {
    let arguments = args::numbers(std::env::args_os());
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() && arguments.iter().take_while(|of| *of != "--").any(|of| of == "--json") => {
            let text = error.to_string();
            return fail(text.trim_end().trim_start_matches("error: "), true);
        }
        Err(error) => error.exit(),
    };
    cli.color.write_global();
    let report = match &cli.command {
        Command::Show(args) => show::run(args),
        Command::Check(args) => check::run(args),
        Command::Diff(args) => diff::run(args),
        Command::Bind(args) => bind::run(args),
        Command::Call(args) => call::run(args),
        Command::Size(args) => size::run(args),
        Command::Sidecar(args) => sidecar::run(args),
        Command::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "linmem", &mut io::stdout());
            return ExitCode::SUCCESS;
        }
    };
    match report {
        Ok(report) => {
            let text = if cli.json { format!("{:#}\n", report.json) } else { report.text };
            // Who closes the pipe has seen enough.
            let _ = anstream::stdout().lock().write_all(text.as_bytes());
            ExitCode::from(u8::from(report.bad))
        }
        Err(error) => fail(&error, cli.json),
    }
}

/// Says why there is no report.
fn fail(error: &str, json: bool) -> ExitCode {
    if json {
        let json = serde_json::json!({ "error": error });
        let _ = anstream::stdout().lock().write_all(format!("{json:#}\n").as_bytes());
    } else {
        anstream::eprintln!("{}", table::error(error));
    }
    ExitCode::from(2)
}
