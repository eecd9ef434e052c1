"""Distinct rankings, and the pairs of rankings that show the effect of one choice (decision 0016)."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from indicia_compare.methodology import Methodology

Count: TypeAlias = Literal["distinct", "all"]
"""Averages and shares count each distinct ranking once, or the ranking of every methodology."""

Pair: TypeAlias = tuple[int, int]


def first_with_same_ranking(ranks: npt.NDArray[np.float64]) -> tuple[int, ...]:
    """Return, for each column of `ranks`, the place of the first column with the same ranks for all units.

    >>> import numpy as np
    >>> first_with_same_ranking(np.array([[1.0, 2.0, 1.0], [2.0, 1.0, 2.0]]))
    (0, 1, 0)
    """
    first: dict[bytes, int] = {}
    return tuple(first.setdefault(column.tobytes(), place) for place, column in enumerate(ranks.T))


def pairs_for_choice(choice: str, methods: Sequence[Methodology], rankings: Sequence[int]) -> dict[Pair, Pair]:
    """Return the pairs of rankings that differ in `choice` alone, each once, with the places of two methodologies.

    `rankings` has the number of the ranking of each methodology. With all other choices fixed, the options of `choice`
    lead to a set of rankings, and each two different rankings of the set are a pair. If all options lead to the same
    ranking, this ranking forms a pair with itself, because the choice moves no unit. The two methodologies are the
    first ones with these rankings that differ in `choice` alone.
    """
    groups: dict[str, list[int]] = {}
    for place, methodology in enumerate(methods):
        others = tuple(sorted((key, value) for key, value in methodology.identity.items() if key != choice))
        groups.setdefault(repr(others), []).append(place)
    pairs: dict[Pair, Pair] = {}
    for places in groups.values():
        of_group: dict[Pair, Pair] = {}
        for first, second in combinations(places, 2):
            if methods[first].identity.get(choice) != methods[second].identity.get(choice):
                low, high = sorted((rankings[first], rankings[second]))
                of_group.setdefault((low, high), (first, second))
        different = {pair: example for pair, example in of_group.items() if pair[0] != pair[1]}
        for pair, example in (different or of_group).items():
            pairs.setdefault(pair, example)
    return pairs
