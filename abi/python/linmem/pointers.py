# SPDX-License-Identifier: MIT OR Apache-2.0
"""Codecs of what stands for something elsewhere: pointers, opaque types behind them, indexes of functions."""

import functools
from typing import Any

from . import making, views
from .codecs import Codec, Place
from .errors import DataError
from .runtime import MASK, Block, Release, Runtime, put_u32, u32
from .types import Type


class Pointer(Codec):
    """`*T`: a view of the `T`, or None."""

    def __init__(self, runtime: Runtime, of: Type) -> None:
        super().__init__(runtime, of)
        self.owned = of.mark == "^"
        self.opaque = of.inner.name in runtime.records.opaques

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
        return making.create(self.runtime, self.type.inner, value)

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
                value._block.give(block)
        put_u32(self.machine.view, at, ptr)
        old.run()

    def lower(self, value: Any, call: Any, raw: list[Any]) -> None:
        if value is None and self.type.option:
            raw.append(0)
            return
        ptr = self.address(value)
        if ptr >= 0:
            size = 0 if self.opaque else self.target.size
            call.show(value._block, ptr, size, self.type.mark)
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
            making.clear(self.machine, ptr, target.size)
            if target.owns:
                call.inside.append((target.type, ptr))
            target.write(ptr, value, call.block)
        raw.append(ptr)


class Sig(Codec):
    """A function of the guest, by its index in the table."""

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
        put_u32(self.machine.view, at, self._index(value))

    def lower(self, value: Any, call: Any, raw: list[Any]) -> None:
        raw.append(self._index(value))


class OpaqueCodec(Place):
    def __init__(self, runtime: Runtime, of: Type) -> None:
        self.runtime, self.type, self.size, self.align, self.owns = runtime, of, 0, 1, False

    def read(self, at: int, block: Block, writable: bool) -> Any:
        return views.Opaque(self, at, block, writable)
