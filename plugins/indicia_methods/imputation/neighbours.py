"""Imputation from the most similar units (k nearest neighbours)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Array, Completed, MatrixImputation, Property
from indicia_methods.imputation.standard import standardise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.methods.contract import DetailTable
    from indicia_methods.arrays import Integers, Mask

_DISTANCES = 4_000_000
"""Distances held at a time, which bounds the memory for any number of units."""

_DIGITS = 12
"""Distances that agree to this number of digits are equal."""


@dataclass(frozen=True)
class Nearest(MatrixImputation):
    """Fill with the mean of the k most similar units that have the indicator (k nearest neighbours).

    The distance of two units is the mean of squared differences over the indicators that both have. Of equally distant
    units, the method uses the units that come first in the table. A unit that shares no indicator with any of the units
    that have the value gets the mean of all units.
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
    properties = frozenset({Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})
    order_decides_ties = True
    detail_tables = {
        "donors": "a donor of a filled value, the nearest first: its distance and its share of the value; without a "
        "donor a value is the mean of all units",
    }

    k: Annotated[int, Field(ge=1, description="number of neighbours; all units if fewer have the indicator")] = 5
    weights: Annotated[
        Literal["uniform", "distance"],
        Field(description="equal weights, or 1 / d; with 1 / d, units at distance 0 count alone"),
    ] = "uniform"
    standardise: Annotated[
        bool, Field(description="divide by standard deviations first; otherwise distances depend on units of measure")
    ] = True

    def complete(self, values: Array) -> Array | Completed:
        present = ~np.isnan(values)
        z, mean, deviation = standardise(values)
        exponent = 0
        if not self.standardise:
            exponent = int(np.frexp(deviation.max())[1])
            z *= np.ldexp(deviation, -exponent)  # keeps proportions and range
        donors: list[tuple[int, Integers, Integers, Array, Array]] = []
        filled = np.where(present, values, mean)
        rounding = 1e-14 * z.shape[1] * (z**2).sum(axis=1).max()
        for units, squares in _mean_squares(z, present, np.flatnonzero(~present.all(axis=1))):
            for j in np.flatnonzero(present.any(axis=0) & ~present[units].all(axis=0)):
                gaps = ~present[units, j]
                receiver, donor = _candidate_pairs(np.where(present[:, j], squares[gaps], np.nan), self.k, rounding)
                receiver, donor, distance = _nearest(z, present, units[gaps], receiver, donor, self.k)
                weight = _inverse_distances(receiver, distance) if self.weights == "distance" else np.ones(len(donor))
                weight_sums, sums = (
                    np.bincount(receiver, terms, np.count_nonzero(gaps))
                    for terms in (weight, weight * (values[donor, j] - mean[j]))
                )
                filled[units[gaps], j] += sums / np.where(weight_sums > 0, weight_sums, 1.0)
                donors.append((int(j), units[gaps][receiver], donor, distance, weight / weight_sums[receiver]))
        if not donors:
            return filled
        factor = np.ldexp(np.sqrt(z.shape[1]), exponent)
        return Completed(filled, {"donors": partial(_table_of_donors, donors, factor)}, {"donors": ("unit", "donor")})


def _table_of_donors(
    donors: Sequence[tuple[int, Integers, Integers, Array, Array]], factor: float, names: Sequence[str], signs: Array
) -> DetailTable:
    """Return a row for each donor of a value; units are numbers of rows."""
    del signs  # distances do not depend on them
    receivers, givers, distances, shares = (np.concatenate(parts) for parts in list(zip(*donors, strict=True))[1:])
    return {
        "unit": receivers,
        "indicator": np.repeat([names[j] for j, *_ in donors], [len(giver) for _, _, giver, *_ in donors]),
        "donor": givers,
        "distance": factor * distances,
        "share": shares,
    }


def _mean_squares(z: Array, present: Mask, units: Integers) -> Iterator[tuple[Integers, Array]]:
    """Yield blocks of units and their mean squared differences to all units; NaN if they share no indicator.

    Matrix products are fast but lose digits, so they only select candidates.
    """
    present_as_numbers = present.astype(float)
    factors = np.hstack([present_as_numbers, z**2, z]).T
    step = max(1, _DISTANCES // len(z))
    for start in range(0, len(units), step):
        block = units[start : start + step]
        # sum of (x - y)^2 over shared indicators = sum of x^2 + sum of y^2 - 2 sum of x y; z is 0 where it is missing
        squares = np.hstack([z[block] ** 2, present_as_numbers[block], -2 * z[block]]) @ factors
        with np.errstate(invalid="ignore"):
            squares /= present_as_numbers[block] @ present_as_numbers.T
        yield block, squares


def _candidate_pairs(squares: Array, k: int, rounding: float) -> tuple[Integers, Integers]:
    """Return rows and columns of candidates, among which are the k smallest squares of each row."""
    last = min(k, squares.shape[1]) - 1
    bound = np.partition(squares, last, axis=1)[:, last]
    bound[np.isnan(bound)] = np.inf  # fewer than k donors: take all
    row, column = np.divmod(np.flatnonzero(squares <= bound[:, None] + rounding), squares.shape[1])
    return row, column


def _nearest(
    z: Array, present: Mask, units: Integers, receiver: Integers, donor: Integers, k: int
) -> tuple[Integers, Integers, Array]:
    """Return the k nearest donors of each receiver, with their exact distances; receivers are places in `units`.

    The computation leaves out the factor K of the formula, which is the same for all units.
    """
    squares, shared = np.zeros(len(donor)), np.zeros(len(donor))
    for x, is_present in zip(z.T, present.T, strict=True):
        is_shared = is_present[units[receiver]] & is_present[donor]
        squares += np.where(is_shared, x[units[receiver]] - x[donor], 0.0) ** 2
        shared += is_shared
    distance = np.sqrt(squares / shared)
    furthest = np.zeros(len(units))
    np.maximum.at(furthest, receiver, distance)
    digits = np.round(np.divide(distance, furthest[receiver], out=distance.copy(), where=distance > 0), _DIGITS)
    order = np.lexsort((digits, receiver))  # stable: of equal distances, the earlier unit first
    count = np.bincount(receiver, minlength=len(units))
    order_of_donor = np.arange(len(order)) - np.repeat(count.cumsum() - count, count)
    selected = order[order_of_donor < k]
    return receiver[selected], donor[selected], distance[selected]


def _inverse_distances(receiver: Integers, distance: Array) -> Array:
    """Return 1 / d relative to the nearest donor; at distance 0 it is 1, and then 0 for donors farther away."""
    smallest = np.full(receiver.max(initial=-1) + 1, np.inf)
    np.minimum.at(smallest, receiver, distance)
    inverses: Array = np.divide(smallest[receiver], distance, out=np.ones_like(distance), where=distance > 0)
    return inverses
