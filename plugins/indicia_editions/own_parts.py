"""The part of a unit's own data in a move, divided among its indicators."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.errors import DefinitionError
from indicia.means import tree_of
from indicia.tables.periods import rows_of_period
from indicia_editions.causes import CONTEXTS
from indicia_editions.edition_method import EditionMethod
from indicia_editions.scenarios import MethodScenarios
from indicia_explain.parts import parts_between

if TYPE_CHECKING:
    from typing import TypeAlias

    from indicia.means import MeanTree
    from indicia.run.scored import Scored
    from indicia_editions.edition import Edition

    RowOfRun: TypeAlias = "tuple[Scored, int]"

_REMEDY = "the tables causes and scenarios have the move of the unit as a whole"


def own_parts(old: Edition, new: Edition, unit: str) -> pl.DataFrame:
    """Divide the part of own data, the Shapley value, among the indicators.

    The Shapley value is the mean of run(1, others, method, sample) - run(0, others, method, sample) over the eight
    contexts, each with its share of the orders. In a context this is the gap of the unit with itself: divided by the
    rule of the natural scale if all nodes are power means, else by Owen or Shapley values. The part of an indicator is
    the mean of its parts over the contexts, with the same shares.

    Parameters
    ----------
    old, new : Edition
        The editions.
    unit : str
        A unit of both editions, by its key.

    Returns
    -------
    DataFrame
        `indicator`, `old_raw`, `new_raw` (before imputation and treatment), `old_normalised`, `new_normalised` (by the
        statistics of a run in which all else is of the new edition, or of the old one for an indicator that the new
        method lacks), `weight` (effective, the mean over contexts and runs), `part` (points of the unrounded score),
        and `standard_error` if parts are sampled, at most. Rows such as "(weights)" have parts that no indicator has.
        The parts add up to the part `shapley` of own data.

    Raises
    ------
    DefinitionError
        If statistics depend on the units and a node of a method is no power mean, or if a method compares units with
        each other: then the parts have no closed form.
    """
    methods = [EditionMethod(edition) for edition in (old, new)]
    if methods[0].is_same_as(methods[1]):
        methods = [methods[1]]
    tables = []
    for number, method in reversed(list(enumerate(methods))):  # the figures of the new method go before
        shares = {
            (others, sample): sum(CONTEXTS[others, bit, sample] for bit in (0, 1) if len(methods) == 1 or bit == number)
            for others, sample in product((1, 0), repeat=2)
        }
        runs = MethodScenarios(method, (old, new), (unit,))
        if method.scores_rows_alone:
            tables.append(_weighted(_parts_of_one_run(runs, unit), sum(shares.values())))
            continue
        for (others, sample), share in shares.items():
            before, after = (
                _row_of(runs.scored_with_own(own, others, sample, unit), method.edition, unit) for own in (0, 1)
            )
            tables.append(_weighted(_parts_of_two_runs(before, after, unit), share))
    return _sum(tables)


def _weighted(table: pl.DataFrame, share: float) -> pl.DataFrame:
    """Return the parts of a context times its share."""
    return table.with_columns(pl.col("^weight|part|standard_error$") * share)


def _sum(tables: list[pl.DataFrame]) -> pl.DataFrame:
    """Return the sums over the contexts, indicators first; other figures are those of the first context with them."""
    rows = pl.concat(tables, how="diagonal")
    sums = {"weight", "part", "standard_error"}
    columns = [
        pl.when(pl.col(name).count() > 0).then(pl.col(name).sum())
        if name in sums
        else pl.col(name).drop_nulls().first()
        for name in rows.columns[1:]
    ]
    table = rows.group_by("indicator", maintain_order=True).agg(columns)
    return table.sort(pl.col("weight").is_null(), maintain_order=True)


def _parts_of_one_run(runs: MethodScenarios, unit: str) -> pl.DataFrame:
    """Divide the gap between both rows of a unit, where the method scores each row alone."""
    old, new = runs.editions
    if old.result is new.result:
        before, after = (_row_of(new.result.scored, edition, unit) for edition in (old, new))
    else:
        scored = runs.scored_pair(unit)
        before, after = (scored, 0), (scored, 1)
    parts = parts_between(after[0], after[1], before[1])
    columns = {"weight": parts.weights.tolist(), "part": parts.parts.tolist()}
    if parts.errors is not None:
        columns["standard_error"] = parts.errors.tolist()
    return _table(list(parts.indicators), before, after, columns, parts.others)


def _parts_of_two_runs(before: RowOfRun, after: RowOfRun, unit: str) -> pl.DataFrame:
    """Divide the gap between the rows of a unit in two runs, whose statistics differ."""
    second, first = (_tree_of_row(*row_of_run) for row_of_run in (before, after))
    if [place.part.id for place in first.places] != [place.part.id for place in second.places]:
        raise DefinitionError(
            f"the part of own data has no division among indicators: with the old data of {unit} a method leaves out "
            "other indicators",
            remedy=_REMEDY,
        )
    tree = first.followed_by(second)
    pairs = tree.pairs([0], [1])
    parts, weights = tree.by_indicator(pairs.differences.parts), tree.by_indicator(pairs.weights)
    rest = {"rounding": pairs.differences.rounding, "scale": pairs.differences.scale}
    rest["weights"] = pairs.differences.weights
    columns = {"weight": [float(weights[name][0]) for name in parts], "part": [float(parts[name][0]) for name in parts]}
    return _table(list(parts), before, after, columns, {name: float(part[0]) for name, part in rest.items()})


def _tree_of_row(scored: Scored, row: int) -> MeanTree:
    """Return the tree of one row of a run; refuse a run whose score has no closed form."""
    tree = tree_of(scored)
    if isinstance(tree, str):
        raise DefinitionError(
            f"the part of own data has no division among indicators: {tree}, by statistics that depend on the units",
            remedy=_REMEDY,
        )
    return tree.take([row])


def _table(
    names: list[str], before: RowOfRun, after: RowOfRun, columns: dict[str, list[float]], others: dict[str, float] | Any
) -> pl.DataFrame:
    """Return the parts of indicators, and those that no indicator has."""
    figures: dict[str, Any] = {"indicator": names}
    for kind in ("raw", "normalised"):
        for which, (scored, row) in (("old", before), ("new", after)):
            frame = scored.raw.values if kind == "raw" else scored.normalised
            figures[f"{which}_{kind}"] = [frame[name][row] if name in frame.columns else None for name in names]
    numbers = dict.fromkeys((*figures, *columns), pl.Float64) | {"indicator": pl.String}
    table = pl.DataFrame({**figures, **columns}, schema=numbers, nan_to_null=True)
    rest = [(f"({name})", part) for name, part in others.items() if part != 0]
    further = pl.DataFrame(rest, schema={"indicator": pl.String, "part": pl.Float64}, orient="row")
    return pl.concat([table, further], how="diagonal")


def _row_of(scored: Scored, edition: Edition, unit: str) -> RowOfRun:
    """Return the row of a unit in a run; in a panel, that of the period of an edition."""
    is_unit = scored.units[scored.source.unit].cast(pl.String) == unit
    if is_unit.sum() > 1:
        is_unit &= rows_of_period(scored.source, edition.period)[1]
    return scored, int(is_unit.arg_true()[0])
