# SPDX-License-Identifier: MIT OR Apache-2.0
"""Blocks of linear memory: who owns them, how they are freed, and which of them the host still holds."""

from __future__ import annotations

import struct
from typing import Any

from .engine import Machine, RawFunc
from .errors import AbiError, DataError, OutOfMemoryError
from .records import Records, Signature
from .types import SIZE_MAX, Type, parse

MASK = 0xFFFFFFFF
SCRATCH = 4096
u32 = struct.Struct("<I").unpack_from
u32s = struct.Struct("<II").unpack_from
u32_3 = struct.Struct("<III").unpack_from
put_u32 = struct.Struct("<I").pack_into
put_u32s = struct.Struct("<II").pack_into

Layout = tuple[int, int, int]  # ptr, size, align


class Block:
    """What a view lies in. `dead` is None as long as it may be used, then says why not.

    `type` is what it is freed as where the host owns it. `kept` is data that the host put into borrowed fields, by the
    address of the field; None where nobody could free it later.
    """

    __slots__ = ("runtime", "type", "address", "length", "dead", "kept")

    def __init__(self, runtime: Runtime, of: Type | None, address: int, length: int = 0, keeps: bool = True) -> None:
        self.runtime, self.type, self.address, self.length = runtime, of, address, length
        self.dead: str | None = None
        self.kept: dict[int, Layout] | None = {} if keeps else None

    def fail(self) -> Any:
        raise ValueError(f"this {self.type.text if self.type else 'view'} was {self.dead}")

    def free(self) -> None:
        """Frees what the host owns: by the drop export of its type, or block by block."""
        if self.dead:
            self.fail()
        if self.type is None:
            raise TypeError("a borrowed value is not the host's to free")
        runtime = self.runtime
        shallow = runtime.shallow.get(self.type.text)
        if shallow is None:
            release = Release(runtime)
            release.value(self.type, self.address, self.length)
            release.gather()
            self.end("freed")
            release.run()
        else:
            function, layout = shallow
            self.end("freed")
            function(self.address, *layout)

    def end(self, why: str) -> None:
        """Takes it from the host: it was freed, or handed over."""
        if self.kept and why == "freed" and self.runtime.machine.poison is None:
            for layout in self.kept.values():
                self.runtime.free(*layout)
        self.dead = why
        self.runtime.owned.pop(self, None)

    def give(self, to: Block) -> None:
        """Hands it over to what lies in another block."""
        if to is self:
            raise ValueError("an owner cannot own itself")
        self.end("handed over")

    def keep(self, field: int, layout: Layout) -> None:
        """Keeps data for a borrowed field as long as this block, and frees what the field held before."""
        if self.kept is None:
            raise TypeError("nobody would free this data: the struct is not the host's")
        self.forget(field)
        self.kept[field] = layout

    def forget(self, field: int) -> None:
        if self.kept and field in self.kept:
            self.runtime.free(*self.kept.pop(field))

    def within(self, at: int, size: int) -> list[int]:
        """The fields in these bytes that something is kept for."""
        return [field for field in self.kept or () if at <= field < at + size]

    def move(self, at: int, to: int, size: int) -> None:
        """What is kept for some bytes is kept for others from now on, in the place of what was."""
        for field in self.within(to, size):
            self.forget(field)
        for field in self.within(at, size):
            self.kept[to + field - at] = self.kept.pop(field)  # type: ignore[index, union-attr]

    def __repr__(self) -> str:
        state = f", {self.dead}" if self.dead else ""
        return f"<{self.type.text if self.type else 'borrowed'} at 0x{self.address:x}{state}>"


