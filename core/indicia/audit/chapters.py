"""The chapters of an audit: its checks by the letters of their codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia.checks import CHAPTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indicia.inspection import ReportedFinding
    from indicia.inspection.chosen_checks import ChosenCheck
    from indicia.inspection.findings import SkippedCheck

FURTHER = "Other checks"
"""The heading of checks with other codes, which plugins offer."""


@dataclass(frozen=True)
class Chapter:
    """The findings of checks about one subject."""

    heading: str
    findings: tuple[ReportedFinding, ...]
    """The gravest first, waived ones included."""
    checks: tuple[ChosenCheck, ...]
    """The checks that looked."""
    skipped: tuple[SkippedCheck, ...]
    """The checks that did not look."""

    @property
    def is_sound(self) -> bool:
        """True if checks looked, and found no error and no warning but waived ones."""
        return bool(self.checks) and not any(entry.is_problem for entry in self.findings)

    def document(self, line_of: Callable[[str], int | None]) -> dict[str, Any]:
        """Return the chapter as plain data; `line_of` returns the line of the index file behind a place."""
        return {
            "heading": self.heading,
            "checks": [check.code for check in self.checks],
            "findings": [_plain(entry, line_of(entry.finding.where)) for entry in self.findings],
            "skipped": [
                {"code": skip.check.code, "title": skip.check.title, "reason": skip.reason} for skip in self.skipped
            ],
        }


def _plain(entry: ReportedFinding, line: int | None) -> dict[str, Any]:
    """Return a finding as plain data."""
    finding = entry.finding
    return {
        "code": entry.code,
        "title": entry.check.title,
        "severity": entry.severity,
        "where": finding.where,
        "period": finding.period,
        "line": line,
        "value": finding.value,
        "threshold": finding.threshold,
        "sentence": finding.sentence,
        "remedy": finding.remedy or None,
        "waived": entry.waiver,
        "plugin": entry.plugin,
    }


def heading_of(code: str) -> str:
    """Return the heading of the chapter of a code.

    >>> heading_of("C03"), heading_of("HOUSE01")
    ('Coherence', 'Other checks')
    """
    return CHAPTERS.get(code[:-2], FURTHER)


def chapters_of(
    findings: Sequence[ReportedFinding], checks: Sequence[ChosenCheck], skipped: Sequence[SkippedCheck]
) -> tuple[Chapter, ...]:
    """Return the chapters that have a check, in the order of an audit."""
    absent = {skip.check.code for skip in skipped}
    looked = [check for check in checks if check.code not in absent]
    chapters = (
        Chapter(
            heading,
            tuple(entry for entry in findings if heading_of(entry.code) == heading),
            tuple(check for check in looked if heading_of(check.code) == heading),
            tuple(skip for skip in skipped if heading_of(skip.check.code) == heading),
        )
        for heading in (*CHAPTERS.values(), FURTHER)
    )
    return tuple(chapter for chapter in chapters if chapter.findings or chapter.checks or chapter.skipped)
