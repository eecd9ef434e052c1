"""The check of the waivers of an index file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia_audit.checks import Check, Finding, Sentence, Subject, WaiverFacts

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class IdleWaiver(Check):
    """Find waivers that match no finding, have expired, or name a code that no check has.

    A waiver is not judged if its check is off, or looks at more in an audit than in `indicia check`.
    """

    code = "V01"
    title = "a waiver without effect"
    severity = "warning"
    source = "Indicia"
    evidence = "statistics"
    why = (
        "A waiver is a decision about a finding. If the finding is gone, the waiver would accept a new problem at the "
        "same place before anybody sees it. If its last day is over, the decision has to be taken again."
    )
    example = (
        "An index file waives D05 for income, and income has a logarithm since then: "
        '"the waiver of D05 for income matches no finding".'
    )
    advice = (
        "Remove the table from [[waivers]]. If its last day is over and the finding is still accepted, write a later "
        "day in until, with a reason that holds today."
    )
    needs = ("findings",)

    @classmethod
    def planted(cls) -> tuple[Subject, str]:
        waiver = WaiverFacts("D05", "a landfill", "idle", where="income")
        return Subject.of(
            pl.DataFrame({"city": ["Lima"]}), pl.DataFrame({"income": [1.0]}), waivers=(waiver,)
        ), "income"

    def look(self, subject: Subject) -> Iterator[Finding]:
        for waiver in sorted(subject.waivers or (), key=lambda waiver: (waiver.code, waiver.where or "", waiver.line)):
            if waiver.state not in ("used", "undecided"):
                line = f" ({waiver.line})" if waiver.line else ""
                sentence, remedy = _words(waiver, line)
                yield Finding(waiver.where or "index", None, None, sentence, remedy)


def _words(waiver: WaiverFacts, line: str) -> tuple[str, str]:
    """Return the sentence and the remedy of a finding."""
    name = Sentence("the waiver of {code}", code=waiver.code) + (
        Sentence(" for {where}", where=waiver.where) if waiver.where else ""
    )
    if waiver.state == "unknown":
        return Sentence("{name} names a code that no check has", name=name), (
            waiver.detail or "indicia checks lists the codes"
        ) + line
    if waiver.state == "expired":
        remedy = f"answer the finding, or write a later day in until, with a reason that holds today{line}"
        return Sentence(
            "the last day of {name}, {until}, is over, and its findings count again", name=name, until=waiver.until
        ), remedy
    remedy = f"remove it from [[waivers]]{line}"
    if waiver.state == "expired idle":
        return Sentence(
            "the last day of {name}, {until}, is over, and it matches no finding", name=name, until=waiver.until
        ), remedy
    return Sentence("{name} matches no finding", name=name) + (
        Sentence(", as {detail}", detail=waiver.detail) if waiver.detail else ""
    ), remedy
