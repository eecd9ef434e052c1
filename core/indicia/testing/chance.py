"""The random numbers that all code of a process shares: whether a method draws from them, or seeds them."""

from __future__ import annotations

import random
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def watched() -> Iterator[Callable[[], bool]]:
    """Yield a function that tells whether the shared random numbers were used; restore their state at the end.

    Use that comes with the first import of a library does not count: the library may draw or seed as it is loaded, and
    does so once. A method that draws or seeds does so each time, and the suite asks each method several times. The
    state is moved on at the start, so that a method which sets the same seed each time is noticed each time.
    """
    python, legacy = random.getstate(), np.random.get_state()
    random.random()
    np.random.random()
    before, modules = _state(), set(sys.modules)
    try:
        yield lambda: _state() != before and sys.modules.keys() <= modules
    finally:
        random.setstate(python)
        np.random.set_state(legacy)


def _state() -> tuple[object, ...]:
    _, words, place, *_ = np.random.get_state()
    return np.asarray(words).tobytes(), place, random.getstate()
