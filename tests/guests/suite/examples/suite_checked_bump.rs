//! The suite over a checked `Bump`.
#![cfg_attr(target_family = "wasm", no_std)]

suite::guest!(
    CHECKED,
    |_| {
        A.check();
        true
    },
    A: linmem::Checked<linmem::Bump> = linmem::Checked::new(linmem::Bump::new())
);
