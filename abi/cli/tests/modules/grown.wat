(module $small
  (memory (export "memory") 1)
  (data (i32.const 8) "some")
  (func $sum (export "add") (param i32 i32) (result i32)
    (i32.add (i32.mul (local.get 0) (i32.const 1)) (i32.mul (local.get 1) (i32.const 1))))
  (func $other (param i64) (result i64) (i64.mul (local.get 0) (local.get 0)))
  (func (export "twice") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))
