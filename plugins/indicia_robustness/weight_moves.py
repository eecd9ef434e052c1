"""Promotion and demotion by one weight: the least change that moves a unit some places up or down.

The weight of one part of a node changes, and the others keep their proportions. The change is in closed form where the
score is linear in the weight, otherwise by search: weights move to 1 and to 0 in steps, so that a change of places that
is reversed within one step is missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.methods.noise import NOISE
from indicia.run import Draws, draws_per_batch, score_draws
from indicia_robustness import closed_form
from indicia_robustness.baseline import ranks_of
from indicia_robustness.place_goals import PlaceGoals
from indicia_robustness.step_tables import moved_weights
from indicia_robustness.value_search import roots
from indicia_robustness.weight_grid import NEARLY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from indicia.definition import Node
    from indicia.methods import Array
    from indicia_robustness.baseline import Baseline

    Integers = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

_CELLS = 1 << 22
"""The largest number of changes of weights that are held at a time."""
_BEYOND = 1e-6
"""The share of a change by which a run goes beyond the weights at which two units are level."""
_MOVES = ("up", "down")
_STEPS = 32
_AT_ONCE = 1e-9
"""The share of the way of a weight that is no change: units that are level now change places there."""
GRID = np.append(_AT_ONCE, np.arange(1, _STEPS + 1) / _STEPS * NEARLY)
"""The shares of the way of a weight to 1 or to 0 at which a search scores the index."""


@dataclass(frozen=True, eq=False)
class WeightMoves:
    """The least changes of single weights for the first units of an index."""

    baseline: Baseline
    places: int
    """The number of places that a unit moves up or down; fewer if it reaches the first or the last rank."""
    units: int
    """The number of best-ranked units that are moved."""

    @cached_property
    def _chosen(self) -> Integers:
        return self.baseline.order[: self.units]

    @cached_property
    def _targets(self) -> Array:
        """The ranks that the units want, (2, units): up and down."""
        ranks = self.baseline.nominal_ranks
        rank = ranks[self._chosen]
        return np.stack([np.maximum(rank - self.places, 1.0), np.minimum(rank + self.places, np.nanmax(ranks))])

    @cached_property
    def table(self) -> pl.DataFrame:
        """A row for each unit that can move, direction, and weight."""
        frames = [self._frame(node, self._changes(node)) for node in self.baseline.weighable]
        if not frames:
            return self._frame_of([], np.empty((0, 6)))
        order = ["rank", "unit", "move", "size"]
        frame = pl.concat(frames).with_columns(pl.col("relative_change").abs().alias("size"))
        return frame.sort(order, descending=[False, False, True, False], nulls_last=True, maintain_order=True).drop(
            "size"
        )

    def _frame(self, node: Node, change: Array) -> pl.DataFrame:
        """Return the rows of a node; `change` (2, units, parts) are the changes of weights after scaling."""
        weights = self._weights(node)
        ranks = self.baseline.nominal_ranks[self._chosen]
        move, unit, part = np.nonzero(np.broadcast_to((self._targets != ranks)[:, :, None], change.shape))
        changes = change[move, unit, part]
        with np.errstate(invalid="ignore"):
            relative = closed_form.relative(change, weights)[move, unit, part]
        names = [
            (self.baseline.names[self._chosen[number]], _MOVES[direction], node.id, node.components[place].id)
            for direction, number, place in zip(move, unit, part, strict=True)
        ]
        then = self._ranks_beyond(node, self._chosen[unit], part, changes)
        present = weights[part]
        numbers = [ranks[unit], self._targets[move, unit], present, present + changes, relative, then]
        return self._frame_of(names, np.stack(numbers, axis=1))

    def _frame_of(self, names: Sequence[tuple[str, ...]], numbers: Array) -> pl.DataFrame:
        words = pl.DataFrame(names, schema=[(word, pl.String) for word in ("unit", "move", "of", "part")], orient="row")
        labels = ("rank", "target", "weight", "needed", "relative_change", "rank_then")
        figures = pl.DataFrame(
            {label: numbers[:, column] for column, label in enumerate(labels)}, schema=dict.fromkeys(labels, pl.Float64)
        ).with_columns(pl.when(pl.all().is_finite()).then(pl.all()))
        return pl.concat([words, figures], how="horizontal").select(
            "unit", "rank", "move", "target", "of", "part", "weight", "needed", "relative_change", "rank_then"
        )

    def _changes(self, node: Node) -> Array:
        """Return the least change of each weight after scaling, (2, units, parts); NaN where none is enough."""
        if node.id in self.baseline.effects and not self._some_level:
            return np.concatenate(list(self._in_closed_form(node)), axis=1)
        return self._by_search(node)

    @cached_property
    def _some_level(self) -> bool:
        """True if two units have the same score now; the rule of ties then decides who moves."""
        baseline = self.baseline
        scores = np.sort(baseline.nominal.nodes[baseline.nominal.tree.id].to_numpy()[baseline.rows][baseline.order])
        return bool((np.diff(scores) <= NOISE * np.abs(scores).max(initial=0.0)).any())

    def _in_closed_form(self, node: Node) -> Iterator[Array]:
        """Yield the changes for portions of the units, from the changes at which each pair of units ties."""
        baseline, order = self.baseline, self.baseline.order
        nominal, rows = baseline.nominal, pl.Series(baseline.rows)
        values = nominal.components.filter(rows).select(part.id for part in node.components).to_numpy()[order]
        scores = baseline.sign * nominal.nodes[nominal.tree.id].filter(rows).to_numpy()[order]
        weights, effect = nominal.node_weights[node.id].values, baseline.effects[node.id]
        count, parts = values.shape
        portion = max(1, _CELLS // (count * parts))
        for start in range(0, len(self._chosen), portion):
            own = np.arange(start, min(start + portion, len(self._chosen)))
            pairs = np.repeat(own, count), np.tile(np.arange(count), len(own))
            ties = closed_form.overtaking(values, weights, *pairs, scores=scores, effect=effect)
            gains = np.sign(scores[pairs[1]] - scores[pairs[0]])  # 1 if the other unit is ahead
            ties, gains = ties.reshape(len(own), count, parts), gains.reshape(len(own), count, 1)
            ties[np.arange(len(own)), own] = np.nan
            then = weights / weights.sum() + ties
            ties[(then <= NOISE) | (then >= 1 - NOISE)] = np.nan  # no weight lies beyond
            gains = np.broadcast_to(gains, ties.shape)
            yield self._first_moves(
                ties, gains, self._targets[:, own] - baseline.nominal_ranks[self._chosen[own]], weights
            )

    def _first_moves(self, ties: Array, gains: Array, moves: Array, weights: Array) -> Array:
        """Return the least change at which a unit has moved as far as it should, (2, units, parts).

        `ties` (units, others, parts) are the changes at which a unit ties with another, `gains` the places that it
        gains beyond them, and `moves` (2, units) the changes of rank that it should make.
        """
        sides = []
        for side in (1.0, -1.0):
            sizes = np.where(side * ties >= 0, np.abs(ties), np.inf)
            by_size = np.argsort(sizes, axis=1, kind="stable")
            sizes = np.take_along_axis(sizes, by_size, axis=1)
            gained = np.cumsum(np.where(np.isfinite(sizes), np.take_along_axis(gains, by_size, axis=1), 0.0), axis=1)
            following = np.concatenate([sizes[:, 1:], np.full_like(sizes[:, :1], np.inf)], axis=1)
            together = following <= sizes + NOISE  # several units are level at one weight, and pass each other beyond
            together &= np.isfinite(sizes)
            gained = np.where(together, 0.0, gained)
            enough = np.stack([gained >= -moves[0][:, None, None], gained <= -moves[1][:, None, None]])
            first = enough.argmax(axis=2)
            size = np.take_along_axis(np.broadcast_to(sizes, enough.shape), first[:, :, None], axis=2)[:, :, 0]
            sides.append(np.where(enough.any(axis=2) & np.isfinite(size), side * size, np.nan))
        return _smaller(sides[0], sides[1], weights)

    def _by_search(self, node: Node) -> Array:
        chosen, weights, count = self._chosen, self._weights(node), len(node.components)
        # two paths of each weight: to 1, and to 0
        parts, ends = np.tile(np.arange(count), 2), np.repeat([1.0, 0.0], count)
        margins = self._margins_on_grid(node, parts, ends)  # (paths, steps, 2, units)
        is_met = margins >= 0
        reached, first = np.asarray(is_met.any(axis=1)), is_met.argmax(axis=1)
        path, move, unit = np.nonzero(reached & _may_be_least(reached, first, weights))
        step, targets = first[path, move, unit], self._targets[move, unit]

        def margins_at(numbers: Integers, shares: Array) -> Array:
            of_numbers, done = np.empty(len(numbers)), 0
            for scores in self._scores_on(node, parts[path[numbers]], ends[path[numbers]], shares):
                some = slice(done, done + len(scores))
                places = numbers[some]
                of_numbers[some] = _margins(self._goals, scores, chosen[unit[places]], move[places], targets[places])
                done += len(scores)
            return of_numbers

        share = np.full((2 * count, 2, len(chosen)), np.nan)
        share[path, move, unit] = _AT_ONCE  # level now, and past each other with any change
        later = step > 0
        path, move, unit, step, targets = (each[later] for each in (path, move, unit, step, targets))
        if len(path):
            at = margins[path, step - 1, move, unit], margins[path, step, move, unit]
            share[path, move, unit] = roots(margins_at, GRID[step - 1], GRID[step], *at)
        change = share * (ends - weights[parts])[:, None, None]
        return _smaller(change[:count].transpose(1, 2, 0), change[count:].transpose(1, 2, 0), weights)

    def _weights(self, node: Node) -> Array:
        return np.asarray(self.baseline.nominal.node_weights[node.id].values, dtype=float)

    @cached_property
    def _goals(self) -> PlaceGoals:
        return PlaceGoals(self.baseline)

    def _scores_on(self, node: Node, part: Integers, end: Array, share: Array) -> Iterator[Array]:
        """Yield scores (m, units) with weights of parts (m,) at shares (m,) of their ways to ends (m,), in batches."""
        baseline, weights = self.baseline, self._weights(node)
        drawn = moved_weights(weights, part, weights[part] + share * (end - weights[part]), "proportional")
        step = draws_per_batch(baseline.nominal, errors=False)
        for start in range(0, len(drawn), step):
            batch = drawn[start : start + step]
            draws = Draws(len(batch), {node.id: batch})
            yield score_draws(baseline.definition, baseline.nominal, draws)[:, baseline.rows]

    def _margins_on_grid(self, node: Node, parts: Integers, ends: Array) -> Array:
        """Return the margins of all units and moves at all steps of all paths, (paths, steps, 2, units)."""
        chosen, count = self._chosen, len(self._chosen)
        move, unit = np.repeat([0, 1], count), np.tile(np.arange(count), 2)
        repeated = np.repeat(parts, len(GRID)), np.repeat(ends, len(GRID)), np.tile(GRID, len(parts))
        margins = []
        for scores in self._scores_on(node, *repeated):
            portion = max(1, _CELLS // (2 * count * scores.shape[1]))
            for start in range(0, len(scores), portion):
                some = scores[start : start + portion]
                moves, units = np.tile(move, len(some)), np.tile(unit, len(some))
                of_each = np.repeat(some, 2 * count, axis=0)
                margins.append(_margins(self._goals, of_each, chosen[units], moves, self._targets[moves, units]))
        return np.concatenate(margins).reshape(len(parts), len(GRID), 2, count)

    def _ranks_beyond(self, node: Node, unit: Integers, part: Integers, changes: Array) -> Array:
        """Return the rank of each unit in a run just beyond its change; NaN where there is none."""
        baseline, weights = self.baseline, self._weights(node)
        ranks, places = np.full(len(changes), np.nan), np.flatnonzero(np.isfinite(changes))
        ends = (changes > 0).astype(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = np.clip((1 + _BEYOND) * changes / (ends - weights[part]), _BEYOND, NEARLY)
        done = 0
        for scores in self._scores_on(node, part[places], ends[places], shares[places]):
            some = places[done : done + len(scores)]
            ranked = ranks_of(baseline.definition, baseline.nominal, np.where(baseline.eligible, scores, np.nan))
            ranks[some] = ranked[np.arange(len(some)), unit[some]]
            done += len(scores)
        return ranks


def _may_be_least(reached: Mask, first: Integers, weights: Array) -> Mask:
    """Return a mask of the paths to 1 and to 0 that may have the smaller change of the two, as `reached`."""
    ends = np.array([1.0, 0.0])[:, None, None]
    change = ends * GRID[:, None] - weights * GRID[:, None]
    sizes = np.abs(closed_form.relative(change, weights)).transpose(0, 2, 1).reshape(-1, len(GRID))
    number = np.arange(len(sizes))[:, None, None]
    nearest = sizes[number, np.maximum(first - 1, 0)]
    furthest = np.where(reached, sizes[number, first], np.inf)
    return np.asarray(nearest <= np.roll(furthest, len(weights), axis=0))


def _margins(goals: PlaceGoals, scores: Array, unit: Integers, move: Integers, target: Array) -> Array:
    return goals.margins(scores, scores[np.arange(len(unit)), unit], unit, move == 0, target)


def _smaller(first: Array, second: Array, weights: Array) -> Array:
    """Return the change of the two that is smaller relative to the weight before scaling; NaN if there is none."""
    sizes = [np.abs(closed_form.relative(change, weights)) for change in (first, second)]
    sizes = [np.where(np.isnan(size), np.inf, size) for size in sizes]
    return np.where((sizes[0] <= sizes[1]) & np.isfinite(first), first, second)
