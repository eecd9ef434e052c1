"""Tables from objects of Python: frames, Arrow, arrays with names, dicts of lists, lists of dicts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from numbers import Real
from typing import Any, NoReturn

import numpy as np
import polars as pl
from polars.exceptions import PanicException, PolarsError

from indicia.data import parse
from indicia.data.parquet_footer import level_name, with_pandas_index
from indicia.errors import DataError, join_names, with_article

_READABLE = (
    "give a path, a frame of polars or pandas, a table of Arrow, a structured array of NumPy, a dict of lists, "
    "or a list of dicts"
)
_NAMES = 'name the columns: {"city": names, "gdp": array[:, 0]}, or polars.DataFrame(array, schema=["gdp", "co2"])'
_MISSING_TYPES = ("NAType", "NaTType")


def from_object(source: Any, columns: Collection[str] = ()) -> parse.Table:
    """Return the table of an object; `columns` are the columns to read, by default all.

    >>> from_object({"city": ["Lima", "Oslo"], "gdp": [1.5, None]}).frame.rows()
    [('Lima', 1.5), ('Oslo', None)]
    """
    if isinstance(source, pl.LazyFrame):
        try:
            source = source.collect()
        except (PolarsError, OSError) as error:
            raise DataError(f"the lazy frame cannot be collected: {error}") from error
    if isinstance(source, pl.DataFrame):
        return parse.from_frame(source, "the polars frame", columns)
    if type(source).__module__.startswith("narwhals") and hasattr(source, "to_native"):
        return from_object(source.to_native(), columns)  # with the index of a frame of pandas
    if hasattr(source, "iloc"):
        return _from_pandas(source, columns)
    if hasattr(source, "__arrow_c_stream__") or hasattr(source, "__arrow_c_array__"):
        frame = from_arrow(source, "the Arrow table")
        metadata = getattr(getattr(source, "schema", None), "metadata", None)
        note = metadata.get(b"pandas") if isinstance(metadata, Mapping) else None
        return parse.from_frame(with_pandas_index(frame, note), "the Arrow table", columns)
    if isinstance(source, np.ndarray):
        return parse.from_frame(_from_array(source), "the array", columns)
    if isinstance(source, Mapping):
        return parse.from_frame(_from_dict(source), "the dict", columns)
    if isinstance(source, Sequence):
        return parse.from_frame(_from_records(source), "the list", columns)
    raise DataError(f"cannot read a table from {with_article(type(source).__name__)}", remedy=_READABLE)


def from_arrow(stream: Any, where: str) -> pl.DataFrame:
    """Return the frame of an object with the interface of Arrow; decimals become floats."""
    try:
        return pl.DataFrame([_plain_type(column) for column in pl.DataFrame(stream)])
    except (PolarsError, PanicException, TypeError, ValueError) as error:
        reason = str(error).splitlines()[0]
        if "duplicate" in reason.lower() or "more than one" in reason:
            remedy = "give each column another name, in a query with AS"
            raise DataError(f"two columns have one name: {reason}", where=where, remedy=remedy) from None
        reason = "an interval of time" if "interval" in reason else reason
        remedy = "cast the column to text or numbers, in a query with CAST(duration AS TEXT)"
        raise DataError(f"a column has a type that cannot be read: {reason}", where=where, remedy=remedy) from None


def _plain_type(column: pl.Series) -> pl.Series:
    """Return a column with floats for decimals and integers of 128 bits, and with texts for types of an extension."""
    dtype = column.dtype
    if type(dtype).__name__ == "Extension":
        storage: pl.Series = column.ext.storage()
        return storage.cast(pl.Float64, strict=False) if '"numeric"' in str(dtype) else storage
    if dtype.is_decimal() or str(dtype) in ("Int128", "UInt128"):
        return column.cast(pl.Float64)
    return column


def _from_pandas(source: Any, columns: Collection[str]) -> parse.Table:
    """Convert a pandas frame or series, with its index unless the index counts rows."""
    where = "the pandas frame"
    is_frame = hasattr(source, "columns")
    frame = source if is_frame else source.to_frame("value" if source.name is None else source.name)
    if getattr(frame.columns, "nlevels", 1) > 1:
        frame = frame.copy(deep=False)
        frame.columns = [" ".join(text for part in name if (text := str(part).strip())) for name in frame.columns]
    index, count = frame.index, frame.index.nlevels
    if count > 1 or index.name is not None or not _counts_rows(index):
        levels = enumerate(index.names)
        names = [level_name(number, count, frame.columns) if name is None else name for number, name in levels]
        if clash := [name for name in names if name in list(frame.columns)]:
            message = f"the index has the name of a column: {join_names(clash)}"
            raise DataError(message, where=where, remedy="rename the index or the column")
        frame = index.set_names(names).to_frame(index=False).join(frame.reset_index(drop=True))
    header = parse.header_names(frame.columns, where)
    kept = parse.kept_columns(header, columns, where)
    return parse.from_frame(pl.DataFrame({header[at]: _pandas_column("", frame.iloc[:, at]) for at in kept}), where)


def _counts_rows(index: Any) -> bool:
    """Return True for an index of whole numbers, which are row numbers if they have no name."""
    return getattr(index.dtype, "kind", "") in ("i", "u")


def _pandas_column(name: str, values: Any) -> pl.Series:
    try:
        return pl.Series(name, values)
    except (ImportError, TypeError, ValueError, PolarsError):  # pyarrow is missing, or numbers and text are mixed
        cells = zip(values, values.isna(), strict=True)
        return pl.Series(name, [None if is_missing else str(value) for value, is_missing in cells], pl.String)


def _from_array(array: Any) -> pl.DataFrame:
    if array.dtype.names is None:
        shape = " × ".join(map(str, array.shape)) or "no rows"
        _refuse(f"an array of numbers ({shape}) has no names of columns and units", _NAMES)
    if array.ndim != 1:
        _refuse(f"a structured array of {array.ndim} dimensions is no table", "give an array with one dimension")
    return pl.DataFrame([_column_of(name, array[name]) for name in array.dtype.names])


def _from_dict(source: Mapping[Any, Any]) -> pl.DataFrame:
    if not source:
        _refuse("the dict has no columns", 'for example {"city": ["Lima", "Oslo"], "gdp": [1.5, 2.5]}')
    for name, values in source.items():
        if isinstance(values, Mapping):
            remedy = 'give a list of dicts: [{"city": "Lima", "gdp": 1.5}, …]'
            _refuse(f"{name} is a dict, not the list of the values of a column", remedy)
        if isinstance(values, str | bytes) or not hasattr(values, "__len__"):
            remedy = f'give a list with a value for each row: {{"{name}": [1.5, 2.5]}}'
            _refuse(f"{name} is {values!r:.40}, not the list of the values of a column", remedy)
    lengths = {str(name): len(values) for name, values in source.items()}
    if len(set(lengths.values())) > 1:
        first, other = next((a, b) for a in lengths for b in lengths if lengths[a] != lengths[b])
        remedy = "give a value for each row in each list, None for a missing value"
        _refuse(f"{first} has {lengths[first]} values, and {other} has {lengths[other]}", remedy)
    return pl.DataFrame([_column_of(str(name), values) for name, values in source.items()])


def _from_records(source: Sequence[Any]) -> pl.DataFrame:
    if not source:
        _refuse("the list has no rows", 'for example [{"city": "Lima", "gdp": 1.5}]')
    if not all(isinstance(row, Mapping) for row in source):
        odd = next(row for row in source if not isinstance(row, Mapping))
        _refuse(
            f"the list holds {with_article(type(odd).__name__)}, whose values have no names of columns",
            'give a list of dicts, [{"city": "Lima", "gdp": 1.5}], or a dict of lists',
        )
    names = dict.fromkeys(name for row in source for name in row)
    return pl.DataFrame([series_of(str(name), [row.get(name) for row in source]) for name in names])


def _column_of(name: str, values: Any) -> pl.Series:
    """Return a column of a sequence, an array, or a series."""
    if isinstance(values, np.ndarray) and values.ndim != 1:
        shape = " × ".join(map(str, values.shape))
        _refuse(f"{name} is an array of {shape} values, not of one column", "give each column a name of its own")
    if hasattr(values, "iloc"):
        return _pandas_column(name, values)
    if isinstance(values, np.ndarray) and values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8")
    is_array = isinstance(values, np.ndarray) and not isinstance(values, np.ma.MaskedArray)
    if isinstance(values, pl.Series) or (is_array and values.dtype.kind in "iufbU"):
        return pl.Series(name, values)
    return series_of(name, values.tolist() if hasattr(values, "tolist") else list(values))


def series_of(name: str, values: Sequence[Any]) -> pl.Series:
    """Return a column of values of Python; a mixture of types becomes text.

    >>> series_of("gdp", [1, 2.5, None]).to_list(), series_of("gdp", [1, "n/a"]).to_list()
    ([1.0, 2.5, None], ['1', 'n/a'])
    """
    types = set(map(type, values))
    if any(each.__name__ in _MISSING_TYPES for each in types):
        return series_of(name, [None if type(value).__name__ in _MISSING_TYPES else value for value in values])
    types.discard(type(None))
    if types <= {str}:
        return pl.Series(name, values, pl.String)
    if types == {float}:
        return pl.Series(name, values, pl.Float64)
    if all(issubclass(each, Real | Decimal) and not issubclass(each, bool) for each in types):
        try:
            if all(issubclass(each, int | np.integer) for each in types):
                return pl.Series(name, values, pl.Int64)
        except (OverflowError, TypeError, PolarsError):  # a whole number of more than 64 bits
            pass
        return pl.Series(name, [None if value is None else float(value) for value in values], pl.Float64)
    if types in ({bool}, {bytes}) or all(issubclass(each, date | time) for each in types):
        return pl.Series(name, values, strict=False)
    return pl.Series(name, [None if value is None else str(value) for value in values], pl.String)


def _refuse(message: str, remedy: str) -> NoReturn:
    raise DataError(message, remedy=remedy)
