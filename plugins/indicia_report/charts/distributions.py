"""The chart of the distributions of indicators: raw, imputed and treated, normalised."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia_report.charts.highlights import figure, number
from indicia_report.charts.measures import leaves_below
from indicia_report.charts.style import ChartStyle, altair, chart_data, distinct_names, sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.definition import Leaf
    from indicia.methods import Array
    from indicia_report.period_view import PeriodView

_CELL, _GAP = 170, 34
"""The width of a histogram, and the gap to the next one, in pixels."""
_ROW = 54
_LOW, _HIGH = 0.34, 0.78
"""The heights of the bars within a row, as shares of the row from its foot."""
_MOST_BARS = 24


def distributions(view: PeriodView, style: ChartStyle, part: str | None) -> Any:
    """Draw a row for each indicator: histograms of its raw, treated and normalised values, with skewness and ends."""
    alt = altair()
    leaves = leaves_below(view, part)
    stages = _stages(view)
    rows = distinct_names([style.name(view.label_of(leaf.id)) for leaf in leaves], [leaf.id for leaf in leaves])
    steps = [style.text(key) for key in stages]
    bars: list[dict[str, object]] = []
    texts: list[dict[str, object]] = []
    sentences = []
    for place, (row, leaf) in enumerate(zip(rows, leaves, strict=True)):
        skews = []
        for column, frame in enumerate(stages.values()):
            values = _values(view, frame, leaf)
            bars += ({**bar, "step": steps[column]} for bar in _histogram(values, row, place, column))
            texts += _texts(values, row, place, column, style)
            skews.append(number(skewness(values)))
        sentences.append(f"{row} {' → '.join(skews)}")
    width = len(stages) * _CELL + (len(stages) - 1) * _GAP
    row_height = style.row_height(len(rows), 6) if style.size[1] else _ROW * style.text_size / 11
    heads = [{"x": column * (_CELL + _GAP) + _CELL / 2, "y": 0.0, "label": step} for column, step in enumerate(steps)]
    x_scale = alt.Scale(domain=[0, width], nice=False)
    y_scale = alt.Scale(domain=[len(rows), 0], nice=False)
    axis = alt.Axis(
        values=[place + 0.5 for place in range(len(rows))], ticks=False, domain=False, grid=False, labelPadding=10,
        labelExpr=f"{_list_of_names(rows)}[floor(datum.value)]",
    )  # fmt: skip
    x, y = alt.X("x:Q", axis=None, scale=x_scale), alt.Y("low:Q", title=None, scale=y_scale, axis=axis)
    drawn = alt.Chart(chart_data(bars)).mark_rect(stroke=style["paper"], strokeWidth=0.5).encode(
        x=x, x2="x2:Q", y=y, y2="high:Q",
        color=alt.Color("stage:N", legend=None, scale=alt.Scale(
            domain=[0, 1, 2], range=[style["soft"], style.palette(5)[4], style.positive])),
        tooltip=["indicator:N", "step:N", alt.Tooltip("from:Q", format=".4~g"), alt.Tooltip("to:Q", format=".4~g"),
                 "units:Q"],
    )  # fmt: skip
    layers = drawn
    for align in ("left", "right", "center"):
        layers += alt.Chart(chart_data([text for text in texts if text["align"] == align])).mark_text(
            align=align, baseline="middle", fontSize=style.text_size - 2, color=style["soft"]
        ).encode(x=x, y=alt.Y("y:Q", scale=y_scale), text="label:N")  # fmt: skip
    layers += alt.Chart(chart_data(heads)).mark_text(
        align="center", dy=-8, fontSize=style.text_size, fontWeight="bold"
    ).encode(x=x, y=alt.Y("y:Q", scale=y_scale), text="label:N")  # fmt: skip
    withheld = [] if len(stages) > 1 else [style.text("chart.withheld")]
    return style.finish(
        layers.properties(width=width, height=row_height * len(rows)),
        title=style.heading(
            "chart.title_distributions" if len(stages) > 1 else "chart.title_distributions_normalised", n=len(rows)
        ),
        subtitle="\n".join([style.text("chart.distributions_say"), *withheld]),
        description=f"{style.text('chart.skewness_of')} {'; '.join(sentences[:10])}",
        definition=view.result.definition,
        reflows=False,
        source=sources(view.result.definition, style.language),
    )


def _stages(view: PeriodView) -> dict[str, pl.DataFrame]:
    """Return the values of indicators after each stage, by the key of its text; raw values only if these are public."""
    scored = view.result.scored
    normalised = {"chart.normalised_values": scored.normalised}
    if not view.result.definition.publishes_raw_values:
        return normalised
    return {"chart.raw_values": scored.raw.values, "chart.treated_values": scored.prepared, **normalised}


def _values(view: PeriodView, frame: pl.DataFrame, leaf: Leaf) -> Array:
    """Return the values that are present in the period."""
    column = frame[leaf.id].cast(pl.Float64).filter(pl.Series(view.rows))
    values: Array = column.drop_nulls().drop_nans().to_numpy()
    return values


def _histogram(values: Array, row: str, place: int, column: int) -> Iterator[dict[str, object]]:
    """Yield the bars of a histogram of equal classes from the lowest to the highest value."""
    if not len(values):
        return
    number_of_bars = max(5, min(_MOST_BARS, round(2 * len(values) ** (1 / 3)))) if np.ptp(values) > 0 else 1
    counts, edges = np.histogram(values, bins=number_of_bars)
    left = column * (_CELL + _GAP)
    for at, count in enumerate(counts.tolist()):
        if count:
            yield {
                "indicator": row,
                "stage": column if column else 0,
                "x": left + _CELL * at / number_of_bars,
                "x2": left + _CELL * (at + 1) / number_of_bars,
                "low": place + 1 - _LOW,
                "high": place + 1 - _LOW - (_HIGH - _LOW) * count / counts.max(),
                "from": float(edges[at]),
                "to": float(edges[at + 1]),
                "units": count,
            }


def _texts(values: Array, row: str, place: int, column: int, style: ChartStyle) -> Iterator[dict[str, object]]:
    """Yield the lowest and the highest value below a histogram, and the skewness between them."""
    left = column * (_CELL + _GAP)
    if not len(values):
        yield {"indicator": row, "x": left + _CELL / 2, "y": place + 0.5, "label": "–", "align": "center"}
        return
    foot = place + 1 - _LOW / 2
    yield {"indicator": row, "x": left, "y": foot, "label": figure(float(values.min())), "align": "left"}
    yield {"indicator": row, "x": left + _CELL, "y": foot, "label": figure(float(values.max())), "align": "right"}
    skew = style.text("chart.skewness", value=number(skewness(values)))
    yield {"indicator": row, "x": left + _CELL / 2, "y": foot, "label": skew, "align": "center"}


def skewness(values: Array) -> float:
    """Return the moment coefficient of skewness; NaN for constant values.

    >>> round(skewness(np.array([1.0, 2.0, 3.0, 10.0])), 4)
    1.0182
    """
    if len(values) < 2 or np.ptp(values) == 0:
        return float("nan")
    from_mean = values - values.mean()
    return float((from_mean**3).mean() / (from_mean**2).mean() ** 1.5)


def _list_of_names(names: list[str]) -> str:
    """Return names as a list of an expression of Vega; no name can leave its text."""
    return json.dumps(names)
