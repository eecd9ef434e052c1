"""The table of cells of an index file: a row for each unit, period and indicator, with the attributes of its value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.data import read_table
from indicia.data.joins import match_frames
from indicia.definition.attributes_section import ATTRIBUTES
from indicia.errors import DataError, UnknownColumn, join_names, suggest

if TYPE_CHECKING:
    from pathlib import Path

    from indicia.definition import Definition
    from indicia.definition.attributes_section import Attributes

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
        columns = _columns(attributes, raw)
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


def _columns(attributes: Attributes, raw: pl.DataFrame) -> dict[str, str]:
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
