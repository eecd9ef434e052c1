"""Charts of the whole: heat map, correlations, structure, coverage."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from indicia.definition import Leaf
from indicia.report.charts.look import COLOURS, altair, apart, rows
from indicia.report.charts.rankings import LINE, sources
from indicia.report.imputed import marked
from indicia.report.marks import MARKS, mark
from indicia.report.markup import clean, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.definition import Part
    from indicia.methods import Array
    from indicia.report.charts.look import Look
    from indicia.report.subject import Subject

_TEXTS = 25
"""A map with more columns than these has no figures in its cells."""


def heat_map(subject: Subject, look: Look, top: int) -> Any:
    """Draw a cell per unit and part, from the lowest of all units to the highest."""
    alt = altair()
    order = subject.order[:top]
    names = apart([look.name(subject.names[at]) for at in order], [clean(subject.units[at]) for at in order])
    parts = apart([look.name(subject.called(part.id)) for part in subject.below], [part.id for part in subject.below])
    values, imputed = (100 * subject.within).tolist(), subject.imputed
    data = [
        {
            "unit": name,
            "part": part,
            "value": values[at][column],
            "mark": marked("", imputed[at, column]),
            "figure": marked(number(values[at][column], 0), imputed[at, column]),
        }
        for name, at in zip(names, order, strict=True)
        for column, part in enumerate(parts)
    ]
    base = alt.Chart(rows(data)).encode(
        x=alt.X("part:N", sort=parts, title=None, axis=alt.Axis(orient="top", labelAngle=-60, labelLimit=180)),
        y=alt.Y("unit:N", sort=names, title=None),
        tooltip=["unit:N", "part:N", alt.Tooltip("figure:N", title="value")],
    )
    chart = base.mark_rect(stroke=look["paper"], strokeWidth=0.5).encode(
        color=alt.Color(
            "value:Q",
            title=None,
            scale=alt.Scale(scheme="cividis", domain=[0, 100]),
            legend=alt.Legend(orient="right"),
        )
    )
    some = bool(imputed[order].any())
    if some:
        dark = alt.condition("datum.value < 50", alt.value("#ffffff"), alt.value("#000000"))
        chart = chart + base.mark_text(fontSize=12, fontWeight="bold", dy=3).encode(text="mark:N", color=dark)
    return look.finish(
        chart.properties(width=max(200, 24 * len(parts)), height=LINE * len(names)),
        title=look.name(subject.title),
        what="\n".join(
            [
                look.said("heat_map"),
                look.said("heat_says"),
                *look.legend(some),
                *look.first_drawn(len(order), len(subject.order)),
            ]
        ),
        about=look.said("heat_says"),
        source=sources(subject.result.definition, look.language),
    )


def correlation(subject: Subject, look: Look) -> Any:
    """Draw a cell per pair of indicators, from -1 to 1."""
    alt = altair()
    names = apart([look.name(subject.called(leaf.id)) for leaf in subject.leaves], [leaf.id for leaf in subject.leaves])
    names = [*names, look.said("score")]
    found = subject.correlations
    data = [
        {
            "first": names[row],
            "second": names[column],
            "value": float(found[row, column]),
            "label": number(float(found[row, column])),
        }
        for row in range(len(names))
        for column in range(len(names))
        if row != column
    ]
    base = alt.Chart(rows(data)).encode(
        x=alt.X("second:N", sort=names, title=None, axis=alt.Axis(orient="top", labelAngle=-60, labelLimit=180)),
        y=alt.Y("first:N", sort=names, title=None),
        tooltip=["first:N", "second:N", alt.Tooltip("value:Q", format=".2f")],
    )
    cells = base.mark_rect(stroke=look["paper"], strokeWidth=0.5).encode(
        color=alt.Color("value:Q", title=None, scale=alt.Scale(scheme="purpleorange", domain=[-1, 1], reverse=True))
    )
    if len(names) <= _TEXTS:
        dark = "datum.value > 0.65 || datum.value < -0.85"  # orange is lighter than purple
        figures = base.mark_text(fontSize=9).encode(
            text="label:N", color=alt.condition(dark, alt.value("#ffffff"), alt.value("#000000"))
        )
        cells = cells + figures
    pairs = [(value, first, second) for first, second, value in _pairs(names, found) if value == value]
    strongest = ", ".join(
        f"{first} / {second}: {value:.2f}" for value, first, second in sorted(pairs, reverse=True)[:3]
    )
    return look.finish(
        cells.properties(width=27 * len(names), height=LINE * len(names)),
        title=look.name(subject.title),
        what=look.said("correlation"),
        about=f"{look.said('correlation_says')} {strongest}",
        source=sources(subject.result.definition, look.language),
    )


def _pairs(names: list[str], found: Array) -> Iterator[tuple[str, str, float]]:
    for row, first in enumerate(names[:-1]):
        for column in range(row):
            yield first, names[column], float(found[row, column])


_NAME = 13
"""Pixels of a box that has room for a name."""
_HIGHEST = 4000
"""Pixels of a chart of the structure, which is as high as its lowest box needs for a name, up to so many."""
_SHADES = (0.45, 0.28, 0.16, 0.08)
"""The strength of the colour of a box: the ninth part has the first colour again, and paler."""


def structure(subject: Subject, look: Look) -> Any:
    """Draw the tree from left to right, each part as high as its effective weight."""
    alt = altair()
    effective = subject.effective
    data: list[dict[str, object]] = []

    def place(part: Part, level: int, start: float, colour: str, shade: float) -> float:
        share = 1.0 if level == 0 else effective.get(part.id, 0.0)
        called = look.name(subject.called(part.id))
        data.append(
            {"name": called, "level": level, "right": level + 1, "start": start, "end": start + share, "colour": colour,
             "shade": shade, "middle": start + share / 2, "label": f"{100 * share:.1f} % {called}" if level else called,
             "share": share}
        )  # fmt: skip
        if not isinstance(part, Leaf):
            below = start
            for at, one in enumerate(part.components):
                hue, tone = mark(at)
                own = (look.colours[hue], _SHADES[tone]) if level == 0 else (colour, shade)
                below = place(one, level + 1, below, *own)
        return start + share

    place(subject.tree, 0, 0.0, look["half"], _SHADES[0])
    levels = 1 + max(int(str(one["level"])) for one in data)
    shares = [float(str(one["share"])) for one in data]
    wanted = _NAME / min(share for share in shares if share > 0)
    height = max(1.4 * LINE * len(subject.leaves), 200, min(wanted, _HIGHEST))
    low = [str(one["name"]) for one, share in zip(data, shares, strict=True) if share * height < _NAME - 1e-9]
    y = alt.Y("start:Q", axis=None, scale=alt.Scale(domain=[1, 0]))
    base = alt.Chart(rows(data))
    boxes = base.mark_rect(stroke=look["paper"], strokeWidth=1.5).encode(
        x=alt.X("level:Q", axis=None, scale=alt.Scale(domain=[0, levels])),
        x2="right:Q",
        y=y,
        y2="end:Q",
        color=alt.Color("colour:N", scale=None),
        opacity=alt.Opacity("shade:Q", scale=None),
        tooltip=["name:N", alt.Tooltip("share:Q", format=".2%")],
    )
    large = base.transform_filter(f"datum.share >= {(_NAME - 1e-9) / height}")  # in a lower box no label can be read
    labels = large.mark_text(align="left", baseline="middle", dx=5, limit=285, fontSize=11).encode(
        x="level:Q", y="middle:Q", text="label:N"
    )
    heaviest = ", ".join(str(one["label"]) for one in sorted(data[1:], key=lambda one: -float(str(one["share"])))[:3])
    aside = [look.said("unnamed", parts=look.some(low, limit=50))] if low else []
    if group := subject.group_of_weights:
        aside.append(look.said("weights_of_first", group=group))
    aside += [look.said("colours_again", n=MARKS)] if len(subject.parts) > MARKS else []
    return look.finish(
        (boxes + labels).properties(width=300 * levels, height=height),
        title=look.name(subject.title),
        what="\n".join([look.said("structure"), look.said("structure_says"), *aside]),
        about=f"{look.said('structure_says')} {heaviest}",
    )


def coverage(subject: Subject, look: Look) -> Any:
    """Draw a bar per indicator: values as they came, changed, filled in, and missing still."""
    alt = altair()
    result = subject.result
    names = apart([look.name(subject.called(leaf.id)) for leaf in subject.leaves], [leaf.id for leaf in subject.leaves])
    cells = result.cells
    period = result.definition.data.period
    key = [result.unit, *([period] if period else []), "indicator"]
    first = cells.unique(key, keep="first", maintain_order=True)
    changed = Counter((name, before is None) for name, before in first.select("indicator", "before").iter_rows())
    raw = result.scored.raw.values
    kinds = [look.said(key) for key in ("as_measured", "changed", "filled_in", "missing")]
    data = []
    for name, leaf in zip(names, subject.leaves, strict=True):
        gaps = raw[leaf.id].null_count()
        filled, moved = changed[leaf.id, True], changed[leaf.id, False]
        counts = (len(raw) - gaps - moved, moved, filled, gaps - filled)
        data += [
            {"indicator": name, "kind": kind, "values": count, "order": order}
            for order, (kind, count) in enumerate(zip(kinds, counts, strict=True))
        ]
    colours = [COLOURS[0], COLOURS[1], COLOURS[4], look["line"]]
    chart = (
        alt.Chart(rows(data))
        .mark_bar(height=LINE - 5)
        .encode(
            y=alt.Y("indicator:N", sort=names, title=None),
            x=alt.X("values:Q", title=look.said("present"), stack="zero", scale=alt.Scale(domain=[0, len(raw)])),
            color=alt.Color(
                "kind:N", title=None, scale=alt.Scale(domain=kinds, range=colours), legend=alt.Legend(orient="top")
            ),
            order="order:Q",
            tooltip=["indicator:N", "kind:N", "values:Q"],
        )
        .properties(width=460, height=LINE * len(names))
    )
    gaps_said = f"{look.said('missing')}: {sum(raw[leaf.id].null_count() for leaf in subject.leaves)}"
    return look.finish(
        chart,
        title=look.name(subject.title),
        what=look.said("coverage"),
        about=f"{look.said('coverage_says')} {gaps_said}. {look.said('cells_says', n=len(cells))}",
        source=sources(subject.result.definition, look.language),
    )
