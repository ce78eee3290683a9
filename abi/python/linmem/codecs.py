# SPDX-License-Identifier: MIT OR Apache-2.0
"""How each type is read, written and passed. A codec belongs to one instance, and is made once for each type.

`read(at, block, writable)` takes a value from memory, `write(at, value, block)` puts one there, where a valid one was
before; what is written by its parts (`parts`), where bytes of 0 are, so that `assign` of views writes it. `lift(block, *raw)` takes a value that travelled in a call, `lower(value, call, raw)` appends one to `raw`.
"""

from __future__ import annotations

import functools
import math
import operator
import struct
import sys
from typing import Any

from . import views
from .errors import DataError, locate, shown
from .records import Enum
from .runtime import MASK, Block, Release, Runtime, put_u32, put_u32s, u32, u32s
from .types import SCALARS, Type


class Codec:
    wires = 1
    parts = False

    def __init__(self, runtime: Runtime, of: Type) -> None:
        self.runtime, self.machine, self.type = runtime, runtime.machine, of
        self.size, self.align = runtime.records.layout(of)
        self.owns = runtime.records.owns(of)

    def read(self, at: int, block: Block, writable: bool) -> Any:
        raise NotImplementedError

    def receive(self, at: int, block: Block) -> Any:
        """Takes a value out of memory for good; what it owns is the host's from then on."""
        return self.read(at, block, False)

    def view(self, at: int, block: Block, writable: bool) -> Any:
        """A view of what lies there, for pointers."""
        return views.Cell(self, at, block, writable)

    def copy(self, value: Any) -> Any:
        """A value independent of memory as far as it lies in place."""
        return value

    def put(self, at: int, values: Any, block: Block) -> None:
        """Writes values that follow one another."""
        index = 0
        try:
            for index, value in enumerate(values):
                self.write(at + index * self.size, value, block)
        except (TypeError, ValueError) as error:
            locate(error, f"[{index}]")
            raise

    def copy_run(self, ptr: int, length: int, block: Block) -> list[Any]:
        """Copies of values that follow one another."""
        return [self.copy(self.read(ptr + index * self.size, block, False)) for index in range(length)]

    def dtype(self) -> Any:
        """What numpy calls the type."""
        raise TypeError(f"numpy has no type for {self.type.text}")

    @functools.cached_property
    def ctype(self) -> Any:
        """The type of ctypes for what lies in memory."""
        from .structures import make

        return make(self)

    def write(self, at: int, value: Any, block: Block) -> None:
        raise NotImplementedError

    def wrong(self, value: Any) -> TypeError:
        return TypeError(f"{shown(value)} is no {self.type.text}")


# From here on a number is nearer to infinity than to the largest f32.
F32_END = 2.0**128 - 2.0**103
# Every byte as the bool that it stands for.
BOOLS = b"\0" + b"\1" * 255


