"""The coherence of each node of a tree, with intervals by resampling."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, join_names
from indicia.methods.noise import NOISE
from indicia.methods.probabilities import chi_square_p
from indicia_statistics.correlation import partial_correlations_of, partial_matrix
from indicia_statistics.factors import (
    ComponentCounts,
    PrincipalComponents,
    RotatedComponents,
    Rotation,
    component_counts,
    components_of,
    parallel_thresholds,
    rotation_of,
)
from indicia_statistics.reliability import (
    FEWEST_UNITS,
    Alpha,
    ItemMatrix,
    Missing,
    OneFactor,
    alpha_of,
    item_matrix,
    one_factor_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from indicia.methods import Array

    Places = npt.NDArray[np.intp]


MOST_BLOCKS = 250
"""The largest number of blocks of units. A table of more units is resampled by blocks of units at random."""
MOST_DRAWS = 1000
"""The largest number of resampled tables."""
FEWEST_DRAWS = 200
_WORK = 25_000_000
"""The largest number of draws times k³, the time of the eigenvalues of k items."""
_CELLS = 1 << 22
"""The largest number of resampled products in a batch."""


@dataclass(frozen=True, eq=False)
class Resamples:
    """Statistics of resampled tables of k items. A table in which an item is constant is not counted."""

    eigenvalues: Array
    """The eigenvalues of the correlations in descending order, (draws, k)."""
    alphas: Array
    """Cronbach's alpha of standardised items, (draws,)."""

    @property
    def draws(self) -> int:
        """The number of resampled tables."""
        return len(self.eigenvalues)


