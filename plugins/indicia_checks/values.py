"""Checks of single values: impossible values, mixed scales, constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia_audit.checks import Check, Finding, Sentence, Subject
from indicia_checks.text import counted, findings_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class ImpossibleValues(Check):
    """Find numbers that stand for a missing value, such as −999, and values that their indicator cannot have."""

    code = "D19"
    title = "sentinels and impossible values"
    source = "Indicia"
    evidence = "sample"
    why = """
    A −999 that stands for "no value" becomes the minimum of the scale, and all other units become nearly equal. A share
    above 100 % is a slip of the comma, or a column of another measure.
    """
    example = """
    A table writes −999 for a missing number of jobs: "-999 stands in jobs (3 rows), whose other values lie between 23.1
    and 70.17: it is a code for a missing value, and is read as a number".
    """
    advice = """
    Name the sentinel: `missing = ["-999"]` in `[data]`. Correct impossible values in the source, or leave them empty.
    """

    def look(self, subject: Subject) -> Iterator[Finding]:
        yield from findings_of(subject, "value")


@dataclass(frozen=True)
class MixedScale(Check):
    """Find indicators whose scale changes between rows or periods, such as 0.45 beside 45."""

    code = "D20"
    title = "a scale that changes"
    source = "Indicia"
    evidence = "sample"
    why = """
    If some rows have shares and others percentages, the rows with shares get the worst values of all, whatever they
    report.
    """
    example = """
    Half of the towns report skills as 0.45, the others as 45: "skills has shares among percentages: 30 values from
    0.2801 to 0.7001, and 30 values about 100 times as large, 26.34 to 70, such as T01 (45.75), T03 (61.21)".
    """
    advice = """
    Bring all rows to one scale in the source. If the indicator truly spans such a range, write `transform = "log"`.
    """

    def look(self, subject: Subject) -> Iterator[Finding]:
        yield from findings_of(subject, "scale")


@dataclass(frozen=True)
class Constant(Check):
    """Find indicators that are constant, or constant but for the rounding noise of floating-point numbers."""

    code = "D21"
    title = "a constant indicator"
    source = "Indicia"
    evidence = "statistics"
    why = """
    A constant tells no units apart, and takes its weight from the indicators that do. If it differs by rounding noise
    alone, a normalisation turns this noise into a full scale of scores.
    """
    example = """
    All towns have the same safety: "safety is constant: 5 for all 60 units".
    """
    advice = """
    Leave the indicator out, or write `constant = "drop"` in `[methodology]`. See whether a column was filled by
    mistake.
    """

    noise: Annotated[
        float, Field(ge=0, lt=1, description="greatest range of a constant, as a share of the largest absolute value")
    ] = 1e-9

    def look(self, subject: Subject) -> Iterator[Finding]:
        for name in sorted(subject.indicators):
            facts = subject.statistics[name]
            if facts.present < 2 or facts.lowest is None or facts.highest is None:
                continue
            low, high = facts.lowest, facts.highest
            spread, size = high - low, max(abs(low), abs(high))
            if spread > self.noise * size:
                continue
            rows = counted(facts.present, subject.rows_noun)
            remedy = 'leave it out, or write constant = "drop" in [methodology]'
            if spread == 0.0:
                yield Finding(
                    name,
                    0.0,
                    self.noise,
                    Sentence("{name} is constant: {low:g} for all {rows}", name=name, low=low, rows=rows),
                    remedy,
                )
            else:
                sentence = Sentence(
                    "{name} is constant but for rounding noise: {low!r} to {high!r} over {rows}",
                    name=name,
                    low=low,
                    high=high,
                    rows=rows,
                )
                yield Finding(name, spread / size, self.noise, sentence, remedy)
