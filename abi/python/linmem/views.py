# SPDX-License-Identifier: MIT OR Apache-2.0
"""Live views of what lies in linear memory. They hold an address, and look it up at each use.

A view of what the host owns is an owner: `free()` frees it, and so does leaving a `with`. Views into an owner end with
it. A view of what the guest lends lasts as long as the guest says, and by default until the next call of an export.
"""

from __future__ import annotations

import ctypes
import operator
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar, Union

from .errors import AbiError, DataError, locate, shown
from .making import assign, create_owned, create_run, replace
from .runtime import Block, u32_3

Self = TypeVar("Self", bound="View")
# What `ctypes()` returns.
Mapped = Union[ctypes.Structure, ctypes.Union]
MappedRun = ctypes.Array[Any]


class View:
    """The base of all views: an address, the block that it lies in, and whether the host may write."""

    __slots__ = ("_at", "_block", "_writable")
    _codec: Any
    _at: int
    _block: Block
    _writable: bool

    def __init__(self, codec: Any, at: int, block: Block, writable: bool) -> None:
        self._codec, self._at, self._block, self._writable = codec, at, block, writable

    @property
    def address(self) -> int:
        """Where it lies in linear memory."""
        return self._here()

    def _here(self) -> int:
        """The address, for reading."""
        if self._block.dead:
            self._block.fail()
        return self._at

    def _is_owner(self) -> bool:
        of = self._block.type
        return of is not None and of.kind == "*" and of.inner == self._codec.type and self._block.address == self._at

    def free(self) -> None:
        """Frees what the host owns. Only an owner can be freed, once."""
        self._here()
        if not self._is_owner():
            raise TypeError("a borrowed value is not the host's to free")
        self._block.free()

    def __enter__(self: Self) -> Self:
        if not self._block.dead and not self._is_owner():
            raise TypeError("only an owner can be used in `with`: this is a borrowed value")
        return self

    def __exit__(self, *error: Any) -> None:
        # After a trap no call may follow, and what was handed over is the guest's.
        if not self._block.dead and self._block.runtime.machine.poison is None:
            self.free()

    def _write(self) -> int:
        """The address, for writing."""
        if not self._writable:
            raise TypeError("this view is read only: the guest lends it without `~`")
        return self._here()

    def _shown(self) -> str:
        return ""

    def __repr__(self) -> str:
        try:
            what = self._block.dead or self._shown()
        except AbiError as error:
            what = str(error)
        return f"<{self._name()} at 0x{self._at:x}{' ' if what else ''}{what}>"

    def _name(self) -> str:
        name: str = self._codec.type.text
        return name


class Cell(View):
    """What a pointer to a scalar, a string or another pointer leads to: read and set its `value`."""

    __slots__ = ("_codec",)

    @property
    def value(self) -> Any:
        return self._codec.read(self._here(), self._block, self._writable)

    @value.setter
    def value(self, value: Any) -> None:
        assign(self._codec, self._write(), value, self._block)

    def _shown(self) -> str:
        return short(self.value)


class Opaque(View):
    """State that is the guest's own: an address to hand back, and to free where the host owns it."""

    __slots__ = ("_codec",)


def short(value: Any) -> str:
    """A value for `repr`, not longer than a line."""
    text = repr(value[:60] if isinstance(value, str) else value) if not isinstance(value, View) else value._name()
    return text if len(text) < 80 else text[:76] + " ..."


