"""Names of units of which each partition has some: their number and the first names, and names that resemble others."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

MOST_NAMES = 10
"""The number of names that messages show at most."""

_FEW = 30
"""The number of names up to which a remedy lists all of them."""


@dataclass(frozen=True)
class FirstNames:
    """The first names of many, in the order of the rows, and the number of all names."""

    count: int = 0
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: Collection[object]) -> FirstNames:
        """Return the first of these names."""
        first = (name for name, _ in zip(names, range(MOST_NAMES), strict=False))
        return cls(len(names), tuple(map(str, first)))

    def __add__(self, other: FirstNames) -> FirstNames:
        return FirstNames(self.count + other.count, (*self.names, *other.names)[:MOST_NAMES])


@dataclass(frozen=True)
class MergeNames:
    """Merges `FirstNames`; the answer is the number of all names, and the first of them."""

    def join(self, first: FirstNames, second: FirstNames) -> FirstNames:
        """Return the first names of both."""
        return first + second

    def value(self, state: FirstNames) -> tuple[int, tuple[str, ...]]:
        """Return the number and the names."""
        return state.count, state.names


@dataclass(frozen=True)
class NamesInData:
    """Names that a user writes, of which the data have some, and the names of the data that resemble the others."""

    present: frozenset[str]
    alike: tuple[str, ...]
    """The names of the data that resemble the other names, or all names if they are few."""
    complete: bool
    """True if `alike` has all names of the data."""

    @classmethod
    def of(cls, wanted: Collection[str], names: Iterable[str]) -> NamesInData:
        """Look for the wanted names among the names of the data."""
        in_data = sorted(set(names))
        present = frozenset(wanted).intersection(in_data)
        if len(in_data) <= _FEW:
            return cls(present, tuple(in_data), complete=True)
        return cls(present, tuple(_alike(set(wanted) - present, in_data)), complete=False)


def _alike(wanted: Collection[str], names: Collection[str]) -> Iterable[str]:
    lowered = {name.lower(): name for name in names}
    close = (match for name in wanted for match in get_close_matches(name.lower(), lowered, n=1, cutoff=0.6))
    return dict.fromkeys(lowered[name] for name in close)


@dataclass(frozen=True)
class MergeNamesInData:
    """Merges `NamesInData`; the answer is a pair of tuples."""

    wanted: tuple[str, ...]

    def join(self, first: NamesInData, second: NamesInData) -> NamesInData:
        """Return the names of both."""
        present = first.present | second.present
        names = sorted({*first.alike, *second.alike})
        if first.complete and second.complete and len(names) <= _FEW:
            return NamesInData(present, tuple(names), complete=True)
        return NamesInData(present, tuple(_alike(set(self.wanted) - present, names)), complete=False)

    def value(self, state: NamesInData) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the wanted names that the data have, and the names of the data from which a remedy suggests one."""
        return tuple(sorted(state.present)), state.alike
