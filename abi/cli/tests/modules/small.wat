(module $small
  (memory (export "memory") 1)
  (data (i32.const 8) "some data")
  (func $helper (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func (export "twice") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func $sum (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
