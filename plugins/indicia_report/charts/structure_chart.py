"""The chart of the tree: a box for each part, as high as its effective weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia.definition import Leaf, Part
from indicia_report.charts.highlights import is_dark, mixed
from indicia_report.charts.style import ChartStyle, altair, chart_data, legible
from indicia_report.markup import truncate
from indicia_report.method.structure import effective_weight
from indicia_report.slopes import spread_labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_report.period_view import PeriodView

_COLUMN, _NAMES, _LEAD = 240, 330, 16
"""The widths of a level of dimensions, of the names of indicators, and of the lines that lead to them."""
_NARROW = 26
"""The width of the boxes of indicators, whose names stand beside them."""
_LEAST_HEIGHT, _GREATEST_HEIGHT = 200, 2400
"""The heights of a chart in pixels; within these, low boxes get room for their names."""


@dataclass(frozen=True)
class Box:
    """A part of the tree, below one of its parents."""

    name: str
    level: int
    start: float
    share: float
    """The weight of the part in the index, by way of this parent."""
    colour: str
    is_leaf: bool

    @property
    def end(self) -> float:
        """The foot of the box."""
        return self.start + self.share


def structure(view: PeriodView, style: ChartStyle) -> Any:
    """Draw the tree from left to right; the height of a part is its effective weight, with sum 1.

    A part of several parents has a box in each; its effective weight is the sum of their heights.
    """
    alt = altair()
    boxes = list(_boxes(view, style))
    leaves, dimensions = [box for box in boxes if box.is_leaf], [box for box in boxes if not box.is_leaf]
    levels = 1 + max((box.level for box in dimensions), default=-1)
    text_row = style.text_size + 3
    lines = max(len(leaves) * text_row, _LEAST_HEIGHT)
    wanted = (
        min(text_row / min((box.share for box in of_kind if box.share > 0), default=1.0), factor * lines)
        for of_kind, factor in ((leaves, 1.4), (dimensions, 2.2))
    )
    height = max(lines, min(max(wanted), _GREATEST_HEIGHT))
    if style.size[1]:
        height = style.row_height(len(leaves), 7) * len(leaves)
    named = [box for box in dimensions if box.share * height >= text_row - 1e-9]
    unnamed = [box.name for box in dimensions if box not in named]
    widest = levels * _COLUMN
    data = [
        {
            "name": box.name,
            "left": (widest if box.is_leaf else box.level * _COLUMN) if not box.is_leaf or levels else 0,
            "right": widest + _NARROW if box.is_leaf else (box.level + 1) * _COLUMN,
            "start": box.start,
            "end": box.end,
            "share": box.share,
            "colour": box.colour,
        }
        for box in boxes
    ]
    places = spread_labels(
        [(box.start + box.end) / 2 * height / text_row - 0.5 for box in leaves], height / text_row - 1
    )
    labels = [
        {
            "at": (box.start + box.end) / 2,
            "free": (place + 0.5) * text_row / height,
            "left": widest + _NARROW,
            "label": f"{100 * box.share:.1f} % {truncate(box.name, _NAMES - 50, style.text_size)}",
        }
        for box, place in zip(leaves, places, strict=True)
    ]
    inside = [
        {
            "left": box.level * _COLUMN,
            "middle": (box.start + box.end) / 2,
            "label": f"{100 * box.share:.1f} % {truncate(box.name, _COLUMN - 56, style.text_size)}",
            "on": "#ffffff" if is_dark(box.colour) else "#000000",
        }
        for box in named
    ]
    y_scale = alt.Scale(domain=[1, 0], nice=False)
    x_scale = alt.Scale(domain=[0, widest + _NARROW], nice=False)
    y = alt.Y("start:Q", axis=None, scale=y_scale)
    x = alt.X("left:Q", axis=None, scale=x_scale)
    drawn = alt.Chart(chart_data(data)).mark_rect(stroke=style["paper"], strokeWidth=1.5).encode(
        x=x, x2="right:Q", y=y, y2="end:Q", color=alt.Color("colour:N", scale=None),
        tooltip=["name:N", alt.Tooltip("share:Q", format=".2%")],
    )  # fmt: skip
    beside = alt.Chart(chart_data(labels)).encode(x=x)
    leads = beside.mark_rule(
        color=style["soft"], opacity=0.7, xOffset=2, x2Offset=_LEAD
    ).encode(x2="left:Q", y=alt.Y("at:Q", axis=None, scale=y_scale), y2="free:Q")  # fmt: skip
    names = beside.mark_text(align="left", dx=_LEAD + 4, fontSize=style.text_size).encode(
        y=alt.Y("free:Q", axis=None, scale=y_scale), text="label:N"
    )
    of_dimensions = alt.Chart(chart_data(inside)).mark_text(align="left", dx=6, fontSize=style.text_size).encode(
        x=x, y=alt.Y("middle:Q", axis=None, scale=y_scale), text="label:N", color=legible()
    )  # fmt: skip
    notes = [style.text("unnamed", parts=style.list_names(unnamed, limit=50))] if unnamed else []
    if group := view.weights_group:
        notes.append(style.text("weights_of_first", group=group))
    explanation = style.text(effective_weight(view.tree))
    heaviest = sorted(leaves, key=lambda box: -box.share)[:3]
    count = len({box.name for box in dimensions})
    return style.finish(
        (drawn + leads + names + of_dimensions).properties(width=widest + _NARROW, height=height),
        title=style.heading(
            "chart.title_structure",
            n=len(view.leaves),
            dimensions=style.text("chart.in_n_dimensions", n=count) if count else "",
        ),
        subtitle="\n".join([explanation, *notes]),
        description=f"{explanation} {', '.join(f'{100 * box.share:.1f} % {box.name}' for box in heaviest)}",
        definition=view.result.definition,
        reflows=False,
    )


def _boxes(view: PeriodView, style: ChartStyle) -> Iterator[Box]:
    """Yield the boxes of dimensions and indicators from the top down; that of the index would be as high as all."""
    weights, colours = view.shares_in_parents, style.palette(len(view.parts))
    ground = 255 if style.theme == "light" else 20

    def below(part: Part, level: int, start: float, share: float, colour: str) -> Iterator[Box]:
        is_leaf = isinstance(part, Leaf)
        shade = mixed(colour, 0.62 if is_leaf else min(0.42 + 0.1 * level, 0.7), ground)
        yield Box(style.name(view.label_of(part.id)), level, start, share, shade, is_leaf)
        if not isinstance(part, Leaf):
            for child in part.components:
                child_share = share * weights.get((part.id, child.id), 0.0)
                yield from below(child, level + 1, start, child_share, colour)
                start += child_share

    start = 0.0
    for part, colour in zip(view.parts, colours, strict=True):
        share = weights.get((view.tree.id, part.id), 0.0)
        yield from below(part, 0, start, share, colour)
        start += share
