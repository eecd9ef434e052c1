"""Layouts of tables: long and wide forms, and frames of other libraries."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.callers import warn
from indicia.errors import DataError, UnknownColumn, join_names, suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    import numpy.typing as npt

    from indicia.data.table_format import LongLayout, NumberFormat, TableFormat, WideLayout


def rows_differ(frame: pl.DataFrame, columns: Sequence[str]) -> bool:
    """Return True if no two rows have the same values in the columns.

    Rows with different hashes are different. To sort a million hashes takes a sixth of the time of counting distinct
    names; distinct values are counted only if two hashes are equal.

    >>> rows_differ(pl.DataFrame({"city": ["Lima", "Lima"], "year": [2020, 2021]}), ["city", "year"])
    True
    """
    hashes = np.sort(frame.select(columns).hash_rows().to_numpy())
    if (hashes[1:] != hashes[:-1]).all():
        return True
    return int(frame.select(pl.struct(columns).n_unique()).item()) == frame.height


def sorted_rows(frame: pl.DataFrame, first: Sequence[str], then: Sequence[str | pl.Expr]) -> pl.Series:
    """Return the row numbers in ascending order of the columns `first`, nulls last; ties are sorted by `then`.

    Only tied rows, usually few, are sorted by `then`: to sort the names of a million units takes a second.

    >>> sorted_rows(pl.DataFrame({"rank": [2, 1, 2], "city": ["Lima", "Oslo", "Cusco"]}), ["rank"], ["city"]).to_list()
    [1, 2, 0]
    """
    ordered = frame.select(first).with_row_index("\0row").sort(first, nulls_last=True)
    equal = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(-1)) for name in first)
    equals_next = ordered.select(equal).to_series()
    tied = (equals_next | equals_next.shift(1, fill_value=False)).arg_true()
    rows = ordered["\0row"]
    if tied.is_empty():
        return rows
    sorted_ties = frame.with_row_index("\0row")[rows[tied]].sort([*first, *then], nulls_last=True)["\0row"]
    return rows.clone().scatter(tied, sorted_ties)


def with_figures(frame: pl.DataFrame, figures: Iterable[pl.Series]) -> pl.DataFrame:
    """Append columns of figures to a frame; DataError if the frame has a column with the name of a figure.

    >>> with_figures(pl.DataFrame({"tier": ["B"]}), [pl.Series("tier", [1])])
    Traceback (most recent call last):
    indicia.errors.DataError: the column "tier" has the name of a figure of this table
      fix: rename it in the data
    """
    columns = list(figures)
    for name in frame.columns:
        refuse_figures(name, [column.name for column in columns])
    return frame.hstack(columns)


def refuse_figures(column: str, figures: Collection[str]) -> None:
    """Raise a DataError if a column of the data has the name of a figure of a table."""
    if column in figures:
        raise DataError(f'the column "{column}" has the name of a figure of this table', remedy="rename it in the data")


def numbers(column: pl.Series) -> npt.NDArray[np.float64]:
    """Return a column as numbers; missing values are NaN.

    >>> numbers(pl.Series([1, None])).tolist()
    [1.0, nan]
    """
    return column.cast(pl.Float64).fill_null(np.nan).to_numpy()


_YEAR = r"(?:1[5-9]|2[01])\d\d"
PERIOD = (
    rf"(?:(?:Q[1-4][\s/.-]?)?(?<!\d){_YEAR}(?!\d)"
    r"(?:\s?[/–-]\s?(?:\d{4}|\d{2})(?!\d)|[\s-]?[QSHM]\d{1,2}(?!\d)|年\d{1,2}月)?"
    r"|(?:民國|民国|令和|平成|昭和)\s?(?:\d{1,3}|元)年|(?<!\d)1[01]\d年)"
)
"""The periods in names of columns: 2020, 2019/20, 2020-01, 2020Q1, Q1 2020, 2020年1月, 令和2年, 109年 (of Taiwan)."""
PERIOD_MARK = r"(?:\s?(?:[*†‡§¹²³⁴-⁹]+|\([a-z\d]\)|\[[a-z\d]\])|[perbf](?![^\W_]))?"
"""A footnote mark or flag after a period, which is no part of it: 2020*, 2020p, 2020 (p)."""
SDMX_MULTIPLIERS = ("unit_mult", "powercode_code", "powercode code")
"""The columns of the powers of ten of the values in SDMX, in lower case."""
SDMX_MEASURES = ("unit_measure", "freq")
"""The attributes of SDMX that must be equal for all values of an indicator, in lower case."""
SDMX_ATTRIBUTES = frozenset(
    {
        *SDMX_MULTIPLIERS,
        *SDMX_MEASURES,
        *("structure", "structure_id", "structure_name", "action", "dataflow", "dataset", "last update", "last_update"),
        *("obs_status", "obs_flag", "conf_status", "obs_conf", "obs_comment", "comment_obs", "comment_ts"),
        *("decimals", "base_per", "base_period", "reference_period", "time_format", "time_per_collect"),
        *("source_detail", "observation status", "observation value", "unit multiplier", "decimals code"),
    }
)
"""The columns of SDMX that are neither dimensions nor values, in lower case."""
_INDICATOR, _TEXT, _ROW = "\0indicator", "\0text", "\0row"


def apply_layout(
    frame: pl.DataFrame, table_format: TableFormat, at: Callable[[int], str] | None = None
) -> pl.DataFrame:
    """Return a frame with a row for each unit and period, and a column for each indicator.

    The values may be numbers or texts in any notation. `at` returns the place of a row of `frame` in its file.

    >>> from indicia.data.table_format import TableFormat, WideLayout
    >>> wide = pl.DataFrame({"city": ["Lima", "Oslo"], "2020": [1, 2], "2021": [3, 4]})
    >>> apply_layout(wide, TableFormat(wide=WideLayout("{period}", value="gdp"))).rows()
    [('Lima', 2020, 1), ('Oslo', 2020, 2), ('Lima', 2021, 3), ('Oslo', 2021, 4)]
    """
    height = frame.height

    def place(row: int) -> str:
        row %= height  # the rows of each period are those of the file again
        return at(row) if at else f"row {row + 1}"

    if table_format.wide:
        frame = _stack(frame, table_format.wide, table_format.numbers)
    return _pivot(frame, table_format.long, table_format.numbers, place) if table_format.long else frame


def row_names(frame: pl.DataFrame, table_format: TableFormat) -> list[str]:
    """Return the columns that name a row in messages after a layout: the unit and the period.

    >>> from indicia.data.table_format import TableFormat, WideLayout
    >>> frame = pl.DataFrame({"city": ["Lima"], "code": ["LIM"], "year": [2020], "gdp": [1.0]})
    >>> row_names(frame, TableFormat(wide=WideLayout("{period}", value="gdp")))
    ['city', 'year']
    """
    period = table_format.wide.period if table_format.wide else None
    if table_format.long and table_format.long.keys:
        unit = [key for key in table_format.long.keys[:1] if key != period]
        others = [key for key in table_format.long.keys[1:] if not frame.schema[key].is_(pl.String)]
    else:
        unit = [name for name, dtype in frame.schema.items() if dtype == pl.String and name != period][:1]
        others = []
    return [*unit, *dict.fromkeys([*([period] if period else []), *others])]


# Wide


@cache
def pattern_of_names(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of the names of columns; a pattern without {period} is an error.

    >>> pattern_of_names("{indicator} ({period})").fullmatch("le (2020)").groupdict()
    {'indicator': 'le', 'period': '2020'}
    """
    words = re.split(r"(\{period\}|\{indicator\}|\{unit\})", pattern)
    most = max(words.count("{indicator}"), words.count("{unit}"))
    if "{period}" not in words or most > 1 or re.search(r"[{}]", "".join(words[::2])):
        raise DataError(
            f'the pattern "{pattern}" is not that of columns with a period',
            remedy='write {period}, and {indicator} and {unit} at most once: pattern = "{indicator} ({period})"',
        )
    parts: list[str] = []
    for word in words:
        if word == "{period}":
            first = "{period}" not in words[: len(parts)]
            parts.append(f"(?P<period>{PERIOD}){PERIOD_MARK}" if first else "(?P=period)")
        else:
            texts = {"{indicator}": "(?P<indicator>.+?)", "{unit}": r"(?P<unit>[(（\[【].+[)）\]】])"}
            parts.append(texts.get(word) or re.escape(word))
    return re.compile("".join(parts), re.IGNORECASE)


