"""The least change of the weights of one node with which one unit draws level with another.

The parts of the node are on the scale on which the node adds: h(z) is z for an arithmetic mean, ln z for a geometric
mean, and z to the power p otherwise. The unit ahead has d = h(z of the unit ahead) - h(z of the other) in each part, so
it is ahead by the sum of w d. All else is fixed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import ROOT
from indicia.methods.noise import NOISE
from indicia.run import effective_weights
from indicia.run.draws import Draws
from indicia.stages.rank import lowest_ranks_first
from indicia_robustness import closed_form

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from indicia.definition import Node
    from indicia.methods import Array
    from indicia_robustness.baseline import Baseline

    Integers = npt.NDArray[np.int64]

INDICATORS = "indicators"
"""The level of the weights of all indicators of an additive tree."""
_TIED = 1e-9
"""The relative difference up to which two changes of weights count as equal."""


@dataclass(frozen=True, eq=False)
class WeightLevel:
    """A node whose weights change, or all indicators together."""

    name: str
    parts: tuple[str, ...]
    weights: Array
    """(k,), with sum 1."""
    values: Array
    """The parts on the scale on which they add, (units, k): larger is better; NaN for a part that a unit lacks."""
    scores: Array
    """The scores of the node, (units,): larger is better."""

    @classmethod
    def of_node(cls, baseline: Baseline, node: Node) -> WeightLevel | None:
        """Return the level of a node; None if its score is no power mean, or its weights differ between rows."""
        scored, power = baseline.nominal, node.aggregation.power
        weights = scored.node_weights[node.id]
        if power is None or weights.keys is not None or len(node.components) < 2:
            return None
        names = tuple(part.id for part in node.components)
        rows = pl.Series(baseline.rows)
        values = scored.components.select(names).filter(rows).to_numpy().astype(float)
        sign = -1.0 if lowest_ranks_first(baseline.definition, node) else 1.0
        scores = sign * scored.source.columns.unrounded[node.id].filter(rows).to_numpy()
        return cls(node.id, names, weights.values, sign * _on_own_scale(values, power), scores)

    @classmethod
    def of_indicators(cls, baseline: Baseline) -> WeightLevel | None:
        """Return the level of all indicators; None if the index is no weighted sum of them."""
        scored, tree = baseline.nominal, baseline.nominal.tree
        nodes = list(tree.counting_nodes())
        additive = all(
            node.aggregation.additive
            and (node.rescaling, node.as_component, node.sum_of_weights) == (None, None, None)
            and (node is tree or (node.decimals is None and not node.turned))
            and scored.node_weights[node.id].keys is None
            for node in nodes
        )
        if not additive or len(nodes) < 2:
            return None
        weights = {name: float(weight[0]) for name, weight in effective_weights(scored, Draws(1)).items()}
        rows = pl.Series(baseline.rows)
        values = scored.components.select(list(weights)).filter(rows).to_numpy().astype(float)
        scores = baseline.sign * scored.source.columns.unrounded[ROOT].filter(rows).to_numpy()
        return cls(INDICATORS, tuple(weights), np.array(list(weights.values())), baseline.sign * values, scores)


def _on_own_scale(values: Array, power: float) -> Array:
    """Return values on the scale on which a power mean adds; it rises with the values."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = np.log(values) if power == 0 else values if power == 1 else np.sign(power) * values**power
    return np.where(np.isfinite(scaled), scaled, np.nan)


