"""Further runs of an index that checks ask for: without a part or a unit, or with another method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from indicia_robustness.rescoring import Rescoring

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Rescorer", "Rescoring"]


class Rescorer(Protocol):
    """A function object that runs an index again with one change.

    It keeps the runs without a part and the runs with another choice, and no run without a unit.

    Each value is a `Rescoring`, or the reason why the index cannot be scored with the change.
    """

    def without_parts(self) -> Mapping[str, Rescoring | str]:
        """Leave out each indicator and each dimension in turn."""
        ...

    def without_set(self, names: Sequence[str]) -> Rescoring | str:
        """Leave out several indicators and dimensions at once.

        Parameters
        ----------
        names : sequence of str
            The indicators and dimensions.

        Returns
        -------
        Rescoring or str
            The scores and ranks, or the reason why there are none.
        """
        ...

    def without_units(self, names: Sequence[str]) -> Mapping[str, Rescoring | str]:
        """Leave out each named unit in turn; the unit itself has no score and no rank.

        Parameters
        ----------
        names : sequence of str
            The units.

        Returns
        -------
        mapping of str to Rescoring or str
            By unit, the scores and ranks, or the reason why there are none.
        """
        ...

    def with_choice(self, stage: str, method: str, node: str | None = None) -> Rescoring | str:
        """Take another method at a stage: as an option of the command line does, or at one node alone.

        Without a node, the method replaces the choices of `[methodology]` and of its levels, and the choices that
        dimensions and indicators state themselves stay. The scores are those before rounding.

        Parameters
        ----------
        stage : {"imputation", "treatment", "normalisation", "weighting", "aggregation"}
            The stage.
        method : str
            The method as in the index file: "geometric", "min_max(lower=1, upper=100)".
        node : str, optional
            The name of a dimension, or "index" for the index alone, for the stages weighting and aggregation; by
            default all parts that state no method.

        Returns
        -------
        Rescoring or str
            The scores and ranks; or the reason why there are none, also if all parts state their own method.
        """
        ...
