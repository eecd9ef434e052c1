"""A further run of an index: without a part or a unit, or with another method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indicia.methods import Array


@dataclass(frozen=True, eq=False)
class Rescoring:
    """The scores and ranks of a further run, in the order of the units of the first run."""

    scores: Array
    """(units,); NaN for a unit without a score."""
    ranks: Array
    """(units,), 1 for the best; NaN for a unit without a rank."""
