"""Lets atheris, which is libFuzzer for Python, find bytes that the reader in Python takes for what they are not.

The bytes are those of the target `records`: a section, and memory behind a NUL, which means nothing here. See README.md.
"""

import struct
import sys
import time
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "abi/python"), str(ROOT / "tests/readers")]

with atheris.instrument_imports(include=["linmem.errors", "linmem.reader", "linmem.records", "linmem.types"]):
    import linmem
    from linmem import reader

import python as host

NAN = {"f32": "0x7fc00000", "f64": "0x7ff8000000000000"}


def read(data: bytes) -> "list[str] | None":
    """What a section declares, as records in one order; None if it is refused."""
    try:
        return host.offers(reader.read(data))
    except linmem.RecordError:
        return None


def again(line: str) -> str:
    """A record that was shown, as one to read."""
    words = line.split(" ")
    return f"{line[:-3]}{NAN[words[2]]}" if words[0] == "const" and words[2] in NAN and words[3] == "NaN" else line


def leb(number: int) -> bytes:
    """LEB128, padded to five bytes as linkers do."""
    return bytes(number >> 7 * index & 0x7F | (0x80 if index < 4 else 0) for index in range(5))


def module(part: bytes) -> bytes:
    return b"\0" + leb(len(part) + 11) + b"\x0alinmem.abi" + part


def one(data: bytes) -> None:
    start = time.process_time()
    try:
        reader.section(data)
    except linmem.AbiError:
        pass
    section = data.split(b"\0")[0]
    found = read(section)
    lines = section.split(b"\n")
    assert read(b"\n".join(lines[::-1])) == found, "the order of the lines means nothing"
    assert read(b"\n".join(lines + lines)) == found, "a line that is there twice means nothing"
    half = len(section) // 2
    wasm = b"\0asm\1\0\0\0" + module(section[:half]) + module(section[half:])
    assert reader.section(wasm) == section, "sections are put together"
    if found is not None:
        assert read("".join(again(line) + "\n" for line in found).encode()) == found, "what was read is read again"
    spent = time.process_time() - start
    assert spent < 2, f"{len(data)} bytes took {spent} s"


atheris.Setup(sys.argv, one)
atheris.Fuzz()
