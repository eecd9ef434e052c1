"""Rules that merge the states of partitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Total:
    """Adds numbers or arrays."""

    def join(self, first: Any, second: Any) -> Any:
        """Return the sum."""
        return first + second

    def value(self, state: Any) -> Any:
        """Return the sum of all partitions."""
        return state


@dataclass(frozen=True)
class Every:
    """True if it is true in each partition."""

    def join(self, first: bool, second: bool) -> bool:
        """Return whether both are true."""
        return first and second

    def value(self, state: bool) -> bool:
        """Return whether all are true."""
        return state


@dataclass(frozen=True)
class Distinct:
    """Collects distinct values, in the order of their first appearance."""

    def join(self, first: tuple[Any, ...], second: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the values of both."""
        return tuple(dict.fromkeys((*first, *second)))

    def value(self, state: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return all values."""
        return state


@dataclass(frozen=True)
class Joined:
    """Merges states by two functions of a module."""

    joined: Callable[[Any, Any], Any]
    answer: Callable[[Any], Any]

    def join(self, first: Any, second: Any) -> Any:
        """Return the state of both."""
        return self.joined(first, second)

    def value(self, state: Any) -> Any:
        """Return the answer."""
        return self.answer(state)
