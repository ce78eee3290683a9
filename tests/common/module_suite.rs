//! The conformance suite inside a module of the package `suite`.

use super::engine::Guest;
use super::suite::PARTS;

const SEEDS: &[u32] = &[0x2545_F491, 12345];
/// An interpreter runs the modules.
const ROUNDS: u32 = 2000;
const LARGEST: u32 = 70_000;
const LIMIT: usize = 400;
const SMALL_LIMIT: usize = 60;

fn run_part(guest: &mut Guest, what: &str, part: usize, fresh: bool, seed: u32, limit: usize) {
    let args = [part as u32, fresh.into(), seed, ROUNDS, LARGEST, limit as u32];
    let line = match guest.call("run", &args) {
        Ok(line) => line.expect("`run` returns a line"),
        Err(trap) => panic!("{what}: {}, seed {seed}: {trap}", PARTS[part].0),
    };
    if line != 0 {
        let step = guest.get("step", &[]);
        let text = include_str!("suite.rs").lines().nth(line as usize - 1).unwrap_or_default().trim();
        panic!("{what}: {}, seed {seed}: tests/common/suite.rs:{line}, step {step}: {text}", PARTS[part].0);
    }
}

/// Runs each part on an instance of its own, and if its allocator `reuses` memory, all parts on one.
///
/// # Panics
///
/// With the line of the suite that found something wrong.
pub fn run(wasm: &[u8], name: &str, reuses: bool) {
    for &seed in SEEDS {
        for (part, &(part_name, _)) in PARTS.iter().enumerate() {
            let limit = if part_name == "memory_runs_out" { SMALL_LIMIT } else { LIMIT };
            run_part(&mut Guest::load(wasm, limit), name, part, true, seed, limit);
        }
    }
    if reuses {
        let mut guest = Guest::load(wasm, LIMIT);
        for part in 0..PARTS.len() - 1 {
            run_part(&mut guest, &format!("{name}, one after another"), part, false, SEEDS[0], LIMIT);
        }
    }
}
