"""Finds the custom section `linmem.abi` in the bytes of a module, without executing or compiling anything."""

from typing import List, Tuple

from .errors import AbiError

NAME = b"linmem.abi"


def _leb(data: bytes, at: int, end: int) -> Tuple[int, int]:
    """An unsigned LEB128 of at most 32 bits, and where it ends."""
    value = 0
    for shift in range(0, 35, 7):
        if at >= end:
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value >> 32:
                break
            return value, at
    raise AbiError("the module's sections are malformed: a length is cut off or too long")


def find(data: bytes) -> bytes:
    """The bytes of all sections of that name, in the order of the module; empty where there is none.

    Raises AbiError where the bytes are no wasm module.
    """
    if data[:8] != b"\0asm\1\0\0\0":
        raise AbiError("these bytes are no wasm module")
    found: List[bytes] = []
    at = 8
    while at < len(data):
        kind = data[at]
        size, start = _leb(data, at + 1, len(data))
        at = start + size
        if at > len(data):
            raise AbiError("the module's sections are malformed: one passes the end")
        if kind == 0:
            length, name = _leb(data, start, at)
            if length == len(NAME) and data[name : min(name + length, at)] == NAME:
                found.append(data[name + length : at])
    return b"".join(found)
