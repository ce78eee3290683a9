//! `linmem`: shows, calls, checks, compares, measures and binds wasm modules that describe themselves.

use clap::Parser;
use linmem_cli::Cli;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = linmem_cli::numbers(std::env::args_os());
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() && arguments.iter().take_while(|of| *of != "--").any(|of| of == "--json") => {
            let text = error.to_string();
            return fail(text.trim_end().trim_start_matches("error: "), true);
        }
        Err(error) => error.exit(),
    };
    cli.color.write_global();
    match linmem_cli::run(&cli) {
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
        anstream::eprintln!("{}", linmem_cli::error(error));
    }
    ExitCode::from(2)
}
