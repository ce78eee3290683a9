# SPDX-License-Identifier: MIT OR Apache-2.0
"""Type expressions of the records: prefix operators, then a leaf."""

import re
from typing import NamedTuple, Optional

# Size, format of `struct`, wasm type.
SCALARS: dict[str, tuple[int, str, str]] = {
    "bool": (1, "?", "i32"),
    "i8": (1, "b", "i32"),
    "u8": (1, "B", "i32"),
    "i16": (2, "h", "i32"),
    "u16": (2, "H", "i32"),
    "i32": (4, "i", "i32"),
    "u32": (4, "I", "i32"),
    "i64": (8, "q", "i64"),
    "u64": (8, "Q", "i64"),
    "f32": (4, "f", "f32"),
    "f64": (8, "d", "f64"),
    "char": (4, "I", "i32"),
    "usize": (4, "I", "i32"),
    "isize": (4, "i", "i32"),
}
INTS = ("i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64")
BUILT_IN = frozenset([*SCALARS, "str", "cstr", "status"])
SIZE_MAX = 2147483647
OPERATORS_MAX = 16


class Type(NamedTuple):
    """One operator, or a leaf. `text` is the expression as written: equal texts are equal types."""

    text: str
    kind: str  # "scalar" "name" "str" "cstr" "*" "[]" "[+]" "[N]" "status"
    mark: str = ""  # "^" owned, "~" writable, or neither
    option: bool = False
    of: Optional["Type"] = None
    length: int = 0
    name: str = ""

    @property
    def inner(self) -> "Type":
        """What the operator stands before."""
        assert self.of is not None
        return self.of

    @property
    def plain(self) -> str:
        """The text without `?`: drop records are found by it."""
        return self.text[1:] if self.option else self.text


_PREFIX = re.compile(r"(\??[\^~]?)(\*|\[\]|\[\+\]|\[(0|[1-9][0-9]{0,18})\])")
_LEAF = re.compile(r"(\?)?(\^)?([A-Za-z_][A-Za-z0-9_]*)")


class Refusal(Exception):
    """A record breaks a rule of SPEC; the reader adds which record."""

    def __init__(self, rule: str, why: str) -> None:
        self.rule, self.why = rule, why


def parse(text: str, known: dict[str, Type]) -> Type:
    """Reads a type expression. `known` keeps what was read before."""
    found = known.get(text)
    if found is not None:
        return found
    operators = []
    at = 0
    while True:
        match = _PREFIX.match(text, at)
        if match is None:
            break
        marks, operator, count = match.groups()
        legal = {"*": ("", "?", "^", "~", "?^", "?~"), "[]": ("", "^", "~")}.get(operator, ("",))
        if marks not in legal:
            raise Refusal("R7", f"`{marks}` cannot stand before `{operator}`")
        operators.append((at, marks, operator, count))
        if len(operators) > OPERATORS_MAX:
            raise Refusal("limits", f"a type of more than {OPERATORS_MAX} operators")
        at = match.end()
    result = _leaf(text[at:])
    for start, marks, operator, count in reversed(operators):
        kind = "[N]" if count is not None else operator
        mark = marks.strip("?")
        result = Type(text[start:], kind, mark, marks[:1] == "?", result, int(count or 0))
    known[text] = result
    return result


def _leaf(text: str) -> Type:
    match = _LEAF.fullmatch(text)
    if match is None:
        raise Refusal("R7", f"`{text[:80]}` is no type")
    option, mark, name = match.group(1) is not None, match.group(2) or "", match.group(3)
    if name == "cstr" or (name == "str" and not option):
        return Type(text, name, mark, option)
    if mark or (option and name in BUILT_IN):
        raise Refusal("R7", f"`{text[:80]}` is no type")
    kind = "scalar" if name in SCALARS else "status" if name == "status" else "name"
    return Type(text, kind, "", option, None, 0, name)
