"""What is freed, once, where calls nest, fail in the middle, alias, or come from two threads."""

import threading
from typing import Any

import wasmtime
from support import Case, Guest, module, section

import linmem

# Calls the host with its argument, and traps if that is 0.
NESTED = """(import "env" "g" (func $g (param i32)))(;imports;)
    (func (export "f") (param i32) (result i32)
        (if (i32.eqz (local.get 0)) (then unreachable))
        (call $g (local.get 0))
        (i32.const 77))"""
NESTED_RECORDS = "import env g x:i32\nfn f x:i32 -> i32"


def in_use(m: Any) -> int:
    """Bytes that the guest's allocator has handed out, without the block that the host keeps for arguments."""
    machine = m._runtime.machine
    used: int = machine.exports["bytes in use"].value(machine.store)
    return used - (4096 if m._runtime._scratch else 0)


class Nested(Case):
    def test_trap_of_an_inner_call_ends_the_outer_one(self) -> None:
        m = module(NESTED, NESTED_RECORDS, imports={"env": {"g": lambda x: m.f(x - 1) and None}})
        with self.assertRaises(linmem.TrapError):
            m.f(1)
        self.assertTrue(m.poisoned)

    def test_guest_does_not_go_on_after_a_trap_that_the_host_function_swallowed(self) -> None:
        def swallow(x: int) -> None:
            with self.assertRaises(linmem.TrapError):
                m.f(0)

        m = module(NESTED, NESTED_RECORDS, imports={"env": {"g": swallow}})
        with self.assertRaises(linmem.PoisonedError):
            m.f(1)

    def test_calls_nest_with_their_own_arguments_and_results(self) -> None:
        body = """(import "env" "g" (func $g (param i32) (result i32)))(;imports;)
            (func (export "f") (param i32) (result i32)
                (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
                (i32.add (call $g (local.get 0)) (local.get 0)))"""
        m = module(body, "import env g x:i32 -> i32\nfn f x:i32 -> i32", imports={"env": {"g": lambda x: m.f(x - 1)}})
        self.assertEqual(m.f(20), 211)

    def test_two_threads_in_one_instance_are_an_error(self) -> None:
        entered, leave = threading.Event(), threading.Event()

        def wait(x: int) -> None:
            entered.set()
            leave.wait(10)

        m = module(NESTED, NESTED_RECORDS, imports={"env": {"g": wait}})
        results: list[Any] = []
        thread = threading.Thread(target=lambda: results.append(m.f(1)))
        thread.start()
        entered.wait(10)
        with self.assertRaisesRegex(RuntimeError, "another thread"):
            m.f(1)
        leave.set()
        thread.join()
        self.assertEqual((results, m.f(1)), ([77], 77))


class Lent(Case):
    def test_results_of_host_functions_last_until_the_export_returns(self) -> None:
        body = """(import "env" "next" (func $next (param i32) (result i32)))(;imports;)
            (func (export "f") (result i32) (call $next (call $next (call $next (i32.const 0)))))"""
        seen: list[Any] = []

        def following(point: Any) -> Any:
            seen.append(point and point.name)
            return {"name": f"point {len(seen)}"}

        records = "struct P 4 4 name:0:^cstr\nimport env next p:?*P -> *P\nfn f -> *P"
        m = module(body, records, imports={"env": {"next": following}})
        for _ in range(3):
            m.f()
            self.assertEqual(in_use(m), 0)
            m.raw["f"]()
            self.assertEqual(in_use(m), 0)
        self.assertEqual(seen[:3], [None, "point 1", "point 2"])

    def test_statuses_of_host_functions_are_ones(self) -> None:
        body = """(import "env" "g" (func $g (param i32) (result i32)))(;imports;)
            (func (export "f") (result i32) (call $g (i32.const 4096)))"""
        for status in (0, -1, -(2**31), 2**31):

            def fail(status: int = status) -> None:
                raise linmem.StatusError(status)

            m = module(body, "import env g out:>i32 -> status\nfn f -> i32", imports={"env": {"g": fail}}, top=8192)
            with self.assertRaises(linmem.StatusError):
                m.f()
            self.assertTrue(m.poisoned, "what is no failure cannot be returned as one")

    def test_owner_is_not_handed_over_and_passed_in_one_call(self) -> None:
        m = module('(func (export "f") (param i32 i32))', "struct P 4 4 a:0:i32\nfn f a:^*P b:*P")
        point, other = m.P(a=1), m.P(a=2)
        with self.assertRaisesRegex(ValueError, "passed again"):
            m.f(point, point)
        m.f(point, other)
        self.assertEqual([block.address for block in m.live()], [other.address])

    def test_bytes_are_not_lent_twice_to_who_writes_to_them(self) -> None:
        m = module('(func (export "f") (param i32 i32 i32))', "fn f to:~[]u8 from:*[4]u8")
        with m.new("[4]u8", b"abcd") as one, m.new("[4]u8", b"efgh") as two:
            m.f(one, two)
            with self.assertRaisesRegex(ValueError, "lent twice"):
                m.f(one, one)


