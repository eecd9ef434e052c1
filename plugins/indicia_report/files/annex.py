"""The annex of an audit for a publication: its content in order, before any format."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING

from indicia.audit import CAVEAT_URL
from indicia.citations import render
from indicia.definition import text
from indicia.documents.blocks import Finding, Heading, Items, Line, TextTable
from indicia_report.files.annex_tables import annex_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.audit import Audit
    from indicia.definition import Waiver
    from indicia.documents.blocks import Block
    from indicia.inspection import ReportedFinding

_ADDRESS = re.compile(r"(?:https?://|doi:)\S*[\w/]")
_PLACES = 25
"""The largest number of findings of a check that an annex lists."""


def annex_of(audit: Audit, language: str | None = None) -> list[Block]:
    """Return the annex of an audit as the blocks of a document, with the names of units in a language."""
    profile = audit.settings.profile
    purpose = f": {profile.description}" if profile.description else ""
    period = audit.manifest.get("period")
    facts = [
        audit.inspection.size,
        *([f"Period: {period}"] if period else []),
        *([f"Files: {audit.inspection.files}"] if audit.inspection.files else []),
        f"Computed by Indicia {version('indicia')}",
    ]
    tables: list[Block] = [annex_table(audit, name, language) for name in audit.annex_tables]
    if tables:
        tables.insert(0, Heading("Tables", "tables"))
    works = [line.strip() for line in render(audit.cite(), "text").splitlines() if line.startswith("  ")]
    return [
        Items(facts),
        Heading("Verdict", "verdict"),
        Line(f"{audit.verdict} {CAVEAT_URL}"),
        _summary(audit),
        *_chapters(audit),
        *tables,
        Heading("Profile and thresholds", "profile"),
        Items([f"Profile {profile.name}{purpose}", f"SHA-256 of the profile: {profile.sha256[:16]}…"]),
        _thresholds(audit),
        *_waivers(audit),
        Heading("Methods", "methods"),
        Items([*_method(audit, language)]),
        Heading("Sources of the checks", "sources"),
        Items([*_sources(audit)]),
        Heading("How to cite", "cite"),
        Items(works),
    ]


def title_of(audit: Audit, language: str | None = None) -> str:
    """Return the title of an annex, with the name of the index in a language."""
    return f"Statistical audit of {text(audit.definition.name, language)}"


def _summary(audit: Audit) -> TextTable:
    """Return the numbers of findings by chapter."""
    marks = ("error", "warning", "information", "waived")
    rows = [
        (
            chapter.heading,
            str(len(chapter.checks)),
            *(str(sum(_mark(entry) == mark for entry in chapter.findings)) for mark in marks),
            str(len(chapter.skipped)),
        )
        for chapter in audit.chapters
    ]
    headings = ("Chapter", "Checks", "Errors", "Warnings", "Info", "Waived", "Not run")
    return TextTable(headings, rows, (False, *[True] * 6), "Findings by chapter")


def _mark(entry: ReportedFinding) -> str:
    return "waived" if entry.is_waived else entry.severity


def _chapters(audit: Audit) -> Iterator[Block]:
    """Yield the findings of each chapter, then the checks without a finding and the checks that did not look."""
    for number, chapter in enumerate(audit.chapters, 1):
        yield Heading(chapter.heading, f"chapter-{number}")
        groups: dict[tuple[str, str], list[ReportedFinding]] = {}
        for entry in sorted(chapter.findings, key=lambda entry: entry.is_waived):
            groups.setdefault((_mark(entry), entry.code), []).append(entry)
        yield from (_finding(mark, members) for (mark, _), members in groups.items())
        codes = {entry.code for entry in chapter.findings}
        silent = [check.code for check in chapter.checks if check.code not in codes]
        yield from [Line(f"Without a finding: {', '.join(silent)}.", is_note=True)] if silent else []
        reasons: dict[str, list[str]] = {}
        for skip in chapter.skipped:
            reasons.setdefault(skip.reason, []).append(skip.check.code)
        for reason, names in reasons.items():
            yield Line(f"Not run: {', '.join(names)} ({reason}).", is_note=True)


def _finding(mark: str, members: Sequence[ReportedFinding]) -> Finding:
    remedies = {entry.finding.remedy for entry in members}
    shared = remedies.pop() if len(remedies) == 1 else None
    lines = [_line(entry, with_remedy=shared is None) for entry in members[:_PLACES]]
    more = len(members) - _PLACES
    lines += [f"and {more:,} more"] if more > 0 else []
    first = members[0]
    return Finding(mark, first.code, first.check.title, lines, shared or "")


def _line(entry: ReportedFinding, *, with_remedy: bool) -> str:
    """Return a finding in a line, with the reason of its waiver."""
    sentence = entry.sentence_with_remedy if with_remedy else entry.finding.sentence
    reason = f" (waived: {entry.waiver})" if entry.waiver else ""
    return f"{sentence}{reason}"


def _thresholds(audit: Audit) -> TextTable:
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
    return TextTable(headings, rows, (False,) * len(headings), "Checks and thresholds")


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


def _waivers(audit: Audit) -> Iterator[Block]:
    """Yield the heading and the waivers of the index file, if there are any."""
    rows = tuple(
        (
            waiver.code,
            waiver.where or "all",
            waiver.reason,
            str(waiver.until or ""),
            str(sum(_accepts(waiver, entry) for entry in audit.waived)),
        )
        for waiver in audit.definition.waivers
    )
    headings = ("Code", "Place", "Reason", "Until", "Findings")
    if rows:
        yield Heading("Waivers", "accepted")
        yield TextTable(headings, rows, (False, False, False, False, True), "Accepted findings")


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
