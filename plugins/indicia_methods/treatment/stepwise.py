"""Treatments step by step."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, nan
from sys import float_info
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Array, Domain, Expression, MergedColumn, Treatment, where
from indicia_methods.treatment.logarithms import Log
from indicia_methods.treatment.moments import (
    ChangedColumn,
    Learning,
    adjusted_moments,
    scale_into_range,
    shape,
    shape_of,
    sums_of_powers,
)
from indicia_methods.treatment.powers import BoxCox, YeoJohnson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class CountedEnds:
    """The different values at both ends of a column with their counts, and sums of powers of the values between."""

    values: Array
    """Different values in ascending order: all of them, or as many from each end."""
    counts: Array
    """The number of rows of each value."""
    rows: int
    between: Array
    """Sums of the first four powers of the values between the ends, about the centre and over the spread."""
    centre: float

    @classmethod
    def of(cls, column: MergedColumn, size: int) -> CountedEnds:
        """Return the ends of a column, of `size` different values each."""

        def ends(x: Array) -> Array:
            return _trimmed(len(x), np.array(np.unique(x, return_counts=True), dtype=float), size)

        def join(first: Array, second: Array) -> Array:
            values, place = np.unique(np.concatenate([first[0, 1:], second[0, 1:]]), return_inverse=True)
            counts = np.bincount(place, np.concatenate([first[1, 1:], second[1, 1:]]), len(values))
            return _trimmed(first[1, 0] + second[1, 0], np.array([values, counts]), size)

        figures = column.reduce(ends, join)
        rows, (values, counts) = int(figures[1, 0]), figures[:, 1:]
        if counts.sum() == rows:
            return cls(values, counts, rows, np.zeros(4), float(values[len(values) // 2]))
        low, high, spread = values[size - 1], values[size], values[-1] - values[0]

        def inside(x: Array) -> Array:
            between: Array = x[(x > low) & (x < high)]
            return between

        number, total = column.reduce(lambda x: np.array([len(inside(x)), ((inside(x) - low) / spread).sum()]))
        centre = float(low + spread * total / max(number, 1))
        powers = column.reduce(lambda x: sums_of_powers(inside(x), centre, float(spread)))
        return cls(values, counts, rows, powers, centre)

    @property
    def is_complete(self) -> bool:
        """True if no value lies between the ends."""
        return bool(self.counts.sum() == self.rows)


def _trimmed(rows: float, ends: Array, size: int) -> Array:
    """Return the number of rows in the first column, and the columns of `size` values from each end."""
    kept = ends if ends.shape[1] <= 2 * size else np.concatenate([ends[:, :size], ends[:, -size:]], axis=1)
    trimmed: Array = np.concatenate([np.array([[0.0], [rows]]), kept], axis=1)
    return trimmed


class SteppedEnds:
    """Winsorises the ends of a column step by step, as `stepwise._SortedEnds` does for values in memory."""

    def __init__(self, ends: CountedEnds) -> None:
        self._ends, self._low, self._high = ends, 0, len(ends.values) - 1
        self._middle = len(ends.values) // 2
        spread = float(ends.values[-1] - ends.values[0])
        self._distance = (ends.values - ends.centre) / spread
        powers = ends.counts * np.cumprod(np.tile(self._distance, (4, 1)), axis=0)
        sums = np.zeros((4, len(ends.values) + 1))
        # summed from the middle outwards, so that a winsorised value leaves no rounding errors in the sums
        np.cumsum(powers[:, self._middle :], axis=1, out=sums[:, self._middle + 1 :])
        sums[:, : self._middle] = -np.cumsum(powers[:, : self._middle][:, ::-1], axis=1)[:, ::-1]
        self._sums = sums
        self.exhausted = False

    @property
    def _winsorised(self) -> tuple[float, float]:
        """The numbers of rows that are winsorised at the lower and at the upper end."""
        counts = self._ends.counts
        return float(counts[: self._low].sum()), float(counts[self._high + 1 :].sum())

    @property
    def winsorised_count(self) -> int:
        """The number of rows that are winsorised."""
        return int(sum(self._winsorised))

    def winsorise(self, *, upper: bool) -> bool:
        """Set all values at an end to the next value; False if all would be equal, or the ends are exhausted."""
        first, last = (self._low, self._high - 1) if upper else (self._low + 1, self._high)
        self.exhausted = not (self._ends.is_complete or first < self._middle <= last)
        if self.exhausted or first >= last:
            return False
        self._low, self._high = first, last
        return True

    def bounds(self, no_bound: float) -> tuple[float, float]:
        """Return the smallest and the largest remaining value; `no_bound` at an end without winsorised values."""
        values = self._ends.values
        low = float(values[self._low]) if self._low > 0 else -no_bound
        high = float(values[self._high]) if self._high < len(values) - 1 else no_bound
        return low, high

    def shape(self) -> tuple[float, float]:
        """Return G1 and G2 of the winsorised column, from sums of powers about a centre."""
        below, above = self._winsorised
        n, low, high = self._ends.rows, self._distance[self._low], self._distance[self._high]
        a1, a2, a3, a4 = (
            float((between + sums[self._high + 1] - sums[self._low] + below * low**power + above * high**power) / n)
            for power, (between, sums) in enumerate(zip(self._ends.between, self._sums, strict=True), 1)
        )
        m2 = a2 - a1**2
        m3 = a3 - 3 * a1 * a2 + 2 * a1**3
        return adjusted_moments(n, m2, m3, a4 - 4 * a1 * a3 + 6 * a1**2 * a2 - 3 * a1**4)


_TRANSFORMS: dict[str | None, Learning] = {
    "log_range": Log(form="range"),
    "log_reflected": Log(form="reflected"),
    "log_shifted": Log(form="shifted"),
    "log_gii": Log(form="gii"),
    "box_cox": BoxCox(shift=True),
    "yeo_johnson": YeoJohnson(),
}
_NO_BOUND = float_info.max
"""Stands for no bound: a fitted index is stored as JSON, which has no infinity."""

_FIRST_SIZE = 64
"""Number of values that are first sorted at each end."""

_SAMPLE_STEP = 100
"""Distance of the values in the sample that estimates where the ends begin."""


@dataclass(frozen=True)
class Winsorise(Learning):
    """Winsorise step by step: set extreme values to the next value, until skewness or kurtosis is acceptable.

    Each step sets the largest value, with its ties, to the next lower value; if G1 is negative, the smallest value,
    with its ties, to the next higher value. So ties may change more than `points` values. A step never makes all values
    equal. If neither G1 nor G2 becomes acceptable, `otherwise` transforms the original values, or with `combine` the
    winsorised values. With `points = 0` there is only the transform. `otherwise` is the name of a transform, or a
    transform with parameters: `{ method = "box_cox", power = 0.5, shift = true }` or `"log(form=range, offset=0.1)"`.

    G1 and G2 are the adjusted skewness and excess kurtosis. Fewer than four values have no G2 and stay unchanged.
    """

    name = "winsorise"
    reference = (
        "Becker, Caperna, Del Sorbo, Norlén, Papadimitriou & Saisana (2022), Journal of Open Source Software 7(78)"
    )
    formula = (
        r"y = \min(u, \max(l, x)), \quad l, u \text{ the widest with } <forced><otherwise>, \quad G_1 = "
        r"\frac{\sqrt{n (n - 1)}}{n - 2} \frac{m_3}{m_2^{3/2}}, \quad G_2 = \frac{n - 1}{(n - 2) (n - 3)} \left( "
        r"(n + 1) \Bigl( \frac{m_4}{m_2^2} - 3 \Bigr) + 6 \right)"
    )
    symbols = {"skewness": "a", "kurtosis": "b", "points": "N"}
    variants = {
        "forced": {
            False: r"|G_1| < a \text{ or } G_2 < b<points>",
            True: r"N \text{ values drawn in}",
        },
        "points": {
            None: "",
            ...: r"\text{, or with } N \text{ values drawn in}",
        },
        "otherwise": {
            None: "",
            "log_range": r", \quad \text{else } y = \ln(v - \min v + 0.01 R), \; R = \max v - \min v<combine>",
            "log_reflected": (
                r", \quad \text{else } y = \ln(v - \min v + 0.01 R) \text{ if } G_1 > 0, \text{ otherwise } -\ln(\max "
                "v - "
                r"v + 0.01 R), \; R = \max v - \min v<combine>"
            ),
            "log_shifted": r", \quad \text{else } y = \ln(v - \min v + 1)<combine>",
            "log_gii": (
                r", \quad \text{else } y = \ln \left( (\max v - 1) \frac{v - \min v}{\max v - \min v} + 1 "
                r"\right)<combine>"
            ),
            "box_cox": (
                r", \quad \text{else } y = \frac{(v - \min v + 1)^\lambda - 1}{\lambda}, \; \lambda \text{ the "
                "likeliest}<combine>"
            ),
            "yeo_johnson": (
                r", \quad \text{else the transform of Yeo and Johnson of } v \text{, } \lambda \text{ the "
                "likeliest}<combine>"
            ),
            ...: r", \quad \text{else the transform of } v<combine>",
        },
        "combine": {
            False: r", \quad v = x",
            True: r", \quad v = \min(u, \max(l, x))",
        },
    }

    detail_tables = {
        "treatment": "an indicator: the number of changed values, the lower and upper bounds where values were drawn "
        "in, and with otherwise whether it was transformed (1 or 0) and the figures of the transform",
    }

    skewness: Annotated[float, Field(gt=0, description="a: a smaller absolute skewness is acceptable")] = 2.0
    kurtosis: Annotated[float, Field(description="b: a smaller excess kurtosis is acceptable")] = 3.5
    points: Annotated[int | None, Field(ge=0, description="largest number of winsorised values; None: no limit")] = 5
    forced: Annotated[bool, Field(description="winsorise this number of values, acceptable or not")] = False
    otherwise: Annotated[
        Literal["log_range", "log_reflected", "log_shifted", "log_gii", "box_cox", "yeo_johnson"] | Treatment | None,
        Field(
            description="transform if still not acceptable: a name, of which box_cox is shifted, or log, box_cox or "
            "yeo_johnson with parameters",
            union_mode="left_to_right",
        ),
    ] = None
    combine: Annotated[bool, Field(description="transform the winsorised values, not the original values")] = False

    def __post_init__(self) -> None:
        if self.forced and self.points is None:
            raise ValueError("forced needs points, the number of values")
        if self.combine and self.otherwise is None:
            raise ValueError("combine needs otherwise, the transform")
        if isinstance(self.otherwise, Treatment) and not isinstance(self._transform, Learning):
            raise ValueError(f"otherwise = {self.otherwise} is none of log, box_cox and yeo_johnson")

    @property
    def changes_scale(self) -> bool:
        return self.otherwise is not None

    @property
    def domain(self) -> Domain:
        return Domain.REAL if self._transform is None else self._transform.domain

    @property
    def _transform(self) -> Learning | None:
        if isinstance(self.otherwise, Treatment):
            return self.otherwise if isinstance(self.otherwise, (Log, BoxCox, YeoJohnson)) else None
        return _TRANSFORMS.get(self.otherwise)

    @property
    def size(self) -> int:
        return 2 if self._transform is None else 3 + self._transform.size

    def learn(self, values: Array) -> Sequence[float]:
        low, high, is_failing = self._bounds(values)
        if self._transform is None:
            return low, high
        if not is_failing:
            return (low, high, *[0.0] * (1 + self._transform.size))
        return low, high, 1.0, *self._transform.learn(np.clip(values, low, high) if self.combine else values)

    @property
    def merges(self) -> bool:
        return self._transform is None or self._transform.merges

    def learn_merged(self, column: MergedColumn) -> Sequence[float]:
        low, high, is_failing = self._merged_bounds(column)
        if self._transform is None:
            return low, high
        if not is_failing:
            return (low, high, *[0.0] * (1 + self._transform.size))
        if self.combine:
            column = ChangedColumn(column, lambda values: np.clip(values, low, high))
        return low, high, 1.0, *self._transform.learn_merged(column)

    def name_learned(self, *learned: Expression) -> Mapping[str, Expression]:
        low, high, *rest = learned
        bounds = {"lower": where(low > -_NO_BOUND, low, nan), "upper": where(high < _NO_BOUND, high, nan)}
        if self._transform is None:
            return bounds
        is_failing, *numbers = rest
        named = self._transform.name_learned(*numbers)
        return {
            **bounds,
            "transformed": is_failing,
            **{key: where(is_failing == 1, x, nan) for key, x in named.items()},
        }

    def at(self, x: Expression, *learned: Expression) -> Expression:
        low, high, *rest = learned
        winsorised = x.clip(low, high)
        if self._transform is None:
            return winsorised
        is_failing, *numbers = rest
        return where(is_failing == 1, self._transform.at(winsorised if self.combine else x, *numbers), winsorised)

    def passes(self, values: Array) -> bool:
        return not self._fails(*shape(values))

    def passes_merged(self, column: MergedColumn) -> bool:
        shape = shape_of(column)
        return not self._fails(shape.g1, shape.g2)

    def _fails(self, g1: float, g2: float) -> bool:
        return abs(g1) >= self.skewness and g2 >= self.kurtosis

    def _bounds(self, values: Array) -> tuple[float, float, bool]:
        """Return the bounds, and True if the winsorised values still fail."""
        g1, g2 = shape(values)
        if isnan(g1) or not (self._fails(g1, g2) or self.forced):
            return -_NO_BOUND, _NO_BOUND, False
        values, excess = scale_into_range(values, values.min(), values.max())
        size = _FIRST_SIZE
        while True:
            column = _SortedEnds(values, size)
            is_failing = self._winsorise(column)
            if not column.exhausted:
                low, high = column.bounds()
                return max(-_NO_BOUND, low * 2.0**excess), min(_NO_BOUND, high * 2.0**excess), is_failing
            size *= 64

    def _merged_bounds(self, column: MergedColumn) -> tuple[float, float, bool]:
        """Return the bounds as `_bounds` does for values in memory."""
        shape = shape_of(column)
        if isnan(shape.g1) or not (self._fails(shape.g1, shape.g2) or self.forced):
            return -_NO_BOUND, _NO_BOUND, False
        _, excess = scale_into_range(np.empty(0), shape.smallest, shape.largest)
        scaled = ChangedColumn(column, lambda values: np.ldexp(values, -excess))
        size = _FIRST_SIZE
        while True:
            ends = SteppedEnds(CountedEnds.of(scaled, size))
            is_failing = self._winsorise(ends)
            if not ends.exhausted:
                low, high = ends.bounds(_NO_BOUND)
                return max(-_NO_BOUND, low * 2.0**excess), min(_NO_BOUND, high * 2.0**excess), is_failing
            size *= 64

    def _winsorise(self, column: _SortedEnds | SteppedEnds) -> bool:
        while True:
            g1, g2 = column.shape()
            is_failing = self._fails(g1, g2)
            is_limit_reached = self.points is not None and column.winsorised_count >= self.points
            if is_limit_reached or not (is_failing or self.forced) or not column.winsorise(upper=g1 >= 0):
                return is_failing


class _SortedEnds:
    """The sorted ends of a column, and sums of powers of the values between them; few steps go farther inwards.

    Powers are summed from the middle outwards, so a winsorised value leaves no rounding errors in the sums.
    """

    def __init__(self, values: Array, size: int) -> None:
        self._n = len(values)
        self._is_complete = 2 * size >= self._n
        if self._is_complete:
            ordered, between, middle = np.sort(values), values[:0], self._n // 2
            centre = float(ordered[middle])
        else:
            ordered, between = _split_ends(values, size)
            middle, centre = size, float(between.mean())
        scale = float(ordered[-1] - ordered[0])
        distance = (ordered - centre) / scale
        powers = np.cumprod(np.tile(distance, (4, 1)), axis=0)
        sums = np.zeros((4, len(ordered) + 1))
        np.cumsum(powers[:, middle:], axis=1, out=sums[:, middle + 1 :])
        sums[:, :middle] = -np.cumsum(powers[:, :middle][:, ::-1], axis=1)[:, ::-1]
        self._sums_between = sums_of_powers(between, centre, scale).tolist()
        self._ordered, self._distance, self._middle = ordered.tolist(), distance.tolist(), middle
        self._sums = sums.tolist()
        self._low, self._high = 0, len(ordered) - 1
        self.exhausted = False

    @property
    def winsorised_count(self) -> int:
        """Number of values that are winsorised."""
        return self._low + len(self._ordered) - 1 - self._high

    def winsorise(self, *, upper: bool) -> bool:
        """Set all values at an end to the next value; False if all would be equal, or the sorted end is exhausted."""
        ordered, first, last = self._ordered, self._low, self._high
        if upper:
            while last >= first and ordered[last] == ordered[self._high]:
                last -= 1
        else:
            while first <= last and ordered[first] == ordered[self._low]:
                first += 1
        self.exhausted = not (self._is_complete or first < self._middle <= last)
        if self.exhausted or ordered[first] == ordered[last]:
            return False
        self._low, self._high = first, last
        return True

    def bounds(self) -> tuple[float, float]:
        """Return the smallest and the largest remaining value; no bound at an end without winsorised values."""
        low = self._ordered[self._low] if self._low > 0 else -_NO_BOUND
        high = self._ordered[self._high] if self._high < len(self._ordered) - 1 else _NO_BOUND
        return low, high

    def shape(self) -> tuple[float, float]:
        """Return G1 and G2 of the winsorised column, from sums of powers about a centre."""
        n, below, above = self._n, self._low, len(self._ordered) - 1 - self._high
        low, high = self._distance[self._low], self._distance[self._high]
        a1, a2, a3, a4 = (
            (between + sums[self._high + 1] - sums[self._low] + below * low**power + above * high**power) / n
            for power, (between, sums) in enumerate(zip(self._sums_between, self._sums, strict=True), 1)
        )
        m2 = a2 - a1**2
        m3 = a3 - 3 * a1 * a2 + 2 * a1**3
        return adjusted_moments(n, m2, m3, a4 - 4 * a1 * a3 + 6 * a1**2 * a2 - 3 * a1**4)


def _split_ends(values: Array, size: int) -> tuple[Array, Array]:
    """Return the `size` smallest and largest values, sorted, and the values between them.

    A sample of every hundredth value estimates where the ends begin, so that only few values are sorted.
    """
    sample = np.sort(values[::_SAMPLE_STEP])
    rank = 4 * (size // _SAMPLE_STEP + 2)
    if 2 * rank < len(sample):
        lows, highs = values[values <= sample[rank]], values[values >= sample[-1 - rank]]
        if size <= min(len(lows), len(highs)) and max(len(lows), len(highs)) < len(values) // 4:
            lows, highs = np.sort(lows), np.sort(highs)
            low, high = lows[size - 1], highs[-size]
            ties = np.searchsorted(lows, low, "right") - size, len(highs) - np.searchsorted(highs, high) - size
            between = values[(values > low) & (values < high)]
            return np.concatenate((lows[:size], highs[-size:])), np.concatenate((between, np.repeat((low, high), ties)))
    parts = np.partition(values, (size - 1, len(values) - size))
    return np.concatenate((np.sort(parts[:size]), np.sort(parts[-size:]))), parts[size:-size]
