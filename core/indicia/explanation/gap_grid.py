"""The table of a gap: the parts from the largest for the first unit to the largest for the second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.explanation.cells import EMPTY, heading, plain, signed, signed_bar, small_table
from indicia.explanation.figures import decimals_of, rounding_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indicia.documents.blocks import TextTable
    from indicia.explanation.outcome import Explanation

SHOWN = 20
"""The most indicators of the table; of more, those with the smallest parts are one row."""
OTHERS = {"rounding": "chart_rounding", "scale": "chart_scale", "weights": "chart_weights"}
"""The words for the parts of a gap that no indicator has, by the column of `totals`."""


def gap_grids(explanation: Explanation, language: str | None) -> tuple[TextTable, ...]:
    """Return the parts by dimension, if the index has several, and by indicator; each table adds up to the gap."""
    by_indicator = _by_indicator(explanation, language)
    tree = explanation.result.scored.tree
    top = explanation.frame("nodes").filter(pl.col("node").is_in([part.id for part in tree.components]))
    return (by_indicator,) if len(top) < 2 else (_by_dimension(explanation, top, language), by_indicator)


def _by_dimension(explanation: Explanation, top: pl.DataFrame, language: str | None) -> TextTable:
    digits, names = decimals_of(explanation.result), explanation.reader_names(language)
    ordered = top.sort("part", descending=True)
    largest = _largest(ordered)
    rows = [
        (
            names.get(row["node"], row["node"]),
            *(signed(row[f"{unit}_value"], digits).lstrip("+") for unit in "ab"),
            signed(row["part"], digits),
            signed_bar(row["part"], largest),
        )
        for row in ordered.iter_rows(named=True)
    ]
    rows += _sum(explanation, ordered["part"], language)
    return small_table(_headings("explained_dimension", explanation, language), rows, {1, 2, 3})


def _by_indicator(explanation: Explanation, language: str | None) -> TextTable:
    digits, names = decimals_of(explanation.result), explanation.reader_names(language)
    publishes = explanation.definition.publishes_raw_values
    ordered = explanation.frame("parts").sort("part", descending=True, maintain_order=True)
    largest = _largest(ordered)
    rows = ordered.rows(named=True)
    hidden = _smallest(rows)
    shown = [
        (
            names.get(row["indicator"], row["indicator"]),
            *(plain(row[f"{unit}_raw"]) if publishes else "" for unit in "ab"),
            signed(row["part"], digits),
            signed_bar(row["part"], largest),
        )
        for row in rows
        if row["indicator"] not in hidden
    ]
    if hidden:
        rest = sum(row["part"] for row in rows if row["indicator"] in hidden)
        label = heading("explained_more_indicators", language, count=len(hidden))
        place = sum(row["part"] >= 0 and row["indicator"] not in hidden for row in rows)
        shown.insert(place, (label, "", "", signed(rest, digits), ""))
    visible = [row["part"] for row in rows if row["indicator"] not in hidden] + ([rest] if hidden else [])
    shown += _sum(explanation, visible, language)
    table = small_table(_headings("explained_indicator", explanation, language), shown, {1, 2, 3})
    return table.without_empty_columns(EMPTY)


def _sum(
    explanation: Explanation, parts: Iterable[float], language: str | None
) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the rows that make the shown parts add up to the gap: scales and weights, the rounding, and the sum."""
    digits, totals = decimals_of(explanation.result), explanation.frame("totals").row(0, named=True)
    others = {word: totals[kind] for kind, word in OTHERS.items() if kind in totals and kind != "rounding"}
    # what the methods round is a part of what the figures do not add up to
    if rounding := rounding_of([*parts, *others.values()], totals["gap"], digits):
        others["explained_rounding"] = rounding
    for word, part in (*others.items(), ("explained_sum", totals["gap"])):
        yield heading(word, language), "", "", signed(part, digits), ""


def _headings(part: str, explanation: Explanation, language: str | None) -> tuple[str, ...]:
    names = explanation.reader_names(language)
    units = (names.get(unit, unit) for unit in explanation.frame("totals").row(0)[:2])
    return (heading(part, language), *units, heading("explained_gap", language), "")


def _largest(frame: pl.DataFrame) -> float:
    return float(frame["part"].abs().max() or 0.0)  # type: ignore[arg-type]


def _smallest(rows: list[dict[str, Any]]) -> set[str]:
    """Return the indicators with the smallest parts, if there are more than `SHOWN`."""
    if len(rows) <= SHOWN + 1:
        return set()
    ordered = sorted(rows, key=lambda row: -abs(row["part"]))
    return {row["indicator"] for row in ordered[SHOWN:]}
