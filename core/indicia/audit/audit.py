"""The outcome of an audit: findings of all checks by chapter, and the tables behind them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, get_args

from indicia.audit.facts import draw_facts_of, run_facts_of
from indicia.audit.rescorer import IndexRescorer
from indicia.inspection import frames
from indicia.inspection.findings import checks_of, look_for
from indicia.outcome import Outcome
from indicia.presentation import AuditTable
from indicia.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from indicia.audit.auditable import Auditable
    from indicia.checks import Check, Subject
    from indicia.inspection import Inspection
    from indicia.inspection.findings import ReportedFinding, SkippedCheck
    from indicia.notes import Note
    from indicia.result import Result
    from indicia.robustness import Robust


@dataclass(frozen=True)
class AuditSettings:
    """The choices of an audit."""

    period: object = None
    """The period of a panel whose scores are audited; by default the last."""
    profile: str = "jrc"
    """The name of a profile of thresholds, or the path of a TOML file."""
    draws: int = 4000
    """The number of draws of the uncertainty analysis."""
    seed: int = 1
    is_full: bool = False
    """True for Sobol' indices, all units left out in turn, and frontiers without bounds."""


@dataclass(frozen=True, repr=False, eq=False)
class Audit(Outcome):
    """The findings of all checks about an index, its data, its scores and its ranks."""

    table_names: ClassVar = get_args(AuditTable)
    _noun = "an audit"

    settings: AuditSettings
    inspection: Inspection
    """The facts about the data."""
    result: Result
    robust: Robust | None
    """The uncertainty analysis; None if nothing can be drawn."""
    subject: Subject
    """The facts that the checks looked at."""
    reported_findings: tuple[ReportedFinding, ...]
    """The findings with their severities and waivers, the gravest first."""
    skipped_checks: tuple[SkippedCheck, ...]
    checks: tuple[Check, ...]
    """All checks, with the thresholds of the profile and the index file."""

    @cached_property
    def findings(self) -> pl.DataFrame:
        """A row for each finding, the gravest first."""
        return frames.findings(self.reported_findings, self.subject.period)

    @cached_property
    def skipped(self) -> pl.DataFrame:
        """The checks that did not look, with the reasons."""
        return frames.skipped(self.skipped_checks)

    @property
    def manifest(self) -> dict[str, Any]:
        """The inputs of the index, and the settings of the audit."""
        return {**self.inspection.manifest, "draws": self.settings.draws, "seed": self.settings.seed}

    @property
    def input_tables(self) -> tuple[pl.DataFrame, ...]:
        """The tables whose fingerprints are in the manifest."""
        return self.inspection.input_tables

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes of the run."""
        return self.result.notes

    @property
    def _title_parts(self) -> Sequence[str]:
        return ["audit", self.inspection.size]

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.subject.units

    @property
    def _frames_printed(self) -> tuple[pl.DataFrame, ...]:
        return (self.findings,)


def audit(
    index: Auditable,
    frame: pl.DataFrame,
    settings: AuditSettings,
    *,
    table: object = None,
    progress: Progress = silent,
) -> Audit:
    """Audit an index on a frame that `read_table` returned; `table` is its source, for readers.

    Raises
    ------
    IndiciaError
        If the index cannot be scored, or `[checks]` or the profile is wrong.
    """
    inspection = index.inspect_frame(frame, table, look=False)
    result = index.score_frame(frame)
    run = run_facts_of(result, settings.period)
    robust = index.robustness(
        frame,
        period=settings.period,
        progress=progress,
        draws=settings.draws,
        seed=settings.seed,
        weights={"spread": 0.25},
    )
    subject = replace(
        inspection.subject,
        run=run,
        draws=draw_facts_of(robust),
        rescorer=IndexRescorer.of(index, frame, result.scored, run),
        is_full=settings.is_full,
    )
    checks = checks_of(index.definition, index.catalogue.with_checks(), index.origin)
    findings, skipped, _ = look_for(subject, checks, index.definition.waivers)
    return Audit(
        definition=index.definition,
        settings=settings,
        inspection=inspection,
        result=result,
        robust=robust,
        subject=subject,
        reported_findings=tuple(findings),
        skipped_checks=tuple(skipped),
        checks=tuple(check for check, _ in checks),
    )
