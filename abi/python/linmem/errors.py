# SPDX-License-Identifier: MIT OR Apache-2.0
"""What can go wrong through the fault of a module. A caller's own mistakes are TypeError and ValueError."""

from __future__ import annotations

import reprlib
from typing import Any

OUT_OF_MEMORY = 7
STATUS_NAMES: dict[int, str] = {
    1: "Null",
    2: "Misaligned",
    3: "TooLong",
    4: "OutOfBounds",
    5: "NotUtf8",
    6: "InteriorNul",
    7: "OutOfMemory",
    8: "Invalid",
}


def shown(value: Any) -> str:
    """A value for an error."""
    try:
        return reprlib.repr(value)
    except ValueError:  # Python writes no number of thousands of digits
        return f"a number of {value.bit_length()} bits"


def locate(error: Exception, place: str, inside: bool = False) -> None:
    """Puts before what a caller's mistake is where it is: a function and a parameter, a field, an index.

    The inner places come first: `[1]`, then `average: values`, for `average: values[1]: 'x' is no i32`. With `inside`, only
    a mistake in a part is located, since the others name the whole.
    """
    where, why = getattr(error, "_located", ("", None))
    if why is None and (inside or len(error.args) != 1 or not isinstance(error.args[0], str)):
        return
    where, why = place + where, error.args[0] if why is None else why
    error.__dict__["_located"] = where, why
    error.args = (f"{where}: {why}",)


class AbiError(Exception):
    """The module, or what it handed over, cannot be used. The base of every error that a module can cause."""


class RecordError(AbiError):
    """A record that this host refuses; `rule` is the rule of SPEC that it breaks, such as "R8"."""

    def __init__(self, rule: str, line: str, why: str) -> None:
        self.rule, self.line, self.why = rule, line, why
        shown = line if len(line) <= 120 else f"{line[:120]}... ({len(line)} characters)"
        super().__init__(f"{rule}: {why}" + (f", in the record `{shown}`" if line else ""))


class DataError(AbiError):
    """Data in linear memory fails a check; `check` names it as the status of that name: Null, OutOfBounds ..."""

    def __init__(self, check: str, why: str) -> None:
        self.check = check
        super().__init__(f"{check}: {why}")


class StatusError(AbiError):
    """A function returned a status other than 0. A host function raises it to return that status to the guest."""

    def __init__(self, status: int, name: str | None = None, function: str = "") -> None:
        self.status = status
        self.name = name or STATUS_NAMES.get(status) or f"status {status}"
        super().__init__(f"{function}: {self.name}" if function else self.name)


class OutOfMemoryError(AbiError, MemoryError):
    """The guest's allocator has no room."""


class TrapError(AbiError):
    """A call ended in a trap. The instance is poisoned: it takes no further call."""


class PoisonedError(AbiError):
    """A call of an instance that an earlier trap has poisoned."""
