"""A search along the paths of a weight to 1 and to 0: where units first draw level, for any aggregation.

The search moves each weight in steps, so it misses a change of places that is reversed within one step.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from indicia.errors import IndiciaError
from indicia.run import Draws, draws_per_batch, score_draws
from indicia_robustness import closed_form
from indicia_robustness.search import bisect_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from indicia.definition import Node
    from indicia.methods import Array
    from indicia_robustness.baseline import Baseline

    Integers = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

Condition: TypeAlias = "Callable[[Array, Array], tuple[Mask, Array]]"
"""From ranks and oriented scores (paths, units by rank), whether units are level, and the margin of their scores."""

_STEPS = 32
_HALVINGS = 30
NEARLY = 1 - 1e-9
"""The largest share of the path to a weight of 0 or 1: with a weight of 1, units without the component lack a score."""
_GRID = np.arange(_STEPS + 1) / _STEPS * NEARLY


def level_with_first(ranks: Array, oriented: Array) -> tuple[Mask, Array]:
    """Return whether a unit draws level with the first unit, and the lead of its score."""
    met: Mask = np.logical_or.reduce(ranks[:, 1:] <= ranks[:, :1], axis=1)
    return met, np.fmax.reduce(oriented[:, 1:] - oriented[:, :1], axis=1)


def level_with_predecessor(ranks: Array, oriented: Array) -> tuple[Mask, Array]:
    """Return whether a unit draws level with its predecessor in the index, and the lead of its score."""
    met: Mask = np.logical_or.reduce(ranks[:, 1:] <= ranks[:, :-1], axis=1)
    return met, np.fmax.reduce(oriented[:, 1:] - oriented[:, :-1], axis=1)


def level_with_top(k: int) -> Condition:
    """Return the condition that a unit draws level with one of the first k units of the index."""

    def level(ranks: Array, oriented: Array) -> tuple[Mask, Array]:
        met: Mask = np.fmin.reduce(ranks[:, k:], axis=1) <= np.fmax.reduce(ranks[:, :k], axis=1)
        return met, np.fmax.reduce(oriented[:, k:], axis=1) - np.fmin.reduce(oriented[:, :k], axis=1)

    return level


def paths_of(baseline: Baseline, nodes: Sequence[Node]) -> list[Path]:
    """Return the two paths of each weight of some nodes."""
    return [
        Path(node, number, target, np.asarray(baseline.nominal.node_weights[node.id].values))
        for node in nodes
        for number in range(len(node.components))
        for target in (1.0, 0.0)
    ]


def first_level_shares(baseline: Baseline, paths: Sequence[Path], conditions: Sequence[Condition]) -> Array:
    """Return the share of each path at which each condition is first met, (conditions, paths); NaN if it never is."""
    met, margins = _on_grid(baseline, paths, conditions)
    is_met, first = met.any(axis=1), met.argmax(axis=1)
    high = np.where(is_met, _GRID[first], np.nan)
    (reachable,) = np.nonzero(is_met & (high > 0))

    def attempt(active: Integers, numbers: Integers, shares: Array) -> tuple[Mask, Array]:
        condition, path = np.divmod(active[numbers], len(paths))
        met, margins = _level_on(baseline, [paths[first] for first in path.tolist()], shares, conditions)
        places = condition, np.arange(len(shares))
        return met[places], margins[places]

    ends_of_paths = zip(*((path.weights[path.number], path.target) for path in paths), strict=True)
    starts, targets = (np.tile(ends, len(conditions)) for ends in ends_of_paths)

    def sizes(shares: Array) -> Array:
        """Return the absolute changes of weights before scaling; infinite for a path without a change."""
        change = shares * (targets - starts)
        with np.errstate(divide="ignore", invalid="ignore"):
            result: Array = np.nan_to_num(np.abs(change) / (1 - starts - change), nan=np.inf)
        return result

    def needs_halving(active: Integers, low: Array, upper: Array) -> Mask:
        """Return a mask of the paths that may lead to the smaller of the two changes of a weight."""
        lower_ends, upper_ends = high.copy(), high.copy()
        lower_ends[active], upper_ends[active] = low, upper
        smaller = sizes(upper_ends).reshape(-1, 2).min(axis=1).repeat(2)
        result: Mask = sizes(lower_ends)[active] * NEARLY <= smaller[active]
        return result

    one_by_one = levels_noise(baseline)
    ends_of_conditions = len(paths) * np.arange(1, len(conditions))
    for active in np.split(reachable, np.searchsorted(reachable, ends_of_conditions)) if one_by_one else [reachable]:
        _, high[active] = bisect_all(
            partial(attempt, active),
            np.maximum(high[active] - 1 / _STEPS, 0.0),
            high[active],
            np.stack([margins[active, first[active] - 1], margins[active, first[active]]]),
            halvings=_HALVINGS,
            batch_size=1 if one_by_one else draws_per_batch(baseline.nominal, errors=False),
            needs_halving=None if one_by_one else partial(needs_halving, active),
        )
    return high.reshape(-1, len(paths))


def levels_noise(baseline: Baseline) -> bool:
    """Return True if a method treats nearly equal scores of all draws in a batch as equal.

    Nearly equal draws must then not be in one batch, since they would change each other's scores.
    """
    nodes = baseline.nominal.tree.nodes()
    methods = (method for node in nodes for method in (node.rescaling, node.as_component))
    return any(method is not None and method.whole_column for method in methods)


def _on_grid(baseline: Baseline, paths: Sequence[Path], conditions: Sequence[Condition]) -> tuple[Mask, Array]:
    """Return the values of `_level_on` at all steps of all paths, (conditions times paths, steps) each."""
    if not levels_noise(baseline):
        with suppress(IndiciaError):  # the error of a batch would name every unit many times
            paths_of_points = [path for path in paths for _ in _GRID]
            met, margins = _level_on(baseline, paths_of_points, np.tile(_GRID, len(paths)), conditions)
            return met.reshape(-1, len(_GRID)), margins.reshape(-1, len(_GRID))
    steps = [_level_on(baseline, paths, np.full(len(paths), share), conditions) for share in _GRID]
    met, margins = (np.stack(parts, axis=-1).reshape(-1, len(_GRID)) for parts in zip(*steps, strict=True))
    return met, margins


def _level_on(
    baseline: Baseline, paths: Sequence[Path], shares: Array, conditions: Sequence[Condition]
) -> tuple[Mask, Array]:
    """Return a mask of the paths on which each condition is met, and its margins; (conditions, paths) each."""
    portions = []
    for scores in scores_on(baseline, paths, shares):
        ranks = baseline.ranked(scores)[:, baseline.order]
        oriented = scores[:, baseline.rows][:, baseline.order] * baseline.sign
        by_condition = [condition(ranks, oriented) for condition in conditions]
        portions.append(tuple(np.stack(parts) for parts in zip(*by_condition, strict=True)))
    met, margins = (np.concatenate(parts, axis=1) for parts in zip(*portions, strict=True))
    return met, margins


def scores_on(baseline: Baseline, paths: Sequence[Path], shares: Array) -> Iterator[Array]:
    """Yield scores (paths, rows of the data) with the weights at a share of each path, in batches."""
    nominal, step = baseline.nominal, draws_per_batch(baseline.nominal, errors=False)
    for start in range(0, len(paths), step):
        batch = paths[start : start + step]
        drawn = {node.id: np.tile(nominal.node_weights[node.id].values, (len(batch), 1)) for node in baseline.weighable}
        for number, (path, share) in enumerate(zip(batch, shares[start : start + step], strict=True)):
            drawn[path.node.id][number] = path.at(share)
        yield score_draws(baseline.definition, nominal, Draws(len(batch), drawn))


@dataclass(frozen=True)
class Path:
    """The path of a weight to 1 or to 0; the other weights of the node keep their proportions."""

    node: Node
    number: int
    target: float
    weights: Array

    def at(self, share: float) -> Array:
        """Return the weights at a share of the path."""
        weight = self.weights[self.number]
        target_weight = weight + share * (self.target - weight)
        if weight >= 1:
            return self.weights
        result: Array = self.weights * ((1 - target_weight) / (1 - weight))
        result[self.number] = target_weight
        return result

    def relative(self, share: float) -> float:
        """Return the relative change of the weight before scaling to sum 1; NaN for a share of NaN."""
        if np.isnan(share):
            return np.nan
        change = np.zeros(len(self.weights))
        change[self.number] = self.at(share)[self.number] - self.weights[self.number]
        return float(closed_form.relative(change, self.weights)[self.number])
