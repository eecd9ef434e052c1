"""The findings of checks, with their severities and the waivers of the index file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import TYPE_CHECKING

from indicia import tracing
from indicia.callers import warn
from indicia.catalogue.offers import captured_prints, plugin_of
from indicia.errors import PluginWarning, suggest
from indicia.messages.translations import in_language
from indicia_audit.checks import (
    EVIDENCE,
    LATER_NEEDS,
    NEEDS,
    SEVERITIES,
    Check,
    Finding,
    Sentence,
    Severity,
    Subject,
    WaiverFacts,
    WaiverState,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from indicia.definition import Origin, Waiver
    from indicia_audit.inspection.chosen_checks import ChosenCheck

MOST = 1000
"""The largest number of findings of a check that are kept."""

MISLED = "needs all rows, and would mislead on a sample"
"""The beginning of the reason why a check does not look at a sample of rows."""


@dataclass(frozen=True)
class ReportedFinding:
    """A finding, with the check that reports it, its severity, and the reason and the last day of its waiver."""

    check: Check
    plugin: str
    finding: Finding
    severity: Severity
    waiver: str | None = None

    @property
    def code(self) -> str:
        """The code of the check."""
        return self.check.code

    @property
    def sentence_with_remedy(self) -> str:
        """The sentence, and the remedy after it."""
        return self.advised.finding.sentence

    @property
    def advised(self) -> ReportedFinding:
        """The finding with its remedy, which is English, in the sentence."""
        finding = self.finding
        template = "{sentence} {remedy}" if finding.sentence.endswith("?") else "{sentence}; {remedy}"
        sentence = Sentence(template, sentence=finding.sentence, remedy=finding.remedy) if finding.remedy else None
        return replace(self, finding=replace(finding, sentence=sentence or finding.sentence))

    @property
    def is_of_data(self) -> bool:
        """True if the check looks at the data alone, so that the sentence may have raw values."""
        return not any(need in LATER_NEEDS for need in self.check.needs)

    @property
    def without_raw_values(self) -> ReportedFinding:
        """The finding with the title of the check in place of the sentence, value and remedy."""
        return replace(self, finding=replace(self.finding, value=None, sentence=self.check.title, remedy=""))

    def in_language(self, language: str | None, names: Mapping[str, str] | None = None) -> str:
        """Return the sentence in a language, with names for its readers; in English without a translation."""
        return in_language(self.finding.sentence, language, type(self.check), names)

    @property
    def is_waived(self) -> bool:
        """True if a waiver accepts the finding."""
        return self.waiver is not None

    @property
    def is_problem(self) -> bool:
        """True for an error or a warning that no waiver accepts."""
        return not self.is_waived and self.severity != "information"


@dataclass(frozen=True)
class SkippedCheck:
    """A check that did not look, with the reason."""

    check: Check
    plugin: str
    reason: str


def look_for(
    subject: Subject,
    checks: Sequence[ChosenCheck],
    waivers: Sequence[Waiver],
    origin: Origin,
    day: date | None = None,
) -> tuple[list[ReportedFinding], list[SkippedCheck], list[str]]:
    """Let checks look at a subject; return their findings, the gravest first, the skipped checks, and notes.

    Checks of findings look after all others. `day` is the day on which waivers are judged, by default today.
    """
    day = day or today()
    first = [chosen for chosen in checks if "findings" not in chosen.check.needs]
    looks = [_look(chosen, subject, waivers, day) for chosen in first]
    facts = facts_of_waivers(
        waivers,
        findings=[(entry.code, entry.finding) for look in looks for entry in look.findings],
        codes=[chosen.code for chosen in checks],
        # the check of waivers comes last, and a waiver of its findings cannot be judged before
        undecided={look.code for look in looks if look.is_partial} | {chosen.code for chosen in checks} - _codes(first),
        skipped={look.code: look.skipped.reason for look in looks if look.skipped},
        origin=origin,
        day=day,
    )
    subject = replace(subject, waivers=facts)
    looks += [_look(chosen, subject, waivers, day) for chosen in checks if "findings" in chosen.check.needs]
    order = {severity: place for place, severity in enumerate(SEVERITIES)}
    reported_findings = [entry for look in looks for entry in look.findings]
    reported_findings.sort(key=lambda entry: (order[entry.severity], entry.code))
    notes = [
        f"{look.code} has more than {MOST:,} findings, and the first {MOST:,} are kept" for look in looks if look.is_cut
    ]
    return reported_findings, [look.skipped for look in looks if look.skipped], notes


def _codes(checks: Sequence[ChosenCheck]) -> set[str]:
    return {chosen.code for chosen in checks}


@dataclass(frozen=True)
class _Look:
    """The outcome of one check."""

    code: str
    findings: tuple[ReportedFinding, ...] = ()
    skipped: SkippedCheck | None = None
    is_partial: bool = False
    """True if the check did not look at all that it can look at."""
    is_cut: bool = False
    """True if there are more findings than are kept."""


def _look(chosen: ChosenCheck, subject: Subject, waivers: Sequence[Waiver], day: date) -> _Look:
    """Let a check look at a subject, unless it is off or the subject lacks what the check needs."""
    check, plugin = chosen.check, chosen.plugin
    is_partial = any(need in LATER_NEEDS and not subject.has(need) for need in (*check.needs, *check.uses))
    if chosen.off_in:
        reason = f"off in {chosen.off_in}: on = false in [checks.{check.code}]"
        return _Look(check.code, skipped=SkippedCheck(check, plugin, reason), is_partial=True)
    # a finding on a sample of rows may miss rows that a waiver names
    is_partial = is_partial or (subject.sample is not None and check.evidence != "statistics")
    if lacking := [subject.absences.get(need, NEEDS[need]) for need in check.needs if not subject.has(need)]:
        return _Look(check.code, skipped=SkippedCheck(check, plugin, lacking[0]), is_partial=is_partial)
    if subject.sample is not None and check.evidence == "all rows":
        reason = f"{MISLED}: {subject.sample}"
        return _Look(check.code, skipped=SkippedCheck(check, plugin, reason), is_partial=True)
    try:
        findings = _findings(check, subject)
    except Exception as error:
        if plugin_of(check) is None:  # a bug of Indicia keeps its traceback
            raise
        reason = f"fails: {type(error).__name__}: {str(error).partition(chr(10))[0]}"
        warn(f"{plugin_of(check)}: the check {check.code} {reason}", PluginWarning)
        return _Look(check.code, skipped=SkippedCheck(check, plugin, reason), is_partial=True)
    reported = tuple(
        ReportedFinding(
            check, plugin, finding, chosen.severity_of(finding), acceptance(check.code, finding, waivers, day)
        )
        for finding in findings[:MOST]
    )
    is_cut = len(findings) > MOST
    return _Look(check.code, reported, is_partial=is_partial or is_cut, is_cut=is_cut)


def _findings(check: Check, subject: Subject) -> list[Finding]:
    """Return the findings of a check; TypeError or ValueError if it yields another thing."""
    with captured_prints():
        got = {"raw values": subject.raw} if tracing.is_on() else {}
        findings = tracing.called(check, "the index", got, lambda: list(islice(check.look(subject), MOST + 1)))
    for finding in findings:
        if not isinstance(finding, Finding):
            raise TypeError(f"look yields {finding!r:.60}, which is no Finding")
        if finding.severity not in (None, *SEVERITIES):
            raise ValueError(f"a finding has the severity {finding.severity!r:.40}")
        if not (isinstance(finding.where, str) and finding.where and isinstance(finding.sentence, str)):
            raise TypeError(f"a finding has no place or no sentence: {finding!r:.80}")
        if finding.evidence not in (None, *EVIDENCE):
            raise ValueError(f"a finding has the evidence {finding.evidence!r:.40}")
    return [_with_sample(finding, check, subject) for finding in findings]


def _with_sample(finding: Finding, check: Check, subject: Subject) -> Finding:
    """Return a finding with the sample of rows in its sentence, if it is about a sample."""
    if subject.sample is None or (finding.evidence or check.evidence) == "statistics":
        return finding
    sentence = Sentence("{sentence} ({sample})", sentence=finding.sentence, sample=subject.sample)
    return replace(finding, sentence=sentence, evidence="sample")


def today() -> date:
    """Return the day in universal time, by which waivers expire."""
    return datetime.now(UTC).date()


def acceptance(code: str, finding: Finding, waivers: Sequence[Waiver], day: date) -> str | None:
    """Return the reason of the first waiver that accepts a finding on a day, with its last day; None without one."""
    return next(
        (
            waiver.reason_with_date
            for waiver in waivers
            if _matches(waiver, code, finding) and not _expired(waiver, day)
        ),
        None,
    )


def _expired(waiver: Waiver, day: date) -> bool:
    return waiver.until is not None and day > waiver.until


def _matches(waiver: Waiver, code: str, finding: Finding) -> bool:
    places = (finding.where, f"{finding.where} {finding.period}")
    return waiver.code == code and (waiver.where is None or waiver.where in places)


def facts_of_waivers(
    waivers: Sequence[Waiver],
    findings: Sequence[tuple[str, Finding]],
    codes: Collection[str],
    undecided: Collection[str],
    skipped: Mapping[str, str],
    origin: Origin,
    day: date,
) -> tuple[WaiverFacts, ...]:
    """Return the waivers with their effect.

    Parameters
    ----------
    waivers, origin
        The waivers of the index file, and the file.
    findings
        The findings of all other checks, each after the code of its check.
    codes
        The codes of all checks.
    undecided
        The codes of checks that are off, that fail, or that find more in another command.
    skipped
        By code, the reason why the other skipped checks have no finding.
    day
        The day on which waivers are judged.
    """
    facts = []
    for number, waiver in enumerate(waivers):
        is_used = any(_matches(waiver, code, finding) for code, finding in findings)
        state = _state(waiver, is_used, codes, undecided, day)
        detail = (suggest(waiver.code, codes) or "") if state == "unknown" else skipped.get(waiver.code, "")
        line = origin.where(["waivers", number]) if origin.path else None
        place = "" if line is None else line.split(maxsplit=1)[0]
        facts.append(WaiverFacts(waiver.code, waiver.reason, state, waiver.where, waiver.until, place, detail))
    return tuple(facts)


def _state(waiver: Waiver, is_used: bool, codes: Collection[str], undecided: Collection[str], day: date) -> WaiverState:
    if waiver.code not in codes:
        return "unknown"
    if _expired(waiver, day):
        return "expired" if is_used or waiver.code in undecided else "expired idle"
    if is_used:
        return "used"
    return "undecided" if waiver.code in undecided else "idle"
