"""The difference of two editions: units, scores, ranks, causes, methodology, data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from indicia.analyses import Analysis, Facts
from indicia.answers.answer import Answer
from indicia.answers.ask import KIND, held
from indicia.arguments import names_its_arguments
from indicia.catalogue import installed
from indicia.definition import text
from indicia_editions.difference_tables import DifferenceTables, Editions
from indicia_editions.matching import check_indicators, match_units
from indicia_editions.rules import broken_rules, read_rules
from indicia_editions.sentences import difference_findings, difference_hints, difference_notes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

    from indicia.analyses import Table
    from indicia.catalogue import Catalogue
    from indicia.notes import Note
    from indicia.result import Result
    from indicia_editions.scored_edition import ScoredEdition


@dataclass(frozen=True, repr=False, eq=False)
class EditionDifference(Answer[Any]):
    """The answer of `indicia.diff`: `frame(name)` has a table, and `sentences()` the text.

    Scores are as published, rounded where the index rounds them. `move` is the new rank minus the old rank, so that a
    climb is negative; `gained` has the places gained.
    """

    _noun: ClassVar[str] = "a difference of editions"
    _columns_printed: ClassVar[int] = 12

    result: Any
    """The result of the edition that names the index; None for a table of scores."""

    @property
    def pair(self) -> DifferenceTables:
        """Both editions, whose units are named alike."""
        return self.facts[Editions()]

    @property
    def old(self) -> ScoredEdition:
        """The earlier edition."""
        return self.pair.old

    @property
    def new(self) -> ScoredEdition:
        """The later edition."""
        return self.pair.new

    @property
    def headline(self) -> Note:
        """The first sentence: the editions, and the numbers of units that stayed, came and left."""
        return next(difference_findings(self.pair))

    @property
    def notes(self) -> tuple[Note, ...]:
        """The facts that a reader must know: what these editions cannot tell, and why."""
        return difference_notes(self.pair)

    @property
    def hints(self) -> tuple[Note, ...]:
        """The options and commands that tell more; they are for the author, and no page for readers has them."""
        return tuple(difference_hints(self.pair))

    @names_its_arguments
    def published(self, table: Table) -> pl.DataFrame:
        """Return a table without raw values, and statistics of them, that an index does not publish.

        Parameters
        ----------
        table : Table
            The declaration of the table.

        Returns
        -------
        polars.DataFrame
            The table for files and pages.
        """
        frame = super().published(table)
        if table.name == "methodology" and not self.pair.publishes_raw_values:
            return frame.filter(frame["change"] != "statistic")
        return frame

    @names_its_arguments
    def failing(self, rules: str | Iterable[str]) -> tuple[Note, ...]:
        """Return a sentence for each rule that holds, such as "max_move > 10", with the units behind it.

        Parameters
        ----------
        rules : str or iterable of str
            A name, a comparison (>, >=, <, <=, ==, !=) and a number; a text may have several rules, separated by
            commas. Names are max_move, mean_move, max_score_change, mean_score_change, entered, left, revised_cells,
            method_changes, indicators_entered, indicators_left, and top10_changed or another number of places.

        Returns
        -------
        tuple of Note
            The sentences; empty if no rule holds.

        Raises
        ------
        IndiciaError
            If a rule cannot be read, has an unknown name, or is about a figure that these editions cannot tell.
        """
        return broken_rules(self.pair, read_rules([rules] if isinstance(rules, str) else rules))

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifests of both editions, the renamed units, and the options."""
        renamed = {"renamed": dict(self.pair.renamed)} if self.pair.renamed else {}
        return {"difference": {"old": self.old.manifest, "new": self.new.manifest, **renamed}, **self.asked}

    @property
    def catalogue(self) -> Catalogue:
        """The methods and formats of the index, or those of all plugins."""
        return installed() if self.result is None else super().catalogue

    @property
    def _results(self) -> tuple[Result, ...]:
        return tuple(edition.result for edition in (self.old, self.new) if edition.result is not None)

    @names_its_arguments
    def reader_names(self, language: str | None = None) -> dict[str, str]:
        """Return the names of units, indicators and dimensions of both editions for readers of a language.

        Parameters
        ----------
        language : str, optional
            The language, such as "zh"; by default English.

        Returns
        -------
        dict of str to str
            The names by key.
        """
        return self.pair.reader_names(language)

    @names_its_arguments
    def published_names(self, language: str | None = None) -> dict[str, str]:
        """Return the names of units, parts and editions for a page that the public reads.

        Parameters
        ----------
        language : str, optional
            The language, such as "zh"; by default English.

        Returns
        -------
        dict of str to str
            The names by key; the name of a file stands for no edition.
        """
        return self.pair.published_names(language)

    @names_its_arguments
    def titled(self, language: str | None, *, published: bool = False) -> str:
        """Return the name of the index, if one is known, and the names of the editions.

        Parameters
        ----------
        language : str or None
            The language, such as "zh"; None for English.
        published : bool, default False
            True: the names of the editions are those that readers know.

        Returns
        -------
        str
            The title.
        """
        names = self.published_names(language) if published else {}
        editions = " → ".join(names.get(edition.title, edition.title) for edition in (self.old, self.new))
        return f"{text(self.definition.name, language)} · {editions}" if self.pair.has_index else editions

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.pair.units


def difference_of(
    old: ScoredEdition,
    new: ScoredEdition,
    renamed: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> EditionDifference:
    """Return the difference of two editions, whose units are matched by their keys.

    Parameters
    ----------
    old, new : ScoredEdition
        The editions. The units of a table of scores may have the labels of the other edition in place of its keys.
    renamed : mapping of str to str, optional
        The new names of units that have another name in the old edition.
    options : mapping, optional
        The options of the analysis; by default those of `[analyses.diff]` of the index.

    Raises
    ------
    IndiciaError
        If no unit or no indicator is in both editions, a renamed unit is in neither, or an option is wrong.
    """
    old, new, renamed = match_units(old, new, renamed or {})
    check_indicators(old, new)
    named = old if new.methodology is None and old.methodology is not None else new
    analysis, facts = chosen_difference(options or {}, named), Facts({Editions(): DifferenceTables(old, new, renamed)})
    return EditionDifference(named.definition, analysis, held(analysis, facts), named.result, facts)


def chosen_difference(options: Mapping[str, Any], edition: ScoredEdition | None = None) -> Analysis:
    """Return the analysis with its options, checked: the given ones, else those of the index file of an edition."""
    index = None if edition is None else edition.scorable
    catalogue = installed(kinds=[KIND]) if index is None else index.catalogue.with_kind(KIND)
    stated = {} if edition is None else edition.definition.analyses
    analysis = catalogue.with_defaults(KIND, stated).choose(KIND, {"method": "diff", **options}, Path())
    assert isinstance(analysis, Analysis)
    return analysis
