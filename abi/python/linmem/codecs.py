"""How each type is read, written and passed. A codec belongs to one instance, and is made once for each type.

`read(at, block, writable)` takes a value from memory, `write(at, value, block)` puts one there, where a valid one was
before. `lift(block, *raw)` takes a value that travelled in a call, `lower(value, call, raw)` appends one to `raw`.
"""

import functools
import operator
import struct
from typing import Any, Dict, List, Optional

from . import views
from .errors import DataError
from .records import Enum
from .runtime import MASK, Block, Release, Runtime, put_u32s, u32, u32s
from .types import SCALARS, Type


class Codec:
    wires = 1

    def __init__(self, runtime: Runtime, of: Type) -> None:
        self.runtime, self.machine, self.type = runtime, runtime.machine, of
        self.size, self.align = runtime.records.layout(of)
        self.owns = runtime.records.owns(of)

    def zero(self) -> bool:
        """Whether bytes of 0 are a valid value."""
        return True

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
        for index, value in enumerate(values):
            self.write(at + index * self.size, value, block)

    def copy_run(self, ptr: int, length: int, block: Block) -> List[Any]:
        """Copies of values that follow one another."""
        return [self.copy(self.read(ptr + index * self.size, block, False)) for index in range(length)]

    def dtype(self) -> Any:
        """What numpy calls the type."""
        raise TypeError(f"numpy has no type for {self.type.text}")

    def write(self, at: int, value: Any, block: Block) -> None:
        raise NotImplementedError


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

    def plain(self, value: Any) -> Any:
        """The number that stands for a value."""
        if self.floating:
            if isinstance(value, (str, bytes)):
                raise TypeError(f"{value!r} is no {self.type.text}")
            return float(value)
        if self.name == "char":
            if not isinstance(value, str) or len(value) != 1 or "\ud800" <= value < "\ue000":
                raise TypeError(f"{value!r} is not one character")
            return ord(value)
        number = operator.index(value)
        if not self.low <= number < self.high:
            raise ValueError(f"{number} is no {self.type.text}")
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
        try:
            self.pack(self.machine.view, at, self.plain(value))
        except OverflowError:
            raise ValueError(f"{value!r} is no {self.type.text}") from None

    def put(self, at: int, values: Any, block: Block) -> None:
        data = views.pack(self, values)
        assert len(data) == len(values) * self.size
        self.machine.view[at : at + len(data)] = data

    def copy_run(self, ptr: int, length: int, block: Block) -> List[Any]:
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

    def lower(self, value: Any, call: Any, raw: List[Any]) -> None:
        raw.append(self.plain(value))


class Enumeration(Scalar):
    """An IntEnum. Values that are not listed are refused both ways."""

    def __init__(self, runtime: Runtime, of: Type, record: Enum) -> None:
        super().__init__(runtime, of, record.int)
        self.members: Any = runtime.classes[record.name]
        self.by_value: Dict[int, Any] = {member.value: member for member in self.members}

    def zero(self) -> bool:
        return 0 in self.by_value

    def plain(self, value: Any) -> Any:
        member = self.by_value.get(operator.index(value))
        if member is None:
            raise ValueError(f"{value!r} is no {self.type.text}")
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

    def zero(self) -> bool:
        return self.type.option or not self.ends

    def read(self, at: int, block: Block, writable: bool) -> Optional[str]:
        return self._text(*(u32 if self.ends else u32s)(self.machine.view, at))

    def _text(self, ptr: int, length: int = -1) -> Optional[str]:
        if self.ends:
            if ptr == 0 and self.type.option:
                return None
            length = self.machine.strlen(self.type.text, ptr)
        return self.machine.text(self.type.text, ptr, length)

    def lift(self, block: Block, *raw: int) -> Optional[str]:
        ptr, *rest = (value & MASK for value in raw)
        if not self.owned:
            return self._text(ptr, *rest)
        release = Release(self.runtime)
        release.value(self.type, ptr, *rest)
        try:
            return self._text(ptr, *rest)
        finally:
            release.run()

    def receive(self, at: int, block: Block) -> Optional[str]:
        return self.lift(block, *(u32 if self.ends else u32s)(self.machine.view, at))

    def _bytes(self, value: Any) -> bytes:
        if not isinstance(value, str):
            raise TypeError(f"{self.type.text} takes a str, not {type(value).__name__}")
        data = value.encode()
        if self.ends:
            if 0 in data:
                raise ValueError("a cstr holds no NUL")
            data += b"\0"
        return data

    def _put(self, at: int, data: bytes) -> None:
        self.machine.view[at : at + len(data)] = data

    def write(self, at: int, value: Any, block: Block) -> None:
        if value is None and self.type.option:
            data = b""
        else:
            data = self._bytes(value)
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
        if old is not None:
            old.run()
        if self.ends:
            put_ptr(self.machine.view, at, ptr)
        else:
            put_u32s(self.machine.view, at, ptr, len(data))

    def lower(self, value: Any, call: Any, raw: List[Any]) -> None:
        if value is None and self.type.option:
            raw.append(0)
            return
        data = self._bytes(value)
        ptr = call.hand_over(len(data), 1) if self.owned else call.take(len(data), 1)
        self.machine.view[ptr : ptr + len(data)] = data
        raw.append(ptr)
        if not self.ends:
            raw.append(len(data))


put_ptr = struct.Struct("<I").pack_into


