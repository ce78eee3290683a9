"""Structures of ctypes that are mapped on linear memory."""

import ctypes
import gc
import random
import sys
import unittest
import weakref
from typing import Any

import wasmtime
from support import SCALARS, Case, Guest, data, module, returns

import linmem
from linmem import structures

NUMBERS = ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "f32", "f64"]


@unittest.skipUnless(sys.maxsize > 1 << 32 and sys.byteorder == "little", "memory may move here, or is of another order")
class Mapped(Case):
    def setUp(self) -> None:
        self.guest = Guest()
        self.m = self.guest.m

    def test_writes_are_seen_both_ways(self) -> None:
        with self.m.create_point(1, 2, "name") as point:
            raw = point.ctypes()
            self.assertIsInstance(raw, ctypes.Structure)
            self.assertEqual((raw.x, raw.y), (1, 2))
            raw.x = -10
            point.y = 7
            self.assertEqual((point.x, raw.y, point.name), (-10, 7, "name"))
            self.assertEqual(ctypes.string_at(ctypes.addressof(raw), 12), bytes(self.m.memory[point.address :][:12]))
            self.assertEqual(bytes(self.m.memory[raw.name :][:5]), b"name\0")
        with self.m.simple_arr() as numbers:
            raw = numbers.ctypes()
            raw[1] = -2
            numbers[3] = 5
            self.assertEqual((list(raw), list(numbers)), ([100, -2, 300, 5], [100, -2, 300, 5]))
            self.assertEqual(self.m.average(raw), 100.75)

    def test_every_type_has_the_layout_of_its_record(self) -> None:
        for name, record in self.m.records.aggregates.items():
            made = self.m[name].ctype()
            self.assertIs(made, self.m[name].ctype())
            self.assertEqual((made.__name__, ctypes.sizeof(made)), (name, record.size))
            if record.kind != "tagged":
                for field in record.fields:
                    placed = getattr(made, field.name, None) or getattr(made, field.name + "_")
                    self.assertEqual(placed.offset, field.offset, f"{name}.{field.name}")
                    self.assertEqual(placed.size, self.m.records.layout(field.type)[0], f"{name}.{field.name}")
        shape = self.m.Shape.ctype()
        self.assertEqual((shape.tag.offset, shape.value.offset, shape.value.size), (0, 8, 8))

    def test_places_in_places_are_mapped(self) -> None:
        corners = [{"x": 6, "y": 0, "name": "a"}, {"x": 7, "y": 0, "name": "b"}]
        whole = {"flag": False, "inner": {**SCALARS, "i": 2**64 - 1, "l": "\u00df"}, "grid": [[0, 1, 2], [3, 4, 5]]}
        with self.m.Nested(**whole, corners=corners, type=self.m.Color.Blue) as nested:
            raw = nested.ctypes()
            self.assertEqual((raw.flag, raw.inner.i, raw.inner.l, raw.type), (False, 2**64 - 1, 0xDF, 5))
            self.assertEqual([list(row) for row in raw.grid], whole["grid"])
            raw.grid[1][2], raw.corners[1].x, raw.inner.k, raw.flag = 60, 70, 0.5, True
            self.assertEqual((nested.grid[1][2], nested.corners[1].x, nested.inner.k, nested.flag), (60, 70, 0.5, True))
        with self.m.Bits(float=1.0) as bits:
            raw = bits.ctypes()
            self.assertIsInstance(raw, ctypes.Union)
            raw.bytes[3] = 0xBF
            self.assertEqual((raw.int, bits.float), (0xBF800000, -1.0))
        with self.m.Shape("Scaled", {"float": 1.0}) as shape:
            raw = shape.ctypes()
            self.assertEqual((raw.tag, raw.value.Scaled.int), (4, 0x3F800000))
            raw.tag, raw.value.Circle = 0, 2.5
            self.assertEqual(shape.copy(), ("Circle", 2.5))
        with self.m.new("[2]Scalars", [SCALARS, SCALARS]) as scalars:
            scalars.ctypes()[1].h = -(2**63)
            self.assertEqual(scalars[1].h, -(2**63))

    def test_it_goes_on_after_growth(self) -> None:
        """By default memory does not move, so that growth ends nothing."""
        point = self.m.create_point(1, 2, "x")
        raw = point.ctypes()
        size = len(self.m.memory)
        with self.m.new("[9000000]u8", bytes(9000000)):
            self.assertGreater(len(self.m.memory), size)
            raw.x, point.y = 5, 6
            self.assertEqual((point.x, raw.y), (5, 6))
        high = self.m.new("[2000000]i32", [0] * 2000000)
        high.ctypes()[-1] = 7
        self.assertEqual(high[-1], 7)
        high.free()
        point.free()

    @unittest.skipUnless(hasattr(wasmtime.Config, "memory_reservation"), "this wasmtime reserves what it likes")
    def test_memory_that_may_move_is_not_mapped(self) -> None:
        m = Guest(store=wasmtime.Store(wasmtime.Engine())).m
        with m.create_point(1, 2, "x") as point, m.simple_arr() as numbers:
            for use in (point.ctypes, numbers.ctypes):
                with self.assertRaisesRegex(TypeError, "may move"):
                    use()
            copy = m.Point.ctype().from_buffer_copy(m.memory, point.address)
            point.x = 9
            self.assertEqual((copy.x, copy.y), (1, 2))

    def test_what_may_not_be_written_to_is_not_mapped(self) -> None:
        point = self.m.create_point(1, 2, "x")
        point.free()
        with self.assertRaisesRegex(ValueError, "freed"):
            point.ctypes()
        with self.m.points_new() as points:
            self.m.points_push(points, 1, 2, "n")
            with self.assertRaisesRegex(TypeError, "read only"):
                self.m.points_get(points, 0).ctypes()
            self.assertEqual(points.ctypes()[0].y, 2)
        m = module(returns("get", 8192) + data(8192, 3, 65536), "struct S 8 4 run:0:~[]i32\nfn get -> *S")
        self.refused("Misaligned", lambda: m.get().run.ctypes())
        with module("", "").new("[+]i32", []) as empty:
            self.assertEqual(len(empty.ctypes()), 0)

    def test_it_keeps_the_memory_that_it_shows(self) -> None:
        guest = Guest()
        store = weakref.ref(guest.m._runtime.machine.store)
        raw = guest.m.create_point(1, 2, "x").ctypes()
        del guest
        gc.collect()
        self.assertIsNotNone(store())
        self.assertEqual((raw.x, raw.y), (1, 2))
        del raw
        gc.collect()
        self.assertIsNone(store(), "an instance that nobody uses is freed")

    def test_names_that_python_has_a_use_for_are_data(self) -> None:
        names = ["__init__", "__class__", "__del__", "_fields_", "_pack_", "_b_base_", "_objects", "class", "x"]
        fields = " ".join(f"{name}:{4 * at}:i32" for at, name in enumerate(names))
        m = module("", f"struct Odd {4 * len(names)} 4 {fields}")
        with m.Odd(**dict.fromkeys(names, 0)) as odd:
            raw = odd.ctypes()
            for at, name in enumerate(names):
                odd[name] = at
            self.assertEqual((raw._fields__, raw._pack__, raw._b_base__, raw._objects_), (3, 4, 5, 6))
            self.assertEqual((raw.class_, raw.x, getattr(raw, " __init__"), type(raw).__name__), (7, 8, 0, "Odd"))
            raw.x = -1
            self.assertEqual(odd["x"], -1)

    def test_offsets_are_those_of_the_records_where_ctypes_would_choose_others(self) -> None:
        """As on machines that align numbers of 8 bytes by 4."""
        members = [("a", ctypes.c_uint8, 0), ("b", ctypes.c_uint32, 8), ("c", ctypes.c_uint16, 12)]
        made = structures._layout(ctypes.Structure, "S", members, 24)
        self.assertEqual([getattr(made, name).offset for name, *_ in members], [0, 8, 12])
        self.assertEqual(ctypes.sizeof(made), 24)
        union = structures._layout(ctypes.Union, "U", [("a", ctypes.c_uint32, 0), ("b", made, 0)], 32)
        self.assertEqual((ctypes.sizeof(union), union.a.offset, union.b.offset), (32, 0, 0))

    def test_random_structs_are_seen_alike(self) -> None:
        for seed in range(60):
            draw = random.Random(seed)
            records, fields, end = [], [], 0
            for at in range(draw.randrange(1, 12)):
                of, count = draw.choice(NUMBERS), draw.choice([0, 0, 1, 3])
                size = {"8": 1, "6": 2, "2": 4, "4": 8}[of[-1]]
                end = -(-end // size) * size
                fields.append((f"f{at}", end, f"[{count}]{of}" if count else of, of, count))
                end += size * (count or 1)
            fields.append(("last", -(-end // 8) * 8, "f64", "f64", 0))
            size = fields[-1][1] + 8
            records.append(f"struct S {size} 8 " + " ".join(f"{name}:{at}:{of}" for name, at, of, _, _ in fields))
            records.append(f"struct T {2 * size + 8} 8 a:0:S b:{size}:u8 c:{size + 8}:S")
            m = module("", "\n".join(records))
            value: dict[str, Any] = {}
            for name, _, _, of, count in fields:
                bits = int(of[1:])
                numbers = [draw.randrange(2 ** (bits - 1)) if of[0] != "f" else draw.randrange(99) / 4 for _ in range(4)]
                value[name] = numbers[:count] if count else numbers[0]
            with m.T(a=value, b=1, c=value) as made:
                raw = made.ctypes()
                for name, *_, count in fields:
                    got = getattr(raw.c, name)
                    self.assertEqual(list(got) if count else got, value[name], f"{seed}: {records}")
                    setattr(raw.a, name, type(got)() if count else 0)
                self.assertEqual(set(m.memory[made.address : made.address + ctypes.sizeof(type(raw.a))]), {0})


if __name__ == "__main__":
    unittest.main()
