"""Charts of a ranking, of several rankings, and of rank intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.definition import text
from indicia.errors import DataError
from indicia.run import ends_of_ranks
from indicia.tables.names import reader_names
from indicia_report.charts.style import COLOURS, altair, chart_data, distinct_names
from indicia_report.imputed import with_mark
from indicia_report.intervals import varied
from indicia_report.marks import MARKS, STRIPES, mark
from indicia_report.markup import Texts, clean, isolate, number, rank_text, truncate
from indicia_report.slopes import choice_name, omissions, spread_labels, stage_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.comparison import Comparison
    from indicia.definition import Definition
    from indicia.methods import Array
    from indicia.robustness import Robust
    from indicia_report.charts.style import ChartStyle
    from indicia_report.period_view import PeriodView
    from indicia_report.slopes import Slopes

LINE = 17
"""The height of a row in pixels."""
_NAME, _LEAD = 200, 20
"""The pixels of a name beside a slope chart, and of the gap between name and dots."""


def sources(definition: Definition, language: str) -> list[str]:
    """Return the sources of the indicators, each once."""
    keys = (spec.source for spec in definition.indicators.values() if spec.source)
    return list(dict.fromkeys(text(definition.source_for_readers(source), language) for source in keys))


def ranking(view: PeriodView, style: ChartStyle, top: int) -> Any:
    """Draw a bar per unit; the bar stacks the contributions of the parts if the score is a mean of them.

    Vega-Lite has dashes for lines but not for areas: a part with stripes is a thick, dashed line.
    """
    alt = altair()
    order = view.order[:top]
    names = distinct_names([style.name(view.names[at]) for at in order], [clean(view.units[at]) for at in order])
    contributions = view.contributions
    parts = [style.name(view.name_of(part.id)) for part in view.parts] if contributions is not None else []
    parts = distinct_names(parts, [part.id for part in view.parts]) if parts else [style.text("score")]
    values = np.nan_to_num(view.scores)[:, None] if contributions is None else contributions
    starts, ends = stacked(values)
    imputed = view.imputed_scores[:, None] if contributions is None else view.imputed_parts
    figures = {at: with_mark(number(float(view.scores[at]), view.digits), view.imputed_scores[at]) for at in order}
    data = [
        {
            "unit": name,
            "part": part,
            "value": float(values[at, column]),
            "start": float(starts[at, column]),
            "end": float(ends[at, column]),
            "figure": with_mark(number(float(values[at, column]), 3), imputed[at, column]),
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
    y = alt.Y("unit:N", sort=names, title=None, scale=alt.Scale(domain=names))
    marks = [mark(place) for place in range(len(parts))]
    symbols = {"orient": "top", "columns": 4, "symbolType": "stroke", "symbolStrokeWidth": 11, "symbolSize": 180}
    legend = alt.Legend(**symbols) if len(parts) > 1 else None
    colours, stripes = [style.colours[hue] for hue, _ in marks], [STRIPES[hue] for _, hue in marks]
    bars = alt.Chart(chart_data(data)).mark_rule(strokeWidth=LINE - 5, strokeCap="butt", x2Offset=-0.7).encode(
        y=y,
        x=alt.X("start:Q", title=style.text("score")),
        x2="end:Q",
        color=alt.Color("part:N", title=None, scale=alt.Scale(domain=parts, range=colours), legend=legend),
        strokeDash=alt.StrokeDash("part:N", title=None, scale=alt.Scale(domain=parts, range=stripes), legend=legend),
        tooltip=["unit:N", "part:N", alt.Tooltip("figure:N", title="value")],
    ).transform_filter("datum.start < datum.end")  # fmt: skip
    label_data = chart_data(labels)
    figures_beside = alt.Chart(label_data).mark_text(align="left", dx=4, fontSize=11)
    labelled = figures_beside.encode(y=y, x="end:Q", text="label:N")
    first = ", ".join(f"{name} {figures[at]}" for name, at in list(zip(names, order, strict=True))[:3])
    shown = " · ".join(filter(None, (style.text("ranking"), view.result.methodology, view.period)))
    unranked = [name for name, at in zip(names, order, strict=True) if not view.eligible[at]]
    below = [style.text("unranked", units=style.list_names(unranked))] if unranked else []
    repetition = [style.text("marks_again", n=MARKS)] if len(parts) > MARKS else []
    lines = [
        shown,
        *style.sentences(ends_of_ranks(view.result.definition, view.tree)),
        *style.legend(bool(view.imputed_scores[order].any())),
        *style.first_drawn(len(order), len(view.order)),
        *below,
        *repetition,
    ]
    return style.finish(
        (bars + labelled).properties(width=520, height=LINE * len(names)),
        title=style.name(view.title),
        subtitle="\n".join(lines),
        description=f"{style.text('ranking')}: {first}",
        source=sources(view.result.definition, style.language),
    )


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


def intervals(robust: Robust, style: ChartStyle, top: int) -> Any:
    """Draw the middle 90 % of the ranks of each unit, their median, and the rank in the index."""
    alt = altair()
    ranked = robust.units.drop_nulls("median")
    frame, unranked = ranked.head(top), robust.units.filter(pl.col("median").is_null())
    unit = str(robust.definition.data.unit)
    reader = reader_names(robust.units, robust.definition.data, style.language)
    name_of = dict(zip(robust.units[unit], reader, strict=True))

    def labelled(units: pl.DataFrame) -> list[str]:
        return distinct_names([clean(name_of[key]) for key in units[unit]], [clean(key) for key in units[unit]])

    names = labelled(frame)
    data = [
        {"unit": name, **{key: row[key] for key in ("rank", "lower", "median", "upper")}}
        for name, row in zip(names, frame.iter_rows(named=True), strict=True)
    ]
    y = alt.Y("unit:N", sort=names, title=None)
    base = alt.Chart(chart_data(data)).encode(y=y, tooltip=["unit:N", "rank:Q", "lower:Q", "median:Q", "upper:Q"])
    last = max((int(interval["upper"]) for interval in data), default=1)
    ticks = [1, *range(5, last + 1, 5 * max(1, last // 50))]
    axis = alt.Axis(values=ticks)
    x = alt.X("lower:Q", title=style.text("rank"), axis=axis, scale=alt.Scale(domain=[0.5, last + 0.5], nice=False))
    line = base.mark_rule(strokeWidth=4, color=COLOURS[0]).encode(x=x, x2="upper:Q")
    tick = base.mark_tick(thickness=2, size=13, color=style["ink"]).encode(x="rank:Q")
    dot = base.mark_circle(size=42, color=style["ink"], opacity=1).encode(x="median:Q")
    choices = varied(robust, Texts.of(style.language))[style.language]
    settings: dict[str, object] = {"draws": f"{robust.draws:,}", "seed": robust.seed, "varied": choices}
    failed, runs = int(robust.failed.sum()), len(robust.failed)
    side_notes = style.first_drawn(len(frame), len(ranked))
    side_notes += [style.text("not_drawn", units=style.list_names(labelled(unranked)))] if len(unranked) else []
    side_notes += [style.text("draws_left_out", failed=f"{failed:,}", runs=f"{runs:,}")] if failed else []
    return style.finish(
        (line + tick + dot).properties(width=520, height=LINE * len(names)),
        title=text(robust.definition.name, style.language),
        subtitle="\n".join(
            [f"{style.text('intervals')} {style.text('draws', **settings)}", style.text("strip_says"), *side_notes]
        ),
        description=style.text("intervals_says", **settings),
        source=sources(robust.definition, style.language),
    )


def slope(
    slopes: Slopes,
    names: Mapping[str, str],
    style: ChartStyle,
    definition: Definition,
    kind: str,
    top: int,
    left_out: Sequence[str] = (),
) -> Any:
    """Draw a line per unit from ranking to ranking; the units that move most are coloured.

    `kind` is "periods" or "comparison". `left_out` are sentences on rankings and units without a line.
    """
    alt = altair()
    columns, heights = [clean(slopes.columns[at]) for at in slopes.drawn], slopes.heights(top)
    shown, spread = slopes.selected_units(top), slopes.spread
    lines = max(len(shown), 1 + float(np.nanmax(heights[shown], initial=0.0)))
    moved = [at for at in sorted(shown, key=lambda at: -spread[at])[:6] if spread[at] > 0]
    labelled = {at: isolate(clean(names.get(slopes.units[at], slopes.units[at]))) for at in shown}
    data, ends = [], []
    for place, column in zip(slopes.drawn, columns, strict=True):
        ranked = [at for at in shown if not np.isnan(heights[at, place])]
        places = spread_labels(heights[ranked, place].tolist(), lines - 1)
        for at, free_height in zip(ranked, places, strict=True):
            height, rank = float(heights[at, place]), float(slopes.ranks[at, place])
            point = {
                "unit": slopes.units[at], "name": labelled[at], "column": column, "rank": rank, "height": height,
                "moves": at in moved,
            }  # fmt: skip
            data.append(point)
            if place in (slopes.drawn[0], slopes.drawn[-1]):
                name, first = truncate(labelled[at], _NAME, 11), place == slopes.drawn[0]
                label = f"{name} · {rank_text(rank)}" if first else f"{rank_text(rank)} · {name}"
                ends.append({**point, "label": label, "side": "left" if first else "right", "free": free_height})
    height_of_names = max(column.count(" > ") for column in columns)
    top_axis = alt.Axis(
        orient="top", labelAngle=0, labelLimit=148, labelFontSize=10, domain=False, ticks=False,
        labelExpr="split(datum.label, ' > ')",  # a line per method, as many names of methodologies begin alike
        labelPadding=4 + 12 * height_of_names,
    )  # fmt: skip
    x = alt.X("column:N", sort=columns, title=None, axis=top_axis)
    scale = alt.Scale(domain=[lines - 0.4, -0.6], nice=False)
    y = alt.Y("height:Q", scale=scale, axis=None)
    colour = alt.Color(
        "name:N",
        scale=alt.Scale(domain=[labelled[at] for at in moved], range=list(COLOURS[: len(moved)])),
        legend=None,
    )
    base = alt.Chart(chart_data(data)).encode(x=x, y=y, detail="unit:N", tooltip=["name:N", "column:N", "rank:Q"])
    steady = base.transform_filter("!datum.moves").mark_line(
        point={"color": style["soft"], "size": 20}, color=style["soft"], opacity=0.5, strokeWidth=1.2
    )
    moving = base.transform_filter("datum.moves").mark_line(point={"size": 26}, strokeWidth=2.6).encode(color=colour)
    labels = alt.Chart(chart_data(ends)).encode(x=x, y=alt.Y("free:Q", scale=scale, axis=None), text="label:N")
    leads = alt.Chart(chart_data(ends)).encode(x=x, x2="column", y=y, y2="free")  # lines from dots to labels
    layers = steady + moving
    for side, align, sign in (("left", "right", -1), ("right", "left", 1)):
        of_side = f"datum.side == '{side}'"
        layers += labels.transform_filter(of_side).mark_text(align=align, dx=sign * (_LEAD + 4), fontSize=11)
        layers += leads.transform_filter(f"{of_side} && abs(datum.height - datum.free) > 0.05").mark_rule(
            color=style["soft"], opacity=0.5, xOffset=5 * sign, x2Offset=_LEAD * sign
        )
    height = LINE * max(lines, 10)
    movers = ", ".join(f"{labelled[at]} ({rank_text(float(spread[at]))})" for at in moved[:3])
    side_notes = [style.name(sentence) for sentence in omissions(slopes, Texts.of(style.language), top)]
    return style.finish(
        layers.properties(width=150 * max(1, len(columns) - 1) + 120, height=height),
        title=text(definition.name, style.language),
        subtitle="\n".join([style.text("slope" if kind == "comparison" else kind), *side_notes, *left_out]),
        description=f"{style.text('movers')}: {movers or style.text('none')}",
        source=sources(definition, style.language),
    )


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
    measured = (
        style.text("mean_shift")
        if unit is None
        else f"{style.text('rank')}{colon}{comparison.reader_names(style.language).get(unit, unit)}"
    )
    scale = alt.Scale(reverse=unit is not None, zero=unit is None)
    upper = alt.Chart(chart_data(dots)).mark_circle(size=70, color=style["ink"], opacity=1).encode(
        x=x, y=alt.Y("value:Q", title=measured, scale=scale), tooltip=["methodology:N", "value:Q"]
    ).properties(width=width, height=160)  # fmt: skip
    lower = alt.Chart(chart_data(marks)).mark_circle(size=70, color=COLOURS[0], opacity=1).encode(
        x=x, y=alt.Y("choice:N", sort=list(names.values()), title=None, axis=alt.Axis(grid=True, labelLimit=300)),
        tooltip=["methodology:N", "choice:N"],
    ).properties(width=width, height=LINE * len(names))  # fmt: skip
    return style.finish(
        alt.vconcat(upper, lower, spacing=8),
        title=text(comparison.definition.name, style.language),
        subtitle="\n".join([style.text("specification"), *side_notes, *left_out]),
        description=style.text("specification_says"),
        source=sources(comparison.definition, style.language),
    )
