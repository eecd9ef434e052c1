"""All checks, and what they find about a method."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from indicia.catalogue import KINDS, Catalogue, Choice
from indicia.catalogue.discovery import build_from_installed
from indicia.methods import Method
from indicia.testing import declared, edges, preparing, rankings, repeat, sameness, speed, ways
from indicia.testing.check import Check
from indicia.testing.subject import Subject, catalogue_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from indicia.catalogue import Offer

CHECKS: tuple[Check, ...] = tuple(
    found
    for module in (
        repeat,
        *(preparing.cells, preparing.edges, preparing.sameness),
        *(sameness, edges, declared, ways, rankings),
    )
    for _, found in sorted(vars(module).items())
    if isinstance(found, Check)
)
"""Every check; those of one name are of different kinds of method."""


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
    """How much longer a run takes of four times as many rows: about 4 where a method looks at each of them."""
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
        lines += ["$$", self.method.formula_of_run, "$$", ""] if method.formula else []
        lines += ["| promise | |", "|---|---|"]
        lines += [f"| {one.promise} | {'kept' if one.state == 'kept' else '**broken**'} |" for one in self.findings]
        lines += ["", *(f"```\n{one.example}\n```\n" for one in self.broken)]
        lines += [f"- Holds: {', '.join(sorted(self.properties))}."] if self.properties else []
        lines += [f"- Speed: {self._speed()}."] if self.growth is not None else []
        return "\n".join([*lines, f"- Source: {method.reference}.", ""])

    def _speed(self) -> str:
        return "" if self.growth is None else speed.told(self.growth)


def subjects(method: object, plugins: Iterable[str | Path] = (), catalogue: Catalogue | None = None) -> list[Subject]:
    """Return what is tested: a method as an instance, a class, a name, text with parameters, or a table of them.

    Of a class, or a name without parameters, it is the `example` that the class gives, if it gives one.
    """
    files = tuple(plugins)
    if isinstance(method, Method):
        return [Subject(method, kind.name, files) for kind in KINDS if isinstance(method, kind.base)]
    if isinstance(method, type) and issubclass(method, Method):
        return subjects(build_from_installed(method, _example(method), Path()), files)
    choice = Choice.read(method)
    offers = (catalogue or catalogue_of(files)).find(choice.method)
    return [subject(one, choice.parameters, files) for one in offers]


def subject(offer: Offer, parameters: Mapping[str, Any], plugins: tuple[str | Path, ...] = ()) -> Subject:
    """Return what is tested of a method that a plugin offers: with these parameters, or those of its `example`."""
    made = build_from_installed(offer.method, parameters or _example(offer.method), Path())
    return Subject(made, offer.kind, plugins)


def _example(method: type[Method]) -> Mapping[str, Any]:
    return Choice.read(method.example).parameters if method.example else {}


def concerning(subject: Subject) -> list[Check]:
    """Return the checks of what a method promises."""
    return [one for one in CHECKS if one.concerns(subject)]


def card(subject: Subject) -> Card:
    """Put a method to all tests that concern it."""
    findings: list[Finding] = []
    told: set[str] = set()
    for one in concerning(subject):
        try:
            one.keep(subject)
        except AssertionError as error:
            what, _, example = str(error).partition("does not keep what it promises: ")
            fault = example.rpartition("\n")[0]  # all but the table with which it was met
            findings.append(Finding(one.name, one.promise, "broken", "as above" if fault in told else example or what))
            told |= {fault} if "\n" in fault else set()
        else:
            findings.append(Finding(one.name, one.promise, "kept"))
    properties = frozenset(one.value for one in subject.method.properties)
    growth = speed.growth(subject)
    if growth is not None and speed.promised(subject):
        slow = growth >= speed.LINEAR
        example = speed.told(growth) if slow else ""
        findings.append(Finding("speed", speed.PROMISE, "broken" if slow else "kept", example))
    return Card(subject.method, subject.kind, tuple(findings), growth, properties)
