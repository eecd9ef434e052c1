"""Imputation by the maximum likelihood multivariate normal distribution of the present values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from indicia.methods import Array, Completed, MatrixImputation, Property, UsedColumn, matrix_table
from indicia_methods.imputation.standard import Covariates, condense, restore, standardise, used_covariates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods.contract import DetailTable
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

    detail_tables = {
        "means": "an indicator or covariate: its mean and standard deviation (divisor n) in the likeliest distribution",
        "covariance": "an indicator or covariate: its covariance (divisor n) with each one in that distribution",
        "likelihood": "the one row: the log-likelihood of the present values, the steps of EM, the units with a value, "
        "and the patterns of missing values",
    }

    covariates: Covariates = ()

    @property
    def uses(self) -> tuple[UsedColumn, ...]:
        return used_covariates(self.covariates)

    def complete(self, values: Array) -> Array | Completed:
        missing = np.isnan(values)
        z, centre, scale = standardise(values)
        varying = np.flatnonzero((z != 0).any(axis=0))
        if not missing[:, varying].any():
            return restore(values, missing, z, centre, scale)
        z[:, varying], found = _fill_expected(z[:, varying], missing[:, varying])
        of_columns = centre[varying], scale[varying], varying
        tables = {
            "means": partial(_means, found, *of_columns),
            "covariance": partial(_covariances, found, *of_columns),
            "likelihood": partial(_likelihood, found, scale[varying]),
        }
        return Completed(restore(values, missing, z, centre, scale), tables)


@dataclass(frozen=True)
class _Estimate:
    """The maximum likelihood distribution of standardised indicators."""

    mean: Array
    covariance: Array
    steps: int
    patterns: list[_Pattern]


def _fill_expected(z: Array, missing: Mask) -> tuple[Array, _Estimate]:
    """Return z with expected values in place of missing values, and the distribution."""
    _refuse_disjoint(missing)
    patterns = [_pattern(z, units, missing[units[0]]) for units in _group_by_pattern(missing)]
    found = _estimate(patterns, z)
    mean, covariance = found.mean, found.covariance
    filled = z.copy()
    for pattern in patterns:
        o, m = pattern.present, pattern.missing
        filled[np.ix_(pattern.units, m)] = mean[m] + (z[np.ix_(pattern.units, o)] - mean[o]) @ _slopes(covariance, o, m)
    return filled, found


def _means(
    found: _Estimate, centre: Array, scale: Array, places: Integers, names: Sequence[str], signs: Array
) -> DetailTable:
    return {
        "indicator": [names[place] for place in places],
        "mean": signs[places] * (centre + scale * found.mean),
        "sd": scale * np.sqrt(np.diag(found.covariance)),
    }


def _covariances(
    found: _Estimate, centre: Array, scale: Array, places: Integers, names: Sequence[str], signs: Array
) -> DetailTable:
    del centre  # the covariance does not depend on it
    factors, shown = signs[places] * scale, [names[place] for place in places]
    return matrix_table("indicator", shown, shown, found.covariance * np.outer(factors, factors))


def _likelihood(found: _Estimate, scale: Array, names: Sequence[str], signs: Array) -> DetailTable:
    """Return the log-likelihood of the present values in their units of measure, with all constants."""
    del names, signs  # it does not depend on them
    total, units = 0.0, 0
    for pattern in found.patterns:
        o, ones = pattern.present, pattern.rows[:, 0]
        covariance = found.covariance[np.ix_(o, o)]
        deviation = pattern.rows[:, 1:] - np.outer(ones, found.mean[o])
        squares = float((deviation * np.linalg.solve(covariance, deviation.T).T).sum())
        constant = len(o) * np.log(2 * np.pi) + np.linalg.slogdet(covariance)[1] + 2 * np.log(scale[o]).sum()
        total -= (len(pattern.units) * constant + squares) / 2
        units += len(pattern.units) if len(o) else 0
    return {
        "log-likelihood": [float(total)],
        "steps": [found.steps],
        "units": [units],
        "patterns": [len(found.patterns)],
    }


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


def _estimate(patterns: list[_Pattern], z: Array) -> _Estimate:
    """Return the maximum likelihood mean and covariance of the present values, with the number of steps."""
    count = np.zeros(z.shape[1])
    for pattern in patterns:
        count[pattern.present] += len(pattern.units)
    mean, covariance = np.zeros(z.shape[1]), np.diag((z**2).sum(axis=0) / count)
    for step in range(1, _STEPS + 1):
        previous = mean, covariance
        mean, covariance = _em_step(patterns, *previous, len(z))
        _refuse_singular(covariance)
        if max(np.abs(mean - previous[0]).max(), np.abs(covariance - previous[1]).max()) <= _TOLERANCE:
            return _Estimate(mean, covariance, step, patterns)
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
