"""The section on variables outside the index: a drawing for each, and the correlations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import ROOT, text
from indicia.result.outside import Correlation
from indicia_report.markup import Html, by_language, figure, hidden, number, paragraph, row, table
from indicia_report.method.page_section import PageSection

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia.notes import Spoken
    from indicia_report.markup import Texts
    from indicia_report.method.page_section import Shown
    from indicia_report.period_view import PeriodView

_WIDTH, _HEIGHT, _LEFT, _BELOW = 430, 290, 56, 36
_LABELS = 5
"""The number of dots that have the name of their unit."""
_CANDIDATES = 40
"""The number of dots from which those with a name are chosen."""
_MOST_NAMES = 30
"""The most units that a line names."""


@dataclass(frozen=True)
class Outside(PageSection):
    """The variables outside the index, and their correlations with it."""

    name = "outside"
    order = 120
    heading = "outside"

    def draw(self, shown: Shown) -> str | None:
        """Return a drawing of each variable and the correlations; None without such variables."""
        return outside(shown.view, shown.texts)


def outside(view: PeriodView, texts: Texts) -> str | None:
    """Return the variables outside the index; None without such variables."""
    names = view.result.definition.outside.variables
    if not names:
        return None
    correlations = _correlations(view)
    drawings = "".join(_figure(view, texts, name, correlations) for name in names)
    intro = paragraph(texts.html("outside_says"))
    return f'{intro}<div class="drawings">{drawings}</div>{_table(view, texts, correlations)}'


def outside_sentences(view: PeriodView, texts: Texts) -> Iterator[Html]:
    """Yield the sentences of the methodology on the variables outside the index and on neighbours."""
    names = [variable_name(view, name) for name in view.result.definition.outside.variables]
    if names:
        yield texts.html("method_outside", names=texts.join_names(names))
    pairs = view.result.neighbour_pairs
    if pairs is not None:
        yield texts.html("method_neighbours", n=f"{len(pairs.first):,}", islands=f"{len(pairs.islands):,}")


def variable_name(view: PeriodView, name: str) -> Spoken:
    """Return the name of a variable, with its transform, by language."""
    variable = view.result.definition.outside.variables[name]
    beside = f" ({variable.transform})" if variable.has_transform else ""
    return {language: text(variable.name, language, name) + beside for language in view.languages}


def _correlations(view: PeriodView) -> list[Correlation]:
    """Return the correlations in the period of the view."""
    frame, period = view.result.outside, view.result.definition.data.period
    if period is not None:
        frame = frame.filter(pl.col(period) == view.labels[period][0]).drop(period)
    return [Correlation(**facts) for facts in frame.to_dicts()]


def _figure(view: PeriodView, texts: Texts, name: str, correlations: list[Correlation]) -> str:
    facts = next(facts for facts in correlations if (facts.variable, facts.id) == (name, ROOT))
    shown = variable_name(view, name)
    sentences = [texts.get("outside_count", n=facts.n, missing=facts.missing)]
    if facts.expected is not None:
        key = "outside_contrary" if facts.as_expected is False else "outside_expected"
        sign = texts.get("positive" if facts.expected == "positive" else "negative")
        sentences.append(texts.get(key, sign=sign))
    unmatched = view.result.outside_data.unmatched.get(name, ())
    if unmatched:
        units = [dict.fromkeys(texts.languages, unit) for unit in unmatched[:_MOST_NAMES]]
        sentences.append(texts.get("outside_unmatched", n=len(unmatched), units=texts.join_names(units)))
    definition = view.result.definition
    variable = definition.outside.variables[name]
    source = by_language(definition.source_for_readers(variable.source), texts.languages, "")
    if variable.source:
        sentences.append(texts.get("outside_source", source=source))
    x = view.result.outside_values[name].filter(pl.Series(view.rows)).fill_null(np.nan).to_numpy()
    is_withheld = variable.path is None and not definition.publishes_raw_values
    if is_withheld:
        sentences.append(texts.get("outside_withheld"))
    drawing = _Scatter(view, texts, shown, x, view.scores).markup() if facts.n and not is_withheld else ""
    caption = paragraph(texts.show(texts.join(sentences, "space")), "note")
    return f"<figure><h3>{texts.name(shown)}</h3>{drawing}{caption}</figure>"


def _table(view: PeriodView, texts: Texts, correlations: list[Correlation]) -> Html:
    headings = [texts.html(key) for key in ("outside_variable", "part", "outside_n", "outside_r", "outside_rho")]
    rows = [
        row(
            [
                texts.name(variable_name(view, facts.variable)),
                texts.html("index") if facts.id == ROOT else texts.name(view.name_of(facts.id)),
                f"{facts.n:,}",
                number(facts.pearson),
                number(facts.spearman),
            ],
            head=0,
        )
        for facts in correlations
    ]
    return table("t-outside", headings, rows, caption=hidden(texts.html("outside")), numbers=(3, 4, 5))


@dataclass(frozen=True)
class _Scatter:
    """A drawing with a dot for each unit: the variable across, and the score upwards."""

    view: PeriodView
    texts: Texts
    name: Spoken
    x: Array
    y: Array

    def markup(self) -> str:
        both = np.flatnonzero(np.isfinite(self.x) & np.isfinite(self.y))
        across = _places(self.x[both], _LEFT + 8, _WIDTH - 12)
        down = _places(self.y[both], _HEIGHT - _BELOW - 8, 12)
        dots = "".join(f"M{left:.1f} {top:.1f}h0" for left, top in zip(across, down, strict=True))
        names = "".join(self._label(int(both[at]), across[at], down[at]) for at in _farthest_dots(across, down))
        title = f"{self.texts.attribute(self.name)}, {self.texts.attribute(self.texts.get('score'))}"
        return (
            f'<svg width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
            f'aria-label="{title}"><path class="axis" d="M{_LEFT} 4V{_HEIGHT - _BELOW}H{_WIDTH - 4}"/>'
            f'{self._scales(both)}<path class="dot small" d="{dots}"/>{names}</svg>'
        )

    def _scales(self, both: npt.NDArray[np.intp]) -> str:
        """Write the least and the greatest value at each axis, and the names of the axes."""
        x, y, base = self.x[both], self.y[both], _HEIGHT - _BELOW
        digits = self.view.digits
        return (
            f'<text class="end" x="{_LEFT - 4}" y="{base - 4}">{number(float(y.min()), digits)}</text>'
            f'<text class="end" x="{_LEFT - 4}" y="16">{number(float(y.max()), digits)}</text>'
            f'<text x="{_LEFT + 4}" y="{base + 14}">{figure(float(x.min()))}</text>'
            f'<text class="end" x="{_WIDTH - 8}" y="{base + 14}">{figure(float(x.max()))}</text>'
            + self.texts.label((_LEFT + _WIDTH) / 2, base + 30, self.name, _WIDTH - _LEFT, 'class="mid"')
        )

    def _label(self, at: int, left: float, top: float) -> str:
        right = left > (_LEFT + _WIDTH) / 2
        return self.texts.label(
            left - 6 if right else left + 6, top + 4, self.view.names[at], 150, f'class="tag{" end" * right}"'
        )


def _places(values: Array, first: float, last: float) -> list[float]:
    """Return the places of values between the ends of an axis."""
    low, high = float(values.min()), float(values.max())
    shares = (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
    places: list[float] = (first + (last - first) * shares).tolist()
    return places


def _farthest_dots(across: list[float], down: list[float]) -> list[int]:
    """Return the dots that are farthest from the straight line through all dots (least squares).

    A dot is left out if its name would cover that of another.
    """
    x, y = np.array(across), np.array(down)
    dx, dy = x - x.mean(), y - y.mean()
    slope = float(dx @ dy / (dx @ dx)) if (dx @ dx) > 0 else 0.0
    labelled: list[int] = []
    for at in np.argsort(-np.abs(dy - slope * dx), kind="stable")[:_CANDIDATES].tolist():
        is_free = all(abs(down[at] - down[other]) > 13 or abs(across[at] - across[other]) > 155 for other in labelled)
        if is_free and len(labelled) < _LABELS:
            labelled.append(at)
    return labelled
