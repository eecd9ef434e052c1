"""The tables of a gap: the parts from the largest for the first unit to the largest for the second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from indicia_explain.cells import EMPTY, heading, plain, signed, signed_bar, small_table
from indicia_explain.figures import decimals_of, rounding_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from indicia.documents.blocks import TextTable
    from indicia_explain.gap import ExplainedGap

SHOWN = 20
"""The most indicators of the table; of more, those with the smallest parts are one row."""
OTHERS = {"rounding": "chart_rounding", "scale": "chart_scale", "weights": "chart_weights"}
"""The words for the parts of a gap that no indicator has, by the column of `totals`."""


def top_dimensions(gap: ExplainedGap) -> pl.DataFrame:
    """Return the parts of the dimensions of the index; none if it has a single one."""
    top = gap.nodes.filter(pl.col("node").is_in([part.id for part in gap.result.scored.tree.components]))
    return top if len(top) > 1 else top.clear()


def gap_by_dimension(gap: ExplainedGap, names: Mapping[str, str], language: str | None) -> TextTable:
    """Return the parts of the dimensions of the index, which add up to the gap."""
    digits, ordered = decimals_of(gap.result), top_dimensions(gap).sort("part", descending=True)
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
    rows += _sum(gap, ordered["part"], language)
    return small_table(_headings("explained_dimension", gap, names, language), rows, {1, 2, 3}, bars=4)


def gap_by_indicator(gap: ExplainedGap, names: Mapping[str, str], language: str | None) -> TextTable:
    """Return the parts of the indicators, which add up to the gap."""
    digits, publishes = decimals_of(gap.result), gap.result.definition.publishes_raw_values
    ordered = gap.parts.sort("part", descending=True, maintain_order=True)
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
    shown += _sum(gap, visible, language)
    table = small_table(_headings("explained_indicator", gap, names, language), shown, {1, 2, 3}, bars=4)
    return table.without_empty_columns(EMPTY)


def _sum(gap: ExplainedGap, parts: Iterable[float], language: str | None) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the rows that make the shown parts add up to the gap: scales and weights, the rounding, and the sum."""
    digits, totals = decimals_of(gap.result), gap.totals.row(0, named=True)
    others = {word: totals[kind] for kind, word in OTHERS.items() if kind in totals and kind != "rounding"}
    # what the methods round is a part of what the figures do not add up to
    if rounding := rounding_of([*parts, *others.values()], totals["gap"], digits):
        others["explained_rounding"] = rounding
    for word, part in (*others.items(), ("explained_sum", totals["gap"])):
        yield heading(word, language), "", "", signed(part, digits), ""


def _headings(part: str, gap: ExplainedGap, names: Mapping[str, str], language: str | None) -> tuple[str, ...]:
    units = (names.get(unit, unit) for unit in (gap.a, gap.b))
    return (heading(part, language), *units, heading("explained_gap", language), "")


def _largest(frame: pl.DataFrame) -> float:
    return float(frame["part"].abs().max() or 0.0)  # type: ignore[arg-type]


def _smallest(rows: list[dict[str, Any]]) -> set[str]:
    """Return the indicators with the smallest parts, if there are more than `SHOWN`."""
    if len(rows) <= SHOWN + 1:
        return set()
    ordered = sorted(rows, key=lambda row: -abs(row["part"]))
    return {row["indicator"] for row in ordered[SHOWN:]}
