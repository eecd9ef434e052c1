"""The map of the scores of units."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.definition import text
from indicia.errors import DataError, IndiciaError
from indicia_report.charts.highlights import between, highlighted_rows, number
from indicia_report.charts.measures import Measure, measure_of
from indicia_report.charts.style import ChartStyle, altair, chart_data, distinct_names, sources
from indicia_report.map import DrawnMap, map_of
from indicia_report.markup import clean, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array
    from indicia_report.period_view import PeriodView

_CLASSES = 5
_DOT, _HATCH = 5, 5
"""The radius of a dot, and the distance of the lines of a hatched area, in pixels of a map 960 wide."""
_BOX, _FOOT, _PER_LINE = 14, 8, 3
"""The side of a box of the legend, its distance from the map, and the number of boxes in a line."""
_WIDTH = 720


def geography(view: PeriodView, style: ChartStyle, part: str | None) -> Any:
    """Draw the shape of each unit in the colour of its class; classes have about equal numbers of units."""
    measure = measure_of(view, part)
    drawn = _map(view)
    marked = highlighted_rows(view, style.highlight)
    values = measure.values
    limits = class_limits(values[np.isfinite(values)])
    colours = [between(style.sequential, at / max(1, len(limits) - 2)) for at in range(len(limits) - 1)]
    names = distinct_names([style.name(name) for name in view.names], [clean(unit) for unit in view.units])
    shapes: list[dict[str, object]] = []
    dots: list[dict[str, object]] = []
    hatched: list[dict[str, object]] = []
    for at, unit in enumerate(view.units):
        region = drawn.regions.get(unit)
        if region is None:
            continue
        value = float(values[at])
        is_scored = bool(np.isfinite(value))
        row = {
            "unit": names[at],
            "value": value,
            "figure": number(value, measure.digits),
            "colour": colours[class_of(value, limits)] if is_scored else style["line"],
            "edge": style["ink"] if at in marked else style["paper"],
            "width": 1.8 if at in marked else 0.6,
        }
        if region.dot:
            dots.append({**row, "x": region.dot[0], "y": region.dot[1], "edge": style["ink"]})
        else:
            shapes.append({**row, "path": region.path, "order": int(at in marked)})
            if not is_scored:
                hatched.append({"path": hatch(region.path, _HATCH)})
    shapes.sort(key=lambda row: int(str(row["order"])))  # the edges of highlighted units lie above the others
    layers = _layers(drawn, style, shapes, dots, hatched)
    layers += _labels(drawn, view, style, marked, names)
    layers += _legend(drawn, measure, limits, colours, style, has_gaps=not np.isfinite(values).all())
    absent = [names[at] for at, unit in enumerate(view.units) if unit not in drawn.regions]
    definition = view.result.definition
    number_shown = len(shapes) + len(dots)
    units = style.units(definition, number_shown, len(view.units), first=False)
    lines = [
        style.text("chart.map_classes", noun=style.noun(definition)),
        *([style.text("chart.without_shape", units=style.list_names(absent))] if absent else []),
        *([style.text("chart.map_source", source=text(drawn.source, style.language))] if drawn.source else []),
    ]
    title = text(drawn.name, style.language) if drawn.name and measure.is_index else ""
    order = np.argsort(-values, kind="stable")
    ends = [at for at in (*order[:3], *order[-3:]) if np.isfinite(values[at])]
    listed = ", ".join(f"{names[at]} {number(float(values[at]), measure.digits)}" for at in ends)
    key = "chart.title_map" if measure.is_index else "chart.title_map_of"
    return style.finish(
        layers.properties(width=_WIDTH, height=round(_WIDTH * drawn.height / drawn.width)),
        title=title or style.heading(key, part=style.name(measure.name), units=units, at=style.at(view.period)),
        subtitle="\n".join([*([style.heading(key, units=units, at=style.at(view.period))] if title else []), *lines]),
        description=listed,
        definition=definition,
        source=sources(definition, style.language),
    )


def _map(view: PeriodView) -> DrawnMap:
    result = view.result
    drawn = map_of(result.definition, result.origin, view.units)
    if drawn is None:
        raise IndiciaError(
            "the index has no map",
            remedy='write [map] path = "shapes.geojson", key = "iso3" in the index file; Indicia ships no shapes',
        )
    return drawn


def class_limits(values: Array) -> list[float]:
    """Return the limits of up to five classes with about equal numbers of values, the lowest and highest included.

    >>> [round(limit, 9) for limit in class_limits(np.arange(11.0))]
    [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    >>> class_limits(np.array([1.0, 1.0, 1.0]))
    [1.0, 1.0]

    Raises
    ------
    DataError
        If there are no values.
    """
    if not len(values):
        raise DataError("no unit of the map has a score", remedy="name a part or a period with scores")
    limits = np.unique(np.quantile(values, np.linspace(0, 1, _CLASSES + 1)))
    return [float(limits[0])] * 2 if len(limits) == 1 else [float(limit) for limit in limits]


def class_of(value: float, limits: Sequence[float]) -> int:
    """Return the class of a value; a class has its lower limit, and the last class also the upper one.

    >>> [class_of(value, [0.0, 2.0, 4.0]) for value in (0.0, 1.9, 2.0, 4.0)]
    [0, 0, 1, 1]
    """
    return int(np.clip(np.searchsorted(limits, value, side="right") - 1, 0, len(limits) - 2))


def hatch(path: str, distance: float) -> str:
    """Return parallel lines within a path of straight lines, as a path; the lines rise to the right.

    >>> hatch("M0 0l10 0 0 10-10 0z", 10)
    'M0 10L10 0'
    """
    rings = _rings(path)
    # A line that rises to the right has a constant sum of x and y (y grows downwards); along it, x - y grows.
    turned = [np.column_stack([ring[:, 0] + ring[:, 1], ring[:, 0] - ring[:, 1]]) for ring in rings]
    if not turned:
        return ""
    low, high = min(ring[:, 0].min() for ring in turned), max(ring[:, 0].max() for ring in turned)
    pieces = []
    for line in np.arange(np.ceil((low + 0.01) / distance) * distance, high, distance):
        crossings = []
        for ring in turned:
            following = np.roll(ring, -1, axis=0)
            crosses = (ring[:, 0] <= line) != (following[:, 0] <= line)
            start, end = ring[crosses], following[crosses]
            share = (line - start[:, 0]) / (end[:, 0] - start[:, 0])
            crossings += (start[:, 1] + share * (end[:, 1] - start[:, 1])).tolist()
        ends = sorted(crossings)
        for first, last in zip(ends[::2], ends[1::2], strict=False):
            x1, y1, x2, y2 = ((line + first) / 2, (line - first) / 2, (line + last) / 2, (line - last) / 2)
            pieces.append(f"M{x1:.4g} {y1:.4g}L{x2:.4g} {y2:.4g}")
    return "".join(pieces)


_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")


def _rings(path: str) -> list[Array]:
    """Return the corners of a path of `M`, relative `l` and `z`."""
    rings = []
    for piece in path.split("M")[1:]:
        numbers = np.array([float(figure) for figure in _NUMBERS.findall(piece)]).reshape(-1, 2)
        rings.append(np.cumsum(numbers, axis=0))
    return rings


def _layers(
    drawn: DrawnMap,
    style: ChartStyle,
    shapes: Sequence[dict[str, object]],
    dots: Sequence[dict[str, object]],
    hatched: Sequence[dict[str, object]],
) -> Any:
    """Draw other shapes, the shapes of the units, the hatching of units without a score, and small units as dots."""
    alt = altair()
    # the size of a point whose shape is a path in the pixels of the map
    place = {"x": alt.value(0), "y": alt.value(0), "size": alt.value({"expr": f"4 * pow({_scale(drawn)}, 2)"})}
    path = alt.Shape("path:N", scale=None, legend=None)
    tooltip = [alt.Tooltip("unit:N"), alt.Tooltip("figure:N", title=style.text("score"))]
    colour = alt.Fill("colour:N", scale=None, legend=None)
    edge = alt.Stroke("edge:N", scale=None, legend=None)
    width = alt.StrokeWidth("width:Q", scale=None, legend=None)
    others = alt.Chart(chart_data([{"path": drawn.others.path}] if drawn.others.path else []))
    background = others.mark_point(
        filled=True, color=style["half"], opacity=0.45, stroke=style["paper"], strokeWidth=0.4, tooltip=False
    ).encode(**place, shape=path)  # fmt: skip
    units = alt.Chart(chart_data(shapes)).mark_point(opacity=1).encode(
        **place, shape=path, fill=colour, stroke=edge, strokeWidth=width, tooltip=tooltip
    )  # fmt: skip
    lines = alt.Chart(chart_data(hatched)).mark_point(
        filled=False, color=style["soft"], opacity=0.9, strokeWidth=0.7, tooltip=False
    ).encode(**place, shape=path)  # fmt: skip
    size = alt.value({"expr": f"max(12, {4 * _DOT * _DOT} * pow({_scale(drawn)}, 2))"})
    small = alt.Chart(chart_data(dots)).mark_point(shape="circle", opacity=1).encode(
        **_at(drawn), size=size, fill=colour, stroke=edge, strokeWidth=width, tooltip=tooltip
    )  # fmt: skip
    return background + units + lines + small


def _scale(drawn: DrawnMap) -> str:
    """Return the expression for the pixels of the chart in a pixel of the map."""
    return f"min(width / {drawn.width}, height / {drawn.height})"


def _at(drawn: DrawnMap) -> dict[str, Any]:
    """Return the encoding of places in the pixels of the map."""
    alt = altair()
    return {axis: alt.value({"expr": f"datum.{axis} * {_scale(drawn)}"}) for axis in ("x", "y")}


def _labels(drawn: DrawnMap, view: PeriodView, style: ChartStyle, marked: Sequence[int], names: Sequence[str]) -> Any:
    """Name the highlighted units at the middle of their largest ring, or beside their dots."""
    rows = []
    for at in marked:
        region = drawn.regions.get(view.units[at])
        if region is not None:
            ring = max(region.rings, key=lambda ring: float(np.prod(np.ptp(ring, axis=0))), default=None)
            x, y = region.dot or (ring.min(axis=0) + ring.max(axis=0)) / 2  # type: ignore[union-attr]
            rows.append({"unit": names[at], "x": float(x), "y": float(y) - (12 if region.dot else 0)})
    base = altair().Chart(chart_data(rows)).encode(**_at(drawn), text="unit:N")
    return style.labels(base, fontWeight="bold")


def _legend(
    drawn: DrawnMap,
    measure: Measure,
    limits: Sequence[float],
    colours: Sequence[str],
    style: ChartStyle,
    *,
    has_gaps: bool,
) -> Any:
    """Draw a box for each class with its limits below the map, and a hatched box for units without a score."""
    alt = altair()
    decimals = measure.digits
    while decimals < 6 and len({number(limit, decimals) for limit in limits}) < len(set(limits)):
        decimals += 1
    labels = [f"{number(low, decimals)}\u2013{number(high, decimals)}" for low, high in pairwise(limits)]
    words = [*zip(labels, colours, strict=True), *([(style.text("chart.no_score"), "")] if has_gaps else [])]
    step = _BOX + 20 + max(width_of(label, style.text_size) for label, _ in words)
    boxes = [
        {
            "left": step * (place % _PER_LINE),
            "below": (_BOX + 6) * (place // _PER_LINE),
            "label": label,
            "colour": colour or style["line"],
            "hatch": not colour,
        }
        for place, (label, colour) in enumerate(words)
    ]
    foot = f"{drawn.height} * {_scale(drawn)} + {_FOOT} + datum.below"
    squares = alt.Chart(chart_data(boxes)).encode(
        x=alt.value({"expr": "datum.left"}), y=alt.value({"expr": foot}), tooltip=alt.value(None)
    )
    side = f"M0 0l{_BOX} 0 0 {_BOX}-{_BOX} 0z"
    boxed = squares.mark_point(shape=side, filled=True, size=4, opacity=1).encode(
        color=alt.Color("colour:N", scale=None, legend=None)
    )
    lined = squares.transform_filter("datum.hatch").mark_point(
        shape=hatch(side, _HATCH), filled=False, size=4, color=style["soft"], strokeWidth=0.7
    )
    texts = squares.mark_text(align="left", baseline="middle", dx=_BOX + 5, dy=_BOX / 2, fontSize=style.text_size)
    return boxed + lined + texts.encode(text="label:N")
