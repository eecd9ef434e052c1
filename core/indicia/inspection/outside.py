"""Lines on the variables outside an index and on neighbours, for an inspection of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.errors import join_names, pluralise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.result.neighbours import Neighbours
    from indicia.result.outside import OutsideValues

_MOST_NAMES = 8
"""The largest number of units that a line names."""


def about_outside(outside: OutsideValues, neighbours: Neighbours | None) -> Iterator[str]:
    """Yield a line on each variable outside the index, and a line on the neighbours."""
    frame = outside.frame
    keys = frame.columns[: frame.width - len(outside.variables)]
    for name in outside.variables:
        missing = frame.filter(frame[name].is_null()).select(keys)
        names = [" ".join(map(str, row)) for row in missing.iter_rows()]
        gaps = f"; none for {join_names(names, _MOST_NAMES)}" if names else ""
        unmatched = outside.unmatched.get(name, ())
        others = f"; units that the data do not have: {join_names(unmatched, _MOST_NAMES)}" if unmatched else ""
        noun = "unit" if len(keys) == 1 else "row"
        yield f"outside variable {name}: {len(frame) - len(names):,} of {pluralise(len(frame), noun)}{gaps}{others}"
    if neighbours is not None:
        kind = "symmetric" if neighbours.is_symmetric else "not symmetric"
        alone = neighbours.islands
        islands = f"; no neighbour: {join_names(alone, _MOST_NAMES)}" if alone else ""
        unmatched = neighbours.unmatched
        others = f"; names that are no units of the index: {join_names(unmatched, _MOST_NAMES)}" if unmatched else ""
        yield f"neighbours: {pluralise(len(neighbours.first), 'pair')}, {kind}{islands}{others}"
