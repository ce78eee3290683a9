//! Sizes of small modules.

use crate::guests::Level;
use crate::plan::Run;
use crate::results::Size;

/// The packages of which the size is measured.
pub const SIZED: [&str; 3] = ["null", "abi", "checked_abi"];

pub fn sizes(run: &mut Run) -> Result<(), String> {
    run.progress.stage("build and measure sizes", Level::ALL.len() * run.plan.allocators.len());
    for level in Level::ALL {
        for allocator in &run.plan.allocators {
            run.progress.step(&format!("{} at opt-level {}", allocator.name, level.name()));
            let modules = run.plan.guests.build(&SIZED, allocator, level, false)?;
            for (module, path) in SIZED.iter().zip(modules) {
                let bytes = run.plan.guests.size(&path)?;
                let (module, allocator) = (module.to_string(), allocator.name.to_owned());
                run.results.sizes.push(Size { module, allocator, level, bytes });
            }
        }
    }
    Ok(())
}
