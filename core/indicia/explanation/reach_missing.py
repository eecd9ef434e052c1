"""The missing value of a unit that matters most: its rank at the worst, the median and the best value of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.explanation.declared import ReachTables
from indicia.explanation.reach_question import single_changes
from indicia.explanation.reach_raw import RawValues

if TYPE_CHECKING:
    from indicia.explanation.reach_question import ReachQuestion

CASES = ("worst", "median", "best")
"""The values that replace a missing value in turn."""


def missing_table(question: ReachQuestion) -> pl.DataFrame:
    """Return a row for each missing value of the unit, that with the largest span of ranks first."""
    values = [RawValues.of(question, leaf) for leaf in question.leaves.values()]
    values = [of_leaf for of_leaf in values if np.isnan(of_leaf.value) and len(of_leaf.others)]
    if not values:
        return ReachTables.missing.frame([])
    names = [of_leaf.leaf.id for of_leaf in values]
    cells = np.array([_cases(of_leaf) for of_leaf in values])  # (indicators, cases)
    numbers = np.repeat(np.arange(len(values)), len(CASES))
    ranks, scores = question.outcomes(single_changes(names, numbers, cells.reshape(-1)))
    own = ranks[:, question.number(question.row)].reshape(cells.shape)
    span = own[:, 0] - own[:, -1]
    prepared = question.result.scored.prepared
    imputed = [_imputed(prepared, name, question.row) for name in names]
    columns = [names, imputed, *cells.T, *scores.reshape(cells.shape).T, *own.T, span]
    frame = ReachTables.missing.frame(zip(*columns, strict=True))
    frame = frame.with_columns(pl.col(pl.Float64).fill_nan(None))
    return frame.sort(pl.col("span").abs(), descending=True, nulls_last=True, maintain_order=True)


def _cases(values: RawValues) -> tuple[float, float, float]:
    """Return the worst, the median and the best value of the others."""
    merits = values.merit(values.others)
    worst, best = values.others[merits.argmin()], values.others[merits.argmax()]
    return float(worst), float(np.median(values.others)), float(best)


def _imputed(prepared: pl.DataFrame, name: str, row: int) -> float | None:
    """Return the value that a method put in place of a missing one, on the scale of the normalisation; None if none."""
    value: float | None = prepared[name][row] if name in prepared.columns else None
    return value
