"""SMAA-2: confidence factors, the probability that a unit is first with its central weights.

Lahdelma & Salminen (2001), Operations Research 49(3); Tervonen & Lahdelma (2007), European Journal of Operational
Research 178(2), for cross confidence factors.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import IndiciaError
from indicia.robustness.draw_scorer import DrawScorer

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia.robustness.draw_scores import DrawScores, Sets
    from indicia.run import Scored

    Integers = npt.NDArray[np.int64]

MOST_DRAWS = 1_000
"""The largest number of draws for the central weights of each unit."""
_RANKS_HELD = 1 << 24


@dataclass(frozen=True)
class FixedWeightScorer(DrawScorer):
    """A scorer of draws whose sets of weights are given."""

    fixed: Mapping[str, Array] | None = None
    """The weights of the nodes, (sets, k)."""

    @classmethod
    def of(cls, scorer: DrawScorer, fixed: Mapping[str, Array]) -> FixedWeightScorer:
        """Return a scorer with these sets of weights, and the choices of another scorer."""
        words = {field.name: getattr(scorer, field.name) for field in fields(DrawScorer)}
        return cls(**words, fixed=fixed)

    def _weight_sets(self, scores: DrawScores, group: object, complete: Scored) -> Sets | None:  # noqa: ARG002
        return self.fixed


def first_at_weights(scorer: DrawScorer, design: Integers, central: Mapping[str, Array]) -> Array:
    """Return the share of draws in which each unit is first with some fixed weights, (units, sets).

    `design` (draws, factors) has the other choices of the draws, and `central` the weights of the nodes, (sets, k). A
    draw that cannot be scored does not count.
    """
    names = [factor.name for factor in scorer.factors]
    if names == ["weights"]:
        raise IndiciaError(
            "nothing but the weights varies, so that no unit is uncertain with its central weights",
            remedy="vary the data or the methods too: --noise 0.05, or [robustness] data = { se = … }",
        )
    design, column = design[:MOST_DRAWS], names.index("weights")
    fixed = FixedWeightScorer.of(scorer, central)
    count = len(next(iter(central.values())))
    step = max(1, _RANKS_HELD // max(1, len(design) * len(scorer.baseline.names)))
    shares = []
    for start in range(0, count, step):
        sets = np.arange(start, min(start + step, count))
        runs = np.tile(design, (len(sets), 1))
        runs[:, column] = np.repeat(sets, len(design))
        scores = fixed.score(runs)
        ranks = np.where(scores.failed[:, None], np.nan, scores.ranks.astype(float))
        ranks = ranks.reshape(len(sets), len(design), -1)
        scored = (~scores.failed).reshape(len(sets), len(design)).sum(axis=1)
        best = np.where(np.isnan(ranks), np.inf, ranks).min(axis=2, keepdims=True)
        shares.append((ranks == best).sum(axis=1) / np.maximum(scored, 1)[:, None])
    joined: Array = np.concatenate(shares).T
    return joined
