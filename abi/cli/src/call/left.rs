//! What a call left behind in a checked module, whose report is read as that of an enemy.

use crate::table::{self, number};
use crate::{Report, Result};
use linmem_host::{Block, Fault, Guest, Instance};
use serde_json::json;

/// How many blocks the module had handed out before the call, if it is checked and somebody wants to know.
pub fn before<G: Guest>(instance: &Instance<G>, leaks: bool, verbose: bool) -> Result<Option<u32>> {
    match instance.checks() {
        None if leaks => Err("--leaks is for checked modules, which export linmem_checks".into()),
        Some(checks) if leaks || verbose => {
            checks.statistics().map(|of| Some(of.count)).map_err(|fault| fault.to_string())
        }
        _ => Ok(None),
    }
}

/// The blocks that were allocated since then and are live, in that order.
pub fn since<G: Guest>(instance: &Instance<G>, before: u32) -> std::result::Result<Vec<Block>, Fault> {
    let mut live = instance.checks().map_or_else(|| Ok(Vec::new()), |checks| checks.live())?;
    live.retain(|block| block.number > before);
    live.reverse();
    Ok(live)
}

/// Adds them to the report, as bad news where that was asked for.
pub fn tell(report: &mut Report, blocks: &[Block], leaks: bool) {
    for block in blocks {
        let left = if leaks { table::BAD } else { table::DIM };
        let Block { addr, size, align, .. } = *block;
        let size = number(size);
        report.text += &format!("{} {size} bytes at 0x{addr:08x}, align {align}\n", table::paint(left, "left"));
    }
    let json = |block: &Block| json!({"addr": block.addr, "size": block.size, "align": block.align});
    report.json["left"] = blocks.iter().map(json).collect();
    report.bad |= leaks && !blocks.is_empty();
}
