# SPDX-License-Identifier: MIT OR Apache-2.0
"""Calls, both ways: exports and functions of the table as Python callables, and Python functions as imports."""

from __future__ import annotations

import inspect
import keyword
import struct
from collections.abc import Sequence
from typing import Any, Callable

from .codecs import Place, Scalar
from .engine import RawFunc
from .errors import OUT_OF_MEMORY, AbiError, DataError, OutOfMemoryError, StatusError, locate
from .pointers import Sig
from .records import Field, Signature
from .runtime import MASK, Block, Release, Runtime
from .types import Type


class Call:
    """What one call lends and hands over, and what is to be done after it."""

    __slots__ = ("runtime", "top", "_block", "lent", "inside", "after", "moved", "made", "blocks", "shown")

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.top = runtime._top
        self._block: Block | None = None
        self.lent: list[tuple[int, int, int]] = []
        self.inside: list[tuple[Any, ...]] = []
        self.after: list[Callable[[], None]] = []
        self.moved: list[Block] = []
        self.made: list[tuple[Type, int, int]] = []
        self.blocks: list[tuple[int, int, int]] = []
        self.shown: list[tuple[Block, int, int, bool]] = []

    @property
    def block(self) -> Block:
        """Keeps what lies in borrowed fields until the call is over."""
        if self._block is None:
            self._block = Block(self.runtime, None, 0)
        return self._block

    def take(self, size: int, align: int) -> int:
        """Room until the call is over."""
        if size == 0:
            return align
        ptr = self.runtime.take(size, align)
        if not ptr:
            ptr = self.runtime.alloc(size, align)
            self.lent.append((ptr, size, align))
        return ptr

    def hand_over(self, size: int, align: int) -> int:
        """A block that is the receiver's from the call on."""
        ptr = self.runtime.alloc(size, align)
        self.blocks.append((ptr, size, align))
        return ptr

    def show(self, block: Block, ptr: int, size: int, mark: str) -> None:
        """Passes what lies in memory already: `^` hands it over, `~` lets the callee write to it."""
        if mark == "^":
            self.moved.append(block)
        else:
            self.shown.append((block, ptr, ptr + size, mark == "~"))

    def copy_back(self, value: Any, read: Callable[[], Any], what: str) -> None:
        """Notes that what the callee writes is to be copied into the caller's own object."""
        if isinstance(value, dict):
            self.after.append(lambda: value.update(read()))
            return
        try:
            whole = memoryview(value)
            writable = not whole.readonly
        except TypeError:
            whole, writable = None, hasattr(value, "__setitem__")
        if not writable:
            raise TypeError(f"{what} is written to: {type(value).__name__} does not take it back")

        def back() -> None:
            result = read()
            if whole is None or not hasattr(result, "view"):
                value[:] = result.copy() if hasattr(result, "view") else result
            elif whole.c_contiguous and whole.nbytes == result.view.nbytes and whole.itemsize == result.view.itemsize:
                whole.cast("B")[:] = result.view.cast("B")
            else:
                for index, item in enumerate(result.copy()):
                    value[index] = item

        self.after.append(back)

    def hand(self) -> None:
        """From here on the receiver owns what is handed over, also if it fails."""
        for at, (_, start, end, writes) in enumerate(self.shown):
            for _, other_start, other_end, other_writes in self.shown[:at]:
                if (writes or other_writes) and start < other_end and other_start < end:
                    raise ValueError("the callee writes to what it is lent twice")
        if self.moved:
            used = [*self.moved, *(block for block, *_ in self.shown if block.type)]
            if any(used.count(block) > 1 for block in self.moved):
                raise ValueError("one owner is handed over and passed again")
            for block in self.moved:
                block.end("handed over")

    def undo(self) -> None:
        """Before the call: frees what was made for it."""
        release = Release(self.runtime)
        for of, ptr, length in self.made:
            release.value(of, ptr, length)
        release.gather()
        release.run()
        for layout in self.blocks:
            self.runtime.free(*layout)
        self.done()

    def done(self) -> None:
        """After the call: copies back, and frees what was lent."""
        try:
            for back in self.after:
                back()
        finally:
            self.runtime._top = self.top
            self.finish()

    def finish(self) -> None:
        """Frees what was lent."""
        try:
            if self.inside:
                release = Release(self.runtime)
                for inside in self.inside:
                    release.inside(*inside)
                release.gather()
                release.run()
        finally:
            if self._block is not None:
                self._block.end("freed")
            for layout in self.lent:
                self.runtime.free(*layout)


