"""The same jobs written by hand, in polars and in NumPy, without a check: ranks with ties as Indicia gives them."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl


def _ranked(score: pl.Expr, *, best_is_low: bool = False) -> tuple[pl.Expr, pl.Expr]:
    return score.alias("score"), score.rank("min", descending=not best_is_low).cast(pl.Int64).alias("rank")


def entropy_arithmetic(table: pl.DataFrame, *, streaming: bool = False, same_formula: bool = False) -> pl.DataFrame:
    """Rank by min_max, entropy and arithmetic, in one query for the weights and one for the scores.

    Papers add up p ln p. With the `same_formula` as the method, which keeps its digits where values hardly differ,
    logarithms take two to three times as long.
    """
    names = table.columns[1:]
    scaled = table.lazy().select(
        "unit", *((pl.col(x) - pl.col(x).min()) / (pl.col(x).max() - pl.col(x).min()) for x in names)
    )

    def divergence(z: pl.Expr) -> pl.Expr:
        if same_formula:
            off = z - z.mean()
            uneven = pl.when(z <= 0).then(z.mean()).otherwise(z * (off / z.mean()).log1p() - off).sum()
            return uneven / (z.mean() * len(table) * float(np.log(len(table))))
        share = z / z.sum()
        return 1 + pl.when(share > 0).then(share * share.log()).otherwise(0.0).sum() / float(np.log(len(table)))

    engine: Any = "streaming" if streaming else "in-memory"
    if not streaming:
        scaled = scaled.collect().lazy()
    weights = scaled.select(divergence(pl.col(x)).alias(x) for x in names).collect(engine=engine).row(0)
    score = pl.sum_horizontal(pl.col(x) * (w / sum(weights)) for x, w in zip(names, weights, strict=True))
    query = scaled.select("unit", score.alias("score")).with_columns(_ranked(pl.col("score")))
    return query.collect(engine=engine)


def topsis(table: pl.DataFrame) -> pl.DataFrame:
    """Rank by TOPSIS of vector-normalised values, weighted equally."""
    names = table.columns[1:]
    scaled = table.select("unit", *(pl.col(x) / (pl.col(x) ** 2).sum().sqrt() / len(names) for x in names))
    to_best = pl.sum_horizontal((pl.col(x).max() - pl.col(x)) ** 2 for x in names).sqrt()
    to_worst = pl.sum_horizontal((pl.col(x) - pl.col(x).min()) ** 2 for x in names).sqrt()
    distances = scaled.select("unit", to_best.alias("best"), to_worst.alias("worst"))
    scores = distances.select("unit", score=pl.col("worst") / (pl.col("best") + pl.col("worst")))
    return scores.with_columns(_ranked(pl.col("score")))


def vikor(table: pl.DataFrame) -> pl.DataFrame:
    """Rank by VIKOR with v = 0.5, weighted equally."""
    names = table.columns[1:]
    regrets = [(pl.col(x).max() - pl.col(x)) / (pl.col(x).max() - pl.col(x).min()) / len(names) for x in names]
    regret = table.select("unit", s=pl.sum_horizontal(regrets), r=pl.max_horizontal(regrets))

    def scaled(x: pl.Expr) -> pl.Expr:
        return (x - x.min()) / (x.max() - x.min())

    q = 0.5 * scaled(pl.col("s")) + 0.5 * scaled(pl.col("r"))
    return regret.select("unit", score=q).with_columns(_ranked(pl.col("score"), best_is_low=True))


def critic(table: pl.DataFrame) -> object:
    """Weigh by CRITIC of min-max values and rank by the weighted mean; correlations by NumPy."""
    names = table.columns[1:]
    scaled = table.select((pl.col(x) - pl.col(x).min()) / (pl.col(x).max() - pl.col(x).min()) for x in names)
    conflict = (1 - np.corrcoef(scaled.to_numpy(), rowvar=False)).sum(axis=0)
    weights = np.array(scaled.select(pl.all().std()).row(0)) * conflict
    weights = weights / weights.sum()
    score = pl.sum_horizontal(pl.col(x) * w for x, w in zip(names, weights, strict=True))
    return scaled.select(score=score).with_columns(_ranked(pl.col("score")))


def entropy_arithmetic_in_numpy(x: Any) -> Any:
    """Do as `entropy_arithmetic` on a matrix; ties get different ranks."""
    z = (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))
    p = z / z.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        divergence = 1 + np.nan_to_num(p * np.log(p)).sum(axis=0) / np.log(len(x))
    scores = z @ (divergence / divergence.sum())
    return (-scores).argsort().argsort() + 1
