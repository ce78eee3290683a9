# SPDX-License-Identifier: MIT OR Apache-2.0
"""The seam to wasmtime: an instance with its memory, its exports as plain functions, and its table.

Only this file knows the engine. Two facts of wasmtime-py shape it:

- A call through `Func.__call__` takes some 30 us, nearly all of it in conversions. `RawFunc` calls the same function of
  wasmtime's C API with slots that are made once, and takes 2 us. The types were compared with the records before. Where
  the names that it needs are missing from the installed wasmtime, it calls `Func.__call__`.
- `Memory.read` answers a range outside of memory with no bytes and no error. Nothing here uses it: all reads and writes
  go through one memoryview of the whole memory, after a check.

Memory never moves where the engine reserves 4 GiB for it, as `load` asks of it on machines with 64 bits. There a view
stays readable as long as somebody holds it, and only its end is out of date after growth. With an engine of the
caller's own, base and size are looked up again after every entry into the guest.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import weakref
from typing import Any, Callable

import wasmtime

from .errors import AbiError, DataError, PoisonedError, TrapError
from .types import SIZE_MAX

try:
    from wasmtime import _bindings, _ffi
    from wasmtime._func import maybe_raise_last_exn as _raise_last

    _call = _bindings._wasmtime_func_call
    _VAL, _TRAP = _ffi.wasmtime_val_t, ctypes.POINTER(_ffi.wasm_trap_t)
    _KINDS = {name: getattr(_ffi, f"WASMTIME_{name.upper()}").value for name in ("i32", "i64", "f32", "f64")}
    _HAVE_SLOTS = {"kind", "of"} <= {name for name, *_ in _VAL._fields_}
except (ImportError, AttributeError):
    _HAVE_SLOTS = False

_SLOTS: dict[str, Any] = {
    "i32": ctypes.c_int32,
    "i64": ctypes.c_int64,
    "f32": ctypes.c_float,
    "f64": ctypes.c_double,
}
HostFunction = Callable[..., Any]
FuncType = tuple[tuple[str, ...], tuple[str, ...]]


class RawFunc:
    """A function of the guest, called with plain numbers. Integers may be given signed or not, and come back signed."""

    def __init__(self, machine: Machine, func: Any, kind: FuncType, name: str) -> None:
        self.machine, self.func, self.kind, self.name = machine, func, kind, name
        self._fast = _HAVE_SLOTS and all(name in _SLOTS for name in (*kind[0], *kind[1]))
        if self._fast:
            self._trap = _TRAP()
            (self._params, self._put), (self._results, self._got) = self._slots(kind[0]), self._slots(kind[1])
            self._args = (
                machine.store._context(),
                ctypes.byref(func._func),
                self._params,
                len(kind[0]),
                self._results,
                len(kind[1]),
                ctypes.byref(self._trap),
            )

    @staticmethod
    def _slots(kinds: tuple[str, ...]) -> tuple[Any, list[Any]]:
        values = (_VAL * len(kinds))()
        slots = []
        for index, kind in enumerate(kinds):
            values[index].kind = _KINDS[kind]
            at = index * ctypes.sizeof(_VAL) + _VAL.of.offset
            slots.append(_SLOTS[kind].from_buffer(values, at))
        return values, slots

    def __call__(self, *args: Any) -> Any:
        machine = self.machine
        if machine.poison is not None:
            raise PoisonedError(f"{self.name}: an earlier call trapped: {machine.poison}")
        if len(args) != len(self.kind[0]):
            raise TypeError(f"{self.name} takes {len(self.kind[0])} wasm values, not {len(args)}")
        # The engine lets go of the interpreter's lock, and two threads in one store are undefined behaviour.
        if not machine.lock.acquire(False):
            raise RuntimeError(f"{self.name}: another thread is in a call of this instance")
        try:
            if not self._fast:
                return self._slow(args)
            for slot, value in zip(self._put, args):
                slot.value = value
            error = _call(*self._args)
            if error or self._trap:
                self._failed(error)
            if machine.moves:
                machine.refresh()
            return self._got[0].value if self._got else None
        finally:
            machine.lock.release()

    def _failed(self, error: Any) -> None:
        # A call of the same function may be further out: the place where the trap is written stays, and is emptied.
        trap = _TRAP.from_buffer_copy(self._trap)
        ctypes.memset(ctypes.byref(self._trap), 0, ctypes.sizeof(_TRAP))
        try:
            _raise_last()
            raise wasmtime.WasmtimeError._from_ptr(error) if error else wasmtime.Trap._from_ptr(trap)
        except BaseException as error:
            self._poison(error)

    def _slow(self, args: tuple[Any, ...]) -> Any:
        values = [_SLOTS[kind](value).value if kind in _SLOTS else value for value, kind in zip(args, self.kind[0])]
        try:
            result = self.func(self.machine.store, *values)
        except BaseException as error:
            self._poison(error)
        if self.machine.moves:
            self.machine.refresh()
        return result

    def _poison(self, error: BaseException) -> None:
        first = str(error).strip().split("\n")
        # wasmtime puts the cause behind a backtrace.
        cause = next((line for line in reversed(first) if "wasm trap" in line), first[0]).strip()
        if isinstance(error, (wasmtime.Trap, wasmtime.WasmtimeError)):
            cause = self.machine.found() or cause
        if self.machine.poison is None:
            self.machine.poison = cause or error.__class__.__name__
        if isinstance(error, (wasmtime.Trap, wasmtime.WasmtimeError)):
            raise TrapError(f"{self.name}: {cause}") from error
        raise error


def func_type(kind: Any) -> FuncType:
    return tuple(str(of) for of in kind.params), tuple(str(of) for of in kind.results)


class Machine:
    """An instance. `view` is a memoryview of memory as large as it was when last looked at; `size` is its length."""

    def __init__(self, data: bytes, host: Callable[[str, str, FuncType], HostFunction], store: Any = None) -> None:
        self.poison: str | None = None
        self.lock = threading.RLock()
        self._hosts: list[HostFunction] = []
        # Where a checked module has what it knows of its blocks.
        self.checks: int | None = None
        self.moves = store is not None or sys.maxsize < 1 << 32
        self.view, self.size = memoryview(b""), 0
        try:
            if store is None:
                config = wasmtime.Config()
                if not self.moves and hasattr(wasmtime.Config, "memory_may_move"):
                    config.memory_reservation = 1 << 32
                    config.memory_may_move = False
                else:
                    self.moves = True
                store = wasmtime.Store(wasmtime.Engine(config))
            self.store = store
            module = wasmtime.Module(store.engine, data)
            imports = []
            for item in module.imports:
                if not isinstance(item.type, wasmtime.FuncType):
                    raise AbiError(f"the import {item.module}.{item.name} is no function")
                function = host(item.module, item.name or "", func_type(item.type))
                imports.append(wasmtime.Func(store, item.type, self._entered(function)))
            self.functions = {
                item.name: func_type(item.type) for item in module.exports if isinstance(item.type, wasmtime.FuncType)
            }
            self.exports = wasmtime.Instance(store, module, imports).exports(store)
        except (wasmtime.WasmtimeError, wasmtime.Trap) as error:
            raise AbiError(f"the module cannot be instantiated: {str(error).strip()[:500]}") from error
        self.memory = self._export("memory", wasmtime.Memory)
        if self.memory is None or getattr(self.memory.type(store), "is_64", False):
            raise AbiError("the module exports no 32-bit `memory`")
        self.refresh()
        self.table = self._export("__indirect_function_table", wasmtime.Table)
        symbol = self._export("linmem_checks", wasmtime.Global)
        if symbol is not None and str(symbol.type(store).content) == "i32":
            self.checks = symbol.value(store) & 0xFFFFFFFF

    def _export(self, name: str, of: Any) -> Any:
        export = self.exports.get(name)
        return export if isinstance(export, of) else None

    def _entered(self, function: HostFunction) -> HostFunction:
        # wasmtime-py holds this function as long as the store lives: it must not hold the store in turn, which the
        # caller's own functions often do.
        weak, index = weakref.ref(self), len(self._hosts)
        self._hosts.append(function)

        def enter(*args: Any) -> Any:
            machine = weak()
            if machine is None:
                raise AbiError("the instance is gone")
            if machine.moves and machine.size:  # none yet in a start function
                machine.refresh()
            result = machine._hosts[index](*args)
            if machine.poison is not None:
                raise PoisonedError(f"the host function called the guest, which trapped: {machine.poison}")
            return result

        return enter

    def func(self, name: str) -> RawFunc:
        """An export by name, of whatever type it has."""
        return RawFunc(self, self.exports[name], self.functions[name], name)

    def by_index(self, index: int, kind: FuncType, name: str) -> RawFunc:
        """A function of the table."""
        func = None
        if self.table is not None and 0 < index < self.table.size(self.store):
            func = self.table.get(self.store, index)
        if not isinstance(func, wasmtime.Func) or func_type(func.type(self.store)) != kind:
            raise DataError("OutOfBounds", f"{name}: the table has no function {index} of that type")
        return RawFunc(self, func, kind, name)

    def refresh(self) -> None:
        """Derives the view again. A view keeps its store alive, so that nobody reads memory that is gone."""
        size = self.memory.data_len(self.store)
        pointer = self.memory.data_ptr(self.store) if size else None
        base = ctypes.addressof(pointer.contents) if pointer else 0
        if size != self.size or (self.moves and base != self._base):
            whole: Any = (ctypes.c_ubyte * size).from_address(base) if size else (ctypes.c_ubyte * 0)()
            whole._keeps = self.store
            self.view, self.size, self._base = memoryview(whole).cast("B"), size, base

    _base = 0

    def found(self) -> str | None:
        """What a checked module found, if it did. What its report says wrongly counts for nothing."""
        from .checks import Report

        try:
            finding = None if self.checks is None else Report(self, self.checks).found()
        except DataError:
            return None
        return finding and finding.text

    def mapped(self, of: Any, at: int) -> Any:
        """An object of ctypes on memory, which keeps the memory. Where that moves, nothing could end the object."""
        if self.moves:
            raise TypeError(
                "the memory of this store may move, and what ctypes maps on it would stay behind: "
                "copy it, by `ctype().from_buffer_copy(m.memory, address)`"
            )
        return of.from_buffer(self.view, at)

    def check(self, what: str, ptr: int, length: int, size: int, align: int) -> None:
        """The check of SPEC before every read and write."""
        if length == 0:
            return
        end = ptr + length * size
        if ptr == 0:
            error = "Null"
        elif ptr % align:
            error = "Misaligned"
        elif length * size > SIZE_MAX:
            error = "TooLong"
        else:
            if end > self.size:
                self.refresh()
            if end <= self.size:
                return
            error = "OutOfBounds"
        raise DataError(error, f"{what}: {length * size} bytes at 0x{ptr:x}")

    def text(self, what: str, ptr: int, length: int) -> str:
        if length == 0:
            return ""
        self.check(what, ptr, length, 1, 1)
        try:
            return str(self.view[ptr : ptr + length], "utf-8")
        except UnicodeDecodeError as error:
            raise DataError("NotUtf8", f"{what}: byte {error.start} of {length} at 0x{ptr:x}") from None

    def strlen(self, what: str, ptr: int) -> int:
        """The bytes before the first NUL, searched in steps that grow."""
        self.check(what, ptr, 1, 1, 1)
        at, step = ptr, 64
        while at - ptr < SIZE_MAX:
            if at >= self.size - step:
                self.refresh()
            if at >= self.size:
                break
            found = bytes(self.view[at : at + step]).find(0)
            if found >= 0:
                if at + found - ptr >= SIZE_MAX:
                    break
                return at + found - ptr
            at, step = at + step, min(2 * step, 1 << 20)
        raise DataError("OutOfBounds" if at >= self.size else "TooLong", f"{what}: no NUL from 0x{ptr:x}")
