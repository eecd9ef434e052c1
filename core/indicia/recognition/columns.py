"""The roles of the columns of a table, inferred from names and cells: unit, label, period, groups, indicators."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.data import MISSING, rows_differ
from indicia.errors import DefinitionError, suggest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

_PERIOD = re.compile(r"^(year|period|time|date|quarter|month|jahr|année|año|年|年份|年度|时期)$", re.IGNORECASE)
_CODE = re.compile(r"^(id|code|rank|index|row|no)$|_(id|code|rank)$", re.IGNORECASE)
_CODE_REASON = "a code or a rank"
_NUMBER = r"^\s*[-+]?[\d.,'\s]*\d[\d.,'\s]*%?\s*$"
"""Texts that people read as numbers: "1,234.5", "12 %"."""


@dataclass(frozen=True)
class Inferred:
    """The roles of the columns of a table."""

    unit: str
    label: str | None
    period: str | None
    groups: tuple[str, ...]
    indicators: tuple[str, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Columns without a role, with the reason."""
    doubtful: tuple[str, ...] = ()
    """The columns of numbers without a role, which the user may want as indicators."""

    @property
    def doubts(self) -> list[str]:
        """A sentence for each column of numbers without a role, with the option that makes it an indicator."""
        return [f"{name} is left out: {self.left_out[name]}{self._remedy(name)}" for name in self.doubtful]

    def _remedy(self, name: str) -> str:
        if self.left_out[name] != _CODE_REASON:
            return ""
        return f"; --cost {_in_shell(name)} includes it, or --indicator (in Python indicators=) lists every indicator"

    def data(self) -> dict[str, Any]:
        """Return the `[data]` table of an index file with these roles."""
        roles = {"unit": self.unit, "label": self.label, "period": self.period, "groups": list(self.groups)}
        return {word: value for word, value in roles.items() if value}


def infer(
    frame: pl.DataFrame,
    *,
    unit: str | None = None,
    label: str | None = None,
    period: str | None = None,
    groups: Sequence[str] = (),
    indicators: Iterable[str] | None = None,
    costs: Collection[str] = (),
) -> Inferred:
    """Infer the roles without an argument; a table without a column that names the units is an error.

    Indicators are the columns of numbers except codes and ranks. A code or rank has a name such as "id" and a different
    whole number for each unit, and is not among the `costs`.

    >>> table = pl.DataFrame({"city": ["Lima", "Oslo"], "region": ["S", "S"], "year": [2020, 2020], "gdp": [3.0, 4.0]})
    >>> roles = infer(table)
    >>> roles.unit, roles.period, roles.indicators
    ('city', 'year', ('gdp',))
    """
    schema = frame.schema
    stated = [column for column in (unit, label, period, *groups, *(indicators or ())) if column]
    for column in stated:
        if column not in schema:
            raise DefinitionError(f'unknown column "{column}"', remedy=suggest(column, schema))
    indicator_columns = None if indicators is None else tuple(indicators)
    others = [column for column in schema if column not in stated]
    texts = [column for column in others if schema[column] in (pl.String, pl.Categorical, pl.Enum)]
    mixed = {column: text for column in texts if (text := _text_among_numbers(frame[column]))}
    words = [column for column in texts if column not in mixed]
    period = period or next((column for column in others if column not in words and _PERIOD.match(column)), None)
    unit, period = _unit(frame, unit, [*words, *mixed], others, period)
    unit_name, size = unit, cache(lambda column: frame[column].n_unique())

    def is_constant_by_unit(column: str) -> bool:
        """Return True if each unit has a single value of the column."""
        return column != unit_name and _distinct(frame, unit_name, column) == size(unit_name)

    fixed = [column for column in words if column != period and is_constant_by_unit(column)]
    names = [column for column in fixed if size(column) == size(unit)]
    label = label or next(iter(names), None)
    groups = tuple(groups) or tuple(column for column in fixed if column not in (label, *names) and size(column) > 1)
    left_out = {column: "text" for column in words if column not in (unit, label, period, *groups)}
    mixed = {column: f'numbers, and text such as "{text}"' for column, text in mixed.items() if column != unit}
    doubtful = dict(mixed)
    if indicator_columns is None:
        numbers = [column for column in others if schema[column].is_numeric() and column not in (unit, period)]
        for column in numbers:
            if frame[column].null_count() == len(frame):
                doubtful[column] = "empty"
            elif column not in costs and _is_code(frame[column]) and size(column) == size(unit):
                doubtful[column] = _CODE_REASON
        indicator_columns = tuple(column for column in numbers if column not in doubtful)
    if not indicator_columns:
        candidate = next(iter(mixed), None)
        raise DefinitionError(
            "the table has no numeric column to build an index from",
            where=f"columns: {', '.join(frame.columns)}",
            remedy=f"--indicator {_in_shell(candidate)} names the cells that are not numbers" if candidate else None,
        )
    for name in costs:
        if name not in indicator_columns:
            raise DefinitionError(f'cost "{name}" is no indicator', remedy=suggest(name, indicator_columns))
    return Inferred(unit, label, period, groups, indicator_columns, left_out | doubtful, tuple(doubtful))


def _is_code(column: pl.Series) -> bool:
    """Return True if a column has the name of a code or a rank, and only whole numbers."""
    return bool(_CODE.search(column.name)) and bool((column.drop_nulls() % 1 == 0).all())


def _text_among_numbers(column: pl.Series) -> str | None:
    """Return the first cell that is not a number; None if fewer than half of the cells look like numbers."""
    cells = column.drop_nulls().cast(pl.String)
    numbers = cells.str.contains(_NUMBER)
    if not len(cells) or numbers.sum() < len(cells) / 2:
        return None
    text = cells.filter(cells.cast(pl.Float64, strict=False).is_null() & ~cells.str.strip_chars().is_in(MISSING))
    return text[0] if len(text) else None


def _in_shell(column: str) -> str:
    return column if re.fullmatch(r"[\w.-]+", column) else f'"{column}"'


def _unit(
    frame: pl.DataFrame, unit: str | None, words: Sequence[str], others: Sequence[str], period: str | None
) -> tuple[str, str | None]:
    """Return the column of the units and the column of the periods; a period has each unit once.

    A column of texts is the period only if units would otherwise repeat.
    """
    codes = [column for column in others if column not in words and _CODE.search(column)]
    periods = [period] if period else [None, *(column for column in words if _PERIOD.match(column))]
    if unit and len(periods) == 1:
        return unit, period
    for time in periods:
        for column in (unit,) if unit else (*words, *codes):
            if column != time and rows_differ(frame, [column, *([time] if time else [])]):
                return column, time
    if unit:
        return unit, period
    repeated = (
        f"{words[0]}: {_first_repeated(frame, words[0], period)} stands more than once\n" if len(words) == 1 else ""
    )
    raise DefinitionError(
        "no column names each unit once" + (f" within {period}" if period else ""),
        where=f"{repeated}columns: {', '.join(frame.columns)}",
        remedy='name it: unit = "…" (--unit); name the period too if units repeat: period = "…" (--period)',
    )


def _first_repeated(frame: pl.DataFrame, column: str, period: str | None) -> str:
    """Return the first name that occurs twice within a period, with the period."""
    key = [column, *([period] if period else [])]
    return " ".join(map(str, frame.filter(pl.struct(key).is_duplicated()).select(key).row(0)))


def _distinct(frame: pl.DataFrame, *columns: str) -> int:
    if len(columns) == 1:
        return frame[columns[0]].n_unique()
    return int(frame.select(pl.struct(columns).n_unique()).item())
