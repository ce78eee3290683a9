//! Builds the guests: each module once per allocator and opt-level, by cargo, in this package's own workspace.

use crate::allocators::Allocator;
use crate::tools;
use serde::{Deserialize, Serialize};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// An opt-level that modules are built at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    #[serde(rename = "z")]
    Size,
    #[serde(rename = "3")]
    Speed,
}

impl Level {
    pub const ALL: [Self; 2] = [Self::Size, Self::Speed];

    pub fn name(self) -> &'static str {
        match self {
            Self::Size => "z",
            Self::Speed => "3",
        }
    }
}

/// What is built, and how the built modules are kept.
pub struct Guests {
    target_dir: PathBuf,
    linmem: Option<PathBuf>,
    wasm_opt: Option<PathBuf>,
}

impl Guests {
    /// `linmem` is the folder of the crate to measure, if it is not the one beside this package.
    pub fn new(linmem: Option<PathBuf>) -> Result<Self, String> {
        add_target()?;
        let target_dir = env::var_os("CARGO_TARGET_DIR").map_or_else(|| home().join("target"), PathBuf::from);
        let linmem = match linmem {
            Some(path) => Some(path.canonicalize().map_err(|error| format!("{}: {error}", path.display()))?),
            None => None,
        };
        Ok(Self { target_dir, linmem, wasm_opt: tools::wasm_opt() })
    }

    /// The path of `wasm-opt`, if there is one.
    pub fn wasm_opt(&self) -> Option<&Path> {
        self.wasm_opt.as_deref()
    }

    /// The folder of the crate to measure, if it is not the one beside this package.
    pub fn linmem(&self) -> Option<&Path> {
        self.linmem.as_deref()
    }

    /// Builds packages on an allocator and returns the modules, one for each package, copied to where no later build
    /// replaces them.
    ///
    /// With `observe`, every call of the allocator is reported to the host.
    pub fn build(
        &self,
        packages: &[&str],
        allocator: &Allocator,
        level: Level,
        observe: bool,
    ) -> Result<Vec<PathBuf>, String> {
        let profile = format!("guest-{}", level.name());
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(["build", "--quiet", "--target", TARGET, "--profile", &profile]);
        for package in packages {
            command.args(["--package", package]);
        }
        command.args(["--features", &format!("allocator/{}", allocator.name)]);
        if observe {
            for package in packages {
                command.args(["--features", &format!("{package}/observe")]);
            }
        }
        if let Some(path) = &self.linmem {
            // A path override takes the place of the package of that name, wherever the manifests say it comes from.
            command.args(["--config", &format!("paths=[{:?}]", path.display().to_string())]);
        }
        command.arg("--target-dir").arg(&self.target_dir).current_dir(home());
        tools::run(&mut command)?;

        let built = self.target_dir.join(TARGET).join(&profile);
        let kept = self.target_dir.join("bench-modules");
        fs::create_dir_all(&kept).map_err(|error| format!("{}: {error}", kept.display()))?;
        let suffix = if observe { ".observe" } else { "" };
        let keep = |package: &&str| {
            let to = kept.join(format!("{package}.{}.{}{suffix}.wasm", allocator.name, level.name()));
            let from = built.join(format!("{package}.wasm"));
            fs::copy(&from, &to).map_err(|error| format!("{}: {error}", from.display()))?;
            Ok(to)
        };
        packages.iter().map(keep).collect()
    }

    /// The module's size, after `wasm-opt` if there is one.
    pub fn size(&self, module: &Path) -> Result<u64, String> {
        let optimised = module.with_extension("opt.wasm");
        let measured = match &self.wasm_opt {
            Some(wasm_opt) => {
                let mut command = Command::new(wasm_opt);
                command.args(["-Oz", "--strip-debug", "--strip-producers"]).args(WASM_FEATURES);
                command.arg(module).arg("-o").arg(&optimised);
                tools::run(&mut command)?;
                &optimised
            }
            None => module,
        };
        let metadata = fs::metadata(measured).map_err(|error| format!("{}: {error}", measured.display()))?;
        Ok(metadata.len())
    }
}

/// The features of rustc's output, which a stripped module does not name any more.
const WASM_FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// This package's folder.
pub fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Adds the target through rustup, if the toolchain in use does not have it.
fn add_target() -> Result<(), String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = tools::run(Command::new(rustc).args(["--print", "sysroot"]).current_dir(home()))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).join("lib").exists() {
        return Ok(());
    }
    eprintln!("rustc has no {TARGET}: running `rustup target add {TARGET}`");
    tools::run(Command::new("rustup").args(["target", "add", TARGET])).map(drop)
}
