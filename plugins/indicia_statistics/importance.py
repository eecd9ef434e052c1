"""The importance of components: measures of dependence between a component and a score.

The distance correlation of two arrays, in O(n log n) time and O(n) memory.

Source: Székely, Rizzo & Bakirov (2007), Annals of Statistics 35(6); the bias-corrected form is Székely & Rizzo (2014),
Annals of Statistics 42(6), and the fast algorithm after Huo & Székely (2016), Technometrics 58(4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, DefinitionError, join_names, pluralise, require_columns
from indicia.methods.kernel_regression import kernel_effects
from indicia_statistics.correlation_ratio import (
    count_distinct,
    linear_ratio,
    local_ratio,
    natural_spline_ratio,
    smoothing_ratio,
)
from indicia_statistics.least_squares import non_negative_least_squares
from indicia_statistics.measures import Measure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from indicia.methods import Array

_ZERO = 1e-12
"""A distance variance below this share of the sum of squared distances is 0 but for rounding."""


def distance_correlation(x: Array, y: Array) -> tuple[float, float | None]:
    """Return the distance correlation, and the bias-corrected squared distance correlation, which may be negative.

    The distances a = |x_i - x_j| and b = |y_i - y_j| have the sums a_i and b_i by row, and a.. and b.. in all. The
    squared distance covariance is Σ a b / n² - 2 Σ a_i b_i / n³ + a.. b.. / n⁴. The unbiased form divides by n (n - 3),
    n - 2 and (n - 1) (n - 2) instead; it needs four units, and is
    None for fewer, or if all values but one are equal, which have no unbiased distance variance.

    >>> distance_correlation(np.array([1.0, 2.0, 3.0, 5.0]), np.array([2.0, 4.0, 6.0, 10.0]))
    (1.0, 1.0)
    """
    z, v = _standardised(x), _standardised(y)
    n = len(z)
    a, b = _distance_sums(z), _distance_sums(v)
    squares = 2.0 * n**2  # Σ a² = 2 n Σ z² - 2 (Σ z)² of standardised values
    sums = [
        (a_b, float(rows @ other_rows), float(rows.sum() * other_rows.sum()))
        for a_b, rows, other_rows in ((_products(z, v), a, b), (squares, a, a), (squares, b, b))
    ]
    biased = [a_b / n**2 - 2 * rows / n**3 + total / n**4 for a_b, rows, total in sums]
    correlation = float(np.sqrt(max(biased[0], 0.0) / np.sqrt(biased[1] * biased[2])))
    if n < 4:
        return correlation, None
    # the factor 1 / (n (n - 3)) of the unbiased form cancels out
    unbiased = [a_b - 2 * rows / (n - 2) + total / ((n - 1) * (n - 2)) for a_b, rows, total in sums]
    if min(unbiased[1:]) <= _ZERO * squares:
        return correlation, None
    return correlation, float(unbiased[0] / np.sqrt(unbiased[1] * unbiased[2]))


def _standardised(x: Array) -> Array:
    """Return the values about their mean, in units of their standard deviation: sums lose fewer digits."""
    standardised: Array = (x - x.mean()) / x.std()
    return standardised


def _distance_sums(x: Array) -> Array:
    """Return the sum of the distances of each value to all values."""
    order = np.argsort(x, kind="stable")
    ordered = x[order]
    before = ordered.cumsum() - ordered
    position = np.arange(len(x))
    sums = np.empty_like(x)
    sums[order] = ordered * position - before + (ordered.sum() - before - ordered) - ordered * (len(x) - 1 - position)
    return sums


def _products(x: Array, y: Array) -> float:
    """Return Σ |x_i - x_j| |y_i - y_j| over all ordered pairs.

    In the order of x, a pair has the product (x_j - x_i) (y_j - y_i) with the sign of y_j - y_i. Each pass of a merge
    sort meets the pairs of two neighbouring halves: in the order of y, sums of 1, x, y and x y over the units of the
    left half give all products with a unit of the right half.
    """
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    by_y = np.argsort(y, kind="stable")
    position = np.arange(len(x))
    columns = np.stack([np.ones_like(x), x, y, x * y])
    total, half = 0.0, 1
    while half < len(x):
        pair = by_y // (2 * half)
        at = by_y[np.argsort(pair, kind="stable")]  # pair of halves by pair, in the order of y
        is_left = at // half % 2 == 0
        sums = np.concatenate([np.zeros((4, 1)), np.where(is_left, columns[:, at], 0.0).cumsum(axis=1)], axis=1)
        ends = np.minimum(2 * half * (position // (2 * half) + 1), len(x))
        begins = 2 * half * (position // (2 * half))
        # below: left units with a lower y than the right unit; above: the others of the same pair of halves
        below = sums[:, position] - sums[:, begins]
        above = sums[:, ends] - sums[:, position]
        count, sum_x, sum_y, sum_xy = (below - above)[:, ~is_left]
        x_right, y_right = x[at][~is_left], y[at][~is_left]
        total += float((x_right * y_right * count - y_right * sum_x - x_right * sum_y + sum_xy).sum())
        half *= 2
    return 2 * total


_FEWEST = 3
"""The smallest number of units: through two units there is always a line."""


@dataclass(frozen=True)
class Discrepancy:
    """Weights beside the importance of indicators."""

    maximum: float
    """The largest distance of the ratio of weights from the ratio of effects: 0 if importance is as the weights say."""
    indicators: pl.DataFrame
    """The `weight` and `effect` of each indicator, with its `share` of the sum of effects; `gap` is this share less the
    share of the weight, and `distance` that of the two ratios to the indicator of the largest weight."""


@names_its_arguments
def importance(
    table: pl.DataFrame, score: str, weights: Mapping[str, float], *, measures: Sequence[Measure] = get_args(Measure)
) -> pl.DataFrame:
    """Measure the importance of each indicator x for a score Y: how much of the variance of Y goes with x.

    - `r` is the correlation, and `variance_share` is Cov(w x, Y) / Var(Y) with the effective weight w: over the
      indicators of an arithmetic mean the shares add to 1.
    - The correlation ratio Var(E[Y | x]) / Var(Y), with E[Y | x] as a line, which gives r² (`linear`), a natural cubic
      spline (`natural_spline`), a local polynomial of degree 1 or 2 (`local_linear`, `local_quadratic`), or a smoothing
      spline of five degrees of freedom (`smoothing_spline`). It is missing where x has too few different values.
    - `kernel`: the correlation ratio of local lines with a Gaussian kernel, with the bandwidth by cross-validation
      (`kernel_cross_validation`) and by plug-in (`kernel_plug_in`), the smallest and the largest ratio of a grid of
      bandwidths (`kernel_lowest`, `kernel_highest`), and the probability of such a curve if E[Y | x] is a line
      (`kernel_p_linear`). See `indicia.methods.kernel_regression`.
    - `distance_correlation`, which is 0 for independent x and Y only, and its bias-corrected square
      `distance_correlation_corrected`, which is about 0 for independent x and Y and may be negative.

    Correlation need not be influence: an indicator of weight 0 may have a high importance.

    Parameters
    ----------
    table
        A row for each unit.
    score
        The column of the score, such as that of an index or a dimension.
    weights
        The columns of the indicators as they are aggregated, with their effective weights.
    measures
        The measures to compute; all of them by default.

    Returns
    -------
    pl.DataFrame
        A row for each indicator: `indicator`, `units` (those with both the indicator and the score; other units do not
        count), `distinct` (different values), `weight`, `r`, `variance_share`, and the measures.

    Raises
    ------
    DataError
        For an indicator that is constant, infinite or has fewer than three units.
    UnknownColumn, DefinitionError
        For names that do not exist.

    References
    ----------
    Paruolo, Saisana & Saltelli (2013), Journal of the Royal Statistical Society A 176(3); Székely, Rizzo & Bakirov
    (2007), Annals of Statistics 35(6).

    Examples
    --------
    >>> table = pl.DataFrame({"air": [1.0, 2.0, 3.0, 4.0], "income": [0.0, 8.0, 0.0, 8.0]})
    >>> table = table.with_columns(score=pl.mean_horizontal("air", "income"))
    >>> result = importance(table, "score", {"air": 0.5, "income": 0.5}, measures=["linear"])
    >>> result.select("indicator", pl.col("variance_share", "linear").round(3)).rows()
    [('air', 0.153, 0.398), ('income', 0.847, 0.953)]
    """
    require_columns(table, [score, *weights])
    if not weights:
        raise DefinitionError("importance needs an indicator", remedy="such as weights={'air': 0.5, 'income': 0.5}")
    rows = []
    for name, weight in weights.items():
        (x, x_range), (y, y_range) = _pair(table, name, score)
        covariance = np.cov(x, y)
        row = {
            "indicator": name,
            "units": len(x),
            "distinct": count_distinct(x),
            "weight": float(weight),
            "r": covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]),
            "variance_share": weight * covariance[0, 1] / covariance[1, 1] * (x_range / y_range),
        }
        for measure in measures:
            row |= _MEASURES[measure](x, y)
        rows.append(row)
    counts = {"indicator": pl.String, "units": pl.Int64, "distinct": pl.Int64}
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.exclude(counts).cast(pl.Float64))


@names_its_arguments
def discrepancy(weights: Mapping[str, float], effects: Mapping[str, float]) -> Discrepancy:
    """Compare weights with the importance of indicators: max over i of |w_i / w_1 - S_i / S_1|.

    Indicator 1 has the largest weight, and among several with this weight the largest effect.

    Parameters
    ----------
    weights : mapping of str to float
        The weights that express the intended importance, above 0 for at least one indicator.
    effects : mapping of str to float
        The main effect S of each indicator: a correlation ratio, such as `linear` of `importance`.

    Returns
    -------
    Discrepancy
        `maximum`, and the table `indicators` with the gap of each.

    Raises
    ------
    DefinitionError
        For weights and effects of different indicators, and for negative or missing figures.

    References
    ----------
    Paruolo, Saisana & Saltelli (2013), Journal of the Royal Statistical Society A 176(3), eq. 6.

    Examples
    --------
    >>> result = discrepancy({"air": 0.5, "income": 0.5}, {"air": 0.4, "income": 0.8})
    >>> result.maximum, result.indicators["gap"].round(3).to_list()
    (0.5, [-0.167, 0.167])
    """
    _check_figures(weights, effects)
    first = max(weights, key=lambda name: (weights[name], effects[name]))
    if not (weights[first] > 0 and effects[first] > 0):
        raise DefinitionError(
            f"{first} has the largest weight, and its weight and its effect must be above 0",
            remedy="leave out indicators without a weight, and check the direction of the others",
        )
    weight, effect = pl.col("weight"), pl.col("effect")
    indicators = pl.DataFrame(
        {
            "indicator": list(weights),
            "weight": [float(value) for value in weights.values()],
            "effect": [float(effects[name]) for name in weights],
        }
    ).with_columns(
        share=effect / effect.sum(),
        gap=effect / effect.sum() - weight / weight.sum(),
        distance=(weight / weights[first] - effect / effects[first]).abs(),
    )
    return Discrepancy(float(indicators["distance"].to_numpy().max()), indicators)


@names_its_arguments
def weights_for_importance(table: pl.DataFrame, targets: Mapping[str, float]) -> pl.DataFrame:
    """Return the weights at which the squared correlations of indicators with their weighted mean are as the targets.

    There is one solution: w = C⁻¹ g / Σ (C⁻¹ g) with the covariances C and g_i = √(t_i c_ii). A negative weight means
    that no mean with weights of 0 or more has these importances. The closest weights of 0 or more are those with the
    least Σ (r_i - λ √t_i)², where r_i are the correlations with the mean and λ may be any number.

    Parameters
    ----------
    table
        A row for each unit, with a value in every indicator.
    targets
        The columns of the indicators as they are aggregated, with the importance of each in relation to the others,
        such as its weight.

    Returns
    -------
    pl.DataFrame
        `indicator`, `target` (its share of the sum), `weight` (sum 1), and the squared correlation `r2` of the
        indicator with the weighted mean; `closest_weight` (0 or more, sum 1) and `closest_r2`. Without a negative
        weight, the closest weights are the weights.

    Raises
    ------
    DataError
        For missing values, a constant indicator, no more units than indicators, and indicators that determine each
        other.

    References
    ----------
    Paruolo, Saisana & Saltelli (2013), Journal of the Royal Statistical Society A 176(3), eq. 7.

    Examples
    --------
    >>> table = pl.DataFrame({"air": [1.0, 2.0, 3.0, 4.0], "income": [0.0, 8.0, 0.0, 8.0]})
    >>> weights_for_importance(table, {"air": 1, "income": 1}).select(pl.col("weight", "r2").round(3)).rows()
    [(0.782, 0.724), (0.218, 0.724)]
    """
    _check_figures(targets, targets)
    names = list(targets)
    x = _complete(table, names)
    t = np.array([float(value) for value in targets.values()])
    correlation = np.atleast_2d(np.corrcoef(x, rowvar=False))
    # standardised indicators have the solution v = R⁻¹ √t; the weight of an indicator as it is is v / its deviation
    deviation = x.std(axis=0, ddof=1)
    standardised = np.linalg.solve(correlation, np.sqrt(t))
    raw = standardised / deviation
    if not raw.sum() > _NOISE * np.abs(raw).sum():
        raise DataError(
            f"no weighted mean correlates positively with all of {join_names(names)}",
            remedy="check the direction of the indicators",
        )
    columns = {"indicator": names, "target": t / t.sum(), "weight": raw / raw.sum()}
    columns["r2"] = _squared_correlations(correlation, standardised)
    closest = standardised
    if (raw < 0).any():
        # the length of v is free, so that the least squares of R v - √t are those over all λ
        closest = non_negative_least_squares(correlation, np.sqrt(t))
    columns["closest_weight"] = closest / deviation / (closest / deviation).sum()
    columns["closest_r2"] = _squared_correlations(correlation, closest)
    return pl.DataFrame(columns)


def _squared_correlations(correlation: Array, weights: Array) -> Array:
    """Return the squared correlation of each standardised indicator with their weighted sum."""
    explained: Array = (correlation @ weights) ** 2 / (weights @ correlation @ weights)
    return explained


_NOISE = 1e-10
"""Eigenvalues of correlations, and sums of weights, below this share of their scale are 0 but for rounding."""


def _check_figures(weights: Mapping[str, float], effects: Mapping[str, float]) -> None:
    if different := set(weights) ^ set(effects):
        raise DefinitionError(
            f"weights and effects have different indicators: {join_names(sorted(different))}",
            remedy="state both for every indicator",
        )
    pairs = {name: (weights[name], effects[name]) for name in weights}
    names = [name for name, pair in pairs.items() if not all(0 <= figure < float("inf") for figure in pair)]
    if names or not any(weights.values()):
        raise DefinitionError(
            f"figures of importance are 0 or more, and not all 0, unlike those of {join_names(names or weights)}",
            remedy="such as {'air': 0.5, 'income': 0.5}",
        )


def _pair(table: pl.DataFrame, name: str, score: str) -> tuple[tuple[Array, float], tuple[Array, float]]:
    """Return an indicator and the score from 0 to 1, with their ranges, for the units that have both."""
    both = table.select(x=pl.col(name).cast(pl.Float64), y=pl.col(score).cast(pl.Float64)).drop_nulls()
    if both.height < _FEWEST:
        raise DataError(
            f"{name} and {score} have {pluralise(both.height, 'unit')} in common, and importance needs {_FEWEST}",
            remedy=f"leave out {name}, or choose another score",
        )
    for column, values in ((name, both["x"]), (score, both["y"])):
        _check_values(column, values)
    # squares of values of any scale are then numbers
    x, y = ((column - column.min(), float(np.ptp(column))) for column in both.to_numpy().T)
    return (x[0] / x[1], x[1]), (y[0] / y[1], y[1])


def _check_values(column: str, values: pl.Series) -> None:
    if not values.is_finite().all():
        raise DataError(f"{column} has a value that is not finite", remedy="leave this unit out")
    low, high = values.to_numpy().min(), values.to_numpy().max()
    if high - low <= _NOISE * max(abs(low), abs(high)):
        raise DataError(f"{column} is the same for all units", remedy=f"leave out {column}")


def _complete(table: pl.DataFrame, names: list[str]) -> Array:
    """Return complete values of indicators that do not determine each other."""
    require_columns(table, names)
    values = table.select(pl.col(names).cast(pl.Float64))
    if missing := [column.name for column in values if column.null_count()]:
        raise DataError(f"values are missing in {join_names(missing)}", remedy="leave these units out, or impute first")
    if values.height <= len(names):
        raise DataError(
            f"{pluralise(values.height, 'unit')} cannot bear the correlations of {pluralise(len(names), 'indicator')}",
            remedy="compute the weights of each dimension",
        )
    for column in values:
        _check_values(column.name, column)
    x = values.to_numpy()
    eigenvalues, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(x, rowvar=False)))
    if eigenvalues[0] < _NOISE * len(names):
        involved = [name for name, part in zip(names, vectors[:, 0], strict=True) if abs(part) > 1e-6]
        raise DataError(f"{join_names(involved)} determine each other", remedy="leave one of them out")
    return x


def _distance(x: Array, y: Array) -> dict[str, float | None]:
    correlation, corrected = distance_correlation(x, y)
    return {"distance_correlation": correlation, "distance_correlation_corrected": corrected}


def _kernel(x: Array, y: Array) -> dict[str, float | None]:
    effects = kernel_effects(x, y)
    names = ("cross_validation", "plug_in", "lowest", "highest", "p_linear")
    return {f"kernel_{name}": None if effects is None else getattr(effects, name) for name in names}


_MEASURES: dict[str, Callable[[Array, Array], dict[str, float | None]]] = {
    "linear": lambda x, y: {"linear": linear_ratio(x, y)},
    "natural_spline": lambda x, y: {"natural_spline": natural_spline_ratio(x, y)},
    "local_linear": lambda x, y: {"local_linear": local_ratio(x, y, degree=1)},
    "local_quadratic": lambda x, y: {"local_quadratic": local_ratio(x, y, degree=2)},
    "smoothing_spline": lambda x, y: {"smoothing_spline": smoothing_ratio(x, y)},
    "kernel": _kernel,
    "distance_correlation": _distance,
}
