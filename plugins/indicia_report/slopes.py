"""Charts and tables of several rankings: by methodology, or by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.data.cell_text import cell_text
from indicia_compare import STANDING
from indicia_report.markup import (
    Html,
    by_language,
    number,
)
from indicia_report.words import is_message

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia.notes import Spoken
    from indicia_compare import Comparison, Methodology
    from indicia_report.markup import Texts
    from indicia_report.period_view import PeriodView

COLUMNS = 8
"""The most rankings of a slope chart."""
FIRST, MOVING = 25, 15
"""The numbers of units in a slope chart: the first units of the ranking, and the units that move most."""
_LOWER_LINES = MOVING + 5
"""The height, in lines, of the ranks after the first units."""
_MAX_KENDALL = 1000
"""The most units for Kendall's coefficient, which compares each pair of units."""


@dataclass(frozen=True)
class Slopes:
    """The ranks of units, (units, rankings), with the names of rankings and units."""

    ranks: Array
    units: list[str]
    columns: list[str]
    drawn: list[int]
    """The rankings in a chart: all rankings, the first of many methodologies, or some of many periods."""
    main: int = 0
    """The ranking whose first units a chart shows."""
    unranked: tuple[str, ...] = ()
    """The units without rank in all rankings, which are not drawn."""

    @classmethod
    def of_comparison(cls, comparison: Comparison) -> Slopes:
        """Return the ranks by methodology."""
        columns = [str(method.number) for method in comparison.methods]
        ranks = comparison.common_ranks.select(pl.col(columns).cast(pl.Float64)).to_numpy()
        drawn = list(range(min(len(columns), COLUMNS)))
        return cls(ranks, [str(unit) for unit in comparison.common_ranks[comparison.unit]], columns, drawn)

    @classmethod
    def of_periods(cls, view: PeriodView) -> Slopes | None:
        """Return the ranks by period; None for a single period."""
        result = view.result
        period = result.definition.data.period
        if period is None or result.scored.units[period].n_unique() < 2:
            return None
        frame = result.scores.select(result.unit, period, pl.col("rank").cast(pl.Float64)).drop_nulls(period)
        periods = frame[period].unique().sort()
        drawn = np.unique(np.linspace(0, len(periods) - 1, min(len(periods), COLUMNS)).round().astype(int)).tolist()
        names = periods.to_frame().select(cell_text(period, periods.dtype)).to_series().to_list()
        units = frame.select(result.unit).unique(maintain_order=True)
        columns = [
            units.join(frame.filter(pl.col(period) == at), on=result.unit, how="left", maintain_order="left")["rank"]
            for at in periods
        ]
        ranks = np.column_stack([column.fill_null(float("nan")).to_numpy() for column in columns])
        ranked = ~np.isnan(ranks).all(axis=1)
        by_rank: dict[bool, list[str]] = {True: [], False: []}
        for unit, has_rank in zip(units[result.unit], ranked.tolist(), strict=True):
            by_rank[has_rank].append(str(unit))
        return cls(ranks[ranked], by_rank[True], names, drawn, names.index(str(view.period)), tuple(by_rank[False]))

    @property
    def spread(self) -> Array:
        """The difference between the highest and the lowest rank of each unit."""
        spread: Array = np.nanmax(self.ranks, axis=1) - np.nanmin(self.ranks, axis=1)
        return spread

    def selected_units(self, top: int = FIRST) -> list[int]:
        """Return the units to draw: the first `top` units, and the units that move most."""
        if len(self.units) <= top + MOVING:
            return list(range(len(self.units)))
        first = np.argsort(np.nan_to_num(self.ranks[:, self.main], nan=np.inf), kind="stable")[:top]
        moving = np.argsort(-self.spread, kind="stable")[:MOVING]
        return sorted({*first.tolist(), *moving.tolist()})

    def heights(self, top: int = FIRST) -> Array:
        """Return the heights of the ranks in lines from the top; lines after the first `top` ranks are closer.

        A rank has the same height in all rankings, so that the slope of a line shows the change of rank.
        """
        last = float(np.nanmax(self.ranks, initial=1.0))
        close = min(1.0, _LOWER_LINES / (last - top)) if last > top and len(self.units) > top + MOVING else 1.0
        heights: Array = np.where(self.ranks > top, top + close * (self.ranks - top), self.ranks) - 1
        return heights


def spread_labels(wanted: list[float], last: float) -> list[float]:
    """Return heights of labels, in lines: as near as possible to the wanted heights, without overlaps.

    >>> spread_labels([3, 0, 5, 3], 9)
    [2.5, 0.0, 5.0, 3.5]
    >>> spread_labels([9, 9, 8], 9)
    [8.0, 9.0, 7.0]
    """
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    # Labels that touch form a run. Each label has the height of the first label of the run that would give the label
    # its wanted height. The mean of these heights minimises the squared distances of the run.
    runs: list[list[float]] = []
    for place, at in enumerate(order):
        runs.append([wanted[at] - place])
        while len(runs) > 1 and np.mean(runs[-2]) > np.mean(runs[-1]):
            touching = runs.pop()
            runs[-1] += touching
    highest_start = float(last) - len(order) + 1
    firsts = [min(max(0.0, float(np.mean(run))), highest_start) for run in runs for _ in run]
    heights = dict(zip(order, (first + place for place, first in enumerate(firsts)), strict=True))
    return [heights[at] for at in range(len(wanted))]


