"""The smallest change of a single weight that changes ranks: in closed form for linear scores, otherwise by search.

The search moves each weight to 1 and to 0 in steps, so it misses a change of places that is reversed within one step.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import IndiciaError
from indicia.robustness import closed_form
from indicia.robustness.bisection import bisect_all
from indicia.robustness.closed_form import Critical
from indicia.run import Draws, draws_per_batch, score_draws

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from indicia.definition import Node
    from indicia.methods import Array
    from indicia.robustness.baseline import Baseline

    Integers = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

_STEPS = 32
_HALVINGS = 30
NEARLY = 1 - 1e-9
"""The largest share of the path to a weight of 0 or 1: with a weight of 1, units without the component lack a score."""
_GRID = np.arange(_STEPS + 1) / _STEPS * NEARLY


def critical_weights(baseline: Baseline) -> pl.DataFrame:
    """Return the smallest change of each weight that makes another unit first, and that lets any two change places."""
    changes_by_node, names = {**_by_search(baseline), **_in_closed_form(baseline)}, baseline.names
    rows = []
    for node in baseline.weighable:
        critical, weights = changes_by_node[node.id], baseline.nominal.node_weights[node.id].values.tolist()
        for number, part in enumerate(node.components):
            units = [critical.top_by[number], *critical.any_by[number]]
            first, ahead, behind = (None if unit < 0 else names[unit] for unit in units)
            changes = critical.top[number], critical.any[number]
            rows.append((node.id, part.id, weights[number], changes[0], first, changes[1], ahead, behind))
    numbers = {"weight": pl.Float64, "first_changes": pl.Float64, "then_first": pl.String}
    swap = {"two_swap": pl.Float64, "ahead": pl.String, "behind": pl.String}
    schema = {"of": pl.String, "part": pl.String, **numbers, **swap}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))
    return frame.sort(pl.col("first_changes").abs(), pl.col("two_swap").abs(), nulls_last=True, maintain_order=True)


def _in_closed_form(baseline: Baseline) -> dict[str, Critical]:
    nominal, order = baseline.nominal, baseline.order
    values = nominal.components.filter(pl.Series(baseline.rows))[order]
    scores = baseline.sign * nominal.nodes[nominal.tree.id].filter(pl.Series(baseline.rows))[order].to_numpy()
    result = {}
    for node in baseline.weighable:
        if node.id not in baseline.effects:
            continue
        matrix = values.select(part.id for part in node.components).to_numpy()
        weights = nominal.node_weights[node.id].values
        critical = closed_form.critical(matrix, weights, scores=scores, effect=baseline.effects[node.id])
        top_by, any_by = (np.where(by < 0, -1, order[by]) for by in (critical.top_by, critical.any_by))
        result[node.id] = Critical(critical.top, top_by, critical.any, any_by)
    return result


def _by_search(baseline: Baseline) -> dict[str, Critical]:
    """Move all weights to 1 and to 0 in steps, and find the first changes of ranks."""
    nodes = [node for node in baseline.weighable if node.id not in baseline.effects]
    if not nodes:
        return {}
    paths = [
        _Path(node, number, target, np.asarray(baseline.nominal.node_weights[node.id].values))
        for node in nodes
        for number in range(len(node.components))
        for target in (1.0, 0.0)
    ]
    neighbours, others = baseline.order[:-1], baseline.order[1:]
    level_shares = _first_level_shares(baseline, paths)

    def smallest(shares: Array) -> tuple[Array, Integers, Array]:
        """Return the smallest change of each weight along its two paths, the number of its path, and the ranks."""
        ranks = np.concatenate(
            [baseline.ranked(scores) for scores in _scores_on(baseline, paths, np.nan_to_num(shares))]
        )
        changes = [path.relative(share) for path, share in zip(paths, shares, strict=True)]
        change, path = closed_form.smallest(np.reshape(changes, (-1, 2)).T)
        return change, path, ranks[2 * np.arange(len(path)) + np.maximum(path, 0)]

    top, path, ranks_at_level = smallest(level_shares[0])
    top_by = np.where(path < 0, -1, others[np.nanargmin(ranks_at_level[:, others], axis=1)])
    any_change, path, ranks_at_level = smallest(level_shares[1])
    pair = (ranks_at_level[:, others] <= ranks_at_level[:, neighbours]).argmax(axis=1)
    any_by = np.where(path[:, None] < 0, -1, np.stack([neighbours[pair], others[pair]], axis=1))
    ends = np.cumsum([len(node.components) for node in nodes])[:-1]
    parts = (np.split(column, ends) for column in (top, top_by, any_change, any_by))
    return {node.id: Critical(*columns) for node, *columns in zip(nodes, *parts, strict=True)}


def _first_level_shares(baseline: Baseline, paths: Sequence[_Path]) -> Array:
    """Return the share of each path at which a unit first draws level with a unit ahead, (conditions, paths).

    The conditions are those of `_level_on`; NaN if no unit draws level.
    """
    met, margins = _on_grid(baseline, paths)
    is_met, first = met.any(axis=1), met.argmax(axis=1)
    high = np.where(is_met, _GRID[first], np.nan)
    (reachable,) = np.nonzero(is_met & (high > 0))

    def attempt(active: Integers, numbers: Integers, shares: Array) -> tuple[Mask, Array]:
        condition, path = np.divmod(active[numbers], len(paths))
        met, margins = _level_on(baseline, [paths[first] for first in path.tolist()], shares)
        places = condition, np.arange(len(shares))
        return met[places], margins[places]

    starts, targets = (
        np.tile(ends, 2) for ends in zip(*((path.weights[path.number], path.target) for path in paths), strict=True)
    )

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
    for active in np.split(reachable, np.searchsorted(reachable, [len(paths)])) if one_by_one else [reachable]:
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


def _on_grid(baseline: Baseline, paths: Sequence[_Path]) -> tuple[Mask, Array]:
    """Return the values of `_level_on` at all steps of all paths, (conditions times paths, steps) each."""
    if not levels_noise(baseline):
        with suppress(IndiciaError):  # the error of a batch would name every unit many times
            paths_of_points = [path for path in paths for _ in _GRID]
            met, margins = _level_on(baseline, paths_of_points, np.tile(_GRID, len(paths)))
            return met.reshape(-1, len(_GRID)), margins.reshape(-1, len(_GRID))
    steps = [_level_on(baseline, paths, np.full(len(paths), share)) for share in _GRID]
    met, margins = (np.stack(parts, axis=-1).reshape(-1, len(_GRID)) for parts in zip(*steps, strict=True))
    return met, margins


def _level_on(baseline: Baseline, paths: Sequence[_Path], shares: Array) -> tuple[Mask, Array]:
    """Return a mask of the paths on which a unit draws level, and the lead of its score; (conditions, paths) each.

    There are two conditions: a unit draws level with the first unit, or with its predecessor in the index.
    """
    portions = []
    for scores in _scores_on(baseline, paths, shares):
        ranks = baseline.ranked(scores)[:, baseline.order]
        oriented = scores[:, baseline.rows][:, baseline.order] * baseline.sign
        units_ahead = slice(1), slice(-1)
        met = np.stack([(ranks[:, 1:] <= ranks[:, unit_ahead]).any(axis=1) for unit_ahead in units_ahead])
        margins = np.stack(
            [np.fmax.reduce(oriented[:, 1:] - oriented[:, unit_ahead], axis=1) for unit_ahead in units_ahead]
        )
        portions.append((met, margins))
    met, margins = (np.concatenate(parts, axis=1) for parts in zip(*portions, strict=True))
    return met, margins


def _scores_on(baseline: Baseline, paths: Sequence[_Path], shares: Array) -> Iterator[Array]:
    """Yield scores (paths, rows of the data) with the weights at a share of each path, in batches."""
    nominal, step = baseline.nominal, draws_per_batch(baseline.nominal, errors=False)
    for start in range(0, len(paths), step):
        batch = paths[start : start + step]
        drawn = {node.id: np.tile(nominal.node_weights[node.id].values, (len(batch), 1)) for node in baseline.weighable}
        for number, (path, share) in enumerate(zip(batch, shares[start : start + step], strict=True)):
            drawn[path.node.id][number] = path.at(share)
        yield score_draws(baseline.definition, nominal, Draws(len(batch), drawn))


@dataclass(frozen=True)
class _Path:
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
