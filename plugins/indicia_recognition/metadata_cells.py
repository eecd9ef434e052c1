"""The cells of tables that describe indicators: texts, numbers, directions, weights, kinds of rows."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from indicia_recognition.observation import Observation
from indicia_recognition.words import plain_words, read_words

if TYPE_CHECKING:
    from collections.abc import Mapping

Cell: TypeAlias = str | None
_UP, _DOWN = {"+", "++", "↑", "⬆", "▲", "1", "+1", "1.0"}, {"-", "--", "−", "–", "↓", "⬇", "▼", "-1", "−1", "-1.0"}
MetadataRole: TypeAlias = Literal[
    "direction",
    "reversed",
    "positive",
    "weight",
    "dimension",
    "unit",
    "name",
    "code",
    "kind",
    "target",
    "per",
    "description",
    "remark",
]


@dataclass(frozen=True)
class MetadataVocabulary:
    """The words of `vocabulary/metadata.toml`."""

    columns: dict[str, frozenset[str]]
    cells: dict[str, frozenset[str]]

    def has_role(self, name: str, role: MetadataRole) -> bool:
        """Return True if the name of a column is in the list of a role, also with a number at its end."""
        words = plain_words(name)
        return words in self.columns[role] or re.sub(r"\s?\d+$", "", words) in self.columns[role]


@cache
def metadata_vocabulary() -> MetadataVocabulary:
    """Return the words of descriptions of indicators."""
    tables = read_words("metadata")
    columns, cells = (
        {name: frozenset(map(plain_words, words)) for name, words in tables[table].items()}
        for table in ("columns", "cells")
    )
    return MetadataVocabulary(columns, cells)


def cell_text(cell: object) -> Cell:
    """Return a cell as text without blanks around it; None for an empty cell, and 1 for 1.0."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip()
    return text if text and text not in ("NA", "n/a", "N/A", "--") else None


def number_of(cell: Cell) -> float | None:
    """Return the number of a cell; a percent sign and a decimal comma are read.

    >>> number_of("25 %"), number_of("0,5"), number_of("high")
    (25.0, 0.5, None)
    """
    text = (cell or "").replace("%", "").replace(",", ".").strip()
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def stated_weights(cells: Mapping[str, Cell]) -> dict[str, float]:
    """Return the weights by name; none if all are equal, as weights that are not stated are."""
    numbers = {name: number for name, cell in cells.items() if (number := number_of(cell)) is not None and number >= 0}
    if len(set(numbers.values())) < 2 and (len(numbers) == len(cells) or not numbers):
        return {}
    return {name: int(number) if number.is_integer() else number for name, number in numbers.items()}


def direction_of(cell: Cell) -> str | None:
    """Return the direction that a cell says; None for another cell.

    >>> direction_of("-1"), direction_of("The higher, the better"), direction_of("逆向指标"), direction_of("maybe")
    ('cost', 'benefit', 'cost', None)
    """
    # "+ (more is better)" and "正向（+）" say it twice
    text = re.sub(r"[(（].*[)）]", "", cell or "").strip()
    if text in _UP or text in _DOWN:
        return "benefit" if text in _UP else "cost"
    words, cells = plain_words(text), metadata_vocabulary().cells
    for direction in ("benefit", "cost"):
        if words in cells[direction]:
            return direction
    return None


def observe_directions(cells: Mapping[str, Cell]) -> list[Observation]:
    """Return a question for each indicator whose cell states a direction that is neither benefit nor cost."""
    questions = []
    for column, cell in cells.items():
        if cell is not None and direction_of(cell) is None:
            sentence = (
                f'the second table gives the direction of {column} as "{cell}", which is neither benefit nor cost'
            )
            remedy = (
                f'direction = "benefit" or "cost" in [indicators.{column}], or "target" where a value between is best'
            )
            questions.append(Observation("direction_in_metadata", (column,), sentence, "question", remedy))
    return questions


def is_yes(cell: Cell) -> bool | None:
    """Return True or False for a yes or a no in any language of the vocabulary; None for another cell."""
    words, cells = plain_words(cell or ""), metadata_vocabulary().cells
    return True if words in cells["yes"] else False if words in cells["no"] else None


def kind_of(cell: Cell) -> str | None:
    """Return the kind of a described column, such as indicator or group; None for another cell."""
    words, cells = plain_words(cell or ""), metadata_vocabulary().cells
    kinds = ("indicator", "aggregate", "group", "denominator", "other")
    return next((kind for kind in kinds if words in cells[kind]), None)
