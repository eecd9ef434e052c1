"""The words of `[data]` that describe a format of a table."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from indicia.data.table_format import PLAIN, NumberFormat, TableFormat

if TYPE_CHECKING:
    from collections.abc import Collection

_OF_NUMBERS = [field.name for field in fields(NumberFormat)]
_OF_TABLE = [field.name for field in fields(TableFormat) if field.name not in ("numbers", "joins", "keep_flags")]


def format_words(table_format: TableFormat) -> dict[str, Any]:
    """Return the words of `[data]` whose values differ from those of a plain table.

    >>> format_words(TableFormat(skip_rows=3, numbers=NumberFormat(decimal=",", thousands=(" ",))))
    {'skip_rows': 3, 'decimal': ',', 'thousands': [' ']}
    """
    words: dict[str, Any] = {}
    for holder, plain, names in (
        (table_format, PLAIN, _OF_TABLE),
        (table_format.numbers, PLAIN.numbers, _OF_NUMBERS),
    ):
        for name in names:
            value = getattr(holder, name)
            if value != getattr(plain, name):
                words[name] = _word(name, value)
    if table_format.joins:
        words["joins"] = [
            {"path": join.path, "on": _keys(join.on), **format_words(join.format)} for join in table_format.joins
        ]
    return words


def keep_stated(recognised: TableFormat, stated: TableFormat, words: Collection[str]) -> TableFormat:
    """Return a recognised format with the words that the user states, defaults included.

    >>> kept = keep_stated(TableFormat(skip_rows=3, footer_rows=1), TableFormat(), ["skip_rows"])
    >>> kept.skip_rows, kept.footer_rows
    (0, 1)
    """
    numbers = {word: getattr(stated.numbers, word) for word in _OF_NUMBERS if word in words}
    others = {word: getattr(stated, word) for word in _OF_TABLE if word in words}
    return replace(recognised, **others, numbers=replace(recognised.numbers, **numbers))


def _word(name: str, value: Any) -> Any:
    if name == "magnitudes":
        return dict(value)
    if name in ("wide", "long"):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return list(value) if isinstance(value, tuple) else value


def _keys(pairs: tuple[tuple[str, str], ...]) -> list[str] | dict[str, str]:
    return [name for name, _ in pairs] if all(left == right for left, right in pairs) else dict(pairs)
