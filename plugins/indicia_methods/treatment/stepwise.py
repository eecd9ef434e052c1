"""The treatment that draws in one point after another, until skewness and kurtosis are acceptable."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from sys import float_info
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import where
from indicia_methods.treatment.learning import Learning
from indicia_methods.treatment.logarithms import Log
from indicia_methods.treatment.moments import adjusted, in_range, shape, sums_of_powers
from indicia_methods.treatment.powers import BoxCox, YeoJohnson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array, Expression

_SECOND: dict[str | None, Learning] = {
    "log_range": Log(form="range"),
    "log_reflected": Log(form="reflected"),
    "log_shifted": Log(form="shifted"),
    "log_gii": Log(form="gii"),
    "box_cox": BoxCox(shift=True),
    "yeo_johnson": YeoJohnson(),
}
_FAR = float_info.max
"""A bound where there is none: a fitted index is written in JSON, which has no infinity."""

_ENDS = 64
"""How many values are looked at from either end, at first."""

_EVERY = 100
"""Of many values one in so many is looked at before the others."""


@dataclass(frozen=True)
class Winsorise(Learning):
    """Set the farthest values to the next nearer one, again and again, until skewness or kurtosis is acceptable.

    At each step all values that equal the largest take the next lower value, or where G1 is negative all that equal the
    smallest the next higher. Ties may thus take it beyond `points`. It never makes all values equal. What is still not
    acceptable can be given up for a transform of the values as they were (`otherwise`), or of the winsorised ones
    (`combine`). With `points = 0` that is all that is done.

    G1 and G2 are the adjusted skewness and excess kurtosis; fewer than four values have none, and stay.
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
        },
        "combine": {
            False: r", \quad v = x",
            True: r", \quad v = \min(u, \max(l, x))",
        },
    }

    skewness: Annotated[float, Field(gt=0, description="a: a smaller absolute skewness is acceptable")] = 2.0
    kurtosis: Annotated[float, Field(description="b: a smaller excess kurtosis is acceptable")] = 3.5
    points: Annotated[int | None, Field(ge=0, description="stop after so many values; None: no limit")] = 5
    forced: Annotated[bool, Field(description="draw in so many points, acceptable or not")] = False
    otherwise: Annotated[
        Literal["log_range", "log_reflected", "log_shifted", "log_gii", "box_cox", "yeo_johnson"] | None,
        Field(description="the transform of what is still not acceptable; box_cox is shifted"),
    ] = None
    combine: Annotated[bool, Field(description="transform the winsorised values, not those before")] = False

    def __post_init__(self) -> None:
        if self.forced and self.points is None:
            raise ValueError("forced needs points: how many")
        if self.combine and self.otherwise is None:
            raise ValueError("combine needs otherwise: the transform")

    @property
    def changes_scale(self) -> bool:
        return self.otherwise is not None

    @property
    def _second(self) -> Learning | None:
        return _SECOND.get(self.otherwise)

    @property
    def size(self) -> int:
        return 2 if self._second is None else 3 + self._second.size

    def learn(self, values: Array) -> Sequence[float]:
        low, high, failing = self._drawn_in(values)
        if self._second is None:
            return low, high
        if not failing:
            return (low, high, *[0.0] * (1 + self._second.size))
        return low, high, 1.0, *self._second.learn(np.clip(values, low, high) if self.combine else values)

    def at(self, x: Expression, *learned: Expression) -> Expression:
        low, high, *step = learned
        drawn = x.clip(low, high)
        if self._second is None:
            return drawn
        failing, *numbers = step
        return where(failing == 1, self._second.at(drawn if self.combine else x, *numbers), drawn)

    def passes(self, values: Array) -> bool:
        return not self._fails(*shape(values))

    def _fails(self, g1: float, g2: float) -> bool:
        return abs(g1) >= self.skewness and g2 >= self.kurtosis

    def _drawn_in(self, values: Array) -> tuple[float, float, bool]:
        """Return the bounds, and whether they are not enough."""
        g1, g2 = shape(values)
        if isnan(g1) or not (self._fails(g1, g2) or self.forced):
            return -_FAR, _FAR, False
        values, over = in_range(values, values.min(), values.max())
        size = _ENDS
        while True:
            column = _Ends(values, size)
            failing = self._draw_in(column)
            if not column.exhausted:
                low, high = column.bounds()
                return max(-_FAR, low * 2.0**over), min(_FAR, high * 2.0**over), failing
            size *= 64

    def _draw_in(self, column: _Ends) -> bool:
        while True:
            g1, g2 = column.shape()
            failing = self._fails(g1, g2)
            enough = self.points is not None and column.drawn >= self.points
            if enough or not (failing or self.forced) or not column.draw_in(upper=g1 >= 0):
                return failing


