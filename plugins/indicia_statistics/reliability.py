"""The reliability of items.

The items of a scale, such as the indicators of a dimension: their values, covariances and correlations.

Statistics of coherence assume that a higher value of every item is better: take normalised values, or reverse costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, join_names, pluralise, require_columns
from indicia.methods.noise import NOISE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array


Missing: TypeAlias = Literal["refuse", "complete", "pairwise"]
"""The treatment of missing values: refuse them, take the units that have every item, or take for each pair of items
the units that have both."""

FEWEST_UNITS = 3
_ZERO_EIGENVALUE = 1e-10
"""Eigenvalues up to this size are 0: some items are then linearly dependent."""
_SMALLEST_SHARE = 1e-4
"""The smallest coefficient with which an item takes part in a linear dependence."""


@dataclass(frozen=True)
class ItemMatrix:
    """Covariances and correlations of k items."""

    items: tuple[str, ...]
    units: int
    """The number of units; for pairs of items with different units, the smallest number of a pair."""
    covariance: Array
    """Sample covariances, shape (k, k)."""
    correlation: Array
    """Pearson's correlations, shape (k, k)."""

    def require_inverse(self) -> None:
        """Refuse correlations that have no inverse: too few units, or linearly dependent items."""
        size = len(self.items)
        if self.units <= size:
            raise DataError(
                f"{pluralise(self.units, 'unit')} for {size} items: their correlations are singular",
                where=join_names(self.items),
                remedy="analyse fewer items together, such as one dimension at a time",
            )
        eigenvalues, vectors = np.linalg.eigh(self.correlation)
        if eigenvalues[0] < -_ZERO_EIGENVALUE:
            raise DataError(
                "correlations of pairs with different units contradict each other: an eigenvalue is negative",
                where=join_names(self.items),
                remedy='missing="complete", or impute the missing values',
            )
        null = vectors[:, eigenvalues <= _ZERO_EIGENVALUE]
        if null.shape[1]:
            dependent = np.flatnonzero((np.abs(null) > _SMALLEST_SHARE).any(axis=1))
            raise DataError(
                f"{join_names(self.items[at] for at in dependent)} are linearly dependent: the correlations of {size} "
                f"items have rank {size - null.shape[1]}",
                remedy=f"leave out {'one' if null.shape[1] == 1 else str(null.shape[1])} of them",
            )


def item_values(table: pl.DataFrame, items: Sequence[str], *, fewest_items: int = 2) -> Array:
    """Return the values of items, shape (n, k), missing = NaN.

    DataError for columns that lack numbers, are constant, occur twice or have fewer than 3 values.

    >>> item_values(pl.DataFrame({"income": [1, 2, 4], "air": [5, 5, 5]}), ["income", "air"])
    Traceback (most recent call last):
    indicia.errors.DataError: air is constant
      fix: leave it out: a constant item has no correlation
    """
    require_columns(table, items)
    if duplicates := sorted({item for item in items if list(items).count(item) > 1}):
        raise DataError(f"{join_names(duplicates)} {_be(duplicates)} listed twice", remedy="list every item once")
    if len(items) < fewest_items:
        raise DataError(
            f"{pluralise(fewest_items, 'item')} or more are necessary, and there {_be(items)} {len(items)}",
            where=join_names(items) or None,
            remedy="add items, or leave out this statistic",
        )
    if texts := [item for item in items if not table.schema[item].is_numeric()]:
        raise DataError(f"{join_names(texts)} {_have(texts)} no numbers", remedy="table.cast({…: pl.Float64})")
    values = table.select(pl.col(list(items)).cast(pl.Float64))
    faulty = {item: number for item in items if (number := values.select((~pl.col(item).is_finite()).sum()).item())}
    if faulty:
        texts = [f"{item} ({pluralise(number, 'unit')})" for item, number in faulty.items()]
        raise DataError(f"values are not finite: {join_names(texts)}", remedy="make them missing, or leave them out")
    array = np.array(values.to_numpy(), dtype=np.float64).reshape(-1, len(items))
    _require_spread(array, items)
    return array


def item_matrix(table: pl.DataFrame, items: Sequence[str], missing: Missing, *, fewest_items: int = 2) -> ItemMatrix:
    """Return covariances and correlations of items."""
    values = item_values(table, items, fewest_items=fewest_items)
    lacking = np.isnan(values)
    if missing == "refuse" and lacking.any():
        texts = [
            f"{item} ({pluralise(int(number), 'unit')})"
            for item, number in zip(items, lacking.sum(axis=0), strict=True)
            if number
        ]
        raise DataError(
            f"values are missing: {join_names(texts)}",
            remedy='impute them, or missing="complete" for units with every item, or missing="pairwise"',
        )
    if missing == "complete":
        values = values[~lacking.any(axis=1)]
        _require_spread(values, items, where="among the units that have every item")
    units, covariance, correlation = pairwise(values)
    if np.isnan(correlation).any():
        first, second = (items[place] for place in np.argwhere(np.isnan(correlation))[0])
        raise DataError(
            f"{first} and {second} have no correlation: too few units have both, or one is constant there",
            remedy="leave out one of them, or impute the missing values",
        )
    return ItemMatrix(tuple(items), int(units.min()), covariance, correlation)


