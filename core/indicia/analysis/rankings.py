"""Several rankings of the same units: their agreement, and their consensus.

The first column of a table of rankings has the units; every other column is a ranking, in which the lowest number is
the best. Scores are ranked first: `pl.col("score").rank(descending=True)`.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia import tracing
from indicia.catalogue import installed
from indicia.defaults import ALL_PAIRS_AGREEMENT, CONSENSUS, JOINT_AGREEMENT
from indicia.errors import DataError, MethodError, join_names
from indicia.methods import Agreement, JointAgreement
from indicia.stages.plugin_boundary import attribute_errors_to, checked_array, plugin_of
from indicia.statistics.noise import without_noise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from indicia.methods import Array, Method
    from indicia.types import AgreementChoice, ConsensusChoice, JointAgreementChoice


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


def consensus(
    rankings: pl.DataFrame, method: ConsensusChoice = CONSENSUS, *, plugins: Iterable[str | Path] = ()
) -> pl.DataFrame:
    """Combine rankings by a consensus of the catalogue.

    Parameters
    ----------
    rankings : polars.DataFrame
        See `agreement`.
    method : str, mapping or Consensus, default "borda"
        A consensus of rankings.
    plugins : iterable of path, optional
        Files of methods, in addition to the installed plugins; by default none.

    Returns
    -------
    polars.DataFrame
        The unit, `score`, and `rank` with ties at their mean.

    Raises
    ------
    DataError
        For missing ranks.

    Examples
    --------
    >>> table = {"city": ["Lima", "Oslo", "Pune"], "income": [2, 1, 3], "air": [1, 2, 3], "rent": [1, 2, 3]}
    >>> consensus(pl.DataFrame(table), "copeland").rows()
    [('Lima', 2.0, 1.0), ('Oslo', 0.0, 2.0), ('Pune', -2.0, 3.0)]
    """
    rule = _choose("consensus", method, plugins)
    _, ranks = _ranks(rankings, rule, at_least=1)
    scores = pl.Series("score", _evaluate(rule, ranks, lambda: rule.combine(ranks), (rankings.height,)))
    unit = rankings.to_series(0)
    if unfit := unit.filter(~scores.is_finite()).to_list():
        message = f"{rule.name} has no score for {join_names(unfit)}"
        raise DataError(message, where=plugin_of(rule), remedy="choose another consensus")
    ordered = without_noise(scores)
    return pl.DataFrame([unit, scores, ordered.rank("average", descending=not rule.low_is_best).alias("rank")])


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
        has_rank = column.is_not_null() & column.is_finite()
        if not has_rank.all():
            raise DataError(
                f"{name} does not rank {join_names(rankings.to_series(0).filter(~has_rank))}",
                remedy="leave these units out: rankings.drop_nulls()",
            )
    ranks = rankings.select(pl.col(names).rank("average")).to_numpy().T
    ranks.setflags(write=False)  # several calls of a method share the array
    return names, ranks


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
