//! Two scatter pictures as SVG, readable on a light and on a dark ground.

use crate::allocators::{self, BASE, OURS};
use crate::engine::Engine;
use crate::guests::Level;
use crate::results::Results;
use crate::stats::geometric_mean;
use crate::workloads::Kind;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 460.0;
/// Between the picture's edges and the axes.
const LEFT: f64 = 64.0;
const RIGHT: f64 = 28.0;
const TOP: f64 = 44.0;
const BOTTOM: f64 = 58.0;
/// What a letter of a label takes, about.
const LETTER: f64 = 7.0;

struct Point {
    name: &'static str,
    x: f64,
    y: f64,
}

/// A logarithmic axis.
struct Axis {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
}

impl Axis {
    /// From a bit below the least value to a bit above the greatest.
    fn around(values: impl Iterator<Item = f64> + Clone, start: f64, end: f64) -> Self {
        let low = values.clone().fold(f64::INFINITY, f64::min);
        let high = values.fold(0.0, f64::max);
        let margin = (high / low).powf(0.1).max(1.05);
        Self { low: low / margin, high: high * margin, start, end }
    }

    fn at(&self, value: f64) -> f64 {
        self.start + (self.end - self.start) * (value / self.low).ln() / (self.high / self.low).ln()
    }

    /// Round values on the axis: 1, 1.5, 2, 3, 5, 7 times powers of ten.
    fn ticks(&self) -> Vec<f64> {
        let powers = (-3..7).map(|power| 10_f64.powi(power));
        let all = powers.flat_map(|power| [1.0, 1.5, 2.0, 3.0, 5.0, 7.0].map(|digit| rounded(digit * power)));
        all.filter(|&tick| (self.low..self.high).contains(&tick)).collect()
    }
}

/// To six digits behind the point, so that a label has no more.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// Mean speed in V8 at opt-level 3.
fn speed(results: &Results, name: &str) -> Option<f64> {
    let speeds = results.speeds(Engine::V8, Level::Speed, Kind::Speed, name);
    geometric_mean(speeds.iter().map(|speed| speed.ratio))
}

/// Mean heap over dlmalloc's, of the workloads that both were measured on.
fn memory(results: &Results, name: &str) -> Option<f64> {
    let of = results.memory.iter().filter(|memory| memory.allocator == name);
    geometric_mean(of.filter_map(|memory| {
        let base = results.memory(&memory.workload, BASE)?;
        Some(memory.pages as f64 / base.pages as f64)
    }))
}

