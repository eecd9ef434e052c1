"""Long tables: a row for each value."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from indicia.data.layouts import PERIOD, SDMX_ATTRIBUTES, SDMX_MULTIPLIERS, check_measures, match_columns, set_condition
from indicia.data.table_format import LongLayout, WideLayout
from indicia.errors import DataError, join_names
from indicia_recognition.cells import cell_class
from indicia_recognition.observation import Observation
from indicia_recognition.sample import BETWEEN, HEAD, TAIL
from indicia_recognition.words import column_words, is_name, plain_words, rank_of, split_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


MOST_CELLS = 200
"""The cells of a column of text that are read to see whether they are numbers."""


_FIRST_CELLS = 20
"""The cells by which a column with fractions is known at once."""


@dataclass(frozen=True)
class LongColumns:
    """The columns of a table that may be long, by what their names and cells say."""

    frame: pl.DataFrame
    value: str | None
    """The column of the values; None if no column or several columns may hold them."""
    evident: bool
    """True if the name of the value column says that it holds values."""

    @cached_property
    def texts(self) -> list[str]:
        """The columns of text: names, codes and descriptions."""
        return [
            name
            for name in self.others
            if self.frame[name].dtype.is_(pl.String) and name not in self.periods and not self.is_empty(name)
        ]

    @cached_property
    def others(self) -> list[str]:
        """The columns without that of the values, and without the attributes of SDMX."""
        return [name for name in self.frame.columns if name != self.value and name.lower() not in SDMX_ATTRIBUTES]

    @cached_property
    def periods(self) -> list[str]:
        """The columns of periods; a column with the code of another is none."""
        names = [name for name in self.others if is_period(self.frame[name])]
        plain = [name for name in names if not split_part(name)[1]]
        return plain if plain and all(self.determines(plain, name) for name in names) else names

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The number of different cells by column."""
        return {name: self.frame[name].n_unique() for name in self.frame.columns}

    @cached_property
    def units(self) -> list[str]:
        """The columns of text whose names say that they hold units; "unit" beside another is the unit of measure."""
        names = [name for name in self.texts if rank_of(name, "units") is not None]
        return [name for name in names if plain_words(name) != "unit" or len(names) == 1]

    def is_measure(self, name: str) -> bool:
        """Return True for a column whose name says that it holds units of measure or frequencies."""
        return rank_of(name, "measures") is not None or (plain_words(name) == "unit" and name not in self.units)

    def is_empty(self, name: str) -> bool:
        """Return True for a column without a cell."""
        return self.frame[name].null_count() == self.frame.height

    def count(self, *names: str) -> int:
        """Return the number of different rows of some columns."""
        columns = list(dict.fromkeys(names))
        if len(columns) == 1:
            return self.sizes[columns[0]]
        return int(self.frame.select(pl.struct(columns).n_unique()).item())

    def determines(self, by: Sequence[str], name: str) -> bool:
        """Return True if rows that are equal in `by` are equal in the column."""
        return not by or self.count(*by) == self.count(*by, name)

    def equal_to(self, name: str) -> list[str]:
        """Return the columns of text that name the same things as a column, and the column."""
        return [
            other
            for other in self.texts
            if self.sizes[other] == self.sizes[name] == self.count(name, other)
            and (self.sizes[name] > 1 or other == name)
        ]

    def is_key(self, *names: str) -> bool:
        """Return True if no two rows are equal in these columns."""
        return self.count(*names) == self.frame.height


