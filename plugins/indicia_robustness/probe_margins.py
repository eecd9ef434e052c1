"""The margins of many probes, each with another value in one cell, by the quickest exact computation.

Where only the score of the changed unit depends on the value, that row alone is scored. For an index that is a weighted
sum, the normalised values are enough: with the effective weights e of each unit, a change of indicator j moves each
score by e_j (z_j new - z_j). Otherwise all rows are scored for each probe.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indicia.definition import ROOT
from indicia.errors import IndiciaError
from indicia.means import tree_of
from indicia.run import moves_all_scores, normalise_probes, score_probes, score_row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia_robustness.baseline import Baseline
    from indicia_robustness.place_goals import PlaceGoals

    Integers = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

_CELLS = 1 << 22
"""The largest number of scores that are held at a time."""


def single_cells(names: Sequence[str], numbers: Integers, values: Array) -> dict[str, Array]:
    """Return the cells of probes that change one indicator each: `numbers` (m,) are places in `names`."""
    changed = set(numbers.tolist())
    return {name: np.where(numbers == place, values, np.nan) for place, name in enumerate(names) if place in changed}


@dataclass(frozen=True, eq=False)
class ProbeMargins:
    """The margins of probes to the goals of their units."""

    baseline: Baseline
    goals: PlaceGoals
    names: Sequence[str]
    """The indicators."""
    all_rows: bool
    """True if the value of one unit can change the scores of others."""

    def __call__(self, unit: Integers, leaf: Integers, up: Mask, target: Array, at: Array) -> Array:
        """Return the margins (m,) with values `at` (m,) of the indicators with these numbers, for these units."""
        count = max(1, _CELLS // max(1, len(self.baseline.names)))
        if len(at) > count:
            parts = np.array_split(np.arange(len(at)), -(-len(at) // count))
            return np.concatenate([self(unit[p], leaf[p], up[p], target[p], at[p]) for p in parts])
        try:
            scores, own = self._scores(unit, leaf, up, at)
        except IndiciaError:
            # a value outside the domain of a method fails its batch: the others are scored without it
            if len(at) == 1:
                return np.array([-np.inf])
            halves = np.array_split(np.arange(len(at)), 2)
            return np.concatenate([self(unit[h], leaf[h], up[h], target[h], at[h]) for h in halves])
        return self.goals.margins(scores, own, unit, up, target)

    def _scores(self, unit: Integers, leaf: Integers, up: Mask, at: Array) -> tuple[Array, Array]:
        """Return the scores (m, units) of all analysed units, and those of the changed units (m,)."""
        baseline = self.baseline
        rows = np.flatnonzero(baseline.rows)[unit]
        if not self.all_rows:
            cells = single_cells(self.names, leaf, at)
            own = score_row(baseline.definition, baseline.nominal, rows, cells).ranked[:, 0]
            ranked = baseline.nominal.ranked[ROOT].to_numpy()[baseline.rows]
            return np.broadcast_to(ranked, (len(at), len(ranked))).copy(), own
        if self._effects is not None:
            scores = self._by_sums(rows, leaf, up, at)
        else:
            cells = single_cells(self.names, leaf, at)
            scores = score_probes(baseline.definition, baseline.nominal, rows, cells).ranked[:, baseline.rows]
        return scores, scores[np.arange(len(at)), unit]

    @cached_property
    def _effects(self) -> Mapping[str, Array] | None:
        """The effective weight of each indicator, (rows,) each; None if scores are no sums, or depend on all values."""
        scored, definition = self.baseline.nominal, self.baseline.definition
        nodes = list(scored.tree.counting_nodes())
        is_sum = all(node.aggregation.additive and (node is scored.tree or node.decimals is None) for node in nodes)
        is_rounded = scored.tree.decimals is not None and definition.methodology.rank_by != "unrounded"
        if not is_sum or is_rounded or scored.is_frozen or moves_all_scores(scored):
            return None
        tree = tree_of(scored)
        return None if isinstance(tree, str) else tree.by_indicator(np.nan_to_num(tree.shares.shifted))

    def _by_sums(self, rows: Integers, leaf: Integers, up: Mask, at: Array) -> Array:
        """Return the scores (m, units) from normalised values; the probes of a row share a copy of the data."""
        baseline, effects = self.baseline, self._effects
        assert effects is not None
        copies, copy = np.unique(2 * rows + up, return_inverse=True)
        changed = np.unique(leaf).tolist()
        cells = {self.names[number]: np.full(len(copies), np.nan) for number in changed}
        for number in changed:
            of_leaf = leaf == number
            cells[self.names[number]][copy[of_leaf]] = at[of_leaf]
        values = normalise_probes(baseline.definition, baseline.nominal, copies // 2, cells)
        present = baseline.nominal.source.columns.unrounded[ROOT].to_numpy()[baseline.rows]
        scores = np.empty((len(at), len(present)))
        for number in changed:
            of_leaf, name = leaf == number, self.names[number]
            new = values[name][copy[of_leaf]][:, baseline.rows]
            change = new - baseline.nominal.normalised[name].to_numpy()[baseline.rows]
            scores[of_leaf] = present + effects[name][baseline.rows] * np.nan_to_num(change)
        return scores