def distinct_rankings(compared: Comparison, texts: Texts) -> list[Spoken]:
    """Return the sentence with the number of distinct rankings, if methodologies share a ranking."""
    if len(compared.distinct_methods) == len(compared.methods):
        return []
    if len(compared.distinct_methods) == 1:
        return [texts.get("one_ranking")]
    key = "distinct_rankings_all" if compared.count == "all" else "distinct_rankings"
    return [texts.get(key, n=len(compared.distinct_methods))]


def methodology_name(methodology: Methodology, texts: Texts) -> Spoken:
    """Return the name of a methodology for readers."""
    if methodology.label == STANDING:
        return texts.get("standing")
    return by_language(methodology.name or methodology.label, texts.languages, methodology.label)


def omissions(slopes: Slopes, texts: Texts, top: int = FIRST) -> list[Spoken]:
    """Return the sentences on the units and rankings that a chart does not show."""
    sentences = []
    if len(slopes.selected_units(top)) < len(slopes.units):
        sentences.append(texts.get("slope_some", first=top))
    if len(slopes.drawn) < len(slopes.columns):
        sentences.append(texts.get("slope_drawn", shown=len(slopes.drawn), n=len(slopes.columns)))
    return sentences


def stage_name(name: str, texts: Texts) -> Spoken:
    """Return the name for readers of a stage with different choices."""
    keys = {"indicators": "indicators_used", "dimensions": "dimensions_used", "imputations": "imputations"}
    key = keys.get(name, name)
    return texts.get(key) if is_message(key) else dict.fromkeys(texts.languages, name.replace("_", " "))


def choice_name(compared: Comparison, name: str, chosen: str | None, texts: Texts) -> Spoken:
    """Return the name for readers of the choice of a methodology at a stage; None means no choice."""
    if chosen is None:
        return texts.get("none")
    with_choice = (method for method in compared.methods if method.choices.get(name) == chosen)
    left_out = next((method.identity.get(name) for method in with_choice), None)
    if name != "indicators" or not isinstance(left_out, tuple):
        return dict.fromkeys(texts.languages, chosen)
    if not left_out:
        return texts.get("all_of_them")
    specs = compared.definition.indicators
    names = [by_language(specs[part].name, texts.languages, part) for part in left_out]
    return texts.get("indicators_without", parts=texts.join(names))


def specification_curve(compared: Comparison, texts: Texts) -> Html:
    """Draw the mean shift of each methodology from the median ranks, and below it the choices of the methodology."""
    frame = compared.specification()
    choices = [(name, chosen) for name in compared.choices for chosen in dict.fromkeys(frame[name].to_list())]
    label, gap, line, curve = 270, max(10, min(40, 640 // len(frame))), 17, 90
    width, height = label + gap * len(frame) + 20, curve + 38 + line * (len(choices) + len(compared.choices))
    largest = max(frame["mean_shift"].to_list(), default=0.0) or 1.0
    parts = [
        f'<text x="{label - 12}" y="16" class="end">{number(largest, 1)}</text>',
        f'<text x="{label - 12}" y="{curve + 10}" class="end">0</text>',
        f'<path class="axis" d="M{label - 6} 10v{curve}h{gap * len(frame) + 6}"/>',
        texts.label(0, curve / 2 + 10, texts.get("mean_shift"), label - 50),
    ]
    dots, marks = [], []
    for place, point in enumerate(frame.iter_rows(named=True)):
        x = label + gap * place + gap / 2
        dots.append(f"M{x:g} {10 + curve * (1 - point['mean_shift'] / largest):.1f}h0")
        if gap >= 16:
            parts.append(f'<text x="{x:g}" y="{curve + 26}" class="mid">{point["methodology"]}</text>')
        y = curve + 30
        for name in compared.choices:
            y += line
            for chosen in dict.fromkeys(frame[name].to_list()):
                y += line
                if point[name] == chosen:
                    marks.append(f"M{x:g} {y - 4:g}h0")
    y = curve + 30
    for name in compared.choices:
        y += line
        parts.append(f'<text x="0" y="{y}" class="d">{texts.show(stage_name(name, texts), "tspan")}</text>')
        for chosen in dict.fromkeys(frame[name].to_list()):
            y += line
            parts.append(texts.label(12, y, choice_name(compared, name, chosen, texts), label - 24))
            parts.append(f'<path class="rule" d="M{label} {y - 4}h{gap * len(frame)}"/>')
    parts.append(f'<path class="dot" d="{"".join(dots)}"/><path class="dot strong" d="{"".join(marks)}"/>')
    heading = texts.attribute(texts.get("specification"))
    return Html(
        f'<div class="scroll" tabindex="0" role="region" aria-label="{heading}"><svg width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{heading}">{"".join(parts)}</svg></div>'
    )
