"""The attributes of values: the year, source, status and standard error of each cell, beside the units of a run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from indicia.data import flag_column, read_table
from indicia.data.cell_text import keep_rows
from indicia.data.joins import match_frames
from indicia.definition.data_section import ATTRIBUTES, Attributes
from indicia.errors import DataError, UnknownColumn, join_names, suggest
from indicia.tables.scope import cast_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from indicia.definition import Definition

TYPES = {"year": pl.Int64, "source": pl.String, "status": pl.String, "standard_error": pl.Float64}
"""The types of the attributes."""
_YEAR = r"^\s*([1-9]\d{3})(?:\.0+|-\d{1,2}(?:-\d{1,2}.*)?)?\s*$"
"""A year, or a date that begins with the year."""


@dataclass(frozen=True, eq=False)
class CellAttributes:
    """The attributes of the cells of a run; all frames have the rows of its units."""

    keys: pl.DataFrame
    """The unit, and the period in a panel."""
    values: pl.DataFrame
    """The values as the table has them, a Float64 column for each indicator."""
    frames: Mapping[str, pl.DataFrame]
    """For each attribute, a column for each indicator that has it; an attribute without columns is left out."""

    @cached_property
    def sources(self) -> dict[str, list[str]]:
        """The sources that values state, in order, each with the indicators of these values."""
        sources: dict[str, list[str]] = {}
        for column in self.frames.get("source", pl.DataFrame()):
            for source in column.drop_nulls().cast(pl.String).unique().sort():
                sources.setdefault(source, []).append(column.name)
        return dict(sorted(sources.items()))

    @classmethod
    def read(
        cls, definition: Definition, table: pl.DataFrame, units: pl.DataFrame, folder: Path, *, required: bool = True
    ) -> CellAttributes:
        """Return the attributes of the cells of these units.

        Parameters
        ----------
        definition
            The definition of the index.
        table
            The data that `Index.read_table` returned.
        units
            The rows of the run: unit and period.
        folder
            The folder of the table of cells.
        required
            Whether each attribute of the index file must have a column; the new data of a fitted index may lack them.
        """
        data = definition.data
        keys = units.select(data.key)
        if not _has_attributes(definition):
            return cls(keys, pl.DataFrame(), {})
        frame = _rows_of(keys, keep_rows(table, data.where))
        names = {name: spec.column or name for name, spec in definition.indicators.items()}
        values = frame.select(
            pl.col(column).cast(pl.Float64, strict=False).alias(name)
            for name, column in names.items()
            if column in frame.columns
        )
        if data.attributes is not None and data.attributes.path is not None:
            frames = CellTable.read(definition, folder).attributes_of(table.select(data.key), keys)
        else:
            frames = _columns(definition, frame, required)
        typed = {
            attribute: pl.DataFrame([_with_type(attribute, column, keys) for column in columns])
            for attribute, columns in frames.items()
        }
        return cls(keys, values, typed)

    @property
    def is_empty(self) -> bool:
        """True if no cell has an attribute."""
        return not self.frames

    @cached_property
    def names(self) -> list[str]:
        """The indicators that have attributes, in the order of the index file."""
        return [name for name in self.values.columns if any(name in frame.columns for frame in self.frames.values())]

    def of(self, attribute: str, name: str) -> pl.Series:
        """Return an attribute of the values of an indicator; without the attribute, nulls."""
        frame = self.frames.get(attribute)
        if frame is None or name not in frame.columns:
            return pl.Series(name, [None], TYPES[attribute]).new_from_index(0, len(self.keys))
        return frame[name]

    @cached_property
    def table(self) -> pl.DataFrame:
        """A row for each cell with an attribute: unit, period, indicator, value as read, and the attributes."""
        parts = [
            self.keys.with_columns(
                pl.lit(name).alias("indicator"),
                self.values[name].alias("value"),
                *(self.of(attribute, name).alias(attribute) for attribute in ATTRIBUTES),
            )
            for name in self.names
        ]
        kinds = {"indicator": pl.String, "value": pl.Float64, **TYPES}
        empty = self.keys.clear().with_columns(pl.lit(None, kind).alias(name) for name, kind in kinds.items())
        has_some = pl.any_horizontal(pl.col(ATTRIBUTES).is_not_null())
        return pl.concat([empty, *parts]).filter(has_some)


def _has_attributes(definition: Definition) -> bool:
    has_own = any(spec.attributes is not None for spec in definition.indicators.values())
    return has_own or definition.data.attributes is not None


def _rows_of(keys: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a table for these keys, in their order."""
    numbered = cast_key(table.select(keys.columns).with_row_index("\0row"), keys, keys.columns)
    rows = keys.join(numbered, on=keys.columns, how="left", maintain_order="left")["\0row"]
    return table.select(pl.all().gather(rows))


