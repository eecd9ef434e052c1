"""The parts of a picture: a frame with axes, lines, dots, bars."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from math import floor, log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Point = tuple[float, float]

_LEFT, _TOP, _RIGHT, _BOTTOM = 58, 10, 14, 44


@dataclass
class Plot:
    """A picture with two axes; positions are in the numbers of the axes."""

    x_range: Point
    y_range: Point
    x_title: str
    y_title: str
    width: int = 520
    height: int = 320
    marks: list[str] = field(default_factory=list)

    def place(self, x: float, y: float) -> Point:
        """Return the pixels of a point."""
        (x0, x1), (y0, y1) = self.x_range, self.y_range
        across = _LEFT + (x - x0) / (x1 - x0) * (self.width - _LEFT - _RIGHT)
        up = self.height - _BOTTOM - (y - y0) / (y1 - y0) * (self.height - _TOP - _BOTTOM)
        return across, up

    def line(self, points: Iterable[Point], name: str) -> None:
        """Draw a line through points, in the style of a name."""
        path = " ".join("{:.1f},{:.1f}".format(*self.place(*point)) for point in points)
        self.marks.append(f'<polyline class="{name}" points="{path}"/>')

    def dots(self, points: Iterable[Point], name: str, radius: float = 4) -> None:
        """Draw dots, in the style of a name."""
        for point in points:
            x, y = self.place(*point)
            self.marks.append(f'<circle class="{name}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/>')

    def ticks_of_values(self, values: Iterable[float]) -> None:
        """Draw a small tick at the bottom for each value."""
        for value in values:
            x, y = self.place(value, self.y_range[0])
            self.marks.append(f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{y:.1f}" y2="{y - 6:.1f}"/>')

    def svg(self, description: str) -> str:
        """Return the picture; the description is its text for screen readers."""
        return _svg(self.width, self.height, [*self._axes(), *self.marks], description)

    def _axes(self) -> Iterable[str]:
        bottom, right = self.height - _BOTTOM, self.width - _RIGHT
        for value in nice_numbers(*self.x_range):
            x, _ = self.place(value, self.y_range[0])
            yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{bottom}"/>'
            yield f'<text class="number" x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{shown(value)}</text>'
        for value in nice_numbers(*self.y_range):
            _, y = self.place(self.x_range[0], value)
            yield f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
            yield f'<text class="number" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{shown(value)}</text>'
        place = f'x="{(_LEFT + right) / 2:.0f}" y="{self.height - 6}" text-anchor="middle"'
        yield f'<text class="title" {place}>{escape(self.x_title)}</text>'
        height = (_TOP + bottom) / 2
        yield (
            f'<text class="title" x="13" y="{height:.0f}" text-anchor="middle" '
            f'transform="rotate(-90 13 {height:.0f})">{escape(self.y_title)}</text>'
        )


def bars(rows: Sequence[tuple[str, float]], even: float | None, description: str) -> str:
    """Return horizontal bars with names and numbers; `even` is a line at one value."""
    width, row, left = 520, 20, 200
    largest = max([value for _, value in rows] + [even or 0.0]) or 1.0
    scale = (width - left - 60) / largest
    marks = []
    for number, (name, value) in enumerate(rows):
        y = number * row + 4
        length = max(value, 0.0) * scale
        cut = name if len(name) < 32 else f"{name[:31]}…"
        marks += [
            f'<text class="label" x="{left - 8}" y="{y + 13}" text-anchor="end">{escape(cut)}</text>',
            f'<rect class="bar" x="{left}" y="{y + 2}" width="{length:.1f}" height="{row - 6}"/>',
            f'<text class="number" x="{left + length + 6:.1f}" y="{y + 13}">{100 * value:.1f} %</text>',
        ]
    if even is not None:
        x = left + even * scale
        marks.append(f'<line class="even" x1="{x:.1f}" x2="{x:.1f}" y1="2" y2="{len(rows) * row + 4}"/>')
    return _svg(width, len(rows) * row + 8, marks, description)


def _svg(width: int, height: int, marks: Iterable[str], description: str) -> str:
    body = "\n".join(marks)
    size = f'style="max-width: {width}px" viewBox="0 0 {width} {height}"'
    return f'<svg class="picture" {size} role="img" aria-label="{escape(description)}">\n{body}\n</svg>'


def nice_numbers(low: float, high: float) -> list[float]:
    """Return some four to seven round numbers within a range.

    >>> nice_numbers(0, 1)
    [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    """
    rough = (high - low) / 5
    unit = 10 ** floor(log10(rough))
    step = next(size * unit for size in (1, 2, 5, 10) if size * unit >= rough * 0.999)
    first = -floor(-low / step - 1e-9) if low % step else low / step
    numbers = [(round(first) + place) * step for place in range(12)]
    return [round(number, 12) for number in numbers if low - step * 1e-6 <= number <= high + step * 1e-6]


def shown(value: float) -> str:
    """Return a number as a label: 0.25, 2020, 10,000."""
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.6g}"


def padded(values: Sequence[float]) -> tuple[float, float]:
    """Return a range that holds all values, with a little space; constant values get a range of 1."""
    low, high = min(values), max(values)
    space = (high - low) * 0.05 or 0.5
    return low - space, high + space
