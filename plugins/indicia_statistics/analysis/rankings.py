"""Several rankings of the same units: their agreement, and their consensus.

The first column of a table of rankings has the units; every other column is a ranking, in which the lowest number is
the best. Scores are ranked first: `pl.col("score").rank(descending=True)`.
"""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia import tracing
from indicia.arguments import names_its_arguments
from indicia.catalogue import installed
from indicia.defaults import ALL_PAIRS_AGREEMENT, CONSENSUS, JOINT_AGREEMENT
from indicia.errors import DataError, MethodError, join_names, suggest
from indicia.methods import Agreement, Consensus, JointAgreement, RankingContext
from indicia.methods.noise import without_noise
from indicia.stages.details import checked_table
from indicia.stages.plugin_boundary import attribute_errors_to, checked_array, plugin_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from indicia.methods import Array, Method
    from indicia.types import AgreementChoice, ConsensusChoice, JointAgreementChoice


_HAS_TABLES = "choose another consensus: `indicia methods NAME` lists the tables that a method has"


@names_its_arguments
def agreement(
    rankings: pl.DataFrame, method: AgreementChoice = ALL_PAIRS_AGREEMENT, *, plugins: Iterable[str | Path] = ()
) -> pl.DataFrame:
    """Measure the agreement of each ranking with each other ranking, by an agreement of the catalogue.

    For a measure that is not symmetric, the row is the reference ranking.

    Parameters
    ----------
    rankings : polars.DataFrame
        The units in the first column, and a ranking in each other column, the lowest number first.
    method : str, mapping or Agreement, default "spearman"
        An agreement of two rankings.
    plugins : iterable of path, optional
        Files of methods, in addition to the installed plugins; by default none.

    Returns
    -------
    polars.DataFrame
        A row and a column for each ranking.

    Raises
    ------
    DataError
        For missing ranks, and for a measure without a value, such as a correlation with a ranking in which all units
        tie.

    Examples
    --------
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "income": [2, 1, 3], "air": [1, 2, 3]})
    >>> agreement(table, "kendall").rows()[0]
    ('income', 1.0, 0.3333333333333333)
    """
    measure = _choose("agreement", method, plugins)
    names, ranks = _ranks(rankings, measure, at_least=2)
    table = _all_pairs(measure, ranks)
    if not np.isfinite(table).all():
        first, second = (names[place] for place in np.argwhere(~np.isfinite(table))[0])
        message = f"{measure.name} has no value for {first} and {second}"
        raise DataError(message, where=plugin_of(measure), remedy="choose another agreement")
    return pl.DataFrame({"ranking": names, **dict(zip(names, table.T, strict=True))})


def is_distance(method: AgreementChoice) -> bool:
    """Return True if an agreement is a distance, which is 0 for equal rankings.

    >>> is_distance("footrule"), is_distance("kendall")
    (True, False)
    """
    measure: Agreement = _choose("agreement", method, ())
    return measure.distance


def takes_lists(method: ConsensusChoice) -> bool:
    """Return True if a consensus takes lists that name some units only.

    >>> takes_lists("borda"), takes_lists("median")
    (True, False)
    """
    rule: Consensus = _choose("consensus", method, ())
    return rule.takes_partial


def agreement_with_first(rankings: pl.DataFrame, method: AgreementChoice = ALL_PAIRS_AGREEMENT) -> list[float]:
    """Measure the agreement of the first ranking with each other one, in less time than a table of all pairs.

    A measure without a value, such as a correlation with a ranking in which all units tie, is NaN.

    >>> table = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "income": [2, 1, 3], "air": [1, 2, 3]})
    >>> agreement_with_first(table, "kendall")
    [0.3333333333333333]
    """
    measure = _choose("agreement", method, ())
    _, ranks = _ranks(rankings, measure, at_least=2)
    values: list[float] = _evaluate(
        measure, ranks, lambda: measure.measure(ranks[0], ranks[1:]), (len(ranks) - 1,)
    ).tolist()
    return values


@names_its_arguments
def concordance(
    rankings: pl.DataFrame, method: JointAgreementChoice = JOINT_AGREEMENT, *, plugins: Iterable[str | Path] = ()
) -> float:
    """Measure the agreement of all rankings together, by an agreement for any number of rankings.

    Parameters
    ----------
    rankings : polars.DataFrame
        See `agreement`.
    method : str, mapping or JointAgreement, default "kendall_w"
        An agreement of any number of rankings.
    plugins : iterable of path, optional
        Files of methods, in addition to the installed plugins; by default none.

    Returns
    -------
    float
        The agreement, 1 for equal rankings.

    Raises
    ------
    MethodError
        For an agreement of two rankings.
    DataError
        As in `agreement`.

    Examples
    --------
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "income": [2, 1, 3], "air": [1, 2, 3]})
    >>> concordance(table)
    0.75
    """
    measure = _choose("agreement", method, plugins)
    if not isinstance(measure, JointAgreement):
        raise MethodError(f"{measure.name} compares two rankings only", remedy=f"{JOINT_AGREEMENT}, or agreement(…)")
    _, ranks = _ranks(rankings, measure, at_least=2)
    value = float(_evaluate(measure, ranks, lambda: measure.concord(ranks), ()))
    if not np.isfinite(value):
        message = f"{measure.name} has no value for these rankings"
        raise DataError(message, where=plugin_of(measure), remedy="leave out rankings in which all units tie")
    return value