@dataclass(frozen=True, eq=False)
class WeightChanges:
    """The least changes of the weights of a level, for pairs of units (m,)."""

    level: WeightLevel
    ahead: Integers
    behind: Integers
    differences: Array
    """h(z of the unit ahead) - h(z of the unit behind), (m, k)."""
    nearest: Array
    """The weights nearest to the present ones at which the pair is level, (m, k); NaN if no weights are."""
    single: Array
    """The change of each weight alone at which the pair is level, (m, k); NaN if no change is enough."""
    method: str = "closed form"

    @classmethod
    def of(cls, level: WeightLevel, ahead: Integers, behind: Integers) -> WeightChanges:
        """Compute the least changes; a pair without a value of every part gets NaN."""
        differences = level.values[ahead] - level.values[behind]
        complete = np.isfinite(differences).all(axis=1)
        nearest, single = np.full((2, *differences.shape), np.nan)
        if complete.any():
            compared = differences[complete]
            nearest[complete] = closed_form.nearest_level(-compared, level.weights).weights
            # the values of the pairs one below the other: each pair is two units of its own
            count = len(compared)
            stacked = np.concatenate([level.values[ahead[complete]], level.values[behind[complete]]])
            pairs = np.arange(count)
            single[complete] = closed_form.overtaking(stacked, level.weights, pairs, pairs + count)
        nearest[_always_ahead(differences)] = np.nan
        return cls(level, ahead, behind, differences, nearest, single)

    @property
    def possible(self) -> list[str]:
        """The answer whether other weights bring the pair level: yes, no, or level only; "gaps" if a unit lacks a part.

        Of a search, "yes" or "not known".
        """
        if self.method == "search":
            return ["yes" if is_solved else "not known" for is_solved in np.isfinite(self.l1)]
        worst = self.differences.min(axis=1)
        noise = NOISE * np.abs(self.differences).max(axis=1)
        words = np.where(worst > noise, "no", np.where(worst >= -noise, "level only", "yes"))
        return [str(word) for word in np.where(np.isnan(worst), "gaps", words)]

    @property
    def l1(self) -> Array:
        """The sum of the absolute changes of weights, (m,)."""
        return np.asarray(np.abs(self.nearest - self.level.weights).sum(axis=1))

    def best_single(self, pair: int) -> int | None:
        """Return the part whose weight changes least if it changes alone; None if no single change is enough.

        Of equal changes, the part that stands first in the index file is returned.
        """
        sizes = np.abs(self.single[pair])
        if np.isnan(sizes).all():
            return None
        return int(np.flatnonzero(sizes <= np.nanmin(sizes) * (1 + _TIED))[0])

    def rows(self, names: Sequence[str], ranks: Array) -> Iterator[tuple[object, ...]]:
        """Yield the rows of the table of weights."""
        level, possible, l1 = self.level, self.possible, self.l1
        for pair, (ahead, behind) in enumerate(zip(self.ahead.tolist(), self.behind.tolist(), strict=True)):
            gap = self.differences[pair] @ level.weights
            part = self.best_single(pair)
            single: tuple[object, ...] = (None, None, None)
            if part is not None:
                change = self.single[pair, part]
                single = level.parts[part], level.weights[part] + change, change
            shift = l1[pair], l1[pair] / 2
            yield (
                level.name,
                names[ahead],
                names[behind],
                gap,
                possible[pair],
                *shift,
                *single,
                ranks[ahead],
                ranks[behind],
                self.method,
            )

    def part_rows(self, names: Sequence[str]) -> Iterator[tuple[object, ...]]:
        """Yield the rows of the table of parts."""
        level = self.level
        for pair, (ahead, behind) in enumerate(zip(self.ahead.tolist(), self.behind.tolist(), strict=True)):
            for number, part in enumerate(level.parts):
                weight, change = level.weights[number], self.single[pair, number]
                with np.errstate(divide="ignore", invalid="ignore"):
                    numbers = (
                        weight,
                        self.differences[pair, number],
                        self.nearest[pair, number],
                        weight + change,
                        change,
                        (weight + change) / weight,
                    )
                yield level.name, names[ahead], names[behind], part, *numbers


def _always_ahead(differences: Array) -> npt.NDArray[np.bool_]:
    """Return a mask of the pairs (m,) of which one unit is ahead in every part, so that no weights help."""
    noise = NOISE * np.abs(differences).max(axis=1, initial=0.0)
    with np.errstate(invalid="ignore"):
        return np.asarray(differences.min(axis=1) > noise)


def weight_levels(baseline: Baseline) -> list[WeightLevel]:
    """Return the levels whose weights can change in closed form: the index, its dimensions, and all indicators."""
    nodes = baseline.nominal.tree.counting_nodes()
    levels = [*(WeightLevel.of_node(baseline, node) for node in nodes), WeightLevel.of_indicators(baseline)]
    return [level for level in levels if level is not None]


def changes_of_pair(baseline: Baseline, ahead: int, behind: int) -> list[WeightChanges]:
    """Return the least changes of each level at which the unit ahead is ahead."""
    changes = []
    for level in weight_levels(baseline):
        gap = level.scores[ahead] - level.scores[behind]
        if gap > NOISE * np.nanmax(np.abs(level.scores)):
            changes.append(WeightChanges.of(level, np.array([ahead]), np.array([behind])))
    return changes


def rows_of_neighbours(baseline: Baseline) -> Iterator[tuple[object, ...]]:
    """Yield a row for each pair of units that follow each other in rank."""
    for change in changes_of_neighbours(baseline):
        yield from change.rows(baseline.names, baseline.nominal_ranks)


def changes_of_neighbours(baseline: Baseline) -> list[WeightChanges]:
    """Return the least changes of the weights of the index for each pair of units that follow each other in rank."""
    level = WeightLevel.of_node(baseline, baseline.nominal.tree)
    order = order_of_units(baseline)
    return [] if level is None else [WeightChanges.of(level, order[:-1], order[1:])]


def order_of_units(baseline: Baseline) -> Integers:
    """Return the numbers of the ranked units by rank; units that tie by their scores before rounding, then by name."""
    scores = baseline.nominal.source.columns.unrounded[ROOT].filter(pl.Series(baseline.rows)).to_numpy()
    order = np.lexsort((np.array(baseline.names), -baseline.sign * scores, baseline.nominal_ranks))
    return order[np.isfinite(baseline.nominal_ranks[order])]