def _columns(definition: Definition, frame: pl.DataFrame, required: bool) -> dict[str, pl.DataFrame]:
    """Return the attributes in columns of the table."""
    patterns, frames = definition.data.attributes, dict[str, pl.DataFrame]()
    # a variant may leave out all indicators that have such columns
    needs_column = required and not leaves_out_parts(definition)
    for attribute in ATTRIBUTES:
        pattern = None if patterns is None else getattr(patterns, attribute)
        columns, expected = {}, []
        for name, spec in definition.indicators.items():
            own = getattr(spec.attributes, attribute) if spec.attributes is not None else None
            column = own or _by_pattern(definition, attribute, spec.column or name)
            if own is not None and own not in frame.columns and required:
                raise DataError(
                    f'no column "{own}" in the table, which is to have the {_noun(attribute)} of {name}',
                    remedy=suggest(own, frame.columns),
                    word=("indicators", name, "attributes"),
                )
            if column is not None and column in frame.columns:
                columns[name] = frame[column]
            elif column is not None:
                expected.append(f"{column} for {name}")
        if pattern is not None and not columns and needs_column and not _flags_only(definition, attribute):
            raise DataError(
                f"no indicator has a column with its {_noun(attribute)}, such as {expected[0]}",
                remedy=f'{attribute} = "{{column}}_…" in [data.attributes] with the ending of these columns',
                word=("data", "attributes", attribute),
            )
        if columns:
            frames[attribute] = pl.DataFrame([column.alias(name) for name, column in columns.items()])
    return frames


def _by_pattern(definition: Definition, attribute: str, column: str) -> str | None:
    patterns = definition.data.attributes
    if patterns is None:
        return None
    return flag_column(column) if _flags_only(definition, attribute) else patterns.column_of(attribute, column)


def _flags_only(definition: Definition, attribute: str) -> bool:
    patterns = definition.data.attributes
    return attribute == "status" and patterns is not None and patterns.has_flags


def attribute_columns(definition: Definition) -> dict[str, str]:
    """Return the columns of the table that may have attributes, each with its indicator."""
    columns = {}
    for name, spec in definition.indicators.items():
        for attribute in ATTRIBUTES:
            own = getattr(spec.attributes, attribute) if spec.attributes is not None else None
            if column := own or _by_pattern(definition, attribute, spec.column or name):
                columns[column] = name
    return columns


def _noun(attribute: str) -> str:
    return attribute.replace("_", " ")


def _with_type(attribute: str, column: pl.Series, keys: pl.DataFrame) -> pl.Series:
    """Return an attribute with its type; a year that is none and an error below zero are refused."""
    if attribute == "year":
        years = column.dt.year() if column.dtype in (pl.Date, pl.Datetime) else _years(column)
        _refuse(column, years.is_null() & column.is_not_null(), keys, "is no year", "write a year of four digits")
        return years.cast(pl.Int64)
    if attribute == "standard_error":
        numbers = column.cast(pl.Float64, strict=False)
        is_number = numbers.is_finite().fill_null(value=False)
        remedy = "write a number, or leave the cell empty"
        _refuse(column, ~is_number & column.is_not_null(), keys, "is no standard error", remedy)
        remedy = "write 0 where a value has no error"
        _refuse(column, (numbers < 0).fill_null(value=False), keys, "is a negative standard error", remedy)
        return numbers
    texts = column.cast(pl.String).str.strip_chars()
    return texts.set(texts == "", None)


def _years(column: pl.Series) -> pl.Series:
    return column.cast(pl.String).str.extract(_YEAR).cast(pl.Int64)


def _refuse(column: pl.Series, fault: pl.Series, keys: pl.DataFrame, clause: str, remedy: str) -> None:
    if not fault.any():
        return
    units = [" ".join(map(str, row)) for row in keys.filter(fault).iter_rows()]
    cell = str(column.filter(fault)[0])
    raise DataError(
        f'attributes of {column.name}: "{cell[:40]}" {clause} ({join_names(units)})',
        remedy=remedy,
        word=("data", "attributes"),
    )


_ROW, _NAME = "\0row", "\0name"
_PLACE = ("data", "attributes")


