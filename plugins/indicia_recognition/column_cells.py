"""The cells of a column as evidence for its role: whole numbers, years, prose, numbers written as text."""

from __future__ import annotations

import math
import re

import polars as pl

from indicia.data import MISSING

TEXTS = (pl.String, pl.Categorical, pl.Enum)
NOISE = 1e-12
"""Values are equal if they differ by no more than this share of the largest."""
FEW_ROWS = 10
"""Below this number of rows, values alone tell nothing about the role of a column."""
DATE = r"^\s*(\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4})\b"
"""A date, with or without a time after it, as databases export it."""
_NUMBER = r"^\s*[-+]?[\d.,'\s]*\d[\d.,'\s]*%?\s*$"
"""Texts that people read as numbers: "1,234.5", "12 %"."""
_QUANTITY = (
    r"^\s*(\p{L}{0,3}\p{Sc}\s*[-−+]?\d"
    r"|[-−+]?\d[\d.,'’\s]*(\p{Sc}|[%‰]|\s(bn|m|k|tn|mio|mrd|million|billion|thousand)\b)"
    r"|[-−+]?\d[\d'’\s]*[.,]\d+\s*\S{0,8}$)"
)
"""Texts that people read as quantities: "$6.32 bn", "12 €", "62.9 million", "2.89m"."""
_RANGE = (
    r"^\s*(?:[#№第]\s*\d+\s*$|\d+\s*(?:st|nd|rd|th|º|ª|°|er|re|e|ème|-?й|-?е|位|名)\.?\s*$|[<>≤≥~≈]?\s*[-−+]?\d+(?:[.,]\d+)*\s*%?\s*"
    r"(?:(?:[-–—/;]|to|bis|à|a|al)\s*\d+(?:[.,]\d+)*\s*%?|[(\[±]\s*[-−+]?\d[^a-zA-Z]*[)\]]?)\s*$)"
)
"""Texts that people read as a range of numbers, or as a number with an interval: "12-15", "12.5 (11.2–13.8)"."""
_YEARS = r"^\s*(1[5-9]|20|21)\d\d(\s*$|[-/ ]?(Q[1-4]|[SHT][1-4]|M?\d{1,2}|\d{4})(-\d{1,2})?\s*$|年|T)"
TIME = "|".join(
    (
        _YEARS,
        r"^\s*(FY|CY|AY|SY)\s?('?\d\d|\d{4})([-/]\d\d(\d\d)?)?\s*$",
        r"^\s*([QTHS][1-4]|[1-4]\.?\s?([QTHS]|Quartal|trimestre|kwartał|квартал))\.?[-/ ]*(of )?\d{4}\s*$",
        r"^\s*\d{4}\s?[–—]\s?\d{2}(\d{2})?\s*$",
        r"^\s*(民國|民国|中華民國|令和|平成|昭和|大正|明治)\s?(\d{1,3}|元)\s?年",
        r"^\s*\d{1,2}[./]\d{1,2}[./](19|20)\d\d\s*$",
    )
)
"""Texts that name a period: "2020", "2023Q1", "2019/20", "2020-12-31", "2020年", "FY2020", "Q1 2020", "令和2年"."""
_LONG_TEXT = 80
"""Cells with more letters on average are prose, not names."""


def is_whole(column: pl.Series) -> bool:
    """Return True for a column of whole numbers."""
    if column.dtype.is_integer():
        return True
    if not column.dtype.is_float():
        return False
    # most columns with fractions are known by their first cells
    if any(cell is not None and math.isfinite(cell) and cell % 1 for cell in column.head(8).to_list()):
        return False
    values = column.drop_nulls().drop_nans()
    return bool((values % 1 == 0).all()) and len(values) > 0


