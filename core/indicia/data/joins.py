"""Joins: the columns of a further table beside the rows of the main table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.callers import warn
from indicia.errors import DataError, UnknownColumn, join_names, pluralise, suggest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.data.table_format import Join

_ROW = "\0row"
_EXAMPLES = 3
"""The names in an error or warning."""


def match_text(column: pl.Series) -> pl.Series:
    """Return the texts by which rows of two tables match: without differences of case, blanks, dashes and Unicode form.

    A whole number is written without a point, and the first or last day of a year is the year.

    >>> match_text(pl.Series(["  São  Paulo", "SÃO PAULO"])).to_list()
    ['são paulo', 'são paulo']
    >>> match_text(pl.Series([2020.0, 2021.0])).to_list()
    ['2020', '2021']
    """
    if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
        raise DataError(f'"{column.name}" holds lists, records or bytes, by which rows cannot be matched')
    texts = column.cast(pl.String)
    if column.dtype.is_float():
        texts = texts.str.replace(r"\.0$", "")
    texts = texts.str.normalize("NFKC").str.replace_all(r"\s+", " ").str.strip_chars().str.to_lowercase()
    texts = texts.str.replace_all("[’‘ʼ`´]", "'").str.replace_all("[‐‑–—]", "-")
    texts = texts.str.replace(r"^(\d{4})-(?:12-31|01-01)(?:[ t]00:00:00.*)?$", "$1")
    return texts.set(texts == "", None)


def match_texts(mine: pl.Series, theirs: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the texts by which two columns match: a code that is a number in one table has no zeros in front.

    >>> [column.to_list() for column in match_texts(pl.Series(["01001"]), pl.Series([1001]))]
    [['1001'], ['1001']]
    >>> [column.to_list() for column in match_texts(pl.Series(["08", "11"]), pl.Series(["8", "11"]))]
    [['8', '11'], ['8', '11']]
    """
    texts = match_text(mine), match_text(theirs)
    are_numbers = all(column.str.contains(r"^\d+$").all() for column in texts)
    with_zeros = [bool(column.str.contains(r"^0\d").any()) for column in texts]
    if mine.dtype.is_numeric() != theirs.dtype.is_numeric() or (are_numbers and with_zeros[0] != with_zeros[1]):
        return without_zeros(texts[0]), without_zeros(texts[1])
    return _without_accents(*texts)


