"""A program that the stub must accept, and that runs; what is marked with `type: ignore` it must not accept."""

from typing import TYPE_CHECKING, Any, Callable, cast

import linmem

if TYPE_CHECKING:
    from records import Module, Point

imports: "dict[str, dict[str, Callable[..., Any]]]" = {
    "env": {"log_nr": print, "on_point": lambda user_data, point: None},
    "clock:v1": {"now": lambda: 0.5, "title": lambda text, pixels: True},
}
m = cast("Module", linmem.load("records.wasm", imports))
with m.simple_arr() as array:
    total: int = sum(array) + array[0]
point = m.create_point(1, 2, "hi")
if point is not None:
    point.x += total
    name: str = point.name
    m.drop_point(point)
made: "Point" = m.Point(x=1, y=2, name=m.VERSION)
mean: float = m.average([1, 2, 4])
m.inverse_img(bytearray(4))
sign = m.mixed(True, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, "x", m.Color.Green)
squared: int = m.square_fn()(3, mean)
shape = m.Shape.Circle(2.0)
shape.set("Nothing")
kind: str = shape.case
limit: int = m.MAX + sign
print(total, name, made, mean, sign, squared, kind, limit)

if TYPE_CHECKING:
    m.average("text")  # type: ignore[arg-type]
    m.create_point(1, 2)  # type: ignore[call-arg]
    m.create_point(1, 2, "hi").x  # type: ignore[union-attr]
    m.Point(z=1)  # type: ignore[call-arg]
    m.Point(x=1, y=2)  # type: ignore[call-arg]
