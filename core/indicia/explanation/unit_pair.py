"""Two units of one run, with the parts of their gap and the draws of both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indicia.definition import ROOT
from indicia.explanation.unmeasured import unmeasured
from indicia.stages.rank import lowest_ranks_first

if TYPE_CHECKING:
    from indicia.explanation.gap_draws import DrawnGap
    from indicia.explanation.parts import Parts
    from indicia.explanation.unmeasured import Reason
    from indicia.result import Result


@dataclass(frozen=True)
class UnitPair:
    """Two units of one run, with the parts of their gap and the draws of both."""

    result: Result
    a: str
    """The first unit, by its key."""
    b: str
    rows: tuple[int, int]
    """The rows of the two units in the tables of the result."""
    period: str | None
    division: Parts
    """The parts of the gap."""
    beside: tuple[Parts, ...] = ()
    """The parts by further rules, for comparison."""
    seed: int = 1
    """The seed of sampled orders."""
    drawn: DrawnGap | None = None
    """The gap in the draws; None if nothing was drawn."""

    @cached_property
    def unmeasured(self) -> tuple[dict[str, Reason], dict[str, Reason]]:
        """The indicators and dimensions of each of the two that nobody measured, with the reason."""
        first, second = (unmeasured(self.result, row) for row in self.rows)
        return first, second

    def is_unmeasured(self, name: str) -> bool:
        """Return whether nobody measured an indicator or a dimension of one of the two."""
        return any(name in reasons for reasons in self.unmeasured)

    @property
    def gap(self) -> float:
        """The unrounded score of the first unit minus that of the second."""
        return self.division.scores[0] - self.division.scores[1]

    @property
    def ranks(self) -> tuple[float | None, float | None]:
        """The ranks of the two units; None for a unit that is not ranked."""
        first, second = (self.result.scored.rank[row] for row in self.rows)
        return first, second

    @property
    def lowest_first(self) -> bool:
        """True if the lowest score has rank 1."""
        return lowest_ranks_first(self.result.definition, self.result.scored.tree)

    @property
    def largest_score(self) -> float:
        """The largest unrounded score of the index without its sign."""
        return float(np.nanmax(np.abs(self.result.scored.source.columns.unrounded[ROOT].to_numpy())))

    @property
    def largest_part(self) -> float:
        """The largest part of an indicator without its sign."""
        return float(np.abs(self.division.parts).max())
