"""Weights from the influence of components on each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Array, Indicators, PairwiseComparisons, Weighting, Weights, matrix_table
from indicia_methods.weighting.judged import ANY_VALUES, Tables, check_each, judgements_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods.contract import DetailTable

_ROUNDING = 1e-12
_SUM_TOLERANCE = 0.01
"""Tolerance of a column's sum of 1, since tables are typed with a few decimals."""


@dataclass(frozen=True)
class Dematel(Weighting):
    """Weigh by the influence that a component has on others and receives, directly and indirectly (DEMATEL).

    Rows influence columns. T is the total influence: the scaled direct influences plus all indirect influences. D are
    its row sums and R its column sums. Influences of several judges are averaged. The method reports D + R as the
    prominence and D - R as the relation, which is positive for a component that influences more than it is influenced.
    """

    name = "dematel"
    reference = (
        "Gabus & Fontela (1972), Battelle Geneva; Baykasoğlu et al. (2013), Expert Systems with Applications 40(3)"
    )
    formula = (
        r"T = X (I - X)^{-1}, \quad X = A / s, \quad s = <scale>, \quad w = <weight>, \quad D \text{ the row sums "
        r"of } T, \; R \text{ its column sums}"
    )
    symbols = {"influence": "A"}
    variants = {
        "scale": {
            "rows": r"\max_i \sum_j a_{ij}",
            "rows_and_columns": r"\max(\max_i \sum_j a_{ij}, \max_j \sum_i a_{ij})",
        },
        "weight": {
            "prominence": "D + R",
            "length": r"\sqrt{(D + R)^2 + (D - R)^2}",
        },
    }
    example = "dematel(influence=[['', x0, x1, x2], [x0, 0, 3, 2], [x1, 1, 0, 2], [x2, 2, 1, 0]])"
    properties = ANY_VALUES
    detail_tables = {
        "total_relation": "a component: its total influence on each component, the matrix T",
        "influence": "a component: its influence D, what it receives R, prominence D + R and relation D - R",
    }

    influence: Annotated[
        Tables, Field(description="influence of the row on the column: rows, a CSV file, or one of these per dimension")
    ]
    scale: Annotated[
        Literal["rows", "rows_and_columns"],
        Field(description="s: the largest row sum, or the largest sum of a row or column"),
    ] = "rows"
    weight: Annotated[
        Literal["prominence", "length"], Field(description="D + R, or the length of the vector (D + R, D - R)")
    ] = "prominence"

    def __post_init__(self) -> None:
        check_each(self.influence, _check_influence)

    def weigh(self, indicators: Indicators) -> Weights:
        direct = judgements_of(self.influence, indicators.node).ordered(indicators.names).mean(axis=0)
        largest = direct.sum(axis=1).max()
        if self.scale == "rows_and_columns":
            largest = max(largest, direct.sum(axis=0).max())
        scaled = direct / largest
        if np.abs(np.linalg.eigvals(scaled)).max() >= 1 - 1e-9:
            raise ValueError(
                "all sums are equal, so the total of indirect influences is infinite: choose another scale"
            )
        total = scaled @ np.linalg.inv(np.eye(len(scaled)) - scaled)
        given, received = total.sum(axis=1), total.sum(axis=0)
        prominence, relation = given + received, given - received
        facts: dict[str, float | str] = {"threshold": float(total.mean())}
        for name, sum_of_both, difference in zip(indicators.names, prominence, relation, strict=True):
            facts |= {f"prominence of {name}": float(sum_of_both), f"relation of {name}": float(difference)}
        weights = prominence if self.weight == "prominence" else np.hypot(prominence, relation)
        figures: DetailTable = {"given": given, "received": received, "prominence": prominence, "relation": relation}
        tables: dict[str, DetailTable] = {
            "total_relation": matrix_table("component", indicators.names, indicators.names, total),
            "influence": {"component": list(indicators.names), **figures},
        }
        return Weights(weights, facts, tables=tables)


def _check_influence(comparisons: PairwiseComparisons) -> None:
    for table in np.array(comparisons.tables, dtype=float):
        table = table.copy()
        np.fill_diagonal(table, np.nan_to_num(np.diag(table)))
        names = comparisons.names or [f"row {number}" for number in range(1, len(table) + 1)]
        _check_cells(table, names)
        if np.diag(table).any():
            raise ValueError(f"the diagonal is 0, unlike that of {names[int(np.diag(table).argmax())]}")
        if not table.any():
            raise ValueError("all influences are 0")


def _check_cells(table: Array, names: Sequence[str]) -> None:
    if (faulty := np.argwhere(np.isnan(table) | (table < 0))).size:
        i, j = map(int, faulty[0])
        value = "missing" if np.isnan(table[i, j]) else f"{table[i, j]:g}"
        raise ValueError(f"influences are 0 or more: that of {names[i]} on {names[j]} is {value}")


