"""Weights from how components influence each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Weighting, Weights
from indicia_methods.weighting.judged import ANY_VALUES, Tables, check, of_node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array, Indicators, PairwiseComparisons

_NOTHING = 1e-12
_SUM = 0.01
"""How far the sum of a column may be from 1: tables are typed with a few decimals."""


@dataclass(frozen=True)
class Dematel(Weighting):
    """Weigh by how much a component influences others and is influenced, through others too (DEMATEL).

    Rows influence columns. The direct influences, scaled, add up with those of all longer ways to T; D are its row
    sums, R its column sums. Of several judges the influences are averaged. D - R is reported as the relation, which is
    positive of what causes the others.
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

    influence: Annotated[
        Tables, Field(description="influence of the row on the column: rows, a CSV file, or one of these per dimension")
    ]
    scale: Annotated[
        Literal["rows", "rows_and_columns"],
        Field(description="s, the largest row sum, or the largest sum of a row or a column"),
    ] = "rows"
    weight: Annotated[
        Literal["prominence", "length"], Field(description="D + R, or the length of the vector (D + R, D - R)")
    ] = "prominence"

    def __post_init__(self) -> None:
        check(self.influence, _check_influence)

    def weigh(self, indicators: Indicators) -> Weights:
        direct = of_node(self.influence, indicators.node).ordered(indicators.names).mean(axis=0)
        largest = direct.sum(axis=1).max()
        if self.scale == "rows_and_columns":
            largest = max(largest, direct.sum(axis=0).max())
        scaled = direct / largest
        if np.abs(np.linalg.eigvals(scaled)).max() >= 1 - 1e-9:
            raise ValueError("influences never die out, since all sums are the same: there is no total influence")
        total = scaled @ np.linalg.inv(np.eye(len(scaled)) - scaled)
        given, received = total.sum(axis=1), total.sum(axis=0)
        prominence, relation = given + received, given - received
        facts: dict[str, float | str] = {"threshold": float(total.mean())}
        for name, both, net in zip(indicators.names, prominence, relation, strict=True):
            facts |= {f"prominence of {name}": float(both), f"relation of {name}": float(net)}
        return Weights(prominence if self.weight == "prominence" else np.hypot(prominence, relation), facts)


def _check_influence(one: PairwiseComparisons) -> None:
    for table in np.array(one.tables, dtype=float):
        table = table.copy()
        np.fill_diagonal(table, np.nan_to_num(np.diag(table)))
        names = one.names or [f"row {number}" for number in range(1, len(table) + 1)]
        _check_influences(table, names)
        if np.diag(table).any():
            raise ValueError(f"a component has no influence on itself, unlike {names[int(np.diag(table).argmax())]}")
        if not table.any():
            raise ValueError("nothing influences anything")


def _check_influences(table: Array, names: Sequence[str]) -> None:
    if (unfit := np.argwhere(np.isnan(table) | (table < 0))).size:
        i, j = map(int, unfit[0])
        found = "missing" if np.isnan(table[i, j]) else f"{table[i, j]:g}"
        raise ValueError(f"influences are 0 or more: that of {names[i]} on {names[j]} is {found}")


@dataclass(frozen=True)
class Anp(Weighting):
    """Weigh by what remains of influence in the long run (analytic network process).

    The supermatrix has a column for each element of the network, criteria, alternatives or whatever there is, which
    says how much each row influences it, and sums to 1. Its powers tend to the priorities, or go round about them, and
    then their mean is taken; weights are the priorities of the components, scaled. In a hierarchy influence ends, and
    they are what is passed down from the goal.
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

    supermatrix: Annotated[
        Tables, Field(description="influence of the row on the column: rows, a CSV file, or one of these per dimension")
    ]

    def __post_init__(self) -> None:
        check(self.supermatrix, _check_supermatrix)

    def weigh(self, indicators: Indicators) -> Array:
        one = of_node(self.supermatrix, indicators.node)
        assert one.names is not None
        if lacking := [name for name in indicators.names if name not in one.names]:
            raise ValueError(f"the supermatrix has no row of {', '.join(lacking)}; it has {', '.join(one.names)}")
        priorities = _priorities(np.array(one.tables[0], dtype=float), one.names)
        return np.array([priorities[one.names.index(name)] for name in indicators.names])


def _check_supermatrix(one: PairwiseComparisons) -> None:
    if len(one.tables) > 1:
        raise ValueError("a supermatrix is one table: judges agree on it, or on the comparisons that it is made of")
    if one.names is None:
        raise ValueError("a supermatrix names its elements, in a first row and a first column")
    table = np.array(one.tables[0], dtype=float)
    _check_influences(table, one.names)
    sums = table.sum(axis=0)
    off = (np.abs(sums - 1) > _SUM) & (sums > 0)
    if off.any():
        told = ", ".join(f"{name} {total:g}" for name, total, bad in zip(one.names, sums, off, strict=True) if bad)
        raise ValueError(f"the columns of a supermatrix sum to 1, or to 0 where nothing has influence: {told}")
    _priorities(table, one.names)


def _priorities(table: Array, names: Sequence[str]) -> Array:
    """Return the limit of the powers of a supermatrix, or what a hierarchy passes down from its goals."""
    sums = table.sum(axis=0)
    stochastic = np.divide(table, sums, out=np.zeros_like(table), where=sums > 0)
    size = len(table)
    if np.abs(np.linalg.matrix_power((stochastic > 0).astype(float), size)).max() == 0:
        goals = (stochastic.sum(axis=1) == 0) & (sums > 0)
        passed = np.linalg.inv(np.eye(size) - stochastic) @ (goals / max(goals.sum(), 1))
        return np.where(np.abs(passed) < _NOTHING, 0.0, passed)
    if (sums == 0).any():
        idle = [name for name, total in zip(names, sums, strict=True) if total == 0]
        raise ValueError(
            f"nothing influences {', '.join(idle)}, while others go round in circles, so that influence leaks away: "
            "give these columns a sum of 1 (a 1 on the diagonal keeps it there)"
        )
    _, values, right = np.linalg.svd(stochastic - np.eye(size))
    if (values < 1e-10).sum() > 1:
        raise ValueError(
            "there are groups of elements that nothing outside influences, so priorities depend on the start"
        )
    limit = np.abs(right[-1])
    limit[limit < _NOTHING * limit.max()] = 0.0
    scaled: Array = limit / limit.sum()
    return scaled
