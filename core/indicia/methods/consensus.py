"""The contract of a consensus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from indicia.methods.contract import Method

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods.contract import Array
    from indicia.methods.detail_tables import DetailTable


@dataclass(frozen=True)
class RankingContext:
    """The names and weights of m rankings."""

    names: tuple[str, ...]
    """The names of the rankings."""
    weights: Array
    """The weight of each ranking, such as its number of voters, shape (m,); 1 where none is stated."""


@dataclass(frozen=True)
class Consensus(Method):
    """Make one ranking of several rankings of the same n units.

    Notes
    -----
    A ranking is a vector of ranks: 1 is the best, and tied units have the mean of their places.
    """

    low_is_best = False
    """A lower score is better. The core ranks by the inverted score, and shows the score as in the paper."""
    takes_weights: ClassVar[bool] = False
    """`combine_lists` uses the weights of rankings; if False, weights are an error that names the method."""
    takes_partial: ClassVar[bool] = False
    """`combine_lists` accepts lists that do not name all units; if False, they are an error that names the units."""

    @classmethod
    def class_problem(cls) -> str | None:
        """Return a clause if the class takes weights or partial lists, and has no function for them."""
        declared = next((word for word in ("takes_weights", "takes_partial") if getattr(cls, word)), None)
        if declared and cls.combine_lists is Consensus.combine_lists:
            return f"which declares {declared}, and does not define combine_lists"
        return None

    def combine(self, rankings: Array) -> Array:
        """Return the scores that the core ranks, of rankings of all units without weights.

        Parameters
        ----------
        rankings
            Ranks, shape (m, n).

        Returns
        -------
        Array
            One finite score per unit, shape (n,).
        """
        raise NotImplementedError

    def combine_lists(self, rankings: Array, context: RankingContext) -> Array:  # noqa: ARG002
        """Return the scores that the core ranks, of rankings with weights, and of lists that name some units only.

        Parameters
        ----------
        rankings
            Ranks, shape (m, n); NaN for a unit that a list does not name. The ranks of a list are 1, 2, … among the
            units that it names.
        context
            The names and weights of the rankings.

        Returns
        -------
        Array
            One finite score per unit, shape (n,).
        """
        return self.combine(rankings)

    def detail_table(self, table: str, rankings: Array, context: RankingContext, units: Sequence[str]) -> DetailTable:
        """Return one of the tables of further results that the class declares in `detail_tables`.

        Parameters
        ----------
        table
            The name of the table.
        rankings, context
            As in `combine_lists`.
        units
            The names of the units.

        Returns
        -------
        mapping of str to sequence
            Columns of the same length, with numbers or words, by name.

        Raises
        ------
        ValueError
            If there is no such table of these rankings; the core adds the method to the message.
        """
        raise NotImplementedError
