"""Reads the records of a section and refuses what SPEC says a host refuses, in time proportional to the section.

`read` goes over the lines three times: it splits and sorts them out, then declares the types, then checks each record
against them. An error names the rule of SPEC (R1 to R10, or "limits") and the record.
"""

import re
import struct
from typing import Any, List, Set, Tuple, Union

from . import types
from .errors import RecordError
from .records import Aggregate, Case, Const, Enum, Field, Records, Signature
from .types import SCALARS, SIZE_MAX, Refusal, Type

LINE_MAX = 65536
SECTION_MAX = 4194304
RECORDS_MAX = 65536
WASM_PARAMS_MAX = 1000

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORD = re.compile(r"[!-~]+")
_NUMBER = re.compile(r"0|[1-9][0-9]*")
_VALUE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"0x[0-9a-f]+")
_SUBJECT = re.compile(r"(?:[!-~]+/)?[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?")
_TEXT = re.compile(r"(?:[ -\[\]-~\u0080-\U0010ffff]|\\n|\\\\)*")
_AGGREGATES = ("struct", "union", "tagged")


class _Reader:
    def __init__(self) -> None:
        self.records = Records()

    def name(self, word: str) -> str:
        if not _NAME.fullmatch(word):
            raise Refusal("R7", f"`{word[:80]}` is no name")
        return word

    def number(self, word: str) -> int:
        if not _NUMBER.fullmatch(word):
            raise Refusal("R7", f"`{word[:80]}` is no number")
        if len(word) > 10 or int(word) > SIZE_MAX:
            raise Refusal("R8", f"{word[:80]} is over {SIZE_MAX}")
        return int(word)

    def value(self, word: str, of: str) -> int:
        if not _VALUE.fullmatch(word):
            raise Refusal("R7", f"`{word[:80]}` is no value")
        size, form, _ = SCALARS["i32" if of == "status" else of]
        signed = form in "bhiq"
        low, high = (-(1 << (8 * size - 1)), 1 << (8 * size - 1)) if signed else (0, 1 << 8 * size)
        value = int(word) if len(word) <= 20 else high
        if of == "bool":
            high = 2
        if not low <= value < high or (of == "char" and (value > 0x10FFFF or 0xD800 <= value < 0xE000)):
            raise Refusal("R8", f"{word[:80]} does not fit {of}")
        return value

    def type(self, text: str) -> Type:
        return types.parse(text, self.records.types)

    def text(self, text: str) -> str:
        if not _TEXT.fullmatch(text):
            raise Refusal("R7", "the text holds a control character or an unknown escape")
        return re.sub(r"\\(.)", lambda match: "\n" if match.group(1) == "n" else "\\", text)

    def once(self, members: List[str]) -> None:
        if len(set(members)) != len(members):
            raise Refusal("R4", "two members have the same name")

    # First words. Each takes the words after it.

    def layout(self, words: List[str]) -> Tuple[str, int, int]:
        name, size, align = self.name(words[0]), self.number(words[1]), self.number(words[2])
        if align not in (1, 2, 4, 8) or size == 0 or size % align:
            raise Refusal("R8", f"a size of {size} with an align of {align}")
        return name, size, align

    def field(self, word: str) -> Field:
        name, offset, of = word.split(":")
        return Field(self.name(name), self.number(offset), self.type(of))

    def struct(self, words: List[str], kind: str = "struct") -> None:
        name, size, align = self.layout(words)
        fields = tuple(self.field(word) for word in words[3:])
        if not fields:
            raise Refusal("R7", "no field")
        self.once([field.name for field in fields])
        self.records.aggregates[name] = Aggregate(kind, name, size, align, fields)

    def union(self, words: List[str]) -> None:
        self.struct(words, "union")

    def cases(self, words: List[str], of: str) -> Tuple[Case, ...]:
        cases = []
        for word in words:
            name, rest = word.split("=")
            value, _, payload = rest.partition(":")
            cases.append(
                Case(self.name(name), self.value(value, of), self.field(f"{name}:{payload}") if payload else None)
            )
            if rest.endswith(":"):
                raise Refusal("R7", "no payload after `:`")
        self.once([case.name for case in cases])
        if not cases:
            raise Refusal("R7", "no case")
        if len({case.value for case in cases}) != len(cases):
            raise Refusal("R8", "two cases have the same value")
        return tuple(cases)

    def tagged(self, words: List[str]) -> None:
        name, size, align = self.layout(words)
        if words[3] not in types.INTS:
            raise Refusal("R7", f"`{words[3][:80]}` is no integer type")
        cases = self.cases(words[4:], words[3])
        fields = tuple(case.payload for case in cases if case.payload)
        self.records.aggregates[name] = Aggregate("tagged", name, size, align, fields, cases, words[3])

    def enum(self, words: List[str]) -> None:
        name, of = self.name(words[0]), words[1]
        if of not in types.INTS and of != "status":
            raise Refusal("R7", f"`{of[:80]}` is no integer type")
        cases = self.cases(words[2:], of)
        if any(case.payload for case in cases):
            raise Refusal("R7", "a payload in an enum")
        self.records.enums[name] = Enum(name, of, cases)

    def opaque(self, words: List[str]) -> None:
        (name,) = words
        self.records.opaques.add(self.name(name))

    def const(self, words: List[str]) -> None:
        name, of, word = self.name(words[0]), words[1], " ".join(words[2:])
        value: Union[int, bool, float, str]
        if of == "str":
            if len(words) < 3:
                raise Refusal("R7", "no text")
            value = self.text(word)
        elif of in ("f32", "f64"):
            size, form, _ = SCALARS[of]
            if not _FLOAT.fullmatch(word):
                raise Refusal("R7", f"`{word[:80]}` is no float")
            if len(word) > 18 or int(word, 16) >> 8 * size:
                raise Refusal("R8", f"{word[:80]} does not fit {of}")
            value = struct.unpack("<" + form, int(word, 16).to_bytes(size, "little"))[0]
        elif of in SCALARS:
            value = self.value(word, of)
            value = chr(value) if of == "char" else bool(value) if of == "bool" else value
        else:
            raise Refusal("R7", f"no constant is a `{of[:80]}`")
        self.records.consts[name] = Const(name, of, value)

    def doc(self, words: List[str]) -> None:
        if len(words) < 2 or not _SUBJECT.fullmatch(words[0]):
            raise Refusal("R7", "no subject and text")
        self.records.docs[words[0]] = self.text(" ".join(words[1:]))

    def role(self, words: List[str]) -> None:
        role, export = words
        self.records.roles[self.name(role)] = self.name(export)

    def abi(self, words: List[str]) -> None:
        number, target = words
        if not _NUMBER.fullmatch(number) or not _WORD.fullmatch(target):
            raise Refusal("R7", "no version and target")
        if (number, target) != ("1", "wasm32"):
            raise Refusal("R7", "this host reads version 1 for wasm32")

    # Signatures come after all types.

    def signature(self, words: List[str], text: str) -> Signature:
        records, result = self.records, None
        name = self.name(words[0])
        if len(words) > 2 and words[-2] == "->":
            result, words = self.type(words[-1]), words[:-2]
        params, wasm = [], []
        for word in words[1:]:
            param, of = word.split(":")
            out = of.startswith(">")
            field = Field(self.name(param), 0, self.type(of[1:] if out else of), out)
            records.known(field.type)
            if out:
                wasm.append("i32")
            elif field.type.kind in ("[]", "str"):
                wasm += ["i32", "i32"]
            elif records.is_status(field.type):
                raise Refusal("R7", "a status is a result only")
            else:
                wasm.append(records.wasm(field.type))
            params.append(field)
        self.once([field.name for field in params])
        if len(wasm) > WASM_PARAMS_MAX:
            raise Refusal("limits", f"more than {WASM_PARAMS_MAX} wasm parameters")
        results = [] if result is None else ["i32" if records.is_status(result) else records.wasm(result)]
        return Signature(name, tuple(params), result, tuple(wasm), tuple(results), text)

    def drop(self, export: str, of: Type, text: str) -> None:
        if of.option or of.mark != "^":
            raise Refusal("R7", "what a drop takes is owned")
        self.records.known(of)
        wasm = ("i32", "i32") if of.kind in ("[]", "str") else ("i32",)
        param = Field("value", 0, of)
        self.records.drops[of.text] = Signature(self.name(export), (param,), None, wasm, (), text)


