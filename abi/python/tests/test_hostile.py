"""Modules that lie: every address, length, index and value is checked, and nothing but an AbiError comes out."""

import random
import time
import unittest
import unittest.mock
from typing import Any

import wasmtime
from support import SCALARS, Case, Guest, data, module, returns

import linmem

POINT = "struct Point 12 4 x:0:i32 y:4:i32 name:8:^cstr"


class Lies(Case):
    def test_addresses_are_checked(self) -> None:
        m = module(
            returns("null", 0)
            + returns("odd", 4097)
            + returns("far", -4)
            + returns("end", 65528)
            + returns("good", 65524),
            "\n".join([POINT, *(f"fn {name} -> *Point" for name in ("null", "odd", "far", "end", "good"))]),
        )
        for name, check in (("null", "Null"), ("odd", "Misaligned"), ("far", "OutOfBounds"), ("end", "OutOfBounds")):
            self.refused(check, m[name])
        self.assertEqual(m.good().x, 0)
        self.refused("Null", lambda: m.good().name)

    def test_slices_texts_and_buffers_are_checked(self) -> None:
        cases = [
            ("[]i32", (0, 1), "Null"), ("[]i32", (4098, 1), "Misaligned"), ("[]i32", (4096, 2**29), "TooLong"),
            ("[]i32", (4096, 2**32 - 1), "TooLong"), ("[]i32", (4096, 2**28), "OutOfBounds"), ("[]i64", (65532, 1), "Misaligned"),
            ("[]i32", (65532, 2), "OutOfBounds"), ("str", (4096, 70000), "OutOfBounds"), ("str", (4096, 2**32 - 1), "TooLong"),
            ("str", (65535, 1), "NotUtf8"), ("cstr", (65535, 0), "OutOfBounds"), ("cstr", (0, 0), "Null"),
            ("cstr", (2**32 - 1, 0), "OutOfBounds"), ("*i32", (65534, 0), "Misaligned"), ("char", (0xD800, 0), "Invalid"),
            ("char", (0x110000, 0), "Invalid"), ("E", (3, 0), "Invalid"), ("T", (9, 0), "Invalid"), ("Op", (9, 0), "OutOfBounds"),
            ("Op", (0, 0), "OutOfBounds"), ("Op", (2, 0), "OutOfBounds"), ("Op", (3, 0), "OutOfBounds"),
        ]  # fmt: skip
        records = ["enum E u32 A=1", "tagged T 8 4 u32 A=0:4:i32", "sig Op x:i32 -> i32", "opaque Db"]
        body = '(data (i32.const 65535) "\\ff")(func $one)(elem (i32.const 3) $one)'
        for at, (of, words, _) in enumerate(cases):
            size = {"[]i32": 8, "[]i64": 8, "str": 8, "T": 8}.get(of, 4)
            records += [f"struct S{at} {size} 4 f:0:{of}", f"fn get{at} -> *S{at}"]
            body += data(8192 + 16 * at, *words) + returns(f"get{at}", 8192 + 16 * at)
        m = module(body, "\n".join(records))
        for at, (of, words, check) in enumerate(cases):
            with self.subTest(type=of, words=words):
                place = m[f"get{at}"]()
                self.refused(check, lambda: place.f.case if of == "T" else place.f)
                repr(place)

    def test_buffers_are_checked_at_each_use(self) -> None:
        bad = [((4096, 5, 4), "TooLong"), ((0, 0, 1), "Null"), ((4097, 1, 1), "Misaligned"), ((4096, 1, 2**31), "TooLong"),
               ((4096, 1, 20000), "OutOfBounds")]  # fmt: skip
        body = "".join(
            data(8192 + 16 * at, *words) + returns(f"f{at}", 8192 + 16 * at) for at, (words, _) in enumerate(bad)
        )
        m = module(body, "\n".join(f"fn f{at} -> *[+]i32" for at in range(len(bad))))
        for at, (_, check) in enumerate(bad):
            for use in (
                len,
                list,
                lambda buffer: buffer.copy(),
                lambda buffer: buffer.view,
                lambda buffer: buffer.capacity,
            ):
                self.refused(check, lambda: use(m[f"f{at}"]()))
            repr(m[f"f{at}"]())

    def test_allocator_that_makes_addresses_up_is_refused(self) -> None:
        for top, error in ((0, linmem.OutOfMemoryError), (65528, linmem.DataError), (-64, linmem.DataError)):
            m = module("", POINT, top=top)
            with self.assertRaises(error):
                m.Point(x=1, y=2, name="a longer text than that")
            self.assertEqual(m.live(), [])

    def test_results_are_narrowed(self) -> None:
        kinds = {"u8": (0x1FF, 255), "i8": (0x80, -128), "u16": (-1, 65535), "i16": (0x8000, -32768), "bool": (256, True),
                 "u32": (-1, 2**32 - 1), "i32": (-1, -1), "usize": (-2, 2**32 - 2)}  # fmt: skip
        m = module(
            "".join(returns(f"f_{of}", given) for of, (given, _) in kinds.items()),
            "\n".join(f"fn f_{of} -> {of}" for of in kinds),
        )
        for of, (_, expected) in kinds.items():
            self.assertEqual(m[f"f_{of}"](), expected, of)

    def test_floats_are_rounded_and_never_to_infinity(self) -> None:
        m = module('(func (export "f") (param f32) (result f32) (local.get 0))', "fn f x:f32 -> f32")
        with m.new("[2]f32", [0, 0]) as floats:
            for number in (3.4028235e38, -3.4028235677973362e38, 1e-50, float("inf"), 0.1):
                floats[0] = number
                floats[1:2] = [number]
                self.assertEqual(m.f(number), floats[0])
                self.assertEqual(floats[0], floats[1])
            for number in (2.0**128 - 2.0**103, -1e39):
                for act in (
                    lambda: m.f(number),
                    lambda: floats.__setitem__(0, number),
                    lambda: floats.__setitem__(slice(0, 1), [number]),
                ):
                    with self.assertRaises(ValueError):
                        act()

    def test_ring_of_owned_nodes_is_refused_before_anything_is_freed(self) -> None:
        node = "struct Node 8 4 next:0:?^*Node more:4:?^*Node"
        for words, check in (((8200, 0, 8192, 0), "Invalid"), ((8192, 0), "Invalid"), ((8200, 8200, 0, 0), "Invalid")):
            m = module(data(8192, *words) + returns("ring", 8192), f"{node}\nfn ring -> ^*Node")
            ring = m.ring()
            self.refused(check, ring.free)
            self.assertEqual(len(m.live()), 1)
        m = module(data(8192, 8200, 0, 8208, 0, 0, 8216) + returns("chain", 8192), f"{node}\nfn chain -> ^*Node")
        m.chain().free()
        self.assertEqual(m._runtime.machine.exports["bytes in use"].value(m._runtime.machine.store), -32)

    def test_overlapping_owned_slices_are_refused(self) -> None:
        slices = "".join(data(8192 + 8 * at, 8192, 1000) for at in range(1000))
        inner = "".join(data(8192 + 8 * at, 32768 + 4 * at, 1000) for at in range(100))
        body = inner + '(func (export "f") (param i32) (i64.store (local.get 0) (i64.const 0x6400002000)))'
        m = module(body, "fn f out:>^[]^[]i32")
        self.refused("Invalid", m.f().free)
        body = slices + '(func (export "f") (param i32) (i64.store (local.get 0) (i64.const 0x3e800002000)))'
        m = module(body, "fn f out:>^[]^[]^[]^[]^[]i32")
        start = time.perf_counter()
        self.refused("Invalid", m.f().free)
        self.assertLess(time.perf_counter() - start, 5)

    def test_long_chain_is_freed_without_recursion(self) -> None:
        words = [at + 8 for at in range(8192, 8192 + 8 * 5000, 8) for at in (at, -8)]
        words[-2] = 0
        m = module(
            data(8192, *words) + returns("chain", 8192), "struct Node 8 4 next:0:?^*Node x:4:i32\nfn chain -> ^*Node"
        )
        m.chain().free()
        self.assertEqual(m.live(), [])

    def test_deep_value_without_a_way_to_free_it_stays_listed(self) -> None:
        m = module(returns("open", 4096), "opaque Db\nfn open -> ^*Db")
        db = m.open()
        with self.assertRaisesRegex(TypeError, "no drop record"):
            db.free()
        self.assertEqual(len(m.live()), 1)

    def test_wrong_signatures_are_refused(self) -> None:
        for records in (
            "fn f",
            "fn f x:i32 -> i32",
            "fn f -> f32",
            "fn missing",
            "drop f ^*i32",
            "role alloc f",
            "role free no",
        ):
            with self.assertRaisesRegex(linmem.AbiError, "R9"):
                module(returns("f", 1), records)
        body = '(import "env" "g" (func (param i32)))(;imports;)'
        with self.assertRaisesRegex(linmem.AbiError, "R9"):
            module(body, "import env g", imports={"env": {"g": print}})
        with self.assertRaisesRegex(linmem.AbiError, "no function"):
            module('(import "env" "g" (global i32))(;imports;)', "", imports={"env": {"g": print}})

    def test_bytes_that_are_no_module_are_refused(self) -> None:
        for source in (b"", b"abc", b"\0asm\1\0\0\0", b"\0asm\1\0\0\0\x01\x04\x01"):
            with self.assertRaises(linmem.AbiError):
                linmem.load(source)

    def test_hostile_names_are_data(self) -> None:
        names = [
            "__proto__",
            "__class__",
            "__init__",
            "__dict__",
            "__getattr__",
            "live",
            "raw",
            "_runtime",
            "class",
            "self",
            "None",
        ]
        body = "".join(returns(name, at) for at, name in enumerate(names))
        m = module(body, "\n".join(f"fn {name} -> i32" for name in names))
        for at, name in enumerate(names):
            self.assertEqual(m[name](), at)
        self.assertEqual((m.live_(), m.class_(), type(m).__name__), (5, 8, "Instance"))
        fields = ["free", "copy", "_at", "_block", "__slots__", "__init__", "__del__", "class", "self", "x"]
        parts = " ".join(f"{name}:{4 * at}:i32" for at, name in enumerate(fields))
        cases = " ".join(
            f"{name}={at}" for at, name in enumerate(["mro", "name", "value", "_x_", "__a__", "None", "case_x_", "A"])
        )
        m = module("", f"struct S 40 4 {parts}\nenum E u8 {cases}\ntagged T 8 4 u8 free=0:4:i32 case=1 set=2")
        with m.S(**{name: at for at, name in enumerate(fields)}) as s:
            self.assertEqual([s[name] for name in fields], list(range(10)))
            self.assertEqual((s.free_, s.class_, s.x), (0, 7, 9))
            self.assertEqual(list(s.copy()), fields)
        self.assertEqual([member.value for member in m.E], list(range(8)))
        self.assertIs(m.E.A, m.E(7))
        self.assertEqual((repr(m.E.A), m.E.__doc__), ("<E.A: 7>", "enum E"))
        with m.T("case") as t:
            self.assertEqual(t.case, "case")

    def test_unions_and_tagged_of_any_bytes_are_read(self) -> None:
        records = """tagged T 16 8 u8 Text=0:8:str Number=1:8:f64 Inner=2:8:U
            union U 8 8 a:0:i64 b:0:[2]char c:0:bool"""
        body = returns("get", 8192) + data(8192, 2, 0, 0xFFFFFFFF, 0xFFFFFFFF)
        m = module(body, f"{records}\nfn get -> ~*T")
        place = m.get()
        self.assertEqual((place.value.a, place.value.c), (-1, True))
        self.refused("Invalid", lambda: place.value.b[0])
        repr(place), repr(place.value)
        place.set("Number", 2.0)
        self.assertEqual(place.copy(), ("Number", 2.0))
        with self.assertRaisesRegex(TypeError, "nobody would free"):
            place.set("Text", "x")

    def test_memory_above_2_gib_is_reached(self) -> None:
        m = module(
            returns("at", -2147483648) + returns("last", -8),
            "fn at -> ~*i32\nfn last -> ~*f64\n" + POINT,
            2**31 + 64,
            65536,
        )
        m.at().value = -7
        m.last().value = 0.5
        self.assertEqual((m.at().value, m.last().value, m.at().address), (-7, 0.5, 2**31))
        point = m.Point(x=1, y=2, name="high")
        self.assertGreater(point.address, 2**31)
        self.assertEqual(point.copy(), {"x": 1, "y": 2, "name": "high"})
        numbers = m.new("[]i32", [1, 2, 3])
        self.assertEqual(numbers.value.copy(), [1, 2, 3])

    def test_guest_that_calls_the_host_with_anything_traps_cleanly(self) -> None:
        for ptr, length in ((-1, 1), (4096, -1), (65535, 2), (0, 1)):
            body = f"""(import "env" "say" (func $say (param i32 i32)))(;imports;)
                (func (export "f") (call $say (i32.const {ptr}) (i32.const {length})))"""
            said: list[Any] = []
            m = module(body, "import env say text:str\nfn f", imports={"env": {"say": said.append}})
            with self.assertRaises(linmem.DataError):
                m.f()
            self.assertEqual((said, m.poisoned), ([], True))

    def test_host_functions_give_results_and_statuses(self) -> None:
        body = """(import "env" "find" (func $find (param i32 i32) (result i32)))
            (import "env" "name" (func $name (result i32)))
            (import "env" "grow" (func $grow (param i64) (result i64)))(;imports;)
            (func (export "f") (param i32) (result i32) (call $find (local.get 0) (i32.const 4096)))
            (func (export "g") (result i32) (call $name))
            (func (export "h") (param i64) (result i64) (call $grow (local.get 0)))
            (func (export "out") (result i32) (i32.const 4096))"""
        records = """import env find key:u32 out:>Pair -> Fail\nimport env name -> cstr\nimport env grow x:u64 -> u64
            struct Pair 16 8 a:0:i64 b:8:str\nenum Fail status Lost=16
            fn f key:u32 -> i32\nfn g -> cstr\nfn h x:u64 -> u64\nfn out -> *Pair"""

        def find(key: int) -> Any:
            if key > 1:
                raise linmem.StatusError(16)
            return {"a": key, "b": "text"}

        m = module(
            body,
            records,
            top=8192,
            imports={"env": {"find": find, "name": lambda: "name", "grow": lambda x: 2**64 - x}},
        )
        self.assertEqual((m.f(1), m.out().copy()), (0, {"a": 1, "b": "text"}))
        self.assertEqual((m.f(2), m.g(), m.h(5), m.g()), (16, "name", 2**64 - 5, "name"))

    @unittest.skipUnless(hasattr(wasmtime.Config, "memory_reservation"), "this wasmtime reserves what it likes")
    def test_memory_that_moves_is_looked_up_again(self) -> None:
        config = wasmtime.Config()
        config.memory_reservation = 0
        config.memory_reservation_for_growth = 0
        guest = Guest(store=wasmtime.Store(wasmtime.Engine(config)))
        bases, points = set(), guest.m.points_new()
        for at in range(40):
            with guest.m.new("[400000]u8", bytes(400000)), guest.m.new("[400000]u8", bytes(400000)):
                guest.m.points_push(points, at, at, "n" * at * 1000)
                bases.add(guest.m._runtime.machine._base)
                self.assertEqual([point.x for point in points], list(range(at + 1)))
                self.assertEqual(points[at].name, "n" * at * 1000)
        points.free()
        self.assertGreater(len(bases), 1)

    def test_calls_without_private_names_of_wasmtime_do_the_same(self) -> None:
        without = unittest.mock.patch("linmem.engine._HAVE_SLOTS", False)
        without.start()
        self.addCleanup(without.stop)
        m = Guest().m
        self.assertFalse(m.average.raw._fast)
        self.assertEqual(m.average([1, 2]), 1.5)
        self.assertEqual(m.mixed(True, -1, 2, -3, 4, -5, 6, -7, 8, 1.5, 2.5, "x", 4), -1)
        with m.create_point(1, 2, "x") as point:
            self.assertEqual(point.name, "x")
        with self.assertRaisesRegex(linmem.TrapError, "unreachable"):
            m.raw["inverse_img"](0xFFFFFFF0, 0x7FFFFFFF)
        with self.assertRaises(linmem.PoisonedError):
            m.simple_arr()

    def test_any_bytes_in_memory_are_read_or_refused(self) -> None:
        guest = Guest()
        m = guest.m
        square = m.square_fn()
        number = m.new("i32", 5)
        kept = m.Node(value=number, apply=square, next=m.Node(value=number, apply=square))
        point = {"x": 1, "y": 2, "name": "n"}
        runs = m.Runs(text="a", label="b", numbers=[1], buffer=[point], own_text="o", own_texts=["p"])
        nested = m.Nested(flag=True, inner=SCALARS, corners=[point] * 2, grid=[[0.5] * 3] * 2, type=0)
        shape = m.Shape("Circle", 1.5)
        random_ = random.Random(5)
        refused = 0
        for _ in range(3000):
            view = random_.choice([kept, runs, shape, nested])
            size = view._codec.size
            at = view.address + random_.randrange(size) // 4 * 4
            word = random_.choice(
                [0, 1, 4, 0xFFFFFFFF, 0x80000000, random_.randrange(2**32), random_.randrange(2**21), 2**31 - 4]
            )
            before = bytes(m.memory[view.address : view.address + size])
            m.memory[at : at + 4] = word.to_bytes(4, "little")
            for _ in range(4):
                try:
                    self.read(view, 0)
                except linmem.AbiError:
                    refused += 1
            m.memory[view.address : view.address + size] = before
        self.assertGreater(refused, 1000)
        for owner in (kept, runs, shape, nested, number):
            owner.free()
        self.assertEqual(m.live(), [])

    def read(self, value: Any, depth: int) -> None:
        repr(value)
        if depth < 4 and isinstance(value, linmem.Tagged):
            value.copy()
        elif depth < 4 and isinstance(value, linmem.Aggregate):
            for name in value._codec.fields:
                self.read(value[name], depth + 1)
        elif depth < 4 and isinstance(value, linmem.Run):
            for item in value[:4]:
                self.read(item, depth + 1)


