"""The answer of an analysis: its tables and sentences, for programs and for readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from indicia.analyses import Analysis, Grid, Items, Table
from indicia.arguments import names_its_arguments
from indicia.defaults import ALL_INDICATORS
from indicia.definition import ROOT, check_raw_values, text
from indicia.errors import DefinitionError, IndiciaError, MethodFailure, PluginError, suggest
from indicia.messages.sentence import Sentence
from indicia.messages.translations import in_language
from indicia.notes import Note
from indicia.outcome import Outcome
from indicia.presentation import registered

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence
    from pathlib import Path

    import polars as pl

    from indicia.analyses import Column, Computed, Facts, Formula, Frames, Heading
    from indicia.catalogue import Catalogue
    from indicia.presentation import AnswerCharts
    from indicia.result import Result

A = TypeVar("A", bound=Analysis)
T = TypeVar("T")


def attempted(name: str, compute: Callable[[], T]) -> T:
    """Return what a function of an analysis computes; its errors name the analysis.

    Parameters
    ----------
    name : str
        The name of the analysis.
    compute : callable
        The function.

    Returns
    -------
    object
        What it returned.

    Raises
    ------
    IndiciaError
        If the question has no answer, or the function fails.
    """
    try:
        return compute()
    except IndiciaError:
        raise
    except ValueError as error:
        raise DefinitionError(f"{name}: {error}") from error
    except Exception as error:
        raise MethodFailure(f"{name} failed: {type(error).__name__}: {error}") from error


class Held(Mapping[Table, "pl.DataFrame"]):
    """The frames of an answer, each held to its declaration; one that is a function is computed when it is read."""

    def __init__(self, analysis: Analysis, computed: Computed, names: Mapping[str, Container[str]]) -> None:
        declared = type(analysis).tables().values()
        problems = [f"{table.name} is declared and not computed" for table in declared if table not in computed]
        problems += [f"{table!r} is computed and not declared" for table in computed if table not in declared]
        self._analysis, self._names, self._frames = analysis, names, dict[Table, Any]()
        self._refuse(problems)
        self._frames = {table: computed[table] for table in declared}
        for table, frame in self._frames.items():
            if not callable(frame):
                self._refuse(table.problems(frame, self._names))

    def __getitem__(self, table: Table) -> pl.DataFrame:
        frame = self._frames[table]
        if callable(frame):
            frame = attempted(self._analysis.name, frame)
            self._refuse(table.problems(frame, self._names))
            self._frames[table] = frame
        shown: pl.DataFrame = frame
        return shown

    def __contains__(self, table: object) -> bool:
        return table in self._frames  # that of Mapping would compute the frame

    def __iter__(self) -> Iterator[Table]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)

    def _refuse(self, problems: Iterable[str]) -> None:
        if listed := "; ".join(problems):
            raise PluginError(f"{self._analysis.name}: {listed}", remedy="declare every column in its Table")


class _English(dict[str, str]):
    """The templates of English, in which each template stands for itself."""

    def get(self, template: str, default: Any = None) -> Any:
        del default
        return template


@dataclass(frozen=True, repr=False, eq=False)
class Answer(Outcome[str], Generic[A]):
    """The tables and sentences of an analysis: `answer[Obstacles.degrees]`, or `answer.frame("degrees")`."""

    _noun: ClassVar[str] = "an answer"

    analysis: A
    frames: Frames
    """The frames, by the declarations of their tables."""
    result: Result
    """The result of the run that was analysed."""
    facts: Facts
    """The facts that the analysis had."""
    period: str | None = None
    """The period that was analysed; None without periods."""

    @property
    def declared(self) -> dict[str, Table]:  # type: ignore[override]  # the class of an answer is that of all analyses
        """The declarations of the tables, by name."""
        return type(self.analysis).tables()

    @property
    def table_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """The names of the tables."""
        return tuple(self.declared)

    def __getitem__(self, table: Table) -> pl.DataFrame:
        """Return the frame of a declared table, an attribute of the class of the analysis."""
        return self.frames[table]

    @names_its_arguments
    def table(self, name: str) -> Table:
        """Return the declaration of a table.

        Parameters
        ----------
        name : str
            The name of the table.

        Returns
        -------
        Table
            The declaration, a key of `frames`.

        Raises
        ------
        IndiciaError
            If there is no such table.
        """
        tables = type(self.analysis).tables()
        if name not in tables:
            raise IndiciaError(f'{self.analysis.name} has no table "{name}"', remedy=suggest(name, tables))
        return tables[name]

    @names_its_arguments
    def frame(self, name: str | None = None) -> pl.DataFrame:
        """Return a table by its name.

        Parameters
        ----------
        name : str, optional
            The name of the table; by default the main table, which is declared first.

        Returns
        -------
        polars.DataFrame
            The table.

        Raises
        ------
        IndiciaError
            If there is no such table.
        """
        return self.frames[next(iter(self.frames)) if name is None else self.table(name)]

    @property
    def names_in_columns(self) -> dict[str, Container[str]]:
        """The names that columns of families can have, by the place in the name of the declaration."""
        return {**super().names_in_columns, **self.analysis.names_in_columns(self.facts)}

    @names_its_arguments
    def columns(self, table: Table) -> dict[str, Column | None]:
        """Return the declarations of the columns of a table.

        Parameters
        ----------
        table : Table
            The declaration of the table.

        Returns
        -------
        dict of str to Column
            The columns by their names in the frame.
        """
        return table.declared_columns(self[table], self.names_in_columns)

    @names_its_arguments
    def published(self, table: Table) -> pl.DataFrame:
        """Return a table without raw values, if the index does not publish them.

        Parameters
        ----------
        table : Table
            The declaration of the table.

        Returns
        -------
        polars.DataFrame
            The table for files and pages.
        """
        if all(result.definition.publishes_raw_values for result in self._results):
            return self[table]
        columns = self.columns(table)
        return self[table].select(name for name, column in columns.items() if column is None or not column.raw)

    @names_its_arguments
    def check_published(self, table: Table) -> None:
        """Refuse a file of a table that holds only raw values besides keys, if the index does not publish them.

        Parameters
        ----------
        table : Table
            The declaration of the table.

        Raises
        ------
        IndiciaError
            If nothing but keys would be in the file.
        """
        for result in self._results if table.is_raw else ():
            check_raw_values(result.definition, result.origin, f"a file of the table {table.name}")

    @property
    def _results(self) -> tuple[Result, ...]:
        """The results of the indices that may withhold raw values."""
        return (self.result,)

    @property
    def catalogue(self) -> Catalogue:
        """The methods and formats of the index."""
        return self.result.catalogue

    @property
    def hints(self) -> tuple[str, ...]:
        """The sentences that a terminal shows beside the document; by default the notes."""
        return self.notes

    @property
    def plot(self) -> AnswerCharts:
        """The chart, as an Altair object: `reach.plot(language="zh").waterfall()`, `difference.plot.dumbbell()`.

        It needs the extra `charts`; without it, the error names the command that installs it.
        """
        charts: AnswerCharts = registered("plot")(self)
        return charts

    @property
    def remarks(self) -> tuple[Note, ...]:
        """The sentences that a command adds when it writes one table; by default none."""
        return ()

    @property
    def alarms(self) -> tuple[Note, ...]:
        """The sentences on rules of the options that hold, for which a command exits with 1."""
        return tuple(self.analysis.alarms(self.facts))

    @names_its_arguments
    def sentences(self, language: str | None = None, *, published: bool = False) -> list[str]:
        """Return the sentences on the answer, with the names of units and parts for readers.

        Parameters
        ----------
        language : str, optional
            The language, such as "zh"; by default English.
        published : bool, default False
            True: names are those of `published_names`.

        Returns
        -------
        list of str
            The sentences, the most important first.
        """
        return [self.said(text, language, published=published) for text in self.document_sentences]

    @property
    def document_sentences(self) -> list[str]:
        """The sentences of the document in any language, as keys with values."""
        blocks = self.document()
        texts = (text for block in blocks for text in (block.texts if isinstance(block, Items) else [block]))
        return [text for text in texts if isinstance(text, str)]

    @names_its_arguments
    def document(self) -> list[Heading | Items | Formula | Table | Grid | str]:
        """Return the blocks that readers see, in any language.

        Returns
        -------
        list of Heading, Items, Formula, Table, Grid, Sentence and Note
            The blocks in their order.
        """
        return list(attempted(self.analysis.name, lambda: self.analysis.document(self.facts, self.frames)))

    @property
    def document_tables(self) -> list[Table]:
        """The declarations of the tables in the document."""
        return _tables_in(self.document())

    @property
    def file_tables(self) -> list[Table]:
        """The declarations of the tables in the document and its annex."""
        return _tables_in([*self.document(), *self.annex()])

    @names_its_arguments
    def annex(self) -> list[Heading | Items | Formula | Table | str]:
        """Return the blocks that files have below the document, in any language.

        Returns
        -------
        list of Heading, Items, Formula, Table, Sentence and Note
            The blocks in their order.
        """
        return list(attempted(self.analysis.name, lambda: self.analysis.annex(self.facts, self.frames)))

    @names_its_arguments
    def reason_for_no_rows(self, table: Table) -> str:
        """Return the reason why a table has no rows, as a clause; empty if it need not have any.

        Parameters
        ----------
        table : Table
            The declaration of the table.

        Returns
        -------
        str
            The clause, by default that of the declaration.
        """
        return table.empty

    @names_its_arguments
    def export(self, path: str | Path, *, language: str | None = None) -> None:
        """Write the whole answer as a document.

        Parameters
        ----------
        path : path
            The file; its ending determines the format: .md, .tex, .html, .json, or that of a plugin.
        language : str, optional
            The language, such as "zh"; by default English.

        Raises
        ------
        OutputError
            If the ending is another, or the file cannot be written.
        """
        registered("document")(self, path, language)

    @names_its_arguments
    def said(self, sentence: str, language: str | None = None, *, published: bool = False) -> str:
        """Return a sentence of the document, with the names of units and parts for readers.

        Parameters
        ----------
        sentence : str
            The sentence.
        language : str, optional
            The language, such as "zh"; by default English.
        published : bool, default False
            True: names are those of `published_names`.

        Returns
        -------
        str
            The sentence in the language.
        """
        names = self.published_names(language) if published else self.reader_names(language)
        if isinstance(sentence, Note):
            return sentence.in_language(language, names)
        if language in (None, "en"):
            return (isinstance(sentence, Sentence) and sentence.translated(_English(), names)) or str(sentence)
        return in_language(sentence, language, type(self.analysis), names)

    @names_its_arguments
    def reader_names(self, language: str | None = None) -> dict[str, str]:
        """Return the names of units, indicators, dimensions and the index for readers of a language.

        Parameters
        ----------
        language : str, optional
            The language, such as "zh"; by default English.

        Returns
        -------
        dict of str to str
            The names by key.
        """
        nodes = {ROOT: text(self.definition.name, language), ALL_INDICATORS: in_language(ALL_INDICATORS, language)}
        return {**nodes, **super().reader_names(language)}

    @names_its_arguments
    def published_names(self, language: str | None = None) -> dict[str, str]:
        """Return the names for a page that the public reads; by default those of `reader_names`.

        Parameters
        ----------
        language : str, optional
            The language, such as "zh"; by default English.

        Returns
        -------
        dict of str to str
            The names by key.
        """
        return self.reader_names(language)

    @property
    def manifest(self) -> dict[str, Any]:
        """The inputs and settings of the run, and the analysis with all of its options."""
        return {**self.result.manifest, **self.asked}

    @property
    def asked(self) -> dict[str, Any]:
        """The analysis with the period and its options, or with what it records in their place."""
        of_period = {"period": self.period} if self.period is not None else {}
        return {"analysis": self.analysis.name, **of_period, **self.analysis.record(self.facts)}

    @property
    def notes(self) -> tuple[Note, ...]:
        """The facts that a reader of the run must know."""
        return self.result.notes

    @property
    def _title_parts(self) -> Sequence[str]:
        return [type(self.analysis).heading, *([self.period] if self.period is not None else [])]

    @names_its_arguments
    def titled(self, language: str | None, *, published: bool = False) -> str:
        """Return the title: the name of the index, the question and the period.

        Parameters
        ----------
        language : str or None
            The language, such as "zh"; None for English.
        published : bool, default False
            True: the title is for a page that the public reads.

        Returns
        -------
        str
            The title.
        """
        del published  # here, both titles are the same
        heading, *period = self._title_parts
        words = in_language(heading, language, type(self.analysis))
        return " · ".join([text(self.definition.name, language), *self._subject(language), words, *period])

    def _subject(self, language: str | None) -> list[str]:
        """Return the names of what the question is about, if it is not the whole index."""
        del language
        return []

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.result._labelled_units

    @property
    def _frames_printed(self) -> tuple[pl.DataFrame, ...]:
        return tuple(self.frames[table].head(table.shown) for table in self.document_tables)

    @property
    def _lines_printed(self) -> Sequence[str]:
        return [*self.sentences(), *self.hints]


def _tables_in(blocks: Iterable[object]) -> list[Table]:
    tables = (block.table if isinstance(block, Grid) else block for block in blocks)
    return [table for table in tables if isinstance(table, Table)]
