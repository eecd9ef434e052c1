"""The chapters of an audit: its checks by the letters of their codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.notes import Note
from indicia_audit.checks import CHAPTERS, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia_audit.inspection import ReportedFinding
    from indicia_audit.inspection.chosen_checks import ChosenCheck
    from indicia_audit.inspection.findings import SkippedCheck

FURTHER = "Other checks"
"""The heading of checks with other codes, which plugins offer."""
_ALSO = 3
"""The largest number of further places that a line names, and of further lines about one place."""


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

    def lines(self) -> Iterator[Note]:
        """Yield a line for each check and severity, the gravest first, then the waived findings.

        Further findings about the place of the first one have lines of their own, since their sentences differ.
        """
        groups: dict[tuple[str, str], list[ReportedFinding]] = {}
        for entry in self.findings:
            if not entry.is_waived:
                groups.setdefault((entry.severity, entry.code), []).append(entry)
        for (severity, code), members in groups.items():
            place, about = members[0].finding.where, {"severity": severity, "code": code}
            others = list(dict.fromkeys(entry.finding.where for entry in members[1:] if entry.finding.where != place))
            also = f"; also {named(others, _ALSO)}" if others else ""
            first = members[0] if severity == "information" else members[0].advised
            yield Note("finding", **about, finding=first, also=also)
            same_place = [entry for entry in members[1:] if entry.finding.where == place]
            yield from (Note("finding", **about, finding=entry, also="") for entry in same_place[:_ALSO])
            if (more := len(same_place) - _ALSO) > 0:
                yield Note("findings_more", **about, count=more, place=place)
        for entry in self.findings:
            if entry.is_waived:
                yield Note("finding_waived", code=entry.code, finding=entry, reason=entry.waiver)


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
