"""The chart of a single unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.definition import Leaf
from indicia.errors import DataError, join_names, suggest
from indicia_report.charts.rankings import LINE, sources
from indicia_report.charts.style import COLOURS, altair, chart_data, distinct_names
from indicia_report.imputed import with_mark
from indicia_report.markup import number, rank_text

if TYPE_CHECKING:
    from indicia_report.charts.style import ChartStyle
    from indicia_report.period_view import PeriodView


def profile(view: PeriodView, style: ChartStyle, unit: str | None) -> Any:
    """Draw the position of a unit in each part, with middle half and median of all units and the median of peers."""
    alt = altair()
    at = row_of(view, unit)
    strong, weak = view.strengths_and_weaknesses(at)
    peers = view.positions[view.peers(at)]
    kinds = [style.text(key) for key in ("strengths", "weaknesses", "other")]
    named = [style.name(view.name_of(part.id)) for part in view.descendants]
    names = distinct_names(
        [name if isinstance(part, Leaf) else name.upper() for name, part in zip(named, view.descendants, strict=True)],
        [part.id for part in view.descendants],
    )
    data = []
    for place, name in enumerate(names):
        values = view.positions[:, place]
        present, near = values[~np.isnan(values)], peers[:, place][~np.isnan(peers[:, place])]
        low, middle, high = np.quantile(present, [0.25, 0.5, 0.75]) if len(present) else [np.nan] * 3
        kind = kinds[0] if place in strong else kinds[1] if place in weak else kinds[2]
        figures = {
            "low": low,
            "median": middle,
            "high": high,
            "unit": values[at],
            "peers": np.median(near) if len(near) else np.nan,
        }
        figures = {key: 100 * float(value) for key, value in figures.items()}
        imputed = view.imputed[at, place]
        shown = {"figure": with_mark(number(figures["unit"], 0), imputed), "mark": with_mark("", imputed)}
        data.append({"part": name, "kind": kind, **figures, **shown})
    y = alt.Y("part:N", sort=names, title=None)
    base = alt.Chart(chart_data(data)).encode(
        y=y,
        tooltip=[
            "part:N",
            alt.Tooltip("figure:N", title="unit"),
            *(alt.Tooltip(f"{column}:Q", format=".0f") for column in ("low", "median", "high", "peers")),
        ],
    )
    x = alt.X("low:Q", title=None, scale=alt.Scale(domain=[0, 100]))
    half = base.mark_bar(height=9, color=style["half"]).encode(x=x, x2="high:Q")
    median = base.mark_tick(thickness=2, size=9, color=style["ink"]).encode(x="median:Q")
    near = base.mark_point(shape="diamond", size=45, color=style["ink"], fill=style["paper"], opacity=1).encode(
        x="peers:Q"
    )
    legend = alt.Legend(orient="top")
    colours, shapes = [COLOURS[0], COLOURS[5], style["ink"]], ["triangle-up", "triangle-down", "circle"]
    dot = base.mark_point(size=80, opacity=1, filled=True).encode(
        x="unit:Q",
        color=alt.Color("kind:N", title=None, scale=alt.Scale(domain=kinds, range=colours), legend=legend),
        shape=alt.Shape("kind:N", title=None, scale=alt.Scale(domain=kinds, range=shapes), legend=legend),
    )
    has_imputed = bool(view.imputed[at].any())
    layers = half + median + near + dot
    if has_imputed:
        layers = layers + base.mark_text(align="left", dx=7, dy=3, fontSize=13).encode(x="unit:Q", text="mark:N")
    called = style.name(view.names[at])
    rank, value = rank_text(float(view.ranks[at])), number(float(view.scores[at]), view.digits)
    value = with_mark(value, bool(view.imputed_scores[at]))
    score = f"{style.text('rank')} {rank} · {style.text('score')} {value}"
    listed = "; ".join(
        f"{style.text(key)}: {', '.join(named[place] for place in places) or style.text('none')}"
        for key, places in (("strengths", strong), ("weaknesses", weak))
    )
    return style.finish(
        layers.properties(width=380, height=LINE * len(names)),
        title=called,
        subtitle="\n".join(
            [f"{style.name(view.title)} · {score}", style.text("profile_chart_says"), *style.legend(has_imputed)]
        ),
        description=f"{score}. {listed}. {style.text('profile_chart_says')}",
        source=sources(view.result.definition, style.language),
    )


def row_of(view: PeriodView, unit: str | None) -> int:
    """Return the row of a unit by its name in the data or for readers; None is the first of the ranking."""
    if unit is None:
        return view.order[0]
    for at, (key, name) in enumerate(zip(view.units, view.names, strict=True)):
        if unit == key or unit in name.values():
            return at
    labels = [column for column in view.result.definition.data.labels() if column in view.labels.columns]
    for column in labels:
        rows_of_label = [at for at, label in enumerate(view.labels[column].to_list()) if label == unit]
        if len(rows_of_label) > 1:
            raise DataError(
                f'"{unit}" is the label of {len(rows_of_label)} units',
                remedy=f"name the unit: {join_names(view.units[at] for at in rows_of_label)}",
            )
        if rows_of_label:
            return rows_of_label[0]
    names = [*view.units, *(text for name in view.names for text in name.values())]
    raise DataError(f'"{unit}" is no unit of the data', remedy=suggest(unit, names))
