"""The most likely score of each unit over many draws, and the confidence in it.

The density of the scores of a unit is estimated with Gaussian kernels, and its mode is the highest point.

Source: Paradowski & Sałabun (2024), 63rd IEEE Conference on Decision and Control, for modes and degrees of confidence
over all weights; Scott (1992), Multivariate Density Estimation, for the bandwidth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import DataError, DefinitionError

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array

    Integers = npt.NDArray[np.int64]

_POINTS = 2000
"""The number of points at which the density of a unit is computed before its mode is refined."""
_LENGTH = 8192
"""The length of the transform of these points, so that kernels at both ends do not meet."""
_CONSTANT = 1e-12
"""The range of scores below which they count as constant, so that the mode is the score."""
_NEAR = 0.98
"""The share of the highest density from which a peak may be the highest, since scores are moved to the points."""
_LEVEL = 1e-9
"""The share of the highest density by which peaks that are equally high may differ."""
_CANDIDATES = 8
"""The largest number of peaks of a density that are refined."""
_ROUNDS = 80
"""The largest number of Newton's steps, or halvings, to the top of a peak."""
_NUMBERS = 1 << 22
"""The largest number of kernels that are held at a time."""


@dataclass(frozen=True)
class Confidence:
    """The degrees of confidence in the modes of units, (units,) each, from 0 to 1."""

    single: Array
    """The share of a unit's scores that lie within the band around its mode."""
    cross: Array
    """The share of all scores in the band that are those of the unit."""
    aggregate: Array


