"""COMET: an expert compares characteristic objects, and the scores of units are interpolated between them."""

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
"""Units computed at a time, so that arrays fit in the cache of a processor."""


@dataclass(frozen=True)
class Comet(MatrixAggregation):
    """Interpolate between characteristic objects that an expert has compared.

    The objects are all combinations of the characteristic values, the last component changing fastest. A judgement is 1
    if the object of the row is better than that of the column, 0 if it is worse, and 0.5 if they are equal. The
    preferences of the objects run from 0 to 1 in equal steps, by their sums of judgements. Values are raw, of costs
    too, and must lie between the characteristic values. A missing value belongs to each characteristic value in equal
    parts.
    """

    name = "comet"
    uses_weights = False
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
        Field(description="characteristic values of each component, ascending: a list, or by name"),
    ]
    judgements: Annotated[
        PairwiseComparisons, Field(description="comparisons of objects, 1, 0.5 or 0: rows, or the path of a CSV file")
    ]

    def __post_init__(self) -> None:
        for number, points in enumerate(self._characteristic_values, start=1):
            if len(points) < 2 or any(low >= high for low, high in pairwise(points)):
                raise ValueError(f"component {number} needs two or more characteristic values, in ascending order")
        if len(self.judgements.tables) > 1:
            raise ValueError("judgements must be a single table: combine the tables of several experts first")
        matrix = np.array(self.judgements.tables[0], dtype=float)
        objects, size = int(np.prod([len(points) for points in self._characteristic_values])), len(matrix)
        if objects != size:
            raise ValueError(f"judgements compare {size} objects, and there are {objects} characteristic objects")
        if not (np.isin(matrix, (0.0, 0.5, 1.0)).all() and np.array_equal(matrix + matrix.T, np.ones_like(matrix))):
            raise ValueError("judgements must be 1, 0.5 or 0, and the two judgements of a pair must add up to 1")

    @property
    def _characteristic_values(self) -> tuple[tuple[float, ...], ...]:
        return tuple(self.values.values()) if isinstance(self.values, dict) else self.values

    @property
    def oriented(self) -> bool:
        return False

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        components = list(self.values) if isinstance(self.values, dict) else list(context.components)
        if sorted(components) != sorted(context.components) or len(components) != len(self._characteristic_values):
            listed = ", ".join(components[: len(self._characteristic_values)])
            raise ValueError(f"values has points of {listed}; the components are {', '.join(context.components)}")
        memberships = []
        for name, points in zip(components, self._characteristic_values, strict=True):
            column = values[:, context.components.index(name)]
            if ((column < points[0]) | (column > points[-1])).any():
                raise ValueError(f"a value of {name} is outside of {points[0]:g} to {points[-1]:g}: extend values")
            memberships.append(_memberships(column, np.array(points)))
        scores, preference = np.empty(len(values)), self._preference
        for start in range(0, len(values), _ROWS):
            rows = slice(start, start + _ROWS)
            preferences_left = np.broadcast_to(preference, (len(scores[rows]), *preference.shape))
            for membership in memberships:
                preferences_left = np.einsum("ni,ni...->n...", membership[rows], preferences_left)
            scores[rows] = preferences_left
        return scores

    @property
    def _preference(self) -> Array:
        """The preference of each object; the array has a dimension for each component."""
        sums, level = np.unique(np.array(self.judgements.tables[0]).sum(axis=1), return_inverse=True)
        preference: Array = level.reshape([len(points) for points in self._characteristic_values]) / max(
            len(sums) - 1, 1
        )
        return preference


def _memberships(column: Array, points: Array) -> Array:
    """Return the memberships of values in the characteristic values, shape (n, count); equal if missing."""
    memberships = np.full((len(column), len(points)), 1 / len(points))
    present = np.flatnonzero(~np.isnan(column))
    place = np.clip(np.searchsorted(points, column[present], side="right") - 1, 0, len(points) - 2)
    share = (column[present] - points[place]) / (points[place + 1] - points[place])
    memberships[present] = 0.0
    memberships[present, place], memberships[present, place + 1] = 1 - share, share
    return memberships