class Runtime:
    """An instance with its records, as its codecs and views use it."""

    def __init__(self, machine: Machine, records: Records) -> None:
        self.machine, self.records = machine, records
        self.owned: dict[Block, None] = {}
        self.borrowed = Block(self, None, 0, keeps=False)
        self.codecs: dict[str, Any] = {}
        self.shallow: dict[str, tuple[Any, tuple[int, ...]]] = {}
        self.classes: dict[str, Any] = {}
        self._alloc, self._free = self._role("alloc", 2, 1), self._role("free", 3, 0)
        self._scratch, self._top = 0, 0
        self.lent: list[Any] = []
        self._drops: dict[str, RawFunc] = {}
        for signature in (*records.functions.values(), *records.drops.values()):
            self._check(signature)

    def _role(self, role: str, params: int, results: int) -> RawFunc:
        name = self.records.roles.get(role, role)
        kind = ("i32",) * params, ("i32",) * results
        if self.machine.functions.get(name) != kind:
            raise AbiError(f"R9: the module exports no `{name}` with the signature of `{role}`")
        return self.machine.func(name)

    def _check(self, signature: Signature) -> None:
        """The export of a record has the signature that the record states."""
        kind = self.machine.functions.get(signature.name)
        if kind != (signature.wasm_params, signature.wasm_results):
            what = "does not export it" if kind is None else f"has it as {kind[0]} -> {kind[1]}"
            raise AbiError(f"R9: the module {what}, in the record `{signature.text[:120]}`")

    def drop(self, of: Type) -> RawFunc | None:
        """What frees a value of this type, where a record says so."""
        signature = self.records.drops.get(of.plain)
        if signature is None:
            return None
        if of.plain not in self._drops:
            self._drops[of.plain] = self.machine.func(signature.name)
        return self._drops[of.plain]

    def learn(self, of: Type) -> None:
        """Notes how owners of a pointer type are freed, where it is by one call: its drop export, or one block."""
        drop = self.drop(of)
        if drop is not None:
            self.shallow[of.text] = drop, ()
        elif of.kind == "*" and of.inner.name not in self.records.opaques and not self.records.owns(of.inner):
            self.shallow[of.text] = self._free, self.records.layout(of.inner)

    def codec(self, of: Type) -> Any:
        """The codec of a type, made once. Equal types have the same one."""
        codec = self.codecs.get(of.text)
        if codec is None:
            from .codecs import make

            codec = make(self, of)
            self.codecs[of.text] = codec
            if of.kind == "*" and of.mark == "^":
                self.learn(of)
        return codec

    def type(self, text: str) -> Type:
        return parse(text, self.records.types)

    def alloc(self, size: int, align: int) -> int:
        if size == 0:
            return align
        if size > SIZE_MAX:
            raise ValueError(f"{size} bytes are more than a block may have")
        ptr: int = self._alloc(size, align) & MASK
        if ptr == 0:
            raise OutOfMemoryError(f"the guest has no {size} bytes")
        self.machine.check("alloc", ptr, size, 1, align)
        return ptr

    def free(self, ptr: int, size: int, align: int) -> None:
        if size:
            self._free(ptr, size, align)

    def discard(self, of: Type, ptr: int, count: int, layout: tuple[int, int], block: Block) -> None:
        """Frees a block that was made in vain, with what its `count` values own, and what `block` keeps for them.

        After a trap nothing can be freed.
        """
        if self.machine.poison is None:
            for field in block.within(ptr, layout[0]):
                block.forget(field)
            release = Release(self)
            release.inside(of, ptr, count)
            release.gather()
            release.run()
            self.free(ptr, *layout)

    def settle(self, mark: int) -> None:
        """Frees what host functions lent since: the export that called them has returned."""
        while len(self.lent) > mark:
            results = self.lent.pop()
            if self.machine.poison is None:
                results.finish()

    def by_hand(self, function: RawFunc, *args: Any) -> Any:
        """A call with plain numbers."""
        mark = len(self.lent)
        result = function(*args)
        self.settle(mark)
        return result

    def own(self, of: Type, address: int, length: int = 0) -> Block:
        """A block that the host owns from now on, and must free."""
        block = Block(self, of, address, length)
        self.owned[block] = None
        return block

    @property
    def kept(self) -> int:
        """The block that the host keeps for arguments; 0 before it needs one."""
        return self._scratch

    def take(self, size: int, align: int) -> int:
        """Room for arguments in a block that the host keeps for them, or 0. Whoever takes puts `_top` back."""
        if not self._scratch:
            self._scratch = self.alloc(SCRATCH, 8)
        at = -(-self._top // align) * align
        if at + size > SCRATCH:
            return 0
        self._top = at + size
        return self._scratch + at


class Release:
    """Frees a value with all that it owns: `release` of SPEC, with a worklist in the place of recursion.

    All is read before anything is freed. Owned blocks do not overlap, so together they fit into memory: a hostile ring,
    or one block that two fields own, is an error before the first call.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.runtime, self.machine = runtime, runtime.machine
        self.calls: list[tuple[Any, tuple[int, ...]]] = []
        self.seen: set[int] = set()
        self.work: list[tuple[Type, int, int]] = []  # type, address, how many of them
        self.room = -1

    def block(self, ptr: int, length: int, size: int, align: int) -> None:
        self.machine.check("an owned block", ptr, length, size, align)
        if length * size:
            if self.room < 0:
                self.room = self.machine.size
            self.room -= length * size
            if ptr in self.seen or self.room < 0:
                raise DataError("Invalid", f"what is owned overlaps, at 0x{ptr:x}")
            self.seen.add(ptr)
            self.calls.append((self.runtime.free, (ptr, length * size, align)))

    def value(self, of: Type, ptr: int, length: int = 0) -> None:
        """A value that is owned: a pointer, or a pointer and a length."""
        run = of.kind in ("[]", "str")
        if not run and ptr == 0:
            return
        drop = self.runtime.drop(of)
        if drop is not None:
            if ptr in self.seen and (length or not run):
                raise DataError("Invalid", f"what is owned overlaps, at 0x{ptr:x}")
            self.seen.add(ptr)
            self.calls.append((drop, (ptr, length) if run else (ptr,)))
        elif of.kind == "cstr":
            self.block(ptr, self.machine.strlen(of.text, ptr) + 1, 1, 1)
        elif of.kind == "str":
            self.block(ptr, length, 1, 1)
        else:
            if of.inner.name in self.runtime.records.opaques:
                raise TypeError(f"no drop record says how to free {of.text}")
            size, align = self.runtime.records.layout(of.inner)
            self.block(ptr, length if run else 1, size, align)
            self.work.append((of.inner, ptr, length if run else 1))

    def inside(self, of: Type, at: int, count: int = 1) -> None:
        """What `count` values in memory own."""
        self.work.append((of, at, count))

    def gather(self) -> None:
        records = self.runtime.records
        while self.work:
            of, at, count = self.work.pop()
            while of.kind == "[N]":
                count, of = count * of.length, of.inner
            if records.owns(of):
                size = records.layout(of)[0]
                for index in range(count):
                    self._one(of, at + index * size)

    def _one(self, of: Type, at: int) -> None:
        view = self.machine.view
        if of.kind == "[+]":
            ptr, length, cap = u32_3(view, at)
            size, align = self.runtime.records.layout(of.inner)
            if length > cap:
                raise DataError("TooLong", f"{of.text}: len {length} of cap {cap}")
            self.block(ptr, cap, size, align)
            self.work.append((of.inner, ptr, length))
        elif of.kind in ("[]", "str"):
            self.value(of, *u32s(view, at))
        elif of.kind in ("*", "cstr"):
            self.value(of, u32(view, at)[0])
        else:
            aggregate = self.runtime.records.aggregates[of.name]
            fields: Any = aggregate.fields
            if aggregate.kind == "tagged":
                fields = self.runtime.codec(of).active(at)
            for field in fields:
                if self.runtime.records.owns(field.type):
                    self.work.append((field.type, at + field.offset, 1))

    def run(self) -> None:
        for function, args in self.calls:
            function(*args)
