"""The gap between two units in the draws of an analysis of robustness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.errors import DataError, DefinitionError

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia.notes import Note
    from indicia_robustness import Robust

CERTAIN = 0.95
"""The share of draws from which a sentence says that an order holds; tiers have the same share."""

OF_ONE_SCALE = {"weights", "weighting", "data", "indicators", "dimensions", "imputation", "treatment", "random_numbers"}
"""The choices whose draws have scores on the scale of the index."""

DRAWS = {
    **dict.fromkeys(("draws", "ahead", "level", "behind"), pl.Int64),
    **dict.fromkeys(("share_ahead", "rank_median", "rank_lower", "rank_upper", "median", "lower", "upper"), pl.Float64),
}
"""The columns of the table `draws`."""


@dataclass(frozen=True)
class DrawnGap:
    """The ranks, and if they are comparable the scores, of two units in the free draws in which both have ranks."""

    ranks: Array
    """Shape (draws, 2)."""
    scores: Array | None
    """Shape (draws, 2); None if draws have scores of several scales."""
    robust: Robust

    @classmethod
    def of(cls, robust: Robust, a: str, b: str, period: str | None) -> DrawnGap:
        """Return the gap in the draws of an analysis.

        Raises
        ------
        DefinitionError
            If the analysis is of another period.
        DataError
            If a unit is not among the analysed units, or if no draw ranks both.
        """
        if robust.period != period:
            raise DefinitionError(
                f"the draws are of {robust.period}, and the gap is of {period}", remedy="draw the period of the gap"
            )
        names = [str(name) for name in robust.names]
        if absent := [unit for unit in (a, b) if unit not in names]:
            raise DataError(f"the draws do not have {absent[0]}", remedy="draw the data that are explained")
        columns = [names.index(a), names.index(b)]
        kept = ~robust.failed[robust.free_draws]
        ranks = robust.compact_ranks[robust.free_draws][:, columns].astype(float)
        kept &= np.isfinite(ranks).all(axis=1)
        if not kept.any():
            raise DataError(f"no draw ranks both {a} and {b}", remedy="look at the table failures of the draws")
        scores = None
        if {factor.name for factor in robust.factors} <= OF_ONE_SCALE:
            scores = robust.scores[robust.free_draws][:, columns][kept]
        return cls(ranks[kept], scores, robust)

    @property
    def counts(self) -> tuple[int, int, int]:
        """The numbers of draws in which the first unit is ahead, level, and behind."""
        first, second = self.ranks.T
        return int((first < second).sum()), int((first == second).sum()), int((first > second).sum())

    @property
    def share_ahead(self) -> float:
        """The share of draws in which the first unit is ahead; a draw in which both are level counts half."""
        ahead, level, _ = self.counts
        return (ahead + level / 2) / len(self.ranks)

    @property
    def gaps(self) -> tuple[float, float, float] | None:
        """The median, the 5 % and the 95 % quantile of the difference of scores; None without comparable scores."""
        return None if self.scores is None else median_and_interval(self.scores[:, 0] - self.scores[:, 1])

    @property
    def table(self) -> pl.DataFrame:
        """The table `draws` of the explanation."""
        ahead, level, behind = self.counts
        of_ranks = median_and_interval(self.ranks[:, 0] - self.ranks[:, 1])
        row = (len(self.ranks), ahead, level, behind, self.share_ahead, *of_ranks, *(self.gaps or (None, None, None)))
        return pl.DataFrame([row], schema=DRAWS, orient="row")

    @property
    def question(self) -> dict[str, Any]:
        """The choices that vary, the seed and the number of draws, for the manifest."""
        return question_of_draws(self.robust)

    @property
    def notes(self) -> list[Note]:
        """The notes on redrawn values, and on draws that could not be scored."""
        return [note for note in self.robust.notes if note.kind in ("redrawn", "failed")]


def question_of_draws(robust: Robust) -> dict[str, Any]:
    """Return the choices that vary, the seed and the number of draws, for the manifest."""
    varied = robust.varied.model_dump(mode="json", exclude_none=True, exclude={"seed"})
    return {"seed": robust.seed, "varied": varied, "runs": len(robust.compact_ranks)}


def median_and_interval(values: Array) -> tuple[float, float, float]:
    """Return the median, and the 5 % and the 95 % quantile."""
    median, low, high = np.quantile(values, [0.5, 0.05, 0.95]).tolist()
    return median, low, high
