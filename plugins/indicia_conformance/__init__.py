"""Tests of methods: every promise that the kind and the declarations of a method make, verified.

In the tests of a plugin, one test for each promise:

    import pytest
    from indicia_conformance import checks
    from my_sigmoid import indicia_normalisations

    @pytest.mark.parametrize("check", checks(*indicia_normalisations()))
    def test_a_method_keeps_its_promises(check):
        check()

`check_method(Sigmoid(slope=2))` verifies all promises of a method at once, and returns a card to print. The command is
`indicia plugins test my-sigmoid`.

A plugin with a check of an index plants a fault, and tests that the check finds it:

    finding = check_finds(FewValues(), subject, "income")

A promise (`check.py`) names the kinds of method that it is for. It tries a method (`subject.py`) on samples
(`sample.py`, `tables.py`) and compares the figures. `suite.py` lists all checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia.errors import MethodError, MissingDependency, suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from indicia_audit.checks import Check as DataCheck
    from indicia_audit.checks import Finding as FindingOfCheck
    from indicia_audit.checks import Subject as Data
    from indicia_conformance.check import Check
    from indicia_conformance.subject import Subject
    from indicia_conformance.suite import Card, Finding

__all__ = ["Card", "Case", "Finding", "cards", "cards_of_plugin", "check_finds", "check_method", "checks"]


@dataclass(frozen=True)
class Case:
    """One promise of one method; calling the case verifies the promise."""

    subject: Subject
    check: Check

    @property
    def __name__(self) -> str:  # pytest names the test after it
        return f"{self.subject.method}-{self.check.name}"

    def __call__(self) -> None:
        """Raise AssertionError with the smallest counterexample if the promise is broken.

        In a test of pytest, an expected failure of the method is an expected failure of the test, with its reason.
        """
        from indicia_conformance import expected

        if expected.verify(self.subject, self.check):
            reason = expected.reason_to_fail(self.subject, self.check.name)
            expected.skip_as_expected(reason or "")


def checks(*methods: object, plugins: Iterable[str | Path] = ()) -> list[Case]:
    """Return one case for each method and promise, for `pytest.mark.parametrize`.

    Parameters
    ----------
    methods
        Instances, classes, or texts as in an index file: `"min_max(lower=1)"`. A class, or a name without parameters,
        gets the parameters of its `example`, if it has one.
    plugins
        Files with methods, beside the installed plugins.

    Examples
    --------
    >>> [case.check.name for case in checks("equal")][:3]
    ['worked_examples', 'repeat', 'duplicates']
    """
    suite = _suite()
    files = tuple(plugins)
    return [
        Case(subject, check)
        for method in methods
        for subject in suite.subjects(method, files)
        for check in suite.checks_for(subject)
    ]


def cards(*methods: object, plugins: Iterable[str | Path] = ()) -> list[Card]:
    """Verify all promises of methods and return the results, one card for each method and kind."""
    suite = _suite()
    files = tuple(plugins)
    return [suite.card(subject) for method in methods for subject in suite.subjects(method, files)]


def check_method(method: object, plugins: Iterable[str | Path] = ()) -> list[Card]:
    """Verify all promises of a method, of each kind that has a method of this name.

    Raises
    ------
    AssertionError
        All broken promises, each with the smallest counterexample.
    """
    results = cards(method, plugins=plugins)
    if broken := [card for card in results if card.broken]:
        raise AssertionError("\n".join(map(str, broken)))
    return results


def check_finds(check: DataCheck, subject: Data, where: str) -> FindingOfCheck:
    """Return the finding of a check of an index at a place.

    Parameters
    ----------
    check
        A check of a plugin, with thresholds: `FewValues(share=0.5)`.
    subject
        The facts about an index with a planted fault.
    where
        The indicator, unit, period, dimension or column of the fault, or "index".

    Raises
    ------
    AssertionError
        If the subject lacks a fact that the check needs, or no finding has this place.

    Examples
    --------
    >>> import polars as pl
    >>> from indicia.catalogue import installed
    >>> from indicia_audit.checks import Subject
    >>> subject = Subject.of(pl.DataFrame({"town": ["Ash", "Elm", "Fir"]}), pl.DataFrame({"x": [None, None, 1.0]}))
    >>> check_finds(installed().choose("check", "D01"), subject, "x").sentence
    'x is missing for 2 of 3 units (67 %)'
    """
    if lacking := [need for need in check.needs if not subject.has(need)]:
        raise AssertionError(f"{check.code} needs {', '.join(lacking)}, which the subject does not have")
    findings = list(check.look(subject))
    for finding in findings:
        if finding.where == where:
            return finding
    places = ", ".join(dict.fromkeys(finding.where for finding in findings)) or "nowhere"
    raise AssertionError(f"{check.code} finds nothing at {where!r}, and findings are at: {places}")


def cards_of_plugin(target: str, method: str | None = None) -> Iterator[Card]:
    """Verify the methods of a plugin, and yield a card for each.

    Parameters
    ----------
    target
        A Python file, the folder of a package, or the name of an installed plugin or method.
    method
        One of its methods, with or without parameters; default: all.
    """
    suite = _suite()
    # after the check for hypothesis, so that its absence is the first error
    from indicia.catalogue import Choice
    from indicia_conformance.target import offers

    methods = offers(target)
    text = method or (target if "(" in target else None)
    choice = None if text is None else Choice.read(text)
    chosen = [offer for offer in methods if choice is None or offer.name == choice.method]
    if not chosen:
        remedy = suggest(choice.method if choice else "", [offer.name for offer in methods])
        raise MethodError(f"{target} offers no method {text}", remedy=remedy)
    for offer in chosen:
        yield suite.card(suite.subject_of(offer, {} if choice is None else choice.parameters))


def _suite() -> Any:
    try:
        from indicia_conformance import suite
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise MissingDependency("testing a method", "testing") from error
    return suite


def __getattr__(name: str) -> Any:
    if name in ("Card", "Finding"):
        return getattr(_suite(), name)
    raise AttributeError(f"module 'indicia_conformance' has no attribute {name!r}")
