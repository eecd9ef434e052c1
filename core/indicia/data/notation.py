"""Numbers as offices write them: their notation, the types of columns, and remedies for cells that are no numbers."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.data.table_format import PLAIN, NumberFormat
from indicia.errors import DataError, join_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


_WIDE = dict(
    zip(
        "０１２３４５６７８９．，＋－％（）−‒–▲△·",
        "0123456789.,+-%()-----.",
        strict=True,
    )
)
"""Full-width characters, the minus signs of typesetters, and the triangles of Japan for negative numbers,
which are read as their plain forms."""
_FIRST_GROUP = "[1-9][0-9]{0,2}"
"""The digits before the first separator of thousands; 0,123 has a decimal comma."""
_NO_CENTS = r"([0-9])[.,:](?:-{1,2}|—)(\s|$)"
"""A dash in place of cents, as in "Fr. 120.–"; it is no minus."""
_EXPONENT = "(?:[eE][-+]?[0-9]+)?"
BRACKETS = "()"
"""The footnote mark for brackets around a number that do not make it negative."""


def to_numbers(column: pl.Series, numbers: NumberFormat) -> tuple[pl.Series, pl.Series | None]:
    """Return the numbers of a column, and a mask of the cells that are neither numbers nor missing.

    The mask is None if there is no such cell. Separators of thousands stand between groups of three digits, or of two
    digits and three at the end as in 12,34,567. Brackets around a number and a minus after it make it negative.
    An apostrophe among the separators stands for every kind of apostrophe, a space for every kind of space.

    >>> from indicia.data import NumberFormat
    >>> format = NumberFormat(decimal=",", thousands=(" ",), unit_marks=("€",), magnitudes=(("Mio.", 1e6),))
    >>> values, invalid = to_numbers(pl.Series(["1 335,21", "2,5 Mio. €", "(3,5)", "..", "1,2,3"]), format)
    >>> values.to_list(), invalid.to_list()
    ([1335.21, 2500000.0, -3.5, None, None], [False, False, False, False, True])
    """
    marks = Marks.of(numbers)
    present = marks.removed(column)
    if present.dtype == pl.Float64:
        return present, None
    if numbers.decimal == "." or present.dtype != pl.String:
        values = present.cast(pl.Float64, strict=False)
    else:  # the point is no decimal mark here: 1.234 is read by its notation
        values = pl.Series(column.name, [None], pl.Float64).new_from_index(0, len(column))
    if values.null_count() == present.null_count():
        return marks.removed(values), None
    failed = values.is_null() & present.is_not_null()
    if present.dtype == pl.String:
        rows = failed.arg_true()
        read, missing = _read(present.gather(rows), numbers, marks)
        values = values.scatter(rows, read)
        failed = failed.scatter(rows, read.is_null() & ~missing)
    return marks.removed(values), failed if failed.any() else None


@dataclass(frozen=True)
class Marks:
    """The marks of a missing value: texts, and numbers such as -999 in any notation."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, numbers: NumberFormat) -> Marks:
        """Return the marks of a number format, without white space around them."""
        return cls(("", *(mark.strip() for mark in numbers.missing)))

    @cached_property
    def codes(self) -> list[float]:
        """The marks that are numbers."""
        return [float(mark) for mark in self.words if re.fullmatch(r"[-+]?(\d+(\.\d+)?|inf)", mark)]

    def removed(self, column: pl.Series) -> pl.Series:
        """Return the column with null in place of marks and NaN, and without white space around texts."""
        if column.dtype in (pl.String, pl.Categorical, pl.Enum):
            cells = column.cast(pl.String).str.strip_chars()
            return without(cells, cells.is_in(self.words))
        if column.dtype.is_float() and math.isnan(column.sum()):  # a single NaN makes the sum NaN
            column = without(column, column.is_nan())
        if self.codes and column.dtype.is_numeric():
            column = without(column, column.cast(pl.Float64).is_in(self.codes))
        return column


def without(column: pl.Series, missing: pl.Series) -> pl.Series:
    """Return a column with null where the mask is true."""
    return column.set(missing, None) if missing.any() else column


