"""Estimators of Sobol' indices: the formulas, each made of means over the rows of a design.

Saltelli et al. (2010), Computer Physics Communications 181(2); Jansen (1999), Computer Physics Communications 117;
Homma & Saltelli (1996), Reliability Engineering & System Safety 52(1); Sobol', Tarantola, Gatelli, Kucherenko & Mauntz
(2007), Reliability Engineering & System Safety 92(7); Janon, Klein, Lagnoux, Nodet & Prieur (2014), ESAIM: Probability
and Statistics 18; Martinez (2011), Journée des GdR Ondes et Mascot-Num; Azzini, Mara & Rosati (2020), arXiv 2006.08232.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from indicia.errors import DefinitionError, suggest
from indicia.methods.noise import NOISE

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.methods import Array

    Mean = Callable[[Array], Array]

Order: TypeAlias = Literal["first", "total"]


@dataclass(frozen=True)
class Runs:
    """The outputs of a design with N rows in each part, d factors and p outputs."""

    a: Array
    """The outputs of A, shape (N, p)."""
    b: Array
    """The outputs of B, shape (N, p)."""
    ab: Array
    """The outputs of A with one column of B, shape (d, N, p)."""
    ba: Array | None = None
    """The outputs of B with one column of A, shape (d, N, p), if the design has them."""

    def outputs(self, columns: slice) -> Runs:
        """Return some of the outputs."""
        ba = None if self.ba is None else self.ba[..., columns]
        return Runs(self.a[:, columns], self.b[:, columns], self.ab[..., columns], ba)


@dataclass(frozen=True)
class Sample:
    """Runs, and a function that returns means over their rows: (N, d, p) becomes (…, d, p)."""

    runs: Runs
    mean: Mean
    sample_variance: bool = False
    rows: int | None = None

    @property
    def raw(self) -> tuple[Array, Array, Array]:
        return self.runs.a[:, None], self.runs.b[:, None], self.runs.ab.swapaxes(0, 1)

    @property
    def middle(self) -> Array:
        """The mean of the outputs; it is subtracted so that squares of large outputs keep their differences."""
        middle: Array = (self.runs.a.mean(axis=0) + self.runs.b.mean(axis=0)) / 2
        return middle

    @property
    def shifted(self) -> tuple[Array, Array, Array]:
        a, b, ab = self.raw
        return a - self.middle, b - self.middle, ab - self.middle

    @property
    def ba(self) -> Array:
        if self.runs.ba is None:
            raise DefinitionError("this estimator needs runs of B with one column of A", remedy="cross the design")
        return self.runs.ba.swapaxes(0, 1)

    @property
    def variance(self) -> Array:
        a, b, _ = self.shifted
        variance = self.mean((a * a + b * b) / 2) - self.mean((a + b) / 2) ** 2
        if self.sample_variance:
            both = 2 * (self.rows or len(self.runs.a))
            variance = variance * (both / (both - 1))
        return variance

    def covariance(self, first: Array, second: Array) -> Array:
        return self.mean(first * second) - self.mean(first) * self.mean(second)


def _saltelli2010(s: Sample) -> Array:
    a, b, ab = s.raw
    return s.mean(b * (ab - a)) / s.variance


def _saltelli2010_centred(s: Sample) -> Array:
    a, b, ab = s.shifted
    return (s.mean(b * (ab - a)) - s.mean((a + b) / 2) * s.mean(ab - a)) / s.variance


def _jansen1999_first(s: Sample) -> Array:
    _, b, ab = s.raw
    return 1 - s.mean((b - ab) ** 2) / (2 * s.variance)


def _jansen1999_total(s: Sample) -> Array:
    a, _, ab = s.raw
    return s.mean((a - ab) ** 2) / (2 * s.variance)


def _homma1996_first(s: Sample) -> Array:
    a, b, _ = s.raw
    return (s.mean(a * s.ba) - s.mean(a) * s.mean(b)) / s.variance


def _homma1996_total(s: Sample) -> Array:
    a, b, ab = s.raw
    return 1 - (s.mean(a * ab) - s.mean(a) * s.mean(b)) / s.variance


def _homma1996_centred_first(s: Sample) -> Array:
    a, b, _ = s.shifted
    return _centred_product(s, a, b, s.ba - s.middle) / s.variance


def _homma1996_centred_total(s: Sample) -> Array:
    a, b, ab = s.shifted
    return 1 - _centred_product(s, a, b, ab) / s.variance


def _centred_product(s: Sample, a: Array, b: Array, mixed: Array) -> Array:
    """Return E[(a - m)(mixed - m)], m being the mean of a and b."""
    m = s.mean((a + b) / 2)
    return s.mean(a * mixed) - m * s.mean(a + mixed) + m * m


def _sobol2007(s: Sample) -> Array:
    a, _, ab = s.raw
    return s.mean(a * (a - ab)) / s.variance


def _sobol2007_centred(s: Sample) -> Array:
    a, b, ab = s.shifted
    return (s.mean(a * (a - ab)) - s.mean((a + b) / 2) * s.mean(a - ab)) / s.variance


def _janon2014(s: Sample, y: Array, other: Array) -> Array:
    squared = s.mean((y + other) / 2) ** 2
    return (s.mean(y * other) - squared) / (s.mean((y * y + other * other) / 2) - squared)


def _janon2014_first(s: Sample) -> Array:
    _, b, ab = s.shifted
    return _janon2014(s, b, ab)


def _janon2014_total(s: Sample) -> Array:
    a, _, ab = s.shifted
    return 1 - _janon2014(s, a, ab)


def _correlation(s: Sample, y: Array, other: Array) -> Array:
    correlation: Array = s.covariance(y, other) / np.sqrt(s.covariance(y, y) * s.covariance(other, other))
    return correlation


def _martinez2011_first(s: Sample) -> Array:
    _, b, ab = s.shifted
    return _correlation(s, b, ab)


def _martinez2011_total(s: Sample) -> Array:
    a, _, ab = s.shifted
    return 1 - _correlation(s, a, ab)


def _azzini2020_first(s: Sample) -> Array:
    a, b, ab = s.raw
    return 2 * s.mean((s.ba - b) * (a - ab)) / s.mean((a - b) ** 2 + (s.ba - ab) ** 2)


def _azzini2020_total(s: Sample) -> Array:
    a, b, ab = s.raw
    return s.mean((b - s.ba) ** 2 + (a - ab) ** 2) / s.mean((a - b) ** 2 + (s.ba - ab) ** 2)


ESTIMATORS: dict[str, dict[str, Callable[[Sample], Array]]] = {
    "first": {
        "saltelli2010_centred": _saltelli2010_centred,
        "saltelli2010": _saltelli2010,
        "jansen1999": _jansen1999_first,
        "homma1996": _homma1996_first,
        "homma1996_centred": _homma1996_centred_first,
        "janon2014": _janon2014_first,
        "martinez2011": _martinez2011_first,
        "azzini2020": _azzini2020_first,
    },
    "total": {
        "jansen1999": _jansen1999_total,
        "homma1996": _homma1996_total,
        "homma1996_centred": _homma1996_centred_total,
        "sobol2007": _sobol2007,
        "sobol2007_centred": _sobol2007_centred,
        "janon2014": _janon2014_total,
        "martinez2011": _martinez2011_total,
        "azzini2020": _azzini2020_total,
    },
}
"""The estimators by order; the first of each is the default."""

CROSSED = {("first", "homma1996"), ("first", "homma1996_centred"), ("first", "azzini2020"), ("total", "azzini2020")}
"""The estimators that need runs of B with one column of A."""


def formula(order: Order, estimator: str | None) -> Callable[[Sample], Array]:
    """Return the estimator of indices by its name; DefinitionError for an unknown name.

    >>> formula("total", "jansen")
    Traceback (most recent call last):
    indicia.errors.DefinitionError: unknown estimator of total indices "jansen"
      fix: did you mean "jansen1999"?
    """
    if order not in ESTIMATORS:
        raise DefinitionError(f'unknown order of indices "{order}"', remedy=suggest(order, ESTIMATORS))
    estimators = ESTIMATORS[order]
    name = estimator or next(iter(estimators))
    if name not in estimators:
        raise DefinitionError(f'unknown estimator of {order} indices "{name}"', remedy=suggest(name, estimators))
    estimate = estimators[name]

    def estimate_varying(sample: Sample) -> Array:
        """Estimate indices; NaN for outputs that vary by rounding noise only, in all rows or in a replicate."""
        size = np.maximum(np.abs(sample.runs.a).max(axis=0), np.abs(sample.runs.b).max(axis=0))
        a, b, _ = sample.shifted
        variance, squares = sample.variance, sample.mean((a * a + b * b) / 2)
        varies = (variance > (NOISE * size) ** 2) & (variance > NOISE * squares)
        with np.errstate(divide="ignore", invalid="ignore"):
            estimates = estimate(sample)
            return np.where(varies & np.isfinite(estimates), estimates, np.nan)

    return estimate_varying