def score_modes(scores: Array) -> Array:
    """Return the mode (units,) of the scores (draws, units) of each unit; NaN for a unit without scores.

    The bandwidth is Scott's: the standard deviation, with n - 1, times n to the power of -1/5.

    >>> score_modes(np.array([[0.1, 1.0], [0.2, 1.0], [0.2, 1.0], [0.9, 1.0]])).round(2).tolist()
    [0.18, 1.0]
    """
    values = np.asarray(scores, dtype=float)
    if not len(values):
        raise DataError("there are no scores", remedy="a row for each draw")
    low, high = np.fmin.reduce(values, axis=0), np.fmax.reduce(values, axis=0)
    modes = low.copy()
    places = np.flatnonzero(high - low >= _CONSTANT)
    step = max(1, _NUMBERS // max(len(values), _LENGTH))
    for start in range(0, len(places), step):
        some = places[start : start + step]
        modes[some] = _modes(values[:, some].T)
    result: Array = modes
    return result


def degrees_of_confidence(scores: Array, modes: Array, width: float, alpha: float = 0.5) -> Confidence:
    """Return how many scores lie near the modes, for scores (draws, units) and modes (units,).

    The band of a unit is the mode ± width / 2. `alpha` is the weight of `single` in `aggregate`.

    >>> found = degrees_of_confidence(np.array([[0.5, 0.5], [0.5, 0.9]]), np.array([0.5, 0.9]), 0.1)
    >>> found.single.tolist(), found.cross.round(2).tolist()
    ([1.0, 0.5], [0.67, 1.0])
    """
    if not width > 0:
        raise DefinitionError(f"the width of the band around a mode is {width:g}", remedy="a number above 0")
    if not 0 <= alpha <= 1:
        raise DefinitionError(f"the weight of the single confidence is {alpha:g}", remedy="a number from 0 to 1")
    values = np.asarray(scores, dtype=float)
    lower, upper = modes - width / 2, modes + width / 2
    counted = np.isfinite(values).sum(axis=0)
    with np.errstate(invalid="ignore"):
        own = ((values >= lower) & (values <= upper)).sum(axis=0)
    ordered = np.sort(values[np.isfinite(values)])
    total = np.searchsorted(ordered, upper, side="right") - np.searchsorted(ordered, lower, side="left")
    with np.errstate(divide="ignore", invalid="ignore"):
        single = np.where(counted > 0, own / counted, np.nan)
        cross = np.where(total > 0, own / total, 0.0)
    cross = np.where(np.isnan(modes), np.nan, cross)
    return Confidence(single, cross, alpha * single + (1 - alpha) * cross)


def in_band(scores: Array, modes: Array, width: float) -> Array:
    """Return a mask (draws, units) of the scores that lie in the band around the mode of their unit."""
    with np.errstate(invalid="ignore"):
        return np.asarray((scores >= modes - width / 2) & (scores <= modes + width / 2))


def _modes(values: Array) -> Array:
    """Return the highest point of the density of each row of values (units, draws), of which NaN are left out."""
    count = np.isfinite(values).sum(axis=1)
    bandwidth = np.nanstd(values, axis=1, ddof=1) * count**-0.2
    low, high = np.nanmin(values, axis=1), np.nanmax(values, axis=1)
    step = (high - low) / (_POINTS - 1)
    density = _binned(values, low, step, bandwidth)
    padded = np.pad(density, ((0, 0), (1, 1)), constant_values=-np.inf)
    is_peak = (density >= padded[:, :-2]) & (density >= padded[:, 2:])
    is_peak &= density >= _NEAR * density.max(axis=1, keepdims=True)
    heights = np.where(is_peak, density, -np.inf)
    highest = np.argsort(-heights, axis=1, kind="stable")[:, :_CANDIDATES]
    unit, place = np.nonzero(np.take_along_axis(is_peak, highest, axis=1))
    point = low[unit] + step[unit] * highest[unit, place]
    # a point of the binned density can be one off
    ends = np.maximum(point - 2 * step[unit], low[unit]), np.minimum(point + 2 * step[unit], high[unit])
    tops, heights_of_tops = np.empty((2, len(unit)))
    portion = max(1, _NUMBERS // values.shape[1])
    for start in range(0, len(unit), portion):
        some = slice(start, start + portion)
        kernels = _Kernels(values[unit[some]], bandwidth[unit[some]])
        tops[some] = kernels.tops(ends[0][some], ends[1][some])
        heights_of_tops[some] = kernels.at(tops[some])[0]
    highest_tops = np.zeros(len(values))
    np.maximum.at(highest_tops, unit, heights_of_tops)
    # of peaks that are equally high but for rounding, that of the lowest score
    best = np.lexsort((tops, heights_of_tops < (1 - _LEVEL) * highest_tops[unit], unit))
    first = np.r_[True, np.diff(unit[best]) > 0]
    result: Array = tops[best[first]]
    return result


def _binned(values: Array, low: Array, step: Array, bandwidth: Array) -> Array:
    """Return the density at equally spaced points, (units, points); a score shares its weight between two points."""
    rows = len(values)
    places = (values - low[:, None]) / step[:, None]
    present = np.isfinite(places)
    left = np.clip(np.where(present, places, 0.0).astype(np.int64), 0, _POINTS - 2)
    share = np.where(present, places - left, 0.0)
    flat = (left + _POINTS * np.arange(rows)[:, None]).ravel()
    counts = np.bincount(flat, weights=(present - share).ravel(), minlength=rows * _POINTS)
    counts += np.bincount(flat + 1, weights=share.ravel(), minlength=rows * _POINTS)
    frequencies = np.fft.rfftfreq(_LENGTH)
    # the transform of a Gaussian kernel is a Gaussian
    kernel = np.exp(-2 * (np.pi * frequencies * (bandwidth / step)[:, None]) ** 2)
    spectrum = np.fft.rfft(counts.reshape(rows, _POINTS), _LENGTH, axis=1) * kernel
    density: Array = np.fft.irfft(spectrum, _LENGTH, axis=1)[:, :_POINTS]
    return density


@dataclass(frozen=True, eq=False)
class _Kernels:
    """Gaussian kernels around values, a row for each peak."""

    values: Array
    """Shape (peaks, draws); NaN for a draw without a score."""
    bandwidth: Array

    def at(self, points: Array, rows: Integers | slice = slice(None)) -> tuple[Array, Array, Array]:
        """Return the density at points (peaks,), its slope and its curvature, but for constant factors."""
        z = (self.values[rows] - points[:, None]) / self.bandwidth[rows][:, None]
        kernel = np.exp(-0.5 * z**2)
        density = np.nansum(kernel, axis=1)
        return density, np.nansum(z * kernel, axis=1), np.nansum((z**2 - 1) * kernel, axis=1)

    def tops(self, low: Array, high: Array) -> Array:
        """Return the tops of the density between two points, by Newton's steps within a bracket of the slope."""
        low, high = low.copy(), high.copy()
        point = (low + high) / 2
        point = np.where(self.at(low)[1] <= 0, low, np.where(self.at(high)[1] >= 0, high, point))
        active = np.flatnonzero((point > low) & (point < high))
        for _ in range(_ROUNDS):
            if not len(active):
                break
            x = point[active]
            _, slope, curvature = self.at(x, active)
            low[active], high[active] = np.where(slope > 0, x, low[active]), np.where(slope > 0, high[active], x)
            with np.errstate(divide="ignore", invalid="ignore"):
                newton = x - self.bandwidth[active] * slope / curvature
            inside = (newton > low[active]) & (newton < high[active]) & (curvature < 0)
            point[active] = np.where(inside, newton, np.where(slope == 0, x, (low[active] + high[active]) / 2))
            tolerance = 4 * np.finfo(float).eps * np.maximum(np.abs(x), self.bandwidth[active])
            active = active[(np.abs(point[active] - x) > tolerance) & (slope != 0)]
        return point
