"""An observation: a rule of recognition that applies to a table, with its evidence and its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Effect: TypeAlias = Literal["format", "left_out", "question"]
"""Decides how the table is read, leaves out a column or rows, or only raises a question."""


@dataclass(frozen=True)
class Observation:
    """A rule that applies to a table.

    >>> str(Observation("row_number", ("Unnamed: 0",), "Unnamed: 0 numbers the rows from 0 to 49", "left_out"))
    'Unnamed: 0 numbers the rows from 0 to 49'
    """

    rule: str
    """The name of the rule, such as "row_number"; `docs/tables.md` lists them."""
    names: tuple[str, ...]
    """The columns or units that the rule applies to; empty for the table."""
    sentence: str
    """The evidence in one sentence, which names the column or unit."""
    effect: Effect
    remedy: str = ""
    """The way to overrule it, in words of the index file and of the command line."""

    def __str__(self) -> str:
        if not self.remedy:
            return self.sentence
        return f"{self.sentence}{'' if self.sentence.endswith('?') else ';'} {self.remedy}"
