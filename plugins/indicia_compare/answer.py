"""The answer of `index.compare`: the tables of the analysis `compare`, and the comparison behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from indicia.analyses.facts import Facts, Need
from indicia.answers.answer import Answer
from indicia.answers.ask import held
from indicia.answers.needs import Asked
from indicia.arguments import names_its_arguments
from indicia.presentation import registered
from indicia_compare.scoring import compare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from indicia.catalogue import Catalogue
    from indicia.notes import Note
    from indicia.presentation import AnswerCharts
    from indicia.progress import Progress
    from indicia.result import Result
    from indicia.types import PublishedRanking, TableLike
    from indicia_compare.candidates import Comparable
    from indicia_compare.comparison import Comparison
    from indicia_compare.distinct import Count


@dataclass(frozen=True)
class Compared(Need["Comparison"]):
    """The rankings by several methodologies: those that were asked for, or those of the index and its variants."""

    count: Count = "distinct"

    def resolve(self, facts: Facts) -> Comparison:
        """Compare the variants of the index."""
        subject = facts[Asked()]
        index: Any = subject.index
        given: dict[str, Any] = {"table": subject.table, "period": subject.period, "count": self.count}
        return compare([index], {}, **given, progress=facts.progress)


@dataclass(frozen=True, repr=False, eq=False)
class ComparisonAnswer(Answer[Any]):
    """The answer of `index.compare`: `frame(name)` has a table, `sentences()` the text, and `figures` the rankings."""

    _noun: ClassVar[str] = "a comparison"

    result: Any
    """None: several methodologies have a result each."""

    @property
    def figures(self) -> Comparison:
        """The methodologies with their scores and ranks, and functions of them."""
        return self.facts[Compared(self.analysis.count)]

    @property
    def notes(self) -> tuple[Note, ...]:
        """The methodologies and units that are left out, with the reasons, and the notes of the methodologies."""
        return self.figures.notes

    @property
    def hints(self) -> tuple[Note, ...]:
        """None, since the document has the notes."""
        return ()

    @property
    def manifest(self) -> dict[str, Any]:
        """The inputs of the index, the settings in which each methodology differs from it, and the options."""
        return {**self.figures.manifest, **self.asked}

    @property
    def plot(self) -> AnswerCharts:
        """The charts, as Altair objects: `comparison.plot.slope()`.

        They need the extra `charts`; without it, the error names the command that installs it.
        """
        charts: AnswerCharts = registered("plot")(self.figures)
        return charts

    @property
    def catalogue(self) -> Catalogue:
        """The methods and formats of the index."""
        return self.figures.catalogue

    @property
    def _results(self) -> tuple[Result, ...]:
        return ()  # no table has raw values

    @property
    def _title_parts(self) -> Sequence[str]:
        return self.figures._title_parts

    @names_its_arguments
    def titled(self, language: str | None, *, published: bool = False) -> str:
        """Return the name of the index, and the numbers of methodologies and of units.

        Parameters
        ----------
        language : str or None
            The language, such as "zh"; None for English.
        published : bool, default False
            Without effect.

        Returns
        -------
        str
            The title.
        """
        del published  # here, both titles are the same
        return self.figures.titled(language)

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.figures._labelled_units


def answered(
    analysis: Any,
    indices: Sequence[Comparable],
    listed: Mapping[str, object],
    *,
    named: Mapping[str, Comparable],
    table: TableLike | None,
    against: PublishedRanking | None,
    progress: Progress,
) -> ComparisonAnswer:
    """Compare methodologies by the options of the analysis `compare`; see `comparison.scoring.compare`."""
    figures = compare(
        indices,
        listed,
        named=named,
        table=table,
        period=analysis.period,
        against=against,
        count=analysis.count,
        progress=progress,
    )
    facts = Facts({Compared(analysis.count): figures}, progress)
    with indices[0].origin.located():
        frames = held(analysis, facts)
    return ComparisonAnswer(figures.definition, analysis, frames, None, facts, figures.period)
