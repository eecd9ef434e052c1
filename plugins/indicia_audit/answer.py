"""The answer of `index.audit`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from indicia.answers.answer import Answer
from indicia.arguments import names_its_arguments
from indicia.definition import ROOT
from indicia.messages.translations import in_language
from indicia.notes import Note
from indicia_audit.inspection.frames import findings
from indicia_audit.inspection.remarks import CountsFindings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from indicia.analyses import Table
    from indicia_audit.audit import AuditFigures
    from indicia_audit.chapters import Chapter
    from indicia_audit.checks import Sentence
    from indicia_audit.inspection.chosen_checks import ChosenCheck
    from indicia_audit.inspection.findings import ReportedFinding


@dataclass(frozen=True, repr=False, eq=False)
class AuditAnswer(Answer[Any], CountsFindings):
    """The findings of an audit: `verdict` and `chapters`, the tables by `frame(name)`, and `figures` behind them."""

    _noun: ClassVar[str] = "an audit"

    @property
    def figures(self) -> AuditFigures:
        """The findings with their checks, and the facts that the checks looked at."""
        figures: AuditFigures = self.facts[self.analysis.audited]
        return figures

    @property
    def reported_findings(self) -> tuple[ReportedFinding, ...]:
        """The findings with their severities and waivers, the gravest first."""
        return self.figures.reported_findings

    @property
    def published_findings(self) -> list[ReportedFinding]:
        """The findings for files, which have no raw values if the index does not publish them."""
        return [self._published(entry) for entry in self.reported_findings]

    def _published(self, entry: ReportedFinding) -> ReportedFinding:
        return entry.without_raw_values if entry.is_of_data and not self.definition.publishes_raw_values else entry

    @property
    def checks(self) -> tuple[ChosenCheck, ...]:
        """All checks, with the thresholds and severities of the profile and the index file."""
        return self.figures.checks

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """The findings by chapter: data, structure, coherence, …"""
        return self.figures.chapters

    @property
    def verdict(self) -> Sentence:
        """The counts and the figures that an auditor gives first, and the caveat of the JRC, in one paragraph."""
        return self.figures.verdict

    @names_its_arguments
    def failing(self, limit: str | None = None) -> list[ReportedFinding]:
        """Return the findings that a limit does not accept.

        Parameters
        ----------
        limit : str, optional
            "error", "warning", "information", "never", or codes of checks, separated by commas; by default `fail_on` of
            the analysis, else that of `[audit]`, without it "never".

        Returns
        -------
        list of ReportedFinding
            The findings; empty if none is as grave.

        Raises
        ------
        IndiciaError
            If a word of the limit is neither a severity nor the code of a check.
        """
        return self.fails(self.figures.settings.fail_on if limit is None else limit)

    @property
    def hints(self) -> tuple[str, ...]:
        """The index file and the tables; the document has the notes."""
        files = self.figures.inspection.files
        return (files,) if files else ()

    @property
    def manifest(self) -> dict[str, Any]:
        """The inputs of the index, the settings of the audit, the thresholds of all checks, and the waivers."""
        return {**self.figures.manifest, "analysis": self.analysis.name}

    @names_its_arguments
    def published(self, table: Table) -> pl.DataFrame:
        """Return a table without raw values, if the index does not publish them: of findings, those in sentences.

        Parameters
        ----------
        table : Table
            The declaration of the table.

        Returns
        -------
        polars.DataFrame
            The table for files and pages.
        """
        if table is self.analysis.findings:
            return findings(self.published_findings, self.figures.subject.period)
        return super().published(table)

    @names_its_arguments
    def reason_for_no_rows(self, table: Table) -> str:
        """Return the reason why a table has no rows, as a clause: that of the draws, or that of the declaration.

        Parameters
        ----------
        table : Table
            The declaration of the table.

        Returns
        -------
        str
            The clause; empty if the table need not have any rows.
        """
        is_of_draws = table in self.analysis.of_draws
        return (is_of_draws and self.figures.subject.absences.get("draws")) or table.empty

    @names_its_arguments
    def said(self, sentence: str, language: str | None = None, *, published: bool = False) -> str:
        """Return a sentence of the document; in English, units and parts have their names of the index file.

        Parameters
        ----------
        sentence : str
            The sentence.
        language : str, optional
            The language, such as "zh"; by default English.
        published : bool, default False
            True: findings have no raw values that the index does not publish.

        Returns
        -------
        str
            The sentence in the language.
        """
        names = self.reader_names(language)
        if isinstance(sentence, Note):
            if published and "finding" in sentence.filled:
                finding = self._published(sentence.filled["finding"])
                sentence = Note(sentence.kind, **{**sentence.filled, "finding": finding})
            return sentence.in_language(language, names)
        return in_language(sentence, language, type(self.analysis), names)

    @names_its_arguments
    def reader_names(self, language: str | None = None) -> dict[str, str]:
        """Return the names of units, indicators and dimensions for readers of a language; the index is "index".

        Parameters
        ----------
        language : str, optional
            The language, such as "zh"; by default English.

        Returns
        -------
        dict of str to str
            The names by key.
        """
        return {**super().reader_names(language), ROOT: in_language(ROOT, language)}

    @property
    def _title_parts(self) -> Sequence[str]:
        period = [self.period] if self.period is not None else []
        return [self.analysis.name, *period, self.figures.inspection.size]
