"""Outcomes of stages that runs over one table share, and the numbers by which equal stages are found."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from indicia.definition import Leaf, Node
from indicia.formulas.node import PLAIN, identity_key

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    AnyPart = TypeVar("AnyPart", Leaf, Node)


@dataclass
class StageCache:
    """The outcomes of stages over one table, for all runs over it."""

    outcomes: dict[Hashable, Any] = field(default_factory=dict)
    """By the stage and by what it looked at: a table or columns of nodes, and a record."""
    kinds: dict[int, set[frozenset[str]]] = field(default_factory=lambda: defaultdict(set))
    """By stage, the kinds of columns that it looked at."""
    _numbers: dict[Hashable, int] = field(default_factory=dict)
    _known: dict[int, tuple[object, int]] = field(default_factory=dict)
    """Objects by their place in memory, which must not become free for others, and their numbers."""
    _parts: dict[int, Any] = field(default_factory=dict)
    """Parts of trees by their numbers."""

    def number(self, key: Hashable) -> int:
        """Return a number for a key, the same for the same key: keys are made of keys, and numbers are short."""
        return self._numbers.setdefault(key, len(self._numbers))

    def number_of_value(self, value: object) -> int:
        """Return a number that equal values share: stages, nodes, methods, words of the index file."""
        known = self._known.get(id(value))
        if known is None:
            try:
                number = self.number(self._identity(value))
            except (TypeError, RecursionError):  # such as an array in a parameter of a method
                number = self.number(("object", id(value)))
            known = self._known[id(value)] = value, number
        return known[1]

    def _identity(self, value: object) -> Hashable:
        """Return what `identity_key` does, with numbers in place of the keys of parts."""
        kind = type(value)
        if isinstance(value, tuple):
            return kind, tuple(map(self._key, value))
        if is_dataclass(kind):
            return kind, tuple(map(self._key, _values(kind)(value)))
        return identity_key(value, self._key)

    def _key(self, value: object) -> Hashable:
        kind = type(value)
        if kind is str or value is None:
            return value
        return (kind, value) if kind in PLAIN else self.number_of_value(value)

    def interned(self, node: Node) -> Node:
        """Return a tree in which equal parts of all trees are one object, so that each is compared once."""
        parts = tuple(self.interned(part) if isinstance(part, Node) else self._first(part) for part in node.components)
        return self._first(replace(node, components=parts))

    def _first(self, part: AnyPart) -> AnyPart:
        """Return the first part of a tree that was equal to this one."""
        first: AnyPart = self._parts.setdefault(self.number(self._identity(part)), part)
        return first

    def number_of_object(self, thing: object) -> int:
        """Return a number for one object."""
        known = self._known.get(id(thing))
        if known is None:
            known = self._known[id(thing)] = thing, self.number(("object", id(thing)))
        return known[1]


@cache
def _values(kind: type) -> Callable[[object], tuple[object, ...]]:
    """Return a function that gives the values of the fields of a dataclass."""
    names = [field.name for field in fields(kind)]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)