def _read(cells: pl.Series, numbers: NumberFormat, marks: Marks) -> tuple[pl.Series, pl.Series]:
    """Return the numbers of cells in the notation, and a mask of the cells that are marks with a flag or footnote."""
    pattern = _pattern(numbers)
    plain = cells.str.replace_many(list(_WIDE), list(_WIDE.values())).str.replace(_NO_CENTS, "$1$2")
    frame = plain.to_frame("cell").select(groups=pl.col("cell").str.extract_groups(pattern)).unnest("groups")
    minus = (
        (pl.col("sign") == "-").fill_null(False)
        | (pl.col("inner_sign") == "-").fill_null(False)
        | pl.col("trailing").is_not_null()
    )
    if BRACKETS not in numbers.footnotes:
        minus = minus | pl.col("open").is_not_null()
    digits = pl.col("number").str.replace_all(_separators(numbers.thousands) or r"\s", "")
    if numbers.decimal != ".":
        digits = digits.str.replace(numbers.decimal, ".", literal=True)
    paired = pl.col("open").is_not_null() == pl.col("close").is_not_null()
    signs = sum(pl.col(part).is_not_null().cast(pl.Int8) for part in ("sign", "inner_sign", "trailing"))
    values = pl.when(paired, signs < 2).then(_magnified(digits, numbers)).cast(pl.Float64, strict=False)
    read = frame.select(pl.when(minus).then(-values).otherwise(values).alias(cells.name)).to_series()
    return read, _flagged_marks(cells, numbers, marks)


def _magnified(digits: pl.Expr, numbers: NumberFormat) -> pl.Expr:
    """Return the digits times the magnitude after them; a power of ten becomes an exponent, which is exact."""
    result = digits.cast(pl.Float64, strict=False)
    for word, factor in numbers.magnitudes:
        power = math.log10(factor) if factor > 0 else math.nan
        if power == round(power):
            product = pl.format(f"{{}}e{round(power)}", digits).cast(pl.Float64, strict=False)
        else:
            product = digits.cast(pl.Float64, strict=False) * factor
        result = pl.when(pl.col("magnitude") == word).then(product).otherwise(result)
    return result


def _flagged_marks(cells: pl.Series, numbers: NumberFormat, marks: Marks) -> pl.Series:
    """Return True for marks of a missing value with a flag or a footnote, such as ": c"."""
    tails = [mark.strip() for mark in (*numbers.flags, *numbers.footnotes) if mark.strip()]
    if not tails:
        return pl.Series(cells.name, [False]).new_from_index(0, len(cells))
    pattern = rf"^({_any_of(word for word in marks.words if word)})\s*(?:{_any_of(tails)})+$"
    return cells.str.contains(pattern)


def flags_of(column: pl.Series, numbers: NumberFormat) -> pl.Series:
    """Return the status flags behind the numbers of a column, and behind its marks of a missing value.

    >>> from indicia.data import NumberFormat
    >>> notation = NumberFormat(flags=("p", "b", "c"), missing=(":",))
    >>> flags_of(pl.Series(["12.3 p", "4.0", "5 bp", ": c"]), notation).to_list()
    ['p', None, 'bp', 'c']
    """
    flags = _any_of(numbers.flags)
    if column.dtype != pl.String or not flags:
        return pl.Series(column.name, [None], pl.String).new_from_index(0, len(column))
    plain = column.str.strip_chars().str.replace_many(list(_WIDE), list(_WIDE.values())).str.replace(_NO_CENTS, "$1$2")
    of_numbers = plain.to_frame("cell").select(pl.col("cell").str.extract_groups(_pattern(numbers))).unnest("cell")
    marks = _any_of(word for word in Marks.of(numbers).words if word)
    of_marks = plain.str.extract(rf"^(?:{marks})\s*((?:{flags})+)$") if marks else of_numbers["flag"]
    return pl.select(pl.coalesce(of_numbers["flag"], of_marks).alias(column.name)).to_series()


