# SPDX-License-Identifier: MIT OR Apache-2.0
"""Codecs of structs, unions and tagged enumerations, and the classes of their views."""

from __future__ import annotations

import functools
import keyword
from collections.abc import Iterable, Mapping
from typing import Any

from . import making, records, views
from .codecs import Place
from .errors import DataError, locate, shown
from .runtime import Block, Runtime
from .types import Type


def attributes(names: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """The names of records as attributes: with `_` behind those that Python or this library has another use for.

    Names that need nothing go first, so that the order of the records does not matter. Names such as `__init__` are
    none: Python gives them a meaning of its own.
    """
    used = set(taken)
    found: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (name in used or keyword.iskeyword(name), name)):
        if name[:2] == "__" and name[-2:] == "__":
            continue
        found[name] = name
        while found[name] in used or keyword.iskeyword(found[name]):
            found[name] += "_"
        used.add(found[name])
    return found


class AggregateCodec(Place):
    """A struct, union or tagged enumeration, with the class of its views."""

    parts = True

    def __init__(self, runtime: Runtime, of: Type, record: records.Aggregate) -> None:
        super().__init__(runtime, of)
        self.record = record
        self.pointer = runtime.type("^*" + of.text)
        self.fields: dict[str, tuple[Any, int]] = {}
        for field in record.fields:
            self.fields[field.name] = runtime.codec(field.type), field.offset
        self.cases = {case.name: case for case in record.cases}
        self.by_tag = {case.value: case for case in record.cases}
        if record.kind == "tagged":
            self.tag = runtime.codec(runtime.type(record.tag))
        self.view_class = self._class()

    def _class(self) -> Any:
        docs, record = self.runtime.records.docs, self.record
        base = views.Tagged if record.kind == "tagged" else views.Aggregate
        text = docs.get(record.name, f"{record.kind} {record.name}")
        space: dict[str, Any] = {
            "__slots__": (),
            "__doc__": text,
            "__module__": "linmem",
            "_codec": self,
            "_machine": self.machine,
        }
        members = self.cases if record.kind == "tagged" else self.fields
        self.attributes = attributes(members, {*dir(base), *space})
        for name, attribute in self.attributes.items():
            doc = docs.get(f"{record.name}.{name}", "")
            if record.kind == "tagged":
                space[attribute] = self._case(name, doc)
            else:
                space[attribute] = self._property(name, f"{self.fields[name][0].type.text}\n\n{doc}".strip())
        return type(record.name, (base,), space)

    def _property(self, name: str, doc: str) -> property:
        codec, offset = self.fields[name]

        def read(self: Any) -> Any:
            block = self._block
            if block.dead:
                block.fail()
            return codec.read(self._at + offset, block, self._writable)

        def read_number(self: Any) -> Any:
            if self._block.dead:
                self._block.fail()
            return unpack(self._machine.view, self._at + offset)[0]

        put = functools.partial(making.assign, codec) if codec.parts else codec.write

        place = f"{self.record.name}.{name}"

        def write(self: Any, value: Any) -> None:
            try:
                put(self._write() + offset, value, self._block)
            except (TypeError, ValueError) as error:
                locate(error, place)
                raise

        if codec.type.kind == "scalar" and not codec.checked:
            unpack = codec.unpack
            return property(read_number, write, None, doc)
        return property(read, write, None, doc)

    def _case(self, name: str, doc: str) -> Any:
        def make(cls: Any, value: Any = None) -> Any:
            return cls(name, value)

        make.__doc__ = doc or f"A new {self.record.name} of the case {name}."
        return classmethod(make)

    # The active case of a tagged.

    def case(self, at: int) -> records.Case:
        value = self.tag.read(at, None, False)
        case = self.by_tag.get(value)
        if case is None:
            raise DataError("Invalid", f"{value} is no case of {self.record.name}")
        return case

    def payload(self, at: int) -> tuple[Any, int] | None:
        return self.fields.get(self.case(at).name)

    def active(self, at: int) -> list[records.Field]:
        payload = self.case(at).payload
        return [payload] if payload else []

    def arguments(self, args: tuple[Any, ...], fields: dict[str, Any]) -> Any:
        """The value that the arguments of the class stand for."""
        if self.record.kind == "tagged":
            if not 1 <= len(args) <= 2 or fields:
                raise TypeError(f"{self.record.name} takes a case and a value")
            return args[0], args[1] if len(args) > 1 else None
        if args:
            raise TypeError(f"{self.record.name} takes its fields by name")
        return fields

    def read(self, at: int, block: Block, writable: bool) -> Any:
        return self.view_class._view(at, block, writable)

    def copy(self, value: Any) -> Any:
        if value._block.dead:
            value._block.fail()
        at, block = value._at, value._block
        if self.record.kind == "union":
            return bytes(self.machine.view[at : at + self.size])
        if self.record.kind == "tagged":
            payload = self.payload(at)
            held = payload and payload[0].copy(payload[0].read(at + payload[1], block, False))
            return value.case, held
        return {
            name: codec.copy(codec.read(at + offset, block, False)) for name, (codec, offset) in self.fields.items()
        }

    def write(self, at: int, value: Any, block: Block) -> None:
        same = isinstance(value, views.View) and getattr(value, "_codec", None) is self
        if self.record.kind == "tagged":
            self._write_tagged(at, (value.case, value.value) if same else value, block)
            return
        if self.record.kind == "union" and (same or isinstance(value, bytes)):
            data = value if isinstance(value, bytes) else value.copy()
            if len(data) != self.size:
                raise ValueError(f"{self.record.name} has {self.size} bytes, not {len(data)}")
            self.machine.view[at : at + self.size] = data
            return
        given = {name: value[name] for name in self.fields} if same else self._given(value)
        name = ""
        try:
            for name, field in given.items():
                codec, offset = self.fields[name]
                codec.write(at + offset, field, block)
        except (TypeError, ValueError) as error:
            locate(error, f".{name}")
            raise

    def _given(self, value: Any) -> dict[str, Any]:
        name = self.record.name
        if not isinstance(value, Mapping):
            raise TypeError(f"{name} takes a {name} or a dict of its fields, not {type(value).__name__}")
        given: dict[str, Any] = {}
        by_attribute = {attribute: field for field, attribute in self.attributes.items()}
        for key, field in value.items():
            key = key if key in self.fields else by_attribute.get(key, key)
            if key not in self.fields or key in given:
                raise TypeError(f"{name} has no field {key!r}" if key not in given else f"{name}: {key} is given twice")
            given[key] = field
        if self.record.kind == "union":
            if len(given) != 1:
                raise TypeError(f"the union {name} takes one of its fields, not {len(given)}")
            return given
        missing = [key for key, (codec, _) in self.fields.items() if key not in given and not codec.type.option]
        if missing:
            raise TypeError(f"{name} needs {', '.join(missing)}")
        return given

    def _write_tagged(self, at: int, value: Any, block: Block) -> None:
        if not isinstance(value, str) and not (isinstance(value, tuple) and len(value) == 2):
            raise TypeError(f"{self.record.name} takes a case, or a tuple of a case and its value, not {shown(value)}")
        name, held = (value, None) if isinstance(value, str) else value
        case = self.cases.get(name)
        if case is None:
            raise ValueError(f"{name!r} is no case of {self.record.name}")
        if (case.payload is None) != (held is None):
            optional = case.payload is not None and case.payload.type.option
            if not optional:
                raise TypeError(f"the case {name} holds {'no' if case.payload is None else 'a'} value")
        self.tag.write(at, case.value, block)
        if held is not None:
            codec, offset = self.fields[name]
            try:
                codec.write(at + offset, held, block)
            except (TypeError, ValueError) as error:
                locate(error, f".{name}")
                raise

    def dtype(self) -> Any:
        if self.record.kind != "struct":
            raise TypeError(f"numpy has no type for the {self.record.kind} {self.record.name}")
        codecs = list(self.fields.values())
        return {
            "names": list(self.fields),
            "formats": [codec.dtype() for codec, _ in codecs],
            "offsets": [offset for _, offset in codecs],
            "itemsize": self.size,
        }
