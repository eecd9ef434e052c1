"""The importance of the components of each node for its score, and of all indicators for the index."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import IndiciaError
from indicia_statistics.correlation_ratio import linear_ratio
from indicia_statistics.importance import weights_for_importance
from indicia_statistics.main_effects import (
    RESAMPLES,
    Blocks,
    MainEffect,
    Pair,
    blocks_of,
    main_effects,
    percentile_interval,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from indicia.methods import Array

    Integers = npt.NDArray[np.int64]

ROOT = "index"
"""The name of the index among the nodes."""

_FEWEST = 4
"""The smallest number of units of a main effect."""

_NOISE = 1e-10
"""A range of values below this share of their size is 0 but for rounding."""

_ROUNDING = 1e-6
"""The greatest share of the variance of a score that the rounding of scores has."""

_FIGURES = ("effect", "lower", "upper", "variance_share", "share", "gap", "gap_lower", "gap_upper")

_SCHEMA = {
    "component": pl.String,
    "units": pl.Int64,
    **dict.fromkeys(("weight", "effective_weight", "r2", "spline", "p_linear"), pl.Float64),
    "linear": pl.Boolean,
    **dict.fromkeys(_FIGURES, pl.Float64),
}


@dataclass(frozen=True, eq=False)
class NodeImportance:
    """The importance of parts for the score of a node."""

    node: str
    parts: pl.DataFrame
    """A row for each part, in their order.

    `units` with the part and the score, `weight` (the weights sum to 1) and `effective_weight` in the index; the
    squared correlation `r2`, the main effect by a natural `spline`, and the probability `p_linear` of the F test of a
    line, which is `linear` if p is 0.05 or more. The main `effect` is then `r2`, else `spline`, with the 95 % interval
    `lower` to `upper`.
    `variance_share` is Cov(w x, Y) / Var(Y), where the weights of a sum are scaled to those of the sum. `share` is the
    effect divided by the sum of effects, and `gap` this share less the weight, with the interval `gap_lower` to
    `gap_upper`. Weights that differ by group, or on which the score does not depend, are missing, and so is all that
    depends on them. A part with one value has the effect 0.
    """

    @cached_property
    def sum_of_variance_shares(self) -> float | None:
        """The sum of `variance_share`: 1 for a weighted mean or sum of complete parts; None without weights."""
        return None if self.parts["weight"].null_count() else float(self.parts["variance_share"].sum())

    @cached_property
    def discrepancy(self) -> float | None:
        """The largest |w_i / w_1 - S_i / S_1|, where 1 has the largest weight, and among several the largest effect.

        None for a single part, without weights, or if the first part has no effect.
        Source: Paruolo, Saisana & Saltelli (2013), eq. 6, doi:10.1111/j.1467-985X.2012.01059.x.
        """
        weights, effects = self.parts["weight"], self.parts["effect"]
        if len(weights) < 2 or weights.null_count() or effects.null_count():
            return None
        w, s = weights.to_numpy(), effects.to_numpy()
        first = max(range(len(w)), key=lambda part: (w[part], s[part]))
        if not (w[first] > 0 and s[first] > 0):
            return None
        return float(np.abs(w / w[first] - s / s[first]).max())


@dataclass(frozen=True, eq=False)
class Importance:
    """Importance beside weights, for all nodes of an index, computed at the first use."""

    components: Mapping[str, pl.DataFrame]
    """By node: its components as they enter its score, a Float64 column for each."""
    scores: pl.DataFrame
    """The score of each node, a column for each."""
    weights: Mapping[str, Mapping[str, float]]
    """By node: the weight of each component, of sum 1; without nodes whose score does not depend on weights, and empty
    if weights differ by group."""
    effective_weights: Mapping[str, float]
    """The weight of each part in the index; empty if weights differ by group."""
    similar: Importance | None = None
    """The importance in a similar index, of which equal nodes are taken over."""

    @cached_property
    def nodes(self) -> dict[str, NodeImportance]:
        """The importance of the components of each node for its score."""
        return {
            node: self.similar.nodes[node]
            if self.similar is not None and self._is_equal(node, self.similar)
            else self._measure(node, frame)
            for node, frame in self.components.items()
        }

    def _measure(self, node: str, frame: pl.DataFrame) -> NodeImportance:
        order = self._order if node == ROOT else None
        return measure(node, frame, self.scores[node], self.weights.get(node), self._effective, order)

    def _is_equal(self, node: str, other: Importance) -> bool:
        """Return whether a node has the same components, score and weights in another index."""
        frame = self.components[node]

        def weights(index: Importance) -> tuple[Mapping[str, float] | None, list[float | None]]:
            return index.weights.get(node), [index.effective_weights.get(name) for name in frame.columns]

        return (
            node in other.components
            and frame.equals(other.components[node])
            and self.scores[node].equals(other.scores[node])
            and weights(self) == weights(other)
        )

    @cached_property
    def indicators(self) -> NodeImportance:
        """The importance of all indicators of the index for its score, with their effective weights."""
        if all(name not in self.components for name in self.components[ROOT].columns):
            return self.nodes[ROOT]
        frame = self.indicator_values
        weights: dict[str, float] = {}
        if self._effective.keys() >= set(frame.columns):
            for name, weight in self._paths(ROOT):
                weights[name] = weights.get(name, 0.0) + weight
        return measure(ROOT, frame, self.scores[ROOT], weights or None, self._effective, self._order)

    @cached_property
    def _effective(self) -> dict[str, float]:
        """The effective weights, without the parts below a node whose score does not depend on weights."""
        pending = [node for node in self.components if not self.weights.get(node)]
        below: set[str] = set()
        for node in pending:
            names = set(self.components[node].columns) - below
            below |= names
            pending += [name for name in names if name in self.components]
        return {name: weight for name, weight in self.effective_weights.items() if name not in below}

    @cached_property
    def indicator_values(self) -> pl.DataFrame:
        """The indicators of the index as they enter the scores of their first parents, a Float64 column for each."""
        return pl.DataFrame([self._column(name) for name in dict(self._paths(ROOT))])

    @cached_property
    def table(self) -> pl.DataFrame:
        """The rows of all nodes: `node`, `level`, and the columns of `NodeImportance.parts`.

        `level` is "component" for a component of the node, and "indicator" for the indicators of an index with
        dimensions.
        """
        tables = [("component", self.nodes[node]) for node in self.components]
        if self.indicators is not self.nodes[ROOT]:
            tables.append(("indicator", self.indicators))
        return pl.concat(
            result.parts.select(pl.lit(result.node).alias("node"), pl.lit(level).alias("level"), pl.all())
            for level, result in tables
        )

    @cached_property
    def targets(self) -> dict[str, pl.DataFrame | str]:
        """By node: the weights at which importance equals the weights, or the reason why they cannot be computed.

        The frame is that of `weights_for_importance`. Nodes of one component, and nodes whose weights differ by group,
        are left out.
        """
        nodes = {node: frame for node, frame in self.components.items() if frame.width > 1 and self.weights.get(node)}
        return {node: _target(frame, self.weights[node]) for node, frame in nodes.items()}

    @cached_property
    def _order(self) -> Integers:
        """An order of the units by their values: dimensions and indicators draw the same units for the index."""
        return canonical_order(self.indicator_values.with_columns(self.scores[ROOT].alias("\0score")))

    def _column(self, name: str) -> pl.Series:
        """Return a part as it enters the score of its first parent."""
        return next(frame[name] for frame in self.components.values() if name in frame.columns)

    def _paths(self, node: str) -> Iterator[tuple[str, float]]:
        """Yield the indicators below a node, once for each path, with the weight of the path.

        The weight of a path is negative if an odd number of its dimensions has the opposite direction.
        """
        weights = self.weights.get(node, {})
        for name in self.components[node].columns:
            weight = weights.get(name, 0.0)
            if name not in self.components:
                yield name, weight
                continue
            sign = self._sign(name)
            for indicator, below in self._paths(name):
                yield indicator, sign * weight * below

    def _sign(self, node: str) -> float:
        """Return -1 if a dimension enters the score of its parent with the opposite sign, else 1."""
        pairs = pl.DataFrame([self._column(node).alias("x"), self.scores[node].alias("y")]).drop_nulls()
        return -1.0 if (pairs.select(pl.cov("x", "y")).item() or 0.0) < 0 else 1.0


def _target(frame: pl.DataFrame, weights: Mapping[str, float]) -> pl.DataFrame | str:
    complete = frame.drop_nulls()
    try:
        return weights_for_importance(complete, {name: weights[name] for name in frame.columns})
    except IndiciaError as error:
        gaps = (
            f"{complete.height} of {frame.height} units have all components, and " if len(complete) < len(frame) else ""
        )
        return gaps + error.what


def measure(
    node: str,
    frame: pl.DataFrame,
    score: pl.Series,
    weights: Mapping[str, float] | None,
    effective_weights: Mapping[str, float],
    order: Integers | None = None,
) -> NodeImportance:
    """Measure the importance of the columns of a frame for a score.

    Parameters
    ----------
    node : str
        The name of the score.
    frame : polars.DataFrame
        The parts as they enter the score, a Float64 column for each.
    score : polars.Series
        The score of each row of the frame.
    weights : mapping or None
        The weight of each part, negative for a part that lowers the score; None if weights differ by group.
    effective_weights : mapping
        The weight of each part in the index.
    order : array of int, (units,), optional
        An order of the rows that depends on their values alone; by default that of `canonical_order`.
    """
    names, y = frame.columns, score.cast(pl.Float64).to_numpy()
    values = frame.select(pl.all().cast(pl.Float64)).to_numpy()
    order = canonical_order(frame.with_columns(score.alias("\0score"))) if order is None else order
    values, y = values[order], y[order]
    rows = []
    resamples = np.full((RESAMPLES, len(names)), np.nan)
    for place, (name, effect) in enumerate(zip(names, _effects(values, y), strict=True)):
        row = dict.fromkeys(_SCHEMA) | {"component": name, "effective_weight": effective_weights.get(name)}
        both = np.isfinite(values[:, place]) & np.isfinite(y)
        row["units"] = int(both.sum())
        if weights is not None:
            row["weight"] = abs(weights.get(name, 0.0))
        if isinstance(effect, MainEffect):
            resamples[:, place] = effect.resamples
            row |= _figures(effect)
        elif effect is not None:
            resamples[:, place] = effect
            row |= {"effect": 0.0, "lower": 0.0, "upper": 0.0}
        if effect is not None and weights is not None:
            row["variance_share"] = weights.get(name, 0.0) * _slope(values[both, place], y[both])
        rows.append(row)
    parts = pl.DataFrame(rows, schema=_SCHEMA)
    if weights is not None and _is_weighted_sum(values, y, [weights.get(name, 0.0) for name in names]):
        # the sum of the weights is that of the score, such as 5 for a sum of five parts
        parts = parts.with_columns(pl.col("variance_share") / pl.col("variance_share").sum())
    return NodeImportance(node, _with_shares(parts, resamples))


def _is_weighted_sum(values: Array, y: Array, weights: Sequence[float]) -> bool:
    """Return True if a score is the weighted sum of complete parts, but for its scale and the rounding of scores."""
    total = values @ np.array(weights)
    if not (np.isfinite(total).all() and np.isfinite(y).all()) or _is_constant(total) or _is_constant(y):
        return False
    return linear_ratio(total / np.abs(total).max(), y / np.abs(y).max()) > 1 - _ROUNDING


def canonical_order(frame: pl.DataFrame) -> Integers:
    """Return an order of rows that depends on their values alone, and not on the order of rows and columns.

    >>> canonical_order(pl.DataFrame({"a": [2.0, 1.0, 2.0], "b": [1.0, 3.0, 0.0]})).tolist()
    [1, 2, 0]
    """
    keys = [frame[name].cast(pl.Float64).to_numpy() for name in sorted(frame.columns, reverse=True)]
    return np.lexsort(keys).astype(np.int64)


def _effects(values: Array, y: Array) -> list[MainEffect | float | None]:
    """Return the main effect of each column of values, (units, columns).

    It is 0 for a column with one value, and None if too few units or one score do not bear it.
    """
    blocks = blocks_of(len(y))
    of_all = Blocks.of(blocks) if len(y) else None
    effects: list[MainEffect | float | None] = []
    pairs: dict[int, Pair] = {}
    for place, x in enumerate(values.T):
        both = np.isfinite(x) & np.isfinite(y)
        part, score = x[both], y[both]
        effects.append(None)
        if both.sum() < _FEWEST or _is_constant(score):
            continue
        if _is_constant(part):
            effects[place] = 0.0
            continue
        # squares of values of any scale are then numbers
        part, score = (part - part.min()) / np.ptp(part), (score - score.min()) / np.ptp(score)
        pairs[place] = Pair(part, score, of_all if of_all and both.all() else Blocks.of(blocks[both]))
    for place, effect in zip(pairs, main_effects(list(pairs.values())), strict=True):
        effects[place] = effect
    return effects


def _is_constant(values: Array) -> bool:
    return bool(np.ptp(values) <= _NOISE * np.abs(values).max())


def _figures(effect: MainEffect) -> dict[str, float | None]:
    lower, upper = effect.interval
    return {
        "r2": effect.linear,
        "spline": effect.spline,
        "p_linear": effect.p_linear,
        "linear": effect.is_linear,
        "effect": effect.value,
        "lower": lower,
        "upper": upper,
    }


def _slope(x: Array, y: Array) -> float:
    """Return Cov(x, y) / Var(y)."""
    width = np.ptp(y)
    deviation = (y - y.mean()) / width
    return float(((x - x.mean()) / width * deviation).sum() / (deviation * deviation).sum())


def _with_shares(parts: pl.DataFrame, resamples: Array) -> pl.DataFrame:
    """Add the shares of the sum of effects, and their gaps to the weights with intervals."""
    effects, weights = parts["effect"], parts["weight"]
    total = effects.sum()
    if not total:
        return parts
    used = effects.is_not_null().to_numpy()
    sums = np.nansum(np.where(used, resamples, 0.0), axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = resamples / sums[:, None]
    columns = {"share": (effects / total).to_list()}
    if not weights.null_count() and weights.sum() > 0:
        weight = (weights / weights.sum()).to_list()
        gaps = [None if share is None else share - w for share, w in zip(columns["share"], weight, strict=True)]
        ends = [percentile_interval(shares[:, place] - w) if used[place] else None for place, w in enumerate(weight)]
        columns |= {
            "gap": gaps,
            "gap_lower": [end and end[0] for end in ends],
            "gap_upper": [end and end[1] for end in ends],
        }
    return parts.with_columns(pl.Series(name, values, pl.Float64) for name, values in columns.items())