@names_its_arguments
def consensus(
    rankings: pl.DataFrame,
    method: ConsensusChoice = CONSENSUS,
    *,
    weights: Mapping[str, float] = MappingProxyType({}),
    plugins: Iterable[str | Path] = (),
) -> pl.DataFrame:
    """Combine rankings by a consensus of the catalogue.

    Parameters
    ----------
    rankings : polars.DataFrame
        See `agreement`.
    method : str, mapping or Consensus, default "borda"
        A consensus of rankings.
    weights : mapping of str to float, optional
        The weights of rankings, such as the numbers of their voters, by column; by default 1 each.
    plugins : iterable of path, optional
        Files of methods, in addition to the installed plugins; by default none.

    Returns
    -------
    polars.DataFrame
        The unit, `score`, and `rank` with ties at their mean.

    Raises
    ------
    DataError
        For missing ranks, if the consensus takes no lists that name some units only; and for wrong weights.
    MethodError
        For weights, if the consensus takes none.

    Examples
    --------
    >>> table = {"city": ["Lima", "Oslo", "Pune"], "income": [2, 1, 3], "air": [1, 2, 3], "rent": [1, 2, 3]}
    >>> consensus(pl.DataFrame(table), "copeland").rows()
    [('Lima', 2.0, 1.0), ('Oslo', 0.0, 2.0), ('Pune', -2.0, 3.0)]

    A list of the first units leaves the others null, and a ranking of two voters has the weight 2:

    >>> lists = {"city": ["Lima", "Oslo", "Pune"], "income": [2, 1, 3], "air": [1, None, None]}
    >>> consensus(pl.DataFrame(lists), "borda", weights={"income": 2}).rows()
    [('Lima', 4.0, 2.0), ('Oslo', 4.5, 1.0), ('Pune', 0.5, 3.0)]
    """
    rule = _choose("consensus", method, plugins)
    names, ranks = _ranks(rankings, rule, at_least=1)
    context = RankingContext(tuple(names), _weights_of(names, weights, rule))
    is_plain = (context.weights == 1).all() and not np.isnan(ranks).any()
    combine = partial(rule.combine, ranks) if is_plain else partial(rule.combine_lists, ranks, context)
    scores = pl.Series("score", _evaluate(rule, ranks, combine, (rankings.height,)))
    unit = rankings.to_series(0)
    if unfit := unit.filter(~scores.is_finite()).to_list():
        message = f"{rule.name} has no score for {join_names(unfit)}"
        raise DataError(message, where=plugin_of(rule), remedy="choose another consensus")
    ordered = without_noise(scores)
    return pl.DataFrame([unit, scores, ordered.rank("average", descending=not rule.low_is_best).alias("rank")])


@names_its_arguments
def consensus_details(
    rankings: pl.DataFrame,
    method: ConsensusChoice,
    table: str | None = None,
    *,
    weights: Mapping[str, float] = MappingProxyType({}),
    plugins: Iterable[str | Path] = (),
) -> pl.DataFrame:
    """Return a table of further results of a consensus, such as all orders of `kemeny` that are as near.

    Parameters
    ----------
    rankings : polars.DataFrame
        See `agreement`.
    method : str, mapping or Consensus
        A consensus of rankings; `copeland`, `schulze` and `kemeny` have such tables.
    table : str, optional
        The name of the table; by default the first. `indicia methods kemeny` says what a row of each is.
    weights : mapping of str to float, optional
        The weights of rankings, as for `consensus`.
    plugins : iterable of path, optional
        Files of methods, in addition to the installed plugins; by default none.

    Returns
    -------
    polars.DataFrame
        The table, with the units by name.

    Raises
    ------
    MethodError
        If the consensus has no such table, or not of so many units.
    DataError
        As in `consensus`.

    Examples
    --------
    >>> votes = {"city": ["Lima", "Oslo", "Pune"], "a": [1, 2, 3], "b": [2, 3, 1], "c": [3, 1, 2]}
    >>> orders = consensus_details(pl.DataFrame(votes), "kemeny", "orders")
    >>> orders["order"].max(), orders["distance"].first()
    (3, 8.0)
    """
    rule = _choose("consensus", method, plugins)
    if not rule.detail_tables:
        raise MethodError(f"{rule.name} has no details beside scores and ranks", remedy=_HAS_TABLES)
    name = next(iter(rule.detail_tables)) if table is None else table
    if name not in rule.detail_tables:
        raise MethodError(f'{rule.name} has no table "{name}"', remedy=suggest(name, rule.detail_tables))
    rankings = rankings.sort(rankings.columns[0])  # the orders that are equally near are numbered by names of units
    names, ranks = _ranks(rankings, rule, at_least=1)
    context = RankingContext(tuple(names), _weights_of(names, weights, rule))
    units = rankings.to_series(0).cast(pl.String).to_list()
    with attribute_errors_to(rule, "the rankings"):
        columns = rule.detail_table(name, ranks, context, units)
    return checked_table(rule, "the rankings", name, columns)


