"""The outcome of an audit: findings of all checks by chapter, and the tables behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from indicia.analyses import Facts, Table, tables_of
from indicia.answers import needs
from indicia.answers.answer import Held
from indicia.arguments import names_its_arguments
from indicia.audit.chapters import Chapter, chapters_of
from indicia.audit.declared import DeclaredAudit
from indicia.audit.draws import draw
from indicia.audit.examined import Examined
from indicia.audit.facts import facts_beside_scores, run_facts_of
from indicia.audit.proposals import Trial
from indicia.audit.rescorer import IndexRescorer
from indicia.audit.verdict import CAVEAT, CAVEAT_SOURCE, CAVEAT_URL, Verdict
from indicia.checks import SEVERITIES
from indicia.defaults import ANALYSES_OF_AUDIT
from indicia.definition import ROOT, text
from indicia.errors import IndiciaError
from indicia.inspection import frames
from indicia.inspection.chosen_checks import CheckSettings, choose_checks
from indicia.inspection.findings import look_for
from indicia.inspection.remarks import CountsFindings
from indicia.lazy import class_at
from indicia.outcome import Outcome
from indicia.presentation import registered
from indicia.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from indicia.audit.settings import AuditSettings
    from indicia.checks import Sentence, Subject
    from indicia.definition import Origin
    from indicia.inspection import Inspection
    from indicia.inspection.chosen_checks import ChosenCheck
    from indicia.inspection.findings import ReportedFinding, SkippedCheck
    from indicia.notes import Note
    from indicia.result import Result
    from indicia.robustness import Robust
    from indicia.scorable import Scorable
    from indicia.types import TableLike

_ANNEX_TABLES = (
    "node_correlations",
    "reliability",
    "items",
    "adequacy",
    "eigenvalues",
    "importance",
    "weights_for_importance",
    "intervals",
    "sensitivity",
)
"""The tables behind the findings that an annex prints, in its order."""


@dataclass(frozen=True, repr=False, eq=False)
class Audit(Outcome[str], CountsFindings):
    """The findings of all checks about an index, its data, its scores and its ranks."""

    declared: ClassVar[Mapping[str, Table]] = {
        **tables_of(DeclaredAudit),
        **{name: table for analysis in map(class_at, ANALYSES_OF_AUDIT) for name, table in analysis.tables().items()},
    }
    _noun = "an audit"

    inspection: Inspection
    """The facts about the data."""
    result: Result
    subject: Subject
    """The facts behind the findings and the tables."""
    settings: AuditSettings
    robust: Robust | None
    """The uncertainty analysis; None if nothing can be drawn."""
    reported_findings: tuple[ReportedFinding, ...]
    """The findings with their severities and waivers, the gravest first."""
    skipped_checks: tuple[SkippedCheck, ...]
    checks: tuple[ChosenCheck, ...]
    """All checks, with the thresholds and severities of the profile and the index file."""
    origin: Origin
    """The index file, which knows the line of every word."""
    trial: Trial
    """The index and its table, for changes that are tried."""
    remarks: tuple[str, ...] = ()
    """Sentences on the data before the run, and on the findings that are not kept."""

    @names_its_arguments
    def frame(self, name: str) -> pl.DataFrame:
        """Return a table by its name, one of `table_names`; those of coherence and importance are analyses.

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
        IndiciaError
            If there is no such table.
        """
        table = self.declared.get(name)
        for held in self._analysed:
            if table is not None and table in held:
                return held[table]
        return super().frame(name)

    @cached_property
    def _analysed(self) -> tuple[Held, ...]:
        """The tables of coherence and importance, each computed when it is read."""
        facts = Facts({needs.Asked(): needs.Subject(self.trial.index), Examined(): self.subject})
        analyses = [analysis() for analysis in map(class_at, ANALYSES_OF_AUDIT)]
        return tuple(Held(analysis, analysis.compute(facts), {}) for analysis in analyses)

    @cached_property
    def chapters(self) -> tuple[Chapter, ...]:
        """The findings by chapter: data, structure, coherence, …"""
        return chapters_of(self.reported_findings, self.checks, self.skipped_checks)

    @cached_property
    def verdict(self) -> Sentence:
        """The counts and the figures that an auditor gives first, and the caveat of the JRC, in one paragraph."""
        return Verdict(self.chapters, self.subject).paragraph

    @names_its_arguments
    def failing(self, limit: str | None = None) -> list[ReportedFinding]:
        """Return the findings that a limit does not accept; by default `fail_on` of `[audit]`, without it none.

        Parameters
        ----------
        limit : str, optional
            "error", "warning", "information", "never", or codes of checks, separated by commas; by default `fail_on` of
            `[audit]`, without it "never".

        Returns
        -------
        list of ReportedFinding
            The findings; empty if none is as grave.

        Raises
        ------
        IndiciaError
            If a word of the limit is neither a severity nor the code of a check.
        """
        if limit is not None:
            return self.fails(limit)
        if (stated := self.definition.audit.fail_on) is None:
            return []
        try:
            return self.fails(stated)
        except IndiciaError as error:
            error.where = self.origin.where(["audit", "fail_on"])
            raise

    @cached_property
    def findings(self) -> pl.DataFrame:
        """A row for each finding, the gravest first."""
        return frames.findings(self.reported_findings, self.subject.period)

    @cached_property
    def proposals(self) -> pl.DataFrame:
        """A row for each change that clears findings of coherence, structure and weights: see `Trial.proposals`.

        Changes are tried when the table is asked for, and never applied.
        """
        return self.trial.proposals(self.subject)

    @cached_property
    def intervals(self) -> pl.DataFrame:
        """A row for each unit: rank, and the median and the 5-95 % interval of its ranks in the draws."""
        return pl.DataFrame() if self.robust is None else self.robust.units

    @cached_property
    def sensitivity(self) -> pl.DataFrame:
        """A row for each choice that varies: Sobol' indices of the average shift; only a full audit has rows."""
        draws = self.subject.draws
        return pl.DataFrame() if draws is None else draws.sensitivity

    @property
    def annex_tables(self) -> tuple[str, ...]:
        """The names of the tables that an annex prints below the findings."""
        return tuple(name for name in _ANNEX_TABLES if name in self.table_names and not self.frame(name).is_empty())

    @cached_property
    def skipped(self) -> pl.DataFrame:
        """The checks that did not look, with the reasons."""
        return frames.skipped(self.skipped_checks)

    @property
    def manifest(self) -> dict[str, Any]:
        """The inputs of the index, the settings of the audit, the thresholds of all checks, and the waivers."""
        settings, period = self.settings, self.subject.run.period if self.subject.run else None
        return {
            **self.inspection.manifest,
            **({"period": period} if period else {}),
            "profile": settings.profile.manifest,
            "draws": settings.draws,
            "seed": settings.seed,
            "full": settings.is_full,
            **self.manifest_of_checks,
        }

    @property
    def document(self) -> dict[str, Any]:
        """The audit for JSON: verdict, chapters with their findings, tables, notes, and the manifest."""
        return {
            "name": text(self.definition.name),
            "title": self.title,
            "verdict": self.verdict,
            "caveat": {"sentence": CAVEAT, "source": CAVEAT_SOURCE, "url": CAVEAT_URL},
            "counts": {
                **{severity: self.count(severity) for severity in SEVERITIES},
                "waived": len(self.waived),
            },
            "chapters": [chapter.document(self.line_of) for chapter in self.chapters],
            "tables": {name: self.frame(name).to_dicts() for name in self.annex_tables},
            "notes": [*self.remarks, *self.notes],
            "manifest": self.manifest,
        }

    @names_its_arguments
    def export(self, path: str | Path, *, language: str | None = None) -> None:
        """Write the whole audit as an annex: verdict, findings by chapter, tables, thresholds, waivers, citations.

        Parameters
        ----------
        path : path
            The file; the ending .md, .tex, .html, .json or .sarif determines the format.
        language : str, optional
            The language of the names of the index and of the units; by default English.

        Raises
        ------
        OutputError
            If the ending is another, or the file cannot be written.
        """
        registered("annex")(self, path, language)

    @names_its_arguments
    def line_of(self, where: str) -> int | None:
        """Return the line of the index file that states a part, or its data; None without an index file.

        Parameters
        ----------
        where : str
            The key of an indicator or a dimension, or another part of the index.

        Returns
        -------
        int or None
            The number of the line, from 1.
        """
        return self.origin.line_number(self._keys_of(where))

    def _keys_of(self, where: str) -> list[str]:
        """Return the path of the word of the index file behind the place of a finding."""
        if where in self.definition.indicators:
            return ["indicators", where]
        if where in self.definition.dimensions:
            return ["dimensions", where]
        return ["methodology"] if where == ROOT else ["data"]

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes of the run."""
        return self.result.notes

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.subject.units

    @property
    def _title_parts(self) -> Sequence[str]:
        period = self.subject.run.period if self.subject.run else None
        return ["audit", *([period] if period else []), self.inspection.size]

    @property
    def _frames_printed(self) -> tuple[pl.DataFrame, ...]:
        return (self.findings,)

    @property
    def _lines_printed(self) -> Sequence[str]:
        return [self.verdict, *self.remarks, *self.notes]


def audit(
    index: Scorable,
    frame: pl.DataFrame,
    settings: AuditSettings,
    *,
    table: TableLike | None = None,
    progress: Progress = silent,
) -> Audit:
    """Audit an index on a frame that `read_table` returned; `table` is its source, for readers.

    Raises
    ------
    IndiciaError
        If the index cannot be scored, or `[checks]` or the profile is wrong.
    """
    files = (settings.profile.check_settings, CheckSettings.of_file(index.definition, index.origin))
    checks = choose_checks(index.catalogue.with_checks(), files)  # a wrong threshold is an error before the draws
    inspection = index.inspect_frame(frame, table, look=False)
    result = index.score_frame(frame)
    run = run_facts_of(result, settings.period)
    subject = replace(inspection.subject, run=run)
    drawn = draw(index, subject, frame, settings, progress)
    subject = replace(
        subject,
        draws=drawn.facts,
        absences={"draws": drawn.reason} if drawn.reason else {},
        rescorer=IndexRescorer.of(index, frame, result.scored, run),
        **facts_beside_scores(index, result, frame, run),
        is_full=settings.is_full,
    )
    findings, skipped, remarks = look_for(subject, checks, index.definition.waivers, index.origin)
    return Audit(
        definition=index.definition,
        settings=settings,
        inspection=inspection,
        result=result,
        robust=drawn.robust,
        subject=subject,
        reported_findings=tuple(findings),
        skipped_checks=tuple(skipped),
        checks=tuple(checks),
        origin=index.origin,
        trial=Trial(index, frame, checks, settings.period),
        remarks=(*inspection.remarks, *remarks),
    )
