"""Correlations of pairs of items, with the probability of a correlation at least as large between unrelated items."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.methods.noise import without_noise
from indicia.methods.probabilities import correlation_p, normal_p
from indicia_statistics.reliability import (
    FEWEST_UNITS,
    ItemMatrix,
    Missing,
    item_matrix,
    item_values,
    pairwise,
    upper_pairs,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.methods import Array

Coefficient: TypeAlias = Literal["pearson_r", "spearman_rho", "kendall_tau_b"]
_SORTED = 1000
"""Above this number of units, sorting the units of each pair takes less time than comparing all pairs of units."""
_CELLS = 1 << 18
"""The largest number of compared values in a batch."""
_KINDS = {"a": pl.String, "b": pl.String, "units": pl.Int64, "r": pl.Float64, "p": pl.Float64}


@names_its_arguments
def correlations(
    table: pl.DataFrame,
    items: Sequence[str],
    others: Sequence[str] | None = None,
    *,
    coefficient: Coefficient = "pearson_r",
) -> pl.DataFrame:
    """Correlate every pair of items, or every item with every column of `others`.

    Parameters
    ----------
    table : polars.DataFrame
        Units in rows.
    items : sequence of str
        Columns of numbers.
    others : sequence of str, optional
        Columns of numbers. By default, each pair of items occurs once.
    coefficient : "pearson_r", "spearman_rho" or "kendall_tau_b", default "pearson_r"
        Pearson's r; Spearman's ρ, which is r of the ranks, ties at their mean; or Kendall's τ_b = (C - D) / √((N -
        T_a)(N - T_b)), where C and D count concordant and discordant pairs of units, N counts all pairs, and T_a and
        T_b count ties.

    Returns
    -------
    polars.DataFrame
        `a`, `b`, the number of `units` that have both, `r` and its two-sided `p`. r is missing for a pair with fewer
        than 3 such units, or with a constant among them.

    Raises
    ------
    DataError
        For items without numbers, with fewer than 3 values, or with a single value for all units.

    Notes
    -----
    p is of Student's t with n - 2 degrees of freedom, for Kendall of the normal approximation with ties.

    References
    ----------
    Kendall (1970), Rank Correlation Methods, 4th edition, chapters 3 and 4.

    Examples
    --------
    >>> table = pl.DataFrame({"income": [1, 2, 3, 4], "air": [2, 1, 4, 3], "rent": [1, 3, 2, 4]})
    >>> correlations(table, ["income"], ["air", "rent"], coefficient="kendall_tau_b").select("b", "r").rows()
    [('air', 0.3333333333333333), ('rent', 0.6666666666666666)]
    """
    names = list(dict.fromkeys([*items, *(others or ())]))
    for columns in (items, others):
        if columns is not None:
            item_values(table, columns, fewest_items=2 if others is None else 1)
    values = item_values(table, names, fewest_items=1)
    place = {name: at for at, name in enumerate(names)}
    if others is None:
        pairs = upper_pairs(len(names))
    else:
        pairs = [(place[first], place[second]) for first in items for second in others]
    rows = {"pearson_r": _pearson, "spearman_rho": _spearman, "kendall_tau_b": _kendall}[coefficient](values, pairs)
    named = [(names[at], names[beside], *row) for (at, beside), row in zip(pairs, rows, strict=True)]
    return pl.DataFrame(named, schema=_KINDS, orient="row")


@names_its_arguments
def partial_correlations(table: pl.DataFrame, items: Sequence[str], *, missing: Missing = "refuse") -> pl.DataFrame:
    """Correlate every pair of items after regression of both on all other items.

    Parameters
    ----------
    table, items
        As in `correlations`.
    missing : "refuse", "complete" or "pairwise", default "refuse"
        Refuse missing values, take units with every item, or correlate each pair over the units that have both.

    Returns
    -------
    polars.DataFrame
        `a`, `b`, Pearson's `r`, the `partial` correlation, and its two-sided `p` with n - k degrees of freedom.

    Raises
    ------
    DataError
        As `correlations`, and if there are no more units than items, or if items are linearly dependent.

    Notes
    -----
    The partial correlation is -S_ij / √(S_ii S_jj), where S is the inverse of the correlation matrix.

    References
    ----------
    Whittaker (1990), Graphical Models in Applied Multivariate Statistics, section 5.7.

    Examples
    --------
    >>> table = pl.DataFrame({"income": [1, 2, 3, 4, 6], "air": [2, 1, 4, 3, 5], "rent": [1, 3, 2, 4, 4]})
    >>> partial_correlations(table, ["income", "air", "rent"])["partial"].round(3).to_list()
    [0.978, 0.977, -0.939]
    """
    return partial_correlations_of(item_matrix(table, items, missing))


def partial_correlations_of(matrix: ItemMatrix) -> pl.DataFrame:
    """Return partial correlations from correlations: see `partial_correlations`."""
    items = matrix.items
    matrix.require_inverse()
    partial = partial_matrix(matrix.correlation)
    first, second = np.triu_indices(len(items), 1)
    columns = {
        "a": [items[at] for at in first.tolist()],
        "b": [items[at] for at in second.tolist()],
        "r": matrix.correlation[first, second],
        "partial": partial[first, second],
        "p": correlation_p(partial[first, second], matrix.units - len(items)),
    }
    return pl.DataFrame(columns)


def partial_matrix(correlation: Array) -> Array:
    """Return the correlation of each pair of items given all others, shape (k, k), with 1 in the diagonal."""
    inverse = np.linalg.inv(correlation)
    length = np.sqrt(np.diag(inverse))
    partial: Array = -inverse / np.outer(length, length)
    np.fill_diagonal(partial, 1.0)
    return partial


_Row: TypeAlias = "tuple[int, float | None, float | None]"


def _pearson(values: Array, pairs: Sequence[tuple[int, int]]) -> list[_Row]:
    units, _, correlation = pairwise(values)
    first, second = np.array(pairs).T
    return _with_t(units[first, second], correlation[first, second])


def _spearman(values: Array, pairs: Sequence[tuple[int, int]]) -> list[_Row]:
    present = ~np.isnan(values)
    units, _, correlation = pairwise(column_ranks(values, "average"))
    for a, b in {(min(pair), max(pair)) for pair in pairs}:
        both = present[:, a] & present[:, b]
        if both.sum() < max(present[:, a].sum(), present[:, b].sum()) and both.sum() >= FEWEST_UNITS:
            _, _, of_both = pairwise(column_ranks(values[both][:, [a, b]], "average"))  # ranks among the units of both
            correlation[a, b] = correlation[b, a] = of_both[0, 1]
    first, second = np.array(pairs).T
    return _with_t(units[first, second], correlation[first, second])


def _with_t(units: Array, r: Array) -> list[_Row]:
    p = correlation_p(r, units - 2)
    rows = zip(units.tolist(), r.tolist(), p.tolist(), strict=True)
    return [(int(n), _or_none(value), _or_none(probability)) for n, value, probability in rows]


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value


def column_ranks(values: Array, ties: Literal["average", "dense"]) -> Array:
    """Return the ranks of each column; values that differ by rounding noise tie, and NaN stays."""
    columns = [without_noise(pl.Series(column).fill_nan(None)).rank(ties) for column in values.T]
    return np.column_stack([column.cast(pl.Float64).to_numpy() for column in columns])


def _kendall(values: Array, pairs: Sequence[tuple[int, int]]) -> list[_Row]:
    ranks = column_ranks(values, "dense")
    excess = _excess_by_pairs(ranks, pairs) if len(ranks) > _SORTED else _concordant_minus_discordant(ranks)
    present = ~np.isnan(ranks)
    ties = [_Ties.of(column) for column in ranks.T]
    rows: list[_Row] = []
    for a, b in pairs:
        both = present[:, a] & present[:, b]
        first = ties[a] if both.sum() == present[:, a].sum() else _Ties.of(ranks[both, a])
        second = ties[b] if both.sum() == present[:, b].sum() else _Ties.of(ranks[both, b])
        rows.append(_tau(float(excess[a, b]), int(both.sum()), first, second))
    return rows


def _excess_by_pairs(ranks: Array, pairs: Sequence[tuple[int, int]]) -> Array:
    """Count the concordant minus the discordant pairs of units of some pairs of columns, shape (k, k)."""
    excess = np.zeros((ranks.shape[1], ranks.shape[1]))
    for a, b in pairs:
        both = ~np.isnan(ranks[:, a]) & ~np.isnan(ranks[:, b])
        excess[a, b] = concordant_minus_discordant(ranks[both, a], ranks[both, b])
    return excess


def _concordant_minus_discordant(ranks: Array) -> Array:
    """Count pairs of units, shape (k, k): concordant minus discordant."""
    height, width = ranks.shape
    batch = max(1, _CELLS // (height * width))
    total = np.zeros((width, width))
    exact = ranks.astype(np.float32)  # whole numbers: the counts of a batch are below 2^24
    for start in range(0, height, batch):
        block, later = exact[start : start + batch], exact[start + batch :]
        total += _products(block, block) / 2 + _products(block, later)  # pairs inside the block are counted twice
    return total


def _products(block: npt.NDArray[np.float32], others: npt.NDArray[np.float32]) -> Array:
    """Sum the products of the signs of differences over pairs of rows, shape (k, k); a missing value has no sign."""
    sign = np.sign(block[:, None] - others[None]).reshape(-1, block.shape[1])
    np.copyto(sign, 0.0, where=np.isnan(sign))
    return np.asarray(sign.T @ sign, dtype=np.float64)


class _Ties:
    """Sums over groups of t tied values, for Kendall's τ_b and its variance."""

    def __init__(self, sizes: Array) -> None:
        tied = sizes * (sizes - 1)
        self.pairs = float(tied.sum()) / 2
        self.triples = float((tied * (sizes - 2)).sum())
        self.variance = float((tied * (2 * sizes + 5)).sum())

    @classmethod
    def of(cls, ranks: Array) -> _Ties:
        return cls(np.unique(ranks[~np.isnan(ranks)], return_counts=True)[1].astype(np.float64))


