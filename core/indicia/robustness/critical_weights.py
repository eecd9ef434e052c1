"""How little one weight must change for ranks to change: in closed form where scores are linear in it, else by search.

In a search a weight is led to 1 and to 0 in steps, so a change of places that is undone within one step goes unseen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.robustness import closed_form
from indicia.robustness.closed_form import Critical
from indicia.run import Draws, at_once, ensemble

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from indicia.definition import Node
    from indicia.methods import Array
    from indicia.robustness.baseline import Baseline

    Whole = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]
    Met = Callable[[Array], Mask]
    """Says by which ranks (draws, units) a condition is met."""

_STEPS = 32
_HALVINGS = 30
NEARLY = 1 - 1e-9
"""No weight is led to 0 or 1 itself, where a unit that misses the one component that counts has no score."""
_GRID = np.arange(_STEPS + 1) / _STEPS * NEARLY


def critical_weights(baseline: Baseline) -> pl.DataFrame:
    """Return the smallest change of each weight that makes another unit first, or any two change places."""
    found, names = {**_by_search(baseline), **_in_closed_form(baseline)}, baseline.names
    rows = []
    for node in baseline.weighable:
        critical, own = found[node.id], baseline.nominal.weighed[node.id].values.tolist()
        for number, part in enumerate(node.components):
            who = [critical.top_by[number], *critical.any_by[number]]
            first, ahead, behind = (None if unit < 0 else names[unit] for unit in who)
            changes = critical.top[number], critical.any[number]
            rows.append((node.id, part.id, own[number], changes[0], first, changes[1], ahead, behind))
    numbers = {"weight": pl.Float64, "first_changes": pl.Float64, "then_first": pl.String}
    swap = {"two_swap": pl.Float64, "ahead": pl.String, "behind": pl.String}
    schema = {"of": pl.String, "part": pl.String, **numbers, **swap}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))
    return frame.sort(pl.col("first_changes").abs(), pl.col("two_swap").abs(), nulls_last=True, maintain_order=True)


def _in_closed_form(baseline: Baseline) -> dict[str, Critical]:
    nominal, order = baseline.nominal, baseline.order
    values = nominal.components.filter(pl.Series(baseline.rows))[order]
    scores = values[nominal.tree.id].to_numpy()
    found = {}
    for node in baseline.weighable:
        if node.id not in baseline.effects:
            continue
        matrix = values.select(part.id for part in node.components).to_numpy()
        own = nominal.weighed[node.id].values
        one = closed_form.critical(matrix, own, scores=scores, effect=baseline.effects[node.id])
        top_by, any_by = (np.where(by < 0, -1, order[by]) for by in (one.top_by, one.any_by))
        found[node.id] = Critical(one.top, top_by, one.any, any_by)
    return found


def _by_search(baseline: Baseline) -> dict[str, Critical]:
    """Lead every weight to 1 and to 0, all of them at once, and find where ranks first change."""
    nodes = [node for node in baseline.weighable if node.id not in baseline.effects]
    if not nodes:
        return {}
    ways = [
        _Way(node, number, target, np.asarray(baseline.nominal.weighed[node.id].values))
        for node in nodes
        for number in range(len(node.components))
        for target in (1.0, 0.0)
    ]
    first, neighbours, others = baseline.order[:1], baseline.order[:-1], baseline.order[1:]

    def level(ahead: Whole) -> Met:
        """Return what says by which ranks a unit is level with one ahead."""
        return lambda ranks: np.any(ranks[:, others] <= ranks[:, ahead], axis=1)

    def smallest(met: Met, steps: Mask) -> tuple[Array, Whole, Array]:
        """Return the change of each weight that brings a unit level with one ahead, its way, and the ranks there."""
        reached, ranks = _first_reached(baseline, ways, met, steps)
        changes = [way.relative(share) for way, share in zip(ways, reached, strict=True)]
        change, way = closed_form.smallest(np.reshape(changes, (-1, 2)).T)
        return change, way, ranks[2 * np.arange(len(way)) + np.maximum(way, 0)]

    conditions = level(first), level(neighbours)
    of_top, of_every = _steps(baseline, ways, conditions)
    top, way, ranks = smallest(conditions[0], of_top)
    top_by = np.where(way < 0, -1, others[np.nanargmin(ranks[:, others], axis=1)])
    every, way, ranks = smallest(conditions[1], of_every)
    pair = (ranks[:, others] <= ranks[:, neighbours]).argmax(axis=1)
    every_by = np.where(way[:, None] < 0, -1, np.stack([neighbours[pair], others[pair]], axis=1))
    ends = np.cumsum([len(node.components) for node in nodes])[:-1]
    parts = (np.split(column, ends) for column in (top, top_by, every, every_by))
    return {node.id: Critical(*columns) for node, *columns in zip(nodes, *parts, strict=True)}


def _steps(baseline: Baseline, ways: Sequence[_Way], conditions: Sequence[Met]) -> Mask:
    """Say of each condition at which steps along each way ranks meet it, (conditions, ways, steps)."""
    hit = np.zeros((len(conditions), len(ways), len(_GRID)), dtype=bool)
    for at, share in enumerate(_GRID):
        ranks = _ranks_on(baseline, ways, np.full(len(ways), share))
        hit[:, :, at] = [met(ranks) for met in conditions]
    return hit


def _first_reached(baseline: Baseline, ways: Sequence[_Way], met: Met, steps: Mask) -> tuple[Array, Array]:
    """Return how far along each way ranks first meet a condition, NaN where they never do, and those ranks."""
    some = steps.any(axis=1)
    high = np.where(some, _GRID[steps.argmax(axis=1)], np.nan)
    low = np.maximum(high - 1 / _STEPS, 0.0)
    going = np.flatnonzero(some & (high > 0))
    for _ in range(_HALVINGS if len(going) else 0):
        middle = (low[going] + high[going]) / 2
        there = met(_ranks_on(baseline, [ways[at] for at in going.tolist()], middle))
        high[going], low[going] = np.where(there, middle, high[going]), np.where(there, low[going], middle)
    return high, _ranks_on(baseline, ways, np.where(some, high, 0.0))


def _ranks_on(baseline: Baseline, ways: Sequence[_Way], shares: Array) -> Array:
    """Return ranks (ways, units), each with the weights that stand so far along a way."""
    nominal, step = baseline.nominal, at_once(baseline.nominal, errors=False)
    parts = []
    for start in range(0, len(ways), step):
        some = list(zip(ways[start : start + step], shares[start : start + step], strict=True))
        drawn = {
            node.id: np.stack(
                [way.at(share) if way.node is node else nominal.weighed[node.id].values for way, share in some]
            )
            for node in baseline.weighable
        }
        parts.append(baseline.ranked(ensemble(baseline.definition, nominal, Draws(len(some), drawn))))
    return np.concatenate(parts)


@dataclass(frozen=True)
class _Way:
    """The way of one weight from where it is to 1 or to 0, the others of the node keeping their proportions."""

    node: Node
    number: int
    target: float
    own: Array

    def at(self, share: float) -> Array:
        """Return the weights so far along the way."""
        weight = self.own[self.number]
        now = weight + share * (self.target - weight)
        if weight >= 1:
            return self.own
        found: Array = self.own * ((1 - now) / (1 - weight))
        found[self.number] = now
        return found

    def relative(self, share: float) -> float:
        """Return by which share of itself the weight has changed, before all are scaled to sum 1; NaN as the share."""
        if np.isnan(share):
            return np.nan
        change = np.zeros(len(self.own))
        change[self.number] = self.at(share)[self.number] - self.own[self.number]
        return float(closed_form.relative(change, self.own)[self.number])
