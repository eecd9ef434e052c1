"""The types of editions, and the choice of columns of a table of scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from indicia.editions.scored_edition import ScoredEdition
from indicia.questions import Questions
from indicia.types import TableLike

EditionLike: TypeAlias = TableLike | Questions | ScoredEdition
"""An edition: the path of an index, a fitted index or a pack, an index, or a table of scores or ranks."""


@dataclass(frozen=True)
class ScoreColumns:
    """The columns of a table of scores; those that are None are recognised by name."""

    unit: str | None = None
    score: str | None = None
    rank: str | None = None
    period: str | None = None
