"""All checks, and the card of a method: the promises that it keeps and breaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from indicia.catalogue import OFFERED_KINDS, Catalogue, Choice, Offer
from indicia.catalogue.discovery import build_from_installed
from indicia.catalogue.worked import count_of
from indicia.documents.markdown import table_lines
from indicia.methods import Aggregation, Consensus, Method
from indicia_audit.checks import Check as DataCheck
from indicia_conformance import (
    analyses,
    cells,
    declared,
    details,
    determinism,
    edges,
    expected,
    findings,
    influence,
    invariance,
    outputs,
    parameters,
    partitions,
    published,
    randomness,
    rankings,
    round_trips,
    speed,
    tried,
)
from indicia_conformance.check import Check
from indicia_conformance.findings import doubts as doubts_of
from indicia_conformance.subject import Subject, catalogue_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


CHECKS: tuple[Check, ...] = tuple(
    check
    for module in (
        published,
        determinism,
        invariance,
        cells,
        edges,
        expected,
        declared,
        influence,
        details,
        round_trips,
        parameters,
        partitions,
        rankings,
        randomness,
        findings,
        analyses,
        outputs,
    )
    for _, check in sorted(vars(module).items())
    if isinstance(check, Check)
)


@dataclass(frozen=True)
class Finding:
    """The result of one check of a method."""

    check: str
    promise: str
    state: Literal["kept", "broken", "expected"]
    """`expected` is a promise that the method does not keep, and declares not to keep: neither kept nor broken."""
    example: str = ""
    """The counterexample, if the promise is broken."""
    reason: str = ""
    """The reason that the method gives for an expected failure."""


_WORDS = {"kept": "ok    ", "broken": "BROKEN", "expected": "except"}
"""The words before a promise on a card."""


@dataclass(frozen=True)
class Card:
    """The results of all checks of a method."""

    method: Method
    kind: str
    findings: tuple[Finding, ...]
    growth: float | None = None
    """The time of a run with four times the rows, as a multiple: about 4 for a method that reads each row once."""
    properties: frozenset[str] = field(default_factory=frozenset)
    doubts: tuple[str, ...] = ()
    """Sentences on what the class of a check leaves out, and need not have."""
    tried: tuple[str, ...] = ()
    """Sentences on properties that the method does not declare, and on parameters without a visible effect."""
    figures: str = ""
    """The worked examples of a method, and their sources; empty for a check and an output, which have none."""

    @property
    def broken(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.state == "broken")

    @property
    def expected(self) -> tuple[Finding, ...]:
        """The promises that the method declares not to keep, and does not keep."""
        return tuple(finding for finding in self.findings if finding.state == "expected")

    def __str__(self) -> str:
        promises = len(self.findings) - len(self.expected)
        lines = [f"{self.method} ({self.kind}): {promises - len(self.broken)} of {promises} promises kept"]
        lines[0] += f", {len(self.expected)} not made" if self.expected else ""
        for finding in self.findings:
            name = "" if finding.state == "kept" else f" ({finding.check})"
            lines.append(f"  {_WORDS[finding.state]}  {finding.promise}{name}")
            lines += [f"          not kept: {finding.reason}"] if finding.reason else []
            lines += [f"          {line}" for line in finding.example.splitlines()]
        lines += [f"  holds   {', '.join(sorted(self.properties))}"] if self.properties else []
        lines += [f"  tried   {remark}" for remark in self.tried]
        lines += [f"  speed   {speed.describe(self.growth)}"] if self.growth is not None else []
        lines += [f"  figures {self.figures}"] if self.figures else []
        lines += [f"  doubt   {doubt}" for doubt in self.doubts]
        return "\n".join(lines)

    def markdown(self) -> str:
        """Return the card as a section in Markdown."""
        method = type(self.method)
        lines = [f"## `{self.method}` ({self.kind})", "", method.summary(), ""]
        lines += ["$$", self.method.formula_of_run, "$$", ""] if method.formula else []
        states = {"kept": "kept", "broken": "**broken**", "expected": "not kept, as declared: "}
        rows = ((finding.promise, f"{states[finding.state]}{finding.reason}") for finding in self.findings)
        lines += table_lines(["promise", "outcome"], rows)
        lines += ["", *(f"```\n{finding.example}\n```\n" for finding in self.broken)]
        lines += [f"- Holds: {', '.join(sorted(self.properties))}."] if self.properties else []
        lines += [f"- Tried: {remark}." for remark in self.tried]
        lines += [f"- Speed: {speed.describe(self.growth)}."] if self.growth is not None else []
        lines += [f"- Figures: {self.figures}."] if self.figures else []
        lines += [f"- Doubt: {doubt}." for doubt in self.doubts]
        lines += [f"- Source: {method.reference}."] if method.reference else []
        return "\n".join([*lines, ""])


def subjects(method: object, plugins: Iterable[str | Path] = (), catalogue: Catalogue | None = None) -> list[Subject]:
    """Return the subjects of a method, one for each of its kinds.

    Parameters
    ----------
    method
        An instance, a class, a name, or text or a table with parameters. A class, or a name without parameters, gets
        the parameters of its `example`, if it has one.
    plugins
        Files that offer methods beside the installed plugins.
    catalogue
        The catalogue with the method; default: the installed methods and those of `plugins`.
    """
    files = tuple(plugins)
    if isinstance(method, Method):
        return [Subject(method, kind.name, files) for kind in OFFERED_KINDS if isinstance(method, kind.base)]
    if isinstance(method, type) and issubclass(method, Method):
        return subjects(build_from_installed(method, _example(method), Path()), files)
    choice = Choice.read(method)
    offers = (catalogue or catalogue_of(files)).find(choice.method)
    return [subject_of(offer, choice.parameters, files) for offer in offers]


def subject_of(offer: Offer, parameters: Mapping[str, Any], plugins: tuple[str | Path, ...] = ()) -> Subject:
    """Return the subject for a method that a plugin offers, with these parameters or those of its `example`."""
    method = build_from_installed(offer.method, parameters or _example(offer.method), Path())
    return Subject(method, offer.kind, plugins)


def _example(method: type[Method]) -> Mapping[str, Any]:
    """Return the parameters of the example of a method; the example of a check is a case in words."""
    if issubclass(method, DataCheck):
        return {}
    return Choice.read(method.example).parameters if method.example else {}


def checks_for(subject: Subject) -> list[Check]:
    """Return the checks of the promises that a method makes."""
    method = subject.method
    without = {findings.check_planted_fault} if isinstance(method, DataCheck) and method.planted() is None else set()
    if isinstance(method, Consensus):
        without |= set() if method.takes_weights else {rankings.check_weights_of_rankings}
        without |= set() if method.takes_partial else {rankings.check_partial_lists}
    if isinstance(method, Aggregation) and method.power is None:
        without |= {declared.check_power}
    if published.may_have_examples(subject) and not published.examples_of(subject):
        without |= {published.check_worked_examples}
    made = [check for check in CHECKS if check.concerns(subject) and check not in without]
    expected.check_names(subject, [*(check.name for check in made), speed.NAME])
    return made


def card(subject: Subject) -> Card:
    """Verify all promises of a method."""
    findings: list[Finding] = []
    faults: set[str] = set()
    for check in checks_for(subject):
        try:
            example = expected.verify(subject, check)
        except AssertionError as error:
            text = str(error)
            example = text.partition("does not keep its promise: ")[2] or text
            fault = example.rpartition("\n")[0]  # without the table, which differs from check to check
            findings.append(Finding(check.name, check.promise, "broken", "as above" if fault in faults else example))
            faults |= {fault} if "\n" in fault else set()
        else:
            reason = expected.reason_to_fail(subject, check.name) or ""
            findings.append(Finding(check.name, check.promise, "expected" if example else "kept", reason=reason))
    properties = frozenset(declared.value for declared in subject.method.properties)
    growth = speed.growth(subject)
    if growth is not None and speed.promises_linear_time(subject):
        findings.append(_speed(subject, growth))
    doubts = doubts_of(subject.method) if isinstance(subject.method, DataCheck) else []
    remarks = tuple(tried.remarks(subject)) if published.may_have_examples(subject) else ()
    figures = count_of(published.examples_of(subject)) if published.may_have_examples(subject) else ""
    return Card(subject.method, subject.kind, tuple(findings), growth, properties, tuple(doubts), remarks, figures)


def _speed(subject: Subject, growth: float) -> Finding:
    """Return the finding on the growth of time; a clock that runs fast does not contradict a declared exception."""
    if growth < speed.LINEAR:
        return Finding(speed.NAME, speed.PROMISE, "kept")
    if reason := expected.reason_to_fail(subject, speed.NAME):
        return Finding(speed.NAME, speed.PROMISE, "expected", reason=reason)
    return Finding(speed.NAME, speed.PROMISE, "broken", speed.describe(growth))
