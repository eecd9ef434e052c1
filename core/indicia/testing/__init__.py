"""The conformance suite: every promise that a method's kind and declarations imply, put to the test.

In the tests of a plugin, one test a promise:

    import pytest
    from indicia.testing import checks
    from my_sigmoid import indicia_normalisations

    @pytest.mark.parametrize("check", checks(*indicia_normalisations()))
    def test_a_method_keeps_its_promises(check):
        check()

or all promises of one method at once, `check_method(Sigmoid(slope=2))`, with the property card to print. On the command
line it is `indicia plugins test my-sigmoid`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia.errors import MethodError, MissingDependency, suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from indicia.testing.check import Check
    from indicia.testing.subject import Subject
    from indicia.testing.suite import Card, Finding

__all__ = ["Card", "Case", "Finding", "cards", "check_method", "checks", "of_target"]


@dataclass(frozen=True)
class Case:
    """One promise of one method; calling it puts it to the test."""

    subject: Subject
    check: Check

    @property
    def __name__(self) -> str:  # by which pytest calls the test
        return f"{self.subject.method}-{self.check.name}"

    def __call__(self) -> None:
        """Raise AssertionError, with the smallest example found, where the promise is not kept."""
        self.check.keep(self.subject)


def checks(*methods: object, plugins: Iterable[str | Path] = ()) -> list[Case]:
    """Return one case per method and promise, for `pytest.mark.parametrize`.

    A method is an instance, a class, or as a user writes it: `"min_max(lower=1)"`, of an installed plugin or of one of
    the `plugins`, which are files. Of a class, or a name without parameters, it is the `example` that the class gives,
    if it gives one.

    >>> [case.check.name for case in checks("equal")][:3]
    ['again', 'names', 'duplicates']
    """
    suite = _suite()
    files = tuple(plugins)
    return [
        Case(subject, check)
        for method in methods
        for subject in suite.subjects(method, files)
        for check in suite.concerning(subject)
    ]


def cards(*methods: object, plugins: Iterable[str | Path] = ()) -> list[Card]:
    """Put methods to all tests and return what was found, broken promises among them."""
    suite = _suite()
    files = tuple(plugins)
    return [suite.card(subject) for method in methods for subject in suite.subjects(method, files)]


def check_method(method: object, plugins: Iterable[str | Path] = ()) -> list[Card]:
    """Put a method to all tests; AssertionError tells all promises that it breaks, each with a smallest example.

    Of a name that several kinds have, each is tested.
    """
    found = cards(method, plugins=plugins)
    if broken := [card for card in found if card.broken]:
        raise AssertionError("\n".join(map(str, broken)))
    return found


def of_target(target: str, method: str | None = None) -> Iterator[Card]:
    """Test all methods of a plugin, one after another: a Python file, the folder of a package, or an installed one.

    `method` is one of them, with parameters.
    """
    suite = _suite()
    # after the check for hypothesis, so that its absence is the first error
    from indicia.catalogue import Choice
    from indicia.testing import target as targets

    offers = targets.offers(target)
    words = method or (target if "(" in target else None)
    choice = None if words is None else Choice.read(words)
    chosen = [offer for offer in offers if choice is None or offer.name == choice.method]
    if not chosen:
        known = [offer.name for offer in offers]
        raise MethodError(f"{target} offers no method {words}", remedy=suggest(choice.method if choice else "", known))
    for offer in chosen:
        yield suite.card(suite.subject(offer, {} if choice is None else choice.parameters))


def _suite() -> Any:
    try:
        from indicia.testing import suite
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise MissingDependency("testing a method", "testing") from error
    return suite


def __getattr__(name: str) -> Any:
    if name in ("Card", "Finding"):
        return getattr(_suite(), name)
    raise AttributeError(f"module 'indicia.testing' has no attribute {name!r}")