class Mutated(Case):
    def test_mutated_records_of_the_guest_load_or_are_refused(self) -> None:
        from support import GUEST
        from test_reader import mutate

        from linmem.reader import section as find

        words = [b"0", b"4", b"u8", b"i64", b"str", b"[]", b"^", b"*", b"?", b"Point", b"Op", b"status", b"x", b"8"]
        guest, loaded = Guest(), 0
        for seed in range(250):
            sidecar = mutate(random.Random(seed), find(GUEST.read_bytes()), words)
            try:
                m: Any = linmem.load(GUEST, guest.imports(), sidecar=sidecar)
            except linmem.AbiError:
                continue
            loaded += 1
            for name in m.records.declared:
                if name not in m.records.opaques:
                    m[name]
        self.assertGreater(loaded, 10)


class Starved(Case):
    def test_host_functions_say_by_their_status_that_the_guest_has_no_memory(self) -> None:
        records = """
            fn f -> status
            fn g
            import env two first:>^str second:>^str -> status
            import env mute -> ^cstr"""
        body = """(import "env" "two" (func $two (param i32 i32) (result i32)))
            (import "env" "mute" (func $mute (result i32)))(;imports;)
            (func (export "f") (result i32) (call $two (i32.const 64) (i32.const 72)))
            (func (export "g") (drop (call $mute)))"""

        def starved() -> Any:
            raise linmem.OutOfMemoryError("in a call of its own")

        for host in (lambda: ("first", "second"), starved):
            m = module(body, records, imports={"env": {"two": host, "mute": lambda: "text"}})
            alloc, sizes = m._runtime.alloc, []

            def few(size: int, align: int, alloc: Any = alloc, sizes: Any = sizes) -> int:
                """The guest has one block, and no more."""
                sizes.append(size)
                if len(sizes) > 1:
                    raise linmem.OutOfMemoryError(f"the guest has no {size} bytes")
                return int(alloc(size, align))

            with unittest.mock.patch.object(m._runtime, "alloc", few):
                with self.assertRaises(linmem.StatusError) as caught:
                    m.f()
                self.assertEqual((caught.exception.status, caught.exception.name), (7, "OutOfMemory"))
                self.assertEqual(m._runtime.machine.exports["bytes in use"].value(m._runtime.machine.store), 0)
                sizes.append(0)
                # A function without a status has no way to say so.
                self.assertRaises(linmem.OutOfMemoryError, m.g)
                self.assertTrue(m.poisoned)


if __name__ == "__main__":
    unittest.main()
