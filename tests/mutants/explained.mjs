// Mutants that no test can tell from the crate as it is, by their names in `run.mjs`, and why.

/** Of macros and of `unsafe fn`s. */
export const MACROS = {};

/** Of cargo-mutants. */
export const FUNCTIONS = {};
