"""What a look at stability says, a sentence or two on each of its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import counted, listed
from indicia.robustness.omissions import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indicia.robustness.stability import Stability

    Named = Callable[[str], str]


def on_omissions(stability: Stability, named: Named) -> Iterator[str]:
    """Say which part the ranking depends on most, and without which another unit is first."""
    table, dethroned = stability.without, stability.dethroned
    scored = table.filter(pl.col("fault").is_null())
    if len(scored):
        left = scored["left_out"].to_list()
        kinds = [counted(left.count(kind), kind) for kind in KINDS if kind in left]
        most = scored.row(0, named=True)
        yield (
            f"Left out in turn: {', '.join(kinds)}. Most depends on {named(most['name'])}: without it units move "
            f"{most['mean_shift']:.1f} places on average, {named(most['moves_most'] or 'none')} "
            f"{most['largest_shift']:g}."
        )
        if others := [name for kind, name in scored.select("left_out", "name").rows() if (kind, name) in dethroned]:
            yield f"Another unit is first without {listed(map(named, others))}."
        else:
            yield f"{_stay_first(stability, named)} whichever other part is left out."
    faults = table.filter(pl.col("fault").is_not_null())
    if len(faults):
        yield f"Not scored without {listed(map(named, faults['name']))}: {faults['fault'][0]}"


def on_weights(stability: Stability, named: Named) -> Iterator[str]:
    """Say which change of one weight is the least that changes ranks."""
    table = stability.weights
    top = table.filter(pl.col("first_changes").is_finite())
    if len(top):
        row = top.row(0, named=True)
        yield (
            f"{_stay_first(stability, named)} unless a weight changes by {percent(abs(row['first_changes']))} of "
            f"itself: that of {named(row['part'])} is the nearest, and {named(row['then_first'])} would draw level."
        )
    else:
        yield f"{_stay_first(stability, named)} whatever any one weight is."
    swap = table.filter(pl.col("two_swap").is_finite()).sort(pl.col("two_swap").abs())
    if len(swap):
        row = swap.row(0, named=True)
        yield (
            f"The least change that lets two units change places: {percent(abs(row['two_swap']))} of the weight of "
            f"{named(row['part'])}, for {named(row['behind'])} to draw level with {named(row['ahead'])}."
        )


def on_nearest(stability: Stability, named: Named) -> Iterator[str]:
    """Say how much weight must move for another unit to be first, where that is known without a search."""
    tree = stability.nominal.tree
    if not stability.nearest_is_known:
        yield "The index is not linear in its weights: --show nearest, or `nearest`, searches for those nearest."
        return
    first = listed(map(named, stability.first))
    if stability.nearest.is_empty():
        yield f"No other weights of the parts of the index make another unit first than {first}."
        return
    row = stability.nearest.row(0, named=True)
    own = np.asarray(stability.nominal.weighed[tree.id].values)
    changes = [(part.id, float(was), float(row[part.id])) for part, was in zip(tree.components, own, strict=True)]
    moved = sorted(changes, key=lambda change: -abs(change[2] - change[1]))
    words = [f"{named(name)} {was:.3f} → {now:.3f}" for name, was, now in moved if abs(now - was) >= 0.0005]
    least = "At least" if tree.id in stability.effects else "As found by search,"
    yield (
        f"{least} {row['moved']:.1%} of the weight must move between the parts of the index for "
        f"{named(row[stability.unit])} to draw level with {first}" + (f": {listed(words)}." if words else ".")
    )


def on_reversals(stability: Stability, _named: Named) -> Iterator[str]:
    """Say whether units change places because of others."""
    table = stability.reversals
    if not table["tried"].sum():
        yield "Not tried: there are too few units."
    elif table["failed"].sum():
        yield "Units change places though nothing of theirs has changed, only who else is in the data:"
    else:
        yield "No unit changes places because others come, go or get worse."
    if (faults := table["fault"].drop_nulls()).len():
        yield f"Some could not be scored: {faults[0]}"


def _stay_first(stability: Stability, named: Named) -> str:
    return f"{listed(map(named, stability.first))} {'stays' if len(stability.first) == 1 else 'stay'} first"


def percent(share: float) -> str:
    """Write a share in percent, with a digit that is not 0.

    >>> percent(1.8154), percent(-0.00014), percent(0.0)
    ('181.5%', '-0.01%', '0.0%')
    """
    return f"{100 * share:.1f}%" if abs(share) >= 0.0005 or not share else f"{100 * share:.1g}%"