class Function:
    """A function of the guest: parameters by position or name, and what is behind out pointers as the result."""

    def __init__(self, runtime: Runtime, signature: Signature, raw: RawFunc, index: int = 0) -> None:
        self.runtime, self.signature, self.raw, self.index = runtime, signature, raw, index
        self.__name__ = self.__qualname__ = signature.name
        doc = runtime.records.docs.get(signature.name)
        self.__doc__ = signature.text if doc is None else f"{doc}\n\n{signature.text}"
        self._params = [field for field in signature.params if not field.out]
        self._outs = [field for field in signature.params if field.out]
        self._codecs = [runtime.codec(field.type) for field in signature.params]
        # Numbers lend nothing and leave nothing to do after the call.
        self._plain = not self._outs and all(isinstance(codec, (Scalar, Sig)) for codec in self._codecs)
        status = runtime.records.is_status(signature.result)
        self._lift = runtime.codec(signature.result) if signature.result and not status else None
        self._status = _reasons(runtime, signature) if status else None

    @property
    def __signature__(self) -> inspect.Signature:
        names = [name + "_" * keyword.iskeyword(name) for name in (field.name for field in self._params)]
        return inspect.Signature(
            [
                inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=field.type.text)
                for name, field in zip(names, self._params)
            ],
            return_annotation=self._result_text(),
        )

    def _result_text(self) -> str:
        values = [] if self._status is not None or self.signature.result is None else [self.signature.result.text]
        values += [field.type.text for field in self._outs]
        return values[0] if len(values) == 1 else f"({', '.join(values)})"

    def _bind(self, args: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        names = [field.name for field in self._params]
        values = list(args)
        for name in names[len(values) :]:
            key = name if name in named else name + "_"
            if key not in named:
                raise TypeError(f"{self.__name__} needs {name}: it takes ({', '.join(names)})")
            values.append(named.pop(key))
        if named or len(values) != len(names):
            raise TypeError(f"{self.__name__} takes ({', '.join(names)})")
        return tuple(values)

    def __call__(self, *args: Any, **named: Any) -> Any:
        if named or len(args) != len(self._params):
            args = self._bind(args, named)
        if self._plain:
            numbers: list[Any] = []
            try:
                for codec, value in zip(self._codecs, args):
                    codec.lower(value, None, numbers)
            except (TypeError, ValueError) as error:
                locate(error, f"{self.__name__}: {self._params[len(numbers)].name}")
                raise
            mark = len(self.runtime.lent)
            result = self.raw(*numbers)
            try:
                return self._result(result, ()) if self.signature.result is not None else None
            finally:
                self.runtime.settle(mark)
        runtime = self.runtime
        call = Call(runtime)
        raw: list[Any] = []
        outs: list[tuple[Any, int, bool]] = []
        values = iter(args)
        field: Field | None = None
        try:
            for field, codec in zip(self.signature.params, self._codecs):
                if not field.out:
                    codec.lower(next(values), call, raw)
                else:
                    # A place is received as the block that it was written to.
                    place = isinstance(codec, Place)
                    at = (call.hand_over if place else call.take)(codec.size, codec.align)
                    outs.append((codec, at, place))
                    raw.append(at)
            field = None
            call.hand()
        except BaseException as error:
            if isinstance(error, (TypeError, ValueError)):
                locate(error, f"{self.__name__}: {field.name}" if field else self.__name__)
            if runtime.machine.poison is None:
                call.after.clear()
                call.undo()
            raise
        mark = len(runtime.lent)
        result = self.raw(*raw)
        try:
            return self._result(result, outs)
        finally:
            if runtime.machine.poison is None:
                call.done()
            runtime.settle(mark)

    def _result(self, result: Any, outs: Sequence[tuple[Any, int, bool]]) -> Any:
        runtime = self.runtime
        if self._status is not None and result != 0:
            for codec, at, place in outs:
                if place:
                    runtime.free(at, codec.size, codec.align)
            raise StatusError(result, self._status.get(result), self.__name__)
        # Places are the host's before anything can fail.
        owners = {at: runtime.own(runtime.type("^*" + codec.type.text), at) for codec, at, place in outs if place}
        values = []
        if self._lift is not None:
            try:
                values.append(self._lift.lift(runtime.borrowed, result))
            except DataError as error:
                raise DataError(error.check, f"{self.__name__}: {error}") from None
        for codec, at, place in outs:
            if place:
                values.append(codec.read(at, owners[at], True))
            else:
                values.append(codec.receive(at, runtime.borrowed))
        if len(values) < 2:
            return values[0] if values else None
        return tuple(values)

    def __repr__(self) -> str:
        return f"<{self.signature.text[:200]}>"


def _reasons(runtime: Runtime, signature: Signature) -> dict[int, str]:
    record = runtime.records.enums.get(signature.result.name) if signature.result else None
    return {case.value: case.name for case in record.cases} if record else {}


class Results(Call):
    """What a host function lends to the guest as its results, until the export that called it has returned."""

    __slots__ = ()

    def take(self, size: int, align: int) -> int:
        if size == 0:
            return align
        ptr = self.runtime.alloc(size, align)
        self.lent.append((ptr, size, align))
        return ptr

    def copy_back(self, value: Any, read: Callable[[], Any], what: str) -> None:
        raise TypeError(f"{what} is written to later: a host function returns a view here")


class HostFunction:
    """A Python function as an import. What it is lent ends when it returns."""

    def __init__(self, signature: Signature, function: Callable[..., Any]) -> None:
        self.signature, self.function = signature, function
        # Weak: the engine holds this object as long as the instance lives.
        self.runtime: Callable[[], Runtime | None] = lambda: None

    def __call__(self, *raw: Any) -> Any:
        runtime, signature = self.runtime(), self.signature
        if runtime is None:
            raise AbiError(f"{signature.name} is called before the instance is there")
        block = Block(runtime, None, 0, keeps=False)
        args: list[Any] = []
        outs: list[tuple[Any, int]] = []
        at = 0
        try:
            for field in signature.params:
                codec = runtime.codec(field.type)
                if field.out:
                    ptr = raw[at] & MASK
                    runtime.machine.check(f"{signature.name}: {field.name}", ptr, 1, codec.size, codec.align)
                    outs.append((codec, ptr))
                    at += 1
                else:
                    args.append(codec.lift(block, *raw[at : at + codec.wires]))
                    at += codec.wires
            return self._result(runtime, self.function(*args), outs)
        except StatusError as error:
            # 0 is success, what is below means nothing, and the status may be of a function that returns none.
            fits = 0 < error.status < 2**31
            if not fits or not runtime.records.is_status(signature.result):
                raise
            return error.status
        except OutOfMemoryError:
            if not runtime.records.is_status(signature.result):
                raise
            return OUT_OF_MEMORY
        finally:
            block.dead = "borrowed until the host function returned"

    def _result(self, runtime: Runtime, value: Any, outs: list[tuple[Any, int]]) -> Any:
        result, status = self.signature.result, runtime.records.is_status(self.signature.result)
        direct = result is not None and not status
        wanted = len(outs) + direct
        values = [value] if wanted == 1 else list(value) if wanted else []
        if len(values) != wanted:
            raise TypeError(f"{self.signature.name}: the host function returns {wanted} values")
        results = Results(runtime)
        runtime.lent.append(results)
        names = [field.name for field in self.signature.params if field.out]
        place = "the result"
        raw: list[Any] = []
        written: list[tuple[Type, int]] = []
        try:
            for (codec, ptr), item, place in zip(outs, values[direct:], names):
                runtime.machine.view[ptr : ptr + codec.size] = bytes(codec.size)
                codec.write(ptr, item, results.block)
                written.append((codec.type, ptr))
            if not direct or result is None:
                return 0 if status else None
            place = "the result"
            runtime.codec(result).lower(values[0], results, raw)
        except (TypeError, ValueError) as error:
            locate(error, f"{self.signature.name}: {place}")
            raise
        except OutOfMemoryError:
            # What is behind out pointers by now is the host's, and nobody will take it.
            release = Release(runtime)
            for of, ptr in written if status else ():
                release.inside(of, ptr)
            release.gather()
            release.run()
            raise
        results.hand()
        return _signed(raw[0], self.signature.wasm_results[0])


def _signed(value: Any, wasm: str) -> Any:
    """As wasmtime takes it."""
    if wasm == "i32":
        return struct.unpack("<i", struct.pack("<I", value & MASK))[0]
    if wasm == "i64":
        return struct.unpack("<q", struct.pack("<Q", value & 0xFFFFFFFFFFFFFFFF))[0]
    return float(value)