@dataclass(frozen=True)
class Anp(Weighting):
    """Weigh by the limit of repeated influence in a network (analytic network process).

    The supermatrix has a row and a column for each element of the network, such as criteria and alternatives. A column
    holds the influence of each row on its element and sums to 1. The powers of the supermatrix converge to the
    priorities, or cycle around them; then the method takes their mean. The weights are the priorities of the
    components, scaled to sum 1. In a hierarchy the priorities are the influence that the goal passes down.
    """

    name = "anp"
    reference = "Saaty (1996), Decision Making with Dependence and Feedback: The Analytic Network Process"
    formula = r"w = \lim_{m \to \infty} \frac1m \sum_{k=1}^m W^k v"
    symbols = {"supermatrix": "W"}
    example = (
        "anp(supermatrix=[['', x0, x1, x2, a, b], [x0, 0, 0, 0, 0.5, 0.2], [x1, 0, 0, 0, 0.3, 0.2], "
        "[x2, 0, 0, 0, 0.2, 0.6], [a, 0.6, 0.3, 0.5, 0, 0], [b, 0.4, 0.7, 0.5, 0, 0]])"
    )
    properties = ANY_VALUES
    detail_tables = {
        "priorities": "an element of the network: its priority among all elements",
        "supermatrix": "an element of the network: its influence on each element, columns scaled to sum 1",
    }

    supermatrix: Annotated[
        Tables, Field(description="influence of the row on the column: rows, a CSV file, or one of these per dimension")
    ]

    def __post_init__(self) -> None:
        check_each(self.supermatrix, _check_supermatrix)

    def weigh(self, indicators: Indicators) -> Weights:
        comparisons = judgements_of(self.supermatrix, indicators.node)
        assert comparisons.names is not None
        if absent := [name for name in indicators.names if name not in comparisons.names]:
            raise ValueError(
                f"the supermatrix has no row of {', '.join(absent)}; it has {', '.join(comparisons.names)}"
            )
        elements, table = comparisons.names, np.array(comparisons.tables[0], dtype=float)
        priorities = _priorities(table, elements)
        tables: dict[str, DetailTable] = {
            "priorities": {"element": list(elements), "priority": priorities},
            "supermatrix": matrix_table("element", elements, elements, _stochastic(table)),
        }
        return Weights(np.array([priorities[elements.index(name)] for name in indicators.names]), tables=tables)


def _check_supermatrix(comparisons: PairwiseComparisons) -> None:
    if len(comparisons.tables) > 1:
        raise ValueError("a supermatrix is one table, and several are given: combine the judges' tables first")
    if comparisons.names is None:
        raise ValueError("a supermatrix needs names of its elements in the first row and column")
    table = np.array(comparisons.tables[0], dtype=float)
    _check_cells(table, comparisons.names)
    sums = table.sum(axis=0)
    faulty = (np.abs(sums - 1) > _SUM_TOLERANCE) & (sums > 0)
    if faulty.any():
        texts = ", ".join(
            f"{name} {total:g}"
            for name, total, is_faulty in zip(comparisons.names, sums, faulty, strict=True)
            if is_faulty
        )
        raise ValueError(f"a column of a supermatrix sums to 1, or to 0 if nothing influences its element: {texts}")
    _priorities(table, comparisons.names)


def _stochastic(table: Array) -> Array:
    """Return a supermatrix whose columns sum to 1, or to 0."""
    sums = table.sum(axis=0)
    scaled: Array = np.divide(table, sums, out=np.zeros_like(table), where=sums > 0)
    return scaled


def _priorities(table: Array, names: Sequence[str]) -> Array:
    """Return the limit of the powers of a supermatrix; of a hierarchy, the influence that its goals pass down."""
    sums, stochastic, size = table.sum(axis=0), _stochastic(table), len(table)
    if np.abs(np.linalg.matrix_power((stochastic > 0).astype(float), size)).max() == 0:
        goals = (stochastic.sum(axis=1) == 0) & (sums > 0)
        priorities = np.linalg.inv(np.eye(size) - stochastic) @ (goals / max(goals.sum(), 1))
        return np.where(np.abs(priorities) < _ROUNDING, 0.0, priorities)
    if (sums == 0).any():
        idle = [name for name, total in zip(names, sums, strict=True) if total == 0]
        raise ValueError(
            f"nothing influences {', '.join(idle)}, so the powers of a supermatrix with cycles tend to 0: "
            "give these columns a sum of 1, for example by a 1 on the diagonal"
        )
    # the mean of the powers of W tends to the vector with W v = v: the null space of W - I
    _, values, right = np.linalg.svd(stochastic - np.eye(size))
    if (values < 1e-10).sum() > 1:
        raise ValueError(
            "some groups of elements receive no influence from outside, so priorities are undetermined: link them"
        )
    limit = np.abs(right[-1])
    limit[limit < _ROUNDING * limit.max()] = 0.0
    scaled: Array = limit / limit.sum()
    return scaled
