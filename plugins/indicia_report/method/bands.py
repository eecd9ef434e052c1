"""The bands of the units: the limits in words, and the units of each band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.notes import Names, percentage
from indicia_report.bands import bands_of, rule_of_bands
from indicia_report.markup import figure, isolate, paragraph, row, table
from indicia_report.method.page_section import PageSection

if TYPE_CHECKING:
    from indicia_report.bands import BandsView
    from indicia_report.markup import Html, Texts
    from indicia_report.method.page_section import Shown
    from indicia_report.period_view import PeriodView

_UNITS = 12
"""The most units of a band that the page lists by name."""


@dataclass(frozen=True)
class Bands(PageSection):
    """The classes of units, with their limits and units."""

    name = "bands"
    order = 60
    heading = "bands"

    def draw(self, shown: Shown) -> str | None:
        """Return the classifications; None for an index without bands."""
        view, texts = shown.view, shown.texts
        parts = _shades(view, texts)
        counts = view.result.band_counts if view.result.definition.bands else pl.DataFrame()
        for classification in bands_of(view):
            rows = counts.filter(bands=classification.id)
            if view.period is not None:
                period = str(view.result.definition.data.period)
                rows = rows.filter(pl.col(period).cast(pl.String) == view.period)
            parts += [
                f"<h3>{texts.name(classification.name)}</h3>",
                paragraph(texts.show(rule_of_bands(classification, view, texts))),
                _table(classification, rows, view, texts),
            ]
        return "".join(parts) or None


def _shades(view: PeriodView, texts: Texts) -> list[str]:
    """Return the sentences on the shades: the best bands are yellow, or the highest if no end is the best."""
    has_best = {classification.low_is_best is not None for classification in bands_of(view)}
    keys = {True: "bands_say", False: "bands_say_ascending"}
    return [paragraph(texts.html(keys[best])) for best in sorted(has_best, reverse=True)]


def _table(classification: BandsView, counts: pl.DataFrame, view: PeriodView, texts: Texts) -> Html:
    """Return the table of the bands in the order of the ranking."""
    members: dict[int, list[int]] = {}
    for at in view.order:
        if (number := classification.numbers[at]) is not None:
            members.setdefault(number, []).append(at)
    numbered = list(enumerate(counts.select("from", "to", "units", "share").rows(), start=1))
    rows = []
    for number, (low, high, units, share) in numbered if _lowest_first(classification, view) else reversed(numbered):
        names = [view.names[at] for at in members.get(number, [])]
        listed = {
            language: Names.of((isolate(name[language]) for name in names), _UNITS).in_language(language, {})
            for language in texts.languages
        }
        cells = [
            classification.chip_of(number, texts), figure(low), figure(high), f"{units:,}", percentage(share or 0.0),
            texts.show(listed, "bdi"),
        ]  # fmt: skip
        rows.append(row(cells, head=0))
    headings = [texts.html(key) for key in ("band", "from", "to", "units_in_band", "share", "unit")]
    caption = texts.name(classification.name)
    name = f"t-bands-{list(view.result.definition.bands).index(classification.id) + 1}"
    return table(name, headings, rows, caption=caption, numbers=range(2, 6), classes="bands", search=False)


def _lowest_first(classification: BandsView, view: PeriodView) -> bool:
    """Return whether the band of the lowest figures has the first ranks; True if neither end is the best."""
    if classification.low_is_best is None:
        return True
    return classification.low_is_best == (view.result.definition.methodology.rank_from == "best")
