# SPDX-License-Identifier: MIT OR Apache-2.0
"""Codecs of runs: fixed arrays, slices and buffers."""

from __future__ import annotations

import functools
from typing import Any

from . import making, views
from .codecs import Codec, Place, Scalar, raw_bytes, same_format
from .runtime import MASK, Block, Release, Runtime, put_u32, put_u32s, u32s
from .types import Type


class ArrayCodec(Place):
    """`[N]T`."""

    def __init__(self, runtime: Runtime, of: Type) -> None:
        super().__init__(runtime, of)
        self.item, self.count = runtime.codec(of.inner), of.length
        # Numbers are written at once.
        self.parts = not isinstance(self.item, Scalar)

    def read(self, at: int, block: Block, writable: bool) -> Any:
        return views.Array(self, at, block, writable)

    def copy(self, value: Any) -> Any:
        return value.copy()

    def write(self, at: int, value: Any, block: Block) -> None:
        values = views.values_of(list(value) if self.item.type.text == "char" else value)
        if len(values) != self.count:
            raise ValueError(f"{self.type.text} takes {self.count} values, not {len(values)}")
        self.item.put(at, values, block)

    def put(self, at: int, values: Any, block: Block) -> None:
        leaf = self.item
        while isinstance(leaf, ArrayCodec):
            leaf = leaf.item
        try:
            whole = memoryview(values)
        except TypeError:
            whole = memoryview(b"")
        if hasattr(leaf, "form") and whole.nbytes == len(values) * self.size and same_format(leaf, whole):
            self.machine.view[at : at + whole.nbytes] = raw_bytes(leaf, whole)
        else:
            super().put(at, values, block)

    def dtype(self) -> Any:
        return self.item.dtype(), (self.count,)


class SliceCodec(Codec):
    """`[]T`, which travels as pointer and length."""

    wires = 2

    def __init__(self, runtime: Runtime, of: Type) -> None:
        super().__init__(runtime, of)
        self.owned, self.owned_type = of.mark == "^", of if of.mark == "^" else None

    @functools.cached_property
    def item(self) -> Any:
        return self.runtime.codec(self.type.inner)

    def read(self, at: int, block: Block, writable: bool) -> Any:
        ptr, length = u32s(self.machine.view, at)
        return self._view(ptr, length, block, writable if self.owned else self.type.mark == "~")

    def _view(self, ptr: int, length: int, block: Block, writable: bool) -> Any:
        self.machine.check(self.type.text, ptr, length, self.item.size, self.item.align)
        return views.Slice(self, ptr, length, block, writable)

    def lift(self, block: Block, ptr: int, length: int) -> Any:
        ptr, length = ptr & MASK, length & MASK
        view = self._view(ptr, length, block, self.type.mark == "~")
        if self.owned:
            view._block, view._writable = self.runtime.own(self.type, ptr, length), True
        return view

    def receive(self, at: int, block: Block) -> Any:
        return self.lift(block, *u32s(self.machine.view, at))

    def lent(self, value: Any) -> tuple[int, int] | None:
        """Where the elements are of a view whose memory may be passed as it is."""
        if not isinstance(value, views.Run) or value._item is not self.item:
            return None
        if self.type.mark == "~":
            value._write()
        elif self.owned and not (isinstance(value, views.Slice) and value._is_owner()):
            return None
        return value._elements()

    def _values(self, value: Any) -> Any:
        values = views.values_of(list(value) if self.type.inner.text == "char" else value)
        if isinstance(values, memoryview) and values.ndim > 1 and same_format(self.item, values):
            # An image with rows is a run of its bytes.
            values = memoryview(values.tobytes()).cast(self.item.form)
        return values

    def write(self, at: int, value: Any, block: Block) -> None:
        found = self.lent(value)
        old = Release(self.runtime)
        if self.owned:
            if found and found == u32s(self.machine.view, at):
                return
            old.inside(self.type, at)
            old.gather()
        if found is None:
            if not self.owned and (block.kept is None or self.item.owns):
                raise TypeError(f"nobody would free these values: {self.type.text} takes a view here")
            ptr, values = 0, self._values(value)
            ptr = making.create_run(self.item, values, block)
            found = ptr, len(values)
            if not self.owned:
                block.keep(at, (ptr, len(values) * self.item.size, self.item.align))
        elif self.owned:
            value._block.give(block)
        else:
            block.forget(at)
        put_u32s(self.machine.view, at, *found)
        old.run()

    def lower(self, value: Any, call: Any, raw: list[Any]) -> None:
        found = self.lent(value)
        if found is None:
            values = self._values(value)
            if self.owned:
                ptr = making.create_run(self.item, values, self.runtime.borrowed)
                call.made.append((self.type, ptr, len(values)))
            else:
                ptr = self._lend(value, values, call)
            found = ptr, len(values)
        else:
            call.show(value._block, found[0], found[1] * self.item.size, self.type.mark)
        raw += found

    def _lend(self, value: Any, values: Any, call: Any) -> int:
        item, length = self.item, len(values)
        if self.type.mark == "~":
            call.copy_back(value, lambda: views.Slice(self, ptr, length, call.block, True), self.type.text)
        ptr: int = call.take(length * item.size, item.align)
        if item.owns or item.parts:
            making.clear(self.machine, ptr, length * item.size)
        if item.owns:
            call.inside.append((item.type, ptr, length))
        item.put(ptr, values, call.block)
        return ptr


class BufferCodec(Place):
    """`[+]T`."""

    @functools.cached_property
    def item(self) -> Any:
        return self.runtime.codec(self.type.inner)

    def read(self, at: int, block: Block, writable: bool) -> Any:
        return views.Buffer(self, at, block, writable)

    def copy(self, value: Any) -> Any:
        return value

    def write(self, at: int, value: Any, block: Block) -> None:
        """Makes a new buffer with these elements and room for no more."""
        if isinstance(value, views.Buffer) and value._at == at:
            return
        values = views.values_of(value)
        old = Release(self.runtime)
        old.inside(self.type, at)
        old.gather()
        ptr = making.create_run(self.item, values, self.runtime.borrowed)
        put_u32s(self.machine.view, at, ptr, len(values))
        put_u32(self.machine.view, at + 8, len(values))
        old.run()
