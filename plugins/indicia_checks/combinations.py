"""Checks of values that are unusual together, and of ratios to a size."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, Annotated

import numpy as np
import polars as pl
from pydantic import Field

from indicia.methods.probabilities import chi_square_p
from indicia_audit.checks import Check, Finding, Listed, Sentence, Subject
from indicia_checks.text import HANDBOOK, counted

if TYPE_CHECKING:
    from collections.abc import Iterator


_LEAST = 12
"""The least number of ratios whose quartiles tell outliers."""


@dataclass(frozen=True)
class UnusualCombination(Check):
    """Report units whose values are unusual together, and indicators of which the ratio to a size has outliers.

    The first is the Mahalanobis distance of complete rows. The probability holds for the table as a whole: each unit is
    compared with the probability divided by their number. The second is the ratio of a positive indicator to a size
    that it follows, if it is not divided by the size: an outlier is further than three interquartile ranges from the
    quartiles of the logarithm.
    """

    code = "D15"
    title = "unusual combination of values"
    severity = "information"
    source = (
        f"{HANDBOOK}: Box 5\nTabachnick & Fidell (2013), Using Multivariate Statistics: p < 0.001\n"
        "Tukey (1977), Exploratory Data Analysis: three interquartile ranges are far out"
    )
    evidence = "sample"
    why = """
    A slip of the comma, or a row that is shifted by one column, often leaves each value within its range, and makes
    a combination that no other unit has. Correlations and components follow such units.
    """
    example = """
    Schools follow people in all towns but T11, whose number has a digit too many: "the ratio of schools to people is an
    outlier for 1 of 60 units, first T11: 0.0241 against a median of 0.00208".
    """
    advice = """
    Compare the values with their source. If they are right, keep the unit, and see with `indicia stability` whether the
    ranks of others depend on it.
    """

    probability: Annotated[float, Field(gt=0, lt=1, description="probability of such a unit by chance")] = 0.001
    correlation: Annotated[float, Field(ge=0, le=1, description="least correlation of an indicator with a size")] = 0.7
    fence: Annotated[float, Field(gt=0, description="greatest distance of a ratio, in interquartile ranges")] = 3.0
    rows_per_indicator: Annotated[float, Field(ge=2, description="least number of complete rows per indicator")] = 5.0

    def look(self, subject: Subject) -> Iterator[Finding]:
        yield from self._together(subject)
        for name in sorted(subject.indicators):
            for size in sorted(subject.sizes.columns):
                facts = subject.indicators[name]
                if not facts.per and size != facts.column:
                    yield from self._ratio(subject, name, size)

    def _ratio(self, subject: Subject, name: str, size: str) -> Iterator[Finding]:
        """Yield the finding on the ratio of an indicator to a size."""
        x, people = subject.raw[name].to_numpy(), subject.sizes[size].to_numpy()
        rows = np.flatnonzero((x > 0) & (people > 0))  # NaN is not
        logs = np.log(x[rows]) - np.log(people[rows])
        if len(rows) < _LEAST or np.ptp(x[rows]) == 0 or np.ptp(people[rows]) == 0:
            return
        if np.corrcoef(np.log(x[rows]), np.log(people[rows]))[0, 1] < self.correlation:
            return
        first, median, third = np.quantile(logs, [0.25, 0.5, 0.75])
        distances = np.full(len(x), 0.0)
        distances[rows] = np.abs(logs - median)
        is_far = np.full(len(x), fill_value=False)
        reach = self.fence * (third - first)
        is_far[rows] = (logs < first - reach) | (logs > third + reach)
        outliers = sorted(
            (-distances[row], unit if period is None else f"{unit} {period}", row)
            for row, unit, period in subject.rows_where(pl.Series(is_far))
        )
        if reach > 0 and outliers:
            _, place, row = outliers[0]
            ratio = float(x[row] / people[row])
            sentence = Sentence(
                "the ratio of {name} to {size} is an outlier for {count:,} of {rows}, first {place}: "
                "{ratio:.3g} against a median of {median:.3g}",
                name=name,
                size=size,
                count=len(outliers),
                rows=counted(len(rows), subject.rows_noun),
                place=place,
                ratio=ratio,
                median=exp(float(median)),
            )
            yield Finding(name, ratio, None, sentence, "compare the values with their source")

    def _together(self, subject: Subject) -> Iterator[Finding]:
        """Yield the finding on the combination of values."""
        names = sorted(subject.indicators)
        complete = subject.raw.select(pl.all_horizontal(pl.col(names).is_not_null())).to_series()
        n, k = int(complete.sum()), len(names)
        if k < 2 or n < self.rows_per_indicator * k:
            return
        z = subject.raw.filter(complete).select(names).to_numpy()
        largest = np.abs(z).max(axis=0)
        z = z / np.where(largest > 0, largest, 1.0)  # squares of large values could overflow
        scale = z.std(axis=0, ddof=1)
        if not (scale > 0).all():
            return
        z = (z - z.mean(axis=0)) / scale
        correlations = z.T @ z / (n - 1)
        if np.linalg.matrix_rank(correlations) < k:
            return
        distances = np.einsum("ij,ij->i", z @ np.linalg.inv(correlations), z)
        furthest = float(distances.max())
        if chi_square_p(furthest, k) * n >= self.probability:
            return
        spread = np.full(len(complete), np.nan)
        spread[complete.to_numpy()] = distances
        limit = _chi_square_limit(self.probability / n, k, furthest)
        rows = [
            (-float(spread[row]), unit if period is None else f"{unit} {period}", unit, period)
            for row, unit, period in subject.rows_where(pl.Series(np.nan_to_num(spread, nan=0.0) > limit))
        ]
        distance, first, unit, period = min(rows)
        names_first = Listed(name for _, name, *_ in sorted(rows)[:5])
        sentence = Sentence(
            "the values of {rows} are unusual together, first of {names_first}: the squared Mahalanobis "
            "distance of {first} is {distance:.1f}",
            rows=counted(len(rows), subject.rows_noun),
            names_first=names_first,
            first=first,
            distance=-distance,
        )
        chance = chi_square_p(-distance, k) * n
        yield Finding(unit, chance, self.probability, sentence, "check the values", period=period)


def _chi_square_limit(probability: float, degrees: int, above: float) -> float:
    """Return the value that a chi-square variable exceeds with a probability, by bisection."""
    low, high = 0.0, above
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if chi_square_p(middle, degrees) > probability else (low, middle)
    return high
