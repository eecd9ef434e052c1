"""The difference of two editions: units, scores, ranks, causes, methodology, data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, cast

from indicia.analyses import tables_of
from indicia.arguments import names_its_arguments
from indicia.definition import text
from indicia.editions.declared import EditionTables
from indicia.editions.difference_tables import DifferenceTables
from indicia.editions.matching import check_indicators, match_units
from indicia.editions.methodology_changes import change_table
from indicia.editions.rules import broken_rules, read_rules
from indicia.editions.sentences import difference_findings, difference_hints, difference_notes
from indicia.outcome import OutcomeWithFindings
from indicia.presentation import DifferenceTable, registered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from indicia.editions.scored_edition import ScoredEdition
    from indicia.notes import Note
    from indicia.presentation import DifferenceCharts


@dataclass(frozen=True, repr=False, eq=False)
class EditionDifference(DifferenceTables, OutcomeWithFindings[DifferenceTable]):
    """The difference of two editions, as tables and sentences.

    Scores are as published, rounded where the index rounds them. A move in a table is the new rank minus the old rank,
    so that a climb is negative; what is printed for readers has the places gained.
    """

    declared = tables_of(EditionTables)
    table_names: ClassVar[tuple[DifferenceTable, ...]]
    _noun = "a difference of editions"
    _columns_printed = 12

    @cached_property
    def findings(self) -> tuple[Note, ...]:
        """The sentences on units, moves and causes, the headline first."""
        return difference_findings(self)

    @property
    def notes(self) -> tuple[Note, ...]:
        """The facts that a reader must know: what these editions cannot tell, and why."""
        return difference_notes(self)

    @property
    def hints(self) -> tuple[Note, ...]:
        """The options and commands that tell more; they are for the author, and no page for readers has them."""
        return tuple(difference_hints(self))

    @names_its_arguments
    def published(self, name: str) -> pl.DataFrame:
        """Return a table for publication: without raw values, and statistics of them, that an index withholds.

        Parameters
        ----------
        name : str
            The name of the table.

        Returns
        -------
        polars.DataFrame
            The table.
        """
        frame = self.frame(cast("DifferenceTable", name))
        if self.publishes_raw_values:
            return frame
        if name == "methodology":
            return change_table(self.published_changes)
        return frame.drop(self.declared[name].raw_columns)

    @property
    def plot(self) -> DifferenceCharts:
        """The chart, as an Altair object: `difference.plot(language="zh").dumbbell()`.

        It needs the extra `charts`; without it, the error names the command that installs it.
        """
        charts: DifferenceCharts = registered("plot")(self)
        return charts

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
        return broken_rules(self, read_rules([rules] if isinstance(rules, str) else rules))

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifests of both editions, and the renamed units."""
        renamed = {"renamed": dict(self.renamed)} if self.renamed else {}
        return {"difference": {"old": self.old.manifest, "new": self.new.manifest, **renamed}}

    @names_its_arguments
    def titled(self, language: str | None) -> str:
        """Return the name of the index, if one is known, and the names of the editions.

        Parameters
        ----------
        language : str or None
            The language, such as "zh"; None for English.

        Returns
        -------
        str
            The title.
        """
        return self._titled(language, {})

    @names_its_arguments
    def titled_for_readers(self, language: str | None) -> str:
        """Return the title with the names of the editions that readers know.

        Parameters
        ----------
        language : str or None
            The language, such as "zh"; None for English.

        Returns
        -------
        str
            The title.
        """
        return self._titled(language, self.published_names(language))

    def _titled(self, language: str | None, names: Mapping[str, str]) -> str:
        editions = " → ".join(names.get(title, title) for title in (self.old.title, self.new.title))
        has_index = self.old.methodology is not None or self.new.methodology is not None
        return f"{text(self.definition.name, language)} · {editions}" if has_index else editions

    @property
    def _title_parts(self) -> Sequence[str]:
        return [self.names_of_editions]

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.units

    @property
    def _frames_printed(self) -> tuple[pl.DataFrame, ...]:
        return (self.movers.head(20),)


def difference_of(
    old: ScoredEdition, new: ScoredEdition, renamed: Mapping[str, str] | None = None
) -> EditionDifference:
    """Return the difference of two editions, whose units are matched by their keys.

    Parameters
    ----------
    old, new : ScoredEdition
        The editions. The units of a table of scores may have the labels of the other edition in place of its keys.
    renamed : mapping of str to str, optional
        The new names of units that have another name in the old edition.

    Raises
    ------
    IndiciaError
        If no unit or no indicator is in both editions, or a renamed unit is in neither.
    """
    old, new, renamed = match_units(old, new, renamed or {})
    check_indicators(old, new)
    named = old if new.methodology is None and old.methodology is not None else new
    return EditionDifference(named.definition, old, new, renamed)
