"""Rules that merge the states of partitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.partitions.partition import Merge


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
class AnyOfEach:
    """Joins truth values: for each place, True if the value of any partition is True."""

    def join(self, first: tuple[bool, ...], second: tuple[bool, ...]) -> tuple[bool, ...]:
        """Return the truth values of both."""
        return tuple(map(any, zip(first, second, strict=True)))

    def value(self, state: tuple[bool, ...]) -> tuple[bool, ...]:
        """Return the truth values of all partitions."""
        return state


@dataclass(frozen=True)
class Collected:
    """Collects the states of all partitions in their order; each state is a tuple of one item."""

    def join(self, first: tuple[Any, ...], second: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the states of both."""
        return (*first, *second)

    def value(self, state: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return all states."""
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
class ByKey:
    """Aggregates the rows of frames by a key, such as a period, in the order of their first appearance."""

    key: tuple[str, ...]
    aggregates: tuple[tuple[str, Literal["sum", "min", "max"]], ...]
    """The columns beside the key, and how their values are aggregated."""

    def join(self, first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
        """Return the frame of both."""
        return self.aggregate(pl.concat([first, second], how="vertical_relaxed"))

    def aggregate(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return one row for each key."""
        columns = [getattr(pl.col(name), aggregate)() for name, aggregate in self.aggregates]
        if not self.key:
            return frame.select(columns)
        return frame.group_by(self.key, maintain_order=True).agg(columns)

    def value(self, state: pl.DataFrame) -> pl.DataFrame:
        """Return the frame of all partitions."""
        return state


@dataclass(frozen=True)
class ShortestOfChains:
    """Chooses, for each chain of values that are equal by noise, the value with the fewest digits.

    The lowest of several such values is chosen. A frame has the columns of the chain and of the value.
    """

    chain: str
    value_column: str

    def choose(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return one row for each chain."""
        value = pl.col(self.value_column)
        distinct = frame.unique().sort(self.chain, value.cast(pl.String).str.len_bytes(), value)
        return distinct.unique(self.chain, keep="first", maintain_order=True)

    def join(self, first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
        """Return the values of both."""
        return self.choose(pl.concat([first, second]))

    def value(self, state: pl.DataFrame) -> pl.DataFrame:
        """Return the values of all rows."""
        return state


@dataclass(frozen=True)
class MergeEach:
    """Merges mappings: the states of each name by a rule of its own."""

    merges: tuple[tuple[str, Merge], ...]

    def join(self, first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
        """Return the states of both."""
        return {name: merge.join(first[name], second[name]) for name, merge in self.merges}

    def value(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answers, by name."""
        return {name: merge.value(state[name]) for name, merge in self.merges}
