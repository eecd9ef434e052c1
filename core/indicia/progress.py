"""How far a long run is: what is told after each step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, int], None]
"""Called with how many steps are done, and how many there are."""


def silent(done: int, every: int) -> None:
    """Say nothing."""
