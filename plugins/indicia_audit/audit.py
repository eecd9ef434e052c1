"""The facts of an audit: findings of all checks by chapter, with all that the checks looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from indicia.analyses import Need
from indicia.answers.needs import Asked, Frame, Scores
from indicia.arguments import names_its_arguments
from indicia.definition import ROOT
from indicia_audit.auditable import inspected
from indicia_audit.chapters import Chapter, chapters_of
from indicia_audit.draws import draw
from indicia_audit.facts import facts_beside_scores, run_facts_of
from indicia_audit.inspection.findings import look_for
from indicia_audit.inspection.remarks import CountsFindings
from indicia_audit.proposals import Trial
from indicia_audit.rescorer import IndexRescorer
from indicia_audit.settings import AuditSettings
from indicia_audit.verdict import Verdict

if TYPE_CHECKING:
    from indicia.analyses import Facts
    from indicia.answers.needs import Subject
    from indicia.definition import Definition, Origin
    from indicia.result import Result
    from indicia_audit.checks import Sentence
    from indicia_audit.checks import Subject as CheckedSubject
    from indicia_audit.inspection import Inspection
    from indicia_audit.inspection.chosen_checks import ChosenCheck
    from indicia_audit.inspection.findings import ReportedFinding, SkippedCheck
    from indicia_robustness import Robust


@dataclass(frozen=True, eq=False)
class AuditFigures(CountsFindings):
    """The findings of all checks about an index, its data, its scores and its ranks, and the facts behind them."""

    definition: Definition
    inspection: Inspection
    """The facts about the data."""
    result: Result
    subject: CheckedSubject
    """The facts behind the findings and the tables."""
    settings: AuditSettings
    robust: Robust | None
    """The uncertainty analysis; None if nothing can be drawn."""
    reported_findings: tuple[ReportedFinding, ...]
    """The findings with their severities and waivers, the gravest first."""
    skipped_checks: tuple[SkippedCheck, ...]
    """The checks that did not look."""
    origin: Origin
    """The index file, which knows the line of every word."""
    trial: Trial
    """The index and its table, for changes that are tried."""
    remarks: tuple[str, ...] = ()
    """Sentences on the data before the run, and on the findings that are not kept."""

    @property
    def checks(self) -> tuple[ChosenCheck, ...]:
        """All checks, with the thresholds and severities of the profile and the index file."""
        return self.settings.checks

    @property
    def checks_that_looked(self) -> list[ChosenCheck]:
        """The checks that looked."""
        absent = {skip.check.code for skip in self.skipped_checks}
        return [chosen for chosen in self.checks if chosen.code not in absent]

    @cached_property
    def chapters(self) -> tuple[Chapter, ...]:
        """The findings by chapter: data, structure, coherence, …"""
        return chapters_of(self.reported_findings, self.checks, self.skipped_checks)

    @cached_property
    def verdict(self) -> Sentence:
        """The counts and the figures that an auditor gives first, and the caveat of the JRC, in one paragraph."""
        return Verdict(self.chapters, self.subject).paragraph

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


@dataclass(frozen=True)
class Audited(Need[AuditFigures]):
    """The findings of all checks, by options of an audit; `[audit]` of the index file has the others."""

    profile: str | None = None
    draws: int | None = None
    seed: int | None = None
    full: bool = False
    fail_on: str | None = None

    def settings(self, asked: Subject) -> AuditSettings:
        """Return all choices for an index; refuse those that are wrong."""
        return AuditSettings.of(
            asked.index,
            profile=self.profile,
            draws=self.draws,
            seed=self.seed,
            period=asked.period,
            is_full=self.full,
            fail_on=self.fail_on,
        )

    def resolve(self, facts: Facts) -> AuditFigures:
        """Let all checks look at the data, the scores, the draws and further runs."""
        asked, frame, result = facts[Asked()], facts[Frame()], facts[Scores()]
        index = asked.index
        settings = self.settings(asked)
        inspection = inspected(index, frame, asked.source or asked.table)
        run = run_facts_of(result, asked.period)
        subject = replace(inspection.subject, run=run)
        drawn = draw(index, subject, frame, settings, facts.progress)
        subject = replace(
            subject,
            draws=drawn.facts,
            absences={"draws": drawn.reason} if drawn.reason else {},
            rescorer=IndexRescorer.of(index, frame, result.scored, run),
            **facts_beside_scores(index, result, frame, run),
            is_full=self.full,
        )
        findings, skipped, remarks = look_for(subject, settings.checks, index.definition.waivers, index.origin)
        return AuditFigures(
            definition=index.definition,
            inspection=inspection,
            result=result,
            subject=subject,
            settings=settings,
            robust=drawn.robust,
            reported_findings=tuple(findings),
            skipped_checks=tuple(skipped),
            origin=index.origin,
            trial=Trial(index, frame, settings.checks, asked.period),
            remarks=(*inspection.remarks, *remarks),
        )