@lru_cache(maxsize=32)
def _pattern(numbers: NumberFormat) -> str:
    decimal = re.escape(numbers.decimal)
    grouped = [
        rf"{_FIRST_GROUP}(?:{separator}[0-9]{{3}})+|[1-9][0-9]?(?:{separator}[0-9]{{2}})+{separator}[0-9]{{3}}"
        for separator in _each_separator(numbers.thousands)
    ]
    integer = "|".join([*grouped, "[0-9]+"])
    number = rf"(?:(?:{integer})(?:{decimal}[0-9]*)?|{decimal}[0-9]+){_EXPONENT}"
    units = _any_of(numbers.unit_marks)
    after = [*numbers.unit_marks, *(mark for mark in numbers.footnotes if mark.strip() != BRACKETS)]
    marks = "|".join(part for part in (_any_of(after), "[%٪]" if numbers.percent else "") if part)
    suffix = rf"(?:\s*(?:{marks}))*" if marks else ""
    flags = _any_of(numbers.flags)
    flag = rf"(?:\s+(?P<flag>(?:{flags})+))?" if flags else ""
    before = "|".join(part for part in (units, "[%٪]" if numbers.percent else "") if part)
    prefix = rf"(?:(?:{before})\s*)?" if before else ""
    magnitudes = _any_of(word for word, _ in numbers.magnitudes)
    magnitude = rf"(?:\s*(?P<magnitude>{magnitudes}))?" if magnitudes else r"(?P<magnitude>\x00)?"
    return (
        rf"^(?P<open>\()?\s*(?P<sign>[-+])?\s*{prefix}(?P<inner_sign>[-+])?\s*(?P<number>{number})(?P<trailing>-)?"
        rf"{suffix}{magnitude}{suffix}{flag}{suffix}\s*(?P<close>\))?{suffix}$"
    )


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern for one of the words, the longest first."""
    texts = {"".join(_WIDE.get(character, character) for character in word.strip()) for word in words} - {""}
    return "|".join(re.escape(text) for text in sorted(texts, key=lambda text: (-len(text), text)))


def _each_separator(thousands: Iterable[str]) -> list[str]:
    """Return a pattern for each separator of thousands."""
    patterns = []
    for mark in thousands:
        if not mark.strip():
            patterns.append(r"\s")
        elif mark in "'’ʼ´`‘":
            patterns.append("['’ʼ´`‘]")
        else:
            patterns.append(re.escape(_WIDE.get(mark, mark)))
    return list(dict.fromkeys(patterns))


def _separators(thousands: Iterable[str]) -> str:
    return "|".join(_each_separator(thousands))


_MOST_TEXTS = 200
_PARTS = re.compile(
    r"^\(?(?P<before>[^\d().,+−-]*?)\s*[-+−]?\s*(?P<number>\d[\d.,'’\s\u00a0\u202f\u2009_]*|[.,]\d+)(?P<after>.*)$"
)
_MAGNITUDES = {
    **dict.fromkeys(("k", "thousand", "tsd", "tsd."), 1e3),
    **dict.fromkeys(("m", "mn", "mio", "mio.", "mln", "million"), 1e6),
    **dict.fromkeys(("b", "bn", "billion", "mrd", "mrd.", "mds", "md"), 1e9),
    **dict.fromkeys(("tn", "trillion"), 1e12),
    "万": 1e4,
    "亿": 1e8,
}
"""The most frequent words that multiply a number; as a flag or a unit of measure they would change its value."""
_LOGICAL = {"true", "false", "yes", "no"}
_GROUPINGS: tuple[dict[str, Any], ...] = (
    {"decimal": ","},
    {"decimal": "."},
    *({"thousands": (mark,)} for mark in (",", ".", " ", "'", "_")),
    *({"thousands": (mark,), "decimal": ","} for mark in (".", " ", "'")),
    {"thousands": (",",), "decimal": "."},
)


def notation_remedies(texts: Sequence[str], numbers: NumberFormat) -> list[str]:
    """Return a remedy for each reason why texts are no numbers in a notation.

    >>> from indicia.data import NumberFormat
    >>> notation_remedies(["11,87"], NumberFormat())
    ['decimal = "," in [data] reads "11,87" as 11.87 (--set data.decimal=,)']
    """
    reasons = _reasons(texts[:_MOST_TEXTS], numbers)
    remedies = []
    if grouped := reasons.pop("grouped", None):
        remedies.append(_grouping(grouped, numbers))
    if cells := reasons.pop("percent", None):
        remedies.append(f'percent = true in [data] reads "{cells[0]}" without its sign (--set data.percent=true)')
    if words := reasons.pop("magnitudes", None):
        pairs = ", ".join(
            f"{json.dumps(word, ensure_ascii=False)} = {_MAGNITUDES[word.casefold()]:.0e}".replace("e+0", "e").replace(
                "e+", "e"
            )
            for word in dict.fromkeys(words)
        )
        remedies.append(
            f"magnitudes = {{ {pairs} }} in [data] multiplies the numbers before these words "
            f"(--set 'data.magnitudes={{ {pairs} }}')"
        )
    for word, content in (
        ("unit_marks", "a currency or a unit of measure"),
        ("footnotes", "footnote marks"),
        ("flags", "status flags"),
    ):
        if cells := reasons.pop(word, None):
            marks = list(dict.fromkeys(cells))
            if set(marks) <= set("<>≤≥"):
                content = "limits as if they were exact"
            remedies.append(
                f"{word} = {_listed(marks)} in [data] reads numbers with {content} "
                f"(--set 'data.{word}={_listed(marks)}')"
            )
    if reasons.pop("logical", None):
        remedies.append("write 1 for true and 0 for false")
    if cells := reasons.pop("bare", None):
        marks = [cell[:40] for cell in cells[:5]] + [mark for mark in numbers.missing if mark]
        remedies.append(
            "write numbers bare, 12.5, without units or signs, or list the texts as `missing` marks "
            f"(--set 'data.missing={_listed(marks)}')"
        )
    if cells := reasons.pop("unknown", None):
        names = join_names(f'"{cell[:40]}"' for cell in cells)
        marks = [cell[:40] for cell in cells[:5]] + [mark for mark in numbers.missing if mark]
        remedies.append(
            f"add {names} to the `missing` marks if the number is missing (--set 'data.missing={_listed(marks)}')"
        )
    return remedies


def _reasons(texts: Iterable[str], numbers: NumberFormat) -> dict[str, list[str]]:
    """Return the marks or cells for each word of `[data]` that would read them."""
    reasons: dict[str, list[str]] = {}
    for text in texts:
        cell = text.strip()
        match = _PARTS.match(cell)
        if cell.casefold() in _LOGICAL:
            reasons.setdefault("logical", []).append(cell)
        elif match is None:
            has_digit = any(character.isdigit() for character in cell)
            reasons.setdefault("bare" if has_digit else "unknown", []).append(cell)
        else:
            for word, mark in _parts(cell, match, numbers):
                reasons.setdefault(word, []).append(mark)
    return reasons


def _parts(cell: str, match: re.Match[str], numbers: NumberFormat) -> list[tuple[str, str]]:
    """Return the words for the parts of a cell: its number, and the marks before and after it."""
    before, number, after = match["before"].strip(), match["number"].strip(), match["after"].strip()
    after = after.removesuffix(")").strip() if cell.startswith("(") else after.removesuffix("-")
    after_blank = match["number"] != match["number"].rstrip()
    parts = []
    if before:
        parts.append(("unit_marks", before))
    if after[:1] in _MAGNITUDES and after[1:] in ("元", "円", "人"):
        parts.append(("unit_marks", after[1:]))
        after = after[:1]
    if not after:
        pass
    elif after.casefold() in _MAGNITUDES:
        parts.append(("magnitudes", after))
    elif after in ("%", "％"):
        parts.append(("percent", cell))
    elif re.fullmatch(r"[*†‡§#¹²³⁰-⁹ᵃ-ᶻ]+|\[\w{1,3}\]|\(\w{1,3}\)?", after):
        parts.append(("footnotes", after))
    elif after_blank and re.fullmatch(r"[abcdefinprsuvwz]{1,3}", after):
        parts.append(("flags", after))
    elif re.fullmatch(r"[^\d\s]{1,8}(?:\s?[^\d\s]{1,8})?", after):
        parts.append(("unit_marks", after))
    else:
        return [("bare", cell)]
    if not re.fullmatch(r"\d*(?:\.\d*)?" if numbers.decimal == "." else r"\d+", number):
        parts.append(("grouped", number))
    return parts or [("bare", cell)]


def _grouping(cells: Sequence[str], numbers: NumberFormat) -> str:
    """Return the decimal mark and the separators of thousands with which all cells are numbers."""
    readings: list[tuple[dict[str, Any], float]] = []
    column = pl.Series(list(dict.fromkeys(cells)))
    for words in _GROUPINGS:
        if all(getattr(numbers, word) == value for word, value in words.items()):
            continue
        simpler = any(set(words) > set(other) for other, _ in readings)
        values, invalid = to_numbers(column, replace(numbers, **words))
        if invalid is None and not simpler:
            readings.append((words, values[0]))
    if not readings:
        return "write numbers with a decimal point and no thousands separators, 1234.5"
    return ", or ".join(
        f'{_in_file(words)} in [data] reads "{column[0]}" as {value:.15g} ({_on_command_line(words)})'
        for words, value in readings
    )


def _in_file(words: dict[str, Any]) -> str:
    return " and ".join(f"{word} = {_toml(value)}" for word, value in words.items())


def _on_command_line(words: dict[str, Any]) -> str:
    return " ".join(f"--set {_in_shell(word, value)}" for word, value in words.items())


def _in_shell(word: str, value: Any) -> str:
    mark = value if isinstance(value, str) else value[0]
    return (
        f"data.{word}={mark}"
        if mark in ",._"
        else f"'data.{word}=[{json.dumps(mark)}]'"
        if mark == " "
        else (f'"data.{word}={mark}"')
    )


def _toml(value: Any) -> str:
    return json.dumps(value if isinstance(value, str) else value[0], ensure_ascii=False)


def _listed(marks: Iterable[str]) -> str:
    return json.dumps(list(marks), ensure_ascii=False)


_FIRST_CELLS = 1_000
"""The cells of a text column that are converted first: most columns of names fail there already."""


class CellKind(IntEnum):
    """The kind of the present cells of a column; of two partitions, the greater kind is that of both."""

    EMPTY = 0
    MARKS = 1
    """Marks of a missing value that only the index file lists, such as the letters of a group."""
    INTEGERS = 2
    NUMBERS = 3
    TEXT = 4

    @property
    def dtype(self) -> pl.DataType:
        """The type of a column of this kind."""
        types = {CellKind.INTEGERS: pl.Int64(), CellKind.NUMBERS: pl.Float64(), CellKind.EMPTY: pl.Float64()}
        return types.get(self, pl.String())


def cell_kind(column: pl.Series, numbers: NumberFormat) -> CellKind:
    """Return the kind of the present cells of a column of text.

    `inferred` gives a column the type of its kind. If partitions of a column have several kinds, the column has the
    greatest of them, as it has in memory.

    >>> cell_kind(pl.Series(["1", "NA"]), PLAIN.numbers).name, cell_kind(pl.Series(["01"]), PLAIN.numbers).name
    ('INTEGERS', 'TEXT')
    """
    if not len(Marks.of(numbers).removed(column).drop_nulls()):
        others = len(Marks.of(PLAIN.numbers).removed(column).drop_nulls())
        return CellKind.MARKS if others else CellKind.EMPTY
    dtype = inferred(column, numbers).dtype
    return CellKind.INTEGERS if dtype.is_integer() else CellKind.NUMBERS if dtype.is_numeric() else CellKind.TEXT


def text_cells(column: pl.Series, where: str) -> pl.Series:
    """Return a column as text; an empty cell is null, and 2020.0 is written 2020."""
    _check_fit(column, "text", where)
    texts = column.cast(pl.String)
    if column.dtype.is_float():
        integers = column.cast(pl.Int64, strict=False)
        is_fraction = ~(integers == column).fill_null(False)
        texts = column.fill_nan(None).cast(pl.String).zip_with(is_fraction, integers.cast(pl.String))
    if column.dtype.is_temporal():
        texts = texts.str.replace(r" 00:00:00(\.0+)?$", "")
    return without(texts, texts == "")


def number_cells(column: pl.Series, numbers: NumberFormat, where: str) -> tuple[pl.Series, pl.Series | None]:
    """Return the numbers, and a mask of the cells that are neither numbers nor missing; None without such cells."""
    _check_fit(column, "numbers", where)
    return to_numbers(column, numbers)


def inferred(column: pl.Series, numbers: NumberFormat) -> pl.Series:
    """Return a column as numbers if all its present cells are numbers, and else as text."""
    marks = Marks.of(numbers)
    if column.dtype.is_numeric():
        return marks.removed(column)
    if column.dtype not in (pl.String, pl.Categorical, pl.Enum, pl.Null):
        return column
    if len(column) > _FIRST_CELLS and inferred(column.head(_FIRST_CELLS), numbers).dtype == pl.String:
        return text_cells(column, "")  # one cell of text makes the column text
    present = marks.removed(column)
    if present.dtype == pl.String and present.str.contains(r"^[-+]?0\d").any():
        return text_cells(column, "")  # as a number, a code such as 007 would lose its zeros
    if present.null_count() < len(present):
        integers = present.cast(pl.Int64, strict=False)
        if integers.null_count() == present.null_count():
            return marks.removed(integers)
    elif len(Marks.of(PLAIN.numbers).removed(column).drop_nulls()):
        return text_cells(column, "")  # every cell is a mark of this table, such as the letters of a group
    values, invalid = to_numbers(column, numbers)
    if invalid is not None:
        return text_cells(column, "")
    integers = values.cast(pl.Int64, strict=False)  # "2019年" is 2019, as in a column of plain numbers
    same = integers == values
    return integers if same.any() and same.all() and integers.null_count() == values.null_count() else values


def _check_fit(column: pl.Series, wanted: str, where: str) -> None:
    dtype = column.dtype
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
        raise DataError(f"{column.name} holds lists, records or bytes, not {wanted}", where=where)
    if dtype.is_temporal() and wanted == "numbers":
        raise DataError(f"{column.name} holds dates or times, not numbers", where=where)
