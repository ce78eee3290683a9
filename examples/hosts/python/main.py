"""The tour in Python, with the engine wasmtime: `python3 examples/hosts/python/main.py [MODULE]`.

A host by hand: it knows the guest's functions and structs, and trusts nothing that comes out of the module. An exception
leaves at the first error, so that no call follows a trap.
"""

import struct
import sys
from pathlib import Path

from instance import HostError, Tour, Trap, WasmtimeError, u32

ROOT = Path(__file__).resolve().parents[3]
MODULE = ROOT / "target/wasm32-unknown-unknown/release/tour.wasm"


def run(module, picture):
    tour = Tour(module)

    print("1. simple_arr: an array that the guest hands over; the host frees it")
    array = tour.address("simple_arr")
    print(f"    {join(tour.i32s('simple_arr', array, 4))}")
    tour.free(array, 16, 4)

    print("2. sum: numbers cross as they are")
    for a, b in [(2, 3), (2147483647, 1)]:
        print(f"    {a} + {b} = {tour.call('sum', a, b)}")

    print("3. static_arr: an array that the guest keeps; nobody frees it")
    print(f"    {join(tour.i32s('static_arr', tour.address('static_arr'), 4))}")

    print("4. get_point: a struct; the host frees it block by block")
    ptr = tour.address("get_point")
    point = tour.point("get_point", ptr)
    print(f"    {point}")
    print(f"    the bytes of x and y: {tour.read('get_point', ptr, 1, 8, 4).hex(' ')}")
    # The name first: its address stands in the point.
    tour.free(point.name_ptr, point.name_len + 1, 1)
    tour.free(ptr, 12, 4)

    print("5. create_point: the host's text goes in, a struct comes out; the guest frees it")
    ptr = tour.lend("Zoë ✓".encode(), lambda name, length: tour.address("create_point", -7, 7, name, length))
    print(f"    {tour.point('create_point', ptr)}")
    tour.call("drop_point", ptr)
    ptr = tour.lend("Zoë".encode("latin-1"), lambda name, length: tour.address("create_point", -7, 7, name, length))
    print(f"    from a name that is not UTF-8: {'null' if ptr == 0 else 'a point'}")

    print("6. points_push, points_get: an array that grows in the guest")
    points = tour.address("points_new")
    for x, y, name in [(1, 2, "Ada"), (3, 4, "Grace"), (5, 6, "Zoë ✓")]:
        print(f"    push {name}: status {tour.push(points, x, y, name.encode())}")
    print(f"    push a name that is not UTF-8: status {tour.push(points, 7, 8, 'Zoë'.encode('latin-1'))}")
    print(f"    push a name with a NUL inside: status {tour.push(points, 7, 8, b'Z' + bytes(1) + b'e')}")
    print(f"    len {tour.address('points_len', points)}")
    for index in range(4):
        ptr = tour.address("points_get", points, index)
        print(f"    [{index}] {'null' if ptr == 0 else tour.point('points_get', ptr)}")
    first, length = tour.buffer("points_new", points, 12, 4)
    print(f"    read from its Buffer: len {length}, [1] {tour.point('points_new', first + 12)}")

    print("7. for_each_point: the guest calls the host for each point")
    tour.call("for_each_point", points, 3000000000)
    tour.call("points_free", points)

    print("8. inverse_img: a picture is changed in place")
    width, height, original = bmp(picture)
    print(f"    {width} x {height} pixels, {len(original)} bytes")
    print(f"    original: first pixel {first_pixel(original)}, checksum {fnv1a(original):08x}")

    def invert_twice(ptr, length):
        tour.ok("inverse_img", ptr, length)
        inverted = tour.read("inverse_img", ptr, length, 1, 1)
        print(f"    inverted: first pixel {first_pixel(inverted)}, checksum {fnv1a(inverted):08x}")
        tour.ok("inverse_img", ptr, length)
        same = tour.read("inverse_img", ptr, length, 1, 1) == original
        print(f"    inverted again: {'the original' if same else 'not the original'}")

    tour.lend(original, invert_twice)

    print("9. log_loop: the guest calls an import")
    tour.call("log_loop", 5)

    print("10. average: a status, and a result through an out pointer")
    numbers = tour.alloc(16, 4)
    tour.memory.write(tour.store, struct.pack("<4i", 1, 2, 3, 4), numbers)
    out = tour.alloc(8, 8)
    tour.ok("average", numbers, 4, out)
    (average,) = struct.unpack("<d", tour.read("average", out, 1, 8, 8))
    print(f"    of 1, 2, 3, 4: status 0, {average}")
    print(f"    of no numbers: status {tour.call('average', numbers, 0, out)}")
    print(f"    of a misaligned array: status {tour.call('average', numbers + 1, 1, out)}")
    tour.free(out, 8, 8)
    tour.free(numbers, 16, 4)

    print("11. square_fn: the host calls a guest function by its number in the table")
    index = tour.address("square_fn")
    square = tour.table_function(index, ["i32"], ["i32"])
    if square is None:
        raise HostError(f"square_fn: the table has no function {index}")
    print(f"    square(12) = {square(tour.store, 12)}")

    print("12. alloc, realloc, free: what the allocator answers")
    for size, align in [(8, 3), (4294967295, 1), (0, 16)]:
        print(f"    alloc({size}, {align}) = {tour.address('alloc', size, align)}")
    old = tour.alloc(8, 1)
    tour.memory.write(tour.store, bytes([1, 2, 3, 4, 5, 6, 7, 8]), old)
    new = tour.address("realloc", old, 8, 1, 64)
    print(f"    realloc from 8 to 64 bytes keeps {join(tour.read('realloc', new, 1, 64, 1)[:8])}")
    tour.free(new, 64, 1)


def join(items):
    return ", ".join(map(str, items))


def bmp(file):
    """Size and pixel bytes of a BMP file: 24 bits per pixel, rows without padding, the lowest row first."""
    if len(file) >= 54 and file[:2] == b"BM":
        offset, width, height, bits, compression = struct.unpack_from("<I4xIIxxHI", file, 10)
        pixels = file[offset : offset + width * height * 3]
        if bits == 24 and compression == 0 and width % 4 == 0 and len(pixels) == width * height * 3:
            return width, height, pixels
    raise HostError("the picture is not a BMP file with 24 bits per pixel and a width in fours")


def first_pixel(pixels):
    """The first pixel as a colour: BMP stores blue, green, red."""
    return "#" + pixels[2::-1].hex()


def fnv1a(data):
    """A checksum: FNV-1a with 32 bits."""
    value = 0x811C9DC5
    for byte in data:
        value = u32((value ^ byte) * 0x01000193)
    return value


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else MODULE
    if not path.exists():
        sys.exit(f"error: there is no {path}\nTo build the module: cargo run --example tour")
    try:
        run(path.read_bytes(), (ROOT / "examples/hosts/picture.bmp").read_bytes())
    except (HostError, Trap, WasmtimeError, TypeError, OSError) as error:
        sys.stdout.flush()
        sys.exit(f"error: {error}")
