"""The analysis of the soundness of an index: a statistical audit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated

from indicia.analyses import Analysis, Column, Facts, Heading, Items, Kind, Table, columns_of
from indicia.analyses import words_of_draws as words
from indicia.analyses.columns import NODE
from indicia.answers.needs import Asked
from indicia.messages.sentence import Sentence
from indicia_after_score.coherence import Coherence
from indicia_after_score.importance import Importance
from indicia_audit.inspection.declared import InspectionTables
from indicia_robustness import tables_of_draws as shared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from indicia.analyses import Computed, Frames
    from indicia.definition import Waiver
    from indicia.notes import Note
    from indicia_audit.audit import Audited, AuditFigures
    from indicia_audit.inspection import ReportedFinding

_ADDRESS = re.compile(r"(?:https?://|doi:)\S*[\w/]")
_CODE = Column("check", Kind.TEXT, "the code of the check")


@dataclass(frozen=True)
class Audit(Analysis):
    """Audit the index as the JRC does: data, structure, coherence, weights, uncertainty, sensitivity.

    Each check has a code, and `indicia checks C03` explains it. [checks.CODE] of the index file sets thresholds, and
    [[waivers]] accept findings with a reason. [audit] of the index file, or the options below, choose the profile and
    the draws.

    \b
    Examples:
      indicia audit                               the verdict, and the findings by chapter
      indicia audit --fail-on error               exit 1 on an error, for a pipeline
      indicia audit -o annex.md                   an annex: findings, tables, thresholds, citations
      indicia audit -o annex.tex --full           the same in LaTeX, with the checks that take long
      indicia audit -o audit.sarif                for the code scanning of a forge
      indicia audit --show intervals -o ranks.csv one table behind the findings
    """

    name = "audit"
    heading = "What would an auditor find?"
    reference = (
        "OECD & JRC (2008), Handbook on Constructing Composite Indicators; Saisana et al. (2019), 10-Step Pocket Guide"
    )
    section = "audit"
    answer = "indicia_audit.answer:AuditAnswer"
    formats = {"sarif": "indicia_after_score.sarif:audit_in_sarif"}
    joined = (Coherence, Importance)

    profile: Annotated[str | None, words.PROFILE] = None
    draws: Annotated[int | None, words.DRAWS_OF_AUDIT] = None
    seed: Annotated[int | None, words.SEED_OF_AUDIT] = None
    full: Annotated[bool, words.FULL] = False
    fail_on: Annotated[str | None, words.FAIL_ON] = None

    findings = InspectionTables.findings
    skipped = InspectionTables.skipped
    chapters = Table(
        "Findings by chapter",
        Column("chapter", Kind.TEXT, "the subject of the checks"),
        *columns_of(
            Kind.COUNT,
            checks="the number of checks that looked",
            errors="the number of errors that no waiver accepts",
            warnings="the number of warnings",
            information="the number of findings for information",
            waived="the number of findings that a waiver accepts",
            skipped="the number of checks that did not look",
        ),
        order="In the order of the codes of the shipped checks.",
        shown=50,
    )
    thresholds = Table(
        "Checks and thresholds",
        _CODE,
        Column("title", Kind.TEXT, "its title"),
        Column("thresholds", Kind.TEXT, "its thresholds, of the profile and the index file"),
        order="The checks that looked, by code.",
    )
    waivers = Table(
        "Accepted findings",
        _CODE,
        *columns_of(
            Kind.TEXT,
            where="the unit or the part; missing for all",
            reason="the reason of the waiver",
            until="the last day on which it holds",
        ),
        Column("findings", Kind.COUNT, "the number of findings that it accepts"),
        order="In the order of the index file.",
        empty="the index file has no [[waivers]]",
    )
    sources = Table(
        "Sources of the checks",
        Column("source", Kind.TEXT, "the work"),
        Column("checks", Kind.TEXT, "the codes of the checks that looked, with the places in the work"),
        by=("source",),
    )
    proposals = Table(
        "The changes that clear findings",
        NODE,
        Column("change", Kind.TEXT, "the change in words"),
        Column("set", Kind.TEXT, "the options of the change"),
        *columns_of(Kind.COUNT, cleared="the number of findings that it clears", caused="the number that it causes"),
        Column("mean_shift", Kind.PLACES, "the mean number of places by which units move"),
        *columns_of(Kind.TEXT, cleared_findings="the findings that it clears", caused_findings="those that it causes"),
        order="The change that clears most first.",
        empty="no change that was tried clears a finding",
    )
    intervals = Table(
        "Ranks, and their spread over the draws (from the 5 % to the 95 % quantile)",
        *shared.RANKS_OF_UNITS,
        by=shared.BY_NOMINAL_RANK,
        brief=shared.BRIEF,
    )
    sobol_indices = Table(
        shared.SENSITIVITY, *shared.SOBOL_INDICES, by=shared.BY_TOTAL, empty="indicia audit --full computes it"
    )

    @property
    def audited(self) -> Audited:
        """The findings that the answer needs."""
        from indicia_audit.audit import Audited

        return Audited(self.profile, self.draws, self.seed, self.full, self.fail_on)

    @property
    def of_draws(self) -> tuple[Table, ...]:
        """The tables that need draws."""
        return (self.intervals, self.sobol_indices)

    def check(self, facts: Facts) -> None:
        """Refuse a wrong profile, wrong thresholds, and a wrong limit of findings."""
        self.audited.settings(facts[Asked()])

    def compute(self, facts: Facts) -> Computed:
        """Compute each table when it is asked for; checks look at once."""
        from indicia_audit.examined import Examined
        from indicia_audit.inspection import frames

        figures = facts[self.audited]
        shared_facts = Facts({Asked(): facts[Asked()], Examined(): figures.subject})
        return {
            self.findings: lambda: frames.findings(figures.reported_findings, figures.subject.period),
            self.skipped: lambda: frames.skipped(figures.skipped_checks),
            self.chapters: lambda: self.chapters.frame(_chapters(figures)),
            self.thresholds: lambda: self.thresholds.frame(_thresholds(figures)),
            self.waivers: lambda: self.waivers.frame(_waivers(figures)),
            self.sources: lambda: self.sources.frame(_sources(figures)),
            self.proposals: lambda: figures.trial.proposals(figures.subject),
            self.intervals: lambda: self._intervals(figures),
            self.sobol_indices: lambda: self._sobol_indices(figures),
            **{table: frame for each in self.joined for table, frame in each().compute(shared_facts).items()},
        }

    def _intervals(self, figures: AuditFigures) -> pl.DataFrame:
        if figures.robust is not None:
            return figures.robust.units
        columns = self.intervals.columns.items()
        return self.intervals.frame([]).select(name for name, column in columns if not column.place)

    def _sobol_indices(self, figures: AuditFigures) -> pl.DataFrame:
        draws = figures.subject.draws
        return self.sobol_indices.frame([]) if draws is None or draws.sensitivity.is_empty() else draws.sensitivity

    def alarms(self, facts: Facts) -> tuple[Note, ...]:
        """Return a sentence if there are findings that `fail_on` refuses."""
        from indicia.notes import Count, Note

        figures = facts[self.audited]
        failing = figures.fails(figures.settings.fail_on)
        codes = ", ".join(dict.fromkeys(entry.code for entry in failing))
        return (Note("findings_fail", findings=Count(len(failing), "finding"), codes=codes),) if failing else ()

    def document(self, facts: Facts, frames: Frames) -> Iterator[Heading | Items | Note | str]:
        """Yield the verdict, the findings by chapter, notes, and the checks that did not look."""
        from indicia.notes import Note

        del frames  # findings and verdict are computed from the facts
        figures = facts[self.audited]
        yield from (Heading("Verdict"), figures.verdict)
        codes: dict[str, list[str]] = {}
        for skip in figures.skipped_checks:
            codes.setdefault(skip.reason, []).append(skip.check.code)
        skipped = [Note("checks_not_run", codes=", ".join(names), reason=reason) for reason, names in codes.items()]
        notes = (note.in_order_of_names for note in figures.result.notes)
        sections: list[tuple[str, Sequence[str]]] = [
            *((chapter.heading, [*chapter.lines()]) for chapter in figures.chapters),
            ("Notes", [*dict.fromkeys((*figures.remarks, *notes))]),
            ("Not looked at", skipped),
        ]
        for heading, lines in sections:
            if lines:
                yield from (Heading(heading), Items(lines))

    def annex(self, facts: Facts, frames: Frames) -> Iterator[Heading | Items | Table]:
        """Yield the tables behind the findings, thresholds, waivers, methods, sources, and the works to cite."""
        from indicia.citations import Citation, render

        figures = facts[self.audited]
        profile = figures.settings.profile
        yield from (Heading("Tables"), self.chapters)
        for table in (
            self.findings,
            Coherence.node_correlations,
            Coherence.reliability,
            Coherence.items,
            Coherence.adequacy,
            Coherence.eigenvalues,
            Importance.importance,
            Importance.weights_for_importance,
            self.intervals,
            self.sobol_indices,
        ):
            if len(frames[table]):
                yield table
        purpose = Sentence(": {purpose}", purpose=profile.description) if profile.description else ""
        yield Heading("Profile and thresholds")
        yield Items(
            [
                Sentence("Profile {name}{purpose}", name=profile.name, purpose=purpose),
                Sentence("SHA-256 of the profile: {digits}…", digits=profile.sha256[:16]),
            ]
        )
        yield self.thresholds
        if len(frames[self.waivers]):
            yield from (Heading("Waivers"), self.waivers)
        yield from (Heading("Methods"), Items([*_methods(figures)]), Heading("Sources of the checks"), self.sources)
        cited = map(Citation.of_record, figures.manifest.get("citations", ()))
        works = [line.strip() for line in render(cited, "text").splitlines() if line.startswith("  ")]
        yield from (Heading("How to cite"), Items(works))


def _chapters(figures: AuditFigures) -> Iterator[tuple[object, ...]]:
    """Yield the numbers of checks and findings by chapter."""
    marks = ("error", "warning", "information", "waived")
    for chapter in figures.chapters:
        found = ["waived" if entry.is_waived else entry.severity for entry in chapter.findings]
        yield (chapter.heading, len(chapter.checks), *map(found.count, marks), len(chapter.skipped))


def _thresholds(figures: AuditFigures) -> Iterator[tuple[str, str, str]]:
    """Yield the checks that looked with their thresholds."""
    for chosen in figures.checks_that_looked:
        settings = (f"{word} = {_setting(value)}" for word, value in chosen.settings.items())
        yield chosen.code, chosen.check.title, "; ".join(settings)


def _setting(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _waivers(figures: AuditFigures) -> Iterator[tuple[object, ...]]:
    """Yield the waivers of the index file with the number of findings that each accepts."""
    for waiver in figures.definition.waivers:
        accepted = sum(_accepts(waiver, entry) for entry in figures.waived)
        yield waiver.code, waiver.where, waiver.reason, waiver.until and str(waiver.until), accepted


def _accepts(waiver: Waiver, entry: ReportedFinding) -> bool:
    """Return True if a waiver accepts a finding."""
    finding = entry.finding
    places = (None, finding.where, f"{finding.where} {finding.period}")
    return waiver.code == entry.code and waiver.where in places and entry.waiver == waiver.reason_with_date


def _sources(figures: AuditFigures) -> list[tuple[str, str]]:
    """Return the works behind the checks that looked, each with the codes of its checks and the places in the work."""
    places: dict[str, list[str]] = {}
    for chosen in figures.checks_that_looked:
        for line in chosen.check.source.splitlines():
            address = _ADDRESS.search(line)
            end = address.end() if address else len(line)
            work, place = line[:end].strip(), line[end:].strip(" ,:;.")
            if work and not work.startswith("Indicia"):
                places.setdefault(work, []).append(f"{chosen.code}: {place}" if place else chosen.code)
    return [(work, "; ".join(of_work)) for work, of_work in sorted(places.items())]


def _methods(figures: AuditFigures) -> Iterator[str]:
    """Yield sentences on the methods of the index and of the audit."""
    from indicia_audit.verdict import CAVEAT_SOURCE, CAVEAT_URL

    draws, robust = figures.subject.draws, figures.robust
    yield Sentence("The index: {methodology}", methodology=figures.result.methodology)
    if files := figures.inspection.files:
        yield Sentence("Files: {files}", files=files)
    if draws is None or robust is None:
        yield Sentence("No uncertainty analysis: nothing can be drawn")
    else:
        yield Sentence(
            "The uncertainty analysis scores the index {count:,} times with random choices (seed {seed}): {factors}; "
            "intervals hold 90 % of the ranks, from the 5 % to the 95 % quantile",
            count=draws.draws,
            seed=figures.settings.seed,
            factors=", ".join(map(str, robust.factors)),
        )
        yield from (note for note in robust.notes if note not in figures.result.notes)
    if not figures.settings.is_full:
        yield Sentence("Checks that take long (Sobol' indices, each unit left out, unbounded frontiers) need --full")
    yield Sentence(
        "A finding about a correlation is information where the 95 % interval of the correlation covers the cut-off"
    )
    yield Sentence("The caveat of the verdict is that of {source}: {url}", source=CAVEAT_SOURCE, url=CAVEAT_URL)
    yield Sentence("Computed by Indicia {version}", version=version("indicia"))
