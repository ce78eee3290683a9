;; Everything that `check` finds by comparing: the records are in order, and the module is not as they say.
(module
  (import "env" "host" (func (param i64)))
  (import "env" "number" (global i32))
  (memory (export "memory") 1 2)
  (func (export "alloc") (param i32) (result i32) (i32.const 0))
  (func (export "x_free") (param i32 i32 i32))
  (func (export "add") (param i32 i32) (result i64) (i64.const 0))
  (func (export "pair") (result i32 i32) (i32.const 0) (i32.const 0))
  (func (export "make") (result i32) (i32.const 0))
  (func (export "drop_deep") (param i32 i32))
  (global (export "level") i32 (i32.const 1))
  (@custom "linmem.abi"
    "abi 1 wasm32\n"
    "role free x_free\n"
    "struct Named 4 4 name:0:^cstr\n"
    "opaque Db\n"
    "sig Op x:i32 -> i32\n"
    "fn add x:i32 y:i32 -> i32\n"
    "fn gone\n"
    "fn level -> i32\n"
    "fn make -> ?^*Named\n"
    "fn open -> ^*Db\n"
    "drop drop_deep ^*[2]Named\n"
    "import env host nr:u32\n"))
