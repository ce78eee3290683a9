# SPDX-License-Identifier: MIT OR Apache-2.0
"""Typed access to wasm modules that describe themselves, as the linmem ABI has it.

import linmem

m = linmem.load("guest.wasm", imports={"env": {"log_nr": print}})
with m.create_point(1, 2, "hi") as point:
    point.x = 10
    print(point.x, point.name)
"""

from .checks import CheckedBlock, Checks, Finding, Statistics, checks
from .errors import AbiError, DataError, OutOfMemoryError, PoisonedError, RecordError, StatusError, TrapError
from .instance import Instance, load
from .views import Aggregate, Array, Buffer, Cell, Opaque, Run, Slice, Tagged, View

__all__ = [
    "AbiError",
    "Aggregate",
    "Array",
    "Buffer",
    "Cell",
    "CheckedBlock",
    "Checks",
    "DataError",
    "Finding",
    "Instance",
    "Opaque",
    "OutOfMemoryError",
    "PoisonedError",
    "RecordError",
    "Run",
    "Slice",
    "Statistics",
    "StatusError",
    "Tagged",
    "TrapError",
    "View",
    "checks",
    "load",
]
