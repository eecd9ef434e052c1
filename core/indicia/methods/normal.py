"""Quantiles of the standard normal distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.formulas.expression import Symbol
from indicia.formulas.normal import quantiles

if TYPE_CHECKING:
    import polars as pl

    from indicia.methods.contract import Array, Expression


def normal_quantile(beyond: Expression) -> Expression:
    """Take row by row the quantile of the standard normal distribution at the probability 1/2 + `beyond`.

    What lies beyond one half keeps its digits near the median, where the quantile is zero.
    """
    if isinstance(beyond, Symbol):
        return beyond.normal_quantile()  # type: ignore[no-any-return]

    def numbers(column: pl.Series) -> Array:
        return quantiles(column.to_numpy())

    return beyond.map_batches(numbers, return_dtype=float, is_elementwise=True)  # type: ignore[arg-type]
