"""Weights from degrees of importance of one component over another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from indicia.methods import Array, Indicators, PairwiseComparisons, Weighting, Weights
from indicia_methods.weighting.judged import ANY_VALUES, Tables, check_each, judgements_of

if TYPE_CHECKING:
    from indicia.methods.contract import DetailTable

_HIGHEST = 3
"""The highest degree: absolutely more important."""
_SMALLEST_SHARE = 0.01
"""Value of the least important component, as a share of the next."""


@dataclass(frozen=True)
class Sapevo(Weighting):
    """Weigh by degrees of importance, from -3 to 3, of each component over each other component (SAPEVO-M).

    The degrees of a judge are summed along the rows, and the sums are rescaled to 0 to 1; the least important component
    gets a hundredth of the next value. The values of several judges are added up. The degree of y over x is the
    negative of the degree of x over y, so one of the two is enough.
    """

    name = "sapevo"
    reference = "Gomes, dos Santos, Teixeira, Sanseverino & Barcelos (2020), Pesquisa Operacional 40, e226524"
    formula = (
        r"w_i = \sum_d \frac{a_{di} - \min_k a_{dk}}{\max_k a_{dk} - \min_k a_{dk}}, \quad a_{di} = \sum_j \delta_{dij}"
    )
    symbols = {"degrees": r"\delta"}
    example = "sapevo(degrees=[['', x0, x1, x2], [x0, 0, 2, 1], [x1, -2, 0, -2], [x2, -1, 2, 0]])"
    properties = ANY_VALUES
    detail_tables = {"judges": "a component for a judge: the sum of its degrees, and the sum rescaled to 0 to 1"}

    degrees: Annotated[
        Tables,
        Field(description="degree of the row over the column: rows, a CSV file, several, or by dimension"),
    ]

    def __post_init__(self) -> None:
        check_each(self.degrees, _check_degrees)

    def weigh(self, indicators: Indicators) -> Weights:
        degrees = judgements_of(self.degrees, indicators.node)
        tables = [_fill_counterparts(table) for table in degrees.ordered(indicators.names)]
        scaled = [_scale(table, judge) for table, judge in zip(tables, degrees.judges, strict=True)]
        sums, names = np.sum(scaled, axis=0), indicators.names
        facts: dict[str, float | str] = {
            f"sum of {name}": float(value) for name, value in zip(names, sums, strict=True)
        }
        by_judge: DetailTable = {
            "judge": np.repeat([judge or "1" for judge in degrees.judges], len(names)),
            "component": list(names) * len(tables),
            "sum": np.concatenate([table.sum(axis=1) for table in tables]),
            "rescaled": np.concatenate(scaled),
        }
        return Weights(sums, facts, tables={"judges": by_judge})


def _scale(table: Array, judge: str) -> Array:
    sums = table.sum(axis=1)
    if sums.max() == sums.min():
        raise ValueError(f"{judge or 'the judge'} rates all components equally, so their sums cannot be rescaled")
    scaled = (sums - sums.min()) / (sums.max() - sums.min())
    positive: Array = np.where(scaled == 0, _SMALLEST_SHARE * scaled[scaled > 0].min(), scaled)
    return positive


def _fill_counterparts(table: Array) -> Array:
    """Fill each missing degree with the negative of its counterpart."""
    complete: Array = np.where(np.isnan(table), -table.T, table)
    np.fill_diagonal(complete, np.nan_to_num(np.diag(table)))
    return complete


def _check_degrees(comparisons: PairwiseComparisons) -> None:
    for judge, table in zip(comparisons.judges, np.array(comparisons.tables, dtype=float), strict=True):
        complete = _fill_counterparts(table)
        for broken, rule in (
            (np.isnan(complete), "each pair needs a degree"),
            (np.diag(np.diag(complete) != 0), "the degree of a component over itself is 0"),
            (~np.isin(complete, np.arange(-_HIGHEST, _HIGHEST + 1)), "degrees are whole numbers from -3 to 3"),
            (complete != -complete.T, "the two degrees of a pair add up to 0"),
        ):
            if broken.any():
                i, j = (int(place) for place in np.argwhere(broken)[0])
                names = comparisons.names or [f"component {number}" for number in range(1, len(table) + 1)]
                raise ValueError(
                    f"{judge}: " * bool(judge) + f"{rule}, unlike {names[i]} : {names[j]} = {complete[i, j]:g}"
                )
