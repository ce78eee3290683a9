# SPDX-License-Identifier: MIT OR Apache-2.0
"""What a checked module knows of its blocks: `checks(m)`. See SPEC, "Checked modules".

It reads linear memory, as data of a hostile module, and calls nothing but `linmem_check`. So it works after a trap, too.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from .engine import Machine
from .errors import AbiError, DataError
from .instance import Instance

_FIELDS = ("text", "length", "addr", "tag", "refuse", "live", "freed", "blocks", "size", "peak", "pages", "count")
_MARKS = {"live": 0x4556494C, "freed": 0x45455246}
_HEADER = struct.Struct("<8I")
# Longer text is no report.
_TEXT = 4096


class CheckedBlock(NamedTuple):
    """A block that the module's allocator handed out."""

    addr: int
    size: int
    align: int
    tag: int
    """What `Checks.tag` was when it was allocated."""
    number: int
    """How many blocks had been handed out, itself included."""


class Finding(NamedTuple):
    """Why the module trapped, and the block or pointer that it is about."""

    text: str
    addr: int


@dataclass(frozen=True)
class Statistics:
    """Live blocks, bytes in them, the most bytes at a time, pages of memory, and blocks that were ever handed out."""

    blocks: int
    size: int
    peak: int
    pages: int
    count: int


class Report:
    """The report of a checked module, of which its machine knows where it is."""

    def __init__(self, machine: Machine, symbol: int) -> None:
        self._machine, self._symbol = machine, symbol

    def _at(self, field: str) -> int:
        self._machine.refresh()
        place = f"linmem_checks.{field}"
        self._machine.check(place, self._symbol, 1, 4, 4)
        (report,) = struct.unpack_from("<I", self._machine.view, self._symbol)
        self._machine.check(place, report, len(_FIELDS), 4, 4)
        at: int = report + 4 * _FIELDS.index(field)
        return at

    def read(self, field: str) -> int:
        value: int = struct.unpack_from("<I", self._machine.view, self._at(field))[0]
        return value

    def write(self, field: str, value: int) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 32:
            raise ValueError(f"{field}: {value!r} is no u32")
        struct.pack_into("<I", self._machine.view, self._at(field), value)

    def found(self) -> Finding | None:
        length = self.read("length")
        if length == 0:
            return None
        if length > _TEXT:
            raise DataError("TooLong", f"linmem_checks.text: {length} bytes")
        return Finding(self._machine.text("linmem_checks.text", self.read("text"), length), self.read("addr"))

    def blocks(self, field: str) -> list[CheckedBlock]:
        found: list[CheckedBlock] = []
        header, mark, place = self.read(field), _MARKS[field], f"linmem_checks.{field}"
        # Headers do not overlap, so no list is longer than memory.
        most = self._machine.size // _HEADER.size
        if field == "live":
            most = min(most, self.read("blocks"))
        while header:
            self._machine.check(place, header, 8, 4, 4)
            if len(found) == most:
                raise DataError("TooLong", f"{place}: a list without an end")
            following, _, size, align, tag, number, marked, _ = _HEADER.unpack_from(self._machine.view, header)
            if marked ^ mark != header:
                raise DataError("Invalid", f"{place}: no such block at 0x{header + _HEADER.size:x}")
            found.append(CheckedBlock(header + _HEADER.size, size, align, tag, number))
            header = following
        return found


class Checks:
    """What a checked module knows of its blocks. All but `check` and `left` works after a trap, too.

    Raises DataError, everywhere, where the report leads out of memory, has a list without an end, or text that is not UTF-8.
    """

    def __init__(self, instance: Instance, symbol: int) -> None:
        self._runtime = instance._runtime
        self._report = Report(self._runtime.machine, symbol)

    def live(self) -> list[CheckedBlock]:
        """The live blocks, the newest first. The one that this library keeps for arguments is among them."""
        return self._report.blocks("live")

    def freed(self) -> list[CheckedBlock]:
        """The blocks that were freed and wait to be used again, in the order in which they were freed."""
        return self._report.blocks("freed")

    @property
    def found(self) -> Finding | None:
        """Why the module trapped; None if nothing was found."""
        return self._report.found()

    @property
    def statistics(self) -> Statistics:
        """What is allocated."""
        return Statistics(*map(self._report.read, _FIELDS[7:]))

    @property
    def tag(self) -> int:
        """What new blocks are marked with."""
        return self._report.read("tag")

    @tag.setter
    def tag(self, tag: int) -> None:
        self._report.write("tag", tag)

    @property
    def refuse(self) -> int:
        """Which allocation from now on fails, once, counted from 1; 0 for none. It is 0 again when one has failed."""
        return self._report.read("refuse")

    @refuse.setter
    def refuse(self, count: int) -> None:
        self._report.write("refuse", count)

    def check(self) -> None:
        """Has the module compare all guards. Raises TrapError, with what is wrong, if one was written to."""
        machine = self._runtime.machine
        if machine.functions.get("linmem_check") != ((), ()):
            raise AbiError("the module exports no linmem_check")
        machine.func("linmem_check")()

    @contextmanager
    def left(self) -> Iterator[list[CheckedBlock]]:
        """Fills a list, when the block of `with` ends, with what was allocated in it and is live.

        The block that this library keeps for arguments is not among them.

        with checks(m).left() as left:
            m.create_point(1, 2, "hi").free()
        assert not left
        """
        left: list[CheckedBlock] = []
        before = self._report.read("count")
        yield left
        kept = self._runtime.kept
        left += (block for block in self.live() if block.number > before and block.addr != kept)


def checks(m: Instance) -> Checks | None:
    """What a module knows that `load` returned and whose allocator is checked; None of another one."""
    symbol = m._runtime.machine.checks
    return None if symbol is None else Checks(m, symbol)


__all__: tuple[str, ...] = ("CheckedBlock", "Checks", "Finding", "Statistics", "checks")