@dataclass(frozen=True, eq=False)
class CellTable:
    """The rows of a table of cells, with the indicators by their ids."""

    path: str
    on: tuple[tuple[str, str], ...]
    """The columns to match: unit and period of the data, and of this table."""
    frame: pl.DataFrame
    """The rows with the columns of unit and period, the id of the indicator, and the attributes by their names."""

    @classmethod
    def read(cls, definition: Definition, folder: Path) -> CellTable:
        """Read the table of cells of an index file; an unknown indicator is an error."""
        attributes, data = definition.data.attributes, definition.data
        assert attributes is not None
        assert attributes.path is not None
        unit, indicator = attributes.unit or str(data.unit), attributes.indicator or "indicator"
        period = (attributes.period or data.period) if data.period else None
        try:
            raw = read_table(attributes.path, text=[unit, indicator], folder=folder)
        except UnknownColumn as error:
            raise _without_column(error, attributes) from error
        if period is not None and period not in raw.columns:
            raise _without_column(UnknownColumn(period, "", remedy=suggest(period, raw.columns)), attributes)
        columns = _table_columns(attributes, raw)
        names = _ids(raw[indicator], definition, attributes.path)
        keys = [unit, *([period] if period else [])]
        frame = raw.select(
            *keys, names.alias(_NAME), *(pl.col(column).alias(f"\0{to}") for to, column in columns.items())
        )
        # rows that belong to units and indicators that the index file leaves out
        is_left_out = raw[unit].str.strip_chars().is_in(data.without).fill_null(value=False)
        kept = frame.filter(~is_left_out & frame[_NAME].is_in([*definition.indicators]))
        return cls(attributes.path, tuple(zip(data.key, keys, strict=True)), kept)

    def attributes_of(self, data: pl.DataFrame, units: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """Return the attributes beside the units of a run, by attribute: a column for each indicator.

        `data` has the units and periods of the whole table of the data. Other units and repeated cells are errors.
        """
        self._check_units(data)
        left, right = match_frames(units, self.frame, self.on)
        keys = left.columns
        cells = right.hstack(self.frame.drop([theirs for _, theirs in self.on]))
        self._check_repeated(cells, keys)
        rows = left.with_row_index(_ROW)
        matched = rows.join(cells, on=keys, how="inner", maintain_order="left")
        frames = {}
        for attribute in ATTRIBUTES:
            if f"\0{attribute}" in matched.columns and len(matched):
                wide = matched.pivot(_NAME, index=_ROW, values=f"\0{attribute}", maintain_order=True)
                frames[attribute] = rows.select(_ROW).join(wide, on=_ROW, how="left", maintain_order="left").drop(_ROW)
        return frames

    def _check_units(self, data: pl.DataFrame) -> None:
        left, right = match_frames(data, self.frame, self.on)
        keys = left.columns
        alone = right.with_row_index(_ROW).join(left.unique(), on=keys, how="anti", maintain_order="left")
        if alone.is_empty():
            return
        theirs = [theirs for _, theirs in self.on]
        rows = self.frame[alone[_ROW].to_list()].select(theirs).unique(maintain_order=True)
        names = [" ".join("(empty)" if cell is None else str(cell) for cell in row) for row in rows.iter_rows()]
        known = [" ".join(map(str, row)) for row in data.select(mine for mine, _ in self.on).iter_rows()]
        raise DataError(
            f"the table of cells {self.path} names units that the data do not have: {join_names(names)}",
            remedy=suggest(names[0], known) or "write them as in the data",
            word=_PLACE,
        )

    def _check_repeated(self, cells: pl.DataFrame, keys: list[str]) -> None:
        repeated = cells.select(pl.struct([*keys, _NAME]).is_duplicated().alias("fault"))["fault"]
        if repeated.any():
            theirs = [theirs for _, theirs in self.on]
            rows = self.frame.filter(repeated).select(*theirs, _NAME).unique(maintain_order=True)
            names = [" ".join(map(str, row)) for row in rows.iter_rows()]
            raise DataError(
                f"the table of cells {self.path} has several rows for one cell: {join_names(names)}",
                remedy="keep one row for each unit, period and indicator",
                word=_PLACE,
            )


def _table_columns(attributes: Attributes, raw: pl.DataFrame) -> dict[str, str]:
    """Return the column of each attribute; a column that the index file names must exist."""
    columns = {}
    for attribute in ATTRIBUTES:
        stated = getattr(attributes, attribute)
        if stated is not None and stated not in raw.columns:
            raise DataError(
                f'no column "{stated}" in the table of cells {attributes.path}',
                remedy=suggest(stated, raw.columns),
                word=(*_PLACE, attribute),
            )
        if stated is not None or attribute in raw.columns:
            columns[attribute] = stated or attribute
    if not columns:
        raise DataError(
            f"the table of cells {attributes.path} has none of the columns {join_names(ATTRIBUTES)}",
            remedy=f'name them in [data.attributes]: year = "…"; its columns: {join_names(raw.columns, 20)}',
            word=_PLACE,
        )
    return columns


def _ids(column: pl.Series, definition: Definition, path: str) -> pl.Series:
    """Return the ids of indicators, which a table of cells names by their ids or their columns."""
    ids = {spec.column or name: name for name, spec in definition.indicators.items()}
    ids |= {name: name for name in definition.indicators}
    names = column.str.strip_chars()
    unknown = [name for name in names.unique(maintain_order=True) if name not in ids]
    if unknown and not leaves_out_parts(definition):
        raise DataError(
            f"the table of cells {path} names indicators that the index does not have: {join_names(unknown)}",
            remedy=suggest(str(unknown[0]), ids),
            word=_PLACE,
        )
    return names.replace(ids)


def leaves_out_parts(definition: Definition) -> bool:
    """Return whether a definition is that of a variant without some parts, whose indicators it does not have."""
    parts = {*definition.indicators, *definition.dimensions}
    return any(part not in parts for variant in definition.variants.values() for part in variant.without)


def _without_column(error: UnknownColumn, attributes: Attributes) -> DataError:
    word = next((key for key in ("unit", "period", "indicator") if getattr(attributes, key) == error.column), None)
    return DataError(
        f'no column "{error.column}" in the table of cells {attributes.path}',
        remedy=error.remedy or 'unit = "…", period = "…" and indicator = "…" in [data.attributes] name its columns',
        word=(*_PLACE, word) if word else _PLACE,
    )
