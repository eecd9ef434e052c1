"""Notes on the rows of partitions, whose counts and units add up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from indicia.notes import Count, Names, Note, Shares
from indicia.partitions.names import MOST_NAMES, FirstNames

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_OF_ALL_ROWS = ("screened_units",)
"""The notes whose counts are those of all rows in each partition."""

_LISTS_OF_PARTS = ("parts", "nodes")


@dataclass(frozen=True)
class NoteTally:
    """A note in a form that merges."""

    kind: str
    place: tuple[int, int]
    """Its place in the order of notes."""
    words: tuple[tuple[str, str | tuple[str, ...]], ...]
    """The words that are the same in all partitions; a list of names is a tuple."""
    counts: tuple[tuple[str, int, str], ...] = ()
    """Each count with its noun."""
    units: tuple[tuple[str, FirstNames], ...] = ()
    parts: tuple[tuple[str, tuple[str, ...], int], ...] = ()
    """Lists of indicators or nodes, of which partitions may have some, with the number that a sentence shows."""
    by_node: tuple[tuple[str, FirstNames], ...] = ()
    """Units by node: a sentence names the nodes, and first the units of the first node."""
    shares: tuple[tuple[str, float], ...] = ()
    """The units with the largest shares, in descending order."""

    @classmethod
    def of(cls, note: Note, place: tuple[int, int]) -> NoteTally:
        """Return the tally of a note on one partition."""
        words: list[tuple[str, str | tuple[str, ...]]] = []
        counts, units, parts = [], [], []
        for name, value in note.filled.items():
            if isinstance(value, Count):
                counts.append((name, value.number, value.noun))
            elif isinstance(value, Names) and name == "units":
                number = len(value.names) if value.count is None else value.count
                units.append((name, FirstNames(number, FirstNames.of(value.names).names)))
            elif isinstance(value, Names) and name in _LISTS_OF_PARTS:
                parts.append((name, tuple(map(str, value.names)), value.limit))
            else:
                words.append((name, tuple(map(str, value.names)) if isinstance(value, Names) else str(value)))
        return cls(note.kind, place, tuple(words), tuple(counts), tuple(units), tuple(parts))

    @property
    def identity(self) -> tuple[Any, ...]:
        """A key that tallies of the same note share."""
        return self.kind, self.words, tuple((name, noun) for name, _, noun in self.counts)

    def __add__(self, other: NoteTally) -> NoteTally:
        if self.kind in _OF_ALL_ROWS:
            return self
        pairs = zip(self.counts, other.counts, strict=True)
        counts = [(name, own + others, noun) for (name, own, noun), (_, others, _) in pairs]
        units = [(name, own + others) for (name, own), (_, others) in zip(self.units, other.units, strict=True)]
        parts = [
            (name, tuple(dict.fromkeys((*own, *others))), max(limit, most))
            for (name, own, limit), (_, others, most) in zip(self.parts, other.parts, strict=True)
        ]
        by_node = dict(self.by_node)
        for node, first in other.by_node:
            by_node[node] = by_node[node] + first if node in by_node else first
        # a stable sort: of equal shares, those of earlier rows come first
        shares = sorted((*self.shares, *other.shares), key=lambda pair: -pair[1])[:MOST_NAMES]
        return replace(
            self,
            place=min(self.place, other.place),
            counts=tuple(counts),
            units=tuple(units),
            parts=tuple(parts),
            by_node=tuple(by_node.items()),
            shares=tuple(shares),
        )

    def note(self, order: Mapping[str, int]) -> Note:
        """Return the note; `order` has the places of indicators and nodes in lists of them."""
        filled: dict[str, Any] = {
            name: Names.of(value) if isinstance(value, tuple) else value for name, value in self.words
        }
        filled |= {name: Count(number, noun) for name, number, noun in self.counts}
        filled |= {name: Names(units.names, count=units.count) for name, units in self.units}
        if self.shares:
            filled["shares"] = Shares(self.shares, count=self.counts[0][1])
        if self.by_node:
            nodes = sorted(self.by_node, key=lambda pair: order.get(f"node {pair[0]}", len(order)))
            names = dict.fromkeys(name for _, first in nodes for name in first.names)
            filled["nodes"] = Names.of([node for node, _ in nodes])
            filled["units"] = Names(tuple(names)[:MOST_NAMES], count=self.counts[0][1])
        for name, parts, limit in self.parts:
            in_order = sorted(parts, key=lambda part: order.get(part, len(order)))
            filled[name] = Names.of(in_order, limit)
        return Note(self.kind, **filled)

    def to_plain(self) -> dict[str, Any]:
        """Return the fields as plain values, for a file."""
        units = tuple((name, first.count, first.names) for name, first in self.units)
        fields = {"kind": self.kind, "place": self.place, "words": self.words, "counts": self.counts}
        by_node = tuple((node, first.count, first.names) for node, first in self.by_node)
        return {**fields, "units": units, "parts": self.parts, "by_node": by_node, "shares": self.shares}

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> NoteTally:
        """Return the tally, given the fields as plain values."""
        units = tuple((name, FirstNames(count, names)) for name, count, names in plain["units"])
        by_node = tuple((node, FirstNames(count, names)) for node, count, names in plain["by_node"])
        return cls(**{**plain, "units": units, "by_node": by_node})


def merged_tallies(first: Sequence[NoteTally], second: Sequence[NoteTally]) -> tuple[NoteTally, ...]:
    """Return the tallies of both; those of the same note add up."""
    tallies: dict[tuple[Any, ...], NoteTally] = {}
    for tally in (*first, *second):
        earlier = tallies.get(tally.identity)
        tallies[tally.identity] = tally if earlier is None else earlier + tally
    return tuple(tallies.values())
