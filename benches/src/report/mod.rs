//! The results in forms for people: one set of tables as plain text and as Markdown, and two pictures.

mod pictures;
mod render;
mod tables;

use crate::results::Results;
use crate::targets::Target;
use std::fs;
use std::path::Path;

/// All tables as plain text.
pub fn text(results: &Results, targets: &[Target]) -> String {
    tables::all(results, targets).iter().map(render::text).collect()
}

/// Writes the tables, the pictures and the bare results into a folder.
pub fn write(results: &Results, targets: &[Target], folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let tables = tables::all(results, targets).into_iter().chain([tables::workloads()]);
    let tables: String = tables.map(|table| render::markdown(&table)).collect();
    let json = serde_json::to_string_pretty(results).map_err(|error| error.to_string())? + "\n";
    let files = [
        ("tables.md", format!("# Allocators side by side\n\n{tables}")),
        ("results.json", json),
        ("size-speed.svg", pictures::size_speed(results)),
        ("memory-speed.svg", pictures::memory_speed(results)),
    ];
    for (name, content) in files {
        let path = folder.join(name);
        fs::write(&path, content).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}