def pairwise(values: Array) -> tuple[Array, Array, Array]:
    """Return numbers of common units, covariances and correlations of every pair of columns, shapes (k, k).

    A pair with fewer than 3 common units, or with a constant among these, has the correlation NaN.
    """
    scaled, scale = scale_columns(values)
    present = ~np.isnan(scaled)
    centred = np.where(present, scaled - np.nanmean(scaled, axis=0), 0.0)
    seen = present.astype(np.float64)
    units = seen.T @ seen
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        sums = centred.T @ seen  # of the row's item over the units that have the column's item
        covariance = (centred.T @ centred - sums * sums.T / units) / (units - 1)
        variance = ((centred**2).T @ seen - sums**2 / units) / (units - 1)
        variance[(variance <= NOISE * np.diag(variance)[:, None]) | (units < FEWEST_UNITS)] = np.nan
        correlation = np.clip(covariance / np.sqrt(variance * variance.T), -1.0, 1.0)
        covariance = covariance * scale * scale[:, None]
    place = np.flatnonzero(~np.isnan(np.diag(correlation)))
    correlation[place, place] = 1.0
    return units, covariance, correlation


def scale_columns(values: Array) -> tuple[Array, Array]:
    """Divide each column by a power of 2, which is exact, so that no product of values overflows."""
    size = np.nanmax(np.abs(values), axis=0, initial=0.0)
    scale = np.ldexp(1.0, np.clip(np.frexp(size)[1], -1000, 1000))
    return values / scale, scale


def upper_pairs(size: int) -> list[tuple[int, int]]:
    """Return the pairs of places, the first before the second, row by row."""
    return [(first, second) for first in range(size) for second in range(first + 1, size)]


def require_seed(seed: int) -> None:
    """Refuse a seed that the generator of random numbers does not take."""
    if seed < 0:
        raise DataError(f"seed = {seed} is negative", remedy="seed=1, or another number of 0 or more")


def _require_spread(values: Array, items: Sequence[str], where: str | None = None) -> None:
    present = ~np.isnan(values)
    few = [item for item, number in zip(items, present.sum(axis=0), strict=True) if number < FEWEST_UNITS]
    if few:
        raise DataError(
            f"{join_names(few)} {_have(few)} fewer than {FEWEST_UNITS} values",
            where=where,
            remedy=f"leave {_it(few)} out, or impute the missing values",
        )
    size = np.nanmax(np.abs(values), axis=0)
    with np.errstate(over="ignore"):
        spread = np.nanmax(values, axis=0) - np.nanmin(values, axis=0)
    if constant := [item for item, is_flat in zip(items, spread <= NOISE * size, strict=True) if is_flat]:
        raise DataError(
            f"{join_names(constant)} {_be(constant)} constant",
            where=where,
            remedy=f"leave {_it(constant)} out: a constant item has no correlation",
        )


