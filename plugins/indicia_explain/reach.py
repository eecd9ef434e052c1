"""The way of a unit to a rank: least changes of weights and raw values, and the missing values that matter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import MissingDependency
from indicia_explain.reach_path import Paths
from indicia_explain.reach_question import ReachQuestion, single_changes
from indicia_explain.reach_rank import ReachWeights
from indicia_explain.reach_raw import RawChange, RawValues, raw_changes

if TYPE_CHECKING:
    import polars as pl

    from indicia_explain.reach_rank import Row


@dataclass(frozen=True, eq=False)
class LeastChanges:
    """The least changes with which a unit reaches a rank or overtakes another unit, each computed when it is read.

    Raw values are those after denomination: divided by the column of `per`, and multiplied by `factor`. Figures that do
    not exist are NaN.
    """

    question: ReachQuestion

    @cached_property
    def changes(self) -> list[RawChange]:
        """The least change of each raw value; empty if the unit has reached its goal."""
        return [] if self.question.is_reached else raw_changes(self.question)

    @cached_property
    def paths(self) -> Paths:
        """The cheapest paths; beyond the best values of the others only if none within them is enough."""
        within = Paths(self.question)
        try:
            if within.fails and not (beyond := Paths(self.question, beyond_others=True)).fails:
                return beyond
        except MissingDependency:  # a sentence has the reason
            pass
        return within

    @cached_property
    def weights(self) -> ReachWeights:
        """The least changes of the weights of each node."""
        return ReachWeights.of(self.question)


CASES = ("worst", "median", "best")
"""The values that replace a missing value in turn."""


def rows_of_missing(question: ReachQuestion) -> list[Row]:
    """Return a row for each missing value of the unit, that with the largest span of ranks first."""
    values = [RawValues.of(question, leaf) for leaf in question.leaves.values()]
    values = [of_leaf for of_leaf in values if np.isnan(of_leaf.value) and len(of_leaf.others)]
    if not values:
        return []
    names = [of_leaf.leaf.id for of_leaf in values]
    cells = np.array([_cases(of_leaf) for of_leaf in values])  # (indicators, cases)
    numbers = np.repeat(np.arange(len(values)), len(CASES))
    ranks, scores = question.outcomes(single_changes(names, numbers, cells.reshape(-1)))
    own = ranks[:, question.number(question.row)].reshape(cells.shape)
    span = own[:, 0] - own[:, -1]
    prepared = question.result.scored.prepared
    imputed = [_imputed(prepared, name, question.row) for name in names]
    columns = [names, imputed, *cells.T, *scores.reshape(cells.shape).T, *own.T, span]
    rows = list(zip(*columns, strict=True))
    return [rows[number] for number in np.argsort(-np.abs(span), kind="stable")]  # NaN is last


def _cases(values: RawValues) -> tuple[float, float, float]:
    """Return the worst, the median and the best value of the others."""
    merits = values.merit(values.others)
    worst, best = values.others[merits.argmin()], values.others[merits.argmax()]
    return float(worst), float(np.median(values.others)), float(best)


def _imputed(prepared: pl.DataFrame, name: str, row: int) -> float | None:
    """Return the value that a method put in place of a missing one, on the scale of the normalisation; None if none."""
    value: float | None = prepared[name][row] if name in prepared.columns else None
    return value
