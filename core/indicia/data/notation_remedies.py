"""The words of `[data]` by which cells that are no numbers are read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.data.notation import to_numbers
from indicia.errors import join_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indicia.data.table_format import NumberFormat

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
