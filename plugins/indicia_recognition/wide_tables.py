"""Tables with a column for each period, or for each indicator and period."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from indicia.data.layouts import PERIOD, PERIOD_MARK
from indicia.data.table_format import WideLayout
from indicia.errors import join_names
from indicia_recognition.long_tables import holds_numbers
from indicia_recognition.observation import Observation
from indicia_recognition.words import column_words, plain_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

_MARK = re.compile(f"({PERIOD}){PERIOD_MARK}", re.IGNORECASE)
_PERIOD_NAME = re.compile(PERIOD, re.IGNORECASE)
_MARKED_PERIOD = re.compile(
    rf"(?:[XY]|(?:FY|YR|YEAR|JAHR|ANNÉE|AÑO|ANO|ANNO)[\s_.-]?)?{PERIOD}(?:\.0|[\s_]?[\[(](?:YR)?\d{{4}}[\])])?年?度?",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"年?度?[\s)\]）】]*|[\s_.]?\[YR\d{4}\]|年?[\s_.:/,;|-]*[(（\[].*[)）\]]")
_UNIT_AT_END = re.compile(r"(\{period\}年?[\s_.:/,;|-]*)[(（\[【][^{}]+[)）\]】]$")
"""A unit of measure in brackets after the period: "GDP 2020 (US$)"."""
_OPENING = r"[\s_.:/,;|(（\[【-]"
_NAME_OF_PANDAS = re.compile(rf"\('(.+)', ('?)({PERIOD})\2\)", re.IGNORECASE)
"""The name of a column with two levels in pandas, as a text: ('gdp', 2020)."""
_SHORT_YEAR = re.compile(r"(.*[^\W\d_])(?:[_\s.-]|\s?['’])(1[5-9]|2\d|9\d)")
"""A name with a year of two digits at its end: "alq_19", "GDP '20"."""
_SPAN = re.compile(r"(\d{4})\s?[/–-]\s?(\d{4})")


@dataclass(frozen=True)
class _YearColumn:
    """The name of a column, split at its period."""

    name: str
    indicator: str
    period: str
    pattern: str


def recognise_wide(frame: pl.DataFrame, value: str) -> tuple[WideLayout | None, list[Observation]]:
    """Return the layout of a table whose columns are periods, and observations; without a layout, questions."""
    split = [
        column
        for name in _names_with_years(frame.columns)
        if (column := _split_name(name)) and holds_numbers(frame[name], empty=True)
    ]
    if not any(holds_numbers(frame[column.name]) for column in split):
        short = _short_years(frame)
        return None, [_short_years_in_names(short)] if short else []
    split = _with_units(split)
    counts = Counter(column.pattern for column in split)
    # columns that are nothing but a period come before columns of an indicator and a period
    pattern = max(counts, key=lambda pattern: (counts[pattern], "{indicator}" not in pattern))
    columns = [column for column in split if column.pattern == pattern]
    periods = list(dict.fromkeys(column.period for column in columns))
    by_indicator: dict[str, list[str]] = {}
    for column in columns:
        by_indicator.setdefault(column.indicator, []).append(column.period)
    others = [name for name in frame.columns if name not in {column.name for column in columns}]
    period = next((word for word in ("year", "period", "year_of_column") if word not in others), "period_of_column")
    if not all(re.fullmatch(r"\d{4}", text) for text in periods) and "period" not in others:
        period = "period"
    if "{indicator}" not in pattern:
        layout = WideLayout(pattern, period, value if value not in (*others, period) else "value")
        if otherwise := _other_series(split, pattern):
            return None, [_names_unlike([columns[0].name, *otherwise])]
        return layout, [_years_are_columns(columns, layout)]
    series = [indicator for indicator, values in by_indicator.items() if len(values) > 1]
    if len(periods) < 2 or not series:
        return None, []
    layout = WideLayout(pattern, period)
    clash = [name for name in by_indicator if name in (*others, period)]
    in_series = sum(len(by_indicator[indicator]) for indicator in series)
    if 2 * in_series < len(columns) or clash:
        names = [column.name for column in columns if column.indicator in series]
        return None, [_years_in_names(names, layout)]
    if otherwise := _other_series(split, pattern):
        return None, [_names_unlike([columns[0].name, *otherwise])]
    observations = [_indicators_and_years(columns, layout)]
    common = set.union(*(set(by_indicator[indicator]) for indicator in series))
    alone = [column for column in columns if column.period not in common]
    if alone:
        observations.append(_years_alone(alone))
    return layout, observations


def _names_with_years(names: Sequence[str]) -> list[str]:
    """Return the names but those of numbered columns: x1 to x2000 have no years, though 1990 may be one.

    >>> _names_with_years(["gdp_2020", "gdp_2021", "x1899", "x12", "x345"])
    ['gdp_2020', 'gdp_2021']
    """
    forms = {name: re.sub(r"\d+", "0", name) for name in names}
    years = {name for name in names if _PERIOD_NAME.search(name)}
    balance = Counter(forms[name] for name in names if name in years)
    balance.subtract(forms[name] for name in names if name not in years)
    return [name for name in names if balance[forms[name]] >= 0]


def _with_units(split: Sequence[_YearColumn]) -> list[_YearColumn]:
    """Return the columns with {unit} in their patterns if different units of measure follow the period in brackets."""
    general = [_UNIT_AT_END.sub(r"\1{unit}", column.pattern) for column in split]
    columns = [
        replace(column, pattern=pattern, indicator=f"{column.indicator} {column.pattern[pattern.index('{unit}') :]}")
        if "{indicator}" in column.pattern and "{unit}" in pattern
        else column
        for column, pattern in zip(split, general, strict=True)
    ]
    different = {column.pattern for column, other in zip(split, columns, strict=True) if column is not other}
    return columns if len(different) > 1 else list(split)


def _split_name(name: str) -> _YearColumn | None:
    """Return the parts of the name of a column that has one period in it."""
    if pandas := _NAME_OF_PANDAS.fullmatch(name):
        return _YearColumn(name, pandas[1], pandas[3], "('{indicator}', " + f"{pandas[2]}{{period}}{pandas[2]})")
    column, name = name, _MARK.sub(r"\1", name)
    matches = list(_PERIOD_NAME.finditer(name))
    if not matches:
        return None
    if _MARKED_PERIOD.fullmatch(name):
        period = matches[0][0]
        rest = name.replace(period, "{period}")
        if "{period}" in rest.replace("{period}", "", 1) or len(matches) == 1:
            return _YearColumn(column, "", period, rest)
        return None
    if len(matches) != 1:
        return None
    match = matches[0]
    before, after, period = name[: match.start()], name[match.end() :], match[0]
    span = _SPAN.fullmatch(period)
    if span and int(span[2]) - int(span[1]) != 1:
        return None  # a change or a mean over several years
    if not before:
        parts = re.fullmatch(r"([\s_.:/,;|-]+|年度?\s?)(\S.*)", after, re.DOTALL)
        return _YearColumn(column, parts[2], period, f"{{period}}{parts[1]}{{indicator}}") if parts else None
    parts = re.fullmatch(
        rf"(.*?[^\s_.:/,;|(（\[【-])(\s(?:in|im|en|em|nel|for|für)\s|{_OPENING}*(?:(?<=[\W_])(?:FY|YR))?)",
        before,
        re.DOTALL,
    )
    if not parts or re.search(r"[\d]$", parts[1] if not parts[2] else ""):
        return None
    last_word = plain_words(parts[1]).rpartition(" ")[2]
    if last_word in column_words().bases or not _CLOSING.fullmatch(after):
        return None
    if not parts[2] and len(parts[1]) < 2:
        return None
    return _YearColumn(column, parts[1], period, f"{{indicator}}{parts[2]}{{period}}{after}")


def _years_are_columns(columns: Sequence[_YearColumn], layout: WideLayout) -> Observation:
    names = tuple(column.name for column in columns)
    span = f"columns {names[0]} to {names[-1]} are" if len(names) > 1 else f"column {names[0]} is"
    kind = "year" if layout.period.startswith("year") else "period"
    sentence = (
        f'the {span} {f"{kind}s" if len(names) > 1 else f"a {kind}"}: they become the column "{layout.period}", and '
        f'their cells the column "{layout.value}"'
    )
    return Observation("years_as_columns", names, sentence, "format", _remedy(layout))


def _indicators_and_years(columns: Sequence[_YearColumn], layout: WideLayout) -> Observation:
    names = tuple(column.name for column in columns)
    indicators = list(dict.fromkeys(column.indicator for column in columns))
    periods = sorted({column.period for column in columns})
    sentence = (
        f"the {len(names)} columns {names[0]} to {names[-1]} hold {len(indicators)} "
        f"{'indicator' if len(indicators) == 1 else 'indicators'} ({join_names(indicators)}) in {len(periods)} years, "
        f'{periods[0]} to {periods[-1]}: they become a column for each indicator, and the column "{layout.period}"'
    )
    return Observation("years_in_columns", (*indicators, *names), sentence, "format", _remedy(layout))


def _other_series(split: Sequence[_YearColumn], pattern: str) -> list[str]:
    """Return the columns of an indicator in several years that are named in another manner."""
    counts = Counter((column.pattern, column.indicator) for column in split if column.pattern != pattern)
    return [column.name for column in split if counts[column.pattern, column.indicator] > 1]


def _short_years(frame: pl.DataFrame) -> list[str]:
    """Return the columns of several indicators in the same years of two digits: alq_19, alq_20, ew_19, ew_20."""
    years_of: dict[str, list[int]] = {}
    columns: dict[str, list[str]] = {}
    for name in frame.columns:
        if (match := _SHORT_YEAR.fullmatch(name)) and holds_numbers(frame[name]):
            years_of.setdefault(match[1], []).append(int(match[2]))
            columns.setdefault(match[1], []).append(name)
    same = Counter(tuple(sorted(years)) for years in years_of.values())
    years, count = max(same.items(), key=lambda each: (each[1], len(each[0])), default=((), 0))
    if count < 2 or len(years) < 2 or len({later - former for former, later in pairwise(years)}) > 1:
        return []
    return [name for stem in years_of if tuple(sorted(years_of[stem])) == years for name in columns[stem]]


def _short_years_in_names(names: Sequence[str]) -> Observation:
    sentence = (
        f"the names of {join_names(names)} may end in years of two digits: each column is read as an indicator of its "
        "own, and not as a year of an indicator"
    )
    remedy = (
        "write years of four digits, such as gdp_2020, if they are years; columns = [...] in [data] names those to read"
    )
    return Observation("years_in_names", tuple(names), sentence, "question", remedy)


def _names_unlike(names: Sequence[str]) -> Observation:
    sentence = (
        f"the names of {join_names(names)} hold years in different manners: each column is read as an indicator of its "
        "own, and not as a year of an indicator"
    )
    remedy = "give the columns names of one form, such as gdp_2020, or name those to read: columns = [...] in [data]"
    return Observation("years_in_names", tuple(names), sentence, "question", remedy)


def _years_in_names(names: Sequence[str], layout: WideLayout) -> Observation:
    sentence = (
        f"the names of {join_names(names)} hold years: each column is read as an indicator of its own, and not as a "
        "year of an indicator"
    )
    remedy = f'wide = {{ pattern = "{layout.pattern}" }} in [data] (--set data.wide.pattern="{layout.pattern}")'
    return Observation("years_in_names", tuple(names), sentence, "question", remedy)


def _years_alone(alone: Sequence[_YearColumn]) -> Observation:
    names = tuple(column.name for column in alone)
    years = join_names(dict.fromkeys(column.period for column in alone))
    if len(names) == 1:
        fact = f"{names[0]} has a year in which no other indicator has values: the year {years} has"
    else:
        fact = f"{join_names(names)} have years in which no other indicator has values: the years {years} have"
    sentence = f"{fact} one value for each unit"
    remedy = "columns = [...] in [data] names the columns to read, without those of this year"
    return Observation("years_alone", names, sentence, "question", remedy)


def _remedy(layout: WideLayout) -> str:
    return f'wide = {{ pattern = "{layout.pattern}" }} in [data]; without it each of these columns is an indicator'
