"""The chart of a ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.run import ends_of_ranks
from indicia_report.charts.highlights import distinct_colours, highlighted_rows, is_dark, number, shown_rows
from indicia_report.charts.style import ChartStyle, altair, chart_data, distinct_names, legible, sources
from indicia_report.imputed import with_mark
from indicia_report.markup import clean, rank_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array
    from indicia_report.period_view import PeriodView

WIDTH = 520
"""The width of the bars, in pixels."""
FADED = 0.35
"""The opacity of the bars of units that are not highlighted, if some are."""
_COLOURS = 8
"""The most parts that colours alone distinguish; with more parts, bars and legend have numbers."""


def ranking(view: PeriodView, style: ChartStyle, top: int) -> Any:
    """Draw a bar per unit; the bar stacks the contributions of the parts if the score is a mean of them."""
    alt = altair()
    marked = highlighted_rows(view, style.highlight)
    order = shown_rows(view.order, top, marked)
    names = distinct_names([style.name(view.names[at]) for at in order], [clean(view.units[at]) for at in order])
    contributions = view.contributions
    parts = [style.name(view.label_of(part.id)) for part in view.parts] if contributions is not None else []
    parts = distinct_names(parts, [part.id for part in view.parts]) if parts else [style.text("score")]
    numbered = len(parts) > _COLOURS
    parts = [f"{place} {part}" for place, part in enumerate(parts, start=1)] if numbered else parts
    values = np.nan_to_num(view.scores)[:, None] if contributions is None else contributions
    starts, ends = stacked(values)
    imputed = view.imputed_scores[:, None] if contributions is None else view.imputed_parts
    figures = {at: with_mark(number(float(view.scores[at]), view.digits), view.imputed_scores[at]) for at in order}
    colours = style.palette(len(parts))
    extent = float(ends[order].max(initial=0.0) - starts[order].min(initial=0.0)) or 1.0
    data = [
        {
            "unit": name,
            "part": part,
            "value": float(values[at, column]),
            "start": float(starts[at, column]),
            "end": float(ends[at, column]),
            "figure": with_mark(number(float(values[at, column]), 3), imputed[at, column]),
            "opacity": FADED if marked and at not in marked else 1,
            **(_number(column, starts[at, column], ends[at, column], extent, colours[column]) if numbered else {}),
        }
        for name, at in zip(names, order, strict=True)
        for column, part in enumerate(parts)
    ]
    labels = [
        {
            "unit": name,
            "end": float(np.clip(values[at], 0, None).sum()),
            "label": " · ".join(figure for figure in (rank_text(float(view.ranks[at])), figures[at]) if figure != "–"),
        }
        for name, at in zip(names, order, strict=True)
    ]
    unranked = [name for name, at in zip(names, order, strict=True) if not view.eligible[at]]
    lines = [
        " · ".join(filter(None, (view.result.methodology, view.period))),
        *style.sentences(ends_of_ranks(view.result.definition, view.tree)),
        *style.legend(bool(view.imputed_scores[order].any())),
        *marked_below(view, style, order, top),
        *([style.text("unranked", units=style.list_names(unranked))] if unranked else []),
        *([style.text("chart.numbers_in_bars")] if numbered else []),
        *_repeated(style, len(parts)),
    ]
    row = style.row_height(len(names), len(lines) + 2 + len(parts) // 4)
    bold = [name for name, at in zip(names, order, strict=True) if at in marked]
    y = alt.Y("unit:N", sort=names, title=None, scale=alt.Scale(domain=names), axis=style.unit_axis(bold))
    axis = alt.Axis(grid=False)  # each bar has its figure, and lines of a grid would run through the figures
    base = alt.Chart(chart_data(data)).transform_filter("datum.start < datum.end").encode(y=y)
    bars = base.mark_bar(height=0.72 * row, x2Offset=-0.7).encode(
        x=alt.X("start:Q", title=style.text("score"), axis=axis),
        x2="end:Q",
        color=alt.Color(
            "part:N",
            title=None,
            scale=alt.Scale(domain=parts, range=colours),
            legend=style.top_legend(parts, symbolType="square") if len(parts) > 1 else None,
        ),
        opacity=alt.Opacity("opacity:Q", scale=None, legend=None),
        tooltip=["unit:N", "part:N", alt.Tooltip("figure:N", title="value")],
    )
    layers = bars
    if numbered:
        layers = bars + base.transform_filter("datum.number").mark_text(fontSize=style.text_size - 3).encode(
            x="middle:Q", text="number:N", color=legible()
        )
    beside = style.labels(alt.Chart(chart_data(labels)).encode(y=y, x="end:Q", text="label:N"), align="left", dx=4)
    first = ", ".join(f"{name} {figures[at]}" for name, at in list(zip(names, order, strict=True))[:3])
    return style.finish(
        (layers + beside).properties(width=WIDTH, height=row * len(names)),
        title=title_of_ranking(view, style, top),
        subtitle="\n".join(lines),
        description=f"{style.text('ranking')}: {first}",
        definition=view.result.definition,
        source=sources(view.result.definition, style.language),
    )


def title_of_ranking(view: PeriodView, style: ChartStyle, top: int) -> str:
    """Return the title with the number of units shown, and the period."""
    units = style.units(view.result.definition, min(top, len(view.order)), len(view.order))
    return style.heading("chart.title_ranking", units=units, at=style.at(view.period))


def marked_below(view: PeriodView, style: ChartStyle, order: Sequence[int], top: int) -> list[str]:
    """Return the sentence on the rows of highlighted units below the first units."""
    below = [style.name(view.names[at]) for at in order[top:]]
    return [style.text("chart.highlighted_below", units=style.list_names(below))] if below else []


def _repeated(style: ChartStyle, parts: int) -> list[str]:
    distinct = distinct_colours(style.colours)
    return [style.text("chart.palette_again", n=distinct)] if parts > distinct else []


def _number(column: int, start: float, end: float, extent: float, colour: str) -> dict[str, object]:
    """Return the number in a part of a bar, its place and colour; the text is empty if the part is too short."""
    label = str(column + 1)
    fits = WIDTH * (end - start) / extent >= 5 * len(label) + 5
    return {
        "number": label if fits else "",
        "middle": float(start + end) / 2,
        "on": "#ffffff" if is_dark(colour) else "#000000",
    }


def stacked(values: Array) -> tuple[Array, Array]:
    """Return the starts and ends of the parts of bars, (units, parts); negative parts are left of zero.

    >>> starts, ends = stacked(np.array([[2.0, -1.0, 3.0]]))
    >>> starts.tolist(), ends.tolist()
    ([[0.0, -1.0, 2.0]], [[2.0, 0.0, 5.0]])
    """
    present = np.nan_to_num(values)
    above, below = np.clip(present, 0, None), np.clip(present, None, 0)
    right, left = above.cumsum(axis=1), below.cumsum(axis=1)
    return np.where(present < 0, left, right - above), np.where(present < 0, left - below, right)
