"""The chart of two units: a dot for each in every part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.definition import Leaf
from indicia.errors import DataError
from indicia_report.charts.figures import number
from indicia_report.charts.style import altair, chart_data, distinct_names, sources
from indicia_report.charts.units import row_of
from indicia_report.imputed import with_mark
from indicia_report.markup import rank_text

if TYPE_CHECKING:
    from indicia_report.charts.style import ChartStyle
    from indicia_report.period_view import PeriodView


def two_units(view: PeriodView, style: ChartStyle, unit: str, other: str) -> Any:
    """Draw a row for each part with the values of both units, between the worst and the best of all units."""
    alt = altair()
    rows = [row_of(view, unit), row_of(view, other)]
    if rows[0] == rows[1]:
        raise DataError("a dumbbell compares two units, and both are one", remedy="--of A --of B names two units")
    keys = [view.units[at] for at in rows]
    called = distinct_names([style.name(view.names[at]) for at in rows], keys)
    parts = distinct_names(
        [style.name(view.label_of(part.id)) for part in view.descendants], [part.id for part in view.descendants]
    )
    positions = 100 * view.positions[rows]
    data, dots, missing = [], [], []
    for place, part in enumerate(parts):
        first, second = (float(value) for value in positions[:, place])
        if np.isnan(first) or np.isnan(second):
            missing.append(part)
        else:
            data.append({"part": part, "a": first, "b": second, "ahead": called[0 if first >= second else 1],
                         "difference": number(first - second, 1)})  # fmt: skip
        for at, name, value in zip(rows, called, (first, second), strict=True):
            if not np.isnan(value):
                is_imputed = view.imputed[at, place]
                marks = {"figure": with_mark(number(value, 0), is_imputed), "mark": with_mark("", is_imputed)}
                dots.append({"part": part, "unit": name, "value": value, **marks})
    colours = style.highlights(2)
    lines = [
        " · ".join(
            f"{name}: {style.text('rank')} {rank_text(float(view.ranks[at]))}, {style.text('score')} "
            f"{number(float(view.scores[at]), view.digits)}"
            for name, at in zip(called, rows, strict=True)
        ),
        style.text("chart.dumbbell_says"),
        *style.legend(any(dot["mark"] for dot in dots)),
        *([style.text("chart.missing_values", parts=style.list_names(missing))] if missing else []),
    ]
    row = style.row_height(len(parts), len(lines) + 3)
    dimensions = [name for name, part in zip(parts, view.descendants, strict=True) if not isinstance(part, Leaf)]
    y = alt.Y("part:N", sort=parts, title=None, scale=alt.Scale(domain=parts), axis=style.unit_axis(dimensions))
    scale = alt.Scale(domain=[0, 100])
    colour = alt.Scale(domain=called, range=colours)
    between = alt.Chart(chart_data(data)).mark_rule(strokeWidth=2.6, opacity=0.55).encode(
        x=alt.X("a:Q", title=None, scale=scale), x2="b:Q", y=y,
        color=alt.Color("ahead:N", title=None, scale=colour, legend=None), tooltip=["part:N", "difference:N"],
    )  # fmt: skip
    base = alt.Chart(chart_data(dots)).encode(x=alt.X("value:Q", scale=scale), y=y)
    points = base.mark_point(filled=True, size=75, opacity=1).encode(
        color=alt.Color("unit:N", title=None, scale=colour, legend=style.top_legend(called)),
        shape=alt.Shape("unit:N", title=None, scale=alt.Scale(domain=called, range=["circle", "square"]),
                        legend=style.top_legend(called)),
        tooltip=["part:N", "unit:N", alt.Tooltip("figure:N", title="value")],
    )  # fmt: skip
    stars = base.mark_text(align="left", dx=6, dy=3, fontSize=13).encode(text="mark:N")
    widest = sorted(data, key=lambda entry: -abs(float(str(entry["a"])) - float(str(entry["b"]))))[:5]
    listed = ", ".join(f"{entry['part']} {entry['difference']}" for entry in widest)
    return style.finish(
        (between + points + stars).properties(width=400, height=row * len(parts)),
        title=style.heading("chart.title_dumbbell_units", a=called[0], b=called[1], at=style.at(view.period)),
        subtitle="\n".join(lines),
        description=f"{lines[0]}. {listed}",
        definition=view.result.definition,
        source=sources(view.result.definition, style.language),
    )
