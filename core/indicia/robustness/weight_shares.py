"""Weights under partial information: draws, and exact results for scores that are weighted sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import polars as pl

from indicia.data import with_figures
from indicia.errors import DataError, DefinitionError, join_names, require_columns, suggest
from indicia.limits import DRAWS
from indicia.weight_regions import RegionDraws, WeightRegion, read_constraints
from indicia.weight_regions.bounds import weights_when_first
from indicia.weight_regions.shares import first_shares, order_shares, pairwise_shares, rank_shares

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indicia.methods import Array

Metaweights: TypeAlias = Literal["centroid", "linear", "inverse"]
"""The worth of ranks in a holistic acceptability."""
METAWEIGHTS: tuple[Metaweights, ...] = ("centroid", "linear", "inverse")


def weight_draws(
    parts: Sequence[str], constraints: str | Iterable[str] = (), *, draws: int = 10_000, seed: int = 1
) -> pl.DataFrame:
    """Draw weights that satisfy constraints, uniformly among all such weights that sum to 1.

    Source: Tervonen, van Valkenhoef, Baştürk & Postmus (2013), European Journal of Operational Research 224(3), for
    draws by hit-and-run, where no closed form exists.

    Parameters
    ----------
    parts : sequence of str
        The names of the weights.
    constraints : str or iterable of str, default ()
        Comparisons such as "health >= 2 income", as in `[robustness] weights` of an index file.
    draws : int, default 10_000
        The number of draws.
    seed : int, default 1
        The seed of the random numbers.

    Returns
    -------
    polars.DataFrame
        A row for each draw, and a column for each part.

    Raises
    ------
    DefinitionError
        For constraints that no weights satisfy, that exclude none, or that name other parts.
    MissingDependency
        Without scipy, if there are constraints.

    Examples
    --------
    >>> weight_draws(["a", "b", "c"], "a >= b >= c", draws=5000).mean().row(0)  # doctest: +ELLIPSIS
    (0.61..., 0.27..., 0.11...)
    """
    if draws < 1:
        raise DefinitionError(f"the number of draws is {draws}, and must be 1 or more", remedy="draws = 1_000")
    if excess := DRAWS.excess(draws):
        raise DefinitionError(excess, remedy=DRAWS.remedy(draws))
    drawn = RegionDraws(_region(parts, constraints)).draw(draws, np.random.default_rng(seed))
    return pl.DataFrame(dict(zip(parts, drawn.T, strict=True)))


def exact_acceptability(values: pl.DataFrame, unit: str, constraints: str | Iterable[str] = ()) -> pl.DataFrame:
    """Return the share of all weights with which a unit has each rank, without draws.

    The score of a unit is the weighted sum of its values, and larger scores are better. Units that tie for all weights
    share the lowest of their ranks.

    Source: Lahdelma & Salminen (2001), Operations Research 49(3).

    Parameters
    ----------
    values : polars.DataFrame
        The normalised values: a row for each unit, a column of names, and a column of numbers for each of up to seven
        components.
    unit : str
        The column of names.
    constraints : str or iterable of str, default ()
        Comparisons of the weights, such as "health >= 2 income"; by default all weights that sum to 1 are possible.

    Returns
    -------
    polars.DataFrame
        A row for each unit, and a column for each rank.

    Raises
    ------
    DataError
        If a value is missing.
    DefinitionError
        For constraints that no weights satisfy.
    IndiciaError
        For too many components, or for so many units that the weights have too many parts.

    Examples
    --------
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo"], "income": [1.0, 0.0], "air": [0.0, 1.0]})
    >>> exact_acceptability(table, "city").rows()
    [('Lima', 0.5, 0.5), ('Oslo', 0.5, 0.5)]
    >>> exact_acceptability(table, "city", "income >= 2 air").row(0)
    ('Lima', 1.0, 0.0)
    """
    names, scores, region = _subject(values, unit, constraints)
    return acceptability_frame(names, scores, region)


def exact_pairwise(values: pl.DataFrame, unit: str, constraints: str | Iterable[str] = ()) -> pl.DataFrame:
    """Return the share of all weights with which the unit of the row is ahead of that of the column, without draws.

    Ties count half. The arguments are those of `exact_acceptability`.

    Parameters
    ----------
    values : polars.DataFrame
        The normalised values, with a row for each unit.
    unit : str
        The column of names.
    constraints : str or iterable of str, default ()
        Comparisons of the weights.

    Returns
    -------
    polars.DataFrame
        A row and a column for each unit.

    Raises
    ------
    IndiciaError
        As for `exact_acceptability`.

    Examples
    --------
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo"], "income": [1.0, 0.0], "air": [0.0, 1.0]})
    >>> exact_pairwise(table, "city").rows()
    [('Lima', 0.5, 0.5), ('Oslo', 0.5, 0.5)]
    """
    names, scores, region = _subject(values, unit, constraints)
    return pairwise_frame(names, scores, region)


def exact_central_weights(values: pl.DataFrame, unit: str, constraints: str | Iterable[str] = ()) -> pl.DataFrame:
    """Return the share of all weights with which a unit is first, and the centroid of these weights, without draws.

    The arguments are those of `exact_acceptability`.

    Source: Lahdelma & Salminen (2001), Operations Research 49(3).

    Parameters
    ----------
    values : polars.DataFrame
        The normalised values, with a row for each unit.
    unit : str
        The column of names.
    constraints : str or iterable of str, default ()
        Comparisons of the weights.

    Returns
    -------
    polars.DataFrame
        A row for each unit, ordered by `first`, the share; `mean_rank`; and a column of weights for each component, no
        value for a unit that is never first.

    Raises
    ------
    IndiciaError
        As for `exact_acceptability`; the number of units is not limited.

    Examples
    --------
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo"], "income": [1.0, 0.0], "air": [0.0, 1.0]})
    >>> exact_central_weights(table, "city").row(0)
    ('Lima', 0.5, 1.5, 0.75, 0.25)
    """
    names, scores, region = _subject(values, unit, constraints)
    return central_frame(names, scores, region)


def weight_bounds(values: pl.DataFrame, unit: str, constraints: str | Iterable[str] = ()) -> pl.DataFrame:
    """Return the smallest and the largest weight of each component with which a unit can be first, for any number.

    Linear programmes find them. The arguments are those of `exact_acceptability`.

    Parameters
    ----------
    values : polars.DataFrame
        The normalised values, with a row for each unit.
    unit : str
        The column of names.
    constraints : str or iterable of str, default ()
        Comparisons of the weights.

    Returns
    -------
    polars.DataFrame
        A row for each unit and component, with `lower` and `upper`. Units that can never be first are last, and have no
        values.

    Raises
    ------
    DataError
        If a value is missing.
    DefinitionError
        For constraints that no weights satisfy.
    MissingDependency
        Without scipy.

    Examples
    --------
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo"], "income": [1.0, 0.0], "air": [0.0, 1.0]})
    >>> weight_bounds(table, "city").filter(city="Lima").rows()
    [('Lima', 'income', 0.5, 1.0), ('Lima', 'air', 0.0, 0.5)]
    """
    names, scores, region = _subject(values, unit, constraints)
    return bounds_frame(names, scores, region)


def weight_orders(values: pl.DataFrame, unit: str, constraints: str | Iterable[str] = ()) -> pl.DataFrame:
    """Return the orders of the components by weight with which a unit can be first, without draws.

    The arguments are those of `exact_acceptability`.

    Source: Lahdelma, Miettinen & Salminen (2003), European Journal of Operational Research 147(1), for weights of which
    the order is known.

    Parameters
    ----------
    values : polars.DataFrame
        The normalised values, with a row for each unit.
    unit : str
        The column of names.
    constraints : str or iterable of str, default ()
        Comparisons of the weights.

    Returns
    -------
    polars.DataFrame
        A row for each unit and order, such as "air > income", with `share`: the share of all weights in this order with
        which the unit is first. 1 means that the unit is first with every weight in this order.

    Raises
    ------
    IndiciaError
        As for `exact_acceptability`.

    Examples
    --------
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo"], "income": [1.0, 0.0], "air": [0.0, 1.0]})
    >>> weight_orders(table, "city").rows()
    [('Lima', 'income > air', 1.0), ('Oslo', 'air > income', 1.0)]
    """
    names, scores, region = _subject(values, unit, constraints)
    return orders_frame(names, scores, region)


def holistic_acceptability(acceptability: pl.DataFrame, unit: str, metaweights: Metaweights = "centroid") -> pl.Series:
    """Return the holistic acceptability of units: the sum over ranks of acceptability times the worth of the rank.

    The worth of rank r of n is Σ_{i ≥ r} 1 / i divided by Σ_i 1 / i ("centroid"), (n - r) / (n - 1) ("linear"), or
    1 / r ("inverse"), so that the first rank is worth 1.

    Source: Lahdelma & Salminen (2001), Operations Research 49(3).

    Parameters
    ----------
    acceptability : polars.DataFrame
        The share of weights with which a unit has each rank: a row for each unit, and columns of the ranks in order.
    unit : str
        The column of names.
    metaweights : {"centroid", "linear", "inverse"}, default "centroid"
        The worth of ranks.

    Returns
    -------
    polars.Series
        A number from 0 to 1 for each unit.

    Raises
    ------
    DefinitionError
        For unknown metaweights.

    Examples
    --------
    >>> shares = pl.DataFrame({"city": ["Lima", "Oslo"], "1": [0.25, 0.75], "2": [0.75, 0.25]})
    >>> holistic_acceptability(shares, "city").round(3).to_list()
    [0.5, 0.833]
    """
    require_columns(acceptability, [unit])
    shares = acceptability.drop(unit).to_numpy()
    return pl.Series(metaweights, np.einsum("ur,r->u", shares, worth_of_ranks(shares.shape[1], metaweights)))


def worth_of_ranks(count: int, metaweights: Metaweights) -> Array:
    """Return the worth of each rank, (count,), that of the first being 1."""
    if metaweights not in METAWEIGHTS:
        raise DefinitionError(f'unknown metaweights "{metaweights}"', remedy=suggest(metaweights, METAWEIGHTS))
    ranks = np.arange(1, count + 1)
    if metaweights == "inverse":
        return 1 / ranks
    if metaweights == "linear":
        return (count - ranks) / max(1, count - 1) if count > 1 else np.ones(1)
    sums = np.cumsum(1 / ranks[::-1])[::-1]
    worth: Array = sums / sums[0]
    return worth


def acceptability_frame(names: pl.DataFrame, scores: Array, region: WeightRegion, ties: str = "min") -> pl.DataFrame:
    """Return the shares of ranks; `scores` (n, k) are those of the units of `names` with all weight on a component."""
    count = len(scores)
    if ties == "dense":
        distinct, which = np.unique(scores, axis=0, return_inverse=True)
        ahead = np.zeros((count, count))
        ahead[:, : len(distinct)] = rank_shares(distinct, region).ahead[which.ravel()]
    else:
        shares = rank_shares(scores, region)
        later = {"min": 0 * shares.level, "max": shares.level - 1, "average": shares.level // 2}[ties]
        rows, places = np.nonzero(shares.ahead)
        ahead = np.zeros((count, count))
        ahead[rows, places + later[rows]] = shares.ahead[rows, places]
    return with_figures(names, (pl.Series(str(rank + 1), ahead[:, rank]) for rank in range(count)))


def pairwise_frame(names: pl.DataFrame, scores: Array, region: WeightRegion) -> pl.DataFrame:
    """Return the shares with which a unit is ahead of another."""
    shares = pairwise_shares(scores, region)
    return with_figures(names, (pl.Series(name, column) for name, column in zip(_keys(names), shares.T, strict=True)))


def central_frame(names: pl.DataFrame, scores: Array, region: WeightRegion) -> pl.DataFrame:
    """Return the shares of the first rank, mean ranks and centroids."""
    first = first_shares(scores, region)
    mean_rank = 0.5 + (1 - pairwise_shares(scores, region)).sum(axis=1)
    frame = with_figures(names, [pl.Series("first", first.share), pl.Series("mean_rank", mean_rank)])
    columns = [
        pl.Series(part, column, nan_to_null=True) for part, column in zip(region.names, first.centre.T, strict=True)
    ]
    return with_figures(frame, columns).sort("first", names.columns[0], descending=[True, False])


def bounds_frame(names: pl.DataFrame, scores: Array, region: WeightRegion) -> pl.DataFrame:
    """Return the limits of the weights with which a unit is first."""
    bounds = weights_when_first(scores, region)
    keys, parts = _keys(names), region.names
    repeated = pl.Series(names.columns[0], np.repeat(keys, len(parts)).tolist())
    lower, upper = (
        pl.Series(name, bounds[..., end].ravel(), nan_to_null=True) for end, name in enumerate(("lower", "upper"))
    )
    frame = pl.DataFrame([repeated, pl.Series("part", list(parts) * len(keys)), lower, upper])
    return frame.sort(pl.col("lower").is_null(), maintain_order=True)


def orders_frame(names: pl.DataFrame, scores: Array, region: WeightRegion) -> pl.DataFrame:
    """Return the orders of weights with which a unit is first."""
    orders, shares = order_shares(scores, region)
    texts = [" > ".join(region.names[part] for part in order) for order in orders]
    which, units = np.nonzero(shares > 0)
    keys = _keys(names)
    columns = [
        pl.Series(names.columns[0], [keys[unit] for unit in units], dtype=pl.String),
        pl.Series("order", [texts[order] for order in which], dtype=pl.String),
        pl.Series("share", shares[which, units]),
    ]
    frame = pl.DataFrame(columns).with_columns(place=pl.Series(units))
    return frame.sort("place", "share", "order", descending=[False, True, False]).drop("place")


def _keys(names: pl.DataFrame) -> list[str]:
    return [str(name) for name in names.to_series(0)]


def _subject(
    values: pl.DataFrame, unit: str, constraints: str | Iterable[str]
) -> tuple[pl.DataFrame, Array, WeightRegion]:
    require_columns(values, [unit])
    parts = [name for name in values.columns if name != unit]
    scores = values.select(pl.col(parts).cast(pl.Float64)).to_numpy()
    if not np.isfinite(scores).all():
        raise DataError(
            "a value is missing or infinite, so that weights differ from unit to unit", remedy="impute, or leave it out"
        )
    return values.select(unit), scores, _region(parts, constraints)


def _region(parts: Sequence[str], constraints: str | Iterable[str]) -> WeightRegion:
    read = read_constraints([constraints] if isinstance(constraints, str) else constraints)
    for constraint in read:
        if unknown := [name for name in constraint.names if name not in parts]:
            raise DefinitionError(
                f'the constraint "{constraint.text}" names {join_names(unknown)}, which is no component',
                remedy=suggest(unknown[0], parts),
            )
    return WeightRegion(tuple(parts), read)
