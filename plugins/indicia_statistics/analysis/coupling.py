"""The coupling coordination degree of the dimensions of a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from operator import mul

import polars as pl

from indicia.arguments import names_its_arguments
from indicia.defaults import NORMALISATION
from indicia.errors import DataError, require_columns
from indicia.formulas import Expression, column
from indicia.formulas.to_polars import to_polars
from indicia.methods import row_max, row_product, row_sum
from indicia.methods.numbers import widened


@names_its_arguments
def coupling_coordination(
    scores: pl.DataFrame, dimensions: Mapping[str, float] | Sequence[str], *, adjusted: bool = False
) -> pl.DataFrame:
    """Add `coupling` C, `coordination` T and `degree` D = √(C T) of two dimensions or more.

    T is the weighted mean, and C = k (Π U)^(1/k) / Σ U. Values of this C are close to 1; `adjusted` computes C = √((1 -
    mean of |U_i - U_j| over pairs) (Π U_i / max U)^(1/(k-1))). A unit with 0 in all dimensions has degree 0 and no
    coupling; a unit that lacks a dimension has none of the three.

    Source: Liao (1999), Tropical Geography 19(2); for `adjusted` Wang, Kong, Ren, Zhi & Dai (2021), Journal of Natural
    Resources 36(3).

    Parameters
    ----------
    scores : polars.DataFrame
        The units, and the scores of dimensions from 0 to 1.
    dimensions : mapping of str to float, or sequence of str
        The columns of dimensions with weights, which are scaled to sum 1, or with equal weights.
    adjusted : bool, default False
        True for the adjusted coupling.

    Returns
    -------
    polars.DataFrame
        `scores` with three further columns, 0 to 1.

    Raises
    ------
    UnknownColumn
        If a column is not in the table.
    DataError
        If a value is not from 0 to 1, apart from rounding errors.

    Examples
    --------
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo"], "growth": [0.2, 0.5], "nature": [0.8, 0.5]})
    >>> coupling_coordination(table, ["growth", "nature"])["degree"].round(3).to_list()
    [0.632, 0.707]
    """
    weights = dict(dimensions) if isinstance(dimensions, Mapping) else dict.fromkeys(dimensions, 1.0)
    _check(scores, weights)
    u = [column(name).clip(0.0, 1.0) for name in weights]
    shares = [weight / sum(weights.values()) for weight in weights.values()]
    coordination = to_polars(row_sum(map(mul, u, shares)).node).clip(upper_bound=1.0)
    coupling = to_polars((_adjusted(u) if adjusted else _coupling(u)).node).clip(upper_bound=1.0)
    any_positive = pl.any_horizontal(pl.col(name) > 0 for name in weights)
    complete = pl.all_horizontal(pl.col(name).is_not_null() for name in weights)
    return scores.with_columns(
        coupling=pl.when(complete & any_positive).then(coupling),
        coordination=pl.when(complete).then(coordination),
        degree=pl.when(complete).then(pl.when(any_positive).then((coupling * coordination).sqrt()).otherwise(0.0)),
    )


def _coupling(u: list[Expression]) -> Expression:
    return len(u) * row_product(score ** (1 / len(u)) for score in u) / row_sum(u)


def _adjusted(u: list[Expression]) -> Expression:
    pairs = list(combinations(u, 2))
    distance = row_sum((score - other).abs() for score, other in pairs) / len(pairs)
    evenness = row_product((score / row_max(u)) ** (1 / (len(u) - 1)) for score in u)
    return ((1 - distance) * evenness).sqrt()


def _check(scores: pl.DataFrame, weights: Mapping[str, float]) -> None:
    if len(weights) < 2:
        raise DataError("coupling needs two dimensions or more", remedy="name them: dimensions=[…]")
    if not (min(weights.values()) >= 0 and 0 < sum(weights.values()) < float("inf")):
        raise DataError(
            "the weights of dimensions are numbers from 0 up, not all 0",
            remedy="such as dimensions={'growth': 1, 'nature': 1}",
        )
    require_columns(scores, weights)
    for name in weights:
        column = scores[name]
        if not (column.dtype.is_numeric() and column.is_between(*widened(0, 1)).all()):
            raise DataError(
                f"coupling needs dimensions from 0 to 1, unlike {name}",
                remedy=f"divide by the best possible score, or normalise by {NORMALISATION}",
            )
