# Written by `linmem bind --lang python` from a module's records; not to be edited.
#
# m = typing.cast("Module", linmem.load(source, imports))

import builtins as _py
import collections.abc as _abc
import enum as _enum
import typing as _typing

import linmem as _lm

_T = _typing.TypeVar("_T")

class _List(_lm.Run, _typing.Generic[_T]):
    def __getitem__(self, index: _py.int) -> _T: ...  # type: ignore[override]
    def __setitem__(self, index: _py.int, value: _typing.Any) -> None: ...
    def __iter__(self) -> _abc.Iterator[_T]: ...
    def copy(self) -> _py.list[_typing.Any]: ...

class _Cell(_lm.Cell, _typing.Generic[_T]):
    @_py.property
    def value(self) -> _T: ...
    @value.setter
    def value(self, value: _typing.Any) -> None: ...

class Array(_lm.Tagged):
    @_py.classmethod
    def if_(cls, value: _py.float) -> _Array: ...
    @_py.classmethod
    def else_(cls) -> _Array: ...
    def __init__(self, case: _py.str, value: _typing.Any = None) -> None: ...
_Array: _typing.TypeAlias = Array

class Color(_enum.IntEnum):
    Red = 0
    new = 1
_Color: _typing.TypeAlias = Color

class ColorInit(_enum.IntEnum):
    Most = 18446744073709551615
_ColorInit: _typing.TypeAlias = ColorInit

class Color_(_lm.Aggregate):
    x: _py.int
    def __init__(self, *, x: _py.int) -> None: ...
_Color_: _typing.TypeAlias = Color_

class Least(_enum.IntEnum):
    This = -9223372036854775808
_Least: _typing.TypeAlias = Least

class List(_lm.Aggregate):
    assign: _py.int
    def __init__(self, *, assign: _py.int) -> None: ...
_List_: _typing.TypeAlias = List

class int(_lm.Aggregate):
    """Ends */ here, and /* begins; ??/
    @param \\"""
    default: _py.int
    class_: _py.float
    def __init__(self, *, default: _py.int, class_: _py.float) -> None: ...
_int: _typing.TypeAlias = int

class number(_lm.Aggregate):
    delete: _py.int
    free_: _py.int
    def __init__(self, *, delete: _py.int, free: _py.int) -> None: ...
_number: _typing.TypeAlias = number

then_: _typing.TypeAlias = _typing.Callable[[_py.int], _py.bool]
_then_: _typing.TypeAlias = then_

class Module(_lm.Instance):
    Infinity: _py.float
    NAN: _py.float
    NULL: _py.int
    TEXT: _py.str
    Array: _py.type[_Array]
    Color: _py.type[_Color]
    ColorInit: _py.type[_ColorInit]
    Color_: _py.type[_Color_]
    Least: _py.type[_Least]
    List: _py.type[_List_]
    int: _py.type[_int]
    number: _py.type[_number]
    def Color_is(self, x: _Color_ | _abc.Mapping[_py.str, _typing.Any]) -> None: ...
    def int_read(self, result: _py.int, lm_args: _py.int, lm_0: _py.int) -> _py.int: ...
    def then(self, this: _py.int, guest: _py.int, values: _abc.Iterable[_py.int], values_len: _py.int) -> _py.bool:
        """*//**/"""
