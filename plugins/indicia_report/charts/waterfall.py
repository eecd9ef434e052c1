"""The chart of a sum: a bar for each part, from a first figure to a last one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from indicia_explain.cells import signed
from indicia_report.charts.highlights import number
from indicia_report.charts.style import ChartStyle, altair, chart_data, distinct_names
from indicia_report.markup import width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Definition


_WIDTH = 480


@dataclass(frozen=True)
class Step:
    """A part of a sum, with the text beside its bar."""

    name: str
    part: float
    remark: str = ""


@dataclass(frozen=True)
class Waterfall:
    """A first figure, the parts that lead to the last figure, and the words around them."""

    title: str
    subtitle: str
    start: tuple[str, float]
    end: tuple[str, float]
    steps: Sequence[Step]
    rises: str
    """The word of the legend for parts above zero."""
    falls: str
    """The word of the legend for parts below zero."""
    axis: str
    digits: int
    goal: tuple[str, float] | None = None
    """A figure to be reached, with its name: a dashed line."""
    source: Sequence[str] = ()
    definition: Definition | None = None

    def folded(self, limit: int, others: str) -> Waterfall:
        """Return the chart with the `limit` largest steps, and the sum of the others as a last step.

        `others` is the name of the last step, with `{n}` for the number of the steps in it.
        """
        if len(self.steps) <= limit + 1:
            return self
        largest = sorted(range(len(self.steps)), key=lambda at: -abs(self.steps[at].part))[:limit]
        rest = [step.part for at, step in enumerate(self.steps) if at not in largest]
        kept = [self.steps[at] for at in sorted(largest)]
        kept.append(Step(others.replace("{n}", str(len(rest))), sum(rest)))
        return replace(self, steps=kept)


def draw_waterfall(waterfall: Waterfall, style: ChartStyle) -> Any:
    """Draw a row for the first figure, for each part, and for the last figure."""
    alt = altair()
    rows = _rows(waterfall)
    order = [str(row["name"]) for row in rows]
    ends = [float(str(row[end])) for row in rows for end in ("from", "to")]
    ends += [waterfall.goal[1]] if waterfall.goal else []
    scale = alt.Scale(domain=_domain(ends, [str(row["label"]) for row in rows]), nice=False, zero=False)
    y = alt.Y(
        "name:N", sort=order, title=None, scale=alt.Scale(domain=order), axis=style.unit_axis((order[0], order[-1]))
    )
    row = style.row_height(len(rows), 5)
    x = alt.X("from:Q", title=waterfall.axis, scale=scale)
    present = [row["kind"] for row in rows]
    marks = ((waterfall.rises, style.positive), (waterfall.falls, style.negative))
    kinds, colours = zip(*(pair for pair in marks if pair[0] in present), strict=True) if any(present) else ((), ())
    base = alt.Chart(chart_data(rows)).encode(y=y, tooltip=["name:N", "label:N"])
    parts = base.transform_filter("datum.kind != null")
    bars = parts.mark_bar(height=0.72 * row, x2Offset=0.5).encode(
        x=x,
        x2="to:Q",
        color=alt.Color(
            "kind:N",
            title=None,
            scale=alt.Scale(domain=list(kinds), range=list(colours)),
            legend=style.top_legend(kinds) if len(kinds) > 1 else None,
        ),
    )
    nothing = parts.transform_filter("datum.from == datum.to").mark_tick(
        color=style["soft"], thickness=1.5, size=0.72 * row
    )
    totals = base.transform_filter("datum.kind == null").mark_point(filled=True, color=style["ink"], size=70, opacity=1)
    labels = style.labels(base.encode(x="right:Q", text="label:N"), align="left", dx=7)
    between = base.transform_filter("datum.next != null").mark_rule(color=style["soft"], opacity=0.6)
    layers = between.encode(x="to:Q", y2="next:N") + bars + nothing.encode(x=x) + totals.encode(x=x) + labels
    if waterfall.goal:
        layers += _goal(waterfall.goal, order, style)
    listed = ", ".join(f"{row['name']} {row['label']}" for row in rows)
    return style.finish(
        layers.properties(width=_WIDTH, height=row * len(rows)),
        title=waterfall.title,
        subtitle=waterfall.subtitle,
        description=listed,
        definition=waterfall.definition,
        source=waterfall.source,
    )


def _domain(ends: Sequence[float], labels: Sequence[str]) -> list[float]:
    """Return the ends of the axis, with room for the longest label at the right of the bars."""
    low, high = min(ends), max(ends)
    spread = high - low or abs(high) or 1.0
    share = min(0.5, max(width_of(label, 11) + 14 for label in labels) / _WIDTH)
    return [low - 0.05 * spread, high + spread * share / (1 - share)]


def _rows(waterfall: Waterfall) -> list[dict[str, object]]:
    """Return the rows of the chart, each with the ends of its bar and its label."""
    steps, digits = waterfall.steps, waterfall.digits
    sums = list(accumulate((step.part for step in steps), initial=waterfall.start[1]))
    names = [waterfall.start[0], *(step.name for step in steps), waterfall.end[0]]
    names = distinct_names(names, map(str, range(1, len(names) + 1)))
    starts, stops = [sums[0], *sums[:-1], waterfall.end[1]], [sums[0], *sums[1:], waterfall.end[1]]
    kinds = [None, *(waterfall.rises if step.part >= 0 else waterfall.falls for step in steps), None]
    figures = [signed(step.part, digits) + (f" · {step.remark}" if step.remark else "") for step in steps]
    labels = [number(waterfall.start[1], digits), *figures, number(waterfall.end[1], digits)]
    following = [*names[1:], None]
    columns = ("name", "from", "to", "right", "kind", "label", "next")
    rights = map(max, starts, stops)
    return [
        dict(zip(columns, row, strict=True))
        for row in zip(names, starts, stops, rights, kinds, labels, following, strict=True)
    ]


def _goal(goal: tuple[str, float], order: Sequence[str], style: ChartStyle) -> Any:
    """Draw the figure to be reached as a dashed line, with its name above it."""
    alt = altair()
    base = alt.Chart(chart_data([{"name": goal[0], "goal": goal[1], "row": order[0]}])).encode(x="goal:Q")
    line = base.mark_rule(strokeDash=[5, 4], color=style["ink"])
    return line + style.labels(base.encode(text="name:N", y=alt.Y("row:N", sort=list(order))), align="right", dx=-5)
