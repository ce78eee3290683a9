//! What measured: machine, programs, and the allocators' versions.

use crate::engine::script::Script;
use crate::guests::home;
use crate::plan::Plan;
use crate::tools;
use std::fs;
use std::path::Path;

/// Names and values, for people.
pub fn setup(plan: &Plan) -> Vec<(String, String)> {
    let lock = fs::read_to_string(home().join("Cargo.lock")).unwrap_or_default();
    let mut setup = vec![
        ("processor".to_owned(), processor()),
        ("rustc".to_owned(), tools::version(Path::new("rustc"))),
        ("wasm-opt".to_owned(), plan.guests.wasm_opt().map_or("none: sizes are rustc's".into(), tools::version)),
        ("rounds".to_owned(), plan.rounds.to_string()),
    ];
    for &engine in &plan.engines {
        let version = match Script::find(engine) {
            Some(script) => script.version(),
            None => format!("wasmtime {}", version(&lock, "wasmtime")),
        };
        setup.push((engine.name().to_owned(), version));
    }
    for allocator in &plan.allocators {
        let package = allocator.package.map(|package| format!("{package} {}: ", version(&lock, package)));
        setup.push((allocator.name.to_owned(), package.unwrap_or_default() + allocator.note));
    }
    if let Some(linmem) = plan.guests.linmem() {
        setup.push(("linmem from".to_owned(), linmem.display().to_string()));
    }
    setup
}

/// A package's version in a lock file.
fn version<'a>(lock: &'a str, package: &str) -> &'a str {
    let name = format!("name = \"{package}\"\nversion = \"");
    lock.split_once(&name).and_then(|(_, rest)| rest.split('"').next()).unwrap_or("of unknown version")
}

fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or(std::env::consts::ARCH, |(_, model)| model).to_owned()
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn version_is_that_of_the_very_package() {
        let lock = "name = \"talc-extra\"\nversion = \"1.0.0\"\n\nname = \"talc\"\nversion = \"5.1.1\"\n";
        assert_eq!(version(lock, "talc"), "5.1.1");
        assert_eq!(version(lock, "rlsf"), "of unknown version");
    }
}
