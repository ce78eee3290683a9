// Mutants that no test can tell from the crate as it is, by their names in `run.mjs`, and why.

/** Of macros and of `unsafe fn`s. */
export const MACROS = {
  'src/export.rs: 0 -> 1, at unsafe { realloc(::core::ptr::null_mut(), 0, align, size) }':
    'Where the pointer is null, `resize` takes the old size for 0.',
  'src/abi/cstr.rs: len == isize::MAX as usize -> false, at if len == isize::MAX as usize {':
    'Only a text of two gigabytes shows it: more than a test should touch.',
  'src/abi/cstr.rs: without return Err(AbiError::TooLong);, at return Err(AbiError::TooLong);':
    'As above.',
  'src/records/declare.rs: without $(@import $module)?, at $crate::__abi! { $(@import $module)? $($rest)* } (4)':
    'This arm is for functions with a body. Of a host function that is an error, whatever becomes of the rest.',
  'src/records/declare.rs: without $(@import $module)?, at $crate::__abi! { $(@import $module)? $($rest)* } (6)':
    'As above.',
  'src/records/functions.rs: without $($arg)*, at let _ = ($($arg)*);':
    'It keeps off a warning that rustc does not give for what a macro of another crate makes.',
  'src/records/describe.rs: "wasm" -> "", at #[cfg(not(target_family = "wasm"))]':
    'The parts are then made on wasm a second time, for nothing.',
};

/** Of cargo-mutants. */
export const FUNCTIONS = {
  'src/abi/utf8.rs: replace | with ^ in text, at code = code << 6 | u32::from(next & 0x3F);':
    'Both sides have no bit in common.',
  'src/records/describe.rs: replace > with >= in max, at if a > b { a } else { b }':
    'Where both are equal, either is the greater.',
  'src/records.rs: replace < with <= in is_same, at while same < len && bytes[one + same] == bytes[other + same] {':
    'A byte behind the line is looked at as well. At most the line is then recorded twice, which is no change.',
  'src/abi/utf8.rs: replace & with | in text, at if u64::from_ne_bytes(ascii) & HIGH == 0 {':
    'Eight bytes are then never taken at a time, but one by one, with the same result.',
  'src/records.rs: replace - with / in write, at while before + (end - at) <= at {':
    'Looks for the name within itself as well, where it cannot be: it begins with a space and has no other.',
  'src/records.rs: replace < with <= in lines, at while next < foreign.len {':
    'The entry behind the last is none, or is left from a type that was written before, and is found to be so again.',
};
