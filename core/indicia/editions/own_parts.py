"""The part of a unit's own data in a move, divided among its indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.editions.edition_method import EditionMethod
from indicia.editions.scenarios import MethodScenarios
from indicia.errors import DefinitionError
from indicia.explanation.parts import parts_between
from indicia.means import tree_of
from indicia.tables.periods import rows_of_period

if TYPE_CHECKING:
    from typing import TypeAlias

    from indicia.editions.edition import Edition
    from indicia.means import MeanTree
    from indicia.run.scored import Scored

    RowOfRun: TypeAlias = "tuple[Scored, int]"

_REMEDY = "the tables causes and scenarios have the move of the unit as a whole"


def own_parts(old: Edition, new: Edition, unit: str) -> pl.DataFrame:
    """Divide the part of own data, switched last, among the indicators.

    The part is run(1, 1, 1, 1) - run(0, 1, 1, 1): others, method and sample are those of the new edition, and the row
    of the unit is the new or the old one. It is the gap of the unit with itself: by the rule of the natural scale if
    all nodes are power means, else by Owen or Shapley values.

    Parameters
    ----------
    old, new : Edition
        The editions.
    unit : str
        A unit of both editions, by its key.

    Returns
    -------
    DataFrame
        `indicator`, `old_raw`, `new_raw` (before imputation and treatment, as the new method reads them),
        `old_normalised`, `new_normalised` (each by the statistics of its run), `weight` (effective, the mean of both
        runs), `part` (points of the unrounded score), and `standard_error` if parts are sampled. Rows such as
        "(weights)" have parts that no indicator has. The parts add up to the part `last` of own data.

    Raises
    ------
    DefinitionError
        If statistics depend on the units and a node of the new method is no power mean, or if a method compares units
        with each other: then the parts have no closed form.
    """
    method = EditionMethod(new)
    if method.scores_rows_alone:
        return _parts_of_one_run(method, old, unit)
    with_old = MethodScenarios(method, (old, new), (unit,)).scored_with_own(0, unit)
    return _parts_of_two_runs(_row_of(with_old, old, unit), _row_of(new.result.scored, new, unit), unit)


def _parts_of_one_run(method: EditionMethod, old: Edition, unit: str) -> pl.DataFrame:
    """Divide the gap between both rows of a unit, where the method scores each row alone."""
    new = method.edition
    if old.result is new.result:
        before, after = (_row_of(new.result.scored, edition, unit) for edition in (old, new))
    else:
        scored = MethodScenarios(method, (old, new), (unit,)).scored_pair(unit)
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
            f"the part of own data has no division among indicators: with the old data of {unit} the new method leaves "
            "out other indicators",
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
