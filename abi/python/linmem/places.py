"""Codecs of what lies in place and is seen through a view: structs, unions, tagged enumerations, arrays, runs."""

import functools
import keyword
from typing import Any, Dict, Iterable, List, Optional, Tuple

from . import records, views
from .codecs import Codec, put_ptr
from .errors import DataError
from .runtime import MASK, Block, Release, Runtime, put_u32s, u32s
from .types import Type


def attribute(name: str, taken: Iterable[str]) -> str:
    """The name of a record as an attribute: with `_` behind it if Python or this library has another use for it."""
    while name in taken or keyword.iskeyword(name) or (name[:2] == "__" and name[-2:] == "__"):
        name += "_"
    return name


class Place(Codec):
    """What `read` shows as a view."""

    def view(self, at: int, block: Block, writable: bool) -> Any:
        return self.read(at, block, writable)

    def copy(self, value: Any) -> Any:
        raise NotImplementedError

    def receive(self, at: int, block: Block) -> Any:
        raise AssertionError("an aggregate is received as a block")


class OpaqueCodec(Place):
    def __init__(self, runtime: Runtime, of: Type) -> None:
        self.runtime, self.type, self.size, self.align, self.owns = runtime, of, 0, 1, False

    def read(self, at: int, block: Block, writable: bool) -> Any:
        return views.Opaque(self, at, block, writable)


class AggregateCodec(Place):
    """A struct, union or tagged enumeration, with the class of its views."""

    def __init__(self, runtime: Runtime, of: Type, record: records.Aggregate) -> None:
        super().__init__(runtime, of)
        self.record = record
        self.pointer = runtime.type("^*" + of.text)
        self.fields: Dict[str, Tuple[Any, int]] = {}
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
        space: Dict[str, Any] = {
            "__slots__": (),
            "__doc__": text,
            "__module__": "linmem",
            "_codec": self,
            "_machine": self.machine,
        }
        self.attributes: Dict[str, str] = {}
        taken = {*dir(base), *space}
        for name in self.cases if record.kind == "tagged" else self.fields:
            self.attributes[name] = attribute(name, taken)
            taken.add(self.attributes[name])
            doc = docs.get(f"{record.name}.{name}", "")
            if record.kind == "tagged":
                space[self.attributes[name]] = self._case(name, doc)
            else:
                field = self.runtime.records.aggregates[record.name].fields[len(self.attributes) - 1]
                space[self.attributes[name]] = self._property(name, f"{field.type.text}\n\n{doc}".strip())
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

        def write(self: Any, value: Any) -> None:
            codec.write(self._write() + offset, value, self._block)

        if codec.type.kind == "scalar" and not codec.checked:
            unpack = codec.unpack
            return property(read_number, write, None, doc)
        return property(read, write, None, doc)

    def _case(self, name: str, doc: str) -> Any:
        def make(cls: Any, value: Any = None) -> Any:
            return cls(name, value)

        make.__doc__ = doc or f"A new {self.record.name} of the case {name}."
        return classmethod(make)

    def zero(self) -> bool:
        if self.record.kind == "tagged":
            case = self.by_tag.get(0)
            return case is not None and (case.payload is None or bool(self.fields[case.name][0].zero()))
        return all(codec.zero() for codec, _ in self.fields.values())

    # The active case of a tagged.

    def case(self, at: int) -> records.Case:
        value = self.tag.read(at, None, False)
        case = self.by_tag.get(value)
        if case is None:
            raise DataError("Invalid", f"{value} is no case of {self.record.name}")
        return case

    def payload(self, at: int) -> Optional[Tuple[Any, int]]:
        return self.fields.get(self.case(at).name)

    def active(self, at: int) -> List[records.Field]:
        payload = self.case(at).payload
        return [payload] if payload else []

    def arguments(self, args: Tuple[Any, ...], fields: Dict[str, Any]) -> Any:
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
        if same and value.address == at:
            return
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
        if self.record.kind == "union" or len(given) < len(self.fields):
            self._reset(at, block)
        for name, field in given.items():
            codec, offset = self.fields[name]
            codec.write(at + offset, field, block)

    def _given(self, value: Any) -> Dict[str, Any]:
        fields = views.fields_of(value)
        name = self.record.name
        if fields is None:
            raise TypeError(f"{name} takes a {name} or a dict of its fields, not {type(value).__name__}")
        given: Dict[str, Any] = {}
        by_attribute = {attribute: field for field, attribute in self.attributes.items()}
        for key, field in fields.items():
            key = key if key in self.fields else by_attribute.get(key, key)
            if key not in self.fields or key in given:
                raise TypeError(f"{name} has no field {key!r}" if key not in given else f"{name}: {key} is given twice")
            given[key] = field
        if self.record.kind == "union":
            if len(given) != 1:
                raise TypeError(f"the union {name} takes one of its fields")
            return given
        missing = [key for key, (codec, _) in self.fields.items() if key not in given and not codec.zero()]
        if missing:
            raise TypeError(f"{name} needs {', '.join(missing)}: 0 is no value of the type")
        return given

    def _reset(self, at: int, block: Block) -> None:
        old = Release(self.runtime)
        old.inside(self.type, at)
        old.gather()
        views.clear(self.machine, at, self.size)
        for field in [field for field in block.kept or () if at <= field < at + self.size]:
            block.forget(field)
        old.run()

    def _write_tagged(self, at: int, value: Any, block: Block) -> None:
        name, held = (value, None) if isinstance(value, str) else value
        case = self.cases.get(name)
        if case is None:
            raise ValueError(f"{name!r} is no case of {self.record.name}")
        if (case.payload is None) != (held is None):
            optional = case.payload is not None and case.payload.type.option
            if not optional:
                raise TypeError(f"the case {name} holds {'no' if case.payload is None else 'a'} value")
        old = Release(self.runtime)
        valid = self.by_tag.get(self.tag.read(at, None, False)) is not None
        if self.owns and valid:
            old.inside(self.type, at)
            old.gather()
        views.clear(self.machine, at, self.size)
        old.run()
        if case.payload:
            # The payload is put first: a tag without it must not stay behind where that fails.
            codec, offset = self.fields[name]
            codec.write(at + offset, held, block)
        self.tag.write(at, case.value, block)

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


