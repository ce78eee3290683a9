;; The null module on `Bump`, written by hand: `simple_arr` returns a block with four numbers.
;;
;; It makes the same checks as src/bump.rs: a block that does not fit is not handed out, a block ends below the end of
;; the unclaimed span, pages that others grew are left alone, and where no memory is left it traps and changes nothing.
;; Three things are known here that rustc does not know:
;;
;; - All blocks have 16 bytes and the span starts at a multiple of 16, so no block needs a gap for its alignment.
;; - Nothing is freed, so the span's start only moves up. A block ends below the end of the span, and memory grows by
;;   one page: the end is that of the page with the start, and needs no note.
;; - The state is a wasm global, which has its first value from the start. rustc keeps statics in memory.
;;
;; There is no stack, so memory has one page. What the allocator has of it is the same: all but 16 bytes.
(module
  (memory (export "memory") 1)
  (global $start (mut i32) (i32.const 16))
  (func (export "simple_arr") (result i32)
    (local $block i32) (local $next i32) (local $here i32)
    ;; The block would end where the span ends, so another page is needed.
    (if
      (i32.eqz
        (i32.shl
          (local.tee $next (i32.add (local.tee $block (global.get $start)) (i32.const 16)))
          (i32.const 16)))
      (then
        ;; If memory does not end where the span ends, others grew it: the block starts behind their pages.
        (local.set $block
          (select
            (local.get $block)
            (local.tee $here (i32.shl (memory.size) (i32.const 16)))
            (i32.eq (local.get $next) (local.get $here))))
        (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then unreachable))))
    (global.set $start (i32.add (local.get $block) (i32.const 16)))
    ;; Two numbers in each word.
    (i64.store offset=8 (local.get $block) (i64.const 0x190_0000_012c))
    (i64.store (local.get $block) (i64.const 0xc8_0000_0064))
    (local.get $block)))
