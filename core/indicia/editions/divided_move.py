"""The move of a unit between two editions with its causes, before tables and sentences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indicia.editions.causes import Division, divide

if TYPE_CHECKING:
    from indicia.editions.drawn_move import DrawnMove
    from indicia.editions.edition import Edition
    from indicia.editions.scenarios import Scenarios


@dataclass(frozen=True, repr=False, eq=False)
class DividedMove:
    """The move of the unrounded score and of the rank of a unit, new - old, divided into four causes.

    Own data: the row of the unit. Others' data: the rows of the units that both editions have. Method: all that the
    index file states. Sample: the units that came or went. A negative part of the rank is a climb.
    """

    unit: str
    """The unit, by its key."""
    old: Edition
    new: Edition
    runs: Scenarios
    """The sixteen runs, of this unit alone."""
    drawn: DrawnMove | None
    """The move in the draws; None if nothing was drawn."""

    @property
    def scores(self) -> tuple[float, float]:
        """The unrounded scores in the old and in the new edition."""
        values = self.runs.scores[..., 0]
        return float(values[0, 0, 0, 0]), float(values[1, 1, 1, 1])

    @property
    def ranks(self) -> tuple[float, float] | None:
        """The ranks in the old and in the new edition; None if the unit has no rank in one of the runs."""
        values = self.runs.ranks[..., 0]
        if np.isnan(values).any():
            return None
        return float(values[0, 0, 0, 0]), float(values[1, 1, 1, 1])

    @cached_property
    def divisions(self) -> dict[str, Division]:
        """The parts of the causes by what is divided: score, and rank unless the unit has none in one of the runs."""
        divisions = {"score": divide(self.runs.scores)}
        return divisions if self.ranks is None else {**divisions, "rank": divide(self.runs.ranks)}
