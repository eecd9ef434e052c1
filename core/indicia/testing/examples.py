"""Examples that hypothesis draws to search for a counterexample."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from indicia.testing.failure import BrokenPromise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis import strategies as st

NUMBERS = {
    "imputation": 12,
    "treatment": 8,
    "normalisation": 15,
    "weighting": 24,
    "aggregation": 20,
    "agreement": 20,
    "consensus": 20,
}
"""The examples that are drawn for a promise, by kind; a table of four indicators tries a normalisation four times."""

LIMIT = 1000
"""The largest number of examples of a promise."""

SEED: int | None = None
"""Seed of the examples; None draws the same examples each time."""

PHASES: tuple[Phase, ...] = (Phase.generate, Phase.shrink)
"""A counterexample is reduced to the smallest that hypothesis can find."""


@contextmanager
def at_most(number: int, *, reduced: bool = True) -> Iterator[None]:
    """Draw at most this number of examples for a promise; if not `reduced`, keep a counterexample as it was drawn."""
    global LIMIT, PHASES
    before, (LIMIT, PHASES) = (LIMIT, PHASES), (number, PHASES if reduced else PHASES[:1])
    try:
        yield
    finally:
        LIMIT, PHASES = before


def try_examples(strategy: st.SearchStrategy[Any], holds: Callable[[Any], bool], number: int) -> bool:
    """Try a number of examples; return False if the method refused all of them."""
    scored = False

    @settings(
        max_examples=number,
        deadline=None,
        derandomize=True,
        database=None,
        report_multiple_bugs=False,
        phases=PHASES,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def each(example: Any) -> None:
        nonlocal scored
        scored |= holds(example)

    try:
        (each if SEED is None else seed(SEED)(each))()
    except ExceptionGroup as failures:  # hypothesis saw a promise that is broken in some runs of an example only
        broken = [failure for failure in failures.exceptions if isinstance(failure, BrokenPromise)]
        if not broken:
            raise
        raise broken[0] from failures
    return scored
