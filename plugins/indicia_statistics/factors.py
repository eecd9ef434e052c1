"""Factors: eigenvalues, loadings and their rotation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, join_names, pluralise
from indicia.methods.noise import NOISE
from indicia_statistics.reliability import ItemMatrix, Missing, item_matrix, require_seed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array


_CELLS = 1 << 20
"""The largest number of resampled values in a batch."""


@names_its_arguments
def eigenvalue_intervals(
    table: pl.DataFrame,
    items: Sequence[str],
    *,
    draws: int = 1000,
    quantiles: tuple[float, float] = (0.05, 0.95),
    seed: int = 1,
    missing: Literal["refuse", "complete"] = "refuse",
) -> pl.DataFrame:
    """Resample units, and compute intervals of the eigenvalues of the correlations of items.

    Parameters
    ----------
    table : polars.DataFrame
        Units in rows.
    items : sequence of str
        Columns of numbers, two or more.
    draws : int, default 1,000
        The number of resampled tables, each with as many units as the table, drawn with replacement.
    quantiles : tuple of two floats, default (0.05, 0.95)
        The ends of the intervals, between 0 and 1.
    seed : int, default 1
        The seed of the random numbers.
    missing : "refuse" or "complete", default "refuse"
        Refuse missing values, or take the units with every item.

    Returns
    -------
    polars.DataFrame
        `component`, its `eigenvalue`, the ends `low` and `high` of its interval, and the number of `draws`. A draw in
        which an item is constant has no correlations and is not counted.

    Raises
    ------
    DataError
        As `principal_components`; for fewer than two draws, for quantiles that are not in order, and if an item is
        constant in more than half of the draws.

    Notes
    -----
    The largest eigenvalue of a resampled table is too large on average, and the smallest too small: an interval that
    lies above 1 only just is weak evidence of a component.

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, section 7.2.

    Examples
    --------
    >>> table = pl.DataFrame({"income": [1, 2, 3, 4, 5, 6], "air": [2, 1, 4, 6, 3, 5], "rent": [1, 4, 2, 6, 3, 5]})
    >>> intervals = eigenvalue_intervals(table, ["income", "air", "rent"], draws=200)
    >>> intervals.filter((pl.col("low") < 1) & (pl.col("high") > 1))["component"].to_list()
    [2]
    """
    low, high = quantiles
    require_seed(seed)
    if draws < 2 or not 0 < low < high < 1:
        raise DataError(
            f"{pluralise(draws, 'draw')} and quantiles {low} and {high} make no interval",
            remedy="draws=1000, quantiles=(0.05, 0.95)",
        )
    matrix = item_matrix(table, items, missing)
    matrix.require_inverse()
    values = table.select(pl.col(list(items)).cast(pl.Float64)).drop_nulls().to_numpy()
    standard = (values - values.mean(axis=0)) / values.std(axis=0, ddof=1)
    drawn = _resample(standard, draws, np.random.default_rng(seed))
    if len(drawn) < draws / 2:
        raise DataError(
            f"an item of {join_names(items)} is constant in {draws - len(drawn)} of {pluralise(draws, 'draw')}",
            remedy="leave out items in which nearly all units have the same value",
        )
    columns = {
        "component": np.arange(1, len(items) + 1),
        "eigenvalue": np.linalg.eigvalsh(matrix.correlation)[::-1],
        "low": np.quantile(drawn, low, axis=0),
        "high": np.quantile(drawn, high, axis=0),
    }
    return pl.DataFrame(columns).with_columns(draws=pl.lit(len(drawn), pl.Int64))


def _resample(standard: Array, draws: int, random: np.random.Generator) -> Array:
    """Return the eigenvalues of resampled tables in descending order, shape (draws, k), constant draws left out."""
    units, size = standard.shape
    batch = max(1, _CELLS // (units * size))
    parts = []
    for start in range(0, draws, batch):
        times = random.multinomial(units, np.full(units, 1 / units), min(batch, draws - start)).astype(np.float64)
        mean = times @ standard / units
        products = (times[:, :, None] * standard).transpose(0, 2, 1) @ standard / units
        covariance = products - mean[:, :, None] * mean[:, None]
        variance = np.diagonal(covariance, axis1=1, axis2=2)
        covariance = covariance[(variance > NOISE).all(axis=1)]
        deviation = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
        correlation = covariance / (deviation[:, :, None] * deviation[:, None])
        parts.append(np.linalg.eigvalsh(correlation)[:, ::-1])
    return np.concatenate(parts)


_ROUNDS = 1000
_SMALLEST_ANGLE = 1e-12
_SMALLEST_LENGTH = 1e-9


def varimax(loadings: Array) -> Array:
    """Rotate pairs of factors to maximise the variance of squared loadings, rows scaled to length 1 (Kaiser 1958)."""
    lengths = _lengths(loadings)
    rotated = loadings / lengths
    size, count = loadings.shape
    for _ in range(_ROUNDS):
        largest = 0.0
        for first in range(count):
            for second in range(first + 1, count):
                x, y = rotated[:, first].copy(), rotated[:, second].copy()
                u, v = x**2 - y**2, 2 * x * y
                numerator = 2 * (u @ v - u.sum() * v.sum() / size)
                denominator = (u**2 - v**2).sum() - (u.sum() ** 2 - v.sum() ** 2) / size
                angle = float(np.arctan2(numerator, denominator)) / 4
                if np.hypot(numerator, denominator) < 1e-14:  # every angle is as good
                    continue
                rotated[:, first] = x * np.cos(angle) + y * np.sin(angle)
                rotated[:, second] = y * np.cos(angle) - x * np.sin(angle)
                largest = max(largest, abs(angle))
        if largest < _SMALLEST_ANGLE:
            break
    return np.asarray(rotated * lengths)


def promax(rotated: Array, *, by_length: bool, power: int = 4) -> tuple[Array, Array]:
    """Turn each factor of varimax towards the powers of its loadings; return loadings and correlations of factors.

    With `by_length` the rows have length 1 during the fit. U is the least-squares fit of V to sign(V) |V|^power, its
    columns scaled by √diag((U'U)⁻¹); the loadings are V U, the correlations (U'U)⁻¹ (Hendrickson & White 1964).
    """
    lengths = _lengths(rotated) if by_length else np.ones((len(rotated), 1))
    start = rotated / lengths
    target = np.sign(start) * np.abs(start) ** power
    turn = np.linalg.lstsq(start, target, rcond=None)[0]
    turn = turn * np.sqrt(np.diag(np.linalg.inv(turn.T @ turn)))
    return start @ turn * lengths, np.linalg.inv(turn.T @ turn)


def _lengths(loadings: Array) -> Array:
    """Return the lengths of rows, 1 for a row of zeros."""
    lengths = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    return np.where(lengths > _SMALLEST_LENGTH, lengths, 1.0)


Rotation: TypeAlias = Literal["varimax", "promax", "promax_kaiser"]
_ABOVE_ONE = 1 + 1e-9
_TIED = 1e-12
"""Eigenvalues that differ by this share of the largest are equal."""


@dataclass(frozen=True)
class PrincipalComponents:
    """The principal components of standardised items."""

    units: int
    """The number of units; for pairs of items with different units, the smallest number of a pair."""
    eigenvalues: pl.DataFrame
    """`component`, 1 for the largest; its `eigenvalue`, its `share` of the variance, and the `cumulative` share."""
    loadings: pl.DataFrame
    """`item`, and its correlation with each component, `component1` and so on. The loadings of a component have a
    positive sum. `communality` is the share of the item's variance due to components with an eigenvalue above 1."""


@dataclass(frozen=True)
class RotatedComponents:
    """The first principal components after a rotation to simple structure."""

    units: int
    loadings: pl.DataFrame
    """`item`, and its loading on each factor, `factor1` and so on, the factor with the largest sum of squares first.
    The loadings of a factor have a positive sum. After promax these are coefficients of a regression on the factors."""
    correlation: pl.DataFrame
    """`factor`, and its correlation with each factor; after varimax 0 for different factors."""


@names_its_arguments
def principal_components(
    table: pl.DataFrame, items: Sequence[str], *, missing: Missing = "refuse"
) -> PrincipalComponents:
    """Compute the principal components of standardised items.

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
    PrincipalComponents
        A table of components, and a table of items.

    Raises
    ------
    DataError
        For missing values and constant items, if there are no more units than items, and if items are linearly
        dependent.

    Notes
    -----
    Eigenvalues λ and eigenvectors v are of the correlation matrix; a loading is v √λ.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, p. 63-69.

    Examples
    --------
    >>> table = pl.DataFrame({"income": [1, 2, 3, 4, 5, 6], "air": [2, 1, 4, 6, 3, 5], "rent": [1, 4, 2, 6, 3, 5]})
    >>> principal_components(table, ["income", "air", "rent"]).eigenvalues["share"].round(3).to_list()
    [0.746, 0.14, 0.114]
    """
    return components_of(item_matrix(table, items, missing))


def components_of(matrix: ItemMatrix) -> PrincipalComponents:
    """Compute principal components from correlations: see `principal_components`."""
    items = matrix.items
    units, eigenvalues, loadings = _components(matrix)
    share = eigenvalues / len(items)
    frame = {
        "component": np.arange(1, len(items) + 1),
        "eigenvalue": eigenvalues,
        "share": share,
        "cumulative": share.cumsum(),
    }
    communality = (loadings[:, eigenvalues > _ABOVE_ONE] ** 2).sum(axis=1)
    by_item = _by_item(items, loadings, "component").with_columns(communality=communality)
    return PrincipalComponents(units, pl.DataFrame(frame), by_item)


@names_its_arguments
def rotated_components(
    table: pl.DataFrame,
    items: Sequence[str],
    *,
    rotation: Rotation = "varimax",
    components: int | None = None,
    missing: Missing = "refuse",
) -> RotatedComponents:
    """Rotate the first principal components so that each item loads on few factors.

    Parameters
    ----------
    table : polars.DataFrame
        Units in rows.
    items : sequence of str
        Columns of numbers, two or more.
    rotation : "varimax", "promax" or "promax_kaiser", default "varimax"
        Varimax keeps factors uncorrelated; rows of loadings have length 1 during the rotation (Kaiser). Promax lets
        factors correlate: it fits the loadings of varimax to their fourth powers, as they are (R's `stats::promax`), or
        as rows of length 1 (SPSS).
    components : int, optional
        The number of components; by default those with an eigenvalue above 1.
    missing : "refuse", "complete" or "pairwise", default "refuse"
        As in `principal_components`.

    Returns
    -------
    RotatedComponents
        Loadings, and correlations of factors.

    Raises
    ------
    DataError
        As `principal_components`; for fewer than two components, more components than items, and components that are
        not unique because the next has the same eigenvalue.

    References
    ----------
    Kaiser (1958), Psychometrika 23(3), 187-200; Hendrickson & White (1964), British Journal of Statistical Psychology
    17(1), 65-70; OECD/JRC (2008), Handbook on Constructing Composite Indicators, p. 70.

    Examples
    --------
    >>> table = pl.DataFrame({"income": [1, 2, 3, 4, 5, 6], "air": [2, 1, 4, 6, 3, 5], "rent": [1, 4, 2, 6, 3, 5]})
    >>> rotated_components(table, ["income", "air", "rent"], components=2).loadings["factor1"].round(2).to_list()
    [0.85, 0.85, 0.35]
    """
    return rotation_of(item_matrix(table, items, missing), rotation, components)


def rotation_of(matrix: ItemMatrix, rotation: Rotation, components: int | None = None) -> RotatedComponents:
    """Rotate the first principal components of correlations: see `rotated_components`."""
    items = matrix.items
    units, eigenvalues, loadings = _components(matrix)
    count = int((eigenvalues > _ABOVE_ONE).sum()) if components is None else components
    _require_unique(eigenvalues, count)
    rotated, correlation = varimax(loadings[:, :count]), np.eye(count)
    if rotation != "varimax":
        rotated, correlation = promax(rotated, by_length=rotation == "promax_kaiser")
    order = np.argsort(-(rotated**2).sum(axis=0), kind="stable")
    signs = np.where(rotated[:, order].sum(axis=0) >= 0, 1.0, -1.0)
    correlation = correlation[np.ix_(order, order)] * np.outer(signs, signs) + 0.0  # 0, not -0
    names = [f"factor{place + 1}" for place in range(count)]
    correlations = pl.DataFrame({"factor": names, **dict(zip(names, correlation.T, strict=True))})
    return RotatedComponents(units, _by_item(items, rotated[:, order] * signs, "factor"), correlations)


def _components(matrix: ItemMatrix) -> tuple[int, Array, Array]:
    """Return the number of units, eigenvalues in descending order, and loadings, shape (k, k)."""
    matrix.require_inverse()
    eigenvalues, vectors = (part[..., ::-1] for part in np.linalg.eigh(matrix.correlation))
    signs = np.where(vectors.sum(axis=0) >= 0, 1.0, -1.0)
    return matrix.units, eigenvalues, vectors * signs * np.sqrt(eigenvalues)


def _by_item(items: Sequence[str], loadings: Array, noun: str) -> pl.DataFrame:
    columns = {f"{noun}{place + 1}": column for place, column in enumerate(loadings.T)}
    return pl.DataFrame({"item": list(items), **columns})


def _require_unique(eigenvalues: Array, count: int) -> None:
    if not 2 <= count <= len(eigenvalues):
        raise DataError(
            f"a rotation needs 2 to {len(eigenvalues)} components, and there {'is' if count == 1 else 'are'} {count}",
            remedy="components=…, or leave out the rotation: a single component has nothing to rotate with",
        )
    if count < len(eigenvalues) and eigenvalues[count - 1] - eigenvalues[count] <= _TIED * eigenvalues[0]:
        raise DataError(
            f"{pluralise(count, 'component')} are not unique: the next has the same eigenvalue",
            remedy="choose another number of components",
        )


@dataclass(frozen=True)
class ComponentCounts:
    """The number of components to keep, by three rules."""

    kaiser: int
    """The eigenvalues above 1."""
    above_mean: int
    """The first eigenvalues that are above the mean of unrelated items."""
    above_quantile: int
    """The first eigenvalues that are above the quantile of unrelated items."""
    margin: float
    """The smallest difference of an eigenvalue and its mean up to the first that is not above its mean: if the standard
    error of the mean is as large, `above_mean` depends on the draws."""


@names_its_arguments
def parallel_thresholds(
    units: int, items: int, *, draws: int = 1000, quantile: float = 0.95, seed: int = 1
) -> pl.DataFrame:
    """Draw the eigenvalues of correlations of unrelated normal items (Horn's parallel analysis).

    Parameters
    ----------
    units, items : int
        The size of the table; there must be more units than items.
    draws : int, default 1,000
        The number of random tables.
    quantile : float, default 0.95
        The quantile of each eigenvalue, between 0 and 1.
    seed : int, default 1
        The seed of the random numbers.

    Returns
    -------
    polars.DataFrame
        `component`, the `mean` and the `quantile` of its eigenvalue, and `se`, the standard error of the mean.

    Raises
    ------
    DataError
        If there are no more units than items, or fewer than two items or draws, or for a quantile outside 0 to 1.

    Notes
    -----
    The covariances of a random table have a Wishart distribution. It is drawn from k (k + 1) / 2 numbers by Bartlett's
    decomposition, so that time and memory do not depend on the number of units.

    References
    ----------
    Horn (1965), Psychometrika 30(2), 179-185; Smith & Hocking (1972), Applied Statistics 21(3), 341-345.

    Examples
    --------
    >>> parallel_thresholds(51, 3, draws=2000)["mean"].round(2).to_list()
    [1.23, 0.99, 0.78]
    """
    _check(units, items, draws, quantile)
    require_seed(seed)
    random = np.random.default_rng(seed)
    batch = max(1, _CELLS // items**2)
    eigenvalues = np.concatenate(
        [_eigenvalues(random, units, items, min(batch, draws - start)) for start in range(0, draws, batch)]
    )
    columns = {
        "component": np.arange(1, items + 1),
        "mean": eigenvalues.mean(axis=0),
        "quantile": np.quantile(eigenvalues, quantile, axis=0),
        "se": eigenvalues.std(axis=0, ddof=1) / np.sqrt(draws),
    }
    return pl.DataFrame(columns)


@names_its_arguments
def component_counts(eigenvalues: pl.DataFrame, thresholds: pl.DataFrame) -> ComponentCounts:
    """Count the components to keep.

    Parameters
    ----------
    eigenvalues : polars.DataFrame
        The table of `principal_components`.
    thresholds : polars.DataFrame
        The table of `parallel_thresholds` for as many units and items.

    Returns
    -------
    ComponentCounts
        The counts by Kaiser's rule, by the mean and by the quantile.

    Raises
    ------
    DataError
        If the tables have different numbers of components.

    Examples
    --------
    >>> eigenvalues = pl.DataFrame({"component": [1, 2, 3], "eigenvalue": [1.7, 1.02, 0.28]})
    >>> component_counts(eigenvalues, parallel_thresholds(51, 3, draws=2000)).above_quantile
    1
    """
    if (count := eigenvalues.height) != thresholds.height:
        raise DataError(
            f"thresholds of {pluralise(thresholds.height, 'component')} for {pluralise(count, 'eigenvalue')}",
            remedy=f"parallel_thresholds(units, {count})",
        )
    values = eigenvalues["eigenvalue"].to_numpy()
    means, quantiles = thresholds["mean"].to_numpy(), thresholds["quantile"].to_numpy()
    above_mean = _first_above(values, means)
    margin = float(np.abs(values - means)[: above_mean + 1].min())
    return ComponentCounts(int((values > _ABOVE_ONE).sum()), above_mean, _first_above(values, quantiles), margin)


def _check(units: int, items: int, draws: int, quantile: float) -> None:
    if items < 2 or draws < 2:
        raise DataError(
            f"{pluralise(items, 'item')} and {pluralise(draws, 'draw')}: parallel analysis needs two of each or more",
            remedy="add items or draws",
        )
    if units <= items:
        raise DataError(
            f"{pluralise(units, 'unit')} for {items} items: their correlations are singular",
            remedy="analyse fewer items together, such as one dimension at a time",
        )
    if not 0 < quantile < 1:
        raise DataError(f"quantile = {quantile} is not between 0 and 1", remedy="quantile=0.95")


def _eigenvalues(random: np.random.Generator, units: int, items: int, draws: int) -> Array:
    """Return eigenvalues of random correlations in descending order, shape (draws, k)."""
    factor = np.tril(random.standard_normal((draws, items, items)), -1)
    place = np.arange(items)
    factor[:, place, place] = np.sqrt(random.chisquare(units - 1 - place, (draws, items)))
    factor /= np.sqrt((factor**2).sum(axis=2, keepdims=True))  # rows of length 1: variances of 1
    return np.asarray(np.linalg.eigvalsh(factor @ factor.transpose(0, 2, 1))[:, ::-1])


def _first_above(values: Array, thresholds: Array) -> int:
    """Count the values before the first that is not above its threshold."""
    return int(np.append(values > thresholds, False).argmin())