class ArrayCodec(Place):
    """`[N]T`."""

    def __init__(self, runtime: Runtime, of: Type) -> None:
        super().__init__(runtime, of)
        self.item, self.count = runtime.codec(of.inner), of.count

    def zero(self) -> bool:
        return bool(self.item.zero())

    def read(self, at: int, block: Block, writable: bool) -> Any:
        return views.Array(self, at, block, writable)

    def copy(self, value: Any) -> Any:
        return value.copy()

    def write(self, at: int, value: Any, block: Block) -> None:
        if isinstance(value, views.Run) and value._at == at and value._codec is self:
            return
        values = views.values_of(list(value) if self.item.type.text == "char" else value)
        if len(values) != self.count:
            raise ValueError(f"{self.type.text} takes {self.count} values, not {len(values)}")
        self.item.put(at, values, block)

    def put(self, at: int, values: Any, block: Block) -> None:
        leaf = self.item
        while isinstance(leaf, ArrayCodec):
            leaf = leaf.item
        try:
            whole = memoryview(values)
        except TypeError:
            whole = memoryview(b"")
        if hasattr(leaf, "form") and whole.nbytes == len(values) * self.size and views.same_format(leaf, whole):
            self.machine.view[at : at + whole.nbytes] = whole.tobytes()
        else:
            super().put(at, values, block)

    def dtype(self) -> Any:
        return self.item.dtype(), (self.count,)


