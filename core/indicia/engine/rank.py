"""Rank units by their scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.engine.prepare import check_group
from indicia.engine.profile import profile
from indicia.errors import DataError, nearest
from indicia.methods import Domain

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.definition import Definition, Node
    from indicia.engine.profile import Profile

NOISE = 1e-12
"""Scores are equal where they differ by no more than this share of the largest; of each other, where all are positive
and made of positive values."""


def ranks(definition: Definition, tree: Node, units: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """Rank eligible units by the index, within each period, and within the groups that the methodology names.

    1 is the best score; units without a score have no rank.
    """
    check_eligible(definition, units)
    data = definition.data
    within = {"rank": [data.period] if data.period else []}
    for group in definition.methodology.ranks:
        check_group(group, data, "ranks names")
        within[f"rank_{group}"] = [*within["rank"], group]
    frame = units.hstack([_comparable(tree, scores[tree.id])])
    return frame.select(
        pl.when(pl.all_horizontal(True, *(pl.col(group).is_not_null() for group in key)))
        .then(_ranked(definition, tree, key))
        .alias(name)
        for name, key in within.items()
    )


def node_ranks(definition: Definition, tree: Node, units: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """Rank eligible units by every node, within each period."""
    nodes = list(tree.nodes())
    key = [definition.data.period] if definition.data.period else []
    frame = units.hstack([_comparable(node, scores[node.id]) for node in nodes])
    return frame.select(_ranked(definition, node, key).alias(node.id) for node in nodes)


def _ranked(definition: Definition, node: Node, key: list[str]) -> pl.Expr:
    ties = definition.methodology.ties
    rank = pl.when(_eligible(definition)).then(pl.col(node.id)).rank(ties, descending=not node.low_is_best)
    return (rank.over(key) if key else rank).cast(pl.Float64 if ties == "average" else pl.Int64)


def check_eligible(definition: Definition, units: pl.DataFrame) -> None:
    """Refuse names of eligible units that the data do not have."""
    data, eligible = definition.data, definition.eligible
    known = set(units[str(data.unit)]) if eligible.only or eligible.without else set()
    for name in (*(eligible.only or ()), *eligible.without):
        if name not in known:
            word = "only" if name in (eligible.only or ()) else "without"
            raise DataError(
                f'[eligible] names "{name}", which is no unit of the data',
                remedy=nearest(name, known),
                word=("eligible", word),
            )


def _eligible(definition: Definition) -> pl.Expr:
    unit, eligible = pl.col(str(definition.data.unit)), definition.eligible
    only = pl.lit(value=True) if eligible.only is None else unit.is_in(eligible.only)
    return only & ~unit.is_in(eligible.without) if eligible.without else only


def _comparable(node: Node, scores: pl.Series) -> pl.Series:
    """Return numbers in the order of the scores, without the noise of arithmetic."""
    facts = profile(scores.to_frame(), [node.id])[node.id]
    size = _largest(facts)
    if node.aggregation.domain is Domain.POSITIVE and (facts.lowest or 0.0) > 0:
        scores, size = scores.log(), 1.0  # what is made of positive values is as exact when it is small
    places, level = _levelled(scores, NOISE * size)
    return _placed(scores, places, level)


def without_noise(values: pl.Series, size: float | None = None) -> pl.Series:
    """Return values in the same order, equal where no gap above the noise of the largest (or of a size) parts them.

    >>> without_noise(pl.Series([0.3, 0.1 + 0.2, 0.2])).rank("min", descending=True).to_list()
    [1, 1, 3]
    """
    if size is None:
        size = _largest(profile(values.to_frame("values"), ["values"])["values"])
    places, level = _levelled(values, NOISE * size)
    lowest = np.flatnonzero(np.diff(level, prepend=-1))
    return _placed(values, places, values.to_numpy()[places[lowest]][level])


def _largest(facts: Profile) -> float:
    return max(abs(facts.lowest or 0.0), abs(facts.highest or 0.0))


def _levelled(values: pl.Series, tolerance: float) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.uint32]]:
    """Return where the values stand, from the lowest up, and of each how many gaps above the tolerance are below it."""
    numbers = values.to_numpy()
    places = np.argsort(numbers)[: len(values) - values.null_count()]
    with np.errstate(invalid="ignore", over="ignore"):
        gaps = np.diff(numbers[places], prepend=np.nan)
    return places, np.cumsum(gaps > tolerance, dtype=np.uint32)


def _placed(values: pl.Series, places: npt.NDArray[np.intp], found: npt.NDArray[np.generic]) -> pl.Series:
    """Put what was found in order back where the values stand; what is missing stays missing."""
    placed = np.zeros(len(values), found.dtype)
    placed[places] = found
    column = pl.Series(values.name, placed)
    return column if len(places) == len(values) else column.set(values.is_null(), None)
