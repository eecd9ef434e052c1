"""The chart with a line for each unit on one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from indicia_report.charts.figures import number
from indicia_report.charts.highlights import highlighted_rows
from indicia_report.charts.measures import measure_of
from indicia_report.charts.style import altair, chart_data, distinct_names, sources
from indicia_report.markup import clean

if TYPE_CHECKING:
    from indicia_report.charts.measures import Measure
    from indicia_report.charts.style import ChartStyle
    from indicia_report.period_view import PeriodView

_ROW = 40
_SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross")


def strip(view: PeriodView, style: ChartStyle, part: str | None) -> Any:
    """Draw a line for each unit at its score, in a row for the index and each part, with the median of all."""
    alt = altair()
    measures = _measures(view, part)
    marked = highlighted_rows(view, style.highlight)
    rows = distinct_names(
        [style.name(view.label_of(measure.id)) for measure in measures], [measure.id for measure in measures]
    )
    names = distinct_names([style.name(name) for name in view.names], [clean(unit) for unit in view.units])
    values = [measure.values for measure in measures]
    data = [
        {"row": row, "unit": names[at], "value": float(value)}
        for row, of_row in zip(rows, values, strict=True)
        for at, value in enumerate(of_row)
        if not np.isnan(value)
    ]
    medians = [{"row": row, "value": float(np.nanmedian(of_row))} for row, of_row in zip(rows, values, strict=True)
               if not np.isnan(of_row).all()]  # fmt: skip
    coloured = [
        {"row": row, "unit": names[at], "value": float(of_row[at]), "label": number(float(of_row[at]), measure.digits)}
        for row, of_row, measure in zip(rows, values, measures, strict=True)
        for at in marked
        if not np.isnan(of_row[at])
    ]
    row = style.row_height(len(rows), 6) if style.size[1] else _ROW
    x = alt.X("value:Q", title=measures[0].words(style) if len(measures) == 1 else style.text("score"),
              scale=alt.Scale(zero=False, nice=True))  # fmt: skip
    y = alt.Y("row:N", sort=rows, title=None, scale=alt.Scale(domain=rows), axis=style.unit_axis(rows[:1]))
    tooltip = ["unit:N", alt.Tooltip("value:Q", format=".4~g")]
    base = alt.Chart(chart_data(data)).encode(x=x, y=y, tooltip=tooltip)
    ticks = base.mark_tick(thickness=1.2, size=0.5 * row, color=style["soft"], opacity=0.5)
    middle = alt.Chart(chart_data(medians)).encode(x=x, y=y)
    layers = ticks + middle.mark_tick(thickness=2.4, size=0.75 * row, color=style["ink"])
    if coloured:
        domain = [names[at] for at in marked]
        shapes = [_SHAPES[at % len(_SHAPES)] for at in range(len(marked))]
        legend = style.top_legend(domain)
        layers += alt.Chart(chart_data(coloured)).mark_point(
            filled=True, size=85, opacity=1, stroke=style["paper"], strokeWidth=1
        ).encode(
            x=x, y=y, tooltip=["unit:N", "label:N"],
            color=alt.Color("unit:N", title=None, legend=legend,
                            scale=alt.Scale(domain=domain, range=style.highlights(len(marked)))),
            shape=alt.Shape("unit:N", title=None, legend=legend, scale=alt.Scale(domain=domain, range=shapes)),
        )  # fmt: skip
    else:
        layers += _extremes(view, style, measures[0], rows[0], names, x, y)
    present = int((~np.isnan(values[0])).sum())
    definition = view.result.definition
    units = style.units(definition, present, len(view.units), first=False)
    key = "chart.title_ranking" if measures[0].is_index else "chart.title_ranking_of"
    listed = coloured or medians
    said = ", ".join(f"{entry.get('unit', '')} {entry['row']} {number(float(str(entry['value'])), 2)}".strip()
                     for entry in listed[:8])  # fmt: skip
    return style.finish(
        layers.properties(width=520, height=row * len(rows)),
        title=style.heading(key, units=units, part=rows[0], at=style.at(view.period)),
        subtitle=style.text("chart.strip_chart_says", noun=style.noun(definition)),
        description=f"{style.text('median')}: {said}" if not coloured else said,
        definition=definition,
        source=sources(definition, style.language),
    )


def _measures(view: PeriodView, part: str | None) -> list[Measure]:
    """Return the index and its parts if their scores have one scale, else the index alone; or the one part."""
    first = measure_of(view, part)
    has_scale = view.tree.aggregation.power is not None and view.tree.rescaling is None
    if part is not None or not has_scale:
        return [first]
    return [first, *(measure_of(view, part.id) for part in view.parts)]


def _extremes(view: PeriodView, style: ChartStyle, measure: Measure, row: str, names: list[str], x: Any, y: Any) -> Any:
    """Name the units with the lowest and the highest score."""
    alt = altair()
    values = measure.values
    present = np.flatnonzero(~np.isnan(values))
    if not len(present):
        return alt.Chart(chart_data([])).mark_text()
    ends = {"right": int(present[values[present].argmin()]), "left": int(present[values[present].argmax()])}
    marks = [
        {"row": row, "value": float(values[at]), "name": f"{names[at]} {number(float(values[at]), measure.digits)}",
         "side": side}
        for side, at in ends.items()
    ]  # fmt: skip
    base = alt.Chart(chart_data(marks)).encode(x=x, y=y, text="name:N")
    layers = None
    for side, align in (("right", "left"), ("left", "right")):
        named = style.labels(base.transform_filter(f"datum.side == '{side}'"), align=align, dy=-15)
        layers = named if layers is None else layers + named
    return layers
