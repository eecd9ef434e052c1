"""The waivers of an index file: the findings that they accept, and the waivers without effect."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from indicia.checks import WaiverFacts
from indicia.errors import suggest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from indicia.checks import Finding, WaiverState
    from indicia.definition import Origin, Waiver


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