def match_columns(names: Iterable[str], wide: WideLayout) -> dict[str, tuple[str, str]]:
    """Return the indicator and the period of each column that the pattern of a wide layout matches.

    >>> from indicia.data.table_format import WideLayout
    >>> match_columns(["city", "gdp_2020", "gdp_2021"], WideLayout("{indicator}_{period}"))
    {'gdp_2020': ('gdp', '2020'), 'gdp_2021': ('gdp', '2021')}
    >>> match_columns(["GDP 2020 (€)", "Rate 2020 (%)"], WideLayout("{indicator} {period} {unit}"))
    {'GDP 2020 (€)': ('GDP (€)', '2020'), 'Rate 2020 (%)': ('Rate (%)', '2020')}
    """
    expression = pattern_of_names(wide.pattern)
    matches = ((name, expression.fullmatch(name)) for name in names)
    found = ((name, match["period"], match.groupdict()) for name, match in matches if match)
    return {
        name: (" ".join(filter(None, (parts.get("indicator", wide.value), parts.get("unit")))), period)
        for name, period, parts in found
    }


def _stack(frame: pl.DataFrame, wide: WideLayout, numbers: NumberFormat) -> pl.DataFrame:
    """Turn the columns of periods into rows."""
    columns = match_columns(frame.columns, wide)
    if not columns:
        raise DataError(
            f'no column has a name such as "{wide.pattern}"',
            where=f"columns: {join_names(frame.columns, 30)}",
            remedy="change `pattern` of [data.wide], or remove `wide`",
        )
    kept = [name for name in frame.columns if name not in columns]
    indicators = list(dict.fromkeys(indicator for indicator, _ in columns.values()))
    for name in (wide.period, *indicators):
        if name in kept:
            word = "period" if name == wide.period else "value"
            raise DataError(
                f'the table has a column "{name}" already, which the layout adds',
                remedy=f'name it otherwise: {word} = "…" in [data.wide] (--set data.wide.{word}=…)',
            )
    periods = _periods_with_values(frame, columns, numbers)
    of_indicator: dict[str, dict[str, str]] = {indicator: {} for indicator in indicators}
    for name, (indicator, period) in columns.items():
        if period in of_indicator[indicator]:
            raise DataError(
                f'two columns hold "{indicator}" in {period}: {of_indicator[indicator][period]}, {name}',
                remedy="columns = [...] in [data] names the columns to read",
            )
        of_indicator[indicator][period] = name
    frame = frame.with_columns(
        column for by_period in of_indicator.values() for column in _of_one_type(frame, by_period.values(), numbers)
    )
    years = all(re.fullmatch(_YEAR, period) for period in periods)
    parts = [
        frame.select(
            *kept,
            pl.lit(int(period) if years else period, pl.Int64 if years else pl.String).alias(wide.period),
            *(
                pl.col(by_period[period]).alias(indicator)
                if period in by_period
                else pl.lit(None, frame.schema[next(iter(by_period.values()))]).alias(indicator)
                for indicator, by_period in of_indicator.items()
            ),
        )
        for period in periods
    ]
    return pl.concat(parts)


