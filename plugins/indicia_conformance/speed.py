"""The growth of the time of a run with the number of rows."""

from __future__ import annotations

import time
import warnings
from typing import TYPE_CHECKING

import numpy as np

from indicia.analyses import Analysis
from indicia.errors import IndiciaError, IndiciaWarning
from indicia.methods import Agreement, Consensus, MatrixAggregation, MatrixImputation, Weighting
from indicia.outputs.output import Output
from indicia_audit.checks import Check

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from indicia.index import Index
    from indicia_conformance.subject import Subject

NAME = "speed"
PROMISE = "The time of a run grows in proportion to the rows."
LINEAR = 8.0
"""The limit of the ratio: it is about 4 for a method that reads each row, and 16 if it compares each pair of rows."""
TIMES = 4

_ROWS = (125, 500, 2_500, 20_000)
_FEW = 500
"""The largest table for a method that may hold all pairs of units in memory."""
_LONG = 0.25
"""Seconds of a run after which no larger tables are tried: a slow method could take days."""


def promises_linear_time(subject: Subject) -> bool:
    """Return True if time must grow in proportion to the rows; methods that get all units at once are exempt."""
    return not isinstance(subject.method, Weighting | MatrixAggregation | MatrixImputation | Agreement | Consensus)


def growth(subject: Subject) -> float | None:
    """Return the ratio of processor times for four times the rows; None if the method refuses the tables."""
    if isinstance(subject.method, Agreement | Consensus | Check | Analysis | Output):
        return None
    ratio = None
    for costs in ((), ("x1",)):  # some methods refuse tables with costs, and some refuse tables without
        for rows in _ROWS if promises_linear_time(subject) else [number for number in _ROWS if number <= _FEW]:
            few, many = (_best(*_run(subject, number, costs)) for number in (rows, TIMES * rows))
            if not (few and many):
                break
            ratio = many / few
            if many > _LONG:
                return ratio
        if ratio:
            return ratio
    return None


def describe(ratio: float) -> str:
    """Return a sentence on the growth of time.

    >>> describe(4.1)
    '4.1 times the time for 4 times the rows: it grows in proportion to the rows'
    """
    growth = (
        "in proportion to the rows"
        if ratio < LINEAR
        else "as the pairs of units do"
        if ratio < 3 * LINEAR
        else "faster than the pairs of units"
    )
    return f"{ratio:.1f} times the time for {TIMES} times the rows: it grows {growth}"


def _run(subject: Subject, rows: int, costs: Sequence[str]) -> tuple[Index, pl.DataFrame]:
    numbers = np.random.default_rng(1).uniform(1.0, 5.0, (4, rows)).round(3)
    columns: dict[str, list[float | None]] = {f"x{j}": (x + numbers[3]).tolist() for j, x in enumerate(numbers[:3])}
    for name in costs:
        columns[name] = (10.0 - np.array(columns[name], dtype=float)).tolist()
    if subject.kind == "imputation":
        columns["x1"][1::4] = [None] * len(columns["x1"][1::4])
    sample = subject.sample(columns, () if subject.prepares else costs)
    return subject.index(sample), subject.frame(sample)


def _best(index: Index, frame: pl.DataFrame) -> float | None:
    """Return the shortest time of three runs; None if the method refuses the table."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IndiciaWarning)
            try:
                index.score(frame)
            except (IndiciaError, AssertionError):
                return None
        best = min(best, time.process_time() - start)
    return best
