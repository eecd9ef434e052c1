"""Rankings side by side: by methodology, or by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.comparison import STANDING
from indicia.errors import IndiciaError
from indicia.report.markup import Html, number, paragraph, row, section, table, text, whole
from indicia.report.subject import LISTED, Subject
from indicia.report.words import WORDS

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
_PAIRS = 1000
"""Of more units than these, not every pair is looked at."""
_LABEL, _GAP, _LINE, _TOP = 190, 110, 17, 26


@dataclass(frozen=True)
class Slopes:
    """The ranks of units, (units, rankings), and what rankings and units are called."""

    ranks: Array
    units: list[str]
    columns: list[str]

    @classmethod
    def of_comparison(cls, comparison: Comparison) -> Slopes:
        """Return the ranks by methodology."""
        columns = [str(one.number) for one in comparison.methods]
        ranks = comparison.compared.select(pl.col(columns).cast(pl.Float64)).to_numpy()
        return cls(ranks, [str(one) for one in comparison.compared[comparison.unit]], columns)

    @classmethod
    def of_periods(cls, subject: Subject) -> Slopes | None:
        """Return the ranks by period, of a panel with several; the first, the last, and those in between."""
        result = subject.result
        period = result.definition.data.period
        if period is None or result.scored.units[period].n_unique() < 2:
            return None
        frame = result.scores.select(result.unit, period, pl.col("rank").cast(pl.Float64)).drop_nulls(period)
        periods = frame[period].unique().sort()
        if len(periods) > COLUMNS:
            periods = periods.gather(np.unique(np.linspace(0, len(periods) - 1, COLUMNS).round().astype(int)))
        names = [str(one) for one in periods.cast(pl.String)]
        units = frame.select(result.unit).unique(maintain_order=True)
        columns = [
            units.join(frame.filter(pl.col(period) == one), on=result.unit, how="left", maintain_order="left")["rank"]
            for one in periods
        ]
        ranks = np.column_stack([column.fill_null(float("nan")).to_numpy() for column in columns])
        known = ~np.isnan(ranks).all(axis=1)
        return cls(ranks[known], [str(one) for one in units[result.unit].filter(pl.Series(known))], names)

    @property
    def spread(self) -> Array:
        """How far the ranks of each unit lie apart."""
        found: Array = np.nanmax(self.ranks, axis=1) - np.nanmin(self.ranks, axis=1)
        return found

    def shown(self) -> list[int]:
        """Return the units to draw: the first by the last ranking and by the first, and those that move most."""
        if len(self.units) <= FIRST + MOVING:
            return list(range(len(self.units)))
        first = np.argsort(np.nan_to_num(self.ranks[:, 0], nan=np.inf), kind="stable")[:FIRST]
        moving = np.argsort(-self.spread, kind="stable")[:MOVING]
        return sorted({*first.tolist(), *moving.tolist()})


def slope_chart(slopes: Slopes, names: Mapping[str, Spoken], voice: Voice, labels: list[Spoken] | None = None) -> Html:
    """Draw a line per unit, from ranking to ranking; those that move most are set off."""
    ranks, shown = slopes.ranks[:, :COLUMNS], slopes.shown()
    columns = (labels or [dict.fromkeys(voice.languages, one) for one in slopes.columns])[:COLUMNS]
    places = np.full(ranks.shape, np.nan)
    for column in range(len(columns)):
        values = ranks[shown, column]
        order = np.argsort(np.nan_to_num(values, nan=np.inf), kind="stable")
        for place, at in enumerate(order):
            if not np.isnan(values[at]):
                places[shown[at], column] = place
    height = _TOP + _LINE * len(shown) + 6
    width = 2 * _LABEL + _GAP * (len(columns) - 1)
    spread = slopes.spread
    moved = sorted(shown, key=lambda at: -spread[at])[:6]
    parts: list[str] = [
        voice.label(_LABEL + _GAP * column, 14, name, _GAP - 10, 'class="mid"') for column, name in enumerate(columns)
    ]
    for at in sorted(shown, key=lambda one: one in moved):
        set_off = f" k{moved.index(at) % 8}" if at in moved and spread[at] > 0 else ""
        points = [
            (_LABEL + _GAP * column, _TOP + _LINE * places[at, column] + _LINE / 2)
            for column in range(len(columns))
            if not np.isnan(places[at, column])
        ]
        line = " ".join(f"{x:g},{y:g}" for x, y in points)
        parts.append(f'<polyline class="slope{set_off}" points="{line}"/>')
        parts.append(f'<path class="dot{set_off}" d="{"".join(f"M{x:g} {y:g}h0" for x, y in points)}"/>')
        for column, side in ((0, "end"), (len(columns) - 1, "start")):
            if not np.isnan(places[at, column]):
                x = _LABEL + _GAP * column + (-9 if side == "end" else 9)
                y = _TOP + _LINE * places[at, column] + _LINE / 2 + 4
                rank = whole(float(ranks[at, column]))
                called = {
                    one: f"{said} · {rank}" if side == "end" else f"{rank} · {said}"
                    for one, said in names[slopes.units[at]].items()
                }
                parts.append(voice.label(x, y, called, _LABEL - 14, f'class="{side}"'))
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
    called = [_called(one, voice) for one in found.methods]
    listed = "".join(f"<li>{voice.show(one)}" for one in called)
    said = [paragraph(voice.say("comparison_says", n=len(found.methods))), f"<ol>{listed}</ol>"]
    said += [paragraph(voice.show(subject.said(note)), "note") for note in found.remarks]
    try:
        measure = "Kendall’s τ-b", "kendall"
        if len(found.compared) > _PAIRS:
            measure = "Spearman’s ρ", "spearman"
        agreement = found.agreement(measure[1]).row(0)[2:]
        others = zip(called[1:], agreement, strict=True)
        alike = [{at: f"{said} {value:.2f}" for at, said in one.items()} for one, value in others if value is not None]
        each = {at: ", ".join(one[at] for one in alike) for at in voice.languages}
        said.append(paragraph(voice.say("agreement", measure=measure[0], list=each)))
    except IndiciaError:
        pass  # a measure that these ranks do not have is not what the section is about
    curve = [f"<h3>{voice.say('specification')}</h3>", paragraph(voice.say("specification_says"))]
    curve = [*curve, specification_curve(found, voice)] if len(found.methods) > 2 else []
    labels = [
        {at: f"{one.number} {said}" for at, said in spoken.items()}
        for one, spoken in zip(found.methods, called, strict=True)
    ]
    return section(
        "comparison",
        voice.say("comparison"),
        *said,
        f"<h3>{voice.say('slope')}</h3>",
        _some(slopes, voice),
        slope_chart(slopes, names, voice, labels),
        *curve,
        _ranks(slopes, names, voice, "t-comparison", voice.say("slope")),
    )


def _called(methodology: Methodology, voice: Voice) -> Spoken:
    if methodology.label == STANDING:
        return voice.said("standing")
    return dict.fromkeys(voice.languages, methodology.label)


def _some(slopes: Slopes, voice: Voice) -> str:
    every = len(slopes.shown()) == len(slopes.units)
    return "" if every else paragraph(voice.say("slope_some", first=FIRST))


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
    return table(name, headings, rows, caption=caption, numbers=range(2, len(headings) + 1))


def _names_of_all(subject: Subject) -> dict[str, Spoken]:
    """Return what readers call the units of all periods, as in the last."""
    units = subject.result.scored.units
    found: dict[str, Spoken] = {}
    column = str(subject.result.definition.data.period)
    for period in units[column].drop_nulls().unique().sort():
        one = Subject(subject.result, subject.languages, period)
        found |= dict(zip(one.units, one.names, strict=True))
    return found


def specification_curve(found: Comparison, voice: Voice) -> Html:
    """Draw how far each methodology is from the middle of all, and what it chooses."""
    frame = found.specification()
    choices = [(name, option) for name in found.choices for option in dict.fromkeys(frame[name].to_list())]
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
            for option in dict.fromkeys(frame[name].to_list()):
                y += line
                if one[name] == option:
                    marks.append(f"M{x:g} {y - 4:g}h0")
    y = curve + 30
    for name in found.choices:
        y += line
        stage = voice.show(voice.said(name), "tspan") if name in WORDS else text(name)
        parts.append(f'<text x="0" y="{y}" class="d">{stage}</text>')
        for option in dict.fromkeys(frame[name].to_list()):
            y += line
            parts.append(voice.label(12, y, dict.fromkeys(voice.languages, str(option)), label - 24))
            parts.append(f'<path class="rule" d="M{label} {y - 4}h{gap * len(frame)}"/>')
    parts.append(f'<path class="dot" d="{"".join(dots)}"/><path class="dot strong" d="{"".join(marks)}"/>')
    said = voice.plain(voice.said("specification"))
    return Html(
        f'<div class="scroll" tabindex="0" role="region" aria-label="{said}"><svg width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{said}">{"".join(parts)}</svg></div>'
    )
