"""The progress of a long run: a function that is called after each step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of steps that are done, and the number of all steps."""


def silent(done: int, total: int) -> None:
    """Report nothing.

    Parameters
    ----------
    done, total : int
        The number of steps that are done, and of all.
    """
