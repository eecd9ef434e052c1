"""The annex of an audit for a publication: its content in order, before any format."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

from indicia.audit import CAVEAT_URL
from indicia.citations import render
from indicia.data import column_texts
from indicia.definition import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from indicia.audit import Audit
    from indicia.definition import Waiver
    from indicia.inspection import ReportedFinding

Mark = Literal["error", "warning", "information", "waived"]

_PLACES = 25
"""The largest number of findings of a check that an annex lists."""
_ROWS = 250
"""The largest number of rows of a table in an annex."""
_CAPTIONS = {
    "node_correlations": "Correlations of parts with their node and with other nodes",
    "reliability": "Reliability of the nodes",
    "items": "Reliability by indicator",
    "adequacy": "Adequacy for components and factors",
    "eigenvalues": "Eigenvalues of the correlations inside nodes",
    "importance": "Importance and weight of the parts",
    "weights_for_importance": "Weights that would make importance equal to the weights",
    "intervals": "Ranks, and the intervals of the ranks in the draws",
}
"""The captions of tables; another table has its name."""


@dataclass(frozen=True)
class AnnexTable:
    """A table of texts."""

    name: str
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[bool, ...]
    """True for the columns that hold numbers."""
    note: str = ""
    """A sentence below the table."""


@dataclass(frozen=True)
class Group:
    """The findings of one check with one severity."""

    mark: Mark
    code: str
    title: str
    lines: tuple[str, ...]
    """A sentence for each finding, and the number of those that are not listed."""
    remedy: str = ""
    """The remedy of all findings, if it is the same."""


@dataclass(frozen=True)
class AnnexChapter:
    """A chapter of an annex."""

    heading: str
    groups: tuple[Group, ...]
    lines: tuple[str, ...]
    """The checks without a finding, and the checks that did not look."""


@dataclass(frozen=True)
class Annex:
    """The content of an annex, in the order of its sections."""

    title: str
    facts: tuple[str, ...]
    verdict: str
    caveat_url: str
    summary: AnnexTable
    chapters: tuple[AnnexChapter, ...]
    tables: tuple[AnnexTable, ...]
    profile: tuple[str, ...]
    thresholds: AnnexTable
    waivers: AnnexTable | None
    method: tuple[str, ...]
    citations: tuple[str, ...]


def annex_of(audit: Audit, language: str | None = None) -> Annex:
    """Return the annex of an audit, with the name of the index in a language."""
    manifest = audit.manifest
    profile = audit.settings.profile
    about = f": {profile.description}" if profile.description else ""
    files = [f"Files: {audit.inspection.files}"] if audit.inspection.files else []
    period = manifest.get("period")
    return Annex(
        title=f"Statistical audit of {text(audit.definition.name, language)}",
        facts=(
            audit.inspection.size,
            *([f"Period: {period}"] if period else []),
            *files,
            f"Computed by Indicia {version('indicia')}",
        ),
        verdict=audit.verdict,
        caveat_url=CAVEAT_URL,
        summary=_summary(audit),
        chapters=tuple(_chapters(audit)),
        tables=tuple(_table(name, audit.frame(name)) for name in audit.annex_tables),
        profile=(f"Profile {profile.name}{about}", f"SHA-256 of the profile: {profile.sha256[:16]}…"),
        thresholds=_thresholds(audit),
        waivers=_waivers(audit),
        method=tuple(_method(audit, language)),
        citations=tuple(line.strip() for line in render(audit.cite(), "text").splitlines() if line.startswith("  ")),
    )


def _summary(audit: Audit) -> AnnexTable:
    """Return the numbers of findings by chapter."""
    marks: tuple[Mark, ...] = ("error", "warning", "information", "waived")
    rows = tuple(
        (
            chapter.heading,
            str(len(chapter.checks)),
            *(str(sum(_mark(entry) == mark for entry in chapter.findings)) for mark in marks),
            str(len(chapter.skipped)),
        )
        for chapter in audit.chapters
    )
    headings = ("Chapter", "Checks", "Errors", "Warnings", "Information", "Waived", "Not run")
    return AnnexTable("summary", "Findings by chapter", headings, rows, (False, *[True] * 6))


def _mark(entry: ReportedFinding) -> Mark:
    return entry.severity if entry.waiver is None else "waived"


def _chapters(audit: Audit) -> Iterator[AnnexChapter]:
    for chapter in audit.chapters:
        groups: dict[tuple[Mark, str], list[ReportedFinding]] = {}
        for waived in (False, True):
            for entry in chapter.findings:
                if (entry.waiver is not None) == waived:
                    groups.setdefault((_mark(entry), entry.code), []).append(entry)
        codes = {entry.code for entry in chapter.findings}
        silent = [check.code for check in chapter.checks if check.code not in codes]
        lines = [f"Without a finding: {', '.join(silent)}."] if silent else []
        reasons: dict[str, list[str]] = {}
        for skip in chapter.skipped:
            reasons.setdefault(skip.reason, []).append(skip.check.code)
        lines += [f"Not run: {', '.join(names)}, since {reason}." for reason, names in reasons.items()]
        yield AnnexChapter(
            chapter.heading,
            tuple(_group(mark, members) for (mark, _), members in groups.items()),
            tuple(lines),
        )


def _group(mark: Mark, members: Sequence[ReportedFinding]) -> Group:
    remedies = {entry.finding.remedy for entry in members}
    shared = remedies.pop() if len(remedies) == 1 else None
    lines = [_line(entry, with_remedy=shared is None) for entry in members[:_PLACES]]
    more = len(members) - _PLACES
    lines += [f"and {more:,} more"] if more > 0 else []
    first = members[0]
    return Group(mark, first.code, first.check.title, tuple(lines), shared or "")


def _line(entry: ReportedFinding, *, with_remedy: bool) -> str:
    """Return a finding in a line, with the reason of its waiver."""
    remedy = f"; {entry.finding.remedy}" if with_remedy and entry.finding.remedy else ""
    reason = f" (waived: {entry.waiver})" if entry.waiver else ""
    return f"{entry.finding.sentence}{remedy}{reason}"


def _table(name: str, frame: pl.DataFrame) -> AnnexTable:
    """Return the first rows of a table of an audit as texts."""
    shown = frame.head(_ROWS)
    columns = [column_texts(_rounded(column)) for column in shown]
    more = len(frame) - len(shown)
    note = f"The first {_ROWS} of {len(frame):,} rows; indicia audit --show {name} writes all" if more > 0 else ""
    return AnnexTable(
        name,
        _CAPTIONS.get(name, name.replace("_", " ").capitalize()),
        tuple(column.replace("_", " ") for column in shown.columns),
        tuple(zip(*columns, strict=True)),
        tuple(dtype.is_numeric() for dtype in shown.dtypes),
        note,
    )


def _rounded(column: pl.Series) -> pl.Series:
    return column.round_sig_figs(4) if column.dtype.is_float() else column


def _thresholds(audit: Audit) -> AnnexTable:
    """Return the checks with their thresholds and sources."""
    rows = tuple(
        (
            chosen.code,
            chosen.check.title,
            ", ".join(f"{word} = {_number(value)}" for word, value in chosen.settings.items()),
            "; ".join(chosen.check.source.splitlines()),
        )
        for chosen in audit.checks
    )
    return AnnexTable(
        "thresholds", "Checks and thresholds", ("Code", "Check", "Thresholds", "Source"), rows, (False,) * 4
    )


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _waivers(audit: Audit) -> AnnexTable | None:
    """Return the waivers of the index file; None if there are none."""
    waivers = audit.definition.waivers
    if not waivers:
        return None
    rows = tuple(
        (
            waiver.code,
            waiver.where or "all",
            waiver.reason,
            str(waiver.until or ""),
            str(sum(_accepts(waiver, entry) for entry in audit.waived)),
        )
        for waiver in waivers
    )
    headings = ("Code", "Place", "Reason", "Until", "Findings")
    return AnnexTable("waivers", "Accepted findings", headings, rows, (False, False, False, False, True))


def _accepts(waiver: Waiver, entry: ReportedFinding) -> bool:
    """Return True if a waiver accepts a finding."""
    finding = entry.finding
    places = (None, finding.where, f"{finding.where} {finding.period}")
    return waiver.code == entry.code and waiver.where in places and entry.waiver == waiver.reason_with_date


def _method(audit: Audit, language: str | None) -> Iterator[str]:
    """Yield sentences on the methods of the index and of the audit."""
    yield f"The index: {audit.result.methodology}"
    draws, robust, settings = audit.subject.draws, audit.robust, audit.settings
    if draws is None or robust is None:
        yield "No uncertainty analysis: nothing can be drawn"
    else:
        yield (
            f"The uncertainty analysis scores the index {draws.draws:,} times with random choices (seed "
            f"{settings.seed}): {', '.join(map(str, robust.factors))}; intervals hold 90 % of the ranks, from the 5 % "
            "to the 95 % quantile"
        )
    if not settings.is_full:
        yield "Checks that take long (Sobol' indices, each unit left out, unbounded frontiers) need --full"
    yield "A finding about a correlation is information where the 95 % interval of the correlation covers the cut-off"
    names = audit.reader_names(language)
    notes = [note.in_language("en", names) for note in (*(robust.notes if robust else ()), *audit.notes)]
    yield from dict.fromkeys([*notes, *audit.remarks])
