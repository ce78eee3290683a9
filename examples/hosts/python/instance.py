"""An instance of the guest, in wasmtime."""

import struct
import sys
from collections import namedtuple

try:
    from wasmtime import Engine, Func, FuncType, Linker, Memory, Module, Store, Table, Trap, ValType, WasmtimeError
except ImportError:
    sys.exit("error: this host needs the package wasmtime. To install it: python3 -m pip install wasmtime")


class HostError(Exception):
    """What came out of the module cannot be used."""


class Point(namedtuple("Point", "x y name name_ptr name_len")):
    """A copy of the guest's struct: x at 0, y at 4, name at 8; 12 bytes, alignment 4."""

    def __str__(self):
        return f'x = {self.x}, y = {self.y}, name = "{self.name}"'


class Tour:
    """An instance of the guest, with checked access to its memory.

    Every address and length comes from the module, so each is checked before it is used; `what` names in an error where
    it came from. All reads are copies: a view would end with the next call.
    """

    def __init__(self, module):
        self.store = Store(Engine())
        module = Module(self.store.engine, module)
        linker = Linker(self.store.engine)
        i32 = ValType.i32()
        linker.define_func("env", "log_nr", FuncType([i32], []), lambda nr: print(f"    log_nr {u32(nr)}"))
        linker.define_func("env", "on_point", FuncType([i32, i32], []), self.on_point)
        self.exports = linker.instantiate(self.store, module).exports(self.store)
        self.memory = self.export("memory", Memory)

    def on_point(self, user_data, point):
        print(f"    user data {u32(user_data)}: {self.point('on_point', u32(point))}")

    def export(self, name, kind):
        export = self.exports.get(name)
        if not isinstance(export, kind):
            raise HostError(f"the module exports no {kind.__name__} {name}")
        return export

    def call(self, name, *args):
        """Calls an export. An i32 result is signed: `u32` makes an address of it."""
        return self.export(name, Func)(self.store, *args)

    def address(self, name, *args):
        return u32(self.call(name, *args))

    def read(self, what, ptr, length, size, align):
        """The bytes of `length` elements of (`size`, `align`) at `ptr`."""
        self.check(what, ptr, length, size, align)
        return bytes(self.memory.read(self.store, ptr, ptr + length * size))

    def check(self, what, ptr, length, size, align):
        count = length * size
        error = None
        if count == 0:
            return
        if ptr == 0:
            error = "Null"
        elif ptr % align != 0:
            error = "Misaligned"
        elif count > 2147483647:
            error = "TooLong"
        elif ptr + count > self.memory.data_len(self.store):
            error = "OutOfBounds"
        if error:
            raise HostError(f"{what}: {error} ({count} bytes at 0x{ptr:x})")

    def i32s(self, what, ptr, length):
        return struct.unpack(f"<{length}i", self.read(what, ptr, length, 4, 4))

    def point(self, what, ptr):
        x, y, name_ptr = struct.unpack("<iiI", self.read(what, ptr, 1, 12, 4))
        name = self.cstr(f"{what}: the name", name_ptr)
        try:
            return Point(x, y, name.decode(), name_ptr, len(name))
        except UnicodeDecodeError:
            raise HostError(f"{what}: the name: NotUtf8") from None

    def cstr(self, what, ptr):
        """The bytes before the first NUL, read in steps."""
        if ptr == 0:
            raise HostError(f"{what}: Null")
        found, end = b"", self.memory.data_len(self.store)
        for start in range(ptr, min(end, ptr + 2147483647), 4096):
            found += self.memory.read(self.store, start, min(start + 4096, end))
            if (length := found.find(b"\0")) >= 0:
                return bytes(found[:length])
        raise HostError(f"{what}: OutOfBounds (no NUL from 0x{ptr:x})")

    def buffer(self, what, ptr, size, align):
        """Address and length of the elements of a Buffer {ptr, len, cap}."""
        first, length, cap = struct.unpack("<III", self.read(what, ptr, 1, 12, 4))
        self.check(what, first, cap, size, align)
        if length > cap:
            raise HostError(f"{what}: OutOfBounds (len {length} of cap {cap})")
        return first, length

    def alloc(self, size, align):
        ptr = self.address("alloc", size, align)
        if ptr == 0:
            raise HostError(f"alloc: OutOfMemory ({size} bytes)")
        self.check("alloc", ptr, 1, size, align)
        return ptr

    def free(self, ptr, size, align):
        self.call("free", ptr, size, align)

    def table_function(self, index, params, results):
        """The function of that number in the table, or None if there is none of this type."""
        func = self.export("__indirect_function_table", Table).get(self.store, index)
        if isinstance(func, Func):  # the table gives None past its end, and something else for a null entry
            kind = func.type(self.store)
            if [str(t) for t in kind.params] == params and [str(t) for t in kind.results] == results:
                return func
        return None

    def lend(self, data, body):
        """Lends bytes to the calls that `body` makes, in a block that is freed afterwards.

        It is not freed in a `finally`, which would make a call after a trap.
        """
        ptr = self.alloc(len(data), 1)
        self.memory.write(self.store, data, ptr)
        result = body(ptr, len(data))
        self.free(ptr, len(data), 1)
        return result

    def push(self, points, x, y, name):
        return self.lend(name, lambda ptr, length: self.call("points_push", points, x, y, ptr, length))

    def ok(self, name, *args):
        """Calls an export whose result is a status, of which all but 0 are errors."""
        if (status := self.call(name, *args)) != 0:
            raise HostError(f"{name}: status {status}")


def u32(value):
    return value & 0xFFFFFFFF
