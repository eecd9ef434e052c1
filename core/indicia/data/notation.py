"""Numbers from cells of text, in the notation that a `NumberFormat` states."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.data.table_format import NumberFormat

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