def _tau(excess: float, units: int, first: _Ties, second: _Ties) -> _Row:
    ordered = units * (units - 1)
    untied = (ordered / 2 - first.pairs) * (ordered / 2 - second.pairs)
    if units < FEWEST_UNITS or untied <= 0:
        return units, None, None
    variance = (ordered * (2 * units + 5) - first.variance - second.variance) / 18
    variance += 2 * first.pairs * second.pairs / ordered
    variance += first.triples * second.triples / (9 * ordered * (units - 2))
    return units, max(-1.0, min(1.0, excess / math.sqrt(untied))), normal_p(excess / math.sqrt(variance))


def concordant_minus_discordant(first: Array, second: Array) -> float:
    """Count pairs of units with the same order in both columns, minus pairs with opposite orders.

    Parameters
    ----------
    first, second : array, (units,)
        Dense ranks of units that have both. The time is in proportion to n log² n.

    References
    ----------
    Knight (1966), Journal of the American Statistical Association 61(314).

    Examples
    --------
    >>> concordant_minus_discordant(np.array([1.0, 2.0, 3.0, 3.0]), np.array([1.0, 3.0, 2.0, 4.0]))
    3.0
    """
    n = len(first)
    order = np.lexsort((second, first))
    x, y = first[order].astype(np.int64), second[order].astype(np.int64)
    new_x = x[1:] != x[:-1]
    tied_first, tied_second = _tied_pairs(new_x), _tied_pairs(np.diff(np.sort(y)) != 0)
    tied_both = _tied_pairs(new_x | (y[1:] != y[:-1]))
    untied = n * (n - 1) / 2 - tied_first - tied_second + tied_both
    return untied - 2 * _inversions(y)


def _tied_pairs(is_new: npt.NDArray[np.bool_]) -> float:
    """Count the pairs of equal values in sorted rows; `is_new` is true where a row differs from the row before."""
    sizes = np.diff(np.flatnonzero(np.concatenate(([True], is_new, [True]))))
    return float((sizes * (sizes - 1) // 2).sum())


def _inversions(numbers: npt.NDArray[Any]) -> float:
    """Count the pairs in which a larger number precedes a smaller one, bit by bit, the highest bit first."""
    inversions = 0
    for bit in reversed(range(int(numbers.max(initial=0)).bit_length())):
        # numbers are sorted by their higher bits; where these are equal, a 1 before a 0 is an inversion
        bits = numbers >> bit & 1
        ones = bits.cumsum()
        higher = numbers >> bit + 1
        begins = np.concatenate(([True], higher[1:] != higher[:-1]))
        earlier = np.maximum.accumulate(np.where(begins, ones - bits, 0))
        inversions += int(((ones - earlier) * (1 - bits)).sum())
        numbers = numbers[np.argsort(numbers >> bit, kind="stable")]
    return float(inversions)
