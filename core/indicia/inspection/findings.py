"""The findings of checks, with their severities and the waivers of the index file."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from indicia.catalogue.importing import captured_prints, plugin_of
from indicia.checks import NEEDS, SEVERITIES, Check, Finding
from indicia.errors import PluginWarning, suggest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.checks import Severity, Subject
    from indicia.definition import Waiver
    from indicia.inspection.chosen_checks import ChosenCheck

MOST = 1000
"""The largest number of findings of a check that are kept."""


@dataclass(frozen=True)
class ReportedFinding:
    """A finding, with the check that reports it, its severity, and the reason of its waiver."""

    check: Check
    plugin: str
    finding: Finding
    severity: Severity
    waiver: str | None = None

    @property
    def code(self) -> str:
        """The code of the check."""
        return self.check.code


@dataclass(frozen=True)
class SkippedCheck:
    """A check that did not look, with the reason."""

    check: Check
    plugin: str
    reason: str


def look_for(
    subject: Subject, checks: Sequence[ChosenCheck], waivers: Sequence[Waiver]
) -> tuple[list[ReportedFinding], list[SkippedCheck], list[str]]:
    """Let checks look at a subject; return their findings, the gravest first, the skipped checks, and notes."""
    reported_findings: list[ReportedFinding] = []
    skipped: list[SkippedCheck] = []
    notes: list[str] = []
    for chosen in checks:
        check, plugin = chosen.check, chosen.plugin
        if chosen.off_in:
            skipped.append(SkippedCheck(check, plugin, f"off in {chosen.off_in}: on = false in [checks.{check.code}]"))
            continue
        if lacking := [NEEDS[need] for need in check.needs if not subject.has(need)]:
            skipped.append(SkippedCheck(check, plugin, lacking[0]))
            continue
        try:
            findings = _findings(check, subject)
        except Exception as error:
            if plugin_of(check) is None:  # a bug of Indicia keeps its traceback
                raise
            reason = f"fails: {type(error).__name__}: {str(error).partition(chr(10))[0]}"
            warnings.warn(f"{plugin_of(check)}: the check {check.code} {reason}", PluginWarning, stacklevel=3)
            skipped.append(SkippedCheck(check, plugin, reason))
            continue
        if len(findings) > MOST:
            notes.append(f"{check.code} has more than {MOST:,} findings, and the first {MOST:,} are kept")
        reported_findings += (
            ReportedFinding(check, plugin, finding, chosen.severity_of(finding), _waived(check.code, finding, waivers))
            for finding in findings[:MOST]
        )
    order = {severity: place for place, severity in enumerate(SEVERITIES)}
    reported_findings.sort(key=lambda entry: (order[entry.severity], entry.code))
    notes += _idle_waivers(waivers, reported_findings, [chosen.code for chosen in checks])
    return reported_findings, skipped, notes


def _findings(check: Check, subject: Subject) -> list[Finding]:
    """Return the findings of a check; TypeError or ValueError if it yields another thing."""
    with captured_prints():
        findings = list(islice(check.look(subject), MOST + 1))
    for finding in findings:
        if not isinstance(finding, Finding):
            raise TypeError(f"look yields {finding!r:.60}, which is no Finding")
        if finding.severity not in (None, *SEVERITIES):
            raise ValueError(f"a finding has the severity {finding.severity!r:.40}")
        if not (isinstance(finding.where, str) and finding.where and isinstance(finding.sentence, str)):
            raise TypeError(f"a finding has no place or no sentence: {finding!r:.80}")
    return findings


def _waived(code: str, finding: Finding, waivers: Sequence[Waiver]) -> str | None:
    """Return the reason of the first waiver of a finding."""
    return next((waiver.reason for waiver in waivers if _matches(waiver, code, finding)), None)


def _matches(waiver: Waiver, code: str, finding: Finding) -> bool:
    places = (finding.where, f"{finding.where} {finding.period}")
    return waiver.code == code and (waiver.where is None or waiver.where in places)


def _idle_waivers(
    waivers: Sequence[Waiver], reported_findings: Sequence[ReportedFinding], codes: list[str]
) -> Iterator[str]:
    """Yield a note for each waiver that matches no finding."""
    for waiver in waivers:
        if any(_matches(waiver, entry.code, entry.finding) for entry in reported_findings):
            continue
        place = f" for {waiver.where}" if waiver.where else ""
        if waiver.code not in codes:
            remedy = suggest(waiver.code, codes) or "indicia checks lists the codes"
            yield f"the waiver of {waiver.code}{place} matches nothing: no check has this code ({remedy})"
        else:
            yield f"the waiver of {waiver.code}{place} matches no finding, and can be removed"
