"""Scores and variables outside the index: correlations, and the neighbours of units."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.data import read_table
from indicia.data.cell_text import keep_rows
from indicia.data.joins import match_frames, match_texts
from indicia.definition import Data, Definition, Indicator, Node, Origin, Preparation
from indicia.errors import DataError, UnknownColumn, join_names, suggest
from indicia.run.plan import run_stages
from indicia.stages.read import Read
from indicia.stages.transform import Transform
from indicia.tables.scope import cast_key
from indicia.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from indicia.catalogue import Catalogue
    from indicia.definition.data_section import OutsideVariable
    from indicia.methods import Array
    from indicia.run import Scored

    Integers = npt.NDArray[np.int64]


_PLACE = ("outside", "neighbours")


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The neighbours of units as pairs; a pair has the numbers of two units, and a weight.

    >>> pairs = pl.DataFrame({"unit": ["a", "a", "b", "c"], "neighbour": ["b", "c", "a", "a"]})
    >>> neighbours = Neighbours.of(["a", "b", "c", "d"], pairs)
    >>> neighbours.lag(np.array([1.0, 2.0, 4.0, 8.0])).tolist()
    [3.0, 1.0, 1.0, nan]
    >>> neighbours.islands, neighbours.is_symmetric
    (('d',), True)
    """

    units: tuple[str, ...]
    """The names of the units, each once."""
    first: Integers
    """The unit of each pair, as a position in `units`."""
    second: Integers
    """Its neighbour."""
    weights: Array
    """The weight of each pair, as stated; 1 without weights."""
    unmatched: tuple[str, ...] = ()
    """The names among the pairs that are no unit of the run; their pairs are left out."""

    @classmethod
    def of(cls, units: list[str], pairs: pl.DataFrame) -> Neighbours:
        """Return the neighbours of units by pairs: columns `unit`, `neighbour` and, if weights differ, `weight`."""
        names = pl.Series("unit", units, pl.String)
        numbers = pl.DataFrame([names.alias("\0name"), pl.Series("\0at", np.arange(len(units)))])
        places = []
        unmatched: dict[str, None] = {}
        for column in ("unit", "neighbour"):
            mine, theirs = match_texts(names, pairs[column])
            texts = numbers.with_columns(mine.alias("\0name"))
            place = theirs.to_frame("\0name").join(texts, on="\0name", how="left", maintain_order="left")["\0at"]
            places.append(place)
            unmatched |= dict.fromkeys(str(name) for name in pairs[column].filter(place.is_null()))
        weights = pairs["weight"] if "weight" in pairs.columns else pl.Series(np.ones(len(pairs)))
        _check_pairs(pairs, places, weights)
        known = (places[0].is_not_null() & places[1].is_not_null()).to_numpy()
        first, second = (place.fill_null(0).to_numpy()[known] for place in places)
        return cls(tuple(units), first, second, weights.cast(pl.Float64).to_numpy()[known], tuple(unmatched))

    @cached_property
    def counts(self) -> Integers:
        """The number of neighbours of each unit."""
        return np.bincount(self.first, minlength=len(self.units))

    @property
    def islands(self) -> tuple[str, ...]:
        """The units without neighbours."""
        return tuple(unit for unit, count in zip(self.units, self.counts.tolist(), strict=True) if not count)

    @cached_property
    def is_symmetric(self) -> bool:
        """True if every pair has its reverse, with the same weight."""
        size = len(self.units)
        there, back = self.first * size + self.second, self.second * size + self.first
        order, reverse = np.argsort(there), np.argsort(back)
        has_reverses = np.array_equal(there[order], back[reverse])
        return has_reverses and np.array_equal(self.weights[order], self.weights[reverse])

    @cached_property
    def standardised(self) -> Array:
        """The weights of the pairs, divided by their sum for each unit (row-standardised)."""
        totals = np.bincount(self.first, self.weights, minlength=len(self.units))
        return self.weights / totals[self.first]

    def lag(self, values: Array) -> Array:
        """Return the weighted mean of the values of the neighbours of each unit (the spatial lag).

        A neighbour without a value (NaN) does not count; a unit without any neighbour that has a value gets NaN.
        """
        present = np.isfinite(values[self.second])
        weights = np.where(present, self.weights, 0.0)
        size = len(self.units)
        totals = np.bincount(self.first, weights, minlength=size)
        sums = np.bincount(self.first, weights * np.where(present, values[self.second], 0.0), minlength=size)
        lag: Array = np.full(size, np.nan)
        np.divide(sums, totals, out=lag, where=totals > 0)
        return lag


