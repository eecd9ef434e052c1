"""The differences between two rankings of the same units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia_audit.checks import Listed, Sentence
from indicia_checks.text import counted
from indicia_statistics.correlation import correlations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array
    from indicia_audit.checks import RunFacts
    from indicia_statistics.correlation import Coefficient

_TOP = 10
"""The number of first places that are compared."""


@dataclass(frozen=True)
class RankShift:
    """The differences between the ranking of an index and another ranking, over the units that have both ranks."""

    units: int
    rho: float | None
    """Spearman's rank correlation; None if one ranking has ties only, or for fewer than three units."""
    tau: float | None
    """Kendall's τ_b, likewise."""
    mean: float
    """The mean absolute difference of ranks."""
    largest: float
    mover: str
    """The unit with the largest difference; of several, the first by name."""
    first: int
    """The number of units on the first ten places of the index; with ties it may be more than ten."""
    stay: int
    """The number of these units that are on the first ten places of the other ranking too."""

    @classmethod
    def of(cls, names: Sequence[str], ranks: Array, others: Array) -> RankShift | None:
        """Return the differences between two rankings, (units,) each; None if no unit has both ranks."""
        both = np.isfinite(ranks) & np.isfinite(others)
        if not both.any():
            return None
        first, second = ranks[both], others[both]
        shift, units = np.abs(first - second), [name for name, has in zip(names, both, strict=True) if has]
        largest = float(shift.max())
        at_top = first <= _TOP
        return cls(
            units=len(first),
            rho=_coefficient(first, second, "spearman_rho"),
            tau=_coefficient(first, second, "kendall_tau_b"),
            mean=float(shift.mean()),
            largest=largest,
            mover=min(units[place] for place in np.flatnonzero(shift == largest)),
            first=int(at_top.sum()),
            stay=int((at_top & (second <= _TOP)).sum()),
        )

    @property
    def words(self) -> str:
        """The differences in words: "rho = 0.90, the mean shift is 0.7 ranks"."""
        parts = [
            f"{name} = {value:z.3f}" for name, value in (("tau-b", self.tau), ("rho", self.rho)) if value is not None
        ]
        mover = Sentence(" ({unit})", unit=self.mover) if self.largest else ""
        parts.append(
            Sentence(
                "the mean shift is {mean:.1f} ranks and the largest {largest:g}{mover}",
                mean=self.mean,
                largest=self.largest,
                mover=mover,
            )
        )
        if self.units > self.first:
            parts.append(
                Sentence(
                    "{stay} of the {first} units of rank {top} or better stay there",
                    stay=self.stay,
                    first=self.first,
                    top=_TOP,
                )
            )
        return Sentence("{parts}, over {units}", parts=Listed(parts), units=counted(self.units, "unit"))


def ranks_of(run: RunFacts, node: str = "index") -> Array:
    """Return the ranks of the units by a node, (units,); NaN for a unit without a rank."""
    ranks: Array = run.ranks[node].cast(pl.Float64).fill_null(np.nan).to_numpy()
    return ranks


def ranks_among(ranks: Array, others: Array) -> Array:
    """Return ranks counted among the units that have a rank in `others` too; NaN for all other units.

    >>> ranks_among(np.array([1.0, 2.0, 3.0]), np.array([np.nan, 1.0, 2.0]))
    array([nan,  1.,  2.])
    """
    both = np.isfinite(ranks) & np.isfinite(others)
    among = pl.Series(np.where(both, ranks, np.nan)).fill_nan(None).rank("min").cast(pl.Float64)
    counted_ranks: Array = among.fill_null(np.nan).to_numpy()
    return counted_ranks


def _coefficient(first: Array, second: Array, coefficient: Coefficient) -> float | None:
    if len(first) < 3 or first.min() == first.max() or second.min() == second.max():
        return None
    frame = pl.DataFrame({"first": first, "second": second})
    value: float | None = correlations(frame, ["first"], ["second"], coefficient=coefficient)["r"][0]
    return value
