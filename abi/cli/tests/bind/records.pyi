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

class Bits(_lm.Aggregate):
    int: _py.int
    float: _py.float
    @_py.property
    def bytes(self) -> _List[_py.int]: ...
    @bytes.setter
    def bytes(self, value: _abc.Iterable[_py.int]) -> None: ...
    def __init__(self, *, int: _py.int = ..., float: _py.float = ..., bytes: _abc.Iterable[_py.int] = ...) -> None: ...
_Bits: _typing.TypeAlias = Bits

class Color(_enum.IntEnum):
    """A colour."""
    Red = 0
    Green = 4
    Blue = 5
_Color: _typing.TypeAlias = Color

class Db(_lm.Opaque):
    """Keeps numbers."""
    ...
_Db: _typing.TypeAlias = Db

Done: _typing.TypeAlias = _typing.Callable[[], None]
_Done: _typing.TypeAlias = Done

class Fail(_enum.IntEnum):
    """What `average` says."""
    Empty = 16
    TooMany = 17
_Fail: _typing.TypeAlias = Fail

class Nested(_lm.Aggregate):
    flag: _py.bool
    @_py.property
    def inner(self) -> _Scalars: ...
    @inner.setter
    def inner(self, value: _Scalars | _abc.Mapping[_py.str, _typing.Any]) -> None: ...
    @_py.property
    def corners(self) -> _List[_Point]: ...
    @corners.setter
    def corners(self, value: _abc.Iterable[_Point | _abc.Mapping[_py.str, _typing.Any]]) -> None: ...
    @_py.property
    def grid(self) -> _List[_List[_py.float]]: ...
    @grid.setter
    def grid(self, value: _abc.Iterable[_abc.Iterable[_py.float]]) -> None: ...
    @_py.property
    def type(self) -> _Color: ...
    @type.setter
    def type(self, value: _Color | _py.int) -> None: ...
    def __init__(self, *, flag: _py.bool, inner: _Scalars | _abc.Mapping[_py.str, _typing.Any], corners: _abc.Iterable[_Point | _abc.Mapping[_py.str, _typing.Any]], grid: _abc.Iterable[_abc.Iterable[_py.float]], type: _Color | _py.int) -> None: ...
_Nested: _typing.TypeAlias = Nested

class Node(_lm.Aggregate):
    @_py.property
    def next(self) -> _Node | None: ...
    @next.setter
    def next(self, value: _Node | _abc.Mapping[_py.str, _typing.Any] | None) -> None: ...
    @_py.property
    def up(self) -> _Node | None: ...
    @up.setter
    def up(self, value: _Node | _abc.Mapping[_py.str, _typing.Any] | None) -> None: ...
    @_py.property
    def down(self) -> _Node | None: ...
    @down.setter
    def down(self, value: _Node | _abc.Mapping[_py.str, _typing.Any] | None) -> None: ...
    @_py.property
    def value(self) -> _Cell[_py.int]: ...
    @value.setter
    def value(self, value: _Cell[_py.int] | _py.int) -> None: ...
    @_py.property
    def place(self) -> _Scalars | None: ...
    @place.setter
    def place(self, value: _Scalars | _abc.Mapping[_py.str, _typing.Any] | None) -> None: ...
    apply: _Op
    done: _Op | None
    def __init__(self, *, next: _Node | _abc.Mapping[_py.str, _typing.Any] | None = ..., up: _Node | _abc.Mapping[_py.str, _typing.Any] | None = ..., down: _Node | _abc.Mapping[_py.str, _typing.Any] | None = ..., value: _Cell[_py.int] | _py.int, place: _Scalars | _abc.Mapping[_py.str, _typing.Any] | None = ..., apply: _Op, done: _Op | None = ...) -> None: ...
_Node: _typing.TypeAlias = Node

Op: _typing.TypeAlias = _typing.Callable[[_py.int, _py.float], _py.int]
_Op: _typing.TypeAlias = Op

class Point(_lm.Aggregate):
    """A point with a name.

    Its path is C:\\points."""
    x: _py.int
    y: _py.int
    name: _py.str
    def __init__(self, *, x: _py.int, y: _py.int, name: _py.str) -> None: ...
_Point: _typing.TypeAlias = Point

class Runs(_lm.Aggregate):
    text: _py.str
    label: _py.str | None
    @_py.property
    def numbers(self) -> _List[_py.int]: ...
    @numbers.setter
    def numbers(self, value: _abc.Iterable[_py.int]) -> None: ...
    @_py.property
    def buffer(self) -> _List[_Point]: ...
    @buffer.setter
    def buffer(self, value: _abc.Iterable[_Point | _abc.Mapping[_py.str, _typing.Any]]) -> None: ...
    own_text: _py.str
    own_label: _py.str | None
    @_py.property
    def own_texts(self) -> _List[_py.str]: ...
    @own_texts.setter
    def own_texts(self, value: _abc.Iterable[_py.str]) -> None: ...
    def __init__(self, *, text: _py.str, label: _py.str | None = ..., numbers: _abc.Iterable[_py.int], buffer: _abc.Iterable[_Point | _abc.Mapping[_py.str, _typing.Any]], own_text: _py.str, own_label: _py.str | None = ..., own_texts: _abc.Iterable[_py.str]) -> None: ...