class Scalar(Codec):
    """Numbers, bool and char."""

    def __init__(self, runtime: Runtime, of: Type, name: str = "") -> None:
        super().__init__(runtime, of)
        self.name = name or of.name
        self.form = SCALARS[self.name][1]
        packer = struct.Struct("<" + self.form)
        self.unpack, self.pack = packer.unpack_from, packer.pack_into
        bits = 8 * self.size
        self.floating = self.form in "fd"
        # Whether there are bytes that are no value.
        self.checked = self.name == "char" or of.kind == "name"
        self.signed = self.form in "bhiq"
        self.low, self.high = (-(1 << (bits - 1)), 1 << (bits - 1)) if self.signed else (0, 1 << bits)
        self.mask = (1 << bits) - 1
        if self.name == "bool":
            self.high = 2
        # Whether the values are other than integers.
        self.others = self.floating or self.name in ("bool", "char")

    def plain(self, value: Any) -> Any:
        """The number that stands for a value. A bool is no number, though Python counts with it."""
        if type(value) is int and not self.others:
            if not self.low <= value < self.high:
                raise ValueError(f"{shown(value)} does not fit {self.type.text}, {self.low} to {self.high - 1}")
            return value
        if self.name == "bool":
            if not isinstance(value, bool):
                raise self.wrong(value)
            return int(value)
        if self.name == "char":
            if not isinstance(value, str) or len(value) != 1 or "\ud800" <= value < "\ue000":
                raise TypeError(f"{shown(value)} is not one character")
            return ord(value)
        return self._float(value) if self.floating else self.plain(self._index(value))

    def _index(self, value: Any) -> int:
        if isinstance(value, bool):
            raise self.wrong(value)
        try:
            return int(operator.index(value))
        except TypeError:
            raise self.wrong(value) from None

    def _float(self, value: Any) -> float:
        if isinstance(value, (str, bytes, bytearray, bool)):
            raise self.wrong(value)
        try:
            number = float(value)
            if self.size == 4 and F32_END <= abs(number) < math.inf:
                raise OverflowError
        except OverflowError:
            raise ValueError(f"{shown(value)} does not fit {self.type.text}") from None
        except (TypeError, ValueError):
            raise self.wrong(value) from None
        return number

    def value(self, number: Any) -> Any:
        if self.name == "char":
            if number > 0x10FFFF or 0xD800 <= number < 0xE000:
                raise DataError("Invalid", f"{number} is no char")
            return chr(number)
        return number

    def read(self, at: int, block: Block, writable: bool) -> Any:
        return self.value(self.unpack(self.machine.view, at)[0])

    def write(self, at: int, value: Any, block: Block) -> None:
        number = self.plain(value)
        self.pack(self.machine.view, at, number)

    def put(self, at: int, values: Any, block: Block) -> None:
        data = pack(self, values)
        assert len(data) == len(values) * self.size
        self.machine.view[at : at + len(data)] = data

    def copy_run(self, ptr: int, length: int, block: Block) -> list[Any]:
        numbers = struct.unpack_from(f"<{length}{self.form}", self.machine.view, ptr) if length else ()
        return [self.value(number) for number in numbers] if self.checked else list(numbers)

    def dtype(self) -> Any:
        return "<" + {"?": "?", "f": "f4", "d": "f8"}.get(self.form, f"{'i' if self.signed else 'u'}{self.size}")

    def lift(self, block: Block, raw: Any) -> Any:
        if self.floating:
            return raw
        if self.name == "bool":
            return raw != 0
        raw &= self.mask
        return self.value(raw - (self.mask + 1) if self.signed and raw >= self.high else raw)

    def lower(self, value: Any, call: Any, raw: list[Any]) -> None:
        raw.append(self.plain(value))


class Enumeration(Scalar):
    """An IntEnum. Values that are not listed are refused both ways."""

    def __init__(self, runtime: Runtime, of: Type, record: Enum) -> None:
        super().__init__(runtime, of, record.int)
        self.members: Any = runtime.classes[record.name]
        self.by_value: dict[int, Any] = {member.value: member for member in self.members}

    def plain(self, value: Any) -> Any:
        member = self.by_value.get(self._index(value))
        if member is None:
            raise ValueError(f"{shown(value)} is no {self.type.text}")
        return int(member)

    def value(self, number: Any) -> Any:
        member = self.by_value.get(number)
        if member is None:
            raise DataError("Invalid", f"{number} is no {self.type.text}")
        return member


