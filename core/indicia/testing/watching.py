"""The limits of a run under test, the state of random numbers, and figures before the engine rounds them."""

from __future__ import annotations

import random
import sys
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import IndiciaWarning, MethodWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indicia.result import Result


def prepared_values(result: Result, name: str) -> list[float | None]:
    """Return the prepared values of an indicator before the engine removes rounding noise."""
    values: list[float | None] = result.prepared[name].to_list()
    for change in result.scored.changes:
        if change.stage == "noise" and name in change.after.columns:
            cells = zip(change.before[name], change.after[name], values, strict=True)
            values = [before if value == after else value for before, after, value in cells]
    return values


_ABOUT_LIBRARIES = (
    *(DeprecationWarning, PendingDeprecationWarning, FutureWarning),
    *(SyntaxWarning, ImportWarning, ResourceWarning),
)
"""Warnings about the code of a library that a method uses, which do not concern its figures."""


def raise_warnings() -> None:
    """Turn warnings of a method into errors; ignore those about libraries, other plugins or the methodology."""
    warnings.simplefilter("error")
    for category in (*_ABOUT_LIBRARIES, IndiciaWarning):
        warnings.simplefilter("ignore", category)
    warnings.simplefilter("error", MethodWarning)


@contextmanager
def watch_shared_generators() -> Iterator[Callable[[], bool]]:
    """Yield a function that returns True once the shared generators were used; restore their state at the end.

    A use does not count if a module is imported for the first time, since libraries may draw or seed at import. The
    suite runs each method several times, so that a later run shows a method that draws.
    """
    python, legacy = random.getstate(), np.random.get_state()
    # A method that sets the same seed in each run would leave the state as it was: change it first.
    random.random()
    np.random.random()
    before, modules = _state(), set(sys.modules)
    try:
        yield lambda: _state() != before and sys.modules.keys() <= modules
    finally:
        random.setstate(python)
        np.random.set_state(legacy)


def _state() -> tuple[object, ...]:
    _, words, position, *_ = np.random.get_state()
    return np.asarray(words).tobytes(), position, random.getstate()
