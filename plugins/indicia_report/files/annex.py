"""The annex of an audit for a publication: its content in order, before any format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

from indicia.audit import CAVEAT_URL
from indicia.citations import render
from indicia.definition import text
from indicia.documents.annex_tables import AnnexTable, annex_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.audit import Audit
    from indicia.definition import Waiver
    from indicia.inspection import ReportedFinding

Mark = Literal["error", "warning", "information", "waived"]

_ADDRESS = re.compile(r"(?:https?://|doi:)\S*[\w/]")
_PLACES = 25
"""The largest number of findings of a check that an annex lists."""


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
    sources: tuple[str, ...]
    """The works behind the checks."""


def annex_of(audit: Audit, language: str | None = None) -> Annex:
    """Return the annex of an audit, with the name of the index in a language."""
    manifest = audit.manifest
    profile = audit.settings.profile
    purpose = f": {profile.description}" if profile.description else ""
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
        tables=tuple(annex_table(audit, name, language) for name in audit.annex_tables),
        profile=(f"Profile {profile.name}{purpose}", f"SHA-256 of the profile: {profile.sha256[:16]}…"),
        thresholds=_thresholds(audit),
        waivers=_waivers(audit),
        method=tuple(_method(audit, language)),
        citations=tuple(line.strip() for line in render(audit.cite(), "text").splitlines() if line.startswith("  ")),
        sources=tuple(_sources(audit)),
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
    headings = ("Chapter", "Checks", "Errors", "Warnings", "Info", "Waived", "Not run")
    return AnnexTable("summary", "Findings by chapter", headings, rows, (False, *[True] * 6))


def _mark(entry: ReportedFinding) -> Mark:
    return "waived" if entry.is_waived else entry.severity


def _chapters(audit: Audit) -> Iterator[AnnexChapter]:
    for chapter in audit.chapters:
        groups: dict[tuple[Mark, str], list[ReportedFinding]] = {}
        for waived in (False, True):
            for entry in chapter.findings:
                if entry.is_waived == waived:
                    groups.setdefault((_mark(entry), entry.code), []).append(entry)
        codes = {entry.code for entry in chapter.findings}
        silent = [check.code for check in chapter.checks if check.code not in codes]
        lines = [f"Without a finding: {', '.join(silent)}."] if silent else []
        reasons: dict[str, list[str]] = {}
        for skip in chapter.skipped:
            reasons.setdefault(skip.reason, []).append(skip.check.code)
        lines += [f"Not run: {', '.join(names)} ({reason})." for reason, names in reasons.items()]
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
    sentence = entry.sentence_with_remedy if with_remedy else entry.finding.sentence
    reason = f" (waived: {entry.waiver})" if entry.waiver else ""
    return f"{sentence}{reason}"


def _thresholds(audit: Audit) -> AnnexTable:
    """Return the checks that looked with their thresholds."""
    absent = {skip.check.code for skip in audit.skipped_checks}
    rows = tuple(
        (
            chosen.code,
            chosen.check.title,
            "; ".join(f"{word} = {_setting(value)}" for word, value in chosen.settings.items()),
        )
        for chosen in audit.checks
        if chosen.code not in absent
    )
    headings = ("Code", "Check", "Thresholds")
    return AnnexTable("thresholds", "Checks and thresholds", headings, rows, (False,) * len(headings))


def _sources(audit: Audit) -> Iterator[str]:
    """Yield the works behind the checks that looked, each with the codes of its checks and the places in the work."""
    absent = {skip.check.code for skip in audit.skipped_checks}
    places: dict[str, list[str]] = {}
    for chosen in audit.checks:
        for line in chosen.check.source.splitlines():
            address = _ADDRESS.search(line)
            end = address.end() if address else len(line)
            work, place = line[:end].strip(), line[end:].strip(" ,:;.")
            if chosen.code not in absent and work and not work.startswith("Indicia"):
                places.setdefault(work, []).append(f"{chosen.code}: {place}" if place else chosen.code)
    yield from (f"{work} [{'; '.join(of_work)}]" for work, of_work in sorted(places.items()))


def _setting(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
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
