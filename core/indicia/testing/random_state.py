"""The random numbers that all code of a process shares: `random` and the functions of `numpy.random`."""

from __future__ import annotations

import random
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
