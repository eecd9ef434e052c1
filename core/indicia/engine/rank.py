"""Rank units by their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.errors import DataError, nearest
from indicia.methods import Domain

if TYPE_CHECKING:
    from indicia.definition import Definition
    from indicia.engine.profile import Profile
    from indicia.methods import Aggregation

NOISE = 1e-12
"""Scores are equal where they differ by no more than this share of the largest; of each other, where all are positive
and made of positive values."""


def rank(
    definition: Definition, aggregation: Aggregation, units: pl.DataFrame, scores: pl.Series, facts: Profile
) -> pl.Series:
    """Rank eligible units, within each period; 1 is the best score, units without a score have no rank."""
    data, eligible = definition.data, definition.eligible
    known = set(units[str(data.unit)]) if eligible.only or eligible.without else set()
    for name in (*(eligible.only or ()), *eligible.without):
        if name not in known:
            raise DataError(f'[eligible] names "{name}", which is no unit of the data', remedy=nearest(name, known))
    size = max(abs(facts.lowest or 0.0), abs(facts.highest or 0.0))
    compared, unit = pl.col("rank"), pl.col(str(data.unit))
    if eligible.only is not None:
        compared = pl.when(unit.is_in(eligible.only)).then(compared)
    if eligible.without:
        compared = pl.when(~unit.is_in(eligible.without)).then(compared)
    ties = definition.methodology.ties
    ranked = compared.rank(ties, descending=not aggregation.low_is_best).cast(
        pl.Float64 if ties == "average" else pl.Int64
    )
    if aggregation.domain is Domain.POSITIVE and (facts.lowest or 0.0) > 0:
        scores, size = scores.log(), 1.0  # what is made of positive values is as exact when it is small
    frame = units.with_columns(without_noise(scores, NOISE * size).alias("rank"))
    return frame.select(ranked.over(data.period) if data.period else ranked).to_series()


def without_noise(values: pl.Series, tolerance: float) -> pl.Series:
    """Return values in the same order, made equal where no gap above the tolerance parts them.

    >>> without_noise(pl.Series([0.3, 0.1 + 0.2, 0.2]), 1e-12).rank("min", descending=True).to_list()
    [1, 1, 3]
    """
    ordered = values.drop_nulls().sort()
    close = ordered.diff().is_between(0, tolerance, closed="right").fill_null(value=False)
    if not close.any():
        return values
    first = pl.select(pl.when(~close).then(ordered)).to_series().forward_fill()
    return values.replace(ordered.filter(close), first.filter(close))
