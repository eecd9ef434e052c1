"""Spatial autocorrelation by Moran and Geary: the similarity of neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import erfc, sqrt
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, DefinitionError, pluralise, require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.methods import Array

Integers: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
Numbers: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

_FEWEST = 4
"""The smallest number of units: the variance under randomisation divides by n - 3."""

_NOISE = 1e-10
"""A range of values below this share of their size is 0 but for rounding."""


@dataclass(frozen=True)
class SpatialAutocorrelation:
    """The similarity of neighbours, for all units together and for each unit."""

    columns: pl.DataFrame
    """A row for each column of figures.

    `units` counts the units with a value and a neighbour. Moran's I is `moran`, its `expected` value, its variance if
    values are normal (`variance_normality`) or permuted among units (`variance_randomisation`), the distances `z` from
    the expected value in standard deviations, and `p_greater`, the probability of an I as great by permutation, by the
    normal distribution. `geary` is Geary's C: 1 without autocorrelation, and smaller if neighbours are similar. Its
    columns begin with `geary_`; its `z` is (1 - C) in standard deviations, so that similar neighbours have a z above 0.
    """
    units: pl.DataFrame
    """The local Moran's I of each `column` and `unit` (`local`), and the `quadrant`: the value against the mean, and
    the mean value of its neighbours against the mean, such as `high-low`. Both are missing without a value or
    neighbours."""


@names_its_arguments
def spatial_autocorrelation(
    table: pl.DataFrame,
    unit: str,
    columns: Sequence[str],
    first: Integers,
    second: Integers,
    weights: Numbers | None = None,
    *,
    standardised: bool = True,
) -> SpatialAutocorrelation:
    """Measure the similarity of neighbours: Moran's I, Geary's C, and the local Moran's I.

    With the deviations z of the values x from their mean, S0 = Σ w and m2 = Σ z² / n, the formulas are
    I = n / S0 · Σ w_ij z_i z_j / Σ z², C = (n - 1) / (2 S0) · Σ w_ij (x_i - x_j)² / Σ z², and
    I_i = z_i Σ_j w_ij z_j / m2. A unit without a value, or in no pair of units with values, does not count; weights are
    standardised among the units that count.

    Parameters
    ----------
    table : polars.DataFrame
        A row for each unit.
    unit : str
        The column with the names of the units.
    columns : sequence of str
        The columns of figures, such as scores or residuals.
    first, second : array of int, shape (pairs,)
        The pairs of neighbours: the row of a unit, and the row of its neighbour.
    weights : array of float, shape (pairs,), optional
        The weight of each pair, 0 or more; 1 by default.
    standardised : bool, default True
        Divide the weights by their sum for each unit (row-standardised weights).

    Returns
    -------
    SpatialAutocorrelation
        A table of the columns with Moran's I and Geary's C, and one of the units with the local Moran's I.

    Raises
    ------
    DataError
        For a constant column, fewer than four units that count, and values that are not finite.
    DefinitionError
        For pairs of a unit with itself, pairs that occur twice, and negative weights.

    References
    ----------
    Cliff & Ord (1981), Spatial Processes, ch. 1 and 2; Anselin (1995), Geographical Analysis 27(2), for the local form.

    Examples
    --------
    >>> table = pl.DataFrame({"city": ["A", "B", "C", "D"], "income": [1.0, 2.0, 8.0, 9.0]})
    >>> first, second = np.array([0, 1, 1, 2, 2, 3]), np.array([1, 0, 2, 1, 3, 2])
    >>> result = spatial_autocorrelation(table, "city", ["income"], first, second)
    >>> result.columns.select(pl.col("moran", "geary").round(3)).row(0)
    (0.54, 0.292)
    >>> result.units["quadrant"].to_list()
    ['low-low', 'low-low', 'high-high', 'high-high']
    """
    require_columns(table, [unit, *columns])
    if not columns:
        raise DefinitionError("spatial autocorrelation needs a column of figures", remedy="such as the score")
    weights = np.ones(len(first)) if weights is None else weights.astype(float)
    _check_pairs(table[unit], first, second, weights)
    rows, local = [], []
    for name in columns:
        values = table[name].cast(pl.Float64)
        if values.is_nan().any() or values.is_infinite().any():
            raise DataError(f"{name} has a value that is not finite", remedy="leave this unit out")
        pairs = _Pairs.among(values.is_not_null().to_numpy(), first, second, weights, standardised=standardised)
        x = values.fill_null(0.0).to_numpy()
        counted = x[pairs.counts]
        if len(counted) < _FEWEST:
            raise DataError(
                f"{name} has {pluralise(len(counted), 'unit')} with a value and a neighbour that has one, and spatial"
                f" autocorrelation needs {_FEWEST}",
                remedy="state more neighbours",
            )
        if np.ptp(counted) <= _NOISE * np.abs(counted).max():
            raise DataError(f"{name} is the same for all units with neighbours", remedy=f"leave out {name}")
        z = np.where(pairs.counts, x - counted.mean(), 0.0)
        z = np.where(np.abs(z) > _NOISE * np.abs(counted).max(), z, 0.0)
        z /= np.abs(z).max()  # no figure depends on the scale, and fourth powers of any values are then numbers
        rows.append({"column": name, **_moran(z, pairs), **_geary(z, pairs)})
        local.append(_local(name, table[unit], z, pairs))
    figures = pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.exclude("column", "units").cast(pl.Float64))
    return SpatialAutocorrelation(figures, pl.concat(local))


@dataclass(frozen=True)
class _Pairs:
    """The pairs of units that have values, with their weights."""

    first: Integers
    second: Integers
    weights: Array
    counts: npt.NDArray[np.bool_]
    """True for the units that occur in a pair."""

    @classmethod
    def among(
        cls,
        present: npt.NDArray[np.bool_],
        first: Integers,
        second: Integers,
        weights: Array,
        *,
        standardised: bool,
    ) -> _Pairs:
        used = present[first] & present[second] & (weights > 0)
        first, second, weights = first[used], second[used], weights[used]
        if standardised:
            weights = weights / np.bincount(first, weights, minlength=len(present))[first]
        counts = np.zeros(len(present), dtype=bool)
        counts[first] = counts[second] = True
        return cls(first, second, weights, counts)

    @cached_property
    def sums(self) -> tuple[float, float, float]:
        """S0 = Σ w_ij, S1 = Σ (w_ij + w_ji)² / 2 and S2 = Σ_i (Σ_j w_ij + Σ_j w_ji)²."""
        size = len(self.counts)
        there, back = self.first * size + self.second, self.second * size + self.first
        order = np.argsort(there)
        place = np.minimum(np.searchsorted(there[order], back), len(there) - 1)
        reverse = np.where(there[order][place] == back, self.weights[order][place], 0.0)
        by_unit = np.bincount(self.first, self.weights, minlength=size)
        by_unit += np.bincount(self.second, self.weights, minlength=size)
        w = self.weights
        return float(w.sum()), float((w * w + w * reverse).sum()), float((by_unit**2).sum())


def _moran(z: Array, pairs: _Pairs) -> dict[str, float | None]:
    n = int(pairs.counts.sum())
    s0, s1, s2 = pairs.sums
    squares = float((z**2).sum())
    moran = n / s0 * float((pairs.weights * z[pairs.first] * z[pairs.second]).sum()) / squares
    expected = -1 / (n - 1)
    normality = (n**2 * s1 - n * s2 + 3 * s0**2) / (s0**2 * (n**2 - 1)) - expected**2
    kurtosis = n * float((z**4).sum()) / squares**2
    permuted = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    permuted -= kurtosis * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
    randomisation = permuted / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2
    z_normality, z_randomisation = (
        _standard_score(moran - expected, variance, expected**2) for variance in (normality, randomisation)
    )
    return {
        "units": n,
        "moran": moran,
        "expected": expected,
        "variance_normality": normality,
        "variance_randomisation": randomisation,
        "z_normality": z_normality,
        "z_randomisation": z_randomisation,
        "p_greater": _p_greater(z_randomisation),
    }


def _geary(z: Array, pairs: _Pairs) -> dict[str, float | None]:
    """Return Geary's C and its variances (Cliff & Ord 1981, section 1.5.1)."""
    n = int(pairs.counts.sum())
    s0, s1, s2 = pairs.sums
    squares = float((z**2).sum())
    differences = float((pairs.weights * (z[pairs.first] - z[pairs.second]) ** 2).sum())
    geary = (n - 1) / (2 * s0) * differences / squares
    normality = ((2 * s1 + s2) * (n - 1) - 4 * s0**2) / (2 * (n + 1) * s0**2)
    kurtosis = n * float((z**4).sum()) / squares**2
    permuted = (n - 1) * s1 * (n**2 - 3 * n + 3 - (n - 1) * kurtosis)
    permuted -= (n - 1) * s2 * (n**2 + 3 * n - 6 - (n**2 - n + 2) * kurtosis) / 4
    permuted += s0**2 * (n**2 - 3 - (n - 1) ** 2 * kurtosis)
    randomisation = permuted / (n * (n - 2) * (n - 3) * s0**2)
    z_normality, z_randomisation = (
        _standard_score(1 - geary, variance, 1.0) for variance in (normality, randomisation)
    )
    return {
        "geary": geary,
        "geary_variance_normality": normality,
        "geary_variance_randomisation": randomisation,
        "geary_z_normality": z_normality,
        "geary_z_randomisation": z_randomisation,
        "geary_p_greater": _p_greater(z_randomisation),
    }