class SliceCodec(Codec):
    """`[]T`, which travels as pointer and length."""

    wires = 2

    def __init__(self, runtime: Runtime, of: Type) -> None:
        super().__init__(runtime, of)
        self.owned, self.owned_type = of.mark == "^", of if of.mark == "^" else None

    @functools.cached_property
    def item(self) -> Any:
        return self.runtime.codec(self.type.inner)

    def read(self, at: int, block: Block, writable: bool) -> Any:
        ptr, length = u32s(self.machine.view, at)
        return self._view(ptr, length, block, writable if self.owned else self.type.mark == "~")

    def _view(self, ptr: int, length: int, block: Block, writable: bool) -> Any:
        self.machine.check(self.type.text, ptr, length, self.item.size, self.item.align)
        return views.Slice(self, ptr, length, block, writable)

    def lift(self, block: Block, ptr: int, length: int) -> Any:
        ptr, length = ptr & MASK, length & MASK
        view = self._view(ptr, length, block, self.type.mark == "~")
        if self.owned:
            view._block, view._writable = self.runtime.own(self.type, ptr, length), True
        return view

    def receive(self, at: int, block: Block) -> Any:
        return self.lift(block, *u32s(self.machine.view, at))

    def lent(self, value: Any) -> Optional[Tuple[int, int]]:
        """Where the elements are of a view whose memory may be passed as it is."""
        if not isinstance(value, views.Run) or value._item is not self.item:
            return None
        if self.type.mark == "~":
            value._write()
        elif self.owned and not (isinstance(value, views.Slice) and value._is_owner()):
            return None
        return value._elements()

    def _values(self, value: Any) -> Any:
        values = views.values_of(list(value) if self.type.inner.text == "char" else value)
        if isinstance(values, memoryview) and values.ndim > 1 and views.same_format(self.item, values):
            # An image with rows is a run of its bytes.
            values = memoryview(values.tobytes()).cast(self.item.form)
        return values

    def write(self, at: int, value: Any, block: Block) -> None:
        found = self.lent(value)
        old = Release(self.runtime)
        if self.owned:
            if found and found == u32s(self.machine.view, at):
                return
            old.inside(self.type, at)
            old.gather()
        if found is None:
            if not self.owned and (block.kept is None or self.item.owns):
                raise TypeError(f"nobody would free these values: {self.type.text} takes a view here")
            ptr, values = 0, self._values(value)
            ptr = self.make(values, block)
            found = ptr, len(values)
            if not self.owned:
                block.keep(at, (ptr, len(values) * self.item.size, self.item.align))
        elif self.owned:
            value._block.end("handed over")
        else:
            block.forget(at)
        put_u32s(self.machine.view, at, *found)
        old.run()

    def make(self, values: Any, block: Block) -> int:
        """A new block with these elements."""
        item, size = self.item, len(values) * self.item.size
        ptr = self.runtime.alloc(size, item.align)
        if size:
            views.clear(self.machine, ptr, size)
        try:
            item.put(ptr, values, block)
        except Exception:
            undo = Release(self.runtime)
            undo.inside(item.type, ptr, len(values))
            undo.gather()
            undo.run()
            self.runtime.free(ptr, size, item.align)
            raise
        return ptr

    def lower(self, value: Any, call: Any, raw: List[Any]) -> None:
        found = self.lent(value)
        if found is None:
            values = self._values(value)
            if self.owned:
                ptr = self.make(values, self.runtime.borrowed)
                call.made.append((self.type, ptr, len(values)))
            else:
                ptr = self._lend(value, values, call)
            found = ptr, len(values)
        elif self.owned:
            call.moved.append(value._block)
        raw += found

    def _lend(self, value: Any, values: Any, call: Any) -> int:
        item, length = self.item, len(values)
        if self.type.mark == "~":
            call.copy_back(value, lambda: views.Slice(self, ptr, length, call.block, True), self.type.text)
        ptr: int = call.take(length * item.size, item.align)
        if item.owns:
            views.clear(self.machine, ptr, length * item.size)
            call.inside.append((item.type, ptr, length))
        item.put(ptr, values, call.block)
        return ptr


class BufferCodec(Place):
    """`[+]T`."""

    @functools.cached_property
    def item(self) -> Any:
        return self.runtime.codec(self.type.inner)

    def read(self, at: int, block: Block, writable: bool) -> Any:
        return views.Buffer(self, at, block, writable)

    def copy(self, value: Any) -> Any:
        return value

    def write(self, at: int, value: Any, block: Block) -> None:
        """Makes a new buffer with these elements and room for no more."""
        if isinstance(value, views.Buffer) and value._at == at:
            return
        values = views.values_of(value)
        old = Release(self.runtime)
        old.inside(self.type, at)
        old.gather()
        ptr = SliceCodec.make(self, values, self.runtime.borrowed)  # type: ignore[arg-type]
        put_u32s(self.machine.view, at, ptr, len(values))
        put_ptr(self.machine.view, at + 8, len(values))
        old.run()
