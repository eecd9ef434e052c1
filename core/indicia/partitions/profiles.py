"""Profiles of columns of which a run has one partition."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import isfinite, nan
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from indicia.methods.profile import Profile, profiles_and_sums

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import polars as pl

    from indicia.methods import Domain
    from indicia.partitions.partition import Partition


KINDS = frozenset({"sum", "mean", "min", "max", "count"})
"""The statistics that follow from the facts of a column, by their names in formulas."""


class ColumnFacts(NamedTuple):
    """The facts of a column that its profile tells, as plain values."""

    missing: int
    invalid: bool
    lowest: float | None
    highest: float | None
    present: int
    """The number of present values."""
    total: float
    """Their sum."""

    def mirrored(self) -> ColumnFacts:
        """Return the facts of -x."""
        lowest, highest = (None if end is None else -end for end in (self.highest, self.lowest))
        return self._replace(lowest=lowest, highest=highest, total=-self.total)

    def statistic(self, kind: str) -> float | None:
        """Return a statistic by its name in formulas; None if it does not follow from these facts."""
        if not self.present or self.invalid:
            return None
        if kind in ("sum", "mean"):
            divisor = self.present if kind == "mean" else 1
            return self.total / divisor if isfinite(self.total) else None
        return {"min": self.lowest, "max": self.highest, "count": float(self.present)}.get(kind)


@dataclass(frozen=True)
class MergeProfiles:
    """Merges the profiles of columns."""

    def join(self, first: Mapping[str, ColumnFacts], second: Mapping[str, ColumnFacts]) -> dict[str, ColumnFacts]:
        """Return the facts of the rows of both."""
        return {name: _joined(facts, second[name]) for name, facts in first.items()}

    def value(self, state: Mapping[str, ColumnFacts]) -> dict[str, tuple[float | None, ...]]:
        """Return the facts, by column."""
        return {name: tuple(facts) for name, facts in state.items()}


def _joined(first: ColumnFacts, second: ColumnFacts) -> ColumnFacts:
    lowest = [end for end in (first.lowest, second.lowest) if end is not None]
    highest = [end for end in (first.highest, second.highest) if end is not None]
    return ColumnFacts(
        first.missing + second.missing,
        first.invalid or second.invalid,
        min(lowest, default=None),
        max(highest, default=None),
        first.present + second.present,
        first.total + second.total,
    )


class PartitionProfile(Profile):
    """The profile of a column over all rows, of which this run has one partition.

    Checks of each value (`finite`, `within`) need the rows of the partition only. Missing values and extremes are asked
    for when they are used.
    """

    def __init__(
        self,
        own: Callable[[], Profile],
        of_all_rows: Callable[[], Profile],
        missing: int | None = None,
        facts: Callable[[], ColumnFacts | None] = lambda: None,
        kinds: frozenset[str] = KINDS,
    ) -> None:
        vars(self).update(own=own, of_all_rows=of_all_rows, known_missing=missing, facts=facts, kinds=kinds)

    own: Callable[[], Profile]
    """Returns the profile of the rows of the partition."""
    of_all_rows: Callable[[], Profile]
    """Returns the profile of all rows, or asks for it."""
    known_missing: int | None
    facts: Callable[[], ColumnFacts | None]
    """Returns the facts of all rows, if they are known."""
    kinds: frozenset[str]
    """The statistics that follow from the facts, by their names in formulas."""

    @property
    def missing(self) -> int:
        """The number of missing values."""
        return self.of_all_rows().missing if self.known_missing is None else self.known_missing

    @property
    def invalid(self) -> bool:
        """True if a value of the partition is NaN."""
        return self.own().invalid

    @property
    def lowest(self) -> float | None:
        """The lowest value."""
        return self.of_all_rows().lowest

    @property
    def highest(self) -> float | None:
        """The highest value."""
        return self.of_all_rows().highest

    @property
    def finite(self) -> bool:
        """True if all present values of the partition are finite."""
        return (self.is_known and self.of_all_rows().finite) or self.own().finite

    def within(self, domain: Domain) -> bool:
        """Return whether all present values of the partition lie in the domain."""
        return (self.is_known and self.of_all_rows().within(domain)) or self.own().within(domain)

    def has(self, kind: str) -> bool:
        """Return whether a statistic of all rows follows from the profile, known or not yet."""
        facts = self.facts()
        return kind in self.kinds and (facts is None or facts.statistic(kind) is not None)

    def statistic(self, kind: str) -> float:
        """Return a statistic of all rows, or ask for the profile."""
        self.of_all_rows()
        value = None if (facts := self.facts()) is None else facts.statistic(kind)
        assert value is not None
        return value

    def mirrored(self) -> Profile:
        """Return the profile of -x."""

        def facts() -> ColumnFacts | None:
            return None if (own := self.facts()) is None else own.mirrored()

        return PartitionProfile(
            lambda: self.own().mirrored(), lambda: self.of_all_rows().mirrored(), self.known_missing, facts, self.kinds
        )

    def clipped(self, low: float | None, high: float | None) -> Profile:
        """Return the profile of values that are limited to an interval; None stands for no limit."""

        def facts() -> ColumnFacts | None:
            if (before := self.facts()) is None:
                return None
            profile = self.of_all_rows().clipped(low, high)
            return before._replace(lowest=profile.lowest, highest=profile.highest, total=nan)

        return PartitionProfile(
            lambda: self.own().clipped(low, high),
            lambda: self.of_all_rows().clipped(low, high),
            self.known_missing,
            facts,
            # the sum of clipped values does not follow from that of the values
            self.kinds - {"sum", "mean"},
        )

    @property
    def is_known(self) -> bool:
        """True if the extremes of all rows are known."""
        return self.facts() is not None


@dataclass(frozen=True)
class _PartitionProfiles:
    """The profiles of the columns of a frame: of the rows of a partition, computed at first use, and of all rows."""

    partition: Partition
    key: str
    frame: pl.DataFrame
    names: tuple[str, ...]
    known: Mapping[str, ColumnFacts]
    """The facts of all rows that need not be asked for, by column."""

    @cached_property
    def own(self) -> dict[str, tuple[Profile, float]]:
        return profiles_and_sums(self.frame, self.names)

    def _state(self) -> dict[str, ColumnFacts]:
        return {
            name: ColumnFacts(own.missing, own.invalid, own.lowest, own.highest, self.frame.height - own.missing, total)
            for name, (own, total) in self.own.items()
        }

    def of_all_rows(self, name: str) -> Profile:
        facts = self.known.get(name) or self.partition.ask(self.key, MergeProfiles(), self._state)[name]
        return Profile(*facts[:4])

    def facts(self, name: str) -> ColumnFacts | None:
        if name in self.known:
            return self.known[name]
        answer = self.partition.answers.get(self.key)
        return None if answer is None else ColumnFacts(*answer[name])


def partition_profiles(
    partition: Partition,
    place: str,
    frame: pl.DataFrame,
    names: Iterable[str],
    missing: Mapping[str, int] | None = None,
    known: Mapping[str, ColumnFacts] = MappingProxyType({}),
) -> dict[str, Profile]:
    """Return the profiles of columns over all rows; what is not known is asked for when it is used.

    `place` names the columns in the run, `missing` has the numbers of missing values that are known, and `known` the
    facts of all rows.
    """
    columns = tuple(names)
    profiles = _PartitionProfiles(partition, f"{place}: profiles of {', '.join(columns)}", frame, columns, known)
    missing = missing or {}
    return {
        name: PartitionProfile(
            lambda name=name: profiles.own[name][0],  # type: ignore[misc]
            lambda name=name: profiles.of_all_rows(name),  # type: ignore[misc]
            missing.get(name),
            lambda name=name: profiles.facts(name),  # type: ignore[misc]
        )
        for name in columns
    }
