"""The drawings on the page of a unit; they need no script, and no style attribute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia_report.markup import Html, escape, isolate, truncate

if TYPE_CHECKING:
    from collections.abc import Sequence

_TRACK, _MARGIN = 120, 6
_LABEL, _BARS, _FIGURE, _LINE = 230, 380, 80, 24


@dataclass(frozen=True)
class Step:
    """A bar of a waterfall."""

    name: str
    change: float
    figure: str
    """The change as text."""


def track(own: float | None, median: float | None, label: str, *, imputed: bool) -> Html:
    """Return a line from the lowest to the highest value, with the median and the unit; places are shares of it."""
    if own is None:
        return Html("")
    marks = f'<path class="rule" d="M{_MARGIN} 9h{_TRACK}"/>'
    if median is not None:
        marks += f'<path class="median" d="M{_MARGIN + _TRACK * median:.1f} 3v12"/>'
    kind = "hollow" if imputed else "dot"
    marks += f'<circle class="{kind}" cx="{_MARGIN + _TRACK * own:.1f}" cy="9" r="4.5"/>'
    width = _TRACK + 2 * _MARGIN
    return Html(
        f'<svg class="track" width="{width}" height="18" viewBox="0 0 {width} 18" role="img" '
        f'aria-label="{escape(label)}">{marks}</svg>'
    )


def waterfall(start: tuple[str, float, str], steps: Sequence[Step], end: tuple[str, float, str], label: str) -> Html:
    """Return bars from one score to another; the names are cut, and a table beside has them in full.

    `start` and `end` are the name, the score, and the score as text.
    """
    levels = [start[1]]
    for step in steps:
        levels.append(levels[-1] + step.change)
    low, high = min(*levels, end[1]), max(*levels, end[1])
    room = (high - low) * 0.06 or 1.0
    scale = _BARS / (high - low + 2 * room)

    def across(score: float) -> float:
        return _LABEL + (score - low + room) * scale

    rows = [_point(0, *start, across(start[1]))]
    for number, step in enumerate(steps, start=1):
        before, after = across(levels[number - 1]), across(levels[number])
        kind = "up" if step.change > 0 else "down"
        middle = _LINE * number + _LINE / 2
        rows.append(
            f"{_text(number, step.name)}"
            f'<path class="link" d="M{before:.1f} {middle - _LINE + 8:g}V{middle - 8:g}"/>'
            f'<path class="{kind}" d="M{min(before, after):.1f} {middle - 7:g}h{max(1.0, abs(after - before)):.1f}'
            f'v14h-{max(1.0, abs(after - before)):.1f}z"/>'
            f'<text x="{max(before, after) + 6:.1f}" y="{middle + 4:g}">{escape(step.figure)}</text>'
        )
    rows.append(_point(len(steps) + 1, *end, across(end[1])))
    width, height = _LABEL + _BARS + _FIGURE, _LINE * (len(steps) + 2)
    return Html(
        f'<svg class="waterfall" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(label)}">{"".join(rows)}</svg>'
    )


def _text(line: int, name: str) -> str:
    shown = truncate(isolate(name), _LABEL - 12)
    title = f"<title>{escape(name)}</title>" if shown != isolate(name) else ""
    return f'<text x="0" y="{_LINE * line + _LINE / 2 + 4:g}">{escape(shown)}{title}</text>'


def _point(line: int, name: str, score: float, figure: str, x: float) -> str:
    """Return the line of a score."""
    middle = _LINE * line + _LINE / 2
    return (
        f'{_text(line, name)}<path class="score" d="M{x:.1f} {middle - 9:g}v18"/>'
        f'<text class="d" x="{x + 6:.1f}" y="{middle + 4:g}">{escape(figure)}</text>'
    )
