//! Files: modules, sidecars and what is written.

use crate::wasm::{SECTION, Wasm, is_wasm};
use crate::{Result, args};
use linmem_host::Module;
use std::fs;
use std::path::{Path, PathBuf};

/// Why a file was taken for a sidecar.
pub const NO_WASM: &str = ", in a file that is no wasm module and was read as a sidecar";

/// Reads a file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// A module, its records, or both.
pub struct Input {
    pub path: PathBuf,
    /// None if the file is a sidecar.
    pub wasm: Option<(Wasm, Vec<u8>)>,
    /// The records as they stand, and what they were read from.
    pub records: Option<(Vec<u8>, String)>,
}

impl Input {
    pub fn open(args: &args::Module) -> Result<Self> {
        let mut input = Self::of(&args.module)?;
        if let Some(sidecar) = &args.sidecar {
            input.records = Some((read(sidecar)?, sidecar.display().to_string()));
        }
        Ok(input)
    }

    /// Opens a module or a sidecar: no text begins with the NUL that every module begins with.
    pub fn of(path: &Path) -> Result<Self> {
        let bytes = read(path)?;
        let name = path.display();
        if !is_wasm(&bytes) {
            return Ok(Self { path: path.into(), wasm: None, records: Some((bytes, name.to_string())) });
        }
        let mut wasm = Wasm::read(&bytes).map_err(|error| format!("{name}: {error}"))?;
        let records = wasm.records.take().map(|records| (records, format!("{name}:{SECTION}")));
        Ok(Self { path: path.into(), wasm: Some((wasm, bytes)), records })
    }

    /// The records; none if there are none.
    pub fn module(&self) -> Result<Option<Module>> {
        let Some((bytes, from)) = &self.records else { return Ok(None) };
        Module::from_section(bytes).map(Some).map_err(|error| {
            let what = if self.wasm.is_none() && error.line.is_none() { NO_WASM } else { "" };
            format!("{from}: {error}{what}")
        })
    }

    /// The records, which have to be there.
    pub fn described(&self) -> Result<Module> {
        self.module()?.ok_or_else(|| no_records(&self.path))
    }

    /// The name of the file without its extension.
    pub fn stem(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }
}

pub fn no_records(path: &Path) -> String {
    format!("{}: no section `{SECTION}`: the module was built without records, or a tool removed them", path.display())
}
