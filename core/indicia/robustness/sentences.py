"""A sentence or two on each table of an analysis of stability."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.notes import Count, Names, Note
from indicia.robustness.omissions import KINDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_SMALLEST_CHANGE = 0.0005
"""Changes of a weight below this are not listed, since the weight has three decimals."""


def on_omissions(table: pl.DataFrame, leader_changes: Collection[tuple[str, str]], leaders: Names) -> Iterator[Note]:
    """Yield the part that the ranking depends on most, and the parts without which another unit is first."""
    scored = table.filter(pl.col("fault").is_null())
    if len(scored):
        kinds = scored["left_out"].to_list()
        yield Note("left_out_in_turn", parts=Names(tuple(Count(kinds.count(k), k) for k in KINDS if k in kinds)))
        row = scored.row(0, named=True)
        if row["moves_most"] is None:
            yield Note("no_omission_effect")
        else:
            shifts = {"mean": f"{row['mean_shift']:.1f}", "largest": f"{row['largest_shift']:g}"}
            yield Note("omission_effect", part=Names.of([row["name"]]), unit=Names.of([row["moves_most"]]), **shifts)
        parts = scored.select("left_out", "name").rows()
        if names := [name for kind, name in parts if (kind, name) in leader_changes]:
            yield Note("leader_changes", parts=Names.of(names))
        else:
            yield Note("leader_stays_without_part", units=leaders)
    faults = table.filter(pl.col("fault").is_not_null())
    if len(faults):
        yield Note("not_scored_without", parts=Names.of(faults["name"]), reason=faults["fault"][0])


def on_weights(table: pl.DataFrame, leaders: Names) -> Iterator[Note]:
    """Yield the smallest changes of one weight that make another unit first, and that change two places."""
    top = table.filter(pl.col("first_changes").is_finite())
    if len(top):
        row = top.row(0, named=True)
        names = {"part": Names.of([row["part"]]), "unit": Names.of([row["then_first"]])}
        yield Note("critical_weight", units=leaders, change=percent(abs(row["first_changes"])), **names)
    else:
        yield Note("no_critical_weight", units=leaders)
    swaps = table.filter(pl.col("two_swap").is_finite()).sort(pl.col("two_swap").abs())
    if len(swaps):
        row = swaps.row(0, named=True)
        names = {word: Names.of([row[word]]) for word in ("part", "ahead", "behind")}
        yield Note("critical_swap", change=percent(abs(row["two_swap"])), **names)


def on_weight_shift(
    table: pl.DataFrame | None, weights: Mapping[str, float], leaders: Names, *, linear: bool
) -> Iterator[Note]:
    """Yield the weight that must move for another unit to be first; without a table, a note that a search is needed.

    `weights` are the weights of the parts of the index; the first column of the table names the unit.
    """
    if table is None:
        yield Note("shift_needs_search")
        return
    if table.is_empty():
        yield Note("no_weight_shift", units=leaders)
        return
    row = table.row(0, named=True)
    kind = "minimal_shift" if linear else "searched_shift"
    yield Note(kind, moved=f"{row['moved']:.1%}", unit=Names.of([row[table.columns[0]]]), units=leaders)
    changes = [(part, weight, float(row[part])) for part, weight in weights.items()]
    changes = [change for change in changes if abs(change[2] - change[1]) >= _SMALLEST_CHANGE]
    if changes:
        changes.sort(key=lambda change: -abs(change[2] - change[1]))
        notes = (
            Note("weight_change", part=Names.of([part]), before=f"{before:.3f}", after=f"{after:.3f}")
            for part, before, after in changes
        )
        yield Note("weight_changes", changes=Names(tuple(notes)))


def on_reversals(table: pl.DataFrame) -> Iterator[Note]:
    """Yield the results of the tests for rank reversals."""
    if not table["tried"].sum():
        yield Note("reversals_not_tried")
    else:
        yield Note("reversals" if table["failed"].sum() else "no_reversals")
    if (faults := table["fault"].drop_nulls()).len():
        yield Note("reversals_not_scored", reason=faults[0])


def percent(share: float) -> str:
    """Write a share in percent, with a digit that is not 0.

    >>> percent(1.8154), percent(-0.00014), percent(0.0)
    ('181.5%', '-0.01%', '0.0%')
    """
    return f"{100 * share:.1f}%" if abs(share) >= 0.0005 or not share else f"{100 * share:.1g}%"