class Aggregate(View):
    """The base of the classes of structs, unions and tagged enumerations."""

    __slots__ = ()

    def __init__(self, /, *args: Any, **fields: Any) -> None:
        codec = self._codec
        try:
            self._block = create_owned(codec.runtime, codec.pointer, codec.arguments(args, fields))
        except (TypeError, ValueError) as error:
            locate(error, codec.record.name, inside=True)
            raise
        self._at, self._writable = self._block.address, True

    @classmethod
    def _view(cls: type[Self], at: int, block: Block, writable: bool) -> Self:
        self = cls.__new__(cls)
        self._at, self._block, self._writable = at, block, writable
        return self

    def __getitem__(self, name: str) -> Any:
        """A field by the name that its record gives it."""
        codec, offset = self._codec.fields[name]
        return codec.read(self._here() + offset, self._block, self._writable)

    def __setitem__(self, name: str, value: Any) -> None:
        codec, offset = self._codec.fields[name]
        try:
            assign(codec, self._write() + offset, value, self._block)
        except (TypeError, ValueError) as error:
            locate(error, f"{self._name()}.{name}")
            raise

    @classmethod
    def ctype(cls) -> type[Mapped]:
        """The class of `ctypes()`, which has the fields of the record at its offsets. It is always the same one."""
        made: type[Mapped] = cls._codec.ctype
        return made

    def ctypes(self) -> Mapped:
        """A structure of ctypes on these bytes. It does not end with this view, and checks nothing: see README."""
        mapped: Mapped = self._codec.machine.mapped(self._codec.ctype, self._write())
        return mapped

    def copy(self) -> Any:
        """A value that is independent of memory: a dict of a struct, bytes of a union, case and value of a tagged.

        What lies behind pointers and slices stays a view.
        """
        return self._codec.copy(self)

    def _shown(self) -> str:
        shown = []
        for name, (codec, offset) in list(self._codec.fields.items())[:8]:
            try:
                shown.append(f"{name}={short(codec.read(self._at + offset, self._block, False))}")
            except AbiError:
                shown.append(f"{name}=?")
        return " ".join(shown)


class Tagged(Aggregate):
    """The base of tagged enumerations: `case` is the name of the active case, `value` what it holds."""

    __slots__ = ()

    @property
    def case(self) -> str:
        name: str = self._codec.case(self._here()).name
        return name

    @property
    def value(self) -> Any:
        payload = self._codec.payload(self._here())
        return payload and payload[0].read(self._at + payload[1], self._block, self._writable)

    def set(self, case: str, value: Any = None) -> None:
        """Makes another case the active one, and frees what the old one owned."""
        try:
            assign(self._codec, self._write(), (case, value), self._block)
        except (TypeError, ValueError) as error:
            locate(error, self._name(), inside=True)
            raise

    def _shown(self) -> str:
        return self.case if self._codec.payload(self._at) is None else f"{self.case}={short(self.value)}"


