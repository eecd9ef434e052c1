"""The facts that analyses need: each is computed once, and several analyses share it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from indicia.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


@dataclass(frozen=True)
class Need(Generic[T]):
    """A fact about an index and its data. Equal needs are computed once, so that their fields have to be hashable."""

    def resolve(self, facts: Facts) -> T:
        """Compute the fact, if necessary from other facts.

        Parameters
        ----------
        facts : Facts
            The facts that are known; `facts[need]` computes others.

        Returns
        -------
        object
            The fact.

        Raises
        ------
        IndiciaError
            If the index or its data have no such fact.
        """
        raise NotImplementedError


class Facts:
    """The facts about an index and its data.

    Parameters
    ----------
    known : mapping of Need to object
        The facts that need no computation, such as the index itself.
    progress : callable, optional
        Receives the finished part of the work and all of it; by default nothing is reported.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Sum(Need[int]):
    ...     numbers: tuple[int, ...]
    ...     def resolve(self, facts: Facts) -> int:
    ...         print("adding")
    ...         return sum(self.numbers)
    >>> facts = Facts()
    >>> facts[Sum((1, 2))], facts[Sum((1, 2))]
    adding
    (3, 3)
    """

    def __init__(self, known: Mapping[Need[Any], Any] | None = None, progress: Progress = silent) -> None:
        self._answers: dict[Need[Any], Any] = dict(known or {})
        self.progress = progress

    def __getitem__(self, need: Need[T]) -> T:
        if need not in self._answers:
            self._answers[need] = need.resolve(self)
        answer: T = self._answers[need]
        return answer
