"""The chart of a single unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.definition import Leaf
from indicia_report.charts.highlights import UnitNames, number
from indicia_report.charts.style import ChartStyle, altair, chart_data, distinct_names, sources
from indicia_report.imputed import with_mark
from indicia_report.markup import rank_text

if TYPE_CHECKING:
    from indicia_report.period_view import PeriodView


def profile(view: PeriodView, style: ChartStyle, unit: str | None) -> Any:
    """Draw the position of a unit in each part, with middle half and median of all units and the median of peers."""
    alt = altair()
    at = row_of(view, unit)
    strong, weak = view.strengths_and_weaknesses(at)
    peers = view.positions[view.peers(at)]
    kinds = [style.text(key) for key in ("strengths", "weaknesses", "other")]
    named = [style.name(view.label_of(part.id)) for part in view.descendants]
    names = distinct_names(
        named,
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
    row = style.row_height(len(names), 7)
    dimensions = [name for name, part in zip(names, view.descendants, strict=True) if not isinstance(part, Leaf)]
    y = alt.Y("part:N", sort=names, title=None, axis=style.unit_axis(dimensions))
    base = alt.Chart(chart_data(data)).encode(
        y=y,
        tooltip=[
            "part:N",
            alt.Tooltip("figure:N", title="unit"),
            *(alt.Tooltip(f"{column}:Q", format=".0f") for column in ("low", "median", "high", "peers")),
        ],
    )
    x = alt.X("low:Q", title=None, scale=alt.Scale(domain=[0, 100]))
    half = base.mark_bar(height=0.53 * row, color=style["half"]).encode(x=x, x2="high:Q")
    median = base.mark_tick(thickness=2, size=0.53 * row, color=style["ink"]).encode(x="median:Q")
    near = base.mark_point(shape="diamond", size=45, color=style["ink"], fill=style["paper"], opacity=1).encode(
        x="peers:Q"
    )
    legend = style.top_legend(kinds)
    colours, shapes = [style.positive, style.negative, style["ink"]], ["triangle-up", "triangle-down", "circle"]
    dot = base.mark_point(size=80, opacity=1, filled=True).encode(
        x="unit:Q",
        color=alt.Color("kind:N", title=None, scale=alt.Scale(domain=kinds, range=colours), legend=legend),
        shape=alt.Shape("kind:N", title=None, scale=alt.Scale(domain=kinds, range=shapes), legend=legend),
    )
    has_imputed = bool(view.imputed[at].any())
    layers = half + median + near + dot
    if has_imputed:
        layers = layers + style.labels(base.encode(x="unit:Q", text="mark:N"), align="left", dx=7, dy=3, fontSize=13)
    called = style.name(view.names[at])
    rank, value = rank_text(float(view.ranks[at])), number(float(view.scores[at]), view.digits)
    value = with_mark(value, bool(view.imputed_scores[at]))
    score = f"{style.text('rank')} {rank} · {style.text('score')} {value}"
    listed = "; ".join(
        f"{style.text(key)}: {', '.join(named[place] for place in places) or style.text('none')}"
        for key, places in (("strengths", strong), ("weaknesses", weak))
    )
    units = style.units(view.result.definition, len(view.units), len(view.units))
    return style.finish(
        layers.properties(width=380, height=row * len(names)),
        title=style.heading("chart.title_profile", unit=called, units=units, at=style.at(view.period)),
        subtitle="\n".join([score, style.text("profile_chart_says"), *style.legend(has_imputed)]),
        description=f"{score}. {listed}. {style.text('profile_chart_says')}",
        definition=view.result.definition,
        source=sources(view.result.definition, style.language),
    )


def row_of(view: PeriodView, unit: str | None) -> int:
    """Return the row of a unit by its name in the data or for readers; None is the first of the ranking."""
    return view.order[0] if unit is None else UnitNames.of_view(view).row(unit)
