"""Weights under partial information: draws, and exact results for scores that are weighted sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, DefinitionError, join_names, require_columns, suggest
from indicia.limits import DRAWS
from indicia_robustness.weight_regions import RegionDraws, WeightRegion, read_constraints
from indicia_robustness.weight_regions.frames import (
    Metaweights,
    acceptability_frame,
    bounds_frame,
    central_frame,
    holistic,
    orders_frame,
    pairwise_frame,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indicia.methods import Array
    from indicia.types import NonNegativeInt, PositiveInt


@names_its_arguments
def weight_draws(
    parts: Sequence[str],
    constraints: str | Iterable[str] = (),
    *,
    draws: PositiveInt = 10_000,
    seed: NonNegativeInt = 1,
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
    if excess := DRAWS.excess(draws):
        raise DefinitionError(excess, remedy=DRAWS.remedy(draws))
    drawn = RegionDraws(_region(parts, constraints)).draw(draws, np.random.default_rng(seed))
    return pl.DataFrame(dict(zip(parts, drawn.T, strict=True)))


@names_its_arguments
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


@names_its_arguments
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


@names_its_arguments
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
        A row for each unit, ordered by `first`, the share; `mean`, its mean rank; and a column of weights for each
        component, no value for a unit that is never first.

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


@names_its_arguments
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


@names_its_arguments
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


@names_its_arguments
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
    return holistic(acceptability, unit, metaweights)


def _subject(
    values: pl.DataFrame, unit: str, constraints: str | Iterable[str]
) -> tuple[pl.DataFrame, Array, WeightRegion]:
    require_columns(values, [unit])
    parts = [name for name in values.columns if name != unit]
    if texts := [name for name in parts if not (values.schema[name].is_numeric() or values.schema[name] == pl.Null)]:
        raise DataError(f"the column {texts[0]} has no numbers, and would be a component", remedy="leave it out")
    if not parts or values.is_empty():
        raise DataError("the table has no values", remedy="a row for each unit, and a column for each component")
    if repeated := values.filter(pl.col(unit).is_duplicated())[unit].to_list():
        raise DataError(f"the unit {repeated[0]} is there twice", remedy="a row for each unit")
    scores = values.select(pl.col(parts).cast(pl.Float64)).to_numpy()
    if not np.isfinite(scores).all():
        raise DataError(
            "a value is missing or infinite, so that weights differ from unit to unit", remedy="impute, or leave it out"
        )
    return values.select(unit), scores, _region(parts, constraints)


def _region(parts: Sequence[str], constraints: str | Iterable[str]) -> WeightRegion:
    if not parts or len(set(parts)) < len(parts):
        raise DefinitionError("weights are of one part or more, each with a name of its own", remedy='["gdp", "air"]')
    read = read_constraints([constraints] if isinstance(constraints, str) else constraints)
    for constraint in read:
        if unknown := [name for name in constraint.names if name not in parts]:
            raise DefinitionError(
                f'the constraint "{constraint.text}" names {join_names(unknown)}, which is no component',
                remedy=suggest(unknown[0], parts),
            )
    return WeightRegion(tuple(parts), read)
