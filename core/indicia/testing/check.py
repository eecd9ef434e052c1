"""A check: what it asks of which methods."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING

from indicia.testing.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from indicia.methods import Property

SCORED = ("normalisation", "weighting", "aggregation")
"""The kinds that turn a table without gaps into scores."""


@dataclass(frozen=True)
class Check:
    """One promise, and how it is put to the test: `check_order_of_rows("topsis", "aggregation")`.

    An AssertionError names the method, the promise and the smallest example against it that was found.
    """

    name: str
    promise: str
    kinds: frozenset[str]
    declared: Property | None
    """The property that only methods which declare it are held to."""
    keep: Callable[[Subject], None]

    def concerns(self, subject: Subject) -> bool:
        """Say whether a method of its kind and declarations promises this."""
        return subject.kind in self.kinds and (self.declared is None or subject.declares(self.declared))

    def __call__(self, method: object, kind: str, plugins: Iterable[str | Path] = ()) -> None:
        """Put a method to the test, if the promise is one of its own."""
        subject = Subject(method, kind, tuple(plugins))
        if self.concerns(subject):
            self.keep(subject)


def check(*kinds: str, declared: Property | None = None) -> Callable[[Callable[[Subject], None]], Check]:
    """Make a check of a function whose docstring says what is promised."""

    def of(keep: Callable[[Subject], None]) -> Check:
        promise = cleandoc(keep.__doc__ or "").split("\n\n")[0].replace("\n", " ")
        return Check(keep.__name__.removeprefix("check_"), promise, frozenset(kinds), declared, keep)

    return of