def read_neighbours(
    definition: Definition, origin: Origin, table: pl.DataFrame, rows: pl.DataFrame
) -> Neighbours | None:
    """Return the neighbours that an index file states; None without them.

    `table` has the data, as they are read, and `rows` the units of the run, in a panel several times.
    """
    spec, unit = definition.outside.neighbours, str(definition.data.unit)
    if spec is None:
        return None
    units = rows[unit].unique(maintain_order=True).to_list()
    if spec.column is not None:
        lists = table.filter(pl.col(unit).is_in(units)).select(
            unit=pl.col(unit), neighbour=pl.col(spec.column).str.split(spec.separator)
        )
        pairs = lists.explode("neighbour").with_columns(pl.col("neighbour").str.strip_chars())
        # in a panel, the lists of a unit stand in several rows
        return Neighbours.of(units, pairs.filter(pl.col("neighbour") != "").unique(maintain_order=True))
    mine, theirs = spec.unit or "unit", spec.neighbour or "neighbour"
    weight = [spec.weight] if spec.weight else []
    try:
        frame = read_table(spec.path, text=[mine, theirs], numbers=weight, folder=origin.folder)
    except UnknownColumn as error:
        remedy = error.remedy or 'unit = "…", neighbour = "…" and weight = "…" name its columns'
        raise DataError(f"neighbours: {error.what}: {spec.path}", remedy=remedy, word=_PLACE) from error
    columns = {"unit": mine, "neighbour": theirs, **({"weight": spec.weight} if spec.weight else {})}
    return Neighbours.of(units, frame.select(pl.col(column).alias(name) for name, column in columns.items()))


def neighbour_means(definition: Definition, scored: Scored, neighbours: Neighbours | None) -> pl.DataFrame:
    """Return the number of neighbours of each unit, its score, and the mean score of its neighbours."""
    key = scored.source.key
    kinds = {"neighbours": pl.Int64, "with_score": pl.Int64, "score": pl.Float64, "mean_of_neighbours": pl.Float64}
    keys = scored.units.select(key)
    if neighbours is None:
        return keys.clear().with_columns(pl.lit(None, kind).alias(name) for name, kind in kinds.items())
    positions = {unit: at for at, unit in enumerate(neighbours.units)}
    at = scored.units[key[0]].replace_strict(positions, return_dtype=pl.Int64).to_numpy()
    scores = scored.nodes[scored.tree.id].fill_null(np.nan).to_numpy()
    period = definition.data.period
    periods = scored.units[period].rank("dense").to_numpy() if period else np.ones(len(at))
    counts, means = np.zeros(len(at), int), np.full(len(at), np.nan)
    for value in np.unique(periods):
        rows = periods == value
        values = np.full(len(neighbours.units), np.nan)
        values[at[rows]] = scores[rows]
        scored_pairs = np.isfinite(values[neighbours.second])
        counts[rows] = np.bincount(neighbours.first, scored_pairs, minlength=len(values))[at[rows]]
        means[rows] = neighbours.lag(values)[at[rows]]
    columns = dict(zip(kinds, (neighbours.counts[at], counts, scores, means), strict=True))
    return keys.hstack(pl.DataFrame(columns, schema_overrides=kinds, nan_to_null=True).get_columns())


def _check_pairs(pairs: pl.DataFrame, places: list[pl.Series], weights: pl.Series) -> None:
    """Refuse pairs of a unit with itself, repeated pairs, and weights that are not above zero."""
    names = pairs.select("unit", "neighbour")
    repeated = pl.DataFrame([places[0].alias("first"), places[1].alias("second")])
    known = repeated.select(pl.all_horizontal(pl.all().is_not_null())).to_series()
    numbers = weights.cast(pl.Float64)
    faults = (
        (pairs["unit"].is_null() | pairs["neighbour"].is_null(), "a row lacks a name", "name both units in every row"),
        (
            (places[0] == places[1]).fill_null(value=False),
            "a unit is its own neighbour",
            "leave out these rows",
        ),
        (repeated.is_duplicated() & known, "a pair stands twice", "keep one row for each pair"),
        (~(numbers > 0).fill_null(value=False), "a weight is missing, or not above 0", "leave out these rows"),
    )
    for fault, message, remedy in faults:
        if fault.any():
            texts = names.filter(fault).fill_null("(empty)")
            examples = [" – ".join(row) for row in texts.iter_rows()]
            raise DataError(f"neighbours: {message}: {join_names(examples)}", remedy=remedy, word=_PLACE)


