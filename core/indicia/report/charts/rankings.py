"""Charts of rankings: one, several side by side, or thousands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.definition import text
from indicia.report.charts.look import COLOURS, altair, apart, rows
from indicia.report.imputed import marked
from indicia.report.intervals import varied
from indicia.report.markup import Voice, clean, fitted, inert, number, whole
from indicia.report.slopes import left_aside, option, spaced, stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.comparison import Comparison
    from indicia.definition import Definition
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
    """Draw a bar per unit, stacked of its parts where the score is their sum."""
    alt = altair()
    order = subject.order[:top]
    names = apart([look.name(subject.names[at]) for at in order], [clean(subject.units[at]) for at in order])
    added = subject.contributions
    parts = [look.name(subject.called(part.id)) for part in subject.parts] if added is not None else []
    parts = apart(parts, [part.id for part in subject.parts]) if parts else [look.said("score")]
    values = np.nan_to_num(subject.scores)[:, None] if added is None else added
    imputed = subject.imputed_scores[:, None] if added is None else subject.imputed_parts
    figures = {
        at: marked(number(float(subject.scores[at]), subject.digits), subject.imputed_scores[at]) for at in order
    }
    data = [
        {
            "unit": name,
            "part": part,
            "value": float(values[at, column]),
            "figure": marked(number(float(values[at, column]), 3), imputed[at, column]),
            "order": column,
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
    colour = alt.Color(
        "part:N",
        title=None,
        scale=alt.Scale(domain=parts, range=[look.colours[at % len(COLOURS)] for at in range(len(parts))]),
        legend=alt.Legend(orient="top", columns=4, symbolType="square") if len(parts) > 1 else None,
    )
    bars = alt.Chart(rows(data)).mark_bar(height=LINE - 5, stroke=look["paper"], strokeWidth=0.7).encode(
        y=y,
        x=alt.X("value:Q", title=look.said("score"), stack="zero"),
        color=colour,
        order=alt.Order("order:Q"),
        tooltip=["unit:N", "part:N", alt.Tooltip("figure:N", title="value")],
    )  # fmt: skip
    ends = alt.Chart(rows(labels)).mark_text(align="left", dx=4, fontSize=11).encode(y=y, x="end:Q", text="label:N")
    first = ", ".join(f"{name} {figures[at]}" for name, at in list(zip(names, order, strict=True))[:3])
    return look.finish(
        (bars + ends).properties(width=520, height=LINE * len(names)),
        title=look.name(subject.title),
        what="\n".join(
            [
                " · ".join(filter(None, (look.said("ranking"), subject.result.methodology, subject.period))),
                *look.legend(bool(subject.imputed_scores[order].any())),
            ]
        ),
        about=f"{look.said('ranking')}: {first}",
        source=sources(subject.result.definition, look.language),
    )


def intervals(robust: Robust, look: Look, top: int) -> Any:
    """Draw the middle 90 % of the ranks of each unit, their median, and the rank in the index."""
    alt = altair()
    frame = robust.units.head(top).drop_nulls("median")
    unit = str(robust.definition.data.unit)
    column = text(robust.definition.data.label, look.language) or unit
    keys = [clean(one) for one in frame[unit]]
    labels = frame[column].to_list() if column in frame.columns else keys
    names = apart([clean(label or key) for label, key in zip(labels, keys, strict=True)], keys)
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
    return look.finish(
        (line + tick + dot).properties(width=520, height=LINE * len(names)),
        title=text(robust.definition.name, look.language),
        what=f"{look.said('intervals')} {look.said('draws', **how)}\n{look.said('strip_says')}",
        about=look.said("intervals_says", **how),
        source=sources(robust.definition, look.language),
    )


def slope(slopes: Slopes, names: Mapping[str, str], look: Look, definition: Definition, what: str, top: int) -> Any:
    """Draw a line per unit from ranking to ranking; those that move most are set off."""
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
    top_axis = alt.Axis(orient="top", labelAngle=0, labelLimit=140, domain=False, ticks=False)
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
        what="\n".join([look.said("slope" if what == "comparison" else what), *aside]),
        about=f"{look.said('movers')}: {most or look.said('none')}",
        source=sources(definition, look.language),
    )


def specification(found: Comparison, unit: str | None, look: Look) -> Any:
    """Draw a dot per methodology over what it chooses."""
    alt = altair()
    frame = found.specification(unit)
    measure = "mean_shift" if unit is None else "rank"
    methods = [str(one) for one in frame["methodology"]]
    dots = [
        {"methodology": name, "value": value} for name, value in zip(methods, frame[measure].to_list(), strict=True)
    ]
    voice, colon = Voice.of(look.language), look.said("colon")
    called = {
        (
            choice,
            chosen,
        ): f"{look.name(stage(choice, voice))}{colon}{look.name(option(found, choice, str(chosen), voice))}"
        for choice in found.choices
        for chosen in sorted(set(frame[choice].to_list()), key=str)
    }
    marks = [
        {"methodology": str(row["methodology"]), "choice": called[choice, row[choice]]}
        for row in frame.iter_rows(named=True)
        for choice in found.choices
    ]
    x = alt.X("methodology:N", sort=methods, title=None, axis=alt.Axis(labelAngle=0))
    width = max(160, min(900, 26 * len(methods)))
    measured = (
        look.said("mean_shift")
        if unit is None
        else f"{look.said('rank')}{colon}{found.names(look.language).get(unit, unit)}"
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
        what=look.said("specification"),
        about=look.said("specification_says"),
        source=sources(found.definition, look.language),
    )