def affordable_draws(items: int) -> int:
    """Return the number of draws for k items: 1,000 up to 29 items, then fewer, and 200 at least.

    >>> affordable_draws(10), affordable_draws(40), affordable_draws(80)
    (1000, 390, 200)
    """
    return min(MOST_DRAWS, max(FEWEST_DRAWS, _WORK // items**3))


def resample(values: Array, draws: int, seed: int) -> Resamples:
    """Draw tables of as many units with replacement, and compute eigenvalues and alpha of their correlations.

    Parameters
    ----------
    values : array
        Units in rows and k items in columns, (n, k), without missing values and without constant items.
    draws : int
        The number of resampled tables.
    seed : int
        The seed of the random numbers.

    Returns
    -------
    Resamples
        Eigenvalues and alphas of the resampled tables.

    Notes
    -----
    A resampled table needs only the sums of values and of their products. The sums of more than 250 units are taken
    over 250 blocks of units at random, and blocks are drawn: time and memory then do not grow with the number of units.
    The variance between the sums of random blocks is that of the units, with a relative error of about √(2 / 250).

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, sections 6.4 and 7.2; Kleiner et al. (2014), JRSS B
    76(4), 795-816, for resamples of large tables.

    Examples
    --------
    >>> values = np.array([[1.0, 2], [2, 1], [3, 4], [4, 6], [5, 3], [6, 5]])
    >>> result = resample(values, 200, seed=1)
    >>> result.eigenvalues.shape[1], bool(np.median(result.alphas) > 0.5)
    (2, True)
    """
    units, size = values.shape
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    first, second = np.triu_indices(size)
    sums, products = _block_sums(standard, first, second, np.random.default_rng((seed, 1)))
    times = _times_drawn(len(sums), draws, seed)
    batch = max(1, _CELLS // len(first))
    eigenvalues, alphas = [], []
    for start in range(0, draws, batch):
        drawn = times[start : start + batch]
        correlation = _correlations(drawn @ sums / units, drawn @ products / units, first, second)
        eigenvalues.append(np.linalg.eigvalsh(correlation)[:, ::-1])
        alphas.append(size / (size - 1) * (1 - size / _positive(correlation.sum(axis=(1, 2)))))
    return Resamples(np.concatenate(eigenvalues), np.concatenate(alphas))


@lru_cache(maxsize=4)
def _times_drawn(blocks: int, draws: int, seed: int) -> Array:
    """Return how often each block occurs in each draw, (draws, blocks). The nodes of an index share these draws."""
    random = np.random.default_rng(seed)
    times = random.multinomial(blocks, np.full(blocks, 1 / blocks), draws).astype(np.float64)
    times.setflags(write=False)
    return times


def _block_sums(standard: Array, first: Places, second: Places, random: np.random.Generator) -> tuple[Array, Array]:
    """Return the sums of values, (blocks, k), and of products of pairs of items, (blocks, k (k + 1) / 2)."""
    units = len(standard)
    if units <= MOST_BLOCKS:
        return standard, standard[:, first] * standard[:, second]
    shuffled = standard[random.permutation(units)]
    starts = np.linspace(0, units, MOST_BLOCKS, endpoint=False).astype(np.int64)
    sums = np.add.reduceat(shuffled, starts, axis=0)
    products = np.empty((MOST_BLOCKS, len(first)))
    for block, (start, stop) in enumerate(zip(starts, [*starts[1:], units], strict=True)):
        part = shuffled[start:stop]
        products[block] = (part.T @ part)[first, second]
    return sums, products


def _correlations(mean: Array, products: Array, first: Places, second: Places) -> Array:
    """Return the correlations of resampled tables, (draws, k, k), without tables in which an item is constant."""
    draws, size = mean.shape
    covariance = np.empty((draws, size, size))
    covariance[:, first, second] = products
    covariance[:, second, first] = products
    covariance -= mean[:, :, None] * mean[:, None]
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    varies = (variance > NOISE).all(axis=1)
    covariance = covariance if varies.all() else covariance[varies]
    deviation = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    covariance /= deviation[:, :, None] * deviation[:, None]
    return covariance


def _positive(total: Array) -> Array:
    """Return sums of correlations, at least a small positive number: items that cancel out have an alpha of minus ∞."""
    return np.maximum(total, 1e-9)


T = TypeVar("T")
FEWEST_ITEMS = 3
"""The fewest items of a factor: two items always have one component with an eigenvalue above 1."""


@dataclass(frozen=True, eq=False)
class NodeCoherence:
    """The statistics of the items of a node, over the units that have every item.

    A statistic that the items do not allow is a sentence with the reason.
    """

    node: str
    items: tuple[str, ...]
    """The items that vary."""
    left_out: tuple[str, ...]
    """The items that have one value for all units, or fewer than 3 values."""
    present: pl.DataFrame
    """The items of all units, a Float64 column for each; values that are not finite are missing."""
    seed: int = 1

    @classmethod
    def of(cls, node: str, frame: pl.DataFrame, seed: int = 1) -> NodeCoherence:
        """Return the statistics of the columns of a frame; values that are not finite are missing.

        >>> frame = pl.DataFrame({"a": [1.0, 2.0, 4.0, None], "b": [1.0, 3.0, 3.0, 2.0], "c": [5.0] * 4})
        >>> coherence = NodeCoherence.of("index", frame)
        >>> coherence.items, coherence.left_out, coherence.units, coherence.incomplete
        (('a', 'b'), ('c',), 3, 1)
        """
        values = finite_values(frame)
        is_item = varying(values)
        items = tuple(name for name, varies in zip(frame.columns, is_item, strict=True) if varies)
        left_out = tuple(name for name in frame.columns if name not in items)
        columns = values[:, is_item].T
        present = pl.DataFrame(dict(zip(items, columns, strict=True)), nan_to_null=True)
        return cls(node, items, left_out, present, seed)

    @cached_property
    def table(self) -> pl.DataFrame:
        """The items of the units that have all of them, a Float64 column for each."""
        return self.present.drop_nulls()

    @cached_property
    def incomplete(self) -> int:
        """The number of units that lack an item and have another."""
        if not self.items:
            return 0
        return self.present.filter(pl.any_horizontal(pl.all().is_not_null())).height - self.units

    @property
    def units(self) -> int:
        """The number of units that have every item."""
        return self.table.height

    @cached_property
    def matrix(self) -> ItemMatrix | str:
        """Covariances and correlations of the items."""
        return _or_reason(lambda: item_matrix(self.table, self.items, "refuse"))

    @cached_property
    def alpha(self) -> Alpha | str:
        """Cronbach's alpha of the values and of standardised items; `items` has the values as they are."""
        return self._of_matrix(alpha_of)

    @cached_property
    def standardised(self) -> Alpha | str:
        """Cronbach's alpha of standardised items, and the correlations of standardised items with their sums."""
        return self._of_matrix(lambda matrix: alpha_of(replace(matrix, covariance=matrix.correlation)))

    @cached_property
    def one_factor(self) -> OneFactor | str:
        """The model of one common factor, with omega."""
        if len(self.items) < FEWEST_ITEMS:
            return "the factor of two items is not unique"
        return self._of_matrix(one_factor_of)

    @cached_property
    def adequacy(self) -> Adequacy | str:
        """The measure of Kaiser, Meyer and Olkin, Bartlett's test, and variance inflation.

        Correlations that have no inverse are refused: see `refusal`.
        """
        return self._of_matrix(adequacy_of)

    @cached_property
    def refusal(self) -> str | None:
        """The reason why components are refused: no more units than items, or items that depend on each other."""
        return self.components if isinstance(self.components, str) else None

    @cached_property
    def components(self) -> PrincipalComponents | str:
        """The eigenvalues and the loadings of the correlations."""
        return self._of_matrix(components_of)

    @cached_property
    def eigenvalues(self) -> Array:
        """The eigenvalues in descending order, (k,); empty if components are refused."""
        if isinstance(self.components, str):
            return np.empty(0)
        return self.components.eigenvalues["eigenvalue"].to_numpy()

    @cached_property
    def partial(self) -> pl.DataFrame | str:
        """The partial correlations of pairs of items, as `partial_correlations` returns them."""
        return self._of_matrix(partial_correlations_of)

    def rotated(self, rotation: Rotation, components: int | None = None) -> RotatedComponents | str:
        """Rotate this number of components; by default those with eigenvalues above 1."""
        return self._of_matrix(lambda matrix: rotation_of(matrix, rotation, components))

    def _of_matrix(self, compute: Callable[[ItemMatrix], T]) -> T | str:
        """Return a statistic of the covariances and correlations, or the reason why there is none."""
        matrix = self.matrix
        return matrix if isinstance(matrix, str) else _or_reason(lambda: compute(matrix))

    @cached_property
    def resamples(self) -> Resamples | None:
        """Eigenvalues and alphas of resampled tables; None if components are refused, or half of the tables are."""
        if self.refusal is not None:
            return None
        draws = affordable_draws(len(self.items))
        result = resample(self.table.to_numpy(), draws, self.seed)
        return result if result.draws >= draws / 2 else None

    @cached_property
    def thresholds(self) -> pl.DataFrame | None:
        """The eigenvalues of unrelated items: mean and 95 % quantile; None if components are refused."""
        if self.refusal is not None:
            return None
        size = len(self.items)
        return parallel_thresholds(self.units, size, draws=affordable_draws(size), seed=self.seed)

    @cached_property
    def counts(self) -> ComponentCounts | None:
        """The number of components to keep, by three rules; None if components are refused."""
        if isinstance(self.components, str) or self.thresholds is None:
            return None
        return component_counts(self.components.eigenvalues, self.thresholds)

    def eigenvalue_interval(self, place: int) -> tuple[float, float] | None:
        """Return the 5 % and the 95 % quantile of an eigenvalue of resampled tables, 0 for the largest."""
        return None if self.resamples is None else _interval(self.resamples.eigenvalues[:, place])

    @property
    def alpha_interval(self) -> tuple[float, float] | None:
        """The 5 % and the 95 % quantile of the standardised alpha of resampled tables."""
        return None if self.resamples is None else _interval(self.resamples.alphas)


def finite_values(frame: pl.DataFrame) -> Array:
    """Return the columns of a frame, (n, k), with NaN for values that are missing or not finite."""
    values = frame.select(pl.all().cast(pl.Float64)).to_numpy().reshape(frame.height, frame.width)
    return np.where(np.isfinite(values), values, np.nan)


def varying(values: Array) -> npt.NDArray[np.bool_]:
    """Return whether each column has 3 values or more, and not the same value for all units but for rounding."""
    present = ~np.isnan(values)
    high = np.where(present, values, -np.inf).max(axis=0, initial=-np.inf)
    low = np.where(present, values, np.inf).min(axis=0, initial=np.inf)
    is_filled = present.sum(axis=0) >= FEWEST_UNITS
    with np.errstate(invalid="ignore"):
        is_wide = high - low > NOISE * np.maximum(np.abs(high), np.abs(low))
    return np.asarray(is_filled & is_wide, dtype=np.bool_)


def _interval(values: Array) -> tuple[float, float]:
    low, high = np.quantile(values, (0.05, 0.95))
    return float(low), float(high)


def _or_reason(compute: Callable[[], T]) -> T | str:
    try:
        return compute()
    except DataError as error:
        return error.reason


@dataclass(frozen=True)
class Adequacy:
    """Measures of the common variance of items."""

    units: int
    """The number of units; for pairs of items with different units, the smallest number of a pair."""
    kmo: float
    """The measure of sampling adequacy of Kaiser, Meyer and Olkin, from 0 to 1."""
    chi_square: float
    """Bartlett's test of sphericity: large if the items correlate."""
    free: int
    """The degrees of freedom of the test."""
    p: float
    """The probability of so large a value if no items correlate."""
    log_determinant: float
    """The logarithm of the determinant of the correlations."""
    items: pl.DataFrame
    """`item`, its own `kmo`, and its variance inflation factor `vif`: 1 / (1 - R²) of its regression on the others."""


@names_its_arguments
def adequacy(table: pl.DataFrame, items: Sequence[str], *, missing: Missing = "refuse") -> Adequacy:
    """Measure whether items have so much variance in common that factors describe them.

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
    Adequacy
        The measure of Kaiser, Meyer and Olkin for all items and for each, Bartlett's test, and variance inflation.

    Raises
    ------
    DataError
        For missing values and constant items, if there are no more units than items, if items are linearly dependent,
        and if no item correlates with another.

    Notes
    -----
    KMO = Σ r² / (Σ r² + Σ q²) over pairs of different items, where r are correlations and q partial correlations given
    all other items; the measure of an item has the sums over its own pairs.
    χ² = -(n - 1 - (2k + 5) / 6) ln det R, with k (k - 1) / 2 degrees of freedom.

    References
    ----------
    Kaiser (1974), Psychometrika 39(1), 31-36; Bartlett (1951), Biometrika 38(3/4), 337-344; OECD/JRC (2008), Handbook
    on Constructing Composite Indicators, Box 5 and p. 67.

    Examples
    --------
    >>> table = pl.DataFrame({"income": [1, 2, 3, 4, 5, 6], "air": [2, 1, 4, 6, 3, 5], "rent": [1, 4, 2, 6, 3, 5]})
    >>> result = adequacy(table, ["income", "air", "rent"])
    >>> round(result.kmo, 3), result.free, round(result.p, 3)
    (0.72, 3, 0.309)
    """
    return adequacy_of(item_matrix(table, items, missing))


def adequacy_of(matrix: ItemMatrix) -> Adequacy:
    """Measure the adequacy of correlations: see `adequacy`."""
    items = matrix.items
    matrix.require_inverse()
    size = len(items)
    r2 = matrix.correlation**2
    q2 = partial_matrix(matrix.correlation) ** 2
    np.fill_diagonal(r2, 0.0)
    np.fill_diagonal(q2, 0.0)
    common, both = r2.sum(axis=0), (r2 + q2).sum(axis=0)
    if unrelated := np.flatnonzero(both == 0).tolist():
        raise DataError(
            f"{join_names(items[at] for at in unrelated)} correlates with no other item: KMO has no value",
            remedy="leave it out",
        )
    log_determinant = float(np.linalg.slogdet(matrix.correlation)[1])
    chi_square = -(matrix.units - 1 - (2 * size + 5) / 6) * log_determinant
    free = size * (size - 1) // 2
    inflation = np.diag(np.linalg.inv(matrix.correlation))
    frame = pl.DataFrame({"item": list(items), "kmo": common / both, "vif": inflation})
    p = chi_square_p(chi_square, free)
    return Adequacy(matrix.units, float(common.sum() / both.sum()), chi_square, free, p, log_determinant, frame)