fn points(results: &Results, x: impl Fn(&'static str) -> Option<f64>) -> Vec<Point> {
    let point = |name| Some(Point { name, x: x(name)?, y: speed(results, name)? });
    allocators::ALL.iter().filter_map(|allocator| point(allocator.name)).collect()
}

/// Size against speed: to the left is smaller, upward is faster.
pub fn size_speed(results: &Results) -> String {
    let size = |name| results.size("abi", name, Level::Size).map(|bytes| bytes as f64);
    picture(
        "Size and speed",
        "bytes of a module with alloc, free and realloc, opt-level z (smaller is to the left)",
        &points(results, size),
    )
}

/// Memory against speed: to the left is less memory, upward is faster.
pub fn memory_speed(results: &Results) -> String {
    picture(
        "Memory and speed",
        "heap over dlmalloc's, geometric mean (less is to the left)",
        &points(results, |name| memory(results, name)),
    )
}

fn picture(title: &str, below: &str, points: &[Point]) -> String {
    let x = Axis::around(points.iter().map(|point| point.x), LEFT, WIDTH - RIGHT);
    let y = Axis::around(points.iter().map(|point| point.y), HEIGHT - BOTTOM, TOP);
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">
<style>
text {{ font: 13px system-ui, sans-serif; fill: #57606a }}
.title {{ font-size: 16px; fill: #1f2328 }} .name {{ fill: #1f2328 }}
.grid {{ stroke: #d0d7de; stroke-width: 1 }} .point {{ fill: #57606a }}
.ours {{ fill: #0969da; font-weight: 600 }}
@media (prefers-color-scheme: dark) {{
text {{ fill: #9198a1 }} .title, .name {{ fill: #f0f6fc }}
.grid {{ stroke: #3d444d }} .point {{ fill: #9198a1 }} .ours {{ fill: #4493f8 }}
}}
</style>
<text class="title" x="{LEFT}" y="24">{title}</text>
"#
    );
    let (floor, end) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
    for tick in x.ticks() {
        let at = x.at(tick);
        svg += &format!(r#"<line class="grid" x1="{at:.1}" y1="{TOP}" x2="{at:.1}" y2="{floor}"/>"#);
        svg += &format!("<text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{tick}</text>\n", floor + 18.0);
    }
    for tick in y.ticks() {
        let at = y.at(tick);
        svg += &format!(r#"<line class="grid" x1="{LEFT}" y1="{at:.1}" x2="{end}" y2="{at:.1}"/>"#);
        svg += &format!("<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{tick}</text>\n", LEFT - 8.0, at + 4.0);
    }
    let (middle, bottom) = ((LEFT + end) / 2.0, HEIGHT - 14.0);
    svg += &format!("<text x=\"{middle}\" y=\"{bottom}\" text-anchor=\"middle\">{below}</text>\n");
    let beside = "speed over dlmalloc's in V8 (faster is up)";
    let center = (TOP + floor) / 2.0;
    svg += &format!("<text transform=\"translate(18 {center}) rotate(-90)\" text-anchor=\"middle\">{beside}</text>\n");
    let placed: Vec<(f64, f64)> = points.iter().map(|point| (x.at(point.x), y.at(point.y))).collect();
    let mut taken: Vec<Rectangle> =
        placed.iter().map(|&(x, y)| Rectangle { x: x - 5.0, y: y - 5.0, w: 10.0, h: 10.0 }).collect();
    for (point, &(x, y)) in points.iter().zip(&placed) {
        let ours = if point.name == OURS { " ours" } else { "" };
        let label = place(point.name, x, y, &taken);
        svg += &format!("<circle class=\"point{ours}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\"/>");
        svg += &format!(
            "<text class=\"name{ours}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>\n",
            label.x,
            label.y + 12.0,
            point.name
        );
        taken.push(label);
    }
    svg + "</svg>\n"
}

#[derive(Clone, Copy)]
struct Rectangle {
    x: f64,
    y: f64,
    w: f64,
    h: f64,
}

impl Rectangle {
    fn overlap(&self, other: &Self) -> f64 {
        let along = |a: f64, a_len: f64, b: f64, b_len: f64| ((a + a_len).min(b + b_len) - a.max(b)).max(0.0);
        along(self.x, self.w, other.x, other.w) * along(self.y, self.h, other.y, other.h)
    }

    /// How much of it lies beyond the axes.
    fn outside(&self) -> f64 {
        (self.x + self.w - WIDTH).max(0.0) + (LEFT - self.x).max(0.0) + (TOP - self.y).max(0.0)
    }
}

/// Where a point's label covers the least: to the right, to the left, above or below.
fn place(name: &str, x: f64, y: f64, taken: &[Rectangle]) -> Rectangle {
    let (w, h) = (name.len() as f64 * LETTER, 16.0);
    let places = [
        (x + 9.0, y - 8.0),
        (x - 9.0 - w, y - 8.0),
        (x - w / 2.0, y - 24.0),
        (x - w / 2.0, y + 8.0),
        (x + 7.0, y - 20.0),
        (x + 7.0, y + 5.0),
    ];
    let cost =
        |label: &Rectangle| taken.iter().map(|other| label.overlap(other)).sum::<f64>() + 100.0 * label.outside();
    let labels = places.map(|(x, y)| Rectangle { x, y, w, h });
    labels.into_iter().min_by(|a, b| cost(a).total_cmp(&cost(b))).expect("there are places")
}
