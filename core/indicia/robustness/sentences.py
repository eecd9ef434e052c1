"""A sentence or two on each table of a look at stability."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.errors import join_names, pluralise
from indicia.robustness.omissions import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    Named = Callable[[str], str]


def on_omissions(
    table: pl.DataFrame, dethroned: Collection[tuple[str, str]], first: Sequence[str], named: Named
) -> Iterator[str]:
    """Yield the part that the ranking depends on most, and the parts without which another unit is first."""
    scored = table.filter(pl.col("fault").is_null())
    if len(scored):
        left = scored["left_out"].to_list()
        kinds = [pluralise(left.count(kind), kind) for kind in KINDS if kind in left]
        most = scored.row(0, named=True)
        yield (
            f"Left out in turn: {', '.join(kinds)}. Most depends on {named(most['name'])}: without it units move "
            f"{most['mean_shift']:.1f} places on average, {named(most['moves_most'] or 'none')} "
            f"{most['largest_shift']:g}."
        )
        if others := [name for kind, name in scored.select("left_out", "name").rows() if (kind, name) in dethroned]:
            yield f"Another unit is first without {join_names(map(named, others))}."
        else:
            yield f"{_stay_first(first, named)} whichever other part is left out."
    faults = table.filter(pl.col("fault").is_not_null())
    if len(faults):
        yield f"Not scored without {join_names(map(named, faults['name']))}: {faults['fault'][0]}"


def on_weights(table: pl.DataFrame, first: Sequence[str], named: Named) -> Iterator[str]:
    """Yield the least changes of one weight that make another unit first, and that change two places."""
    top = table.filter(pl.col("first_changes").is_finite())
    if len(top):
        row = top.row(0, named=True)
        yield (
            f"{_stay_first(first, named)} unless a weight changes by {percent(abs(row['first_changes']))} of "
            f"itself: that of {named(row['part'])} is the nearest, and {named(row['then_first'])} would draw level."
        )
    else:
        yield f"{_stay_first(first, named)} whatever any one weight is."
    swap = table.filter(pl.col("two_swap").is_finite()).sort(pl.col("two_swap").abs())
    if len(swap):
        row = swap.row(0, named=True)
        yield (
            f"The least change that lets two units change places: {percent(abs(row['two_swap']))} of the weight of "
            f"{named(row['part'])}, for {named(row['behind'])} to draw level with {named(row['ahead'])}."
        )


def on_nearest(
    table: pl.DataFrame | None, weights: Mapping[str, float], first: Sequence[str], named: Named, *, linear: bool
) -> Iterator[str]:
    """Yield how much weight must move for another unit to be first; without a table, that it needs a search.

    `weights` are those of the parts of the index; the first column of the table names the unit.
    """
    if table is None:
        yield (
            "The index is not linear in its weights: --show minimal_weight_shift searches for the nearest weights that "
            "make another unit first."
        )
        return
    if table.is_empty():
        leaders = join_names(map(named, first))
        yield f"No other weights of the parts of the index make another unit first than {leaders}."
        return
    row = table.row(0, named=True)
    changes = [(part, was, float(row[part])) for part, was in weights.items()]
    moved = sorted(changes, key=lambda change: -abs(change[2] - change[1]))
    words = [f"{named(name)} {was:.3f} → {now:.3f}" for name, was, now in moved if abs(now - was) >= 0.0005]
    least = "At least" if linear else "As found by search,"
    yield (
        f"{least} {row['moved']:.1%} of the weight must move between the parts of the index for "
        f"{named(row[table.columns[0]])} to draw level with {join_names(map(named, first))}"
        + (f": {join_names(words)}." if words else ".")
    )


def on_reversals(table: pl.DataFrame) -> Iterator[str]:
    """Yield whether units change places because of others."""
    if not table["tried"].sum():
        yield "Not tried: there are too few units."
    elif table["failed"].sum():
        yield "Units change places though nothing of theirs has changed, only who else is in the data:"
    else:
        yield "No unit changes places because others come, go or get worse."
    if (faults := table["fault"].drop_nulls()).len():
        yield f"Some could not be scored: {faults[0]}"


def _stay_first(first: Sequence[str], named: Named) -> str:
    return f"{join_names(map(named, first))} {'stays' if len(first) == 1 else 'stay'} first"


def percent(share: float) -> str:
    """Write a share in percent, with a digit that is not 0.

    >>> percent(1.8154), percent(-0.00014), percent(0.0)
    ('181.5%', '-0.01%', '0.0%')
    """
    return f"{100 * share:.1f}%" if abs(share) >= 0.0005 or not share else f"{100 * share:.1g}%"
