"""The decimal mark of a table, and its separators of thousands."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from indicia.recognition.number_cells import marks_between
from indicia.recognition.observation import Observation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.data.table_format import NumberFormat
    from indicia.recognition.cells_of_numbers import CellsOfNumbers

APOSTROPHES = "'’"


def decimal_and_thousands(
    columns: Sequence[CellsOfNumbers], stated: NumberFormat, separator: str | None, has_fractions: bool
) -> tuple[str, tuple[str, ...], list[Observation]]:
    """Return the decimal mark, the separators of thousands, and the questions about numbers such as 1,234."""
    decimals: Counter[str] = Counter()
    groups: Counter[str] = Counter()
    either: dict[str, list[CellsOfNumbers]] = {}
    for column in columns:
        parts = [marks_between(cell.number) for cell in column.numbers]
        kinds = {kind for kind, _, _ in parts}
        for mark in {decimal for kind, _, decimal in parts if kind in ("decimal", "both")}:
            decimals[mark] += 1
        for mark in {group for kind, group, _ in parts if kind in ("thousands", "both")}:
            groups[mark] += 1
        if "either" in kinds:
            for mark in {group for kind, group, _ in parts if kind == "either"}:
                either.setdefault(mark, []).append(column)
    questions: list[Observation] = []
    decimal = stated.decimal
    if decimal == "." and "." in stated.thousands:
        decimal = ","
    elif decimal == ".":
        decimal = _decimal_mark(decimals, groups, either, separator, has_fractions)
    thousands = set(groups) - {decimal}
    for mark, ambiguous in either.items():
        if mark == decimal or mark in thousands or mark in stated.thousands:
            continue
        is_decimal_point = (
            decimals["."] or has_fractions or separator == "," or all(map(_has_small_integers, ambiguous))
        )
        if (is_decimal_point and mark == ",") or (mark == "." and decimal == ","):
            thousands.add(mark)
        elif mark == ",":
            questions += [_ambiguous(column, mark) for column in ambiguous]
    if decimal == "." and "." in either and separator == ";" and not (decimals["."] or has_fractions or thousands):
        questions += [_ambiguous(column, ".") for column in either["."]]
    if stated.thousands:
        return decimal, stated.thousands, questions
    listed = tuple(mark for mark in (",", ".", " ", "'", "_") if mark in thousands)
    spellings = [
        mark for mark in APOSTROPHES if any(mark in cell.number for column in columns for cell in column.numbers)
    ]
    return decimal, tuple(spelling for mark in listed for spelling in (spellings if mark == "'" else [mark])), questions


def _decimal_mark(
    decimals: Counter[str],
    groups: Counter[str],
    either: Mapping[str, list[CellsOfNumbers]],
    separator: str | None,
    has_fractions: bool,
) -> str:
    """Return the decimal mark of the table: that of most columns, or the one that the separators leave over."""
    comma, point = decimals[","], decimals["."]
    if comma or point:
        return "," if comma > point or (comma == point and separator == ";" and not has_fractions) else "."
    if groups[","]:
        return "."
    if groups["."]:
        return ","
    small = any(map(_has_small_integers, either.get(",", [])))
    return "," if "," in either and separator == ";" and not has_fractions and not small else "."


def _has_small_integers(column: CellsOfNumbers) -> bool:
    """Return True if the whole numbers without a mark are all below 1000, as beside 1,234 with thousands."""
    plain = [cell.number for cell in column.numbers if cell.number.isdigit()]
    return bool(plain) and all(len(number) <= 3 for number in plain)


def _ambiguous(column: CellsOfNumbers, mark: str) -> Observation:
    cell = next(cell for cell in column.numbers if marks_between(cell.number)[:2] == ("either", mark))
    number = float(cell.number.replace(mark, "."))
    return Observation(
        "ambiguous_mark",
        (column.name,),
        f'{column.name}: "{cell.text}" can be read as {number:.15g}, with a decimal mark, or as {number * 1000:,.15g}, '
        "with a separator of thousands",
        "question",
        f"--set data.decimal={mark} reads the first, --set data.thousands={mark} the second",
    )