def _periods_with_values(
    frame: pl.DataFrame, columns: dict[str, tuple[str, str]], numbers: NumberFormat
) -> dict[str, None]:
    """Return the periods in the order of their columns; a period without a single value is left out with a warning."""
    periods = dict.fromkeys(period for _, period in columns.values())
    present = {period for name, (_, period) in columns.items() if not _is_empty(frame[name], numbers.missing)}
    absent = [period for period in periods if period not in present]
    if not present:
        raise DataError("the columns of the periods have no values", where=f"columns: {join_names(columns)}")
    if absent:
        warn(f"no unit has a value in {join_names(absent, 10)}: left out")
    return {period: None for period in periods if period in present}


def _is_empty(column: pl.Series, marks: Sequence[str]) -> bool:
    if column.null_count() == len(column):
        return True
    if column.dtype != pl.String or column.drop_nulls()[0].strip() not in (*marks, ""):
        return False  # in most columns the first cell is a value
    return bool((column.is_null() | column.str.strip_chars().is_in([*marks, ""])).all())


def _of_one_type(frame: pl.DataFrame, names: Iterable[str], numbers: NumberFormat) -> list[pl.Series]:
    """Return columns with one type: numbers, or texts in the notation of the table if a column has texts."""
    columns = [frame[name] for name in names]
    types = {column.dtype for column in columns if column.null_count() < len(column)}
    if len(types) < 2:
        (dtype,) = types or {pl.Float64()}
    elif all(dtype.is_numeric() for dtype in types):
        dtype = pl.Float64()
    else:
        return [_as_text(column, numbers) for column in columns]
    return [column.cast(dtype) for column in columns]


