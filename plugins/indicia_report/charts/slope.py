"""The chart of several rankings: a line for each unit from ranking to ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from indicia_report.charts.highlights import UnitNames
from indicia_report.charts.style import altair, chart_data, sources
from indicia_report.markup import Texts, clean, isolate, rank_text, truncate
from indicia_report.slopes import omissions, spread_labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.definition import Definition
    from indicia_report.charts.style import ChartStyle
    from indicia_report.slopes import Slopes

_NAME, _LEAD = 200, 20
"""The pixels of a name beside a slope chart, and of the gap between name and dots."""


def slope(
    slopes: Slopes,
    names: Mapping[str, str],
    style: ChartStyle,
    definition: Definition,
    title: str,
    top: int,
    left_out: Sequence[str] = (),
) -> Any:
    """Draw a line per unit from ranking to ranking; the units that move most, or those to highlight, are coloured.

    `left_out` are sentences on rankings and units without a line.
    """
    alt = altair()
    columns, heights = [clean(slopes.columns[at]) for at in slopes.drawn], slopes.heights(top)
    marked = UnitNames(slopes.units, [[names.get(unit, unit)] for unit in slopes.units], {}).rows(style.highlight)
    shown, spread = sorted({*slopes.selected_units(top), *marked}), slopes.spread
    lines = max(len(shown), 1 + float(np.nanmax(heights[shown], initial=0.0)))
    moved = marked or [at for at in sorted(shown, key=lambda at: -spread[at])[:6] if spread[at] > 0]
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
                name, first = truncate(labelled[at], _NAME, style.text_size), place == slopes.drawn[0]
                label = f"{name} · {rank_text(rank)}" if first else f"{rank_text(rank)} · {name}"
                ends.append({**point, "label": label, "side": "left" if first else "right", "free": free_height})
    height_of_names = max(column.count(" > ") for column in columns)
    top_axis = alt.Axis(
        orient="top", labelAngle=0, labelLimit=148, labelFontSize=style.text_size - 1, domain=False, ticks=False,
        labelExpr="split(datum.label, ' > ')",  # a line per method, as many names of methodologies begin alike
        labelPadding=4 + 12 * height_of_names, grid=False,
    )  # fmt: skip
    x = alt.X("column:N", sort=columns, title=None, axis=top_axis)
    scale = alt.Scale(domain=[lines - 0.4, -0.6], nice=False)
    y = alt.Y("height:Q", scale=scale, axis=None)
    domain = [labelled[at] for at in moved]
    colour = alt.Color("name:N", scale=alt.Scale(domain=domain, range=style.highlights(len(moved))), legend=None)
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
        for moves in ("datum.moves", "!datum.moves"):
            layers += labels.transform_filter(f"{of_side} && {moves}").mark_text(
                align=align, dx=sign * (_LEAD + 4), fontSize=style.text_size,
                fontWeight="bold" if marked and moves == "datum.moves" else "normal",
            )  # fmt: skip
        layers += leads.transform_filter(f"{of_side} && abs(datum.height - datum.free) > 0.05").mark_rule(
            color=style["soft"], opacity=0.5, xOffset=5 * sign, x2Offset=_LEAD * sign
        )
    movers = ", ".join(f"{labelled[at]} ({rank_text(float(spread[at]))})" for at in moved[:3])
    side_notes = [style.name(sentence) for sentence in omissions(slopes, Texts.of(style.language), top)]
    row = style.row_height(round(max(lines, 10)), len(side_notes) + len(left_out) + 3)
    return style.finish(
        layers.properties(width=150 * max(1, len(columns) - 1) + 120, height=row * max(lines, 10)),
        title=title,
        subtitle="\n".join([*side_notes, *left_out]),
        description=f"{style.text('movers')}: {movers or style.text('none')}",
        definition=definition,
        reflows=False,
        source=sources(definition, style.language),
    )


def title_of_slope(
    style: ChartStyle, key: str, definition: Definition, slopes: Slopes, top: int, **words: object
) -> str:
    """Return the title with the number of units drawn."""
    drawn = len(slopes.selected_units(top))
    units = style.units(definition, drawn, len(slopes.units), first=False)
    return style.heading(key, units=units, **words)
