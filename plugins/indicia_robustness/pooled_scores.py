"""Scores and variances that Rubin's rules pool over several imputations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.data import with_figures
from indicia.definition import ROOT
from indicia.methods.numbers import seed_of_imputation
from indicia_robustness.baseline import Baseline, ranks_of
from indicia_robustness.rank_distribution import rank_statistics

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array

    Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Pooled:
    """Estimates that are pooled over m imputations; arrays have the shape (n,)."""

    mean: Array
    """The mean over the imputations."""
    within: Array
    """The mean of the variances within an imputation."""
    between: Array
    """The variance between the imputations, with the divisor m - 1."""
    total: Array
    """The variance of the pooled estimate."""
    share: Array
    """The share of the total variance that is due to missing values; NaN without variance."""
    freedom: Array
    """The degrees of freedom of the t distribution of the pooled estimate; NaN without variance between imputations."""


def pool(estimates: Array, variances: Array) -> Pooled:
    """Pool estimates and their variances, (m, n), by Rubin's rules.

    Source: Rubin (1987), Multiple Imputation for Nonresponse in Surveys, section 3.1.

    >>> pooled = pool(np.array([[9.0], [10.0], [11.0]]), np.array([[1.0], [2.0], [3.0]]))
    >>> [float(figure.item()) for figure in (pooled.mean, pooled.within, pooled.between, pooled.total.round(4))]
    [10.0, 2.0, 1.0, 3.3333]
    """
    count = len(estimates)
    within, between = variances.mean(axis=0), estimates.var(axis=0, ddof=1)
    missing = (1 + 1 / count) * between
    total = within + missing
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total > 0, missing / total, np.nan)
        freedom = np.where(between > 0, (count - 1) / share**2, np.nan)
    return Pooled(estimates.mean(axis=0), within, between, total, share, freedom)


def pool_draws(scores: Array, imputations: Integers) -> Pooled:
    """Pool the scores of draws, (draws, n); `imputations` has the number of the imputation of each draw.

    The variance within an imputation is that of the scores of its draws: of the weights, methods and errors that vary
    too. It is 0 if each imputation has one draw.
    """
    by_imputation = [scores[imputations == number] for number in np.unique(imputations)]
    estimates = np.array([of_one.mean(axis=0) for of_one in by_imputation])
    variances = np.array(
        [of_one.var(axis=0, ddof=1) if len(of_one) > 1 else np.zeros(of_one.shape[1]) for of_one in by_imputation]
    )
    return pool(estimates, variances)


def pooled_scores(baseline: Baseline, ranks: Array, scores: Array, imputations: Integers) -> pl.DataFrame:
    """Return the pooled score of each unit, with its variances and the interval of its ranks.

    `ranks` and `scores` (draws, units) are those of the free draws, and `imputations` (draws,) the numbers of their
    imputations.
    """
    pooled = pool_draws(scores, imputations)
    eligible = np.where(baseline.eligible, pooled.mean, np.nan)
    statistics = rank_statistics(ranks)
    figures = {
        "pooled_score": pooled.mean,
        "pooled_rank": ranks_of(baseline.definition, baseline.nominal, eligible[None])[0].astype(float),
        "lower": statistics.lower,
        "upper": statistics.upper,
        "within": pooled.within,
        "between": pooled.between,
        "total": pooled.total,
        "share": pooled.share,
        "freedom": pooled.freedom,
    }
    rows = pl.Series(baseline.rows)
    nominal = [
        baseline.nominal.rank.filter(rows).alias("rank"),
        baseline.nominal.ranked[ROOT].filter(rows).alias("score"),
    ]
    columns = [*nominal, *(pl.Series(name, values, nan_to_null=True) for name, values in figures.items())]
    return with_figures(baseline.labelled_units, columns).sort("pooled_rank", baseline.unit, nulls_last=True)


def table_of_imputations(seed: int, imputations: Integers) -> pl.DataFrame:
    """Return the number of each imputation, the seed with which a run imputes the same, and its number of draws."""
    numbers, counts = np.unique(imputations, return_counts=True)
    seeds = [seed_of_imputation(seed, int(number) + 1) for number in numbers]
    return pl.DataFrame({"imputation": numbers + 1, "seed": seeds, "draws": counts.astype(np.int64)})
