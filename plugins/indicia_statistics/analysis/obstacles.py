"""The obstacle degrees of indicators: their shares in the gap of a unit to the best value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.arguments import names_its_arguments
from indicia.defaults import AGGREGATION, NORMALISATION
from indicia.errors import DataError, DefinitionError
from indicia.formulas import column
from indicia.formulas.to_polars import to_polars
from indicia.methods import row_sum, where
from indicia.methods.numbers import widened

if TYPE_CHECKING:
    from indicia.result import Result


@names_its_arguments
def obstacle_degree(result: Result, *, best: float = 1.0) -> pl.DataFrame:
    """Return the share of each indicator in the weighted gaps between a unit and the best values.

    O = w (1 - z) / Σ w (1 - z), with effective weights. The shares of a unit sum to 1 over the indicators that it has;
    they are 0 for a unit without gaps. In a dimension in which less is better, 0 is the best, `best` is the worst, and
    the gap is z.

    Source: Lei, Qiu & Liu (2016), Transactions of the Chinese Society of Agricultural Engineering 32(13).

    Parameters
    ----------
    result : Result
        The scores of a run.
    best : float, default 1
        The best normalised value; 0 is the worst.

    Returns
    -------
    polars.DataFrame
        A row for each unit and a column for each indicator, shares from 0 to 1.

    Raises
    ------
    DataError
        For normalised values that are not from 0 to `best`.
    DefinitionError
        If the aggregation uses costs without reversing them.

    Examples
    --------
    >>> import indicia
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 0.0], "air": [2.0, 1.0, 0.0]})
    >>> obstacle_degree(indicia.score(table, weighting="equal")).rows()
    [('Lima', 1.0, 0.0), ('Oslo', 0.0, 1.0), ('Pune', 0.5, 0.5)]
    """
    for node in result.scored.tree.nodes():
        if not node.aggregation.oriented:
            raise DefinitionError(
                f"obstacle degrees need larger values to be better; {node.aggregation.name} does not reverse costs",
                remedy=f"choose another aggregation, such as {AGGREGATION}",
            )
    weights = _weights(result)
    best = float(best)
    for name in weights:
        values = result.normalised[name]
        if not values.is_between(*widened(0, best)).all():
            raise DataError(
                f"obstacle degrees need normalised values from 0 to {best:g}, unlike {name}",
                remedy=f'normalisation = "{NORMALISATION}", or pass the best value: obstacle_degree(result, best=100)',
            )
    harms = result.scored.tree.harms
    distance = {name: pl.col(name) if name in harms else best - pl.col(name) for name in weights}
    gaps = result.normalised.with_columns(
        (weight * distance[name].clip(0)).alias(name) for name, weight in weights.items()
    )
    total = row_sum(map(column, weights))
    shares = {name: column(name) / where(total > 0, total, 1.0) for name in weights}
    return gaps.with_columns(to_polars(share.node).alias(name) for name, share in shares.items())


def _weights(result: Result) -> dict[str, float | pl.Expr]:
    """Return the effective weight of each indicator, as a column if weights differ between rows."""
    table = result.weights.filter(pl.col("id").is_in(result.scored.tree.indicators))
    table = table.unique([*table.columns[: table.columns.index("id")], "id"], maintain_order=True)
    key = table.columns[: table.columns.index("id")]
    if not key:
        return dict(table.select("id", "effective").iter_rows())
    wide = table.pivot("id", index=key, values="effective")
    row_weights = result.normalised.select(key).join(wide, on=key, how="left", maintain_order="left")
    return {column.name: pl.lit(column) for column in row_weights.drop(key)}
