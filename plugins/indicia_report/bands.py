"""The bands of the units: chips with shades from the worst band to the best, and limits in words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import isinf
from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import RANK, SCORE
from indicia.run import low_bands_are_best
from indicia_report.markup import Html, exact_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Bands
    from indicia.notes import Spoken
    from indicia_report.markup import Texts
    from indicia_report.period_view import PeriodView

_SHADES = 10
"""The shades h0 to h9 of the style sheet; the best band has the last, as the best position in the heat map has."""


@dataclass(frozen=True)
class BandsView:
    """A classification in a period, for readers."""

    id: str
    bands: Bands
    name: Spoken
    labels: Sequence[Spoken]
    """The names or numbers of the bands, from the lowest figures up."""
    numbers: Sequence[int | None]
    """The number of the band of each unit, from 1; None for a unit without a band."""
    low_is_best: bool | None
    """True if the band of the lowest figures is the best; None if no end is the best."""

    def position(self, number: int) -> float:
        """Return the position of a band from the worst, 0, to the best, 1; without a best end, from the lowest."""
        position = (number - 1) / (self.bands.count - 1)
        return 1 - position if self.low_is_best else position

    def chip_of(self, number: int, texts: Texts) -> Html:
        """Return the name of a band on its shade; a table is sorted by the number of the band."""
        shade = round(self.position(number) * (_SHADES - 1))
        return Html(f'<span class="band h{shade}" data-order={number}>{texts.name(self.labels[number - 1])}</span>')


def bands_of(view: PeriodView) -> list[BandsView]:
    """Return the classifications of a period."""
    definition, columns, views = view.result.definition, view.result.bands_of_rows, []
    for column in columns:
        bands = definition.bands[column.name]
        by_language = {language: bands.labels(language) for language in view.languages}
        labels = [{language: names[at] for language, names in by_language.items()} for at in range(bands.count)]
        place = {label: number for number, label in enumerate(bands.labels(), start=1)}
        views.append(
            BandsView(
                column.name,
                bands,
                view.name_of_bands(column.name),
                labels,
                [None if label is None else place[str(label)] for label in column.filter(pl.Series(view.rows))],
                low_bands_are_best(bands, definition, view.tree),
            )
        )
    return views


def rule_of_bands(classification: BandsView, view: PeriodView, texts: Texts) -> Spoken:
    """Return the rule of a classification in words: the figure that is classified, and the limits of the bands."""
    bands = classification.bands
    words: dict[str, object] = {"name": classification.name, "of": _subject(bands, view, texts)}
    within = texts.get("bands_within", groups=", ".join(bands.within)) if bands.within else ""
    if isinstance(bands.shares, int):
        return texts.get("bands_equal", **words, k=bands.shares, within=within)
    limits = _shares(classification, texts) if bands.shares is not None else _limits(classification, texts)
    key = "bands_shares" if bands.shares is not None else "bands_limits"
    rounded = texts.get("bands_rounded", n=bands.decimals) if bands.decimals is not None else ""
    return texts.get(key, **words, bands=texts.join(limits, "semicolon"), within=within, rounded=rounded)


def _subject(bands: Bands, view: PeriodView, texts: Texts) -> Spoken:
    if bands.of in (SCORE, RANK):
        return texts.get("bands_of_score" if bands.of == SCORE else "bands_of_rank")
    key = "bands_of_values" if bands.of in view.result.definition.indicators else "bands_of_scores"
    return texts.get(key, part=view.name_of(bands.of))


def _shares(classification: BandsView, texts: Texts) -> list[Spoken]:
    shares = pairwise((0.0, *classification.bands.cumulative_shares))
    return [
        texts.get("band_share", band=label, share=exact_number(round(100 * (high - low), 6)))
        for label, (low, high) in zip(classification.labels, shares, strict=True)
    ]


_BETWEEN = {
    (True, False): "band_from",
    (False, True): "band_above_to",
    (True, True): "band_from_to",
    (False, False): "band_inside",
}
"""The words for a band with two limits, by whether the lower and the upper limit belong to it."""


def _limits(classification: BandsView, texts: Texts) -> list[Spoken]:
    bands = classification.bands
    last = bands.count - 1
    sentences = []
    for at, (low, high) in enumerate(pairwise((bands.ends[0], *bands.limits, bands.ends[1]))):
        has_low, has_high = bands.closed == "lower" or at == 0, bands.closed == "upper" or at == last
        if isinf(low):
            key = "band_up_to" if has_high and not isinf(high) else "band_below"
        elif isinf(high):
            key = "band_or_more" if has_low else "band_above"
        else:
            key = _BETWEEN[has_low, has_high]
        values = {"low": exact_number(low) if not isinf(low) else "", "high": "" if isinf(high) else exact_number(high)}
        sentences.append(texts.get(key, band=classification.labels[at], **values))
    return sentences
