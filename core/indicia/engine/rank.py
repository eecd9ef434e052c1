"""Rank units by their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.engine.profile import profile
from indicia.errors import DataError, DefinitionError, nearest
from indicia.methods import Domain

if TYPE_CHECKING:
    from indicia.definition import Definition, Node

NOISE = 1e-12
"""Scores are equal where they differ by no more than this share of the largest; of each other, where all are positive
and made of positive values."""


def ranks(definition: Definition, tree: Node, units: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """Rank eligible units by the index, within each period, and within the groups that the methodology names.

    1 is the best score; units without a score have no rank.
    """
    data = definition.data
    within = {"rank": [data.period] if data.period else []}
    for group in definition.methodology.ranks:
        if group not in data.groups:
            raise DefinitionError(
                f'ranks names "{group}", which is no column of data.groups',
                remedy=nearest(group, data.groups) or f'groups = ["{group}"] in [data]',
            )
        within[f"rank_{group}"] = [*within["rank"], group]
    frame = units.hstack([_comparable(tree, scores[tree.id])])
    return frame.select(
        pl.when(pl.all_horizontal(True, *(pl.col(group).is_not_null() for group in key)))
        .then(_ranked(definition, tree, units, key))
        .alias(name)
        for name, key in within.items()
    )


def node_ranks(definition: Definition, tree: Node, units: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """Rank eligible units by every node, within each period."""
    nodes = list(tree.nodes())
    key = [definition.data.period] if definition.data.period else []
    frame = units.hstack([_comparable(node, scores[node.id]) for node in nodes])
    return frame.select(_ranked(definition, node, units, key).alias(node.id) for node in nodes)


def _ranked(definition: Definition, node: Node, units: pl.DataFrame, key: list[str]) -> pl.Expr:
    ties = definition.methodology.ties
    rank = pl.when(_eligible(definition, units)).then(pl.col(node.id)).rank(ties, descending=not node.low_is_best)
    return (rank.over(key) if key else rank).cast(pl.Float64 if ties == "average" else pl.Int64)


def _eligible(definition: Definition, units: pl.DataFrame) -> pl.Expr:
    data, eligible = definition.data, definition.eligible
    known = set(units[str(data.unit)]) if eligible.only or eligible.without else set()
    for name in (*(eligible.only or ()), *eligible.without):
        if name not in known:
            raise DataError(f'[eligible] names "{name}", which is no unit of the data', remedy=nearest(name, known))
    unit = pl.col(str(data.unit))
    only = pl.lit(value=True) if eligible.only is None else unit.is_in(eligible.only)
    return only & ~unit.is_in(eligible.without) if eligible.without else only


def _comparable(node: Node, scores: pl.Series) -> pl.Series:
    """Return scores without the noise of arithmetic."""
    facts = profile(scores.to_frame(), [node.id])[node.id]
    size = max(abs(facts.lowest or 0.0), abs(facts.highest or 0.0))
    if node.aggregation.domain is Domain.POSITIVE and (facts.lowest or 0.0) > 0:
        scores, size = scores.log(), 1.0  # what is made of positive values is as exact when it is small
    return without_noise(scores, NOISE * size)


def without_noise(values: pl.Series, tolerance: float) -> pl.Series:
    """Return values in the same order, made equal where no gap above the tolerance parts them.

    >>> without_noise(pl.Series([0.3, 0.1 + 0.2, 0.2]), 1e-12).rank("min", descending=True).to_list()
    [1, 1, 3]
    """
    with np.errstate(invalid="ignore", over="ignore"):
        gaps = np.diff(np.sort(values.drop_nulls().to_numpy()))
    if not ((gaps > 0) & (gaps <= tolerance)).any():
        return values
    ordered = values.drop_nulls().sort()
    close = ordered.diff().is_between(0, tolerance, closed="right").fill_null(value=False)
    first = pl.select(pl.when(~close).then(ordered)).to_series().forward_fill()
    return values.replace(ordered.filter(close), first.filter(close))
