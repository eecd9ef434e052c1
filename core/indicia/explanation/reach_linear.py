"""Margins of many changes of one value each, in one query, for an index that is a weighted sum of its indicators.

With the effective weights e of each unit, a change of indicator j moves each score by e_j (z_j new - z_j).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.definition import ROOT
from indicia.errors import IndiciaError
from indicia.means import tree_of
from indicia.run import moves_all_scores, normalise_with

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from indicia.explanation.reach_question import ReachQuestion
    from indicia.methods import Array

    Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LinearIndex:
    """The scores, normalised values and effective weights of an index that is a weighted sum."""

    question: ReachQuestion
    scores: Array
    """The scores before rounding, (rows,)."""
    weights: Mapping[str, Array]
    """The effective weight of each indicator, (rows,) each; it may differ from row to row."""

    @classmethod
    def of(cls, question: ReachQuestion) -> LinearIndex | None:
        """Return the sums of an index; None if scores are no sums, are rounded, or depend on all values."""
        scored = question.result.scored
        nodes = list(scored.tree.counting_nodes())
        is_sum = all(node.aggregation.additive and (node is scored.tree or node.decimals is None) for node in nodes)
        if not is_sum or question.rounding or moves_all_scores(scored):
            return None
        tree = tree_of(scored)
        if isinstance(tree, str):
            return None
        weights = tree.by_indicator(np.nan_to_num(tree.shares.shifted))
        return cls(question, scored.source.columns.unrounded[ROOT].to_numpy(), weights)

    def margins(self, names: Sequence[str], numbers: Integers, values: Array) -> Array | None:
        """Return the margins (m,) of changes of one indicator each; None if a value cannot be normalised.

        `numbers` (m,) are different places in `names`.
        """
        question = self.question
        changed = [names[number] for number in numbers.tolist()]
        cells = dict(zip(changed, values.tolist(), strict=True))
        try:
            frame = normalise_with(question.result.definition, question.result.scored, question.row, cells)
        except IndiciaError:
            return None
        present = question.result.scored.normalised
        scores = np.empty((len(changed), len(self.scores)))
        for number, name in enumerate(changed):
            change = frame[name].to_numpy() - present[name].to_numpy()
            scores[number] = self.scores + self.weights[name] * np.nan_to_num(change)
        return question.margins_of(question.baseline.sign * scores[:, question.row], question.goals(scores))
