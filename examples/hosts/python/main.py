"""The tour in Python, on wasmtime: `python3 examples/hosts/python/main.py [MODULE]`.

The library reads in the module what it exports. It trusts nothing of it: a module that lies is an exception.
"""

import os
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MODULE = ROOT / "target/wasm32-unknown-unknown/release/tour.wasm"
sys.path.insert(0, str(ROOT / "abi/python"))

try:
    import linmem
except ModuleNotFoundError as error:
    if error.name != "wasmtime":
        raise
    sys.exit("error: this host needs the package wasmtime. To install it: python3 -m pip install wasmtime")


def run(module, picture, look):
    """The steps. `look` is given the module before each and at the end, when nothing is alive but what a later step uses."""

    def on_point(user_data, point):
        print(f"    user data {user_data}: {show(point)}")

    m = linmem.load(module, {"env": {"log_nr": lambda nr: print(f"    log_nr {nr}"), "on_point": on_point}})

    def step(title):
        look(m)
        print(title)

    step("1. simple_arr: an array that the guest hands over; the host frees it")
    with made(m.simple_arr()) as array:
        print(f"    {join(array)}")

    step("2. sum: numbers cross as they are")
    for a, b in [(2, 3), (2147483647, 1)]:
        print(f"    {a} + {b} = {m.sum(a, b)}")

    step("3. static_arr: an array that the guest keeps; nobody frees it")
    print(f"    {join(m.static_arr())}")

    step("4. get_point: a struct, read and written where it lies")
    with made(m.get_point()) as point:
        print(f"    {show(point)}")
        point.x = 10
        point.name = "Zoë ✓"
        print(f"    {show(point)}")

    step("5. create_point: the host's text goes in, a struct comes out")
    with made(m.create_point(-7, 7, "Ada")) as point:
        print(f"    {show(point)}")
    print(f"    from a name with a NUL inside: {show(m.create_point(-7, 7, NUL_INSIDE))}")

    step("6. points_push, points_get: an array that grows in the guest")
    points = made(m.points_new())
    for x, y, name in [(1, 2, "Ada"), (3, 4, "Grace"), (5, 6, "Zoë ✓")]:
        m.points_push(points, x, y, name)
    print(f"    push a name with a NUL inside: {failure(m.points_push, points, 7, 8, NUL_INSIDE)}")
    print(f"    len {m.points_len(points)}")
    for index in range(4):
        print(f"    [{index}] {show(m.points_get(points, index))}")
    print(f"    read where it lies: len {len(points)}, [1] {show(points[1])}")

    step("7. for_each_point: the guest calls the host for each point")
    m.for_each_point(points, 3000000000)
    points.free()

    step("8. inverse_img: a picture is changed in place")
    width, height, original = bmp(picture)
    print(f"    {width} x {height} pixels, {len(original)} bytes")
    print(f"    original: first pixel {first_pixel(original)}, checksum {fnv1a(original):08x}")
    with m.new(f"[{len(original)}]u8", original) as image:
        m.inverse_img(image)
        inverted = bytes(image.view)
        print(f"    inverted: first pixel {first_pixel(inverted)}, checksum {fnv1a(inverted):08x}")
        m.inverse_img(image)
        print(f"    inverted again: {'the original' if image.view == original else 'not the original'}")

    step("9. log_loop: the guest calls an import")
    m.log_loop(5)

    step("10. average: a status, and a result through an out pointer")
    print(f"    of 1, 2, 3, 4: {m.average([1, 2, 3, 4])}")
    print(f"    of no numbers: {failure(m.average, [])}")

    step("11. square_fn: the host calls a function that the guest hands out")
    print(f"    square(12) = {m.square_fn()(12)}")

    step("12. alloc, realloc, free: what the allocator answers")
    for size, align in [(8, 3), (4294967295, 1), (0, 16)]:
        print(f"    alloc({size}, {align}) = {m.raw['alloc'](size, align)}")
    old = made(m.raw["alloc"](8, 1))
    m.memory[old : old + 8] = bytes([1, 2, 3, 4, 5, 6, 7, 8])
    grown = made(m.raw["realloc"](old, 8, 1, 64))
    print(f"    realloc from 8 to 64 bytes keeps {join(m.memory[grown : grown + 8])}")
    m.raw["free"](grown, 64, 1)
    look(m)


NUL_INSIDE = "A\0a"


def made(value):
    """What was made. A function that makes something returns None, or the address 0, without memory."""
    if value is None or value == 0:
        raise MemoryError("the guest has no memory")
    return value


def tell_what_is_alive(m):
    """For a checked module. The library keeps one block for arguments."""
    checks = linmem.checks(m)
    if checks is None:
        raise ValueError("TOUR_LEAKS is for checked modules")
    for block in checks.live():
        print(f"    alive: {block.size} bytes, align {block.align}")


def show(point):
    return f'x = {point.x}, y = {point.y}, name = "{point.name}"' if point else "null"


def failure(function, *args):
    """The name of the status with which a call fails."""
    try:
        function(*args)
    except linmem.StatusError as error:
        return error.name


def join(items):
    return ", ".join(map(str, items))


def bmp(file):
    """Size and pixel bytes of a BMP file: 24 bits per pixel, rows without padding, the lowest row first."""
    if len(file) >= 54 and file[:2] == b"BM":
        offset, width, height, bits, compression = struct.unpack_from("<I4xIIxxHI", file, 10)
        pixels = file[offset : offset + width * height * 3]
        if bits == 24 and compression == 0 and width % 4 == 0 and len(pixels) == width * height * 3:
            return width, height, pixels
    raise ValueError("the picture is not a BMP file with 24 bits per pixel and a width in fours")


def first_pixel(pixels):
    """The first pixel as a colour: BMP stores blue, green, red."""
    return "#" + pixels[2::-1].hex()


def fnv1a(data):
    """A checksum: FNV-1a with 32 bits."""
    value = 0x811C9DC5
    for byte in data:
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else MODULE
    if not path.exists():
        sys.exit(f"error: there is no {path}\nTo build the module: cargo run --example tour")
    try:
        look = tell_what_is_alive if "TOUR_LEAKS" in os.environ else lambda m: None
        run(path.read_bytes(), (ROOT / "examples/hosts/picture.bmp").read_bytes(), look)
    except (linmem.AbiError, MemoryError, ValueError, OSError) as error:
        sys.stdout.flush()
        sys.exit(f"error: {error}")
