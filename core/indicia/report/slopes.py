"""Rankings side by side: by methodology, or by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.comparison import STANDING
from indicia.definition import text as text_of
from indicia.errors import IndiciaError
from indicia.report.markup import Html, inert, number, paragraph, row, section, table, whole, width_of
from indicia.report.subject import LISTED, Subject
from indicia.report.words import WORDS
from indicia.tables.written import written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.comparison import Comparison, Methodology
    from indicia.methods import Array
    from indicia.notes import Spoken
    from indicia.report.markup import Voice

COLUMNS = 8
"""A slope chart with more rankings than these cannot be read."""
FIRST, MOVING = 25, 15
"""How many units a slope chart shows: the first, and those that move most."""
_BELOW = MOVING + 5
"""Lines for the ranks after the first."""
_FIT = 14
"""A table of more columns is printed small."""
_PAIRS = 1000
"""Of more units than these, not every pair is looked at."""
_LABEL, _GAP, _LINE, _TOP, _LEAD = 226, 110, 17, 26, 20


@dataclass(frozen=True)
class Slopes:
    """The ranks of units, (units, rankings), and what rankings and units are called."""

    ranks: Array
    units: list[str]
    columns: list[str]
    drawn: list[int]
    """The rankings of a chart: all, the first of many methodologies, or periods evenly apart."""
    standing: int = 0
    """The ranking whose first units a chart shows."""
    unranked: tuple[str, ...] = ()
    """The units that no ranking has, and that are not drawn."""

    @classmethod
    def of_comparison(cls, comparison: Comparison) -> Slopes:
        """Return the ranks by methodology."""
        columns = [str(one.number) for one in comparison.methods]
        ranks = comparison.compared.select(pl.col(columns).cast(pl.Float64)).to_numpy()
        drawn = list(range(min(len(columns), COLUMNS)))
        return cls(ranks, [str(one) for one in comparison.compared[comparison.unit]], columns, drawn)

    @classmethod
    def of_periods(cls, subject: Subject) -> Slopes | None:
        """Return the ranks by period, of a panel with several."""
        result = subject.result
        period = result.definition.data.period
        if period is None or result.scored.units[period].n_unique() < 2:
            return None
        frame = result.scores.select(result.unit, period, pl.col("rank").cast(pl.Float64)).drop_nulls(period)
        periods = frame[period].unique().sort()
        drawn = np.unique(np.linspace(0, len(periods) - 1, min(len(periods), COLUMNS)).round().astype(int)).tolist()
        names = periods.to_frame().select(written(period, periods.dtype)).to_series().to_list()
        units = frame.select(result.unit).unique(maintain_order=True)
        columns = [
            units.join(frame.filter(pl.col(period) == one), on=result.unit, how="left", maintain_order="left")["rank"]
            for one in periods
        ]
        ranks = np.column_stack([column.fill_null(float("nan")).to_numpy() for column in columns])
        known = ~np.isnan(ranks).all(axis=1)
        standing = names.index(str(subject.period))
        named = [str(one) for one in units[result.unit]]
        ranked = [unit for unit, has_rank in zip(named, known, strict=True) if has_rank]
        unranked = tuple(unit for unit, has_rank in zip(named, known, strict=True) if not has_rank)
        return cls(ranks[known], ranked, names, drawn, standing, unranked)

    @property
    def spread(self) -> Array:
        """How far the ranks of each unit lie apart."""
        found: Array = np.nanmax(self.ranks, axis=1) - np.nanmin(self.ranks, axis=1)
        return found

    def shown(self, top: int = FIRST) -> list[int]:
        """Return the units to draw: the first, and those that move most."""
        if len(self.units) <= top + MOVING:
            return list(range(len(self.units)))
        first = np.argsort(np.nan_to_num(self.ranks[:, self.standing], nan=np.inf), kind="stable")[:top]
        moving = np.argsort(-self.spread, kind="stable")[:MOVING]
        return sorted({*first.tolist(), *moving.tolist()})

    def heights(self, top: int = FIRST) -> Array:
        """Return where the ranks stand, in lines from the top: the first a line apart, the others closer.

        A rank has one height in all rankings, so that a line falls as far as its unit does.
        """
        last = float(np.nanmax(self.ranks, initial=1.0))
        close = min(1.0, _BELOW / (last - top)) if last > top and len(self.units) > top + MOVING else 1.0
        found: Array = np.where(self.ranks > top, top + close * (self.ranks - top), self.ranks) - 1
        return found


def spaced(wanted: list[float], last: float) -> list[float]:
    """Return the heights of labels that must not overlap, in lines: as near as can be to those that are wanted.

    >>> spaced([3, 0, 5, 3], 9)
    [2.5, 0.0, 5.0, 3.5]
    >>> spaced([9, 9, 8], 9)
    [8.0, 9.0, 7.0]
    """
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    runs: list[list[float]] = []  # labels that touch, by the heights that the first of each run would have
    for place, at in enumerate(order):
        runs.append([wanted[at] - place])
        while len(runs) > 1 and np.mean(runs[-2]) > np.mean(runs[-1]):
            touching = runs.pop()
            runs[-1] += touching
    free = float(last) - len(order) + 1
    firsts = [min(max(0.0, float(np.mean(run))), free) for run in runs for _ in run]
    found = dict(zip(order, (first + place for place, first in enumerate(firsts)), strict=True))
    return [found[at] for at in range(len(wanted))]


def slope_chart(slopes: Slopes, names: Mapping[str, Spoken], voice: Voice, labels: list[Spoken] | None = None) -> Html:
    """Draw a line per unit, from ranking to ranking; those that move most are set off."""
    shown, spread = slopes.shown(), slopes.spread
    ranks, places = slopes.ranks[:, slopes.drawn], slopes.heights()[:, slopes.drawn]
    every = labels or [dict.fromkeys(voice.languages, one) for one in slopes.columns]
    columns = [every[at] for at in slopes.drawn]
    lines = max(len(shown), 1 + float(np.nanmax(places[shown], initial=0.0)))
    heights, height = _TOP + _LINE * (places + 0.5), _TOP + _LINE * lines + 6
    widest = max((width_of(said) for at in shown for said in names[slopes.units[at]].values()), default=0.0)
    side = min(_LABEL, round(widest) + 66)
    width = 2 * side + _GAP * (len(columns) - 1)
    moved = sorted(shown, key=lambda at: -spread[at])[:6]
    parts: list[str] = [
        voice.label(side + _GAP * column, 14, name, _GAP - 10, 'class="mid"') for column, name in enumerate(columns)
    ]
    for at in sorted(shown, key=lambda one: one in moved):
        set_off = f" k{moved.index(at) % 8}" if at in moved and spread[at] > 0 else ""
        points = [
            (side + _GAP * column, heights[at, column])
            for column in range(len(columns))
            if not np.isnan(heights[at, column])
        ]
        line = " ".join(f"{x:g},{y:.1f}" for x, y in points)
        parts.append(f'<polyline class="slope{set_off}" points="{line}"/>')
        parts.append(f'<path class="dot{set_off}" d="{"".join(f"M{x:g} {y:.1f}h0" for x, y in points)}"/>')
    for column, anchor, way in ((0, "end", -1), (len(columns) - 1, "start", 1)):
        known = [at for at in shown if not np.isnan(heights[at, column])]
        room, edge = spaced(places[known, column].tolist(), lines - 1), side + _GAP * column
        for at, free in zip(known, room, strict=True):
            y, rank = _TOP + _LINE * (free + 0.5), whole(float(ranks[at, column]))
            if abs(y - heights[at, column]) > 1:
                lead = f"M{edge + 5 * way} {heights[at, column]:.1f}L{edge + (_LEAD - 2) * way} {y:.1f}"
                parts.append(f'<path class="lead" d="{lead}"/>')
            beside = f"{{}} · {rank}" if anchor == "end" else f"{rank} · {{}}"
            label = names[slopes.units[at]], side - _LEAD - 2, f'class="{anchor}"', beside
            parts.append(voice.label(edge + _LEAD * way, y + 4, *label))
    return Html(
        f'<div class="scroll" tabindex="0" role="region" aria-label="{voice.plain(voice.said("slope"))}">'
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{voice.plain(voice.said("slope"))}">{"".join(parts)}</svg></div>'
    )


def periods(subject: Subject, slopes: Slopes, voice: Voice) -> str:
    """Return how units move over the periods."""
    names = _names_of_all(subject)
    return section(
        "periods",
        voice.say("periods"),
        _some(slopes, voice),
        slope_chart(slopes, names, voice),
        _ranks(slopes, names, voice, "t-periods", voice.say("periods")),
    )


def comparison(subject: Subject, found: Comparison, voice: Voice) -> str:
    """Return the rankings of several methodologies: slope chart, specification curve, and who moves."""
    slopes = Slopes.of_comparison(found)
    names = {unit: subject.names[at] for at, unit in enumerate(subject.units)}
    labels = [called(one, voice) for one in found.methods]
    listed = "".join(f"<li>{voice.show(one)}" for one in labels)
    says = [voice.said("comparison_says", n=len(found.methods)), *distinct_rankings(found, voice)]
    said = [paragraph(voice.show(voice.listed(says, "space"))), f"<ol>{listed}</ol>"]
    said += [paragraph(subject.noted(note, voice), "note") for note in found.notes]
    try:
        measure = "kendall" if len(found.compared) <= _PAIRS else "spearman"
        agreement = found.agreement(measure).row(0)[2:]
        others = zip(labels[1:], agreement, strict=True)
        alike = [
            {at: f"{inert(said)} {value:.2f}" for at, said in one.items()} for one, value in others if value is not None
        ]
        said.append(paragraph(voice.say("agreement", measure=voice.said(measure), list=voice.listed(alike))))
    except IndiciaError:
        pass  # a measure that these ranks do not have is not what the section is about
    curve = (
        [
            f"<h3>{voice.say('specification')}</h3>",
            paragraph(voice.say("specification_says")),
            specification_curve(found, voice),
        ]
        if len(found.methods) > 2
        else []
    )
    numbered = [
        {at: f"{one.number} {said}" for at, said in spoken.items()}
        for one, spoken in zip(found.methods, labels, strict=True)
    ]
    return section(
        "comparison",
        voice.say("comparison"),
        *said,
        f"<h3>{voice.say('slope')}</h3>",
        _some(slopes, voice),
        slope_chart(slopes, names, voice, numbered),
        *curve,
        _ranks(slopes, names, voice, "t-comparison", voice.say("slope")),
    )


def distinct_rankings(found: Comparison, voice: Voice) -> list[Spoken]:
    """Return the number of distinct rankings, where several methodologies give the same one."""
    if len(found.distinct_methods) == len(found.methods):
        return []
    if len(found.distinct_methods) == 1:
        return [voice.said("one_ranking")]
    key = "distinct_rankings_all" if found.count == "all" else "distinct_rankings"
    return [voice.said(key, n=len(found.distinct_methods))]


def called(methodology: Methodology, voice: Voice) -> Spoken:
    """Return what readers call a methodology."""
    if methodology.label == STANDING:
        return voice.said("standing")
    return dict.fromkeys(voice.languages, methodology.label)


def _some(slopes: Slopes, voice: Voice) -> str:
    some = left_aside(slopes, voice)
    return paragraph(voice.show(voice.listed([*some, voice.said("table_all")], "space"))) if some else ""


def left_aside(slopes: Slopes, voice: Voice, top: int = FIRST) -> list[Spoken]:
    """Say what a chart does not show."""
    said = []
    if len(slopes.shown(top)) < len(slopes.units):
        said.append(voice.said("slope_some", first=top))
    if len(slopes.drawn) < len(slopes.columns):
        said.append(voice.said("slope_drawn", shown=len(slopes.drawn), n=len(slopes.columns)))
    return said


def _ranks(slopes: Slopes, names: Mapping[str, Spoken], voice: Voice, name: str, caption: Html) -> Html:
    headings = [voice.say("unit"), *slopes.columns, voice.say("spread")]
    order = np.argsort(-slopes.spread, kind="stable")
    rows = [
        row(
            [
                voice.name(names[slopes.units[at]]),
                *map(whole, slopes.ranks[at].tolist()),
                whole(float(slopes.spread[at])),
            ],
            head=0,
        )
        for at in order[:LISTED]
    ]
    numbers, classes = range(2, len(headings) + 1), "wide" if len(headings) > _FIT else ""
    return table(name, headings, rows, caption=caption, numbers=numbers, classes=classes)


def _names_of_all(subject: Subject) -> dict[str, Spoken]:
    """Return what readers call the units of all periods, as in the last."""
    units = subject.result.scored.units
    found: dict[str, Spoken] = {}
    column = str(subject.result.definition.data.period)
    for period in units[column].drop_nulls().unique().sort():
        one = Subject(subject.result, subject.languages, period)
        found |= dict(zip(one.units, one.names, strict=True))
    return found


def stage(name: str, voice: Voice) -> Spoken:
    """Return what readers call what methodologies differ in."""
    key = {"indicators": "indicators_used", "dimensions": "dimensions_used"}.get(name, name)
    return voice.said(key) if key in WORDS else dict.fromkeys(voice.languages, name)


def option(found: Comparison, name: str, chosen: str | None, voice: Voice) -> Spoken:
    """Return what readers call what a methodology chooses; None is a choice that it does not make."""
    if chosen is None:
        return voice.said("none")
    without = next((one.told_apart.get(name) for one in found.methods if one.choices.get(name) == chosen), None)
    if name != "indicators" or not isinstance(without, tuple):
        return dict.fromkeys(voice.languages, chosen)
    if not without:
        return voice.said("all_of_them")
    known = found.definition.indicators
    names = [{one: text_of(known[part].name, one, part) for one in voice.languages} for part in without]
    return voice.said("indicators_without", parts=voice.listed(names))


def specification_curve(found: Comparison, voice: Voice) -> Html:
    """Draw how far each methodology is from the middle of all, and what it chooses."""
    frame = found.specification()
    choices = [(name, chosen) for name in found.choices for chosen in dict.fromkeys(frame[name].to_list())]
    label, gap, line, curve = 270, max(10, min(40, 640 // len(frame))), 17, 90
    width, height = label + gap * len(frame) + 20, curve + 38 + line * (len(choices) + len(found.choices))
    largest = max(frame["mean_shift"].to_list(), default=0.0) or 1.0
    parts = [
        f'<text x="{label - 12}" y="16" class="end">{number(largest, 1)}</text>',
        f'<text x="{label - 12}" y="{curve + 10}" class="end">0</text>',
        f'<path class="axis" d="M{label - 6} 10v{curve}h{gap * len(frame) + 6}"/>',
        voice.label(0, curve / 2 + 10, voice.said("mean_shift"), label - 50),
    ]
    dots, marks = [], []
    for place, one in enumerate(frame.iter_rows(named=True)):
        x = label + gap * place + gap / 2
        dots.append(f"M{x:g} {10 + curve * (1 - one['mean_shift'] / largest):.1f}h0")
        if gap >= 16:
            parts.append(f'<text x="{x:g}" y="{curve + 26}" class="mid">{one["methodology"]}</text>')
        y = curve + 30
        for name in found.choices:
            y += line
            for chosen in dict.fromkeys(frame[name].to_list()):
                y += line
                if one[name] == chosen:
                    marks.append(f"M{x:g} {y - 4:g}h0")
    y = curve + 30
    for name in found.choices:
        y += line
        parts.append(f'<text x="0" y="{y}" class="d">{voice.show(stage(name, voice), "tspan")}</text>')
        for chosen in dict.fromkeys(frame[name].to_list()):
            y += line
            parts.append(voice.label(12, y, option(found, name, chosen, voice), label - 24))
            parts.append(f'<path class="rule" d="M{label} {y - 4}h{gap * len(frame)}"/>')
    parts.append(f'<path class="dot" d="{"".join(dots)}"/><path class="dot strong" d="{"".join(marks)}"/>')
    said = voice.plain(voice.said("specification"))
    return Html(
        f'<div class="scroll" tabindex="0" role="region" aria-label="{said}"><svg width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{said}">{"".join(parts)}</svg></div>'
    )
