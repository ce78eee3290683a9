(module
  (memory (export "memory") 1)
  (func (export "single") (param f32) (result f32) (local.get 0))
  (func (export "double") (param f64) (result f64) (local.get 0))
  (func (export "long") (param i64) (result i64) (local.get 0)))
