"""Profiles of columns of which a run has one partition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.statistics.profile import Profile, profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import polars as pl

    from indicia.methods import Domain
    from indicia.partitions.partition import Partition


@dataclass(frozen=True)
class MergeProfiles:
    """Merges the profiles of columns."""

    def join(self, first: Mapping[str, Profile], second: Mapping[str, Profile]) -> dict[str, Profile]:
        """Return the profiles of the rows of both."""
        return {name: _joined(one, second[name]) for name, one in first.items()}

    def value(self, state: Mapping[str, Profile]) -> dict[str, tuple[int, bool, float | None, float | None]]:
        """Return the fields of the profiles, by column."""
        return {name: (each.missing, each.invalid, each.lowest, each.highest) for name, each in state.items()}


def _joined(first: Profile, second: Profile) -> Profile:
    lowest = [end for end in (first.lowest, second.lowest) if end is not None]
    highest = [end for end in (first.highest, second.highest) if end is not None]
    return Profile(
        first.missing + second.missing,
        first.invalid or second.invalid,
        min(lowest, default=None),
        max(highest, default=None),
    )


class PartitionProfile(Profile):
    """The profile of a column over all rows, of which this run has one partition.

    Checks of each value (`finite`, `within`) look at the rows of the partition. Missing values and extremes are asked
    for when they are used.
    """

    def __init__(
        self,
        own: Profile,
        of_all_rows: Callable[[], Profile],
        missing: int | None = None,
        is_answered: Callable[[], bool] = lambda: False,
    ) -> None:
        vars(self).update(own=own, of_all_rows=of_all_rows, known_missing=missing, is_answered=is_answered)

    own: Profile
    of_all_rows: Callable[[], Profile]
    """Returns the profile of all rows, or asks for it."""
    known_missing: int | None
    is_answered: Callable[[], bool]
    """Returns whether the profile of all rows is known."""

    @property
    def missing(self) -> int:
        """The number of missing values."""
        return self.of_all_rows().missing if self.known_missing is None else self.known_missing

    @property
    def invalid(self) -> bool:
        """True if a value of the partition is NaN."""
        return self.own.invalid

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
        return self.own.finite

    def within(self, domain: Domain) -> bool:
        """Return whether all present values of the partition lie in the domain."""
        return self.own.within(domain)

    def mirrored(self) -> Profile:
        """Return the profile of -x."""
        return PartitionProfile(
            self.own.mirrored(), lambda: self.of_all_rows().mirrored(), self.known_missing, self.is_answered
        )

    def clipped(self, low: float | None, high: float | None) -> Profile:
        """Return the profile of values that are limited to an interval; None stands for no limit."""
        own, of_all_rows = self.own.clipped(low, high), lambda: self.of_all_rows().clipped(low, high)
        return PartitionProfile(own, of_all_rows, self.known_missing, self.is_answered)

    @property
    def is_known(self) -> bool:
        """True if the extremes of all rows are known."""
        return self.is_answered()


def partition_profiles(
    partition: Partition,
    place: str,
    frame: pl.DataFrame,
    names: Iterable[str],
    missing: Mapping[str, int] | None = None,
) -> dict[str, Profile]:
    """Return the profiles of columns over all rows; what is not known is asked for when it is used.

    `place` names the columns in the run, and `missing` has the numbers of missing values that are known.
    """
    own = profile(frame, names)
    key = f"{place}: profiles of {', '.join(own)}"

    def of_all_rows(name: str) -> Profile:
        fields = partition.ask(key, MergeProfiles(), lambda: own)
        return Profile(*fields[name])

    known = missing or {}
    return {
        name: PartitionProfile(
            each,
            lambda name=name: of_all_rows(name),  # type: ignore[misc]
            known.get(name),
            lambda: key in partition.answers,
        )
        for name, each in own.items()
    }
