# SPDX-License-Identifier: MIT OR Apache-2.0
"""Reads the records of a module and refuses what SPEC says a host refuses, in time proportional to the section.

`section` finds them in the module. `read` sorts out the lines, declares what they name, and then checks layouts and
signatures against the declarations. An error names the rule of SPEC (R1 to R10, or "limits") and the record.
"""

from __future__ import annotations

import re
import struct
from typing import Callable

from .errors import AbiError, RecordError
from .records import Aggregate, Case, Const, Enum, Field, Records, Signature
from .types import BUILT_IN, INTS, SCALARS, SIZE_MAX, Refusal, Type, parse

SECTION = b"linmem.abi"
LINE_MAX = 65536
SECTION_MAX = 4194304
RECORDS_MAX = 65536
WASM_PARAMS_MAX = 1000

# Each kind of record, and how many words behind it name what it is about.
_DECLARING = ("struct", "union", "tagged", "enum", "sig", "opaque", "const", "fn", "drop")
_KEY_WORDS = {"abi": 0, "role": 1, "doc": 1, "import": 2, **dict.fromkeys(_DECLARING, 1)}

_name = re.compile(r"[A-Za-z_][A-Za-z0-9_]*").fullmatch
_word = re.compile(r"[!-~]+").fullmatch
_number = re.compile(r"0|[1-9][0-9]*").fullmatch
_value = re.compile(r"-?(?:0|[1-9][0-9]*)").fullmatch
_float = re.compile(r"0x[0-9a-f]+").fullmatch
_fields = re.compile(r" ([A-Za-z_][A-Za-z0-9_]*):(0|[1-9][0-9]*):([!-~]+)(?![^ ])").findall
_case = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=([^:]*)(?::(.*))?").fullmatch
_param = re.compile(r"([A-Za-z_][A-Za-z0-9_]*):(>?)([!-~]+)").fullmatch
_subject = re.compile(r"(?:[!-~]+/)?[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?").fullmatch
_text = re.compile(r"(?:[ -\[\]-~\u0080-\U0010ffff]|\\n|\\\\)*").fullmatch


def section(module: bytes) -> bytes:
    """The bytes of all sections of that name, in the order of the module, without executing or compiling anything."""
    if module[:8] != b"\0asm\1\0\0\0":
        raise AbiError("these bytes are no wasm module")
    found: list[bytes] = []
    at = 8
    while at < len(module):
        kind = module[at]
        size, start = _leb(module, at + 1, len(module))
        at = start + size
        if at > len(module):
            raise AbiError("the module's sections are malformed: one passes the end")
        if kind == 0:
            length, name = _leb(module, start, at)
            if module[name : min(name + length, at)] == SECTION:
                found.append(module[name + length : at])
    return b"".join(found)


def _leb(data: bytes, at: int, end: int) -> tuple[int, int]:
    """An unsigned LEB128 of at most 32 bits, and where it ends."""
    value = 0
    for shift in range(0, 35, 7):
        if at >= end:
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value >> 32:
                break
            return value, at
    raise AbiError("the module's sections are malformed: a length is cut off or too long")


def read(data: bytes) -> Records:
    """Reads a section, or a sidecar. Raises RecordError."""
    lines = _lines(data)
    reader = _Reader()
    for kinds, act in (
        (("abi", "role", "const", "doc", "struct", "union", "tagged", "enum", "opaque", "sig"), reader.declare),
        (("struct", "union", "tagged"), reader.check),
        (("sig", "fn", "import", "drop"), reader.sign),
    ):
        for kind in kinds:
            for line, words in lines[kind]:
                try:
                    act(kind, words, line)
                except Refusal as error:
                    raise RecordError(error.rule, line, error.why) from None
                except (ValueError, IndexError):  # too few words, or too many
                    raise RecordError("R7", line, f"it does not have the form of a `{kind}`") from None
    return reader.records


