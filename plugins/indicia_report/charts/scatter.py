"""The chart of a score beside a variable outside the index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.definition import text
from indicia.errors import DataError, IndiciaError, OutputError, suggest
from indicia_report.charts.highlights import highlighted_rows, number
from indicia_report.charts.measures import measure_of
from indicia_report.charts.style import ChartStyle, altair, chart_data, distinct_names
from indicia_report.markup import clean, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia_report.period_view import PeriodView

_WIDTH, _HEIGHT = 520, 400
_NAMED = 8
"""The most units far from the line that the chart names."""


def scatter(view: PeriodView, style: ChartStyle, against: str | None, part: str | None) -> Any:
    """Draw a dot for each unit with the straight line of least squares; name units far from it, or highlighted ones."""
    alt = altair()
    variable = _variable(view, against)
    spec = view.result.definition.outside.variables[variable]
    measure = measure_of(view, part)
    marked = highlighted_rows(view, style.highlight)
    x = view.result.outside_values[variable].cast(pl.Float64).filter(pl.Series(view.rows))
    across, up = x.fill_null(float("nan")).to_numpy(), measure.values
    both = np.flatnonzero(np.isfinite(across) & np.isfinite(up))
    if len(both) < 2:
        raise DataError(
            f"{len(both)} units have a score and a value of {variable}, and a scatter needs two",
            remedy="check the names of the units in its table",
        )
    names = distinct_names([style.name(name) for name in view.names], [clean(unit) for unit in view.units])
    far = [at for at in marked if at in both] or _far_from_line(across, up, both, names, style)
    data = [
        {"unit": names[at], "x": float(across[at]), "y": float(up[at]), "named": at in far}
        for at in both.tolist()
    ]  # fmt: skip
    pearson, spearman = _correlations(across[both], up[both])
    called = clean(text(spec.name, style.language, variable)) + (f" ({spec.transform})" if spec.has_transform else "")
    scale = alt.Scale(zero=False, nice=True)
    base = alt.Chart(chart_data(data)).encode(
        x=alt.X("x:Q", title=called, scale=scale),
        y=alt.Y("y:Q", title=measure.words(style), scale=scale),
        tooltip=["unit:N", alt.Tooltip("x:Q", title=called), alt.Tooltip("y:Q", title=measure.words(style))],
    )
    line = alt.Chart(chart_data(_line(across[both], up[both]))).mark_line(
        color=style["soft"], strokeDash=[5, 4], strokeWidth=1.5
    ).encode(x=alt.X("x:Q", scale=scale), y=alt.Y("y:Q", scale=scale))  # fmt: skip
    dots = base.transform_filter("!datum.named").mark_circle(
        size=42, opacity=0.5, color=style["soft"] if marked else style.positive
    )
    named = base.transform_filter("datum.named")
    if marked:
        colour = alt.Color(
            "unit:N", legend=None, scale=alt.Scale(domain=[names[at] for at in far], range=style.highlights(len(far)))
        )
        layers = line + dots + named.mark_circle(size=85, opacity=1).encode(color=colour)
    else:
        layers = line + dots + named.mark_circle(size=46, opacity=1, color=style.positive)
    middle = float(np.mean([across[both].min(), across[both].max()]))
    for side, align, test in (("right", "left", "<="), ("left", "right", ">")):
        beside = named.transform_filter(f"datum.x {test} {middle!r}").encode(text="unit:N")
        layers += style.labels(beside, align=align, dx=7 if side == "right" else -7)
    definition = view.result.definition
    units = style.units(definition, len(both), len(view.units), first=False)
    missing = int((np.isfinite(up) & ~np.isfinite(across)).sum())
    key = "chart.scatter_line_highlighted" if marked else "chart.scatter_line"
    found = style.text(
        "chart.scatter_says",
        pearson=number(pearson),
        spearman=number(spearman),
        n=len(both),
        noun=style.noun(definition),
    )
    lines = [found, style.text(key, noun=style.noun(definition))]
    lines += [style.text("chart.scatter_missing", n=missing)] if missing else []
    source = text(definition.source_for_readers(spec.source), style.language) if spec.source else ""
    return style.finish(
        layers.properties(width=_WIDTH, height=_HEIGHT),
        title=style.heading(
            "chart.title_scatter", part=measure.words(style), variable=called, units=units, at=style.at(view.period)
        ),
        subtitle="\n".join(lines),
        description=f"{found} {', '.join(names[at] for at in far)}",
        definition=definition,
        source=[source],
    )


def _variable(view: PeriodView, against: str | None) -> str:
    """Return the id of a variable by its id or name; the first by default."""
    definition = view.result.definition
    variables = definition.outside.variables
    if not variables:
        raise IndiciaError(
            "the index has no variable to compare with",
            remedy="write [outside.variables] in the index file; docs/index-file.md has an example",
        )
    names = {name: view_texts(spec.name) for name, spec in variables.items()}
    chosen = against if against in variables else None
    if against is None:
        chosen = next(iter(variables))
    chosen = chosen or next((name for name, texts in names.items() if against in texts), None)
    if chosen is None:
        raise IndiciaError(f'[outside.variables] has no "{against}"', remedy=suggest(str(against), list(variables)))
    if variables[chosen].path is None and not definition.publishes_raw_values:
        raise OutputError(
            f"the chart would hold the values of {chosen}, and the index does not publish raw values",
            remedy="raw_values = true in [publication] if they may be published",
        )
    return chosen


def view_texts(name: object) -> list[str]:
    """Return a name in all of its languages."""
    return list(name.values()) if isinstance(name, dict) else [name] if isinstance(name, str) else []


def _correlations(x: Array, y: Array) -> tuple[float, float]:
    """Return the correlations of Pearson and Spearman."""
    frame = pl.DataFrame({"x": x, "y": y})
    found = frame.select(pearson=pl.corr("x", "y"), spearman=pl.corr("x", "y", method="spearman")).row(0)
    pearson, spearman = (float("nan") if value is None else float(value) for value in found)
    return pearson, spearman


def _line(x: Array, y: Array) -> list[dict[str, object]]:
    """Return the ends of the straight line of least squares; nothing for a constant variable."""
    if np.ptp(x) == 0:
        return []
    slope, height = np.polyfit(x, y, 1)
    return [{"x": float(at), "y": float(height + slope * at)} for at in (x.min(), x.max())]


def _far_from_line(
    x: Array, y: Array, both: npt.NDArray[np.intp], names: Sequence[str], style: ChartStyle
) -> list[int]:
    """Return the units farthest from the line whose names cover no other name."""
    across, up = x[both], y[both]
    if np.ptp(across) == 0 or np.ptp(up) == 0:
        return []
    slope, height = np.polyfit(across, up, 1)
    left = _WIDTH * (across - across.min()) / np.ptp(across)
    down = _HEIGHT * (1 - (up - up.min()) / np.ptp(up))
    chosen: list[tuple[int, float, float, float]] = []
    for at in np.argsort(-np.abs(up - height - slope * across), kind="stable")[:60].tolist():
        width = width_of(names[both[at]], style.text_size) + 12
        start = left[at] if left[at] <= _WIDTH / 2 else left[at] - width
        is_free = all(
            abs(down[at] - below) > style.text_size + 3 or start > last or start + width < first
            for _, below, first, last in chosen
        )
        if is_free and len(chosen) < _NAMED:
            chosen.append((at, float(down[at]), float(start), float(start + width)))
    return [int(both[at]) for at, *_ in chosen]