def holds_numbers(column: pl.Series, *, empty: bool = False) -> bool:
    """Return True if more cells are numbers than texts; `empty` is the answer for a column without either."""
    if column.dtype.is_numeric():
        return True
    present = column.drop_nulls()
    if not len(present):
        return empty
    if column.dtype != pl.String:
        return False
    cells = present if len(present) <= MOST_CELLS else present.gather_every(len(present) // MOST_CELLS)
    classes = Counter(map(cell_class, cells))
    if not classes["number"] and not classes["text"]:
        return empty
    return classes["number"] > classes["text"]


def value_columns(frame: pl.DataFrame) -> list[str]:
    """Return the columns that may hold the values, those with the name of values first."""
    numbers = [
        name
        for name in frame.columns
        if name.lower() not in SDMX_ATTRIBUTES and holds_numbers(frame[name]) and not is_period(frame[name])
    ]
    ranks = {name: rank for name in numbers if (rank := rank_of(name, "values")) is not None}
    if ranks:
        # a column of typed numbers comes before one with texts such as "72.5 [71.0-73.9]"
        return sorted(ranks, key=lambda name: (not frame[name].dtype.is_numeric(), ranks[name]))
    return [name for name in numbers if not is_code(frame[name])]


def is_period(column: pl.Series) -> bool:
    """Return True for a column of dates, of years, or of texts that name periods."""
    if column.dtype.is_temporal():
        return True
    named = rank_of(column.name, "periods") is not None
    if rank_of(column.name, "values") is not None:
        return False
    present = column.drop_nulls()
    if column.dtype.is_float() and (present.head(_FIRST_CELLS) % 1 != 0).any():
        return False
    if column.dtype.is_numeric():
        present = present.cast(pl.Float64)  # 2200 is too large for an integer of 8 bits
        years = present.is_between(1500, 2200) & (present % 1 == 0)
        return bool(len(present)) and bool(years.all()) and (named or (present.n_unique() > 1 and len(present) > 20))
    if column.dtype != pl.String or not len(present):
        return False
    cells = present.head(MOST_CELLS).str.strip_chars()
    return named or bool(cells.str.contains(rf"(?i)^(?:{_for_polars(PERIOD)})$").all())


def _for_polars(pattern: str) -> str:
    """Return a regular expression without assertions on neighbours, which polars does not have."""
    return re.sub(r"\(\?<?!\\d\)", "", pattern)


def is_code(column: pl.Series) -> bool:
    """Return True if the name of a column of whole numbers says that it holds a code or counts the rows."""
    if not column.dtype.is_integer():
        return False
    is_row = column.name == "" or re.match(r"(?i)unnamed: \d+$|(row)?(names?|index|id|no|nr)$", column.name)
    part = split_part(column.name)[1]
    return bool(is_row) or (part not in ("", "number") and not is_name(column.name))


_MOST_INDICATORS = 2_000
_KEEP_COLUMNS = "keys = […] in [data.long] names the columns that stay"
_SAMPLED = HEAD + TAIL + BETWEEN
"""The rows of a sample of a large table, at least."""


def recognise_long(
    frame: pl.DataFrame, wide: WideLayout | None, where: Mapping[str, object]
) -> tuple[LongLayout | None, list[Observation]]:
    """Return the layout of a long table, with observations; None for another table."""
    names = {name.lower().strip(): name for name in frame.columns}
    in_sdmx = (
        not wide and "obs_value" in names and bool({"time_period", "ref_area", "dataflow", "structure"} & set(names))
    )
    if wide:
        years = match_columns(frame.columns, wide)
        columns = LongColumns(frame.drop(list(years)), None, evident=True)
        value = wide.value
    else:
        candidates = value_columns(frame)
        if in_sdmx:
            candidates = [names["obs_value"]]
        evident = bool(candidates) and rank_of(candidates[0], "values") is not None
        if not candidates or (len(candidates) > 1 and not evident):
            return None, []
        value = candidates[0]
        columns = LongColumns(frame, value, evident or in_sdmx)
    if columns.frame.height < 2:
        return None, []
    indicator = indicator_column(columns, where, in_sdmx=in_sdmx)
    certain = indicator is not None
    if indicator is None:
        indicator = indicator_by_structure(columns)
    if indicator is None or columns.sizes[indicator] > _MOST_INDICATORS:
        return None, []
    if not in_sdmx and 2 * columns.sizes[indicator] > columns.frame.height:
        return None, []  # a list of indicators, which does not have them for two units or more
    keys = _keys(columns, indicator, where, certain=certain, in_sdmx=in_sdmx)
    if keys is None:
        return None, []
    unit, entity = keys
    kept, left_out = _kept(columns, indicator, entity, where)
    long = LongLayout(indicator, value, (*kept, *([wide.period] if wide else [])))
    check_measures(frame, long, long.keys)
    observations = [_is_long(columns, long, unit, in_sdmx=in_sdmx)]
    observations += left_out
    observations += _multiplier(frame)
    return long, observations


def _keys(
    columns: LongColumns, indicator: str, where: Mapping[str, object], *, certain: bool, in_sdmx: bool
) -> tuple[str, list[str]] | None:
    """Return the column of the units, and the columns that name a unit, a period and a condition of the user."""
    described = {name for name in columns.texts if name != indicator and columns.determines([indicator], name)}
    if columns.sizes[indicator] == 1:
        described = {name for name in columns.texts if columns.sizes[name] == 1 and rank_of(name, "units") is None}
    coded = [name for name in columns.others if name not in columns.texts and is_code(columns.frame[name])]
    candidates = [
        name
        for name in [*columns.texts, *coded]
        if name != indicator and name not in described and rank_of(name, "indicators") is None and name not in where
    ]
    named = [name for name in candidates if rank_of(name, "units") is not None and not columns.is_measure(name)]
    candidates.sort(key=lambda name: (name in coded, name not in named, -columns.sizes[name]))
    stated = [name for name in where if name in columns.frame.columns and name != indicator]
    numbered = False
    for unit in candidates:
        for periods in ([], columns.periods):
            if not columns.is_key(unit, *stated, *periods, indicator):
                continue
            if in_sdmx or columns.sizes[indicator] == 1 or not columns.is_key(unit, *stated, *periods):
                return unit, [unit, *columns.periods, *stated]
            is_evident = certain and columns.evident
            if is_evident and rank_of(unit, "units") is not None and columns.frame.height >= _SAMPLED:
                return unit, [unit, *columns.periods, *stated]  # a sample may have a single row of each unit
            if not is_evident or rank_of(unit, "units") is not None:
                return None  # each unit has one row: the column of indicators holds groups
            numbered = True  # a text that numbers the rows
            break
    if not candidates or not certain or not columns.evident or numbered:
        return None
    unit = candidates[0]
    entity = [unit, *columns.periods, *stated]
    if (further := _further_dimension(columns, indicator, entity)) is not None:
        raise further
    return unit, entity  # two rows of a unit, period and indicator: the layout refuses them with their place


def _further_dimension(columns: LongColumns, indicator: str, entity: Sequence[str]) -> DataError | None:
    """Return the error for a table with several rows for each unit, period and indicator, such as one for each sex."""
    dimensions = [
        name
        for name in columns.texts
        if name not in (indicator, *entity)
        and not columns.determines(entity[:1], name)
        and not columns.determines([indicator], name)
        and columns.sizes[name] <= MOST_CELLS
    ]
    for number in range(1, len(dimensions) + 1):
        if columns.is_key(*entity, indicator, *dimensions[:number]):
            needed = [
                name
                for name in dimensions[:number]
                if not columns.is_key(*entity, indicator, *(other for other in dimensions[:number] if other != name))
            ]
            break
    else:
        return None
    needed = needed or dimensions[:1]
    values = {name: columns.frame[name].drop_nulls().unique(maintain_order=True).to_list() for name in needed}
    listed = "; ".join(f"{name} ({join_names(values[name])})" for name in needed)
    words = " ".join(set_condition(name, total_of(values[name])) for name in needed)
    return DataError(
        f"the long table has several rows for each {entity[0]} and {indicator}, by {listed}",
        remedy=f"keep one of them, {words}, or name another column of indicators, "
        f"--set data.long.indicator={needed[0]}",
    )


def _kept(
    columns: LongColumns, indicator: str, entity: Sequence[str], where: Mapping[str, object]
) -> tuple[list[str], list[Observation]]:
    """Return the columns that stay beside the indicators, and the observations on the others."""
    kept, described, varying, constant = [], [], [], []
    for name in columns.frame.columns:
        if name in (columns.value, indicator):
            continue
        is_measure = columns.is_measure(name) and name in columns.texts
        if is_measure and name not in (*entity, *where) and not columns.determines([indicator], name):
            raise _several_measures(columns, indicator, name)
        if name in entity or name in where:
            kept.append(name)
        elif name.lower() in SDMX_ATTRIBUTES:
            continue
        elif columns.is_empty(name):
            constant.append(name)
        elif columns.sizes[name] == 1:
            (kept if name in columns.periods else constant).append(name)
        elif columns.determines(entity[:1], name) or columns.determines(entity, name):
            kept.append(name)
        elif columns.determines([indicator], name):
            described.append(name)
        else:
            varying.append(name)
    attributes = [
        name for name in columns.frame.columns if name.lower() in SDMX_ATTRIBUTES and name not in (*kept, indicator)
    ]
    reasons = (
        (described, f"the same in all rows of each {indicator}, as a code or a description of the indicators is"),
        (varying, "it belongs to a single value, as a flag, a note or a limit does"),
        (constant, "the same in every row"),
        ([name for name in attributes if name.lower() not in SDMX_MULTIPLIERS], "a code or an attribute of SDMX"),
    )
    unit = entity[0]
    kept = [unit, *(name for name in kept if name != unit)]
    return kept, [_left_out(names, reason) for names, reason in reasons if names]


def _several_measures(columns: LongColumns, indicator: str, name: str) -> DataError:
    counts = columns.frame.group_by(indicator, maintain_order=True).agg(pl.col(name).n_unique())
    example = counts.filter(pl.col(name) > 1)[indicator][0]
    values = columns.frame.filter(pl.col(indicator) == example)[name].unique(maintain_order=True).to_list()
    return DataError(
        f'the indicator "{example}" has several values of {name}: {join_names(values)}',
        remedy=f"keep one of them, {set_condition(name, values[0])}",
    )


def _left_out(names: Sequence[str], reason: str) -> Observation:
    verb = "is" if len(names) == 1 else "are"
    shown = join_names((name or "the column without a name" for name in names), 10)
    return Observation(
        "beside_long_table",
        tuple(names),
        f"{shown} {verb} left out of the pivoted long table: {reason}",
        "left_out",
        _KEEP_COLUMNS,
    )


def _is_long(columns: LongColumns, long: LongLayout, unit: str, *, in_sdmx: bool) -> Observation:
    names = columns.frame[long.indicator].drop_nulls().unique(maintain_order=True).cast(pl.String).to_list()
    kind = "SDMX, a long table" if in_sdmx else "long"
    period = next((name for name in long.keys if name in columns.periods), None)
    each = f"{unit}, {period} and {long.indicator}" if period else f"{unit} and {long.indicator}"
    sentence = (
        f'the table is {kind}: one row for each {each}; it is pivoted, and the values of "{long.value}" become '
        f"{f'the column {names[0]}' if len(names) == 1 else f'{len(names)} columns: {join_names(names)}'}"
    )
    remedy = f'long = {{ indicator = "{long.indicator}", … }} in [data] (--set data.long.indicator=…)'
    return Observation("long_table", (long.indicator, long.value), sentence, "format", remedy)


def _multiplier(frame: pl.DataFrame) -> Iterable[Observation]:
    for name in frame.columns:
        if name.lower() not in SDMX_MULTIPLIERS:
            continue
        powers = frame[name].cast(pl.Float64, strict=False).drop_nulls().unique().sort().to_list()
        if any(powers):
            texts = join_names(f"{power:g}" for power in powers)
            sentence = f"{name} is {texts}: each value is multiplied by 10 to this power"
            remedy = "columns = [...] in [data] without it reads the values as they are written"
            yield Observation("multiplier", (name,), sentence, "format", remedy)
        else:
            sentence = f"{name} is left out: it is 0 in every row, a code that multiplies the values by 1"
            yield Observation("multiplier", (name,), sentence, "left_out", _KEEP_COLUMNS)


_PROSE = 80
"""The mean number of characters of cells that are descriptions, not names."""
_MOST_TEXTS = 12
"""The columns of text that are compared in pairs."""


def indicator_column(columns: LongColumns, where: Mapping[str, object], *, in_sdmx: bool) -> str | None:
    """Return the column whose name says that it holds indicators."""
    ranks = {name: rank for name in columns.texts if (rank := rank_of(name, "indicators")) is not None}
    several = {name: rank for name, rank in ranks.items() if columns.sizes[name] > 1}
    # A word such as "item" may name groups; a table with a single indicator needs one of the certain words.
    single = {
        name: rank for name, rank in ranks.items() if split_part(name)[0] in column_words().certain and columns.evident
    }
    candidates = several or single
    if candidates and not several:
        return _most_readable(columns, [name for name in single if single[name] == min(single.values())])
    if candidates:
        return _most_readable(columns, columns.equal_to(min(candidates, key=lambda name: candidates[name])))
    if not in_sdmx:
        return None
    units = columns.units
    dimensions: list[str] = []
    for name in columns.texts:
        same = columns.equal_to(name)
        is_further = columns.sizes[name] > 1 and name not in where and not columns.is_measure(name)
        if is_further and not {*units, *dimensions} & {*same}:
            dimensions.append(name)
    if len(dimensions) > 1:
        raise _several_dimensions(columns, dimensions)
    if dimensions:
        return _most_readable(columns, columns.equal_to(dimensions[0]))
    constant = [name for name in columns.texts if columns.sizes[name] == 1 and rank_of(name, "units") is None]
    flow = [name for name in columns.frame.columns if name.lower() in ("dataflow", "structure_id")]
    return next(iter([*constant, *flow]), None)


def _most_readable(columns: LongColumns, names: Sequence[str]) -> str:
    """Return the column with names for readers, among columns that name the same indicators."""

    def order(name: str) -> tuple[bool, bool, bool, int]:
        cells = columns.frame[name].drop_nulls().unique()
        lengths = cells.str.len_chars().mean()
        is_prose = isinstance(lengths, float) and lengths > _PROSE
        is_code = bool(cells.str.contains(r"^[A-Z0-9_.:-]+$").all())
        return is_prose, not is_name(name), is_code or bool(split_part(name)[1]), columns.frame.columns.index(name)

    return min([name for name in names if not columns.is_measure(name)] or names, key=order)


def _several_dimensions(columns: LongColumns, dimensions: Sequence[str]) -> DataError:
    values = {name: columns.frame[name].unique(maintain_order=True).to_list() for name in dimensions}
    listed = "; ".join(f"{name} ({join_names(values[name])})" for name in dimensions)
    totals = {name: plain_words(total_of(values[name])) in column_words().totals for name in dimensions}
    *others, last = sorted(dimensions, key=lambda name: (not totals[name], len(values[name])))
    words = " ".join(set_condition(name, total_of(values[name])) for name in others)
    return DataError(
        f"the long table, SDMX, has several dimensions that may be the indicators: {listed}",
        remedy=f"keep one value of each but one, such as {words} for the indicators of {last}",
    )


def indicator_by_structure(columns: LongColumns) -> str | None:
    """Return the column of indicators of a table whose units repeat for no other reason; None for another table."""
    texts = [name for name in columns.texts if columns.sizes[name] > 1][:_MOST_TEXTS]
    if any(columns.is_key(unit) or columns.is_key(unit, *columns.periods) for unit in texts):
        return None  # a table with a row for each unit and period
    pairs = []
    for indicator in texts:
        for unit in texts:
            if columns.determines([indicator], unit) or columns.determines([unit], indicator):
                continue
            for periods in ([], columns.periods):
                rows = columns.count(unit, *periods)
                complete = columns.frame.height >= 2 * rows
                if complete and columns.is_key(unit, *periods, indicator):
                    pairs.append((unit, indicator))
                    break
    if not pairs:
        return None
    return max(pairs, key=lambda pair: _evidence(columns, *pair))[1]


def _evidence(columns: LongColumns, unit: str, indicator: str) -> tuple[bool, bool, float]:
    """Return the evidence for a column of indicators: its name, the number of its names, the magnitudes of values."""
    named = rank_of(unit, "units") is not None and rank_of(indicator, "units") is None
    fewer = columns.sizes[indicator] * 2 < columns.sizes[unit]
    return named, fewer, _explained(columns, indicator)


def _explained(columns: LongColumns, name: str) -> float:
    """Return the share of the variance of the magnitudes of the values that a column explains."""
    if columns.value is None or not columns.frame[columns.value].dtype.is_numeric():
        return 0.0
    magnitudes = columns.frame.select(
        pl.col(name), pl.col(columns.value).cast(pl.Float64).abs().add(1e-9).log().alias("\0magnitude")
    ).drop_nulls()
    total = magnitudes["\0magnitude"].var()
    within = magnitudes.group_by(name).agg(pl.col("\0magnitude").var(ddof=0), pl.len())
    inner = (within["\0magnitude"] * within["len"]).sum() / max(magnitudes.height, 1)
    return 1.0 - float(inner) / total if isinstance(total, float) and total > 0 else 0.0


def total_of(values: Sequence[str]) -> str:
    """Return the value that stands for all others, such as both sexes; the first value if there is none."""
    return next((value for value in values if plain_words(value) in column_words().totals), values[0])
