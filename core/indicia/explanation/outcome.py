"""The common base of explanations: sentences for readers, tables, and the inputs of the result that is explained."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from indicia.arguments import names_its_arguments
from indicia.definition import check_raw_values
from indicia.documents.blocks import Heading, Items, Line
from indicia.documents.html import elements, escape
from indicia.explanation.cells import heading
from indicia.outcome import OutcomeWithFindings
from indicia.presentation import ExplanationTable, registered

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from indicia.documents.blocks import Block, TextTable
    from indicia.notes import Note
    from indicia.presentation import ExplanationCharts
    from indicia.result import Result


@dataclass(frozen=True, repr=False, eq=False)
class Explanation(OutcomeWithFindings[ExplanationTable]):
    """Tables and sentences that explain a score, a gap, a move or the way to a rank.

    A subclass states `declared` and a property for each table, `findings`, `question` and, where a reader must know
    more, `notes`.
    """

    result: Result
    """The result that is explained; of a move, the result of the later edition."""

    @property
    @abstractmethod
    def question(self) -> dict[str, Any]:
        """The words of the question for the manifest, such as the unit, the period, and the number of draws."""

    @names_its_arguments
    def published(self, name: str) -> pl.DataFrame:
        """Return a table for a file, without raw values if the index does not publish them.

        Parameters
        ----------
        name : str
            The name of the table.

        Returns
        -------
        polars.DataFrame
            The table.

        Raises
        ------
        OutputError
            If the index does not publish raw values, and the table is about nothing else.
        """
        frame = self.frame(cast("ExplanationTable", name))
        if self.definition.publishes_raw_values:
            return frame
        declared = self.declared[name]
        if declared.is_raw:
            check_raw_values(self.definition, self.result.origin, f"a file of the table {name}")
        return frame.drop(declared.raw_columns, strict=False)

    def grids(self, language: str | None = None) -> tuple[TextTable, ...]:  # noqa: ARG002
        """Return the small tables that stand between the headline and the other sentences.

        Parameters
        ----------
        language : str, optional
            The language, such as "zh"; by default English.

        Returns
        -------
        tuple of TextTable
            The tables, as texts.
        """
        return ()

    @property
    def notes(self) -> tuple[Note, ...]:
        """The facts that a reader of the explanation must know."""
        return ()

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest of the result, with the question."""
        return {**self.result.manifest, "explanation": self.question}

    @property
    def plot(self) -> ExplanationCharts:
        """The chart, as an Altair object: `explanation.plot(language="zh", theme="dark").waterfall()`.

        It needs the extra `charts`; without it, the error names the command that installs it.
        """
        charts: ExplanationCharts = registered("plot")(self)
        return charts

    @property
    def _title_parts(self) -> Sequence[str]:
        return [self.result.methodology]

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.result.scored.units

    @names_its_arguments
    def blocks(self, language: str | None = None) -> list[Block]:
        """Return the explanation as blocks of a document: the headline, small tables, sentences and notes.

        Parameters
        ----------
        language : str, optional
            The language, such as "zh"; by default English.

        Returns
        -------
        list of Block
            The blocks in their order.
        """
        headline, *others = self.sentences(language)
        names = self.reader_names(language)
        notes = [note.in_language(language, names) for note in self.notes]
        blocks: list[Block] = [Line(headline), *self.grids(language)]
        if others:
            blocks.append(Items(others))
        if notes:
            blocks += [Heading(heading("heading_notes", language)), Items(notes)]
        return blocks

    def _repr_html_(self) -> str:
        return f"<p><b>{escape(self.title)}</b></p>{elements(self.blocks(), inline=True)}"

    def __repr__(self) -> str:
        return "\n".join([self.title, *self.sentences(), *self.notes])
