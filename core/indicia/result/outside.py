"""Variables outside an index: their values beside the units, and their correlations with the scores."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.data import read_table
from indicia.data.conditions import keep_rows
from indicia.data.joins import match_frames
from indicia.definition import Data, Indicator, Preparation
from indicia.errors import DataError, UnknownColumn, join_names, suggest
from indicia.run.steps import run_stages
from indicia.stages.read import Read
from indicia.stages.transform import Transform
from indicia.tables.joins import cast_key
from indicia.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.catalogue import Catalogue
    from indicia.definition import Definition, Node, Origin
    from indicia.definition.outside_section import OutsideVariable
    from indicia.methods import Array
    from indicia.run import Scored

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
