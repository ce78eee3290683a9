//! From bytes to a [`Module`].

use crate::check::{Line, check};
use crate::record::{Key, Record};
use crate::{Decl, Error, Module, wasm};
use std::collections::HashSet;

/// The most bytes of a section.
const MAX_SECTION: usize = 4 << 20;
/// The most bytes of a line, with its LF.
const MAX_LINE: usize = 1 << 16;
/// The most records.
const MAX_RECORDS: usize = 1 << 16;

impl Module {
    /// Reads the records of a wasm module: its custom sections `linmem.abi`.
    ///
    /// # Errors
    ///
    /// Where there are none (`rule` is `section`), where the module's sections cannot be told apart, and what
    /// [`from_section`](Self::from_section) refuses.
    ///
    /// ```
    /// use linmem_host::Module;
    ///
    /// let mut wasm = b"\0asm\x01\0\0\0".to_vec();
    /// assert_eq!(Module::read(&wasm).unwrap_err().rule, "section");
    /// wasm.extend(b"\0\x18\x0alinmem.abiabi 1 wasm32\n");
    /// assert!(Module::read(&wasm)?.fns().is_empty());
    /// # Ok::<(), linmem_host::Error>(())
    /// ```
    pub fn read(wasm: &[u8]) -> Result<Self, Error> {
        match wasm::custom(wasm, "linmem.abi", MAX_SECTION)? {
            Some(section) => Self::from_section(&section),
            None => Err(Error::new("section", "the module has no section `linmem.abi`")),
        }
    }

    /// Reads a section, or the sidecar that stands in for it.
    ///
    /// # Errors
    ///
    /// What SPEC's rules R3 to R8 refuse, another version, and what passes its limits. Layouts are computed anew by C's
    /// rule, and compared.
    ///
    /// ```
    /// use linmem_host::Module;
    ///
    /// let error = Module::from_section(b"abi 1 wasm32\nstruct P 8 4 x:0:i32 y:2:i32\n").unwrap_err();
    /// let text = "line 2: i32 lies at 2, C's layout rule says 4, in \"struct P 8 4 x:0:i32 y:2:i32\" (R8)";
    /// assert_eq!(error.to_string(), text);
    /// ```
    ///
    /// # Complexity
    ///
    /// Time and space grow with the section, and nothing is followed deeper than SPEC's limits.
    pub fn from_section(section: &[u8]) -> Result<Self, Error> {
        if section.len() > MAX_SECTION {
            return Err(Error::new("limits", format!("the section has more than {MAX_SECTION} bytes")));
        }
        let section = std::str::from_utf8(section).map_err(|_| Error::new("R7", "the section is not UTF-8"))?;
        let lines = parse(section)?;
        let mut once = HashSet::with_capacity(lines.len());
        for (number, text, record) in &lines {
            if record.keys().into_iter().flatten().any(|key| !once.insert(key)) {
                return Err(Error::new("R3", "declared twice").at(*number, text));
            }
        }
        if !once.contains(&Key::Abi) {
            return Err(Error::new("R3", "no record says the version"));
        }
        let owns = check(&lines)?;
        let mut module = Self::default();
        for ((_, _, record), owns) in lines.into_iter().zip(owns) {
            module.take(record, owns);
        }
        Ok(module)
    }

    fn take(&mut self, record: Record, owned: bool) {
        match record {
            Record::Abi => {}
            Record::Role(role, export) => drop(self.roles.insert(role, export)),
            Record::Type(name, mut decl) => {
                match &mut decl {
                    Decl::Struct(of) | Decl::Union(of) => of.owns = owned,
                    Decl::Tagged(of) => of.owns = owned,
                    Decl::Enum(_) | Decl::Sig(_) | Decl::Opaque => {}
                }
                self.types.insert(name, decl);
            }
            Record::Const(name, of) => drop(self.consts.insert(name, of)),
            Record::Fn(name, of) => drop(self.fns.insert(name, of)),
            Record::Import(module, name, of) => drop(self.imports.insert((module, name), of)),
            Record::Drop(export, ty) => drop(self.drops.insert(ty, export)),
            Record::Doc(subject, text) => drop(self.docs.insert(subject, text)),
        }
    }
}

/// The records of all lines but repeated and unknown ones.
fn parse(section: &str) -> Result<Vec<Line<'_>>, Error> {
    let (mut seen, mut lines) = (HashSet::new(), Vec::new());
    for (index, line) in section.split('\n').enumerate() {
        let at = |error: Error| error.at(index + 1, line);
        if line.len() >= MAX_LINE {
            return Err(at(Error::new("limits", format!("a line has more than {MAX_LINE} bytes"))));
        }
        if line.is_empty() || !seen.insert(line) {
            continue;
        }
        if seen.len() > MAX_RECORDS {
            return Err(at(Error::new("limits", format!("more than {MAX_RECORDS} records"))));
        }
        if let Some(record) = Record::parse(line).map_err(at)? {
            lines.push((index + 1, line, record));
        }
    }
    Ok(lines)
}
