"""The attributes of values in an index file: year, source, status and standard error of each cell."""

from __future__ import annotations

from pydantic import Field, model_validator

from indicia.definition.section import Column, Section

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
