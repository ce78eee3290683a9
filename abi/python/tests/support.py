"""What the tests share: the guest, modules written by hand, and records around them."""

import faulthandler
import os
import sys
import unittest
from pathlib import Path
from typing import Any, Callable

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import wasmtime

import linmem

ROOT = Path(__file__).resolve().parents[3]
GUEST = Path(os.environ.get("LINMEM_RECORDS_WASM", ROOT / "target/wasm32-unknown-unknown/release/records.wasm"))
# A `Scalars` of nothing.
SCALARS = {**dict.fromkeys("bcdefghijkmn", 0), "a": False, "l": "\0"}

# A hang ends the tests, and shows where.
faulthandler.dump_traceback_later(240, exit=True)


class Guest:
    """The guest `tests/guests/records`, and what it called the host with."""

    def __init__(self, store: Any = None) -> None:
        self.calls: list[Any] = []
        self.title: Callable[..., Any] = lambda text, pixels: True
        self.on_point: Callable[..., Any] = lambda user_data, point: None
        self.m = linmem.load(GUEST, self.imports(), store=store)

    def imports(self) -> dict[str, dict[str, Callable[..., Any]]]:
        return {
            "env": {"log_nr": self.calls.append, "on_point": lambda *args: self.on_point(*args)},
            "clock:v1": {"now": lambda: 3.5, "title": lambda *args: self.title(*args)},
        }


ALLOCATOR = """
    (memory (export "memory") {pages})
    (table (export "__indirect_function_table") 4 funcref)
    (global $top (mut i32) (i32.const {top}))
    (global $live (export "bytes in use") (mut i32) (i32.const 0))
    (func $alloc (export "alloc") (param $size i32) (param $align i32) (result i32)
        (global.set $live (i32.add (global.get $live) (local.get $size)))
        (global.set $top (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
        (global.get $top)
        (global.set $top (i32.add (global.get $top) (local.get $size))))
    (func (export "free") (param $ptr i32) (param $size i32) (param $align i32)
        (global.set $live (i32.sub (global.get $live) (local.get $size))))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
    {body}
"""


def module(body: str, records: str, top: int = 4096, pages: int = 1, imports: Any = None, store: Any = None) -> Any:
    """An instance of a module with a bump allocator and this body, under these records."""
    header = body.split("(;imports;)")[0] if "(;imports;)" in body else ""
    text = f"(module {header}{ALLOCATOR.format(pages=pages, top=top, body=body[len(header) :])})"
    return linmem.load(wasmtime.wat2wasm(text), imports, sidecar=section(records), store=store)


def section(records: str) -> bytes:
    lines = [line.lstrip() for line in records.strip("\n").split("\n")]
    return ("abi 1 wasm32\n" + "\n".join(lines) + "\n").encode()


def returns(name: str, value: int) -> str:
    """A function that returns a number."""
    return f'(func (export "{name}") (result i32) (i32.const {value}))'


def data(at: int, *words: int) -> str:
    """Words of 32 bits in memory."""
    text = "".join(f"\\{byte:02x}" for word in words for byte in (word & 0xFFFFFFFF).to_bytes(4, "little"))
    return f'(data (i32.const {at}) "{text}")'


class Case(unittest.TestCase):
    def refused(self, check: str, act: Callable[[], Any]) -> None:
        with self.assertRaises(linmem.DataError) as caught:
            act()
        self.assertEqual(caught.exception.check, check, str(caught.exception))


def leb(number: int) -> bytes:
    out = bytearray()
    while True:
        out.append(number & 0x7F | (0x80 if number > 0x7F else 0))
        number >>= 7
        if not number:
            return bytes(out)


def custom(name: bytes, content: bytes) -> bytes:
    body = leb(len(name)) + name + content
    return b"\0" + leb(len(body)) + body