def _as_text(column: pl.Series, numbers: NumberFormat) -> pl.Series:
    if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
        raise DataError(f"{column.name} holds lists, records or bytes, not numbers")
    texts = column.cast(pl.String)
    return texts.str.replace(".", numbers.decimal, literal=True) if column.dtype.is_float() else texts


# Long


def _pivot(frame: pl.DataFrame, long: LongLayout, numbers: NumberFormat, place: Callable[[int], str]) -> pl.DataFrame:
    """Turn the rows of indicators into columns."""
    for name in (long.indicator, long.value, *long.keys):
        if name not in frame.columns:
            message = f'no column "{name}" in the long table'
            raise UnknownColumn(name, message, remedy=suggest(name, frame.columns))
    frame = frame.with_row_index(_ROW).filter(~pl.all_horizontal(pl.exclude(_ROW).is_null()))
    frame = frame.with_columns(pl.col(long.indicator).cast(pl.String).str.strip_chars().alias(_INDICATOR))
    nameless = frame.filter(pl.col(_INDICATOR).is_null() | (pl.col(_INDICATOR) == ""))[_ROW]
    if len(nameless):
        raise DataError(
            f'"{long.indicator}" is empty in {join_names(map(place, nameless))}',
            remedy="footer_rows or without in [data] leaves out rows that hold no value (--set data.footer_rows=…)",
        )
    keys = list(long.keys or _keys(frame, long))
    check_measures(frame, long, keys)
    if not rows_differ(frame, [*keys, _INDICATOR]):
        raise _repeated(frame, long, keys, place)
    frame = _multiplied(frame, long, numbers)
    indicators = frame[_INDICATOR].unique(maintain_order=True).to_list()
    for name in indicators:
        if name in keys:
            raise DataError(
                f'the long table has the indicator "{name}", which is the name of a column too',
                remedy=f"rename the column, or leave it out of keys = [{', '.join(map(_quoted, keys))}]",
            )
    return frame.select(*keys, _INDICATOR, long.value).pivot(
        _INDICATOR, index=keys, values=long.value, aggregate_function="first", maintain_order=True
    )


def _keys(frame: pl.DataFrame, long: LongLayout) -> list[str]:
    """Return the columns of the units and periods, if the index file does not list them.

    A column that varies, but not within an indicator, describes the indicators: it is left out with a warning, as are
    the attributes of SDMX.
    """
    columns = [name for name in frame.columns if name not in (_ROW, _INDICATOR, long.indicator, long.value)]
    attributes = [name for name in columns if name.lower() in SDMX_ATTRIBUTES]
    others = [name for name in columns if name not in attributes]
    counts = frame.group_by(_INDICATOR).agg(pl.col(others).n_unique())
    several = frame[_INDICATOR].n_unique() > 1
    described = [name for name in others if several and counts[name].max() == 1 and frame[name].n_unique() > 1]
    if left_out := [*attributes, *described]:
        sentence = f"the columns {join_names(left_out, 30)} of the long table are left out"
        remedy = "keys = [...] in [data.long] names the columns of units and periods"
        warn(f"{sentence}; {remedy}")
    keys = [name for name in others if name not in described]
    if not keys:
        raise DataError("the long table has no column that names the units")
    return keys


