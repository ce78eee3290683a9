;; A checked module whose report lies: its list of live blocks is a ring, and its text ends outside of memory.
(module
  (memory (export "memory") 1)
  (global (export "linmem_checks") i32 (i32.const 64))
  (data (i32.const 64) "\00\01\00\00")
  (data (i32.const 256) "\f0\ff\00\00" "\ff\00\00\00")
  (data (i32.const 276) "\00\04\00\00")
  (data (i32.const 284) "\ff\ff\ff\ff")
  (data (i32.const 1024) "\00\04\00\00" "\00\00\00\00" "\05\00\00\00" "\01\00\00\00" "\00\00\00\00" "\01\00\00\00" "\4c\4d\56\45")
  (func (export "one") (result i32) (i32.const 1))
  (func (export "trap") unreachable))