_Runs: _typing.TypeAlias = Runs

class Scalars(_lm.Aggregate):
    """Every scalar."""
    a: _py.bool
    b: _py.int
    c: _py.int
    d: _py.int
    e: _py.int
    f: _py.int
    g: _py.int
    h: _py.int
    i: _py.int
    j: _py.float
    k: _py.float
    l: _py.str
    m: _py.int
    n: _py.int
    def __init__(self, *, a: _py.bool, b: _py.int, c: _py.int, d: _py.int, e: _py.int, f: _py.int, g: _py.int, h: _py.int, i: _py.int, j: _py.float, k: _py.float, l: _py.str, m: _py.int, n: _py.int) -> None: ...
_Scalars: _typing.TypeAlias = Scalars

class Shape(_lm.Tagged):
    @_py.classmethod
    def Circle(cls, value: _py.float) -> _Shape: ...
    @_py.classmethod
    def Tinted(cls, value: _Color | _py.int) -> _Shape: ...
    @_py.classmethod
    def Scaled(cls, value: _Bits | _abc.Mapping[_py.str, _typing.Any]) -> _Shape: ...
    @_py.classmethod
    def Nothing(cls) -> _Shape: ...
    def __init__(self, case: _py.str, value: _typing.Any = None) -> None: ...
_Shape: _typing.TypeAlias = Shape

class Sign(_enum.IntEnum):
    Minus = -1
    Zero = 0
    Plus = 1
_Sign: _typing.TypeAlias = Sign

class Module(_lm.Instance):
    HALF: _py.float
    INITIAL: _py.str
    LEAST: _py.int
    MAX: _py.int
    MINUS: _py.float
    VERSION: _py.str
    YES: _py.bool
    Bits: _py.type[_Bits]
    Color: _py.type[_Color]
    Fail: _py.type[_Fail]
    Nested: _py.type[_Nested]
    Node: _py.type[_Node]
    Point: _py.type[_Point]
    Runs: _py.type[_Runs]
    Scalars: _py.type[_Scalars]
    Shape: _py.type[_Shape]
    Sign: _py.type[_Sign]
    def apply(self, op: _Op, then: _Done | None) -> _py.int: ...
    def average(self, values: _abc.Iterable[_py.int]) -> _py.float:
        """The mean of some numbers."""
    def count(self, text: _py.str, texts: _abc.Iterable[_py.str], to: _abc.Iterable[_py.int], all: _List[_py.int] | _abc.MutableSequence[_py.int] | _py.memoryview) -> None: ...
    def create_point(self, x: _py.int, y: _py.int, name: _py.str) -> _Point | None:
        """Makes a point; null without memory."""
    def db_get(self, db: _Db, key: _py.int) -> _py.int: ...
    def db_set(self, db: _Db, key: _py.int, value: _py.int) -> None: ...
    def inverse_img(self, pixels: _List[_py.int] | _abc.MutableSequence[_py.int] | _py.memoryview) -> None: ...
    def log_loop(self, count: _py.int) -> None: ...
    def longest(self, texts: _abc.Iterable[_py.str], or_: _py.str) -> _py.str: ...
    def mixed(self, a: _py.bool, b: _py.int, c: _py.int, d: _py.int, e: _py.int, f: _py.int, g: _py.int, h: _py.int, i: _py.int, j: _py.float, k: _py.float, l: _py.str, color: _Color | _py.int) -> _Sign: ...
    def name_of(self, point: _Point | _abc.Mapping[_py.str, _typing.Any]) -> _py.str | None: ...
    def open(self) -> _Db | None: ...
    def origin(self) -> _Scalars: ...
    def points_get(self, points: _abc.Iterable[_Point | _abc.Mapping[_py.str, _typing.Any]], index: _py.int) -> _Point | None: ...
    def points_new(self) -> _List[_Point] | None: ...
    def points_push(self, points: _abc.Iterable[_Point | _abc.Mapping[_py.str, _typing.Any]], x: _py.int, y: _py.int, name: _py.str) -> None: ...
    def simple_arr(self) -> _List[_py.int]:
        """Returns 100, 200, 300, 400."""
    def square_fn(self) -> _Op: ...
    def visit(self, points: _abc.Iterable[_Point | _abc.Mapping[_py.str, _typing.Any]], user_data: _py.int) -> _py.float: ...
    def drop_db(self, value: _Db) -> None: ...
    def drop_point(self, value: _Point | _abc.Mapping[_py.str, _typing.Any]) -> None: ...
    def drop_points(self, value: _abc.Iterable[_Point | _abc.Mapping[_py.str, _typing.Any]]) -> None: ...
    def drop_texts(self, value: _abc.Iterable[_py.str]) -> None: ...
