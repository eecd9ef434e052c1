"""Check that normalisation keeps the direction of indicators: a better value never gets a lower score."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import polars as pl

from indicia.errors import AgainstDirection
from indicia.formulas import USED, record, record_each
from indicia.methods import Property
from indicia.notes import Names, Note
from indicia.stages.normalise import ClosenessFormula, normalisation_formula, with_names
from indicia.stages.order_of_scores import OrderOfScores, ScoredValue, ask_orders
from indicia.stages.plugin_boundary import plugin_of
from indicia.stages.stage import Record, Stage
from indicia.statistics.noise import NOISE, largest_absolute
from indicia.statistics.profile import profile
from indicia.tables.evaluate import evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.definition import Leaf
    from indicia.methods import Normalisation
    from indicia.stages.stage import Fitted
    from indicia.statistics.profile import Profile
    from indicia.tables.evaluate import Evaluation
    from indicia.tables.table import Table

_ROW = "\0at"


@dataclass(frozen=True)
class _Pair:
    """Two rows whose order is reversed: the row with the better value has the lower score."""

    worse: ScoredValue
    better: ScoredValue

    def __str__(self) -> str:
        worse, better = self.worse, self.better
        return (
            f"{better.unit} with {better.value:g} is better than {worse.unit} with {worse.value:g}, and scores "
            f"{better.score:g}, less than {worse.score:g}"
        )


@dataclass(frozen=True)
class _ScaledColumn:
    """A column before and after a method; rows with equal keys are compared."""

    method: Normalisation
    x: pl.Series
    z: pl.Series
    key: tuple[pl.Series, ...]
    profile: Profile
    """The profile of z."""
    is_cost: bool = False
    """True if a lower x is better."""

    @property
    def noise(self) -> float:
        """The largest difference between scores that count as equal."""
        return NOISE * largest_absolute(self.profile)

    @property
    def is_monotone(self) -> bool:
        """True if the method is declared monotone."""
        return Property.MONOTONE in self.method.properties


@dataclass(frozen=True)
class CheckDirections(Stage):
    """Refuse an indicator if a better value of it gets a lower score than a worse value.

    Values are compared if they were normalised by the same statistics and fixed bounds: both depend on the key of the
    row. If the index file gives no direction, a method that is not declared monotone, such as a formula of the index
    file, may reverse the scale; a note then names the indicator.
    """

    name: ClassVar[str] = "direction"
    leaves: tuple[Leaf, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:  # noqa: ARG002
        """Return the same table, if no direction is reversed; notes name reversed indicators without a direction."""
        notes: list[Note] = []
        leaves = {leaf.id: leaf for leaf in table.taking_part(self.leaves) if leaf.normalisation.follows_direction}
        closeness = _closeness_of(table)
        columns = {name: _scaled_column(leaf, table, closeness) for name, leaf in leaves.items()}
        for name, pair in _reversed_pairs(columns, table.values, table, self.name).items():
            leaf = leaves[name]
            if "direction" in leaf.spec.model_fields_set or Property.MONOTONE in leaf.normalisation.properties:
                raise _against_direction(leaf, pair)
            notes.append(Note("no_direction", method=leaf.normalisation, part=Names.of([name])))
        return table, Record(self.name, notes=tuple(notes))


def _scaled_column(leaf: Leaf, table: Table, closeness: Mapping[str, pl.Series]) -> _ScaledColumn:
    """Return the values of an indicator and their scores."""
    x, components = closeness.get(leaf.id, table.values[leaf.id]), table.columns.components
    is_cost = leaf.spec.direction == "cost" and leaf.oriented
    bounds = (f"\0low {leaf.id}", f"\0high {leaf.id}")
    key = [table.units[name] for name in table.scopes.normalisation.key]
    key += [table.bounds_by_row[name] for name in bounds if name in table.bounds_by_row.columns]
    key += [table.used_columns[USED + name] for name in _columns_by_row(leaf, table)]
    z, profile = components.frame[leaf.id], components.profiles[leaf.id]
    return _ScaledColumn(leaf.normalisation, x, z, tuple(key), profile, is_cost)


def _columns_by_row(leaf: Leaf, table: Table) -> list[str]:
    """Return the columns that the normalisation reads in each row: only rows with equal values are compared."""
    if not leaf.normalisation.used_columns:
        return []
    return record(normalisation_formula(leaf, table, leaf.id in table.neutral)).columns_by_row


def _closeness_of(table: Table) -> dict[str, pl.Series]:
    """Return the closeness to the best values, which replaces the values of such an indicator in its normalisation."""
    formulas = record_each({name: ClosenessFormula(name, ends) for name, ends in table.target_ranges.items()})
    if not formulas:
        return {}
    frame = evaluate(with_names(table), formulas, table.scopes.normalisation, table.statistics).frame
    return {column.name: column for column in frame}


def check_rescaling(
    methods: Mapping[str, Normalisation], scores: pl.DataFrame, table: Table, evaluation: Evaluation, stage: str
) -> None:
    """Refuse a rescaling that gives a better score of a node a lower value than a worse score."""
    rescaled = evaluation.frame
    scope_key = tuple(table.units[name] for name in table.scopes.rescaling.key)
    keys = {
        name: (*scope_key, *(table.used_columns[USED + used] for used in formula.columns_by_row))
        for name, formula in evaluation.formulas.items()
    }
    profiles = profile(rescaled, methods)
    columns = {
        name: _ScaledColumn(method, scores[name], rescaled[name], keys[name], profiles[name])
        for name, method in methods.items()
        if method.follows_direction
    }
    for name, pair in _reversed_pairs(columns, scores, table, stage).items():
        raise AgainstDirection(
            f"{methods[name]} turns the scores of {name} round: {pair}",
            where=plugin_of(methods[name]),
            remedy="choose another rescaling, one that rises with the score",
        )


def _against_direction(leaf: Leaf, pair: _Pair) -> AgainstDirection:
    method, direction = leaf.normalisation, leaf.spec.direction or "benefit"
    if direction in ("benefit", "cost"):
        verb, other = ("rises", "cost") if direction == "benefit" else ("falls", "benefit")
        remedy = (
            f"choose a normalisation that {verb} as {leaf.id} rises (a formula may have another, of_cost); or write "
            f'direction = "{other}", or "target" where the best value lies between'
        )
    else:
        remedy = f"choose a normalisation that rises as {leaf.id} comes closer to its best values"
    return AgainstDirection(
        f'{method} scores {leaf.id} against its direction, "{direction}": {pair}',
        where=plugin_of(method),
        remedy=remedy,
        word=("indicators", leaf.id),
    )


def _reversed_pairs(
    columns: Mapping[str, _ScaledColumn], values: pl.DataFrame, table: Table, stage: str
) -> dict[str, _Pair]:
    """Return, for each column whose order is reversed, two rows of one key: the better x has the lower z.

    For a method that is declared monotone, the worst and the best value are enough. For any other method, neighbouring
    values are compared; over partitions, these are neighbours in the partition, and bins of the values of all rows.

    `values` has the values for the error, and `stage` names the check in a run over partitions.
    """
    pairs: dict[str, _Pair] = {}
    if table.partition is None:
        noise = {name: column.noise for name, column in columns.items()}
        monotone = {name: column for name, column in columns.items() if column.is_monotone}
        ends = _worst_and_best(monotone)
    else:
        orders = {name: _order_of(column, values[name], table) for name, column in columns.items()}
        answers = ask_orders(table.partition, f"{stage} {', '.join(columns)}: order of scores", orders)
        if answers is None:
            return {}
        pairs = {name: _Pair(*answer.rows) for name, answer in answers.items() if answer.rows is not None}
        noise = {name: answer.noise for name, answer in answers.items()}
        ends = {name: [] for name, column in columns.items() if column.is_monotone or name in pairs}
    for name, column in columns.items():
        for worse, better in ends[name] if name in ends else _largest_fall(column):
            if column.z[worse] > column.z[better] + noise[name]:
                pairs[name] = _Pair(*(_scored_value(row, values[name], column.z, table) for row in (worse, better)))
                break
    return pairs


def _scored_value(row: int, values: pl.Series, z: pl.Series, table: Table) -> ScoredValue:
    unit = " ".join(map(str, table.units.select(table.key).row(row)))
    return ScoredValue(unit, values[row], z[row])


def _order_of(column: _ScaledColumn, values: pl.Series, table: Table) -> OrderOfScores:
    units = table.units.select(table.key)
    return OrderOfScores(
        column.x, column.z, values, units, column.key, column.profile, column.is_cost, column.is_monotone
    )


def _worst_and_best(columns: Mapping[str, _ScaledColumn]) -> dict[str, list[tuple[int, int]]]:
    """Return the rows of the worst and the best value of each column; columns with the same key share a query."""
    ends: dict[str, list[tuple[int, int]]] = {}
    by_key: dict[tuple[str, ...], dict[str, _ScaledColumn]] = defaultdict(dict)
    for name, column in columns.items():
        if column.key:
            by_key[tuple(part.name for part in column.key)][name] = column
        else:
            low, high = column.x.arg_min(), column.x.arg_max()
            ends[name] = [] if low is None or high is None else [(high, low) if column.is_cost else (low, high)]
    for of_key in by_key.values():
        ends |= _worst_and_best_within_keys(of_key)
    return ends


def _worst_and_best_within_keys(columns: Mapping[str, _ScaledColumn]) -> dict[str, list[tuple[int, int]]]:
    """Return the rows of the worst and the best value within each key, for keys in which their scores are reversed."""
    key = next(iter(columns.values())).key
    names = {name: f"\0x {name}" for name in columns}
    frame = pl.DataFrame([*key, *(column.x.alias(names[name]) for name, column in columns.items())])
    groups = frame.with_row_index(_ROW).group_by([part.name for part in key], maintain_order=True)
    lowest = groups.agg(pl.col(_ROW).get(pl.col(name).arg_min()).alias(name) for name in names.values())
    highest = groups.agg(pl.col(_ROW).get(pl.col(name).arg_max()).alias(name) for name in names.values())
    ends = {}
    for name, column in columns.items():
        low, high = lowest[names[name]], highest[names[name]]
        worst, best = (high, low) if column.is_cost else (low, high)
        is_reversed = column.z.gather(worst) > column.z.gather(best) + column.noise
        ends[name] = list(zip(worst.filter(is_reversed), best.filter(is_reversed), strict=True))
    return ends


def _largest_fall(column: _ScaledColumn) -> Iterator[tuple[int, int]]:
    """Yield the neighbours, in the order of x within each key, between which z falls most."""
    x = -column.x if column.is_cost else column.x
    present = np.flatnonzero(x.is_not_null().to_numpy())
    values, scores, groups = x.to_numpy()[present], column.z.to_numpy()[present], np.zeros(len(present))
    if column.key:
        dense = pl.DataFrame(list(column.key)).select(pl.struct(pl.all()).rank("dense"))
        groups = dense.to_series().to_numpy()[present]
    order = np.lexsort((values, groups))
    rises = np.diff(scores[order])
    not_comparable = (np.diff(groups[order]) > 0) | (np.diff(values[order]) <= 0)
    rises[not_comparable] = 0.0
    if len(rises) and rises.min() < 0:
        worst = int(rises.argmin())
        yield int(present[order[worst]]), int(present[order[worst + 1]])
