"""The tables of the way to a rank: single values, the cheapest path, and missing values."""

from __future__ import annotations

from contextlib import suppress
from math import copysign
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.errors import MissingDependency
from indicia.explanation.cells import heading, plain, signed, small_table
from indicia.explanation.reach_missing import CASES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.documents.blocks import TextTable
    from indicia.explanation.outcome import Explanation

SHOWN = 10
"""The most rows of a table."""
_PLACES = {
    "fixed bounds": "reach_where_fixed",
    "behind the others": "reach_where_behind",
    "within the others": "reach_where_within",
    "beyond the others": "reach_where_beyond",
    "out of reach": "reach_where_out",
}


def reach_grids(reach: Explanation, language: str | None) -> tuple[TextTable, ...]:
    """Return the tables that have rows."""
    return tuple(grid for grid in _grids(reach, language) if grid.rows)


def _grids(reach: Explanation, language: str | None) -> Iterator[TextTable]:
    yield _single_values(reach, language)
    with suppress(MissingDependency):  # a sentence has the reason
        yield _path(reach, language)
    yield _missing(reach, language)


def _grid(table: str, names: tuple[str, ...], rows: Sequence[tuple[str, ...]], language: str | None) -> TextTable:
    """Return the first rows under the heading of the table, with the number of the others."""
    hidden = len(rows) - SHOWN if len(rows) > SHOWN + 1 else 0
    notes = [heading("explained_more_rows", language, count=hidden, table=table)] if hidden else []
    headings, shown = [heading(name, language) for name in names], rows[: len(rows) - hidden]
    return small_table(headings, shown, {1, 2, 3, 4}, caption=heading(_TITLES[table], language), notes=notes)


_TITLES = {"raw": "reach_title_raw", "path": "reach_title_path", "missing": "reach_title_missing"}


def _single_values(reach: Explanation, language: str | None) -> TextTable:
    names = reach.reader_names(language)
    ordered = reach.frame("raw").sort(pl.col("change_in_sd").abs(), "rank_then", nulls_last=True, maintain_order=True)
    rows = [
        (
            names.get(row["indicator"], row["indicator"]),
            plain(row["raw"]),
            plain(row["raw_needed"], copysign(1.0, row["change"] or 0.0)),
            "–" if row["change_in_sd"] is None else signed(row["change_in_sd"], 2),
            "–" if row["rank_then"] is None else f"{row['rank_then']:g}",
            heading(_place(row), language),
        )
        for row in ordered.iter_rows(named=True)
    ]
    headings = (
        "explained_indicator",
        "explained_now",
        "explained_needed",
        "explained_in_sd",
        "explained_rank_then",
        "explained_where",
    )
    return _grid("raw", headings, rows, language)


def _place(row: Mapping[str, Any]) -> str:
    """Return the words for the place of a value; also on a fixed scale, no other unit may have such a value."""
    needed, best = row["raw_needed"], row["best_of_others"]
    is_beyond = needed is not None and best is not None and (needed - best) * (needed - row["raw"]) > 0
    return _PLACES["beyond the others" if is_beyond else row["where"]]


def _path(reach: Explanation, language: str | None) -> TextTable:
    names = reach.reader_names(language)
    rows = [
        (
            names.get(row["indicator"], row["indicator"]),
            plain(row["raw"]),
            plain(row["raw_new"], copysign(1.0, row["change"])),
            "–" if row["change_in_sd"] is None else signed(copysign(row["change_in_sd"], row["change"]), 2),
            plain(row["cost"]),
        )
        for row in reach.frame("path").filter(at_most="all").sort("cost", descending=True).iter_rows(named=True)
    ]
    headings = ("explained_indicator", "explained_now", "explained_then", "explained_in_sd", "explained_cost")
    return _grid("path", headings, rows, language)


def _missing(reach: Explanation, language: str | None) -> TextTable:
    names = reach.reader_names(language)
    rows = [
        (
            names.get(row["indicator"], row["indicator"]),
            *("–" if rank is None else f"{rank:g}" for rank in (row[f"rank_{case}"] for case in CASES)),
        )
        for row in reach.frame("missing").iter_rows(named=True)
    ]
    headings = ("explained_indicator", "explained_at_worst", "explained_at_median", "explained_at_best")
    return _grid("missing", headings, rows, language)
