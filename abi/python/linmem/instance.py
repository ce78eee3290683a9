# SPDX-License-Identifier: MIT OR Apache-2.0
"""`load`: a module, its records and an instance of it, put together."""

from __future__ import annotations

import enum
import functools
import os
import weakref
from collections.abc import Mapping
from typing import Any, Callable, Union

from . import reader
from .aggregates import attributes
from .calls import Function, HostFunction
from .engine import FuncType, Machine
from .errors import AbiError, RecordError, locate
from .records import Records
from .runtime import Block, Runtime

Source = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview]
Imports = Mapping[str, Mapping[str, Callable[..., Any]]]


def _bytes(source: Source) -> bytes:
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source)
    with open(source, "rb") as file:
        return file.read()


class Instance:
    """An instance of a module. What its records declare are attributes, made when they are first asked for.

    A name that Python or this class has another use for has a `_` behind it; `m["name"]` takes every name as it is.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._made: dict[str, Any] = {}
        self._raw: dict[str, Callable[..., Any]] | None = None

    @functools.cached_property
    def _names(self) -> dict[str, str]:
        """Attributes, and the names that they stand for. An opaque type is never made by a host."""
        records = self._runtime.records
        names = [name for name in records.declared if name not in records.opaques]
        return {attribute: name for name, attribute in attributes(names, {*dir(Instance), *self.__dict__}).items()}

    @property
    def records(self) -> Records:
        """What the records declare."""
        return self._runtime.records

    @property
    def raw(self) -> dict[str, Callable[..., Any]]:
        """Every exported function by name, called with plain numbers."""
        if self._raw is None:
            runtime, machine = self._runtime, self._runtime.machine
            self._raw = {name: functools.partial(runtime.by_hand, machine.func(name)) for name in machine.functions}
        return self._raw

    @property
    def poisoned(self) -> bool:
        """Whether a call trapped: then the instance takes no further one."""
        return self._runtime.machine.poison is not None

    @property
    def memory(self) -> memoryview:
        """All of linear memory as it is at this moment."""
        self._runtime.machine.refresh()
        return self._runtime.machine.view

    def live(self) -> list[Block]:
        """What this host owns and has not freed, in the order in which it came: each with `type` and `free()`."""
        return list(self._runtime.owned)

    def new(self, of: str, value: Any) -> Any:
        """Makes a value of any type in the guest's memory, such as `m.new("[1024]u8", data)`, and returns its owner."""
        from . import making
        from .types import Refusal

        try:
            inner, pointer = self._runtime.type(of), self._runtime.type("^*" + of)
            self.records.layout(inner)
            codec = self._runtime.codec(inner)
        except Refusal as refusal:
            raise ValueError(refusal.why) from None
        try:
            block = making.create_owned(self._runtime, pointer, value)
        except (TypeError, ValueError) as error:
            locate(error, "new: value")
            raise
        return codec.view(block.address, block, True)

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __getattr__(self, name: str) -> Any:
        declared = self._names.get(name) if "_runtime" in self.__dict__ else None
        if declared is None:
            raise AttributeError(f"the module declares no `{name}`")
        value = self[declared]
        self.__dict__[name] = value
        return value

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._names]

    def _make(self, name: str) -> Any:
        runtime, records = self._runtime, self._runtime.records
        if name in records.functions:
            signature = records.functions[name]
            return Function(runtime, signature, runtime.machine.func(name))
        if name in records.aggregates:
            return runtime.codec(runtime.type(name)).view_class
        if name in records.consts:
            return records.consts[name].value
        if name in runtime.classes:
            return runtime.classes[name]
        for signature in records.drops.values():
            if signature.name == name:
                return Function(runtime, signature, runtime.machine.func(name))
        raise KeyError(name)

    def __repr__(self) -> str:
        return f"<linmem instance: {', '.join(list(self._runtime.records.functions)[:20])}>"


def _enum(records: Records, name: str) -> Any:
    record = records.enums[name]
    # `enum` keeps names that begin with `_` for itself.
    taken = {*dir(enum.IntEnum), *dir(int), "mro", "name", "value"}
    names = attributes([case.name for case in record.cases if case.name[0] != "_"], taken)
    taken.update(names.values())
    for case in sorted(case.name for case in record.cases if case.name[0] == "_"):
        names[case] = f"case{case}"
        while names[case] in taken:
            names[case] += "_"
        taken.add(names[case])
    members = [(names[case.name], case.value) for case in record.cases]
    made = enum.IntEnum(name, members, module="linmem")  # type: ignore[misc]
    made.__doc__ = records.docs.get(name, f"enum {name}")
    return made


def _sig(runtime: Runtime, name: str) -> Callable[[int], Function]:
    signature = runtime.records.sigs[name]
    known: dict[int, Function] = {}

    def at(index: int) -> Function:
        if index not in known:
            kind: FuncType = signature.wasm_params, signature.wasm_results
            known[index] = Function(runtime, signature, runtime.machine.by_index(index, kind, name), index)
        return known[index]

    return at


def load(source: Source, imports: Imports | None = None, sidecar: Source | None = None, store: Any = None) -> Any:
    """Loads a module, from a path or bytes, and returns its `Instance`.

    `imports` has a Python function for each host function, by module and name. `sidecar` has the records where a tool
    removed them from the module. `store` is a `wasmtime.Store` of the caller's own, with limits, say.

    Raises AbiError where the module is none, breaks a rule of its records, or lacks an import.
    """
    data = _bytes(source)
    found = reader.section(data)
    if sidecar is None and not found:
        why = "the module has no records, which are in a section linmem.abi that a tool may have removed"
        raise RecordError("R3", "", f"{why}: a file with the same bytes can be given as `sidecar`")
    records = reader.read(found if sidecar is None else _bytes(sidecar))
    given = imports or {}
    hosts: list[HostFunction] = []

    def host(module: str, name: str, kind: FuncType) -> Callable[..., Any]:
        function = given.get(module, {}).get(name)
        signature = records.imports.get((module, name))
        if signature is not None and kind != (signature.wasm_params, signature.wasm_results):
            raise AbiError(f"R9: the module imports it as {kind}, in the record `{signature.text[:120]}`")
        if function is None:
            raise AbiError(f"the module needs the import {module}.{name}: give it in `imports`")
        if signature is None:
            return function
        hosts.append(HostFunction(signature, function))
        return hosts[-1]

    machine = Machine(data, host, store)
    runtime = Runtime(machine, records)
    for name in records.enums:
        runtime.classes[name] = _enum(records, name)
    for name in records.sigs:
        runtime.classes[name] = _sig(runtime, name)
    for hosted in hosts:
        hosted.runtime = weakref.ref(runtime)
    if machine.functions.get("_initialize") == ((), ()):
        machine.func("_initialize")()
    return Instance(runtime)


__all__: tuple[str, ...] = ("Instance", "load")