def _be(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _have(names: Sequence[str]) -> str:
    return "has" if len(names) == 1 else "have"


def _it(names: Sequence[str]) -> str:
    return "it" if len(names) == 1 else "them"


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha of items, and the part of each item in it."""

    units: int
    """The number of units; for pairs of items with different units, the smallest number of a pair."""
    alpha: float
    """Of the values as they are."""
    standardised: float
    """Of standardised items, which all have the variance 1."""
    mean_correlation: float
    """The mean of the correlations of different items."""
    items: pl.DataFrame
    """`item`; `alpha_if_deleted` and `standardised_if_deleted`, the alphas of the other items, missing if only one is
    left; `item_rest` and `item_total`, the correlations of the item with the sum of the others and with the sum of
    all. A correlation with a constant sum is missing."""


@dataclass(frozen=True)
class OneFactor:
    """The model of one common factor, fitted by maximum likelihood to the correlations of items."""

    units: int
    omega: float | None
    """The share of the variance of the sum of standardised items that is due to the factor; None for a Heywood case,
    in which the uniqueness of an item is at its bound 0.005."""
    items: pl.DataFrame
    """`item`, `loading`, `uniqueness`, and `at_bound`: True for an item that the factor would explain completely."""


@names_its_arguments
def alpha(table: pl.DataFrame, items: Sequence[str], *, missing: Missing = "refuse") -> Alpha:
    """Compute Cronbach's alpha of items, and alpha without each item.

    No item is reversed: a higher value of every item must be better.

    Parameters
    ----------
    table : polars.DataFrame
        Units in rows.
    items : sequence of str
        Columns of numbers, two or more.
    missing : "refuse", "complete" or "pairwise", default "refuse"
        Refuse missing values, take units with every item, or take for each pair of items the units that have both.

    Returns
    -------
    Alpha
        Both alphas, the mean correlation, and a table of the items.

    Raises
    ------
    DataError
        For missing values, for constant items, and if the sum of the items does not vary.

    Notes
    -----
    α = k / (k - 1) · (1 - Σ c_jj / Σ Σ c_ij), where c are the covariances of k items. The standardised α has the
    correlations in place of the covariances.

    References
    ----------
    Cronbach (1951), Psychometrika 16(3), 297-334; OECD/JRC (2008), Handbook on Constructing Composite Indicators,
    p. 72.

    Examples
    --------
    >>> table = pl.DataFrame({"income": [1, 2, 3, 4], "air": [2, 1, 4, 3], "rent": [1, 3, 2, 4]})
    >>> result = alpha(table, ["income", "air", "rent"])
    >>> round(result.alpha, 3), result.items["alpha_if_deleted"].round(3).to_list()
    (0.724, [0.0, 0.889, 0.75])
    """
    return alpha_of(item_matrix(table, items, missing))


def alpha_of(matrix: ItemMatrix) -> Alpha:
    """Compute Cronbach's alpha from covariances and correlations: see `alpha`."""
    items, covariance, correlation = matrix.items, matrix.covariance, matrix.correlation
    size = len(items)
    if covariance.sum() <= NOISE * np.trace(covariance) or correlation.sum() <= NOISE * size:
        raise DataError(
            f"the sum of {join_names(items)} does not vary: these items cancel each other out",
            remedy="reverse the items in which a lower value is better",
        )
    totals, variances = covariance.sum(axis=0), np.diag(covariance)
    total = covariance.sum()
    rest = total - 2 * totals + variances
    frame = {
        "item": list(items),
        "alpha_if_deleted": _alphas_without(covariance),
        "standardised_if_deleted": _alphas_without(correlation),
        "item_rest": _ratio(totals - variances, np.sqrt(variances * np.maximum(rest, 0.0)), variances),
        "item_total": _ratio(totals, np.sqrt(variances * total), variances),
    }
    return Alpha(
        matrix.units,
        _alpha(covariance),
        _alpha(correlation),
        float((correlation.sum() - size) / (size * (size - 1))),
        pl.DataFrame(frame).with_columns(pl.exclude("item").fill_nan(None)),
    )


@names_its_arguments
def one_factor(table: pl.DataFrame, items: Sequence[str], *, missing: Missing = "refuse") -> OneFactor:
    """Fit one common factor to items by maximum likelihood, and compute omega, the reliability of their sum.

    Parameters
    ----------
    table : polars.DataFrame
        Units in rows.
    items : sequence of str
        Columns of numbers, three or more: the factor of two items is not unique.
    missing : "refuse", "complete" or "pairwise", default "refuse"
        As in `alpha`.

    Returns
    -------
    OneFactor
        Omega, and the loading and uniqueness of each item. The sign of the factor makes the sum of loadings positive.

    Raises
    ------
    DataError
        As `alpha`, and if there are no more units than items, or if items are linearly dependent.

    Notes
    -----
    The correlations are modelled as l l' + diag(u), where l are loadings and u uniquenesses of at least 0.005;
    ω = (Σ l)² / ((Σ l)² + Σ u). This is omega total of a single factor.

    References
    ----------
    Jöreskog (1967), Psychometrika 32(4), 443-482; McDonald (1999), Test Theory, chapter 6.

    Examples
    --------
    >>> table = pl.DataFrame({"income": [1, 2, 3, 4, 5, 6], "air": [2, 1, 4, 6, 3, 5], "rent": [1, 4, 2, 6, 3, 5]})
    >>> result = one_factor(table, ["income", "air", "rent"])
    >>> round(result.omega, 3), result.items["loading"].round(3).to_list()
    (0.831, [0.811, 0.811, 0.74])
    """
    return one_factor_of(item_matrix(table, items, missing, fewest_items=3))


def one_factor_of(matrix: ItemMatrix) -> OneFactor:
    """Fit one common factor to correlations of three items or more: see `one_factor`."""
    items = matrix.items
    matrix.require_inverse()
    loadings, uniquenesses = fit_one_factor(matrix.correlation)
    is_at_bound = uniquenesses <= SMALLEST_UNIQUENESS * (1 + 1e-9)
    common = loadings.sum() ** 2
    frame = {"item": list(items), "loading": loadings, "uniqueness": uniquenesses, "at_bound": is_at_bound}
    omega = None if is_at_bound.any() else float(common / (common + uniquenesses.sum()))
    return OneFactor(matrix.units, omega, pl.DataFrame(frame))


def _alpha(covariance: Array) -> float:
    size = len(covariance)
    return float(size / (size - 1) * (1 - np.trace(covariance) / covariance.sum()))


def _alphas_without(covariance: Array) -> Array:
    """Return alpha without each item; NaN where one item is left, or where the sum of the others does not vary."""
    size = len(covariance) - 1
    variances = np.diag(covariance)
    trace = variances.sum() - variances
    total = covariance.sum() - 2 * covariance.sum(axis=0) + variances
    if size < 2:
        return np.full(len(covariance), np.nan)
    share = _ratio(trace, np.where(total > NOISE * trace, total, 0.0), trace)
    return np.asarray(size / (size - 1) * (1 - share))


def _ratio(upper: Array, lower: Array, size: Array) -> Array:
    """Divide; NaN where the divisor is 0 but for rounding."""
    quotient = np.full(len(upper), np.nan)
    np.divide(upper, lower, out=quotient, where=lower > 1e-9 * size)
    return quotient


SMALLEST_UNIQUENESS = 0.005
"""The bound of uniquenesses, as in R's factanal."""
_ROUNDS = 500
_GRADIENT = 1e-10
_HALVINGS = 40


def fit_one_factor(correlation: Array) -> tuple[Array, Array]:
    """Return the loadings and the uniquenesses of k items, shapes (k,), by Newton's method on log uniquenesses.

    For fixed uniquenesses u the best loadings follow from the largest eigenvalue θ₁ and the eigenvector of
    R* = diag(u)^-½ R diag(u)^-½. The other eigenvalues make up the function to minimise, Σ (θ - ln θ - 1); it and its
    derivatives are in Jöreskog (1967) and Clarke (1970), British Journal of Mathematical and Statistical Psychology 23.
    """
    bound = np.log(SMALLEST_UNIQUENESS)
    x = np.clip(np.log(0.5 / np.diag(np.linalg.inv(correlation))), bound, 0.0)
    value, eigenvalues, vectors = _discrepancy(correlation, x)
    for _ in range(_ROUNDS):
        gradient, hessian = _derivatives(eigenvalues, vectors)
        is_free = (x > bound) | (gradient < 0)
        if not is_free.any() or np.abs(gradient[is_free]).max() < _GRADIENT:
            break
        step = np.zeros_like(x)
        step[is_free] = _descent(gradient[is_free], hessian[np.ix_(is_free, is_free)])
        for halving in range(_HALVINGS):
            trial = np.clip(x + step * 0.5**halving, bound, 0.0)
            trial_value, trial_eigenvalues, trial_vectors = _discrepancy(correlation, trial)
            if trial_value < value:
                break
        else:  # rounding errors are larger than the gain
            break
        x, value, eigenvalues, vectors = trial, trial_value, trial_eigenvalues, trial_vectors
    uniquenesses = np.exp(x)
    loadings = np.sqrt(uniquenesses) * vectors[:, -1] * np.sqrt(max(eigenvalues[-1] - 1, 0.0))
    return loadings * (1.0 if loadings.sum() >= 0 else -1.0), uniquenesses


def _discrepancy(correlation: Array, x: Array) -> tuple[float, Array, Array]:
    """Return the function to minimise, and the eigenvalues of R*, the largest last, with their vectors."""
    scale = np.exp(-x / 2)
    eigenvalues, vectors = np.linalg.eigh(correlation * np.outer(scale, scale))
    rest = eigenvalues[:-1]
    return float((rest - np.log(rest) - 1).sum()), eigenvalues, vectors


def _derivatives(eigenvalues: Array, vectors: Array) -> tuple[Array, Array]:
    """Return the gradient and the matrix of second derivatives by log uniquenesses."""
    first, rest = eigenvalues[-1], eigenvalues[:-1]
    main, others = vectors[:, -1], vectors[:, :-1]
    gradient = others**2 @ (1 - rest)
    projection, weighted = others @ others.T, (others * rest) @ others.T
    coupling = (others * ((1 - rest) * (rest + first) / (first - rest))) @ others.T
    return gradient, projection * weighted + np.outer(main, main) * coupling


def _descent(gradient: Array, hessian: Array) -> Array:
    """Return Newton's step; where the function is not convex, a step in which every curvature is positive."""
    curvatures, vectors = np.linalg.eigh(hessian)
    curvatures = np.maximum(np.abs(curvatures), 1e-6)
    return np.asarray(-vectors @ ((vectors.T @ gradient) / curvatures))