def _lines(data: bytes) -> dict[str, list[tuple[str, list[str]]]]:
    """Each known record once: its line and the words behind the first, by that."""
    if len(data) > SECTION_MAX:
        raise RecordError("limits", "", f"a section of {len(data)} bytes")
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise RecordError("R7", "", f"the section is not UTF-8 at byte {error.start}") from None
    sorted_out: dict[str, list[tuple[str, list[str]]]] = {kind: [] for kind in _KEY_WORDS}
    once: set[tuple[str, ...]] = set()
    for line in dict.fromkeys(lines):
        if len(line) >= LINE_MAX // 4 and len(line.encode()) >= LINE_MAX:
            raise RecordError("limits", line, "a line that is too long")
        kind, *words = line.split(" ")
        must = kind[:1] == "!"
        kind = kind[must:]
        if kind not in sorted_out:
            if must:
                raise RecordError("R6", line, f"`!{kind[:80]}` must be understood and is not")
            continue
        count = _KEY_WORDS[kind]
        if len(words) < count:
            raise RecordError("R7", line, f"it does not have the form of a `{kind}`")
        # What is declared is one namespace.
        keys = [("" if kind in _DECLARING else kind, *words[:count])]
        if kind == "drop":
            keys.append(("drop", *words[1:]))
        for key in keys:
            if key in once:
                raise RecordError("R3", line, f"a second `{' '.join(key).strip()[:80]}`")
            once.add(key)
        sorted_out[kind].append((line, words))
        if len(once) > RECORDS_MAX and sum(map(len, sorted_out.values())) > RECORDS_MAX:
            raise RecordError("limits", "", f"more than {RECORDS_MAX} records")
    if ("abi",) not in once:
        raise RecordError("R3", "", "no record `abi`")
    return sorted_out


def name(word: str) -> str:
    if not _name(word):
        raise Refusal("R7", f"`{word[:80]}` is no name")
    return word


def number(word: str) -> int:
    if not _number(word):
        raise Refusal("R7", f"`{word[:80]}` is no number")
    return size_of(word)


def size_of(digits: str) -> int:
    size = int(digits) if len(digits) <= 10 else SIZE_MAX + 1
    if size > SIZE_MAX:
        raise Refusal("R8", f"{digits[:80]} is over {SIZE_MAX}")
    return size


def value(word: str, of: str) -> int:
    """An integer of a scalar type. A status enum names the values from 16."""
    if not _value(word):
        raise Refusal("R7", f"`{word[:80]}` is no value")
    size, form, _ = SCALARS["i32" if of == "status" else of]
    signed = form in "bhiq"
    low, high = (-(1 << (8 * size - 1)), 1 << (8 * size - 1)) if signed else (0, 1 << 8 * size)
    low, high = {"status": (16, high), "bool": (0, 2), "char": (0, 0x110000)}.get(of, (low, high))
    found = int(word) if len(word) <= 20 else high
    if not low <= found < high or (of == "char" and 0xD800 <= found < 0xE000):
        raise Refusal("R8", f"{word[:80]} does not fit {of}")
    return found


def text(escaped: str) -> str:
    if not _text(escaped):
        raise Refusal("R7", "the text holds a control character or an unknown escape")
    if "\\" not in escaped:
        return escaped
    return re.sub(r"\\(.)", lambda match: "\n" if match.group(1) == "n" else "\\", escaped)


def once(members: list[str]) -> None:
    if len(set(members)) != len(members):
        raise Refusal("R4", "two members have the same name")