def may_be_periods(column: pl.Series) -> bool:
    """Return True for years, and for a few whole numbers that count quarters, months or rounds."""
    if not column.dtype.is_numeric() or not is_whole(column):
        return False
    values = column.drop_nulls()
    # the years of the Republic of China, as 112, are below 150
    counted = bool(values.is_between(0, 150).all()) and (values.n_unique() < len(values) or len(values) < FEW_ROWS)
    return counted or are_years(column)


def are_years(column: pl.Series) -> bool:
    """Return True for whole numbers from 1500 to 2100."""
    if not column.dtype.is_numeric() or not is_whole(column):
        return False
    values = column.drop_nulls().cast(pl.Float64)  # a byte cannot be compared with 2100
    return len(values) > 0 and bool(values.is_between(1500, 2100).all())


def is_prose(column: pl.Series) -> bool:
    length = column.cast(pl.String).str.len_chars().mean()
    return isinstance(length, float) and length > _LONG_TEXT


def share_matching(column: pl.Series, pattern: str) -> float:
    """Return the share of the present cells that match a pattern."""
    share = column.cast(pl.String).drop_nulls().str.contains(pattern).mean()
    return share if isinstance(share, float) else 0.0


def text_among_numbers(column: pl.Series) -> str | None:
    """Return a cell that is not a number; None if fewer than half of the cells look like numbers."""
    cells = column.drop_nulls().cast(pl.String)
    numbers = cells.str.contains(_NUMBER) | cells.str.to_lowercase().str.contains(_QUANTITY)
    numbers &= ~cells.str.contains(DATE)
    if not len(cells) or numbers.sum() < len(cells) / 2:
        return str(cells[0]) if _are_ranges(cells) else None
    if len(others := cells.filter(~numbers & ~cells.str.strip_chars().is_in(MISSING))):
        return str(others[0])
    text = cells.filter(cells.cast(pl.Float64, strict=False).is_null() & ~cells.str.strip_chars().is_in(MISSING))
    return text[0] if len(text) else None


def _are_ranges(cells: pl.Series) -> bool:
    """Return True for ranges, numbers with an interval, and limits; a few that repeat are groups, such as ages."""
    is_range = cells.str.contains(_RANGE) & ~cells.str.contains(TIME)
    return len(cells) > 1 and is_range.sum() > len(cells) / 2 and cells.n_unique() > len(cells) / 2


def has_no_name(column: str) -> bool:
    """Return True for an empty name, and for one that a reader gives to a column without a name.

    >>> [has_no_name(column) for column in ("", "column_0", "column B", "...1", "%", "2020")]
    [True, True, True, True, False, False]
    """
    return bool(re.fullmatch(r"[\s.…#?_-]*\d*|column[ _](\d+|[A-Z]{1,3})", column)) and not column.strip().isdigit()


def in_shell(column: str) -> str:
    return column if re.fullmatch(r"[\w.=-]+", column) else f'"{column}"'


def extremes(values: pl.Series) -> tuple[float, float]:
    """Return the least and the greatest number."""
    numbers = values.cast(pl.Float64)
    return float(numbers.min() or 0), float(numbers.max() or 0)  # type: ignore[arg-type]


def are_equal(first: pl.Series, second: pl.Series) -> bool:
    """Return True if two columns repeat the same values, and the values are many enough to be no accident."""
    if len(first) < FEW_ROWS or first.n_unique() < 5:
        return False
    return bool(first.cast(pl.Float64).eq_missing(second.cast(pl.Float64)).all())


def constant_factor(first: pl.Series, second: pl.Series) -> float | None:
    """Return the number by which the second column is a multiple of the first in all rows."""
    first, second = first.cast(pl.Float64), second.cast(pl.Float64)
    present = first.is_not_null() & second.is_not_null() & (first != 0)
    if present.sum() < FEW_ROWS or first.n_unique() < FEW_ROWS or (first.is_null() != second.is_null()).any():
        return None
    least, most = extremes((second / first).filter(present))
    return least if least > 0 and most - least <= 1e-6 * most else None
