"""Bootstrap of correlations: eigenvalues and Cronbach's alpha of tables whose units are drawn with replacement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from indicia.statistics.noise import NOISE

if TYPE_CHECKING:
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
