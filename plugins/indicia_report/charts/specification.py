"""The chart of the choices of methodologies, and of the ranks that they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.errors import DataError
from indicia_report.charts.style import altair, chart_data, sources
from indicia_report.markup import Texts
from indicia_report.slopes import choice_name, stage_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia_compare import Comparison
    from indicia_report.charts.style import ChartStyle


_BESIDE, _AROUND = 330, 150
"""The pixels beside and around the two drawings of a picture of a fixed size."""


def specification(comparison: Comparison, unit: str | None, style: ChartStyle, left_out: Sequence[str] = ()) -> Any:
    """Draw the shift, or the rank of a unit, by methodology, and below it the choices of the methodologies.

    `left_out` are sentences on methodologies and units that the chart leaves out.
    """
    alt = altair()
    frame = comparison.specification(unit)
    measure = "mean_shift" if unit is None else "rank"
    unranked = frame[measure].null_count()
    if unranked == len(frame):
        raise DataError(
            f'no methodology ranks "{unit}"',
            remedy="name a unit that is ranked; indicia compare --show ranks lists them",
        )
    side_notes = [style.text("unranked_in", n=unranked, all=len(frame))] if unranked else []
    methods = frame["methodology"].cast(pl.String).to_list()
    dots = [
        {"methodology": name, "value": value} for name, value in zip(methods, frame[measure].to_list(), strict=True)
    ]
    texts, colon = Texts.of(style.language), style.text("colon")
    names = {
        (stage, choice): style.name(stage_name(stage, texts))
        + colon
        + style.name(choice_name(comparison, stage, choice, texts))
        for stage in comparison.choices
        for choice in sorted(set(frame[stage].to_list()), key=str)
    }
    marks = [
        {"methodology": str(row["methodology"]), "choice": names[stage, row[stage]]}
        for row in frame.iter_rows(named=True)
        for stage in comparison.choices
    ]
    x = alt.X("methodology:N", sort=methods, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True))
    width = max(160, min(900, 26 * len(methods)))
    if style.size[0]:
        width = max(160, style.size[0] - _BESIDE)
    beneath = round(style.row) * len(names)
    height = max(80, style.size[1] - beneath - _AROUND) if style.size[1] else 160
    measured = (
        style.text("mean_shift")
        if unit is None
        else f"{style.text('rank')}{colon}{comparison.reader_names(style.language).get(unit, unit)}"
    )
    scale = alt.Scale(reverse=unit is not None, zero=unit is None)
    upper = alt.Chart(chart_data(dots)).mark_circle(size=70, color=style["ink"], opacity=1).encode(
        x=x, y=alt.Y("value:Q", title=measured, scale=scale), tooltip=["methodology:N", "value:Q"]
    ).properties(width=width, height=height)  # fmt: skip
    lower = alt.Chart(chart_data(marks)).mark_circle(size=70, color=style.positive, opacity=1).encode(
        x=x, y=alt.Y("choice:N", sort=list(names.values()), title=None, axis=alt.Axis(grid=True, labelLimit=300)),
        tooltip=["methodology:N", "choice:N"],
    ).properties(width=width, height=beneath)  # fmt: skip
    called = comparison.reader_names(style.language).get(unit, unit) if unit else None
    return style.finish(
        alt.vconcat(upper, lower, spacing=8),
        title=style.heading(
            "chart.title_specification" if unit is None else "chart.title_specification_unit",
            unit=called,
            n=len(methods),
        ),
        subtitle="\n".join([style.text("specification_says"), *side_notes, *left_out]),
        description=style.text("specification_says"),
        definition=comparison.definition,
        source=sources(comparison.definition, style.language),
    )
