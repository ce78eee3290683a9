//! `linmem`: shows, calls, checks, compares, measures and binds wasm modules that describe themselves.

use clap::Parser;
use linmem_cli::Cli;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    cli.color.write_global();
    match linmem_cli::run(&cli) {
        Ok(report) => {
            let text = if cli.json { format!("{:#}\n", report.json) } else { report.text };
            // Who closes the pipe has seen enough.
            let _ = anstream::stdout().lock().write_all(text.as_bytes());
            ExitCode::from(u8::from(report.bad))
        }
        Err(error) => {
            anstream::eprintln!("{}", linmem_cli::error(&error));
            ExitCode::from(2)
        }
    }
}
