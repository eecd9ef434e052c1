"""The scores of aggregates, such as the world or a region, which are not ranked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.data.cell_text import cell_text
from indicia.notes import percentage
from indicia_report.markup import by_language, hidden, number, paragraph, row, table
from indicia_report.method.page_section import PageSection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_report.markup import Html, Texts
    from indicia_report.method.page_section import Shown
    from indicia_report.period_view import PeriodView


_MEANS = {"scores": "method_aggregate_scores", "values": "method_aggregate_values"}
"""The sentence on the means of an aggregate, by the figures of which they are the means."""


def aggregate_sentences(view: PeriodView, texts: Texts) -> Iterator[Html]:
    """Yield the sentences of the methodology on the scores of aggregates."""
    for key, spec in view.result.definition.aggregates.items():
        name = by_language(spec.name, texts.languages, spec.row or key)
        if spec.groups and spec.name is None:
            name = texts.get("groups_of", column=spec.groups)
        if spec.row:
            yield texts.html("method_aggregate_row", name=name)
            continue
        means = texts.get("means_weighted", column=spec.weights) if spec.weights else texts.get("means_equal")
        yield texts.html(_MEANS[spec.of], name=name, means=means)


@dataclass(frozen=True)
class Aggregates(PageSection):
    """The scores of aggregates, such as the world or a region."""

    name = "aggregates"
    order = 70
    heading = "aggregates"

    def draw(self, shown: Shown) -> str | None:
        """Return the table of aggregates; None if the index has none."""
        return aggregate_table(shown.view, shown.texts)


def aggregate_table(view: PeriodView, texts: Texts) -> str | None:
    """Return the scores of aggregates; None if the index has none."""
    frame, definition = view.result.aggregates, view.result.definition
    period = definition.data.period
    if period is not None and len(frame):
        frame = frame.filter(cell_text(period, frame.schema[period]) == pl.lit(view.period))
    if frame.is_empty():
        return None
    parts = [part.id for part in view.parts if part.id in frame.columns]
    headings = [texts.html("unit"), texts.html("score"), *(texts.name(view.name_of(part)) for part in parts)]
    headings += [texts.html("members"), texts.html("member_coverage")]
    rows = []
    for scores in frame.iter_rows(named=True):
        spec = definition.aggregates.get(scores["aggregate"])
        name = by_language(spec.name if spec else None, texts.languages, scores["name"])
        cells = [
            texts.show(name),
            *(number(scores[part], view.digits) for part in ("score", *parts)),
            "–" if scores["members"] is None else str(scores["members"]),
            "–" if scores["coverage"] is None else percentage(scores["coverage"]),
        ]
        rows.append(row(cells, head=0))
    numbers = range(2, len(headings) + 1)
    body = table(
        "t-aggregates", headings, rows, caption=hidden(texts.html("aggregates")), numbers=numbers, search=False
    )
    return paragraph(texts.html("aggregates_say")) + body
