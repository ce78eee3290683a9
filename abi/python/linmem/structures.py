# SPDX-License-Identifier: MIT OR Apache-2.0
"""Types of the records as ctypes has them: the same bytes under the same names, made once for each type.

ctypes lays out by the rules of the machine that it runs on, which may align i64 and f64 by 4. So each field is put where its
record says, with bytes between where ctypes would put it elsewhere. What is an address or an index in linear memory is
a `c_uint32`, since a pointer of ctypes would be one of the host.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from .aggregates import AggregateCodec, attributes

_NUMBERS: dict[str, Any] = {
    "?": ctypes.c_bool,
    "b": ctypes.c_int8,
    "B": ctypes.c_uint8,
    "h": ctypes.c_int16,
    "H": ctypes.c_uint16,
    "i": ctypes.c_int32,
    "I": ctypes.c_uint32,
    "q": ctypes.c_int64,
    "Q": ctypes.c_uint64,
    "f": ctypes.c_float,
    "d": ctypes.c_double,
}
# Names that ctypes looks for in a class.
_TAKEN = "_align_ _anonymous_ _fields_ _layout_ _length_ _pack_ _type_"


class Run(ctypes.Structure):
    """The descriptor of a slice or str."""

    _fields_ = [("ptr", ctypes.c_uint32), ("len", ctypes.c_uint32)]


class Buffer(ctypes.Structure):
    """The descriptor of a buffer."""

    _fields_ = [("ptr", ctypes.c_uint32), ("len", ctypes.c_uint32), ("cap", ctypes.c_uint32)]


def make(codec: Any) -> Any:
    """The type of ctypes for a codec's values in memory."""
    if sys.byteorder != "little":
        raise TypeError("a structure of ctypes has the byte order of the machine, and linear memory the other one")
    kind = codec.type.kind
    if isinstance(codec, AggregateCodec):
        return _aggregate(codec)
    if hasattr(codec, "form"):
        return _NUMBERS[codec.form]
    if kind == "[N]":
        return codec.item.ctype * codec.count
    if kind in ("[]", "str"):
        return Run
    return Buffer if kind == "[+]" else ctypes.c_uint32


def _aggregate(codec: AggregateCodec) -> Any:
    record = codec.record
    members = [(name, field.ctype, offset) for name, (field, offset) in codec.fields.items()]
    if record.kind == "union":
        return _layout(ctypes.Union, record.name, members, codec.size)
    if record.kind == "tagged":
        payloads = [(name, field, 0) for name, field, _ in members]
        size = max((ctypes.sizeof(field) for _, field, _ in payloads), default=0)
        at = members[0][2] if members else 0
        members = [("tag", codec.tag.ctype, 0)]
        if payloads:
            members.append(("value", _layout(ctypes.Union, f"{record.name}_value", payloads, size), at))
    return _layout(ctypes.Structure, record.name, members, codec.size)


def _up(offset: int, align: int) -> int:
    return -(-offset // align) * align


def _layout(base: Any, name: str, members: list[tuple[str, Any, int]], size: int) -> Any:
    names = attributes([member for member, _, _ in members], {*dir(base), *_TAKEN.split()})
    fields: list[tuple[str, Any]] = []
    end, align = 0, 1
    for member, of, offset in members:
        if base is ctypes.Structure and _up(end, ctypes.alignment(of)) != offset:
            fields.append((f" {end}", ctypes.c_uint8 * (offset - end)))
        # A name that Python has a meaning for cannot be an attribute; no name in a record has a space.
        fields.append((names.get(member, f" {member}"), of))
        end, align = max(end, offset + ctypes.sizeof(of)), max(align, ctypes.alignment(of))
    if _up(end, align) != size:
        fields.append((f" {end}", ctypes.c_uint8 * (size - end if base is ctypes.Structure else size)))
    made = type(name, (base,), {"_fields_": fields, "__module__": "linmem"})
    assert ctypes.sizeof(made) == size
    return made