def _standard_score(difference: float, variance: float, scale: float) -> float | None:
    """Return a difference in standard deviations; None if the variance is 0, since all permutations are alike."""
    return difference / sqrt(variance) if variance > _NOISE * scale else None


def _p_greater(z: float | None) -> float | None:
    return None if z is None else erfc(z / sqrt(2)) / 2


def _local(name: str, units: pl.Series, z: Array, pairs: _Pairs) -> pl.DataFrame:
    n = pairs.counts.sum()
    lag = np.bincount(pairs.first, pairs.weights * z[pairs.second], minlength=len(z))
    lag = np.where(np.abs(lag) > _NOISE * np.abs(lag).max(), lag, 0.0)  # a sum that cancels out is not above the mean
    has_neighbours = np.zeros(len(z), dtype=bool)
    has_neighbours[pairs.first] = True
    own, others = (pl.Series(np.where(side > 0, "high", "low")) for side in (z, lag))
    frame = pl.DataFrame(
        {
            "column": pl.repeat(name, len(z), eager=True),
            "unit": units,
            "local": z * lag / ((z**2).sum() / n),
            "quadrant": own + "-" + others,
            "counts": has_neighbours,
        }
    )
    return frame.select("column", "unit", pl.when("counts").then(pl.col("local", "quadrant")))


def _check_pairs(units: pl.Series, first: Integers, second: Integers, weights: Array) -> None:
    if not len(first) == len(second) == len(weights):
        raise DefinitionError(
            f"there are {len(first)} units, {len(second)} neighbours and {len(weights)} weights of pairs",
            remedy="state all three for every pair",
        )
    faults = {
        "is no row of the table": (np.minimum(first, second) < 0) | (np.maximum(first, second) >= len(units)),
        "is a unit beside itself": first == second,
        "has a weight that is no number from 0 up": ~((weights >= 0) & np.isfinite(weights)),
    }
    for fault, is_faulty in faults.items():
        if is_faulty.any():
            pair = int(is_faulty.argmax())
            raise DefinitionError(
                f"pair {pair + 1} of neighbours, rows {first[pair]} and {second[pair]}, {fault}",
                remedy="leave this pair out, or correct it",
            )
    keys, counts = np.unique(first * len(units) + second, return_counts=True)
    if (counts > 1).any():
        one, other = divmod(int(keys[counts.argmax()]), len(units))
        raise DefinitionError(f"{units[one]} has the neighbour {units[other]} twice", remedy="state each pair once")
