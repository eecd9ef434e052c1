"""Weights from degrees by which one component is more important than another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from indicia.methods import Weighting, Weights
from indicia_methods.weighting.judged import ANY_VALUES, Tables, check, of_node

if TYPE_CHECKING:
    from indicia.methods import Array, Indicators, PairwiseComparisons

_MOST = 3
"""The highest degree: absolutely more important."""
_LEAST = 0.01
"""What the least important has, as a share of the one above it."""


@dataclass(frozen=True)
class Sapevo(Weighting):
    """Weigh by degrees of importance, from -3 to 3, of each component over each other one (SAPEVO-M).

    Degrees of a judge are added up along the rows and brought to a scale from 0 to 1; the least important has a
    hundredth of the one above it. Those of several judges are added up. Of a pair, the degree of the one over the other
    is that of the other over the one, negated, and need not be given.
    """

    name = "sapevo"
    reference = "Gomes, dos Santos, Teixeira, Sanseverino & Barcelos (2020), Pesquisa Operacional 40, e226524"
    formula = (
        r"w_i = \sum_d \frac{a_{di} - \min_k a_{dk}}{\max_k a_{dk} - \min_k a_{dk}}, \quad a_{di} = \sum_j \delta_{dij}"
    )
    symbols = {"degrees": r"\delta"}
    example = "sapevo(degrees=[['', x0, x1, x2], [x0, 0, 2, 1], [x1, -2, 0, -2], [x2, -1, 2, 0]])"
    properties = ANY_VALUES

    degrees: Annotated[
        Tables,
        Field(
            description="degree of the row over the column: rows, a CSV file, several, or one of these per dimension"
        ),
    ]

    def __post_init__(self) -> None:
        check(self.degrees, _check)

    def weigh(self, indicators: Indicators) -> Weights:
        given = of_node(self.degrees, indicators.node)
        tables = [_complete(table) for table in given.ordered(indicators.names)]
        found = np.sum([_scaled(table, judge) for table, judge in zip(tables, given.judges, strict=True)], axis=0)
        return Weights(found, {f"sum of {name}": float(one) for name, one in zip(indicators.names, found, strict=True)})


def _scaled(table: Array, judge: str) -> Array:
    sums = table.sum(axis=1)
    if sums.max() == sums.min():
        raise ValueError(f"{judge or 'the judge'} finds all equally important, which leaves nothing to scale")
    scaled = (sums - sums.min()) / (sums.max() - sums.min())
    whole: Array = np.where(scaled == 0, _LEAST * scaled[scaled > 0].min(), scaled)
    return whole


def _complete(table: Array) -> Array:
    """Return degrees with those put in that are given the other way round."""
    complete: Array = np.where(np.isnan(table), -table.T, table)
    np.fill_diagonal(complete, np.nan_to_num(np.diag(table)))
    return complete


def _check(one: PairwiseComparisons) -> None:
    for judge, table in zip(one.judges, np.array(one.tables, dtype=float), strict=True):
        complete = _complete(table)
        for off, what in (
            (np.isnan(complete), "degrees of all pairs are needed"),
            (np.diag(np.diag(complete) != 0), "a component has the degree 0 over itself"),
            (~np.isin(complete, np.arange(-_MOST, _MOST + 1)), "degrees are whole numbers from -3 to 3"),
            (complete != -complete.T, "degrees of a pair there and back add up to 0"),
        ):
            if off.any():
                i, j = (int(at) for at in np.argwhere(off)[0])
                names = one.names or [f"component {number}" for number in range(1, len(table) + 1)]
                raise ValueError(
                    f"{judge}: " * bool(judge) + f"{what}, unlike {names[i]} : {names[j]} = {complete[i, j]:g}"
                )