class _Reader:
    def __init__(self) -> None:
        self.records = Records()

    def declare(self, kind: str, words: list[str], line: str) -> None:
        """Takes what a record declares. A sig is looked into when all types are there."""
        if kind in ("struct", "union", "tagged", "enum", "sig", "opaque") and words[0] in BUILT_IN:
            raise Refusal("R5", f"`{words[0]}` is a built-in type")
        if kind in _DECLARING:
            self.records.declared[name(words[0])] = kind
        if kind == "sig":
            self.records.sigs[words[0]] = Signature(words[0], (), None, (), (), line)
        elif kind in ("struct", "union", "tagged"):
            self.aggregate(kind, words)
        else:
            act: Callable[[list[str]], None] = getattr(self, kind)
            act(words)

    def check(self, kind: str, words: list[str], line: str) -> None:
        self.records.check(self.records.aggregates[words[0]])

    def sign(self, kind: str, words: list[str], line: str) -> None:
        """Takes a signature. What its types name is declared."""
        if kind == "import":
            if not _word(words[0]):
                raise Refusal("R7", "no module name")
            self.records.imports[words[0], words[1]] = self.signature(words[1:], line)
            return
        self.records.declared[name(words[0])] = kind
        if kind == "drop":
            export, of = words
            self.drop(export, self.type(of), line)
        else:
            (self.records.sigs if kind == "sig" else self.records.functions)[words[0]] = self.signature(words, line)

    def type(self, expression: str) -> Type:
        return parse(expression, self.records.types)

    def fields(self, words: list[str]) -> list[Field]:
        # One search for all of them: most of the time of reading goes here.
        found = _fields(" " + " ".join(words))
        types = self.records.types
        if len(found) != len(words):
            raise Refusal("R7", "a field is not name:offset:type")
        return [Field(name, size_of(offset), types.get(of) or parse(of, types)) for name, offset, of in found]

    def aggregate(self, kind: str, words: list[str]) -> None:
        size, align = number(words[1]), number(words[2])
        if align not in (1, 2, 4, 8) or size == 0 or size % align:
            raise Refusal("R8", f"a size of {size} with an align of {align}")
        cases: tuple[Case, ...] = ()
        tag = ""
        if kind == "tagged":
            tag, cases = words[3], self.cases(words[4:], words[3])
            fields = tuple(case.payload for case in cases if case.payload)
        else:
            fields = tuple(self.fields(words[3:]))
            if not fields:
                raise Refusal("R7", "no field")
            once([field.name for field in fields])
        self.records.aggregates[words[0]] = Aggregate(kind, words[0], size, align, fields, cases, tag)

    def cases(self, words: list[str], of: str) -> tuple[Case, ...]:
        if of not in INTS and of != "status":
            raise Refusal("R7", f"`{of[:80]}` is no integer type")
        cases = []
        for word in words:
            match = _case(word)
            if match is None:
                raise Refusal("R7", f"`{word[:80]}` is not name=value")
            case, number, payload = match.groups()
            held = None if payload is None else self.fields([f"{case}:{payload}"])[0]
            cases.append(Case(case, value(number, of), held))
        if not cases:
            raise Refusal("R7", "no case")
        once([case.name for case in cases])
        if len({case.value for case in cases}) != len(cases):
            raise Refusal("R8", "two cases have the same value")
        return tuple(cases)

    def enum(self, words: list[str]) -> None:
        cases = self.cases(words[2:], words[1])
        if any(case.payload for case in cases):
            raise Refusal("R7", "a payload in an enum")
        self.records.enums[words[0]] = Enum(words[0], words[1], cases)

    def opaque(self, words: list[str]) -> None:
        (opaque,) = words
        self.records.opaques.add(opaque)

    def const(self, words: list[str]) -> None:
        of, word = words[1], " ".join(words[2:])
        found: int | bool | float | str
        if of == "str":
            if len(words) < 3:
                raise Refusal("R7", "no text")
            found = text(word)
        elif of in ("f32", "f64"):
            size, form, _ = SCALARS[of]
            if not _float(word):
                raise Refusal("R7", f"`{word[:80]}` is no float")
            if int(word, 16) >> 8 * size:
                raise Refusal("R8", f"{word[:80]} does not fit {of}")
            found = struct.unpack("<" + form, int(word, 16).to_bytes(size, "little"))[0]
        elif of in SCALARS:
            found = value(word, of)
            found = chr(found) if of == "char" else bool(found) if of == "bool" else found
        else:
            raise Refusal("R7", f"no constant is a `{of[:80]}`")
        self.records.consts[words[0]] = Const(words[0], of, found)

    def doc(self, words: list[str]) -> None:
        if len(words) < 2 or not _subject(words[0]):
            raise Refusal("R7", "no subject and text")
        self.records.docs[words[0]] = text(" ".join(words[1:]))

    def role(self, words: list[str]) -> None:
        role, export = words
        self.records.roles[name(role)] = name(export)

    def abi(self, words: list[str]) -> None:
        version, target = words
        if not _number(version) or (version, target) != ("1", "wasm32"):
            raise Refusal("R7", "this host reads version 1 for wasm32")

    def signature(self, words: list[str], line: str) -> Signature:
        records, result = self.records, None
        called = name(words[0])
        if len(words) > 2 and words[-2] == "->":
            result, words = self.type(words[-1]), words[:-2]
        params: list[Field] = []
        wasm: list[str] = []
        for word in words[1:]:
            match = _param(word)
            if match is None:
                raise Refusal("R7", f"`{word[:80]}` is not name:type")
            param, out, expression = match.groups()
            of = self.type(expression)
            params.append(Field(param, 0, of, out != ""))
            wasm += self.travels(of, out != "")
        once([field.name for field in params])
        if len(wasm) > WASM_PARAMS_MAX:
            raise Refusal("limits", f"more than {WASM_PARAMS_MAX} wasm parameters")
        results: tuple[str, ...] = ()
        if result is not None:
            results = ("i32" if records.is_status(result) else records.wasm(result),)
        return Signature(called, tuple(params), result, tuple(wasm), results, line)

    def travels(self, of: Type, out: bool) -> tuple[str, ...]:
        """The wasm values of a parameter."""
        self.records.layout(of)
        if out:
            return ("i32",)
        return ("i32", "i32") if of.kind in ("[]", "str") else (self.records.wasm(of),)

    def drop(self, export: str, of: Type, line: str) -> None:
        if of.option or of.mark != "^":
            raise Refusal("R7", "what a drop takes is owned")
        param = Field("value", 0, of)
        self.records.drops[of.text] = Signature(export, (param,), None, self.travels(of, False), (), line)