_TYPES = ("struct", "union", "tagged", "enum", "opaque")
_CALLS = ("sig", "fn", "import", "drop")
_KINDS = frozenset([*_TYPES, *_CALLS, "abi", "role", "const", "doc"])


def _sort_out(data: bytes) -> List[Tuple[str, List[str]]]:
    """Each known record once: its line and words."""
    if len(data) > SECTION_MAX:
        raise RecordError("limits", "", f"a section of {len(data)} bytes")
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise RecordError("R7", "", f"the section is not UTF-8 at byte {error.start}") from None
    records: List[Tuple[str, List[str]]] = []
    once: Set[Tuple[str, ...]] = set()
    for line in dict.fromkeys(lines):
        if not line:
            continue
        if len(line) >= LINE_MAX or len(line.encode()) >= LINE_MAX:
            raise RecordError("limits", line, "a line that is too long")
        words = line[line[0] == "!" :].split(" ")
        kind = words.pop(0)
        if kind not in _KINDS:
            if line[0] == "!":
                raise RecordError("R6", line, f"`!{kind[:80]}` must be understood and is not")
            continue
        # One namespace for what is declared; a kind and one or two words for the rest.
        key = (kind, *words[: {"abi": 0, "import": 2}.get(kind, 1)])
        keys = [key if kind in ("abi", "role", "doc", "import") else ("name", *words[:1])]
        if kind == "drop":
            keys.append(("drop", *words[1:]))
        for key in keys:
            if key in once:
                raise RecordError("R3", line, f"a second `{' '.join(key)[:80]}`")
            once.add(key)
        records.append((line, words if kind == "abi" or len(words) else [""]))
        records[-1][1].insert(0, kind)
        if len(records) > RECORDS_MAX:
            raise RecordError("limits", "", f"more than {RECORDS_MAX} records")
    if ("abi",) not in once:
        raise RecordError("R3", "", "no record `abi`")
    return records


