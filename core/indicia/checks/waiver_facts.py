"""The waivers of an index file, as the check of waivers sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from datetime import date

WaiverState: TypeAlias = Literal["used", "idle", "expired", "expired idle", "unknown", "undecided"]
"""The effect of a waiver.

- used: it accepts a finding;
- idle: its check has looked, and no finding matches the waiver;
- expired: its last day is over, and the findings that match it, if there are any, count again;
- expired idle: its last day is over, its check has looked, and no finding matches it;
- unknown: no check has its code;
- undecided: no finding matches it, and its check is off, fails, or finds more in another command.
"""


@dataclass(frozen=True)
class WaiverFacts:
    """A table of `[[waivers]]`, and its effect."""

    code: str
    reason: str
    state: WaiverState
    where: str | None = None
    """The place that it names; None for all findings of the check."""
    until: date | None = None
    """The last day on which it accepts findings."""
    line: str = ""
    """The file and the number of its line; empty without an index file."""
    detail: str = ""
    """Of an unknown code the nearest code; of an idle waiver the reason why the check is skipped."""
