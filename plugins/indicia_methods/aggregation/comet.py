"""COMET: an expert compares made-up units, and real ones lie between them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from indicia.methods import MatrixAggregation, PairwiseComparisons, Property

if TYPE_CHECKING:
    from indicia.methods import Array, MatrixContext

_ROWS = 4096
"""Units at a time: what is worked out of them fits in the cache of a processor."""


@dataclass(frozen=True)
class Comet(MatrixAggregation):
    """Interpolate between characteristic objects, all combinations of a few values, that an expert has compared.

    Judgements are 1 where the object of the row is better than that of the column, 0 where it is worse, and 0.5 where
    they are level; objects come in the order in which the last component changes fastest. Their preference runs from 0
    to 1 in equal steps of different sums. Values, of costs as of benefits, are taken as they come, and lie between the
    characteristic ones; a missing one counts as each of these in equal parts.
    """

    name = "comet"
    reference = "Sałabun (2015), Journal of Multi-Criteria Decision Analysis 22(1-2)"
    formula = (
        r"\sum_{i_1, \dots, i_k} p_{i_1 \dots i_k} \prod_j \mu_{i_j}(x_j), \quad \mu_{i_j} \text{ triangular, } 1 "
        r"\text{ at its own characteristic value in } c_j \text{ and } 0 \text{ at the next ones}"
    )
    symbols = {"values": "c_j"}
    canonical_normalisation = "none"
    row_by_row = True
    example = (
        "comet(values={'x0': [-1000, 1000], 'x1': [-1000, 1000], 'x2': [-1000, 1000]}, judgements=["
        "[0.5, 0, 0, 0, 0, 0, 0, 0], [1, 0.5, 0.5, 0, 0.5, 0, 0, 0], [1, 0.5, 0.5, 0, 0.5, 0, 0, 0], "
        "[1, 1, 1, 0.5, 1, 0.5, 0.5, 0], [1, 0.5, 0.5, 0, 0.5, 0, 0, 0], [1, 1, 1, 0.5, 1, 0.5, 0.5, 0], "
        "[1, 1, 1, 0.5, 1, 0.5, 0.5, 0], [1, 1, 1, 1, 1, 1, 1, 0.5]])"
    )
    properties = frozenset({Property.FREE_OF_RANK_REVERSAL, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    values: Annotated[
        tuple[tuple[float, ...], ...] | dict[str, tuple[float, ...]],
        Field(description="characteristic values of each component, rising: a list, or by name"),
    ]
    judgements: Annotated[
        PairwiseComparisons, Field(description="objects compared, 1, 0.5 or 0: rows, or the path of a CSV file")
    ]

    def __post_init__(self) -> None:
        for number, known in enumerate(self._known, start=1):
            if len(known) < 2 or any(low >= high for low, high in pairwise(known)):
                raise ValueError(f"characteristic values rise, two or more: those of component {number} do not")
        if len(self.judgements.tables) > 1:
            raise ValueError("judgements are one table, of one expert or of experts who agree on it")
        matrix = np.array(self.judgements.tables[0], dtype=float)
        objects, judged = int(np.prod([len(known) for known in self._known])), len(matrix)
        if objects != judged:
            raise ValueError(f"{objects} characteristic objects are to be compared, and judgements are of {judged}")
        if not (np.isin(matrix, (0.0, 0.5, 1.0)).all() and np.array_equal(matrix + matrix.T, np.ones_like(matrix))):
            raise ValueError("judgements are 1, 0.5 or 0, and those of a pair there and back add up to 1")

    @property
    def _known(self) -> tuple[tuple[float, ...], ...]:
        return tuple(self.values.values()) if isinstance(self.values, dict) else self.values

    @property
    def oriented(self) -> bool:
        return False

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        components = list(self.values) if isinstance(self.values, dict) else list(context.components)
        if sorted(components) != sorted(context.components) or len(components) != len(self._known):
            told = ", ".join(components[: len(self._known)])
            raise ValueError(f"characteristic values are of {told}; the components are {', '.join(context.components)}")
        memberships = []
        for name, known in zip(components, self._known, strict=True):
            column = values[:, context.components.index(name)]
            if ((column < known[0]) | (column > known[-1])).any():
                raise ValueError(f"a value of {name} is not between {known[0]:g} and {known[-1]:g}")
            memberships.append(_memberships(column, np.array(known)))
        scores, preference = np.empty(len(values)), self._preference
        for start in range(0, len(values), _ROWS):
            rows = slice(start, start + _ROWS)
            left = np.broadcast_to(preference, (len(scores[rows]), *preference.shape))
            for membership in memberships:
                left = np.einsum("ni,ni...->n...", membership[rows], left)
            scores[rows] = left
        return scores

    @property
    def _preference(self) -> Array:
        """The preference of each object, a dimension for each component."""
        different, place = np.unique(np.array(self.judgements.tables[0]).sum(axis=1), return_inverse=True)
        found: Array = place.reshape([len(known) for known in self._known]) / max(len(different) - 1, 1)
        return found


def _memberships(column: Array, known: Array) -> Array:
    """Return how far a value is each of the characteristic ones, shape (n, count); a missing one equally all."""
    found = np.full((len(column), len(known)), 1 / len(known))
    present = np.flatnonzero(~np.isnan(column))
    place = np.clip(np.searchsorted(known, column[present], side="right") - 1, 0, len(known) - 2)
    share = (column[present] - known[place]) / (known[place + 1] - known[place])
    found[present] = 0.0
    found[present, place], found[present, place + 1] = 1 - share, share
    return found
