"""Imputation from the units that are most alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import MatrixImputation, Property
from indicia_methods.imputation.standard import standardised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.methods import Array
    from indicia_methods.imputation.standard import Mask, Places

_DISTANCES = 4_000_000
"""Distances held in one go: bounds the memory, whatever the number of units."""

_DIGITS = 12
"""Distances that agree to so many digits are equal."""


@dataclass(frozen=True)
class Nearest(MatrixImputation):
    """Fill with the mean of the k units most alike, of those that have the indicator.

    Units are compared in the indicators that both have, by the mean of their squared differences. Of units equally far
    the earlier one in the table counts. A unit that shares no indicator with any of them gets the mean of all.
    """

    name = "nearest"
    reference = "Troyanskaya, Cantor, Sherlock et al. (2001), Bioinformatics 17(6), doi:10.1093/bioinformatics/17.6.520"
    formula = (
        r"x_{ij} = \frac{\sum_{l \in N_k(i)} w_l x_{lj}}{\sum_{l \in N_k(i)} w_l}, \quad d_{il}^2 = "
        r"\frac{K}{|S_{il}|} \sum_{q \in S_{il}} <standardise>, \quad w_l = <weights>"
    )
    symbols = {"k": "k"}
    variants = {
        "standardise": {
            True: r"\Bigl(\frac{x_{iq} - x_{lq}}{s_q}\Bigr)^2",
            False: "(x_{iq} - x_{lq})^2",
        },
        "weights": {
            "uniform": "1",
            "distance": r"\frac{1}{d_{il}}",
        },
    }
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})
    depends_on_order = True

    k: Annotated[int, Field(ge=1, description="number of units; all, where fewer have the indicator")] = 5
    weights: Annotated[
        Literal["uniform", "distance"],
        Field(description="count all k alike, or by 1 / d: those at no distance, if any, then count alone"),
    ] = "uniform"
    standardise: Annotated[
        bool, Field(description="divide by standard deviations first; else the unit of measure decides what counts")
    ] = True

    def complete(self, values: Array) -> Array:
        present = ~np.isnan(values)
        z, mean, deviation = standardised(values)
        if not self.standardise:
            z *= np.ldexp(deviation, -np.frexp(deviation.max())[1])  # as far from each other, for squares in range
        filled = np.where(present, values, mean)
        rounding = 1e-14 * z.shape[1] * (z**2).sum(axis=1).max()
        for units, squares in _squares(z, present, np.flatnonzero(~present.all(axis=1))):
            for j in np.flatnonzero(present.any(axis=0) & ~present[units].all(axis=0)):
                gaps = ~present[units, j]
                receiver, donor = _near(np.where(present[:, j], squares[gaps], np.nan), self.k, rounding)
                receiver, donor, distance = _nearest(z, present, units[gaps], receiver, donor, self.k)
                weight = _closeness(receiver, distance) if self.weights == "distance" else np.ones(len(donor))
                total, sums = (
                    np.bincount(receiver, of, np.count_nonzero(gaps))
                    for of in (weight, weight * (values[donor, j] - mean[j]))
                )
                filled[units[gaps], j] += sums / np.where(total > 0, total, 1.0)
        return filled


def _squares(z: Array, present: Mask, units: Places) -> Iterator[tuple[Places, Array]]:
    """Yield units, and their mean squared differences from all units; NaN where nothing is shared.

    Matrix products are fast, and lose digits: they tell who may be near.
    """
    there = present.astype(float)
    others = np.hstack([there, z**2, z]).T
    at_once = max(1, _DISTANCES // len(z))
    for start in range(0, len(units), at_once):
        block = units[start : start + at_once]
        squares = np.hstack([z[block] ** 2, there[block], -2 * z[block]]) @ others
        with np.errstate(invalid="ignore"):
            squares /= there[block] @ there.T
        yield block, squares


def _near(squares: Array, k: int, rounding: float) -> tuple[Places, Places]:
    """Return the places, in order, among which are those of the k smallest squares of each row."""
    last = min(k, squares.shape[1]) - 1
    bound = np.partition(squares, last, axis=1)[:, last]
    bound[np.isnan(bound)] = np.inf  # fewer than k: all
    row, column = np.divmod(np.flatnonzero(squares <= bound[:, None] + rounding), squares.shape[1])
    return row, column


def _nearest(
    z: Array, present: Mask, units: Places, receiver: Places, donor: Places, k: int
) -> tuple[Places, Places, Array]:
    """Keep the k nearest donors of each receiver, and add their distances; receivers are places among units.

    The factor K does without: it is the same for all.
    """
    squares, shared = np.zeros(len(donor)), np.zeros(len(donor))
    for x, there in zip(z.T, present.T, strict=True):
        both = there[units[receiver]] & there[donor]
        squares += np.where(both, x[units[receiver]] - x[donor], 0.0) ** 2
        shared += both
    distance = np.sqrt(squares / shared)
    furthest = np.zeros(len(units))
    np.maximum.at(furthest, receiver, distance)
    digits = np.round(np.divide(distance, furthest[receiver], out=distance.copy(), where=distance > 0), _DIGITS)
    order = np.lexsort((digits, receiver))  # stable: of equals, the earlier one first
    count = np.bincount(receiver, minlength=len(units))
    place = np.arange(len(order)) - np.repeat(count.cumsum() - count, count)
    chosen = order[place < k]
    return receiver[chosen], donor[chosen], distance[chosen]


def _closeness(receiver: Places, distance: Array) -> Array:
    """Return 1 / d relative to the nearest donor; 1 for those at no distance, and 0 for the others beside them."""
    least = np.full(receiver.max(initial=-1) + 1, np.inf)
    np.minimum.at(least, receiver, distance)
    closeness: Array = np.divide(least[receiver], distance, out=np.ones_like(distance), where=distance > 0)
    return closeness
