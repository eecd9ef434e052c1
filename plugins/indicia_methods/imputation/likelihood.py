"""Imputation by the multivariate normal distribution under which the present values are most likely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indicia.methods import MatrixImputation, Property
from indicia_methods.imputation.standard import condensed, restored, standardised

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia_methods.imputation.standard import Mask, Places

_STILL = 1e-12
"""The estimate is found when no mean and no covariance of standardised indicators moves by more."""

_MOST_STEPS = 10_000
_SINGULAR = 1e-9
"""Indicators are linear in each other where their correlations have an eigenvalue that is smaller."""


@dataclass(frozen=True)
class ExpectationMaximisation(MatrixImputation):
    """Fill with what the unit's present values let expect, under the most likely multivariate normal distribution.

    Means and covariances (divisor n) are found by expectation and maximisation in turn, from the present means and
    variances. Fills carry no noise, so they vary less than present values do. An indicator that does not vary is
    filled with its one value.
    """

    name = "expectation_maximisation"
    reference = "Dempster, Laird & Rubin (1977), JRSS B 39(1)"
    formula = r"x_m = \mu_m + \Sigma_{mo} \Sigma_{oo}^{-1} (x_o - \mu_o)"
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    def complete(self, values: Array) -> Array:
        missing = np.isnan(values)
        z, centre, scale = standardised(values)
        varying = np.flatnonzero((z != 0).any(axis=0))
        if missing[:, varying].any():
            z[:, varying] = _expected(z[:, varying], missing[:, varying])
        return restored(values, missing, z, centre, scale)


def _expected(z: Array, missing: Mask) -> Array:
    """Return z with expected values where it is missing."""
    _refuse_strangers(missing)
    patterns = [_pattern(z, units, missing[units[0]]) for units in _alike(missing)]
    mean, covariance = _most_likely(patterns, z)
    filled = z.copy()
    for pattern in patterns:
        o, m = pattern.present, pattern.missing
        filled[np.ix_(pattern.units, m)] = mean[m] + (z[np.ix_(pattern.units, o)] - mean[o]) @ _slopes(covariance, o, m)
    return filled


def _refuse_strangers(missing: Mask) -> None:
    present = (~missing).astype(float)
    if (present.T @ present == 0).any():
        raise ValueError("two indicators are never present together, which leaves open how they go; impute one first")


class _Pattern(NamedTuple):
    """The units that miss the same indicators."""

    units: Places
    present: Places
    missing: Places
    rows: Array
    """A column of ones and the present values, or fewer rows of the same sums of squares and products."""


def _alike(missing: Mask) -> list[Places]:
    """Return the units of each pattern of missing values."""
    _, group = np.unique(np.packbits(missing, axis=1), axis=0, return_inverse=True)
    order = np.argsort(group, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(group[order])) + 1)


def _pattern(z: Array, units: Places, missing: Mask) -> _Pattern:
    present = np.flatnonzero(~missing)
    rows = np.column_stack([np.ones(len(units)), z[np.ix_(units, present)]])
    return _Pattern(units, present, np.flatnonzero(missing), condensed(rows))


def _most_likely(patterns: list[_Pattern], z: Array) -> tuple[Array, Array]:
    """Return mean and covariance under which the present values are most likely."""
    count = np.zeros(z.shape[1])
    for pattern in patterns:
        count[pattern.present] += len(pattern.units)
    mean, covariance = np.zeros(z.shape[1]), np.diag((z**2).sum(axis=0) / count)
    for _ in range(_MOST_STEPS):
        before = mean, covariance
        mean, covariance = _step(patterns, *before, len(z))
        _refuse_singular(covariance)
        if max(np.abs(mean - before[0]).max(), np.abs(covariance - before[1]).max()) <= _STILL:
            return mean, covariance
    raise ValueError(f"no most likely distribution was found in {_MOST_STEPS} steps; take fewer indicators, or nearest")


def _step(patterns: list[_Pattern], mean: Array, covariance: Array, units: int) -> tuple[Array, Array]:
    """Return mean and covariance of the indicators as they are expected under the present estimate."""
    total, products = np.zeros_like(mean), np.zeros_like(covariance)
    for pattern in patterns:
        o, m, ones = pattern.present, pattern.missing, pattern.rows[:, 0]
        slopes = _slopes(covariance, o, m)
        deviation = np.empty((len(ones), len(mean)))
        deviation[:, o] = pattern.rows[:, 1:] - np.outer(ones, mean[o])
        deviation[:, m] = deviation[:, o] @ slopes
        total += ones @ deviation
        products += deviation.T @ deviation
        unexplained = covariance[np.ix_(m, m)] - covariance[np.ix_(m, o)] @ slopes
        products[np.ix_(m, m)] += len(pattern.units) * unexplained
    shift = total / units
    return mean + shift, products / units - np.outer(shift, shift)


def _slopes(covariance: Array, present: Places, missing: Places) -> Array:
    """Return the slopes of the missing indicators on the present ones."""
    slopes = np.linalg.solve(covariance[np.ix_(present, present)], covariance[np.ix_(present, missing)])
    return np.asarray(slopes, dtype=float)


def _refuse_singular(covariance: Array) -> None:
    deviations = np.sqrt(np.diag(covariance))
    least = np.linalg.eigvalsh(covariance / np.outer(deviations, deviations))[0] if deviations.all() else 0.0
    if least < _SINGULAR:
        raise ValueError(
            "the covariance is singular: indicators add up to others, or there are too few units; "
            "take fewer indicators together, or regression or nearest"
        )
