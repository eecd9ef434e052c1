"""How the time of a run grows with the rows."""

from __future__ import annotations

import time
import warnings
from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import IndiciaError, IndiciaWarning
from indicia.methods import Agreement, Consensus, MatrixAggregation, MatrixImputation, Weighting
from indicia.testing.preparing import KINDS, Preparation
from indicia.testing.tables import words_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from indicia.index import Index
    from indicia.testing.subject import Subject

PROMISE = "The time of a run grows as the rows do."
LINEAR = 8.0
"""Between the 4 of a method that looks at each row and the 16 of one that looks at each pair of them."""
TIMES = 4

_ROWS = (125, 500, 2_500, 20_000)
_FEW = 500
"""The most where a method may hold every pair of units."""
_LONG = 0.25
"""Seconds after which no more rows are tried: what takes so long of a few may take days of many."""


def promised(subject: Subject) -> bool:
    """Say whether a method promises as much: those that can ask for all units at once do not."""
    return not isinstance(subject.method, Weighting | MatrixAggregation | MatrixImputation | Agreement | Consensus)


def growth(subject: Subject) -> float | None:
    """Return how much longer a run takes of four times as many rows, where it runs: in time of the processor."""
    if isinstance(subject.method, Agreement | Consensus):
        return None
    found = None
    for costs in ((), ("x1",)):  # some methods refuse the one, some the other
        for rows in _ROWS if promised(subject) else [one for one in _ROWS if one <= _FEW]:
            few, many = (_best(*_run(subject, number, costs)) for number in (rows, TIMES * rows))
            if not (few and many):
                break
            found = many / few
            if many > _LONG:
                return found
        if found:
            return found
    return None


def told(times: float) -> str:
    """Say in words how time grows."""
    as_what = (
        "about as the rows" if times < LINEAR else "as pairs of units" if times < 3 * LINEAR else "more than pairs"
    )
    return f"{times:.1f} times the time for {TIMES} times the rows: it grows {as_what}"


def _run(subject: Subject, rows: int, costs: Sequence[str]) -> tuple[Index, pl.DataFrame]:
    drawn = np.random.default_rng(1).uniform(1.0, 5.0, (4, rows)).round(3)
    columns = {f"x{number}": (x + drawn[3]).tolist() for number, x in enumerate(drawn[:3])}
    for name in costs:
        columns[name] = [10.0 - value for value in columns[name]]
    if subject.kind not in KINDS:
        raw, frame = subject.stated(columns, costs, words=words_for(subject, columns, costs))
        return subject.index(raw), frame
    preparation = Preparation(subject.choice, subject.kind, subject.plugins)
    if subject.kind == "imputation":
        columns["x1"][1::4] = [None] * len(columns["x1"][1::4])
    table = preparation.table(columns)
    return preparation.index_of(table), table.frame


def _best(index: Index, frame: pl.DataFrame) -> float | None:
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
