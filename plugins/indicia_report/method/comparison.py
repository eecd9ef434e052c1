"""Other methodologies, and what each changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indicia.defaults import AGREEMENT, ALL_PAIRS_AGREEMENT
from indicia.errors import IndiciaError
from indicia_report.markup import Html, hidden, number, paragraph, rank_text, row, table
from indicia_report.method.page_section import PageSection, failed
from indicia_report.slopes import (
    Slopes,
    choice_name,
    distinct_rankings,
    methodology_name,
    specification_curve,
    stage_name,
)

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia.notes import Spoken
    from indicia_compare import Comparison, Methodology
    from indicia_report.markup import Texts
    from indicia_report.method.page_section import Shown
    from indicia_report.period_view import PeriodView

_MAX_KENDALL = 1000
"""The most units for Kendall's coefficient, which compares each pair of units."""
_TOP = 10
"""The first units of a ranking, whose changes are counted."""
_MOVERS = 15
"""The most units in the table of those whose rank depends most on the methodology."""
_COLUMNS = 12
"""The most methodologies in the table of these units."""


@dataclass(frozen=True)
class OtherMethodologies(PageSection):
    """The variants of the index, with what each changes."""

    name = "comparison"
    order = 90
    heading = "comparison"

    def draw(self, shown: Shown) -> str | None:
        """Return the table of the methodologies; None without a comparison."""
        compared, texts = shown.dossier.compared, shown.texts
        if compared is None:
            return None
        if isinstance(compared, IndiciaError):
            return failed(compared, texts)
        return comparison(shown.view, compared.figures, texts)


def comparison(view: PeriodView, compared: Comparison, texts: Texts) -> str:
    """Return the methodologies with their agreement and movers, the units that move most, and the curve."""
    methods = _Methods(view, compared, texts)
    sentences = [texts.get("method.comparison_says", count=len(compared.methods)), *distinct_rankings(compared, texts)]
    content = [paragraph(texts.show(texts.join(sentences, "space"))), methods.table()]
    content += [paragraph(view.note_html(note, texts), "note") for note in compared.notes]
    content += [methods.units()]
    if len(compared.methods) > 2:
        content += [f"<h3>{texts.html('specification')}</h3>", paragraph(texts.html("specification_says"))]
        content += [specification_curve(compared, texts)]
    return "".join(content)


@dataclass(frozen=True)
class _Methods:
    """The methodologies of a comparison beside the index as it stands, which is the first."""

    view: PeriodView
    compared: Comparison
    texts: Texts

    @cached_property
    def slopes(self) -> Slopes:
        """The ranks of the units by methodology."""
        return Slopes.of_comparison(self.compared)

    @property
    def ranks(self) -> Array:
        """The ranks, (units, methodologies)."""
        return self.slopes.ranks

    @cached_property
    def names(self) -> dict[str, Spoken]:
        """The names of the units for readers."""
        return dict(zip(self.view.units, self.view.names, strict=True))

    @cached_property
    def measure(self) -> str:
        """The coefficient of agreement."""
        return AGREEMENT if len(self.ranks) <= _MAX_KENDALL else ALL_PAIRS_AGREEMENT

    @cached_property
    def agreement(self) -> list[float | None]:
        """The agreement of each methodology with the index as it stands; None where it is not defined."""
        try:
            return [1.0, *self.compared.agreement(self.measure).row(0)[2:]]
        except IndiciaError:
            return [None] * len(self.compared.methods)

    def table(self) -> Html:
        """Return a row for each methodology."""
        texts = self.texts
        headings = [Html("#"), texts.html("method.methodology"), texts.html("method.what_changes")]
        headings += [texts.html(self.measure), texts.html("method.ranks_changed"), texts.html("method.largest_change")]
        headings += [texts.html("method.enters_first", count=_TOP)]
        rows = []
        for place, method in enumerate(self.compared.methods):
            name = texts.name(methodology_name(method, texts))
            facts = self._facts(place) if place else ["", "", ""]
            rows.append(row([method.number, name, self._changes(method), number(self.agreement[place]), *facts], 1))
        caption = hidden(texts.html("comparison"))
        return table("t-comparison", headings, rows, caption=caption, numbers=(1, 4, 5), search=False)

    def _changes(self, method: Methodology) -> Html:
        """Return the choices in which a methodology differs from the index as it stands."""
        texts, standing = self.texts, self.compared.methods[0]
        changes = []
        for name in self.compared.choices:
            chosen = method.choices.get(name)
            if method is not standing and chosen != standing.choices.get(name):
                stage, choice = stage_name(name, texts), choice_name(self.compared, name, chosen, texts)
                changes.append(texts.join([stage, choice], "colon"))
        return texts.show(texts.join(changes, "semicolon")) if changes else Html("")

    def _facts(self, place: int) -> list[object]:
        """Return the number of changed ranks, the largest change, and the units that enter the first ten."""
        before, after = self.ranks[:, 0], self.ranks[:, place]
        change = np.abs(after - before)
        changed = int(np.nansum(change > 0))
        if not changed:
            return ["0", "", ""]
        largest = int(np.nanargmax(change))
        move = self.texts.get(
            "method.move",
            unit=self.names[self.slopes.units[largest]],
            before=rank_text(float(before[largest])),
            after=rank_text(float(after[largest])),
        )
        enters = np.flatnonzero((after <= _TOP) & ~(before <= _TOP))
        names = self.texts.join_names(self.names[self.slopes.units[at]] for at in enters.tolist())
        return [f"{changed:,}", self.texts.show(move), self.texts.show(names) if len(enters) else ""]

    def units(self) -> Html:
        """Return the ranks of the units that move most, by methodology."""
        slopes, texts = self.slopes, self.texts
        order = np.argsort(-np.nan_to_num(slopes.spread), kind="stable")[:_MOVERS]
        columns = slopes.columns[:_COLUMNS]
        rows = [
            row(
                [
                    texts.name(self.names[slopes.units[at]]),
                    *(rank_text(float(rank)) for rank in slopes.ranks[at, :_COLUMNS]),
                    rank_text(float(slopes.spread[at])),
                ],
                head=0,
            )
            for at in order.tolist()
        ]
        headings = [texts.html("unit"), *columns, texts.html("spread")]
        caption = texts.html("method.movers", count=len(rows))
        return table("t-movers", headings, rows, caption=caption, numbers=range(2, len(headings) + 1), search=False)
