;; The abi module on `Bump`, written by hand: `simple_arr`, and `alloc`, `free` and `realloc` with all of SPEC's checks.
;;
;; It does the job of src/bump.rs and src/export.rs and differs where rustc cannot follow:
;;
;; - The allocator is known, so one function is both files: SPEC's order of cases needs no branch for each of
;;   `GlobalAlloc`'s functions.
;; - The state is two wasm globals, which have their first values from the start. rustc keeps statics in memory.
;; - There is no stack, so memory has one page. What the allocator has of it is the same: all but 16 bytes.
;;
(module
  (memory (export "memory") 1)
  (global $start (mut i32) (i32.const 16)) ;; first byte of the unclaimed span
  (global $end (mut i32) (i32.const 1))    ;; the page that it ends at

  (func $realloc (export "realloc")
    (param $ptr i32) (param $old i32) (param $align i32) (param $new i32) (result i32)
    (local $start i32) ;; the span's, until it is noted
    (local $end i32)   ;; the span's, until it is noted
    (local $room i32)  ;; bytes in the span
    (local $need i32)  ;; bytes from the span's start to the block's end
    (local $max i32)   ;; the largest size for the alignment
    ;; An old block at 0 is none. Sizes over isize::MAX - (align - 1), and an alignment that is no power of two, fail.
    (br_if 0
      (i32.const 0)
      (i32.or
        (i32.or
          (i32.gt_u
            (local.tee $old (select (local.get $old) (i32.const 0) (local.get $ptr)))
            (local.tee $max (i32.sub (i32.shl (i32.const 1) (i32.const 31)) (local.get $align))))
          (i32.gt_u (local.get $new) (local.get $max)))
        (i32.ne (i32.popcnt (local.get $align)) (i32.const 1))))
    drop
    (block $done (result i32)
      ;; Of the last block, the span starts where it does. Any other stays where it is, unless it has to be larger; so
      ;; does no block that is to have no bytes, wherever it is said to be.
      (br_if $done
        (local.get $ptr)
        (i32.and
          (i32.or
            (i32.ne
              (local.tee $start
                (select
                  (local.get $ptr)
                  (global.get $start)
                  (i32.eq (i32.add (local.get $ptr) (local.get $old)) (global.get $start))))
              (local.get $ptr))
            (i32.eqz (local.get $old)))
          (i32.le_u (local.get $new) (local.get $old))))
      drop
      (local.set $end (global.get $end))
      (loop $again
        (if
          (i32.ge_u
            (local.tee $need
              (i32.add (i32.rem_u (i32.sub (i32.const 0) (local.get $start)) (local.get $align)) (local.get $new)))
            (local.tee $room (i32.sub (i32.shl (local.get $end) (i32.const 16)) (local.get $start))))
          (then
            (if (i32.eq (local.get $end) (local.tee $end (memory.size)))
              (then
                ;; Failing leaves 0, and both globals as they were.
                (br_if $done
                  (i32.const 0)
                  (i32.eq
                    (memory.grow
                      (i32.add
                        (i32.shr_u (i32.sub (local.get $need) (local.get $room)) (i32.const 16))
                        (i32.const 1)))
                    (i32.const -1)))
                drop)
              (else
                ;; Others grew memory: start behind their pages.
                (local.set $start (i32.shl (local.get $end) (i32.const 16)))))
            (local.set $end (memory.size))
            (br $again))))
      (global.set $end (local.get $end))
      (global.set $start (local.tee $start (i32.add (local.get $start) (local.get $need))))
      ;; The result is the block, which is copied if it moved and if there was one.
      (br_if $done
        (local.tee $start (i32.sub (local.get $start) (local.get $new)))
        (i32.or (i32.eq (local.get $start) (local.get $ptr)) (i32.eqz (local.get $old))))
      (memory.copy (local.get $ptr) (local.get $old))
      (local.get $start))
    ;; No bytes are at the alignment.
    (select (local.get $align) (local.get $new)))

  (func (export "alloc") (param $size i32) (param $align i32) (result i32)
    (call $realloc (i32.const 0) (i32.const 0) (local.get $align) (local.get $size)))

  (func (export "free") (param $ptr i32) (param $size i32) (param $align i32)
    (drop (call $realloc (local.get $ptr) (local.get $size) (local.get $align) (i32.const 0))))

  (func (export "simple_arr") (result i32)
    (local $block i32)
    (if (i32.eqz (local.tee $block (call $realloc (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 16))))
      (then unreachable))
    (i64.store offset=8 (local.get $block) (i64.const 0x190_0000_012c))
    (i64.store (local.get $block) (i64.const 0xc8_0000_0064))
    (local.get $block)))
