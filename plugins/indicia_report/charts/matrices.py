"""Charts with a cell for each pair: units and parts, or indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indicia_report.charts.highlights import between, highlighted_rows, is_dark, number, shown_rows
from indicia_report.charts.measures import places_below
from indicia_report.charts.rankings import marked_below
from indicia_report.charts.style import ChartStyle, altair, chart_data, distinct_names, legible, sources
from indicia_report.imputed import with_mark
from indicia_report.markup import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.methods import Array
    from indicia_report.period_view import PeriodView

_WIDEST = 1200
"""The width of a chart of many columns, in pixels."""
_MAX_LABELLED = 25
"""The most columns of a map with numbers in its cells."""


def heat_map(view: PeriodView, style: ChartStyle, top: int, part: str | None = None) -> Any:
    """Draw a cell per unit and part, coloured from the lowest of all units to the highest."""
    alt = altair()
    below = places_below(view, part)
    marked = highlighted_rows(view, style.highlight)
    order = shown_rows(view.order, top, marked)
    names = distinct_names([style.name(view.names[at]) for at in order], [clean(view.units[at]) for at in order])
    shown = [view.descendants[place] for place in below]
    parts = distinct_names([style.name(view.label_of(each.id)) for each in shown], [each.id for each in shown])
    values, imputed = (100 * view.positions[:, below]).tolist(), view.imputed[:, below]
    data = [
        {
            "unit": name,
            "part": name_of_part,
            "value": values[at][column],
            "mark": with_mark("", imputed[at, column]),
            "figure": with_mark(number(values[at][column], 0), imputed[at, column]),
        }
        for name, at in zip(names, order, strict=True)
        for column, name_of_part in enumerate(parts)
    ]
    has_imputed = bool(imputed[order].any())
    bold = [name for name, at in zip(names, order, strict=True) if at in marked]
    lines = [style.text("heat_says"), *style.legend(has_imputed), *marked_below(view, style, order, top)]
    row = style.row_height(len(names), len(lines) + 12)
    base = alt.Chart(chart_data(data)).encode(
        x=alt.X("part:N", sort=parts, title=None, axis=alt.Axis(orient="top", labelAngle=-60, labelLimit=180)),
        y=alt.Y("unit:N", sort=names, title=None, axis=style.unit_axis(bold)),
        tooltip=["unit:N", "part:N", alt.Tooltip("figure:N", title="value")],
    )
    chart = base.mark_rect(stroke=style["paper"], strokeWidth=0.5).encode(
        color=alt.Color(
            "value:Q",
            title=None,
            scale=alt.Scale(domain=[0, 100], range=list(style.sequential), interpolate="rgb"),
            legend=alt.Legend(orient="right"),
        )
    )
    if has_imputed:
        dark = alt.condition("datum.value < 50", alt.value("#ffffff"), alt.value("#000000"))
        chart = chart + base.mark_text(fontSize=12, fontWeight="bold", dy=3).encode(text="mark:N", color=dark)
    return style.finish(
        chart.properties(width=max(200, _cell(len(parts), 24) * len(parts)), height=row * len(names)),
        title=style.heading(
            "chart.title_heat_map",
            units=style.units(view.result.definition, min(top, len(view.order)), len(view.order)),
            at=style.at(view.period),
        ),
        subtitle="\n".join(lines),
        description=style.text("heat_says"),
        definition=view.result.definition,
        reflows=False,
        source=sources(view.result.definition, style.language),
    )


def correlation(view: PeriodView, style: ChartStyle) -> Any:
    """Draw a cell per pair of indicators, from -1 to 1."""
    alt = altair()
    names = distinct_names(
        [style.name(view.label_of(leaf.id)) for leaf in view.leaves], [leaf.id for leaf in view.leaves]
    )
    names = [*names, style.text("score")]
    correlations = view.correlations
    data = [
        {
            "first": names[row],
            "second": names[column],
            "value": float(correlations[row, column]),
            "label": number(float(correlations[row, column])),
            "on": _on(float(correlations[row, column]), style),
        }
        for row in range(len(names))
        for column in range(len(names))
        if row != column
    ]
    base = alt.Chart(chart_data(data)).encode(
        x=alt.X("second:N", sort=names, title=None, axis=alt.Axis(orient="top", labelAngle=-60, labelLimit=180)),
        y=alt.Y("first:N", sort=names, title=None),
        tooltip=["first:N", "second:N", alt.Tooltip("value:Q", format=".2f")],
    )
    cells = base.mark_rect(stroke=style["paper"], strokeWidth=0.5).encode(
        color=alt.Color(
            "value:Q", title=None, scale=alt.Scale(domain=[-1, 1], range=list(style.diverging), interpolate="rgb")
        )
    )
    if len(names) <= _MAX_LABELLED:
        figures = base.mark_text(fontSize=style.text_size - 2).encode(text="label:N", color=legible())
        cells = cells + figures
    row = style.row_height(len(names), 14)
    pairs = [(value, first, second) for first, second, value in _pairs(names, correlations) if value == value]
    strongest = ", ".join(
        f"{first} / {second}: {number(value)}" for value, first, second in sorted(pairs, reverse=True)[:3]
    )
    return style.finish(
        cells.properties(width=_cell(len(names), 27) * len(names), height=min(row, _cell(len(names), 27)) * len(names)),
        title=style.heading("chart.title_correlation", n=len(names) - 1, at=style.at(view.period)),
        subtitle=style.text("correlation_says"),
        description=f"{style.text('correlation_says')} {strongest}",
        definition=view.result.definition,
        reflows=False,
        source=sources(view.result.definition, style.language),
    )


def _cell(columns: int, most: int) -> float:
    """Return the width of a cell; many columns are narrower, and as wide as a label is high at least."""
    return max(14, min(most, _WIDEST // columns))


def _on(value: float, style: ChartStyle) -> str:
    """Return the colour of a figure in a cell."""
    return "#ffffff" if value == value and is_dark(between(style.diverging, (value + 1) / 2)) else "#000000"


def _pairs(names: list[str], correlations: Array) -> Iterator[tuple[str, str, float]]:
    for row, first in enumerate(names[:-1]):
        for column in range(row):
            yield first, names[column], float(correlations[row, column])
