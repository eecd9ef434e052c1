"""Main effects by a local-linear regression (Paruolo, Saisana & Saltelli, 2013), and regressions of components."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt
from typing import TYPE_CHECKING

import numpy as np

from indicia.methods.probabilities import chi_square_p

if TYPE_CHECKING:
    from indicia.methods.contract import Array

_NOISE = 1e-12
"""Values that differ by less than this share of their range are equal: they differ by rounding."""

_FEWEST_VALUES = 5
"""The smallest number of different values of x that a curve needs."""

_FEWEST_UNITS = 10
"""The smallest number of units: the plug-in bandwidth fits a polynomial of five parameters."""

_POINTS = 200
"""The largest number of different values; among more, the units of an interval of this share of the range are one."""

_BANDWIDTHS = 30
"""The number of bandwidths of the grid."""

_EDGE = 0.05
"""The share of the range at each end in which second derivatives are not trusted."""


@dataclass(frozen=True)
class KernelEffects:
    """The main effect S by a local-linear regression, for several bandwidths."""

    cross_validation: float
    """S with the bandwidth of the grid that has the least squared error of left-out units."""
    plug_in: float
    """S with the direct plug-in bandwidth of Ruppert, Sheather & Wand (1995)."""
    lowest: float
    """The smallest S of the grid of bandwidths."""
    highest: float
    """The largest S of the grid."""
    p_linear: float
    """The probability of a curve that fits as much better than a line, if E[y | x] is a line."""
    bandwidths: tuple[float, float]
    """The bandwidths by cross-validation and by plug-in, as shares of the range of x."""


def kernel_effects(x: Array, y: Array) -> KernelEffects | None:
    """Estimate the main effect of x on y by local-linear regressions with a Gaussian kernel.

    Parameters
    ----------
    x, y : array of float, (units,)
        Complete values that are not constant.

    Returns
    -------
    KernelEffects or None
        None for fewer than 10 units or 5 different values of x, and if no bandwidth bears the gaps between values.

    Notes
    -----
    S is the variance of the fitted values divided by that of y. The grid has 30 bandwidths, in a geometric series from
    a quarter of h0 to the range of x, with h0 = s (4 / 3n)^(1/5) and the standard deviation s of x. Among more than 200
    different values, x is cut into 200 intervals.

    The test of a line is the pseudo-likelihood ratio test of Bowman & Azzalini with the bandwidth by cross-validation:
    the distribution of F = (RSS0 - RSS1) / RSS1 is that of a quadratic form of normal errors, by a shifted chi-square
    distribution of the same three moments. Where a line is not rejected, Paruolo et al. take r² for S.

    References
    ----------
    Paruolo, Saisana & Saltelli (2013), Journal of the Royal Statistical Society A 176(3),
    doi:10.1111/j.1467-985X.2012.01059.x; Ruppert, Sheather & Wand (1995), Journal of the American Statistical
    Association 90(432), doi:10.1080/01621459.1995.10476630; Bowman & Azzalini (1997), Applied Smoothing Techniques for
    Data Analysis, ch. 5.

    Examples
    --------
    >>> x = np.arange(30.0)
    >>> effects = kernel_effects(x, 3 - 2 * x)
    >>> round(effects.cross_validation, 6), round(effects.plug_in, 6), round(effects.lowest, 6)
    (1.0, 1.0, 1.0)
    """
    order = np.argsort(x, kind="stable")
    z, values = (x[order] - x.min()) / np.ptp(x), (y[order] - y.mean()) / y.std()
    groups = _Groups.of(z, values)
    if len(values) < _FEWEST_UNITS or len(groups.places) < _FEWEST_VALUES:
        return None
    reference = float(z.std(ddof=1)) * (4 / (3 * len(z))) ** 0.2
    grid = np.geomspace(min(reference / 4, 1.0), 1.0, _BANDWIDTHS)
    fits = [(bandwidth, fit) for bandwidth in grid.tolist() if (fit := groups.fit(bandwidth)) is not None]
    if not fits:
        return None
    bandwidth, best = min(fits, key=lambda pair: pair[1].left_out_error)
    effects = [fit.effect for _, fit in fits]
    plug_in = plug_in_bandwidth(z, values)
    of_plug_in = groups.fit(plug_in) or best
    return KernelEffects(
        cross_validation=best.effect,
        plug_in=of_plug_in.effect,
        lowest=min(effects),
        highest=max(effects),
        p_linear=_p_linear(groups, bandwidth),
        bandwidths=(bandwidth, plug_in),
    )


@dataclass(frozen=True, eq=False)
class _Fit:
    """A curve through groups of units."""

    effect: float
    left_out_error: float


@dataclass(frozen=True, eq=False)
class _Groups:
    """Units of equal x: their number, the mean of y, and the sum of squares of y within each group."""

    places: Array
    counts: Array
    means: Array
    within: Array

    @classmethod
    def of(cls, z: Array, y: Array) -> _Groups:
        """Group units by sorted x from 0 to 1."""
        starts = np.append(True, np.diff(z) > _NOISE)
        group = starts.cumsum() - 1
        if group[-1] >= _POINTS:
            interval = np.minimum((z * _POINTS).astype(np.int64), _POINTS - 1)
            group = np.unique(interval, return_inverse=True)[1]
        counts = np.bincount(group).astype(np.float64)
        means = np.bincount(group, y) / counts
        within = np.bincount(group, (y - means[group]) ** 2).astype(np.float64)
        return cls(np.bincount(group, z) / counts, counts, means, within)

    def smoother(self, bandwidth: float) -> tuple[Array, Array] | None:
        """Return the matrix of the smoother of the means, and the leverage of one unit of each group.

        None if a place has no neighbours at this bandwidth, so that no line is determined.
        """
        distance = (self.places[None, :] - self.places[:, None]) / bandwidth
        kernel = np.exp(-0.5 * distance**2) * self.counts
        s0, s1, s2 = (kernel.sum(axis=1), (kernel * distance).sum(axis=1), (kernel * distance**2).sum(axis=1))
        determinant = s0 * s2 - s1**2
        if (determinant <= 1e-10 * s0**2).any():
            return None
        matrix = kernel * (s2[:, None] - s1[:, None] * distance) / determinant[:, None]
        return matrix, s2 / determinant

    def fit(self, bandwidth: float) -> _Fit | None:
        """Fit local lines; None if the bandwidth is too small for a place."""
        smoother = self.smoother(bandwidth)
        if smoother is None:
            return None
        matrix, leverage = smoother
        if (leverage > 1 - 1e-8).any():
            return None
        fitted = matrix @ self.means
        n = self.counts.sum()
        centre = (self.counts * fitted).sum() / n
        errors = (self.within + self.counts * (self.means - fitted) ** 2) / (1 - leverage) ** 2
        return _Fit(float((self.counts * (fitted - centre) ** 2).sum() / n), float(errors.sum()))


def _p_linear(groups: _Groups, bandwidth: float) -> float:
    """Return p of the pseudo-likelihood ratio test of a line against local lines of a bandwidth."""
    smoother = groups.smoother(bandwidth)
    if smoother is None:
        return 1.0
    roots = np.sqrt(groups.counts)
    identity = np.eye(len(roots))
    curve = identity - roots[:, None] * smoother[0] / roots
    curve = curve.T @ curve
    line, _ = np.linalg.qr(np.column_stack([roots, roots * groups.places]))
    straight = identity - line @ line.T
    means, within = roots * groups.means, float(groups.within.sum())
    rest_of_line, rest_of_curve = means @ straight @ means + within, means @ curve @ means + within
    if rest_of_line <= _NOISE * groups.counts.sum():
        return 1.0
    if rest_of_curve <= _NOISE * rest_of_line:
        return 0.0
    ratio = float(rest_of_line / rest_of_curve)
    form = straight - ratio * curve
    free = float(groups.counts.sum()) - len(roots)  # the units within groups
    square = form @ form
    first = np.trace(form) + free * (1 - ratio)
    second = 2 * (np.trace(square) + free * (1 - ratio) ** 2)
    third = 8 * ((square * form).sum() + free * (1 - ratio) ** 3)
    scale, freedom = abs(third / (4 * second)), 8 * second**3 / third**2
    return chi_square_p(float((scale * freedom - first) / scale), float(freedom))


def plug_in_bandwidth(z: Array, y: Array) -> float:
    """Return the direct plug-in bandwidth of local lines with a Gaussian kernel, for sorted x from 0 to 1.

    h = (σ² / (2 √π θ n))^(1/5), with the error variance σ² and the mean θ of squared second derivatives. Quartic
    polynomials in up to five blocks, chosen by Mallows' Cp, give the pilot bandwidths of local cubics for θ and of
    local lines for σ². A bandwidth of 10 stands for a line. One in a hundred units at each end does not count.

    Source: Ruppert, Sheather & Wand (1995); the constants and defaults are those of dpill in KernSmooth.
    """
    cut = len(z) // 100
    z, y = z[cut : len(z) - cut], y[cut : len(y) - cut]
    z = (z - z[0]) / (z[-1] - z[0])
    n = len(z)
    error, theta24 = _blocked_quartics(z, y)
    groups = _Groups.of(z, y)
    pilot = error / (abs(theta24) * n + _NOISE)
    pilot = ((3 / 8 if theta24 < 0 else 15 / 16) * pilot / sqrt(pi)) ** (1 / 7)
    theta22 = _curvature(groups, max(pilot, 0.02))
    if theta22 * n <= _NOISE:
        return _STRAIGHT
    constant = (4 * (0.5 + 2 * sqrt(2) - 4 / 3 * sqrt(3)) / sqrt(2 * pi)) ** (1 / 9)
    pilot = constant * (error**2 / (theta22 * n) ** 2) ** (1 / 9)
    error = _error_variance(groups, pilot, error)
    return float(min((error / (2 * sqrt(pi) * theta22 * n)) ** 0.2, _STRAIGHT))


_STRAIGHT = 10.0
"""A bandwidth, as a share of the range, at which local lines are one line."""


def _blocked_quartics(z: Array, y: Array) -> tuple[float, float]:
    """Return the error variance, and the mean of m'' m'''' of quartic polynomials in blocks of equal size."""
    n = len(z)
    most = max(min(n // 20, 5), 1)
    outcomes = []
    for number in range(1, most + 1):
        squares, product = 0.0, 0.0
        for part in np.split(np.arange(n), [n // number * block for block in range(1, number)]):
            design = np.vander(z[part] - z[part].mean(), 5, increasing=True)
            b = np.linalg.lstsq(design, y[part], rcond=None)[0]
            squares += float(((y[part] - design @ b) ** 2).sum())
            second = 2 * b[2] + 6 * b[3] * design[:, 1] + 12 * b[4] * design[:, 2]
            product += float((second * 24 * b[4]).sum())
        outcomes.append((squares, product / n))
    full = outcomes[-1][0] / max(n - 5 * most, 1)
    costs = [squares / (full or 1.0) - (n - 10 * number) for number, (squares, _) in enumerate(outcomes, start=1)]
    chosen = int(np.argmin(costs))
    squares, product = outcomes[chosen]
    return squares / max(n - 5 * (chosen + 1), 1), product


def _curvature(groups: _Groups, bandwidth: float) -> float:
    """Return the mean of squared second derivatives of local cubics, without the ends of the range."""
    u = groups.places[None, :] - groups.places[:, None]
    kernel = np.exp(-0.5 * (u / bandwidth) ** 2) * groups.counts
    powers = [kernel]
    for _ in range(6):
        powers.append(powers[-1] * u / bandwidth)
    moments = np.stack([power.sum(axis=1) for power in powers], axis=1)
    targets = np.stack([power @ groups.means for power in powers[:4]], axis=1)
    matrices = moments[:, np.add.outer(np.arange(4), np.arange(4))]
    ridge = _NOISE * moments[:, :1, None] * np.eye(4)  # a place with few neighbours has the flattest curve
    coefficients = np.linalg.solve(matrices + ridge, targets[..., None])[:, 2, 0]
    inner = (groups.places >= _EDGE) & (groups.places <= 1 - _EDGE)
    squares = (2 * coefficients / bandwidth**2) ** 2
    return float((squares * groups.counts)[inner].sum() / groups.counts.sum())


def _error_variance(groups: _Groups, bandwidth: float, fallback: float) -> float:
    """Return the error variance about local lines; the fallback if the bandwidth is too small for a place."""
    smoother = groups.smoother(bandwidth)
    if smoother is None:
        return fallback
    matrix, leverage = smoother
    rest = groups.within.sum() + (groups.counts * (groups.means - matrix @ groups.means) ** 2).sum()
    counts = groups.counts
    # the trace of L'L over units: an entry between units of groups i and j is matrix_ij / count_j
    trace = float((counts[:, None] * matrix**2 / counts).sum())
    free = float(counts.sum() - 2 * (counts * leverage).sum() + trace)
    return float(rest / free) if free > 0 else fallback


_SAME_PREDICTION = 1e-10
"""Components are linearly dependent if a singular value is smaller, as a share of the largest one."""


def multiple_correlations(values: Array) -> Array:
    """Return the correlation of each component with its least squares fit on the others, shape (k,).

    Parameters
    ----------
    values : array of float, (n, k)
        Values of at least one unit, none missing.
    """
    largest = np.abs(values).max(axis=0)
    centred = values / np.where(largest > 0, largest, 1.0)
    centred -= centred.mean(axis=0)
    norms = np.linalg.norm(centred, axis=0)
    return multiple_correlations_of(np.asarray(np.linalg.qr(centred / np.where(norms > 0, norms, 1.0), mode="r")))


def multiple_correlations_of(triangle: Array) -> Array:
    """Return multiple correlations, given the triangle R of the QR decomposition of standardised values.

    A component whose column is 0 does not vary, and has correlation 0.

    >>> multiple_correlations_of(np.array([[1.0, 0.6], [0.0, 0.8]])).round(12).tolist()
    [0.6, 0.6]
    """
    fits = []
    for j, column in enumerate(triangle.T):
        others = np.delete(triangle, j, axis=1)
        fits.append(np.linalg.norm(others @ np.linalg.lstsq(others, column, rcond=None)[0]))
    return np.array(fits).clip(0.0, 1.0)


def slopes(values: Array, y: Array) -> Array:
    """Return the slopes of the least squares regression of y / max |y|, over the units that have all components.

    Parameters
    ----------
    values : array of float, (n, k)
        Values that vary, missing ones as NaN.
    y : array of float, (n,)
        The dependent column, without gaps.

    Raises
    ------
    ValueError
        If components are linearly dependent, or if there are not more units than coefficients.

    Examples
    --------
    >>> slopes(np.array([[1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [4.0, 2.0]]), np.array([1.0, 3.0, 3.0, 6.0])).round(9)
    array([0.16666667, 0.16666667])
    """
    complete = ~np.isnan(values).any(axis=1)
    values, y = values[complete], y[complete]
    check_units(len(values), values.shape[1])
    size = np.abs(values).max(axis=0)
    size = np.where(size > 0, size, 1.0)
    scaled = values / size  # sums of very large values overflow
    return solve(scaled - scaled.mean(axis=0), centred(y)) / size


def check_units(units: int, components: int) -> None:
    """Refuse a regression without more units than coefficients."""
    if units <= components + 1:
        raise ValueError(
            f"least squares on {components} components need more than {components + 1} units that have all "
            f"of them, and there are {units}: correlations need fewer"
        )


def solve(x: Array, y: Array) -> Array:
    """Return the solution of least squares; ValueError if the columns of x are linearly dependent."""
    solution, _, rank, _ = np.linalg.lstsq(x, y, rcond=_SAME_PREDICTION)
    if rank < x.shape[1]:
        raise ValueError("components are linearly dependent, so their coefficients are not unique: leave one out")
    return np.asarray(solution, dtype=np.float64)


def correlations_with(values: Array, y: Array) -> Array:
    """Return the correlation of each component with y, over the units that have the component, shape (k,).

    >>> correlations_with(np.array([[1.0], [2.0], [np.nan], [4.0]]), np.array([1.0, 2.0, 9.0, 4.0])).round(12)
    array([1.])
    """
    correlations = np.zeros(values.shape[1])
    for number, column in enumerate(values.T):
        present = ~np.isnan(column)
        x, other = centred(column[present]), centred(y[present])
        scale = np.linalg.norm(x) * np.linalg.norm(other)
        correlations[number] = x @ other / scale if scale > 0 else 0.0
    return correlations


def centred(column: Array) -> Array:
    """Return the deviations from the mean, of values that are scaled to at most 1: squares of large ones overflow."""
    size = np.abs(column).max(initial=0.0)
    scaled = column / size if size > 0 else column
    deviations: Array = scaled - scaled.mean()
    return deviations
