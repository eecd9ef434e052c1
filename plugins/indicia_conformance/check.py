"""A check of the conformance suite: a promise of a kind of plugin."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING

from indicia_conformance.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from indicia.methods import Property


PREPARING = ("imputation", "treatment")
"""The kinds that change raw values; their figures are the prepared values."""
SCORING = ("normalisation", "weighting", "aggregation")
"""The kinds that turn a table without gaps into scores."""
ON_TABLES = PREPARING + SCORING
ON_RANKINGS = ("agreement", "consensus")


@dataclass(frozen=True)
class Check:
    """One promise, which `verify` tests: `check_order_of_rows("topsis", "aggregation")`.

    An AssertionError names the method, the promise and the smallest counterexample.
    """

    name: str
    promise: str
    kinds: frozenset[str]
    declared: Property | None
    """The property that a method must declare to make the promise; None if all methods of the kinds make it."""
    verify: Callable[[Subject], None]
    whatever_the_order: bool = False
    """True if only methods make the promise that do not depend on the order of indicators or rankings."""
    random: bool | None = None
    """True if only random methods make the promise, False if only other methods make it; None if both do."""

    def concerns(self, subject: Subject) -> bool:
        """Return True if a method of this kind and with these properties makes the promise."""
        if self.whatever_the_order and subject.method.depends_on_order:
            return False
        if self.random is not None and self.random is not subject.method.draws_random_numbers:
            return False
        return subject.kind in self.kinds and (self.declared is None or subject.declares(self.declared))

    def __call__(self, method: object, kind: str, plugins: Iterable[str | Path] = ()) -> None:
        """Verify the promise for a method, if the method makes it."""
        subject = Subject(method, kind, tuple(plugins))
        if self.concerns(subject):
            self.verify(subject)


def check(
    *kinds: str, declared: Property | None = None, whatever_the_order: bool = False, random: bool | None = None
) -> Callable[[Callable[[Subject], None]], Check]:
    """Turn a function into a check; the first paragraph of its docstring is the promise."""

    def decorate(verify: Callable[[Subject], None]) -> Check:
        promise = cleandoc(verify.__doc__ or "").split("\n\n")[0].replace("\n", " ")
        return Check(
            verify.__name__.removeprefix("check_"),
            promise,
            frozenset(kinds),
            declared,
            verify,
            whatever_the_order,
            random,
        )

    return decorate
