//! `linmem sidecar`: the records in a file of their own.

use crate::args::Sidecar;
use crate::wasm::Wasm;
use crate::{Report, Result, input, table};
use serde_json::json;

pub fn run(args: &Sidecar) -> Result<Report> {
    let path = args.module.display();
    let bytes = input::read(&args.module)?;
    let wasm = Wasm::read(&bytes).map_err(|error| format!("{path}: {error}"))?;
    let records = wasm.records.as_ref().ok_or_else(|| input::no_records(&args.module))?;
    let output = args.output.clone().unwrap_or_else(|| args.module.with_extension("abi"));
    if output == args.module {
        return Err(format!("{path}: the records would replace the module; say where to with -o"));
    }
    input::write(&output, records)?;
    let mut text = format!("{}: {} bytes of records\n", output.display(), table::number(records.len() as u64));
    let mut json = json!({"sidecar": output, "bytes": records.len()});
    if let Some(strip) = &args.strip {
        let stripped = wasm.without_records(&bytes);
        input::write(strip, &stripped)?;
        text += &format!("{}: {} bytes of module\n", strip.display(), table::number(stripped.len() as u64));
        json["stripped"] = json!({"module": strip, "bytes": stripped.len()});
    }
    Ok(Report { text, json, bad: false })
}