_ROW = "\0row"


@dataclass(frozen=True, eq=False)
class OutsideValues:
    """The variables outside an index, beside its units."""

    frame: pl.DataFrame
    """Unit, period in a panel, and a Float64 column for each variable, after its transform."""
    variables: tuple[str, ...]
    unmatched: Mapping[str, tuple[str, ...]]
    """The units of the table of a variable that the data do not have, by variable; without variables of the data."""

    @classmethod
    def read(
        cls, definition: Definition, catalogue: Catalogue, origin: Origin, table: pl.DataFrame, units: pl.DataFrame
    ) -> OutsideValues:
        """Return the variables of an index beside the units of a run; `table` has the data, as they are read."""
        data, variables = definition.data, definition.outside.variables
        key = data.key
        frame, unmatched = units.select(key), dict[str, tuple[str, ...]]()
        of_data = [name for name, variable in variables.items() if variable.path is None]
        if of_data:
            kept = keep_rows(table, data.where)
            columns = (pl.col(variables[name].column or name).cast(pl.Float64).alias(f"\0{name}") for name in of_data)
            values = cast_key(kept.select(*key, *columns), frame, key)
            frame = frame.join(values, on=key, how="left", maintain_order="left")
        for name, variable in variables.items():
            if variable.path is not None:
                source = _Source.read(name, variable, data, origin)
                unmatched[name] = source.unmatched(table.select(key))
                frame = frame.hstack([source.values_of(frame.select(key)).alias(f"\0{name}")])
        frame = frame.select(*key, *(pl.col(f"\0{name}").alias(name) for name in variables))
        return cls(_transformed(frame, definition, catalogue, origin), tuple(variables), unmatched)


@dataclass(frozen=True, eq=False)
class _Source:
    """The table of a variable: its rows with a value."""

    name: str
    path: str
    on: tuple[tuple[str, str], ...]
    frame: pl.DataFrame
    value: str

    @classmethod
    def read(cls, name: str, variable: OutsideVariable, data: Data, origin: Origin) -> _Source:
        assert variable.path is not None
        unit, value = variable.unit or str(data.unit), variable.column or name
        period = [variable.period or data.period] if data.period else []
        place = ("outside", "variables", name)
        try:
            frame = read_table(variable.path, text=[unit], numbers=[value], folder=origin.folder)
            if period and period[0] not in frame.columns:
                column = str(period[0])
                raise UnknownColumn(column, f'no column "{column}" in the table', remedy=suggest(column, frame.columns))
        except UnknownColumn as error:
            remedy = error.remedy or 'unit = "…", period = "…" and column = "…" name its columns'
            raise DataError(f"{name}: {error.what} {variable.path}", remedy=remedy, word=place) from error
        theirs = [unit, *map(str, period)]
        return cls(name, variable.path, tuple(zip(data.key, theirs, strict=True)), frame.drop_nulls(value), value)

    def unmatched(self, data: pl.DataFrame) -> tuple[str, ...]:
        """Return the units that the data do not have; a table without any unit of the data is an error."""
        unit = self.on[:1]
        left, right = match_frames(data, self.frame, unit)
        names = self.frame[unit[0][1]].filter(~right["0"].is_in(left["0"].unique().implode()).fill_null(value=False))
        if len(names) == len(self.frame):
            raise DataError(
                f"{self.name}: no unit of {self.path} is in the data, such as {join_names(names.unique().sort(), 3)}",
                remedy='unit = "…" names its column of units, with names as in the data',
                word=("outside", "variables", self.name),
            )
        return tuple(map(str, names.unique(maintain_order=True)))

    def values_of(self, units: pl.DataFrame) -> pl.Series:
        """Return the value of each unit; two rows for one unit are an error."""
        left, right = match_frames(units, self.frame, self.on)
        repeated = right.is_duplicated()
        if repeated.any():
            rows = self.frame.filter(repeated).select(theirs for _, theirs in self.on).unique(maintain_order=True)
            names = [" ".join(map(str, row)) for row in rows.iter_rows()]
            raise DataError(
                f"{self.name}: {self.path} has several rows for {join_names(names)}",
                remedy='keep one row for each unit; in a panel, period = "…" names the column of periods',
                word=("outside", "variables", self.name),
            )
        values = right.hstack([self.frame[self.value].cast(pl.Float64).alias(_ROW)])
        return left.join(values, on=left.columns, how="left", maintain_order="left")[_ROW]


