"""Imputation by what the indicators tell of each other linearly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import MatrixImputation, Property
from indicia_methods.imputation.standard import condensed, restored, standardised

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia_methods.imputation.standard import Mask, Places

_STILL = 1e-12
"""Rounds end when no fill moves by more, in standard deviations."""

_MOST_ROUNDS = 10_000


@dataclass(frozen=True)
class Regression(MatrixImputation):
    """Fill with what a least squares regression on other indicators says, no noise added.

    On the complete indicators once, or on all others in rounds: gaps start at the means, indicators with gaps follow
    in order, each regressed over the units that have it on the others as filled so far. An indicator without any
    value stays so, and tells the others nothing.
    """

    name = "regression"
    reference = "Buck (1960), JRSS B 22(2); in rounds: Beale & Little (1975), JRSS B 37(1)"
    formula = r"x_{ij} = b_{0j} + \sum_{<on>} b_{kj} x_{ik}"
    variants = {
        "on": {
            "complete": r"k \text{ complete}",
            "all": r"k \ne j",
        },
    }
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})
    depends_on_order = True

    on: Annotated[
        Literal["complete", "all"], Field(description="regress on the indicators without gaps, or on all others")
    ] = "complete"
    rounds: Annotated[
        int | None, Field(ge=1, description="rounds of regressions on all; without it, until the fills are still")
    ] = None

    def __post_init__(self) -> None:
        if self.rounds is not None and self.on == "complete":
            raise ValueError("regressions on complete indicators take one round; rounds go with on = all")

    def complete(self, values: Array) -> Array:
        missing = np.isnan(values)
        z, centre, scale = standardised(values)
        some = ~missing.all(axis=0)
        incomplete = np.flatnonzero(some & missing.any(axis=0))
        if self.on == "complete":
            complete = np.flatnonzero(~missing.any(axis=0))
            if len(incomplete) and not len(complete):
                raise ValueError("no indicator is complete; regress on all, on = all, or fill one in another way")
            _round(z, missing, incomplete, complete)
        else:
            self._settle(z, missing, incomplete, np.flatnonzero(some))
        return restored(values, missing, z, centre, scale)

    def _settle(self, z: Array, missing: Mask, incomplete: Places, predictors: Places) -> None:
        """Go round until no fill moves, or as often as asked."""
        for _ in range(self.rounds or _MOST_ROUNDS):
            before = z[missing]
            _round(z, missing, incomplete, predictors)
            if self.rounds is None and np.abs(z[missing] - before).max(initial=0.0) <= _STILL:
                return
        if self.rounds is None:
            raise ValueError(f"fills still move after {_MOST_ROUNDS} rounds; say rounds = 10, or fill in another way")


def _round(z: Array, missing: Mask, incomplete: Places, predictors: Places) -> None:
    """Fill each incomplete indicator once, in place."""
    for j in incomplete:
        others = predictors[predictors != j]
        gaps = missing[:, j]
        b = _coefficients(z[~gaps][:, others], z[~gaps, j])
        z[gaps, j] = b[0] + z[gaps][:, others] @ b[1:]


def _coefficients(x: Array, y: Array) -> Array:
    """Return intercept and slopes of y on x, shape (1 + k,); of predictors that say the same, the least slopes."""
    units, slopes = x.shape
    if units <= slopes:
        raise ValueError(
            f"{units} units that have an indicator are too few for its regression on {slopes} others; "
            f"take fewer indicators together, or nearest"
        )
    rows = condensed(np.column_stack([np.ones(units), x, y]))
    return np.asarray(np.linalg.lstsq(rows[:, :-1], rows[:, -1], rcond=1e-12)[0], dtype=float)
