"""What a checked module knows of its blocks, from the guest `tests/guests/checked` and from modules whose report lies."""

import os
import struct
import unittest
from pathlib import Path
from typing import Any

import wasmtime
from support import ROOT, Case, data, module

import linmem

CHECKED = Path(os.environ.get("LINMEM_CHECKED_WASM", ROOT / "target/wasm32-unknown-unknown/release/checked.wasm"))
OVERRUN = r"written behind it, to byte 5: the block of 5 bytes at 0x[0-9a-f]{8}, align 1, tag 0, number 1$"


def guest(store: Any = None, on_point: Any = None) -> tuple[Any, linmem.Checks]:
    imports = {"env": {"log_nr": lambda nr: None, "on_point": on_point or (lambda user_data, point: None)}}
    m = linmem.load(CHECKED, imports, store=store)
    checks = linmem.checks(m)
    assert checks is not None
    return m, checks


class Checked(unittest.TestCase):
    def test_blocks_are_listed_tagged_and_counted(self) -> None:
        m, c = guest()
        self.assertEqual(c.live(), [])
        array = m.simple_arr()
        c.tag = 0xFFFFFFFF
        point = m.get_point()
        self.assertEqual(c.live()[-1], (array.address, 16, 4, 0, 1))
        self.assertEqual({(of.size, of.tag) for of in c.live()}, {(12, 0xFFFFFFFF), (6, 0xFFFFFFFF), (16, 0)})
        point.free()
        self.assertIn(12, [of.size for of in c.freed()])
        self.assertEqual(c.statistics, linmem.Statistics(1, 16, 34, len(m.memory) // 65536, 3))
        self.assertEqual((c.tag, c.found), (0xFFFFFFFF, None))
        for wrong in (-1, 1 << 32, 1.0, True):
            with self.assertRaisesRegex(ValueError, "^tag: .* is no u32"):
                c.tag = wrong  # type: ignore[assignment]
        c.check()

    def test_what_is_left_is_told_but_for_the_block_of_the_library(self) -> None:
        m, c = guest()
        with c.left() as left:
            m.create_point(1, 2, "hi").free()
        self.assertEqual(left, [])
        self.assertEqual([of.size for of in c.live()], [4096])
        with c.left() as left:
            m.leak(300)
        self.assertEqual([of.size for of in left], [300])

    def test_every_allocation_is_refused_in_turn(self) -> None:
        m, c = guest()
        m.create_point(0, 0, "the library has its block").free()
        count = 0
        while c.refuse == 0:
            count += 1
            c.refuse = count
            with c.left() as left:
                point = m.create_point(1, 2, "hello")
                if point is not None:
                    point.free()
            self.assertEqual(left, [])
        # The name and the point; then none is left to refuse.
        self.assertEqual(count, 3)

    def test_a_trap_tells_what_was_found(self) -> None:
        store = wasmtime.Store()
        for given in (None, store):
            m, c = guest(given)
            with self.assertRaisesRegex(linmem.TrapError, "^overrun: " + OVERRUN):
                m.overrun()
            with self.assertRaisesRegex(linmem.PoisonedError, OVERRUN):
                m.simple_arr()
            found = c.found
            assert found is not None
            self.assertRegex(found.text, OVERRUN)
            self.assertEqual(c.live()[0].addr, found.addr)
            self.assertRaises(linmem.PoisonedError, c.check)

    def test_a_trap_in_the_middle_of_an_allocation_tells_what_was_found(self) -> None:
        store = wasmtime.Store()
        m, _ = guest(store)
        store.set_limits(memory_size=len(m.memory))
        block = m.raw["alloc"](16, 8)
        m.raw["free"](block, 16, 8)
        m.memory[block + 3] = 7
        # What waits is used when memory has run out, and compared before.
        want = "written after it was freed, to byte 3: the block of 16 bytes"
        with self.assertRaisesRegex(linmem.TrapError, want):
            m.new("[10000000]u8", bytes(10000000))
        with self.assertRaisesRegex(linmem.PoisonedError, want):
            m.simple_arr()

    def test_a_trap_below_a_host_function_tells_what_was_found(self) -> None:
        m, _ = guest(on_point=lambda user_data, point: m.overrun())
        points = m.points_new()
        m.points_push(points, 1, 2, "a")
        with self.assertRaisesRegex(linmem.TrapError, "written behind it"):
            m.for_each_point(points, 1)


LIVE, FREED = 0x4556494C, 0x45455246


def lying(**words: Any) -> Any:
    """A module with a report at 256, of two live blocks and a freed one, in which words are others than they should be."""
    memory = {64: [256], 256: [512, 4, 1056, 7, 0, 1024, 2048, 2, 30, 99, 1, 3], 512: struct.unpack("<I", b"text")}
    memory[1024] = [1536, 0, 10, 2, 7, 3, LIVE ^ 1024, 0xFBFBFBFB]
    memory[1536] = [0, 1024, 20, 4, 0, 1, LIVE ^ 1536, 0xFBFBFBFB]
    memory[2048] = [0, 0, 5, 1, 0, 2, FREED ^ 2048, 0xFBFBFBFB]
    body = "".join(data(at, *of) for at, of in memory.items())
    body += "".join(data(int(at[1:]), value) for at, value in words.items() if at[0] == "_")
    symbol = words.get("symbol", "i32 (i32.const 64)")
    trap = '(func (export "trap") unreachable)'
    return module(body + trap + f'(global (export "linmem_checks") {symbol})', "fn trap", top=8192)


class Lies(Case):
    def test_a_report_is_read_as_spec_lays_it_out(self) -> None:
        c = linmem.checks(lying())
        assert c is not None
        self.assertEqual(c.found, ("text", 1056))
        self.assertEqual(c.live(), [(1056, 10, 2, 7, 3), (1568, 20, 4, 0, 1)])
        self.assertEqual(c.freed(), [(2080, 5, 1, 0, 2)])
        self.assertEqual(c.statistics, linmem.Statistics(2, 30, 99, 1, 3))
        self.assertRaisesRegex(linmem.AbiError, "exports no linmem_check", c.check)

    def test_a_report_that_lies_is_refused(self) -> None:
        for at, value, field, check in [
            (64, 65532, "live", "OutOfBounds"), (64, 65536 - 44, "found", "OutOfBounds"), (64, 2**32 - 4, "freed", "OutOfBounds"),
            (64, 0, "live", "Null"), (64, 258, "found", "Misaligned"), (256, 65534, "found", "OutOfBounds"),
            (256, 2**32 - 1, "found", "OutOfBounds"), (256, 0, "found", "Null"), (260, 2**32 - 1, "found", "TooLong"),
            (512, 2**32 - 1, "found", "NotUtf8"), (276, 65512, "live", "OutOfBounds"), (276, 2**32 - 4, "live", "OutOfBounds"),
            (276, 1026, "live", "Misaligned"), (276, 2048, "live", "Invalid"), (280, 1024, "freed", "Invalid"),
            (2048, 2048, "freed", "TooLong"), (284, 1, "live", "TooLong"), (1024, 1028, "live", "Invalid"),
        ]:  # fmt: skip
            with self.subTest(at=at, value=value):
                m = lying(**{f"_{at}": value})
                c = linmem.checks(m)
                assert c is not None
                self.refused(check, lambda: c.found if field == "found" else getattr(c, field)())
                if field == "found":
                    # A trap is told in the engine's words.
                    self.assertRaisesRegex(linmem.TrapError, "unreachable", m.trap)
        # A ring that claims to be as long as it likes.
        c = linmem.checks(lying(_1536=1024, _284=2**32 - 1))
        assert c is not None
        self.refused("TooLong", c.live)
        for symbol, check in ((0, "Null"), (2, "Misaligned"), (65536, "OutOfBounds"), (-4, "OutOfBounds")):
            m = lying(symbol=f"i32 (i32.const {symbol})")
            c, before = linmem.checks(m), bytes(m.memory)
            assert c is not None
            self.refused(check, lambda: setattr(c, "refuse", 1))
            self.assertEqual(bytes(m.memory), before)

    def test_a_module_without_a_report_has_none(self) -> None:
        self.assertIsNone(linmem.checks(lying(symbol="i64 (i64.const 64)")))
        self.assertIsNone(linmem.checks(module("", "")))


if __name__ == "__main__":
    unittest.main()