def _without_accents(mine: pl.Series, theirs: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return texts of which those without a partner match a text that differs in accents only, if there is one."""
    alone = []
    for texts, others in ((mine, theirs), (theirs, mine)):
        names = texts.drop_nulls().unique().rename("name")
        names = names.filter(~names.is_in(others.drop_nulls().unique().implode()))
        plain = names.str.normalize("NFKD").str.replace_all(r"\p{M}", "").rename("plain")
        alone.append(pl.DataFrame([names, plain]).filter(plain.is_unique()))
    pairs = alone[0].join(alone[1], on="plain", suffix="_of_theirs")
    return (mine.replace(pairs["name"], pairs["name_of_theirs"]) if pairs.height else mine), theirs


def without_zeros(texts: pl.Series) -> pl.Series:
    """Return texts without zeros in front of a digit.

    >>> without_zeros(pl.Series(["01001", "0", "0a"])).to_list()
    ['1001', '0', '0a']
    """
    return texts.str.replace(r"^0+(\d)", "$1")


def join_table(frame: pl.DataFrame, other: pl.DataFrame, join: Join) -> pl.DataFrame:
    """Return the frame with the columns of another table, by the columns of `join.on`.

    Every row of the frame stays. A row without a partner gets nulls and a warning.

    >>> from indicia.data.table_format import Join
    >>> cities = pl.DataFrame({"city": ["Lima", "Oslo"], "gdp": [1.0, 2.0]})
    >>> people = pl.DataFrame({"City": ["OSLO", "Lima"], "people": [0.7, 10.0]})
    >>> import warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     join_table(cities, people, Join("people.csv", (("city", "City"),))).rows()
    [('Lima', 1.0, 10.0), ('Oslo', 2.0, 0.7)]
    """
    if not join.on:
        raise DataError(
            f"no columns to match with {join.path}", remedy='name them: on = ["city", "year"] in its [[data.joins]]'
        )
    mine, theirs = [name for name, _ in join.on], [name for _, name in join.on]
    for names, columns, place in ((mine, frame.columns, "the table"), (theirs, other.columns, join.path)):
        for name in names:
            if name not in columns:
                message = f'no column "{name}" in {place}, which is to match'
                raise UnknownColumn(name, message, where=join.path, remedy=suggest(name, columns))
    added = [name for name in other.columns if name not in theirs]
    if repeated := [name for name in added if name in frame.columns]:
        kept = ", ".join(f'"{name}"' for name in other.columns if name not in repeated)
        raise DataError(
            f"{join.path} has columns of the table again: {join_names(repeated)}",
            where=join.path,
            remedy=f"read the others, columns = [{kept}] in its [[data.joins]], or rename a column",
        )
    left, right = match_frames(frame, other, join.on)
    keys = left.columns
    right = right.with_row_index(_ROW).drop_nulls(keys)
    if right.select(pl.struct(keys).is_duplicated().any()).item():
        raise _repeated(other, right, keys, join)
    rows = left.join(right, on=keys, how="left", maintain_order="left")[_ROW]
    alone = rows.is_null()
    if alone.all():
        raise DataError(
            f"no row of {join.path} matches a row of the table",
            where=f"{', '.join(mine)}: {join_names(_names(frame, mine), _EXAMPLES)}\n"
            f"{join.path}, {', '.join(theirs)}: {join_names(_names(other, theirs), _EXAMPLES)}",
            remedy="on = { … } in its [[data.joins]] names the columns to match, this table's name second",
        )
    if alone.any():
        names = _names(frame.filter(alone), mine)
        message = f"no row in {join.path} for {join_names(names)}: {_columns(added)} missing there"
        warn(message)
    _warn_of_spellings(frame, other, rows, join)
    return frame.hstack(other.select(pl.col(added).gather(rows)))


def match_frames(
    frame: pl.DataFrame, other: pl.DataFrame, on: Sequence[tuple[str, str]]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the texts by which the rows of two tables match, in columns of the same names.

    >>> left, right = match_frames(pl.DataFrame({"a": ["X"]}), pl.DataFrame({"b": ["x "]}), [("a", "b")])
    >>> left.equals(right)
    True
    """
    pairs = [match_texts(frame[mine], other[theirs]) for mine, theirs in on]
    left, right = (pl.DataFrame([pair[side].alias(str(at)) for at, pair in enumerate(pairs)]) for side in (0, 1))
    return left, right


def _names(frame: pl.DataFrame, columns: Sequence[str]) -> list[str]:
    """Return the texts of the first rows: the unit and the period."""
    rows = frame.select(columns).unique(maintain_order=True).rows()
    return [" ".join("(empty)" if cell is None else str(cell).strip() for cell in row) for row in rows]


def _columns(names: Sequence[str]) -> str:
    return f"{join_names(names)} {'is' if len(names) == 1 else 'are'}"


def _repeated(other: pl.DataFrame, right: pl.DataFrame, keys: Sequence[str], join: Join) -> DataError:
    """Return the error for two rows of the joined table with the same name."""
    theirs = [name for _, name in join.on]
    twice = right.filter(pl.struct(keys).is_duplicated())
    first = twice.filter(pl.all_horizontal(pl.col(key) == twice[key][0] for key in keys))
    names = dict.fromkeys(_names(other[first[_ROW].to_list()], theirs))
    more = twice.select(pl.struct(keys).n_unique()).item() - 1
    return DataError(
        f"{join.path} has {' and '.join(names)} {'twice' if len(names) == 1 else 'for one unit'}"
        + (f", and {more} more such" if more else ""),
        where=f"columns: {', '.join(other.columns)}",
        remedy="add the column that tells the rows apart, such as the year, to on = [...] in its [[data.joins]]",
    )


def _warn_of_spellings(frame: pl.DataFrame, other: pl.DataFrame, rows: pl.Series, join: Join) -> None:
    """Warn of names that match, but are not written in the same way."""
    for mine, theirs in join.on:
        columns = frame[mine], other[theirs].gather(rows)
        if all(column.dtype != pl.String for column in columns):
            continue
        texts = [column if column.dtype == pl.String else match_text(column) for column in columns]
        pairs = pl.DataFrame([texts[0].alias("mine"), texts[1].alias("theirs")])
        pairs = pairs.filter(pl.col("mine") != pl.col("theirs")).unique(maintain_order=True)
        if pairs.height:
            examples = join_names((f'"{a}" and "{b}"' for a, b in pairs.head(_EXAMPLES).rows()), _EXAMPLES)
            number = pluralise(pairs.height, "name")
            message = f"{number} of {mine} in another spelling in {join.path}, taken as equal: {examples}"
            warn(message)