def read(data: bytes) -> Records:
    """Reads a section, or a sidecar. Raises RecordError."""
    reader = _Reader()
    records, steps = reader.records, _sort_out(data)

    def each(kinds: Any, act: Any) -> None:
        for line, words in steps:
            if words[0] in kinds:
                try:
                    act(line, words)
                except Refusal as error:
                    raise RecordError(error.rule, line, error.why) from None
                except (ValueError, IndexError):  # too few words, or too many
                    raise RecordError("R7", line, f"it does not have the form of a `{words[0]}`") from None

    def declare(line: str, words: List[str]) -> None:
        if words[1] in types.BUILT_IN and words[0] in (*_TYPES, "sig"):
            raise Refusal("R5", f"`{words[1]}` is a built-in type")
        if words[0] not in ("abi", "role", "import", "doc"):
            records.declared[reader.name(words[1])] = words[0]
        if words[0] == "sig":
            records.sigs[words[1]] = Signature(words[1], (), None, (), (), line)
        elif words[0] not in _CALLS:
            getattr(reader, words[0])(words[1:])

    def check(line: str, words: List[str]) -> None:
        records.check_aggregate(records.aggregates[words[1]])

    def sign(line: str, words: List[str]) -> None:
        if words[0] == "import":
            if not _WORD.fullmatch(words[1]):
                raise Refusal("R7", "no module name")
            records.imports[words[1], words[2]] = reader.signature(words[2:], line)
        elif words[0] == "drop":
            export, of = words[1:]
            reader.drop(export, reader.type(of), line)
        else:
            signature = reader.signature(words[1:], line)
            (records.sigs if words[0] == "sig" else records.functions)[words[1]] = signature

    each(_KINDS, declare)
    each(_AGGREGATES, check)
    each(_CALLS, sign)
    return records
