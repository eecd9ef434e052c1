"""Checks of single values: impossible values, mixed scales, constants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia.checks import Check, Finding
from indicia_checks.observations import findings_of
from indicia_checks.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.checks import Subject


@dataclass(frozen=True)
class ImpossibleValues(Check):
    """Find numbers that stand for a missing value, such as −999, and values that their indicator cannot have."""

    code = "D19"
    title = "sentinels and impossible values"
    source = "Indicia"

    def look(self, subject: Subject) -> Iterator[Finding]:
        yield from findings_of(subject, "value")


@dataclass(frozen=True)
class MixedScale(Check):
    """Find indicators whose scale changes between rows or periods, such as 0.45 beside 45."""

    code = "D20"
    title = "a scale that changes"
    source = "Indicia"

    def look(self, subject: Subject) -> Iterator[Finding]:
        yield from findings_of(subject, "scale")


@dataclass(frozen=True)
class Constant(Check):
    """Find indicators that are constant, or constant but for the rounding noise of floating-point numbers."""

    code = "D21"
    title = "a constant indicator"
    source = "Indicia"

    noise: Annotated[
        float, Field(ge=0, lt=1, description="greatest range of a constant, as a share of the largest absolute value")
    ] = 1e-9

    def look(self, subject: Subject) -> Iterator[Finding]:
        for name in sorted(subject.indicators):
            values = subject.raw[name].drop_nulls()
            if len(values) < 2:
                continue
            low, high = float(values.min()), float(values.max())  # type: ignore[arg-type]
            spread, size = high - low, max(abs(low), abs(high))
            if spread > self.noise * size:
                continue
            rows = counted(len(values), subject.rows_noun)
            remedy = 'leave it out, or write constant = "drop" in [methodology]'
            if spread == 0.0:
                yield Finding(name, 0.0, self.noise, f"{name} is constant: {low:g} for all {rows}", remedy)
            else:
                sentence = f"{name} is constant but for rounding noise: {low!r} to {high!r} over {rows}"
                yield Finding(name, spread / size, self.noise, sentence, remedy)
