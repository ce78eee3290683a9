//! The suite over a checked `Heap` and a `Bump` in one module.
#![cfg_attr(target_family = "wasm", no_std)]

suite::guest!(
    CHECKED,
    |_| {
        A.check();
        true
    },
    A: linmem::Checked<linmem::Heap> = linmem::Checked::new(linmem::Heap::new()),
    B: linmem::Bump = linmem::Bump::new()
);
