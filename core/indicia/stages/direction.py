"""Directions: costs are negated, and the order of scores is checked.

The order of the scores of all rows, of which a run over partitions has some.

Each partition keeps, within each key, the row of the lowest and of the highest value; or, for a method that is not
declared monotone, the row of the highest and of the lowest score in each bin of the values.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
import polars as pl

from indicia.errors import AgainstDirection
from indicia.formulas import USED, record, record_each
from indicia.methods import Normalisation, Property
from indicia.methods.noise import NOISE, largest_absolute
from indicia.methods.profile import Profile, profile
from indicia.notes import Names, Note
from indicia.partitions.mergeable import MergeEach
from indicia.stages.normalise import ClosenessFormula, normalisation_formula, with_names
from indicia.stages.plugin_boundary import plugin_of
from indicia.stages.stage import Fitted, Record, Stage
from indicia.tables.evaluate import Evaluation, evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.definition import Leaf
    from indicia.partitions.partition import Partition
    from indicia.tables.table import Table

    _Rows = tuple[tuple[str, float, float], tuple[str, float, float]] | None
    """The unit, value and score of the worse row, and those of the better; None if no two rows are in a wrong order."""


_ALL, _BIN, _SIZE, _ROW = "\0all", "\0bin", "\0size", "\0row"
_FACTS = ("x", "score", "value", "unit")


class ScoredValue(NamedTuple):
    """The value of a unit, and its score."""

    unit: str
    value: float
    score: float


class Reversal(NamedTuple):
    """The outcome of a comparison of the scores of all rows with the order of one column."""

    noise: float
    """The largest difference between scores that count as equal."""
    rows: tuple[ScoredValue, ScoredValue] | None
    """Two rows of which the worse has the better score: the worse and the better; None if there are none."""

    @classmethod
    def of(cls, noise: float, rows: _Rows) -> Reversal:
        """Return the reversal of plain values."""
        return cls(noise, None if rows is None else (ScoredValue(*rows[0]), ScoredValue(*rows[1])))


@dataclass(frozen=True, eq=False)
class OrderOfScores:
    """The values and scores of a column in one partition."""

    x: pl.Series
    z: pl.Series
    values: pl.Series
    """The values as errors show them."""
    units: pl.DataFrame
    key: tuple[pl.Series, ...]
    profile: Profile
    """The profile of z."""
    is_cost: bool
    is_monotone: bool

    @property
    def merge(self) -> MergeEnds | MergeExtremeRows:
        """The rule that merges the states of partitions."""
        if self.is_monotone and not self.key:
            return MergeEnds(self.is_cost)
        key = (_ALL, *(f"\0key{number}" for number in range(len(self.key))))
        if self.is_monotone:
            return MergeExtremeRows(key, (("low", "x", False), ("high", "x", True)), self.is_cost)
        return MergeExtremeRows((*key, _BIN), (("top", "score", True), ("bottom", "score", False)), self.is_cost)

    def state(self) -> Ends | pl.DataFrame:
        """Return the rows that the partition keeps."""
        merge = self.merge
        if isinstance(merge, MergeEnds):
            profile = self.profile if self.profile.is_known else self.profile.own()
            return Ends(largest_absolute(profile), self._row(self.x.arg_min()), self._row(self.x.arg_max()))
        keys = [column.alias(f"\0key{number}") for number, column in enumerate(self.key)]
        frame = pl.DataFrame([self.x.alias("x"), self.z.alias("score"), self.values.alias("value"), *keys])
        frame = frame.with_row_index(_ROW).with_columns(pl.lit(0).alias(_ALL), pl.col("score").abs().alias(_SIZE))
        frame = frame.filter(pl.col("x").is_not_null())
        if not self.is_monotone:
            frame = frame.with_columns(_bin(pl.col("x")).alias(_BIN))
        sides = [pl.col(fact).alias(f"{side} {fact}") for side, *_ in merge.sides for fact in ("x", "score", "value")]
        rows = [pl.col(_ROW).alias(f"{side} unit") for side, *_ in merge.sides]
        chosen = merge.choose(frame.select(*merge.key, _SIZE, *sides, *rows))
        return chosen.with_columns(self._names(chosen[f"{side} unit"]) for side, *_ in merge.sides)

    def _row(self, row: int | None) -> EndRow | None:
        if row is None:
            return None
        return EndRow(self.x[row], " ".join(map(str, self.units.row(row))), self.values[row], self.z[row])

    def _names(self, rows: pl.Series) -> pl.Series:
        name = pl.concat_str(pl.all().cast(pl.String), separator=" ").alias(rows.name)
        return self.units[rows].select(name).to_series()


_ABOVE_ALL_EXPONENTS = 100_000
"""Makes the bins of positive numbers positive: the smallest number is 2 to the power of -1074."""


def _bin(x: pl.Expr) -> pl.Expr:
    """Return a bin of a number that grows with the number: 64 for each power of two, on both sides of zero."""
    size = x.abs()
    exponent = pl.when(size > 0).then((size.log(2) * 64).floor() + _ABOVE_ALL_EXPONENTS).otherwise(0.0)
    return (exponent * x.sign()).cast(pl.Int32)


class EndRow(NamedTuple):
    """The row of an extreme value."""

    x: float
    unit: str
    value: float
    score: float | None


class Ends(NamedTuple):
    """The rows of the lowest and of the highest value; None if no value is present."""

    size: float
    """The largest absolute score."""
    low: EndRow | None
    high: EndRow | None


@dataclass(frozen=True)
class MergeEnds:
    """Merges the rows of the lowest and of the highest value; the answer has the facts of a `Reversal`."""

    is_cost: bool

    def join(self, first: Ends, second: Ends) -> Ends:
        """Return the ends of both; of equal values, the first."""
        low, high = first.low or second.low, first.high or second.high
        if low is not None and second.low is not None and second.low.x < low.x:
            low = second.low
        if high is not None and second.high is not None and second.high.x > high.x:
            high = second.high
        return Ends(max(first.size, second.size), low, high)

    def value(self, state: Ends) -> tuple[float, _Rows]:
        """Return the ends if the worse one has a better score by more than noise."""
        noise = NOISE * state.size
        worse, better = (state.high, state.low) if self.is_cost else (state.low, state.high)
        if worse is None or better is None or worse.score is None or better.score is None:
            return noise, None
        is_wrong = worse.score > better.score + noise
        facts = (worse.unit, worse.value, worse.score), (better.unit, better.value, better.score)
        return noise, facts if is_wrong else None


@dataclass(frozen=True)
class MergeExtremeRows:
    """Merges rows in which a column is lowest or highest within a key; the answer has the facts of a `Reversal`."""

    key: tuple[str, ...]
    sides: tuple[tuple[str, str, bool], ...]
    """The word for a row, the column that decides, and whether it is the highest."""
    is_cost: bool

    def choose(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return one row for each key, with the facts of the chosen rows."""
        columns = [pl.col(_SIZE).max()]
        for side, fact, highest in self.sides:
            column = pl.col(f"{side} {fact}")
            place = column.arg_max() if highest else column.arg_min()
            columns += [pl.col(f"{side} {each}").get(place) for each in _FACTS]
        return frame.group_by(self.key, maintain_order=True).agg(columns)

    def join(self, first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of both."""
        return self.choose(pl.concat([first, second]))

    def value(self, state: pl.DataFrame) -> tuple[float, _Rows]:
        """Return two rows in a wrong order: the ends of a key, or those of bins of values."""
        noise = NOISE * float(state[_SIZE].max() or 0.0)  # type: ignore[arg-type]
        if _BIN not in self.key:
            worse, better = ("high", "low") if self.is_cost else ("low", "high")
            wrong = state.filter(pl.col(f"{worse} score") > pl.col(f"{better} score") + noise)
            return noise, None if wrong.is_empty() else (_facts(wrong, worse), _facts(wrong, better))
        key = [name for name in self.key if name != _BIN]
        rows = state.sort(_BIN, descending=self.is_cost, maintain_order=True)
        # the highest score of all bins with worse values, with its row
        before = rows.with_columns(pl.col("top score").cum_max().shift(1).over(key).alias("\0before"))
        wrong = before.filter(pl.col("\0before") > pl.col("bottom score") + noise)
        if wrong.is_empty():
            return noise, None
        first = wrong.head(1)
        worse_rows = before.join(first.select(*key, pl.col("\0before").alias("\0top")), on=key, nulls_equal=True)
        worse_rows = worse_rows.filter(pl.col("top score") == pl.col("\0top")).head(1)
        return noise, (_facts(worse_rows, "top"), _facts(first, "bottom"))


def _facts(rows: pl.DataFrame, side: str) -> tuple[str, float, float]:
    return rows.select(f"{side} unit", f"{side} value", f"{side} score").row(0)


def ask_orders(partition: Partition, place: str, columns: Mapping[str, OrderOfScores]) -> dict[str, Reversal] | None:
    """Return the reversal of each column; None in the round that asks."""
    if not columns:
        return {}
    merge = MergeEach(tuple((name, column.merge) for name, column in columns.items()))
    answer = partition.ask_later(place, merge, lambda: {name: column.state() for name, column in columns.items()})
    return None if answer is None else {name: Reversal.of(*facts) for name, facts in answer.items()}


_PLACE = "\0at"


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
    groups = frame.with_row_index(_PLACE).group_by([part.name for part in key], maintain_order=True)
    lowest = groups.agg(pl.col(_PLACE).get(pl.col(name).arg_min()).alias(name) for name in names.values())
    highest = groups.agg(pl.col(_PLACE).get(pl.col(name).arg_max()).alias(name) for name in names.values())
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
