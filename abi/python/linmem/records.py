# SPDX-License-Identifier: MIT OR Apache-2.0
"""What the records of a module declare, and the checks of layouts and types that SPEC asks of a host (R7, R8)."""

from __future__ import annotations

from typing import NamedTuple

from .types import SCALARS, SIZE_MAX, Refusal, Type

DEPTH_MAX = 32


class Field(NamedTuple):
    """A field, or a payload; a parameter has the offset 0."""

    name: str
    offset: int
    type: Type
    out: bool = False


class Case(NamedTuple):
    """A case of an enum or tagged."""

    name: str
    value: int
    payload: Field | None = None


class Aggregate(NamedTuple):
    """A struct, union or tagged. `fields` of a tagged are its payloads."""

    kind: str
    name: str
    size: int
    align: int
    fields: tuple[Field, ...]
    cases: tuple[Case, ...] = ()
    tag: str = ""


class Enum(NamedTuple):
    name: str
    int: str
    cases: tuple[Case, ...]


class Signature(NamedTuple):
    """Parameters and result of a fn, import or sig, and how they travel in wasm."""

    name: str
    params: tuple[Field, ...]
    result: Type | None
    wasm_params: tuple[str, ...]
    wasm_results: tuple[str, ...]
    text: str


class Const(NamedTuple):
    name: str
    type: str
    value: int | bool | float | str


class Records:
    """What a section declares."""

    def __init__(self) -> None:
        self.declared: dict[str, str] = {}
        self.aggregates: dict[str, Aggregate] = {}
        self.enums: dict[str, Enum] = {}
        self.sigs: dict[str, Signature] = {}
        self.opaques: set[str] = set()
        self.consts: dict[str, Const] = {}
        self.functions: dict[str, Signature] = {}
        self.imports: dict[tuple[str, str], Signature] = {}
        self.drops: dict[str, Signature] = {}
        self.roles: dict[str, str] = {}
        self.docs: dict[str, str] = {}
        self.types: dict[str, Type] = {}
        self._layouts: dict[str, tuple[int, int]] = {}
        self._depths: dict[str, int] = {}
        self._owning: dict[str, bool] = {}

    def layout(self, of: Type) -> tuple[int, int]:
        """Size and align of a type that lies in memory. Refuses what has none, and what nothing declares."""
        found = self._layouts.get(of.text)
        if found is None:
            found = self._layouts[of.text] = self._layout(of)
        return found

    def _layout(self, of: Type) -> tuple[int, int]:
        name = of.name
        if of.kind == "scalar":
            return SCALARS[name][0], SCALARS[name][0]
        if of.kind == "[N]":
            size, align = self.layout(of.inner)
            if not 0 < of.length * size <= SIZE_MAX:
                raise Refusal("R8", f"an array of {of.length * size} bytes")
            return of.length * size, align
        if of.of is not None:
            self._behind(of)
        if of.kind in ("*", "cstr"):
            return 4, 4
        if of.kind in ("[]", "str", "[+]"):
            return (12 if of.kind == "[+]" else 8), 4
        if name in self.sigs:
            return 4, 4
        if not of.option and name in self.aggregates:
            return self.aggregates[name].size, self.aggregates[name].align
        if not of.option and name in self.enums and self.enums[name].int != "status":
            size = SCALARS[self.enums[name].int][0]
            return size, size
        known = name in self.declared or of.kind == "status"
        raise Refusal("R7", f"`{of.text}` " + ("does not lie in memory" if known else "is not declared"))

    def _behind(self, of: Type) -> None:
        """What an operator stands before has a layout, or is an opaque type behind a pointer."""
        opaque = of.inner.kind == "name" and of.inner.name in self.opaques
        if opaque and (of.kind != "*" or of.inner.option):
            raise Refusal("R7", f"the opaque `{of.inner.name}` lies behind `*` only")
        if not opaque:
            self.layout(of.inner)

    def wasm(self, of: Type) -> str:
        """How a value travels on its own."""
        self.layout(of)
        if of.kind == "scalar":
            return SCALARS[of.name][2]
        if of.kind in ("*", "cstr") or of.name in self.sigs:
            return "i32"
        if of.name in self.enums:
            return SCALARS[self.enums[of.name].int][2]
        raise Refusal("R7", f"`{of.text}` does not travel in a call on its own")

    def is_status(self, of: Type | None) -> bool:
        """Whether a result is a status, or an enum over it."""
        if of is None:
            return False
        return of.kind == "status" or (of.name in self.enums and self.enums[of.name].int == "status" and not of.option)

    def owns(self, of: Type) -> bool:
        """Whether a value of this type owns a block, or holds something that does."""
        while of.kind == "[N]":
            of = of.inner
        if of.kind == "name" and of.name in self.aggregates:
            if of.name not in self._owning:
                self._owning[of.name] = any(self.owns(field.type) for field in self.aggregates[of.name].fields)
            return self._owning[of.name]
        return of.mark == "^" or of.kind == "[+]"

    def depth(self, name: str, above: int) -> int:
        """How many types lie in one another by value, itself included. Bounded, so it also ends in a ring."""
        below = self._depths.get(name, 0)
        if above + max(below, 1) > DEPTH_MAX:
            raise Refusal("R8", f"`{name}` contains itself, or more than {DEPTH_MAX} types lie in one another")
        if not below:
            below = 1
            for field in self.aggregates[name].fields:
                of = field.type
                while of.kind == "[N]":
                    of = of.inner
                if of.kind == "name" and of.name in self.aggregates:
                    below = max(below, 1 + self.depth(of.name, above + 1))
            self._depths[name] = below
        return below

    def check(self, aggregate: Aggregate) -> None:
        """Recomputes a layout by C's rule. What a union, or a tagged behind its tag, holds lies at one offset."""
        self.depth(aggregate.name, 0)
        layouts = [self.layout(field.type) for field in aggregate.fields]
        tag = SCALARS[aggregate.tag][0] if aggregate.tag else 0
        align = within = max([align for _, align in layouts], default=1)
        start = end = -(-tag // within) * within
        kind = aggregate.kind
        for field, (size, of) in zip(aggregate.fields, layouts):
            if kind == "struct":
                start = -(-end // of) * of
            elif kind == "union" and self.owns(field.type):
                raise Refusal("R8", f"`{field.name}` owns something, in a union")
            if field.offset != start:
                raise Refusal("R8", f"`{field.name}` lies at {start}, not at {field.offset}")
            if start + size > end:
                end = start + size
        align = max(align, tag)
        # The union of payloads is padded on its own.
        end = -(-end // within) * within
        size = -(-end // align) * align
        if (aggregate.size, aggregate.align) != (size, align):
            raise Refusal("R8", f"a size of {size} with an align of {align} is right")
