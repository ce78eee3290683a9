"""What the records of a module declare, and the checks of layouts and types that SPEC asks of a host (R7, R8)."""

from typing import Dict, NamedTuple, Optional, Set, Tuple, Union

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
    payload: Optional[Field] = None


class Aggregate(NamedTuple):
    """A struct, union or tagged. `fields` of a tagged are its payloads."""

    kind: str
    name: str
    size: int
    align: int
    fields: Tuple[Field, ...]
    cases: Tuple[Case, ...] = ()
    tag: str = ""


class Enum(NamedTuple):
    name: str
    int: str
    cases: Tuple[Case, ...]


class Signature(NamedTuple):
    """Parameters and result of a fn, import or sig, and how they travel in wasm."""

    name: str
    params: Tuple[Field, ...]
    result: Optional[Type]
    wasm_params: Tuple[str, ...]
    wasm_results: Tuple[str, ...]
    text: str


class Const(NamedTuple):
    name: str
    type: str
    value: Union[int, bool, float, str]


class Records:
    """What a section declares."""

    def __init__(self) -> None:
        self.declared: Dict[str, str] = {}
        self.aggregates: Dict[str, Aggregate] = {}
        self.enums: Dict[str, Enum] = {}
        self.sigs: Dict[str, Signature] = {}
        self.opaques: Set[str] = set()
        self.consts: Dict[str, Const] = {}
        self.functions: Dict[str, Signature] = {}
        self.imports: Dict[Tuple[str, str], Signature] = {}
        self.drops: Dict[str, Signature] = {}
        self.roles: Dict[str, str] = {}
        self.docs: Dict[str, str] = {}
        self.types: Dict[str, Type] = {}
        self._depths: Dict[str, int] = {}
        self._owning: Dict[str, bool] = {}

    def layout(self, of: Type) -> Tuple[int, int]:
        """Size and align of a type that lies in memory. Refuses what has none."""
        count = 1
        while of.kind == "[N]":
            count, of = count * of.length, of.inner
        if of.kind == "scalar":
            size = align = SCALARS[of.name][0]
        elif of.kind in ("*", "cstr"):
            size = align = 4
        elif of.kind in ("[]", "str", "[+]"):
            size, align = (12 if of.kind == "[+]" else 8), 4
        elif of.name in self.aggregates and not of.option:
            aggregate = self.aggregates[of.name]
            size, align = aggregate.size, aggregate.align
        elif of.name in self.sigs:
            size = align = 4
        elif of.name in self.enums and not of.option and self.enums[of.name].int != "status":
            size = align = SCALARS[self.enums[of.name].int][0]
        else:
            known = of.name in self.declared or of.kind == "status"
            raise Refusal("R7", f"`{of.text}` " + ("does not lie in memory" if known else "is not declared"))
        if not 0 < count * size <= SIZE_MAX:
            raise Refusal("R8", f"an array of {count * size} bytes")
        return count * size, align

    def is_status(self, of: Optional[Type]) -> bool:
        """Whether a result is a status, or an enum over it."""
        if of is None:
            return False
        return of.kind == "status" or (of.name in self.enums and self.enums[of.name].int == "status")

    def owns(self, of: Type) -> bool:
        """Whether a value of this type owns a block, or holds something that does."""
        while of.kind == "[N]":
            of = of.inner
        if of.kind == "name" and of.name in self.aggregates:
            if of.name not in self._owning:
                self._owning[of.name] = any(self.owns(field.type) for field in self.aggregates[of.name].fields)
            return self._owning[of.name]
        return of.mark == "^" or of.kind == "[+]"

    # The checks.

    def known(self, of: Type) -> None:
        """Checks every name in a type, and that what lies behind pointers has a layout."""
        inner = of
        while inner.of is not None:
            behind, inner = inner, inner.inner
            if inner.kind == "name" and inner.name in self.opaques:
                if behind.kind != "*" or inner.option:
                    raise Refusal("R7", f"the opaque `{inner.name}` lies behind `*` only")
                return
            if inner.of is None or inner.kind == "[N]":
                self.layout(inner)
        self.layout(of)

    def wasm(self, of: Type) -> str:
        """The wasm type of a value that travels as one."""
        self.known(of)
        if of.kind == "scalar":
            return SCALARS[of.name][2]
        if of.name in self.enums:
            return SCALARS[self.enums[of.name].int][2]
        if of.kind in ("*", "cstr") or of.name in self.sigs:
            return "i32"
        raise Refusal("R7", f"`{of.text}` does not travel in a call")

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

    def check_aggregate(self, aggregate: Aggregate) -> None:
        for field in aggregate.fields:
            self.known(field.type)
        self.depth(aggregate.name, 0)
        tag = SCALARS[aggregate.tag][0] if aggregate.tag else 0
        if aggregate.align < tag or aggregate.size < tag:
            raise Refusal("R8", "the tag does not fit")
        spans = []
        for field in aggregate.fields:
            size, align = self.layout(field.type)
            if field.offset % align or aggregate.align % align:
                raise Refusal("R8", f"`{field.name}` is misaligned")
            if field.offset + size > aggregate.size:
                raise Refusal("R8", f"`{field.name}` ends behind the size")
            if aggregate.kind == "union" and (field.offset or self.owns(field.type)):
                raise Refusal("R8", f"`{field.name}` in a union is not at 0, or owns something")
            if aggregate.kind == "tagged" and (field.offset < tag or field.offset != aggregate.fields[0].offset):
                raise Refusal("R8", f"`{field.name}` overlaps the tag, or lies elsewhere than the other payloads")
            spans.append((field.offset, field.offset + size, field.name))
        if aggregate.kind == "struct":
            spans.sort()
            for (_, end, before), (start, _, name) in zip(spans, spans[1:]):
                if start < end:
                    raise Refusal("R8", f"`{before}` and `{name}` overlap")
