"""Keys: columns that name the rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

import polars as pl

from indicia.data import rows_differ
from indicia.errors import DefinitionError, join_names
from indicia_recognition.cells import is_note, vocabulary
from indicia_recognition.column_cells import (
    TEXTS,
    TIME,
    are_years,
    in_shell,
    is_prose,
    is_whole,
    may_be_periods,
    share_matching,
    text_among_numbers,
)
from indicia_recognition.sample import ALL_ROWS
from indicia_recognition.words import other_characters, plain_words, word_lists

if TYPE_CHECKING:
    from collections.abc import Sequence


Kind: TypeAlias = Literal["total", "aggregate", "statistic", "note"]

_UNIONS = ("eu", "ea", "emu", "oecd", "efta", "eea")
_CODES = re.compile(r"(eu|ea|emu|oecd|efta|eea)[-_ ]?\d{0,2}([-_ ](19|20)\d\d)?( countries| members)?", re.IGNORECASE)
"""Codes of unions of countries with their number of members: EU27_2020, EA19, EU-28."""
_BRACKETS = re.compile(r"\s*[(\[（][^()\[\]（）]*[)\]）]\s*$")


@cache
def _tokens(of: Literal["kinds", "notes"]) -> tuple[list[str], str]:
    """Return a word of each phrase of a kind or note: the long words, and an expression for the short ones."""
    lists = (word_lists("rows")[kind] for kind in ("total", "statistic", "aggregate"))
    phrases = [phrase for words in lists for phrase in words.phrases]
    if of == "notes":
        phrases = [plain_words(phrase) for phrase in (*vocabulary().notes, *vocabulary().unit_rows)]
    tokens = {max(phrase.split(), key=len) for phrase in phrases if phrase} | (set(_UNIONS) if of == "kinds" else set())
    short = sorted(token for token in tokens if len(token) < 5 and token.isascii())
    return sorted(tokens.difference(short)), rf"(?:^|[^a-z])(?:{'|'.join(short)})(?:[^a-z]|$)"


def may_have_kind(names: pl.Series) -> pl.Series:
    """Return a mask of the names that hold a word of a kind or a note; all other names are names of units.

    The words are sought in all names at once, as `kind_of_name` takes long for thousands of names.

    >>> import polars as pl
    >>> may_have_kind(pl.Series(["Lima", "Grand Total", "* estimated", "unit 7"])).to_list()
    [False, True, True, False]
    >>> may_have_kind(pl.Series(["全 国", "總 計", "北 京"])).to_list()
    [True, True, False]
    """
    plain = names.str.replace_all(r"(\p{Ll})(\p{Lu})", "$1 $2").str.to_lowercase().str.normalize("NFKD")
    plain = plain.str.replace_all(r"\p{M}", "").str.replace_all("ß", "ss", literal=True)
    plain = plain.str.replace_many(dict(other_characters()))
    for _ in range(2):  # the expression does not see a character twice, as in "合 计 行"
        plain = plain.str.replace_all(r"(\p{Han})\s+(\p{Han})", "$1$2")
    (kinds, short_kinds), (notes, short_notes) = _tokens("kinds"), _tokens("notes")
    of_kind = plain.str.contains_any(kinds) | plain.str.contains(short_kinds)
    # a word of a note stands before a mark or before two more words
    noted = names.str.contains(r"[:：\-–—(（,，;；]|\s{2}|\s\S+\s")
    of_note = noted & (plain.str.contains_any(notes) | plain.str.contains(short_notes))
    marked = names.str.contains(r"^[\s\"']*[^\p{L}]|=|[)/]\s")
    return (of_kind | of_note | marked).fill_null(False)


def kind_of_name(name: str) -> Kind | None:
    """Return the kind of row that a name stands for; None for the name of a unit.

    >>> kind_of_name("World"), kind_of_name("EU27_2020"), kind_of_name("Africa (total)"), kind_of_name("合计")
    ('total', 'aggregate', 'total', 'total')
    >>> kind_of_name("Source: United Nations"), kind_of_name("Union County"), kind_of_name("South Africa")
    ('note', None, None)
    """
    lists = word_lists("rows")
    short = _BRACKETS.sub("", name.strip())
    words, short_words = plain_words(name), plain_words(short)
    if lists["total"].match_words(short_words) or lists["total"].match_words(words):
        return "total"
    if lists["statistic"].match_words(short_words):
        return "statistic"
    if lists["aggregate"].match_words(short_words) or _CODES.fullmatch(short.strip()):
        return "aggregate"
    return "note" if is_note(name) else None


_SLICES = 20
"""A table of several tables, one for each value of a column, has no more of them than this."""
_UNITS_COMPARED = 500
"""The units whose rows show which columns stay the same within a unit."""


@dataclass(frozen=True)
class Candidates:
    """A table with the columns that have no stated role."""

    frame: pl.DataFrame
    sample: pl.DataFrame
    others: tuple[str, ...]

    @cached_property
    def mixed(self) -> dict[str, str]:
        """The columns of texts that are numbers for the most part, with a cell that is none."""
        texts = {column: text_among_numbers(self.sample[column]) for column in self._texts}
        return {column: text for column, text in texts.items() if text}

    @cached_property
    def _texts(self) -> list[str]:
        return [column for column in self.others if self.frame[column].dtype in TEXTS]

    @cached_property
    def words(self) -> list[str]:
        """The columns of texts that may name units or groups."""
        return [
            column
            for column in self._texts
            if column not in self.mixed and self.sample[column].null_count() < self.sample.height
        ]

    @cached_property
    def names(self) -> list[str]:
        """The columns of texts that may name units: no notes, no flags, no prose."""
        lists = word_lists("columns")
        return [
            column
            for column in self.words
            if not lists["note"].matches(column)
            and not lists["flag"].matches(column)
            and not is_prose(self.sample[column])
        ]

    @cached_property
    def codes(self) -> list[str]:
        """The columns of whole numbers that may name units if no text does."""
        lists = word_lists("columns")
        return [
            column
            for column in self.others
            if column
            and is_whole(self.sample[column])
            and any(lists[meaning].matches(column) for meaning in ("code", "row_number", "running_number"))
        ]

    @cached_property
    def times(self) -> list[str]:
        """The columns of dates and whole numbers that have the name of a period."""
        schema = self.frame.schema
        return [
            column
            for column in self.others
            if word_lists("columns")["period"].matches(column)
            and (schema[column].is_temporal() or may_be_periods(self.sample[column]))
        ]

    @cached_property
    def times_in_words(self) -> list[str]:
        """The columns of texts that name periods, by their name or their cells."""
        return [
            column
            for column in self._texts
            if word_lists("columns")["period"].matches(column) or share_matching(self.sample[column], TIME) == 1
        ]

    @cached_property
    def times_by_value(self) -> list[str]:
        """The columns of dates and of whole numbers that are years, by any name."""
        return [
            column
            for column in self.others
            if column not in self.times and (self.frame[column].dtype.is_temporal() or are_years(self.sample[column]))
        ]

    def names_each_row(self, unit: str, period: str | None, frame: pl.DataFrame | None = None) -> bool:
        """Return True if a column names each row once within a period."""
        if unit == period:
            return False
        key = [unit, *([period] if period else [])]
        if self.sample.height < self.frame.height and frame is None and not rows_differ(self.sample, key):
            return False  # a sample is enough to see that names repeat
        return rows_differ(self.frame if frame is None else frame, key)

    def without_totals(self, unit: str) -> pl.DataFrame:
        """Return the rows whose name is not that of a total or a note, as several blocks of a table may have one."""
        names = self.frame[unit].cast(pl.String)
        repeated = names.filter(names.is_duplicated()).unique().drop_nulls().head(_UNITS_COMPARED)
        dropped = [name for name in repeated if kind_of_name(name) in ("total", "statistic", "note")]
        return self.frame.filter(~names.is_in(dropped) & names.is_not_null()) if dropped else self.frame


def unit_and_period(table: Candidates, unit: str | None, period: str | None) -> tuple[str, str | None]:
    """Return the column of the units and the column of the periods; a period has each unit once."""
    if unit and (period or not (table.times or table.times_in_words)):
        return unit, period
    for candidates in ([unit],) if unit else ([*table.names, *table.mixed], table.codes):
        if key := _key(table, candidates, period):
            return key
    if unit:
        return unit, period or next(iter(table.times), None)
    raise _no_unit(table, period or next(iter(table.times), None))


def _key(table: Candidates, candidates: Sequence[str], period: str | None) -> tuple[str, str | None] | None:
    """Return the first columns that name each row once.

    A column that names each row without a period is the unit, except if its cells repeat the period ("PER-2020").
    """
    if period:
        return next(((column, period) for column in candidates if table.names_each_row(column, period)), None)
    alone = next((column for column in candidates if table.names_each_row(column, None)), None)
    if alone and not any(_repeats(table.sample, alone, time) for time in table.times):
        constant = (time for time in table.times if time != alone and table.sample[time].n_unique() == 1)
        return alone, next(constant, None)
    for time in (*table.times, *table.times_in_words, *table.times_by_value):
        for column in candidates:
            if column != alone and table.names_each_row(column, time):
                return column, time
    if alone:
        return alone, None
    # the blocks of a table may each end with a row of the same name
    for among in (None, *table.times, *table.times_in_words):
        for column in candidates:
            if column != among and table.names_each_row(column, among, table.without_totals(column)):
                return column, among
    return None


def _repeats(sample: pl.DataFrame, unit: str, period: str) -> bool:
    """Return True if the names of a column contain the period of their rows."""
    if unit == period or sample[period].n_unique() == 1:
        return False
    names, periods = sample[unit].cast(pl.String), sample[period].cast(pl.String).str.head(4)
    contained = pl.DataFrame({"name": names, "period": periods}).select(
        pl.col("name").str.contains(pl.col("period"), literal=True).mean()
    )
    return float(contained.item() or 0) > 0.9


def _no_unit(table: Candidates, period: str | None) -> DefinitionError:
    repeated = _repeated_names(table, period)
    slices = "" if repeated else _slices(table, period)
    return DefinitionError(
        "no column names each unit once" + (f" within {period}" if period else ""),
        where=f"{repeated}columns: {', '.join(table.frame.columns)}",
        remedy=slices
        + 'name it: unit = "…" (--unit); name the period too if units repeat: period = "…" (--period)'
        + (
            "; or remove the rows that repeat a unit from the table, rename it there, or leave out all of its rows: "
            'without = ["…"] in [data] (--set data.without=…)'
            if repeated
            else ""
        ),
    )


def _slices(table: Candidates, period: str | None) -> str:
    """Return the remedy for a table that has each unit once for each value of a further column, such as the sex."""
    key = [period] if period else []
    sizes = {column: table.sample[column].n_unique() for column in table.names if column != period}
    for column, size in sizes.items():
        larger = [unit for unit in sizes if sizes[unit] > size]
        unit = next((unit for unit in larger if rows_differ(table.frame, [unit, column, *key])), None)
        if unit is None or not 1 < size <= _SLICES:
            continue
        values = table.sample[column].drop_nulls().unique(maintain_order=True).to_list()
        kept = next((value for value in values if kind_of_name(value) == "total"), values[0])
        option = in_shell(f"data.where.{column}={kept}")
        where = f'where = {{ "{column}" = "{kept}" }} in [data] (--set {option})'
        return f"{unit} names each unit once for each {column}; keep the rows of one: {where}, or "
    return ""


def _repeated_names(table: Candidates, period: str | None) -> str:
    """Return a line on the units that occur more than once, for the column that names most rows once."""
    frame = table.frame
    candidates = [column for column in table.names if column != period]
    if not candidates or table.frame.height > ALL_ROWS:
        return ""
    distinct = {
        column: frame.select(pl.struct([column, *([period] if period else [])]).n_unique()).item()
        for column in candidates
    }
    unit = max(candidates, key=lambda column: int(distinct[column]))
    if len(candidates) > 1 and distinct[unit] < 0.9 * frame.height:
        return ""
    key = [unit, *([period] if period else [])]
    rows = frame.filter(pl.struct(key).is_duplicated())
    units = rows.select(key).unique(maintain_order=True)
    details = []
    for names in units.head(3).rows():
        same = rows.filter(
            pl.all_horizontal(
                pl.col(column).eq_missing(pl.lit(value)) for column, value in zip(key, names, strict=True)
            )
        )
        other = [column for column in frame.columns if column not in key and same[column].n_unique() > 1]
        values = f" ({join_names(same[other[0]].to_list(), 3)})" if other else ""
        details.append(
            f"the {same.height} rows of {' '.join(map(str, names))} "
            + (f"differ in {join_names(other, 3)}{values}" if other else "are equal")
        )
    listed = join_names([" ".join(map(str, names)) for names in units.rows()], 10)
    verb = "stands" if units.height == 1 else "stand"
    return f"{unit}: {listed} {verb} more than once; {'; '.join(details)}\n"


@dataclass(frozen=True)
class Units:
    """The rows of some units, by which a column stays the same within a unit or names it."""

    rows: pl.DataFrame
    unit: str
    period: str | None

    @classmethod
    def of(cls, table: Candidates, unit: str, period: str | None) -> Units:
        """Return the sample, or in a panel all rows of a few units, so that a unit is seen in several periods."""
        if not period or table.sample.height == table.frame.height:
            return cls(table.sample, unit, period)
        names = table.sample[unit].unique(maintain_order=True).head(_UNITS_COMPARED)
        return cls(table.frame.filter(pl.col(unit).is_in(names.implode())), unit, period)

    @cached_property
    def number(self) -> int:
        """The number of units."""
        return self.rows[self.unit].n_unique()

    def distinct(self, column: str) -> int:
        """Return the number of different cells of a column."""
        return self.rows[column].n_unique()

    def are_constant_in(self, column: str) -> bool:
        """Return True if each unit has a single value of the column."""
        return not self.period or self._pairs(self.unit, column) == self.number

    def same_groups(self, first: str, second: str) -> bool:
        """Return True if two columns divide the units in the same way, under other names."""
        return self.distinct(first) == self.distinct(second) == self._pairs(first, second)

    def _pairs(self, first: str, second: str) -> int:
        return int(self.rows.select(pl.struct(first, second).n_unique()).item())