def _transformed(frame: pl.DataFrame, definition: Definition, catalogue: Catalogue, origin: Origin) -> pl.DataFrame:
    """Return the variables after their transforms."""
    methods: dict[str, Any] = {
        name: catalogue.choose("treatment", variable.transform, origin.folder)
        for name, variable in definition.outside.variables.items()
        if variable.has_transform
    }
    preparations = tuple(
        Preparation(name, Indicator(column=name), transform=methods.get(name)) for name in definition.outside.variables
    )
    if not any(preparation.transform for preparation in preparations):
        return frame
    data = Data(unit=definition.data.unit, period=definition.data.period)
    values = run_stages([Read(data, preparations), Transform(preparations)], Table.of(frame))[-1].table.values
    return frame.with_columns(values.get_columns())


@dataclass(frozen=True)
class Correlation:
    """The correlations of a variable outside an index with the scores of a node."""

    variable: str
    id: str
    """The node: "index", or a dimension of the first level."""
    n: int
    """The number of units with a score and a value."""
    missing: int
    """The number of units with a score and without a value."""
    pearson: float | None
    spearman: float | None
    expected: str | None
    """The sign that the directions imply, "positive" or "negative"; None without a direction of the variable."""
    as_expected: bool | None
    """True if Pearson's correlation has this sign."""


_TYPES = {
    "str": pl.String,
    "int": pl.Int64,
    "float | None": pl.Float64,
    "str | None": pl.String,
    "bool | None": pl.Boolean,
}
"""The types of columns, by the types of the fields of `Correlation`."""


def correlations(definition: Definition, scored: Scored, outside: OutsideValues) -> pl.DataFrame:
    """Return the correlations of each variable with the index and its first-level dimensions, within each period."""
    schema = pl.Schema({field.name: _TYPES[str(field.type)] for field in fields(Correlation)})
    period = definition.data.period
    if period is None or not outside.variables:
        every_row = np.ones(len(outside.frame), bool)
        return pl.DataFrame(list(_of_rows(definition, scored, outside, every_row)), schema=schema)
    frames = []
    for value in scored.units[period].unique(maintain_order=True):
        rows = (scored.units[period] == value).to_numpy()
        frame = pl.DataFrame(list(_of_rows(definition, scored, outside, rows)), schema=schema)
        frames.append(frame.select(pl.lit(value, scored.units.schema[period]).alias(period), pl.all()))
    return pl.concat(frames)


def _of_rows(definition: Definition, scored: Scored, outside: OutsideValues, rows: Array) -> Iterator[Correlation]:
    nodes: list[Node] = [scored.tree, *(part for part in scored.tree.nodes() if part.level == 1)]
    for name, variable in definition.outside.variables.items():
        x = outside.frame[name].fill_null(np.nan).to_numpy()[rows]
        for node in nodes:
            y = scored.nodes[node.id].fill_null(np.nan).to_numpy()[rows]
            has_score, both = np.isfinite(y), np.isfinite(x) & np.isfinite(y)
            n = int(both.sum())
            r = correlation(x[both], y[both])
            sign = {"benefit": 1, "cost": -1, None: 0}[variable.direction] * (-1 if node.low_is_best else 1)
            yield Correlation(
                name,
                node.id,
                n,
                int(has_score.sum()) - n,
                r,
                correlation(_ranks(x[both]), _ranks(y[both])),
                {1: "positive", -1: "negative"}.get(sign),
                None if r is None or not sign else bool(r * sign > 0),
            )


def correlation(x: Array, y: Array) -> float | None:
    """Return Pearson's correlation; None for fewer than three values, and for values that do not differ.

    >>> correlation(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0]))
    1.0
    """
    if len(x) < 3 or x.min() == x.max() or y.min() == y.max():
        return None
    x, y = x - x.mean(), y - y.mean()
    r = float(x @ y / np.sqrt((x @ x) * (y @ y)))
    return max(-1.0, min(1.0, r))


def _ranks(values: Array) -> Array:
    ranks: Array = pl.Series(values).rank("average").to_numpy()
    return ranks
