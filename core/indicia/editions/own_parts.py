"""The part of a unit's own data in a move, divided among its indicators."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.editions.edition_method import EditionMethod
from indicia.editions.scenarios import MethodScenarios
from indicia.errors import DefinitionError
from indicia.means import MeanTree, obstacle_of
from indicia.tables.periods import rows_of_period

if TYPE_CHECKING:
    from indicia.editions.edition import Edition
    from indicia.means.tree import Pairs
    from indicia.run.scored import Scored

_OF_TREE = ("weights", "slope", "base", "present", "filled", "raw_components", "raw_values", "rounding")
OTHER_PARTS = ("(weights)", "(rescaling)", "(rounding)")
"""The parts that no indicator has: weights found in data, statistics of rescalings, and rounded dimensions."""


def own_parts(old: Edition, new: Edition, unit: str) -> pl.DataFrame:
    """Divide the part of own data, switched last, among the indicators.

    The part is run(1, 1, 1, 1) - run(0, 1, 1, 1): others, method and sample are those of the new edition, and the row
    of the unit is the new or the old one. It is the gap of the unit with itself, by the rule of the natural scale.

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
        runs), `part` (points of the unrounded score). Rows such as "(weights)" have parts that no indicator has. The
        parts add up to the part `last` of own data.

    Raises
    ------
    DefinitionError
        If a node of the new method is no power mean, so that its parts have no closed form.
    """
    method = EditionMethod(new)
    with_old = MethodScenarios(method, (old, new), (unit,)).scored_with_own(0, unit)
    runs = ((with_old, _row_of(with_old, old, unit)), (new.result.scored, _row_of(new.result.scored, new, unit)))
    for scored, _ in runs:
        if reason := obstacle_of(scored):
            raise DefinitionError(
                f"the part of own data has no division among indicators: {reason}",
                remedy="the tables causes and scenarios have the move of the unit as a whole",
            )
    (before, row_before), (after, row_after) = ((MeanTree.of(scored), row) for scored, row in runs)
    if [place.part.id for place in before.places] != [place.part.id for place in after.places]:
        raise DefinitionError(
            f"the part of own data has no division among indicators: with the old data of {unit} the new method leaves "
            "out other indicators",
            remedy="the tables causes and scenarios have the move of the unit as a whole",
        )
    first, second = after.take([row_after]), before.take([row_before])
    both: dict[str, Any] = {
        name: np.concatenate([getattr(tree, name) for tree in (first, second)]) for name in _OF_TREE
    }
    tree = replace(first, **both)
    return _table(tree, tree.pairs([0], [1]), runs)


def _table(tree: MeanTree, pairs: Pairs, runs: tuple[tuple[Scored, int], tuple[Scored, int]]) -> pl.DataFrame:
    parts, weights = tree.by_indicator(pairs.differences.parts), tree.by_indicator(pairs.weights)
    rows: list[tuple[object, ...]] = []
    for name, part in parts.items():
        raw = [_cell(scored.raw.values, name, row) for scored, row in runs]
        normalised = [_cell(scored.normalised, name, row) for scored, row in runs]
        rows.append((name, *raw, *normalised, float(weights[name][0]), float(part[0])))
    differences = pairs.differences
    others = (differences.weights, differences.scale, differences.rounding)
    rows += [
        (name, None, None, None, None, None, float(part[0]))
        for name, part in zip(OTHER_PARTS, others, strict=True)
        if part[0] != 0
    ]
    numbers = ("old_raw", "new_raw", "old_normalised", "new_normalised", "weight", "part")
    return pl.DataFrame(rows, schema={"indicator": pl.String, **dict.fromkeys(numbers, pl.Float64)}, orient="row")


def _cell(frame: pl.DataFrame, name: str, row: int) -> float | None:
    return frame[name][row] if name in frame.columns else None


def _row_of(scored: Scored, edition: Edition, unit: str) -> int:
    """Return the row of a unit in a run; in a panel, that of the period of an edition."""
    is_unit = scored.units[scored.source.unit].cast(pl.String) == unit
    if is_unit.sum() > 1:
        is_unit &= rows_of_period(scored.source, edition.period)[1]
    return int(is_unit.arg_true()[0])
