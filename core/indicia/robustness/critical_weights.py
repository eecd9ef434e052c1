"""How little one weight must change for ranks to change: in closed form where scores are linear in it, else by search.

In a search a weight is led to 1 and to 0 in steps, so a change of places that is undone within one step goes unseen.
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
from indicia.robustness.bisection import halved
from indicia.robustness.closed_form import Critical
from indicia.run import Draws, draws_per_batch, score_draws

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from indicia.definition import Node
    from indicia.methods import Array
    from indicia.robustness.baseline import Baseline

    Whole = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

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
        critical, own = found[node.id], baseline.nominal.node_weights[node.id].values.tolist()
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
        own = nominal.node_weights[node.id].values
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
        _Way(node, number, target, np.asarray(baseline.nominal.node_weights[node.id].values))
        for node in nodes
        for number in range(len(node.components))
        for target in (1.0, 0.0)
    ]
    neighbours, others = baseline.order[:-1], baseline.order[1:]
    reached = _first_reached(baseline, ways)

    def smallest(shares: Array) -> tuple[Array, Whole, Array]:
        """Return the smallest change of each weight along its ways, the number of the way, and the ranks there."""
        ranks = np.concatenate([baseline.ranked(one) for one in _scores_on(baseline, ways, np.nan_to_num(shares))])
        changes = [way.relative(share) for way, share in zip(ways, shares, strict=True)]
        change, way = closed_form.smallest(np.reshape(changes, (-1, 2)).T)
        return change, way, ranks[2 * np.arange(len(way)) + np.maximum(way, 0)]

    top, way, there = smallest(reached[0])
    top_by = np.where(way < 0, -1, others[np.nanargmin(there[:, others], axis=1)])
    every, way, there = smallest(reached[1])
    pair = (there[:, others] <= there[:, neighbours]).argmax(axis=1)
    every_by = np.where(way[:, None] < 0, -1, np.stack([neighbours[pair], others[pair]], axis=1))
    ends = np.cumsum([len(node.components) for node in nodes])[:-1]
    parts = (np.split(column, ends) for column in (top, top_by, every, every_by))
    return {node.id: Critical(*columns) for node, *columns in zip(nodes, *parts, strict=True)}


def _first_reached(baseline: Baseline, ways: Sequence[_Way]) -> Array:
    """Return how far along each way a unit is first level with one ahead, (conditions, ways), NaN where none is ever.

    The conditions are those of `_level_on`.
    """
    met, margins = _on_grid(baseline, ways)
    some, at = met.any(axis=1), met.argmax(axis=1)
    high = np.where(some, _GRID[at], np.nan)
    (reachable,) = np.nonzero(some & (high > 0))

    def attempt(going: Whole, numbers: Whole, shares: Array) -> tuple[Mask, Array]:
        condition, way = np.divmod(going[numbers], len(ways))
        met, margins = _level_on(baseline, [ways[at] for at in way.tolist()], shares)
        own = condition, np.arange(len(shares))
        return met[own], margins[own]

    own, to = (np.tile(ends, 2) for ends in zip(*((way.own[way.number], way.target) for way in ways), strict=True))

    def sizes(shares: Array) -> Array:
        """Return how large the changes of weights are, before all are scaled; infinite where there is none."""
        change = shares * (to - own)
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Array = np.nan_to_num(np.abs(change) / (1 - own - change), nan=np.inf)
        return found

    def matters(going: Whole, low: Array, there: Array) -> Mask:
        """Return which ways may lead to the smaller of the two changes of a weight."""
        least, most = high.copy(), high.copy()
        least[going], most[going] = low, there
        smaller = sizes(most).reshape(-1, 2).min(axis=1).repeat(2)
        found: Mask = sizes(least)[going] * NEARLY <= smaller[going]
        return found

    apart = levels_noise(baseline)
    for going in np.split(reachable, np.searchsorted(reachable, [len(ways)])) if apart else [reachable]:
        _, high[going] = halved(
            partial(attempt, going),
            np.maximum(high[going] - 1 / _STEPS, 0.0),
            high[going],
            np.stack([margins[going, at[going] - 1], margins[going, at[going]]]),
            halvings=_HALVINGS,
            at_once=1 if apart else draws_per_batch(baseline.nominal, errors=False),
            matters=None if apart else partial(matters, going),
        )
    return high.reshape(-1, len(ways))


def levels_noise(baseline: Baseline) -> bool:
    """Return whether noise is levelled over all draws at once, so that draws that are nearly alike change each other.

    Such draws are not scored side by side.
    """
    nodes = baseline.nominal.tree.nodes()
    methods = (method for node in nodes for method in (node.rescaling, node.as_component))
    return any(method is not None and method.whole_column for method in methods)


def _on_grid(baseline: Baseline, ways: Sequence[_Way]) -> tuple[Mask, Array]:
    """Return what `_level_on` does at all steps of all ways, (conditions times ways, steps) each."""
    if not levels_noise(baseline):
        with suppress(IndiciaError):  # an error of many steps would name every unit many times
            each = [way for way in ways for _ in _GRID]
            met, margins = _level_on(baseline, each, np.tile(_GRID, len(ways)))
            return met.reshape(-1, len(_GRID)), margins.reshape(-1, len(_GRID))
    steps = [_level_on(baseline, ways, np.full(len(ways), share)) for share in _GRID]
    met, margins = (np.stack(parts, axis=-1).reshape(-1, len(_GRID)) for parts in zip(*steps, strict=True))
    return met, margins


def _level_on(baseline: Baseline, ways: Sequence[_Way], shares: Array) -> tuple[Mask, Array]:
    """Return where along ways a unit is level, and by how much its score is ahead; (conditions, ways) each.

    The conditions: any is level with the first, and any with the one that is before it in the index.
    """
    portions = []
    for scores in _scores_on(baseline, ways, shares):
        ranks = baseline.ranked(scores)[:, baseline.order]
        worth = scores[:, baseline.rows][:, baseline.order] * (-1.0 if baseline.nominal.tree.low_is_best else 1.0)
        ahead = slice(1), slice(-1)
        met = np.stack([(ranks[:, 1:] <= ranks[:, one]).any(axis=1) for one in ahead])
        margins = np.stack([np.fmax.reduce(worth[:, 1:] - worth[:, one], axis=1) for one in ahead])
        portions.append((met, margins))
    met, margins = (np.concatenate(parts, axis=1) for parts in zip(*portions, strict=True))
    return met, margins


def _scores_on(baseline: Baseline, ways: Sequence[_Way], shares: Array) -> Iterator[Array]:
    """Yield scores (ways, rows of the data), each with the weights that stand so far along a way, in portions."""
    nominal, step = baseline.nominal, draws_per_batch(baseline.nominal, errors=False)
    for start in range(0, len(ways), step):
        some = ways[start : start + step]
        drawn = {node.id: np.tile(nominal.node_weights[node.id].values, (len(some), 1)) for node in baseline.weighable}
        for number, (way, share) in enumerate(zip(some, shares[start : start + step], strict=True)):
            drawn[way.node.id][number] = way.at(share)
        yield score_draws(baseline.definition, nominal, Draws(len(some), drawn))


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