class Run(View, Sequence):  # type: ignore[type-arg]
    """The base of arrays, slices and buffers: a sequence whose elements are read and set in place."""

    __slots__ = ("_codec",)

    @property
    def _item(self) -> Any:
        return self._codec.item

    def _elements(self) -> tuple[int, int]:
        """Address and number of the elements."""
        raise NotImplementedError

    def __len__(self) -> int:
        return self._elements()[1]

    def __getitem__(self, index: Any) -> Any:
        ptr, length = self._elements()
        item = self._item
        if isinstance(index, slice):
            return [
                item.read(ptr + at * item.size, self._block, self._writable) for at in range(*index.indices(length))
            ]
        index = operator.index(index)
        if index < 0:
            index += length
        if not 0 <= index < length:
            raise IndexError("the index is out of range")
        return item.read(ptr + index * item.size, self._block, self._writable)

    def __setitem__(self, index: Any, value: Any) -> None:
        self._write()
        ptr, length = self._elements()
        item = self._item
        if isinstance(index, slice):
            start, stop, step = index.indices(length)
            data = values_of(value)
            if step != 1 or max(stop - start, 0) != len(data):
                raise ValueError("a run in memory is set by as many values that follow one another")
            at = ptr + start * item.size
            if hasattr(item, "form"):
                item.put(at, data, self._block)  # numbers are written at once
            elif len(data):
                replace(item, at, create_run(item, data, self._block), len(data), self._block)
            return
        index = operator.index(index)
        if index < 0:
            index += length
        if not 0 <= index < length:
            raise IndexError("the index is out of range")
        try:
            assign(item, ptr + index * item.size, value, self._block)
        except (TypeError, ValueError) as error:
            locate(error, f"[{index}]")
            raise

    def __iter__(self) -> Iterator[Any]:
        index = 0
        while True:
            ptr, length = self._elements()
            if index >= length:
                return
            yield self._item.read(ptr + index * self._item.size, self._block, self._writable)
            index += 1

    def copy(self) -> list[Any]:
        """A list of copies of the elements."""
        ptr, length = self._elements()
        copied: list[Any] = self._item.copy_run(ptr, length, self._block)
        return copied

    @property
    def view(self) -> memoryview:
        """A memoryview of the elements, of their own format where they are numbers, of bytes elsewhere."""
        ptr, length = self._elements()
        item = self._item
        bytes_ = item.machine.view[ptr : ptr + length * item.size] if length else memoryview(b"")
        if not self._writable:
            bytes_ = bytes_.toreadonly()
        form: Any = getattr(item, "form", "B")
        shown: memoryview = bytes_.cast(form) if sys.byteorder == "little" else bytes_
        return shown

    def ctypes(self) -> MappedRun:
        """An array of ctypes on the elements. It does not end with this view, and checks nothing: see README."""
        self._write()
        ptr, length = self._elements()
        mapped: MappedRun = self._item.machine.mapped(self._item.ctype * length, ptr if length else 0)
        return mapped

    def numpy(self) -> Any:
        """A numpy array on the elements: numbers, fixed arrays of them, and structs of these."""
        import numpy

        ptr, length = self._elements()
        item = self._item
        dtype = item.__dict__.get("_dtype")
        if dtype is None:
            dtype = item._dtype = numpy.dtype(item.dtype())
        whole = item.machine.view[ptr : ptr + length * item.size]
        if not length:
            return numpy.empty(0, dtype)
        return numpy.frombuffer(whole if self._writable else whole.toreadonly(), dtype)

    def _shown(self) -> str:
        length = self._elements()[1]
        return f"[{', '.join(map(short, self[:6]))}{', ...' if length > 6 else ''}]"


class Array(Run):
    """`[N]T`: the length is part of the type."""

    __slots__ = ()

    def _elements(self) -> tuple[int, int]:
        return self._here(), self._codec.count


class Slice(Run):
    """`[]T`: what a descriptor led to when it was read."""

    __slots__ = ("_length",)

    def __init__(self, codec: Any, at: int, length: int, block: Block, writable: bool) -> None:
        super().__init__(codec, at, block, writable)
        self._length = length

    def _elements(self) -> tuple[int, int]:
        return self._here(), self._length

    def _is_owner(self) -> bool:
        block = self._block
        return block.type == self._codec.owned_type and (block.address, block.length) == (self._at, self._length)


class Buffer(Run):
    """`[+]T`: a view of the descriptor, so it sees the elements that the guest adds."""

    __slots__ = ()

    def _elements(self) -> tuple[int, int]:
        machine, item = self._codec.machine, self._codec.item
        ptr, length, capacity = u32_3(machine.view, self._here())
        machine.check(self._codec.type.text, ptr, capacity, item.size, item.align)
        if length > capacity:
            raise DataError("TooLong", f"{self._codec.type.text}: len {length} of cap {capacity}")
        return ptr, length

    @property
    def capacity(self) -> int:
        """How many elements fit."""
        self._elements()
        capacity: int = u32_3(self._codec.machine.view, self._at)[2]
        return capacity


def values_of(value: Any) -> Any:
    """Values whose number stays: a list, tuple, view or buffer as it is, anything else as a list."""
    if isinstance(value, (str, Mapping, Aggregate, Cell, Opaque)):
        raise TypeError(f"{shown(value)} is no sequence of values")
    if isinstance(value, (list, tuple, bytes, Run)):
        return value
    try:
        whole = memoryview(value)
        if whole.ndim:
            return whole
    except TypeError:
        pass
    try:
        values = iter(value)
    except TypeError:
        raise TypeError(f"{shown(value)} is no sequence of values") from None
    return list(values)
