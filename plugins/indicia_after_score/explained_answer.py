"""The answers of `index.explain`, `index.gap`, `index.move` and `index.reach`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeVar

from indicia.analyses import Analysis
from indicia.answers.answer import Answer
from indicia.answers.document import document_of
from indicia.arguments import names_its_arguments
from indicia.documents.html import elements, escape
from indicia_after_score.move import Move
from indicia_editions.move_sentences import names_of_others

if TYPE_CHECKING:
    from indicia.notes import Note
    from indicia.result import Result

A = TypeVar("A", bound=Analysis)


@dataclass(frozen=True, repr=False, eq=False)
class ExplainedAnswer(Answer[A]):
    """An explanation; a notebook shows its document."""

    _noun: ClassVar[str] = "an explanation"

    @property
    def hints(self) -> tuple[Note, ...]:
        """The sentences beside the document: none, since it has the notes on the unit."""
        return ()

    def _subject(self, language: str | None) -> list[str]:
        names = self.reader_names(language)
        asked = (getattr(self.analysis, option, None) for option in ("of", "a", "b"))
        return [" – ".join(names.get(str(unit), str(unit)) for unit in asked if unit is not None)]

    def _repr_html_(self) -> str:
        _, *blocks = document_of(self, published=False)  # the title stands for the heading
        return f"<p><b>{escape(self.title)}</b></p>{elements(blocks, inline=True)}"


@dataclass(frozen=True, repr=False, eq=False)
class MoveAnswer(ExplainedAnswer[Move]):
    """The move of a unit, with the names of both editions."""

    @property
    def _results(self) -> tuple[Result, ...]:
        move = self.facts[self.analysis.explained]
        return move.old.result, move.new.result

    @names_its_arguments
    def reader_names(self, language: str | None = None) -> dict[str, str]:
        """Return the names of units and parts of both editions, and of parts that no indicator has.

        Parameters
        ----------
        language : str, optional
            The language, such as "zh"; by default English.

        Returns
        -------
        dict of str to str
            The names by key; those of the new edition precede.
        """
        old, _ = self._results
        return {**names_of_others(language), **old.reader_names(language), **super().reader_names(language)}
