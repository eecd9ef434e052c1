"""All checks, and what they find about a method."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from indicia.catalogue import KINDS, Catalogue, Choice, installed
from indicia.catalogue.choice import build
from indicia.errors import IndiciaError, IndiciaWarning
from indicia.methods import Aggregation, MatrixAggregation, Method, Normalisation
from indicia.testing import declared, edges, preparing, rankings, sameness, ways
from indicia.testing.check import SCORED, Check
from indicia.testing.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from indicia.catalogue import Offer

CHECKS: tuple[Check, ...] = tuple(
    found
    for module in (preparing, sameness, edges, declared, ways, rankings)
    for _, found in sorted(vars(module).items())
    if isinstance(found, Check)
)
"""Every check; those of one name are of different kinds of method."""

_ROWS, _FEW = (20_000, 80_000), (500, 2_000)
"""The tables by which it is seen how the time of a run grows; few rows where a method may hold every pair of units."""


@dataclass(frozen=True)
class Finding:
    """What a check finds of a method."""

    check: str
    promise: str
    state: Literal["kept", "broken"]
    example: str = ""
    """Of a promise that is broken, what speaks against it."""


@dataclass(frozen=True)
class Card:
    """What a method promises, and what it keeps."""

    method: Method
    kind: str
    findings: tuple[Finding, ...]
    growth: float | None = None
    """How much longer a run takes of four times as many rows: about 4 where a method is linear."""
    properties: frozenset[str] = field(default_factory=frozenset)

    @property
    def broken(self) -> tuple[Finding, ...]:
        """The promises that are not kept."""
        return tuple(one for one in self.findings if one.state == "broken")

    def __str__(self) -> str:
        kept = len(self.findings) - len(self.broken)
        lines = [f"{self.method} ({self.kind}): {kept} of {len(self.findings)} promises kept"]
        for one in self.findings:
            lines.append(f"  {'ok    ' if one.state == 'kept' else 'BROKEN'}  {one.promise}")
            lines += [f"          {line}" for line in one.example.splitlines()]
        lines += [f"  holds   {', '.join(sorted(self.properties))}"] if self.properties else []
        lines += [f"  speed   {self._speed()}"] if self.growth is not None else []
        return "\n".join(lines)

    def markdown(self) -> str:
        """Return the card as a section in Markdown."""
        method = type(self.method)
        lines = [f"## `{self.method}` ({self.kind})", "", method.summary(), ""]
        lines += ["$$", method.formula, "$$", ""] if method.formula else []
        lines += ["| promise | |", "|---|---|"]
        lines += [f"| {one.promise} | {'kept' if one.state == 'kept' else '**broken**'} |" for one in self.findings]
        lines += ["", *(f"```\n{one.example}\n```\n" for one in self.broken)]
        lines += [f"- Holds: {', '.join(sorted(self.properties))}."] if self.properties else []
        lines += [f"- Speed: {self._speed()}."] if self.growth is not None else []
        return "\n".join([*lines, f"- Source: {method.reference}.", ""])

    def _speed(self) -> str:
        grows = "about linear in the rows" if (self.growth or 0) < 8 else "more than linear in the rows"
        return f"{self.growth:.1f} times the time for 4 times the rows: {grows}"


def subjects(method: object, plugins: Iterable[str | Path] = (), catalogue: Catalogue | None = None) -> list[Subject]:
    """Return what is tested: a method as an instance, a class, a name, text with parameters, or a table of them.

    Of a class, or a name without parameters, it is the `example` that the class gives, if it gives one.
    """
    files = tuple(plugins)
    if isinstance(method, Method):
        return [Subject(method, kind.name, files) for kind in KINDS if isinstance(method, kind.base)]
    if isinstance(method, type) and issubclass(method, Method):
        return subjects(build(method, _example(method), Path()), files)
    choice = Choice.read(method)
    offers = (catalogue or installed(map(Path, files))).find(choice.method)
    return [subject(one, choice.parameters, files) for one in offers]


def subject(offer: Offer, parameters: Mapping[str, Any], plugins: tuple[str | Path, ...] = ()) -> Subject:
    """Return what is tested of a method that a plugin offers: with these parameters, or those of its `example`."""
    made = build(offer.method, parameters or _example(offer.method), Path())
    return Subject(made, offer.kind, plugins)


def _example(method: type[Method]) -> Mapping[str, Any]:
    return Choice.read(method.example).parameters if method.example else {}


def concerning(subject: Subject) -> list[Check]:
    """Return the checks of what a method promises."""
    return [one for one in CHECKS if one.concerns(subject)]


def card(subject: Subject) -> Card:
    """Put a method to all tests that concern it."""
    findings = []
    for one in concerning(subject):
        try:
            one.keep(subject)
        except AssertionError as error:
            what, _, example = str(error).partition("does not keep what it promises: ")
            findings.append(Finding(one.name, one.promise, "broken", example or what))
        else:
            findings.append(Finding(one.name, one.promise, "kept"))
    properties = frozenset(one.value for one in subject.method.properties)
    return Card(subject.method, subject.kind, tuple(findings), growth(subject), properties)


def growth(subject: Subject) -> float | None:
    """Return how much longer a run takes of four times as many rows, where it runs."""
    if subject.kind not in SCORED:
        return None
    by_expression = isinstance(subject.method, Normalisation | Aggregation) and not isinstance(
        subject.method, MatrixAggregation
    )
    times = []
    for rows in _ROWS if by_expression else _FEW:
        values = np.random.default_rng(1).uniform(1.0, 9.0, (3, rows)).round(3)
        raw, table = subject.stated({f"x{number}": x for number, x in enumerate(values.tolist())})
        index = subject.index(raw)
        best = float("inf")
        for _ in range(3):
            start = time.perf_counter()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", IndiciaWarning)
                try:
                    index.score(table)
                except (IndiciaError, AssertionError):
                    return None
            best = min(best, time.perf_counter() - start)
        times.append(best)
    return times[1] / times[0]
