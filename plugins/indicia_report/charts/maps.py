"""Charts of all units or indicators: heat map, correlations, structure, coverage."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from indicia.definition import Leaf
from indicia_report.charts.rankings import LINE, sources
from indicia_report.charts.style import COLOURS, altair, chart_data, distinct_names
from indicia_report.imputed import with_mark
from indicia_report.marks import MARKS, mark
from indicia_report.markup import clean, number
from indicia_report.method.structure import effective_weight

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.definition import Part
    from indicia.methods import Array
    from indicia_report.charts.style import ChartStyle
    from indicia_report.period_view import PeriodView

_MAX_LABELLED = 25
"""The most columns of a map with numbers in its cells."""


def heat_map(view: PeriodView, style: ChartStyle, top: int) -> Any:
    """Draw a cell per unit and part, coloured from the lowest of all units to the highest."""
    alt = altair()
    order = view.order[:top]
    names = distinct_names([style.name(view.names[at]) for at in order], [clean(view.units[at]) for at in order])
    parts = distinct_names(
        [style.name(view.name_of(part.id)) for part in view.descendants], [part.id for part in view.descendants]
    )
    values, imputed = (100 * view.positions).tolist(), view.imputed
    data = [
        {
            "unit": name,
            "part": part,
            "value": values[at][column],
            "mark": with_mark("", imputed[at, column]),
            "figure": with_mark(number(values[at][column], 0), imputed[at, column]),
        }
        for name, at in zip(names, order, strict=True)
        for column, part in enumerate(parts)
    ]
    base = alt.Chart(chart_data(data)).encode(
        x=alt.X("part:N", sort=parts, title=None, axis=alt.Axis(orient="top", labelAngle=-60, labelLimit=180)),
        y=alt.Y("unit:N", sort=names, title=None),
        tooltip=["unit:N", "part:N", alt.Tooltip("figure:N", title="value")],
    )
    chart = base.mark_rect(stroke=style["paper"], strokeWidth=0.5).encode(
        color=alt.Color(
            "value:Q", title=None, scale=alt.Scale(scheme="cividis", domain=[0, 100]), legend=alt.Legend(orient="right")
        )
    )
    has_imputed = bool(imputed[order].any())
    if has_imputed:
        dark = alt.condition("datum.value < 50", alt.value("#ffffff"), alt.value("#000000"))
        chart = chart + base.mark_text(fontSize=12, fontWeight="bold", dy=3).encode(text="mark:N", color=dark)
    return style.finish(
        chart.properties(width=max(200, 24 * len(parts)), height=LINE * len(names)),
        title=style.name(view.title),
        subtitle="\n".join(
            [
                style.text("heat_map"),
                style.text("heat_says"),
                *style.legend(has_imputed),
                *style.first_drawn(len(order), len(view.order)),
            ]
        ),
        description=style.text("heat_says"),
        source=sources(view.result.definition, style.language),
    )


def correlation(view: PeriodView, style: ChartStyle) -> Any:
    """Draw a cell per pair of indicators, from -1 to 1."""
    alt = altair()
    names = distinct_names(
        [style.name(view.name_of(leaf.id)) for leaf in view.leaves], [leaf.id for leaf in view.leaves]
    )
    names = [*names, style.text("score")]
    correlations = view.correlations
    data = [
        {
            "first": names[row],
            "second": names[column],
            "value": float(correlations[row, column]),
            "label": number(float(correlations[row, column])),
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
        color=alt.Color("value:Q", title=None, scale=alt.Scale(scheme="purpleorange", domain=[-1, 1], reverse=True))
    )
    if len(names) <= _MAX_LABELLED:
        dark = "datum.value > 0.65 || datum.value < -0.85"  # orange is lighter than purple
        figures = base.mark_text(fontSize=9).encode(
            text="label:N", color=alt.condition(dark, alt.value("#ffffff"), alt.value("#000000"))
        )
        cells = cells + figures
    pairs = [(value, first, second) for first, second, value in _pairs(names, correlations) if value == value]
    strongest = ", ".join(
        f"{first} / {second}: {value:.2f}" for value, first, second in sorted(pairs, reverse=True)[:3]
    )
    return style.finish(
        cells.properties(width=27 * len(names), height=LINE * len(names)),
        title=style.name(view.title),
        subtitle=style.text("correlation"),
        description=f"{style.text('correlation_says')} {strongest}",
        source=sources(view.result.definition, style.language),
    )


def _pairs(names: list[str], correlations: Array) -> Iterator[tuple[str, str, float]]:
    for row, first in enumerate(names[:-1]):
        for column in range(row):
            yield first, names[column], float(correlations[row, column])


_NAME = 13
"""The least height of a box with a name, in pixels."""
_HIGHEST = 4000
"""The greatest height of a chart of the structure, in pixels; the lowest box sets a smaller height."""
_SHADES = (0.45, 0.28, 0.16, 0.08)
"""The opacities of boxes: the ninth part has the first colour in a paler shade."""


def structure(view: PeriodView, style: ChartStyle) -> Any:
    """Draw the tree from left to right; the height of a part is its effective weight, with sum 1.

    A part of several parents has a box in each; its effective weight is the sum of their heights.
    """
    alt = altair()
    weights = view.shares_in_parents
    data: list[dict[str, object]] = []

    def place(part: Part, level: int, start: float, share: float, colour: str, shade: float) -> float:
        name = style.name(view.name_of(part.id))
        data.append(
            {"name": name, "level": level, "right": level + 1, "start": start, "end": start + share, "colour": colour,
             "shade": shade, "middle": start + share / 2, "label": f"{100 * share:.1f} % {name}" if level else name,
             "share": share}
        )  # fmt: skip
        if not isinstance(part, Leaf):
            child_start = start
            for at, child in enumerate(part.components):
                hue, tone = mark(at)
                mark_of_child = (style.colours[hue], _SHADES[tone]) if level == 0 else (colour, shade)
                child_share = share * weights.get((part.id, child.id), 0.0)
                child_start = place(child, level + 1, child_start, child_share, *mark_of_child)
        return start + share

    place(view.tree, 0, 0.0, 1.0, style["half"], _SHADES[0])
    levels = 1 + max(int(str(box["level"])) for box in data)
    shares = [float(str(box["share"])) for box in data]
    height_for_names = _NAME / min(share for share in shares if share > 0)
    height = max(1.4 * LINE * len(view.leaves), 200, min(height_for_names, _HIGHEST))
    unnamed = [str(box["name"]) for box, share in zip(data, shares, strict=True) if share * height < _NAME - 1e-9]
    y = alt.Y("start:Q", axis=None, scale=alt.Scale(domain=[1, 0]))
    base = alt.Chart(chart_data(data))
    boxes = base.mark_rect(stroke=style["paper"], strokeWidth=1.5).encode(
        x=alt.X("level:Q", axis=None, scale=alt.Scale(domain=[0, levels])),
        x2="right:Q",
        y=y,
        y2="end:Q",
        color=alt.Color("colour:N", scale=None),
        opacity=alt.Opacity("shade:Q", scale=None),
        tooltip=["name:N", alt.Tooltip("share:Q", format=".2%")],
    )
    large = base.transform_filter(f"datum.share >= {(_NAME - 1e-9) / height}")  # a lower box has no room for a label
    labels = large.mark_text(align="left", baseline="middle", dx=5, limit=285, fontSize=11).encode(
        x="level:Q", y="middle:Q", text="label:N"
    )
    heaviest = ", ".join(str(box["label"]) for box in sorted(data[1:], key=lambda box: -float(str(box["share"])))[:3])
    side_notes = [style.text("unnamed", parts=style.list_names(unnamed, limit=50))] if unnamed else []
    if group := view.weights_group:
        side_notes.append(style.text("weights_of_first", group=group))
    side_notes += [style.text("colours_again", n=MARKS)] if len(view.parts) > MARKS else []
    explanation = style.text(effective_weight(view.tree))
    return style.finish(
        (boxes + labels).properties(width=300 * levels, height=height),
        title=style.name(view.title),
        subtitle="\n".join([style.text("structure"), explanation, *side_notes]),
        description=f"{explanation} {heaviest}",
    )


def coverage(view: PeriodView, style: ChartStyle) -> Any:
    """Draw a bar per indicator with the numbers of unchanged, changed, imputed and missing values."""
    alt = altair()
    result = view.result
    names = distinct_names(
        [style.name(view.name_of(leaf.id)) for leaf in view.leaves], [leaf.id for leaf in view.leaves]
    )
    cells = result.cells
    period = result.definition.data.period
    key = [result.unit, *([period] if period else []), "indicator"]
    first = cells.unique(key, keep="first", maintain_order=True)
    changed = Counter((name, before is None) for name, before in first.select("indicator", "before").iter_rows())
    raw = result.scored.raw.values
    kinds = [style.text(key) for key in ("as_measured", "changed", "filled_in", "missing")]
    data = []
    for name, leaf in zip(names, view.leaves, strict=True):
        gaps = raw[leaf.id].null_count()
        filled, altered = changed[leaf.id, True], changed[leaf.id, False]
        counts = (len(raw) - gaps - altered, altered, filled, gaps - filled)
        data += [
            {"indicator": name, "kind": kind, "values": count, "order": order}
            for order, (kind, count) in enumerate(zip(kinds, counts, strict=True))
        ]
    colours = [COLOURS[0], COLOURS[1], COLOURS[4], style["line"]]
    chart = (
        alt.Chart(chart_data(data))
        .mark_bar(height=LINE - 5)
        .encode(
            y=alt.Y("indicator:N", sort=names, title=None),
            x=alt.X("values:Q", title=style.text("present"), stack="zero", scale=alt.Scale(domain=[0, len(raw)])),
            color=alt.Color(
                "kind:N", title=None, scale=alt.Scale(domain=kinds, range=colours), legend=alt.Legend(orient="top")
            ),
            order="order:Q",
            tooltip=["indicator:N", "kind:N", "values:Q"],
        )
        .properties(width=460, height=LINE * len(names))
    )
    gaps_sentence = f"{style.text('missing')}: {sum(raw[leaf.id].null_count() for leaf in view.leaves)}"
    return style.finish(
        chart,
        title=style.name(view.title),
        subtitle=style.text("coverage"),
        description=f"{style.text('coverage_says')} {gaps_sentence}. {style.text('cells_says', n=len(cells))}",
        source=sources(view.result.definition, style.language),
    )