def _weights_of(names: Sequence[str], weights: Mapping[str, float], rule: Consensus) -> Array:
    """Return the weight of each ranking."""
    if unknown := [name for name in weights if name not in names]:
        raise DataError(f'"{unknown[0]}" has a weight and is no ranking', remedy=suggest(unknown[0], names))
    for name, weight in weights.items():
        if not (isinstance(weight, int | float) and 0 < weight < math.inf):
            raise DataError(f"the weight of {name} is {weight!r}, and must be a number above 0", remedy="1")
    if weights and not rule.takes_weights:
        raise MethodError(
            f"{rule.name} takes no weights of rankings", remedy=f"choose {CONSENSUS}, or leave the weights out"
        )
    values = np.array([float(weights.get(name, 1.0)) for name in names])
    values.setflags(write=False)
    return values


def _choose(kind: str, method: object, plugins: Iterable[str | Path]) -> Any:
    return installed(map(Path, plugins)).choose(kind, method)


def _ranks(rankings: pl.DataFrame, method: Method, *, at_least: int) -> tuple[list[str], Array]:
    """Return the names of the rankings, and their ranks, shape (m, n), ties at their mean."""
    names = rankings.columns[1:]
    if len(names) < at_least or rankings.height < method.minimum_units:
        raise DataError(
            f"{method.name} needs at least {at_least} rankings of {method.minimum_units} units, and the table has "
            f"{len(names)} of {rankings.height}",
            remedy="the first column has the names of the units; each further column is a ranking",
        )
    for name in names:
        column = rankings[name]
        if not column.dtype.is_numeric():
            raise DataError(f"{name} is no ranking: its type is {column.dtype}", remedy="leave the column out")
        has_rank = (column.is_not_null() & column.is_finite()).fill_null(value=False)
        if has_rank.all():
            continue
        takes_lists = isinstance(method, Consensus) and method.takes_partial
        if not takes_lists or column.cast(pl.Float64).is_infinite().any():
            needs = f", and {method.name} needs a rank of each unit" if isinstance(method, Consensus) else ""
            others = f", or choose {CONSENSUS}, which takes such lists" if needs and not takes_lists else ""
            raise DataError(
                f"{name} does not rank {join_names(rankings.to_series(0).filter(~has_rank))}{needs}",
                remedy=f"leave these units out of the table{others}",
            )
        if not has_rank.any():
            raise DataError(f"{name} ranks no unit", remedy="leave the column out")
    numbers = rankings.select(pl.col(names).cast(pl.Float64).fill_nan(None)) if _has_gaps(rankings, names) else rankings
    ranks = numbers.select(pl.col(names).rank("average")).to_numpy().T
    ranks.setflags(write=False)  # several calls of a method share the array
    return names, ranks


def _has_gaps(rankings: pl.DataFrame, names: Sequence[str]) -> bool:
    """Return True if a ranking lacks a unit."""
    return any(rankings[name].null_count() or rankings[name].is_nan().any() for name in names)


def _all_pairs(measure: Agreement, ranks: Array) -> Array:
    """Compare each ranking with all; a method without a `table` of its own is checked after each `measure`."""
    m = len(ranks)
    if type(measure).table is not Agreement.table:
        return _evaluate(measure, ranks, lambda: measure.table(ranks), (m, m))
    return np.array([_evaluate(measure, ranks, partial(measure.measure, first, ranks), (m,)) for first in ranks])


def _evaluate(method: Method, ranks: Array, formula: Callable[[], object], shape: tuple[int, ...]) -> Array:
    with attribute_errors_to(method, "the rankings"), np.errstate(divide="ignore", invalid="ignore"):
        value = tracing.called(method, "the rankings", {"ranks": ranks}, formula)
    return checked_array(method, "the rankings", value, shape)