class _Ends:
    """The ends of a column in order, and sums of powers of all between: few steps lead farther inwards.

    Powers are added up outwards: of a value that is drawn in nothing is left, not even its rounding.
    """

    def __init__(self, values: Array, size: int) -> None:
        self._n = len(values)
        self._whole = 2 * size >= self._n
        if self._whole:
            ordered, between, middle = np.sort(values), values[:0], self._n // 2
            centre = float(ordered[middle])
        else:
            ordered, between = _parted(values, size)
            middle, centre = size, float(between.mean())
        scale = float(ordered[-1] - ordered[0])
        distance = (ordered - centre) / scale
        powers = np.cumprod(np.tile(distance, (4, 1)), axis=0)
        sums = np.zeros((4, len(ordered) + 1))
        np.cumsum(powers[:, middle:], axis=1, out=sums[:, middle + 1 :])
        sums[:, :middle] = -np.cumsum(powers[:, :middle][:, ::-1], axis=1)[:, ::-1]
        self._between = sums_of_powers(between, centre, scale).tolist()
        self._ordered, self._distance, self._middle = ordered.tolist(), distance.tolist(), middle
        self._sums = sums.tolist()
        self._first, self._last = 0, len(ordered) - 1
        self.exhausted = False

    @property
    def drawn(self) -> int:
        """How many values are drawn in."""
        return self._first + len(self._ordered) - 1 - self._last

    def draw_in(self, *, upper: bool) -> bool:
        """Set all values at one end to the next, unless all would be equal, or the next is not among the ends."""
        ordered, first, last = self._ordered, self._first, self._last
        if upper:
            while last >= first and ordered[last] == ordered[self._last]:
                last -= 1
        else:
            while first <= last and ordered[first] == ordered[self._first]:
                first += 1
        self.exhausted = not (self._whole or first < self._middle <= last)
        if self.exhausted or ordered[first] == ordered[last]:
            return False
        self._first, self._last = first, last
        return True

    def bounds(self) -> tuple[float, float]:
        """Return the smallest and the largest value that are left, where any were drawn in."""
        low = self._ordered[self._first] if self._first > 0 else -_FAR
        high = self._ordered[self._last] if self._last < len(self._ordered) - 1 else _FAR
        return low, high

    def shape(self) -> tuple[float, float]:
        """Return G1 and G2 of the column as it is now."""
        n, below, above = self._n, self._first, len(self._ordered) - 1 - self._last
        low, high = self._distance[self._first], self._distance[self._last]
        a1, a2, a3, a4 = (
            (between + sums[self._last + 1] - sums[self._first] + below * low**power + above * high**power) / n
            for power, (between, sums) in enumerate(zip(self._between, self._sums, strict=True), 1)
        )
        m2 = a2 - a1**2
        m3 = a3 - 3 * a1 * a2 + 2 * a1**3
        return adjusted(n, m2, m3, a4 - 4 * a1 * a3 + 6 * a1**2 * a2 - 3 * a1**4)


def _parted(values: Array, size: int) -> tuple[Array, Array]:
    """Return the `size` smallest values and as many largest, in order, and those between.

    One value in a hundred tells about where the ends begin, so that only few need be put in order.
    """
    sample = np.sort(values[::_EVERY])
    reach = 4 * (size // _EVERY + 2)
    if 2 * reach < len(sample):
        lows, highs = values[values <= sample[reach]], values[values >= sample[-1 - reach]]
        if size <= min(len(lows), len(highs)) and max(len(lows), len(highs)) < len(values) // 4:
            lows, highs = np.sort(lows), np.sort(highs)
            low, high = lows[size - 1], highs[-size]
            ties = np.searchsorted(lows, low, "right") - size, len(highs) - np.searchsorted(highs, high) - size
            between = values[(values > low) & (values < high)]
            return np.concatenate((lows[:size], highs[-size:])), np.concatenate((between, np.repeat((low, high), ties)))
    parts = np.partition(values, (size - 1, len(values) - size))
    return np.concatenate((np.sort(parts[:size]), np.sort(parts[-size:]))), parts[size:-size]
