"""Weights from the judgements of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import PairwiseMatrix, Property, Weighting, Weights

if TYPE_CHECKING:
    from indicia.methods import Array, Indicators

_RANDOM_INDEX = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Saaty's mean consistency index of random matrices, by size."""


@dataclass(frozen=True)
class Ahp(Weighting):
    """Weigh by pairwise judgements of importance (analytic hierarchy process), and report how consistent they are.

    The consistency index is (λ - n) / (n - 1), its ratio to that of random judgements is warned of from 0.1. For a
    tree give one matrix per dimension, that of the first level as `index`.
    """

    name = "ahp"
    reference = "Saaty (1977), Journal of Mathematical Psychology 15; Crawford & Williams (1985), ibid. 29"
    formula = r"A w = \lambda_{\max} w"
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    matrix: Annotated[
        PairwiseMatrix | dict[str, PairwiseMatrix],
        Field(description="judgements: rows, or the path of a CSV file, or one of these per dimension"),
    ]
    prioritisation: Annotated[
        Literal["eigenvector", "geometric_mean", "column_mean", "row_sum"],
        Field(description="how weights follow from judgements"),
    ] = "eigenvector"

    def __post_init__(self) -> None:
        for matrix in self.matrix.values() if isinstance(self.matrix, dict) else [self.matrix]:
            _check(np.array(matrix.rows))

    def weigh(self, indicators: Indicators) -> Weights:
        judgements = np.array(self._of(indicators.node).ordered(indicators.names))
        size = len(judgements)
        eigenvalues, vectors = np.linalg.eig(judgements)
        first = eigenvalues.real.argmax()
        highest = float(eigenvalues.real[first])
        index = (highest - size) / (size - 1)
        facts: dict[str, float | str] = {"lambda_max": highest, "CI": index}
        warning = None
        if size < len(_RANDOM_INDEX):
            ratio = facts["CR"] = index / _RANDOM_INDEX[size] if size > 2 else 0.0
            if ratio >= 0.1:
                warning = f"judgements are inconsistent: CR = {ratio:.3f}, where less than 0.1 is asked"
        return Weights(self._priorities(judgements, np.abs(vectors[:, first].real)), facts, warning)

    def _of(self, node: str) -> PairwiseMatrix:
        if isinstance(self.matrix, PairwiseMatrix):
            return self.matrix
        if node not in self.matrix:
            raise ValueError(f"no matrix for {node}; there are matrices for {', '.join(self.matrix)}")
        return self.matrix[node]

    def _priorities(self, judgements: Array, eigenvector: Array) -> Array:
        priorities = eigenvector
        if self.prioritisation == "geometric_mean":
            priorities = np.exp(np.log(judgements).mean(axis=1))
        elif self.prioritisation == "column_mean":
            priorities = (judgements / judgements.sum(axis=0)).mean(axis=1)
        elif self.prioritisation == "row_sum":
            priorities = judgements.sum(axis=1)
        return priorities


def _check(judgements: Array) -> None:
    if not (judgements > 0).all():
        raise ValueError("judgements must be positive")
    row, column = np.unravel_index(np.abs(judgements * judgements.T - 1).argmax(), judgements.shape)
    if abs(judgements[row, column] * judgements[column, row] - 1) > 0.01:
        raise ValueError(
            f"the matrix is not reciprocal: row {row + 1}, column {column + 1} is {judgements[row, column]:g}, "
            f"and its counterpart {judgements[column, row]:g}"
        )


METHODS = (Ahp,)
