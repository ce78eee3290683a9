;; Functions that would not end, or take all memory.
(module
  (import "env" "tell" (func $tell (param i32)))
  (memory (export "memory") 1)
  (table (export "__indirect_function_table") 1 funcref)
  (func (export "alloc") (param i32 i32) (result i32) (i32.const -16))
  (func (export "free") (param i32 i32 i32))
  (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
  (func (export "spin") (loop (br 0)))
  (func (export "chatter") (loop (call $tell (i32.const 1)) (br 0)))
  (func $deep (export "deep") (call $deep))
  (func (export "grow") (result i32) (memory.grow (i32.const 5000)))
  (func (export "table") (result i32) (table.grow (ref.null func) (i32.const 100000000)))
  (func (export "text") (result i32) (i32.const 65535))
  (func (export "length") (param i32 i32) (result i32) (local.get 1))
  (data (i32.const 65535) "x")
  (@custom "linmem.abi"
    "abi 1 wasm32\n"
    "fn text -> cstr\n"
    "fn length s:str -> u32\n"
    "fn spin\n"
    "fn chatter\n"
    "fn deep\n"
    "fn grow -> i32\n"
    "fn table -> i32\n"
    "import env tell nr:u32\n"))
