"""Imputation by the maximum likelihood multivariate normal distribution of the present values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indicia.methods import MatrixImputation, Property
from indicia_methods.imputation.covariates import Covariates, used_covariates
from indicia_methods.imputation.standard import condense, restore, standardise

if TYPE_CHECKING:
    from indicia.methods import Array, UsedColumn
    from indicia_methods.arrays import Integers, Mask

_TOLERANCE = 1e-12
"""The steps end when no mean and no covariance of standardised indicators changes by more."""

_STEPS = 10_000
_SINGULAR = 1e-9
"""Indicators are linearly dependent if their correlation matrix has a smaller eigenvalue."""


@dataclass(frozen=True)
class ExpectationMaximisation(MatrixImputation):
    """Fill with the expected value given the unit's present values, under a multivariate normal distribution.

    The means and covariances (divisor n) are maximum likelihood estimates by the EM algorithm, which starts from the
    means and variances of the present values. Imputed values have no random noise, so they vary less than present
    values. An indicator that does not vary is filled with its constant. `covariates` are columns of the data that
    belong to the distribution, and are no indicators.
    """

    name = "expectation_maximisation"
    reference = "Dempster, Laird & Rubin (1977), JRSS B 39(1)"
    formula = r"x_m = \mu_m + \Sigma_{mo} \Sigma_{oo}^{-1} (x_o - \mu_o)"
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    covariates: Covariates = ()

    @property
    def uses(self) -> tuple[UsedColumn, ...]:
        return used_covariates(self.covariates)

    def complete(self, values: Array) -> Array:
        missing = np.isnan(values)
        z, centre, scale = standardise(values)
        varying = np.flatnonzero((z != 0).any(axis=0))
        if missing[:, varying].any():
            z[:, varying] = _fill_expected(z[:, varying], missing[:, varying])
        return restore(values, missing, z, centre, scale)


def _fill_expected(z: Array, missing: Mask) -> Array:
    """Return z with expected values in place of missing values."""
    _refuse_disjoint(missing)
    patterns = [_pattern(z, units, missing[units[0]]) for units in _group_by_pattern(missing)]
    mean, covariance = _estimate(patterns, z)
    filled = z.copy()
    for pattern in patterns:
        o, m = pattern.present, pattern.missing
        filled[np.ix_(pattern.units, m)] = mean[m] + (z[np.ix_(pattern.units, o)] - mean[o]) @ _slopes(covariance, o, m)
    return filled


def _refuse_disjoint(missing: Mask) -> None:
    present = (~missing).astype(float)
    if (present.T @ present == 0).any():
        raise ValueError("two indicators are never present together, so their covariance is unknown: impute one first")


class _Pattern(NamedTuple):
    """Units that miss the same indicators."""

    units: Integers
    present: Integers
    missing: Integers
    rows: Array
    """A column of ones and the present values, condensed to fewer rows with the same cross products."""


def _group_by_pattern(missing: Mask) -> list[Integers]:
    """Return the units of each pattern of missing values."""
    _, group = np.unique(np.packbits(missing, axis=1), axis=0, return_inverse=True)
    order = np.argsort(group, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(group[order])) + 1)


def _pattern(z: Array, units: Integers, missing: Mask) -> _Pattern:
    present = np.flatnonzero(~missing)
    rows = np.column_stack([np.ones(len(units)), z[np.ix_(units, present)]])
    return _Pattern(units, present, np.flatnonzero(missing), condense(rows))


def _estimate(patterns: list[_Pattern], z: Array) -> tuple[Array, Array]:
    """Return the maximum likelihood mean and covariance of the present values."""
    count = np.zeros(z.shape[1])
    for pattern in patterns:
        count[pattern.present] += len(pattern.units)
    mean, covariance = np.zeros(z.shape[1]), np.diag((z**2).sum(axis=0) / count)
    for _ in range(_STEPS):
        previous = mean, covariance
        mean, covariance = _em_step(patterns, *previous, len(z))
        _refuse_singular(covariance)
        if max(np.abs(mean - previous[0]).max(), np.abs(covariance - previous[1]).max()) <= _TOLERANCE:
            return mean, covariance
    raise ValueError(f"EM does not converge in {_STEPS} steps: impute fewer indicators together, or choose nearest")


def _em_step(patterns: list[_Pattern], mean: Array, covariance: Array, units: int) -> tuple[Array, Array]:
    """Return the next mean and covariance: E step with the current estimate, then M step."""
    total, products = np.zeros_like(mean), np.zeros_like(covariance)
    for pattern in patterns:
        o, m, ones = pattern.present, pattern.missing, pattern.rows[:, 0]
        slopes = _slopes(covariance, o, m)
        deviation = np.empty((len(ones), len(mean)))
        deviation[:, o] = pattern.rows[:, 1:] - np.outer(ones, mean[o])
        deviation[:, m] = deviation[:, o] @ slopes
        total += ones @ deviation
        products += deviation.T @ deviation
        # missing values vary about their expected values by the conditional covariance
        unexplained = covariance[np.ix_(m, m)] - covariance[np.ix_(m, o)] @ slopes
        products[np.ix_(m, m)] += len(pattern.units) * unexplained
    shift = total / units
    return mean + shift, products / units - np.outer(shift, shift)


def _slopes(covariance: Array, present: Integers, missing: Integers) -> Array:
    """Return the slopes of the missing indicators on the present ones."""
    slopes = np.linalg.solve(covariance[np.ix_(present, present)], covariance[np.ix_(present, missing)])
    return np.asarray(slopes, dtype=float)


def _refuse_singular(covariance: Array) -> None:
    deviations = np.sqrt(np.diag(covariance))
    smallest = np.linalg.eigvalsh(covariance / np.outer(deviations, deviations))[0] if deviations.all() else 0.0
    if smallest < _SINGULAR:
        raise ValueError(
            "the covariance is singular: indicators are linearly dependent, or there are too few units; "
            "impute fewer indicators together, or choose regression or nearest"
        )