class Failed(Case):
    def test_values_that_cannot_be_made_leave_nothing(self) -> None:
        records = "struct P 20 4 lent:0:str run:8:[]i32 own:16:^cstr"
        m = module("", records)
        for make in (lambda value: m.new("P", value), lambda value: m.P(**value)):
            with self.assertRaises(TypeError):
                make({"lent": "text", "run": [1, 2], "own": 5})
            self.assertEqual((in_use(m), m.live()), (0, []))

    def test_trap_of_the_allocator_is_what_is_raised_by_this_and_told_by_later_calls(self) -> None:
        text = """(module (memory (export "memory") 1) (global $calls (mut i32) (i32.const 0))
            (func (export "alloc") (param i32 i32) (result i32)
                (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
                (if (i32.gt_u (global.get $calls) (i32.const 1)) (then unreachable))
                (i32.const 4096))
            (func (export "free") (param i32 i32 i32)) (func (export "f") (param i32)))"""
        records = section("struct P 4 4 n:0:^cstr\nfn f p:*P")
        uses = (lambda m: m.P(n="x"), lambda m: m.new("[2]^str", ["a", "b"]), lambda m: m.f({"n": "x"}))
        for use in uses:
            m = linmem.load(wasmtime.wat2wasm(text), sidecar=records)
            with self.assertRaises(linmem.TrapError):
                use(m)
            for later in uses:
                with self.assertRaisesRegex(linmem.PoisonedError, "an earlier call trapped: wasm trap: .*unreachable"):
                    later(m)

    def test_results_behind_one_that_is_refused_stay_listed(self) -> None:
        body = """(func (export "f") (param i32 i32)
            (i32.store (local.get 0) (i32.const 9)) (i32.store (local.get 1) (i32.const 1)))"""
        m = module(body, "struct P 8 4 a:0:^cstr b:4:i32\nenum E u32 A=0\nfn f e:>E p:>P")
        self.refused("Invalid", m.f)
        self.assertEqual([block.type.text for block in m.live()], ["^*P"])


class Aliased(Case):
    def test_owner_does_not_own_itself(self) -> None:
        m = Guest().m
        node = m.Node(value=m.new("i32", 5), apply=m.square_fn())
        node.next = m.Node(value=node.value, apply=node.apply)
        for change in (lambda: setattr(node, "next", node), lambda: setattr(node.next, "next", node)):
            with self.assertRaisesRegex(ValueError, "own itself"):
                change()
        node.free()

    def test_value_made_of_views_of_itself_is_kept(self) -> None:
        m = Guest().m
        with m.Shape("Scaled", {"float": 1.0}) as shape:
            shape.set("Scaled", shape.value)
            self.assertEqual(shape.value.float, 1.0)
        whole = {"text": "old", "numbers": [], "buffer": [], "own_text": "", "own_texts": ["abc", "d"]}
        with m.new("[1]Runs", [{**whole, "label": "kept"}]) as runs:
            runs[0] = {**whole, "text": "new", "own_texts": runs[0].own_texts}
            self.assertEqual((list(runs[0].own_texts), runs[0].text, runs[0].label), (["abc", "d"], "new", None))
        tagged = module("", "struct P 4 4 a:0:i32\ntagged T 8 4 u8 A=0:4:P B=1:4:P")
        with tagged.T("A", {"a": 7}) as value:
            value.set("B", value.value)
            self.assertEqual((value.case, value.value.a), ("B", 7))