class Text(Codec):
    """`str` and `cstr`: a Python str. What the guest hands over is copied and freed."""

    def __init__(self, runtime: Runtime, of: Type) -> None:
        super().__init__(runtime, of)
        self.ends, self.wires = of.kind == "cstr", 1 if of.kind == "cstr" else 2
        self.owned = of.mark == "^"

    def read(self, at: int, block: Block, writable: bool) -> str | None:
        return self._text(*(u32 if self.ends else u32s)(self.machine.view, at))

    def _text(self, ptr: int, length: int = -1) -> str | None:
        if self.ends:
            if ptr == 0 and self.type.option:
                return None
            length = self.machine.strlen(self.type.text, ptr)
        return self.machine.text(self.type.text, ptr, length)

    def lift(self, block: Block, *raw: int) -> str | None:
        ptr, *rest = (value & MASK for value in raw)
        if not self.owned:
            return self._text(ptr, *rest)
        release = Release(self.runtime)
        release.value(self.type, ptr, *rest)
        try:
            return self._text(ptr, *rest)
        finally:
            release.run()

    def receive(self, at: int, block: Block) -> str | None:
        return self.lift(block, *(u32 if self.ends else u32s)(self.machine.view, at))

    def _bytes(self, value: Any) -> bytes:
        if not isinstance(value, str):
            raise self.wrong(value)
        try:
            data = value.encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"{shown(value)} has half of a surrogate pair at {error.start}") from None
        if self.ends:
            if 0 in data:
                raise ValueError("a cstr holds no NUL")
            data += b"\0"
        return data

    def _put(self, at: int, data: bytes) -> None:
        self.machine.view[at : at + len(data)] = data

    def write(self, at: int, value: Any, block: Block) -> None:
        data = b"" if value is None and self.type.option else self._bytes(value)
        old = None
        if self.owned:
            if u32(self.machine.view, at)[0]:
                old = Release(self.runtime)
                old.inside(self.type, at)
                old.gather()
        elif block.kept is None:
            raise TypeError("nobody would free this text: the struct is not the host's")
        ptr = 0 if value is None else self.runtime.alloc(len(data), 1)
        if value is not None:
            self._put(ptr, data)
        if not self.owned:
            block.keep(at, (ptr, len(data), 1))
        if self.ends:
            put_u32(self.machine.view, at, ptr)
        else:
            put_u32s(self.machine.view, at, ptr, len(data))
        if old is not None:
            old.run()

    def lower(self, value: Any, call: Any, raw: list[Any]) -> None:
        if value is None and self.type.option:
            raw.append(0)
            return
        data = self._bytes(value)
        ptr = call.hand_over(len(data), 1) if self.owned else call.take(len(data), 1)
        self.machine.view[ptr : ptr + len(data)] = data
        raw.append(ptr)
        if not self.ends:
            raw.append(len(data))


class Place(Codec):
    """What `read` shows as a view."""

    def view(self, at: int, block: Block, writable: bool) -> Any:
        return self.read(at, block, writable)

    def copy(self, value: Any) -> Any:
        raise NotImplementedError

    def receive(self, at: int, block: Block) -> Any:
        raise AssertionError("an aggregate is received as a block")


def pack(item: Any, values: Any) -> bytes:
    """The bytes of numbers: of a buffer of the same format as they are, of other values one by one."""
    try:
        whole = memoryview(values)
    except TypeError:
        whole = None
    if whole is not None and same_format(item, whole) and whole.ndim == 1:
        return raw_bytes(item, whole)
    if whole is not None:
        values = whole.tolist()
    try:
        numbers = [item.plain(value) for value in values]
    except (TypeError, ValueError) as error:
        locate(error, f"[{first_wrong(item, values)}]")
        raise
    return struct.pack(f"<{len(numbers)}{item.form}", *numbers)


def first_wrong(item: Any, values: Any) -> int:
    """The index of the first value that is refused. To count while they are converted would take longer."""
    for index, value in enumerate(values):
        try:
            item.plain(value)
        except (TypeError, ValueError):
            return index
    return len(values)


def same_format(item: Any, whole: memoryview) -> bool:
    """Whether a buffer holds numbers as memory has them."""
    form = whole.format.lstrip("@=<" if sys.byteorder == "little" else "<") if whole.format else ""
    if len(form) != 1 or whole.itemsize != item.size or item.checked:
        return False
    kinds = ("bhilqn", "BHILQNc", "fd", "?")
    return any(form in kind and item.form in kind for kind in kinds)


def raw_bytes(item: Any, whole: memoryview) -> bytes:
    """The bytes of a buffer of the same format. Those of a bool become 0 or 1."""
    data = whole.tobytes()
    return data.translate(BOOLS) if item.form == "?" else data


def make(runtime: Runtime, of: Type) -> Any:
    """The codec of a type."""
    from .aggregates import AggregateCodec
    from .pointers import OpaqueCodec, Pointer, Sig
    from .runs import ArrayCodec, BufferCodec, SliceCodec

    records = runtime.records
    if of.kind == "scalar":
        return Scalar(runtime, of)
    if of.kind in ("str", "cstr"):
        return Text(runtime, of)
    leaf: dict[str, Any] = {"*": Pointer, "[]": SliceCodec, "[+]": BufferCodec, "[N]": ArrayCodec}
    if of.kind in leaf:
        return leaf[of.kind](runtime, of)
    if of.name in records.enums:
        return Enumeration(runtime, of, records.enums[of.name])
    if of.name in records.sigs:
        return Sig(runtime, of)
    if of.name in records.opaques:
        return OpaqueCodec(runtime, of)
    return AggregateCodec(runtime, of, records.aggregates[of.name])
