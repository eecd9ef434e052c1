"""The failures of promises that a method declares to be expected."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from indicia.catalogue import OFFERED_KINDS
from indicia.errors import MethodError, suggest, with_article
from indicia_conformance.tolerance import BrokenPromise

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia_conformance.check import Check
    from indicia_conformance.subject import Subject


def reason_to_fail(subject: Subject, name: str) -> str | None:
    """Return the reason why a method is expected not to keep a promise; None if it has to keep it."""
    return subject.method.expected_failures.get(name)


def verify(subject: Subject, check: Check) -> str:
    """Verify a promise; return the counterexample of an expected failure, or an empty text if the promise is kept.

    Raises
    ------
    AssertionError
        If the promise is broken, or if a promise is kept that the method declares not to keep.
    """
    reason = reason_to_fail(subject, check.name)
    try:
        check.verify(subject)
    except BrokenPromise as broken:
        if reason is None or broken.is_fault_of_code:
            raise
        return str(broken)
    if reason is not None:
        subject.fail(
            f"expected_failures name only promises that are not kept: {check.name} is kept now",
            f"take it out of expected_failures, which gives the reason: {reason}",
        )
    return ""


def check_names(subject: Subject, made: Iterable[str]) -> None:
    """Raise MethodError if a method declares the failure of a promise that it does not make.

    Parameters
    ----------
    subject
        The method.
    made
        The names of the promises that the method makes.
    """
    known = sorted(made)
    kinds = [kind for kind in OFFERED_KINDS if isinstance(subject.method, kind.base)]
    for name in subject.method.expected_failures:
        if name not in known and len(kinds) == 1:
            reason = f'{subject.method.name}: expected_failures name "{name}", which is no promise that it makes'
            raise MethodError(
                f"{reason} as {with_article(subject.kind)}", remedy=suggest(name, known) or f"one of {', '.join(known)}"
            )


def skip_as_expected(reason: str) -> None:
    """Mark the running test of pytest as an expected failure; outside a test of pytest, do nothing."""
    if (pytest := sys.modules.get("pytest")) is not None and "PYTEST_CURRENT_TEST" in os.environ:
        pytest.xfail(f"expected failure: {reason}")
