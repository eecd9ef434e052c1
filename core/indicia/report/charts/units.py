"""The chart of a single unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.definition import Leaf
from indicia.errors import DataError, join_names, suggest
from indicia.report.charts.look import COLOURS, altair, apart, rows
from indicia.report.charts.rankings import LINE, sources
from indicia.report.imputed import marked
from indicia.report.markup import number, whole

if TYPE_CHECKING:
    from indicia.report.charts.look import Look
    from indicia.report.subject import Subject


def profile(subject: Subject, look: Look, unit: str | None) -> Any:
    """Draw a dot per part on the middle half of all units, their median, and the median of the unit's peers."""
    alt = altair()
    at = row_of(subject, unit)
    strong, weak = subject.remarkable(at)
    peers = subject.within[subject.peers(at)]
    kinds = [look.said(key) for key in ("strengths", "weaknesses", "other")]
    named = [look.name(subject.called(part.id)) for part in subject.below]
    names = apart(
        [name if isinstance(part, Leaf) else name.upper() for name, part in zip(named, subject.below, strict=True)],
        [part.id for part in subject.below],
    )
    data = []
    for place, name in enumerate(names):
        values = subject.within[:, place]
        known, near = values[~np.isnan(values)], peers[:, place][~np.isnan(peers[:, place])]
        low, middle, high = np.quantile(known, [0.25, 0.5, 0.75]) if len(known) else [np.nan] * 3
        kind = kinds[0] if place in strong else kinds[1] if place in weak else kinds[2]
        figures = {
            "low": low,
            "median": middle,
            "high": high,
            "unit": values[at],
            "peers": np.median(near) if len(near) else np.nan,
        }
        figures = {key: 100 * float(one) for key, one in figures.items()}
        imputed = subject.imputed[at, place]
        shown = {"figure": marked(number(figures["unit"], 0), imputed), "mark": marked("", imputed)}
        data.append({"part": name, "kind": kind, **figures, **shown})
    y = alt.Y("part:N", sort=names, title=None)
    base = alt.Chart(rows(data)).encode(
        y=y,
        tooltip=[
            "part:N",
            alt.Tooltip("figure:N", title="unit"),
            *(alt.Tooltip(f"{one}:Q", format=".0f") for one in ("low", "median", "high", "peers")),
        ],
    )
    x = alt.X("low:Q", title=None, scale=alt.Scale(domain=[0, 100]))
    half = base.mark_bar(height=9, color=look["half"]).encode(x=x, x2="high:Q")
    median = base.mark_tick(thickness=2, size=9, color=look["ink"]).encode(x="median:Q")
    near = base.mark_point(shape="diamond", size=45, color=look["ink"], fill=look["paper"], opacity=1).encode(
        x="peers:Q"
    )
    legend = alt.Legend(orient="top")
    colours, shapes = [COLOURS[0], COLOURS[5], look["ink"]], ["triangle-up", "triangle-down", "circle"]
    dot = base.mark_point(size=80, opacity=1, filled=True).encode(
        x="unit:Q",
        color=alt.Color("kind:N", title=None, scale=alt.Scale(domain=kinds, range=colours), legend=legend),
        shape=alt.Shape("kind:N", title=None, scale=alt.Scale(domain=kinds, range=shapes), legend=legend),
    )
    some = bool(subject.imputed[at].any())
    layers = half + median + near + dot
    if some:
        layers = layers + base.mark_text(align="left", dx=7, dy=3, fontSize=13).encode(x="unit:Q", text="mark:N")
    called = look.name(subject.names[at])
    rank, value = whole(float(subject.ranks[at])), number(float(subject.scores[at]), subject.digits)
    value = marked(value, bool(subject.imputed_scores[at]))
    score = f"{look.said('rank')} {rank} · {look.said('score')} {value}"
    listed = "; ".join(
        f"{look.said(key)}: {', '.join(named[place] for place in found) or look.said('none')}"
        for key, found in (("strengths", strong), ("weaknesses", weak))
    )
    return look.finish(
        layers.properties(width=380, height=LINE * len(names)),
        title=called,
        what="\n".join([f"{look.name(subject.title)} · {score}", look.said("profile_chart_says"), *look.legend(some)]),
        about=f"{score}. {listed}. {look.said('profile_chart_says')}",
        source=sources(subject.result.definition, look.language),
    )


def row_of(subject: Subject, unit: str | None) -> int:
    """Return the row of a unit, by what the data or readers call it; the first of the ranking if none is named."""
    if unit is None:
        return subject.order[0]
    for at, (key, name) in enumerate(zip(subject.units, subject.names, strict=True)):
        if unit == key or unit in name.values():
            return at
    labels = [column for column in subject.result.definition.data.labels() if column in subject.about.columns]
    for column in labels:
        found = [at for at, label in enumerate(subject.about[column].to_list()) if label == unit]
        if len(found) > 1:
            raise DataError(
                f'"{unit}" is the label of {len(found)} units',
                remedy=f"name the unit: {join_names(subject.units[at] for at in found)}",
            )
        if found:
            return found[0]
    known = [*subject.units, *(one for name in subject.names for one in name.values())]
    raise DataError(f'"{unit}" is no unit of the data', remedy=suggest(unit, known))