def check_measures(frame: pl.DataFrame, long: LongLayout, keys: Sequence[str]) -> None:
    """Refuse an indicator with several units of measure or frequencies in SDMX.

    >>> from indicia.data.table_format import LongLayout
    >>> frame = pl.DataFrame({"INDICATOR": ["gdp", "gdp"], "UNIT_MEASURE": ["EUR", "USD"], "OBS_VALUE": [1.0, 2.0]})
    >>> check_measures(frame, LongLayout("INDICATOR", "OBS_VALUE"), ["REF_AREA"])
    Traceback (most recent call last):
    indicia.errors.DataError: the indicator "gdp" has several values of UNIT_MEASURE: EUR, USD
      fix: keep one: --set data.where.UNIT_MEASURE=EUR, with "UNIT_MEASURE" among the keys of [data.long]
    """
    for name in frame.columns:
        if name.lower() not in SDMX_MEASURES or name in keys:
            continue
        values = pl.col(name).drop_nulls()
        several = frame.group_by(long.indicator, maintain_order=True).agg(values.n_unique().alias(_ROW))
        for indicator in several.filter(pl.col(_ROW) > 1)[long.indicator].head(1):
            different = frame.filter(pl.col(long.indicator) == indicator)[name].drop_nulls().unique(maintain_order=True)
            raise DataError(
                f'the indicator "{indicator}" has several values of {name}: {join_names(different)}',
                remedy=f'keep one: {set_condition(name, different[0])}, with "{name}" among the keys of [data.long]',
            )


def _multiplied(frame: pl.DataFrame, long: LongLayout, numbers: NumberFormat) -> pl.DataFrame:
    """Multiply the values by ten to the power of UNIT_MULT."""
    name = next((name for name in frame.columns if name.lower() in SDMX_MULTIPLIERS), None)
    powers = None if name is None else frame[name].cast(pl.Float64, strict=False).fill_null(0.0).fill_nan(0.0)
    if name is None or powers is None or not (powers != 0).any():
        return frame
    values = frame[long.value]
    if not values.dtype.is_numeric():
        texts = values.cast(pl.String, strict=False).str.strip_chars()
        texts = texts.set(texts.is_in(["", *numbers.missing]), None)
        values = texts.cast(pl.Float64, strict=False)
        if values.null_count() > texts.null_count() or not numbers.plain:
            example = texts.filter(values.is_null() & texts.is_not_null()).head(1).to_list() or texts.head(1).to_list()
            raise DataError(
                f'{name} multiplies the values of {long.value}, which are not plain numbers: "{example[0]}"',
                remedy="write the values as plain numbers, or remove the column and set `factor` of the indicators",
            )
    # ten to a negative power is not exact: the division is
    factors = pl.Series(10.0 ** powers.abs())
    scaled = (values * factors).zip_with(powers >= 0, values / factors)
    return frame.with_columns(scaled.alias(long.value))


def _repeated(frame: pl.DataFrame, long: LongLayout, keys: Sequence[str], place: Callable[[int], str]) -> DataError:
    """Return the error for two rows with the same unit, period and indicator."""
    columns = [*keys, _INDICATOR]
    repeated = frame.filter(pl.struct(columns).is_duplicated())
    first = repeated.filter(pl.all_horizontal(pl.col(name).eq_missing(repeated[name][0]) for name in columns))
    rows = join_names(map(place, first[_ROW]))
    cell = ", ".join("(empty)" if value is None else str(value) for value in first.select(columns).row(0))
    different = [
        name
        for name in frame.columns
        if name not in (*columns, _ROW, long.indicator, long.value) and first[name].n_unique() > 1
    ]
    remedy = "remove one of the rows"
    if different:
        name, values = different[0], first[different[0]].unique(maintain_order=True)
        remedy = (
            f"the rows differ in {name} ({join_names(values)}): keep one, {set_condition(name, values[0])}, "
            f'with "{name}" among the keys of [data.long]'
        )
    several = pl.struct(columns).n_unique()
    number = repeated.height - int(repeated.select(several).item())
    more = f"; {number} rows repeat others" if number > 1 else ""
    return DataError(f"the long table has {cell} twice: {rows}{more}", remedy=remedy)


def set_condition(column: str, value: object) -> str:
    """Return the option that keeps the rows with a value, as it is written in a shell.

    >>> set_condition("sex", "T"), set_condition("unit of measure", "kg")
    ('--set data.where.sex=T', '--set "data.where.unit of measure=kg"')
    """
    setting = f"data.where.{column}={value}"
    return f"--set {setting}" if re.fullmatch(r"[\w.=-]+", setting) else f'--set "{setting}"'


def _quoted(name: str) -> str:
    return f'"{name}"'
