"""The statistics of the values of an indicator in a partition, which merge to those of all rows."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from indicia.checks.indicator_statistics import BeyondBounds, beyond_bounds_of, first_row_of
from indicia.partitions.central_moments import MergeMoments
from indicia.statistics.moments import without_bias

if TYPE_CHECKING:
    import polars as pl

    from indicia.checks import Subject
    from indicia.checks.indicator_statistics import Shape
    from indicia.partitions.central_moments import State

_FENCE = 1.5
"""The distance from the quartiles, in interquartile ranges, beyond which a value is an outlier (Tukey 1977)."""
_NAMES = 3
"""The number of rows with an extreme value that are named."""


@dataclass(frozen=True)
class ExtremeValue:
    """An extreme value of a column, with the rows that have it."""

    value: float
    first_row: tuple[str, str]
    """The first row by unit and period; the name of a row, which has both, comes last in each pair."""
    rows: int
    names: tuple[str, ...]
    """The first names of rows, sorted."""

    @classmethod
    def of(cls, subject: Subject, name: str, value: float | None) -> ExtremeValue | None:
        """Return an extreme value of an indicator of a partition; None without values."""
        if value is None:
            return None
        has_value = (subject.raw[name] == value).fill_null(value=False)
        names = subject.row_names.filter(has_value)
        first = first_row_of(subject, name, value)
        unit = subject.unit_names.filter(has_value).sort()[0]
        return cls(value, (str(unit), first), len(names), tuple(names.sort().head(_NAMES)))

    def with_rows_of(self, other: ExtremeValue) -> ExtremeValue:
        """Return this value with the rows of an equal value of other rows."""
        names = sorted((*self.names, *other.names))[:_NAMES]
        return ExtremeValue(self.value, min(self.first_row, other.first_row), self.rows + other.rows, tuple(names))

    @property
    def listed(self) -> str:
        """The rows in words, three of them by name."""
        more = self.rows - len(self.names)
        return ", ".join(self.names) + (f" and {more} more" if more else "")


@dataclass(frozen=True)
class IndicatorState:
    """The counts, moments and extremes of an indicator in some rows; see `IndicatorStatistics`."""

    rows: int
    zeros: int
    imputed: int
    changed: int
    outliers: int
    still_missing: int
    """The number of values that are missing after transforms."""
    is_transformed: bool
    distinct: tuple[float, ...]
    """The first three different values, which tell whether there are more than two."""
    low: ExtremeValue | None
    high: ExtremeValue | None
    moments: tuple[State, State]
    """The central moments of the values after the treatment of outliers, and after transforms."""
    beyond_bounds: BeyondBounds | None
    moments_of_all: State
    """The central moments of all rows before anything is filled."""
    quartiles: tuple[float | None, ...]
    """The quartiles of all rows before anything is filled."""

    @classmethod
    def of(
        cls, subject: Subject, name: str, moments_of_all: State, quartiles: tuple[float | None, ...]
    ) -> IndicatorState:
        """Return the state of the rows of a partition, given the moments and quartiles of all rows."""
        raw, treated, prepared = subject.raw[name], subject.treated[name], subject.prepared[name]
        lowest, highest = raw.min(), raw.max()
        between = raw.filter(raw.is_between(lowest, highest, closed="none")).head(1) if raw.count() else ()
        ends = dict.fromkeys(end for end in (lowest, highest, *between) if end is not None)
        of_treated = MergeMoments().state(treated)
        of_prepared = of_treated if prepared.equals(treated, null_equal=True) else MergeMoments().state(prepared)
        return cls(
            rows=len(raw),
            zeros=int((raw == 0.0).sum()),
            imputed=int(subject.imputed[name].sum()),
            changed=int(subject.changed[name].sum()),
            outliers=_outliers(raw, quartiles),
            still_missing=prepared.null_count(),
            is_transformed=not prepared.equals(subject.filled[name], null_equal=True),
            distinct=tuple(ends),
            low=ExtremeValue.of(subject, name, lowest),  # type: ignore[arg-type]
            high=ExtremeValue.of(subject, name, highest),  # type: ignore[arg-type]
            moments=(of_treated, of_prepared),
            beyond_bounds=beyond_bounds_of(subject, name),
            moments_of_all=moments_of_all,
            quartiles=quartiles,
        )

    def __add__(self, other: IndicatorState) -> IndicatorState:
        treated, prepared = (
            MergeMoments().join(own, others) for own, others in zip(self.moments, other.moments, strict=True)
        )
        beyond = None
        if self.beyond_bounds is not None and other.beyond_bounds is not None:
            beyond = BeyondBounds(
                *(own + others for own, others in zip(self.beyond_bounds, other.beyond_bounds, strict=True))
            )
        return IndicatorState(
            rows=self.rows + other.rows,
            zeros=self.zeros + other.zeros,
            imputed=self.imputed + other.imputed,
            changed=self.changed + other.changed,
            outliers=self.outliers + other.outliers,
            still_missing=self.still_missing + other.still_missing,
            is_transformed=self.is_transformed or other.is_transformed,
            distinct=tuple(dict.fromkeys((*self.distinct, *other.distinct)))[:3],
            low=_end(self.low, other.low, is_highest=False),
            high=_end(self.high, other.high, is_highest=True),
            moments=(treated, prepared),
            beyond_bounds=beyond,
            moments_of_all=self.moments_of_all,
            quartiles=self.quartiles,
        )

    @property
    def present(self) -> int:
        """The number of values before anything is filled."""
        return self.moments_of_all[0]

    @property
    def lowest(self) -> float | None:
        """The lowest value before anything is filled."""
        return self.low.value if self.low else None

    @property
    def highest(self) -> float | None:
        """The highest value before anything is filled."""
        return self.high.value if self.high else None

    @property
    def lowest_row(self) -> str:
        """The first unit by name that has the lowest value, with its period in a panel."""
        return self.low.first_row[1] if self.low else ""

    @property
    def highest_row(self) -> str:
        """The first unit by name that has the highest value, with its period in a panel."""
        return self.high.first_row[1] if self.high else ""

    @property
    def median(self) -> float | None:
        """The median before anything is filled."""
        return self.quartiles[1]

    @property
    def mean(self) -> float | None:
        """The mean before anything is filled."""
        return self.moments_of_all[1] if self.present else None

    @property
    def standard_deviation(self) -> float | None:
        """The standard deviation before anything is filled, with the divisor n - 1."""
        n, _, squares, *_ = self.moments_of_all
        return sqrt(squares / (n - 1)) if n > 1 else None

    @property
    def has_two_values(self) -> bool:
        """True if there are two different values at most."""
        return len(self.distinct) <= 2

    @property
    def raw(self) -> Shape:
        """The skewness and excess kurtosis before anything is filled."""
        return shape_of(self.moments_of_all)

    @property
    def treated(self) -> Shape:
        """The skewness and excess kurtosis after the treatment of outliers."""
        return shape_of(self.moments[0])

    @property
    def prepared(self) -> Shape:
        """The skewness and excess kurtosis after transforms."""
        return shape_of(self.moments[1])

    @property
    def treated_values(self) -> int:
        """The number of values after the treatment of outliers."""
        return self.moments[0][0]

    @property
    def prepared_values(self) -> int:
        """The number of values after transforms."""
        return self.moments[1][0]


def shape_of(state: State) -> Shape:
    """Return the bias-corrected skewness and excess kurtosis of merged moments, as `checks.moments` does."""
    n, _, m2, m3, m4 = state
    if n < 3 or m2 == 0:
        return None, None
    return without_bias((m3 / n) / (m2 / n) ** 1.5, (m4 / n) / (m2 / n) ** 2 - 3, n)


def _end(first: ExtremeValue | None, second: ExtremeValue | None, *, is_highest: bool) -> ExtremeValue | None:
    if first is None or second is None:
        return first or second
    if first.value == second.value:
        return first.with_rows_of(second)
    return first if (first.value > second.value) == is_highest else second


def _outliers(values: pl.Series, quartiles: tuple[float | None, ...]) -> int:
    first, _, third = quartiles
    if first is None or third is None:
        return 0
    fence = _FENCE * (third - first)
    return int(((values < first - fence) | (values > third + fence)).sum())