class Pointer(Codec):
    """`*T`: a view of the `T`, or None."""

    def __init__(self, runtime: Runtime, of: Type) -> None:
        super().__init__(runtime, of)
        self.owned = of.mark == "^"
        self.opaque = of.inner.name in runtime.records.opaques

    def zero(self) -> bool:
        return self.type.option

    @functools.cached_property
    def target(self) -> Any:
        return self.runtime.codec(self.type.inner)

    def at(self, ptr: int, block: Block, writable: bool, taken: bool = False) -> Any:
        """The view of what lies there; with `taken` the host owns it."""
        if ptr == 0:
            if self.type.option:
                return None
            raise DataError("Null", f"{self.type.text}: nothing is there")
        target = self.target
        if not self.opaque:
            self.machine.check(self.type.text, ptr, 1, target.size, target.align)
        if taken:
            block, writable = self.runtime.own(self.type, ptr), True
        return target.view(ptr, block, writable)

    def read(self, at: int, block: Block, writable: bool) -> Any:
        ptr = u32(self.machine.view, at)[0]
        return self.at(ptr, block, writable if self.owned else self.type.mark == "~")

    def lift(self, block: Block, raw: int) -> Any:
        return self.at(raw & MASK, block, self.type.mark == "~", self.owned)

    def receive(self, at: int, block: Block) -> Any:
        return self.lift(block, u32(self.machine.view, at)[0])

    def address(self, value: Any) -> int:
        """The address of a view of the right type, or -1 for another value."""
        if not isinstance(value, views.View) or value._codec is not self.target:
            return -1
        if value._block.dead:
            value._block.fail()
        if self.type.mark == "~" and not value._writable:
            raise TypeError(f"{self.type.text}: this view is read only")
        if self.owned and not value._is_owner():
            raise TypeError(f"{self.type.text} takes an owner, not a view of something borrowed")
        return value._at

    def make(self, value: Any) -> int:
        """A new block with a value, which the receiver frees."""
        return views.create(self.runtime, self.type.inner, value)

    def write(self, at: int, value: Any, block: Block) -> None:
        ptr = 0
        if value is not None or not self.type.option:
            ptr = self.address(value)
            if ptr < 0 and not (self.owned and not self.opaque):
                raise TypeError(f"{self.type.text} takes a view of that type, not {type(value).__name__}")
        old = Release(self.runtime)
        if self.owned:
            if ptr > 0 and ptr == u32(self.machine.view, at)[0]:
                return
            old.inside(self.type, at)
            old.gather()
            if ptr < 0:
                ptr = self.make(value)
            elif ptr:
                value._block.end("handed over")
        put_ptr(self.machine.view, at, ptr)
        old.run()

    def lower(self, value: Any, call: Any, raw: List[Any]) -> None:
        if value is None and self.type.option:
            raw.append(0)
            return
        ptr = self.address(value)
        if ptr >= 0:
            if self.owned:
                call.moved.append(value._block)
        elif self.opaque:
            raise TypeError(f"{self.type.text} takes what the guest handed over, not {type(value).__name__}")
        elif self.owned:
            ptr = self.make(value)
            call.made.append((self.type, ptr, 0))
        else:
            target = self.target
            if self.type.mark == "~":
                call.copy_back(value, lambda: target.copy(target.read(ptr, call.block, True)), self.type.text)
            ptr = call.take(target.size, target.align)
            views.clear(self.machine, ptr, target.size)
            if target.owns:
                call.inside.append((target.type, ptr))
            target.write(ptr, value, call.block)
        raw.append(ptr)


class Sig(Codec):
    """A function of the guest, by its index in the table."""

    def zero(self) -> bool:
        return self.type.option

    def lift(self, block: Block, raw: int) -> Any:
        index = raw & MASK
        if index == 0 and self.type.option:
            return None
        return self.runtime.classes[self.type.name](index)

    def read(self, at: int, block: Block, writable: bool) -> Any:
        return self.lift(block, u32(self.machine.view, at)[0])

    def _index(self, value: Any) -> int:
        if value is None and self.type.option:
            return 0
        signature = self.runtime.records.sigs[self.type.name]
        if getattr(value, "signature", None) is not signature or value.runtime is not self.runtime:
            raise TypeError(f"{self.type.text} takes a function of that type, which the guest handed out")
        index: int = value.index
        return index

    def write(self, at: int, value: Any, block: Block) -> None:
        put_ptr(self.machine.view, at, self._index(value))

    def lower(self, value: Any, call: Any, raw: List[Any]) -> None:
        raw.append(self._index(value))


def make(runtime: Runtime, of: Type) -> Any:
    """The codec of a type."""
    from .places import AggregateCodec, OpaqueCodec
    from .runs import ArrayCodec, BufferCodec, SliceCodec

    records = runtime.records
    if of.kind == "scalar":
        return Scalar(runtime, of)
    if of.kind in ("str", "cstr"):
        return Text(runtime, of)
    leaf: Dict[str, Any] = {"*": Pointer, "[]": SliceCodec, "[+]": BufferCodec, "[N]": ArrayCodec}
    if of.kind in leaf:
        return leaf[of.kind](runtime, of)
    if of.name in records.enums:
        return Enumeration(runtime, of, records.enums[of.name])
    if of.name in records.sigs:
        return Sig(runtime, of)
    if of.name in records.opaques:
        return OpaqueCodec(runtime, of)
    return AggregateCodec(runtime, of, records.aggregates[of.name])
