"""Charts of rankings: one, several side by side, or thousands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.definition import text
from indicia.errors import DataError
from indicia.report.charts.look import COLOURS, altair, apart, rows
from indicia.report.imputed import marked
from indicia.report.intervals import varied
from indicia.report.marks import MARKS, STRIPES, mark
from indicia.report.markup import Voice, clean, fitted, inert, number, whole
from indicia.report.slopes import left_aside, option, spaced, stage
from indicia.tables.names import reader_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.comparison import Comparison
    from indicia.definition import Definition
    from indicia.methods import Array
    from indicia.report.charts.look import Look
    from indicia.report.slopes import Slopes
    from indicia.report.subject import Subject
    from indicia.robustness import Robust

LINE = 17
"""Pixels of a row."""
_BESIDE, _LEAD = 200, 20
"""Pixels of a name beside a slope chart, and from there to the dots."""


def sources(definition: Definition, language: str) -> list[str]:
    """Return where the figures come from."""
    return list(dict.fromkeys(text(one.source, language) for one in definition.indicators.values() if one.source))


def ranking(subject: Subject, look: Look, top: int) -> Any:
    """Draw a bar per unit, stacked of its parts where the score is their sum.

    A part is a thick line in its colour, dashed where it has stripes: lines have dashes, and areas have none.
    """
    alt = altair()
    order = subject.order[:top]
    names = apart([look.name(subject.names[at]) for at in order], [clean(subject.units[at]) for at in order])
    added = subject.contributions
    parts = [look.name(subject.called(part.id)) for part in subject.parts] if added is not None else []
    parts = apart(parts, [part.id for part in subject.parts]) if parts else [look.said("score")]
    values = np.nan_to_num(subject.scores)[:, None] if added is None else added
    starts, ends = stacked(values)
    imputed = subject.imputed_scores[:, None] if added is None else subject.imputed_parts
    figures = {
        at: marked(number(float(subject.scores[at]), subject.digits), subject.imputed_scores[at]) for at in order
    }
    data = [
        {
            "unit": name,
            "part": part,
            "value": float(values[at, column]),
            "start": float(starts[at, column]),
            "end": float(ends[at, column]),
            "figure": marked(number(float(values[at, column]), 3), imputed[at, column]),
        }
        for name, at in zip(names, order, strict=True)
        for column, part in enumerate(parts)
    ]
    labels = [
        {
            "unit": name,
            "end": float(np.clip(values[at], 0, None).sum()),
            "label": " · ".join(one for one in (whole(float(subject.ranks[at])), figures[at]) if one != "–"),
        }
        for name, at in zip(names, order, strict=True)
    ]
    y = alt.Y("unit:N", sort=names, title=None, scale=alt.Scale(domain=names))
    marks = [mark(place) for place in range(len(parts))]
    symbols = {"orient": "top", "columns": 4, "symbolType": "stroke", "symbolStrokeWidth": 11, "symbolSize": 180}
    legend = alt.Legend(**symbols) if len(parts) > 1 else None
    colours, stripes = [look.colours[one] for one, _ in marks], [STRIPES[one] for _, one in marks]
    bars = alt.Chart(rows(data)).mark_rule(strokeWidth=LINE - 5, strokeCap="butt", x2Offset=-0.7).encode(
        y=y,
        x=alt.X("start:Q", title=look.said("score")),
        x2="end:Q",
        color=alt.Color("part:N", title=None, scale=alt.Scale(domain=parts, range=colours), legend=legend),
        strokeDash=alt.StrokeDash("part:N", title=None, scale=alt.Scale(domain=parts, range=stripes), legend=legend),
        tooltip=["unit:N", "part:N", alt.Tooltip("figure:N", title="value")],
    ).transform_filter("datum.start < datum.end")  # fmt: skip
    labelled = alt.Chart(rows(labels)).mark_text(align="left", dx=4, fontSize=11).encode(y=y, x="end:Q", text="label:N")
    first = ", ".join(f"{name} {figures[at]}" for name, at in list(zip(names, order, strict=True))[:3])
    shown = " · ".join(filter(None, (look.said("ranking"), subject.result.methodology, subject.period)))
    unranked = [name for name, at in zip(names, order, strict=True) if not subject.eligible[at]]
    below = [look.said("unranked", units=look.some(unranked))] if unranked else []
    again = [look.said("marks_again", n=MARKS)] if len(parts) > MARKS else []
    some = look.legend(bool(subject.imputed_scores[order].any()))
    return look.finish(
        (bars + labelled).properties(width=520, height=LINE * len(names)),
        title=look.name(subject.title),
        what="\n".join([shown, *some, *look.first_drawn(len(order), len(subject.order)), *below, *again]),
        about=f"{look.said('ranking')}: {first}",
        source=sources(subject.result.definition, look.language),
    )


def stacked(values: Array) -> tuple[Array, Array]:
    """Return where each part of a bar begins and ends, shape (units, parts); parts below zero stand to its left.

    >>> starts, ends = stacked(np.array([[2.0, -1.0, 3.0]]))
    >>> starts.tolist(), ends.tolist()
    ([[0.0, -1.0, 2.0]], [[2.0, 0.0, 5.0]])
    """
    known = np.nan_to_num(values)
    above, below = np.clip(known, 0, None), np.clip(known, None, 0)
    right, left = above.cumsum(axis=1), below.cumsum(axis=1)
    return np.where(known < 0, left, right - above), np.where(known < 0, left - below, right)


def intervals(robust: Robust, look: Look, top: int) -> Any:
    """Draw the middle 90 % of the ranks of each unit, their median, and the rank in the index."""
    alt = altair()
    ranked = robust.units.drop_nulls("median")
    frame, unranked = ranked.head(top), robust.units.filter(pl.col("median").is_null())
    unit = str(robust.definition.data.unit)
    reader = reader_names(robust.units, robust.definition.data, look.language)
    name_of = dict(zip(robust.units[unit], reader, strict=True))

    def called(units: pl.DataFrame) -> list[str]:
        return apart([clean(name_of[key]) for key in units[unit]], [clean(key) for key in units[unit]])

    names = called(frame)
    data = [
        {"unit": name, **{key: row[key] for key in ("rank", "lower", "median", "upper")}}
        for name, row in zip(names, frame.iter_rows(named=True), strict=True)
    ]
    y = alt.Y("unit:N", sort=names, title=None)
    base = alt.Chart(rows(data)).encode(y=y, tooltip=["unit:N", "rank:Q", "lower:Q", "median:Q", "upper:Q"])
    last = max((int(one["upper"]) for one in data), default=1)
    ticks = [1, *range(5, last + 1, 5 * max(1, last // 50))]
    axis = alt.Axis(values=ticks)
    x = alt.X("lower:Q", title=look.said("rank"), axis=axis, scale=alt.Scale(domain=[0.5, last + 0.5], nice=False))
    line = base.mark_rule(strokeWidth=4, color=COLOURS[0]).encode(x=x, x2="upper:Q")
    tick = base.mark_tick(thickness=2, size=13, color=look["ink"]).encode(x="rank:Q")
    dot = base.mark_circle(size=42, color=look["ink"], opacity=1).encode(x="median:Q")
    said = varied(robust, Voice.of(look.language))[look.language]
    how: dict[str, object] = {"draws": f"{robust.draws:,}", "seed": robust.seed, "varied": said}
    failed, runs = int(robust.failed.sum()), len(robust.failed)
    aside = look.first_drawn(len(frame), len(ranked))
    aside += [look.said("not_drawn", units=look.some(called(unranked)))] if len(unranked) else []
    aside += [look.said("draws_left_out", failed=f"{failed:,}", runs=f"{runs:,}")] if failed else []
    return look.finish(
        (line + tick + dot).properties(width=520, height=LINE * len(names)),
        title=text(robust.definition.name, look.language),
        what="\n".join([f"{look.said('intervals')} {look.said('draws', **how)}", look.said("strip_says"), *aside]),
        about=look.said("intervals_says", **how),
        source=sources(robust.definition, look.language),
    )


def slope(
    slopes: Slopes,
    names: Mapping[str, str],
    look: Look,
    definition: Definition,
    what: str,
    top: int,
    left_out: Sequence[str] = (),
) -> Any:
    """Draw a line per unit from ranking to ranking; those that move most are set off.

    `left_out` says above the chart which rankings and units are not in it.
    """
    alt = altair()
    columns, heights = [clean(slopes.columns[at]) for at in slopes.drawn], slopes.heights(top)
    shown, spread = slopes.shown(top), slopes.spread
    lines = max(len(shown), 1 + float(np.nanmax(heights[shown], initial=0.0)))
    moved = [at for at in sorted(shown, key=lambda one: -spread[one])[:6] if spread[at] > 0]
    called = {at: inert(clean(names.get(slopes.units[at], slopes.units[at]))) for at in shown}
    data, ends = [], []
    for place, column in zip(slopes.drawn, columns, strict=True):
        known = [at for at in shown if not np.isnan(heights[at, place])]
        room = spaced(heights[known, place].tolist(), lines - 1)
        for at, free in zip(known, room, strict=True):
            height, rank = float(heights[at, place]), float(slopes.ranks[at, place])
            one = {
                "unit": slopes.units[at], "name": called[at], "column": column, "rank": rank, "height": height,
                "moves": at in moved,
            }  # fmt: skip
            data.append(one)
            if place in (slopes.drawn[0], slopes.drawn[-1]):
                name, first = fitted(called[at], _BESIDE, 11), place == slopes.drawn[0]
                label = f"{name} · {whole(rank)}" if first else f"{whole(rank)} · {name}"
                ends.append({**one, "label": label, "side": "left" if first else "right", "free": free})
    height_of_names = max(column.count(" > ") for column in columns)
    top_axis = alt.Axis(
        orient="top", labelAngle=0, labelLimit=148, labelFontSize=10, domain=False, ticks=False,
        labelExpr="split(datum.label, ' > ')",  # a line per method: names of methodologies often begin alike
        labelPadding=4 + 12 * height_of_names,
    )  # fmt: skip
    x = alt.X("column:N", sort=columns, title=None, axis=top_axis)
    scale = alt.Scale(domain=[lines - 0.4, -0.6], nice=False)
    y = alt.Y("height:Q", scale=scale, axis=None)
    colour = alt.Color(
        "name:N",
        scale=alt.Scale(domain=[called[at] for at in moved], range=list(COLOURS[: len(moved)])),
        legend=None,
    )
    base = alt.Chart(rows(data)).encode(x=x, y=y, detail="unit:N", tooltip=["name:N", "column:N", "rank:Q"])
    still = base.transform_filter("!datum.moves").mark_line(
        point={"color": look["soft"], "size": 20}, color=look["soft"], opacity=0.5, strokeWidth=1.2
    )
    moving = base.transform_filter("datum.moves").mark_line(point={"size": 26}, strokeWidth=2.6).encode(color=colour)
    labels = alt.Chart(rows(ends)).encode(x=x, y=alt.Y("free:Q", scale=scale, axis=None), text="label:N")
    leads = alt.Chart(rows(ends)).encode(x=x, x2="column", y=y, y2="free")  # from a dot to where its label has room
    layers = still + moving
    for side, align, way in (("left", "right", -1), ("right", "left", 1)):
        of_side = f"datum.side == '{side}'"
        layers += labels.transform_filter(of_side).mark_text(align=align, dx=way * (_LEAD + 4), fontSize=11)
        layers += leads.transform_filter(f"{of_side} && abs(datum.height - datum.free) > 0.05").mark_rule(
            color=look["soft"], opacity=0.5, xOffset=5 * way, x2Offset=_LEAD * way
        )
    height = LINE * max(lines, 10)
    most = ", ".join(f"{called[at]} ({whole(float(spread[at]))})" for at in moved[:3])
    aside = [look.name(one) for one in left_aside(slopes, Voice.of(look.language), top)]
    return look.finish(
        layers.properties(width=150 * max(1, len(columns) - 1) + 120, height=height),
        title=text(definition.name, look.language),
        what="\n".join([look.said("slope" if what == "comparison" else what), *aside, *left_out]),
        about=f"{look.said('movers')}: {most or look.said('none')}",
        source=sources(definition, look.language),
    )


def specification(found: Comparison, unit: str | None, look: Look, left_out: Sequence[str] = ()) -> Any:
    """Draw a dot per methodology over what it chooses; `left_out` says above the chart what is not in it."""
    alt = altair()
    frame = found.specification(unit)
    measure = "mean_shift" if unit is None else "rank"
    unranked = frame[measure].null_count()
    if unranked == len(frame):
        raise DataError(
            f'no methodology ranks "{unit}"',
            remedy="name a unit that is ranked; indicia compare --show ranks lists them",
        )
    where = [look.said("unranked_in", n=unranked, all=len(frame))] if unranked else []
    methods = [str(one) for one in frame["methodology"]]
    dots = [
        {"methodology": name, "value": value} for name, value in zip(methods, frame[measure].to_list(), strict=True)
    ]
    voice, colon = Voice.of(look.language), look.said("colon")
    called = {
        (
            choice,
            chosen,
        ): f"{look.name(stage(choice, voice))}{colon}{look.name(option(found, choice, chosen, voice))}"
        for choice in found.choices
        for chosen in sorted(set(frame[choice].to_list()), key=str)
    }
    marks = [
        {"methodology": str(row["methodology"]), "choice": called[choice, row[choice]]}
        for row in frame.iter_rows(named=True)
        for choice in found.choices
    ]
    x = alt.X("methodology:N", sort=methods, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True))
    width = max(160, min(900, 26 * len(methods)))
    measured = (
        look.said("mean_shift")
        if unit is None
        else f"{look.said('rank')}{colon}{found.reader_names(look.language).get(unit, unit)}"
    )
    scale = alt.Scale(reverse=unit is not None, zero=unit is None)
    upper = alt.Chart(rows(dots)).mark_circle(size=70, color=look["ink"], opacity=1).encode(
        x=x, y=alt.Y("value:Q", title=measured, scale=scale), tooltip=["methodology:N", "value:Q"]
    ).properties(width=width, height=160)  # fmt: skip
    lower = alt.Chart(rows(marks)).mark_circle(size=70, color=COLOURS[0], opacity=1).encode(
        x=x, y=alt.Y("choice:N", sort=list(called.values()), title=None, axis=alt.Axis(grid=True, labelLimit=300)),
        tooltip=["methodology:N", "choice:N"],
    ).properties(width=width, height=LINE * len(called))  # fmt: skip
    return look.finish(
        alt.vconcat(upper, lower, spacing=8),
        title=text(found.definition.name, look.language),
        what="\n".join([look.said("specification"), *where, *left_out]),
        about=look.said("specification_says"),
        source=sources(found.definition, look.language),
    )
