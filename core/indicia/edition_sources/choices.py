"""The type of editions."""

from __future__ import annotations

from typing import TypeAlias

from indicia.editions.scored_edition import ScoredEdition
from indicia.questions import Questions
from indicia.types import TableLike

EditionLike: TypeAlias = TableLike | Questions | ScoredEdition
"""An edition: the path of an index, a fitted index or a pack, an index, or a table of scores or ranks."""
