"""The tables of an index file: the data, and variables outside the index."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from indicia.data import (
    MISSING,
    PASSWORD,
    PASSWORD_REMEDY,
    Join,
    LongLayout,
    NumberFormat,
    TableFormat,
    WideLayout,
    has_password,
)
from indicia.definition.section import Column, MethodChoice, NodeDirection, Number, Section, Text, Whole, Words
from indicia.errors import DefinitionError


class Wide(Section):
    """The columns of a table that has a column for each period."""

    pattern: str = Field(description='the names of these columns: "{period}", "{indicator} ({period})"')
    period: str = Field("year", description="the name of the column of periods that the table gets")
    value: str = Field("value", description="the name of the column of values, if the pattern has no {indicator}")


class Long(Section):
    """The columns of a table that has a row for each unit and indicator."""

    indicator: str = Field(description="the column with the names of the indicators")
    value: str = Field(description="the column of the values")
    keys: Words = Field(
        (), description="the columns of units and periods; default: those that do not describe the indicators"
    )


class TableSection(Section):
    """The source of a table and its format."""

    path: str | None = Field(None, description="a file, a sheet (book.xlsx#Sheet), a database, or - for standard input")
    query: str | None = Field(None, description="a query to the database")
    table: str | None = Field(None, description="a table of the database")
    encoding: str = "utf-8"
    separator: str | None = Field(None, description="the character between the fields of a text")
    skip_rows: Whole = Field(0, ge=0, description="rows before the header")
    header_rows: Whole = Field(1, ge=1, description="rows of the header, whose cells are joined to one name")
    footer_rows: Whole = Field(0, ge=0, description="rows after the data")
    range: str | None = Field(None, description='the cells of a sheet to read: "B4:K60"')
    columns: tuple[str, ...] = Field((), description="the columns to read; default: all")
    hidden: Literal["skip", "read"] | None = Field(None, description="hidden rows and columns of a sheet")
    decimal: Literal[".", ","] = Field(".", description="the decimal mark")
    thousands: Words = Field((), description="separators of thousands; a space stands for every kind of space")
    percent: bool = Field(False, description="a percent sign may follow a number: 28.7 % is 28.7")
    unit_marks: Words = Field((), description='currencies and units of measure beside a number: ["$", "kg"]')
    magnitudes: dict[str, Number] = Field({}, description="words that multiply a number: { bn = 1e9 }")
    footnotes: Words = Field((), description='footnote marks after a number: ["*", "[1]"]')
    flags: Words = Field((), description='status flags after a number and a space: ["p", "b"]')
    missing: Words | None = Field(None, description="marks of a missing value")
    wide: Wide | None = Field(None, description='a column for each period: wide = { pattern = "{period}" }')
    long: Long | None = Field(None, description="a row for each unit and indicator: long = { indicator, value }")
    without: Words = Field((), description="the names of rows that are no units: totals, notes, repeated headers")

    @field_validator("path")
    @classmethod
    def _has_no_password(cls, path: str | None) -> str | None:
        if path and has_password(path):
            # an error of pydantic would show the path
            raise DefinitionError(PASSWORD, remedy=PASSWORD_REMEDY, word=("data", "path"))
        return path

    @property
    def format(self) -> TableFormat:
        """The format of the table."""
        numbers = NumberFormat(
            decimal=self.decimal,
            thousands=self.thousands,
            percent=self.percent,
            unit_marks=self.unit_marks,
            magnitudes=tuple(self.magnitudes.items()),
            footnotes=self.footnotes,
            flags=self.flags,
            missing=MISSING if self.missing is None else self.missing,
        )
        shared = {name for name in TableFormat.__dataclass_fields__ if name in type(self).model_fields}
        settings = {name: getattr(self, name) for name in shared - {"wide", "long"}}
        return TableFormat(
            **settings,
            numbers=numbers,
            wide=WideLayout(**self.wide.model_dump()) if self.wide else None,
            long=LongLayout(**self.long.model_dump()) if self.long else None,
        )


class JoinedTable(TableSection):
    """Another table with columns for the same units."""

    path: str
    on: Words | dict[str, str] = Field(
        description='the columns to match: "city", ["city", "year"] or { city = "City" }, this table\'s name second'
    )

    @property
    def join(self) -> Join:
        """The join of the table."""
        pairs = self.on.items() if isinstance(self.on, dict) else ((column, column) for column in self.on)
        return Join(self.path, tuple(pairs), self.format)


class Data(TableSection):
    """The table of the data and the roles of its columns."""

    unit: Column | None = None
    label: Text | None = Field(None, description="a column that names the unit for readers, or one by language")
    period: Column | None = None
    groups: tuple[str, ...] = ()
    column_names: dict[str, Text] = Field(
        {}, description='the names for readers of the columns of units and groups: { region = "Region" }'
    )
    where: dict[str, Any] = Field(
        {}, description='keep the rows where a column has this value, a value of this list, or a value such as "> 0"'
    )
    joins: tuple[JoinedTable, ...] = Field((), description="further tables with columns for the same units")
    attributes: Attributes | None = Field(
        None, description="year, source, status and standard error of each value: columns, or a table of cells"
    )

    @property
    def format(self) -> TableFormat:
        """The format of the table, with the joined tables."""
        keep_flags = self.attributes is not None and self.attributes.has_flags
        joins = (table.join for table in self.joins)
        return replace(
            super().format,
            joins=tuple(replace(join, format=replace(join.format, keep_flags=keep_flags)) for join in joins),
            keep_flags=keep_flags,
        )

    @property
    def key(self) -> list[str]:
        """The columns that identify a row: the unit, and the period in a panel."""
        return [str(self.unit), *([self.period] if self.period else [])]

    def labels(self) -> tuple[str, ...]:
        """Return the label columns."""
        if self.label is None:
            return ()
        return (self.label,) if isinstance(self.label, str) else tuple(dict.fromkeys(self.label.values()))


ATTRIBUTES = ("year", "source", "status", "standard_error")
"""The attributes of a value, by the words of SDMX, in the order of their columns in tables."""
FLAGS = "flags"
"""The status of a cell is the flag behind its number."""
_PLACE = "{column}"
_KEYS = ("unit", "period", "indicator")


class IndicatorAttributes(Section):
    """The columns with the attributes of the values of one indicator."""

    year: Column | None = Field(None, description="the column with the year of each value")
    source: Column | None = Field(None, description="the column with the source of each value")
    status: Column | None = Field(None, description="the column with the status of each value: p, e, b")
    standard_error: Column | None = Field(None, description="the column with the standard error of each value")


class Attributes(Section):
    """The attributes of values: columns beside the indicators, or a table of cells."""

    year: Column | None = Field(
        None, description='the columns with the year of each value: "{column}_year"; with path, a column of that table'
    )
    source: Column | None = Field(
        None, description='the columns with the source of each value: "{column}_source"; with path, a column'
    )
    status: Column | None = Field(
        None,
        description='the columns with the status of each value: "{column}_status"; "flags": the flags behind the '
        "numbers; with path, a column",
    )
    standard_error: Column | None = Field(
        None, description='the columns with the standard error of each value: "{column}_se"; with path, a column'
    )
    path: str | None = Field(None, description="a table of cells: a row for each unit, period and indicator")
    unit: Column | None = Field(None, description="path: its column of units; default: as in [data]")
    period: Column | None = Field(None, description="path: its column of periods; default: as in [data]")
    indicator: Column | None = Field(None, description='path: its column of indicators; default: "indicator"')

    @model_validator(mode="after")
    def _has_one_form(self) -> Attributes:
        if self.path is None:
            if keys := [word for word in _KEYS if getattr(self, word) is not None]:
                raise ValueError(f'{keys[0]} is a column of a table of cells, which path names: path = "cells.csv"')
            if not (patterns := {word: pattern for word in ATTRIBUTES if (pattern := getattr(self, word)) is not None}):
                raise ValueError('attributes need columns, year = "{column}_year", or a table, path = "cells.csv"')
            for word, pattern in patterns.items():
                if _PLACE not in pattern and (word, pattern) != ("status", FLAGS):
                    raise ValueError(
                        f'{word} = "{pattern}" is the same column for all indicators: {word} = "{{column}}_{word}", '
                        f'or path = "cells.csv", a table with this column'
                    )
        elif patterns := {word: pattern for word in ATTRIBUTES if _PLACE in (pattern := getattr(self, word) or "")}:
            word = next(iter(patterns))
            raise ValueError(f'{word} = "{patterns[word]}" is a pattern, and with path a column: {word} = "{word}"')
        return self

    def column_of(self, attribute: str, column: str) -> str | None:
        """Return the column with an attribute of the values of another column; None without such a pattern."""
        pattern = getattr(self, attribute)
        return None if pattern is None or pattern == FLAGS else pattern.replace(_PLACE, column)

    @property
    def has_flags(self) -> bool:
        """True if the flags behind the numbers are the status."""
        return self.path is None and self.status == FLAGS


class OutsideVariable(Section):
    """A variable that the index is compared with, and that is no indicator."""

    name: Text | None = None
    column: Column | None = Field(None, description="the column of the data, or of the table; default: the id")
    path: str | None = Field(None, description="a table with the variable; default: the data")
    unit: Column | None = Field(None, description="path: its column of units; default: as in [data]")
    period: Column | None = Field(None, description="path: its column of periods; default: as in [data]")
    direction: NodeDirection | None = Field(
        None, description="whether more of it goes with a better index, or less; default: nothing is expected"
    )
    transform: MethodChoice = Field(None, description="a change of scale before the comparison: log")
    source: Text | None = None
    note: Text | None = None

    @property
    def has_transform(self) -> bool:
        """True if the values change their scale."""
        return self.transform not in (None, "none")

    @model_validator(mode="after")
    def _columns_have_a_table(self) -> OutsideVariable:
        for word in ("unit", "period"):
            if self.path is None and getattr(self, word) is not None:
                raise ValueError(f'{word} is a column of another table, which path names: path = "rival.csv"')
        return self


class NeighbourPairs(Section):
    """The neighbours of units: pairs in a table, or lists of names in a column of the data."""

    path: str | None = Field(None, description="a table with a row for each unit and neighbour")
    unit: Column | None = Field(None, description='path: its column of units; default: "unit"')
    neighbour: Column | None = Field(None, description='path: its column of neighbours; default: "neighbour"')
    weight: Column | None = Field(None, description="path: its column of weights above 0; default: all weights are 1")
    column: Column | None = Field(None, description="a column of the data with the names of neighbours")
    separator: str = Field(";", min_length=1, description="column: the character between the names")

    @model_validator(mode="after")
    def _has_one_form(self) -> NeighbourPairs:
        if (self.path is None) == (self.column is None):
            raise ValueError(
                'neighbours are a table of pairs, path = "pairs.csv", or a column of the data, column = "…"'
            )
        for word in ("unit", "neighbour", "weight"):
            if self.path is None and getattr(self, word) is not None:
                raise ValueError(f'{word} is a column of a table of pairs, which path names: path = "pairs.csv"')
        return self


class Outside(Section):
    """Variables that the index is compared with, and the neighbours of its units; no score depends on them."""

    variables: dict[str, OutsideVariable] = Field({}, description="variables to compare the index with, by id")
    neighbours: NeighbourPairs | None = Field(None, description="the neighbours of units")
