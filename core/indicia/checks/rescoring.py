"""Further runs of an index that checks ask for: without a part or a unit, or with another method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.methods import Array


@dataclass(frozen=True, eq=False)
class Rescoring:
    """The scores and ranks of a further run, in the order of the units of the first run."""

    scores: Array
    """(units,); NaN for a unit without a score."""
    ranks: Array
    """(units,), 1 for the best; NaN for a unit without a rank."""


class Rescorer(Protocol):
    """A function object that runs an index again with one change.

    It keeps the runs without a part and the runs with another choice, and no run without a unit.

    Each value is a `Rescoring`, or the reason why the index cannot be scored with the change.
    """

    def without_parts(self) -> Mapping[str, Rescoring | str]:
        """Leave out each indicator and each dimension in turn."""
        ...

    def without_set(self, names: Sequence[str]) -> Rescoring | str:
        """Leave out several indicators and dimensions at once."""
        ...

    def without_units(self, names: Sequence[str]) -> Mapping[str, Rescoring | str]:
        """Leave out each named unit in turn; the unit itself has no score and no rank."""
        ...

    def with_choice(self, stage: str, method: str, node: str | None = None) -> Rescoring | str:
        """Take another method at a stage: as an option of the command line does, or at one node alone.

        Without a node, the method replaces the choices of `[methodology]` and of its levels, and the choices that
        dimensions and indicators state themselves stay; it is a reason if all parts state their own. A node, which
        needs the stage weighting or aggregation, is the name of a dimension, or "index" for the index alone. `method`
        is written as in the index file: "geometric", "min_max(lower=1, upper=100)". `stage` is "imputation",
        "treatment", "normalisation", "weighting" or "aggregation". The scores are those before rounding.
        """
        ...
