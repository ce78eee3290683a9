"""The guest that uses every construct, through this host. Every test ends with nothing left that the host owns."""

import array
import contextlib
import gc
import inspect
import io
import unittest
import weakref

from support import GUEST, ROOT, SCALARS, Case, Guest

import linmem

try:
    import numpy
except ImportError:
    numpy = None  # type: ignore[assignment]

class Typed(Case):
    def setUp(self) -> None:
        self.guest = Guest()
        self.m = self.guest.m

    def tearDown(self) -> None:
        if not self.m.poisoned:
            self.assertEqual(self.m.live(), [])
            self.assertEqual(self.m._runtime._top, 0)

    def test_owned_array_is_a_sequence_until_it_is_freed(self) -> None:
        with self.m.simple_arr() as numbers:
            self.assertEqual(list(numbers), [100, 200, 300, 400])
            self.assertEqual((len(numbers), numbers[-1], numbers[1:3]), (4, 400, [200, 300]))
            self.assertEqual([str(block.type.text) for block in self.m.live()], ["^*[4]i32"])
            numbers[0] = -5
            numbers[2:4] = [7, 8]
            self.assertEqual(numbers.copy(), [-5, 200, 7, 8])
            self.assertEqual(numbers.view.tolist(), [-5, 200, 7, 8])
            for index in (4, -5):
                with self.assertRaises(IndexError):
                    numbers[index]
            for wrong, error in ((2**31, ValueError), ("x", TypeError), (1.5, TypeError), (None, TypeError)):
                with self.assertRaises(error):
                    numbers[0] = wrong
        for use in (lambda: numbers[0], numbers.free, lambda: len(numbers), lambda: numbers.view, numbers.copy):
            with self.assertRaisesRegex(ValueError, "freed"):
                use()
        self.assertIn("freed", repr(numbers))

    def test_point_is_made_read_written_and_freed(self) -> None:
        point = self.m.create_point(1, 2, "Zo\u00eb \u2713")
        self.assertEqual((point.x, point.y, point.name), (1, 2, "Zo\u00eb \u2713"))
        point.x, point.name = -10, "another, longer name"
        self.assertEqual(point.copy(), {"x": -10, "y": 2, "name": "another, longer name"})
        self.assertEqual(point["name"], self.m.name_of(point))
        self.assertRegex(repr(point), r"<Point at 0x[0-9a-f]+ x=-10 y=2 name='another, longer name'>")
        with self.assertRaises(ValueError):
            point.name = "a\0b"
        with self.assertRaises(TypeError):
            point.name = None
        self.assertEqual(point.name, "another, longer name")
        point.free()
        with self.assertRaisesRegex(ValueError, "freed"):
            point.x = 1

    def test_class_makes_a_point_that_the_guest_frees(self) -> None:
        with self.m.Point(x=1, y=2, name="hi") as point:
            self.assertIsInstance(point, self.m.Point)
            self.assertEqual(self.m.name_of(point=point), "hi")
        whole = {"x": 1, "y": 2, "name": "a"}
        for change in ({"name": 3}, {"z": 1}, {"x": 2**31}, {"x": None}, {"x": True}):
            with self.assertRaises((TypeError, ValueError)):
                self.m.Point(**{**whole, **change})
        for missing in whole:
            with self.assertRaisesRegex(TypeError, f"Point needs {missing}"):
                self.m.Point(**{name: value for name, value in whole.items() if name != missing})

    def test_guest_s_null_is_none(self) -> None:
        points = self.m.points_new()
        self.assertIsNone(self.m.points_get(points, 0))
        points.free()

    def test_buffer_shows_what_the_guest_adds(self) -> None:
        with self.m.points_new() as points:
            self.assertEqual((len(points), points.capacity), (0, 0))
            for at in range(10):
                self.assertIsNone(self.m.points_push(points, at, -at, f"point {at}"))
            self.assertEqual([point.name for point in points], [f"point {at}" for at in range(10)])
            borrowed = self.m.points_get(points, 3)
            self.assertEqual((borrowed.x, borrowed.name), (3, "point 3"))
            with self.assertRaisesRegex(TypeError, "read only"):
                borrowed.x = 1
            with self.assertRaisesRegex(TypeError, "borrowed"):
                borrowed.free()
            points[3].y = 99
            self.assertEqual(borrowed.y, 99)
            first = points[0]
        with self.assertRaisesRegex(ValueError, "freed"):
            first.x

    def test_status_raises_with_the_name_of_its_case(self) -> None:
        self.assertEqual(self.m.average([1, 2, 3, 4]), 2.5)
        for values, name, status in (([], "Empty", 16), ([1] * 100, "TooMany", 17)):
            with self.assertRaises(linmem.StatusError) as caught:
                self.m.average(values)
            self.assertEqual((caught.exception.name, caught.exception.status), (name, status))
        with self.assertRaisesRegex(linmem.StatusError, "origin: Null"):
            self.m.origin()
        with self.m.open() as db:
            with self.assertRaisesRegex(linmem.StatusError, "db_get: Null"):
                self.m.db_get(db, 1)
            self.m.db_set(db, 1, -7)
            self.assertEqual(self.m.db_get(db, key=1), -7)

    def test_slices_take_what_python_has(self) -> None:
        values = [
            [1, 2, 3],
            (1, 2, 3),
            range(1, 4),
            array.array("i", [1, 2, 3]),
            array.array("q", [1, 2, 3]),
            iter([1, 2, 3]),
        ]
        for given in (*values, bytes([1, 2, 3]), bytearray([1, 2, 3])):
            self.assertEqual(self.m.average(given), 2.0)
        for wrong in ("123", 5, None, {"a": 1}, [1.5], [2**31], [None]):
            with self.assertRaises((TypeError, ValueError)):
                self.m.average(wrong)

    def test_written_slices_are_copied_back(self) -> None:
        for pixels in (bytearray(b"\0\1\xff"), [0, 1, 255], array.array("B", [0, 1, 255])):
            self.m.inverse_img(pixels)
            self.assertEqual(list(pixels), [255, 254, 0])
        wide = array.array("q", [0, 1])
        self.m.inverse_img(wide)
        self.assertEqual(list(wide), [255, 254])
        for wrong in (b"abc", (1, 2), range(3)):
            with self.assertRaisesRegex(TypeError, "written"):
                self.m.inverse_img(wrong)
        big = bytearray(100_000)
        self.m.inverse_img(big)
        self.assertEqual(big, b"\xff" * 100_000)

    def test_memory_of_the_guest_is_passed_without_a_copy(self) -> None:
        with self.m.new("[1048576]u8", bytes(1 << 20)) as image:
            before = len(self.m.memory)
            self.m.inverse_img(image)
            self.assertEqual((image[0], image[-1]), (255, 255))
            self.assertEqual(len(self.m.memory), before)
        with self.m.new("[3]i32", [1, 2, 3]) as numbers:
            self.assertEqual(self.m.average(numbers), 2.0)

    def test_owned_arguments_are_handed_over(self) -> None:
        self.assertEqual(self.m.longest(["a", "bcd"], "or"), "or")
        point = self.m.create_point(1, 2, "x")
        self.m.drop_point(point)
        with self.assertRaisesRegex(ValueError, "handed over"):
            point.x
        with self.assertRaises(ValueError):
            self.m.drop_point(point)
        with self.m.points_new() as points:
            self.m.points_push(points, 1, 2, "n")
            with self.assertRaisesRegex(TypeError, "owner"):
                self.m.drop_point(points[0])

    def test_failed_arguments_leave_nothing_behind(self) -> None:
        for texts in (["a", 5], ["a", "\ud800"], [None]):
            with self.assertRaises((TypeError, ValueError)):
                self.m.longest(texts, "or")
        with self.assertRaises(TypeError):
            self.m.longest(["a"], 5)

    def test_out_and_in_out_parameters_come_back(self) -> None:
        to, every = [0], [0, 0, 0]
        self.m.count("abc", ["x", "y"], to, every)
        self.assertEqual((to, every), ([5], [5, 5, 5]))

    def test_arguments_are_checked(self) -> None:
        good = [True, -1, 2, -3, 4, -5, 6, -7, 8, 1.5, 2.5, "x", self.m.Color.Green]
        self.assertEqual(self.m.mixed(*good), self.m.Sign.Minus)
        self.assertEqual(self.m.mixed(*good).name, "Minus")
        wrong = {0: [2, 1, 0, "x"], 1: [128, -129, True], 2: [256, -1], 3: [32768], 4: [-1, 65536], 5: [2**31], 6: [-1, 2**32],
                 7: [2**63], 8: [2**64, -1], 9: ["1", None, True, 1e300, -1e300, 10**400], 10: ["1", 10**400, True], 11: ["", "ab", "\ud800", 5], 12: [1, 255, "Red"]}  # fmt: skip
        for at, values in wrong.items():
            for value in values:
                with self.assertRaises((TypeError, ValueError), msg=f"{at}: {value!r}"):
                    self.m.mixed(*good[:at], value, *good[at + 1 :])
        for args in (good[1:], [*good, 1]):
            with self.assertRaises(TypeError):
                self.m.mixed(*args)
        with self.assertRaises(TypeError):
            self.m.name_of(None)
        with self.assertRaises(TypeError):
            self.m.create_point(1, 2, x=3)
        with self.assertRaises(TypeError):
            self.m.create_point(1, 2, nome="x")

    def test_errors_name_what_is_wrong_and_where(self) -> None:
        m = self.m
        point = m.create_point(1, 2, "x")
        shape = m.Shape("Circle", 1.5)
        whole = {"x": 1, "y": 2, "name": "n"}
        corners = [whole, {**whole, "name": 7}]
        nested = {"flag": True, "inner": SCALARS, "corners": [whole, whole], "grid": [[0] * 3] * 2, "type": 0}
        good = [True, -1, 2, -3, 4, -5, 6, -7, 8, 1.5, 2.5, "x", m.Color.Green]
        cases = [
            (lambda: m.average([1, "x"]), TypeError, r"average: values\[1\]: 'x' is no i32"),
            (lambda: m.average([1, 2, 2**31]), ValueError, r"average: values\[2\]: 2147483648 does not fit i32, -\d+ to \d+"),
            (lambda: m.average(5), TypeError, "average: values: 5 is no sequence of values"),
            (lambda: m.average(numpy.array([1.5]) if numpy else [1.5]), TypeError, r"average: values\[0\]: 1.5 is no i32"),
            (lambda: m.mixed(*good[:2], "3", *good[3:]), TypeError, "mixed: c: '3' is no u8"),
            (lambda: m.mixed(*good[:2], 256, *good[3:]), ValueError, "mixed: c: 256 does not fit u8, 0 to 255"),
            (lambda: m.mixed(1, *good[1:]), TypeError, "mixed: a: 1 is no bool"),
            (lambda: m.mixed(*good[:9], 1e300, *good[10:]), ValueError, r"mixed: j: 1e\+300 does not fit f32"),
            (lambda: m.mixed(*good[:10], 10**9999, *good[11:]), ValueError, "mixed: k: .* does not fit f64"),
            (lambda: m.mixed(*good[:11], "ab", good[12]), TypeError, "mixed: l: 'ab' is not one character"),
            (lambda: m.mixed(*good[:12], 3), ValueError, "mixed: color: 3 is no Color"),
            (lambda: m.create_point(1, 2, 3), TypeError, "create_point: name: 3 is no str"),
            (lambda: m.create_point(1, 2, "\ud800"), ValueError, "create_point: name: .* half of a surrogate pair at 0"),
            (lambda: m.longest(["a", None], "or"), TypeError, r"longest: texts\[1\]: None is no \^str"),
            (lambda: m.name_of({**whole, "x": "1"}), TypeError, r"name_of: point\.x: '1' is no i32"),
            (lambda: m.name_of({"x": 1}), TypeError, "name_of: point: Point needs y, name"),
            (lambda: m.drop_point(m.points_new), TypeError, "drop_point: value: "),
            (lambda: m.Point(x=1, y=None, name=""), TypeError, r"^Point\.y: None is no i32"),
            (lambda: m.Point(x=1), TypeError, "^Point needs y, name"),
            (lambda: m.Nested(**{**nested, "corners": corners}), TypeError, r"Nested\.corners\[1\]\.name: 7 is no \^cstr"),
            (lambda: m.Nested(**{**nested, "grid": [[0] * 3, [0, 1, "2"]]}), TypeError, r"Nested\.grid\[1\]\[2\]: '2' is no f32"),
            (lambda: m.Nested(**{**nested, "grid": [[0] * 3, [0]]}), ValueError, r"Nested\.grid\[1\]: \[3\]f32 takes 3 values, not 1"),
            (lambda: setattr(point, "x", 2**40), ValueError, r"Point\.x: \d+ does not fit i32"),
            (lambda: point.__setitem__("name", "a\0b"), ValueError, r"Point\.name: a cstr holds no NUL"),
            (lambda: shape.set("Circle", "x"), TypeError, r"Shape\.Circle: 'x' is no f64"),
            (lambda: shape.set("Scaled", {"int": -1}), ValueError, r"Shape\.Scaled\.int: -1 does not fit u32"),
            (lambda: m.new("[2]i32", [1, None]), TypeError, r"new: value\[1\]: None is no i32"),
        ]  # fmt: skip
        for act, error, text in cases:
            with self.assertRaisesRegex(error, text):
                act()
        with m.simple_arr() as numbers, self.assertRaisesRegex(TypeError, r"^\[2\]: 'x' is no i32"):
            numbers[2] = "x"
        point.free()
        shape.free()

    def test_what_a_host_function_returns_is_named(self) -> None:
        self.guest.title = lambda text, pixels: 1
        points = self.m.points_new()
        self.m.points_push(points, 1, 2, "x")
        with self.assertRaisesRegex(TypeError, "title: the result: 1 is no bool"):
            self.m.visit(points, 1)

    def test_module_without_records_says_how_to_give_them(self) -> None:
        with self.assertRaisesRegex(linmem.RecordError, "R3: .* section linmem.abi .* `sidecar`") as caught:
            linmem.load(b"\0asm\1\0\0\0")
        self.assertEqual(caught.exception.rule, "R3")

    def test_function_of_the_table_is_called_and_handed_back(self) -> None:
        square = self.m.square_fn()
        self.assertEqual(square(3, 0.5), 4)
        self.assertEqual(self.m.apply(square, None), 4)
        for wrong in (None, 1, len):
            with self.assertRaises(TypeError):
                self.m.apply(wrong, None)
        with self.assertRaises(TypeError):
            Guest().m.apply(square, None)

    def test_host_functions_get_typed_values_until_they_return(self) -> None:
        kept = []

        def on_point(user_data: int, point: linmem.View) -> None:
            kept.append((user_data, point.x, point.name, point))  # type: ignore[attr-defined]

        def title(text: str, pixels: linmem.Slice) -> bool:
            kept.append((text, list(pixels)))
            pixels[0] = 7
            self.m.new("[100000]u8", bytes(100000)).free()
            return False

        self.guest.on_point, self.guest.title = on_point, title
        with self.m.points_new() as points:
            self.m.points_push(points, 4, 5, "name")
            self.assertEqual(self.m.visit(points, 3_000_000_000), 7.0)
            self.guest.title = lambda text, pixels: True
            self.assertEqual(self.m.visit(points, 1), 3.5)
        self.assertEqual(kept[0][:3], (3_000_000_000, 4, "name"))
        self.assertEqual(kept[1], ("now", [0, 0]))
        with self.assertRaisesRegex(ValueError, "until the host function returned"):
            kept[0][3].x
        self.m.log_loop(3)
        self.assertEqual(self.guest.calls, [0, 1, 2])

    def test_exception_of_a_host_function_passes_through_and_poisons(self) -> None:
        class Own(Exception):
            pass

        def fail(*args: object) -> None:
            raise Own

        self.guest.on_point = fail
        points = self.m.points_new()
        self.m.points_push(points, 1, 2, "x")
        with self.assertRaises(Own), points:
            self.m.visit(points, 1)
        self.assertTrue(self.m.poisoned)
        uses = (points.free, self.m.simple_arr, lambda: self.m.Point(x=1, y=2, name="x"), lambda: self.m.raw["simple_arr"]())
        for use in uses:
            with self.assertRaises(linmem.PoisonedError):
                use()

    def test_trap_poisons_the_instance(self) -> None:
        with self.assertRaises(linmem.TrapError) as caught:
            self.m.raw["average"](1, 5, 8)
            self.m.raw["inverse_img"](0xFFFFFFF0, 0x7FFFFFFF)
        self.assertIn("unreachable", str(caught.exception))
        with self.assertRaises(linmem.PoisonedError):
            self.m.simple_arr()

    def test_constants_enums_and_documentation_are_there(self) -> None:
        m = self.m
        self.assertEqual((m.MAX, m.LEAST, m.YES, m.INITIAL), (16, -(2**63), True, "\u00df"))
        self.assertEqual((m.HALF, m.MINUS, m.VERSION), (0.5, -1.5, "1.0\n\\ beta"))
        self.assertEqual([(color.name, color.value) for color in m.Color], [("Red", 0), ("Green", 4), ("Blue", 5)])
        self.assertEqual(m.create_point.__doc__.split("\n")[0], "Makes a point; null without memory.")
        self.assertIn("Owned by the point.", m.Point.name.__doc__)
        self.assertEqual(m.Point.__doc__, "A point with a name.\n\nIts path is C:\\points.")
        self.assertEqual(str(inspect.signature(m.average)), "(values: '[]i32') -> 'f64'")
        self.assertIn("create_point", dir(m))
        with self.assertRaises(AttributeError):
            m.missing
        with self.assertRaises(KeyError):
            m["missing"]

    def test_tagged_and_union_change_their_case(self) -> None:
        with self.m.Shape("Circle", 1.5) as shape:
            self.assertEqual((shape.case, shape.value, shape.copy()), ("Circle", 1.5, ("Circle", 1.5)))
            shape.set("Tinted", self.m.Color.Blue)
            self.assertIs(shape.value, self.m.Color.Blue)
            shape.set("Scaled", {"float": 1.0})
            self.assertEqual((shape.value.int, shape.value.bytes.copy()), (0x3F800000, [0, 0, 0x80, 0x3F]))
            shape.set("Nothing")
            self.assertEqual((shape.case, shape.value), ("Nothing", None))
            shape.set("Tinted", 4)
            for wrong in (("Circle", None), ("Nothing", 1), ("Missing", 1), ("Tinted", 3), ("Circle", "x"), ("Scaled", {})):
                with self.assertRaises((TypeError, ValueError)):
                    shape.set(*wrong)
                self.assertIs(shape.value, self.m.Color.Green, "what is refused changes nothing")
        with self.m.Shape.Circle(2.0) as shape:
            self.assertEqual(repr(shape).split(" ")[-1], "Circle=2.0>")
        for fields in ({}, {"int": 1, "float": 1.0}, {"double": 1.0}):
            with self.assertRaises(TypeError):
                self.m.Bits(**fields)

    def test_nested_places_are_live_views(self) -> None:
        corners = [{"x": 6, "y": 0, "name": "a"}, {"x": 7, "y": 0, "name": "b"}]
        with self.m.Nested(flag=False, inner=SCALARS, corners=corners, grid=[[0] * 3] * 2, type=0) as nested:
            nested.inner.k = 2.5
            nested.grid = [[1, 2, 3], [4, 5, 6]]
            nested.grid[1][2] = 60
            nested.corners[0].name = "another"
            nested.type = self.m.Color.Green
            inner = nested.inner
            inner.a, inner.b, inner.h, inner.i, inner.l = True, -128, -(2**63), 2**64 - 1, "\U0001f600"
            self.assertEqual(nested.grid.copy(), [[1, 2, 3], [4, 5, 60]])
            self.assertEqual([corner.name for corner in nested.corners], ["another", "b"])
            self.assertEqual(
                (inner.a, inner.b, inner.h, inner.i, inner.l), (True, -128, -(2**63), 2**64 - 1, "\U0001f600")
            )
            self.assertEqual((nested["type"], nested.inner.k), (4, 2.5))
            nested.inner = {**SCALARS, "c": 9}
            self.assertEqual((inner.c, inner.k, inner.l), (9, 0.0, "\0"))
            with self.assertRaises(ValueError):
                nested.inner = {**SCALARS, "c": 10, "n": 2**31}
            self.assertEqual(inner.c, 9, "what is refused changes nothing")
            with self.assertRaises(TypeError):
                nested.corners = [{"x": 1, "y": 1, "name": "gone"}, {"x": 2, "y": 2, "name": None}]
            with self.assertRaises(TypeError):
                nested.corners[0:2] = [{"x": 1, "y": 1, "name": "gone"}, {"x": 2, "y": 2}]
            self.assertEqual([corner.name for corner in nested.corners], ["another", "b"])
            nested.corners[0:2] = [{"x": 1, "y": 1, "name": "one"}, nested.corners[0]]
            self.assertEqual([corner.name for corner in nested.corners], ["one", "another"])
            nested.corners[1] = nested.corners[0]
            self.assertEqual(nested.corners[1].name, "one")

    def test_texts_and_runs_in_a_struct_are_owned_or_kept(self) -> None:
        fields = {"text": "lent", "label": "label", "numbers": [1, -2], "buffer": [{"x": 1, "y": 2, "name": "in"}],
                  "own_text": "mine", "own_label": "\u00e9", "own_texts": ["p", "", "qq"]}  # fmt: skip
        before = None
        for _ in range(200):
            with self.m.Runs(**fields) as runs:
                self.assertEqual(
                    (runs.text, runs.label, runs.own_text, runs.own_label), ("lent", "label", "mine", "\u00e9")
                )
                self.assertEqual((list(runs.numbers), list(runs.own_texts)), ([1, -2], ["p", "", "qq"]))
                self.assertEqual(runs.buffer[0].name, "in")
                runs.text, runs.own_text, runs.own_texts = "other", "", ["only"]
                runs.own_label = runs.label = None
                runs.numbers = []
                runs.buffer = [{"x": 1, "y": 2, "name": "x"}, {"x": 3, "y": 4, "name": "y"}]
                runs.own_texts[0] = "changed"
                self.assertEqual((runs.text, runs.own_text, list(runs.own_texts)), ("other", "", ["changed"]))
                self.assertIsNone(runs.own_label)
                self.assertEqual([point.name for point in runs.buffer], ["x", "y"])
            before = before or len(self.m.memory)
        self.assertEqual(len(self.m.memory), before)

    def test_list_of_nodes_is_followed_and_freed(self) -> None:
        square = self.m.square_fn()
        with self.m.new("i32", 5) as value:
            last = self.m.Node(value=value, apply=square)
            node = self.m.Node(value=value, apply=square, next=last, up=None)
            self.assertEqual(len(self.m.live()), 2)
            with self.assertRaisesRegex(ValueError, "handed over"):
                last.free()
            node.next.next = self.m.Node(value=value, apply=square, done=None)
            self.assertEqual((node.next.next.value.value, node.next.next.next, node.apply(2, 1.0)), (5, None, 4))
            node.next.up = node
            with self.assertRaisesRegex(TypeError, "read only"):
                node.value.value = 6
            node.free()

    def test_repeated_work_does_not_grow_memory(self) -> None:
        def work() -> None:
            for _ in range(300):
                self.m.create_point(1, 2, "x" * 5000).free()
                self.m.simple_arr().free()
                self.m.average(range(99))
                self.m.longest(["a" * 500] * 20, "b" * 6000)
                self.m.count("a" * 5000, ["b"] * 1000, [0], [0] * 3)

        work()
        before = len(self.m.memory)
        work()
        self.assertEqual(len(self.m.memory), before)

    def test_views_outlive_growth(self) -> None:
        point = self.m.create_point(1, 2, "kept")
        numbers = self.m.simple_arr()
        with self.m.new("[9000000]u8", bytes(9000000)):
            self.assertEqual((point.name, list(numbers)), ("kept", [100, 200, 300, 400]))
        point.free()
        numbers.free()

    @unittest.skipUnless(numpy, "numpy is not installed")
    def test_numpy_sees_the_same_memory(self) -> None:
        with self.m.simple_arr() as numbers:
            seen = numbers.numpy()
            seen[1] = -2
            self.assertEqual(numbers[1], -2)
            self.assertEqual(self.m.average(seen), 199.5)
        image = numpy.zeros((4, 6), numpy.uint8)
        self.m.inverse_img(image)
        self.assertTrue((image == 255).all())
        strided = numpy.zeros((4, 6), numpy.uint8)[:, ::2]
        with self.m.new("[2][3]f32", numpy.ones((2, 3), numpy.float32)) as grid:
            self.assertEqual(grid.numpy().shape, (2, 3))
            self.assertEqual(grid.numpy().sum(), 6)
        self.assertEqual(self.m.average(numpy.array([1.0, 2.0]).astype("i8")), 1.5)
        with self.assertRaises(TypeError):
            self.m.average(numpy.array([1.5]))
        self.assertEqual(self.m.average(strided[:, 0]), 0)
        with self.m.new("[2]Scalars", [{**SCALARS, "f": 1}, {**SCALARS, "f": 2}]) as scalars:
            self.assertEqual(scalars.numpy()["f"].tolist(), [1, 2])
        with self.m.points_new() as points:
            self.m.points_push(points, 1, 2, "x")
            with self.assertRaisesRegex(TypeError, "no type"):
                points.numpy()

    @unittest.skipUnless(numpy, "numpy is not installed")
    def test_numpy_view_keeps_the_memory_that_it_shows(self) -> None:
        guest = Guest()
        store = weakref.ref(guest.m._runtime.machine.store)
        seen = guest.m.new("[4]i32", [1, 2, 3, 4]).numpy()
        guest.m.log_loop(1)
        del guest
        gc.collect()
        self.assertIsNotNone(store())
        self.assertEqual(seen.tolist(), [1, 2, 3, 4])
        del seen
        gc.collect()
        self.assertIsNone(store(), "an instance that nobody uses is freed")

    def test_sidecar_stands_in_for_the_section(self) -> None:
        sidecar = b"abi 1 wasm32\nrole alloc abi_alloc\nrole free abi_free\nfn simple_arr -> ^*[4]i32\n"
        functions = {
            "env": {"log_nr": lambda nr: None, "on_point": lambda *raw: None},
            "clock:v1": {"now": lambda: 0.0, "title": lambda *raw: 0},
        }
        m = linmem.load(GUEST.read_bytes(), functions, sidecar=sidecar)
        self.assertEqual(m.simple_arr().copy(), [100, 200, 300, 400])
        with self.assertRaises(AttributeError):
            m.create_point

    def test_readme_s_example_prints_what_it_says(self) -> None:
        text = (ROOT / "abi/python/README.md").read_text(encoding="utf-8")
        code = text.split("```python\n")[1].split("```")[0]
        expected = [line.split("#")[1].strip() for line in code.splitlines() if "print(" in line and "#" in line]
        expected.insert(3, "7 there")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code.replace('"guest.wasm"', repr(str(GUEST))), {})
        self.assertEqual(printed.getvalue().splitlines(), expected)

    def test_missing_import_is_named(self) -> None:
        with self.assertRaisesRegex(linmem.AbiError, "needs the import (env|clock:v1)"):
            linmem.load(GUEST)
