//! The conformance kit, `abi/kit`, on the hosts that `bind` writes: the cases as a program in each language.
//!
//! Those languages have static types, so a runner that reads cases while it runs would pass by the types that are the
//! point of a binding. [`steps`] reads the cases and the records of the module, and a printer for each language writes a
//! program from them, which a compiler takes and which then runs every case on an instance of its own.

mod steps;

use linmem_host::Module;
use std::fs;
use std::path::Path;

fn cases() -> (Module, Vec<steps::Case>) {
    let kit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../kit");
    let module = Module::from_section(&fs::read(kit.join("guest.abi")).unwrap()).unwrap();
    let cases = serde_json::from_slice(&fs::read(kit.join("cases.json")).unwrap()).unwrap();
    let cases = steps::read(&module, &cases);
    (module, cases)
}

/// What a step calls wrong is wrong with a literal in it, or with how a value came to be what it is.
#[test]
fn literals_of_steps_that_succeed_fit_their_types() {
    let (module, cases) = cases();
    for case in &cases {
        for step in &case.steps {
            if step.fails.is_none() {
                let misfits = steps::step_misfits(&module, &case.names, step);
                assert!(misfits.is_empty(), "{}, {}: {misfits:?}", case.name, step.place);
            }
        }
    }
    assert_eq!(cases.len(), 211);
}
