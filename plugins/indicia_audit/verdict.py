"""The verdict of an audit: one paragraph with the figures that a statistical audit of the JRC gives first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import ROOT
from indicia_audit.checks import SEVERITIES, Listed, Sentence, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_audit.chapters import Chapter
    from indicia_audit.checks import Severity, Subject
    from indicia_statistics.coherence import Coherence
    from indicia_statistics.node_importance import Importance

CAVEAT = (
    "Statistical soundness is necessary for an index, and not sufficient: it does not show that the index measures its "
    "concept, and the correlation of an indicator with the index need not be its influence on the index"
)
CAVEAT_SOURCE = "European Commission, Joint Research Centre (2023), Statistical Audit of the Global Innovation Index"
CAVEAT_URL = (
    "https://knowledge4policy.ec.europa.eu/publication/"
    "joint-research-centre-jrc-statistical-audit-2023-global-innovation-index_en"
)
"""The caveat of the JRC's audits, and its source."""

_SILENT = 0.3
"""The correlation with its dimension below which an indicator is silent (Becker et al. 2019)."""
_GAP = 0.5
"""The difference between importance and weight that counts, as a share of the weight."""


@dataclass(frozen=True)
class Verdict:
    """The facts of a verdict."""

    chapters: tuple[Chapter, ...]
    subject: Subject

    @property
    def paragraph(self) -> Sentence:
        """The verdict in one paragraph, which ends with the caveat of the JRC."""
        caveat = Sentence("{caveat} ({source})", caveat=Sentence(CAVEAT), source=CAVEAT_SOURCE)
        return Listed((Sentence("{sentence}.", sentence=sentence) for sentence in (*self.sentences(), caveat)), " ")

    def sentences(self) -> Iterator[str]:
        """Yield the sentences before the caveat, each without its full stop."""
        yield _counts(self.chapters)
        yield from _troubled(self.chapters, "error")
        yield from _troubled(self.chapters, "warning")
        sound = [Sentence(chapter.heading.lower()) for chapter in self.chapters if chapter.is_sound]
        if sound:
            yield Sentence("No error and no warning concerns {chapters}", chapters=Listed(sound))
        if self.subject.run is not None:
            yield from _coherence(self.subject.coherence)
            yield from _balance(self.subject.importance)
        if (draws := self.subject.draws) is not None and len(draws.intervals):
            yield Sentence("Robustness: {shift}", shift=draws.shift_in_words())


def _counts(chapters: tuple[Chapter, ...]) -> str:
    """Return the numbers of findings by severity."""
    findings = [entry for chapter in chapters for entry in chapter.findings]
    errors, warnings, rest = (
        sum(entry.severity == severity and not entry.is_waived for entry in findings) for severity in SEVERITIES
    )
    looked = sum(len(chapter.checks) for chapter in chapters)
    report = Sentence(
        "{checks} report {errors} and {warnings}",
        checks=_counted(looked, "check"),
        errors=_counted(errors, "error") if errors else Sentence("no error"),
        warnings=_counted(warnings, "warning") if warnings else Sentence("no warning"),
    )
    parts = [report]
    if rest:
        verb = "finding is" if rest == 1 else "findings are"
        parts.append(Sentence("{count:,} {verb} for information", count=rest, verb=verb))
    if waived := sum(entry.is_waived for entry in findings):
        parts.append(Sentence("{count:,} {verb} waived", count=waived, verb="is" if waived == 1 else "are"))
    return Listed(parts, "; ")


def _troubled(chapters: tuple[Chapter, ...], severity: Severity) -> Iterator[str]:
    """Yield a sentence on the chapters with findings of a severity."""
    places = []
    for chapter in chapters:
        codes = {entry.code for entry in chapter.findings if entry.severity == severity and not entry.is_waived}
        if codes:
            heading, listed = Sentence(chapter.heading.lower()), ", ".join(sorted(codes))
            places.append(Sentence("{chapter} ({codes})", chapter=heading, codes=listed))
    if places:
        template = "Errors concern {chapters}" if severity == "error" else "Warnings concern {chapters}"
        yield Sentence(template, chapters=Listed(places))


def _coherence(coherence: Coherence) -> Iterator[str]:
    """Yield the number of parts that correlate with their dimension, or with the index."""
    correlations = [
        correlation.r
        for node, frame in coherence.components.items()
        if frame.width > 1
        for name in frame.columns
        if (correlation := coherence.with_node(node, name))
    ]
    if correlations:
        strong = sum(r > _SILENT for r in correlations)
        yield Sentence(
            "Coherence: {strong} of {count} {noun} correlate with the level above by more than {limit}",
            strong=strong,
            count=len(correlations),
            noun="indicator or dimension" if len(correlations) == 1 else "indicators and dimensions",
            limit=_SILENT,
        )


def _balance(importance: Importance) -> Iterator[str]:
    """Yield the number of parts of the index whose importance is far from their weight, by the figures of W03."""
    parts = importance.nodes[ROOT].parts.filter(pl.col("weight") > 0)
    if len(parts) < 2 or parts["gap"].null_count():
        return
    is_far = pl.col("gap").abs() > _GAP * pl.col("weight") + 1e-9
    far = parts.filter(is_far)["component"].sort().to_list()
    yield Sentence(
        "Balance: for {count} of the {parts} parts of the index, the importance (its share in the sum of main effects) "
        "differs from the weight by more than half of the weight{names}",
        count=len(far) or Sentence("none"),
        parts=len(parts),
        names=Sentence(": {names}", names=named(far)) if far else "",
    )


def _counted(number: int, noun: str) -> Sentence:
    return Sentence(f"{{number}} {noun}" if number == 1 else f"{{number}} {noun}s", number=number)
